//! Texts in a language, from the files in `templates/i18n`: JSON as the extensions of MediaWiki have it ("banana" format), with
//! `$1` for a value and `{{PLURAL:$1|…}}` for words that go by it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use intl_pluralrules::{PluralCategory, PluralRuleType, PluralRules};
use regex::{Captures, Regex};
use serde_json::Value;
use unic_langid::LanguageIdentifier;

use super::shipped;
use crate::desk::Status;

/// Each language is read once somebody wants it.
type Lazy = LazyLock<Texts, Box<dyn FnOnce() -> Texts + Send>>;

static ALL: LazyLock<BTreeMap<&str, Lazy>> = LazyLock::new(|| {
    let files = shipped::FILES.get_dir("i18n").into_iter().flat_map(|folder| folder.files());
    let languages = files.filter_map(|file| {
        let code = file.path().file_name()?.to_str()?.strip_suffix(".json").filter(|code| *code != "qqq")?;
        let texts = file.contents_utf8()?;
        Some((code, Lazy::new(Box::new(move || Texts::new(code, texts)))))
    });
    languages.collect()
});
static PLURAL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{PLURAL:\$(\d)\|([^{}]*)\}\}").expect("a regular expression"));
static PLACE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\$(\d)").expect("a regular expression"));

/// The texts of one file.
struct Texts {
    texts: BTreeMap<String, String>,
    rules: Option<PluralRules>,
    /// The forms that the language has, in the order in which MediaWiki expects them.
    forms: Vec<PluralCategory>,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Texts({})", self.texts.len())
    }
}

/// The texts of a language; what it does not have is said in English.
#[derive(Debug, Clone, Copy)]
pub struct Language {
    best: &'static Texts,
    english: &'static Texts,
}

impl Texts {
    fn new(code: &str, file: &str) -> Self {
        use PluralCategory::{FEW, MANY, ONE, OTHER, TWO, ZERO};
        let file: BTreeMap<String, Value> = serde_json::from_str(file).unwrap_or_default();
        let texts = file.into_iter().filter_map(|(key, text)| Some((key, text.as_str()?.to_owned()))).collect();
        // The rules know no variants but that of Portugal.
        let language: Option<LanguageIdentifier> = code.split('-').next().and_then(|code| code.parse().ok());
        let rules = language.and_then(|language| PluralRules::create(language, PluralRuleType::CARDINAL).ok());
        let mut texts = Texts { texts, rules, forms: Vec::new() };
        let seen: Vec<PluralCategory> = (0..200_u32).chain([1_000_000]).map(|n| texts.form(n)).collect();
        let all = [ZERO, ONE, TWO, FEW, MANY, OTHER];
        texts.forms = all.into_iter().filter(|form| seen.contains(form)).collect();
        texts
    }

    fn form(&self, n: u32) -> PluralCategory {
        self.rules.as_ref().and_then(|rules| rules.select(n).ok()).unwrap_or(PluralCategory::OTHER)
    }

    fn fill(&self, text: &str, values: &[&str]) -> String {
        let value = |found: &Captures| {
            found[1].parse().ok().and_then(|n: usize| values.get(n.checked_sub(1)?)).copied().unwrap_or_default()
        };
        let chosen = PLURAL.replace_all(text, |found: &Captures| {
            let words: Vec<&str> = found[2].split('|').collect();
            let form = self.form(value(found).parse().unwrap_or(u32::MAX));
            let index = self.forms.iter().position(|known| *known == form).unwrap_or_default();
            words[index.min(words.len() - 1)].to_owned()
        });
        PLACE.replace_all(&chosen, |found: &Captures| value(found).to_owned()).into_owned()
    }
}

impl Language {
    /// By MediaWiki's code of a language. One that has no texts gives way to what it is a variant of, and that to English.
    ///
    /// # Panics
    /// Never: there are English texts.
    pub fn of(code: &str) -> Self {
        let code = code.to_ascii_lowercase();
        let chinese = match code.as_str() {
            "zh" | "zh-cn" | "zh-sg" | "zh-my" => Some("zh-hans"),
            "zh-tw" | "zh-hk" | "zh-mo" => Some("zh-hant"),
            _ => None,
        };
        let base = code.split('-').next().unwrap_or_default();
        let best = [code.as_str()].into_iter().chain(chinese).chain([base, "en"]).find_map(|code| ALL.get(code));
        let english = Self::english();
        best.map_or(english, |best| Language { best, ..english })
    }

    /// The codes of all languages that have texts.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        ALL.keys().copied()
    }

    /// English, which has all texts.
    ///
    /// # Panics
    /// Never: there are English texts.
    pub fn english() -> Self {
        let english = &ALL["en"];
        Language { best: english, english }
    }

    /// The text of that key, with the file it stands in.
    fn find(self, key: &str) -> Option<(&'static Texts, &'static str)> {
        let said =
            |texts: &'static Texts| Some((texts, texts.texts.get(key).filter(|text| !text.is_empty())?.as_str()));
        said(self.best).or_else(|| said(self.english))
    }

    /// The text of that key as it is.
    pub fn text(self, key: &str) -> Option<&'static str> {
        self.find(key).map(|(_, text)| text)
    }

    /// The text of that key with its values; the key where there is none.
    pub fn say(self, key: &str, values: &[&str]) -> String {
        self.find(key).map_or_else(|| key.to_owned(), |(texts, text)| texts.fill(text, values))
    }

    /// The name of a status. One that a desk has given itself goes before a translation.
    pub fn label(self, status: &Status) -> &str {
        let translated = self.text(&format!("status-{}", status.id));
        translated.filter(|_| !has_own_label(status)).unwrap_or(&status.label)
    }
}

/// The languages that have texts, as people call them, in lower case, behind their codes.
const NAMES: [(&str, &[&str]); 12] = [
    ("ar", &["arabic", "العربية", "عربي"]),
    ("bn", &["bengali", "bangla", "বাংলা"]),
    ("de", &["german", "deutsch"]),
    ("en", &["english"]),
    ("es", &["spanish", "español", "castellano"]),
    ("fr", &["french", "français"]),
    ("id", &["indonesian", "bahasa indonesia"]),
    ("pt", &["portuguese", "português"]),
    ("ru", &["russian", "русский"]),
    ("sv", &["swedish", "svenska"]),
    ("zh-hans", &["chinese", "simplified chinese", "简体中文", "中文"]),
    ("zh-hant", &["traditional chinese", "繁體中文", "繁体中文"]),
];

/// The code of the language that somebody chose, as a code or by its name; that of the wiki where that is none.
pub fn language_of(chosen: Option<&str>, wiki: &str) -> String {
    let chosen = chosen.unwrap_or_default().trim().to_lowercase();
    let named = NAMES.iter().find(|(_, names)| names.contains(&chosen.as_str())).map(|(code, _)| (*code).to_owned());
    let is_code = |code: &str| {
        let mut parts = code.split('-');
        parts.next().is_some_and(|first| (2..=3).contains(&first.len()))
            && parts.all(|part| (1..=8).contains(&part.len()))
            && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    named.unwrap_or_else(|| if is_code(&chosen) { chosen } else { wiki.to_owned() })
}

/// Whether a desk has given a status another name than the one that comes with the bot.
pub fn has_own_label(status: &Status) -> bool {
    Language::english().text(&format!("status-{}", status.id)) != Some(status.label.as_str())
}

#[cfg(test)]
#[path = "language_tests.rs"]
mod tests;
