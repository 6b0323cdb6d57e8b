//! Rows, ledgers and memos tell the bot something only as it saved them itself.

use helpdesk::pass::{self, Outcome};
use helpdesk::records::tables::rows;
use helpdesk::sandbox::Person;
use helpdesk::wikitext::block;

use crate::stage::{ADMIN, MEMBERS, PASSER, REQUESTER, STAFF, Stage, complete, in_days, param};

impl Stage {
    /// One more pass, and how many requests of each of these kinds it made.
    async fn counted<const N: usize>(&self, kinds: [&str; N]) -> (Outcome, [usize; N]) {
        let before = self.client.counts();
        let outcome = self.once().await;
        let spent = kinds.map(|kind| outcome.requests.get(kind).unwrap_or(&0) - before.get(kind).unwrap_or(&0));
        (outcome, spent)
    }

    async fn id_of(&self, title: &str) -> u64 {
        let params = [("action", "query"), ("titles", title)];
        let found = self.person(PASSER).await.get(params).await.unwrap();
        found["query"]["pages"][0]["pageid"].as_u64().unwrap_or_else(|| panic!("{title}: {found}"))
    }

    /// Somebody at the bot's own account.
    pub async fn bot(&self) -> Person {
        Person::login(&self.url, &self.login.name, &self.login.password).await.unwrap()
    }

    fn archive(&self) -> String {
        self.desk.pages.archive_of(chrono::Datelike::year(&chrono::Utc::now()), 1)
    }

    /// Ids in the archive page, as it stands on the wiki.
    async fn archived(&self) -> Vec<u64> {
        let text = self.person(PASSER).await.text_if_there(&self.archive()).await.unwrap().unwrap_or_default();
        rows(&text, "archive").iter().map(|r| r.page.id).collect()
    }
}

