//! Text that changes under votes, told by examples; and that going on from a ledger says the same as all of the history.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::decide;
use super::replay::replay;
use crate::config::shipped;
use crate::desk::decision::{Decision, NoticeKind};
use crate::desk::request::{Anchor, FieldChange};
use crate::desk::{Choice, Facts};
use crate::page::{RevisionInfo, User};
use crate::records::ledger::{Memo, known_changes, owners_of, people, render};
use crate::records::milestones;
use crate::testing::{BOT, REQUESTER, Story, at, desk, roster, rule, story, user};
use crate::wikitext::calls;
use crate::wikitext::inert::unescape;

const STRANGER: u64 = 77;

fn decided(facts: &Facts, hour: i64) -> Decision {
    decide(facts, &shipped(), &roster(), BOT, at(hour))
}

/// Field, person and revision of each change.
fn said(changes: &[FieldChange]) -> Vec<(&str, u64, u64)> {
    changes.iter().map(|c| (c.field.as_str(), c.by.as_ref().map_or(0, |u| u.id), c.revision)).collect()
}

fn marks(decision: &Decision) -> Vec<Vec<u64>> {
    decision.ballots.iter().map(|b| b.changes.iter().map(|c| c.revision).collect()).collect()
}

#[test]
fn a_change_under_votes_is_named_marks_them_and_begins_the_clock_anew() {
    let facts = story().voted(1, 1, Choice::Support).filled_in(STRANGER, 2, "description", "other words");
    let facts = facts.voted(2, 3, Choice::Support).filled_in(REQUESTER, 4, "justification", "more");
    let facts = facts.filled_in(REQUESTER, 5, "justification", "still more").filled_in(STRANGER, 6, "country", "X");
    let decision = decided(&facts, 9);
    assert_eq!(said(&decision.changes), [("description", STRANGER, 2), ("justification", REQUESTER, 5)]);
    assert_eq!(marks(&decision), [vec![2, 5], vec![5]]);
    assert_eq!((decision.votes_changed, decision.settled), (at(3), at(5)));
    // A member who votes again has seen it, and a vote that does not count is not marked.
    let again = decided(&facts.voted(1, 7, Choice::Oppose).voted(STRANGER, 8, Choice::Support), 9);
    assert_eq!(marks(&again), [vec![], vec![5], vec![], vec![]]);
    assert_eq!((said(&again.changes), again.settled), (vec![("justification", REQUESTER, 5)], at(7)));
    // Without a vote there is nothing to say.
    let unread = decided(&story().filled_in(STRANGER, 2, "title", "other"), 9);
    assert_eq!((unread.changes, unread.settled), (vec![], at(0)));
}

#[test]
fn a_change_delays_a_decision_and_one_that_was_put_back_does_not() {
    let week = 7 * 24;
    let voted = (1..=3).fold(story(), |facts, who| facts.voted(who, 5, Choice::Support));
    let altered = voted.clone().filled_in(STRANGER, week - 2, "description", "all the money");
    assert_eq!(decided(&voted, week).status, "approved");
    assert_eq!(decided(&altered, week + 21).status, "review");
    assert_eq!(decided(&altered, week + 22).since, at(week + 22));
    // The time it had in front of everybody before counts for nothing.
    let back = altered.filled_in(1, week - 1, "description", "words");
    let decision = decided(&back, week);
    assert_eq!((decision.status.as_str(), decision.settled, decision.changes), ("approved", at(5), vec![]));
    let again = back.filled_in(STRANGER, week + 1, "description", "all the money");
    assert_eq!(decided(&again, week + 2).settled, at(week + 1));
    // As it was then: other rules are tried on what the text said at the time.
    let then = decided(&again, week - 2);
    assert_eq!((then.settled, said(&then.changes)), (at(week - 2), vec![("description", STRANGER, 166)]));
    assert_eq!(decided(&again, week).settled, at(5));
    let periods = replay(&again, &shipped(), &roster(), BOT, at(week + 3));
    assert_eq!(periods.last().map(|p| (p.status.as_str(), p.since)), Some(("approved", at(week))));
}

#[test]
fn what_was_put_back_in_between_is_not_named_but_the_clock_begins_with_the_last_change() {
    let facts = story().voted(1, 1, Choice::Support).filled_in(REQUESTER, 2, "description", "better");
    let facts = facts.filled_in(STRANGER, 3, "description", "hoax").filled_in(2, 4, "description", "better");
    let decision = decided(&facts, 9);
    assert_eq!((said(&decision.changes), decision.settled), (vec![("description", REQUESTER, 2)], at(4)));
    // Whoever mends a letter hides nobody.
    let facts = facts.filled_in(STRANGER, 5, "description", "hoax").filled_in(2, 6, "description", "a hoax");
    let names = [("description", REQUESTER, 2), ("description", STRANGER, 5), ("description", 2, 6)];
    assert_eq!(said(&decided(&facts, 9).changes), names);
}

