//! `install`: creates, updates what only the bot wrote, leaves alone what people changed.

use helpdesk::sandbox::{Account, Options, Person, Sandbox, Wiki};
use helpdesk::wiki::{Client, Connection};
use helpdesk::{config, install};
use regex::Regex;
use serde_json::json;

use crate::stage::{ADMIN, PASSER, PASSWORD, Stage, config_text};

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
    assert!(!form.contains("<!--"), "{form}");
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

#[tokio::test(flavor = "multi_thread")]
async fn a_new_desk_shows_no_red_links_however_long_the_job_queue_is() {
    if Wiki::from_env().await.unwrap().is_some() {
        return;
    }
    let wiki = Sandbox::ready().await.unwrap();
    let wiki = wiki.wiki(&format!("install-{}", std::process::id()), Options::default()).await.unwrap();
    wiki.set("sandboxRunsJobs", json!(false)).unwrap();
    let bot = Account::new("Install bot", PASSWORD).group("bot").bot_password("test");
    let login = wiki.accounts(&[bot]).await.unwrap().remove(0);
    let connection = Connection::with_password(wiki.url(), &login.name, &login.password);
    let desk = config::parse(&config_text("New desk", ""), "test").unwrap();
    let client = Client::connect(&connection, desk.safety.request_timeout, &desk.name).await.unwrap();
    let installation = install::compare(&client, &desk).await.unwrap();
    assert_eq!(install::apply(&client, &installation).await.unwrap(), Vec::<String>::new());

    let installed: Vec<&str> = installation.plan.changes.iter().map(|c| c.page.as_str()).collect();
    let missing = Regex::new(r#" class="new" title="([^"]*) \(page does not exist\)""#).unwrap();
    // As the wiki shows a page to whoever comes by, from its cache.
    let show = async |title: &str| {
        let html = reqwest::get(client.address(title)).await.unwrap().error_for_status().unwrap();
        let html = html.text().await.unwrap();
        let red = missing.captures_iter(&html).map(|found| found[1].to_owned());
        let red: Vec<String> = red.filter(|red| installed.contains(&red.as_str())).collect();
        (html, red)
    };
    for title in &installation.for_people {
        assert_eq!(show(title).await.1, Vec::<String>::new(), "{title}");
    }
    let (intake, _) = show(&desk.pages.intake).await;
    assert_eq!(intake.matches("<form name=\"createbox\"").count(), 8, "{intake}");
    let (landing, _) = show(&desk.root).await;
    assert!(landing.contains("title=\"New desk/Guide/Voting\""), "{landing}");
    // Nothing but the order puts these right.
    let with_doc = installed.iter().filter_map(|title| Some((title.strip_suffix("/doc")?, title)));
    for (title, doc) in with_doc {
        assert!(!show(title).await.1.contains(&(*doc).to_owned()), "{title}");
    }
    let guest = Person::anonymous(wiki.url()).await.unwrap();
    let params = [("action", "query"), ("meta", "siteinfo"), ("siprop", "statistics")];
    let statistics = guest.get(params).await.unwrap()["query"]["statistics"].clone();
    assert!(statistics["jobs"].as_u64().unwrap() > 0, "the queue was worked off: {statistics}");
}
