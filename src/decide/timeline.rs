//! Which status a request holds, from all that people and the bot did to it, before the rules are asked.

use serde::Serialize;

use super::vote_policy::{VotePolicy, changes, stands};
use crate::desk::decision::{Basis, Overruled};
use crate::desk::request::{Anchor, StatusEdit};
use crate::desk::roster::Roster;
use crate::desk::ruling::Ruling;
use crate::desk::signed::Signed;
use crate::desk::{Desk, Facts, Status};
use crate::page::{Time, User};

/// The statuses a request held, up to now.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// In their order, at least one; the last is the one held now.
    pub periods: Vec<StatusPeriod>,
    /// An unauthorised change that stands in the newest revision.
    pub overruled: Option<Overruled>,
    /// An unauthorised change that the bot put back, also where a rule moved the request on in the same edit. It is told as
    /// long as the request holds that status.
    pub put_back: Option<Overruled>,
    /// Rulings, by their index, that name no status of the desk, or whose author may not decide.
    pub void_rulings: Vec<usize>,
}

/// A status held for a while.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatusPeriod {
    /// Its id.
    pub status: String,
    /// When it began.
    pub since: Time,
    /// What it rested on.
    pub basis: Basis,
    /// The revision with which the page began to say so.
    pub shown_from: u64,
}

impl Timeline {
    /// The timeline that these facts tell; `bot` is the id of the bot's account.
    pub fn of(facts: &Facts, desk: &Desk, roster: &Roster, bot: u64) -> Timeline {
        let mut builder = Builder::new(facts, desk, roster);
        if let Some(anchor) = &facts.anchor {
            builder.begin_at(anchor);
        }
        for event in events(facts, roster, bot) {
            match event {
                Event::BotEdit(edit) => builder.bot_edit(edit),
                Event::PersonEdit(edit) => builder.person_edit(edit),
                Event::Ruled { index, ruling, turn } => builder.ruled(index, ruling, turn),
                Event::TakenBack { ruling, turn } => builder.taken_back(ruling, turn),
            }
        }
        builder.timeline
    }

    /// The status held now.
    pub fn current(&self) -> &StatusPeriod {
        &self.periods[self.periods.len() - 1]
    }

    /// The status held before that moment.
    pub fn status_before(&self, at: Time) -> &str {
        &self.periods.iter().rev().find(|p| p.since < at).unwrap_or(&self.periods[0]).status
    }

    /// The status that the page showed when that revision was saved.
    pub fn status_at(&self, revision: u64) -> &str {
        let shown = self.periods.iter().rev().find(|p| p.shown_from < revision);
        &shown.unwrap_or(&self.periods[0]).status
    }
}

/// Something that may change the status.
enum Event<'a> {
    BotEdit(&'a StatusEdit),
    PersonEdit(&'a StatusEdit),
    Ruled { index: usize, ruling: &'a Signed<Ruling>, turn: Turn },
    TakenBack { ruling: &'a Signed<Ruling>, turn: Turn },
}

/// Where a ruling is made, taken back, or made anew.
#[derive(Debug, Clone, Copy)]
struct Turn {
    revision: u64,
    at: Time,
    stands: bool,
}

/// All events, in the order in which they took effect: what the bot did belongs right behind the revision it
/// had read, even if somebody saved in between.
fn events<'f>(facts: &'f Facts, roster: &Roster, bot: u64) -> Vec<Event<'f>> {
    let by_bot = |e: &&StatusEdit| e.by.as_ref().is_some_and(|u| u.id == bot);
    let mut events: Vec<((u64, u8), Event)> = Vec::new();
    for edit in &facts.status_edits {
        events.push(match by_bot(&edit) {
            true => ((edit.read.unwrap_or(edit.revision), 2), Event::BotEdit(edit)),
            false => ((edit.revision, 0), Event::PersonEdit(edit)),
        });
    }
    for (index, ruling) in facts.statements.rulings.iter().enumerate() {
        let carried_out = |from: u64, to: u64| {
            facts.status_edits.iter().filter(by_bot).any(|e| from <= e.revision && e.revision < to)
        };
        let mut turns: Vec<Turn> = Vec::new();
        for (revision, at, stands) in changes(ruling, facts, roster) {
            // What was taken back before the page ever showed it took no effect.
            match turns.last() {
                Some(last) if !carried_out(last.revision, revision) => drop(turns.pop()),
                None if !stands => {}
                _ => turns.push(Turn { revision, at, stands }),
            }
        }
        events.extend(turns.into_iter().map(|turn| {
            let event =
                if turn.stands { Event::Ruled { index, ruling, turn } } else { Event::TakenBack { ruling, turn } };
            ((turn.revision, 1), event)
        }));
    }
    events.sort_by_key(|(place, _)| *place);
    events.into_iter().map(|(_, event)| event).collect()
}

/// A timeline that grows event by event.
struct Builder<'a> {
    facts: &'a Facts,
    desk: &'a Desk,
    roster: &'a Roster,
    timeline: Timeline,
    /// The bot has put a change back, and nobody has decided since.
    put_back: bool,
}

