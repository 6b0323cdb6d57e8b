//! What follows from minutes for a request, among all else that happens to it.

use super::decide;
use super::replay::replay;
use crate::desk::decision::{Basis, NoticeKind, Verdict};
use crate::desk::meeting::Meeting;
use crate::desk::minutes::Item;
use crate::desk::signed::{Standing, Touch};
use crate::desk::{Choice, Desk, Facts};
use crate::read::minutes_items::add_items;
use crate::testing::{
    BOT, CHAIR, REQUESTER, SECRETARY, STAFF, Story, at, desk, roster_with_secretary, rule, story, user,
};

/// The last hour of the day of the meeting.
const MEETING: i64 = 47;

/// An item of the meeting, written at that hour.
fn item(hour: i64, decision: &str, votes: &[(Choice, u64)]) -> Item {
    let meeting = Meeting { date: at(MEETING).date_naive(), page: "Desk/Meetings/1".to_owned() };
    Item {
        at: meeting.moment(at(hour)),
        meeting,
        author: user(SECRETARY),
        revision: hour.unsigned_abs(),
        ended: None,
        decision: Some(decision.to_owned()).filter(|to| !to.is_empty()),
        votes: votes.iter().map(|(choice, who)| (*choice, user(*who).name)).collect(),
        recused: Vec::new(),
        scored_by: Vec::new(),
        priority: String::new(),
        helper: String::new(),
        helpers: Vec::new(),
        recommendation: "Go ahead.".to_owned(),
    }
}

/// The same, changed or taken away at that hour.
fn until(item: Item, hour: i64) -> Item {
    let by = Some(user(STAFF));
    Item { ended: Some(Touch { to: Standing::Gone, by, at: at(hour), revision: hour.unsigned_abs() }), ..item }
}

fn with(mut facts: Facts, items: &[Item]) -> Facts {
    add_items(&mut facts, items);
    facts
}

fn status(facts: &Facts, desk: &Desk, hour: i64) -> String {
    decide(facts, desk, &roster_with_secretary(), BOT, at(hour)).status
}

fn verdicts(facts: &Facts, hour: i64) -> Vec<Verdict> {
    let desk = crate::config::shipped();
    decide(facts, &desk, &roster_with_secretary(), BOT, at(hour))
        .ballots
        .into_iter()
        .map(|ballot| ballot.verdict)
        .collect()
}

#[test]
fn a_meeting_decides_though_a_secretary_wrote_it_down() {
    let desk = crate::config::shipped();
    let facts = with(story(), &[item(60, "approved", &[(Choice::Support, 1), (Choice::Oppose, STAFF)])]);
    let decision = decide(&facts, &desk, &roster_with_secretary(), BOT, at(70));
    let Basis::Meeting { meeting, revision, reason } = &decision.basis else { panic!("{:?}", decision.basis) };
    assert_eq!((meeting.date.to_string().as_str(), *revision, reason.as_str()), ("2026-03-02", 60, "Go ahead."));
    assert_eq!((decision.status.as_str(), decision.since), ("approved", facts.discussed[0].at));
    // The votes are the members', and came before the decision.
    assert_eq!(verdicts(&facts, 70), [Verdict::Counted, Verdict::NotOnRoster]);
    assert_eq!(decision.ballots[0].member, Some(user(1)));
    // Her own word decides nothing.
    assert_eq!(status(&story().ruled(SECRETARY, 5, "approved"), &desk, 70), "review");
    // Nor do minutes about a request of her own.
    let own = Facts { filer: Some(user(SECRETARY)), owners: vec![user(SECRETARY)], ..facts };
    let decision = decide(&own, &desk, &roster_with_secretary(), BOT, at(70));
    assert_eq!(decision.status, "review");
    assert!(decision.notices.iter().any(|n| n.kind == NoticeKind::NotEntitled), "{:?}", decision.notices);
    assert_eq!(decision.ballots[0].verdict, Verdict::ForNotAllowed);
}

#[test]
fn what_was_decided_after_the_meeting_holds_whenever_the_minutes_come() {
    let desk = crate::config::shipped();
    let items = [item(90, "approved", &[])];
    assert_eq!(
        status(&with(story().ruled(CHAIR, 40, "declined"), &items), &desk, 99),
        "approved",
        "before the meeting"
    );
    assert_eq!(status(&with(story().ruled(CHAIR, 50, "declined"), &items), &desk, 99), "declined", "between");
    assert_eq!(status(&with(story().ruled(CHAIR, 95, "declined"), &items), &desk, 99), "declined", "after the minutes");
    assert_eq!(status(&with(story().status(STAFF, 50, "on-hold"), &items), &desk, 99), "on-hold");
    // Whoever may not decide keeps nothing from counting.
    assert_eq!(status(&with(story().ruled(1, 50, "declined"), &items), &desk, 99), "approved");
    // What a rule did meanwhile is no person's word.
    let moved = story().status(BOT, 50, "stale");
    assert_eq!(status(&with(moved, &items), &desk, 99), "approved");
}

