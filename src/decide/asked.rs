//! What a rule asks for, whatever the request.

use super::ballots::Awaited;
use super::rules::{RuleInput, conditions};
use crate::desk::decision::Tally;
use crate::desk::step::Progress;
use crate::desk::waiting::ConditionKind;
use crate::desk::{Desk, Rule};
use crate::page::Time;

/// The conditions of a rule, each with what it needs.
pub fn asked(rule: &Rule, desk: &Desk) -> Vec<(ConditionKind, String)> {
    let start = Time::UNIX_EPOCH;
    let nothing = RuleInput {
        desk,
        now: start,
        status: String::new(),
        since: start,
        complete: (false, start),
        tally: Tally::default(),
        votes_changed: start,
        settled: start,
        members_changed: start,
        awaited: Awaited { members: 0, missing: 0 },
        answered: (false, start),
        assessed: (Some(false), start),
        claimed: (false, start),
        steps: (Progress::default(), start),
        outcome: (false, start),
        info_wanted: (false, start),
        person_edit: start,
        discussed: Vec::new(),
        kind: (String::new(), start),
    };
    conditions(rule, &nothing).into_iter().map(|condition| (condition.kind, condition.need)).collect()
}
