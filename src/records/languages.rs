//! Languages as people write them: codes, and names in English, in the languages of the texts and in themselves; several in one
//! field. What is not recognised is said, never guessed.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use icu_experimental::displaynames::multi::LanguageDisplayNames;
use icu_locale_core::Locale;
use icu_locale_core::subtags::Language as Subtag;
use isolang::Language as Iso;

use super::language::Language;
use super::listed::{Kind, Listed, folded, listed};

/// Codes of wikis whose beginning is no language of the standard, and what MediaWiki has replaced, with what it has now.
const OF_WIKIS: [(&str, &str); 13] = [
    ("als", "gsw"),
    ("bat-smg", "sgs"),
    ("be-x-old", "be-tarask"),
    ("bh", "bho"),
    ("eml", "eml"),
    ("fiu-vro", "vro"),
    ("map-bms", "map-bms"),
    ("roa-rup", "rup"),
    ("roa-tara", "roa-tara"),
    ("simple", "simple"),
    ("zh-classical", "lzh"),
    ("zh-min-nan", "nan"),
    ("zh-yue", "yue"),
];

/// Codes of three letters that MediaWiki knows, beside those that have a name in CLDR or in the language itself. All others are
/// too easily words.
const KNOWN: &str = "bcl cbk dga diq gom gpe guw hyw igl kbp lbe mnw olo pwn rki rsk skr szy tay tdd";

/// Words that look like a code or a name. War and New are no languages either, to most who write them.
const WORDS: &str = "add age all and any are ask bad big bin bit but can car con das day der des did die end even far for fun get got had has \
    her him his how its kid law let lot man max may men min more net new nil non nor not now off old one org our out own pay per pro \
    put run sad say see set she sun tba tbd ten the tip too top try two una und use van via war was way web who why win www yes \
    yet you";

/// Names that people write and the libraries do not have.
const ALSO: [(&str, &str); 17] = [
    ("kiswahili", "sw"),
    ("simplified chinese", "zh-hans"),
    ("简体中文", "zh-hans"),
    ("traditional chinese", "zh-hant"),
    ("繁體中文", "zh-hant"),
    ("brazilian portuguese", "pt-br"),
    ("mandarin", "zh"),
    ("mandarin chinese", "zh"),
    ("bengali", "bn"),
    ("castilian", "es"),
    ("castellano", "es"),
    ("farsi", "fa"),
    ("bahasa indonesia", "id"),
    ("bahasa melayu", "ms"),
    ("oriya", "or"),
    ("simple english", "simple"),
    ("bokmål", "nb"),
];

/// MediaWiki's codes of the languages that a field names, and what in it is no language.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Languages {
    /// Codes, each once, in the order in which they are named; at most 20.
    pub codes: Vec<String>,
    /// What was not recognised, as it reads: at most 20, of at most 80 characters.
    pub unrecognised: Vec<String>,
}

/// The languages that a value names, as people write it: the first 1,000 characters, to the end of a name.
pub fn languages(field: &str) -> Languages {
    let Listed { codes, unrecognised } = listed(&Names, field);
    Languages { codes, unrecognised }
}

/// Languages as a kind of things that have names.
struct Names;

impl Kind for Names {
    type Code = String;

    fn code(&self, name: &str) -> Option<String> {
        match (by_code(name), by_name(name)) {
            // Ga is spoken in Ghana, and ga is the code of Irish.
            (Some(code), Some(named)) if code != named && name.contains(char::is_uppercase) => None,
            (code, named) => code.or(named),
        }
    }

    fn mentioned(&self, words: &str) -> Option<String> {
        by_name(words)
    }
}

fn by_name(name: &str) -> Option<String> {
    BY_NAME.get(&folded(name)).cloned().flatten()
}

/// The code as MediaWiki has it: two letters where the standard has such, lower case, with what stands behind as it is.
fn by_code(written: &str) -> Option<String> {
    if !written.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) {
        return None;
    }
    let code = written.to_ascii_lowercase().replace('_', "-");
    if let Some((_, now)) = OF_WIKIS.iter().find(|(known, _)| *known == code) {
        return Some((*now).to_owned());
    }
    let (first, rest) = code.split_at(code.find('-').unwrap_or(code.len()));
    let is_tag = |tag: &str| (1..=8).contains(&tag.len());
    let first = CODES.get(first).filter(|_| rest.split('-').skip(1).all(is_tag))?;
    Some(format!("{first}{rest}"))
}

