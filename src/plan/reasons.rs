//! Why people hear from the desk: each reason follows from how things stand, and is known by its key. Pure.

use chrono::TimeDelta;

use super::agenda::silent_from;
use super::reading::Known;
use crate::decide::rules::after;
use crate::desk::Desk;
use crate::desk::message::{MessageKey, MessageKind};
use crate::desk::roster::{Role, Roster, Term};
use crate::desk::waiting::{ConditionKind, Queue, WaitingFor};
use crate::page::{Time, timestamp};
use crate::records::news::News;
use crate::records::sent::Sent;
use crate::records::tables::Row;

/// What happened longer ago is not told any more: on a desk that the bot comes to, or comes back to, most people know.
pub const RECENT: TimeDelta = TimeDelta::days(14);
/// The same of what a meeting decided, whose minutes may be written later.
const OF_MINUTES: TimeDelta = TimeDelta::days(45);

/// A reason to write to somebody.
#[derive(Debug, Clone)]
pub struct Reason<'k> {
    /// The account.
    pub to: String,
    /// What tells it from others.
    pub key: MessageKey,
    /// Since when it is so.
    pub at: Time,
    /// The request that it is about; none where it is about several, or none.
    pub about: Option<&'k Known>,
}

/// The rows of requests that were read, or that something vouches for: what others say may be old.
pub fn read<'k>(known: impl Iterator<Item = &'k Known>) -> Vec<&'k Row> {
    known.filter(|known| known.revision != 0).filter_map(|known| known.row.as_deref()).collect()
}

/// What a pass looks at to find them.
#[derive(Debug, Clone, Copy)]
pub struct ReasonInput<'a> {
    /// The configuration.
    pub desk: &'a Desk,
    /// Who is in office.
    pub roster: &'a Roster,
    /// What was sent before, as far as it was looked up.
    pub sent: Option<&'a Sent>,
    /// The time.
    pub now: Time,
}

