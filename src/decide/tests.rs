//! Decisions from facts told as a story, and what must hold of any story.

use proptest::prelude::*;

use super::decide;
use super::replay::replay;
use crate::desk::decision::{Basis, NoticeKind, Verdict};
use crate::desk::request::StatusEdit;
use crate::desk::score::Score;
use crate::desk::signed::{Standing, Touch};
use crate::desk::{Choice, Desk, Facts};
use crate::page::Time;
use crate::testing::{BOT, CHAIR, REQUESTER, STAFF, Story, at, desk, roster, rule, signed, story, user};

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
    let own = Facts { filer: Some(user(CHAIR)), owners: vec![user(CHAIR)], ..story() }
        .ruled(CHAIR, 1, "approved")
        .ruled(1, 2, "approved");
    let decision = decide(&own, &desk, &roster(), BOT, at(5));
    assert_eq!(decision.status, "review");
    assert_eq!(decision.notices.iter().filter(|n| n.kind == NoticeKind::NotEntitled).count(), 2);
    // What was carried out and is taken back was so until then; the time before it does not count for what follows.
    let mut back = story().ruled(REQUESTER, 2, "").status(BOT, 3, "withdrawn").voted(1, 4, Choice::Support);
    let touch = |by, hour: i64, to| Touch { to, by: Some(user(by)), at: at(hour), revision: hour.unsigned_abs() };
    back.statements.rulings[0].touches.push(touch(REQUESTER, WEEK, Standing::Struck));
    back = back.edited(REQUESTER, WEEK).voted(2, WEEK + 1, Choice::Support);
    let decision = decide(&back, &desk, &roster(), BOT, at(WEEK + 2));
    assert_eq!((decision.status.as_str(), decision.since), ("review", at(WEEK)));
    let verdicts: Vec<_> = decision.ballots.iter().map(|b| b.verdict).collect();
    assert_eq!(verdicts, [Verdict::Closed, Verdict::Counted]);
    back.statements.rulings[0].touches.push(touch(7, WEEK + 3, Standing::Plain));
    assert_eq!(status(&back, &desk, WEEK + 4).0, "review", "a stranger does not withdraw it anew");
    back.statements.rulings[0].touches.push(touch(REQUESTER, WEEK + 5, Standing::Plain));
    let carried = back.status(BOT, WEEK + 4, "incomplete");
    assert_eq!(status(&carried, &desk, WEEK + 6), ("withdrawn".to_owned(), at(WEEK + 5)));
    // Taken back before the page ever said so, it took no effect.
    let mut hasty = story().ruled(STAFF, 2, "approved").edited(STAFF, 4);
    hasty.statements.rulings[0].touches.push(touch(STAFF, 4, Standing::Gone));
    assert_eq!(status(&hasty, &desk, 5), ("review".to_owned(), at(0)));
    // A wish for information that gives way to a vote ends then.
    let asked = story().voted(1, 2, Choice::Info).voted(2, 9, Choice::Info).status(BOT, 10, "more-info");
    let answered = asked.voted(1, WEEK, Choice::Support).voted(2, WEEK + 1, Choice::Support);
    assert_eq!(status(&answered, &desk, WEEK + 2), ("review".to_owned(), at(WEEK + 1)));
    // The requester may withdraw.
    assert_eq!(status(&story().ruled(REQUESTER, 2, ""), &desk, 5).0, "withdrawn");
    assert_eq!(status(&story().ruled(7, 2, ""), &desk, 5).0, "review");
}