/// The codes of the standard that are recognised, with the code to use.
static CODES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let words: HashSet<_> = WORDS.split_whitespace().collect();
    let known: HashSet<_> = KNOWN.split_whitespace().collect();
    let english = Display::of("en");
    let is_known = |language: &Iso| {
        let code = language.to_639_3();
        let named = || english.as_ref().is_some_and(|names| names.name(code).is_some());
        !words.contains(code) && (known.contains(code) || language.to_autonym().is_some() || named())
    };
    let mut codes: HashMap<_, _> = individual().filter_map(|l| l.to_639_1()).map(|code| (code, code)).collect();
    let long = individual().filter(|l| l.to_639_1().is_some() && !words.contains(l.to_639_3()) || is_known(l));
    codes.extend(long.map(|language| (language.to_639_3(), code_of(language))));
    codes
});

/// The languages of the standard, without its codes for several, none and unknown.
fn individual() -> impl Iterator<Item = Iso> {
    isolang::languages().filter(|language| !["mis", "mul", "und", "zxx"].contains(&language.to_639_3()))
}

fn code_of(language: Iso) -> &'static str {
    language.to_639_1().unwrap_or(language.to_639_3())
}

/// The names of languages in one of them.
struct Display(LanguageDisplayNames);

impl Display {
    fn of(language: &str) -> Option<Self> {
        let locale: Locale = language.parse().ok()?;
        LanguageDisplayNames::try_new((&locale).into(), Default::default()).ok().map(Display)
    }

    fn name(&self, code: &str) -> Option<&str> {
        self.0.of(code.parse::<Subtag>().ok()?)
    }
}

/// The languages by their names, as [`folded`]; none where two share a name.
static BY_NAME: LazyLock<HashMap<String, Option<String>>> = LazyLock::new(|| {
    let mut names: HashMap<String, Option<String>> = HashMap::new();
    let codes: Vec<&str> = individual().map(code_of).collect();
    let texts: Vec<Display> = Language::codes().filter_map(Display::of).collect();
    let in_texts =
        codes.iter().flat_map(|code| texts.iter().filter_map(|names| Some((names.name(code)?.to_owned(), *code))));
    let english = Display::of("en");
    let in_english = codes.iter().filter_map(|code| Some((english.as_ref()?.name(code)?.to_owned(), *code)));
    // Those that many speak first: what a small language is called does not make their names doubtful.
    add(&mut names, in_texts.collect());
    names.extend(in_english.map(|(name, code)| (folded(&name), Some(code.to_owned()))));
    let of_standard = individual().flat_map(|language| {
        let own =
            language.to_autonym().unwrap_or_default().split(',').map(|name| name.split('(').next().unwrap_or(name));
        own.chain([language.to_name()]).map(|name| (name.to_owned(), code_of(language))).collect::<Vec<_>>()
    });
    // A letter or two that are no code are no name either.
    let is_name = |name: &str| !name.is_ascii() || name.len() > 2;
    let of_standard =
        of_standard.filter(|(name, _)| is_name(&folded(name)) && !names.contains_key(&folded(name))).collect();
    add(&mut names, of_standard);
    names.extend(ALSO.map(|(name, code)| (folded(name), Some(code.to_owned()))));
    for word in WORDS.split_whitespace() {
        names.remove(word);
    }
    names.remove("");
    names
});

