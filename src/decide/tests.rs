//! Decisions from facts told as a story, and what must hold of any story.

use chrono::{TimeDelta, TimeZone, Utc};
use proptest::prelude::*;

use super::replay::replay;
use super::*;
use crate::desk::request::{Edit, PriorityView, Ruling, StatusEdit, Version};
use crate::desk::roster::{Role, Term};
use crate::desk::vote::{Signature, State, Touch, Trail, Vote};
use crate::desk::{Choice, PageRef, User};

const BOT: u64 = 99;
const REQUESTER: u64 = 50;
const STAFF: u64 = 40;
const CHAIR: u64 = 30;

fn user(id: u64) -> User {
    User { id, name: format!("User {id}"), temporary: false }
}

fn at(hours: i64) -> Time {
    Utc.with_ymd_and_hms(2026, 3, 1, 0, 0, 0).unwrap() + TimeDelta::hours(hours)
}

/// Twelve members, a chair and staff.
fn roster() -> Roster {
    let term = |id, role| Term { user: user(id), listed: user(id).name, role, from: None, until: None };
    let members = (1..=12).map(|id| term(id, Role::Member));
    Roster { terms: members.chain([term(CHAIR, Role::Chair), term(STAFF, Role::Staff)]).collect() }
}

fn desk(rules: &str) -> Desk {
    crate::config::parse(rules, "rules").unwrap_or_else(|m| panic!("{m:?}"))
}

fn rule(name: &str, from: &str, to: &str, when: &str) -> String {
    format!("[[rule]]\nname = \"{name}\"\nfrom = [\"{from}\"]\nto = \"{to}\"\nwhen = {{ {when} }}\n")
}

/// A story: a complete request of hour 0, and what came after. An hour is a revision.
pub(super) fn story() -> Facts {
    let params: Vec<(String, String)> = ["title", "type", "description", "justification"]
        .map(|name| (name.to_owned(), if name == "type" { "data" } else { "words" }.to_owned()))
        .to_vec();
    Facts {
        page: PageRef { id: 1, title: "Desk/Requests/R".to_owned() },
        revision: 1,
        requester: Some(user(REQUESTER)),
        versions: vec![Version { at: at(0), params: params.clone() }],
        params,
        doubled: Vec::new(),
        filed: at(0),
        votes: Vec::new(),
        rulings: Vec::new(),
        priorities: Vec::new(),
        status_edits: Vec::new(),
        lookalikes: Vec::new(),
        edits: vec![Edit { at: at(0), revision: 0, by_requester: true }],
    }
}

fn trail(who: u64, hour: i64) -> Trail {
    Trail {
        author: Some(user(who)),
        at: at(hour),
        revision: hour.unsigned_abs(),
        signature: Signature::default(),
        signed_by_other: None,
        born: State::Plain,
        touches: Vec::new(),
    }
}

trait Story {
    fn edited(self, who: u64, hour: i64) -> Self;
    fn voted(self, who: u64, hour: i64, choice: Choice) -> Self;
    fn ruled(self, who: u64, hour: i64, to: &str) -> Self;
    fn status(self, who: u64, hour: i64, to: &str) -> Self;
}

impl Story for Facts {
    fn edited(mut self, who: u64, hour: i64) -> Self {
        self.revision = hour.unsigned_abs();
        self.edits.push(Edit { at: at(hour), revision: self.revision, by_requester: who == REQUESTER });
        self
    }

    fn voted(mut self, who: u64, hour: i64, choice: Choice) -> Self {
        self.votes.push(Vote { choice, on_behalf_of: None, trail: trail(who, hour) });
        self.edited(who, hour)
    }

    fn ruled(mut self, who: u64, hour: i64, to: &str) -> Self {
        let ruling =
            Ruling { to: to.to_owned(), withdrawal: to.is_empty(), reason: String::new(), trail: trail(who, hour) };
        self.rulings.push(ruling);
        self.edited(who, hour)
    }

    fn status(mut self, who: u64, hour: i64, to: &str) -> Self {
        let before = self.status_edits.last().map(|e| e.to.clone()).unwrap_or_default();
        let edit = StatusEdit {
            before,
            to: to.to_owned(),
            since: None,
            read: None,
            rule: None,
            by: Some(user(who)),
            at: at(hour),
            revision: hour.unsigned_abs(),
        };
        self.status_edits.push(edit);
        if who == BOT { self } else { self.edited(who, hour) }
    }
}

fn status(facts: &Facts, desk: &Desk, hour: i64) -> (String, Time) {
    let decision = decide(facts, desk, &roster(), BOT, at(hour));
    (decision.status, decision.since)
}

