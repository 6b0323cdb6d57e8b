//! The page of rules, and rules that are kept on the wiki.

use helpdesk::desk::Rule;

use crate::stage::{MEMBERS, PASSER, Stage};

/// A desk with the page of rules.
const WITH_PAGE: &str = "[pages]\n";

#[tokio::test(flavor = "multi_thread")]
async fn the_page_tells_every_rule_with_its_numbers_and_ledgers_lead_to_it() {
    let stage = Stage::with("rules told", WITH_PAGE).await;
    stage.file("Maps", "").await;
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    let written = stage.settle().await;
    let page = &stage.desk.pages.rules;
    assert!(written.contains(page), "{written:?}");
    let (text, html) = (stage.text(page).await, stage.html(page).await);
    for rule in &stage.desk.rules {
        assert_eq!(text.matches(&format!("{{{{Helpdesk rule|rule={}|", rule.name)).count(), rule.from.len(), "{text}");
        assert_eq!(html.matches(&format!("id=\"{}\"", Rule::anchor(&rule.name))).count(), 1, "{} in {html}", rule.name);
    }
    for words in [
        "At least 3 votes",
        "At least <bdi>67%</bdi> of those for or against are in support",
        "Long enough in this status: <bdi>7 days</bdi>",
        "an edit by a person: <bdi>60 days</bdi>",
        "Upload of media, Data",
        "A new request starts here.",
        "a person decides what is next.",
    ] {
        assert!(html.contains(words), "{words} in {html}");
    }
    let german = stage.html_in("de", page).await;
    assert!(german.contains("Alle Pflichtfelder sind ausgefüllt"), "{german}");

    // The modules know one desk of the wiki.
    let shared = "Content Partnerships Hub/Helpdesk/Rules";
    stage.person(PASSER).await.edit(shared, "Rules.", "so that links lead there").await.unwrap();
    let link = format!("{}#{}", shared.replace(' ', "_"), Rule::anchor("consensus"));
    let ledger = stage.html(&stage.page("Maps")).await;
    assert!(ledger.contains("by the rule") && ledger.contains(&link), "{link} in {ledger}");
    let comment = last_comment(&stage, "Maps").await;
    let link = format!("[[{page}#rule-complete|rule]]: complete");
    assert!(comment.contains(&link), "{comment}");

    // Its words are the bot's alone, and a page that gives it no place holds nothing else back.
    let person = stage.person(PASSER).await;
    person.edit(page, &text.replace("need=3", "need=1"), "one is enough").await.unwrap();
    assert_eq!(stage.settle().await, std::slice::from_ref(page));
    assert!(stage.text(page).await.contains("need=3"));
}

/// The summary of a request's newest edit.
async fn last_comment(stage: &Stage, name: &str) -> String {
    let page = stage.page(name);
    let params = [("action", "query"), ("prop", "revisions"), ("rvprop", "comment"), ("titles", page.as_str())];
    let found = stage.person(PASSER).await.get(params).await.expect("an answer");
    let pages = &found["query"]["pages"];
    let page = pages.as_array().and_then(|p| p.first()).or_else(|| pages.as_object()?.values().next());
    page.expect("a page")["revisions"][0]["comment"].as_str().expect("a summary").to_owned()
}
