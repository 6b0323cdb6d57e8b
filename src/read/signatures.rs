//! Signatures in a wikitext, and where comments begin.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::desk::request::NamedAccounts;
use crate::desk::signed::Signature;
use crate::wikitext::encoding::decode_references;
use crate::wikitext::inert::is_invisible;
use crate::wikitext::names::Names;
use crate::wikitext::{SAID, STRIKING_ELEMENTS};

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
    // Without a time it is a signature only where it looks like one, and nothing is said behind it. Else it mentions somebody.
    let says_nothing = |link: &UserLink| {
        let behind = text[link.end..line.end].split("{{").next().unwrap_or_default();
        let in_tags = behind.split('<').skip(1).map(|tag| tag.find('>').map_or("", |end| &tag[end + 1..]));
        !behind.split('<').take(1).chain(in_tags).any(|words| words.contains(char::is_alphanumeric))
    };
    let last = user_links(text, from..line.end, names).pop();
    if let Some(link) = last.filter(|link| link.signs && says_nothing(link)) {
        let signature = Signature { user: Some(link.user), others: Vec::new(), time: None };
        found.push(Found { span: link.at..link.end, signature });
    }
    found
}

/// The accounts that a value names: by links or templates such as `{{u|Alice}}`, else as plain names with commas, line breaks
/// or the like between them.
pub(super) fn named_accounts(value: &str, names: &Names) -> NamedAccounts {
    let calls = names.syntax().calls(value);
    let by_template =
        calls.iter().filter(|call| !call.nested()).filter_map(|call| names.titles().account(call.value("1")));
    let links = user_links(value, 0..value.len(), names).into_iter().map(|link| link.user);
    let mut named: Vec<String> = links.chain(by_template).collect();
    let linked = !named.is_empty();
    if !linked {
        let parts = PLAIN_NAMES.split(value).filter(|part| !part.trim().is_empty());
        named = parts.map(|part| names.titles().account_of_parameter(part).unwrap_or_default()).collect();
    }
    let mut seen = BTreeSet::new();
    named.retain(|name| seen.insert(name.clone()));
    NamedAccounts { names: named, linked }
}

/// What stands between names.
static PLAIN_NAMES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[,;\n&]|\s(?:and|und|y|et|e|och)\s").expect("a regular expression"));

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
        let beside = |before: &UserLink| !text[before.end..found].contains(char::is_alphanumeric);
        let signs = bare || links.last().is_some_and(|before| before.user == user && beside(before));
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

/// An HTML tag at the beginning of a text.
static TAG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\A<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)(?:\s[^<>]*|/)?>").expect("a regular expression")
});

/// A character reference, or a switch such as `__NOTOC__`, which shows nothing.
static REFERENCE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\A(?:&#?[A-Za-z0-9]+;|__[A-Z]+__)").expect("a regular expression"));

/// Elements that begin a line of their own, or a cell.
const OWN_LINE: [&str; 11] = ["br", "p", "div", "li", "dd", "dt", "td", "th", "tr", "caption", "center"];

/// Whether a character shows nothing. In the place of an extension's tag there is one that does.
fn shows_nothing(c: char) -> bool {
    c.is_whitespace() || (is_invisible(c) && c != SAID)
}

/// For each of the places of a line, in order, whether a comment begins there: at the line's or a table cell's beginning or
/// right behind a signature. Marks of lists, indentation, emphasis, spaces, tags, what is struck, and what is in `passed` may
/// stand before it. In a heading none begins.
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
    // Whether nothing was said before what is struck.
    let mut struck: Vec<bool> = Vec::new();
    let mut in_heading = false;
    let mut at = line.start;
    while begun.len() < places.len() {
        fresh |= signed.iter().any(|found| found.span.end == at);
        if places[begun.len()] == at {
            begun.push(fresh && !in_heading);
        }
        if let Some(call) = passed.iter().find(|call| call.start == at) {
            at = call.end;
            continue;
        }
        let Some(c) = text[at..line.end].chars().next() else { break };
        let rest = &text[at..line.end];
        let mut length = c.len_utf8();
        match c {
            _ if shows_nothing(c) => {}
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
            '<' => match TAG.captures(rest) {
                Some(tag) => {
                    length = tag[0].len();
                    listed = false;
                    let (opens, name) = (tag["end"].is_empty(), tag["name"].to_ascii_lowercase());
                    match name.as_str() {
                        name if STRIKING_ELEMENTS.contains(&name) && opens => struck.push(fresh),
                        name if STRIKING_ELEMENTS.contains(&name) => fresh |= struck.pop().unwrap_or_default(),
                        name if OWN_LINE.contains(&name) => fresh = true,
                        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => in_heading = opens,
                        _ => {}
                    }
                }
                None => (fresh, listed) = (false, false),
            },
            '&' | '_' => {
                let shown = REFERENCE.find(rest).map(|found| (found.len(), decode_references(found.as_str())));
                let nothing = shown.as_ref().is_some_and(|(_, shown)| c == '_' || shown.chars().all(shows_nothing));
                length = shown.map_or(length, |(length, _)| length);
                (fresh, listed) = (fresh && nothing, false);
            }
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
            ("<s>{{y}} too early</s> {{x}}", true),
            ("<s>words</s> {{x}}", true),
            ("I <s>do not</s> {{x}}", false),
            ("<td>a</td><td>{{x}}", true),
            ("<li>a</li><li>{{x}}", true),
            ("<h2>{{x}}", false),
            ("\u{3000}\u{202f}&#x20;&#x00A0;&emsp;{{x}}", true),
            ("&amp; {{x}}", false),
            ("__NOTOC__ {{x}}", true),
            ("\u{7f}\u{7f} {{x}}", false),
        ] {
            let place = line.find("{{x").expect("a place");
            let signed = signatures(line, 0..line.len(), &names);
            assert_eq!(begin_comments(line, 0..line.len(), &[place], &[], &signed), [begins], "{line}");
        }
        let line = "<s>{{s}}</s> {{x}} {{y}}";
        assert_eq!(begin_comments(line, 0..line.len(), &[3, 13, 19], &[3..8, 19..24], &[]), [true, true, false]);
    }
}