#[test]
fn white_space_field_order_and_another_spelling_of_a_choice_are_no_change() {
    let facts = story().voted(1, 1, Choice::Support).filled_in(STRANGER, 2, "description", " wor\n\nds ");
    let mut facts = facts.filled_in(REQUESTER, 3, "type", "'''Data'''");
    facts.params.reverse();
    let params = facts.params.clone();
    facts.versions[2].params = params;
    assert_eq!(decided(&facts, 9).changes, []);
}

#[test]
fn the_type_counts_as_those_left_it_who_may() {
    let unconfirmed = |facts: &Facts| {
        let decision = decided(facts, 9);
        let notice = decision.notices.into_iter().find(|n| n.kind == NoticeKind::TypeNotConfirmed);
        let by = notice.as_ref().and_then(|n| n.change.clone()).map_or(0, |c| c.revision);
        (decision.kind, notice.map(|n| (n.value, n.suggestion)), by)
    };
    let is = |kind: &str, written: &str, counts: &str, by| {
        let notice = (!written.is_empty()).then(|| (written.to_owned(), counts.to_owned()));
        (kind.to_owned(), notice, by)
    };
    let voted = (1..=3).fold(story(), |facts, who| facts.voted(who, 1, Choice::Support));
    let strange = voted.filled_in(STRANGER, 2, "type", "question");
    assert_eq!(unconfirmed(&strange), is("data", "question", "data", 2));
    let decision = decided(&strange, 7 * 24);
    assert_eq!((decision.status.as_str(), decision.changes.len()), ("approved", 0), "it changes nothing");
    // To edit something else is not to confirm it; to write the type is.
    let elsewhere = strange.clone().filled_in(REQUESTER, 3, "country", "Sweden");
    assert_eq!(unconfirmed(&elsewhere), is("data", "question", "data", 2));
    for (who, counts) in [(REQUESTER, true), (1, true), (30, true), (40, true), (78, false)] {
        let written = elsewhere.clone().filled_in(who, 4, "type", "Question");
        let expected = if counts { is("question", "", "", 0) } else { is("data", "Question", "data", 4) };
        assert_eq!(unconfirmed(&written), expected, "{who}");
        assert_eq!(decided(&written, 9).changes.len(), usize::from(counts));
    }
    let member = decided(&elsewhere.clone().filled_in(1, 4, "type", "upload"), 9);
    assert_eq!((member.kind_by.as_deref(), decided(&elsewhere, 9).kind_by), (Some("User 1"), None));
    assert_eq!(unconfirmed(&elsewhere.filled_in(STRANGER, 4, "type", "data")), is("data", "", "", 0), "put back");
    // One that was left empty stays so, and one that a stranger empties does not become so.
    let empty = story().filled_in(REQUESTER, 2, "type", "").filled_in(STRANGER, 3, "type", "data");
    assert_eq!((unconfirmed(&empty), decided(&empty, 9).status.as_str()), (is("", "data", "", 3), "incomplete"));
    let emptied = decided(&story().filled_in(STRANGER, 2, "type", ""), 9);
    assert_eq!((emptied.kind.as_str(), emptied.status.as_str()), ("data", "review"));
    // In office at the time.
    let mut ended = roster();
    ended.terms[0].until = Some(at(-48).date_naive());
    let facts = story().filled_in(1, 2, "type", "upload");
    assert_eq!(decide(&facts, &shipped(), &ended, BOT, at(9)).kind, "data");
}

#[test]
fn whoever_left_a_field_empty_is_named() {
    let by = |facts: &Facts| {
        let decision = decided(facts, 9);
        let first = decision.notices.first().expect("a notice");
        (first.kind, first.change.as_ref().map(|c| (c.by.clone(), c.revision)))
    };
    let facts = story().filled_in(STRANGER, 2, "description", "").filled_in(REQUESTER, 3, "description", "-");
    assert_eq!(by(&facts), (NoticeKind::Missing, Some((Some(user(STRANGER)), 2))));
    let never = story().filled_in(REQUESTER, 0, "description", "");
    assert_eq!(by(&Facts { versions: never.versions[1..].to_vec(), ..never }), (NoticeKind::Missing, None));
    let long = story().filled_in(STRANGER, 4, "title", &"x".repeat(200));
    assert_eq!(by(&long), (NoticeKind::TooLong, Some((Some(user(STRANGER)), 4))));
}

/// Something that happens to a request: a vote, or a field that is filled in.
#[derive(Debug, Clone)]
enum Event {
    Vote(u64, Choice),
    Fill(u64, &'static str, &'static str),
}

