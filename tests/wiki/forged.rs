//! What people write that looks like the bot's own: it says nothing.

use crate::stage::{ADMIN, MEMBERS, PASSER, REQUESTER, STAFF, Stage, in_days, param};

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_outside_the_bots_block_switches_off_no_decision() {
    let stage = Stage::new("forged ledger").await;
    stage.file("Mine", "").await;
    let forged = "{{Helpdesk ledger start|status=review|by=rule|rule=x|support=9|waiting=person|read=99999999}}";
    stage.alter(PASSER, "Mine", "{{Helpdesk request", &format!("{forged}\n{{{{Helpdesk request")).await;
    stage.alter(REQUESTER, "Mine", "|description=", &format!("|risk={forged}\n|description=")).await;
    stage.settle().await;
    assert_eq!(stage.status("Mine").await, "review");
    assert_eq!(stage.rows().await[0].tally.support, 0);
    stage.add(STAFF, "Mine", "{{Helpdesk decision|on-hold}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Mine").await, "on-hold");
    stage.alter(STAFF, "Mine", "|status=on-hold", "|status=declined").await;
    stage.settle().await;
    assert_eq!((stage.status("Mine").await.as_str(), stage.rows().await[0].status.as_str()), ("declined", "declined"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_somebody_else_wrote_makes_no_request() {
    let stage = Stage::new("forged row").await;
    stage.file("Real", "").await;
    stage.settle().await;
    let vandal = stage.person(PASSER).await;
    let mut forged = String::new();
    for (title, text) in [
        ("User:Petra Passerby/Sandbox", crate::stage::complete("Mine", "")),
        ("User:Petra Passerby/Text", "x".to_owned()),
    ] {
        vandal.edit(title, &text, "x").await.unwrap();
        let id = vandal.get([("action", "query"), ("titles", title)]).await.unwrap()["query"]["pages"][0]["pageid"]
            .to_string();
        forged.push_str(&format!(
            "{{{{Helpdesk row|page={title}|title=Paid|status=approved|since=2026-01-01T00:00:00Z|id={id}}}}}\n"
        ));
    }
    let status = stage.desk.pages.status.clone();
    // Below the block, and within it.
    vandal.append(&status, &format!("\n{forged}"), "x").await.unwrap();
    stage.settle().await;
    let text = vandal.text(&status).await.unwrap();
    vandal
        .edit(&status, &text.replacen("{{Helpdesk table end}}", &format!("{forged}{{{{Helpdesk table end}}}}"), 1), "x")
        .await
        .unwrap();
    stage.once().await;
    let titles: Vec<String> =
        stage.rows().await.into_iter().map(|r| r.page.title).filter(|t| t.starts_with("User:")).collect();
    assert!(titles.is_empty(), "{titles:?}");
    let sandbox = vandal.text("User:Petra Passerby/Sandbox").await.unwrap();
    assert!(!sandbox.contains("helpdesk:begin") && param(&sandbox, "status").is_empty(), "{sandbox}");
    assert!(stage.plan().await.changes.iter().all(|c| !c.page.starts_with("User:")));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_archive_page_a_closed_request_keeps_its_row() {
    let stage = Stage::new("no archive").await;
    stage.file("Old", "").await;
    stage.add(STAFF, "Old", "{{Helpdesk decision|done}} ~~~~").await;
    stage.settle().await;
    let archive = stage.desk.pages.archive_of(chrono::Datelike::year(&chrono::Utc::now()), 1);
    let admin = stage.person(ADMIN).await;
    let protect =
        [("action", "protect"), ("title", archive.as_str()), ("protections", "create=sysop"), ("reason", "x")];
    admin.post(protect).await.unwrap();
    for _ in 0..2 {
        stage.once_at(in_days(20)).await;
        assert_eq!(stage.rows().await.len(), 1, "in the one table or in the other");
    }
    let open = [("action", "protect"), ("title", archive.as_str()), ("protections", "create=all"), ("reason", "x")];
    admin.post(open).await.unwrap();
    // Somebody takes the line away: it is tried again.
    let problems = stage.text(&stage.desk.pages.problems).await;
    let without: String = problems.lines().filter(|l| !l.contains("kind=refused")).map(|l| format!("{l}\n")).collect();
    admin.edit(&stage.desk.pages.problems, &without, "mended").await.unwrap();
    stage.once_at(in_days(20)).await;
    assert_eq!(
        (stage.rows().await.len(), helpdesk::records::tables::rows(&stage.text(&archive).await, "archive").len()),
        (0, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undone_status_is_put_back_once() {
    let stage = Stage::new("undone status").await;
    stage.file("Undo", "").await;
    stage.settle().await;
    stage.add(STAFF, "Undo", "{{Helpdesk decision|approved}} ~~~~").await;
    stage.settle().await;
    for expected in ["approved", "review"] {
        let page = stage.page("Undo");
        let vandal = stage.person(PASSER).await;
        let text = vandal.text(&page).await.unwrap().replace("|status=approved", "|status=review");
        vandal.edit(&page, &text, "Undo").await.unwrap();
        stage.once().await;
        assert_eq!(stage.status("Undo").await, expected);
        assert_eq!(stage.rows().await[0].status, "approved");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_decide_on_a_request_that_lost_its_template() {
    let stage = Stage::new("lost and decided").await;
    stage.file("Lost", "").await;
    stage.add(MEMBERS[1], "Lost", "* {{support}} ~~~~").await;
    stage.settle().await;
    let person = stage.person(PASSER).await;
    person.edit(&stage.page("Lost"), "gone", "oops").await.unwrap();
    stage.settle().await;
    let row = &stage.rows().await[0];
    assert!(row.lost && row.status == "review" && row.tally.support == 1);
    stage.add(STAFF, "Lost", "{{Helpdesk decision|declined|reason=Abandoned.}} ~~~~").await;
    stage.settle().await;
    let row = &stage.rows().await[0];
    assert!(row.lost && row.status == "declined");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_committee_page_that_was_moved_or_deleted_silences_nobody() {
    let stage = Stage::new("committee gone").await;
    stage.file("Votes", "").await;
    stage.add(MEMBERS[1], "Votes", "* {{support}} ~~~~").await;
    stage.settle().await;
    let committee = stage.desk.pages.committee.clone();
    let elsewhere = format!("{committee} of old");
    stage.person(PASSER).await.move_page(&committee, &elsewhere, true).await.unwrap();
    stage.add(MEMBERS[2], "Votes", "* {{support}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.rows().await[0].tally.support, 2, "it is followed");
    let admin = stage.person(ADMIN).await;
    admin.delete(&elsewhere, "x").await.unwrap();
    admin.delete(&committee, "x").await.unwrap();
    stage.add(MEMBERS[3], "Votes", "* {{support}} ~~~~").await;
    let outcome = stage.once().await;
    assert!(outcome.held_back.is_some_and(|h| h.to_string().contains(&committee)));
    assert_eq!(stage.ledger("Votes").await.len(), 2, "nothing is written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_comes_with_a_proposal_is_nobodys_word() {
    let stage = Stage::new("forged in a proposal").await;
    stage.file("Honest", "").await;
    stage.settle().await;
    let text = stage.text(&stage.page("Honest")).await;
    let start = helpdesk::records::ledger::ledger_start(&text).unwrap();
    let forged = format!(
        "{{{{Helpdesk request|title=Forged|type=data|status=approved|description=w<!-- helpdesk:begin ledger -->\n\
         {{{{Helpdesk ledger start|status=approved|since=2026-01-01T00:00:00Z|read=0|support=9|basis={}}}}}\n\
         <!-- helpdesk:end ledger -->|justification=w}}}}",
        start.value("basis")
    );
    stage.person(PASSER).await.append(&stage.desk.pages.intake, &format!("\n{forged}\n"), "x").await.unwrap();
    stage.settle().await;
    let rows = stage.rows().await;
    assert!(rows.iter().all(|r| r.status != "approved" && r.tally.support == 0), "{rows:?}");
    let problems = stage.text(&stage.desk.pages.problems).await;
    let filed = rows.iter().any(|r| r.title.starts_with("Forged"));
    assert!(filed || problems.contains("Forged") || problems.contains(&stage.desk.pages.intake), "{problems}");
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_names_and_numbers_stop_no_pass() {
    let stage = Stage::new("odd names").await;
    let odd = "* {{support}} [[User:A&#1;]] 12:34, 5 May 2026 (UTC)\n* {{support}} [[User:A&#2;]] 12:34, 5 May 2026 (UTC)\n\
               * {{support}} [[User:&#31;x]] 12:34, 5 May 2026 (UTC)\n* {{support}} [[User:Jose\u{301}]] [[User:Jos\u{e9}]] 12:34, 5 May 2026 (UTC)";
    stage.file("Odd", odd).await;
    stage.add(PASSER, "Odd", "* {{support}} [[User:Jos\u{e9}]] 12:34, 5 May 2026 (UTC)").await;
    stage.settle().await;
    assert_eq!(stage.status("Odd").await, "review");
    let vandal = stage.person(PASSER).await;
    let status = stage.desk.pages.status.clone();
    let text = vandal.text(&status).await.unwrap();
    let row = "{{Helpdesk row|page=X|title=X|id=9223372036854775808|status=review|since=2026-01-01T00:00:00Z}}\n";
    vandal
        .edit(&status, &text.replacen("{{Helpdesk table end}}", &format!("{row}{{{{Helpdesk table end}}}}"), 1), "x")
        .await
        .unwrap();
    stage.settle().await;
    assert_eq!(stage.rows().await.len(), 1);
}
