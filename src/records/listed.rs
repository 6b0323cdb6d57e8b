//! Fields in which people list things of a kind, such as countries: how the field is taken apart, and what of it counts. What
//! could mean something else is not recognised: it is listed, never guessed.

use std::sync::LazyLock;

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use regex::Regex;

use crate::desk::words::normalized;
use crate::wikitext::inert::{as_read, is_invisible};

/// How many of a kind one field can name; more that is not recognised is not listed either.
const MOST: usize = 20;
/// Characters of a field that are read.
const LONGEST_FIELD: usize = 1000;
/// Characters that are listed of what is not recognised; no name is longer.
const LONGEST_NAME: usize = 80;
/// How many parts one name can have: `Saint Helena, Ascension and Tristan da Cunha`.
const MOST_PARTS: usize = 3;

/// Words between two names.
const AND: [&str; 16] = ["and", "und", "et", "y", "e", "i", "och", "og", "en", "dan", "и", "و", "এবং", "和", "&", "+"];

/// Signs between two lists.
const APART: [char; 9] = [';', '；', '/', '／', '\n', '·', '•', '|', '｜'];
/// Signs between two names, or in one: `Korea, Republic of`.
const COMMAS: [char; 4] = [',', '、', '،', '，'];
const DASHES: [char; 3] = ['-', '–', '—'];

/// Words that make another thing of the name beside them, in the languages of the texts.
const DIRECTIONS: &str = "north northern south southern east eastern west western nord sud süd est ost oeste ouest nordlig norte \
    sur sul este leste norra södra östra västra norr söder öster väster öst väst syd utara selatan timur barat север юг \
    восток запад северный северная южный южная восточный западный شمال جنوب شرق غرب الشمالية الجنوبية الشرقية الغربية \
    উত্তর দক্ষিণ পূর্ব পশ্চিম 北 南 东 東 西 北部 南部 东部 東部 西部";

/// A kind of things that have codes and names.
pub(super) trait Kind {
    type Code: Clone + PartialEq;

    /// The code of the one thing that this names.
    fn code(&self, name: &str) -> Option<Self::Code>;

    /// The code of what these words amid others name; a word of the language can look like a code.
    fn mentioned(&self, words: &str) -> Option<Self::Code> {
        self.code(words)
    }

    /// Whether that name, of the thing with that code, may be a part of another's.
    fn needs_company(&self, _name: &str, _code: &Self::Code) -> bool {
        false
    }

    /// Whether the one beside the other says that it is something else.
    fn belongs_to(&self, _code: &Self::Code, _beside: &Self::Code) -> bool {
        false
    }
}

/// What a field names, and what in it was not recognised.
pub(super) struct Listed<C> {
    /// Each once, in the order in which they are named; at most 20.
    pub(super) codes: Vec<C>,
    /// As it reads, at most 20 of 80 characters each.
    pub(super) unrecognised: Vec<String>,
}

/// A name without what people leave out or write otherwise: upper case, accents and other marks on letters, signs, the stops
/// and spaces of abbreviations, the article.
pub(super) fn folded(name: &str) -> String {
    let marks = CanonicalCombiningClassMapBorrowed::new();
    let short: String = name.chars().take(4 * LONGEST_NAME).collect();
    let letters: String =
        DecomposingNormalizerBorrowed::new_nfkd().normalize(&short).chars().filter(|c| marks.get_u8(*c) == 0).collect();
    let mut folded = String::new();
    let mut after_letter = false;
    for word in normalized(&letters).split(' ') {
        let letter = word.len() == 1;
        if !(folded.is_empty() || letter && after_letter) {
            folded.push(' ');
        }
        folded.push_str(word);
        after_letter = letter;
    }
    match folded.strip_prefix("the ") {
        Some(rest) => rest.to_owned(),
        None => folded,
    }
}

/// What a field names.
pub(super) fn listed<K: Kind>(kind: &K, field: &str) -> Listed<K::Code> {
    let text = text_of(start_of(field));
    let mut found = Listed { codes: Vec::new(), unrecognised: Vec::new() };
    for entry in lists(&text).into_iter().flat_map(|parts| entries(kind, &parts)) {
        match entry.code {
            Some(code) if found.codes.len() < MOST && !found.codes.contains(&code) => found.codes.push(code),
            None if found.unrecognised.len() < MOST => {
                found.unrecognised.push(entry.text.chars().take(LONGEST_NAME).collect());
            }
            _ => {}
        }
    }
    found
}

