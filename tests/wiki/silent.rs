//! Nothing is silent: what people write where the bot writes, or file where no request stands, is kept and told.

use crate::browser::Browser;
use crate::stage::{ADMIN, MEMBERS, PASSER, REQUESTER, STAFF, Stage, complete};

const MONA: &str = MEMBERS[1];
const MILO: &str = MEMBERS[2];

impl Stage {
    /// The summary of a page's newest edit.
    async fn summary(&self, title: &str) -> String {
        let params = [("action", "query"), ("prop", "revisions"), ("titles", title), ("rvprop", "comment")];
        let answer = self.person(PASSER).await.get(&params).await.unwrap();
        answer["query"]["pages"][0]["revisions"][0]["comment"].as_str().unwrap().to_owned()
    }

    /// Writes something on a page in the place of something else.
    async fn write_into(&self, who: &str, title: &str, from: &str, to: &str) -> u64 {
        let text = self.text(title).await;
        assert!(text.contains(from), "{from:?} is not in {text}");
        self.person(who).await.edit(title, &text.replacen(from, to, 1), "words").await.unwrap()
    }

    /// The kinds of the problems that are listed for a page.
    pub async fn problems_of(&self, title: &str) -> Vec<String> {
        let text = self.problems().await;
        let calls = helpdesk::wikitext::calls(&text);
        let here = calls.iter().filter(|c| helpdesk::wikitext::inert::unescape(c.value("page")) == title);
        here.map(|c| c.value("kind").to_owned()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_inside_a_table_is_moved_behind_it_once() {
    let stage = Stage::new("words in tables").await;
    let status = stage.desk.pages.status.clone();
    for name in ["Maps", "Ducks"] {
        stage.file(name, "").await;
    }
    stage.settle().await;
    let clean = stage.text(&status).await;
    let row = clean.lines().find(|l| l.contains("title=Ducks")).unwrap().to_owned();
    stage
        .write_into(PASSER, &status, &row, &format!("{row}\nWhy does '''this one''' wait? ~~~~\n\n* And why so long?"))
        .await;
    stage.write_into(MONA, &status, "<!-- helpdesk:begin status -->", "<!-- helpdesk:begin status --> Hello all").await;
    assert_eq!(stage.settle().await, std::slice::from_ref(&status));
    let text = stage.text(&status).await;
    let (block, behind) = text.split_once("<!-- helpdesk:end status -->").unwrap();
    assert_eq!(block, clean.split_once("<!-- helpdesk:end status -->").unwrap().0);
    assert!(behind.starts_with("\nHello all\nWhy does '''this one''' wait? [[User:"), "{behind}");
    assert!(behind.ends_with("\n\n* And why so long?"), "{behind}");
    assert!(stage.summary(&status).await.contains("moved behind it"), "{}", stage.summary(&status).await);

    // Put back by somebody, they are left there, and that is told; other words are moved.
    stage
        .person(PASSER)
        .await
        .post_with("csrf", &[("action", "edit"), ("title", &status), ("undo", &newest(&stage, &status).await)])
        .await
        .unwrap();
    stage.settle().await;
    assert!(stage.text(&status).await.split_once("<!-- helpdesk:end status -->").unwrap().0.contains("Hello all"));
    assert_eq!(stage.problems_of(&status).await, ["undone"]);
    stage.write_into(MILO, &status, "Hello all", "Good morning").await;
    stage.settle().await;
    let text = stage.text(&status).await;
    assert!(text.split_once("<!-- helpdesk:end status -->").unwrap().1.starts_with("\nGood morning\n"), "{text}");
    assert_eq!(stage.problems_of(&status).await, [""; 0]);

    // On the problems page too, and nothing is left of an emptied block but the bot's lines.
    let problems = stage.desk.pages.problems.clone();
    stage.write_into(PASSER, &problems, "{{Helpdesk table end}}", "{{Helpdesk table end}}\n''Well done!''").await;
    let text = stage.text(&status).await;
    let behind = text.split_once("<!-- helpdesk:end status -->").unwrap().1;
    let emptied = text.replace("title=Maps|", "title=Atlases|");
    stage.person(PASSER).await.edit(&status, &emptied, "another title").await.unwrap();
    let emptied = format!("<!-- helpdesk:begin status -->\n<!-- helpdesk:end status -->{behind}");
    stage.person(PASSER).await.edit(&status, &emptied, "blanked").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.text(&status).await, text);
    assert!(stage.problems().await.ends_with("<!-- helpdesk:end problems -->\n''Well done!''"));
}

async fn newest(stage: &Stage, title: &str) -> String {
    stage.client.newest(&[title.to_owned()]).await.unwrap().pop().flatten().unwrap().info.id.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_typed_into_the_ledger_comes_out_of_it_and_counts() {
    let stage = Stage::new("votes in ledgers").await;
    let page = stage.page("Maps");
    stage.file("Maps", "").await;
    stage.settle().await;
    stage.write_into(MONA, &page, "{{Helpdesk ledger end}}", "* {{support}} good ~~~~\n{{Helpdesk ledger end}}").await;
    stage
        .write_into(PASSER, &page, "<!-- helpdesk:end ledger -->", "Where do I sign?<!-- helpdesk:end ledger -->")
        .await;
    stage.settle().await;
    let text = stage.text(&page).await;
    let (before, behind) = text.split_once("<!-- helpdesk:end ledger -->").unwrap();
    assert!(behind.starts_with("\n* {{support}} good [[User:") && behind.contains("\nWhere do I sign?\n"), "{text}");
    assert!(!before.contains("good") && !before.contains("sign?"), "{text}");
    assert!(stage.summary(&page).await.contains("moved behind it"));
    assert_eq!(stage.ledger("Maps").await, [format!("{MONA} support yes")]);
    stage.add(MILO, "Maps", "* {{support}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.ledger("Maps").await, [format!("{MONA} support yes"), format!("{MILO} support yes")]);
    assert_eq!(stage.problems_of(&page).await, [""; 0]);

    // What would swallow the rest of the page comes out as text.
    stage.write_into(PASSER, &page, "{{Helpdesk ledger end}}", "<!-- what is this\n{{Helpdesk ledger end}}").await;
    stage.settle().await;
    let text = stage.text(&page).await;
    assert!(text.contains("<!-- helpdesk:end ledger -->\n&#60;&#33;&#45;&#45; what is this\n* {{supp"), "{text}");
    assert_eq!(stage.ledger("Maps").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_filed_where_none_can_stand_is_listed() {
    let stage = Stage::new("misplaced").await;
    let person = stage.person(REQUESTER).await;
    stage.file("Uploader", "").await;
    let deeper = stage.page("24/7 archive");
    person.edit(&deeper, &complete("24/7 archive", ""), "new").await.unwrap();
    person.edit(&stage.page("Uploader/Old"), &complete("Old", ""), "new").await.unwrap();
    person
        .edit(&stage.page("Uploader/Notes"), "Some notes. <nowiki>{{Helpdesk request|title=x}}</nowiki>", "x")
        .await
        .unwrap();
    person.edit(&stage.page("sv"), &complete("Kartor", ""), "new").await.unwrap();
    person.edit(&stage.page("de"), "Hilfe gesucht? {{Helpdesk request}}", "translation").await.unwrap();
    let redirect = format!("#REDIRECT [[{}]]\n{}", stage.desk.pages.committee, complete("Hidden", ""));
    person.edit(&stage.page("Hidden"), &redirect, "new").await.unwrap();
    person.edit(&stage.page("Used"), "#REDIRECT [[Template:Helpdesk request]]", "new").await.unwrap();
    person.edit(&stage.page("Same"), &format!("#REDIRECT [[{}]]", stage.page("Uploader")), "new").await.unwrap();
    stage.settle().await;
    for (name, kind) in [
        ("24/7 archive", Some("deeper")),
        ("Uploader/Old", Some("deeper")),
        ("Uploader/Notes", None),
        ("sv", Some("language-name")),
        ("de", None),
        ("Hidden", Some("redirect-request")),
        ("Used", Some("redirect-request")),
        ("Same", None),
        ("Uploader", None),
    ] {
        assert_eq!(stage.problems_of(&stage.page(name)).await, kind.into_iter().collect::<Vec<_>>(), "{name}");
    }
    let html = stage.html(&stage.desk.pages.problems).await;
    assert!(html.contains("to a name without a slash") && html.contains("24-7 archive"), "{html}");
    assert_eq!(stage.rows().await.len(), 1);

    // As told, the line goes and the request comes.
    stage.person(ADMIN).await.move_page(&deeper, &stage.page("24-7 archive"), true).await.unwrap();
    stage.settle().await;
    assert_eq!(stage.status("24-7 archive").await, "review");
    assert_eq!(stage.problems_of(&deeper).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_warns_of_a_name_that_no_request_can_have() {
    let stage = Stage::new("names").await;
    stage.install().await;
    stage.file("Taken", "").await;
    let browser = Browser::open().await.unwrap();
    for (name, warning) in [
        ("24/7 archive", "without a slash"),
        ("sv", "code of a language"),
        ("pt-br", "code of a language"),
        ("Taken", "exists already"),
        ("Old 'maps' & \"plans\"", ""),
        ("Ducks", ""),
    ] {
        browser.go(&stage.client.address(&stage.desk.pages.intake)).await.unwrap();
        let form = "form.createbox:has(input[value='data'])";
        browser.write(&format!("{form} input[name='title']"), name).await.unwrap();
        browser.click(&format!("{form} button, {form} input[type='submit']")).await.unwrap();
        browser.wait_for(".mw-editintro").await.unwrap();
        let said =
            browser.run("return document.querySelector('.mw-editintro').innerText;", serde_json::json!([])).await;
        let said = said.unwrap().as_str().unwrap().to_owned();
        assert!(said.contains(warning), "{name}: {said}");
        assert_eq!(said.contains("Fill in what you can"), warning.is_empty(), "{name}: {said}");
    }
    browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn words_over_a_hint_or_below_the_box_are_named_with_what_to_do() {
    let stage = Stage::new("hints").await;
    let person = stage.person(REQUESTER).await;
    let form = stage.text("Template:Helpdesk request/preload").await;
    let form = form.replace("{{<includeonly>subst:</includeonly>SUBPAGENAME}}", "x").replace("$1", "data");
    let form = form.replace("~~<includeonly>~~</includeonly>", "~~~~");
    // As in an older form, whose hints were comments.
    let over = form.replace("| description =", "| description = <!-- We want to scan 300 maps. -->");
    person.edit(&stage.page("Over"), &over, "new").await.unwrap();
    let below = form.replace("}}\n~~~~", "}}\nWe want to scan 300 maps,\nand they are rare. ~~~~");
    person.edit(&stage.page("Below"), &below, "new").await.unwrap();
    person.edit(&stage.page("Blank"), &form, "new").await.unwrap();
    stage.settle().await;
    let told = async |name: &str| {
        assert_eq!(stage.status(name).await, "incomplete", "{name}");
        let html = stage.html(&stage.page(name)).await;
        let ledger = html.split_once("helpdesk-ledger").expect("a ledger").1.to_owned();
        (ledger.contains("where nobody sees it"), ledger.contains("outside the box"), ledger.contains("300 maps"))
    };
    assert_eq!(told("Over").await, (true, false, true));
    assert_eq!(told("Below").await, (false, true, true));
    assert_eq!(told("Blank").await, (false, false, false));
    // As told, it is in order.
    stage.alter(REQUESTER, "Over", "<!-- We want to scan 300 maps. -->", "We want to scan 300 maps.").await;
    stage.alter(REQUESTER, "Over", "| justification =", "| justification = They are rare.").await;
    stage.settle().await;
    assert_eq!(stage.status("Over").await, "review");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_put_back_and_a_rules_move_in_one_pass_are_both_told() {
    let stage = Stage::new("both told").await;
    let page = stage.page("Maps");
    stage.file("Maps", "").await;
    stage.settle().await;
    stage.alter(REQUESTER, "Maps", "What we want.", "").await;
    stage.alter(PASSER, "Maps", "status=review", "status=done").await;
    assert!(stage.settle().await.contains(&page));
    assert_eq!(stage.status("Maps").await, "incomplete");
    let summary = stage.summary(&page).await;
    for said in ["Status put back to Under review", "Status: Under review → Incomplete"] {
        assert!(summary.contains(said), "{said} in {summary}");
    }
    let html = stage.html(&page).await;
    assert!(html.contains("so it was put back") && html.contains("“<bdi>done</bdi>”"), "{html}");
    // It stays told while the request is there, and goes with the next move.
    stage.add(PASSER, "Maps", "Sorry!").await;
    stage.settle().await;
    assert!(stage.text(&page).await.contains("|kind=status-put-back|"));
    stage.alter(REQUESTER, "Maps", "|description=", "|description=Much.").await;
    stage.settle().await;
    assert_eq!(stage.status("Maps").await, "review");
    assert!(!stage.text(&page).await.contains("|kind=status-put-back|"));
}

#[tokio::test(flavor = "multi_thread")]
async fn proposals_on_the_landing_page_and_its_talk_page_are_found() {
    let stage = Stage::new("landing").await;
    let (root, talk) = (stage.desk.root.clone(), format!("Talk:{}", stage.desk.root));
    let person = stage.person(REQUESTER).await;
    person.edit(&root, &format!("Welcome, all!\n{}", complete("Here", "")), "x").await.unwrap();
    person.edit(&talk, &format!("Hello?\n\n{}", complete("There", "")), "x").await.unwrap();
    stage.settle().await;
    let mut titles: Vec<String> = stage.rows().await.into_iter().map(|r| r.page.title).collect();
    titles.sort();
    assert_eq!(titles, [stage.page("Here"), stage.page("There")]);
    assert!(stage.rows().await.iter().all(|r| r.owners == [REQUESTER]));
    assert!(stage.text(&root).await.starts_with("Welcome, all!\n→ [[:"));
    assert_eq!(stage.problems_of(&talk).await, ["message"]);
    assert_eq!(stage.problems_of(&root).await, [""; 0]);
    stage.person(STAFF).await.append(&talk, "\n: Hello! ~~~~", "answer").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.problems_of(&talk).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_cannot_be_read_are_marked_and_named_each_one() {
    let (stage, proxy) = crate::faults::behind("unreadable").await;
    let names = ["One", "Two", "Three", "Four"];
    for name in names {
        stage.file(name, "").await;
    }
    stage.settle().await;
    // One has a problem already, one is put inside another template, two are not shown by the wiki; nothing else changed.
    stage.add(REQUESTER, "One", "{{Helpdesk request|title=Twice}}").await;
    stage.settle().await;
    assert_eq!(stage.problems_of(&stage.page("One")).await, ["template-doubled"]);
    stage.alter(PASSER, "Three", "{{Helpdesk request", "{{center|{{Helpdesk request").await;
    stage.add(PASSER, "Three", "}}").await;
    let failing = [stage.add(MONA, "One", "Well.").await, stage.add(MONA, "Two", "Well.").await];
    let failing = failing.map(|revision| format!("/revision/{revision}/"));
    proxy.fate(move |r| {
        use crate::proxy::Fate;
        if failing.iter().any(|f| r.text.contains(f)) { Fate::Instead("500 Oops", "", "") } else { Fate::Well }
    });
    stage.once().await;
    assert_eq!(stage.problems_of(&stage.page("One")).await, ["unread", "template-doubled"]);
    assert_eq!(stage.problems_of(&stage.page("Two")).await, ["unread"]);
    assert_eq!(stage.problems_of(&stage.page("Three")).await, ["wrapped"]);
    let marked = |rows: Vec<helpdesk::records::tables::Row>| {
        let mut marked: Vec<String> = rows.into_iter().filter(|r| r.unreadable).map(|r| r.title).collect();
        marked.sort();
        marked
    };
    assert_eq!(marked(stage.rows().await), ["One", "Three", "Two"]);
    assert!(stage.html(&stage.desk.pages.status).await.contains("cannot be read at the moment"));
    assert!(stage.once().await.written.is_empty(), "told once");
    proxy.well();
    for name in ["One", "Two"] {
        stage.add(MONA, name, "Better.").await;
    }
    stage.settle().await;
    assert_eq!(marked(stage.rows().await), ["Three"]);
    assert_eq!(stage.problems_of(&stage.page("One")).await, ["template-doubled"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_in_force_would_have_changed_nothing() {
    let stage = Stage::new("same rules").await;
    for name in ["Quiet", "Decided", "Undecided", "Put back", "Void", "Asked", "Late"] {
        stage.file(name, "").await;
    }
    let decision = "{{Helpdesk decision|approved|reason=x}} ~~~~";
    stage.settle().await;
    for name in ["Decided", "Undecided"] {
        stage.add(STAFF, name, decision).await;
    }
    stage.alter(PASSER, "Put back", "status=review", "status=done").await;
    stage.add(PASSER, "Void", decision).await;
    stage.add(STAFF, "Void", "{{Helpdesk decision|aproved}} ~~~~").await;
    stage.add(MONA, "Asked", "* {{more info}} Which maps? ~~~~").await;
    // Two things that happened before the bot looked.
    stage.alter(REQUESTER, "Late", "What we want.", "").await;
    stage.alter(REQUESTER, "Late", "|description=", "|description=Maps.").await;
    stage.settle().await;
    stage.alter(STAFF, "Undecided", "{{Helpdesk decision|approved|reason=x}}", "").await;
    stage.alter(PASSER, "Put back", "status=review", "status=done").await;
    stage.add(REQUESTER, "Asked", "All of them.").await;
    stage.add(MEMBERS[0], "Asked", "{{Helpdesk decision|review}} ~~~~").await;
    stage.alter(STAFF, "Quiet", "status=review", "status=on-hold").await;
    stage.settle().await;
    for at in [None, crate::stage::in_days(100)] {
        let compared = helpdesk::pass::what_if(&stage.client, &stage.desk, &stage.desk, at).await.unwrap();
        assert!(compared.to_string().starts_with("0 of 7 requests"), "{compared}");
    }
}
