//! Plans on a wiki of plain texts: what is written is right, is written once, and is lost at no point in between.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{TimeDelta, TimeZone, Utc};
use proptest::prelude::*;

use super::basis::Basis;
use super::draft::draft;
use super::reading::{Decided, Known, Reading};
use super::*;
use crate::decide::decide;
use crate::desk::roster::Roster;
use crate::desk::{Choice, Desk};
use crate::page::{Page, PageRef, Revision, Time, User};
use crate::plan::snapshot::Snapshot;
use crate::records::ledger;
use crate::records::tables::{ARCHIVE_BLOCK, RestsOn, Row, STATUS_BLOCK, rows};
use crate::testing::{BOT, REQUESTER, Story, at, filed_at, roster, story};

fn bot() -> User {
    User { id: BOT, name: "Bot".to_owned(), temporary: false }
}

/// The rows of a status page or an archive page.
fn table_rows(text: &str) -> Vec<Row> {
    [STATUS_BLOCK, ARCHIVE_BLOCK].iter().flat_map(|name| rows(text, name)).collect()
}

/// A wiki of plain texts, with the number of its last revision.
#[derive(Debug, Clone, Default, PartialEq)]
struct Texts(BTreeMap<String, String>, u64);

impl Texts {
    fn page(&self, title: &str) -> Option<Page> {
        let text = self.0.get(title)?.clone();
        let revision = Revision { id: 7, parent: 6, at: at(0), user: Some(bot()), text: Some(text) };
        Some(Page { id: 1000, title: title.to_owned(), redirect: false, revision })
    }

    fn snapshot(&self, desk: &Desk) -> Snapshot {
        let kept: BTreeMap<String, Page> = self.0.keys().filter_map(|t| Some((t.clone(), self.page(t)?))).collect();
        let saved = |page: &Page| table_rows(page.text()).into_iter().map(Arc::new).collect();
        Snapshot {
            rows: kept.iter().map(|(title, page)| (title.clone(), saved(page))).collect(),
            kept,
            ..Snapshot::empty(bot(), crate::testing::names(desk, &[]), Roster::default())
        }
    }

    fn apply(&mut self, changes: &[Change]) {
        for change in changes {
            assert_eq!(
                self.0.get(&change.page).map_or("", String::as_str),
                change.before,
                "the base of {}",
                change.page
            );
            self.0.insert(change.page.clone(), change.after.clone());
        }
    }

    /// Ids of the requests that some table has.
    fn listed(&self) -> BTreeSet<u64> {
        self.0.values().flat_map(|text| table_rows(text)).map(|row| row.page.id).collect()
    }
}

fn request(id: u64, status: &str, since: Time) -> Reading {
    let title = format!("Desk/Requests/{id}");
    let row = Row {
        page: PageRef { id, title },
        title: format!("Request {id}"),
        status: status.to_owned(),
        since,
        rests_on: Some(RestsOn { revision: id, basis: "0a".to_owned() }),
        milestones: filed_at(since),
        ..Row::default()
    };
    Reading::Known(Known {
        id,
        row: Some(Arc::new(row)),
        revision: id,
        due: None,
        problems: Vec::new(),
        rests_on: None,
        news: None,
        held: false,
    })
}

fn plan_of(desk: &Desk, snapshot: &Snapshot, readings: &[Reading], now: Time) -> Plan {
    draft(desk, snapshot, readings, &Basis::new(desk, &snapshot.roster), now).plan
}

