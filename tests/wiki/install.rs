//! `install`: creates, updates what only the bot wrote, leaves alone what people changed.

use helpdesk::install;

use crate::stage::{ADMIN, PASSER, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn install_writes_once_and_leaves_what_people_changed() {
    let mut stage = Stage::with("install", "[templates]\nrequest = \"Install request\"\n").await;
    // Templates of this test's own name only: the others belong to all tests.
    let own = |c: &helpdesk::plan::Change| c.page.contains("Install request") || c.page.starts_with("Test install");
    let mut first = install::compare(&stage.client, &stage.desk).await.unwrap();
    first.plan.changes.retain(own);
    assert!(first.plan.changes.len() >= 6, "{:?}", first.plan.changes.iter().map(|c| &c.page).collect::<Vec<_>>());
    assert_eq!(first.left, [stage.desk.pages.committee.clone()], "an administrator wrote the roster");
    assert!(install::apply(&stage.client, &first).await.unwrap().is_empty());

    let mut second = install::compare(&stage.client, &stage.desk).await.unwrap();
    second.plan.changes.retain(own);
    assert_eq!(second.plan.changes, []);

    // A community restyles one page, another is the bot's still; the desk gets a new name.
    let person = stage.person(ADMIN).await;
    person.append("Template:Install request", "<!-- our own -->", "restyled").await.unwrap();
    stage.desk.name = "Renamed desk".to_owned();
    let mut third = install::compare(&stage.client, &stage.desk).await.unwrap();
    third.plan.changes.retain(own);
    assert!(third.left.contains(&"Template:Install request".to_owned()));
    assert!(third.plan.changes.iter().any(|c| c.page == stage.desk.root && c.after.contains("Renamed desk")));
    install::apply(&stage.client, &third).await.unwrap();
    assert!(stage.text("Template:Install request").await.ends_with("<!-- our own -->"));
    assert!(stage.text(&stage.desk.root).await.contains("Renamed desk"));
}

#[tokio::test(flavor = "multi_thread")]
async fn install_keeps_what_people_wrote_though_the_bot_saved_the_page_last() {
    let mut stage = Stage::with("install kept", "[templates]\nrequest = \"Kept request\"\n").await;
    let own = |c: &helpdesk::plan::Change| c.page.contains("Kept request") || c.page.starts_with("Test install kept");
    let mut first = install::compare(&stage.client, &stage.desk).await.unwrap();
    first.plan.changes.retain(own);
    install::apply(&stage.client, &first).await.unwrap();
    let intake = stage.desk.pages.intake.clone();
    let filed = "\n== Mine ==\nA note of mine.\n{{Kept request|title=From here|type=upload}}\n";
    stage.person(PASSER).await.append(&intake, filed, "here").await.unwrap();
    stage.settle().await;
    let moved = stage.text(&intake).await;
    assert!(moved.contains("A note of mine.") && !moved.contains("|type=upload"), "the bot saved it last: {moved}");
    // Who protects a page leaves a revision that changes nothing: it is the bot's still.
    let admin = stage.person(ADMIN).await;
    let template = ("title", "Template:Kept request");
    let protect = [("action", "protect"), template, ("protections", "edit=autoconfirmed")];
    admin.post(&protect).await.unwrap();

    stage.desk.name = "Renamed desk".to_owned();
    let again = install::compare(&stage.client, &stage.desk).await.unwrap();
    assert!(again.left.contains(&intake), "{:?}", again.left);
    assert!(!again.left.contains(&"Template:Kept request".to_owned()), "{:?}", again.left);
    assert!(again.plan.changes.iter().all(|c| c.page != intake));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_shows_its_fields_its_status_and_its_category() {
    let stage = Stage::new("rendered").await;
    stage.file("Shown", "").await;
    stage.settle().await;
    let page = stage.page("Shown");
    let parsed = stage
        .person(PASSER)
        .await
        .get(&[("action", "parse"), ("page", page.as_str()), ("prop", "categories|text|templates")])
        .await
        .unwrap();
    let html = parsed["parse"]["text"].as_str().unwrap();
    for shown in ["Under review", "What we want.", "Why it matters.", "Examplia", "that are needed"] {
        assert!(html.contains(shown), "{shown} in {html}");
    }
    let categories = parsed["parse"]["categories"].to_string();
    assert!(categories.contains("Helpdesk_requests_under_review"), "{categories}");
    let missing: Vec<_> =
        parsed["parse"]["templates"].as_array().unwrap().iter().filter(|t| t["exists"] == false).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_form_brings_along_becomes_a_request() {
    let stage = Stage::new("form").await;
    let person = stage.person(crate::stage::REQUESTER).await;
    let page = stage.page("Old maps");
    let asked = [
        ("action", "query"),
        ("titles", page.as_str()),
        ("prop", "info"),
        ("inprop", "preloadcontent"),
        ("inpreloadcustom", "Template:Helpdesk request/preload"),
    ];
    let answer = person.get(asked).await.unwrap();
    let form = answer["query"]["pages"][0]["preloadcontent"]["content"].as_str().expect("a form").to_owned();
    // Saved as it came: the notices name what is missing, and nothing else.
    person.edit(&page, &form, "New request").await.unwrap();
    stage.settle().await;
    let text = stage.text(&page).await;
    assert_eq!(crate::stage::param(&text, "title"), "Old maps");
    assert!(text.contains("[[User:Rene Requester"), "{text}");
    let notices: Vec<&str> = text.lines().filter(|l| l.starts_with("{{Helpdesk ledger notice")).collect();
    assert_eq!(notices.len(), 3, "{notices:?}");
    // Filled in.
    let filled = ["| description =", "| justification ="]
        .into_iter()
        .fold(text.replace("| type = $1", "| type = data"), |text, field| {
            text.replace(field, &format!("{field} words"))
        });
    person.edit(&page, &filled, "The rest").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.status("Old maps").await, "review");
}
