//! The form on the intake page, in a browser, and what the request's box makes of what people write.

use anyhow::Result;
use serde_json::json;

use crate::browser::Browser;
use crate::stage::{PASSWORD, REQUESTER, Stage};

/// Files a request as people do: a name, the button, words behind the questions, the button.
async fn file(browser: &Browser, stage: &Stage, kind: &str, name: &str) -> Result<()> {
    browser.go(&stage.client.address(&stage.desk.pages.intake)).await?;
    let form = format!("form.createbox:has(input[value='{kind}'])");
    browser.write(&format!("{form} input[name='title']"), name).await?;
    browser.click(&format!("{form} button, {form} input[type='submit']")).await?;
    browser.wait_for(".mw-editintro").await?;
    browser.wait_for("#wpTextbox1").await?;
    // Where there is a visual editor, it greets those who come for the first time.
    let greets = "return !!(mw.config.get('wgVisualEditorConfig') || {}).showBetaWelcome;";
    if browser.run(greets, json!([])).await? == json!(true) {
        browser.click(".ve-init-mw-welcomeDialog.oo-ui-window-ready .oo-ui-flaggedElement-primary a").await?;
        browser.wait_for("body:not(:has(.ve-init-mw-welcomeDialog))").await?;
    }
    let fill = "const box = document.getElementById('wpTextbox1'); const [a, b] = arguments;\
        box.value = box.value.replace('| description =', '| description = ' + a).replace('| justification =', '| justification = ' + b);\
        const page = document.documentElement; return page.scrollWidth <= page.clientWidth;";
    let fits = browser.run(fill, json!(["Help with <b>old</b> maps", "They are rare."])).await?;
    assert_eq!(fits, json!(true), "the page with the form is wider than a phone");
    browser.click("#wpSave").await?;
    browser.wait_for(".helpdesk-request").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_filed_with_the_form_from_a_temporary_account_and_from_one_logged_in() {
    let stage = Stage::new("forms").await;
    stage.install().await;
    let browser = Browser::open().await.unwrap();
    file(&browser, &stage, "data", "Maps 'n' \"plans\" & more").await.unwrap();
    browser.close().await.unwrap();

    let browser = Browser::open().await.unwrap();
    browser.go(&stage.client.address("Special:UserLogin")).await.unwrap();
    browser.write("#wpName1", REQUESTER).await.unwrap();
    browser.write("#wpPassword1", PASSWORD).await.unwrap();
    browser.click("#wpLoginAttempt").await.unwrap();
    browser.wait_for("#pt-logout").await.unwrap();
    file(&browser, &stage, "question", "May we?").await.unwrap();
    browser.close().await.unwrap();

    stage.settle().await;
    let mut rows = stage.rows().await;
    rows.sort_by(|a, b| a.title.cmp(&b.title));
    let said: Vec<_> =
        rows.iter().map(|r| (r.title.as_str(), r.kind.as_str(), r.status.as_str(), r.waiting.code.id())).collect();
    assert_eq!(
        said,
        [("Maps 'n' \"plans\" & more", "data", "review", "quorum"), ("May we?", "question", "review", "answer")]
    );
    assert!(rows[0].owners[0].starts_with("~2"), "{:?}", rows[0].owners);
    assert_eq!(rows[1].owners, [REQUESTER]);
    for row in &rows {
        assert!(stage.text(&row.page.title).await.contains("(UTC)\n\n== Votes and discussion =="), "signed");
        let html = stage.html(&row.page.title).await;
        for shown in ["<b>old</b> maps", "They are rare.", "Under review"] {
            assert!(html.contains(shown), "{shown} in {html}");
        }
        assert!(!html.contains("To do:"), "{html}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn help_for_each_field_stands_above_the_form() {
    let stage = Stage::new("intro").await;
    let person = stage.person(REQUESTER).await;
    person.edit(&stage.desk.pages.intake, "Here.", "a page").await.unwrap();
    let page = stage.page("Not there yet");
    let params =
        [("action", "parse"), ("title", page.as_str()), ("text", "{{Helpdesk request/intro}}"), ("prop", "text")];
    let parsed = person.get(params).await.unwrap();
    let html = parsed["parse"]["text"].as_str().unwrap();
    let (needed, rest) = html.split_once("mw-collapsible").expect("what may stay empty, folded");
    for field in &stage.desk.fields {
        let help = format!("(<code>{}</code>)", field.name);
        if field.required {
            assert!(needed.contains(&format!("{help} (needed): ")), "{}: {html}", field.name);
        } else if ["helper", "partner", "languages", "requester"].contains(&field.name.as_str()) {
            assert!(rest.contains(&format!("{help}: ")), "{}: {html}", field.name);
        }
    }
    assert!(rest.contains("(<code>status</code>): Set by the bot."), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_careless_request_is_told_all_at_once_and_what_is_mended_vanishes() {
    let stage = Stage::new("careless").await;
    let page = stage.page("Careless");
    let text = "{{Helpdesk request\n|title=Careless\n|type=uplaod\n|coutry=Examplia\n|budget=100\n\
        |description=<!-- What do you want to do? -->\n|justification=x|y and z\n|risk=<table><tr><td>x\n|legal=a\n|legal=b\n}}";
    let person = stage.person(REQUESTER).await;
    person.edit(&page, text, "a try").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.status("Careless").await, "incomplete");
    let html = stage.html(&page).await;
    for said in [
        "Did you mean “<bdi>upload</bdi>”",
        "Did you mean “<bdi>country</bdi>”",
        "“<bdi>budget</bdi>” is not a field",
        "<code>description</code>) is still empty. What do you want to do",
        "“<bdi>y and z</bdi>” stands in no field",
        "&#60;&#47;table&#62;</code> at its end",
        "<code>legal</code>) is there more than once",
    ] {
        assert!(html.contains(said), "{said} in {html}");
    }
    let mended = "{{Helpdesk request\n|title=Careless\n|type=Upload of media\n|country=Examplia\n\
        |description=100 maps\n|justification=x{{!}}y and z\n|risk=none\n|legal=b\n";
    let after = person.text(&page).await.unwrap();
    let status = after.find("|status=").expect("a status");
    person.edit(&page, &format!("{mended}{}", &after[status..]), "mended").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.status("Careless").await, "review");
    assert!(!stage.text(&page).await.contains("Helpdesk ledger notice"));
    assert_eq!(stage.rows().await[0].kind, "upload");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_people_write_in_a_field_breaks_what_stands_behind_the_box() {
    let stage = Stage::new("hostile").await;
    let long = "x".repeat(5000);
    let values = [
        "a</td>b",
        "a</table>b",
        "</td></tr></table></div></div>c",
        "<div style=\"color:red\">d",
        "'''e",
        "<b><i><s>f",
        "\n{{!}}-\n{{!}} g",
        "\n* one\n* two\n\n# three\n\nfour",
        "== Heading ==\ntext",
        "<blockquote>h",
        "[[File:Nothing.png|thumb",
        "שלום, ",
        &long,
    ];
    let person = stage.person(REQUESTER).await;
    for field in ["title", "type", "description"] {
        for value in values {
            let more = format!("|{field}={value}\n");
            let text = format!(
                "{{{{Helpdesk request\n{more}|justification=INSIDE\n}}}}\n{{{{Helpdesk ledger start|status=review|requester=LEDGER}}}}\n{{{{Helpdesk ledger end}}}}\n\n== Votes ==\n* BEHIND\n"
            );
            let params = [("action", "parse"), ("contentmodel", "wikitext"), ("text", text.as_str()), ("prop", "text")];
            let parsed = person.post(params).await.unwrap();
            let html = parsed["parse"]["text"].as_str().unwrap();
            assert!(html.contains("INSIDE"), "{field}={value:.40}: {html}");
            let behind = html.split_once("class=\"helpdesk-ledger\"").expect("a ledger").1;
            assert!(behind.contains("LEDGER") && behind.contains("<ul><li>BEHIND</li></ul>"), "{value:.40}: {html}");
            let before = html.split_once("<div class=\"helpdesk-ledger\"").expect("a ledger").0;
            let open =
                |tag: &str| before.matches(&format!("<{tag}")).count() - before.matches(&format!("</{tag}>")).count();
            // The wrapper of the whole text is open, and nothing else.
            assert_eq!((open("table"), open("td"), open("div")), (0, 0, 1), "{field}={value:.40}: {html}");
        }
    }
}
