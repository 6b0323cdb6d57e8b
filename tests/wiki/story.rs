//! The life of a request, from the form to the archive.

use chrono::Datelike;
use helpdesk::wikitext::block;
use helpdesk::wikitext::names::Names;

use crate::stage::{MEMBERS, PASSER, STAFF, Stage, in_days, param};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_from_the_form_to_the_archive() {
    let stage = Stage::new("story").await;
    let page = stage.page("Old maps");

    // A volunteer saves the form half filled in.
    let requester = stage.person(crate::stage::REQUESTER).await;
    let form = "{{Helpdesk request\n|title=Old maps of the harbour\n|requester=\n|type=upload<!-- one of: upload, data -->\n|country=Examplia\n|description=1,200 maps.\n|justification=<!-- why it matters -->\n|status=\n|status since=\n}}";
    requester.edit(&page, form, "new request").await.expect("the form");
    stage.settle().await;
    assert_eq!(stage.status("Old maps").await, "incomplete");
    let text = stage.text(&page).await;
    assert!(text.contains("{{Helpdesk ledger notice|kind=missing|field=justification}}"), "{text}");

    // Filled in, it goes to review in the same pass.
    stage.alter(crate::stage::REQUESTER, "Old maps", "<!-- why it matters -->", "The most wanted collection.").await;
    stage.settle().await;
    assert_eq!(stage.status("Old maps").await, "review");
    let row = &stage.rows().await[0];
    assert_eq!(
        (row.title.as_str(), row.country.as_str(), row.kind.as_str()),
        ("Old maps of the harbour", "Examplia", "upload")
    );
    assert_eq!((row.waiting.code.id(), row.waiting.have.as_str(), row.waiting.need.as_str()), ("quorum", "0", "3"));

    // Three members vote; time alone is missing then.
    for member in &MEMBERS[1..4] {
        stage.add(member, "Old maps", "* {{support}} good idea ~~~~").await;
    }
    stage.settle().await;
    assert_eq!(stage.rows().await[0].waiting.code.id(), "open-for");
    assert_eq!(stage.status("Old maps").await, "review");
    stage.once_at(in_days(6)).await;
    assert_eq!(stage.status("Old maps").await, "review");

    // A week after it came to review it is approved, also where the bot looks only a day later.
    stage.once_at(in_days(8)).await;
    let text = stage.text(&page).await;
    assert_eq!(param(&text, "status"), "approved");
    let since = helpdesk::page::parse_timestamp(&param(&text, "status since")).expect("a time");
    assert!((in_days(7).unwrap() - since).num_seconds().abs() < 60, "{since}");
    assert!(text.contains("|by=rule|rule=consensus|"), "{text}");

    // Staff carry it out and say it is done.
    stage.alter(STAFF, "Old maps", "|status=approved", "|status=in-progress").await;
    stage.settle().await;
    assert_eq!(stage.rows().await[0].status, "in-progress");
    stage.add(STAFF, "Old maps", "{{Helpdesk decision|done|reason=All uploaded.}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Old maps").await, "done");
    assert_eq!(stage.rows().await.len(), 1, "closed, but not for two weeks yet");

    // Two weeks later its row is on the archive page of the year it was closed in, and only there.
    let later = stage.once_at(in_days(15)).await;
    let archive = stage.desk.pages.archive_of(chrono::Utc::now().year(), 1);
    let written: Vec<&str> = later.written.iter().map(|c| c.page.as_str()).collect();
    assert_eq!(written, [archive.as_str(), stage.desk.pages.status.as_str()]);
    assert!(stage.rows().await.is_empty());
    assert_eq!(helpdesk::records::tables::rows(&stage.text(&archive).await, "archive").len(), 1);

    // All that people wrote is as they wrote it.
    let text = stage.text(&page).await;
    let people = block::without(&text, "ledger");
    for line in form.lines().filter(|l| !l.starts_with("|status") && !l.contains("justification")) {
        assert!(people.contains(line), "{line} in {people}");
    }
    assert_eq!(people.matches("good idea").count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_and_archived_request_is_opened_again() {
    let stage = Stage::new("reopened").await;
    stage.file("Again", "").await;
    stage.add(STAFF, "Again", "{{Helpdesk decision|done}} ~~~~").await;
    stage.once().await;
    stage.once_at(in_days(15)).await;
    assert!(stage.rows().await.is_empty());

    stage.add(MEMBERS[0], "Again", "{{Helpdesk decision|on-hold|reason=One file is missing.}} ~~~~").await;
    let outcome = stage.once_at(in_days(15)).await;
    let order: Vec<&str> = outcome.written.iter().map(|c| c.page.rsplit('/').next().unwrap()).collect();
    let year = chrono::Utc::now().year().to_string();
    assert_eq!(order, ["Again", "Status", year.as_str()], "the archive gives it up last");
    assert_eq!(stage.rows().await[0].status, "on-hold");
    assert_eq!(stage.status("Again").await, "on-hold");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_information_is_asked_for_and_given() {
    let stage = Stage::new("info").await;
    stage.file("Heart", "").await;
    stage.settle().await;
    stage.add(MEMBERS[1], "Heart", "* {{more info}} Who drew it? ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Heart").await, "more-info");
    assert_eq!(stage.rows().await[0].waiting.code.id(), "info-wanted");
    // The box says who asks, and where.
    let html = stage.html(&stage.page("Heart")).await;
    let waiting = html.split("Waiting for:").nth(1).and_then(|rest| rest.split("</div>").next()).expect("a line");
    assert!(waiting.contains("an answer from the requester") && waiting.contains("Special:Diff/"), "{waiting}");
    assert!(waiting.contains(MEMBERS[1]), "{waiting}");
    // Somebody else's words are no answer.
    stage.add(PASSER, "Heart", ": I know! ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Heart").await, "more-info");
    stage.add(crate::stage::REQUESTER, "Heart", ": A surgeon. ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Heart").await, "review");
    // A decision stands there with its reason.
    stage.add(STAFF, "Heart", "{{Helpdesk decision|declined|reason=It is [[drawn]] already}} ~~~~").await;
    stage.settle().await;
    let html = stage.html(&stage.page("Heart")).await;
    assert!(html.contains("“<bdi>It is drawn already</bdi>”"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_can_be_applied_in_pieces_and_loses_nothing() {
    let stage = Stage::new("pieces").await;
    for name in ["One", "Two", "Three"] {
        stage.file(name, "").await;
    }
    stage.settle().await;
    let ids: Vec<u64> = stage.rows().await.iter().map(|r| r.page.id).collect();
    assert_eq!(ids.len(), 3);
    stage.add(STAFF, "One", "{{Helpdesk decision|done}} ~~~~").await;
    stage.add(STAFF, "Two", "{{Helpdesk decision|declined}} ~~~~").await;
    let archive = stage.desk.pages.archive_of(chrono::Utc::now().year(), 1);
    // Stopped after each single change of the pass that archives two of them, as by a power cut.
    let mut steps = 0;
    loop {
        let plan = helpdesk::pass::plan(&stage.client, &stage.desk, in_days(20)).await.expect("a plan").1;
        let Some(change) = plan.changes.first() else {
            break;
        };
        stage.save(change).await.expect("one change");
        steps += 1;
        let mut seen: Vec<u64> = stage.rows().await.iter().map(|r| r.page.id).collect();
        let archived = stage.person(PASSER).await.text_if_there(&archive).await.expect("an answer").unwrap_or_default();
        seen.extend(helpdesk::records::tables::rows(&archived, "archive").iter().map(|r| r.page.id));
        assert!(ids.iter().all(|id| seen.contains(id)), "after {}: {seen:?} of {ids:?}", change.page);
        assert!(steps < 20, "it does not come to an end");
    }
    assert_eq!(steps, 5, "two requests, the third's ledger (its week is over), the archive, the status page");
    assert_eq!(stage.rows().await.len(), 1);
}

#[test]
fn names_are_plain_data() {
    // What decides must not need the wiki's library.
    fn is_send<T: Send + Sync>() {}
    is_send::<Names>();
    is_send::<helpdesk::desk::decision::Decision>();
}