/// The beginning of a field that is read. No name is cut: half of one can be another.
fn start_of(field: &str) -> &str {
    let Some((end, _)) = field.char_indices().nth(LONGEST_FIELD) else { return field };
    let start = &field[..end];
    let cut = start.rfind(APART).or_else(|| start.rfind(COMMAS));
    // Nothing of the kind has a name that long: it is listed, by its beginning.
    cut.map_or(start, |cut| &start[..cut])
}

/// The text of a field as it is read, without flags and the like.
fn text_of(field: &str) -> String {
    static FILE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)\[\[\s*(?:file|image)\s*:[^\[\]]*\]\]").expect("a regular expression"));
    static TEMPLATE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\{\{[^{}|]*\|([^{}|]*)[^{}]*\}\}").expect("a regular expression"));
    static TAG: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"<[^<>]*>").expect("a regular expression"));
    let text = TEMPLATE.replace_all(&FILE.replace_all(field, ""), "$1").into_owned();
    let text = TAG.replace_all(&text, ";");
    match as_read(&text) {
        // A dash alone is what somebody wrote there.
        read if read.is_empty() => text.trim().trim_matches('\'').to_owned(),
        read => read,
    }
}

/// The text where it is short enough for a name.
fn short(text: &str) -> Option<&str> {
    (text.chars().nth(LONGEST_NAME).is_none()).then_some(text)
}

/// Whether a character shows nothing.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || is_invisible(c)
        || matches!(u32::from(c), 0x300..=0x36F | 0x200C | 0x200D | 0x3164 | 0xFE00..=0xFE0F)
}

/// Where brackets open that are closed on the same line.
fn brackets(text: &str) -> Vec<usize> {
    let (mut open, mut closed) = (Vec::new(), Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '(' | '（' => open.push(at),
            ')' | '）' => closed.extend(open.pop()),
            '\n' => open.clear(),
            _ => {}
        }
    }
    closed.sort_unstable();
    closed
}

/// The lists in a text, each by the parts that stand between commas, spaced dashes and behind brackets. What is in brackets
/// stays together.
fn lists(text: &str) -> Vec<Vec<&str>> {
    let brackets = brackets(text);
    let mut lists = vec![Vec::new()];
    let (mut depth, mut from, mut before) = (0_usize, 0, ' ');
    for (at, c) in text.char_indices() {
        let next = at + c.len_utf8();
        let spaced = |c| DASHES.contains(&c) && before.is_whitespace() && text[next..].starts_with(char::is_whitespace);
        let mut part = |end: usize| {
            let part = trimmed(&text[from..end]);
            from = next;
            lists.last_mut().expect("a list").extend((!part.is_empty()).then_some(part));
        };
        match c {
            '(' | '（' if brackets.binary_search(&at).is_ok() => depth += 1,
            ')' | '）' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    part(next);
                }
            }
            _ if depth > 0 => {}
            c if APART.contains(&c) => {
                part(at);
                lists.push(Vec::new());
            }
            c if COMMAS.contains(&c) || spaced(c) => part(at),
            _ => {}
        }
        before = c;
    }
    let last = trimmed(&text[from..]);
    lists.last_mut().expect("a list").extend((!last.is_empty()).then_some(last));
    lists
}

/// A part without the signs of lists; a sign alone is what somebody wrote. Empty where nothing can be seen.
fn trimmed(part: &str) -> &str {
    if part.chars().all(is_blank) {
        return "";
    }
    let is_around = |c: char| c.is_whitespace() || is_invisible(c);
    let part = part.trim_matches(is_around);
    let bare = part.trim_start_matches(|c| is_around(c) || "*#:".contains(c) || DASHES.contains(&c));
    if bare.is_empty() { part } else { bare }
}

/// One name, or what is none.
struct Entry<'t, C> {
    text: &'t str,
    code: Option<C>,
    /// Whether a comma stands before it, not a word such as `and`.
    after_comma: bool,
}

