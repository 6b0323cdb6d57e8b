//! Which status a request holds, from all that people and the bot did to it, before the rules are asked.

use serde::Serialize;

use crate::decide::vote_policy::{changes, stands};
use crate::desk::decision::{Basis, Overruled};
use crate::desk::request::StatusEdit;
use crate::desk::roster::Roster;
use crate::desk::ruling::Ruling;
use crate::desk::signed::Signed;
use crate::desk::{Desk, Facts, Status};
use crate::page::{Time, User};

/// The timeline's end, and what was on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// The status held now.
    pub status: String,
    /// Since when.
    pub since: Time,
    /// What it rests on.
    pub basis: Basis,
    /// An unauthorised change that stands in the newest revision.
    pub overruled: Option<Overruled>,
    /// The statuses held, in their order.
    pub held: Vec<Held>,
    /// Decisions that name no status of the desk, or whose author may not decide.
    pub void: Vec<usize>,
}

impl Timeline {
    /// The status that the page showed when that revision was saved.
    #[must_use]
    pub fn status_at(&self, revision: u64) -> &str {
        &self.held.iter().rev().find(|h| h.shown_from < revision).unwrap_or(&self.held[0]).status
    }
}

/// A status held for a while.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Held {
    /// Its id.
    pub status: String,
    /// Since when.
    pub since: Time,
    /// What it rested on.
    pub basis: Basis,
    /// The revision with which the page began to say so.
    pub shown_from: u64,
}

