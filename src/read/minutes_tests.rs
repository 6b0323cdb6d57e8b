//! Lines of minutes, what they mean, when it counts, and what corrections do.

use super::*;
use crate::desk::Facts;
use crate::desk::signed::Signed;
use crate::desk::vote::Vote;
use crate::read::minutes_items::add_items;
use crate::testing::{SECRETARY, at, roster_with_secretary, story, user};

const MEETING: &str = "{{Helpdesk meeting|date=2026-03-02|present=User 1, User 2}}\n";

/// A page on which these people saved these texts, each at an hour.
fn minutes(told: &[(u64, i64, &str)]) -> Minutes {
    let names = crate::testing::names(&crate::config::shipped(), &[]);
    let roster = roster_with_secretary();
    let mut history = MinutesHistory::default();
    for (number, (who, hour, text)) in told.iter().enumerate() {
        let (id, at) = (100 + number as u64, at(*hour));
        let revision = Revision { id, parent: id - 1, at, user: Some(user(*who)), text: Some((*text).to_owned()) };
        history.feed(&revision, roster.records(*who, at), &names);
    }
    history.of(PageRef { id: 9, title: "Desk/Meetings/2026-03-02".to_owned() }, 100, None)
}

fn requests() -> Requests {
    let mut requests = Requests::default();
    let intake = crate::config::shipped().pages.intake;
    for (id, name, title) in
        [(1, "Old maps", "Maps of old"), (2, "Photos", "A title"), (3, "More photos", "a Title"), (4, "Herbarium", "H")]
    {
        requests.add(&PageRef { id, title: format!("{intake}/{name}") }, Some(title), None);
    }
    requests.add_redirect(&format!("{intake}/Former name"), &format!("{intake}/Herbarium"));
    requests
}

fn resolved(told: &[(u64, i64, &str)], hour: i64) -> Resolved {
    let (desk, titles) = (crate::config::shipped(), crate::testing::titles());
    resolve([minutes(told)].iter(), &requests(), &desk, &roster_with_secretary(), &titles, at(hour))
}

/// The kinds and details of the problems.
fn problems(told: &[(u64, i64, &str)], hour: i64) -> Vec<String> {
    let problems = resolved(told, hour).problems;
    problems.into_iter().map(|p| format!("{}: {}", p.kind.id(), p.detail)).collect()
}

fn facts(told: &[(u64, i64, &str)]) -> Facts {
    let mut facts = story();
    add_items(&mut facts, resolved(told, 24 * 60).items.get(&1).map_or(&[], Vec::as_slice));
    facts
}

fn item(more: &str) -> String {
    format!("{MEETING}{{{{Helpdesk item|request=Old maps|{more}}}}}")
}

/// The votes that follow, with when they were cast and in which revision, and when they ended.
fn votes(told: &[(u64, i64, &str)]) -> Vec<(String, String, Time, u64, Option<u64>)> {
    let votes = facts(told).statements.votes.into_iter();
    let ended = |vote: &Signed<Vote>| vote.touches.last().map(|touch| touch.revision);
    votes
        .map(|vote| {
            let ended = ended(&vote);
            let Vote { choice, on_behalf_of, .. } = vote.content;
            (choice.to_string(), on_behalf_of.unwrap_or_default(), vote.at, vote.revision, ended)
        })
        .collect()
}

/// The decisions that follow, with their reasons, in which revision they were written, and when they ended.
fn rulings(told: &[(u64, i64, &str)]) -> Vec<(String, String, u64, Option<u64>)> {
    let rulings = facts(told).statements.rulings.into_iter();
    rulings
        .map(|r| (r.content.to, r.content.reason, r.revision, r.touches.last().map(|touch| touch.revision)))
        .collect()
}

#[test]
fn a_line_says_who_voted_how_and_what_was_decided() {
    let text = item(
        "decision=Approved|support=User 1, [[User:User 2|U]]; {{u|User 3}}\n* User 4|oppose=User_5|abstain=|recused=User 6\
         |priority=8|helper=Dora|recommendation=Ask ''them''.",
    );
    let found = resolved(&[(SECRETARY, 26, &text)], 30);
    assert_eq!(found.problems, []);
    let [item] = found.items[&1].as_slice() else { panic!("{found:?}") };
    let names: Vec<String> = item.votes.iter().map(|(choice, name)| format!("{choice} {name}")).collect();
    assert_eq!(names, ["support User 1", "support User 2", "support User 3", "support User 4", "oppose User 5"]);
    assert_eq!((item.decision.as_deref(), item.recused.as_slice()), (Some("approved"), &["User 6".to_owned()][..]));
    assert_eq!((item.priority.as_str(), item.helper.as_str()), ("8", "Dora"));
    assert_eq!(item.recommendation, "Ask ''them''.");
    assert_eq!((item.author.id, item.revision, item.at), (SECRETARY, 100, at(26)));
}

