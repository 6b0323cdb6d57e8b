//! Going on from the bot's own ledger. On a page with a long history the ledger that the bot saved last says when each vote
//! was cast; who cast it, the revision says. So only what came after it is read, as long as that is nothing but new words
//! and new votes. Whatever else came (a vote touched, a decision, the template changed) is a matter for all of the history.

use super::history::History;
use super::lookalikes::spoken_votes;
use super::marks::{Mark, marks};
use crate::desk::Desk;
use crate::desk::decision::{NoticeKind, Verdict};
use crate::desk::electorate::KnownElector;
use crate::desk::request::{Anchor, KnownChanges};
use crate::desk::signed::Standing;
use crate::desk::statement::Statement;
use crate::page::{Revision, RevisionInfo, parse_timestamp};
use crate::records::ledger::{self, LEDGER_START, ledger_calls};
use crate::records::milestones;
use crate::wikitext::inert::unescape;
use crate::wikitext::names::{Meant, Names, Questions};
use crate::wikitext::{Call, Reading};

/// Whether a vote that was judged so is judged so for as long as nobody touches it.
fn is_lasting(verdict: Verdict) -> bool {
    !matches!(verdict, Verdict::Removed | Verdict::Closed | Verdict::NotShown)
}

/// The revision of this id, as pages have it.
fn among<'s>(stamps: &'s [RevisionInfo], id: &str) -> Option<&'s RevisionInfo> {
    stamps.iter().find(|stamp| Some(stamp.id) == id.parse().ok())
}

/// A ledger to go on from, and what came after it.
#[derive(Debug)]
pub struct Resume<'r> {
    base: &'r Revision,
    /// Oldest first.
    newer: Vec<&'r Revision>,
    /// The text of `base`, and what it holds.
    text: &'r str,
    reading: Reading,
    /// The last edit by a person before it.
    person: RevisionInfo,
    start: Call,
    /// All calls of the ledger.
    calls: Vec<Call>,
    rows: Vec<Call>,
}

impl<'r> Resume<'r> {
    /// Finds the newest ledger among a page's revisions, newest first, if what it says can be taken as it is: the bot saved it
    /// on the very revision it had read, it rests on the same rules and terms (`digest` gives theirs for the people it
    /// names), and every vote in it stands on the page as it counts.
    pub fn find(
        newest_first: &'r [Revision],
        bot: u64,
        desk: &Desk,
        names: &Names,
        digest: impl Fn(&[String]) -> String,
    ) -> Option<Self> {
        let by_bot = |r: &&Revision| r.user.as_ref().is_some_and(|u| u.id == bot);
        let at = newest_first.iter().position(|r| by_bot(&r))?;
        let base = &newest_first[at];
        let text = base.text.as_deref()?;
        let calls = ledger_calls(text);
        let start = calls.iter().find(|c| c.name == LEDGER_START)?.clone();
        let memo = ledger::memo(&start)?;
        let open = desk.status(&unescape(start.value("status"))).is_some_and(|s| !s.closed);
        if !open || base.parent == 0 || memo.read != base.parent || memo.digest != digest(&ledger::people(&calls)) {
            return None;
        }
        let notices = calls.iter().filter(|c| c.name == ledger::NOTICE).map(|c| NoticeKind::parse(c.value("kind")));
        if notices.into_iter().any(|kind| kind.is_none_or(NoticeKind::is_of_history)) {
            return None;
        }
        let rows: Vec<Call> = calls.iter().filter(|c| c.name == ledger::ROW).cloned().collect();
        let lasting =
            |c: &Call| c.value("touched revision").is_empty() && Verdict::parse(c.value("why")).is_some_and(is_lasting);
        let person = newest_first[at + 1..].iter().find(|r| !by_bot(r)).map(RevisionInfo::of)?;
        let newer = newest_first[..at].iter().rev().collect();
        let reading = names.syntax().read(text);
        rows.iter().all(lasting).then_some(Resume { base, newer, text, reading, person, start, calls, rows })
    }

    /// What has to be looked up to know whether each redirect that the page uses was one of a vote all the time; none where
    /// these do not say when the request was filed.
    pub fn questions(&self, stamps: &[RevisionInfo], names: &Names) -> Option<Questions> {
        let filed = among(stamps, self.start.value("filed"))?;
        let mut questions = Questions::new();
        self.redirects(names).for_each(|call| names.ask(&mut questions, &call.name, filed.at));
        Some(questions)
    }