/// What the parts of one list name, the longest names first.
fn entries<'t, K: Kind>(kind: &K, parts: &[&'t str]) -> Vec<Entry<'t, K::Code>> {
    let mut entries = Vec::new();
    let mut rest = parts;
    while let Some(part) = rest.first() {
        let after_comma = rest.len() < parts.len();
        let whole = joined(kind, rest, |parts| parts.join(" "));
        match whole.filter(|(_, length)| *length > 1) {
            Some((code, length)) => {
                entries.push(Entry { text: part, code: Some(code), after_comma });
                // What it is made of needs no other company.
                rest = &rest[length..];
                continue;
            }
            None => entries.extend(among(kind, part, after_comma)),
        }
        rest = &rest[1..];
    }
    let alone: Vec<bool> = (0..entries.len()).map(|at| is_doubtful(kind, &entries, at)).collect();
    entries.iter_mut().zip(alone).filter(|(_, doubtful)| *doubtful).for_each(|(entry, _)| entry.code = None);
    entries
}

/// Whether a name may be a part of another's, and stands beside what may be the other part.
fn is_doubtful<K: Kind>(kind: &K, entries: &[Entry<K::Code>], at: usize) -> bool {
    let Entry { text, code: Some(code), .. } = &entries[at] else { return false };
    let before = at.checked_sub(1).filter(|_| entries[at].after_comma).map(|at| &entries[at]);
    let behind = entries.get(at + 1).filter(|entry| entry.after_comma);
    let other = |beside: &Entry<K::Code>| beside.code.as_ref().is_none_or(|beside| kind.belongs_to(code, beside));
    kind.needs_company(text, code) && before.into_iter().chain(behind).any(other)
}

/// The longest name that these parts begin with, and of how many parts it is: as they stand, the other way round, with "and".
fn joined<K: Kind>(kind: &K, parts: &[&str], join: impl Fn(&[&str]) -> String) -> Option<(K::Code, usize)> {
    (1..=parts.len().min(MOST_PARTS)).rev().find_map(|length| {
        let parts = &parts[..length];
        if length == 1 {
            return single(kind, parts[0]).map(|code| (code, 1));
        }
        // Signs are no part of a name: they would be lost in it.
        if !parts.iter().all(|part| part.contains(char::is_alphanumeric)) {
            return None;
        }
        let reversed = || parts.iter().rev().copied().collect::<Vec<_>>().join(" ");
        let find = |name: String| short(&name).and_then(|name| kind.code(name));
        let code = find(join(parts)).or_else(|| find(reversed())).or_else(|| find(parts.join(" and ")));
        code.map(|code| (code, length))
    })
}

/// The names in a part, with words such as "and" between them. All of them are names, or the part is none.
fn among<'t, K: Kind>(kind: &K, part: &'t str, after_comma: bool) -> Vec<Entry<'t, K::Code>> {
    let none = || vec![Entry { text: part, code: None, after_comma }];
    if let Some(code) = single(kind, part) {
        return vec![Entry { text: part, code: Some(code), after_comma }];
    }
    let Some(chunks) = chunks(kind, part, after_comma) else { return none() };
    let mut entries = Vec::new();
    let mut rest = &chunks[..];
    while let Some(first) = rest.first() {
        // As it stands: with the word between them.
        let as_written = |chunks: &[&str]| {
            let start = offset(part, chunks[0]);
            let last = chunks[chunks.len() - 1];
            part[start..offset(part, last) + last.len()].to_owned()
        };
        let Some((code, length)) = joined(kind, rest, as_written) else { return none() };
        entries.push(Entry { text: first, code: Some(code), after_comma: after_comma && entries.is_empty() });
        rest = &rest[length..];
    }
    if entries.is_empty() { none() } else { entries }
}

/// Where in a text one of its slices begins.
fn offset(text: &str, slice: &str) -> usize {
    slice.as_ptr() as usize - text.as_ptr() as usize
}

/// The part taken apart at words such as "and". None where such a word may be a name itself, as `en` is among codes.
fn chunks<'t, K: Kind>(kind: &K, part: &'t str, follows: bool) -> Option<Vec<&'t str>> {
    static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[&+]|[^\s&+]+").expect("a regular expression"));
    // What stands in a bracket, which only ends a part, is not taken apart.
    let end = part.find(['(', '（']).unwrap_or(part.len());
    let words: Vec<_> = WORD.find_iter(&part[..end]).collect();
    let mut chunks = Vec::new();
    let (mut from, mut open) = (0, follows);
    for (at, word) in words.iter().enumerate() {
        let is_last = at + 1 == words.len() && end == part.len();
        if !AND.contains(&word.as_str().to_lowercase().as_str()) || !open || is_last {
            open = true;
            continue;
        }
        let before = part[from..word.start()].trim();
        let behind = words.get(at + 1).map_or("", |word| word.as_str());
        let is_name = kind.code(word.as_str()).is_some();
        if is_name && (before.chars().count() <= MOST_PARTS || behind.chars().count() <= MOST_PARTS) {
            return None;
        }
        chunks.extend((!before.is_empty()).then_some(before));
        (from, open) = (word.end(), false);
    }
    let last = part[from..].trim();
    chunks.extend((!last.is_empty()).then_some(last));
    Some(chunks)
}