#[test]
fn votes_are_cast_on_the_day_of_the_meeting() {
    let text = item("support=User 1");
    let cast = |hour| votes(&[(SECRETARY, hour, &text)])[0].2;
    // The meeting is on the second day.
    assert_eq!(cast(40), at(40), "when it is written");
    assert_eq!(cast(90), at(48) - chrono::TimeDelta::seconds(1), "at the end of the day, where it is written later");
    assert_eq!(cast(3), at(24), "not before it");
    let corrected = [(SECRETARY, 26, text.as_str()), (SECRETARY, 40, &item("support=User 1, User 2"))];
    assert_eq!(votes(&corrected)[1].2, at(26), "a correction tells of the same time");
}

#[test]
fn what_a_stranger_does_changes_nothing() {
    let real = item("support=User 1");
    let more = format!("{real}\n{{{{Helpdesk item|request=Photos|decision=declined}}}}");
    let altered = item("support=User 2");
    let expect = votes(&[(SECRETARY, 26, &real)]);
    for (told, what) in [
        (vec![(SECRETARY, 26, real.as_str()), (7, 27, &more)], "a line added"),
        (vec![(SECRETARY, 26, real.as_str()), (7, 27, &altered)], "a line changed"),
        (vec![(SECRETARY, 26, real.as_str()), (7, 27, MEETING)], "a line taken away"),
        (
            vec![(SECRETARY, 26, real.as_str()), (7, 27, &altered), (SECRETARY, 28, &format!("{altered}\nBye."))],
            "saved",
        ),
    ] {
        assert_eq!(votes(&told), expect, "{what}");
        assert!(!resolved(&told, 30).items.contains_key(&2), "{what}");
        assert_eq!(problems(&told, 30), ["minutes-untrusted: User 7"], "{what}");
    }
    assert!(votes(&[(7, 26, &real)]).is_empty());
    assert_eq!(problems(&[(7, 26, &real)], 30)[0], "minutes-untrusted: User 7");
}

#[test]
fn corrections_end_what_they_correct_and_nothing_else() {
    let first = item("decision=approved|support=User 1|recommendation=Go.");
    let second = item("decision=approved|support=User 2|recommendation=Go ahead.");
    let third = item("decision=declined|support=User 2|recommendation=Go ahead.");
    let told = [(SECRETARY, 26, first.as_str()), (40, 27, &second), (SECRETARY, 28, &third), (SECRETARY, 29, MEETING)];
    let short = |told: &[(u64, i64, &str)]| -> Vec<(String, u64, Option<u64>)> {
        votes(told).into_iter().map(|(_, name, _, revision, ended)| (name, revision, ended)).collect()
    };
    let vote = |name: &str, revision, ended| (name.to_owned(), revision, ended);
    assert_eq!(short(&told[..2]), [vote("User 1", 100, Some(101)), vote("User 2", 101, None)]);
    assert_eq!(short(&told[..3]), [vote("User 1", 100, Some(101)), vote("User 2", 101, None)]);
    assert_eq!(short(&told), [vote("User 1", 100, Some(101)), vote("User 2", 101, Some(103))]);
    let ruling = |to: &str, reason: &str, revision, ended| (to.to_owned(), reason.to_owned(), revision, ended);
    assert_eq!(rulings(&told[..2]), [ruling("approved", "Go ahead.", 100, None)], "its reason was reworded");
    let declined = |ended| ruling("declined", "Go ahead.", 102, ended);
    assert_eq!(rulings(&told[..3]), [ruling("approved", "Go ahead.", 100, Some(102)), declined(None)]);
    assert_eq!(rulings(&told)[1], declined(Some(103)));
    assert_eq!((facts(&told[..3]).discussed.len(), facts(&told).discussed.len()), (1, 0));
}

#[test]
fn a_request_is_found_by_whatever_it_is_called() {
    let (requests, intake, titles) = (requests(), crate::config::shipped().pages.intake, crate::testing::titles());
    let find = |written: &str| requests.find((written, at(0)), &intake, &titles);
    for (written, id) in [
        ("Old maps", 1),
        ("old_maps", 1),
        ("OLD MAPS", 1),
        ("maps of old", 1),
        (&format!("{intake}/Old maps"), 1),
        (&format!("[[{intake}/Old_maps|the maps]]"), 1),
        (&format!("[[:{intake}/old maps]]"), 1),
        ("Photos", 2),
        ("Former name", 4),
    ] {
        assert_eq!(find(written), Ok(id), "{written}");
    }
    let ambiguous = format!("A title: {intake}/Photos, {intake}/More photos");
    assert_eq!(find("A title"), Err((ProblemKind::MinutesAmbiguous, ambiguous)));
    assert_eq!(find("Old mapz"), Err((ProblemKind::MinutesRequest, "Old mapz → Old maps".to_owned())));
    assert_eq!(find("Something else"), Err((ProblemKind::MinutesRequest, "Something else".to_owned())));
}

