//! What came of a request: `{{Helpdesk outcome}}`.

use serde::Serialize;

use super::params::Params;

/// What came of a request, as somebody wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Outcome {
    /// In a sentence, as wikitext.
    pub text: String,
    /// How many files, as written.
    pub files: String,
    /// How many items, as written.
    pub items: String,
    /// A category, as written.
    pub category: String,
    /// A picture, as written.
    pub image: String,
    /// An address, as written.
    pub link: String,
}

/// The longest address.
const LONGEST_LINK: usize = 500;

impl Outcome {
    /// Reads `{{Helpdesk outcome|1,200 maps on Commons|files=1200|category=Maps of X|image=A.jpg|link=https://…}}`.
    pub fn of(params: &dyn Params) -> Option<Self> {
        let text = |name: &str| params.text(name).trim().to_owned();
        Some(Outcome {
            text: text("1"),
            files: text("files"),
            items: text("items"),
            category: text("category"),
            image: text("image"),
            link: text("link"),
        })
    }

    /// The number that a value gives: digits, with spaces, commas, points or apostrophes between groups of three.
    pub fn number(written: &str) -> Option<u64> {
        let is_separator = |c: char| c.is_whitespace() || matches!(c, ',' | '.' | '\'' | '’' | '\u{66c}');
        let mut groups = written.split(is_separator);
        let first = groups.next()?;
        let digits: Vec<u32> = written.chars().filter(|c| !is_separator(*c)).map(digit).collect::<Option<_>>()?;
        let grouped = groups.all(|group| group.chars().count() == 3);
        let plain = grouped && (1..=3).contains(&first.chars().count()) || !written.contains(is_separator);
        if !plain || digits.is_empty() || digits.len() > 15 {
            return None;
        }
        Some(digits.into_iter().fold(0, |number, digit| number * 10 + u64::from(digit)))
    }

    /// Whether a link is an address of the web.
    pub fn is_link(written: &str) -> bool {
        let rest = written.strip_prefix("https://").or_else(|| written.strip_prefix("http://"));
        let acts =
            |c: char| c.is_whitespace() || c.is_control() || matches!(c, '[' | ']' | '<' | '>' | '"' | '{' | '}' | '|');
        rest.is_some_and(|rest| rest.contains('.') || rest.starts_with("localhost") || rest.starts_with("127."))
            && written.len() <= LONGEST_LINK
            && !written.contains(acts)
    }
}

/// A digit of any script that writes numbers in tens, as these wikis do.
fn digit(c: char) -> Option<u32> {
    const ZEROS: [char; 8] = ['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{1040}', '\u{ff10}'];
    let of = |zero: &char| (u32::from(c)).checked_sub(u32::from(*zero)).filter(|value| *value < 10);
    ZEROS.iter().find_map(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them_and_nothing_else() {
        for (written, number) in [
            ("1200", Some(1200)),
            ("1,200", Some(1200)),
            ("1 200", Some(1200)),
            ("1.200.000", Some(1_200_000)),
            ("১২", Some(12)),
            ("٣٤٥", Some(345)),
            ("0", Some(0)),
            ("1.5", None),
            ("12,00", None),
            ("about 20", None),
            ("-3", None),
            ("1,,200", None),
            (",200", None),
            ("", None),
            ("1234567890123456", None),
        ] {
            assert_eq!(Outcome::number(written), number, "{written}");
        }
    }

    #[test]
    fn links_lead_somewhere_and_cannot_act() {
        for good in ["https://commons.wikimedia.org/wiki/Category:X", "http://example.org"] {
            assert!(Outcome::is_link(good), "{good}");
        }
        for bad in ["commons.wikimedia.org", "javascript:alert(1)", "https://", "https://a.b c", "https://a.b|x", ""] {
            assert!(!Outcome::is_link(bad), "{bad}");
        }
    }
}
