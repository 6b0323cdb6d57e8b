//! What a pass costs: requests and edits, counted.

use crate::stage::{PASSER, REQUESTER, Stage, complete};

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
