//! The page of rules, and rules that are kept on the wiki.

use helpdesk::desk::Rule;

use crate::commands::Shell;
use crate::stage::{ADMIN, MEMBERS, PASSER, Stage, config_text};

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
        "<bdi>Upload of media</bdi>, <bdi>Data</bdi>",
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

/// A desk whose rules people keep.
pub const ON_WIKI: &str = "rules_page = \"{root}/Rules/toml\"\n[pages]\n";

/// A page of rules, by which a request is approved on that condition.
pub fn rules(when: &str) -> String {
    format!(
        "Our rules.\n<syntaxhighlight lang=\"toml\">\n[[rule]]\nname = \"complete\"\nfrom = [\"incomplete\"]\nto = \"review\"\n\
         when = {{ complete = true }}\n\n[[rule]]\nname = \"enough\"\nfrom = [\"review\"]\nto = \"approved\"\nwhen = {{ {when} }}\n\
         </syntaxhighlight>\nThat is all."
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_on_the_wiki_are_those_that_trusted_accounts_wrote_and_that_are_valid() {
    let stage = Stage::with("rules kept", ON_WIKI).await;
    let (page, told) = (&stage.desk.rules_page, &stage.desk.pages.rules);
    let (admin, person) = (stage.person(ADMIN).await, stage.person(PASSER).await);
    let problems = async || stage.text(&stage.desk.pages.problems).await;
    stage.file("Maps", "").await;
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    stage.settle().await;
    assert!(problems().await.contains("|kind=rules-missing"));
    assert!(stage.text(told).await.contains("|rule=consensus|"), "those of the configuration");

    let two = rules("quorum = 2");
    let first = admin.edit(page, &two, "our rules").await.unwrap();
    stage.settle().await;
    let text = helpdesk::wikitext::inert::unescape(&stage.text(told).await);
    assert!(text.contains(&format!("{{{{Helpdesk rules start|page={page}|revision={first}|user={ADMIN}|")), "{text}");
    assert!(text.contains("|condition=quorum|need=2}}") && !text.contains("consensus"), "{text}");
    assert!(!problems().await.contains("rules-"));
    let html = stage.html(told).await;
    assert!(html.contains("In force is what") && html.contains("At least 2 votes"), "{html}");

    // Who is not trusted changes nothing, however the page is saved afterwards.
    let one = rules("quorum = 1");
    let by_others = person.edit(page, &one, "one is enough").await.unwrap();
    stage.settle().await;
    let listed = problems().await;
    assert!(listed.contains(&format!("|kind=rules-untrusted|detail={PASSER}|revision={by_others}}}}}")), "{listed}");
    assert!(stage.text(told).await.contains(&format!("|newer={by_others}|newer is=rules-untrusted}}}}")));
    assert!(stage.html(told).await.contains("A newer version there is not in force"));
    admin.edit(page, &one.replace("Our rules.", "These are our rules."), "a word").await.unwrap();
    stage.settle().await;
    assert_eq!((stage.status("Maps").await.as_str(), first), ("review", in_force(&stage).await));

    // What is wrong is told with its line, and the old ones stay in force.
    admin.edit(page, &two, "back").await.unwrap();
    let wrong = admin
        .edit(
            page,
            &rules("quorums = 1")
                .replace("That is all.", "<syntaxhighlight lang=\"toml\">[safety]\ntrusted = []</syntaxhighlight>"),
            "wrong",
        )
        .await
        .unwrap();
    stage.settle().await;
    let listed = helpdesk::wikitext::inert::unescape(&problems().await);
    for said in ["|detail=line 13: unknown key `quorums`", "|detail=line 15: `safety` cannot stand on the wiki"] {
        assert!(listed.contains(said), "{said} in {listed}");
    }
    assert!(listed.contains(&format!("|revision={wrong}}}}}")), "{listed}");
    assert_eq!((stage.status("Maps").await.as_str(), first), ("review", in_force(&stage).await));

    // A page that is blanked leaves them in force.
    person.edit(page, "gone", "x").await.unwrap();
    stage.settle().await;
    assert!(problems().await.contains("|kind=rules-missing"));
    assert_eq!(first, in_force(&stage).await);

    let second = admin.edit(page, &one, "one is enough").await.unwrap();
    stage.settle().await;
    assert_eq!((stage.status("Maps").await.as_str(), second), ("approved", in_force(&stage).await));
    assert!(!problems().await.contains("rules-"));

    // And so does one that is moved away.
    let elsewhere = format!("{}/Old rules", stage.desk.root);
    admin.move_page(page, &elsewhere, false).await.unwrap();
    stage.settle().await;
    let listed = helpdesk::wikitext::inert::unescape(&problems().await);
    assert!(listed.contains(&format!("|kind=rules-missing|detail={elsewhere}}}}}")), "{listed}");
    assert_eq!(second, in_force(&stage).await);
    person.edit(page, &two, "mine").await.unwrap();
    stage.settle().await;
    assert_eq!(second, in_force(&stage).await);
    // Nor does it help to move another one away behind it.
    person.move_page(page, &format!("{}/Mine", stage.desk.root), true).await.unwrap();
    stage.settle().await;
    assert_eq!(second, in_force(&stage).await);
}

/// The revision of the rules in force, as the page of rules says.
async fn in_force(stage: &Stage) -> u64 {
    let text = stage.text(&stage.desk.pages.rules).await;
    let calls = helpdesk::wikitext::calls(&text);
    let start = calls.iter().find(|call| call.name == "Helpdesk rules start").expect("its beginning");
    start.value("revision").parse().expect("a revision")
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_go_by_the_rules_on_the_wiki_and_try_others() {
    let stage = Stage::with("rules tried", ON_WIKI).await;
    let shell = Shell::new(&stage, "rules");
    std::fs::write(shell.folder.join("desk.toml"), config_text(&stage.desk.root, ON_WIKI)).unwrap();
    stage.file("Maps", "").await;
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    let admin = stage.person(ADMIN).await;
    let revision = admin.edit(&stage.desk.rules_page, &rules("quorum = 2"), "our rules").await.unwrap();
    shell.well(&["once"]);
    assert!(shell.well(&["explain", "Maps"]).contains("Rule \"enough\", to Approved:\n  [ ] 1 of 2 votes"));
    let said = shell.command(&["check"]).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let words = format!("ok   the rules of {} are in force: revision {revision} by {ADMIN}, ", stage.desk.rules_page);
    assert!(said.contains(&words), "{said}");

    // Anybody's rules can be tried; a file goes over the rules in force.
    let draft = format!("{}/Draft", stage.desk.root);
    stage.person(PASSER).await.edit(&draft, &rules("quorum = 1"), "a draft").await.unwrap();
    let tried = shell.well(&["plan", "--rules", &format!("page:{draft}")]);
    assert!(tried.contains("Approved (rule \"enough\")") && tried.contains("1 of 1 requests"), "{tried}");
    assert!(tried.contains(&stage.client.address(&stage.page("Maps"))), "{tried}");
    std::fs::write(shell.folder.join("same.toml"), "").unwrap();
    assert!(shell.well(&["plan", "--rules", "same.toml"]).starts_with("0 of 1 requests"));
    stage.person(PASSER).await.edit(&draft, &rules("quorums = 1"), "a draft").await.unwrap();
    let error = shell.fails(&["plan", "--rules", &format!("page:{draft}")], 1);
    assert!(error.contains(&format!("{draft}:13: unknown key `quorums`")), "{error}");
    assert!(shell.fails(&["plan", "--rules", "page:No such page"], 1).contains("there is no page No such page"));

    // New statuses need an installation: the modules have to know them.
    let more = "[[status]]\nid = \"on-show\"\nlabel = \"On show\"\n\n[[rule]]\nname = \"complete\"";
    let text = rules("quorum = 2").replacen("[[rule]]\nname = \"complete\"", more, 1).replace("approved", "on-show");
    admin.edit(&stage.desk.rules_page, &text, "a new status").await.unwrap();
    let said = shell.command(&["check"]).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("TODO Module:Helpdesk/config.json is not as the rules in force want it"), "{said}");
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
