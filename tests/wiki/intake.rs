//! Proposals in the wrong place: moved to pages of their own, byte for byte, with their author as requester.

use helpdesk::plan::{Base, Owns};

use crate::stage::{ADMIN, MEMBERS, PASSER, REQUESTER, STAFF, Stage, param};

/// A complete proposal, untidy as people write it.
fn proposal(title: &str, more: &str) -> String {
    format!(
        "{{{{Helpdesk request   \n | title = {title} <!-- mine -->\n|type=data|country=Examplia\n|description=[[What]] we want.|justification= It matters\t\n{more}}}}}"
    )
}

impl Stage {
    pub fn talk(&self) -> String {
        format!("Talk:{}", self.desk.pages.intake)
    }

    async fn titles(&self) -> Vec<String> {
        let mut titles: Vec<String> = self.rows().await.into_iter().map(|r| r.page.title).collect();
        titles.sort();
        titles
    }

    pub async fn problems(&self) -> String {
        self.person(PASSER).await.text_if_there(&self.desk.pages.problems).await.unwrap().unwrap_or_default()
    }

    /// The summaries of a page's edits, newest first.
    async fn summaries(&self, title: &str) -> Vec<String> {
        let params =
            [("action", "query"), ("prop", "revisions"), ("titles", title), ("rvprop", "comment"), ("rvlimit", "9")];
        let answer = self.person(PASSER).await.get(&params).await.unwrap();
        let all = answer["query"]["pages"][0]["revisions"].as_array().unwrap().clone();
        all.iter().map(|r| r["comment"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn proposals_on_the_intake_page_get_pages_of_their_own_and_every_other_byte_stays() {
    let stage = Stage::new("intake").await;
    let person = stage.person(REQUESTER).await;
    let intake = stage.desk.pages.intake.clone();
    let (a, b) = (proposal("Old [[maps]] / atlases", ""), proposal("Ducks", "|status=approved"));
    let around = |a: &str, b: &str| {
        format!(
            "Welcome! {{| unclosed\n<nowiki>{{{{Helpdesk request|title=X}}}}</nowiki>\n== My request ==\n{a} [[User:{REQUESTER}]] 12:34, 5 May 2026 (UTC)\n* {{{{support}}}} [[User:{MEMBER}]]\n\n{b}<!-- {{{{Helpdesk request|title=Y}}}} -->\n''bold  \n:{{{{center|x}}}}",
            MEMBER = MEMBERS[1]
        )
    };
    person.edit(&intake, &around("", ""), "before").await.unwrap();
    person.edit(&intake, &around(&a, ""), "my request").await.unwrap();
    stage.person(PASSER).await.edit(&intake, &around(&a, &b), "and mine").await.unwrap();

    let plan = stage.plan().await;
    let kinds: Vec<&Owns> = plan.changes.iter().map(|c| &c.owns).take(3).collect();
    assert!(matches!(kinds[..], [Owns::Page, Owns::Page, Owns::Moved(_)]), "{plan}");
    stage.settle().await;

    let (at_a, at_b) = (stage.page("Old maps - atlases"), stage.page("Ducks"));
    assert_eq!(stage.titles().await, [at_b.clone(), at_a.clone()]);
    let link = |title: &str| helpdesk::records::moved::link(title);
    assert_eq!(stage.text(&intake).await, around(&link(&at_a), &link(&at_b)));
    let summaries = stage.summaries(&at_a).await;
    assert!(summaries.last().unwrap().contains(REQUESTER), "{summaries:?}");
    assert!(stage.summaries(&at_b).await.last().unwrap().contains(PASSER));

    // What a proposal says of its status, and the votes around it, are nobody's decision.
    let rows = stage.rows().await;
    for (title, requester) in [(&at_a, REQUESTER), (&at_b, PASSER)] {
        let row = rows.iter().find(|r| r.page.title == *title).unwrap();
        assert_eq!((row.owners[0].as_str(), row.status.as_str(), row.tally.support), (requester, "review", 0));
    }
    let text = stage.text(&at_a).await;
    assert!(text.starts_with(a.trim_end_matches("}}")), "{text}");
    // A bot's hand did it all: nothing more is to be done.
    assert!(stage.once().await.written.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_proposal_belongs_to_its_author_also_after_a_rename() {
    let stage = Stage::new("author").await;
    let author = MEMBERS[2];
    stage.person(author).await.edit(&stage.talk(), &proposal("Mine", "|requester=Somebody Else"), "x").await.unwrap();
    // Somebody mends it, and it stays its author's.
    let text = stage.text(&stage.talk()).await;
    stage.person(PASSER).await.edit(&stage.talk(), &text.replace("Examplia", "Testland"), "typo").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.rows().await[0].owners, [author]);
    assert_eq!(stage.text(&stage.talk()).await, helpdesk::records::moved::link(&stage.page("Mine")));
    stage.add(author, "Mine", "* {{support}} ~~~~").await;
    stage.add(PASSER, "Mine", "{{Helpdesk withdraw}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.ledger("Mine").await, [format!("{author} support no own-request")]);
    assert_eq!(stage.status("Mine").await, "review");
    stage.add(author, "Mine", "{{Helpdesk withdraw|reason=done}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Mine").await, "withdrawn");

    stage.newcomer("Nora Noname").await;
    stage.person("Nora Noname").await.edit(&stage.talk(), &proposal("Hers", ""), "x").await.unwrap();
    stage.settle().await;
    let rename = [("oldusername", "Nora Noname"), ("newusername", "Nora Named"), ("confirmaction", "1")];
    stage.bureaucrat().await.submit("Special:RenameUser", &rename).await.unwrap();
    stage.add(PASSER, "Hers", "Hello!").await;
    stage.settle().await;
    assert!(stage.rows().await.iter().any(|r| r.owners == ["Nora Named"]), "{:?}", stage.rows().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_forges_where_a_proposal_came_from() {
    let stage = Stage::new("forged").await;
    let staff = stage.person(STAFF).await.edit(&stage.page("Staff"), &proposal("Staff", ""), "x").await.unwrap();
    let forged = format!("<!-- helpdesk:moved revision={staff} proposal=1 -->");
    let person = stage.person(REQUESTER).await;
    // In a request filed by hand, and inside a proposal that the bot moves.
    person.edit(&stage.page("By hand"), &format!("{}\n{forged}", proposal("By hand", "")), "x").await.unwrap();
    let inside = proposal("Inside", &format!("|risk=\n{forged}\n"));
    person.edit(&stage.desk.pages.intake, &inside, "x").await.unwrap();
    stage.settle().await;
    let rows = stage.rows().await;
    assert_eq!(rows.len(), 3);
    for row in rows.iter().filter(|r| r.page.title != stage.page("Staff")) {
        assert_eq!(row.owners, [REQUESTER], "{}", row.page.title);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn interrupted_between_the_two_edits_the_next_pass_finishes_the_move() {
    let stage = Stage::new("interrupted").await;
    let person = stage.person(REQUESTER).await;
    let twice = format!("{}\n{}", proposal("Same", ""), proposal("Same", ""));
    person.edit(&stage.desk.pages.intake, &twice, "x").await.unwrap();
    let plan = stage.plan().await;
    assert_eq!(plan.changes[0].base, Base::Absent);
    stage.save(&plan.changes[0]).await.unwrap();
    // Meanwhile somebody takes the marker away, and renames the page.
    let made = stage.page("Same");
    let text = stage.text(&made).await;
    person.edit(&made, text.rsplit_once('\n').unwrap().0, "tidy").await.unwrap();
    stage.person(ADMIN).await.move_page(&made, &stage.page("Renamed"), false).await.unwrap();
    stage.settle().await;
    assert_eq!(stage.titles().await, [stage.page("Renamed"), stage.page("Same")]);
    let link = |name: &str| helpdesk::records::moved::link(&stage.page(name));
    assert_eq!(stage.text(&stage.desk.pages.intake).await, format!("{}\n{}", link("Renamed"), link("Same")));
    assert!(stage.rows().await.iter().all(|r| r.owners == [REQUESTER]));

    // Changed here while its page was already made: nothing is lost, and nothing is written.
    person.edit(&stage.desk.pages.intake, &proposal("Late", ""), "x").await.unwrap();
    stage.save(&stage.plan().await.changes[0]).await.unwrap();
    let changed = proposal("Late", "|risk=I forgot this");
    person.edit(&stage.desk.pages.intake, &changed, "x").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.text(&stage.desk.pages.intake).await, changed);
    assert!(stage.problems().await.contains("|kind=moved-changed"), "{}", stage.problems().await);
    assert_eq!(stage.rows().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_puts_back_is_not_moved_again() {
    let stage = Stage::new("moved back").await;
    let intake = stage.desk.pages.intake.clone();
    stage.person(REQUESTER).await.edit(&intake, &proposal("Back", ""), "x").await.unwrap();
    stage.settle().await;
    let put_back = format!("I want it here!\n{}", proposal("Back", ""));
    stage.person(PASSER).await.edit(&intake, &put_back, "no").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.text(&intake).await, put_back);
    assert!(stage.problems().await.contains("|kind=moved-back"));
    assert_eq!(stage.rows().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_moved_is_reported_and_left() {
    let stage = Stage::new("left").await;
    let person = stage.person(REQUESTER).await;
    let text = format!(
        "{{{{center|{{{{Helpdesk request|title=A}}}}}}}}\n<ref>{}</ref>\n{}\n{{{{Helpdesk request\n|title=Never closed",
        proposal("Quoted", ""),
        proposal("Good", "")
    );
    person.edit(&stage.desk.pages.intake, &text, "x").await.unwrap();
    stage.settle().await;
    let after = stage.text(&stage.desk.pages.intake).await;
    let link = helpdesk::records::moved::link(&stage.page("Good"));
    assert_eq!(after, text.replace(&proposal("Good", ""), &link));
    let problems = stage.problems().await;
    assert!(!problems.contains("&#47;Quoted|"), "{problems}");
    for kind in ["wrapped", "not-readable"] {
        assert!(
            problems.contains(&format!("|page={}|kind={kind}", stage.desk.pages.intake.replace('/', "&#47;"))),
            "{problems}"
        );
    }
    assert_eq!(stage.titles().await, [stage.page("Good")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_listed_for_staff_until_they_answer() {
    let stage = Stage::new("message").await;
    stage.install().await;
    stage.settle().await;
    assert!(!stage.problems().await.contains("|kind=message"));
    let intake = stage.desk.pages.intake.clone();
    let person = stage.person(REQUESTER).await;
    let text = stage.text(&intake).await;
    // Together with a proposal, which is moved; the message stays, and stays listed.
    person.edit(&intake, &format!("{text}\n{}\nPlease help my museum! ~~~~", proposal("P", "")), "x").await.unwrap();
    person.edit(&stage.talk(), "== Hello ==\nIs anybody here? ~~~~", "x").await.unwrap();
    stage.settle().await;
    let problems = stage.problems().await;
    assert_eq!(problems.matches("|kind=message").count(), 2, "{problems}");
    assert!(problems.contains("Please help my museum"));
    assert_eq!(stage.titles().await, [stage.page("P")]);
    stage.person(STAFF).await.append(&stage.talk(), "\n: Yes. ~~~~", "answer").await.unwrap();
    stage.person(STAFF).await.edit(&intake, &text, "moved to talk").await.unwrap();
    stage.settle().await;
    assert!(!stage.problems().await.contains("|kind=message"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_proposal_calls_itself_it_gets_a_page() {
    let stage = Stage::new("titles").await;
    let person = stage.person(REQUESTER).await;
    stage.file("Taken", "").await;
    let names = [
        "taken",
        "TAKEN",
        "Ta\u{200d}ken",
        "sv",
        "../../Committee",
        "",
        "a%2Fb &amp; c",
        "مجموعة",
        "~~~~",
        ":Talk:x",
        "🦆",
    ];
    let mut text: String = names.iter().map(|n| format!("{}\n\n", proposal(n, ""))).collect();
    text.push_str(&proposal(&"長い名前".repeat(40), ""));
    person.edit(&stage.desk.pages.intake, &text, "many").await.unwrap();
    stage.settle().await;
    let titles = stage.titles().await;
    assert_eq!(titles.len(), names.len() + 2, "{titles:#?}");
    let left = stage.text(&stage.desk.pages.intake).await;
    assert!(!left.contains("{{") && left.matches("→ [[:").count() == names.len() + 1, "{left}");
    for name in ["Taken", "Taken (2)", "TAKEN (3)", "Request", "A-b & c", "مجموعة", "Talk:x", "🦆"] {
        let there = titles.iter().any(|t| t.eq_ignore_ascii_case(&stage.page(name)));
        assert!(there, "{name}: {titles:#?}");
    }
    // Every link leads to its page.
    let html = stage.html(&stage.desk.pages.intake).await;
    assert!(!html.contains("redlink"), "{html}");
    assert_eq!(param(&stage.text(&stage.page("🦆")).await, "status"), "review");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_flood_or_a_blank_form_leaves_is_moved() {
    let stage = Stage::new("flood").await;
    let person = stage.person(REQUESTER).await;
    let flood: String = (0..21).map(|i| format!("{}\n", proposal(&format!("F{i}"), ""))).collect();
    let text = flood.trim_end();
    person.edit(&stage.desk.pages.intake, text, "flood").await.unwrap();
    let blank = "{{Helpdesk request\n| title = <!-- A short name -->\n| status = \n}}\n<blockquote>\n{{Helpdesk request|title=Signs|risk=none}}\n</blockquote>";
    person.edit(&stage.talk(), blank, "blank").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.text(&stage.desk.pages.intake).await, text);
    assert_eq!(stage.text(&stage.talk()).await, blank);
    let problems = stage.problems().await;
    for kind in ["many-requests|detail=21", "request-empty", "not-readable|detail=Signs"] {
        assert!(problems.contains(&format!("|kind={kind}")), "{problems}");
    }
    assert!(stage.rows().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_author_of_a_long_discussed_and_of_a_hidden_proposal() {
    let stage = Stage::new("long").await;
    let author = MEMBERS[3];
    let revision = stage.person(author).await.edit(&stage.talk(), &proposal("Hidden", ""), "x").await.unwrap();
    stage.person(author).await.edit(&stage.desk.pages.intake, &proposal("Long", ""), "x").await.unwrap();
    stage.settle().await;
    // So long that the history is read from the bot's ledger on.
    let person = stage.person(PASSER).await;
    for i in 0..35 {
        person.append(&stage.page("Long"), &format!("\n{i}"), "talk").await.unwrap();
    }
    stage.settle().await;
    stage.add(author, "Long", "* {{support}} ~~~~").await;
    stage.add(MEMBERS[1], "Long", "* {{support}} ~~~~").await;
    stage.settle().await;
    let ledger = stage.ledger("Long").await;
    assert_eq!(ledger, [format!("{author} support no own-request"), format!("{} support yes", MEMBERS[1])]);
    let requester = |rows: Vec<helpdesk::records::tables::Row>, name: &str| {
        rows.into_iter().find(|r| r.page.title == stage.page(name)).unwrap().owners.concat()
    };
    assert_eq!(requester(stage.rows().await, "Long"), author);

    // A name that the wiki hides is nobody's, least of all the bot's.
    let id = revision.to_string();
    let hide =
        [("action", "revisiondelete"), ("type", "revision"), ("ids", id.as_str()), ("hide", "user"), ("reason", "x")];
    stage.person(ADMIN).await.post(&hide).await.unwrap();
    stage.add(PASSER, "Hidden", "Hello.").await;
    stage.settle().await;
    assert_eq!(requester(stage.rows().await, "Hidden"), "");
}
