//! Valid page names, directly below the intake page, from whatever people call their request.

use std::sync::LazyLock;

use regex::Regex;

use super::inert::is_invisible;
use crate::desk::Pages;
use crate::wikitext::encoding::{decode_percent, decode_references, nfc};

/// MediaWiki's limit for titles, in bytes.
const MAX_TITLE_BYTES: usize = 255;
/// Longest name, in bytes: more than the form takes for `title=`, and with room for subpages.
const MAX_NAME_BYTES: usize = 180;
/// The name where nothing is left of what people wrote.
const DEFAULT_NAME: &str = "Request";

static PERCENT_ENCODED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("%([0-9A-Fa-f]{2})").expect("a regular expression"));
/// What MediaWiki takes for a character reference in a title, known or not.
static REFERENCE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("&(#*[0-9A-Za-z\u{80}-\u{10FFFF}]+;)").expect("a regular expression"));

/// The name of a page directly below `intake`, from what people wrote. Idempotent. `languages` are codes, which would
/// name translations of the intake page.
pub fn name(written: &str, intake: &str, languages: &[String]) -> String {
    let mut name = nfc(&decoded(written));
    // Removing one thing may join parts of another, so repeat until nothing changes.
    loop {
        let next = cut(&nfc(&cleaned(&name)), room(intake));
        if next == name {
            break;
        }
        name = next;
    }
    let code = name.to_lowercase();
    let nothing = name.chars().all(|c| !c.is_alphanumeric() && (c.is_ascii() || is_joiner(c)));
    if nothing || languages.iter().any(|l| l.to_lowercase() == code) { DEFAULT_NAME.to_owned() } else { name }
}

/// Whether a title is that of a page directly below another one, and no translation of that.
pub fn is_below(title: &str, above: &str, languages: &[String]) -> bool {
    title
        .strip_prefix(above)
        .and_then(|rest| rest.strip_prefix('/'))
        .is_some_and(|name| !name.is_empty() && !name.contains('/') && !languages.iter().any(|l| l == name))
}

/// Whether a title is one that requests have: directly below the intake page, or below one of its parts.
pub fn is_request(title: &str, pages: &Pages, languages: &[String]) -> bool {
    let parts = || pages.parts.iter().map(|part| format!("{}/{part}", pages.intake));
    let is_part = || parts().any(|part| part == title);
    is_below(title, &pages.intake, languages) && !is_part() || parts().any(|part| is_below(title, &part, languages))
}

/// The page below which a request of this title would stand: the part of the intake page that it is in, or else that page; and
/// the rest of its title. None where it is not below the intake page.
pub fn place<'t>(title: &'t str, pages: &Pages) -> Option<(String, &'t str)> {
    let name = title.strip_prefix(&pages.intake)?.strip_prefix('/')?;
    let in_part = name.split_once('/').filter(|(part, _)| pages.parts.iter().any(|known| known == part));
    Some(in_part.map_or((pages.intake.clone(), name), |(part, name)| (format!("{}/{part}", pages.intake), name)))
}

/// The name, with the first number behind it, if any is needed, for which its title below `intake` is not taken.
pub fn free(name: &str, intake: &str, taken: impl Fn(&str) -> bool) -> String {
    let title = |name: &str| format!("{intake}/{name}");
    if !taken(&title(name)) {
        return name.to_owned();
    }
    let mut number: u64 = 2;
    loop {
        let suffix = format!(" ({number})");
        let numbered = cut(name, room(intake).saturating_sub(suffix.len())) + &suffix;
        if !taken(&title(&numbered)) {
            return numbered;
        }
        number += 1;
    }
}

/// A key that is the same for titles that look the same to a reader.
pub fn key(title: &str) -> String {
    let visible: String =
        title.chars().filter(|c| !is_invisible(*c) && !is_joiner(*c)).map(|c| if c == '_' { ' ' } else { c }).collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    // Upper case and back: some letters have more than one lower case form.
    nfc(&words.join(" ").to_uppercase().to_lowercase())
}

fn room(intake: &str) -> usize {
    MAX_TITLE_BYTES.saturating_sub(intake.len() + 1).clamp(DEFAULT_NAME.len(), MAX_NAME_BYTES)
}

/// Decodes character references and percent-encoding until nothing is left to decode.
fn decoded(text: &str) -> String {
    let mut text = text.to_owned();
    loop {
        let next = decode_percent(&decode_references(&text));
        if next.len() >= text.len() {
            return next;
        }
        text = next;
    }
}

/// Replaces what titles or wikitext do not take; may have to be repeated.
fn cleaned(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // MediaWiki refuses titles with either of these.
    let text = PERCENT_ENCODED.replace_all(text, "％$1");
    let text = REFERENCE.replace_all(&text, "＆$1");
    for c in text.chars() {
        match c {
            c if c.is_whitespace() => out.push(' '),
            c if is_invisible(c) || c == '\u{FFFD}' => {}
            // Not allowed in titles, or separates subpages.
            '#' | '<' | '>' | '[' | ']' | '|' | '{' | '}' | '_' | '\\' => out.push(' '),
            '/' => out.push('-'),
            // Signatures and bold.
            '~' if out.ends_with('~') => {}
            '\'' if out.ends_with('\'') => {}
            _ => out.push(c),
        }
    }
    let words: Vec<&str> = out.split_whitespace().collect();
    let name = words.join(" ");
    let name = name.trim_start_matches([':', '-', '.', ' ', '\'', '~']).trim_end_matches(['\'', ' ']);
    let name = name.trim_start_matches(is_joiner);
    let mut chars = name.chars();
    let Some(first) = chars.next() else { return String::new() };
    // A letter whose upper case is two letters stays.
    let mut upper = first.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => format!("{one}{}", chars.as_str()),
        _ => name.to_owned(),
    }
}

