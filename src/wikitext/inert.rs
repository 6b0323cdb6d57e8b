//! People's text as template parameters in which nothing acts as markup.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;

use super::encoding::decode_references;

/// Longest value of a parameter, in characters.
pub const MAX_CHARS: usize = 255;

/// The text as a template parameter: everything but letters, digits and a few harmless characters becomes a character
/// reference, and [`one_line`] is applied.
pub fn inert(text: &str, longest: usize) -> String {
    let plain = one_line(text, longest);
    if is_number_or_time(&plain) {
        return plain;
    }
    let mut out = String::with_capacity(plain.len());
    let mut word = String::new();
    let mut chars = plain.chars().peekable();
    while let Some(c) = chars.next() {
        // `ISBN 1…`, `RFC 1…` and `PMID 1…` are links where a wiki still has them.
        let magic = c == ' ' && ["ISBN", "RFC", "PMID"].contains(&word.as_str());
        // A hyphen within a word is neither a rule nor the row of a table.
        let hyphen = c == '-' && !word.is_empty() && chars.peek().is_some_and(|n| n.is_alphanumeric());
        if c.is_alphanumeric() {
            word.push(c);
        } else {
            word.clear();
        }
        if !magic && (hyphen || is_plain(c)) {
            out.push(c);
        } else {
            let _ = write!(out, "&#{};", u32::from(c));
        }
    }
    out
}

/// Characters that are never markup.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ' ' | ',' | '.' | '(' | ')' | '…') || is_mark(c)
}

/// A number, or a time as the bot writes it.
fn is_number_or_time(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && !text.contains("--")
        && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'-' | b':' | b'T' | b'Z'))
}

/// The text on one line with single spaces, without invisible characters; an ellipsis ends what is longer than `longest`
/// characters.
pub fn one_line(text: &str, longest: usize) -> String {
    let mut out = String::new();
    let mut count = 0;
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = count > 0;
            continue;
        }
        if is_invisible(c) {
            continue;
        }
        if space {
            out.push(' ');
            count += 1;
            space = false;
        }
        if count >= longest {
            out.truncate(out.trim_end().len());
            out.push('…');
            break;
        }
        out.push(c);
        count += 1;
    }
    out
}

/// Control characters, marks and overrides of direction, private use and other invisible characters. Not joiners, which
/// South Asian scripts and emoji need.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0xAD | 0x61C | 0x180E | 0x200B | 0x200E | 0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF
            | 0xE000..=0xF8FF | 0xFFF0..=0xFFFB | 0xFFFE | 0xFFFF | 0xE0000..=0xE007F | 0xF0000..)
}

/// Combining marks and joiners; a character reference would separate them from their letter.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36F | 0x200C | 0x200D | 0xFE00..=0xFE0F)
}

/// What people wrote, as they read it: links by their words, without emphasis and the dashes around it.
pub fn as_read(wikitext: &str) -> String {
    static LINK: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]").expect("a regular expression"));
    let words = LINK.replace_all(wikitext, "$1").replace("'''", "").replace("''", "");
    words.trim_matches(|c: char| c.is_whitespace() || "-–—:".contains(c)).to_owned()
}

/// A template call whose values are inert, without those of which nothing is left.
pub fn call(name: &str, params: &[(&str, String)]) -> String {
    let mut out = format!("{{{{{name}");
    let values = params.iter().map(|(key, value)| (key, inert(value, MAX_CHARS)));
    for (key, value) in values.filter(|(_, value)| !value.is_empty()) {
        let _ = write!(out, "|{key}={value}");
    }
    out + "}}"
}

/// The inverse of [`inert`], but for what that dropped.
pub fn unescape(text: &str) -> String {
    decode_references(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_is_text() {
        assert_eq!(inert("{{a|b}} [[c]]", MAX_CHARS), "&#123;&#123;a&#124;b&#125;&#125; &#91;&#91;c&#93;&#93;");
        assert_eq!(inert("~~~~ __TOC__", MAX_CHARS), "&#126;&#126;&#126;&#126; &#95;&#95;TOC&#95;&#95;");
        assert_eq!(inert("a\n\u{202e}b\u{0}  c", MAX_CHARS), "a b c");
        assert_eq!(inert("RFC 1 and http://x", MAX_CHARS), "RFC&#32;1 and http&#58;&#47;&#47;x");
        assert_eq!(inert("more-info - -x a--b", MAX_CHARS), "more-info &#45; &#45;x a&#45;&#45;b");
        assert_eq!(inert("2026-05-05T12:34:00Z", MAX_CHARS), "2026-05-05T12:34:00Z");
        assert_eq!(inert("1--2", MAX_CHARS), "1&#45;&#45;2");
        assert_eq!(inert("&lt;&amp;", MAX_CHARS), "&#38;lt&#59;&#38;amp&#59;");
    }

    #[test]
    fn what_says_nothing_is_left_out() {
        let params =
            [("a", ""), ("b", " "), ("c", "\u{202e}\n"), ("d", "0")].map(|(key, value)| (key, value.to_owned()));
        assert_eq!(call("Row", &params), "{{Row|d=0}}");
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(inert(&"é".repeat(100_000), 5), "ééééé…");
        assert_eq!(inert("abcde", 5), "abcde");
        assert_eq!(inert("abcd efgh", 5), "abcd…");
    }

    proptest! {
        #[test]
        fn nothing_acts(text in any::<String>(), longest in 1_usize..50) {
            let out = inert(&text, longest);
            let mut rest = out.as_str();
            // Apart from whole references, numbers and times: only letters, digits, marks and harmless signs.
            while let Some(c) = rest.chars().next().filter(|_| !is_number_or_time(&out)) {
                if c == '&' {
                    let end = rest.find(';').expect("a reference ends");
                    prop_assert!(rest[2..end].chars().all(|d| d.is_ascii_digit()) && rest.as_bytes()[1] == b'#');
                    rest = &rest[end + 1..];
                } else {
                    prop_assert!(is_plain(c) || c == '-', "{c:?}");
                    rest = &rest[c.len_utf8()..];
                }
            }
            prop_assert!(!out.starts_with('-') && !out.contains("--"));
            prop_assert!(one_line(&text, longest).chars().count() <= longest + 1);
            prop_assert_eq!(unescape(&out), one_line(&text, longest));
        }
    }
}