/// Something that may change the status.
enum Event<'a> {
    Edit(&'a StatusEdit),
    Ruling(usize, &'a Signed<Ruling>, Turn),
}

/// A ruling is made, taken back, or made anew.
#[derive(Debug, Clone, Copy)]
struct Turn {
    revision: u64,
    at: Time,
    stands: bool,
}

/// Reads the timeline.
#[must_use]
pub fn read(facts: &Facts, desk: &Desk, roster: &Roster, bot: u64) -> Timeline {
    let first = desk.first_status().id.clone();
    let mut line = Timeline {
        held: vec![Held { status: first.clone(), since: facts.filed, basis: Basis::Filed, shown_from: 0 }],
        status: first,
        since: facts.filed,
        basis: Basis::Filed,
        overruled: None,
        void: Vec::new(),
    };
    if let Some(anchor) = &facts.anchor {
        let basis = match (&anchor.rule, &anchor.decided) {
            (Some(name), _) => Basis::Rule { name: name.clone(), revision: None },
            (None, Some((name, revision))) => {
                let user = User { id: 0, name: name.clone(), temporary: false };
                Basis::Person { user, revision: *revision, reason: String::new() }
            }
            (None, None) => Basis::Filed,
        };
        if let Some(status) = desk.status(&anchor.status) {
            line.held.clear();
            hold(&mut line, status, anchor.since, 0, basis);
        }
    }
    let mut put_back = false;
    for event in events(facts, roster, bot) {
        match event {
            Event::Edit(edit) if edit.by.as_ref().is_some_and(|u| u.id == bot) => {
                // What carried out a person's decision says nothing by itself: that may have been taken back.
                let echo = edit.read.is_some() && edit.rule.is_none();
                if edit.to == line.status {
                    put_back |= line.overruled.take().is_some_and(|o| !o.unknown);
                } else if let Some(status) = desk.status(&edit.to).filter(|_| !echo) {
                    // What the bot wrote, a rule decided; the time beside it is when.
                    let since = edit.since.unwrap_or(edit.at);
                    let name = edit.rule.clone().unwrap_or_default();
                    hold(&mut line, status, since, edit.revision, Basis::Rule { name, revision: Some(edit.revision) });
                    put_back = false;
                }
            }
            Event::Edit(edit) => {
                let status = desk.status(&edit.to);
                let by = entitled(edit.by.as_ref(), facts, roster, edit.at);
                match (status, by) {
                    (Some(status), Some(by)) => {
                        if status.id != line.status {
                            let basis =
                                Basis::Person { user: by.clone(), revision: edit.revision, reason: String::new() };
                            // Staff may say since when, for what happened before they wrote it down.
                            let since = edit.since.map_or(edit.at, |s| s.min(edit.at));
                            hold(&mut line, status, since, edit.revision, basis);
                            put_back = false;
                        }
                        line.overruled = None;
                    }
                    _ if edit.to == line.status => line.overruled = None,
                    // The very first value is what a form or a copy brought along: nobody's decision.
                    _ if edit.before.is_empty() && line.held.len() == 1 => {}
                    _ => {
                        line.overruled = Some(Overruled {
                            by: edit.by.clone(),
                            revision: edit.revision,
                            to: edit.to.clone(),
                            repeated: put_back && by.is_none(),
                            unknown: by.is_some(),
                        });
                    }
                }
            }
            Event::Ruling(_, ruling, turn) if !turn.stands => {
                // What it had replaced comes back, as of now; what was decided since then stays.
                let by_it = |b: &Basis| matches!(b, Basis::Person { revision, .. } if *revision == ruling.revision);
                if let [.., before, last] = line.held.as_slice()
                    && by_it(&last.basis)
                    && let Some(status) = desk.status(&before.status)
                {
                    let basis = before.basis.clone();
                    hold(&mut line, status, turn.at, turn.revision, basis);
                    put_back = false;
                }
            }
            Event::Ruling(i, ruling, turn) => {
                let to = if ruling.content.withdrawal { Some("withdrawn") } else { Some(ruling.content.to.as_str()) };
                let status = to.and_then(|to| desk.status(to));
                let by = ruler(ruling, facts, roster);
                match (status, by) {
                    (Some(status), Some(by)) => {
                        let basis = Basis::Person {
                            user: by.clone(),
                            revision: ruling.revision,
                            reason: ruling.content.reason.clone(),
                        };
                        hold(&mut line, status, turn.at, turn.revision, basis);
                        put_back = false;
                    }
                    // One that was taken back says nothing.
                    _ if !stands(ruling, facts, roster) || line.void.contains(&i) => {}
                    _ => line.void.push(i),
                }
            }
        }
    }
    line
}

fn hold(line: &mut Timeline, status: &Status, since: Time, revision: u64, basis: Basis) {
    line.status.clone_from(&status.id);
    line.since = since;
    line.basis = basis.clone();
    line.overruled = None;
    line.held.push(Held { status: status.id.clone(), since, basis, shown_from: revision });
}

/// All events, in the order in which they took effect: what the bot did belongs right behind the revision it
/// had read, even if somebody saved in between.
fn events<'f>(facts: &'f Facts, roster: &Roster, bot: u64) -> Vec<Event<'f>> {
    let by_bot = |e: &&StatusEdit| e.by.as_ref().is_some_and(|u| u.id == bot);
    let mut events: Vec<((u64, u8), Event)> = Vec::new();
    for edit in &facts.status_edits {
        let place = if by_bot(&edit) { (edit.read.unwrap_or(edit.revision), 2) } else { (edit.revision, 0) };
        events.push((place, Event::Edit(edit)));
    }
    for (i, ruling) in facts.statements.rulings.iter().enumerate() {
        let carried_out =
            |from: u64, to: u64| facts.status_edits.iter().filter(by_bot).any(|e| from < e.revision && e.revision < to);
        let mut turns: Vec<Turn> = Vec::new();
        for (revision, at, stands) in changes(ruling, facts, roster) {
            // What was taken back before the page ever showed it took no effect.
            match turns.last() {
                Some(last) if !carried_out(last.revision, revision) => drop(turns.pop()),
                None if !stands => {}
                _ => turns.push(Turn { revision, at, stands }),
            }
        }
        events.extend(turns.into_iter().map(|turn| ((turn.revision, 1), Event::Ruling(i, ruling, turn))));
    }
    events.sort_by_key(|(place, _)| *place);
    events.into_iter().map(|(_, event)| event).collect()
}

/// The person, if they may decide on this request at that moment: staff or the chair, and never on one of
/// their own.
fn entitled<'a>(by: Option<&'a User>, facts: &Facts, roster: &Roster, at: Time) -> Option<&'a User> {
    by.filter(|u| roster.decides(u.id, at) && facts.requester.as_ref().is_none_or(|r| r.id != u.id))
}

/// Whoever made a ruling, if they may: staff or the chair; a withdrawal also the requester.
fn ruler<'a>(ruling: &'a Signed<Ruling>, facts: &Facts, roster: &Roster) -> Option<&'a User> {
    let by = ruling.author.as_ref()?;
    let own = facts.requester.as_ref().is_some_and(|r| r.id == by.id && r.name == by.name);
    let allowed = entitled(Some(by), facts, roster, ruling.at).is_some() || (ruling.content.withdrawal && own);
    (allowed && ruling.signed_by_other.is_none()).then_some(by)
}