const WEEK: i64 = 7 * 24;

#[test]
fn a_move_is_dated_by_what_happened_and_not_by_the_bots_presence() {
    use Choice::Support as S;
    let desk = crate::config::shipped();
    let facts = story().voted(1, 5, S).voted(2, 6, S).voted(3, 30, S);
    assert_eq!(status(&facts, &desk, 40), ("review".to_owned(), at(0)));
    assert_eq!(status(&facts, &desk, WEEK), ("approved".to_owned(), at(WEEK)));
    // The bot was away for a month.
    assert_eq!(status(&facts, &desk, 5 * WEEK), ("approved".to_owned(), at(WEEK)));
    // The votes changed at the end of the week: a day without a change has to pass.
    let late = facts.voted(4, WEEK - 1, S);
    assert_eq!(status(&late, &desk, WEEK + 22).0, "review");
    assert_eq!(status(&late, &desk, 5 * WEEK), ("approved".to_owned(), at(WEEK + 23)));
}

#[test]
fn shares_are_exact() {
    use Choice::{Abstain, Oppose as O, Support as S};
    let two_thirds = desk(&rule("r", "incomplete", "approved", "quorum = 3, support_share = \"2/3\""));
    let facts = story().voted(1, 1, S).voted(2, 2, S).voted(3, 3, O);
    assert_eq!(status(&facts, &two_thirds, 9).0, "approved");
    let sixty_seven = desk(&rule("r", "incomplete", "approved", "quorum = 3, support_share = 0.67"));
    assert_eq!(status(&facts, &sixty_seven, 9).0, "incomplete");
    // Abstentions count for the quorum, not for the share; with nobody for or against there is no share.
    let abstained = story().voted(1, 1, Abstain).voted(2, 2, Abstain).voted(3, 3, Abstain);
    assert_eq!(status(&abstained, &two_thirds, 9).0, "incomplete");
    assert_eq!(status(&abstained.voted(4, 4, S), &two_thirds, 9).0, "approved");
    // A wish for more information is no part of the quorum, and takes the place of a vote.
    assert_eq!(status(&facts.voted(1, 5, Choice::Info), &two_thirds, 9).0, "incomplete");
}

#[test]
fn every_condition_by_itself() {
    use Choice::{Info, Oppose as O, Support as S};
    let holds = |when: &str, facts: &Facts, hour| {
        status(facts, &desk(&rule("r", "incomplete", "approved", when)), hour).0 == "approved"
    };
    let two = story().voted(1, 1, S).voted(2, 2, O);
    for (when, yes) in [
        ("quorum = 2", true),
        ("quorum = 3", false),
        ("support_at_least = 1", true),
        ("support_at_least = 2", false),
        ("oppose_at_least = 1", true),
        ("oppose_at_least = 2", false),
        ("oppose_share = 0.5", true),
        ("support_share = 0.51", false),
        ("complete = true", true),
        ("complete = false", false),
        ("all_voted = true", false),
        ("all_voted = false", true),
        ("info_wanted = false", true),
        ("type = [\"Data\", \"upload\"]", true),
        ("type = [\"upload\"]", false),
        ("open_for = \"9 hours\"", true),
        ("open_for = \"11 hours\"", false),
        ("settled_for = \"8 hours\"", true),
        ("settled_for = \"9 hours\"", false),
        ("idle_for = \"8 hours\"", true),
        ("idle_for = \"9 hours\"", false),
        ("quorum = 2, type = [\"upload\"]", false),
    ] {
        assert_eq!(holds(when, &two, 10), yes, "{when}");
    }
    let asked = story().edited(REQUESTER, 1).voted(1, 2, Info);
    assert!(holds("info_wanted = true", &asked, 10));
    assert!(!holds("info_wanted = true", &asked.clone().edited(REQUESTER, 3), 10));
    assert!(holds("info_wanted = true", &asked.edited(REQUESTER, 3).voted(2, 4, Info), 10));
    let all = (1..=12).fold(story(), |facts, who| facts.voted(who, 5, S));
    assert!(!holds("all_voted = true", &all, 10), "the chair has not");
    assert!(holds("all_voted = true", &all.voted(CHAIR, 6, S), 10));
}

