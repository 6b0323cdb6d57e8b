//! What keeps the bot from writing.

use helpdesk::pass;
use helpdesk::plan::OTHER_EDITS;
use helpdesk::wiki::{Client, Connection};

use crate::proxy::{Fate, Proxy};
use crate::stage::{PASSER, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn while_the_stop_page_has_text_nothing_is_written() {
    let stage = Stage::new("stop").await.run_by_stopped_bot().await;
    stage.file("Waits", "").await;
    let stop = format!("User:{}/Stop", crate::stage::STOPPED_BOT);
    let person = stage.person(PASSER).await;
    person.edit(&stop, "Please stop, it does strange things.", "stop").await.unwrap();
    let outcome = stage.once().await;
    assert!(outcome.written.is_empty() && outcome.held_back.unwrap().to_string().contains(&stop));
    assert!(person.text_if_there(&stage.desk.pages.status).await.unwrap().is_none());
    person.edit(&stop, "<!-- nothing -->", "go on").await.unwrap();
    let outcome = stage.once().await;
    assert_eq!(outcome.held_back, None);
    assert_eq!(stage.rows().await.len(), 1);

    // A pass that takes long looks again before it goes on.
    let proxy = Proxy::before(&stage.url).await;
    let connection = Connection::with_password(&proxy.url, &stage.login.name, &stage.login.password);
    let client = Client::connect(&connection, stage.desk.safety.request_timeout, "slow").await.unwrap();
    stage.file("Slow", "").await;
    let (send, mut edits) = tokio::sync::mpsc::unbounded_channel();
    proxy.fate(move |request| {
        if request.kind() != "edit" {
            return Fate::Well;
        }
        let _ = send.send(());
        Fate::Late(std::time::Duration::from_millis(5500))
    });
    let stops = async {
        edits.recv().await;
        person.edit(&stop, "Stop in the middle.", "stop").await.unwrap();
    };
    let (outcome, ()) = tokio::join!(pass::once(&client, &stage.desk, None), stops);
    let outcome = outcome.unwrap();
    assert_eq!(outcome.written.len(), 1, "the write in hand, and no other");
    assert!(outcome.held_back.unwrap().to_string().contains(&stop));
    person.edit(&stop, "", "go on").await.unwrap();
    assert_eq!(stage.settle().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_approval_or_with_too_many_edits_it_only_plans() {
    let mut stage = Stage::new("unapproved").await;
    stage.file("Waits", "").await;
    stage.desk.safety.approved = None;
    let outcome = stage.once().await;
    assert!(outcome.written.is_empty() && outcome.held_back.unwrap().to_string().contains("safety.approved"));
    assert_eq!(outcome.plan.changes.len(), 3);
    stage.desk.safety.approved = Some("https://localhost/".to_owned());
    stage.desk.safety.max_edits_per_pass = 2;
    let outcome = stage.once().await;
    let written: Vec<&String> = outcome.written.iter().map(|c| &c.page).collect();
    assert_eq!(written, [&stage.desk.pages.problems], "nothing but why");
    assert!(outcome.held_back.unwrap().to_string().contains("max_edits_per_pass"));
    assert_eq!(stage.problems_of(&stage.desk.pages.status).await, ["held-edits"]);
    assert!(stage.once().await.written.is_empty(), "told once");
    stage.desk.safety.max_edits_per_pass = 3;
    assert_eq!(stage.once().await.written.len(), 3);
    assert_eq!(stage.problems_of(&stage.desk.pages.status).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_the_wiki_protects_is_reported_and_stops_nothing_else() {
    let stage = Stage::new("protected").await;
    stage.file("Locked", "").await;
    stage.file("Open", "").await;
    let admin = stage.person(crate::stage::ADMIN).await;
    let page = stage.page("Locked");
    admin
        .post(&[("action", "protect"), ("title", page.as_str()), ("protections", "edit=sysop"), ("reason", "x")])
        .await
        .unwrap();
    let outcome = stage.once().await;
    assert_eq!(outcome.held_back, None);
    assert_eq!(stage.status("Open").await, "review");
    let problems = stage.text(&stage.desk.pages.problems).await;
    assert!(problems.contains("|kind=refused|detail=protectedpage"), "{problems}");
    assert_eq!(stage.rows().await.len(), 2);
    // Nothing new: nothing is written again.
    let again = pass::once(&stage.client, &stage.desk, None).await.unwrap();
    assert!(again.written.is_empty(), "{:?}", again.written.iter().map(|c| &c.page).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_keep_bots_away_are_not_edited_and_reported() {
    let stage = Stage::new("nobots").await;
    stage.file("Closed", "\n{{keep them out}}").await;
    stage.file("Quoted", "\n<nowiki>{{nobots}}</nowiki>").await;
    stage.settle().await;
    assert!(!stage.text(&stage.page("Closed")).await.contains("helpdesk:begin"));
    assert_eq!(stage.status("Quoted").await, "review");
    let problems = stage.text(&stage.desk.pages.problems).await;
    assert!(problems.contains("Closed|kind=nobots"), "{problems}");
    assert_eq!(stage.rows().await.len(), 2, "readers still find it in the table");
    stage.alter(PASSER, "Closed", "{{keep them out}}", "").await;
    stage.settle().await;
    assert_eq!(stage.status("Closed").await, "review");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_somebody_undoes_is_not_made_again_until_the_facts_change() {
    let stage = Stage::new("undone").await;
    let filed = stage.file("Maps", "").await;
    stage.settle().await;
    let person = stage.person(PASSER).await;
    let page = stage.page("Maps");
    person.edit(&page, &filed, "undo").await.unwrap();
    assert_eq!(stage.settle().await, std::slice::from_ref(&stage.desk.pages.problems));
    assert_eq!(person.text(&page).await.unwrap(), filed);
    let problems = stage.text(&stage.desk.pages.problems).await;
    assert!(problems.contains("kind=undone"), "{problems}");
    assert_eq!(stage.rows().await.len(), 1);
    stage.add(crate::stage::MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Maps").await, "review");
    assert_eq!(stage.ledger("Maps").await.len(), 1);

    // The same in a table.
    let status = &stage.desk.pages.status;
    let (before, marked) = (person.text(status).await.unwrap(), "* a line of mine");
    stage.add(crate::stage::MEMBERS[2], "Maps", "* {{support}} ~~~~").await;
    stage.settle().await;
    person.edit(status, &before, "undo").await.unwrap();
    stage.settle().await;
    assert_eq!(person.text(status).await.unwrap(), before, "left as somebody wants it");
    stage.add(crate::stage::MEMBERS[3], "Maps", "* {{support}} ~~~~").await;
    person.append(status, &format!("\n{marked}"), "mine").await.unwrap();
    stage.settle().await;
    let text = person.text(status).await.unwrap();
    assert!(text.contains("|support=3|") && text.contains(marked), "the facts have changed: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_bots_in_dispute_over_a_table_are_one_bot_too_many() {
    let stage = Stage::new("dispute").await;
    stage.file("Maps", "").await;
    stage.settle().await;
    let other = stage.person(PASSER).await;
    let status = &stage.desk.pages.status;
    let mut put_right = 0;
    for round in 0..4 {
        let text = other.text(status).await.unwrap().replace("|country=Examplia", &format!("|country=Else {round}"));
        other.edit(status, &text, "mine is better").await.unwrap();
        stage.once().await;
        put_right += usize::from(other.text(status).await.unwrap().contains("|country=Examplia"));
        if !other.text(status).await.unwrap().contains("|country=Examplia") {
            break;
        }
    }
    assert_eq!(put_right, 1, "put right once, then left");
    assert!(stage.text(&stage.desk.pages.problems).await.contains("kind=dispute"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_would_be_halved_waits_for_an_operator_and_nothing_else_does() {
    let stage = Stage::new("halved").await;
    for i in 0..5 {
        stage.file(&format!("R{i}"), "").await;
    }
    stage.settle().await;
    let admin = stage.person(crate::stage::ADMIN).await;
    for i in 0..3 {
        admin.delete(&stage.page(&format!("R{i}")), "x").await.unwrap();
    }
    stage.add(crate::stage::MEMBERS[1], "R4", "* {{support}} ~~~~").await;
    let outcome = stage.once().await;
    assert_eq!(outcome.held_back, None);
    let held: Vec<String> = outcome.held_pages.iter().map(ToString::to_string).collect();
    assert!(held.len() == 1 && held[0].contains("3 of 5 requests"), "{held:?}");
    assert_eq!(stage.rows().await.len(), 5);
    assert_eq!(stage.ledger("R4").await.len(), 1, "the vote elsewhere is counted");
    assert_eq!(stage.problems_of(&stage.desk.pages.status).await, ["held-table"]);
    assert!(stage.html(&stage.desk.pages.problems).await.contains("ask the operator of the bot to let it go on"));
    assert!(stage.once().await.written.is_empty(), "told once");
    let mut state = pass::PassState::default();
    state.released = true;
    let outcome = pass::next(&stage.client, &stage.desk, None, &mut state, &pass::Look::Everything).await.unwrap();
    assert!(outcome.held_back.is_none() && outcome.held_pages.is_empty());
    assert_eq!(stage.rows().await.len(), 2);
    assert_eq!(stage.problems_of(&stage.desk.pages.status).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_may_file_as_much_as_they_like() {
    let mut stage = Stage::new("many filed").await;
    stage.file("Maps", "").await;
    stage.settle().await;
    stage.desk.safety.max_edits_per_pass = OTHER_EDITS + 3;
    let mut state = pass::PassState::default();
    for i in 0..25 {
        stage.file(&format!("R{i}"), "").await;
    }
    stage.add(crate::stage::MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    let mut look = pass::Look::Everything;
    let (mut passes, mut edits) = (0, 0);
    loop {
        let outcome = pass::next(&stage.client, &stage.desk, None, &mut state, &look).await.unwrap();
        assert!(outcome.held_back.is_none() && outcome.held_pages.is_empty(), "{:?}", outcome.held_back);
        assert!(outcome.written.len() <= stage.desk.safety.max_edits_per_pass, "{}", outcome.written.len());
        passes += 1;
        edits += outcome.written.len();
        if passes == 1 {
            assert_eq!(stage.ledger("Maps").await.len(), 1, "the vote is counted at once");
        }
        if outcome.backlog == 0 {
            break;
        }
        look = pass::Look::Pages(std::collections::BTreeMap::new());
    }
    assert_eq!(stage.rows().await.len(), 26);
    // A ledger each, and a table for each pass.
    assert_eq!(edits, 26 + passes, "in {passes} passes");
    assert!(stage.plan().await.changes.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_proposals_in_one_edit_cost_one_table() {
    let mut stage = Stage::new("pasted").await;
    stage.desk.safety.max_edits_per_pass = OTHER_EDITS + 43;
    stage.file("Maps", "").await;
    stage.settle().await;
    let proposal =
        |i: usize| format!("{{{{Helpdesk request|title=P{i}|type=data|country=X|description=D|justification=J}}}}\n");
    let person = stage.person(PASSER).await;
    let text: String = (0..20).map(proposal).collect();
    person.edit(&stage.desk.pages.intake, &text, "all of them").await.unwrap();
    let mut state = pass::PassState::default();
    let (mut look, mut written) = (pass::Look::Everything, Vec::new());
    loop {
        let outcome = pass::next(&stage.client, &stage.desk, None, &mut state, &look).await.unwrap();
        assert!(outcome.held_back.is_none() && outcome.held_pages.is_empty(), "{:?}", outcome.held_back);
        written.extend(outcome.written);
        if outcome.backlog == 0 {
            break;
        }
        look = pass::Look::Pages(std::collections::BTreeMap::new());
    }
    let of = |page: &str| written.iter().filter(|c| c.page == page).count();
    assert_eq!((of(&stage.desk.pages.status), of(&stage.desk.pages.intake), of(&stage.desk.pages.problems)), (1, 1, 0));
    // Each page is made, and gets its ledger.
    assert_eq!(written.len(), 2 * 20 + 2);
    assert_eq!(stage.rows().await.len(), 21);
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_rows_hold_no_table() {
    let stage = Stage::new("forged rows").await;
    for i in 0..4 {
        stage.file(&format!("R{i}"), "").await;
    }
    stage.settle().await;
    let person = stage.person(PASSER).await;
    let status = &stage.desk.pages.status;
    let text = stage.text(status).await;
    let row = text.lines().find(|l| l.starts_with("{{Helpdesk row")).unwrap();
    let forged: String = (0..8)
        .map(|i| row.replace("|id=", &format!("|id=9{i}")).replace("/Requests/R", &format!("/Requests/F{i}")) + "\n")
        .collect();
    person.edit(status, &text.replace(row, &format!("{forged}{row}")), "more rows").await.unwrap();
    stage.add(crate::stage::MEMBERS[1], "R0", "* {{support}} ~~~~").await;
    let outcome = stage.once().await;
    assert!(outcome.held_back.is_none() && outcome.held_pages.is_empty(), "{:?}", outcome.held_pages);
    assert_eq!(outcome.written.len(), 2);
    assert_eq!(stage.rows().await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_goes_to_and_fro_is_left_for_a_while() {
    let stage = Stage::new("to and fro").await;
    stage.file("Maps", "").await;
    stage.file("Books", "").await;
    stage.settle().await;
    let mut state = pass::PassState::default();
    let (mut tables, mut held) = (0, 0);
    for round in 0..11 {
        let (from, to) = if round % 2 == 0 { ("Examplia", "Elsewhere") } else { ("Elsewhere", "Examplia") };
        stage.alter(crate::stage::REQUESTER, "Maps", &format!("country={from}"), &format!("country={to}")).await;
        let outcome = pass::next(&stage.client, &stage.desk, None, &mut state, &pass::Look::Everything).await.unwrap();
        assert_eq!(outcome.held_back, None);
        tables += outcome.written.iter().filter(|c| c.page == stage.desk.pages.status).count();
        held += outcome.held_pages.len();
    }
    assert_eq!((tables, held), (8, 2), "each of the two things four times");
    assert_eq!(stage.problems_of(&stage.desk.pages.status).await, ["held-repeated"]);
    // Anything else is written at once.
    stage.add(crate::stage::MEMBERS[1], "Books", "* {{support}} ~~~~").await;
    let outcome = pass::next(&stage.client, &stage.desk, None, &mut state, &pass::Look::Everything).await.unwrap();
    assert!(outcome.held_pages.is_empty());
    assert_eq!(stage.problems_of(&stage.desk.pages.status).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_edits_a_minute_than_allowed() {
    let stage = Stage::new("pace").await;
    let began = std::time::Instant::now();
    for _ in 0..3 {
        stage.client.turn(3).await;
    }
    assert!(began.elapsed() < std::time::Duration::from_secs(1), "the first ones come at once");
    let fourth = tokio::time::timeout(std::time::Duration::from_secs(2), stage.client.turn(3)).await;
    assert!(fourth.is_err(), "the fourth waits for its minute");
}
