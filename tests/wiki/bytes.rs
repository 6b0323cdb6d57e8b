//! Human pages keep their bytes, and values are inert.

use helpdesk::wikitext::block;

use crate::stage::{ADMIN, PASSER, REQUESTER, Stage, complete};

/// A page as people leave them: nothing is closed, nothing is tidy.
const UNTIDY: &str = "{| class=\"x\"\n| an '''unclosed table and ''bold\n\n{{Helpdesk request   \n | title = Ünt\u{ef}dy <!-- a comment | with a pipe -->\n |type=  data\n| country=Examplia   \n|description=[[a|b]] {{tl|x|y=z}} <nowiki>}}</nowiki> &nbsp;|justification=yes\n|status = \n|Unknown=1}} text behind\n<div style='x>\n* a <!-- Vote below this line --\n<!-- and so on -->\n   odd   spaces \t\n#: <b>x\n\n\n[[Category:Mine]] __NOTOC__ ~~ {{unclosed\n<s> [[unclosed link";

#[tokio::test(flavor = "multi_thread")]
async fn an_untidy_page_keeps_every_byte_outside_the_bots_spans() {
    let stage = Stage::new("untidy").await;
    let title = stage.page("Untidy");
    stage.person(REQUESTER).await.edit(&title, UNTIDY, "new").await.unwrap();
    let before = stage.text(&title).await;
    stage.settle().await;
    let after = stage.text(&title).await;
    assert_eq!(stage.status("Untidy").await, "review");
    let people = block::without(&after, "ledger").replace("|status = review\n", "|status = \n");
    let since = people.find("|status since=").expect("a time");
    let end = since + people[since..].find("}}").unwrap();
    // `…|Unknown=1}}` on one line with the braces got its new parameter on a line of its own.
    let people = format!("{}{}", people[..since].trim_end_matches('\n'), &people[end..]);
    assert_eq!(people, before);
    // Everybody may go on writing around it.
    stage.person(PASSER).await.edit(&title, &after.replace("odd   spaces", "more spaces"), "x").await.unwrap();
    assert!(stage.settle().await.is_empty(), "nothing to say about that");
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_plain_text_in_tables_and_summaries() {
    let stage = Stage::new("inert").await;
    let hostile = [
        "x|y=z {{Support}} }} {{{1}}}",
        "[[Category:Broken]] [[File:X.png]] [https://example.org x] https://example.org/bare",
        "<!-- unclosed",
        "<script>alert(1)</script> ~~~~ ~~~~~ __NOTOC__ __NOINDEX__ #REDIRECT [[X]]",
        "{| class=wikitable\n| cell\n|-",
        "'''''bold'' &lt;b&gt; &#91;&#91;x&#93;&#93; \u{202e}evil\u{200f} \u{7} RFC 1 ISBN 1234567890",
    ];
    for (i, value) in hostile.iter().enumerate() {
        let text = complete("x", "")
            .replace("|title=x", &format!("|title=<nowiki/>{value}\n|partner={value}"))
            .replace("|country=Examplia", &format!("|country={value}"));
        stage.person(REQUESTER).await.edit(&stage.page(&format!("H{i}")), &text, "new").await.unwrap();
    }
    let long = complete("x", "").replace("|title=x", &format!("|title={}", "long ".repeat(20_000)));
    stage.person(REQUESTER).await.edit(&stage.page("Long"), &long, "new").await.unwrap();
    stage.file("It's & =\"odd\" (title) ~ *", "").await;
    stage.once().await;
    let title = &stage.desk.pages.status;
    let text = stage.text(title).await;
    assert!(text.len() < 20_000, "{}", text.len());
    // A template that swallows the braces behind it is no request that can be read; all others have a row each.
    let rows = stage.rows().await;
    let problems = stage.text(&stage.desk.pages.problems).await;
    let unreadable = problems.matches("|kind=not-readable|").count();
    assert_eq!(rows.len() + unreadable, hostile.len() + 2, "{text}\n{problems}");
    assert!(rows.len() >= 6, "{text}");
    for row in &rows {
        assert!(row.title.chars().count() <= 256, "{}", row.title);
        assert!(!row.title.contains(['\u{202e}', '\u{7}', '\n']));
    }
    // What the wiki makes of it.
    let parsed = stage
        .person(PASSER)
        .await
        .get(&[
            ("action", "parse"),
            ("page", title.as_str()),
            ("prop", "categories|images|externallinks|links|templates|text|properties"),
        ])
        .await
        .unwrap();
    let parse = &parsed["parse"];
    for kind in ["categories", "images", "externallinks", "properties"] {
        let found = &parse[kind];
        assert!(
            found.as_array().is_none_or(Vec::is_empty) && found.as_object().is_none_or(serde_json::Map::is_empty),
            "{kind}: {found}"
        );
    }
    let templates: Vec<&str> =
        parse["templates"].as_array().unwrap().iter().filter_map(|t| t["title"].as_str()).collect();
    let ours = ["Template:Helpdesk ", "Module:Helpdesk"];
    assert!(templates.iter().all(|t| ours.iter().any(|begin| t.starts_with(begin))), "{templates:?}");
    let html = parse["text"].as_str().unwrap();
    assert!(!html.contains("<script") && html.contains("&#60;script&#62;"), "{html}");
    let links: Vec<&str> = parse["links"].as_array().unwrap().iter().filter_map(|t| t["title"].as_str()).collect();
    assert!(links.iter().any(|l| l.ends_with("It's & =\"odd\" (title) ~ *")), "{links:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_markers_are_broken_is_left_and_reported() {
    let stage = Stage::new("markers").await;
    stage.file("Broken", "").await;
    stage.settle().await;
    stage.alter(PASSER, "Broken", "<!-- helpdesk:end ledger -->", "").await;
    stage.add(crate::stage::MEMBERS[1], "Broken", "* {{support}} ~~~~").await;
    let before = stage.text(&stage.page("Broken")).await;
    stage.settle().await;
    assert_eq!(stage.text(&stage.page("Broken")).await, before);
    assert!(stage.text(&stage.desk.pages.problems).await.contains("|kind=markers|detail=ledger"));
    assert_eq!(stage.rows().await[0].tally.support, 1, "the table is true all the same");

    // Likewise the status page; somebody doubles its beginning.
    let person = stage.person(PASSER).await;
    let text = person.text(&stage.desk.pages.status).await.unwrap();
    person.edit(&stage.desk.pages.status, &format!("<!-- helpdesk:begin status -->\n{text}"), "x").await.unwrap();
    stage.file("Another", "").await;
    stage.settle().await;
    assert!(!stage.text(&stage.desk.pages.status).await.contains("Another"));
    person.edit(&stage.desk.pages.status, &format!("People's words.\n{text}\nMore words."), "mended").await.unwrap();
    stage.settle().await;
    let mended = stage.text(&stage.desk.pages.status).await;
    assert!(
        mended.contains("Another")
            && mended.starts_with("People's words.\n<!--")
            && mended.ends_with("-->\nMore words."),
        "{mended}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn text_that_would_act_when_it_is_saved_is_left_and_reported() {
    let stage = Stage::new("imported").await;
    let admin = stage.person(ADMIN).await;
    let acting = ["* {{support}} yes ~~~~", "{{subst:PAGENAME}}", "[[Examplia (land)|]]", "one\r\ntwo"];
    for (i, text) in acting.iter().enumerate() {
        let text = format!("{}\n{text}\nend", complete("Brought along", ""));
        admin.import(&stage.page(&format!("Acting {i}")), PASSER, &text).await.unwrap();
    }
    let quoted = format!("{}\n<nowiki>~~~~ {{{{subst:x}}}}</nowiki>\n\n", complete("Quoted", ""));
    admin.import(&stage.page("Quoted"), PASSER, &quoted).await.unwrap();
    stage.settle().await;
    let problems = stage.text(&stage.desk.pages.problems).await;
    for (i, text) in acting.iter().enumerate() {
        let page = stage.text(&stage.page(&format!("Acting {i}"))).await;
        assert!(page.ends_with(&format!("{text}\nend")) && !page.contains("helpdesk:begin"), "{page:?}");
    }
    assert_eq!(problems.matches("text-would-change").count(), acting.len(), "{problems}");
    let quoted = stage.text(&stage.page("Quoted")).await;
    assert!(quoted.ends_with("\n<nowiki>~~~~ {{subst:x}}</nowiki>") && quoted.contains("|status=review"), "{quoted}");

    // Saved once as it stands, by a person, it is a page like any other.
    let text = admin.text(&stage.page("Acting 3")).await.unwrap();
    admin.edit(&stage.page("Acting 3"), &text, "saved").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.status("Acting 3").await, "review");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_beside_the_template_and_comments_in_it_stay_what_they_are() {
    let stage = Stage::new("beside").await;
    let person = stage.person(PASSER).await;
    let ends =
        "|status=\u{a0}\n|status since= <!-- set by the bot -->\n<!-- keep until May -->\n}} words after a space\nmore";
    let filed = complete("Beside", "").replace("}}\n\n== Discussion ==", ends);
    person.edit(&stage.page("Beside"), &filed, "file").await.unwrap();
    stage.settle().await;
    let text = stage.text(&stage.page("Beside")).await;
    assert!(text.contains("|status=review\n"), "{text}");
    assert!(text.contains("<!-- set by the bot -->\n<!-- keep until May -->"), "{text}");
    assert!(text.contains("}} words after a space\n<!-- helpdesk:begin"), "{text}");
    let html = stage.html(&stage.page("Beside")).await;
    assert!(html.contains("words after a space") && !html.contains("<pre"), "{html}");
    assert!(html.contains("Under review"), "{html}");
}
