//! What happened to a request, and when. Pure.

use super::ballots::{self, Score};
use super::helpers::Helpers;
use super::timeline::Timeline;
use crate::desk::Facts;
use crate::desk::decision::{Ballot, Move, Verdict};
use crate::desk::milestones::Milestones;
use crate::desk::roster::Roster;
use crate::page::Time;

/// What happened to a request by all that is known of it, and by the ledger that the story begins with.
pub fn milestones(
    facts: &Facts,
    roster: &Roster,
    (timeline, moves): (&Timeline, &[Move]),
    (ballots, scores): (&[Ballot], &[Score]),
    helpers: &Helpers,
) -> Milestones {
    let known = facts.anchor.as_ref().map(|anchor| &anchor.milestones);
    let begun = timeline.periods.iter().map(|period| (period.status.clone(), period.since));
    let mut statuses = known.map(|known| known.statuses.clone()).unwrap_or_default();
    // The first of a story that goes on from a ledger is the last that the ledger knew.
    statuses.extend(begun.skip(usize::from(known.is_some())));
    // What rules made it pass through at once, the page never showed, and its history does not tell.
    statuses.extend(moves.last().map(|step| (step.to.clone(), step.since)));
    let first_reply = known.and_then(|known| known.first_reply).or_else(|| {
        let first = facts.replies_since(facts.filed_in, |edit, by| ballots::is_reply(edit, by, roster, helpers)).next();
        first.map(|edit| edit.at)
    });
    let counted = ballots.iter().filter(|b| matches!(b.verdict, Verdict::Counted | Verdict::Superseded));
    let voted = counted.filter_map(|b| Some((b.vote.at, b.member.as_ref()?.name.clone())));
    let scored = scores.iter().map(|score| (score.at, score.by.name.clone()));
    let members: Vec<(Time, String)> = voted.chain(scored).collect();
    Milestones { statuses, first_reply, members, helpers: helpers.helped.clone() }.in_order()
}
