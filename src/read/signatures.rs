//! Signatures in a wikitext.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::desk::signed::Signature;
use crate::wikitext::names::Names;

/// A link's target is no longer, in bytes, percent-encoded: a title has 255.
const LONGEST_LINK: usize = 1000;

/// Finds the signature behind each of a text's marks, which are asked for in their order. It belongs to all marks
/// before it on its line: what was found for one is kept for the next.
pub(super) struct Signatures<'a> {
    text: &'a str,
    names: &'a Names,
    /// Where the last search began, and where its time stood or its line ended.
    reach: Range<usize>,
    /// The last user link in there: where it stands, whom it names, and whether it signs without a time too.
    link: Option<(usize, String, bool)>,
    time: Option<String>,
}

impl<'a> Signatures<'a> {
    /// For a text without comments and the like.
    pub(super) fn new(text: &'a str, names: &'a Names) -> Self {
        Signatures { text, names, reach: 0..0, link: None, time: None }
    }

    /// The signature behind this place.
    pub(super) fn behind(&mut self, from: usize) -> Signature {
        if !(self.reach.start <= from && from <= self.reach.end) {
            self.search(from);
        }
        let link = self.link.as_ref().filter(|(at, _, alone)| *at >= from && (self.time.is_some() || *alone));
        Signature { user: link.map(|(_, user, _)| user.clone()), time: self.time.clone() }
    }

    /// The last user link before the first time behind a mark, or on the line if there is no time.
    fn search(&mut self, from: usize) {
        let end = self.text[from..].find('\n').map_or(self.text.len(), |e| from + e);
        let line = &self.text[from..end];
        let time = find_time(line);
        self.time = time.clone().map(|t| line[t].to_owned());
        let until = time.map_or(line.len(), |t| t.start);
        self.reach = from..from + until;
        self.link = None;
        let mut at = 0;
        while let Some(found) = line[at..until].find("[[").map(|f| at + f) {
            if let Some(user) =
                target(&line[found + 2..until]).and_then(|target| self.names.titles().account_of_link(target))
            {
                // Without a time it is a signature only where it looks like one: behind a dash or nothing at all, or
                // as a user link with a link to the same person's talk page. Else it mentions somebody.
                let words = line[..found].trim_end_matches([' ', '\'', '(', ':']);
                let bare = words.is_empty() || words.ends_with(['-', '–', '—', '−']);
                let again = self.link.as_ref().is_some_and(|(_, before, _)| *before == user);
                self.link = Some((from + found, user, bare || again));
            }
            at = found + 2;
        }
    }
}

/// The target of the link whose text begins here.
fn target(rest: &str) -> Option<&str> {
    let end = rest.bytes().take(LONGEST_LINK).position(|b| matches!(b, b'|' | b']'));
    end.or((rest.len() < LONGEST_LINK).then_some(rest.len())).map(|end| &rest[..end])
}

/// `12:34, 5 May 2026 (UTC)`: an hour, a date in any language, and a time zone.
static TIME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[0-9]{2}:[0-9]{2}[^(\[]{0,35}\([^) ]{0,11}\)").expect("a regular expression"));

/// Where the first time stands that looks as in signatures.
pub(super) fn find_time(text: &str) -> Option<Range<usize>> {
    TIME.find(text).map(|time| time.range())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_signatures_have_them() {
        for (text, time) in [
            ("x 12:34, 5 May 2026 (UTC) y", "12:34, 5 May 2026 (UTC)"),
            ("22:54, 28 септември 2009 (UTC)", "22:54, 28 септември 2009 (UTC)"),
            ("02:21, 3 mrt 2009 (CET)", "02:21, 3 mrt 2009 (CET)"),
            ("2026年5月5日 (二) 12:34 (UTC)", "12:34 (UTC)"),
            ("at 10:30, then 12:34, 5 May 2026 (UTC)", "10:30, then 12:34, 5 May 2026 (UTC)"),
            ("10:30 (or so) 12:34, 5 May 2026 (UTC)", "12:34, 5 May 2026 (UTC)"),
            ("10:30 [[User:A]] (UTC)", ""),
            ("10:30, a text that is longer than any date (UTC)", ""),
            ("1:30, 5 May 2026 (UTC)", ""),
            ("12:34, 5 May 2026", ""),
        ] {
            assert_eq!(find_time(text).map_or("", |range| &text[range]), time, "{text}");
        }
    }
}
