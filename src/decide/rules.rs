//! The rules: which applies, and what each still waits for.

use std::time::Duration;

use super::ballots::Awaited;
use crate::desk::decision::Tally;
use crate::desk::electorate::in_words;
use crate::desk::step::Progress;
use crate::desk::waiting::{Condition, ConditionKind, Prospect, Waiting, WaitingFor, yes_no};
use crate::desk::{Desk, Rule};
use crate::page::Time;

/// All that rules look at.
#[derive(Debug, Clone)]
pub struct RuleInput<'a> {
    /// The desk, with its rules.
    pub desk: &'a Desk,
    /// The time as of which it is decided.
    pub now: Time,
    /// The status held.
    pub status: String,
    /// When the request came to it.
    pub since: Time,
    /// Whether every required field is there and valid, and since when that is so.
    pub complete: (bool, Time),
    /// The counted votes.
    pub tally: Tally,
    /// When the counted votes last changed.
    pub votes_changed: Time,
    /// When the counted votes or the material fields under them last changed.
    pub settled: Time,
    /// The members whose votes are waited for.
    pub awaited: Awaited,
    /// When it last changed who is in office or on leave, or somebody stepped aside.
    pub members_changed: Time,
    /// Whether a member waits for an answer from an owner, and since when that is so.
    pub info_wanted: (bool, Time),
    /// Whether somebody of the desk wrote after the owners did, and since when that is so.
    pub answered: (bool, Time),
    /// Whether every team field is filled in, if there is any, and since when that is so.
    pub assessed: (Option<bool>, Time),
    /// Whether somebody helps, and since when that is so.
    pub claimed: (bool, Time),
    /// How far the steps are, and since when.
    pub steps: (Progress, Time),
    /// Whether it is told what came of it, and since when that is so.
    pub outcome: (bool, Time),
    /// When a person last edited the page.
    pub person_edit: Time,
    /// When meetings talked about it, earliest first.
    pub discussed: Vec<Time>,
    /// The request's type, in lower case, and since when it is that.
    pub kind: (String, Time),
}

impl RuleInput<'_> {
    /// The votes that the rules from this status miss, where they ask for a quorum: how many there are and are needed.
    fn missing_votes(&self) -> Option<(u32, u32)> {
        let here = self.desk.rules.iter().filter(|rule| starts_here(rule, self));
        let needed = here.filter_map(|rule| rule.when.quorum).min()?;
        let have = self.tally.quorum();
        (have < needed).then_some((have, needed))
    }

    /// Whether it depends on all members in office, not on those alone who voted: enough of them may be left for the quorum, or
    /// too few.
    pub fn rests_on_everybody(&self) -> bool {
        self.desk.electorate.is_none()
            && (self.missing_votes().is_some() || self.desk.rules.iter().any(|rule| rule.when.rests_on_roster()))
    }

    /// The votes there are and are needed, where too few members are left.
    fn deadlock(&self) -> Option<(u32, u32)> {
        let few = |(have, need): &(u32, u32)| self.awaited.missing < (need - have) as usize;
        self.missing_votes().filter(|votes| self.desk.electorate.is_none() && few(votes))
    }
}

/// The first rule whose conditions all hold, and since when they do: not the bot's clock dates a move, but what
/// people did and the time that passed, so that the bot's absence changes nothing.
pub fn applying<'a>(input: &RuleInput<'a>) -> Option<(&'a Rule, Time)> {
    input.desk.rules.iter().filter(|rule| starts_here(rule, input)).find_map(|rule| {
        let conditions = conditions(rule, input);
        let since = conditions.iter().map(|c| c.since).fold(input.since, Time::max);
        conditions.iter().all(|c| c.holds).then_some((rule, since.min(input.now)))
    })
}

/// Every rule that starts from the status held, in the configuration's order; those that wait for something to go wrong
/// come last.
pub fn prospects(input: &RuleInput) -> Vec<Prospect> {
    let here = input.desk.rules.iter().filter(|rule| starts_here(rule, input));
    let prospect =
        |rule: &Rule| Prospect { rule: rule.name.clone(), to: rule.to.clone(), conditions: conditions(rule, input) };
    let mut prospects: Vec<Prospect> = here.map(prospect).collect();
    prospects.sort_by_key(Prospect::waits_for_setback);
    prospects
}

