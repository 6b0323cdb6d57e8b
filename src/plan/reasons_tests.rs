//! Who hears what when, from stories of requests.

use std::sync::Arc;

use super::*;
use crate::decide::decide;
use crate::desk::Facts;
use crate::desk::vote::{Choice, Vote};
use crate::plan::basis::Basis;
use crate::plan::request_page::{news_of, row_of};
use crate::testing::{BOT, CHAIR, REQUESTER, STAFF, Story, at, roster, signed, story, user};

const DAY: i64 = 24;

fn known(facts: &Facts, desk: &Desk, hour: i64) -> Known {
    let roster = roster();
    let decision = decide(facts, desk, &roster, BOT, at(hour));
    let mut row = row_of(facts, &decision);
    let voted = row.voted.clone().unwrap_or_default();
    let missing = roster.awaited(at(hour)).into_iter().map(|user| user.name.clone());
    row.missing = missing.filter(|name| !voted.contains(name)).collect();
    Known {
        id: facts.page.id,
        row: Some(Arc::new(row)),
        revision: 1,
        due: None,
        problems: Vec::new(),
        rests_on: None,
        held: false,
        news: news_of(facts, &decision, desk, &Basis::new(desk, &roster)).map(Arc::new),
    }
}

/// Who is written to, and why, at that hour, by what was sent before.
fn told(known: &[Known], desk: &Desk, sent: &Sent, hour: i64) -> Vec<String> {
    let roster = roster();
    let input = ReasonInput { desk, roster: &roster, sent: Some(sent), now: at(hour) };
    let reasons = input.reasons(known.iter());
    reasons.iter().map(|reason| format!("{} {}", reason.to, reason.key.kind)).collect()
}

fn of(facts: &Facts, hour: i64) -> Vec<String> {
    let desk = without_reminders();
    told(&[known(facts, &desk, hour)], &desk, &Sent::default(), hour)
}

fn without_reminders() -> Desk {
    let mut desk = crate::config::shipped();
    desk.notices.reminders = None;
    desk
}

fn asked(mut facts: Facts, who: u64, hour: i64) -> Facts {
    let vote = Vote { choice: Choice::Info, on_behalf_of: None, question: "Which licence?".to_owned() };
    facts.statements.votes.push(signed(vote, who, hour));
    facts.edited(who, hour)
}

#[test]
fn owners_hear_what_becomes_of_their_request() {
    assert_eq!(of(&story(), 1), ["User 50 received"]);
    assert_eq!(of(&story(), 15 * DAY), [] as [&str; 0], "a fortnight later everybody knows");
    let question = asked(story(), 1, 5);
    assert_eq!(of(&question, 6), ["User 50 received", "User 50 question"]);
    assert_eq!(of(&question.clone().edited(REQUESTER, 7), 8), ["User 50 received"], "answered");
    let decided = story().ruled(CHAIR, 5, "declined");
    assert_eq!(of(&decided, 6), ["User 50 status"]);
    assert_eq!(of(&decided, 20 * DAY), [] as [&str; 0]);
    assert_eq!(of(&decided.clone().ruled(CHAIR, 7, "review"), 8), ["User 50 received"], "a decision taken back");
    assert_eq!(of(&decided.clone().ruled(CHAIR, 7, "on-hold"), 8), ["User 50 status"], "the last one alone");
    assert_eq!(of(&story().ruled(REQUESTER, 5, ""), 6), [] as [&str; 0], "their own doing");
    let by_staff = Facts { filer: Some(user(STAFF)), owners: vec![user(STAFF)], ..story() };
    assert_eq!(of(&by_staff, 1), [] as [&str; 0]);
}

#[test]
fn what_is_missing_is_told_once_for_a_set_of_things() {
    let desk = without_reminders();
    let incomplete = story().filled_in(REQUESTER, 2, "description", "").filled_in(REQUESTER, 3, "type", "");
    let first = known(&incomplete, &desk, 4);
    assert_eq!(first.news.as_ref().expect("news").lacks, ["type", "description"]);
    let mut sent = Sent::default();
    let key = |known: &Known, hour: i64| {
        let roster = roster();
        let input = ReasonInput { desk: &desk, roster: &roster, sent: None, now: at(hour) };
        let reasons = input.reasons(std::iter::once(known));
        reasons.iter().find(|r| r.key.kind == MessageKind::Missing).map(|r| r.key.clone())
    };
    let told_key = key(&first, 4).expect("a reason");
    let summary = crate::records::sent::with_keys("x", &[told_key], at(4));
    sent.note("User talk:User 50", Some(&summary), at(4), &crate::testing::titles());
    assert_eq!(told(&[first], &desk, &sent, 5), ["User 50 received"]);
    // Something else is missing now.
    let again = known(&incomplete.filled_in(REQUESTER, 6, "justification", ""), &desk, 7);
    assert!(told(&[again], &desk, &sent, 7).contains(&"User 50 missing".to_owned()));
}

