//! Marks: the votes, decisions and views on priority that stand in a wikitext, with the signature behind each.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::desk::Choice;
use crate::desk::request::Priority;
use crate::desk::vote::{Signature, State};
use crate::wikitext::names::{Meaning, Names};
use crate::wikitext::{self, Call};

/// What a mark says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Says {
    /// A vote, and the member it was recorded for.
    Vote(Choice, Option<String>),
    /// A decision: the status asked for, as written.
    Decision(String),
    /// A withdrawal.
    Withdraw,
    /// A view on priority.
    Priority(Priority),
}

/// A mark in one revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// What it says.
    pub says: Says,
    /// The signature behind it, on the same line.
    pub signature: Signature,
    /// How it stands, as far as wikitext tells: never gone.
    pub state: State,
    /// The place of its template call.
    pub span: Range<usize>,
    /// The value of `reason=`.
    pub reason: String,
}

impl Mark {
    /// What makes two marks the same.
    #[must_use]
    pub fn key(&self) -> (Says, Signature) {
        (self.says.clone(), self.signature.clone())
    }
}

/// The marks of a revision's wikitext, in order.
#[must_use]
pub fn marks(text: &str, calls: &[Call], names: &Names) -> Vec<Mark> {
    let mut found: Vec<Mark> = Vec::new();
    for call in calls {
        let Some(says) = names.meaning(&call.name).and_then(|m| says(m, call, names)) else { continue };
        let state = match call {
            Call { nested: true, .. } => State::Quoted,
            Call { struck: true, .. } => State::Struck,
            _ => State::Plain,
        };
        let reason = call.value("reason").to_owned();
        found.push(Mark { says, signature: Signature::default(), state, span: call.span.clone(), reason });
    }
    if !found.is_empty() {
        let visible = wikitext::visible(text);
        let mut lines = Signatures { text: &visible, names, reach: 0..0, link: None, time: None };
        found.iter_mut().for_each(|mark| mark.signature = lines.behind(mark.span.end));
    }
    found
}

fn says(meaning: &Meaning, call: &Call, names: &Names) -> Option<Says> {
    match meaning {
        Meaning::Vote(_) | Meaning::VoteBy(_) => {
            let choice = Names::choice(meaning, call.value("1"))?;
            Some(Says::Vote(choice, names.titles().account_of_parameter(call.value("for"))))
        }
        Meaning::Decision => Some(Says::Decision(call.value("1").to_lowercase())),
        Meaning::Withdraw => Some(Says::Withdraw),
        Meaning::Priority => Priority::parse(call.value("1")).map(Says::Priority),
        Meaning::Request | Meaning::Member => None,
    }
}

/// A link's target is no longer, in bytes, percent-encoded: a title has 255.
const LONGEST_LINK: usize = 1000;

/// Finds the signature behind each of a text's marks, which are asked for in their order. It belongs to all marks
/// before it on its line: what was found for one is kept for the next.
struct Signatures<'a> {
    text: &'a str,
    names: &'a Names,
    /// Where the last search began, and where its time stood or its line ended.
    reach: Range<usize>,
    /// The last user link in there: where it stands, whom it names, and whether it signs without a time too.
    link: Option<(usize, String, bool)>,
    time: Option<String>,
}

impl Signatures<'_> {
    fn behind(&mut self, from: usize) -> Signature {
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

    fn signature(line: &str) -> (Option<String>, bool) {
        let names = Names::new(&crate::config::shipped(), &crate::testing::titles(), &[]);
        let found = marks(line, &wikitext::calls(line), &names);
        let signature = found.into_iter().next().expect("a mark").signature;
        (signature.user, signature.time.is_some())
    }

    #[test]
    fn signatures_of_every_shape() {
        let anna = Some("Anna Exempel".to_owned());
        for (line, user, time) in [
            (
                "{{support}} [[User:Anna Exempel|Anna]] ([[User talk:Anna Exempel|talk]]) 12:34, 5 May 2026 (UTC)",
                &anna,
                true,
            ),
            (
                "{{support}} per [[User:Bo Prov]] [[user talk:anna_Exempel#top|x]] 22:54, 28 септември 2009 (UTC)",
                &anna,
                true,
            ),
            ("{{support}} -- [[Användare:Anna_Exempel|A]] 02:21, 3 mrt 2009 (CET) see [[User:Bo Prov]]", &anna, true),
            ("{{support}} \u{200e}[[User:Anna%20Exempel]]\u{200e} 12:34, 5 May 2026 (UTC)", &anna, true),
            ("{{support}} [[:sv:User:Anna&nbsp;Exempel]] 12:34, 5 May 2026 (UTC)", &anna, true),
            (
                "{{support}} [[User:&#65;nna Exempel|<span style=\"x\">[[y]]</span>]] 12:34, 5 May 2026 (UTC)",
                &anna,
                true,
            ),
            ("{{support}} [[Special:Contributions/Anna Exempel|Anna]] 12:34, 5 May 2026 (UTC)", &anna, true),
            ("{{support}} yes -- [[User:Anna Exempel]]", &anna, false),
            ("{{support}} yes [[User:Anna Exempel|A]] ([[User talk:Anna Exempel|talk]])", &anna, false),
            ("{{support}} [[User:Anna Exempel]]", &anna, false),
            ("{{support}} per [[User:Bo Prov]]", &None, false),
            ("{{support}} at 10:30 (or so) with [[User:Bo Prov]] in the room", &None, false),
            ("{{support}} {{User:Anna Exempel/sig}} 12:34, 5 May 2026 (UTC)", &None, true),
            ("{{support}} <nowiki>[[User:Bo Prov]]</nowiki> <!-- 12:34, 5 May 2026 (UTC) -->", &None, false),
            ("{{support}} no signature\n[[User:Bo Prov]] 12:34, 5 May 2026 (UTC)", &None, false),
        ] {
            assert_eq!(signature(line), (user.clone(), time), "{line}");
        }
    }

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
    fn several_marks_on_a_line_share_the_signature_behind_them() {
        let names = Names::new(&crate::config::shipped(), &crate::testing::titles(), &[]);
        let line = "{{support}} {{Helpdesk priority|high}} [[User:A]] 12:34, 5 May 2026 (UTC) {{oppose}} [[User:B]] 12:35, 5 May 2026 (UTC) {{abstain}}";
        let found = marks(line, &wikitext::calls(line), &names);
        let users: Vec<_> = found.iter().map(|m| m.signature.user.as_deref()).collect();
        assert_eq!(users, [Some("A"), Some("A"), Some("B"), None]);
    }
}
