//! What other rules would have done: the same history, decided again from the beginning. Pure.

use super::decision::decide;
use super::owners::with_owners;
use super::timeline::{StatusPeriod, Timeline};
use crate::desk::decision::{Basis, Decision};
use crate::desk::request::{Edit, StatusEdit};
use crate::desk::roster::Roster;
use crate::desk::{Desk, Facts};
use crate::page::{Time, User};

/// The statuses a request would have held under this desk's rules, from when it was filed until `now`. What people
/// decided stays as it was; what the bot (by its id) did is done again, at the moments at which something changed or fell due.
pub fn replay(facts: &Facts, desk: &Desk, roster: &Roster, bot: u64, now: Time) -> Vec<StatusPeriod> {
    let mut story = facts.clone();
    story.status_edits.retain(|e| e.by.as_ref().is_none_or(|u| u.id != bot));
    let mut events = moments(&story, roster);
    events.retain(|at| *at < now);
    events.push(now);
    let mut done: Vec<StatusEdit> = Vec::new();
    let mut events = events.into_iter().peekable();
    while let Some(mut at) = events.next() {
        // Between two events time alone may change something, more than once.
        loop {
            let then = Facts { status_edits: [known(&story, at), done.clone()].concat(), ..story.as_of(at) };
            let decision = decide(&then, desk, roster, bot, at);
            done.extend(edit(&decision, &then, bot, at));
            match decision.due {
                Some(due) if due > at && events.peek().is_some_and(|next| due < *next) => at = due,
                _ => break,
            }
        }
    }
    let facts = Facts { status_edits: [story.status_edits.clone(), done].concat(), ..story };
    held(&facts, desk, roster, bot, now)
}

/// The statuses that a request held by these facts, and those to which the rules move it now.
pub fn held(facts: &Facts, desk: &Desk, roster: &Roster, bot: u64, now: Time) -> Vec<StatusPeriod> {
    let mut periods = Timeline::of(&with_owners(facts, roster).0, desk, roster, bot).periods;
    for step in decide(facts, desk, roster, bot, now).moves {
        let basis = Basis::Rule { name: step.rule, revision: None };
        periods.push(StatusPeriod { status: step.to, since: step.since, basis, shown_from: facts.revision });
    }
    periods
}

/// When something happened that a decision may rest on.
fn moments(facts: &Facts, roster: &Roster) -> Vec<Time> {
    let mut moments: Vec<Time> = facts
        .statements
        .moments()
        .chain(facts.discussed.iter().map(|item| item.at))
        .chain(facts.versions.iter().map(|v| v.at))
        .chain(facts.status_edits.iter().map(|e| e.at))
        .chain(facts.edits.iter().filter(|e| e.wrote && may_matter(e, facts, roster)).map(|e| e.at))
        .chain([facts.filed])
        .collect();
    moments.sort_unstable();
    moments.dedup();
    moments
}

/// Whether an edit may be an owner's, or the desk's answer.
fn may_matter(edit: &Edit, facts: &Facts, roster: &Roster) -> bool {
    let by = |user: &User| {
        facts.filer.iter().chain(facts.accounts.values()).any(|one| one.is(user)) || roster.knows(user.id)
    };
    edit.by.as_ref().is_some_and(by)
}

fn known(story: &Facts, at: Time) -> Vec<StatusEdit> {
    story.status_edits.iter().filter(|e| e.at <= at).cloned().collect()
}

/// The edit with which the bot would have carried out a decision: none where the page says so already, or where the bot
/// leaves what somebody set. It stands right behind the revision that was read.
fn edit(decision: &Decision, then: &Facts, bot: u64, at: Time) -> Option<StatusEdit> {
    let by_bot = |e: &StatusEdit| e.by.as_ref().is_some_and(|u| u.id == bot);
    let shown = then.status_edits.iter().max_by_key(|e| (e.at, by_bot(e), e.revision));
    let shown = shown.map(|e| e.to.clone()).unwrap_or_default();
    let left = decision.overruled.as_ref().is_some_and(|o| o.repeated);
    let read = then.edits.last().map_or(then.revision, |e| e.revision).max(then.newest_minutes());
    let rule = if let Basis::Rule { name, .. } = &decision.basis { Some(name.clone()) } else { None };
    (!left && shown != decision.status).then(|| StatusEdit {
        before: shown,
        to: decision.status.clone(),
        since: Some(decision.since),
        read: Some(read),
        rule: rule.filter(|name| !name.is_empty()),
        by: Some(User { id: bot, name: String::new(), temporary: false }),
        at,
        revision: read,
    })
}