fn starts_here(rule: &Rule, input: &RuleInput) -> bool {
    rule.from.contains(&input.status) && rule.to != input.status
}

/// The next moment at which a condition begins to hold by time alone.
pub fn due(input: &RuleInput, prospects: &[Prospect]) -> Option<Time> {
    prospects.iter().flat_map(|p| &p.conditions).filter_map(|c| c.until).filter(|t| *t > input.now).min()
}

/// When it will be closed if nobody writes on the page, where nothing else is missing for that and its owners are to hear of it
/// before: not where that is told and done within days.
pub fn closes_for_silence(input: &RuleInput, prospects: &[Prospect]) -> Option<Time> {
    let closes = |id: &str| input.desk.status(id).is_some_and(|status| status.closed);
    let long = |name: &str| {
        let rule = input.desk.rules.iter().find(|rule| rule.name == name);
        rule.and_then(|rule| rule.when.idle_for).is_some_and(|silence| silence > input.desk.notices.stale_before)
    };
    let silence = |prospect: &&Prospect| {
        let others = |c: &Condition| c.holds || c.kind == ConditionKind::IdleFor;
        closes(&prospect.to) && prospect.conditions.iter().all(others) && long(&prospect.rule)
    };
    prospects.iter().filter(silence).flat_map(|p| &p.conditions).filter_map(|c| c.until).min()
}

/// The conditions of a rule, each with whether it holds.
pub fn conditions(rule: &Rule, input: &RuleInput) -> Vec<Condition> {
    use ConditionKind as K;
    let when = &rule.when;
    let tally = input.tally;
    let sides = u64::from(tally.support) + u64::from(tally.oppose);
    let plain =
        |kind, holds, have: String, need: String, since| Condition { kind, holds, have, need, since, until: None };
    let flag = |kind, want: Option<bool>, (is, since): (bool, Time)| {
        want.map(|want| plain(kind, want == is, yes_no(is), yes_no(want), since))
    };
    let voted = input.votes_changed;
    let number = |kind, need: Option<u32>, have: u32| {
        need.map(|need| plain(kind, have >= need, have.to_string(), need.to_string(), voted))
    };
    let share = |kind, need: Option<crate::desk::Share>, votes: u32, of: u64, since| {
        need.map(|need| {
            let votes = u64::from(votes);
            let have = (votes * 100).checked_div(of).map_or_else(|| "0%".to_owned(), |p| format!("{p}%"));
            plain(kind, need.reached(votes, of), have, need.to_string(), since)
        })
    };
    let members = input.awaited.members as u64;
    let all_voted = input.awaited.members > 0 && input.awaited.missing == 0;
    let of_members = input.members_changed.max(voted);
    let time = |kind, need: Option<Duration>, since: Time| need.map(|need| elapsed(kind, need, since, input.now));
    let (kind, kind_since) = &input.kind;
    let mut all = Vec::new();
    all.extend(flag(K::Complete, when.complete, input.complete));
    all.extend(when.kind.as_ref().map(|kinds| {
        let holds = kinds.iter().any(|k| k.to_lowercase() == *kind);
        plain(K::Type, holds, kind.clone(), kinds.join(", "), *kind_since)
    }));
    all.extend(flag(K::InfoWanted, when.info_wanted, input.info_wanted));
    all.extend(flag(K::Answered, when.answered, input.answered));
    all.extend(flag(K::Assessed, when.assessed, (input.assessed.0.unwrap_or(true), input.assessed.1)));
    // A meeting that brought it to this status talked about it before.
    let discussed = input.discussed.iter().find(|at| **at > input.since);
    all.extend(flag(K::Discussed, when.discussed, (discussed.is_some(), discussed.copied().unwrap_or(input.since))));
    // Whoever decides that work goes on without a helper is not overruled.
    let (claimed, claimed_since) = input.claimed;
    all.extend(when.claimed.map(|want| {
        let holds = if want { claimed } else { !claimed && claimed_since > input.since };
        plain(K::Claimed, holds, yes_no(claimed), yes_no(want), claimed_since)
    }));
    let (steps, steps_since) = &input.steps;
    all.extend(
        when.steps_done
            .map(|want| plain(K::StepsDone, steps.is_over() == want, steps.share(), yes_no(want), *steps_since)),
    );
    all.extend(flag(K::Outcome, when.outcome, input.outcome));
    all.extend(number(K::Quorum, when.quorum, tally.quorum()));
    all.extend(share(K::QuorumShare, when.quorum_share, tally.quorum(), members, of_members));
    all.extend(number(K::SupportAtLeast, when.support_at_least, tally.support));
    all.extend(number(K::OpposeAtLeast, when.oppose_at_least, tally.oppose));
    all.extend(share(K::SupportShare, when.support_share, tally.support, sides, voted));
    all.extend(share(K::OpposeShare, when.oppose_share, tally.oppose, sides, voted));
    all.extend(flag(K::AllVoted, when.all_voted, (all_voted, of_members)));
    all.extend(time(K::OpenFor, when.open_for, input.since));
    all.extend(time(K::SettledFor, when.settled_for, input.settled));
    all.extend(time(K::IdleFor, when.idle_for, input.person_edit));
    all
}

