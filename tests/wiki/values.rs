//! Values that the bot reads are what the page shows; a ledger of an older version hides no request.

use helpdesk::pass::{self, Look, PassState};
use helpdesk::records::ledger;
use helpdesk::wikitext::block;

use crate::stage::{MEMBERS, PASSER, REQUESTER, Stage, complete};

/// A request with these values in the place of its title, type and country.
fn request(name: &str, title: &str, kind: &str, country: &str) -> String {
    complete(name, "")
        .replace(&format!("|title={name}"), &format!("|title={title}"))
        .replace("|type=data", &format!("|type={kind}"))
        .replace("|country=Examplia", &format!("|country={country}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn values_with_templates_are_what_mediawiki_makes_of_them() {
    let stage = Stage::new("values").await;
    let person = stage.person(REQUESTER).await;
    for (name, title, kind, country, row, status) in [
        (
            "It's old",
            "{{SUBPAGENAME}}",
            "{{lc:UPLOAD}}",
            "{{ucfirst:examplia}}",
            ["It's old", "upload", "Examplia"],
            "review",
        ),
        ("Plain", "Plain", "upload", "Examplia", ["Plain", "upload", "Examplia"], "review"),
        (
            "Nothing",
            "{{#if:|x}}",
            "{{#switch:b|a=data|b=upload}}",
            "{{#if:|x}}",
            ["Nothing", "upload", ""],
            "incomplete",
        ),
        ("No type", "A {{lc:TITLE}}", "{{#if:|data}}", "&nbsp;<br/>", ["A title", "", ""], "incomplete"),
        (
            "Open",
            "{{uc:x}}</nowiki>",
            "{{lc:DATA}}",
            "{{lc:A}} <nowiki>",
            ["X</nowiki>", "data", "a <nowiki>"],
            "review",
        ),
    ] {
        person.edit(&stage.page(name), &request(name, title, kind, country), "x").await.unwrap();
        let before = stage.client.counts();
        let outcome = stage.once().await;
        let expansions =
            outcome.requests.get("expandtemplates").unwrap_or(&0) - before.get("expandtemplates").unwrap_or(&0);
        assert!(if name == "Plain" { expansions <= 1 } else { expansions > 0 }, "{name}: {expansions}");
        assert_eq!(stage.status(name).await, status, "{name}");
        let rows = stage.rows().await;
        let found = rows.iter().find(|r| r.page.title == stage.page(name)).unwrap();
        assert_eq!([&found.title, &found.kind, &found.country], row, "{name}");
        assert!(
            stage
                .text(&stage.page(name))
                .await
                .contains(&format!("|title={title}\n|type={kind}\n|country={country}\n"))
        );
        assert!(stage.plan().await.changes.is_empty(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_expanded_where_they_hold_templates_and_once() {
    let stage = Stage::new("values once").await;
    stage.file("Plain", "* {{support}}").await;
    let mut state = PassState::default();
    let mut expansions = async |look: Look| {
        let before = stage.client.counts();
        let outcome = pass::next(&stage.client, &stage.desk, None, &mut state, &look).await.unwrap();
        outcome.requests.get("expandtemplates").unwrap_or(&0) - before.get("expandtemplates").unwrap_or(&0)
    };
    assert_eq!(expansions(Look::Everything).await, 0);
    let text = request("Made", "{{SUBPAGENAME}}", "{{lc:DATA}}", "{{uc:x}}");
    stage.person(REQUESTER).await.edit(&stage.page("Made"), &text, "x").await.unwrap();
    assert_eq!(expansions(Look::Everything).await, 1, "all values of a page at once");
    assert_eq!(expansions(Look::Everything).await, 0);
    stage.add(MEMBERS[1], "Made", "* {{support}} ~~~~").await;
    expansions(Look::Pages([(stage.page("Made"), false)].into())).await;
    stage.add(MEMBERS[2], "Made", "* {{support}} ~~~~").await;
    assert_eq!(expansions(Look::Pages([(stage.page("Made"), false)].into())).await, 0);
    assert!(stage.rows().await.iter().any(|r| r.tally.support == 2));
    assert!(stage.plan().await.changes.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_hides_the_template_moves_above_it() {
    let stage = Stage::new("hidden template").await;
    for name in ["Coins", "Undone"] {
        let text = complete(name, "").replace("What we want.", "coins <pre 1900");
        stage.person(REQUESTER).await.edit(&stage.page(name), &text, "x").await.unwrap();
    }
    stage.settle().await;
    // As an older version saved it.
    let broken = |text: &str| {
        let block::Block::Found(own) = block::find(text, "ledger") else { panic!("{text}") };
        let rest = block::without(text, "ledger");
        let end = rest.find("\n}}\n").unwrap() + 3;
        format!("{}\n{}{}", rest[..end].trim_start(), &text[own], &rest[end..])
    };
    for name in ["Coins", "Undone"] {
        let text = broken(&stage.text(&stage.page(name)).await);
        stage.bot().await.edit(&stage.page(name), &text, "as before").await.unwrap();
        let html = stage.html(&stage.page(name)).await;
        assert!(html.contains("|title="), "the template is text: {html}");
    }
    let people = block::without(&stage.text(&stage.page("Coins")).await, "ledger");
    stage.add(MEMBERS[1], "Coins", "* {{support}} ~~~~").await;
    stage.settle().await;
    let text = stage.text(&stage.page("Coins")).await;
    assert!(block::without(&text, "ledger").trim_start().starts_with(people.trim()), "{text}");
    let html = stage.html(&stage.page("Coins")).await;
    assert!(!html.contains("|title="), "{html}");
    let rows = stage.rows().await;
    assert!(rows.iter().all(|r| !r.lost) && rows.len() == 2, "{rows:?}");
    assert_eq!(rows.iter().map(|r| r.tally.support).sum::<u32>(), 1);
    assert!(ledger::ledger_start(&text).is_some_and(|start| start.value("support") == "1"));
    // Nobody is fought over it.
    let person = stage.person(PASSER).await;
    let text = broken(&stage.text(&stage.page("Undone")).await);
    let mut edits = 0;
    for _ in 0..3 {
        if stage.text(&stage.page("Undone")).await != text {
            person.edit(&stage.page("Undone"), &text, "undo").await.unwrap();
        }
        edits += stage.once().await.written.iter().filter(|c| c.page == stage.page("Undone")).count();
    }
    assert!(edits <= 1, "{edits}");
    assert!(stage.plan().await.changes.is_empty());
    assert!(stage.problems().await.contains("Undone"));
}
