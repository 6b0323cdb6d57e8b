//! Three requests at once, and pages that fail while others have their turn.

use std::time::Duration;

use helpdesk::pass;

use crate::faults::behind;
use crate::proxy::Fate;
use crate::stage::MEMBERS;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_fails_does_not_wait_for_those_that_wait_for_it() {
    let (stage, proxy) = behind("hostile lanes").await;
    let names = ["One", "Two", "Three", "Four"];
    for name in names {
        stage.file(name, "").await;
    }
    stage.settle().await;
    let mut newest = 0;
    for name in names {
        newest = stage.add(MEMBERS[1], name, "* {{support}} ~~~~").await;
    }
    // The one that is read first fails at once, while the others are in the middle of their requests.
    let failing = format!("/revision/{newest}/");
    proxy.fate(move |request| match request.kind() {
        "html" if request.text.contains(&failing) => Fate::Instead("413 Payload Too Large", "", "{}"),
        "edit" => Fate::Well,
        _ => Fate::Late(Duration::from_millis(200)),
    });
    let pass = pass::once(&stage.client, &stage.desk, None);
    let outcome = tokio::time::timeout(Duration::from_secs(60), pass).await.expect("a pass ends").expect("a pass");
    assert!(outcome.unread.is_empty() && outcome.held_back.is_none(), "{:?}", outcome.unread);
    assert_eq!(stage.problems_of(&stage.page("Four")).await, ["unread"]);
    let expected = [("Four", None), ("One", Some(1)), ("Three", Some(1)), ("Two", Some(1))];
    assert_eq!(stage.shown().await, expected.map(|(name, votes)| (name.to_owned(), votes)));
}