#[test]
fn owners_hear_who_helps_and_helpers_are_asked_once_they_are_silent() {
    let claim = crate::desk::claim::Claim { on_behalf_of: None, release: false };
    let mut facts = story().ruled(STAFF, 1, "approved").edited(60, 5);
    facts.statements.claims.push(signed(claim, 60, 5));
    assert_eq!(of(&facts, 6), ["User 50 status", "User 50 helper"], "the decision, then who helps");
    let facts = facts.status(BOT, 6, "in-progress");
    let silent = of(&facts, 31 * DAY);
    assert_eq!(silent, ["User 60 nudge"]);
    assert_eq!(of(&facts.clone().edited(60, 20 * DAY), 31 * DAY), [] as [&str; 0], "at work");
    assert_eq!(of(&facts.clone().edited(60, 20 * DAY), 51 * DAY), ["User 60 nudge"], "another silence");
    assert_eq!(of(&facts, 50 * DAY), [] as [&str; 0], "then the agenda tells");
}

#[test]
fn owners_hear_before_a_request_is_closed_for_silence() {
    let asked = asked(story(), 1, 5).status(BOT, 6, "more-info");
    let facts = asked.edited(STAFF, 10);
    assert_eq!(of(&facts, 46 * DAY + 9), [] as [&str; 0]);
    assert_eq!(of(&facts, 46 * DAY + 10), ["User 50 stale"], "a fortnight before");
    assert_eq!(of(&facts, 60 * DAY + 9), ["User 50 stale"]);
    let desk = without_reminders();
    let row = known(&facts, &desk, 20 * DAY).row.expect("a row");
    assert_eq!(row.closes, Some(at(60 * DAY + 10)));
}

#[test]
fn members_hear_of_what_waits_for_their_own_vote() {
    let desk = crate::config::shipped();
    let waiting = [known(&story().voted(2, 3, Choice::Support), &desk, 6 * DAY)];
    let hear = |sent: &Sent, hour: i64| {
        let all = told(&waiting, &desk, sent, hour);
        all.into_iter().filter(|told| told.ends_with("digest")).collect::<Vec<_>>()
    };
    let nobody = Sent::default();
    assert_eq!(hear(&nobody, 4 * DAY), [] as [&str; 0], "not yet");
    let all = hear(&nobody, 6 * DAY);
    assert!(all.contains(&"User 1 digest".to_owned()) && !all.contains(&"User 2 digest".to_owned()), "{all:?}");
    assert!(all.contains(&"User 40 digest".to_owned()), "staff, who owe a reply: {all:?}");
    // At most once in so long.
    let mut sent = Sent::default();
    let key = MessageKey::digest(&desk.pages.intake, &["anything"]);
    let summary = crate::records::sent::with_keys("x", &[key], at(6 * DAY));
    sent.note("User talk:User 1", Some(&summary), at(6 * DAY), &crate::testing::titles());
    assert!(!hear(&sent, 12 * DAY).contains(&"User 1 digest".to_owned()));
    assert!(hear(&sent, 13 * DAY).contains(&"User 1 digest".to_owned()));
}

#[test]
fn who_wants_no_messages_gets_none_and_who_leaves_hears_once() {
    let desk = crate::config::shipped();
    let waiting = [known(&story(), &desk, 6 * DAY)];
    let mut roster = roster();
    roster.terms[0].silent = true;
    roster.terms[1].leave =
        vec![crate::desk::roster::Days { from: at(0).date_naive(), until: at(30 * DAY).date_naive() }];
    roster.terms[2].until = Some(at(30 * DAY).date_naive());
    let input = ReasonInput { desk: &desk, roster: &roster, sent: None, now: at(6 * DAY) };
    let reasons = input.reasons(waiting.iter());
    let kinds = |name: &str| reasons.iter().filter(|r| r.to == name).map(|r| r.key.kind.id()).collect::<Vec<_>>();
    assert_eq!((kinds("User 1"), kinds("User 2")), (vec![], vec![]));
    assert_eq!(kinds("User 3"), ["term", "digest"]);
}