#[test]
fn corrections_of_the_minutes_correct_what_followed() {
    let desk = crate::config::shipped();
    // The bot has carried it out.
    let carried_out = |to: &str| {
        let mut facts = story().status(BOT, 2, "review").status(BOT, 61, to);
        facts.status_edits.iter_mut().last().expect("an edit").read = Some(60);
        facts
    };
    let wrong = until(item(60, "declined", &[(Choice::Oppose, 1)]), 65);
    let gone = with(carried_out("declined"), std::slice::from_ref(&wrong));
    assert_eq!(
        (status(&gone.as_of(at(64)), &desk, 64), status(&gone, &desk, 66)),
        ("declined".to_owned(), "review".to_owned())
    );
    assert_eq!(verdicts(&gone, 66), [Verdict::Removed]);
    let right = Item { revision: 65, ..item(65, "approved", &[(Choice::Support, 1)]) };
    let corrected = with(carried_out("declined"), &[wrong, right]);
    assert_eq!(status(&corrected, &desk, 66), "approved");
    assert_eq!(verdicts(&corrected, 66), [Verdict::Removed, Verdict::Counted]);
    // A reason that is reworded moves nothing.
    let again = [
        until(item(60, "approved", &[(Choice::Support, 1)]), 65),
        Item { revision: 65, ..item(65, "approved", &[(Choice::Support, 1)]) },
    ];
    let decision = decide(&with(carried_out("approved"), &again), &desk, &roster_with_secretary(), BOT, at(70));
    assert_eq!(decision.since, item(60, "", &[]).at);
    assert_eq!(decision.ballots.len(), 1);
}

#[test]
fn a_members_own_later_vote_takes_the_place_of_the_recorded_one() {
    use Verdict::{Closed, Counted, Superseded};
    let recorded = [item(90, "", &[(Choice::Support, 1)])];
    assert_eq!(verdicts(&with(story().voted(1, 50, Choice::Oppose), &recorded), 99), [Superseded, Counted]);
    assert_eq!(verdicts(&with(story().voted(1, 40, Choice::Oppose), &recorded), 99), [Superseded, Counted], "hers");
    let order: Vec<Choice> = with(story().voted(1, 40, Choice::Oppose), &recorded)
        .statements
        .votes
        .iter()
        .map(|vote| vote.content.choice)
        .collect();
    assert_eq!(order, [Choice::Oppose, Choice::Support]);
    // Closed since the meeting, and closed before it.
    assert_eq!(verdicts(&with(story().ruled(CHAIR, 50, "declined"), &recorded), 99), [Counted]);
    assert_eq!(verdicts(&with(story().ruled(CHAIR, 40, "declined"), &recorded), 99), [Closed]);
}

#[test]
fn a_rule_may_ask_for_a_meeting() {
    let asks = desk(
        &[
            rule("start", "incomplete", "review", "complete = true"),
            rule("talked", "review", "on-hold", "discussed = true"),
            rule("not yet", "incomplete", "stale", "discussed = false, complete = false"),
        ]
        .concat(),
    );
    assert_eq!(status(&story(), &asks, 99), "review");
    let talked = with(story(), &[item(60, "", &[])]);
    assert_eq!(decide(&talked, &asks, &roster_with_secretary(), BOT, at(99)).since, talked.discussed[0].at);
    assert_eq!(status(&talked, &asks, 99), "on-hold");
    // The meeting that brought it here talked about it before.
    assert_eq!(status(&with(story(), &[item(60, "review", &[])]), &asks, 99), "review");
    assert_eq!(status(&with(story(), &[until(item(60, "", &[]), 70)]), &asks, 99), "review", "taken away");
}

#[test]
fn other_rules_are_tried_with_the_meetings() {
    let desk = crate::config::shipped();
    let facts = with(story().edited(REQUESTER, 5), &[item(90, "in-progress", &[])]);
    let periods = replay(&facts, &desk, &roster_with_secretary(), BOT, at(99));
    let held: Vec<&str> = periods.iter().map(|period| period.status.as_str()).collect();
    assert_eq!(held, ["incomplete", "review", "in-progress"]);
}
