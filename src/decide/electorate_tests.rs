//! Votes where no roster says who votes.

use std::time::Duration;

use super::decide;
use crate::desk::decision::Verdict;
use crate::desk::electorate::{Elector, KnownElector};
use crate::desk::roster::{Role, Roster};
use crate::desk::waiting::WaitingFor;
use crate::desk::{Choice, Desk, Electorate, Facts};
use crate::testing::{BOT, CHAIR, STAFF, Story, at, roster, rule, story};

const DAY: i64 = 24;

fn pictures() -> (Desk, Roster) {
    let three = rule("three", "review", "approved", "support_at_least = 3, support_share = \"2/3\", quorum = 3");
    let rules = format!("[electorate]\nmin_edits = 5\nmin_age = \"10 days\"\n{three}");
    let desk = crate::testing::desk(&format!("{rules}{}", rule("c", "incomplete", "review", "complete = true")));
    let electorate = Some(Electorate { min_edits: 5, min_age: Duration::from_secs(864_000), groups: Vec::new() });
    (desk, Roster { electorate, ..roster() })
}

/// Accounts of hour 0 that had made enough edits by then, but for User 8, who had by the 20th day, and User 9, who never had.
fn known(mut facts: Facts) -> Facts {
    let elector = |reached| Elector { registered: Some(at(0)), edits_reached: reached, groups: Vec::new() };
    facts.electors = (1..100).map(|id| (id, elector(Some(at(0))))).collect();
    facts.electors.insert(8, elector(Some(at(20 * DAY))));
    facts.electors.insert(9, elector(None));
    facts
}

fn verdicts(facts: &Facts, roster: &Roster, desk: &Desk, now: i64) -> Vec<(u64, Verdict)> {
    let decision = decide(facts, desk, roster, BOT, at(now));
    decision.ballots.iter().map(|b| (b.member.as_ref().map_or(0, |m| m.id), b.verdict)).collect()
}

#[test]
fn what_an_account_was_when_it_voted_counts_and_no_role_does() {
    let (desk, roster) = pictures();
    let facts = known(
        story()
            .voted(1, 9 * DAY, Choice::Support) // a member, too young
            .voted(60, 11 * DAY, Choice::Support) // nobody's member
            .voted(8, 12 * DAY, Choice::Support) // too few edits then, enough today
            .voted(9, 13 * DAY, Choice::Oppose)
            .voted(STAFF, 14 * DAY, Choice::Support)
            .voted(CHAIR, 15 * DAY, Choice::Oppose)
            .voted(CHAIR, 16 * DAY, Choice::Support) // the same person twice
            .voted(crate::testing::REQUESTER, 17 * DAY, Choice::Support),
    );
    assert_eq!(
        verdicts(&facts, &roster, &desk, 30 * DAY),
        [
            (1, Verdict::TooNew),
            (60, Verdict::Counted),
            (8, Verdict::TooFewEdits),
            (9, Verdict::TooFewEdits),
            (STAFF, Verdict::Counted),
            (CHAIR, Verdict::Superseded),
            (CHAIR, Verdict::Counted),
            (crate::testing::REQUESTER, Verdict::OwnRequest),
        ]
    );
    let decision = decide(&facts, &desk, &roster, BOT, at(30 * DAY));
    assert_eq!((decision.status.as_str(), decision.tally.support, decision.tally.oppose), ("approved", 3, 0));
    let needed: Vec<&str> = decision.ballots.iter().map(|b| b.needed.as_str()).collect();
    assert_eq!(needed[..3], ["10 days", "", "5"]);

    // An adviser's votes are advice here too; whoever steps aside does not count, on whatever roster.
    let mut with_adviser = roster.clone();
    with_adviser.terms[0] = crate::desk::roster::Term {
        user: crate::testing::user(60),
        role: Role::Adviser,
        ..with_adviser.terms[0].clone()
    };
    assert_eq!(verdicts(&facts, &with_adviser, &desk, 30 * DAY)[1].1, Verdict::Adviser);
    let mut aside = facts.clone();
    let recusal = crate::desk::recusal::Recusal { on_behalf_of: None };
    aside.statements.recusals.push(crate::testing::signed(recusal, 60, 18 * DAY));
    assert_eq!(verdicts(&aside, &roster, &desk, 30 * DAY)[1].1, Verdict::Recused);
}

#[test]
fn nobody_in_particular_is_waited_for() {
    let (desk, roster) = pictures();
    let facts = known(story().voted(60, 11 * DAY, Choice::Support));
    let decision = decide(&facts, &desk, &roster, BOT, at(12 * DAY));
    assert_ne!(decision.waiting.code, WaitingFor::Deadlock);
    assert!(!decision.rests_on_everybody);
    assert!(roster.voters(at(0)).is_empty() && !self::roster().voters(at(0)).is_empty());
}

#[test]
fn what_the_last_ledger_judged_is_not_asked_again() {
    let (desk, roster) = pictures();
    let facts = story().voted(60, 11 * DAY, Choice::Support).voted(61, 12 * DAY, Choice::Support);
    assert_eq!(super::ballots::electors(&facts, &roster).len(), 2);
    assert_eq!(super::ballots::electors(&facts, &self::roster()), [], "the roster knows");
    let mut resumed = facts.clone();
    let judged = |user, day: i64, refused| KnownElector { user, at: at(day * DAY), refused };
    let anchor = crate::desk::request::Anchor {
        status: "review".to_owned(),
        since: at(0),
        rule: None,
        decided: None,
        milestones: Default::default(),
        votes_changed: at(0),
        settled: at(0),
        changes: Default::default(),
        owners: Default::default(),
        revision: 1,
        saved: at(0),
        replied: None,
        electors: vec![judged(60, 11, None), judged(61, 12, Some(Verdict::TooNew))],
    };
    resumed.anchor = Some(anchor);
    assert_eq!(super::ballots::electors(&resumed, &roster), []);
    let seen: Vec<Verdict> = verdicts(&resumed, &roster, &desk, 30 * DAY).into_iter().map(|(_, v)| v).collect();
    assert_eq!(seen, [Verdict::Counted, Verdict::TooNew]);
}
