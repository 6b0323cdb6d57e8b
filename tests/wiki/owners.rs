//! Requests that staff file for others, members who step aside, and scores.

use crate::stage::{MEMBERS, PASSER, REQUESTER, STAFF, Stage, complete};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_came_by_mail_is_its_owners() {
    let stage = Stage::new("by mail").await;
    let text = complete("Old maps", "").replace("|type=", &format!("|requester=[[User:{REQUESTER}|Rene]]\n|type="));
    stage.person(STAFF).await.edit(&stage.page("Old maps"), &text, "came by mail").await.unwrap();
    stage.settle().await;
    let row = stage.rows().await.remove(0);
    assert_eq!((row.owners, row.filed_by.as_str()), (vec![REQUESTER.to_owned()], STAFF));
    let html = stage.html(&stage.page("Old maps")).await;
    assert!(html.contains("filed by"), "{html}");

    stage.add(MEMBERS[1], "Old maps", "* {{more info}} Which licence? ~~~~").await;
    stage.settle().await;
    stage.add(STAFF, "Old maps", "I ask Rene. ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Old maps").await, "more-info");
    stage.add(REQUESTER, "Old maps", ": CC0. ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Old maps").await, "review");

    // A passer-by names a member, to take her vote, and somebody else, to withdraw the request.
    stage.add(MEMBERS[1], "Old maps", "* {{support}} ~~~~").await;
    let names = format!("|requester=[[User:{REQUESTER}|Rene]], [[User:{}]], [[User:{PASSER}]]\n", MEMBERS[1]);
    stage.alter(PASSER, "Old maps", &format!("|requester=[[User:{REQUESTER}|Rene]]\n"), &names).await;
    stage.add(PASSER, "Old maps", "{{Helpdesk withdraw}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Old maps").await, "review");
    let ledger = stage.ledger("Old maps").await;
    assert_eq!(ledger[1], format!("{} support yes", MEMBERS[1]));
    assert_eq!(stage.rows().await[0].owners, [REQUESTER]);
    let html = stage.html(&stage.page("Old maps")).await;
    assert!(html.contains("That gives nobody a right"), "{html}");

    stage.add(REQUESTER, "Old maps", "{{Helpdesk withdraw|reason=Solved.}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Old maps").await, "withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_owner_stays_one_and_a_new_account_of_that_name_is_none() {
    let stage = Stage::new("renamed owner").await;
    stage.newcomer("Olga Owner").await;
    let text = complete("Bells", "").replace("|type=", "|requester=Olga Owner\n|type=");
    stage.person(STAFF).await.edit(&stage.page("Bells"), &text, "came by mail").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.rows().await[0].owners, ["Olga Owner"]);
    let rename = [("oldusername", "Olga Owner"), ("newusername", "Olga Renamed"), ("confirmaction", "1")];
    stage.bureaucrat().await.submit("Special:RenameUser", &rename).await.unwrap();
    stage.until_later().await;
    stage.newcomer("Olga Owner").await;
    stage.add("Olga Owner", "Bells", "{{Helpdesk withdraw}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Bells").await, "review");
    assert_eq!(stage.rows().await[0].owners, ["Olga Renamed"]);
    stage.add("Olga Renamed", "Bells", "{{Helpdesk withdraw}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Bells").await, "withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_steps_aside_is_not_waited_for_and_nobody_else_takes_that_back() {
    let stage = Stage::new("aside").await;
    stage.file("Bees", "").await;
    stage.add(MEMBERS[1], "Bees", "* {{support}} ~~~~").await;
    stage.add(MEMBERS[1], "Bees", "* {{Helpdesk recuse}} My employer. ~~~~").await;
    stage.add(MEMBERS[2], "Bees", "* {{Helpdesk priority|9}} ~~~~").await;
    stage.add(MEMBERS[3], "Bees", "* {{Helpdesk priority|low}} ~~~~").await;
    stage.add(MEMBERS[1], "Bees", "* {{Helpdesk priority|1}} ~~~~").await;
    stage.add(MEMBERS[4], "Bees", "* {{Helpdesk priority|11}} ~~~~").await;
    stage.settle().await;
    let row = stage.rows().await.remove(0);
    assert_eq!(stage.ledger("Bees").await, [format!("{} support no recused", MEMBERS[1])]);
    assert_eq!(row.missing, [MEMBERS[0], MEMBERS[2], MEMBERS[3], MEMBERS[4]]);
    assert_eq!((row.scores.median(), row.scores.spread()), ("5.5".to_owned(), 7));
    let html = stage.html(&stage.page("Bees")).await;
    for said in ["the member stepped aside", "1 stepped aside", "A score is a number from 1 to 10"] {
        assert!(html.contains(said), "{said} in {html}");
    }

    // Somebody else takes it away.
    stage.alter(PASSER, "Bees", "{{Helpdesk recuse}}", "").await;
    stage.settle().await;
    assert_eq!(stage.ledger("Bees").await, [format!("{} support no recused", MEMBERS[1])]);
    // She does.
    stage.alter(PASSER, "Bees", "*  My employer", "* {{Helpdesk recuse}} My employer").await;
    stage.alter(MEMBERS[1], "Bees", "{{Helpdesk recuse}}", "<s>{{Helpdesk recuse}}</s>").await;
    stage.settle().await;
    assert_eq!(stage.ledger("Bees").await, [format!("{} support yes", MEMBERS[1])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_closed_by_an_answer_and_too_few_members_are_told() {
    let stage = Stage::new("answers").await;
    for name in ["May we", "Few left"] {
        stage.file(name, "").await;
    }
    stage.alter(REQUESTER, "May we", "|type=data", "|type=question").await;
    stage.add(STAFF, "May we", "You may. ~~~~").await;
    for member in &MEMBERS[..3] {
        stage.add(member, "Few left", "* {{Helpdesk recuse}} ~~~~").await;
    }
    stage.settle().await;
    let row = |name: &str, rows: &[helpdesk::records::tables::Row]| {
        rows.iter().find(|r| r.page.title == stage.page(name)).map(|r| r.waiting.code.id()).unwrap()
    };
    let rows = stage.rows().await;
    assert_eq!((row("May we", &rows), row("Few left", &rows)), ("idle-for", "deadlock"));
    let html = stage.html(&stage.page("Few left")).await;
    assert!(html.contains("too few members are left for the 3 votes"), "{html}");
    stage.once_at(crate::stage::in_days(8)).await;
    assert_eq!(stage.status("May we").await, "done");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_is_in_the_order_of_the_scores() {
    let stage = Stage::with("queue", "[pages]\nqueue = \"{root}/Queue\"\n").await;
    let scores: [(&str, &[&str]); 5] = [
        ("Low", &["2", "3"]),
        ("High", &["9", "8"]),
        ("Apart", &["1", "9", "10"]),
        ("Older", &["2", "3"]),
        ("None", &[]),
    ];
    for (name, points) in scores {
        stage.file(name, "").await;
        stage.until_later().await;
        stage.add(STAFF, name, "{{Helpdesk decision|approved}} ~~~~").await;
        for (member, points) in MEMBERS.iter().zip(points) {
            stage.add(member, name, &format!("* {{{{Helpdesk priority|{points}}}}} ~~~~")).await;
        }
    }
    stage.settle().await;
    let text = stage.text(&stage.desk.pages.queue).await;
    let rows: Vec<String> =
        text.lines().filter_map(|line| Some(line.split_once("|title=")?.1.split('|').next()?.to_owned())).collect();
    assert_eq!(rows, ["Apart", "High", "Low", "Older", "None"], "{text}");
    let html = stage.html(&stage.desk.pages.queue).await;
    let none = html.split_once("Without scores").unwrap().1;
    for said in ["the scores are far apart", "3 requests can be carried out at a time", "mean 8.5", "mean 6.67"] {
        assert!(html.contains(said), "{said} in {html}");
    }
    assert!(MEMBERS.iter().all(|member| none.contains(member)), "{none}");

    // A member's latest score counts, and whoever is done leaves the queue.
    stage.add(MEMBERS[0], "Low", "* {{Helpdesk priority|10}} ~~~~").await;
    stage.add(MEMBERS[1], "Low", "* {{Helpdesk priority|10}} ~~~~").await;
    stage.add(STAFF, "High", "{{Helpdesk decision|done}} ~~~~").await;
    stage.settle().await;
    let text = stage.text(&stage.desk.pages.queue).await;
    let places = ["title=Low", "title=Apart", "title=Older"].map(|title| text.find(title).unwrap());
    assert!(places.is_sorted() && !text.contains("title=High"), "{text}");
}
