//! What keeps the bot from writing.

use helpdesk::pass;

use crate::stage::{PASSER, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn while_the_stop_page_has_text_nothing_is_written() {
    let stage = Stage::new("stop").await.run_by_stopped_bot().await;
    stage.file("Waits", "").await;
    let stop = format!("User:{}/Stop", crate::stage::STOPPED_BOT);
    let person = stage.person(PASSER).await;
    person.edit(&stop, "Please stop, it does strange things.", "stop").await.unwrap();
    let outcome = stage.once().await;
    assert!(outcome.written.is_empty() && outcome.held_back.unwrap().to_string().contains(&stop));
    assert!(person.text_if_there(&stage.desk.pages.status).await.unwrap().is_none());
    person.edit(&stop, "<!-- nothing -->", "go on").await.unwrap();
    let outcome = stage.once().await;
    assert_eq!(outcome.held_back, None);
    assert_eq!(stage.rows().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_approval_or_with_too_many_edits_it_only_plans() {
    let mut stage = Stage::new("unapproved").await;
    stage.file("Waits", "").await;
    stage.desk.safety.approved = None;
    let outcome = stage.once().await;
    assert!(outcome.written.is_empty() && outcome.held_back.unwrap().to_string().contains("safety.approved"));
    assert_eq!(outcome.plan.changes.len(), 3);
    stage.desk.safety.approved = Some("https://localhost/".to_owned());
    stage.desk.safety.max_edits_per_pass = 2;
    let outcome = stage.once().await;
    assert!(outcome.written.is_empty() && outcome.held_back.unwrap().to_string().contains("max_edits_per_pass"));
    stage.desk.safety.max_edits_per_pass = 3;
    assert_eq!(stage.once().await.written.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_the_wiki_protects_is_reported_and_stops_nothing_else() {
    let stage = Stage::new("protected").await;
    stage.file("Locked", "").await;
    stage.file("Open", "").await;
    let admin = stage.person(crate::stage::ADMIN).await;
    let page = stage.page("Locked");
    admin
        .post(&[("action", "protect"), ("title", page.as_str()), ("protections", "edit=sysop"), ("reason", "x")])
        .await
        .unwrap();
    let outcome = stage.once().await;
    assert_eq!(outcome.held_back, None);
    assert_eq!(stage.status("Open").await, "review");
    let problems = stage.text(&stage.desk.pages.problems).await;
    assert!(problems.contains("|kind=refused|detail=protectedpage"), "{problems}");
    assert_eq!(stage.rows().await.len(), 2);
    // Nothing new: nothing is written again.
    let again = pass::once(&stage.client, &stage.desk, None).await.unwrap();
    assert!(again.written.is_empty(), "{:?}", again.written.iter().map(|c| &c.page).collect::<Vec<_>>());
}
