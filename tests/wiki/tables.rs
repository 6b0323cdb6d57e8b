//! Which pages have a row, and what becomes of it when a page goes missing.

use crate::stage::{ADMIN, PASSER, REQUESTER, STAFF, Stage, complete};

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

    admin.edit(&stage.page("Blanked"), &text, "restored").await.unwrap();
    stage.settle().await;
    assert!(stage.rows().await.iter().all(|r| !r.lost));
    assert!(!stage.text(&stage.desk.pages.problems).await.contains("lost-template"));
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
        let text = stage.text(&stage.desk.pages.archive_of(year)).await;
        assert_eq!(helpdesk::write::tables::rows(&text).len(), count, "{text}");
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
    let base = if let helpdesk::plan::Base::Revision(id) = change.base { Some(id) } else { None };
    match stage.client.save(change, base).await {
        Err(helpdesk::wiki::Error::Conflict { .. }) => {}
        Ok(saved) => assert!(saved.merged, "an edit in between was not noticed"),
        Err(other) => panic!("{other}"),
    }
    // A page created meanwhile is not overwritten.
    let status = plan.changes.iter().find(|c| c.page == stage.desk.pages.status).unwrap();
    stage.person(PASSER).await.edit(&stage.desk.pages.status, "Mine.", "x").await.unwrap();
    assert!(matches!(stage.client.save(status, None).await, Err(helpdesk::wiki::Error::Conflict { .. })));
    assert_eq!(stage.text(&stage.desk.pages.status).await, "Mine.");
    stage.settle().await;
    let text = stage.text(&stage.page("Busy")).await;
    assert!(text.contains("|description=Something else.") && text.contains("|status=review"), "{text}");
}
