//! Percent-encoding, character references and the normal form of Unicode, as MediaWiki has them in links and titles.

use std::sync::LazyLock;

use icu_normalizer::ComposingNormalizerBorrowed;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use regex::{Captures, Regex};

static PERCENT_ENCODED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("(?:%[0-9A-Fa-f]{2})+").expect("a regular expression"));
static REFERENCE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("&(?:#([0-9]+)|#[xX]([0-9A-Fa-f]+)|[0-9A-Za-z]+);").expect("a regular expression"));

/// What MediaWiki's `wfUrlencode` encodes in the address of a page.
const PAGE_ADDRESS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b';')
    .remove(b'@')
    .remove(b'$')
    .remove(b'!')
    .remove(b'*')
    .remove(b'(')
    .remove(b')')
    .remove(b',')
    .remove(b'/')
    .remove(b':');

/// Resolves percent-encoding; what does not encode UTF-8 stays.
pub fn decode_percent(text: &str) -> String {
    let decoded = |found: &Captures| match percent_decode_str(&found[0]).decode_utf8() {
        Ok(decoded) => decoded.into_owned(),
        Err(_) => found[0].to_owned(),
    };
    PERCENT_ENCODED.replace_all(text, decoded).into_owned()
}

/// Resolves character references, by number and by HTML's names; unknown ones stay.
pub fn decode_references(text: &str) -> String {
    let decoded = |found: &Captures| {
        let number = |group: usize, base: u32| found.get(group).map(|n| u32::from_str_radix(n.as_str(), base));
        match number(1, 10).or_else(|| number(2, 16)) {
            Some(number) => number.ok().and_then(char::from_u32).map_or_else(|| found[0].to_owned(), String::from),
            None => htmlize::unescape(&found[0]).into_owned(),
        }
    };
    REFERENCE.replace_all(text, decoded).into_owned()
}

/// The text in Unicode's normal form C, as MediaWiki stores all text.
pub(crate) fn nfc(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

/// A title as it stands in the address of its page.
pub fn encode_title(title: &str) -> String {
    utf8_percent_encode(&title.replace(' ', "_"), PAGE_ADDRESS).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_is_resolved_where_it_is_text() {
        for (encoded, text) in [
            ("User_talk:Anna%20Exempel", "User_talk:Anna Exempel"),
            ("%C3%A9t%c3%a9", "été"),
            ("50%ab 100%25", "50%ab 100%"),
            ("100% sure%", "100% sure%"),
        ] {
            assert_eq!(decode_percent(encoded), text);
        }
    }

    #[test]
    fn character_references_are_resolved_by_number_and_name() {
        for (encoded, text) in [
            ("&#65;nna&nbsp;&amp;amp;", "Anna\u{a0}&amp;"),
            ("&eacute;&#XE9;&#x1F986;", "éé🦆"),
            ("&unknown; &copy &#xD800; &#99999999999; AT&T;", "&unknown; &copy &#xD800; &#99999999999; AT&T;"),
        ] {
            assert_eq!(decode_references(encoded), text);
        }
    }

    #[test]
    fn addresses_of_pages_are_encoded_as_mediawiki_does() {
        for (title, address) in [
            ("100% sure?", "100%25_sure%3F"),
            ("User:A/b (c), d;e@f!g*h~i", "User:A/b_(c),_d;e@f!g*h~i"),
            ("C&A+\"x\"='é'#", "C%26A%2B%22x%22%3D%27%C3%A9%27%23"),
        ] {
            assert_eq!(encode_title(title), address);
            assert_eq!(decode_percent(address), title.replace(' ', "_"));
        }
    }
}
