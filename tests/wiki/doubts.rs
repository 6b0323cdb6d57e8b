//! Vandalism, honest mistakes and what the wiki hides: whose vote it is when a page does not make it easy.

use helpdesk::sandbox::Person;

use crate::stage::{ADMIN, MEMBERS, PASSER, REQUESTER, STAFF, Stage};

const MONA: &str = MEMBERS[1];
const MILO: &str = MEMBERS[2];
const MIRA: &str = MEMBERS[3];
const MAX: &str = MEMBERS[4];

#[tokio::test(flavor = "multi_thread")]
async fn nobody_silences_a_vote_by_what_they_wrap_around_it() {
    let stage = Stage::new("wrapped").await;
    stage.file("Votes", "").await;
    for (who, why) in [(MONA, "a"), (MILO, "b"), (MIRA, "c"), (MAX, "d")] {
        stage.add(who, "Votes", &format!("* {{{{support}}}} {why} ~~~~")).await;
    }
    stage.alter(PASSER, "Votes", "* {{support}} a", "<blockquote>\n* {{support}} a").await;
    stage.alter(PASSER, "Votes", "* {{support}} b", "</blockquote>\n* {{support}} b").await;
    stage
        .alter(REQUESTER, "Votes", "* {{support}} c", "<div style=\"text-decoration:line-through\">\n* {{support}} c")
        .await;
    stage.alter(REQUESTER, "Votes", "* {{support}} d", "</div>\n* {{support}} d").await;
    stage.alter(MAX, "Votes", "* {{support}} d", "<blockquote>{{support}} d</blockquote>").await;
    stage.add(PASSER, "Votes", "Some more words.").await;
    stage.settle().await;
    assert_eq!(
        stage.ledger("Votes").await,
        [
            format!("{MONA} support yes (touched by {PASSER})"),
            format!("{MILO} support yes"),
            format!("{MIRA} support yes (touched by {REQUESTER})"),
            format!("{MAX} support no not-shown"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_vote_stands_on_the_page_does_not_matter() {
    let stage = Stage::new("places").await;
    stage.file("Votes", "").await;
    let admin = stage.person(ADMIN).await;
    let _ = admin.edit("Template:Box top", "{| class=\"mw-collapsible\"\n|", "a box").await;
    let _ = admin.edit("Template:Box bottom", "|}", "a box").await;
    stage.add(MONA, "Votes", "=== {{support}} of mine ~~~~ ===").await;
    stage.add(MILO, "Votes", "{{Box top}}\n* {{oppose}} ~~~~\n{{Box bottom}}").await;
    stage.add(MIRA, "Votes", ":::* {{abstain|not my field}} ~~~~").await;
    stage.add(MAX, "Votes", "{|\n! who !! what\n|-\n| me || {{more info}} which? ~~~~\n|}").await;
    // On another page it is nobody's vote here.
    stage.person(MEMBERS[0]).await.edit(&stage.page("Votes/more"), "* {{support}} ~~~~", "x").await.unwrap();
    stage.add(MEMBERS[0], "Votes", "{{/more}}").await;
    stage.settle().await;
    assert_eq!(
        stage.ledger("Votes").await,
        [
            format!("{MONA} support no inside-sentence"),
            format!("{MILO} oppose yes"),
            format!("{MIRA} abstain yes"),
            format!("{MAX} info yes"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_that_redirects_to_a_vote_is_one() {
    let stage = Stage::new("redirects").await;
    stage.file("Votes", "").await;
    stage.add(MONA, "Votes", "* {{User:mona Member/Yes}} ~~~~").await;
    stage.add(MILO, "Votes", "* {{:Our vote for}} ~~~~").await;
    stage.add(MIRA, "Votes", "* {{pour}} ~~~~").await;
    stage.settle().await;
    let expect = [MONA, MILO, MIRA].map(|who| format!("{who} support yes"));
    assert_eq!(stage.ledger("Votes").await, expect);
}

#[tokio::test(flavor = "multi_thread")]
async fn temporary_accounts_file_and_never_vote() {
    let stage = Stage::new("temporary").await;
    let guest = Person::anonymous(&stage.url).await.unwrap();
    guest.edit(&stage.page("Guest"), &crate::stage::complete("Guest", ""), "new").await.unwrap();
    let name = guest.account().await.unwrap();
    guest.append(&stage.page("Guest"), "\n* {{support}} ~~~~", "vote").await.unwrap();
    stage.add(MONA, "Guest", "* {{support}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.ledger("Guest").await, [format!("{name} support no temporary"), format!("{MONA} support yes")]);
    assert_eq!(stage.rows().await[0].owners, [name]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_wiki_hides_is_nobodys_vote() {
    let stage = Stage::new("hidden").await;
    stage.file("Votes", "").await;
    let by_mona = stage.add(MONA, "Votes", "* {{support}} ~~~~").await;
    stage.add(MILO, "Votes", "* {{support}} ~~~~").await;
    let vandal = stage.alter(PASSER, "Votes", "== Discussion ==", "something awful").await;
    stage.alter(STAFF, "Votes", "something awful", "== Discussion ==").await;
    let admin = stage.person(ADMIN).await;
    for (revision, what) in [(by_mona, "user"), (vandal, "content|comment")] {
        let id = revision.to_string();
        let params =
            [("action", "revisiondelete"), ("type", "revision"), ("ids", id.as_str()), ("hide", what), ("reason", "x")];
        admin.post(params).await.unwrap();
    }
    stage.settle().await;
    assert_eq!(stage.ledger("Votes").await, [" support no hidden".to_owned(), format!("{MILO} support yes")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_member_stays_who_they_are_and_nobody_else_becomes_them() {
    let stage = Stage::new("renamed").await;
    stage.newcomer("Wanda Willing").await;
    let admin = stage.person(ADMIN).await;
    let line = "\n{{Helpdesk member|user=Wanda Willing|role=member}}";
    admin.append(&stage.desk.pages.committee, line, "one more").await.unwrap();
    stage.file("Votes", "").await;
    stage.add("Wanda Willing", "Votes", "* {{support}} ~~~~").await;
    let rename = [("oldusername", "Wanda Willing"), ("newusername", "Wanda Wanted"), ("confirmaction", "1")];
    stage.bureaucrat().await.submit("Special:RenameUser", &rename).await.unwrap();
    stage.settle().await;
    assert_eq!(stage.ledger("Votes").await, ["Wanda Wanted support yes"]);
    assert!(stage.text(&stage.desk.pages.problems).await.contains("|kind=roster-renamed|"));

    // Somebody takes the name that is free now.
    stage.newcomer("Wanda Willing").await;
    stage.add("Wanda Willing", "Votes", "* {{oppose}} ~~~~").await;
    stage.add("Wanda Wanted", "Votes", "* {{abstain}} ~~~~").await;
    stage.add(STAFF, "Votes", "* {{support|for=Wanda Willing}} ~~~~").await;
    stage.settle().await;
    assert_eq!(
        stage.ledger("Votes").await,
        [
            "Wanda Wanted support no superseded",
            "Wanda Willing oppose no not-on-roster",
            "Wanda Wanted abstain no superseded",
            "Wanda Wanted support yes",
        ]
    );
    // The line is older than that account, whatever else changes on the page.
    admin.append(&stage.desk.pages.committee, "\nWe meet on Mondays.", "a note").await.unwrap();
    let before = stage.ledger("Votes").await;
    stage.add("Wanda Willing", "Votes", "* {{oppose}} again ~~~~").await;
    stage.settle().await;
    let after = stage.ledger("Votes").await;
    assert_eq!(after[..4], before, "{after:?}");
    assert_eq!(after[4..], ["Wanda Willing oppose no not-on-roster"]);
    assert!(stage.text(&stage.desk.pages.problems).await.contains("|kind=roster-renamed|"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_merely_looks_like_a_vote_is_named() {
    let stage = Stage::new("lookalikes").await;
    stage.file("Votes", "").await;
    stage.add(MONA, "Votes", "* '''Support''' of course ~~~~").await;
    stage.add(MILO, "Votes", "* {{Strong oppose}} no ~~~~").await;
    stage.add(MILO, "Votes", "* {{Suport}} yes ~~~~").await;
    stage.add(MIRA, "Votes", "* I '''support''' this in the middle of a sentence ~~~~").await;
    stage.add(MIRA, "Votes", "* +1 ~~~~").await;
    stage.add(MAX, "Votes", "* oppose, it is too late ~~~~").await;
    stage.add(PASSER, "Votes", "* -1 from me, who is no member ~~~~").await;
    stage.settle().await;
    assert!(stage.ledger("Votes").await.is_empty());
    let text = stage.text(&stage.page("Votes")).await;
    assert_eq!(text.matches("{{Helpdesk ledger notice|kind=lookalike|").count(), 5, "{text}");
    let html = stage.html(&stage.page("Votes")).await;
    assert!(html.contains("To vote, please write one of"), "what to write instead is said: {html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_recorded_at_a_meeting_are_the_members() {
    let stage = Stage::new("meeting").await;
    stage.file("Votes", "").await;
    stage.add(STAFF, "Votes", &format!("* {{{{support|for=[[User:{MONA}|Mona]]}}}} ~~~~")).await;
    stage.add(MEMBERS[0], "Votes", &format!("* {{{{oppose|for={MILO}}}}} ~~~~")).await;
    stage.add(MIRA, "Votes", &format!("* {{{{support|for={MIRA}}}}} ~~~~")).await;
    stage.add(STAFF, "Votes", "* {{support|for=Nobody Known}} ~~~~").await;
    stage.add(MONA, "Votes", "* {{abstain}} I was not even there ~~~~").await;
    stage.settle().await;
    assert_eq!(
        stage.ledger("Votes").await,
        [
            format!("{MONA} support no superseded"),
            format!("{MILO} oppose yes"),
            format!("{MIRA} support yes"),
            format!("{STAFF} support no for-unknown"),
            format!("{MONA} abstain yes"),
        ]
    );
    assert!(stage.text(&stage.page("Votes")).await.contains(&format!("|recorded by={STAFF}")));
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_votes_make_a_small_ledger_that_the_wiki_can_show() {
    let stage = Stage::new("many votes").await;
    stage.file("Votes", "").await;
    let crowd: String = (0..295).map(|i| format!("\n* {{{{support}}}} reason {i} ~~~~")).collect();
    stage.add(PASSER, "Votes", &crowd).await;
    for member in &MEMBERS[1..] {
        stage.add(member, "Votes", "* {{support}} ~~~~").await;
    }
    let began = std::time::Instant::now();
    let written = stage.once().await.written;
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    let request = &written[0];
    assert!(request.after.len() - request.before.len() < 300 * 160, "{}", request.after.len() - request.before.len());
    assert_eq!(stage.ledger("Votes").await.len(), 299);
    assert_eq!(stage.rows().await[0].tally.support, 4);
    let html = stage.html(&stage.page("Votes")).await;
    assert!(!html.contains("post-expand") && html.matches("not a voting member").count() == 295);
}