fn events(longest: usize) -> impl Strategy<Value = Vec<Event>> {
    let who = || prop::sample::select(vec![1_u64, 2, 3, 40, REQUESTER, STRANGER, 78]);
    let field = prop_oneof![
        2 => (Just("description"), prop::sample::select(vec!["words", "w ords", "b", "c", ""])),
        1 => (Just("title"), prop::sample::select(vec!["words", "d"])),
        2 => (Just("type"), prop::sample::select(vec!["data", "Data", "upload", "question", "uplaod", ""])),
        1 => (Just("country"), prop::sample::select(vec!["", "X"])),
    ];
    let event = prop_oneof![
        2 => (who(), prop::sample::select(Choice::ALL.to_vec())).prop_map(|(w, c)| Event::Vote(w, c)),
        3 => (who(), field).prop_map(|(w, (f, v))| Event::Fill(w, f, v)),
    ];
    prop::collection::vec(event, 0..longest)
}

fn go_on(facts: Facts, events: &[Event]) -> Facts {
    events.iter().fold(facts, |facts, event| {
        let hour = facts.edits.last().map_or(0, |e| (e.at - at(0)).num_hours()) + 1;
        match event {
            Event::Vote(who, choice) => facts.voted(*who, hour, *choice),
            Event::Fill(who, field, value) => facts.filled_in(*who, hour, field, value),
        }
    })
}

/// What is said of the text: on the ledger, of each vote, and of the time.
fn told(facts: &Facts) -> (String, Vec<Vec<FieldChange>>, Decision) {
    // Its status is the same for ever.
    let desk =
        desk(&rule("never", "incomplete", "approved", "quorum = 99, complete = true, type = [\"data\", \"upload\"]"));
    let decision = decide(facts, &desk, &roster(), BOT, at(500));
    let memo = Memo { read: 0, digest: String::new(), due: None, desk: String::new() };
    (render(facts, &decision, &memo), decision.ballots.iter().map(|b| b.changes.clone()).collect(), decision)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Votes after a ledger: what it says, and the text as it is, tell the same as the whole history.
    #[test]
    fn a_ledger_tells_what_the_history_told(before in events(25), after in events(6)) {
        let first = go_on(story(), &before);
        let (ledger, _, decision) = told(&first);
        let revisions: BTreeMap<String, (User, i64)> = first.versions.iter().filter_map(|v| {
            Some((v.revision.to_string(), (v.by.clone()?, (v.at - at(0)).num_hours())))
        }).collect();
        let info = |id: &str| {
            let (by, hour) = revisions.get(id)?;
            Some(RevisionInfo { id: id.parse().ok()?, at: at(*hour), user: Some(by.clone()) })
        };
        let calls = calls(&ledger);
        let changes = known_changes(&calls, info).expect("all of it is there");
        let anchor = Anchor {
            electors: Vec::new(),
            status: decision.status.clone(),
            since: decision.since,
            rule: None,
            decided: None,
            milestones: milestones::of(|name| unescape(calls[0].value(name))).expect("what happened"),
            votes_changed: decision.votes_changed,
            settled: decision.settled,
            changes,
            owners: owners_of(&calls[0]),
            revision: first.edits.last().map_or(0, |edit| edit.revision),
            saved: at(0),
            replied: calls[0].value("replied").parse().ok(),
        };
        let mut version = first.versions.last().expect("a version").clone();
        (version.at, version.by, version.revision) = (at(0), Some(user(REQUESTER)), 0);
        let resumed = Facts { versions: vec![version], anchor: Some(anchor), ..first.clone() };
        let votes: Vec<Event> = after.into_iter().filter(|e| matches!(e, Event::Vote(..))).collect();
        for (whole, resumed) in [(first.clone(), resumed.clone()), (go_on(first, &votes), go_on(resumed, &votes))] {
            let (whole, resumed) = (told(&whole), told(&resumed));
            prop_assert_eq!(&whole.1, &resumed.1);
            prop_assert_eq!(whole.2.settled, resumed.2.settled);
            prop_assert_eq!(whole.2.changes, resumed.2.changes);
            prop_assert_eq!(whole.2.kind, resumed.2.kind);
            prop_assert_eq!(whole.0, resumed.0);
        }
        let named = people(&calls);
        prop_assert!(decision.kind_by.is_none_or(|by| named.contains(&by)));
    }

    /// Strangers' changes of the type change neither what counts nor when.
    #[test]
    fn a_strangers_type_changes_nothing(events in events(25)) {
        let strange = |e: &Event| matches!(e, Event::Fill(STRANGER | 78, "type", _));
        let others: Vec<Event> = events.iter().map(|e| if strange(e) { Event::Fill(STRANGER, "country", "X") } else { e.clone() }).collect();
        // What somebody who may writes over a stranger's type would be no edit without that.
        let confirmed = events.iter().any(|e| matches!(e, Event::Fill(1..=40 | REQUESTER, "type", _)));
        if !confirmed {
            let (with, without) = (told(&go_on(story(), &events)).2, told(&go_on(story(), &others)).2);
            prop_assert_eq!((with.kind, with.settled, with.changes), (without.kind, without.settled, without.changes));
        }
    }
}