fn add(names: &mut HashMap<String, Option<String>>, new: Vec<(String, &str)>) {
    for (name, code) in new {
        let known = names.entry(folded(&name)).or_insert_with(|| Some(code.to_owned()));
        *known = known.take().filter(|known| *known == code);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::listed::tests::{field, within_limits};
    use super::*;

    #[test]
    fn languages_as_people_write_them() {
        for (written, codes) in [
            ("en", vec!["en"]),
            ("EN, Sv", vec!["en", "sv"]),
            ("English, eng, en", vec!["en"]),
            ("Swedish and English", vec!["sv", "en"]),
            ("svenska och engelska", vec!["sv", "en"]),
            ("Schwedisch und Deutsch", vec!["sv", "de"]),
            ("suédois, français", vec!["sv", "fr"]),
            ("Zweeds; Nederlands", vec!["nl"]),
            ("السويدية، العربية", vec!["sv", "ar"]),
            ("瑞典语、中文", vec!["sv", "zh"]),
            ("русский и английский", vec!["ru", "en"]),
            ("বাংলা", vec!["bn"]),
            ("Bangla / Bengali", vec!["bn"]),
            ("pt-br, pt_BR, Portuguese (Brazil)", vec!["pt-br", "pt"]),
            ("zh-hans, ZH-Hant", vec!["zh-hans", "zh-hant"]),
            ("Chinese (Simplified)", vec!["zh-hans"]),
            ("Chinese, Traditional", vec!["zh-hant"]),
            ("Norwegian (Bokmål), Norwegian Nynorsk", vec!["nb", "nn"]),
            ("be-tarask, be-x-old, zh-min-nan, simple", vec!["be-tarask", "nan", "simple"]),
            ("Dagbani, dag, Dagbanli", vec!["dag"]),
            ("gpe, Igala, mos", vec!["gpe", "igl", "mos"]),
            ("Swahili, Kiswahili, swa", vec!["sw"]),
            ("Hausa & Yoruba", vec!["ha", "yo"]),
            ("Deutsch (German)", vec!["de"]),
            ("Arabic, Egyptian", vec!["arz"]),
            ("* Ewe\n* Twi", vec!["ee", "tw"]),
        ] {
            let found = languages(written);
            let codes: Vec<String> = codes.into_iter().map(str::to_owned).collect();
            let other = if written.starts_with("Zweeds") { vec!["Zweeds".to_owned()] } else { vec![] };
            assert_eq!(found, Languages { codes, unrecognised: other }, "{written}");
        }
    }

    #[test]
    fn what_is_no_language_is_said() {
        for (written, codes, unrecognised) in [
            ("all", vec![], vec!["all"]),
            ("any; none; -; ?", vec![], vec!["any", "none", "-", "?"]),
            ("-", vec![], vec!["-"]),
            ("?", vec![], vec!["?"]),
            ("e; x", vec![], vec!["e", "x"]),
            ("Twi, Ga; ga", vec!["tw", "ga"], vec!["Ga"]),
            ("English and more", vec![], vec!["English and more"]),
            ("both, many, other", vec![], vec!["both", "many", "other"]),
            ("only local / unknown / yes / not", vec![], vec!["only local", "unknown", "yes", "not"]),
            ("non-english", vec![], vec!["non-english"]),
            ("Klingonish, Swedish", vec!["sv"], vec!["Klingonish"]),
            ("Swedish and others", vec![], vec!["Swedish and others"]),
            ("sv en fr", vec![], vec!["sv en fr"]),
            ("Serbian (Latin)", vec![], vec!["Serbian (Latin)"]),
            ("mul, und, zxx", vec![], vec!["mul", "und", "zxx"]),
            ("Sweden", vec![], vec!["Sweden"]),
        ] {
            let codes = codes.into_iter().map(str::to_owned).collect();
            let unrecognised = unrecognised.into_iter().map(str::to_owned).collect();
            assert_eq!(languages(written), Languages { codes, unrecognised }, "{written}");
        }
    }

    #[test]
    fn every_language_of_the_texts_has_names_for_the_large_ones() {
        for language in Language::codes() {
            let names = Display::of(language).expect("names");
            for code in ["ar", "bn", "de", "en", "es", "fr", "id", "pt", "ru", "sv", "zh"] {
                let name = names.name(code).expect("a name");
                assert_eq!(by_name(name).as_deref(), Some(code), "{name} in {language}");
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_a_language_or_is_named(written in field(&["en", "Norwegian", "Simplified", "and", "Chinese"])) {
            let found = languages(&written);
            within_limits(&written, found.codes.len(), &found.unrecognised)?;
            for code in &found.codes {
                let first = code.split('-').next().unwrap_or_default();
                let is_known = Iso::from_639_1(first).or(Iso::from_639_3(first)).is_some();
                prop_assert!(is_known || OF_WIKIS.iter().any(|(_, now)| now == code), "{}", code);
            }
        }
    }
}
