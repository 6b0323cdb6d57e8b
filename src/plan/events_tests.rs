use std::sync::Arc;

use chrono::NaiveDate;

use super::*;
use crate::desk::meetings::KeptMinutes;
use crate::desk::milestones::Milestones;
use crate::desk::outcome::Outcome;
use crate::desk::step::Progress;
use crate::desk::waiting::{ConditionKind, Waiting};
use crate::page::{PageRef, User};
use crate::records::news::News;
use crate::testing::{BOT, at, filed_at, names, roster};

fn row(id: u64, status: &str) -> Row {
    Row {
        page: PageRef { id, title: format!("Desk/Requests/R{id}") },
        title: format!("Old ''maps'' {id}"),
        owners: vec!["Rita".to_owned()],
        kind: "data".to_owned(),
        status: status.to_owned(),
        since: at(0),
        milestones: filed_at(at(0)),
        ..Row::default()
    }
}

fn known(row: Row, news: Option<News>) -> Known {
    Known {
        id: row.page.id,
        row: Some(Arc::new(row)),
        revision: 5,
        due: None,
        problems: Vec::new(),
        rests_on: None,
        news: news.map(Arc::new),
        held: false,
    }
}

fn told(known: &[Known]) -> Vec<(String, String, String)> {
    let events = events(known.iter(), &crate::config::shipped(), Language::english());
    events.into_iter().map(|event| (event.key, event.title, event.text)).collect()
}

fn told_as(key: &str, title: &str, text: &str) -> (String, String, String) {
    (key.to_owned(), title.to_owned(), text.to_owned())
}

#[test]
fn what_happened_the_newest_first() {
    let by_rule = NewsBasis { rule: "consensus".to_owned(), ..NewsBasis::default() };
    let by_person =
        NewsBasis { user: "Alice".to_owned(), reason: "It is [[Done|all there]]".to_owned(), ..NewsBasis::default() };
    let done = Row {
        since: at(30),
        milestones: Milestones {
            statuses: vec![("incomplete".to_owned(), at(0)), ("approved".to_owned(), at(20))],
            ..Milestones::default()
        },
        decided_by: "Alice".to_owned(),
        outcome: Outcome { text: "1,200 maps".to_owned(), ..Outcome::default() },
        outcome_at: Some(at(25)),
        ..row(7, "done")
    };
    let news = News { basis: by_person, decided_on: by_rule, ..News::default() };
    let filed = told_as("7/filed", "Filed: Old maps 7", "Data, Rita");
    let told_of = |news| told(&[known(done.clone(), news)]);
    let outcome = told_as("7/outcome/2026-03-02T01:00:00Z", "What came of it: Old maps 7", "1,200 maps");
    assert_eq!(
        told_of(Some(news)),
        [
            told_as("7/done/2026-03-02T06:00:00Z", "Done: Old maps 7", "Alice: It is all there"),
            outcome.clone(),
            told_as("7/approved/2026-03-01T20:00:00Z", "Approved: Old maps 7", "by the rule “consensus”"),
            filed.clone(),
        ]
    );
    // What only a table tells of has the same keys.
    assert_eq!(
        told_of(None),
        [
            told_as("7/done/2026-03-02T06:00:00Z", "Done: Old maps 7", "Alice"),
            outcome,
            told_as("7/approved/2026-03-01T20:00:00Z", "Approved: Old maps 7", ""),
            filed,
        ]
    );
    // A decision that ends it is told once.
    let milestones = Milestones {
        statuses: vec![("incomplete".to_owned(), at(0)), ("declined".to_owned(), at(20))],
        ..Milestones::default()
    };
    let declined = Row { since: at(20), milestones, ..row(8, "declined") };
    let of_meeting = NewsBasis {
        meeting: (NaiveDate::from_ymd_opt(2026, 3, 1), "Desk/Meetings/M".to_owned()),
        ..NewsBasis::default()
    };
    let declined = told(&[known(declined, Some(News { basis: of_meeting, ..News::default() }))]);
    assert_eq!(declined.len(), 2);
    assert_eq!(declined[0].1, "Declined: Old maps 8");
    assert_eq!(declined[0].2, "decided by the meeting of 2026-03-01");
    // A page that has lost its template is no request.
    assert_eq!(told(&[known(Row { lost: true, ..row(9, "review") }, None)]), []);
}

