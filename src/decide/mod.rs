//! Facts, rules, roster and the time in; a decision with its reasons out. Pure.
//!
//! In reading order: who said what and does it count ([`ballots`]), which status a request holds after all
//! that people and the bot did ([`timeline`]), and what the rules make of it ([`rules`]). [`replay`] asks what other rules
//! would have made of it.

pub mod ballots;
pub mod fields;
pub mod replay;
pub mod rules;
pub mod timeline;
mod vote_policy;

use std::collections::BTreeSet;

use crate::desk::decision::{Ballot, Basis, Decision, Move, Tally};
use crate::desk::request::value;
use crate::desk::roster::Roster;
use crate::desk::{Desk, Facts};
use crate::page::Time;

/// Decides. `bot` is the id of the bot's account.
#[must_use]
pub fn decide(facts: &Facts, desk: &Desk, roster: &Roster, bot: u64, now: Time) -> Decision {
    let then;
    let facts = if facts.edits.last().is_some_and(|e| e.at > now) {
        then = facts.as_of(now);
        &then
    } else {
        facts
    };
    let mut notices = fields::check(facts, desk);
    let line = timeline::read(facts, desk, roster, bot);
    notices.extend(line.void.iter().map(|i| fields::void_ruling(&facts.statements.rulings[*i], desk)));
    let ballots = ballots::count(facts, desk, roster, &line);
    let mut state = state(facts, desk, roster, &ballots, now);
    state.status.clone_from(&line.status);
    state.since = line.since.min(now);
    let tally = state.tally;
    let mut basis = line.basis.clone();
    let mut moves: Vec<Move> = Vec::new();
    let mut seen = BTreeSet::from([state.status.clone()]);
    while let Some((rule, since)) = rules::applying(&state) {
        // Rules that lead back to where this pass began do not go round: the next pass may go on.
        if !seen.insert(rule.to.clone()) {
            break;
        }
        moves.push(Move { from: state.status.clone(), to: rule.to.clone(), rule: rule.name.clone(), since });
        basis = Basis::Rule { name: rule.name.clone(), revision: None };
        state.status.clone_from(&rule.to);
        state.since = since;
    }
    let overruled = if moves.is_empty() { line.overruled } else { None };
    notices.extend(overruled.as_ref().filter(|o| o.repeated).map(fields::left));
    let prospects = rules::prospects(&state);
    let mut due = rules::due(&state, &prospects);
    if desk.rules.iter().any(|r| r.when.all_voted.is_some()) {
        due = earliest(due, roster.next_change(now));
    }
    Decision {
        settled: state.settled_since,
        waiting: rules::waiting(&state, &prospects),
        status: state.status,
        since: state.since,
        basis,
        overruled,
        moves,
        tally,
        priority: ballots::priority(facts, roster),
        ballots,
        notices,
        prospects,
        due,
    }
}

/// What the rules look at, of a request in its first status.
fn state<'d>(facts: &Facts, desk: &'d Desk, roster: &Roster, ballots: &[Ballot], now: Time) -> rules::State<'d> {
    let complete = |params: &[(String, String)]| fields::complete(&fields::check(&facts.with_params(params), desk));
    let kind = |params: &[(String, String)]| fields::kind(value(params, "type"), desk);
    rules::State {
        desk,
        now,
        status: desk.first_status().id.clone(),
        since: facts.filed,
        complete: since(facts, complete),
        tally: Tally::of(ballots),
        settled_since: ballots::last_change(ballots, facts, roster),
        all_voted: ballots::all_voted(ballots, facts, roster, now),
        info_wanted: ballots::info_wanted(ballots, facts, roster),
        person_edit: facts.person_edit(),
        kind: since(facts, kind),
    }
}

/// What holds of the template's parameters today, and since when it does without a break.
fn since<T: PartialEq>(facts: &Facts, of: impl Fn(&[(String, String)]) -> T) -> (T, Time) {
    let today = of(&facts.params);
    let same = facts.versions.iter().rev().take_while(|v| of(&v.params) == today).last();
    (today, same.map_or(facts.filed, |v| v.at))
}

/// The earlier of two moments that may be absent.
#[must_use]
pub fn earliest(a: Option<Time>, b: Option<Time>) -> Option<Time> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod fields_tests;
#[cfg(test)]
mod tests;