    fn redirects(&self, names: &Names) -> impl Iterator<Item = &Call> {
        self.reading.calls.iter().filter(|call| !call.nested() && names.leads_to(&call.name).is_some())
    }

    /// The revisions whose authors and times are needed.
    pub fn revisions(&self) -> Vec<u64> {
        let lines =
            self.calls.iter().filter(|c| [ledger::ROW, ledger::CHANGE, ledger::NOTICE].contains(&c.name.as_str()));
        let named = lines
            .map(|line| line.value("revision"))
            .chain(["filed", "answered", "replied"].map(|name| self.start.value(name)));
        named.filter_map(|id| id.parse().ok()).collect()
    }

    /// The history as if it had been followed from the beginning, and where the request stood; none where something came
    /// after the ledger that needs all of it.
    pub fn history(&self, stamps: Vec<RevisionInfo>, names: &Names, bot: u64) -> Option<(History, Anchor)> {
        let of = |id: &str| among(&stamps, id).cloned();
        let filed = of(self.start.value("filed"))?;
        // When those names were written that did not lead there from the beginning, only the history tells.
        if self.redirects(names).any(|call| !matches!(names.meant(&call.name, filed.at), Meant::Yes(_))) {
            return None;
        }
        let marks: Vec<Mark> = marks(self.text, &self.reading, names, |_| self.base.at)
            .into_iter()
            .filter(|mark| !mark.is_hidden())
            .collect();
        if marks.len() != self.rows.len() || marks.iter().any(|m| !matches!(m.statement, Statement::Vote(_))) {
            return None;
        }
        // Who wrote what the ledger names as no vote, only the history tells.
        let named = |words: &str| {
            let lookalike = |c: &&Call| c.name == ledger::NOTICE && c.value("kind") == NoticeKind::Lookalike.id();
            self.calls.iter().filter(lookalike).any(|c| unescape(c.value("value")) == words)
        };
        if spoken_votes(self.text, &self.reading).into_iter().any(|words| named(&self.text[words])) {
            return None;
        }
        let (mut votes, mut electors) = (Vec::new(), Vec::new());
        for row in &self.rows {
            let place: usize = row.value("n").parse().ok()?;
            let mark = marks.get(place)?.clone();
            let verdict = Verdict::parse(row.value("why"))?;
            let as_counted = match verdict {
                Verdict::Counted | Verdict::Superseded => mark.standing() == Standing::Plain,
                Verdict::Struck => mark.standing() == Standing::Struck,
                _ => true,
            };
            let Statement::Vote(vote) = &mark.statement else { return None };
            if !as_counted || vote.choice.id() != row.value("choice") {
                return None;
            }
            let info = of(row.value("revision"))?;
            if let (Some(user), Some(refused), "") = (&info.user, verdict.on_elector(), row.value("for")) {
                electors.push(KnownElector { user: user.id, at: info.at, refused });
            }
            votes.push((place, mark, info));
        }
        let anchor = Anchor { electors, ..self.anchor(ledger::known_changes(&self.calls, of)?)? };
        let known = votes.len();
        let mut before = vec![filed, self.person.clone()];
        before.extend(["answered", "replied"].into_iter().filter_map(|name| of(self.start.value(name))));
        let mut history = History::resumed((self.text, self.base.at), votes, before, names)?;
        history.feed(self.newer.iter().map(|r| (*r).clone()), names, bot);
        let untouched = history.signed[..known].iter().all(|s| s.touches.is_empty());
        (untouched && history.is_sure() && history.status_edits.is_empty() && history.versions.len() == 1)
            .then_some((history, anchor))
    }

    fn anchor(&self, changes: KnownChanges) -> Option<Anchor> {
        let text = |name: &str| unescape(self.start.value(name));
        Some(Anchor {
            status: text("status"),
            since: parse_timestamp(&text("since"))?,
            rule: Some(text("rule")).filter(|rule| !rule.is_empty()),
            decided: self.start.value("revision").parse().ok().map(|revision| (text("user"), revision)),
            milestones: milestones::of(text)?,
            votes_changed: parse_timestamp(&text("voted"))?,
            settled: parse_timestamp(&text("settled"))?,
            changes,
            owners: ledger::owners_of(&self.start),
            revision: self.base.id,
            saved: self.base.at,
            replied: self.start.value("replied").parse().ok(),
            electors: Vec::new(),
        })
    }
}
