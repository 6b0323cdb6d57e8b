//! Votes between templates of which one opens what another one closes.

use crate::stage::{ADMIN, MEMBERS, PASSER, Stage};

const PAIRS: [(&str, &str); 6] = [
    ("Shown strike top", "<s>"),
    ("Shown strike end", "</s>"),
    ("Shown quote top", "<blockquote>"),
    ("Shown quote end", "</blockquote>"),
    ("Shown line top", "<div style=\"text-decoration: line-through\">"),
    ("Shown line end", "</div>"),
];

async fn with_pairs(name: &str) -> Stage {
    let stage = Stage::new(name).await;
    let admin = stage.person(ADMIN).await;
    for (template, text) in PAIRS {
        let title = format!("Template:{template}");
        // The other test may have made it.
        if admin.edit(&title, text, "new").await.is_err() {
            assert_eq!(admin.text(&title).await.unwrap(), text);
        }
    }
    stage
}

/// Puts a pair of templates around the line of a vote.
async fn wrap(stage: &Stage, who: &str, name: &str, vote: &str, kind: &str) {
    let text = stage.text(&stage.page(name)).await;
    let line = text.lines().find(|line| line.contains(vote)).expect("a vote");
    let wrapped = format!("{{{{Shown {kind} top}}}}\n{line}\n{{{{Shown {kind} end}}}}");
    stage.alter(who, name, line, &wrapped).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_strikes_their_own_vote_by_a_pair_of_templates_strikes_it() {
    let stage = with_pairs("pairs own").await;
    for (name, kind, why) in [("S", "strike", "struck"), ("Q", "quote", "not-shown"), ("L", "line", "struck")] {
        stage.file(name, "").await;
        let vote = format!("{{{{Shown {kind} top}}}}\n* {{{{support}}}} ~~~~\n{{{{Shown {kind} end}}}}");
        stage.add(MEMBERS[1], name, &vote).await;
        stage.add(MEMBERS[2], name, "* {{support}} ~~~~").await;
        // Later too.
        stage.add(MEMBERS[3], name, "* {{oppose}} ~~~~").await;
        wrap(&stage, MEMBERS[3], name, "{{oppose}}", kind).await;
        stage.settle().await;
        let expect = [
            format!("{} support no {why}", MEMBERS[1]),
            format!("{} support yes", MEMBERS[2]),
            format!("{} oppose no {why}", MEMBERS[3]),
        ];
        assert_eq!(stage.ledger(name).await, expect, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_silenced_by_a_pair_of_templates_that_somebody_else_put_around_them() {
    let stage = with_pairs("pairs of others").await;
    for (name, kind) in [("S", "strike"), ("Q", "quote"), ("L", "line")] {
        stage.file(name, "").await;
        stage.add(MEMBERS[1], name, "* {{support}} ~~~~").await;
        wrap(&stage, PASSER, name, "{{support}}", kind).await;
        // Left open, and closed below the vote by somebody else again.
        stage.add(PASSER, name, &format!("{{{{Shown {kind} top}}}}")).await;
        stage.add(MEMBERS[2], name, "* {{support}} ~~~~").await;
        stage.add(PASSER, name, &format!("{{{{Shown {kind} end}}}}")).await;
        stage.add(MEMBERS[3], name, "* {{oppose}} ~~~~").await;
        stage.settle().await;
        let expect = [
            format!("{} support yes (touched by {PASSER})", MEMBERS[1]),
            format!("{} support yes (touched by {PASSER})", MEMBERS[2]),
            format!("{} oppose yes", MEMBERS[3]),
        ];
        assert_eq!(stage.ledger(name).await, expect, "{kind}");
    }
}

/// Whether what follows this beginning of a well-formed HTML is struck.
fn is_struck(before: &str) -> bool {
    let left_open = |html: &str, element: &str| {
        let opened = html.matches(&format!("<{element}>")).count() + html.matches(&format!("<{element} ")).count();
        opened > html.matches(&format!("</{element}>")).count()
    };
    let by_style = before.match_indices("line-through").any(|(at, _)| {
        let tag = before[..at].rfind('<').expect("a tag");
        ["span", "div", "li"]
            .iter()
            .any(|e| before[tag..].starts_with(&format!("<{e} ")) && left_open(&before[tag..], e))
    });
    by_style || ["s", "del", "strike"].iter().any(|element| left_open(before, element))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_is_struck_where_the_page_shows_it_struck() {
    let stage = Stage::new("struck").await;
    let shapes = [
        "* <s/>VOTE",
        "* <s />VOTE</s>",
        "* <S>VOTE",
        "* <s>x</s>VOTE",
        "* <s><s>x</s>VOTE</s>",
        "* <del/>VOTE",
        "* <span style=\"text-decoration:line-through\"/>VOTE",
        "* </s>VOTE",
        "* <s>x\n* VOTE",
        "<s>\n\n* VOTE",
        "<s>x</s>\n* VOTE",
        "* <s class=\"a/\">VOTE",
        "* <small><s>x</small>VOTE",
        "* <b><s></b>VOTE</s>",
        "* <s\n>VOTE</s>",
        "* <strike>VOTE</STRIKE>",
        "* <li/>VOTE",
        "* <!-- <s> -->VOTE",
        "* <nowiki><s></nowiki>VOTE",
        "* &lt;s&gt;VOTE</s>",
        "{|\n|<s>x\n|VOTE\n|}",
        "<div style='text-decoration: line-through'>\n* VOTE\n</div>",
    ];
    for (number, shape) in shapes.iter().enumerate() {
        let name = format!("S{number}");
        stage.file(&name, "").await;
        stage.add(MEMBERS[1], &name, &shape.replace("VOTE", "{{support}}(vote) ~~~~")).await;
    }
    stage.settle().await;
    let mut wrong = Vec::new();
    for (number, shape) in shapes.iter().enumerate() {
        let name = format!("S{number}");
        let html = stage.html(&stage.page(&name)).await;
        let (before, _) = html.split_once("(vote)").expect("a vote that is shown");
        let ledger = stage.ledger(&name).await;
        let struck = ledger == [format!("{} support no struck", MEMBERS[1])];
        if struck != is_struck(before) {
            wrong.push(format!("{shape}: {ledger:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
