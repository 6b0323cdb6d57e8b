//! The form on the intake page, in a browser, and what the request's box makes of what people write.

use anyhow::Result;
use helpdesk::install;
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
    let mut installation = install::compare(&stage.client, &stage.desk).await.unwrap();
    installation.plan.changes.retain(|c| c.page == stage.desk.pages.intake);
    assert_eq!(install::apply(&stage.client, &installation).await.unwrap(), Vec::<String>::new());
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
        rows.iter().map(|r| (r.title.as_str(), r.kind.as_str(), r.status.as_str(), r.waiting.code.as_str())).collect();
    assert_eq!(
        said,
        [("Maps 'n' \"plans\" & more", "data", "review", "quorum"), ("May we?", "question", "review", "answer")]
    );
    assert!(rows[0].requester.starts_with("~2"), "{}", rows[0].requester);
    assert_eq!(rows[1].requester, REQUESTER);
    for row in &rows {
        assert!(stage.text(&row.page.title).await.contains("(UTC)\n\n== Votes and discussion =="), "signed");
        let html = stage.html(&row.page.title).await;
        for shown in ["<b>old</b> maps", "They are rare.", "Under review"] {
            assert!(html.contains(shown), "{shown} in {html}");
        }
        assert!(!html.contains("To do:"), "{html}");
    }
}
