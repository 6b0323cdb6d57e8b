//! What people write in a field is theirs, and no reason not to read the request.

use crate::stage::{MEMBERS, PASSER, REQUESTER, STAFF, Stage, in_days};

/// Names of pages, and what a field of theirs gets to hold.
const FIELDS: [(&str, &str); 12] = [
    ("Gallery", "<gallery mode=\"packed\">\nFile:A.jpg|{{caption}} of a coin\nFile:B.jpg|[[Museum]]\n</gallery>"),
    ("Reference", "Coins.<ref>Title | page {{12}}</ref> More.<ref name=\"a\" />"),
    ("Poem", "<poem>\na|b\n c = d\n</poem>"),
    ("Table", "{{{!}} class=\"wikitable\"\n{{!}}-\n{{!}} a {{!}}{{!}} b\n{{!}}}"),
    ("Link", "See [[Museum [old]]. It has [[File:A.jpg|thumb|a [coin]]]."),
    ("Heading", "First.\n== Second ==\nThird."),
    ("Number", "photo {number}.jpg, {a}, }, {, [b], -{c}-, photo-{d}-{e}-.jpg"),
    ("Tag", "coins <pre 1900, a < b > c, <nowiki>}}|</nowiki>, <code>|</code>"),
    ("Lists", "\n* one\n# two\n:: three\n----\n;four"),
    ("Parameter", "{{{1|{{{2}}}}}} {{#if:x|y|z}} {{lc:A|b}}"),
    ("Comment", "a <!-- | }} <!-- --> b <includeonly>}}</includeonly><noinclude>c</noinclude>"),
    ("Quotes", "'''''bold\n''unclosed '''more <b>and <i> tags"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_field_with_markup_in_it_stops_no_vote() {
    let stage = Stage::new("Fields").await;
    for (name, _) in FIELDS {
        stage.file(name, "").await;
        for member in &MEMBERS[1..3] {
            stage.add(member, name, "* {{support}} ~~~~").await;
        }
    }
    stage.settle().await;
    for (name, field) in FIELDS {
        assert_eq!(stage.status(name).await, "review");
        stage.alter(PASSER, name, "What we want.", field).await;
        stage.add(MEMBERS[3], name, "* {{support}} ~~~~").await;
    }
    stage.settle().await;
    stage.once_at(in_days(9)).await;
    let problems = stage.text(&stage.desk.pages.problems).await;
    for (name, field) in FIELDS {
        assert_eq!(stage.status(name).await, "approved", "{name}: {problems}");
        let text = stage.text(&stage.page(name)).await;
        assert!(text.contains(field), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_swallows_the_end_of_the_template_is_named_and_can_be_mended() {
    let stage = Stage::new("Swallowed").await;
    stage.file("Photos", "").await;
    stage.settle().await;
    // On a wiki with variants of languages `-{` is markup, inside words too.
    stage.alter(PASSER, "Photos", "What we want.", "photo-{number}.jpg").await;
    stage.settle().await;
    let problems = stage.text(&stage.desk.pages.problems).await;
    assert!(problems.contains("Photos|kind=not-readable|cause=unclosed"), "{problems}");
    assert!(stage.rows().await[0].lost);
    stage.alter(PASSER, "Photos", "photo-{", "photo <nowiki />{").await;
    stage.add(MEMBERS[1], "Photos", "* {{support}} ~~~~").await;
    stage.settle().await;
    let row = &stage.rows().await[0];
    assert!(!row.lost && row.tally.support == 1, "{row:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_does_not_end_what_a_field_left_open() {
    let stage = Stage::new("Left open").await;
    // Each with what stands before the template. The ledger's markers have the first `-->` behind it.
    for (name, before, field) in [
        ("Coins", "", "coins <pre 1900"),
        ("Stamps", "Words.\n", "stamps <nowiki of 1900"),
        ("Notes", "Words: ", "notes <gallery\nof=1900"),
    ] {
        let text = crate::stage::complete(name, "* {{support}}").replace("What we want.", field);
        let text = format!("{before}{text}");
        stage.person(PASSER).await.edit(&stage.page(name), &text, "a request").await.unwrap();
    }
    stage.settle().await;
    for name in ["Coins", "Stamps", "Notes"] {
        assert_eq!(stage.status(name).await, "review");
        assert!(stage.rows().await.iter().all(|row| !row.lost), "{name}");
        let html = stage.html(&stage.page(name)).await;
        assert!(!html.contains("|title="), "the template of {name} is still one: {html}");
        assert_eq!(stage.ledger(name).await.len(), 1, "{name}");
    }
    stage.add(MEMBERS[1], "Coins", "* {{support}} ~~~~").await;
    stage.settle().await;
    assert!(stage.rows().await.iter().any(|row| row.tally.support == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_request_asks_nobody_to_do_anything() {
    let stage = Stage::new("closed").await;
    stage.file("Maps", "* {{support}}").await;
    stage.settle().await;
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    stage.alter(REQUESTER, "Maps", "What we want.", "").await;
    stage.alter(REQUESTER, "Maps", "Why it matters.", "Why it matters a lot.").await;
    stage.alter(PASSER, "Maps", "|type=data", "|type=upload\n|colour=red").await;
    stage.settle().await;
    let shown = stage.html(&stage.page("Maps")).await;
    for asked in ["To do:", "is still empty", "please vote again", "is not a field of this form", "can confirm it"] {
        assert!(shown.contains(asked), "{asked} in {shown}");
    }
    stage.add(MEMBERS[1], "Maps", "{{Helpdesk decision|declined}} ~~~~").await;
    stage.add(STAFF, "Maps", "{{Helpdesk decision|declined|reason=Not for us.}} ~~~~").await;
    stage.add(MEMBERS[2], "Maps", "{{Helpdesk decision|approved}} ~~~~").await;
    stage.settle().await;
    let shown = stage.html(&stage.page("Maps")).await;
    for asked in
        ["To do:", "is still empty", "lease vote", "is not a field of this form", "can confirm it", "helpdesk-links"]
    {
        assert!(!shown.contains(asked), "{asked} in {shown}");
    }
    // Why something has no effect is still said, and which type counts is not lost.
    for said in ["data-status=\"declined\"", "The decision by", "does not count yet", "What counts is"] {
        assert!(shown.contains(said), "{said} in {shown}");
    }
    assert_eq!(stage.rows().await[0].kind, "data");
}