#[test]
fn only_the_newest_are_told_each_with_a_key_of_its_own() {
    let hours = |id: u64| i64::try_from(id * 37 % 400).unwrap();
    let many: Vec<Known> =
        (1..=300).map(|id| known(Row { milestones: filed_at(at(hours(id))), ..row(id, "review") }, None)).collect();
    let events = events(many.iter(), &crate::config::shipped(), Language::english());
    let mut times: Vec<Time> = (1..=300).map(|id| at(hours(id))).collect();
    times.sort_by_key(|time| Reverse(*time));
    assert_eq!(events.iter().map(|event| event.at).collect::<Vec<_>>(), times[..MOST_EVENTS]);
    let keys: std::collections::BTreeSet<&str> = events.iter().map(|event| event.key.as_str()).collect();
    assert_eq!(keys.len(), events.len());
}

#[test]
fn what_is_due_the_first_first() {
    let desk = crate::config::shipped();
    let bot = User { id: BOT, name: "Bot".to_owned(), temporary: false };
    let mut snapshot = Snapshot::empty(bot, names(&desk, &[]), roster());
    let day = |day| NaiveDate::from_ymd_opt(2026, 3, day);
    let terms = &mut snapshot.roster.terms;
    terms[0].until = day(20);
    // This one goes on.
    terms[1].until = day(20);
    let next = Term { from: day(21), until: None, ..terms[1].clone() };
    terms.push(next);
    // These are over.
    terms[2].until = day(1);
    (terms[3].until, terms[3].ended) = (day(25), Some(at(2)));
    let meeting = |page, date| KeptMinutes { page, date };
    snapshot.minutes_pages = vec![meeting(90, day(12)), meeting(91, day(1)), meeting(92, None)];

    let waits = |kind, until| Waiting { code: WaitingFor::Condition(kind), until, ..Waiting::default() };
    let voted = Row { waiting: waits(ConditionKind::OpenFor, Some(at(72))), ..row(1, "review") };
    let silence = Some(at(1000));
    let silent = Row { waiting: waits(ConditionKind::IdleFor, silence), closes: silence, ..row(2, "more-info") };
    let progress =
        Progress { done: 1, of: 3, next: "Scan".to_owned(), who: "Dora".to_owned(), due: day(10), overdue: Vec::new() };
    let at_work = Row { progress: progress.clone(), ..row(3, "in-progress") };
    // A closed one has nothing to come, nor one that waits for votes.
    let closed = Row { progress, closes: silence, ..row(4, "done") };
    let open = Row { waiting: waits(ConditionKind::Quorum, None), ..row(5, "review") };
    let known: Vec<Known> = [voted, silent, at_work, closed, open].into_iter().map(|row| known(row, None)).collect();
    let dates = due(known.iter(), &desk, &snapshot, at(48));
    let said: Vec<_> =
        dates.iter().map(|due| (due.key.as_str(), due.when, due.title.as_str(), due.text.as_str())).collect();
    assert_eq!(
        said,
        [
            ("1/rule", When::Moment(at(72)), "En regel tillämpas om inget ändras: Old maps 1", ""),
            ("3/step", When::Day(day(10).unwrap()), "Scan (Old maps 3)", "Dora"),
            ("90/meeting", When::Day(day(12).unwrap()), "Möte den 2026-03-12", ""),
            ("term/1/member/2026-03-20", When::Day(day(20).unwrap()), "Sista dag på uppdraget: User 1 (ledamot)", ""),
            ("2/closes", When::Moment(at(1000)), "Avslutas på grund av tystnad om ingen skriver: Old maps 2", "Rita"),
        ]
    );
    assert_eq!(dates[2].page, desk.pages.agenda);
}
