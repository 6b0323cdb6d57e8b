//! What a pass costs: requests and edits, counted.

use helpdesk::pass::{Look, PassState};

use crate::stage::{MEMBERS, PASSER, REQUESTER, STAFF, Stage, complete};

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_over_an_unchanged_desk_costs_the_same_however_many_requests_there_are() {
    let few = Stage::new("cost few").await;
    let many = Stage::new("cost many").await;
    for (stage, count) in [(&few, 3), (&many, 60)] {
        let person = stage.person(REQUESTER).await;
        for i in 0..count {
            person.edit(&stage.page(&format!("R{i}")), &complete(&format!("R{i}"), ""), "new").await.unwrap();
        }
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
    assert!(costs[0] <= 8, "{costs:?}");

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
    // Five or so that every pass makes, the HTML, the newest revisions, their authors, a decision's status, two edits.
    assert!(spent.iter().all(|n| *n <= 13), "{spent:?}");
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
