//! What a pass costs: requests and edits, counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use helpdesk::desk::milestones::Milestones;
use helpdesk::page::PageRef;
use helpdesk::pass::{self, Look, PassState};
use helpdesk::plan::OTHER_EDITS;
use helpdesk::plan::basis::Basis;
use helpdesk::records::tables::{RestsOn, Row, archive_page};
use helpdesk::sandbox::ImportedPage;
use helpdesk::wikitext::block;

use crate::stage::{MEMBERS, PASSER, REQUESTER, STAFF, Stage, complete};

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_over_an_unchanged_desk_costs_the_same_however_many_requests_there_are() {
    let few = Stage::new("cost few").await;
    let many = Stage::new("cost many").await;
    for (stage, count) in [(&few, 3), (&many, 60)] {
        let page = |i| {
            let name = format!("R{i}");
            ImportedPage::new(&stage.page(&name)).revision(REQUESTER, chrono::Utc::now(), &complete(&name, ""))
        };
        stage.import(&(0..count).map(page).collect::<Vec<_>>()).await;
        stage.settle().await;
        assert_eq!(stage.rows().await.len(), count);
    }
    let mut costs = Vec::new();
    for stage in [&few, &many] {
        let before: usize = stage.client.counts().values().sum();
        let outcome = stage.once().await;
        assert!(outcome.written.is_empty());
        costs.push(outcome.requests.values().sum::<usize>() - before);
    }
    assert_eq!(costs[0], costs[1], "requests of a pass over 3 and over 60 requests");
    // Two of them since there is no archive page and no minutes yet, which are asked for twice.
    assert!(costs[0] <= 11, "{costs:?}");

    // One vote costs one page: its HTML, its history, two edits.
    many.add(PASSER, "R7", "* {{support}} ~~~~").await;
    let before = many.client.counts();
    let outcome = many.once().await;
    let spent = |kind: &str| outcome.requests.get(kind).unwrap_or(&0) - before.get(kind).unwrap_or(&0);
    assert_eq!((spent("html"), spent("edit")), (1, 1), "a vote that does not count changes no table");
    assert_eq!(outcome.written[0].page, many.page("R7"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_needed_no_edit_is_not_read_again_by_the_same_process() {
    let stage = Stage::new("known").await;
    stage.file("Talk", "").await;
    stage.settle().await;
    stage.add(PASSER, "Talk", "Just some words. ~~~~").await;
    let mut state = PassState::default();
    let mut html = Vec::new();
    for _ in 0..3 {
        let before = stage.client.counts();
        let outcome =
            helpdesk::pass::next(&stage.client, &stage.desk, None, &mut state, &Look::Everything).await.unwrap();
        assert!(outcome.written.is_empty() && outcome.due.is_some());
        html.push(outcome.requests.get("html").unwrap_or(&0) - before.get("html").unwrap_or(&0));
        if html.len() == 2 {
            stage.add(MEMBERS[1], "Talk", "* {{support}} ~~~~").await;
            helpdesk::pass::next(&stage.client, &stage.desk, None, &mut state, &Look::Everything).await.unwrap();
            assert_eq!(stage.ledger("Talk").await.len(), 1);
        }
    }
    assert_eq!(html, [1, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_on_a_page_with_a_long_history_costs_a_handful_of_requests() {
    let mut stage = Stage::new("long history").await;
    stage.file("Long", "").await;
    stage.add(MEMBERS[1], "Long", "* {{support}} a ~~~~\n* {{support}} b ~~~~").await;
    stage.add(PASSER, "Long", "* {{support}} ~~~~\n* <s>{{oppose}}</s> ~~~~").await;
    stage.add(STAFF, "Long", &format!("* {{{{oppose|for={}}}}} ~~~~", MEMBERS[2])).await;
    let talker = stage.person(PASSER).await;
    for i in 0..40 {
        talker.append(&stage.page("Long"), &format!("\n: word {i} ~~~~"), "talk").await.unwrap();
    }
    stage.settle().await;
    let mut spent = Vec::new();
    for (who, line) in [
        (MEMBERS[3], "* {{support}} c ~~~~"),
        (MEMBERS[1], "* {{abstain}} after all ~~~~"),
        (REQUESTER, ": An answer. ~~~~"),
        (STAFF, "{{Helpdesk decision|on-hold}} ~~~~"),
        (MEMBERS[4], "* {{support}} ~~~~"),
    ] {
        stage.add(who, "Long", line).await;
        let before: usize = stage.client.counts().values().sum();
        let outcome = stage.once().await;
        spent.push(outcome.requests.values().sum::<usize>() - before);
    }
    // Ten or so that every start makes, two of them since there is no archive page and no minutes yet, and what the bot may edit; the HTML,
    // the newest revisions, their authors, a decision's status, two edits; two more where a test beside this one has just
    // changed a redirect.
    assert!(spent.iter().all(|n| *n <= 19), "{spent:?}");
    let ledger = stage.ledger("Long").await;
    assert_eq!(ledger.len(), 8, "{ledger:?}");

    // All of the history, read from the beginning, says the same to the letter.
    stage.desk.votes[0].templates.push("Never used".to_owned());
    let plan = stage.plan().await;
    assert!(plan.changes.is_empty(), "{plan}");

    // A vote that somebody touched is a matter for all of the history.
    stage.alter(PASSER, "Long", "* {{support}} c", "* <s>{{support}}</s> c").await;
    stage.settle().await;
    assert!(stage.ledger("Long").await.contains(&format!("{} support yes (touched by {PASSER})", MEMBERS[3])));
}

/// A desk with so many closed requests, each with a row in the archive as the bot left it there.
async fn with_archive(name: &str, count: usize) -> Stage {
    let stage = Stage::new(name).await;
    let roster = pass::plan(&stage.client, &stage.desk, None).await.unwrap().0.roster;
    let done = chrono::Utc::now() - chrono::TimeDelta::days(400);
    let pages: Vec<ImportedPage> = (0..count)
        .map(|i| {
            let name = format!("Closed {i:04}");
            let text = complete(&name, "");
            let closed = text.replace("|title=", "|status=done\n|title=");
            ImportedPage::new(&stage.page(&name)).revision(REQUESTER, done, &text).revision(STAFF, done, &closed)
        })
        .collect();
    let ids = stage.import(&pages).await;
    let basis = Basis::new(&stage.desk, &roster).of_closed(0, done);
    let rows: Vec<Arc<Row>> = ids
        .into_iter()
        .enumerate()
        .map(|(i, (id, revision))| {
            let title = stage.page(&format!("Closed {i:04}"));
            let (kind, status) = ("data".to_owned(), "done".to_owned());
            let rests_on = Some(RestsOn { revision, basis: basis.clone() });
            let page = PageRef { id, title };
            let statuses = vec![("incomplete".to_owned(), done), (status.clone(), done)];
            let milestones = Milestones { statuses, ..Milestones::default() };
            let title = page.title.clone();
            Arc::new(Row { title, page, kind, status, since: done, milestones, rests_on, ..Row::default() })
        })
        .collect();
    let year = chrono::Datelike::year(&done);
    let archive = rows.chunks(stage.desk.archive_rows_per_page).enumerate().map(|(number, rows)| {
        let first = stage.desk.pages.archive_of(year, 1);
        let title = if number == 0 { first } else { format!("{first}/{}", number + 1) };
        let text = block::wrap("archive", &archive_page(rows, year, None, number + 1));
        ImportedPage::new(&title).revision(&stage.client.me.name, chrono::Utc::now(), &text)
    });
    stage.import(&archive.collect::<Vec<_>>()).await;
    stage
}

/// The requests that a pass makes, by kind.
async fn spent(stage: &Stage, state: &mut PassState, look: &Look) -> (BTreeMap<String, usize>, pass::Outcome) {
    let before = stage.client.counts();
    let outcome = pass::next(&stage.client, &stage.desk, None, state, look).await.unwrap();
    assert_eq!(outcome.held_back, None);
    let spent = |(kind, n): (&String, &usize)| (kind.clone(), n - before.get(kind).unwrap_or(&0));
    (outcome.requests.iter().map(spent).filter(|(_, n)| *n > 0).collect(), outcome)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_costs_the_same_over_60_and_600_and_1200_closed_requests() {
    let mut costs = Vec::new();
    for count in [60, 600, 1200] {
        let mut stage = with_archive(&format!("archive {count}"), count).await;
        stage.file("Open", "").await;
        stage.settle().await;
        assert_eq!(stage.rows().await.len(), 1, "all others are in the archive still");
        let (cost, outcome) = spent(&stage, &mut PassState::default(), &Look::Everything).await;
        assert!(outcome.written.is_empty() && outcome.backlog == 0, "{:?}", outcome.written);
        costs.push(cost);
        if count != 600 {
            continue;
        }
        // Other rules: so many requests are read anew in a pass, and their rows stay meanwhile.
        stage.desk.rules[0].name = "renamed".to_owned();
        stage.desk.safety.max_edits_per_pass = OTHER_EDITS + 10;
        let mut state = PassState::default();
        let (cost, outcome) = spent(&stage, &mut state, &Look::Everything).await;
        assert_eq!((cost.get("html"), outcome.backlog), (Some(&10), 591), "{cost:?}");
        let (cost, outcome) = spent(&stage, &mut state, &Look::Pages(BTreeMap::new())).await;
        assert_eq!((cost.get("html"), outcome.backlog), (Some(&10), 581), "{cost:?}");
        let archived = stage
            .text(
                &stage
                    .desk
                    .pages
                    .archive_of(chrono::Datelike::year(&(chrono::Utc::now() - chrono::TimeDelta::days(400))), 1),
            )
            .await;
        assert_eq!(helpdesk::records::tables::rows(&archived, "archive").len(), 500);
    }
    assert!(costs[0].keys().all(|kind| kind == "query") && costs[0]["query"] <= 10, "{costs:?}");
    assert!(costs[0] == costs[1] && costs[0] == costs[2], "{costs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_bot_reads_the_page_that_a_hint_names_and_no_other() {
    let stage = Stage::new("hinted").await;
    for name in ["One", "Two", "Three"] {
        stage.file(name, "").await;
    }
    let mut state = PassState::default();
    spent(&stage, &mut state, &Look::Everything).await;
    stage.add(MEMBERS[1], "One", "* {{support}} ~~~~").await;
    // Not named by the hint: not seen until another one, or a sweep.
    stage.add(MEMBERS[1], "Two", "* {{support}} ~~~~").await;
    let hint = |name: &str| Look::Pages(BTreeMap::from([(stage.page(name), false)]));
    let (cost, outcome) = spent(&stage, &mut state, &hint("One")).await;
    let written: Vec<&String> = outcome.written.iter().map(|c| &c.page).collect();
    assert_eq!(written, [&stage.page("One"), &stage.desk.pages.status]);
    // The newest revisions; the page's history and HTML; two edits. With the poll that brought the hint, six.
    assert_eq!(cost, BTreeMap::from([("edit".to_owned(), 2), ("html".to_owned(), 1), ("query".to_owned(), 2)]));
    let (cost, outcome) = spent(&stage, &mut state, &hint("One")).await;
    assert!(
        outcome.written.is_empty() && cost == BTreeMap::from([("query".to_owned(), 1)]),
        "its own edits are no news: {cost:?}"
    );

    // A new request, a moved one, a page that is no request: found by their hints.
    stage.file("Four", "").await;
    let (_, outcome) = spent(&stage, &mut state, &hint("Four")).await;
    assert_eq!(outcome.written[0].page, stage.page("Four"));
    stage.person(PASSER).await.move_page(&stage.page("Four"), &stage.page("Five"), true).await.unwrap();
    let moved = Look::Pages(BTreeMap::from([(stage.page("Four"), true), (stage.page("Five"), true)]));
    spent(&stage, &mut state, &moved).await;
    assert!(stage.rows().await.iter().any(|r| r.page.title == stage.page("Five")));
    spent(&stage, &mut state, &Look::Everything).await;
    assert_eq!(stage.rows().await.iter().map(|r| r.tally.support).sum::<u32>(), 2, "the sweep finds what hints missed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_hints_lead_to_is_what_a_look_at_everything_would() {
    let stage = Stage::new("hinted ends").await;
    for name in ["One", "Two"] {
        stage.file(name, "").await;
    }
    let passer = stage.person(PASSER).await;
    passer.edit(&stage.talk(), "== Hello ==\nIs anybody here? ~~~~", "x").await.unwrap();
    let mut state = PassState::default();
    spent(&stage, &mut state, &Look::Everything).await;
    assert!(stage.problems().await.contains("|kind=message"));

    // What is wrong elsewhere stays listed.
    stage.add(MEMBERS[1], "One", "* {{support}} ~~~~").await;
    let hint = Look::Pages(BTreeMap::from([(stage.page("One"), false)]));
    let (_, outcome) = spent(&stage, &mut state, &hint).await;
    let written: Vec<&String> = outcome.written.iter().map(|c| &c.page).collect();
    assert_eq!(written, [&stage.page("One"), &stage.desk.pages.status]);

    // A page that loses its template, and one that gets it back.
    let text = stage.text(&stage.page("One")).await;
    for (text, lost) in [("hi", true), (text.as_str(), false)] {
        passer.edit(&stage.page("One"), text, "oops").await.unwrap();
        let (_, mut outcome) = spent(&stage, &mut state, &hint).await;
        while outcome.backlog > 0 {
            outcome = spent(&stage, &mut state, &Look::Pages(BTreeMap::new())).await.1;
        }
        assert_eq!(stage.problems().await.contains("|kind=lost-template"), lost);
        assert_eq!(stage.settle().await, Vec::<String>::new(), "a new start has nothing to add");
    }
}