fn requests() -> impl Strategy<Value = Vec<Reading>> {
    let status = prop::sample::select(vec!["review", "approved", "done", "declined"]);
    let one = (1_u64..12, status, 2022..2027_i32, 1_u32..13);
    prop::collection::btree_map(1_u64..12, one, 0..10).prop_map(|all| {
        all.into_iter()
            .map(|(id, (_, status, year, month))| {
                request(id, status, Utc.with_ymd_and_hms(year, month, 3, 0, 0, 0).unwrap())
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Cut anywhere, every request is in some table; planned again from there, the pages end up the same; and then there is
    /// nothing left to write.
    #[test]
    fn an_interrupted_plan_loses_nothing(before in requests(), after in requests(), cut in 0_usize..12,
        per_page in 1_usize..6, archive in prop::sample::select(vec!["A/{year}", "A/{year}-{month}"])) {
        let mut desk = crate::config::shipped();
        desk.archive_rows_per_page = per_page;
        desk.pages.archive = archive.to_owned();
        let now = Utc.with_ymd_and_hms(2026, 11, 1, 0, 0, 0).unwrap() + TimeDelta::days(1);
        let plan = |texts: &Texts, requests: &[Reading]| plan_of(&desk, &texts.snapshot(&desk), requests, now);
        let mut texts = Texts::default();
        texts.apply(&plan(&texts, &before).changes);
        prop_assert!(plan(&texts, &before).changes.is_empty(), "{}", plan(&texts, &before));

        let kept: BTreeSet<u64> = before.iter().map(Reading::id).filter(|id| after.iter().any(|r| r.id() == *id)).collect();
        let changes = plan(&texts, &after).changes;
        let mut whole = texts.clone();
        whole.apply(&changes);
        let mut cut_off = texts.clone();
        cut_off.apply(&changes[..cut.min(changes.len())]);
        prop_assert!(cut_off.listed().is_superset(&kept), "{:?} of {kept:?} after {cut}", cut_off.listed());
        // As the next pass would: from what is there.
        cut_off.apply(&plan(&cut_off, &after).changes);
        prop_assert_eq!(&cut_off, &whole);
        prop_assert!(plan(&whole, &after).changes.is_empty(), "{}", plan(&whole, &after));
        let all: BTreeSet<u64> = after.iter().map(Reading::id).collect();
        prop_assert_eq!(whole.listed(), all);
    }
}

/// A request with some history, its page and the snapshot around it.
fn told() -> (Desk, Snapshot, Vec<Reading>, String) {
    let desk = crate::config::shipped();
    let facts = story()
        .voted(1, 3, Choice::Support)
        .voted(2, 4, Choice::Support)
        .voted(REQUESTER, 5, Choice::Support)
        .voted(2, 6, Choice::Oppose)
        .edited(77, 7);
    let text = "{{Helpdesk request\n|title=words\n|type=data\n|description=words\n|justification=words\n}}\n\nPeople's words.\n";
    let revision = Revision { id: 7, parent: 6, at: at(7), user: None, text: Some(text.to_owned()) };
    let page = Page { id: 1, title: facts.page.title.clone(), redirect: false, revision };
    let decision = decide(&facts, &desk, &roster(), BOT, at(9));
    let snapshot = Snapshot::empty(bot(), crate::testing::names(&desk, &[]), roster());
    (desk, snapshot, vec![Reading::Decided(Box::new(Decided { page, facts, decision }))], text.to_owned())
}

#[test]
fn what_people_read_of_a_first_pass() {
    let (desk, snapshot, readings, _) = told();
    let plan = plan_of(&desk, &snapshot, &readings, at(9));
    // The digest depends on the version of the program.
    let shown = plan.to_string();
    let digest = shown.find("|basis=").map(|at| shown[at..at + 23].to_owned()).unwrap();
    insta::assert_snapshot!(shown.replace(&digest, "|basis=(digest)"));
    let Reading::Decided(decided) = &readings[0] else { unreachable!() };
    let diff = |revision| format!("Special:Diff/{revision}");
    insta::assert_snapshot!("explained", crate::explain::text(&decided.facts, &decided.decision, &desk, &diff));
    let quick = crate::config::parse(
        "[[rule]]\nname = \"quick\"\nfrom = [\"incomplete\"]\nto = \"approved\"\nwhen = { support_at_least = 2 }\n",
        "x",
    )
    .unwrap();
    let compared = crate::whatif::compare(&decided.facts, &desk, &quick, &roster(), BOT, at(9));
    insta::assert_snapshot!("what_if", crate::whatif::WhatIf(vec![compared]).to_string());
}

#[test]
fn a_save_that_would_touch_peoples_text_is_not_made() {
    let (desk, snapshot, readings, text) = told();
    let plan = plan_of(&desk, &snapshot, &readings, at(9));
    let mut change = plan.changes[0].clone();
    assert!(change.keeps_peoples_text(&snapshot.names));
    assert_eq!(crate::wikitext::block::without(&change.after, ledger::BLOCK).matches("People's words.").count(), 1);
    for harm in [
        change.after.replace("People's words.", "Peoples words."),
        change.after.replace("|title=words", "|title=other words"),
        change.after.replace("words.\n", "words."),
        format!("{}{text}", change.after),
    ] {
        change.after = harm;
        assert!(!change.keeps_peoples_text(&snapshot.names), "{}", change.after);
    }
}

#[test]
fn what_people_put_into_or_around_a_ledger_stops_no_save() {
    let (desk, snapshot, mut readings, text) = told();
    let plan = plan_of(&desk, &snapshot, &readings, at(9));
    let saved = plan.changes[0].after.clone();
    let (begin, end) = (crate::wikitext::block::begin(ledger::BLOCK), crate::wikitext::block::end(ledger::BLOCK));
    let votes = "* {{support}}\n</nowiki>-->\n";
    for page in [
        saved.replace(&begin, &format!("{begin}\n<nowiki>")) + votes,
        saved.replace(&begin, &format!("{begin}\n{{{{broken|")) + votes,
        saved
            .replace(&begin, &format!("{{{{Collapse|1=x\n{begin}\n{{{{old}}}}"))
            .replace(&end, &format!("{end}\n|2=y}}}}"))
            + votes,
        format!("<noinclude>{{{{Header|{begin}old{end}}}}}</noinclude>\n{text}"),
    ] {
        let Reading::Decided(decided) = &mut readings[0] else { unreachable!() };
        decided.page.revision.text = Some(page.clone());
        let plan = plan_of(&desk, &snapshot, &readings, at(9));
        assert!(plan.problems.is_empty() && plan.changes[0].before == page, "{page}\n{plan}");
    }
}

/// Closed requests of one year, the first of them closed first.
fn closed(ids: std::ops::Range<u64>) -> Vec<Reading> {
    let since = |id: u64| Utc.with_ymd_and_hms(2025, 3, 1, 0, 0, 0).unwrap() + TimeDelta::minutes(id as i64);
    ids.map(|id| request(id, "done", since(id))).collect()
}

#[test]
fn a_year_goes_on_on_further_pages_and_an_old_long_page_is_divided() {
    let mut desk = crate::config::shipped();
    let now = Utc.with_ymd_and_hms(2026, 11, 1, 0, 0, 0).unwrap();
    let title = |part: usize| {
        let first = desk.pages.archive_of(2025, 1);
        if part == 1 { first } else { format!("{first}/{part}") }
    };
    let titles: Vec<String> = (1..5).map(title).collect();
    let mut texts = Texts::default();
    // As an older version left it: all on one page.
    let plan = plan_of(&desk, &texts.snapshot(&desk), &closed(1..31), now);
    texts.apply(&plan.changes);
    let count = |texts: &Texts| {
        titles.iter().map(|t| texts.0.get(t).map_or(0, |text| table_rows(text).len())).collect::<Vec<_>>()
    };
    assert_eq!(count(&texts), [30, 0, 0, 0]);
    desk.archive_rows_per_page = 10;
    let plan = plan_of(&desk, &texts.snapshot(&desk), &closed(1..31), now);
    let pages: Vec<&String> = plan.changes.iter().map(|c| &c.page).collect();
    assert_eq!(pages, [&titles[1], &titles[2], &titles[0]], "the long page gives its rows up last");
    texts.apply(&plan.changes);
    assert_eq!(count(&texts), [10, 10, 10, 0]);
    let first: Vec<u64> = table_rows(&texts.0[&titles[0]]).iter().map(|r| r.page.id).collect();
    assert!(first.iter().all(|id| *id <= 10), "the earliest stay: {first:?}");

    // One more, and one that is gone: other pages stay as they are.
    let mut readings = closed(1..32);
    readings.remove(4);
    let plan = plan_of(&desk, &texts.snapshot(&desk), &readings, now);
    texts.apply(&plan.changes);
    assert_eq!(count(&texts), [9, 10, 10, 1]);
    assert!(plan.changes.iter().all(|c| c.page != titles[1] && c.page != titles[2]));
    assert!(plan_of(&desk, &texts.snapshot(&desk), &readings, now).changes.is_empty());
}

#[test]
fn a_row_that_was_on_its_way_to_another_page_stays_where_it_had_come_to() {
    let mut desk = crate::config::shipped();
    desk.archive_rows_per_page = 1;
    let now = Utc.with_ymd_and_hms(2026, 11, 1, 0, 0, 0).unwrap();
    let in_year = |year| Utc.with_ymd_and_hms(year, 1, 3, 0, 0, 0).unwrap();
    let mut texts = Texts::default();
    let before = [request(2, "done", in_year(2024)), request(3, "done", in_year(2022))];
    texts.apply(&plan_of(&desk, &texts.snapshot(&desk), &before, now).changes);
    let after =
        [request(2, "done", in_year(2022)), request(3, "review", in_year(2022)), request(4, "done", in_year(2022))];
    let changes = plan_of(&desk, &texts.snapshot(&desk), &after, now).changes;
    let mut whole = texts.clone();
    whole.apply(&changes);
    for cut in 0..changes.len() {
        let mut cut_off = texts.clone();
        cut_off.apply(&changes[..cut]);
        cut_off.apply(&plan_of(&desk, &cut_off.snapshot(&desk), &after, now).changes);
        assert_eq!(cut_off, whole, "after {cut}");
    }
}

#[test]
fn what_a_row_rests_on_is_saved_with_something_else_or_with_many() {
    let desk = crate::config::shipped();
    let now = Utc.with_ymd_and_hms(2026, 11, 1, 0, 0, 0).unwrap();
    let mut texts = Texts::default();
    texts.apply(&plan_of(&desk, &texts.snapshot(&desk), &closed(1..41), now).changes);
    let newer = |some: u64| {
        let mut readings = closed(1..41);
        for reading in readings.iter_mut().take(some as usize) {
            let Reading::Known(known) = reading else { unreachable!() };
            let row = Arc::make_mut(known.row.as_mut().unwrap());
            row.rests_on = Some(RestsOn { revision: 1000, basis: "0b".to_owned() });
        }
        plan_of(&desk, &texts.snapshot(&desk), &readings, now).changes.len()
    };
    assert_eq!((newer(0), newer(24), newer(25)), (0, 0, 1));

    // Decided anew by the rules in force: saved once it is the last of its page.
    let basis = Basis::new(&desk, &texts.snapshot(&desk).roster);
    let caught_up = |some: usize| {
        let mut readings = closed(1..41);
        for reading in readings.iter_mut().take(some) {
            let Reading::Known(known) = reading else { unreachable!() };
            let row = Arc::make_mut(known.row.as_mut().unwrap());
            row.rests_on = Some(RestsOn { revision: 1000, basis: basis.of_closed(row.page.id, row.since) });
        }
        readings
    };
    let mut all_but_three = texts.clone();
    all_but_three.apply(&plan_of(&desk, &texts.snapshot(&desk), &caught_up(37), now).changes);
    let changes = |some| plan_of(&desk, &all_but_three.snapshot(&desk), &caught_up(some), now).changes.len();
    assert_eq!((changes(37), changes(39), changes(40)), (0, 0, 1));
}
