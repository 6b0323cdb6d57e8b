//! Who said what, found in the page's history.

use crate::stage::{MEMBERS, PASSER, REQUESTER, STAFF, Stage};

const MONA: &str = MEMBERS[1];
const MILO: &str = MEMBERS[2];
const MIRA: &str = MEMBERS[3];
const MAX: &str = MEMBERS[4];

#[tokio::test(flavor = "multi_thread")]
async fn each_vote_is_its_authors() {
    let stage = Stage::new("authors").await;
    stage.file("Votes", "").await;
    stage.add(MONA, "Votes", "* {{support}} yes ~~~~").await;
    stage.add(PASSER, "Votes", "* {{support}} me too ~~~~").await;
    stage.add(REQUESTER, "Votes", "* {{support}} please ~~~~").await;
    stage.add(PASSER, "Votes", &format!("* {{{{oppose}}}} [[User:{MILO}|{MILO}]] 10:00, 1 May 2026 (UTC)")).await;
    stage.add(STAFF, "Votes", &format!("* {{{{support|for={MIRA}}}}} from the meeting ~~~~")).await;
    stage.add(PASSER, "Votes", &format!("* {{{{support|for={MAX}}}}} I was there ~~~~")).await;
    stage.add(STAFF, "Votes", "* {{support}} ~~~~").await;
    stage.settle().await;
    assert_eq!(
        stage.ledger("Votes").await,
        [
            format!("{MONA} support yes"),
            format!("{PASSER} support no not-on-roster"),
            format!("{REQUESTER} support no not-on-roster"),
            format!("{PASSER} oppose no signature"),
            format!("{MIRA} support yes"),
            format!("{MAX} support no for-not-allowed"),
            format!("{STAFF} support no not-on-roster"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_silences_or_votes_for_somebody_else() {
    let stage = Stage::new("vandal").await;
    stage.file("Votes", "").await;
    stage.add(MONA, "Votes", "* {{support}} a ~~~~").await;
    stage.add(MILO, "Votes", "* {{oppose}} b ~~~~").await;
    stage.add(MIRA, "Votes", "* {{support}} c ~~~~").await;
    stage.add(MAX, "Votes", "* {{support}} d ~~~~").await;
    stage.settle().await;
    stage.alter(PASSER, "Votes", "* {{oppose}} b", "* <s>{{oppose}} b</s>").await;
    stage.alter(PASSER, "Votes", "{{support}} a", "{{oppose}} a").await;
    stage.alter(PASSER, "Votes", "* {{support}} c", "* c").await;
    // The author may: MAX takes the vote back, and says something else.
    stage.alter(MAX, "Votes", "* {{support}} d", "* <s>{{support}}</s> d").await;
    stage.add(MAX, "Votes", "* {{abstain}} after all ~~~~").await;
    stage.settle().await;
    assert_eq!(
        stage.ledger("Votes").await,
        [
            format!("{MONA} support yes (touched by {PASSER})"),
            format!("{MILO} oppose yes (touched by {PASSER})"),
            format!("{MIRA} support yes (touched by {PASSER})"),
            format!("{MAX} support no struck"),
            format!("{PASSER} oppose no signature"),
            format!("{MAX} abstain yes"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_or_reworded_vote_stays_whose_it_is() {
    let stage = Stage::new("moved").await;
    stage.file("Votes", "").await;
    stage.add(MONA, "Votes", "* {{support}} first reason ~~~~").await;
    stage.add(MILO, "Votes", "* {{oppose}} second ~~~~").await;
    // A clerk puts the votes in order and mends a word.
    let clerk = stage.person(PASSER).await;
    let text = clerk.text(&stage.page("Votes")).await.unwrap();
    let at = text.find("* {{support}}").unwrap();
    let (before, votes) = text.split_at(at);
    let mut lines: Vec<&str> = votes.lines().collect();
    lines.reverse();
    let tidy = format!(
        "{before}=== Votes ===\n{}",
        lines.join("\n").replace("first reason", "the first reason").replace("* ", "** ")
    );
    clerk.edit(&stage.page("Votes"), &tidy, "tidy").await.unwrap();
    // And somebody blanks the page, and somebody else restores it.
    clerk.edit(&stage.page("Votes"), "gone", "oops").await.unwrap();
    clerk.edit(&stage.page("Votes"), &tidy, "restored").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.ledger("Votes").await, [format!("{MONA} support yes"), format!("{MILO} oppose yes")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_page_shows_as_a_vote_counts() {
    let stage = Stage::new("shown").await;
    stage.file("Votes", "").await;
    let admin = stage.person(crate::stage::ADMIN).await;
    let _ = admin.edit("Template:Strike", "<s>{{{1}}}</s>", "strike").await;
    for (who, line) in [
        (MONA, "* <nowiki>{{support}}</nowiki> <pre>{{support}}</pre> <!-- {{support}} --> ~~~~"),
        (MONA, "* {{strike|{{support}}}} ~~~~"),
        (MONA, "* <del>{{support}}</del> ~~~~"),
        (MONA, "<blockquote>{{support}}</blockquote>"),
        (MONA, "* <span style=\"text-decoration: line-through\">{{support}}</span>"),
        (MILO, "* {{stöd}} ja ~~~~"),
        (MIRA, ":: {{Template:_support}} ok ~~~~"),
        (MAX, "{|\n| {{oppose}} ~~~~\n|}"),
    ] {
        stage.add(who, "Votes", line).await;
    }
    stage.settle().await;
    assert_eq!(
        stage.ledger("Votes").await,
        [
            format!("{MONA} support no not-shown"),
            format!("{MONA} support no struck"),
            format!("{MONA} support no not-shown"),
            format!("{MONA} support no struck"),
            format!("{MILO} support yes"),
            format!("{MIRA} support yes"),
            format!("{MAX} oppose yes"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reveals_a_vote_does_not_cast_it() {
    let stage = Stage::new("revealed").await;
    stage.file("Votes", "").await;
    stage.add(MONA, "Votes", "* <nowiki>{{support}}</nowiki> is what one would write").await;
    stage.add(PASSER, "Votes", "<!-- Votes below this line").await;
    stage.add(MILO, "Votes", "* {{oppose}} hidden by somebody else").await;
    stage.settle().await;
    assert_eq!(stage.ledger("Votes").await, [format!("{MILO} oppose yes (touched by {PASSER})")]);
    stage.alter(MIRA, "Votes", "<nowiki>{{support}}</nowiki>", "{{support}}").await;
    stage.alter(MIRA, "Votes", "<!-- Votes", "Votes").await;
    stage.settle().await;
    assert_eq!(
        stage.ledger("Votes").await,
        [format!("{MILO} oppose yes"), format!("{MONA} support no not-shown (touched by {MIRA})")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_begins_its_line_and_one_of_its_signatures_is_its_authors() {
    let stage = Stage::new("sentences").await;
    stage.file("Votes", "").await;
    stage.add(MONA, "Votes", "* {{oppose}} I cannot {{support}} it ~~~~").await;
    stage.add(MILO, "Votes", ":: why do you {{support}} this? ~~~~").await;
    stage.add(MILO, "Votes", " {{support}} at 10:30 (UTC) we said so ~~~~").await;
    let mona = format!("[[User:{MONA}|{MONA}]] ([[User talk:{MONA}|talk]]) 10:00, 1 May 2026 (UTC)");
    stage.add(MIRA, "Votes", &format!("* {{{{support}}}} as {mona} said. ~~~~")).await;
    stage.add(MAX, "Votes", "* {{support|For=Mona Member}} ~~~~").await;
    stage.settle().await;
    assert_eq!(
        stage.ledger("Votes").await,
        [
            format!("{MONA} oppose yes"),
            format!("{MONA} support no inside-sentence"),
            format!("{MILO} support no inside-sentence"),
            format!("{MILO} support yes"),
            format!("{MIRA} support yes"),
            format!("{MAX} support yes"),
        ]
    );
    let text = stage.text(&stage.page("Votes")).await;
    assert!(text.contains("|kind=unknown-parameter|field=support|value=For"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_vote_that_stands_is_the_members() {
    let stage = Stage::new("latest").await;
    stage.file("Votes", "").await;
    stage.add(MONA, "Votes", "* {{support}} ~~~~").await;
    stage.add(MONA, "Votes", "* {{oppose}} changed my mind ~~~~").await;
    stage.add(MONA, "Votes", "* <s>{{support}}</s> no, not so ~~~~").await;
    stage.add(MILO, "Votes", "* {{support}} ~~~~\n* {{support}} ~~~~").await;
    stage.settle().await;
    assert_eq!(
        stage.ledger("Votes").await,
        [
            format!("{MONA} support no superseded"),
            format!("{MONA} oppose yes"),
            format!("{MONA} support no struck"),
            format!("{MILO} support no superseded"),
            format!("{MILO} support yes"),
        ]
    );
}
