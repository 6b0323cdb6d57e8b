//! Which pages have a row, and what becomes of it when a page goes missing.

use crate::stage::{ADMIN, MEMBERS, PASSER, REQUESTER, STAFF, Stage, complete};

#[tokio::test(flavor = "multi_thread")]
async fn only_pages_directly_below_the_intake_page_with_the_template_are_requests() {
    let stage = Stage::new("which pages").await;
    stage.file("Real", "").await;
    let person = stage.person(REQUESTER).await;
    for title in
        [stage.page("Real/sub"), stage.page("sv"), stage.page("pt-br"), format!("{}/Elsewhere", stage.desk.root)]
    {
        person.edit(&title, &complete("no", ""), "x").await.unwrap();
    }
    person.edit(&stage.page("Plain"), "just text", "x").await.unwrap();
    person.edit(&stage.page("Quoted"), "<nowiki>{{Helpdesk request|title=x}}</nowiki>", "x").await.unwrap();
    person.edit(&stage.page("Same"), &format!("#REDIRECT [[{}]]", stage.page("Real")), "x").await.unwrap();
    stage.settle().await;
    let titles: Vec<String> = stage.rows().await.into_iter().map(|r| r.page.title).collect();
    assert_eq!(titles, [stage.page("Real")]);
    assert_eq!(person.text(&stage.page("sv")).await.unwrap(), complete("no", ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blanked_request_keeps_its_row_a_deleted_one_goes_a_moved_one_is_followed() {
    let stage = Stage::new("missing").await;
    for name in ["Blanked", "Deleted", "Moved", "Moved away"] {
        stage.file(name, "").await;
    }
    stage.settle().await;
    let admin = stage.person(ADMIN).await;
    let text = admin.text(&stage.page("Blanked")).await.unwrap();
    admin.edit(&stage.page("Blanked"), "hi", "oops").await.unwrap();
    admin.delete(&stage.page("Deleted"), "x").await.unwrap();
    admin.move_page(&stage.page("Moved"), &stage.page("Better name"), true).await.unwrap();
    admin.move_page(&stage.page("Moved away"), &format!("{}/Elsewhere", stage.desk.root), false).await.unwrap();
    stage.settle().await;
    let rows = stage.rows().await;
    let mut titles: Vec<String> = rows.iter().map(|r| r.page.title.clone()).collect();
    titles.sort();
    assert_eq!(titles, [format!("{}/Elsewhere", stage.desk.root), stage.page("Better name"), stage.page("Blanked")]);
    let blanked = rows.iter().find(|r| r.page.title == stage.page("Blanked")).unwrap();
    assert!(blanked.lost && blanked.status == "review");
    assert!(stage.text(&stage.desk.pages.problems).await.contains("|kind=lost-template"));

    // Nobody loses it by emptying the table that lists it.
    admin
        .edit(&stage.desk.pages.status, "<!-- helpdesk:begin status -->\n<!-- helpdesk:end status -->", "x")
        .await
        .unwrap();
    stage.settle().await;
    assert!(stage.rows().await.iter().any(|r| r.lost && r.page.title == stage.page("Blanked")));

    admin.edit(&stage.page("Blanked"), &text, "restored").await.unwrap();
    stage.settle().await;
    assert!(stage.rows().await.iter().all(|r| !r.lost));
    assert!(!stage.text(&stage.desk.pages.problems).await.contains("lost-template"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_leaves_the_tables_and_is_named_beside_the_other() {
    let stage = Stage::new("duplicates").await;
    for name in ["Kept", "Twin", "Triplet", "Elsewhere", "Other"] {
        stage.file(name, "").await;
    }
    stage.settle().await;
    let staff = stage.person(STAFF).await;
    let redirect = |to: &str| format!("#REDIRECT [[{to}#x|y]]");
    let old = stage.text(&stage.page("Twin")).await;
    staff.edit(&stage.page("Twin"), &redirect(&stage.page("Kept")), "the same").await.unwrap();
    staff
        .edit(
            &stage.page("Triplet"),
            &redirect(&stage.page("twin").replace(' ', "_").replace("twin", "Twin")),
            "the same",
        )
        .await
        .unwrap();
    staff.edit(&stage.page("Elsewhere"), &redirect(&stage.desk.root), "not a request").await.unwrap();
    // What a move leaves behind is no duplicate.
    stage.person(ADMIN).await.move_page(&stage.page("Kept"), &stage.page("Moved"), true).await.unwrap();
    stage.settle().await;
    let rows = stage.rows().await;
    assert_eq!(rows.len(), 3, "{rows:#?}");
    let kept = rows.iter().find(|r| r.page.title == stage.page("Moved")).unwrap();
    assert_eq!(kept.duplicates, [stage.page("Twin"), stage.page("Triplet")]);
    assert!(rows.iter().any(|r| r.page.title == stage.page("Elsewhere") && r.lost));
    assert!(stage.html(&stage.desk.pages.status).await.contains("Also filed as"));

    staff.edit(&stage.page("Twin"), &old, "not the same after all").await.unwrap();
    stage.settle().await;
    let rows = stage.rows().await;
    let kept = rows.iter().find(|r| r.page.title == stage.page("Moved")).unwrap();
    assert!(rows.len() == 4 && kept.duplicates.is_empty(), "{rows:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn replaced_wrapped_doubled_and_restored_pages() {
    let stage = Stage::new("shapes").await;
    for name in ["Replaced", "Wrapped", "Doubled", "Deleted", "Plain"] {
        stage.file(name, "").await;
    }
    let person = stage.person(REQUESTER).await;
    let renamed = complete("Redirected", "").replacen("Helpdesk request", "hjälp_oss", 1);
    person.edit(&stage.page("Redirected"), &renamed, "x").await.unwrap();
    person.edit(&stage.page("New wrapped"), "{{center|{{Helpdesk request|title=x}}}}", "x").await.unwrap();
    // Two from the beginning: said also once the bot has written its ledger there.
    stage.file("Twice", &complete("A second one", "")).await;
    stage.settle().await;
    assert_eq!(stage.rows().await.len(), 7);
    let problems = stage.text(&stage.desk.pages.problems).await;
    assert!(problems.contains("&#47;Twice|kind=template-doubled"), "{problems}");

    person.edit(&stage.page("Replaced"), "Quite another page, [[with]] its {{own}} text.", "x").await.unwrap();
    let wrapped = stage.text(&stage.page("Wrapped")).await;
    let (call, rest) = wrapped.split_once("\n}}").unwrap();
    person.edit(&stage.page("Wrapped"), &format!("{{{{center|{call}\n}}}}}}}}{rest}"), "x").await.unwrap();
    stage.add(REQUESTER, "Doubled", &complete("A second one", "")).await;
    let admin = stage.person(ADMIN).await;
    admin.delete(&stage.page("Deleted"), "x").await.unwrap();
    stage.settle().await;
    let rows = stage.rows().await;
    let mut titles: Vec<&str> = rows.iter().filter_map(|r| r.page.title.rsplit('/').next()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["Doubled", "Plain", "Redirected", "Replaced", "Twice", "Wrapped"]);
    let problems = stage.text(&stage.desk.pages.problems).await;
    for (name, kind) in [
        ("Replaced", "lost-template"),
        ("Wrapped", "wrapped"),
        ("New wrapped", "wrapped"),
        ("Doubled", "template-doubled"),
    ] {
        assert!(problems.contains(&format!("&#47;{name}|kind={kind}")), "{name}: {problems}");
    }
    // Nothing was written on what cannot be read.
    assert!(stage.text(&stage.page("Wrapped")).await.starts_with("{{center|{{"));

    let deleted = stage.page("Deleted");
    admin.post(&[("action", "undelete"), ("title", deleted.as_str()), ("reason", "x")]).await.unwrap();
    admin.edit(&stage.page("Wrapped"), &wrapped, "unwrapped").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.rows().await.len(), 7);
    assert!(!stage.text(&stage.desk.pages.problems).await.contains("&#47;Wrapped|kind"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_staff_bring_in_from_earlier_years_is_archived_by_year() {
    let stage = Stage::new("years").await;
    for (name, year) in [("First", 2022), ("Second", 2023), ("Third", 2023)] {
        stage.file(name, "").await;
        let to = format!("|title={name}\n|status=done\n|status since={year}-06-01T00:00:00Z");
        stage.alter(STAFF, name, &format!("|title={name}"), &to).await;
    }
    stage.settle().await;
    assert!(stage.rows().await.is_empty());
    for (year, count) in [(2022, 1), (2023, 2)] {
        let text = stage.text(&stage.desk.pages.archive_of(year, 1)).await;
        assert_eq!(helpdesk::records::tables::rows(&text, "archive").len(), count, "{text}");
    }
    let status = stage.text(&stage.desk.pages.status).await;
    assert!(status.contains("{{Helpdesk total|type=data|open=0|closed=3}}"), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_changes_while_it_is_written_is_read_again() {
    let stage = Stage::new("conflict").await;
    stage.file("Busy", "").await;
    let plan = stage.plan().await;
    let change = plan.changes.iter().find(|c| c.page == stage.page("Busy")).unwrap();
    stage.alter(REQUESTER, "Busy", "|description=What we want.", "|description=Something else.").await;
    match stage.save(change).await {
        Err(helpdesk::wiki::Error::Conflict { .. }) => {}
        Ok(saved) => assert!(saved.merged, "an edit in between was not noticed"),
        Err(other) => panic!("{other}"),
    }
    // A page created meanwhile is not overwritten.
    let status = plan.changes.iter().find(|c| c.page == stage.desk.pages.status).unwrap();
    stage.person(PASSER).await.edit(&stage.desk.pages.status, "Mine.", "x").await.unwrap();
    assert!(matches!(stage.save(status).await, Err(helpdesk::wiki::Error::Conflict { .. })));
    assert_eq!(stage.text(&stage.desk.pages.status).await, "Mine.");
    stage.settle().await;
    let text = stage.text(&stage.page("Busy")).await;
    assert!(text.contains("|description=Something else.") && text.contains("|status=review"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_page_says_who_is_waited_for() {
    let stage = Stage::new("dashboard").await;
    for name in ["Asked", "Voted on", "Question", "Taken up"] {
        stage.file(name, "").await;
    }
    stage.alter(REQUESTER, "Question", "|type=data", "|type=question").await;
    stage.add(MEMBERS[1], "Asked", "* {{more info}} Which '''licence'''? See [[Old maps|the maps]]. ~~~~").await;
    stage.add(MEMBERS[1], "Voted on", "* {{support}} ~~~~").await;
    stage.add(STAFF, "Taken up", "{{Helpdesk decision|approved}} ~~~~").await;
    stage.settle().await;

    let rows = stage.rows().await;
    let row = |name: &str| rows.iter().find(|r| r.page.title == stage.page(name)).unwrap();
    let waiting: Vec<&str> = MEMBERS.iter().copied().filter(|name| *name != MEMBERS[1]).collect();
    assert_eq!(row("Voted on").missing, waiting);
    assert!(["Asked", "Question", "Taken up"].iter().all(|name| row(name).missing.is_empty()), "{rows:#?}");

    let html = stage.html(&stage.desk.pages.status).await;
    // Behind the table of contents.
    let place = |words: &str| html.rfind(words).unwrap_or_else(|| panic!("{words} in {html}"));
    let order = [
        "Needs a reply",
        "Needs votes",
        "Not voted yet",
        "Needs a helper",
        "Waiting for the requester",
        "Requests by type",
    ];
    let places = order.map(place);
    assert!(places.is_sorted(), "{order:?} at {places:?}");
    assert!(html.contains("Category:Helpdesk_requests_under_review"), "{html}");

    let asked = stage.html(&stage.page("Asked")).await;
    assert!(asked.contains("“<bdi>Which licence&#63; See the maps.</bdi>” ("), "{asked}");

    // Whoever votes is waited for no more.
    stage.add(MEMBERS[2], "Voted on", "* {{oppose}} ~~~~").await;
    stage.settle().await;
    let missing = stage.rows().await.into_iter().find(|r| r.page.title == stage.page("Voted on")).unwrap().missing;
    assert_eq!(missing, [MEMBERS[0], MEMBERS[3], MEMBERS[4]]);
}
