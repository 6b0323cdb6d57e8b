//! Text that changes under votes, who left a field empty, and who says of which type a request is.

use helpdesk::wikitext::inert::unescape;

use crate::stage::{MEMBERS, PASSER, REQUESTER, STAFF, Stage, in_days, param};

const MONA: &str = MEMBERS[1];
const MILO: &str = MEMBERS[2];
const MIRA: &str = MEMBERS[3];

impl Stage {
    /// The parameters of the calls of a template on a request's page.
    async fn calls(&self, name: &str, template: &str) -> Vec<Vec<(String, String)>> {
        let calls = helpdesk::wikitext::calls(&self.text(&self.page(name)).await);
        let calls = calls.into_iter().filter(|c| c.name == template);
        calls.map(|c| c.params.into_iter().map(|p| (p.name, unescape(&p.value))).collect()).collect()
    }

    /// What the ledger says of changes under votes: field, person, revision.
    async fn changes(&self, name: &str) -> Vec<(String, String, String)> {
        let calls = self.calls(name, "Helpdesk ledger change").await;
        calls.iter().map(|c| (value(c, "field"), value(c, "user"), value(c, "revision"))).collect()
    }

    /// Who voted before which of the changes: the rows that are marked.
    async fn marked(&self, name: &str) -> Vec<(String, String)> {
        let rows = self.calls(name, "Helpdesk ledger row").await;
        let rows = rows.iter().map(|c| (value(c, "user"), value(c, "changed revision")));
        rows.filter(|(_, revision)| !revision.is_empty()).collect()
    }

    /// What the ledger says of a field.
    async fn notice(&self, name: &str, field: &str) -> Option<(String, String, String)> {
        let calls = self.calls(name, "Helpdesk ledger notice").await;
        let call = calls.iter().find(|c| value(c, "field") == field)?;
        Some((value(call, "kind"), value(call, "user"), value(call, "revision")))
    }

    async fn explained(&self, name: &str) -> String {
        let (facts, decision) =
            helpdesk::pass::explain(&self.client, &self.desk, &self.page(name), None).await.expect("an explanation");
        helpdesk::explain::text(&facts, &decision, &self.desk, &|revision| revision.to_string())
    }
}

fn value(call: &[(String, String)], name: &str) -> String {
    call.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default()
}