/// The moment that much later; the end of time where there is none.
pub fn after(since: Time, by: Duration) -> Time {
    chrono::TimeDelta::from_std(by).ok().and_then(|d| since.checked_add_signed(d)).unwrap_or(Time::MAX_UTC)
}

fn elapsed(kind: ConditionKind, need: Duration, since: Time, now: Time) -> Condition {
    let until = after(since, need);
    let holds = until <= now;
    let minutes = |d: Duration| in_words(Duration::from_secs(d.as_secs() / 60 * 60));
    let have = (now - since).to_std().map_or_else(|_| in_words(Duration::ZERO), minutes);
    Condition { kind, holds, have, need: in_words(need), since: until, until: (!holds).then_some(until) }
}

/// What the request waits for: the first missing condition of the first rule that asks for something to be
/// done. Rules that wait for something to go wrong (a field that becomes invalid, a question, long silence)
/// are no answer to "what is missing?".
pub fn waiting(input: &RuleInput, prospects: &[Prospect]) -> Waiting {
    if input.desk.status(&input.status).is_some_and(|s| s.closed) {
        return Waiting { code: WaitingFor::Nothing, ..Waiting::default() };
    }
    // A rule towards a status that closes comes after those that go on, unless it is nearer to holding.
    let closes = |p: &Prospect| input.desk.status(&p.to).is_some_and(|s| s.closed);
    let candidates: Vec<&Prospect> = prospects.iter().filter(|p| !p.waits_for_setback()).collect();
    let only_time = |p: &&&Prospect| p.conditions.iter().all(|c| c.holds || c.until.is_some());
    let chosen = candidates
        .iter()
        .find(only_time)
        .or_else(|| candidates.iter().find(|p| !closes(p)))
        .or_else(|| candidates.first());
    let missing = chosen.and_then(|p| {
        let missing = p.conditions.iter().filter(|c| !c.holds);
        // Votes before time; of times the last to come.
        missing.clone().find(|c| c.until.is_none()).or_else(|| missing.max_by_key(|c| c.until))
    });
    let of_votes = |c: &&Condition| c.kind == ConditionKind::Quorum;
    if let Some((have, need)) = input.deadlock().filter(|_| missing.as_ref().is_some_and(of_votes)) {
        let code = WaitingFor::Deadlock;
        return Waiting { code, have: have.to_string(), need: need.to_string(), until: None };
    }
    match missing {
        Some(c) => {
            let code =
                if c.kind == ConditionKind::Answered { WaitingFor::Answer } else { WaitingFor::Condition(c.kind) };
            Waiting { code, have: c.have.clone(), need: c.need.clone(), until: c.until }
        }
        None => {
            let votable = input.desk.status(&input.status).is_some_and(|s| s.votable);
            let answer = votable && prospects.iter().any(|p| !p.possible());
            // Answered: it is closed if nobody writes any more.
            let silence = |p: &&Prospect| {
                p.possible() && p.conditions.iter().all(|c| c.holds || c.kind == ConditionKind::IdleFor)
            };
            let closes = prospects.iter().find(silence).filter(|_| answer && input.answered.0);
            let until = closes.and_then(|p| p.conditions.iter().find_map(|c| c.until));
            let code = match (answer, until) {
                (true, Some(_)) => WaitingFor::Condition(ConditionKind::IdleFor),
                (true, None) => WaitingFor::Answer,
                (false, _) => WaitingFor::Person,
            };
            Waiting { code, until, ..Waiting::default() }
        }
    }
}