/// The code of the one thing that a part names, with words in brackets behind it or without.
fn single<K: Kind>(kind: &K, part: &str) -> Option<K::Code> {
    let part = short(part)?;
    if let Some(code) = kind.code(part) {
        return Some(code);
    }
    let (name, inside) = part.split_once(['(', '（'])?;
    let (name, inside) = (name.trim(), inside.strip_suffix([')', '）'])?.trim());
    let together = [format!("{inside} {name}"), format!("{name} {inside}")].iter().find_map(|name| kind.code(name));
    if together.is_some() {
        return together;
    }
    let code = kind.code(name)?;
    let words: Vec<&str> = inside.split(|c: char| !c.is_alphanumeric() && c != '.').filter(|w| !w.is_empty()).collect();
    let same = kind.code(inside).is_some_and(|inside| inside == code);
    let is_direction = |word: &&str| DIRECTIONS.split_whitespace().any(|known| known == word.to_lowercase());
    let names_other = (1..=words.len().min(MOST_PARTS + 1))
        .flat_map(|length| words.windows(length))
        .filter_map(|words| kind.mentioned(&words.join(" ")))
        .any(|mentioned| mentioned != code);
    let is_other = kind.needs_company(name, &code) || words.iter().any(is_direction) || names_other;
    (same || !is_other).then_some(code)
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    /// Fields of these words, signs that take a field apart, and anything else.
    pub(in crate::records) fn field(words: &'static [&'static str]) -> impl Strategy<Value = String> {
        let sign = prop::sample::select(vec![",", ";", " ", "(", ")", " - ", "\n", "\u{200b}", "&", "*"]);
        let part = prop_oneof![
            prop::sample::select(words).prop_map(str::to_owned),
            sign.prop_map(str::to_owned),
            "\\PC{0,8}",
        ];
        prop::collection::vec(part, 0..80).prop_map(|parts| parts.join(" "))
    }

    /// What is listed is a part of the field, can be seen, and is not too much.
    pub(in crate::records) fn within_limits(
        field: &str,
        codes: usize,
        unrecognised: &[String],
    ) -> Result<(), TestCaseError> {
        prop_assert!(codes <= MOST && unrecognised.len() <= MOST);
        let text = text_of(field);
        for name in unrecognised {
            prop_assert!(text.contains(name.as_str()), "{name:?} of {text:?}");
            prop_assert!(name.chars().count() <= LONGEST_NAME && !name.chars().all(is_blank), "{name:?}");
        }
        Ok(())
    }

    #[test]
    fn names_are_compared_without_what_people_leave_out() {
        for (name, alike) in [
            ("The Gambia", "gambia"),
            ("Côte d’Ivoire", "cote d ivoire"),
            ("U.S. Virgin Islands", "us virgin islands"),
            ("", ""),
            ("the ", "the"),
        ] {
            assert_eq!(folded(name), alike, "{name}");
        }
    }

    /// Two letters, and "A B" as the name of a third.
    struct Letters;

    impl Kind for Letters {
        type Code = String;

        fn code(&self, name: &str) -> Option<String> {
            [("a", "1"), ("b", "2"), ("bigger a", "3")].iter().find(|(n, _)| *n == name).map(|(_, c)| (*c).to_owned())
        }
    }

    #[test]
    fn no_part_is_dropped_and_time_is_linear() {
        let found = listed(&Letters, "a (x), y; a, bigger / b and q");
        assert_eq!(
            (found.codes, found.unrecognised),
            (vec!["1".into(), "3".into()], vec!["y".into(), "b and q".into()])
        );
        let start = Instant::now();
        for sign in ["(", ")", "and ", "a and ", "a, ", "[[", "{{a|", "<", "a (a) "] {
            listed(&Letters, &sign.repeat(1_000_000));
        }
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}
