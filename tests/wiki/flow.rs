//! The page that draws how requests move.

use chrono::{DateTime, TimeDelta, Utc};
use helpdesk::sandbox::{ImportedPage, Wiki};

use crate::stage::{MEMBERS, REQUESTER, Stage, complete, in_days};

/// A desk that keeps this page and none of the others that may be switched off.
const PAGES: &str = "[pages]\nrules = \"\"\nagenda = \"\"\nqueue = \"\"\nwork = \"\"\nmeetings = \"\"\n";

/// A request that was filed at that time, and on which the chair decided so many days later.
fn decided(stage: &Stage, name: &str, filed: DateTime<Utc>, days: i64, decision: &str) -> ImportedPage {
    let (text, at, chair) = (complete(name, ""), filed + TimeDelta::days(days), MEMBERS[0]);
    let signed = at.format("%H:%M, %-d %B %Y (UTC)");
    let line = format!("\n* {{{{Helpdesk decision|{decision}}}}} [[User:{chair}|{chair}]] {signed}");
    ImportedPage::new(&stage.page(name)).revision(REQUESTER, filed, &text).revision(chair, at, &(text.clone() + &line))
}

/// What the drawing says of a status, as its readers see it.
fn drawn(html: &str, status: &str) -> String {
    let from = html.find(&format!("id=\"helpdesk-flow-{status}\"")).unwrap_or_else(|| panic!("{status} in {html}"));
    let rest = &html[from..];
    let to = rest[1..].find("<li id=\"helpdesk-flow-").or_else(|| rest.find("</ol>")).expect("its end");
    rest[rest.find('>').expect("its start") + 1..to].to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_tells_how_long_requests_stay_and_is_saved_once_a_day_at_the_most() {
    if Wiki::from_env().await.unwrap().is_some() {
        return;
    }
    let stage = Stage::with("flow", PAGES).await;
    let filed = Utc::now() - TimeDelta::days(60);
    stage.import(&[decided(&stage, "A", filed, 3, "approved"), decided(&stage, "B", filed, 5, "approved")]).await;
    stage.file("C", "").await;
    let written = stage.settle().await;
    let (flow, status) = (&stage.desk.pages.flow, &stage.desk.pages.status);
    assert!(written.contains(flow), "{written:?}");
    let text = stage.text(flow).await;
    // Both were decided on before the bot ever moved them.
    let line = text.lines().find(|line| line.contains("|status=incomplete|")).expect("its first status");
    assert!(line.contains("|stayed=345600|stays=2|"), "{text}");

    let html = stage.html(flow).await;
    for (id, words) in [
        ("incomplete", "0 requests"),
        ("incomplete", "A new request starts here."),
        ("incomplete", "Median stay: <bdi>4 days</bdi> (of 2)"),
        ("review", "1 request"),
        ("review", "Members vote on it here."),
        ("review", "<a href=\"#helpdesk-flow-approved\"><bdi>Approved</bdi></a>"),
        ("review", "<bdi>consensus</bdi>"),
        ("approved", "2 requests"),
        ("on-hold", "No rule starts from here"),
    ] {
        assert!(drawn(&html, id).contains(words), "{id}: {words} in {html}");
    }
    let ways: usize = stage.desk.flow().map(|(_, rules)| rules.len()).sum();
    assert_eq!(html.matches("href=\"#helpdesk-flow-").count(), ways, "{html}");
    for (language, words, side) in
        [("de", "Verweildauer im Median: <bdi>4 Tage</bdi> (von 2)", "ltr"), ("ar", "<bdi>٤ أيام</bdi>", "rtl")]
    {
        let html = stage.html_in(language, flow).await;
        assert!(drawn(&html, "incomplete").contains(words), "{words} in {html}");
        assert!(html.contains(&format!("lang=\"{language}\" dir=\"{side}\"")), "{html}");
    }

    // What happens today shows at once and saves nothing here; the page tells of it tomorrow, once.
    stage.add(MEMBERS[0], "A", "* {{Helpdesk decision|in-progress}} ~~~~").await;
    assert_eq!(stage.settle().await, [stage.page("A"), status.clone()]);
    let html = stage.html(flow).await;
    assert!(drawn(&html, "approved").contains("1 request") && !drawn(&html, "approved").contains("stay"), "{html}");
    assert!(drawn(&html, "in-progress").contains("1 request"), "{html}");
    let tomorrow = stage.once_at(in_days(1)).await;
    assert!(tomorrow.written.iter().any(|change| change.page == *flow), "{:?}", tomorrow.written);
    assert!(drawn(&stage.html(flow).await, "approved").contains("Median stay: <bdi>57 days</bdi> (of 1)"));
    let later = stage.once_at(in_days(2)).await;
    assert!(later.written.iter().all(|change| change.page != *flow), "{:?}", later.written);

    // Its strip stands on the status page.
    let strip = stage.html(status).await;
    assert!(strip.contains("How requests move, as a drawing"), "{strip}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_with_statuses_of_its_own_is_drawn_with_these() {
    let statuses = [
        ("idea", "An idea", ""),
        ("written", "Written down", "votable = true\n"),
        ("ready", "Ready", ""),
        ("made", "Made", "closed = true\n"),
        ("no", "Not made", "closed = true\n"),
    ];
    let of_status =
        |(id, label, more): &(&str, &str, &str)| format!("[[status]]\nid = \"{id}\"\nlabel = \"{label}\"\n{more}");
    let rule = |name: &str, from: &str, to: &str, when: &str| {
        format!("[[rule]]\nname = \"{name}\"\nfrom = [\"{from}\"]\nto = \"{to}\"\nwhen = {{ {when} }}\n")
    };
    let rules = [
        rule("is told", "idea", "written", "complete = true"),
        rule("wanted", "written", "ready", "support_at_least = 1"),
        rule("not wanted", "written", "no", "oppose_at_least = 3"),
        rule("forgotten", "ready", "written", "open_for = \"90 days\""),
    ];
    let all: String = statuses.iter().map(of_status).chain(rules).collect();
    let stage = Stage::with("flow other", &format!("{PAGES}{all}")).await;
    stage.file("Voted", "").await;
    stage.file("Not voted", "").await;
    stage.add(MEMBERS[1], "Voted", "* {{support}} ~~~~").await;
    stage.settle().await;
    let html = stage.html(&stage.desk.pages.flow).await;
    let shown: Vec<&str> =
        html.split("id=\"helpdesk-flow-").skip(1).filter_map(|part| part.split('"').next()).collect();
    assert_eq!(shown, statuses.map(|(id, ..)| id), "{html}");
    for (id, words) in [
        ("idea", "0 requests"),
        ("written", "<a href=\"#helpdesk-flow-no\"><bdi>Not made</bdi></a>"),
        ("written", "1 request"),
        ("ready", "1 request"),
        ("ready", "Written down"),
        ("no", "0 requests"),
    ] {
        assert!(drawn(&html, id).contains(words), "{id}: {words} in {html}");
    }
    assert!(html.contains("<b>Closed</b>"), "{html}");
    for wrong in ["⧼", "Lua error", "{{", "$1"] {
        assert!(!html.contains(wrong), "{wrong} in {html}");
    }
}
