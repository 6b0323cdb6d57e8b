//! Marks: the votes, decisions and views on priority that stand in a wikitext, with the signature behind each.

use std::ops::Range;

use crate::desk::TemplateKind;
use crate::desk::signed::{Signature, Standing};
use crate::desk::statement::{Params, Statement};
use crate::desk::vote::Vote;
use crate::wikitext::names::{Meaning, Names, account};
use crate::wikitext::{self, Call};

/// A mark in one revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// What it says.
    pub statement: Statement,
    /// Which template it is; none for a vote.
    pub kind: Option<TemplateKind>,
    /// The signature behind it, on the same line.
    pub signature: Signature,
    /// How it stands, as far as wikitext tells: never gone.
    pub standing: Standing,
    /// The place of its template call.
    pub span: Range<usize>,
}

/// What makes two marks the same.
pub type Key = (Statement, Signature);

impl Mark {
    /// What makes two marks the same.
    pub fn key(&self) -> Key {
        (self.statement.identity(), self.signature.clone())
    }
}

/// The marks of a revision's wikitext, in order.
pub fn marks(text: &str, calls: &[Call], names: &Names) -> Vec<Mark> {
    let mut found: Vec<Mark> = Vec::new();
    for call in calls {
        let Some((kind, statement)) = names.meaning(&call.name).and_then(|m| statement(m, call, names)) else {
            continue;
        };
        let standing = match call {
            Call { nested: true, .. } => Standing::Quoted,
            Call { struck: true, .. } => Standing::Struck,
            _ => Standing::Plain,
        };
        found.push(Mark { statement, kind, signature: Signature::default(), standing, span: call.span.clone() });
    }
    if !found.is_empty() {
        let visible = wikitext::visible(text);
        let mut lines = Signatures { text: &visible, names, reach: 0..0, link: None, time: None };
        found.iter_mut().for_each(|mark| mark.signature = lines.behind(mark.span.end));
    }
    found
}

fn statement(meaning: &Meaning, call: &Call, names: &Names) -> Option<(Option<TemplateKind>, Statement)> {
    let params = CallParams { call, names };
    if let Meaning::Template(kind) = meaning {
        return Some((Some(*kind), Statement::read(*kind, &params)?));
    }
    let choice = Names::choice(meaning, call.value("1"))?;
    Some((None, Statement::Vote(Vote { choice, on_behalf_of: params.account("for") })))
}

struct CallParams<'a> {
    call: &'a Call,
    names: &'a Names,
}

impl Params for CallParams<'_> {
    fn text(&self, name: &str) -> &str {
        self.call.value(name)
    }

    fn account(&self, name: &str) -> Option<String> {
        named(self.call.value(name), self.names)
    }
}

/// The account that a parameter names: `Alice`, `User:Alice` or `[[User:Alice|Alice]]`.
#[must_use]
pub fn named(written: &str, names: &Names) -> Option<String> {
    let target = written.trim().trim_start_matches("[[").split(['|', ']']).next().unwrap_or_default();
    names.user_of_link(target).or_else(|| account(target))
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
            if let Some(user) = target(&line[found + 2..until]).and_then(|target| self.names.user_of_link(target)) {
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

/// Where a time as signatures have it stands: `12:34, 5 May 2026 (UTC)`, in any language.
pub(super) fn find_time(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    for colon in text.match_indices(':').map(|(at, _)| at) {
        let digits = |range: Range<usize>| bytes.get(range).is_some_and(|b| b.iter().all(u8::is_ascii_digit));
        if colon < 2 || !digits(colon - 2..colon) || !digits(colon + 1..colon + 3) {
            continue;
        }
        let from = colon - 2;
        let near: &str = match text[from..].char_indices().nth(60) {
            Some((end, _)) => &text[from..from + end],
            None => &text[from..],
        };
        if let Some(zone) = near.find('(')
            && near[..zone].chars().count() <= 40
            && !near[..zone].contains("[[")
            && let Some(end) = near[zone..].find(')').filter(|e| *e <= 12)
            && !near[zone..zone + end].contains(' ')
        {
            return Some(from..from + zone + end + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(line: &str) -> (Option<String>, bool) {
        let names = Names::new(&crate::config::shipped(), &[], &["Användare".to_owned()], &[]);
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
    fn several_marks_on_a_line_share_the_signature_behind_them() {
        let names = Names::new(&crate::config::shipped(), &[], &[], &[]);
        let line = "{{support}} {{Helpdesk priority|high}} [[User:A]] 12:34, 5 May 2026 (UTC) {{oppose}} [[User:B]] 12:35, 5 May 2026 (UTC) {{abstain}}";
        let found = marks(line, &wikitext::calls(line), &names);
        let users: Vec<_> = found.iter().map(|m| m.signature.user.as_deref()).collect();
        assert_eq!(users, [Some("A"), Some("A"), Some("B"), None]);
    }

    #[test]
    fn who_a_vote_is_recorded_for() {
        let names = Names::new(&crate::config::shipped(), &[], &[], &[]);
        for written in
            ["anna Exempel", "User:Anna Exempel", "[[User:Anna_Exempel|Anna]]", " [[User talk:Anna Exempel]] "]
        {
            assert_eq!(named(written, &names).as_deref(), Some("Anna Exempel"), "{written}");
        }
        assert_eq!(named(" ", &names), None);
    }
}