fn change(field: &str, who: &str, revision: u64) -> (String, String, String) {
    (field.to_owned(), who.to_owned(), revision.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_under_votes_is_named_and_marks_them() {
    let stage = Stage::new("material").await;
    stage.file("Maps", "").await;
    stage.add(MONA, "Maps", "* {{support}} ~~~~").await;
    let by_stranger = stage.alter(PASSER, "Maps", "What we want.", "All the money.").await;
    stage.add(MILO, "Maps", "* {{support}} ~~~~").await;
    let by_owner = stage.alter(REQUESTER, "Maps", "Why it matters.", "Why it matters to all.").await;
    stage.settle().await;
    let named = [change("description", PASSER, by_stranger), change("justification", REQUESTER, by_owner)];
    assert_eq!(stage.changes("Maps").await, named);
    let newest = by_owner.to_string();
    assert_eq!(stage.marked("Maps").await, [(MONA.to_owned(), newest.clone()), (MILO.to_owned(), newest)]);
    let html = stage.html(&stage.page("Maps")).await;
    for words in
        ["after votes had been cast", "Cast before the text was changed", &format!("Special:Diff/{by_stranger}")]
    {
        assert!(html.contains(words), "{words}: {html}");
    }
    let explained = stage.explained("Maps").await;
    assert!(explained.contains(&format!("Changed after votes: description by {PASSER}")), "{explained}");
    assert_eq!(explained.matches("cast before a change of").count(), 2, "{explained}");

    // Voted again, and put back.
    stage.add(MONA, "Maps", "* {{oppose}} not for that ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.changes("Maps").await, [change("justification", REQUESTER, by_owner)]);
    assert_eq!(stage.marked("Maps").await, [(MILO.to_owned(), by_owner.to_string())]);
    let back = stage.alter(MIRA, "Maps", "Why it matters to all.", "Why it   matters.<!-- as it was -->").await;
    stage.settle().await;
    // Milo voted on this text, Mona on the other.
    assert_eq!(stage.changes("Maps").await, [change("justification", MIRA, back)]);
    assert_eq!(stage.marked("Maps").await, [(MONA.to_owned(), back.to_string())]);
    stage.add(MONA, "Maps", "* {{oppose}} still ~~~~").await;
    stage.settle().await;
    assert_eq!((stage.changes("Maps").await, stage.marked("Maps").await), (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_begins_the_clock_anew_until_it_is_put_back() {
    let stage = Stage::with("clock", "[[rule]]\nname = \"quick\"\nfrom = [\"incomplete\"]\nto = \"approved\"\nwhen = { quorum = 2, settled_for = \"1 hour\" }\n").await;
    for name in ["Altered", "Put back"] {
        stage.file(name, "").await;
        stage.add(MONA, name, "* {{support}} ~~~~").await;
        stage.add(MILO, name, "* {{support}} ~~~~").await;
    }
    stage.settle().await;
    let settled = |text: String| {
        let calls = helpdesk::wikitext::calls(&text);
        let start = calls.iter().find(|c| c.name == "Helpdesk ledger start").expect("a ledger");
        (start.value("voted").to_owned(), start.value("settled").to_owned())
    };
    let before = settled(stage.text(&stage.page("Altered")).await);
    assert_eq!(before.0, before.1);
    // The wiki's times have seconds.
    while chrono::Utc::now().timestamp() <= helpdesk::page::parse_timestamp(&before.1).unwrap().timestamp() {
        stage.text(&stage.page("Altered")).await;
    }
    for name in ["Altered", "Put back"] {
        stage.alter(PASSER, name, "What we want.", "What they want.").await;
    }
    stage.settle().await;
    let altered = settled(stage.text(&stage.page("Altered")).await);
    assert!(altered.0 == before.0 && altered.1 > before.1, "{before:?} {altered:?}");
    stage.alter(REQUESTER, "Put back", "What they want.", "What we want.").await;
    stage.settle().await;
    let back = settled(stage.text(&stage.page("Put back")).await);
    assert_eq!(back.0, back.1);
    stage.once_at(in_days(1)).await;
    assert_eq!(
        (stage.status("Altered").await.as_str(), stage.status("Put back").await.as_str()),
        ("approved", "approved")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_type_does_not_count_until_it_is_confirmed() {
    let stage = Stage::new("types").await;
    for name in ["One", "Two"] {
        stage.file(name, "").await;
        for member in &MEMBERS[1..4] {
            stage.add(member, name, "* {{support}} ~~~~").await;
        }
    }
    stage.settle().await;
    let mut changed = 0;
    for name in ["One", "Two"] {
        changed = stage.alter(PASSER, name, "|type=data", "|type=question").await;
    }
    stage.settle().await;
    let doubt = ("type-not-confirmed".to_owned(), PASSER.to_owned(), changed.to_string());
    assert_eq!(stage.notice("Two", "type").await, Some(doubt.clone()));
    assert_eq!(stage.changes("Two").await, []);
    let html = stage.html(&stage.page("Two")).await;
    assert!(html.contains("which does not count yet") && html.contains(&format!("Special:Diff/{changed}")), "{html}");
    assert!(stage.explained("Two").await.contains("the type was changed to \"question\"; data counts"));
    assert!(stage.rows().await.iter().all(|row| row.kind == "data"), "the tables too");
    // Who edits something else confirms nothing, and a new start takes the ledger's word.
    stage.alter(REQUESTER, "Two", "|country=Examplia", "|country=Otherland").await;
    stage.settle().await;
    assert_eq!(stage.notice("Two", "type").await, Some(doubt));
    assert!(stage.rows().await.iter().all(|row| row.kind == "data"));

    let confirmed = stage.alter(STAFF, "Two", "|type=question", "|type=Question").await;
    stage.settle().await;
    assert_eq!(stage.notice("Two", "type").await, None);
    assert_eq!(stage.changes("Two").await, [change("type", STAFF, confirmed)]);
    assert!(stage.rows().await.iter().any(|row| row.kind == "question"));
    stage.once_at(in_days(9)).await;
    assert_eq!((stage.status("One").await.as_str(), stage.status("Two").await.as_str()), ("approved", "review"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_blanks_a_field_is_named() {
    let stage = Stage::new("blanked").await;
    stage.file("Letters", "").await;
    stage.settle().await;
    let blanked = stage.alter(PASSER, "Letters", "Why it matters.", "").await;
    stage.alter(REQUESTER, "Letters", "Examplia", "Otherland").await;
    stage.settle().await;
    assert_eq!(stage.status("Letters").await, "incomplete");
    let missing = Some(("missing".to_owned(), PASSER.to_owned(), blanked.to_string()));
    assert_eq!(stage.notice("Letters", "justification").await, missing);
    let html = stage.html(&stage.page("Letters")).await;
    assert!(html.contains("It was emptied by") && html.contains("emptied by <bdi>"), "{html}");
    assert!(stage.explained("Letters").await.contains(&format!("(by {PASSER}, ")));
    assert_eq!(param(&stage.text(&stage.page("Letters")).await, "justification"), "");
    // What never was there was blanked by nobody.
    let text = crate::stage::complete("Bare", "").replace("|type=data\n", "");
    stage.person(REQUESTER).await.edit(&stage.page("Bare"), &text, "a request").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.notice("Bare", "type").await, Some(("missing".to_owned(), String::new(), String::new())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_keeps_what_changed_on_a_page_with_a_long_history() {
    let mut stage = Stage::new("long material").await;
    stage.file("Long", "").await;
    stage.add(MONA, "Long", "* {{support}} ~~~~").await;
    stage.add(MILO, "Long", "* {{support}} ~~~~").await;
    let described = stage.alter(PASSER, "Long", "What we want.", "What they want.").await;
    let doubted = stage.alter(PASSER, "Long", "|type=data", "|type=question").await;
    let blanked = stage.alter(PASSER, "Long", "Why it matters.", "-").await;
    let talker = stage.person(PASSER).await;
    for i in 0..60 {
        talker.append(&stage.page("Long"), &format!("\n: word {i} ~~~~"), "talk").await.unwrap();
    }
    stage.settle().await;
    let mut spent = Vec::new();
    for (who, line) in
        [(MIRA, "* {{support}} ~~~~"), (MONA, "* {{oppose}} after all ~~~~"), (REQUESTER, ": words ~~~~")]
    {
        stage.add(who, "Long", line).await;
        let before: usize = stage.client.counts().values().sum();
        let outcome = stage.once().await;
        spent.push(outcome.requests.values().sum::<usize>() - before);
        // Both votes of the beginning, then the other alone.
        let marked = stage.marked("Long").await;
        assert!(marked.contains(&(MILO.to_owned(), blanked.to_string())), "{marked:?}");
        assert_eq!(marked.len(), if spent.len() == 1 { 2 } else { 1 });
        assert_eq!(stage.changes("Long").await[0], change("description", PASSER, described));
        let named = |kind: &str, revision: u64| Some((kind.to_owned(), PASSER.to_owned(), revision.to_string()));
        assert_eq!(stage.notice("Long", "type").await, named("type-not-confirmed", doubted));
        assert_eq!(stage.notice("Long", "justification").await, named("missing", blanked));
    }
    // As on a page whose text nobody changed, and where there are no minutes yet.
    assert!(spent.iter().all(|n| *n <= 18), "{spent:?}");
    // All of the history, read from the beginning, says the same to the letter.
    stage.desk.votes[0].templates.push("Never used".to_owned());
    let plan = stage.plan().await;
    assert!(plan.changes.is_empty(), "{plan}");
}
