//! Signatures in a wikitext, and where comments begin.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::desk::signed::Signature;
use crate::wikitext::names::Names;

/// A link's target is no longer, in bytes, percent-encoded: a title has 255.
const LONGEST_LINK: usize = 1000;

/// So many accounts that one signature links are told.
const MOST_LINKED: usize = 10;

/// A signature and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// From its first link to its end.
    pub span: Range<usize>,
    pub signature: Signature,
}

/// The signatures of a line, in order; `line` are its bytes in a text without comments and the like. Each ends with a time. What
/// stands behind the last time may be signed without one.
pub(super) fn signatures(text: &str, line: Range<usize>, names: &Names) -> Vec<Found> {
    let mut found = Vec::new();
    let mut from = line.start;
    while let Some(time) = TIME.find(&text[from..line.end]) {
        let time = from + time.start()..from + time.end();
        let links = user_links(text, from..time.start, names);
        let user = links.last().map(|link| link.user.clone());
        let mut others: Vec<String> = links.iter().rev().map(|link| link.user.clone()).collect();
        others.dedup();
        others.retain(|name| Some(name) != user.as_ref());
        others.truncate(MOST_LINKED);
        let begin = links.first().map_or(time.start, |link| link.at);
        let signature = Signature { user, others, time: Some(text[time.clone()].to_owned()) };
        found.push(Found { span: begin..time.end, signature });
        from = time.end;
    }
    // Without a time it is a signature only where it looks like one. Else it mentions somebody.
    if let Some(link) = user_links(text, from..line.end, names).into_iter().rfind(|link| link.signs) {
        let signature = Signature { user: Some(link.user), others: Vec::new(), time: None };
        found.push(Found { span: link.at..link.end, signature });
    }
    found
}

/// A link to somebody's pages.
struct UserLink {
    at: usize,
    end: usize,
    user: String,
    /// It signs without a time too: behind a dash, a template or nothing at all, or as a user link with a link to the same person's talk
    /// page.
    signs: bool,
}

fn user_links(text: &str, stretch: Range<usize>, names: &Names) -> Vec<UserLink> {
    let mut links: Vec<UserLink> = Vec::new();
    let mut at = stretch.start;
    while let Some(found) = text[at..stretch.end].find("[[").map(|found| at + found) {
        at = found + 2;
        let account = target(&text[at..stretch.end]).and_then(|target| names.titles().account_of_link(target));
        let Some(user) = account else { continue };
        let words = text[stretch.start..found].trim_end_matches([' ', '\'', '(', ':']);
        let bare = words.is_empty() || words.ends_with(['-', '–', '—', '−', '}']);
        let signs = bare || links.last().is_some_and(|before| before.user == user);
        let end = text[at..stretch.end].find("]]").map_or(stretch.end, |end| at + end + 2);
        // A talk page's link in brackets belongs to the signature with its bracket.
        let end = end + usize::from(text[end..stretch.end].starts_with(')'));
        links.push(UserLink { at: found, end, user, signs });
    }
    links
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

/// An HTML tag, or white space written as an entity.
static PASSED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"\A(?:<(?P<tag>/?[A-Za-z][A-Za-z0-9]*)(?:\s[^<>]*|/)?>|&(?:nbsp|#160|#32|thinsp|ensp|emsp|lrm|rlm|zwnj);)",
    )
    .expect("a regular expression")
});

/// For each of the places of a line, in order, whether a comment begins there: at the line's or a table cell's beginning or
/// right behind a signature. Marks of lists, indentation, emphasis, spaces, tags, and what is in `passed` may stand before it.
pub(super) fn begin_comments(
    text: &str,
    line: Range<usize>,
    places: &[usize],
    passed: &[Range<usize>],
    signed: &[Found],
) -> Vec<bool> {
    let cells = text[line.clone()].trim_start().starts_with(['|', '!']);
    let mut begun = Vec::with_capacity(places.len());
    // Nothing was said yet; and not even a word of markup but lists' marks.
    let (mut fresh, mut listed) = (true, true);
    let mut at = line.start;
    while begun.len() < places.len() {
        fresh |= signed.iter().any(|found| found.span.end == at);
        if places[begun.len()] == at {
            begun.push(fresh);
        }
        if let Some(call) = passed.iter().find(|call| call.start == at) {
            at = call.end;
            continue;
        }
        let Some(c) = text[at..line.end].chars().next() else { break };
        let rest = &text[at..line.end];
        let mut length = c.len_utf8();
        match c {
            ' ' | '\t' | '\u{a0}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
            '*' | '#' | ':' | ';' if listed => {}
            '|' if cells => (fresh, listed) = (true, true),
            '!' if cells && (rest.starts_with("!!") || text[line.start..at].trim().is_empty()) => {
                (fresh, listed) = (true, true);
                length = 1 + usize::from(rest.starts_with("!!"));
            }
            '\'' if rest.starts_with("''") => {
                length = rest.len() - rest.trim_start_matches('\'').len();
                listed = false;
            }
            '<' | '&' => match PASSED.captures(rest) {
                Some(found) => {
                    length = found[0].len();
                    fresh |= found.name("tag").is_some_and(|tag| tag.as_str().eq_ignore_ascii_case("br"));
                    listed = false;
                }
                None => (fresh, listed) = (false, false),
            },
            _ => (fresh, listed) = (false, false),
        }
        // A tag may reach over a place where something is said to begin.
        at = places.get(begun.len()).filter(|next| **next > at).map_or(at + length, |next| (at + length).min(*next));
    }
    begun.resize(places.len(), false);
    begun
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

    #[test]
    fn where_comments_begin() {
        let names = crate::testing::names(&crate::config::shipped(), &[]);
        for (line, begins) in [
            ("{{x}}", true),
            ("*:# {{x}}", true),
            (" {{x}}", true),
            ("'''{{x}}'''", true),
            ("* <small>''{{x}}", true),
            ("&nbsp;{{x}}", true),
            ("| {{x}}", true),
            ("| style=\"a\" | {{x}}", true),
            ("| a || {{x}}", true),
            ("! a !! {{x}}", true),
            ("words<br>{{x}}", true),
            ("words [[User:A|A]] 12:34, 5 May 2026 (UTC) {{x}}", true),
            ("words -- [[User:A]] {{x}}", true),
            ("words [[User:A|A]] ([[User talk:A|talk]]) {{x}}", true),
            ("words {{x}}", false),
            ("a | {{x}}", false),
            ("{{y}} {{x}}", false),
            ("== {{x}} ==", false),
            ("* words: {{x}}", false),
            ("[[User:A]], {{x}}", false),
            ("' {{x}}", false),
            ("a < b {{x}}", false),
        ] {
            let place = line.find("{{x").expect("a place");
            let signed = signatures(line, 0..line.len(), &names);
            assert_eq!(begin_comments(line, 0..line.len(), &[place], &[], &signed), [begins], "{line}");
        }
        let line = "<s>{{s}}</s> {{x}} {{y}}";
        assert_eq!(begin_comments(line, 0..line.len(), &[3, 13, 19], &[3..8, 19..24], &[]), [true, true, false]);
    }
}