fn row(page: &str, id: u64, status: &str) -> String {
    format!("{{{{Helpdesk row|page={page}|title=Forged|status={status}|since=2026-01-01T00:00:00Z|id={id}}}}}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_rows_cost_one_request_wherever_they_stand() {
    let stage = Stage::new("sixty rows").await;
    stage.file("Real", "").await;
    stage.settle().await;
    let vandal = stage.person(PASSER).await;
    let (mut forged, long) = (String::new(), "words ".repeat(30_000));
    for i in 0..20 {
        let title = format!("User:Petra Passerby/Row {i}");
        vandal.edit(&title, &format!("{}{long}", complete("Mine", "")), "x").await.unwrap();
        forged += &row(&title, stage.id_of(&title).await, "review");
    }
    let (_, [usual, html]) = stage.counted(["query", "html"]).await;
    assert_eq!(html, 0);
    // A block of another page's name, which the bot's next save keeps as people's text; and the bot's own block.
    let status = stage.desk.pages.status.clone();
    vandal.append(&status, &format!("\n{}", block::wrap("archive", &forged)), "x").await.unwrap();
    stage.file("Another", "").await;
    stage.once().await;
    let (outcome, [queries, html]) = stage.counted(["query", "html"]).await;
    assert_eq!((outcome.written.len(), queries, html), (0, usual, 0));
    let text = vandal.text(&status).await.unwrap();
    assert!(text.contains("Row 7"), "people's text stays");
    let end = "{{Helpdesk table end}}";
    vandal.edit(&status, &text.replacen(end, &format!("{forged}{end}"), 1), "x").await.unwrap();
    let (outcome, [queries, html]) = stage.counted(["query", "html"]).await;
    assert_eq!((outcome.written.len(), html), (1, 0), "put right in one edit");
    // The bot's own revision, what was undone before, and what the bot may edit.
    assert!(queries <= usual + 3, "{queries} for usually {usual}");
    let (_, [queries, _]) = stage.counted(["query", "html"]).await;
    assert_eq!((stage.rows().await.len(), queries), (2, usual));
}

#[tokio::test(flavor = "multi_thread")]
async fn even_a_row_of_the_bots_own_claims_no_page_elsewhere() {
    let stage = Stage::new("claimed rows").await;
    stage.file("Real", "").await;
    stage.settle().await;
    let title = "User:Petra Passerby/Claimed";
    let person = stage.person(PASSER).await;
    person.edit(title, &complete("Mine", ""), "x").await.unwrap();
    let forged = row(title, stage.id_of(title).await, "review");
    let status = stage.desk.pages.status.clone();
    let text =
        stage.text(&status).await.replacen("{{Helpdesk table end}}", &format!("{forged}{{{{Helpdesk table end}}}}"), 1);
    stage.bot().await.edit(&status, &text, "by the bot's account").await.unwrap();
    let (_, [html]) = stage.counted(["html"]).await;
    assert_eq!((html, stage.rows().await.len()), (0, 1));
    assert!(!person.text(title).await.unwrap().contains("helpdesk:begin"));
    assert!(stage.plan().await.changes.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_desks_come_to_rest_over_one_request() {
    let one = Stage::new("desk one").await;
    let two = Stage::new("desk two").await;
    for stage in [&one, &two] {
        stage.file("Own", "").await;
        stage.settle().await;
    }
    let of_two = row(&two.page("Own"), two.id_of(&two.page("Own")).await, "review");
    // By whoever wrote it.
    let status = one.desk.pages.status.clone();
    let forged =
        |text: String| text.replacen("{{Helpdesk table end}}", &format!("{of_two}{{{{Helpdesk table end}}}}"), 1);
    for writer in [one.person(PASSER).await, one.bot().await] {
        let text = forged(one.text(&status).await);
        writer.edit(&status, &text, "x").await.unwrap();
        assert!(one.once().await.written.len() <= 2);
        for stage in [&two, &one, &two] {
            assert!(stage.once().await.written.is_empty());
        }
        assert_eq!((one.rows().await.len(), two.rows().await.len()), (1, 1));
    }
    // One that moves from desk to desk is the other's from then on, whichever looks first.
    for (name, first) in [("A", &one), ("B", &two)] {
        one.file(name, &format!("* {{{{support}}}} by {name}")).await;
        one.settle().await;
        one.person(ADMIN).await.move_page(&one.page(name), &two.page(name), false).await.unwrap();
        let second = if std::ptr::eq(first, &one) { &two } else { &one };
        for stage in [first, second, first, second] {
            stage.once().await;
        }
        for stage in [&one, &two] {
            assert!(stage.once().await.written.is_empty(), "at rest");
        }
        let listed = |stage: &Stage, rows: Vec<helpdesk::records::tables::Row>| {
            rows.iter().any(|r| r.page.title == stage.page(name))
        };
        assert!(listed(&two, two.rows().await) && !listed(&two, one.rows().await), "{name}");
    }
    // One that moves to a place of nobody's stays where it was kept.
    one.file("Away", "").await;
    one.settle().await;
    let away = format!("{} away", one.desk.root);
    one.person(ADMIN).await.move_page(&one.page("Away"), &away, false).await.unwrap();
    one.settle().await;
    one.person(MEMBERS[1]).await.append(&away, "\n* {{support}} ~~~~", "x").await.unwrap();
    one.settle().await;
    let rows = one.rows().await;
    assert!(rows.iter().any(|r| r.page.title == away && r.tally.support == 1), "{rows:?}");
    assert!(two.once().await.written.is_empty());
}

/// What a stranger makes of the archive page before the bot needs it, from what the bot would write there; and whether the
/// bot can write on it.
type Beforehand = (&'static str, fn(&Stage, &str) -> String, bool);

const BEFOREHAND: [Beforehand; 7] = [
    ("plain", |_, _| "My own words.".to_owned(), false),
    ("empty block", |_, _| format!("Mine.\n{}", block::wrap("archive", "")), true),
    ("forged", |_, canonical| canonical.replace("status=done", "status=declined"), true),
    ("word for word", |_, canonical| canonical.to_owned(), true),
    (
        "another block",
        |_, canonical| format!("{}\n{}", canonical.replace("archive -->", "status -->"), block::wrap("archive", "")),
        true,
    ),
    ("redirect", |stage, _| format!("#REDIRECT [[{}]]\n{}", stage.desk.root, block::wrap("archive", "")), false),
    ("hidden", |_, canonical| format!("<nowiki>\n{canonical}\n</nowiki>"), false),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_page_that_was_there_before_loses_no_request() {
    for (name, make, writable) in BEFOREHAND {
        let stage = Stage::new(&format!("archive {name}")).await;
        stage.file("Old", "").await;
        stage.add(STAFF, "Old", "{{Helpdesk decision|done}} ~~~~").await;
        stage.settle().await;
        let id = stage.id_of(&stage.page("Old")).await;
        let (_, plan, _) = pass::plan(&stage.client, &stage.desk, in_days(20)).await.unwrap();
        let planned = plan.changes.iter().find(|c| c.page == stage.archive()).expect("an archive");
        let text = make(&stage, &planned.after);
        stage.person(PASSER).await.edit(&stage.archive(), &text, "mine").await.unwrap();
        stage.once_at(in_days(20)).await;
        let (_, plan, _) = pass::plan(&stage.client, &stage.desk, in_days(20)).await.unwrap();
        assert!(plan.changes.is_empty(), "{name}: {plan}");
        let here = stage.rows().await.iter().map(|r| r.page.id).collect::<Vec<_>>();
        if writable {
            assert_eq!((here, stage.archived().await), (vec![], vec![id]), "{name}");
            let last = stage.client.page_of_each(&[stage.archive()]).await.unwrap().pop().flatten().unwrap();
            assert_eq!(last.revision.user.map(|u| u.id), Some(stage.client.me.id), "{name}: by the bot itself");
        } else {
            assert_eq!(here, vec![id], "{name}");
            assert!(
                stage.problems().await.contains(&format!("{}|kind=no-place", stage.archive().replace('/', "&#47;"))),
                "{name}"
            );
        }
        // Whatever becomes of the stranger's text, and of the request's page: the row is somewhere.
        stage.person(PASSER).await.edit(&stage.page("Old"), "gone", "x").await.unwrap();
        stage.once_at(in_days(20)).await;
        let there =
            if writable { stage.archived().await } else { stage.rows().await.iter().map(|r| r.page.id).collect() };
        assert_eq!(there, vec![id], "{name}");
        // An administrator mends it.
        stage.person(ADMIN).await.delete(&stage.archive(), "not needed").await.unwrap();
        for _ in 0..2 {
            stage.once_at(in_days(20)).await;
        }
        assert_eq!((stage.rows().await.len(), stage.archived().await), (0, vec![id]), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_one_row_is_put_right_in_one_edit() {
    let stage = Stage::new("one row").await;
    for name in ["Here", "Old"] {
        stage.file(name, "").await;
    }
    stage.add(STAFF, "Old", "{{Helpdesk decision|done}} ~~~~").await;
    stage.once_at(in_days(20)).await;
    stage.once_at(in_days(20)).await;
    let person = stage.person(PASSER).await;
    for title in [stage.desk.pages.status.clone(), stage.archive(), stage.desk.pages.problems.clone()] {
        let right = person.text(&title).await.unwrap();
        let wrong = right.replace("|since=2", "|title=Mine|since=2").replace("|count=", "|x=");
        assert_ne!(right, wrong, "{right}");
        person.edit(&title, &wrong, "x").await.unwrap();
        let outcome = stage.once_at(in_days(20)).await;
        let written: Vec<&str> = outcome.written.iter().map(|c| c.page.as_str()).collect();
        assert_eq!((written, person.text(&title).await.unwrap()), (vec![title.as_str()], right));
        assert!(stage.once_at(in_days(20)).await.written.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_memo_and_a_copied_ledger_change_nothing() {
    let stage = Stage::new("altered memo").await;
    for name in ["Altered", "Copied"] {
        stage.file(name, "").await;
    }
    for member in &MEMBERS[1..3] {
        stage.add(member, "Altered", "* {{support}} ~~~~").await;
    }
    stage.settle().await;
    let before = stage.rows().await;
    let text = stage.text(&stage.page("Altered")).await;
    let start = helpdesk::records::ledger::ledger_start(&text).unwrap();
    for (name, value) in [
        ("read", "1".to_owned()),
        ("basis", "0000000000000000".to_owned()),
        ("settled", "2020-01-01T00:00:00Z".to_owned()),
        ("filed", "1".to_owned()),
        ("since", "2020-01-01T00:00:00Z".to_owned()),
        ("due", "2020-01-01T00:00:00Z".to_owned()),
        ("desk", "Elsewhere".to_owned()),
    ] {
        let old = format!("|{name}={}", start.value(name));
        stage.alter(PASSER, "Altered", &old, &format!("|{name}={value}")).await;
        assert!(stage.once().await.written.len() <= 1, "{name}");
        assert!(stage.plan().await.changes.is_empty(), "{name}");
        assert_eq!(stage.rows().await, before, "{name}");
        let page = stage.text(&stage.page("Altered")).await;
        if page != text {
            stage.person(PASSER).await.edit(&stage.page("Altered"), &text, "x").await.unwrap();
            stage.once().await;
        }
    }
    // One that names the very revision that it stands on.
    let newest = stage.client.page_of_each(&[stage.page("Altered")]).await.unwrap().pop().flatten().unwrap().revision;
    let memo = helpdesk::records::ledger::ledger_start(newest.text.as_deref().unwrap()).unwrap();
    let forged =
        newest.text.unwrap().replace(&format!("|read={}", memo.value("read")), &format!("|read={}", newest.id));
    let forged = forged.replace("|support=2", "|support=9");
    stage.person(PASSER).await.edit(&stage.page("Altered"), &forged, "x").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.rows().await, before);
    // With the votes' places and revisions altered, and on another page; neither brings the votes elsewhere.
    stage.alter(PASSER, "Altered", "|n=0", "|n=1").await;
    let block::Block::Found(own) = block::find(&text, "ledger") else { panic!("{text}") };
    let copied = stage.text(&stage.page("Copied")).await;
    let block::Block::Found(place) = block::find(&copied, "ledger") else { panic!("{copied}") };
    let forged = format!("{}{}{}", &copied[..place.start], &text[own], &copied[place.end..]);
    stage.person(PASSER).await.edit(&stage.page("Copied"), &forged, "x").await.unwrap();
    assert!(stage.once().await.written.iter().all(|c| c.page == stage.page("Copied")));
    assert!(stage.plan().await.changes.is_empty());
    assert_eq!(stage.rows().await, before);
    assert!(stage.ledger("Copied").await.is_empty());
    assert_eq!(param(&stage.text(&stage.page("Copied")).await, "status"), "review");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_of_somebody_elses_is_no_sign_that_there_was_a_roster() {
    let stage = Stage::new("no roster yet").await;
    stage.person(ADMIN).await.delete(&stage.desk.pages.committee, "Nobody yet.").await.unwrap();
    let forged = block::wrap(
        "ledger",
        "{{Helpdesk ledger start|status=review|by=person}}\n{{Helpdesk ledger row|choice=support|counted=yes}}",
    );
    let text = format!("{}\n{forged}", complete("First", ""));
    stage.person(REQUESTER).await.edit(&stage.page("First"), &text, "x").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.status("First").await, "review");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_edits_the_problems_page_makes_no_refused_edit_tried_again() {
    let stage = Stage::new("refused again").await;
    stage.file("Locked", "").await;
    let page = stage.page("Locked");
    let protect = [("action", "protect"), ("title", page.as_str()), ("protections", "edit=sysop"), ("reason", "x")];
    stage.person(ADMIN).await.post(protect).await.unwrap();
    stage.once().await;
    assert!(stage.problems().await.contains("kind=refused"));
    stage.person(PASSER).await.append(&stage.desk.pages.problems, "\nI saw it.", "x").await.unwrap();
    let (outcome, [edits]) = stage.counted(["edit"]).await;
    assert_eq!((outcome.written.len(), edits), (0, 0));
}
