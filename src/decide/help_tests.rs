//! Stories of help: claims, steps and outcomes.

use super::decide;
use crate::desk::claim::Claim;
use crate::desk::decision::{Decision, NoticeKind};
use crate::desk::outcome::Outcome;
use crate::desk::signed::{Signed, Standing, Touch};
use crate::desk::step::Step;
use crate::desk::{Desk, Facts};
use crate::testing::{BOT, REQUESTER, STAFF, Story, at, roster, signed, story, user};

/// Somebody who has no role.
const HELPER: u64 = 60;
const OTHER: u64 = 61;

trait Help: Sized {
    fn claimed(self, who: u64, hour: i64, on_behalf_of: Option<u64>) -> Self;
    fn released(self, who: u64, hour: i64, on_behalf_of: Option<u64>) -> Self;
    fn step(self, who: u64, hour: i64, written: [&str; 2]) -> Self;
    fn outcome(self, who: u64, hour: i64, outcome: Outcome) -> Self;
}

fn name(id: Option<u64>) -> Option<String> {
    id.map(|id| user(id).name)
}

fn placed<T>(content: T, who: u64, hour: i64) -> Signed<T> {
    Signed { place: Some(usize::try_from(hour).expect("an hour")), ..signed(content, who, hour) }
}

impl Help for Facts {
    fn claimed(mut self, who: u64, hour: i64, on_behalf_of: Option<u64>) -> Self {
        let claim = Claim { on_behalf_of: name(on_behalf_of), release: false };
        self.statements.claims.push(placed(claim, who, hour));
        self.edited(who, hour)
    }

    fn released(mut self, who: u64, hour: i64, on_behalf_of: Option<u64>) -> Self {
        let claim = Claim { on_behalf_of: name(on_behalf_of), release: true };
        self.statements.claims.push(placed(claim, who, hour));
        self.edited(who, hour)
    }

    fn step(mut self, who: u64, hour: i64, [name, state]: [&str; 2]) -> Self {
        let step = Step { name: name.to_owned(), state: state.to_owned(), who: String::new(), due: String::new() };
        // The template says something else now: the one before is gone.
        for before in self.statements.steps.iter_mut().filter(|s| s.content.name == name && s.place.is_some()) {
            before.place = None;
            let by = Some(user(who));
            before.touches.push(Touch { to: Standing::Gone, by, at: at(hour), revision: hour.unsigned_abs() });
        }
        self.statements.steps.push(placed(step, who, hour));
        self.edited(who, hour)
    }

    fn outcome(mut self, who: u64, hour: i64, outcome: Outcome) -> Self {
        self.statements.outcomes.push(placed(outcome, who, hour));
        self.edited(who, hour)
    }
}

fn decided(facts: &Facts, desk: &Desk, hour: i64) -> Decision {
    decide(facts, desk, &roster(), BOT, at(hour))
}

fn shipped(facts: &Facts, hour: i64) -> Decision {
    decided(facts, &crate::config::shipped(), hour)
}

fn helpers(decision: &Decision) -> Vec<u64> {
    decision.helpers.iter().map(|helper| helper.user.id).collect()
}

fn why_not(decision: &Decision) -> Vec<&str> {
    let claims = decision.notices.iter().filter(|notice| notice.kind == NoticeKind::ClaimNotCounted);
    claims.map(|notice| notice.value.as_str()).collect()
}

fn approved() -> Facts {
    story().ruled(STAFF, 1, "approved")
}

#[test]
fn who_claims_an_approved_request_begins_with_it_and_may_give_it_back() {
    let facts = approved().claimed(HELPER, 5, None);
    let decision = shipped(&facts, 6);
    assert_eq!((decision.status.as_str(), helpers(&decision), decision.since), ("in-progress", vec![HELPER], at(5)));
    let facts = facts.status(BOT, 6, "in-progress").claimed(OTHER, 7, None).released(HELPER, 8, None);
    let decision = shipped(&facts, 9);
    assert_eq!((decision.status.as_str(), helpers(&decision)), ("in-progress", vec![OTHER]), "somebody is left");
    let facts = facts.released(STAFF, 10, Some(OTHER));
    let decision = shipped(&facts, 11);
    assert_eq!((decision.status.as_str(), helpers(&decision)), ("approved", vec![]));
    let decision = shipped(&facts.status(BOT, 11, "approved").claimed(OTHER, 12, None), 13);
    assert_eq!((decision.status.as_str(), helpers(&decision)), ("in-progress", vec![OTHER]), "once more");
}

