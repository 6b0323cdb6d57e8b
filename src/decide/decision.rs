//! The whole decision on a request.

use std::collections::BTreeSet;
use std::time::Duration;

use super::helpers::Helpers;
use super::milestones::milestones;
use super::rules::RuleInput;
use super::timeline::Timeline;
use super::vote_policy::VotePolicy;
use super::work::Work;
use super::{ballots, fields, material, owners, rules};
use crate::desk::decision::{Ballot, Basis, Decision, Move, NoticeKind, Overruled, Tally};
use crate::desk::roster::Roster;
use crate::desk::score::Scores;
use crate::desk::signed::{Signed, Touch};
use crate::desk::{Desk, Facts};
use crate::page::Time;

/// Decides on a request. `bot` is the id of the bot's account.
pub fn decide(facts: &Facts, desk: &Desk, roster: &Roster, bot: u64, now: Time) -> Decision {
    let then;
    let facts = if facts.edits.last().is_some_and(|e| e.at > now) {
        then = facts.as_of(now);
        &then
    } else {
        facts
    };
    let (facts, owners) = owners::with_owners(facts, roster);
    let (facts, counted_type) = material::with_counted_type(&facts, desk, roster);
    let facts = facts.as_ref();
    let timeline = Timeline::of(facts, desk, roster, bot);
    let mut ballots = ballots::count(facts, desk, roster, &timeline);
    // What went with the bot's own text is nobody's doing.
    let of_bot = |touch: &mut Touch| touch.by.as_ref().is_some_and(|u| u.id == bot);
    ballots.iter_mut().for_each(|b| drop(b.unauthorised_touch.take_if(of_bot)));
    let text_changed = material::mark_changes(&mut ballots, facts, desk);
    let helpers = Helpers::of(facts, desk, roster, &timeline);
    let work = Work::of(facts, roster, &helpers, now);
    let mut input = rule_input(facts, desk, roster, (&ballots, text_changed), &timeline, (&helpers, &work), now);
    let moves = apply_rules(&mut input);
    let prospects = rules::prospects(&input);

    let mut notices = fields::check(facts, desk);
    notices.extend(fields::spoken_votes(facts, desk, roster));
    notices.extend(counted_type.notice);
    notices.extend(owners.notices);
    let (scores, uncounted) = ballots::scores(facts, roster);
    let milestones = milestones(facts, roster, (&timeline, &moves), (&ballots, &scores), &helpers);
    notices.extend(uncounted.iter().map(|name| fields::notice(NoticeKind::ScoreNotCounted, name, "")));
    notices.extend(helpers.notices.iter().chain(&work.notices).cloned());
    let void = timeline.void_rulings.iter().map(|i| &facts.statements.rulings[*i]);
    notices.extend(void.map(|ruling| fields::void_ruling(ruling, desk)));
    // Where a rule moves the request on, the status is not left as somebody set it, and not put back to where it stood.
    let overruled = match timeline.overruled.clone() {
        Some(overruled) if !moves.is_empty() => {
            Some(Overruled { repeated: false, ..overruled }).filter(|o| o.to != input.status)
        }
        overruled => overruled,
    };
    let put_back =
        if moves.is_empty() { overruled.as_ref().or(timeline.put_back.as_ref()) } else { overruled.as_ref() };
    // A blank status is nobody's claim.
    let put_back = put_back.filter(|o| !o.to.is_empty());
    notices.extend(put_back.map(|overruled| fields::status_edit(overruled, desk)));

    let decided = milestones.decided(desk).cloned();
    let rests_on_everybody = input.rests_on_everybody();
    let mut due = rules::due(&input, &prospects);
    if rests_on_everybody {
        due = due.into_iter().chain(roster.next_change(now)).min();
    }
    if !desk.status(&input.status).is_some_and(|status| status.closed) {
        due = due.into_iter().chain(work.due).min();
    }
    let closes = rules::closes_for_silence(&input, &prospects);
    let told = closes.map(|at| before(at, desk.notices.stale_before)).filter(|told| *told > now);
    due = due.into_iter().chain(told).min();
    let basis = match moves.last() {
        Some(step) => Basis::Rule { name: step.rule.clone(), revision: None },
        None => timeline.current().basis.clone(),
    };
    Decision {
        decided_on: decided.as_ref().and_then(|decided| basis_of(decided, facts, &timeline, &moves)),
        decided,
        milestones,
        votes_changed: input.votes_changed,
        settled: input.settled,
        changes: material::changes_under(&ballots),
        kind: input.kind.0.clone(),
        kind_by: counted_type.by,
        waiting: rules::waiting(&input, &prospects),
        since: input.since,
        tally: input.tally,
        status: input.status,
        basis,
        overruled,
        moves,
        owners: facts.owners.clone(),
        filed_for_others: owners.filed_for_others,
        owners_by: owners.by,
        replied: ballots::reply(facts, roster, &helpers).and_then(|e| Some((e.by.as_ref()?.name.clone(), e.revision))),
        owed: Some(input.answered.1).filter(|_| !input.answered.0),
        recused: VotePolicy { facts, roster }.recused(),
        scores: Scores(scores.into_iter().map(|score| (score.by.name.clone(), score.points)).collect()),
        assessed: input.assessed.0,
        worked: helpers.worked(facts),
        helpers: helpers.now.clone(),
        progress: work.progress,
        closes,
        outcomes: work.outcomes,
        rests_on_everybody,
        ballots,
        notices,
        prospects,
        due,
    }
}