/// Joiners and variation selectors, which show nothing by themselves.
fn is_joiner(c: char) -> bool {
    matches!(u32::from(c), 0x200C | 0x200D | 0xFE00..=0xFE0F | 0x34F)
}

/// The text cut to at most so many bytes, at the end of a word if that leaves most of it.
fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let short = &text[..end];
    let word = short.rfind(' ').filter(|at| *at * 3 > most * 2 && !text[end..].starts_with(' '));
    let short = &short[..word.unwrap_or(end)];
    short.trim_end_matches(|c: char| c == ' ' || is_joiner(c)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const INTAKE: &str = "Content Partnerships Hub/Helpdesk/Requests";

    fn named(written: &str) -> String {
        name(written, INTAKE, &["sv".to_owned(), "pt-br".to_owned()])
    }

    /// What MediaWiki asks of a title, and this desk of a name.
    fn is_valid(name: &str) -> bool {
        let space = |c: char| c.is_whitespace() && c != ' ';
        !name.is_empty()
            && format!("{INTAKE}/{name}").len() <= MAX_TITLE_BYTES
            && !name.contains(|c: char| "#<>[]|{}_/".contains(c) || c.is_control() || c == '\u{FFFD}' || space(c))
            && !name.contains("~~~")
            && !name.contains("  ")
            && name.trim() == name
            && !name.starts_with([':', '.'])
            && !PERCENT_ENCODED.is_match(name)
            && !REFERENCE.is_match(name)
            && nfc(name) == name
    }

    #[test]
    fn names_from_what_people_wrote() {
        for (written, expected) in [
            ("Old photographs of Exampleville", "Old photographs of Exampleville"),
            ("[[Photographs]] {{of|x}} <b>", "Photographs of x b"),
            ("/sub/page", "Sub-page"),
            (":Category:Secret", "Category:Secret"),
            ("w:de:Hallo", "W:de:Hallo"),
            ("sv", "Request"),
            ("PT-BR", "Request"),
            ("", "Request"),
            (" \u{200b}\u{202e} ", "Request"),
            ("..", "Request"),
            ("../../Committee", "-Committee".trim_start_matches('-')),
            ("a~~~~b", "A~b"),
            ("'''Bold'''", "Bold"),
            ("100%25 &amp;amp; more", "100% & more"),
            ("Tom&#x20;&amp;&nbsp;Jo", "Tom & Jo"),
            ("a%2Fb%23c", "A-b c"),
            ("50%ab", "50％ab"),
            ("مجموعة صور", "مجموعة صور"),
            ("\u{202b}שלום\u{202c}", "שלום"),
            ("e\u{301}cole", "École"),
            ("🦆 ducks", "🦆 ducks"),
            ("C#", "C"),
            ("Who_is_it?", "Who is it?"),
        ] {
            assert_eq!(named(written), expected, "{written:?}");
        }
        let long = named(&"日本語の写真 ".repeat(40));
        assert!(long.len() <= MAX_NAME_BYTES && long.ends_with("写真"), "{long}");
        assert!(named(&"é".repeat(400)).len() <= MAX_NAME_BYTES);
    }

    #[test]
    fn taken_names_get_a_number() {
        let there: BTreeSet<String> =
            ["Ducks", "DUCKS (2)", "Du\u{200d}cks (3)"].map(|n| key(&format!("{INTAKE}/{n}"))).into();
        assert_eq!(free("ducks", INTAKE, |t| there.contains(&key(t))), "ducks (4)");
        assert_eq!(free("Geese", INTAKE, |t| there.contains(&key(t))), "Geese");
        let long = named(&"x".repeat(400));
        let numbered = free(&long, INTAKE, |t| t.ends_with(&long));
        assert!(is_valid(&numbered) && numbered.ends_with("x (2)"), "{numbered}");
    }

    /// Texts of what acts in titles, with anything in between.
    fn hostile() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            any::<String>(),
            "[%&#a-fA-F0-9;~'/:. _-]{0,12}",
            prop::sample::select(vec![
                "&amp;", "%25", "%", "2", "5", "&", "#", ";", "~~", "../", "\u{202e}", "\u{200d}", "\u{301}", "e", "ǆ",
                "ß", "ﬁ", "\u{958}", "sv", "/", ":", " ", "\u{ad}", "\u{3000}", "🦆",
            ])
            .prop_map(str::to_owned),
        ];
        prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn any_text_gives_a_valid_name_that_stays(text in hostile()) {
            let name = named(&text);
            prop_assert!(is_valid(&name), "{:?}", name);
            prop_assert_eq!(named(&name), name);
        }

        #[test]
        fn no_two_share_a_page(texts in prop::collection::vec(prop_oneof![hostile(), "(?i)[ab]{1,2}"], 1..12)) {
            let mut taken: BTreeSet<String> = BTreeSet::new();
            for text in texts {
                let name = free(&named(&text), INTAKE, |t| taken.contains(&key(t)));
                prop_assert!(is_valid(&name), "{:?}", name);
                let new = taken.insert(key(&format!("{INTAKE}/{name}")));
                prop_assert!(new, "{:?}", name);
            }
        }
    }
}