impl<'a> Builder<'a> {
    fn new(facts: &'a Facts, desk: &'a Desk, roster: &'a Roster) -> Self {
        let status = desk.first_status().id.clone();
        let first = StatusPeriod { status, since: facts.filed, basis: Basis::Filed, shown_from: 0 };
        let timeline = Timeline { periods: vec![first], overruled: None, put_back: None, void_rulings: Vec::new() };
        Builder { facts, desk, roster, timeline, put_back: false }
    }

    /// The story begins where the bot's ledger says that the request stood.
    fn begin_at(&mut self, anchor: &Anchor) {
        let basis = match (&anchor.rule, &anchor.decided) {
            (Some(name), _) => Basis::Rule { name: name.clone(), revision: None },
            (None, Some((name, revision))) => {
                let user = User { id: 0, name: name.clone(), temporary: false };
                Basis::Person { user, revision: *revision, reason: String::new() }
            }
            (None, None) => Basis::Filed,
        };
        if let Some(status) = self.desk.status(&anchor.status) {
            self.timeline.periods.clear();
            self.hold(status, anchor.since, 0, basis);
        }
    }

    fn bot_edit(&mut self, edit: &StatusEdit) {
        // What carried out a person's decision says nothing by itself: that may have been taken back.
        let carried_out = edit.read.is_some() && edit.rule.is_none();
        if edit.to == self.timeline.current().status {
            if let Some(overruled) = self.timeline.overruled.take() {
                self.put_back |= !overruled.unknown;
                self.timeline.put_back = Some(overruled);
            }
        } else if let Some(status) = self.desk.status(&edit.to).filter(|_| !carried_out) {
            // What the bot wrote, a rule decided; the time beside it is when.
            let since = edit.since.unwrap_or(edit.at);
            let name = edit.rule.clone().unwrap_or_default();
            let overruled = self.timeline.overruled.take().filter(|o| o.to != edit.to);
            self.hold(status, since, edit.revision, Basis::Rule { name, revision: Some(edit.revision) });
            self.timeline.put_back = overruled.map(|o| Overruled { repeated: false, ..o });
        }
    }

    fn person_edit(&mut self, edit: &StatusEdit) {
        let by = may_decide(edit.by.as_ref(), self.facts, self.roster, edit.at);
        let current = &self.timeline.current().status;
        match (self.desk.status(&edit.to), by) {
            (Some(status), Some(_)) if status.id == *current => self.timeline.overruled = None,
            (Some(status), Some(by)) => {
                let basis = Basis::Person { user: by.clone(), revision: edit.revision, reason: String::new() };
                // Staff may say since when, for what happened before they wrote it down.
                let since = edit.since.map_or(edit.at, |s| s.min(edit.at));
                self.hold(status, since, edit.revision, basis);
            }
            _ if edit.to == *current => self.timeline.overruled = None,
            // The very first value is what a form or a copy brought along: nobody's decision.
            _ if edit.before.is_empty() && self.timeline.periods.len() == 1 => {}
            _ => {
                self.timeline.overruled = Some(Overruled {
                    by: edit.by.clone(),
                    revision: edit.revision,
                    to: edit.to.clone(),
                    repeated: self.put_back && by.is_none(),
                    unknown: by.is_some(),
                });
            }
        }
    }