#[test]
fn what_is_wrong_is_told_with_what_may_be_meant() {
    let is = |text: &str, hour: i64, expect: &[&str]| {
        assert_eq!(problems(&[(SECRETARY, 26, text)], hour), expect, "{text}");
    };
    is(
        &item("decision=aproved|suport=User 1"),
        30,
        &["minutes-line: suport → support", "minutes-decision: aproved → approved"],
    );
    is(&item("support=User 1, User 100, Eve"), 30, &["minutes-person: User 100 → User 10", "minutes-person: Eve"]);
    is(
        &format!("{MEETING}{{{{Helpdesk item|request=|decision=approved}}}}"),
        30,
        &["minutes-line: {{Helpdesk item|request=|decision=approved}}"],
    );
    is("{{Helpdesk meeting|date=soon}}", 30, &["minutes-date: soon"]);
    is("{{Helpdesk item|request=Old maps}}", 30, &["minutes-date: "]);
    is("Words.", 30, &[]);
    is(
        &format!("{MEETING}{MEETING}"),
        30,
        &["minutes-line: {{Helpdesk meeting|date=2026-03-02|present=User 1, User 2}}"],
    );
    is(&MEETING.replace("User 2", "Zoe"), 30, &["minutes-person: Zoe"]);
    // What was wrong and was mended is no trouble.
    assert!(
        problems(&[(SECRETARY, 26, &item("support=Eve")), (SECRETARY, 27, &item("support=User 1"))], 30).is_empty()
    );
}

#[test]
fn a_meeting_that_is_still_to_come_says_nothing_yet() {
    let text = item("decision=approved").replace("03-02", "03-09");
    let told = [(SECRETARY, 26, text.as_str())];
    let before = resolved(&told, 30);
    assert!(before.items.is_empty());
    assert_eq!((problems(&told, 30), before.due), (vec!["minutes-future: 2026-03-09".to_owned()], Some(at(8 * 24))));
    let then = resolved(&told, 8 * 24);
    assert_eq!(
        (then.items[&1][0].at, then.problems.len(), then.due),
        (at(8 * 24), 0, Some(at(9 * 24) - chrono::TimeDelta::seconds(1)))
    );
    // Prepared for it.
    let prepared = item("").replace("03-02", "03-09");
    assert!(problems(&[(SECRETARY, 26, &prepared)], 30).is_empty());
}

#[test]
fn a_vote_at_a_meeting_stands_between_those_on_the_page() {
    let mut facts = crate::testing::Story::voted(story(), 1, 20, Choice::Oppose);
    facts = crate::testing::Story::voted(facts, 1, 50, Choice::Abstain);
    let told = [(SECRETARY, 90, &*item("support=User 1"))];
    add_items(&mut facts, &resolved(&told, 24 * 60).items[&1]);
    let order: Vec<&str> = facts.statements.votes.iter().map(|vote| vote.content.choice.id()).collect();
    assert_eq!(order, ["oppose", "support", "abstain"]);
}

#[test]
fn a_line_that_was_prepared_says_nothing_until_it_is_filled_in() {
    let (prepared, filled_in) = (item(""), item("decision=approved"));
    let told = [(SECRETARY, 1, prepared.as_str()), (SECRETARY, 42, filled_in.as_str())];
    let day_ends = at(48) - chrono::TimeDelta::seconds(1);
    let before = resolved(&told[..1], 30);
    assert_eq!((before.items.len(), before.held, before.due), (0, Vec::new(), Some(day_ends)));
    assert_eq!(resolved(&told[..1], 50).held, [day_ends], "held, though nothing was written");
    let after = resolved(&told, 50);
    assert_eq!((after.items[&1].len(), after.items[&1][0].at, after.held), (1, at(42), vec![at(42)]));
}

#[test]
fn nobody_means_a_request_that_was_filed_later() {
    let (mut requests, intake, titles) = (requests(), crate::config::shipped().pages.intake, crate::testing::titles());
    let page = |id, name: &str| PageRef { id, title: format!("{intake}/{name}") };
    requests.add(&page(1, "Old maps"), Some("Maps of old"), Some(at(1)));
    requests.add(&page(9, "Maps of old"), Some("Mine"), Some(at(50)));
    let find = |hour| requests.find(("Maps of old", at(hour)), &intake, &titles);
    assert_eq!((find(10), find(60)), (Ok(1), Ok(9)));
    // One of which nothing is known yet takes nothing from one that was there.
    requests.add(&page(10, "Maps of Old"), Some("Mine"), None);
    assert_eq!(requests.find(("Maps of Old", at(10)), &intake, &titles), Ok(1));
}

#[test]
fn who_is_named_for_two_votes_has_given_none() {
    let text = item("support=User 1, User 2|oppose=User 1, a<b");
    let told = [(SECRETARY, 26, text.as_str())];
    let cast: Vec<String> = votes(&told).into_iter().map(|(_, name, ..)| name).collect();
    assert_eq!(cast, ["User 2"]);
    assert_eq!(problems(&told, 30), ["minutes-person: a<b", "minutes-line: User 1"]);
}