#[test]
fn a_persons_decision_wins_until_a_later_one_or_a_rule_from_there() {
    let desk = crate::config::shipped();
    let facts = story().ruled(STAFF, 5, "on-hold");
    assert_eq!(status(&facts, &desk, WEEK), ("on-hold".to_owned(), at(5)));
    assert_eq!(status(&facts.clone().ruled(CHAIR, 6, "In progress"), &desk, 9).0, "in-progress", "by its label");
    assert_eq!(status(&facts.clone().status(STAFF, 7, "done"), &desk, 9), ("done".to_owned(), at(7)));
    // Set back to review by hand, the rules that start there move it on.
    let back = facts.status(STAFF, 8, "review").voted(1, 9, Choice::Info);
    assert_eq!(status(&back, &desk, 10), ("more-info".to_owned(), at(9)));
    // Nobody decides on their own request, and members do not decide.
    let own = Facts { requester: Some(user(CHAIR)), ..story() }.ruled(CHAIR, 1, "approved").ruled(1, 2, "approved");
    let decision = decide(&own, &desk, &roster(), BOT, at(5));
    assert_eq!(decision.status, "review");
    assert_eq!(decision.notices.iter().filter(|n| n.kind == NoticeKind::NotEntitled).count(), 2);
    // The requester may withdraw.
    assert_eq!(status(&story().ruled(REQUESTER, 2, ""), &desk, 5).0, "withdrawn");
    assert_eq!(status(&story().ruled(7, 2, ""), &desk, 5).0, "review");
}

#[test]
fn a_vote_after_closing_does_not_count_and_one_after_reopening_does() {
    let desk = crate::config::shipped();
    let facts = story().voted(1, 1, Choice::Support).ruled(STAFF, 2, "declined").voted(2, 3, Choice::Support);
    let facts = facts.ruled(STAFF, 4, "review").voted(3, 5, Choice::Support);
    let decision = decide(&facts, &desk, &roster(), BOT, at(9));
    let verdicts: Vec<_> = decision.ballots.iter().map(|b| b.verdict).collect();
    assert_eq!(verdicts, [Verdict::Counted, Verdict::Closed, Verdict::Counted]);
}

#[test]
fn priority_is_the_median() {
    let median = |levels: &[Priority]| {
        let views = levels.iter().enumerate();
        let priorities =
            views.map(|(i, level)| PriorityView { level: *level, trail: trail(1 + i as u64, 1) }).collect();
        decide(&Facts { priorities, ..story() }, &crate::config::shipped(), &roster(), BOT, at(9)).priority
    };
    use Priority::{High, Low, Normal};
    assert_eq!(median(&[]), None);
    assert_eq!(median(&[High]), Some(High));
    assert_eq!(median(&[Low, High]), Some(Normal));
    assert_eq!(median(&[Low, Low, High]), Some(Low));
    assert_eq!(median(&[Normal, High, High, High]), Some(High));
}

#[test]
fn other_rules_are_tried_on_what_really_happened() {
    use Choice::Support as S;
    let now = crate::config::shipped();
    let quick = desk(
        &(rule("complete", "incomplete", "review", "complete = true")
            + &rule("quick", "review", "approved", "quorum = 2, open_for = \"2 days\"")
            + &rule("late", "approved", "on-hold", "idle_for = \"30 days\"")),
    );
    let facts = story().voted(1, 5, S).voted(2, 60, S).voted(3, 70, S).ruled(STAFF, 100, "declined");
    let path = |desk: &Desk, facts: &Facts, hour| -> Vec<(String, Time)> {
        replay(facts, desk, &roster(), BOT, at(hour)).into_iter().map(|h| (h.status, h.since)).collect()
    };
    let is = |status: &str, hour| (status.to_owned(), at(hour));
    assert_eq!(path(&now, &facts, WEEK), [is("incomplete", 0), is("review", 0), is("declined", 100)]);
    assert_eq!(
        path(&quick, &facts, WEEK),
        [is("incomplete", 0), is("review", 0), is("approved", 60), is("declined", 100)],
        "the second vote came after the two days; the decision of staff stays"
    );
    let undecided = story().voted(1, 5, S).voted(2, 6, S);
    assert_eq!(
        path(&quick, &undecided, 50 * 24),
        [is("incomplete", 0), is("review", 0), is("approved", 48), is("on-hold", 6 + 30 * 24)],
        "time alone moves it, twice"
    );
}