    fn ruled(&mut self, index: usize, ruling: &Signed<Ruling>, turn: Turn) {
        let to = if ruling.content.withdrawal { "withdrawn" } else { ruling.content.to.as_str() };
        match (self.desk.status(to), author_who_may(ruling, self.facts, self.roster)) {
            // Minutes may be written when the chair has decided otherwise since.
            (Some(_), Some(_)) if self.is_decided_after(ruling) => {}
            (Some(status), Some(by)) => {
                let (revision, reason) = (ruling.revision, ruling.content.reason.clone());
                let (basis, since) = match ruling.meeting.clone() {
                    Some(meeting) => {
                        let since = turn.at.max(self.timeline.current().since);
                        (Basis::Meeting { meeting, revision, reason }, since)
                    }
                    None => (Basis::Person { user: by.clone(), revision, reason }, turn.at),
                };
                self.hold(status, since, turn.revision, basis);
            }
            // One that was taken back says nothing.
            _ if !stands(ruling, self.facts, self.roster) || self.timeline.void_rulings.contains(&index) => {}
            _ => self.timeline.void_rulings.push(index),
        }
    }

    /// Whether somebody who may decided after that meeting, but before its minutes said what it had decided.
    fn is_decided_after(&self, ruling: &Signed<Ruling>) -> bool {
        let (facts, roster) = (self.facts, self.roster);
        let between = |at: Time, revision: u64| ruling.at < at && revision < ruling.revision;
        let mut rulings = facts.statements.rulings.iter().filter(|other| between(other.at, other.revision));
        let by_ruling = |other: &Signed<Ruling>| {
            (other.content.withdrawal || self.desk.status(&other.content.to).is_some())
                && author_who_may(other, facts, roster).is_some()
                && stands(other, facts, roster)
        };
        let mut edits = facts.status_edits.iter().filter(|edit| between(edit.at, edit.revision));
        let by_edit = |edit: &StatusEdit| {
            self.desk.status(&edit.to).is_some() && may_decide(edit.by.as_ref(), facts, roster, edit.at).is_some()
        };
        ruling.meeting.is_some() && (rulings.any(by_ruling) || edits.any(by_edit))
    }

    /// What a ruling had replaced comes back, as of now; what was decided since then stays.
    fn taken_back(&mut self, ruling: &Signed<Ruling>, turn: Turn) {
        let by_it = |b: &Basis| matches!(b, Basis::Person { revision, .. } | Basis::Meeting { revision, .. } if *revision == ruling.revision);
        if let [.., before, last] = self.timeline.periods.as_slice()
            && by_it(&last.basis)
            && let Some(status) = self.desk.status(&before.status)
        {
            let basis = before.basis.clone();
            self.hold(status, turn.at, turn.revision, basis);
        }
    }

    fn hold(&mut self, status: &Status, since: Time, shown_from: u64, basis: Basis) {
        self.timeline.periods.push(StatusPeriod { status: status.id.clone(), since, basis, shown_from });
        (self.timeline.overruled, self.timeline.put_back) = (None, None);
        self.put_back = false;
    }
}

/// The person, if they may decide on this request at that moment: staff or the chair, and never on one of
/// their own.
fn may_decide<'a>(by: Option<&'a User>, facts: &Facts, roster: &Roster, at: Time) -> Option<&'a User> {
    by.filter(|u| VotePolicy { facts, roster }.may_decide(u, at))
}

/// The author of a ruling, if they may make it: staff or the chair; a withdrawal also an owner; a meeting's decision whoever
/// wrote the minutes.
fn author_who_may<'a>(ruling: &'a Signed<Ruling>, facts: &Facts, roster: &Roster) -> Option<&'a User> {
    let by = ruling.author.as_ref()?;
    let own = facts.is_owner(by);
    let allowed = may_decide(Some(by), facts, roster, ruling.at).is_some()
        || (ruling.content.withdrawal && own)
        || VotePolicy { facts, roster }.is_of_meeting(ruling);
    (allowed && !ruling.is_signed_by_other()).then_some(by)
}