impl ReasonInput<'_> {
    /// All reasons for which nobody was written to yet, the oldest first.
    pub fn reasons<'k>(&self, known: impl Iterator<Item = &'k Known> + Clone) -> Vec<Reason<'k>> {
        let mut all: Vec<Reason> = Vec::new();
        for (known, row) in known.clone().filter_map(|known| Some((known, known.row.as_deref()?))) {
            if !row.lost && !row.unreadable && known.revision != 0 {
                self.of_request(known, row, &mut all);
            }
        }
        self.of_members(&read(known), &mut all);
        all.retain(|reason| {
            // Whoever said so once, in office or not.
            let silent = |term: &Term| term.silent && term.ended.is_none() && term.user.name == reason.to;
            !self.roster.terms.iter().any(silent) && !self.sent.is_some_and(|sent| sent.has(&reason.to, &reason.key))
        });
        all.sort_by(|a, b| (a.at, &a.to, &a.key).cmp(&(b.at, &b.to, &b.key)));
        all
    }

    fn of_request<'k>(&self, known: &'k Known, row: &'k Row, all: &mut Vec<Reason<'k>>) {
        let page = row.page.id.to_string();
        let of_meeting = |news: &News| [&news.basis, &news.decided_on].iter().any(|basis| basis.meeting.0.is_some());
        let by_meeting = known.news.as_deref().is_some_and(of_meeting);
        let mut add = |to: &str, kind, about: &str, at: Time| {
            let late = by_meeting && [MessageKind::Status, MessageKind::Helper].contains(&kind);
            let recent = if late { OF_MINUTES } else { RECENT };
            if at <= self.now && self.now < at + recent {
                let key = MessageKey::new(kind, &[&page, about]);
                all.push(Reason { to: to.to_owned(), key, at, about: Some(known) });
            }
        };
        if self.desk.notices.owners {
            for owner in &row.owners {
                self.of_owner(owner, known, row, &mut |kind, about: &str, at| add(owner, kind, about, at));
            }
        }
        if let (Some(silent), Some(worked)) = (silent_from(row, self.desk), row.worked) {
            row.helpers.iter().for_each(|helper| add(helper, MessageKind::Nudge, &timestamp(worked), silent));
        }
    }

    fn of_owner(&self, owner: &str, known: &Known, row: &Row, add: &mut dyn FnMut(MessageKind, &str, Time)) {
        let Desk { notices, .. } = self.desk;
        let undecided = self.desk.is_undecided(&row.status);
        let closed = self.desk.status(&row.status).is_some_and(|status| status.closed);
        let of_desk = self.roster.named(owner).is_some_and(|user| self.roster.records(user.id, self.now));
        if undecided && !of_desk {
            add(MessageKind::Received, "", row.filed());
        }
        let news = known.news.as_deref();
        // That somebody helps, they hear with who it is.
        let rule = news.and_then(|news| self.desk.rules.iter().find(|rule| rule.name == news.basis.rule));
        let taken_up = rule.is_some_and(|rule| rule.when.claimed == Some(true));
        // Of a request that was decided and taken up at once, the decision.
        let told = match row.milestones.decided(self.desk) {
            Some((status, at)) if taken_up => Some((status, *at)),
            _ => Some((&row.status, row.since)).filter(|_| !taken_up && row.decided_by != owner),
        };
        if let Some((status, at)) = told.filter(|_| !undecided && !known.held) {
            add(MessageKind::Status, &format!("{status} {}", timestamp(at)), at);
        }
        let Some(news) = news else { return };
        match row.waiting.code {
            WaitingFor::Condition(ConditionKind::Complete) if !news.lacks.is_empty() => {
                add(MessageKind::Missing, &news.lacks_since.0.to_string(), news.lacks_since.1.unwrap_or(row.since));
            }
            WaitingFor::Condition(ConditionKind::InfoWanted) => {
                let newest = news.asked.iter().filter(|asked| asked.by != owner).max_by_key(|asked| asked.revision);
                newest.into_iter().for_each(|a| add(MessageKind::Question, &a.revision.to_string(), a.at));
            }
            _ => {}
        }
        if let Some((revision, at)) = news.claimed.filter(|_| !undecided && !closed)
            && news.helpers.iter().any(|helper| helper != owner)
        {
            add(MessageKind::Helper, &revision.to_string(), at.max(row.since));
        }
        if let Some(closes) = row.closes.filter(|closes| self.now < *closes) {
            let told = TimeDelta::from_std(notices.stale_before).ok().and_then(|by| closes.checked_sub_signed(by));
            told.into_iter().for_each(|told| add(MessageKind::Stale, &timestamp(closes), told));
        }
    }

    /// Digests for those for whom something waits, and word to those whose term ends.
    fn of_members<'k>(&self, rows: &[&Row], all: &mut Vec<Reason<'k>>) {
        let Some(reminders) = self.desk.notices.reminders else { return };
        let intake = &self.desk.pages.intake;
        let hour = self.now.format("%Y-%m-%dT%H").to_string();
        let present = self.roster.present(self.now, |role| role.votes() || role == Role::Staff);
        for user in present {
            let last = self.sent.and_then(|sent| sent.last_digest(&user.name, &MessageKey::desk(intake)));
            let due = last.is_none_or(|last| after(last, reminders) <= self.now);
            if due && (!self.votes(&user.name, rows).is_empty() || !self.replies(&user.name, rows).is_empty()) {
                let key = MessageKey::digest(intake, &[&user.id.to_string(), &hour]);
                all.push(Reason { to: user.name.clone(), key, at: self.now, about: None });
            }
        }
        for term in self.ending() {
            let (Some(until), Some(at)) = (term.until, term.soon_over()) else { continue };
            let key = MessageKey::new(MessageKind::Term, &[intake, &term.user.id.to_string(), &until.to_string()]);
            all.push(Reason { to: term.user.name.clone(), key, at, about: None });
        }
    }

    /// The terms that end soon, of those in office.
    pub fn ending(&self) -> impl Iterator<Item = &Term> {
        let in_office = |term: &&Term| term.role != Role::Helper && term.covers(self.now);
        self.roster.terms.iter().filter(in_office).filter(|term| self.roster.ends_soon(term, self.now))
    }

    /// The requests that wait for a member's vote for too long, the oldest first.
    pub fn votes<'r>(&self, name: &str, rows: &[&'r Row]) -> Vec<(&'r Row, Time)> {
        let name = name.to_owned();
        let waits = move |row: &Row| {
            (row.waiting.code.queue() == Some(Queue::Votes) && row.missing.contains(&name)).then_some(row.since)
        };
        self.waiting(rows, waits)
    }

    /// The requests whose owners wait for a reply of the desk for too long, the oldest first; only staff has to give it.
    pub fn replies<'r>(&self, name: &str, rows: &[&'r Row]) -> Vec<(&'r Row, Time)> {
        let staff = self.roster.present(self.now, |role| role == Role::Staff).iter().any(|user| user.name == name);
        let name = name.to_owned();
        let closed = |row: &Row| self.desk.status(&row.status).is_none_or(|status| status.closed);
        self.waiting(rows, |row| row.owed.filter(|_| staff && !closed(row) && !row.owners.contains(&name)))
    }

    fn waiting<'r>(&self, rows: &[&'r Row], since: impl Fn(&Row) -> Option<Time>) -> Vec<(&'r Row, Time)> {
        let remind_after = self.desk.notices.remind_after;
        let there = rows.iter().copied().filter(|row| !row.lost && !row.unreadable);
        let waiting = there.filter_map(|row| Some((row, since(row)?)));
        let mut waiting: Vec<(&Row, Time)> =
            waiting.filter(|(_, since)| after(*since, remind_after) <= self.now).collect();
        waiting.sort_by_key(|(row, since)| (*since, row.page.id));
        waiting
    }
}

#[cfg(test)]
#[path = "reasons_tests.rs"]
mod tests;