#[test]
fn work_that_staff_began_without_a_helper_goes_on() {
    let decision = shipped(&story().ruled(STAFF, 1, "in-progress"), 5);
    assert_eq!(decision.status, "in-progress");
    let facts = story().claimed(HELPER, 1, None).released(HELPER, 2, None).ruled(STAFF, 3, "in-progress");
    assert_eq!(shipped(&facts, 5).status, "in-progress");
}

#[test]
fn a_claim_is_its_authors_and_staff_may_name_others() {
    let one = |facts: Facts| {
        let decision = shipped(&facts, 9);
        (helpers(&decision), why_not(&decision).join(" "))
    };
    assert_eq!(one(approved().claimed(STAFF, 5, Some(HELPER))), (vec![HELPER], String::new()));
    assert_eq!(one(approved().claimed(OTHER, 5, Some(HELPER))), (vec![], "for-not-allowed".to_owned()));
    assert_eq!(one(approved().claimed(STAFF, 5, Some(500))), (vec![], "for-unknown".to_owned()));
    let by_other = |mut facts: Facts| {
        facts.statements.claims.iter_mut().for_each(|claim| claim.signed_by_other = Some(OTHER));
        facts
    };
    assert_eq!(one(by_other(approved().claimed(HELPER, 5, None))), (vec![], "signature".to_owned()));
    let mut temporary = approved().claimed(HELPER, 5, None);
    temporary.statements.claims[0].author.as_mut().expect("an author").temporary = true;
    assert_eq!(one(temporary), (vec![], "temporary".to_owned()));
    // Somebody else's release, or removal, changes nothing.
    assert_eq!(one(approved().claimed(HELPER, 5, None).released(OTHER, 6, Some(HELPER))).0, [HELPER]);
    let mut removed = approved().claimed(HELPER, 5, None);
    let touch = |who| Touch { to: Standing::Gone, by: Some(user(who)), at: at(6), revision: 6 };
    removed.statements.claims[0].touches.push(touch(OTHER));
    removed.statements.claims[0].place = None;
    assert_eq!(one(removed.clone()).0, [HELPER]);
    removed.statements.claims[0].touches.push(touch(HELPER));
    assert_eq!(one(removed), (vec![], String::new()));
    let late = story().ruled(STAFF, 1, "declined").status(BOT, 2, "declined").claimed(HELPER, 5, None);
    assert_eq!(one(late), (vec![], "closed".to_owned()));
}

#[test]
fn who_may_claim_is_configured() {
    let by = |claim_by: &str, who: u64| {
        let desk = crate::testing::desk(&format!("[help]\nclaim_by = \"{claim_by}\"\n"));
        let decision = decided(&approved().claimed(who, 5, None), &desk, 6);
        (helpers(&decision).len(), why_not(&decision).join(" "))
    };
    assert_eq!(by("members", 1), (1, String::new()));
    assert_eq!(by("members", HELPER), (0, "not-member".to_owned()));
    assert_eq!(by("listed", HELPER), (0, "not-listed".to_owned()));
    assert_eq!(by("listed", 1), (1, String::new()));
}

#[test]
fn steps_count_as_those_left_them_who_work_on_it() {
    let facts = approved()
        .claimed(HELPER, 5, None)
        .step(HELPER, 6, ["Ask for the rights", ""])
        .step(HELPER, 7, ["Upload", "todo"])
        .step(REQUESTER, 8, ["Ask for the rights", "done"]);
    let decision = shipped(&facts, 9);
    assert_eq!((decision.progress.done, decision.progress.of, decision.progress.next.as_str()), (1, 2, "Upload"));
    // Somebody else's tick is told, and counts nothing.
    let ticked = facts.clone().step(OTHER, 10, ["Upload", "done"]);
    let decision = shipped(&ticked, 11);
    assert_eq!((decision.progress.done, decision.progress.of), (1, 2));
    let told = decision.notices.iter().find(|notice| notice.kind == NoticeKind::StepNotCounted).expect("a notice");
    assert_eq!((told.field.as_str(), told.value.as_str(), told.suggestion.as_str()), ("User 61", "Upload", "done"));
    let confirmed = shipped(&ticked.step(STAFF, 12, ["Upload", "done"]), 13);
    assert!(confirmed.progress.is_over() && confirmed.notices.iter().all(|n| n.kind != NoticeKind::StepNotCounted));
    // Nor does their taking one away.
    let mut removed = facts;
    let touch = Touch { to: Standing::Gone, by: Some(user(OTHER)), at: at(10), revision: 10 };
    let open = removed.statements.steps.iter_mut().find(|step| step.content.name == "Upload").expect("a step");
    open.touches.push(touch);
    open.place = None;
    let decision = shipped(&removed, 11);
    assert_eq!(decision.progress.of, 2);
    assert!(decision.notices.iter().any(|n| n.kind == NoticeKind::StepTakenAway && n.value == "Upload"));
}

