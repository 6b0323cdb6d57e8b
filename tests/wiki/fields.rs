//! What people write in a field is theirs, and no reason not to read the request.

use crate::stage::{MEMBERS, PASSER, Stage, in_days};

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