/// Something that happens to a request.
#[derive(Debug, Clone)]
enum Event {
    Vote(u64, Choice),
    Touch(usize, u64, State),
    Rule(u64, &'static str),
    Status(u64, &'static str),
    Edit(u64),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let who = || prop::sample::select(vec![1_u64, 2, 3, 4, CHAIR, STAFF, REQUESTER, 77]);
    let to = || prop::sample::select(vec!["review", "approved", "declined", "on-hold", "bogus", ""]);
    let state = prop::sample::select(vec![State::Plain, State::Struck, State::Gone, State::Quoted]);
    let event = prop_oneof![
        6 => (who(), prop::sample::select(Choice::ALL.to_vec())).prop_map(|(w, c)| Event::Vote(w, c)),
        2 => (any::<usize>(), who(), state).prop_map(|(i, w, s)| Event::Touch(i, w, s)),
        1 => (who(), to()).prop_map(|(w, t)| Event::Rule(w, t)),
        1 => (who(), to()).prop_map(|(w, t)| Event::Status(w, t)),
        2 => who().prop_map(Event::Edit),
    ];
    prop::collection::vec(event, 0..20)
}

/// The events, ten hours apart.
fn told(events: &[Event]) -> Facts {
    events.iter().enumerate().fold(story(), |mut facts, (i, event)| {
        let hour = 10 * (i64::try_from(i).unwrap() + 1);
        match event {
            Event::Vote(who, choice) => facts.voted(*who, hour, *choice),
            Event::Rule(who, to) => facts.ruled(*who, hour, to),
            Event::Status(who, to) => facts.status(*who, hour, to),
            Event::Edit(who) => facts.edited(*who, hour),
            Event::Touch(vote, who, to) => {
                let count = facts.votes.len().max(1);
                if let Some(vote) = facts.votes.get_mut(vote % count).filter(|v| v.trail.stands() != *to) {
                    let revision = hour.unsigned_abs();
                    vote.trail.touches.push(Touch { to: *to, by: Some(user(*who)), at: at(hour), revision });
                }
                facts.edited(*who, hour)
            }
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// What nobody who may has done can decide nothing: strangers' votes, touches, rulings and edits of `status=` leave
    /// the count and the status as they are.
    #[test]
    fn strangers_change_nothing(events in events()) {
        let desk = crate::config::shipped();
        let strange = |e: &Event| match e {
            Event::Vote(who, _) | Event::Touch(_, who, _) | Event::Rule(who, _) | Event::Status(who, _) => *who == 77,
            Event::Edit(_) => false,
        };
        let with = decide(&told(&events), &desk, &roster(), BOT, at(300));
        // In their place an edit that does nothing else.
        let tame: Vec<Event> = events.iter().map(|e| if strange(e) { Event::Edit(77) } else { e.clone() }).collect();
        let touched = events.iter().any(|e| matches!(e, Event::Touch(..)));
        let without = decide(&told(&tame), &desk, &roster(), BOT, at(300));
        // A touch by somebody who may is another touch once a stranger's vote stands before it in the list.
        if !touched {
            prop_assert_eq!((&with.status, with.tally, with.since), (&without.status, without.tally, without.since));
        }
    }

    /// Deciding again later, or after the bot has carried a decision out, gives the same; `due` is when it may change.
    #[test]
    fn a_decision_holds_until_it_is_due(events in events(), wait in 0_i64..2000) {
        let desk = crate::config::shipped();
        let facts = told(&events);
        let hour = 10 * (i64::try_from(events.len()).unwrap() + 1);
        let first = decide(&facts, &desk, &roster(), BOT, at(hour));
        let later = at(hour + wait);
        if first.due.is_none_or(|due| later < due) {
            let again = decide(&facts, &desk, &roster(), BOT, later);
            prop_assert_eq!((again.status, again.since), (first.status.clone(), first.since));
        }
        // The bot writes it down.
        let mut written = facts;
        for step in &first.moves {
            written = written.status(BOT, hour, &step.to);
            if let Some(edit) = written.status_edits.last_mut() {
                edit.since = Some(step.since);
                edit.read = Some(written.revision);
                edit.rule = Some(step.rule.clone());
            }
        }
        let after = decide(&written, &desk, &roster(), BOT, at(hour));
        prop_assert!(after.moves.is_empty(), "{:?}", after.moves);
        prop_assert_eq!((after.status, after.since, after.tally), (first.status, first.since, first.tally));
    }

    /// At most one vote of each member counts, and never the requester's.
    #[test]
    fn one_vote_a_member(events in events()) {
        let decision = decide(&told(&events), &crate::config::shipped(), &roster(), BOT, at(300));
        let mut counted: Vec<u64> = decision.ballots.iter().filter(|b| b.verdict == Verdict::Counted).filter_map(|b| b.member.as_ref().map(|m| m.id)).collect();
        let all = counted.len();
        counted.sort_unstable();
        counted.dedup();
        prop_assert_eq!(counted.len(), all);
        prop_assert!(!counted.contains(&REQUESTER) && !counted.contains(&STAFF) && !counted.contains(&77));
    }
}