#[test]
fn a_put_back_is_told_also_where_a_rule_moves_the_request_on_in_the_same_edit() {
    use Choice::Support as S;
    let desk = crate::config::shipped();
    let told = |facts: &Facts, hour| {
        let decision = decide(facts, &desk, &roster(), BOT, at(hour));
        let notices = decision.notices.iter().map(|n| (n.kind, n.field.clone(), n.value.clone()));
        (decision.status.clone(), decision.overruled.is_some(), notices.collect::<Vec<_>>())
    };
    let put_back = |to: &str| vec![(NoticeKind::StatusPutBack, "User 77".to_owned(), to.to_owned())];
    let facts = story().status(BOT, 1, "review").voted(1, 2, S).voted(2, 3, S).voted(3, 4, S);
    let facts = facts.status(77, WEEK + 1, "done");
    assert_eq!(told(&facts, WEEK + 2), ("approved".to_owned(), true, put_back("done")));
    // The bot's edit did both: it stays told, and is not done again.
    let mut after = facts.clone().status(BOT, WEEK + 2, "approved");
    after.status_edits.last_mut().unwrap().rule = Some("consensus".to_owned());
    assert_eq!(told(&after, WEEK + 3), ("approved".to_owned(), false, put_back("done")));
    // What a rule comes to by itself is nobody's to put back.
    let same =
        story().status(BOT, 1, "review").voted(1, 2, S).voted(2, 3, S).voted(3, 4, S).status(77, WEEK + 1, "approved");
    assert_eq!(told(&same, WEEK + 2), ("approved".to_owned(), false, Vec::new()));
    // Without a rule: told while it is put back, and afterwards.
    let alone = story().status(BOT, 1, "review").status(77, 2, "approved");
    assert_eq!(told(&alone, 3), ("review".to_owned(), true, put_back("approved")));
    assert_eq!(told(&alone.status(BOT, 4, "review"), 5), ("review".to_owned(), false, put_back("approved")));
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
fn the_median_of_the_scores_counts() {
    let median = |points: &[u8]| {
        let scores = points.iter().enumerate();
        let mut facts = story();
        let score = |points: u8| Score::new(&points.to_string());
        facts.statements.scores = scores.map(|(i, points)| signed(score(*points), 1 + i as u64, 1)).collect();
        decide(&facts, &crate::config::shipped(), &roster(), BOT, at(9)).scores.median()
    };
    assert_eq!(
        [median(&[]), median(&[8]), median(&[2, 8]), median(&[2, 5]), median(&[2, 2, 9])],
        ["", "8", "5", "3.5", "2"]
    );
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
    Touch(usize, u64, Standing),
    Rule(u64, &'static str),
    Status(u64, &'static str),
    Edit(u64),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let who = || prop::sample::select(vec![1_u64, 2, 3, 4, CHAIR, STAFF, REQUESTER, 77]);
    let to = || prop::sample::select(vec!["review", "approved", "declined", "on-hold", "bogus", ""]);
    let state = prop::sample::select(vec![Standing::Plain, Standing::Struck, Standing::Gone, Standing::Quoted]);
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
                let count = facts.statements.votes.len().max(1);
                if let Some(vote) = facts.statements.votes.get_mut(vote % count).filter(|v| v.stands() != *to) {
                    let revision = hour.unsigned_abs();
                    vote.touches.push(Touch { to: *to, by: Some(user(*who)), at: at(hour), revision });
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

    /// The rules in force give what did happen, whenever the bot looked: at once, hours later, or after weeks.
    #[test]
    fn the_rules_in_force_change_nothing(events in events(), delays in prop::collection::vec(0_i64..400, 1..4), prompt in any::<bool>()) {
        let desk = crate::config::shipped();
        let delays = if prompt { vec![0] } else { delays };
        let (facts, now) = kept(&told(&events), &desk, &delays);
        let compared = crate::whatif::compare(&facts, &desk, &desk, &roster(), BOT, now);
        prop_assert!(!compared.differs(), "{:#?}\n{:#?}", compared, facts.status_edits);
        if prompt {
            let path = |stays: &[crate::whatif::Stay]| stays.iter().map(|s| (s.status.clone(), s.since)).collect::<Vec<_>>();
            prop_assert_eq!(path(&compared.did), path(&compared.would), "{:#?}", facts.status_edits);
        }
    }
}

/// The same story with a bot that looks so many hours after something happened or fell due, and writes what it decides; and
/// when it has nothing left to do.
fn kept(story: &Facts, desk: &Desk, delays: &[i64]) -> (Facts, Time) {
    let mut facts = story.clone();
    let mut delays = delays.iter().cycle();
    let mut look = at(0);
    let end = at(10 * 21 + 200 * 24);
    while look < end {
        let mut seen = facts.as_of(look);
        seen.revision = seen.edits.last().map_or(0, |e| e.revision);
        let written =
            seen.status_edits.iter().max_by_key(|e| (e.at, e.revision)).map_or("", |e| e.to.as_str()).to_owned();
        let decision = decide(&seen, desk, &roster(), BOT, look);
        let left = decision.overruled.as_ref().is_some_and(|o| o.repeated);
        if !left && written != decision.status {
            let rule = match &decision.basis {
                Basis::Rule { name, .. } => Some(name.clone()),
                _ => None,
            };
            let edit = StatusEdit {
                before: written,
                to: decision.status.clone(),
                since: Some(decision.since),
                read: Some(seen.revision),
                rule,
                by: Some(user(BOT)),
                at: look,
                revision: seen.revision + 1,
            };
            facts.status_edits.push(edit);
            facts.status_edits.sort_by_key(|e| e.at);
        }
        let next = story.edits.iter().map(|e| e.at).find(|at| *at > look);
        let Some(due) = next.into_iter().chain(decision.due).min() else { break };
        look = due + chrono::TimeDelta::hours(*delays.next().unwrap());
    }
    (facts, end)
}
