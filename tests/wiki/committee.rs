//! The roster and decisions by people.

use crate::stage::{ADMIN, MEMBERS, PASSER, REQUESTER, STAFF, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_by_somebody_who_is_not_trusted_changes_nothing() {
    let stage = Stage::new("roster").await;
    stage.file("Votes", "").await;
    stage.add(PASSER, "Votes", "* {{support}} ~~~~").await;
    stage
        .person(PASSER)
        .await
        .append(&stage.desk.pages.committee, &format!("\n{{{{Helpdesk member|user={PASSER}}}}}"), "me too")
        .await
        .unwrap();
    stage.settle().await;
    assert_eq!(stage.ledger("Votes").await, [format!("{PASSER} support no not-on-roster")]);
    assert!(stage.text(&stage.desk.pages.problems).await.contains("|kind=roster-untrusted|"));
    // To save the page is not to confirm what others wrote on it.
    let admin = stage.person(ADMIN).await;
    admin.append(&stage.desk.pages.committee, "\nWelcome.", "a word").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.ledger("Votes").await, [format!("{PASSER} support no not-on-roster")]);
    // To write in the line is.
    let text = admin.text(&stage.desk.pages.committee).await.unwrap();
    let confirmed = text.replace(&format!("user={PASSER}"), &format!("user={PASSER}|role=member"));
    admin.edit(&stage.desk.pages.committee, &confirmed, "confirmed").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.ledger("Votes").await, [format!("{PASSER} support yes")]);
    assert!(!stage.text(&stage.desk.pages.problems).await.contains("roster-untrusted"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_roster_leaves_the_last_good_one_in_force() {
    let stage = Stage::new("broken roster").await;
    stage.file("Votes", "").await;
    stage.add(MEMBERS[1], "Votes", "* {{support}} ~~~~").await;
    let admin = stage.person(ADMIN).await;
    admin.edit(&stage.desk.pages.committee, "We are thinking about a new committee.", "blank").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.ledger("Votes").await, [format!("{} support yes", MEMBERS[1])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_makes_nobody_a_member_unless_somebody_trusted_made_it() {
    let stage = Stage::new("roster redirect").await;
    let (committee, old) = (stage.desk.pages.committee.clone(), "Test roster redirect/Old list".to_owned());
    let admin = stage.person(ADMIN).await;
    admin.edit(&old, &format!("{{{{Helpdesk member|user={PASSER}|role=chair}}}}"), "a list of old").await.unwrap();
    let passer = stage.person(PASSER).await;
    passer.edit(&committee, &format!("#REDIRECT [[{old}]]"), "this one").await.unwrap();
    stage.file("Votes", "").await;
    stage.add(PASSER, "Votes", "* {{support}} ~~~~").await;
    stage.add(MEMBERS[1], "Votes", "* {{support}} ~~~~").await;
    stage.settle().await;
    assert_eq!(
        stage.ledger("Votes").await,
        [format!("{PASSER} support no not-on-roster"), format!("{} support yes", MEMBERS[1])]
    );
    assert!(stage.text(&stage.desk.pages.problems).await.contains("|kind=roster-untrusted|"));
    admin.edit(&committee, &format!("#REDIRECT [[{old}]] yes"), "this one").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.ledger("Votes").await[0], format!("{PASSER} support yes"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_committee_page_that_was_moved_away_and_replaced_is_followed() {
    let stage = Stage::new("roster moved").await;
    stage.file("Votes", "").await;
    stage.add(MEMBERS[1], "Votes", "* {{support}} ~~~~").await;
    let (committee, passer) = (stage.desk.pages.committee.clone(), stage.person(PASSER).await);
    passer.move_page(&committee, "Test roster moved/Old", true).await.unwrap();
    passer.move_page("Test roster moved/Old", "Test roster moved/Older", true).await.unwrap();
    let fake = format!("Ours. {{{{Helpdesk member|user={PASSER}|role=chair}}}}");
    passer.edit(&committee, &fake, "ours").await.unwrap();
    stage.add(PASSER, "Votes", "* {{oppose}} ~~~~").await;
    stage.settle().await;
    let expect = [format!("{} support yes", MEMBERS[1]), format!("{PASSER} oppose no not-on-roster")];
    assert_eq!(stage.ledger("Votes").await, expect);
    assert!(stage.text(&stage.desk.pages.problems).await.contains("|kind=roster-moved"));
    let admin = stage.person(ADMIN).await;
    admin.append(&committee, "\nWelcome.", "a word").await.unwrap();
    assert_eq!(stage.once().await.held_back, None);
    assert_eq!(stage.ledger("Votes").await, expect);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_taken_away_ends_a_term_and_undoes_nothing() {
    let stage = Stage::new("term ends").await;
    stage.file("Votes", "").await;
    stage.add(MEMBERS[1], "Votes", "* {{support}} ~~~~").await;
    stage.add(MEMBERS[2], "Votes", "* {{support}} ~~~~").await;
    let admin = stage.person(ADMIN).await;
    let text = admin.text(&stage.desk.pages.committee).await.unwrap();
    let without = text.lines().filter(|line| !line.contains(MEMBERS[1])).collect::<Vec<_>>().join("\n");
    // The wiki's clock counts in seconds.
    stage.until_later().await;
    admin.edit(&stage.desk.pages.committee, &without, "her term is over").await.unwrap();
    stage.add(MEMBERS[1], "Votes", "* {{oppose}} ~~~~").await;
    stage.settle().await;
    assert_eq!(
        stage.ledger("Votes").await,
        [
            format!("{} support yes", MEMBERS[1]),
            format!("{} support yes", MEMBERS[2]),
            format!("{} oppose no not-in-term", MEMBERS[1]),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_cannot_be_read_are_reported() {
    let stage = Stage::new("roster lines").await;
    let lines = "\n{{Helpdesk member|user=Nobody At All}}\n{{Helpdesk member|user=Mona Member|role=king}}\n{{Helpdesk member|user=Mona Member|until=soon}}";
    stage.person(ADMIN).await.append(&stage.desk.pages.committee, lines, "more").await.unwrap();
    stage.settle().await;
    let problems = stage.text(&stage.desk.pages.problems).await;
    assert!(problems.contains("|kind=roster-name|detail=Nobody At All"), "{problems}");
    assert_eq!(problems.matches("|kind=roster-line|").count(), 2, "{problems}");
    assert!(problems.contains("|cause=roster-role|value=role&#61;king"), "{problems}");
    // Why, in the language of whoever reads; what older versions wrote is still shown.
    let html = stage.html_in("sv", &stage.desk.pages.problems).await;
    assert!(html.contains("<bdi>until&#61;soon</bdi> är inget datum som 2026-12-31."), "{html}");
    let row = "{{Helpdesk problem|page=A|kind=not-readable|detail=a sentence of old}}";
    let shown = stage.person(ADMIN).await;
    shown.edit("Sandbox old row", row, "an old row").await.unwrap();
    assert!(stage.html_in("sv", "Sandbox old row").await.contains("<i>a sentence of old</i>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unauthorised_status_is_put_back_once_and_then_left() {
    let stage = Stage::new("put back").await;
    stage.file("Mine", "").await;
    stage.settle().await;
    stage.alter(REQUESTER, "Mine", "|status=review", "|status=approved").await;
    let outcome = stage.once().await;
    assert!(
        outcome.written[0].summary.starts_with("Status put back to Under review"),
        "{}",
        outcome.written[0].summary
    );
    assert_eq!(stage.status("Mine").await, "review");
    stage.alter(REQUESTER, "Mine", "|status=review", "|status=approved").await;
    stage.settle().await;
    assert_eq!(stage.status("Mine").await, "approved", "left, it never fights");
    assert!(stage.text(&stage.desk.pages.problems).await.contains("|kind=status-edit|"));
    assert_eq!(stage.rows().await[0].status, "review", "but it is not approved");
    // Staff clear it up.
    stage.alter(STAFF, "Mine", "|status=approved", "|status=on-hold").await;
    stage.settle().await;
    assert_eq!(stage.rows().await[0].status, "on-hold");
    assert!(!stage.text(&stage.desk.pages.problems).await.contains("status-edit"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_decides_who_may_not() {
    let stage = Stage::new("decides").await;
    stage.file("Mine", "|status=approved").await;
    stage.add(REQUESTER, "Mine", "{{Helpdesk decision|approved}} ~~~~").await;
    stage.add(MEMBERS[1], "Mine", "{{Helpdesk decision|approved}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Mine").await, "review");
    stage.add(MEMBERS[0], "Mine", "{{Helpdesk decision|approved}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Mine").await, "approved");
    // A person's decision wins over the rules, until a later one.
    stage.add(STAFF, "Mine", "{{Helpdesk decision|review|reason=Something new.}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Mine").await, "review");
    stage.add(REQUESTER, "Mine", "{{Helpdesk withdraw|reason=Solved.}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Mine").await, "withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_comes_with_a_new_request_has_no_effect() {
    let stage = Stage::new("slips in").await;
    let text = crate::stage::complete("Sly", "")
        .replace("|title=Sly", "|title=Sly\n|status=approved\n|status since=2020-01-01T00:00:00Z");
    stage.person(REQUESTER).await.edit(&stage.page("Sly"), &text, "new").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.status("Sly").await, "review");
    assert_eq!(stage.rows().await[0].status, "review");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_whose_first_letter_has_no_capital_of_its_own_are_found() {
    let stage = Stage::new("first letters").await;
    // Unicode has capitals for all of them. MediaWiki knows none for the first, and each wiki has its own rule for the others.
    let members = ["ანა", "ßeta", "ǆenana"];
    for name in members {
        stage.newcomer(name).await;
    }
    let lines: String = members.iter().map(|name| format!("\n{{{{Helpdesk member|user={name}}}}}")).collect();
    stage.person(ADMIN).await.append(&stage.desk.pages.committee, &lines, "more").await.unwrap();
    stage.file("Votes", "").await;
    stage.add("ანა", "Votes", "* {{support}} ~~~~").await;
    stage.add("ßeta", "Votes", "* {{support}} [[User:ßeta]] 12:34, 5 May 2026 (UTC)").await;
    stage.add(STAFF, "Votes", "* {{oppose|for=ǆenana}} ~~~~").await;
    stage.settle().await;
    let ledger = stage.ledger("Votes").await;
    assert!(ledger[0] == "ანა support yes" && ledger[1].ends_with("eta support yes"), "{ledger:?}");
    assert!(ledger[2].ends_with("enana oppose yes"), "{ledger:?}");
    assert!(!stage.text(&stage.desk.pages.problems).await.contains("|kind=roster-name|"));
}
