//! Whose a request is: who may name owners, and what naming does not do.

use super::decide;
use crate::desk::decision::{NoticeKind, Verdict};
use crate::desk::roster::Roster;
use crate::desk::waiting::{ConditionKind, WaitingFor};
use crate::desk::{Choice, Desk, Facts};
use crate::page::User;
use crate::testing::{BOT, REQUESTER, SECRETARY, STAFF, Story, at, roster_with_secretary, story, user, version};

const ALICE: u64 = 60;
const STRANGER: u64 = 77;

/// A request that this account filed, naming these.
fn filed(by: u64, names: &str) -> Facts {
    let facts = story();
    let mut params = facts.params.clone();
    params.push(("requester".to_owned(), names.to_owned()));
    Facts {
        filer: Some(user(by)),
        owners: vec![user(by)],
        versions: vec![version(by, 0, params.clone())],
        params,
        edits: Vec::new(),
        ..facts
    }
}

fn name(id: u64) -> String {
    user(id).name
}

fn owners(facts: &Facts) -> Vec<u64> {
    decide(facts, &crate::config::shipped(), &roster_with_secretary(), BOT, at(100))
        .owners
        .iter()
        .map(|u: &User| u.id)
        .collect()
}

#[test]
fn who_names_owners_and_who_does_not() {
    let named = |by, who| filed(REQUESTER, "").filled_in(by, 2, "requester", &name(who));
    assert_eq!(owners(&filed(REQUESTER, "")), [REQUESTER]);
    // Filed by the desk for somebody.
    for by in [STAFF, SECRETARY] {
        assert_eq!(owners(&filed(by, &name(ALICE))), [ALICE]);
        assert_eq!(owners(&filed(by, "")), [by], "for nobody else");
        assert_eq!(owners(&filed(by, "").filled_in(STAFF, 2, "requester", &name(ALICE))), [ALICE], "said later");
        assert_eq!(owners(&filed(by, "Anna from the museum")), [by], "no account");
        assert_eq!(owners(&filed(by, &format!("{}, {}", name(ALICE), name(61)))), [ALICE, 61], "several");
    }
    assert_eq!(owners(&filed(1, &name(ALICE))), [1], "a member is not the desk in this");
    assert_eq!(owners(&named(STAFF, ALICE)), [REQUESTER, ALICE]);
    assert_eq!(owners(&named(STRANGER, ALICE)), [REQUESTER]);
    assert_eq!(owners(&named(STRANGER, STRANGER)), [REQUESTER], "nobody makes themselves an owner");
    assert_eq!(owners(&named(STRANGER, ALICE).filled_in(ALICE, 3, "country", "X")), [REQUESTER]);
    // Named by an owner, and seen in the template since.
    assert_eq!(owners(&named(REQUESTER, ALICE)), [REQUESTER]);
    assert_eq!(owners(&named(REQUESTER, ALICE).edited(ALICE, 3)), [REQUESTER], "words below it are no template");
    assert_eq!(owners(&named(REQUESTER, ALICE).filled_in(ALICE, 3, "country", "X")), [REQUESTER, ALICE]);
    assert_eq!(owners(&filed(REQUESTER, &name(ALICE)).filled_in(ALICE, 3, "country", "X")), [REQUESTER, ALICE]);
    // The desk writes what was void before anew by adding to it, not by saving the page.
    let void = named(STRANGER, ALICE);
    assert_eq!(owners(&void.clone().filled_in(STAFF, 3, "country", "X")), [REQUESTER]);
    let again = void.filled_in(STAFF, 3, "requester", "").filled_in(STAFF, 4, "requester", &name(ALICE));
    assert_eq!(owners(&again), [REQUESTER, ALICE]);
}

#[test]
fn who_takes_names_away() {
    let two = || filed(REQUESTER, "").filled_in(STAFF, 2, "requester", &name(ALICE));
    assert_eq!(owners(&two().filled_in(STRANGER, 3, "requester", "")), [REQUESTER, ALICE]);
    assert_eq!(owners(&two().filled_in(REQUESTER, 3, "requester", "")), [REQUESTER, ALICE]);
    assert_eq!(owners(&two().filled_in(ALICE, 3, "requester", "")), [REQUESTER], "herself");
    assert_eq!(owners(&two().filled_in(SECRETARY, 3, "requester", "")), [REQUESTER]);
    let replaced = filed(STAFF, &name(ALICE)).filled_in(STRANGER, 3, "requester", &name(STRANGER));
    assert_eq!(owners(&replaced), [ALICE]);
}

#[test]
fn naming_a_member_takes_no_vote_and_owners_have_none() {
    let vote = |facts: Facts, who: u64| {
        let decision = decide(&facts, &crate::config::shipped(), &roster_with_secretary(), BOT, at(100));
        let ballot = decision.ballots.iter().find(|b| b.vote.author.as_ref().is_some_and(|u| u.id == who));
        (ballot.expect("a vote").verdict, decision.notices.iter().map(|n| n.kind).collect::<Vec<_>>())
    };
    let by_stranger = filed(REQUESTER, "").filled_in(STRANGER, 1, "requester", &name(1)).voted(1, 2, Choice::Oppose);
    assert_eq!(vote(by_stranger, 1), (Verdict::Counted, vec![NoticeKind::OwnerNotConfirmed]));
    let by_owner = filed(REQUESTER, &name(1)).voted(1, 2, Choice::Oppose);
    assert_eq!(vote(by_owner, 1), (Verdict::Counted, vec![NoticeKind::OwnerPending]));
    let by_desk = filed(STAFF, &name(1)).voted(1, 2, Choice::Support);
    assert_eq!(vote(by_desk, 1), (Verdict::OwnRequest, Vec::new()));
}