#[test]
fn a_step_is_overdue_once_its_day_is_over() {
    let mut facts = approved().claimed(HELPER, 5, None).step(HELPER, 6, ["Upload", "doing"]);
    facts.statements.steps[0].content.due = "2026-03-02".to_owned();
    let decision = shipped(&facts, 47);
    assert_eq!((decision.progress.overdue.len(), decision.due), (0, Some(at(48))));
    assert_eq!(shipped(&facts, 48).progress.overdue, ["Upload"]);
    for wrong in ["soon", "26-03-02", "+12345-01-01"] {
        facts.statements.steps[0].content.due = wrong.to_owned();
        let decision = shipped(&facts, 48);
        assert!(decision.notices.iter().any(|notice| notice.kind == NoticeKind::StepDue), "{wrong}");
        assert_eq!((decision.progress.due, decision.progress.overdue.len()), (None, 0), "{wrong}");
    }
    // The last day there is has an end that can be written down, too.
    facts.statements.steps[0].content.due = "9999-12-31".to_owned();
    let due = shipped(&facts, 48).due.expect("an end");
    assert_eq!(crate::page::parse_timestamp(&crate::page::timestamp(due)), Some(due));
}

#[test]
fn a_request_is_done_once_its_steps_are_and_it_is_told_what_came_of_it() {
    let outcome = Outcome { text: "1,200 maps".to_owned(), files: "1,200".to_owned(), ..Outcome::default() };
    let work = approved().claimed(HELPER, 5, None).status(BOT, 6, "in-progress").step(HELPER, 7, ["Upload", "done"]);
    assert_eq!(shipped(&work, 8).waiting.code.id(), "outcome");
    let told = work.clone().outcome(HELPER, 9, outcome.clone());
    let decision = shipped(&told, 10);
    assert_eq!((decision.status.as_str(), decision.since, decision.outcomes.len()), ("done", at(9), 1));
    for (wrong, field) in [
        (Outcome { files: "many".to_owned(), ..outcome.clone() }, "files"),
        (Outcome { text: " ".to_owned(), ..outcome.clone() }, "text"),
        (Outcome { link: "javascript:x".to_owned(), ..outcome.clone() }, "link"),
        (Outcome { image: "No.jpg".to_owned(), ..outcome.clone() }, "image"),
    ] {
        let mut facts = work.clone().outcome(HELPER, 9, wrong);
        facts.absent.insert(("image".to_owned(), "No.jpg".to_owned()));
        let decision = shipped(&facts, 10);
        assert_eq!(decision.status, "in-progress", "{field}");
        let told = decision.notices.iter().find(|notice| notice.kind == NoticeKind::OutcomeInvalid);
        assert_eq!(told.expect("a notice").field, field);
    }
    let by_other = shipped(&work.outcome(OTHER, 9, outcome), 10);
    assert_eq!(by_other.status, "in-progress");
    assert!(by_other.notices.iter().any(|notice| notice.kind == NoticeKind::OutcomeNotCounted));
}

#[test]
fn a_release_that_is_taken_back_makes_nobody_a_helper() {
    let touch =
        |hour: i64| Touch { to: Standing::Gone, by: Some(user(HELPER)), at: at(hour), revision: hour.unsigned_abs() };
    let mut facts = approved().released(HELPER, 5, None);
    facts.statements.claims[0].touches.push(touch(6));
    facts.statements.claims[0].place = None;
    assert!(helpers(&shipped(&facts, 7)).is_empty());
    // Of one who helped it undoes the release, but not a later one.
    let mut facts = approved().claimed(HELPER, 5, None).released(HELPER, 6, None);
    facts.statements.claims[1].touches.push(touch(7));
    assert_eq!(helpers(&shipped(&facts, 8)), [HELPER]);
    let mut facts = facts.claimed(HELPER, 9, None).released(HELPER, 10, None);
    facts.statements.claims[1].touches.push(touch(11));
    assert!(helpers(&shipped(&facts, 12)).is_empty());
    // What was written before the claim is the helper's too.
    let facts = approved().step(HELPER, 4, ["Upload", "done"]).claimed(HELPER, 5, None);
    assert_eq!(shipped(&facts, 6).progress.done, 1);
}
