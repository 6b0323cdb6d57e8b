//! Plans on a wiki of plain texts: what is written is right, is written once, and is lost at no point in between.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{TimeDelta, TimeZone, Utc};
use proptest::prelude::*;

use super::draft::{self, Reading, Settled};
use super::*;
use crate::decide::decide;
use crate::desk::roster::Roster;
use crate::desk::{Choice, Desk};
use crate::page::{Page, PageRef, Revision, Time, User};
use crate::plan::snapshot::Snapshot;
use crate::records::ledger;
use crate::records::tables::{Row, rows};
use crate::testing::{BOT, REQUESTER, Story, at, roster, story};
use crate::wikitext::names::Names;

fn bot() -> User {
    User { id: BOT, name: "Bot".to_owned(), temporary: false }
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
        let archives = self
            .0
            .keys()
            .filter_map(|title| Some((crate::pass::classify::archive_year(title, desk)?, self.page(title)?)));
        Snapshot {
            status: self.page(&desk.pages.status),
            problems_page: self.page(&desk.pages.problems),
            archives: archives.collect(),
            ..Snapshot::empty(bot(), Names::new(desk, &crate::testing::titles(), &[]), Roster::default())
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
        self.0.values().flat_map(|text| rows(text)).map(|row| row.page.id).collect()
    }
}

fn request(id: u64, status: &str, since: Time) -> (Page, Reading) {
    let title = format!("Desk/Requests/{id}");
    let revision = Revision { id: 1, parent: 0, at: at(0), user: Some(bot()), text: Some(String::new()) };
    let row = Row {
        page: PageRef { id, title: title.clone() },
        title: format!("Request {id}"),
        status: status.to_owned(),
        since,
        ..Row::default()
    };
    let page = Page { id, title, redirect: false, revision };
    (page, Reading::Settled(Box::new(Settled { row, due: None })))
}

fn requests() -> impl Strategy<Value = Vec<(Page, Reading)>> {
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
    fn an_interrupted_plan_loses_nothing(before in requests(), after in requests(), cut in 0_usize..8) {
        let desk = crate::config::shipped();
        let now = Utc.with_ymd_and_hms(2026, 11, 1, 0, 0, 0).unwrap() + TimeDelta::days(1);
        let plan = |texts: &Texts, requests: &[(Page, Reading)]| draft::draft(&desk, &texts.snapshot(&desk), requests, now);
        let mut texts = Texts::default();
        texts.apply(&plan(&texts, &before).changes);
        prop_assert!(plan(&texts, &before).changes.is_empty(), "{}", plan(&texts, &before));

        let kept: BTreeSet<u64> = before.iter().map(|(p, _)| p.id).filter(|id| after.iter().any(|(p, _)| p.id == *id)).collect();
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
        let all: BTreeSet<u64> = after.iter().map(|(p, _)| p.id).collect();
        prop_assert_eq!(whole.listed(), all);
    }
}

/// A request with some history, its page and the snapshot around it.
fn told() -> (Desk, Snapshot, Vec<(Page, Reading)>, String) {
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
    let snapshot = Snapshot::empty(bot(), Names::new(&desk, &crate::testing::titles(), &[]), roster());
    (desk, snapshot, vec![(page, Reading::Decided(Box::new((facts, decision))))], text.to_owned())
}

#[test]
fn what_people_read_of_a_first_pass() {
    let (desk, snapshot, readings, _) = told();
    let plan = draft::draft(&desk, &snapshot, &readings, at(9));
    // The digest depends on the version of the program.
    let shown = plan.to_string();
    let digest = shown.find("|basis=").map(|at| shown[at..at + 23].to_owned()).unwrap();
    insta::assert_snapshot!(shown.replace(&digest, "|basis=(digest)"));
    let Reading::Decided(decided) = &readings[0].1 else { unreachable!() };
    let diff = |revision| format!("Special:Diff/{revision}");
    insta::assert_snapshot!("explained", crate::explain::text(&decided.0, &decided.1, &desk, &diff));
    let quick = crate::config::parse(
        "[[rule]]\nname = \"quick\"\nfrom = [\"incomplete\"]\nto = \"approved\"\nwhen = { support_at_least = 2 }\n",
        "x",
    )
    .unwrap();
    let compared = crate::whatif::compare(&decided.0, &desk, &quick, &roster(), BOT, at(9));
    insta::assert_snapshot!("what_if", crate::whatif::WhatIf(vec![compared]).to_string());
}

#[test]
fn a_save_that_would_touch_peoples_text_is_not_made() {
    let (desk, snapshot, readings, text) = told();
    let plan = draft::draft(&desk, &snapshot, &readings, at(9));
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