#[test]
fn owners_answer_and_take_back_what_was_filed_for_them() {
    let status =
        |facts: &Facts| decide(facts, &crate::config::shipped(), &roster_with_secretary(), BOT, at(100)).status;
    let asked = filed(STAFF, &name(ALICE)).voted(1, 2, Choice::Info);
    assert_eq!(status(&asked), "more-info");
    assert_eq!(status(&asked.clone().edited(STAFF, 3)), "more-info", "who filed it is no owner");
    assert_eq!(status(&asked.clone().edited(STRANGER, 3)), "more-info");
    assert_eq!(status(&asked.clone().edited(ALICE, 3)), "review");
    assert_eq!(status(&asked.clone().ruled(ALICE, 3, "")), "withdrawn");
    assert_ne!(status(&asked.clone().ruled(STRANGER, 3, "")), "withdrawn");
    // Staff that filed it for somebody else may decide on it.
    assert_eq!(status(&asked.ruled(STAFF, 3, "approved")), "approved");
}

#[test]
fn nothing_goes_stale_while_the_desk_owes_a_reply() {
    let decided = |facts: &Facts, days: i64| {
        decide(facts, &crate::config::shipped(), &roster_with_secretary(), BOT, at(24 * days))
    };
    let open = |kind: &str| story().filled_in(REQUESTER, 1, "type", kind);
    let incomplete = || story().filled_in(REQUESTER, 1, "description", "");
    assert_eq!(decided(&incomplete(), 90).status, "incomplete");
    assert_eq!(decided(&incomplete().edited(STRANGER, 2), 90).status, "incomplete");
    assert_eq!(decided(&incomplete().edited(STAFF, 2), 90).status, "stale");
    assert_eq!(decided(&incomplete().edited(STAFF, 2).edited(REQUESTER, 3), 90).status, "incomplete");
    // A vote or a field is no reply, a question to the owner is one.
    assert_eq!(decided(&incomplete().voted(1, 2, Choice::Support), 90).status, "incomplete");
    assert_eq!(decided(&incomplete().filled_in(STAFF, 2, "legal", "CC0"), 90).status, "incomplete");
    assert_eq!(decided(&incomplete().voted(1, 2, Choice::Info), 90).status, "stale");
    // A question is closed by an answer that nobody asks back on.
    let waiting = |facts: &Facts, days: i64| decided(facts, days).waiting.code;
    assert_eq!(waiting(&open("question"), 30), WaitingFor::Answer);
    let answered = open("question").edited(SECRETARY, 24);
    assert_eq!(waiting(&answered, 2), WaitingFor::Condition(ConditionKind::IdleFor));
    assert_eq!(
        (decided(&answered, 2).waiting.until, decided(&answered, 9).status.as_str()),
        (Some(at(24 * 8)), "done")
    );
    assert_eq!(decided(&answered.edited(REQUESTER, 48), 30).status, "review");
}

#[test]
fn who_is_not_waited_for() {
    let desk: Desk = crate::testing::desk(&crate::testing::rule("all", "incomplete", "approved", "all_voted = true"));
    let share = crate::testing::desk(&crate::testing::rule("half", "incomplete", "approved", "quorum_share = \"1/2\""));
    let mut roster = roster_with_secretary();
    roster.terms.retain(|term| [1, 2, 3, 4].contains(&term.user.id));
    let status = |facts: &Facts, desk: &Desk, roster: &Roster| decide(facts, desk, roster, BOT, at(10)).status;
    let voted = |facts: Facts, who: &[u64]| who.iter().fold(facts, |facts, who| facts.voted(*who, 2, Choice::Abstain));
    assert_eq!(status(&voted(story(), &[1, 2, 3]), &desk, &roster), "incomplete");
    assert_eq!(status(&voted(story(), &[1, 2, 3, 4]), &desk, &roster), "approved");
    assert_eq!(status(&voted(story(), &[1]), &share, &roster), "incomplete");
    assert_eq!(status(&voted(story(), &[1, 2]), &share, &roster), "approved");
    let recused = |facts: Facts, who| {
        let mut facts = facts;
        facts.statements.recusals.push(crate::testing::signed(crate::desk::recusal::Recusal::default(), who, 1));
        facts
    };
    assert_eq!(status(&voted(recused(story(), 4), &[1, 2, 3]), &desk, &roster), "approved");
    let decision = decide(&voted(recused(story(), 1), &[1, 2]), &share, &roster, BOT, at(10));
    assert_eq!((decision.ballots[0].verdict, decision.status.as_str()), (Verdict::Recused, "incomplete"));
    let day = at(0).date_naive();
    roster.terms[3].leave.push(crate::desk::roster::Days { from: day, until: day });
    assert_eq!(status(&voted(story(), &[1, 2, 3]), &desk, &roster), "approved");
    let next = decide(&voted(story(), &[1, 2, 3]), &desk, &roster, BOT, at(30));
    assert_eq!(next.status, "incomplete", "back from leave");
}

#[test]
fn too_few_members_left_for_a_quorum_is_a_deadlock() {
    let mut roster = roster_with_secretary();
    roster.terms.retain(|term| [1, 2, 3].contains(&term.user.id));
    let desk = crate::config::shipped();
    let decision = decide(&story().voted(1, 2, Choice::Support), &desk, &roster, BOT, at(10));
    assert_eq!(decision.waiting.code, WaitingFor::Condition(ConditionKind::Quorum));
    let own = Facts { filer: Some(user(3)), owners: vec![user(3)], ..story() }.voted(1, 2, Choice::Support);
    let decision = decide(&own, &desk, &roster, BOT, at(10));
    assert_eq!((decision.waiting.code, decision.rests_on_everybody), (WaitingFor::Deadlock, true));
}