/// The moment that much earlier.
fn before(at: Time, by: Duration) -> Time {
    chrono::TimeDelta::from_std(by).ok().and_then(|by| at.checked_sub_signed(by)).unwrap_or(Time::MIN_UTC)
}

/// What it rested on that a request came to a status then; none where that was before the story begins.
fn basis_of((status, at): &(String, Time), facts: &Facts, timeline: &Timeline, moves: &[Move]) -> Option<Basis> {
    let by_rule = moves.iter().rev().find(|step| (&step.to, &step.since) == (status, at));
    let known = timeline.periods.iter().skip(usize::from(facts.anchor.is_some())).rev();
    by_rule.map(|step| Basis::Rule { name: step.rule.clone(), revision: None }).or_else(|| {
        known
            .into_iter()
            .find(|period| (&period.status, &period.since) == (status, at))
            .map(|period| period.basis.clone())
    })
}

/// What the rules look at, of a request in the status it holds.
fn rule_input<'d>(
    facts: &Facts,
    desk: &'d Desk,
    roster: &Roster,
    (ballots, text_changed): (&[Ballot], Option<Time>),
    timeline: &Timeline,
    (helpers, work): (&Helpers, &Work),
    now: Time,
) -> RuleInput<'d> {
    let complete =
        |params: &[(String, String)]| fields::complete(&fields::check(&facts.with_params(params), desk), desk);
    let kind = |params: &[(String, String)]| fields::kind(facts.with_params(params).param("type"), desk);
    let current = timeline.current();
    let votes_changed = ballots::last_change(ballots, facts, roster);
    RuleInput {
        desk,
        now,
        status: current.status.clone(),
        since: current.since.min(now),
        complete: today_and_since(facts, complete),
        tally: Tally::of(ballots),
        votes_changed,
        settled: text_changed.map_or(votes_changed, |at| at.max(votes_changed)),
        members_changed: members_changed(facts, roster, now),
        awaited: ballots::awaited(ballots, facts, roster, now),
        answered: ballots::answered(facts, roster, helpers),
        assessed: today_and_since(facts, |params| fields::assessed(&facts.with_params(params), desk)),
        info_wanted: ballots::info_wanted(ballots, facts, roster),
        claimed: (helpers.is_claimed(), helpers.since),
        steps: (work.progress.clone(), work.steps_since),
        outcome: (!work.outcomes.is_empty(), work.outcome_since),
        person_edit: facts.person_edit(),
        discussed: facts.discussed.iter().map(|item| item.at).collect(),
        kind: today_and_since(facts, kind),
    }
}

/// When it last changed whose votes are waited for.
fn members_changed(facts: &Facts, roster: &Roster, now: Time) -> Time {
    let aside = facts.statements.recusals.iter().flat_map(Signed::moments);
    aside.chain(roster.last_change(now)).filter(|at| *at <= now).fold(facts.filed, Time::max)
}

/// What holds of the template's parameters today, and since when it does without a break.
fn today_and_since<T: PartialEq>(facts: &Facts, of: impl Fn(&[(String, String)]) -> T) -> (T, Time) {
    let today = of(&facts.params);
    let same = facts.versions.iter().rev().take_while(|v| of(&v.params) == today).last();
    (today, same.map_or(facts.filed, |v| v.at))
}

/// Moves a request by one rule after another, until none applies.
fn apply_rules(input: &mut RuleInput) -> Vec<Move> {
    let mut moves: Vec<Move> = Vec::new();
    let mut seen = BTreeSet::from([input.status.clone()]);
    while let Some((rule, since)) = rules::applying(input) {
        // Rules that lead back to where this pass began do not go round: the next pass may go on.
        if !seen.insert(rule.to.clone()) {
            break;
        }
        moves.push(Move { from: input.status.clone(), to: rule.to.clone(), rule: rule.name.clone(), since });
        input.status.clone_from(&rule.to);
        input.since = since;
    }
    moves
}
