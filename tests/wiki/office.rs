//! The bot's block on the committee page.

use std::collections::BTreeMap;

use helpdesk::page::Time;
use helpdesk::pass::{self, Look, PassState};

use crate::stage::{ADMIN, MEMBERS, PASSER, Stage};

const MARKERS: &str = "<!-- helpdesk:begin committee -->\n<!-- helpdesk:end committee -->\n";

fn noon(day: &str) -> Option<Time> {
    Some(format!("{day}T12:00:00Z").parse().expect("a time"))
}

/// The committee page as a pass at that time would leave it.
async fn planned(stage: &Stage, day: &str) -> String {
    let (_, plan, _) = pass::plan(&stage.client, &stage.desk, noon(day)).await.expect("a plan");
    assert!(plan.problems.is_empty(), "{plan}");
    let change = plan.changes.into_iter().find(|change| change.page == stage.desk.pages.committee);
    change.map(|change| change.after).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_committee_page_says_who_is_in_office_where_it_has_a_place_for_it() {
    let stage = Stage::new("office").await;
    let page = &stage.desk.pages.committee;
    stage.file("Maps", "").await;
    // Without markers it is people's.
    let before = stage.text(page).await;
    assert!(!stage.settle().await.contains(page));
    assert!(!stage.text(&stage.desk.pages.problems).await.contains("Helpdesk problem|"));

    let line = |who: &str, more: &str| format!("{{{{Helpdesk member|user={who}|role=member|from=2020-01-01{more}}}}}");
    let mut lines = before.clone();
    for (who, more) in [
        (MEMBERS[1], "|until=2099-12-31"),
        (MEMBERS[2], "|leave=2099-05-01/2099-06-15"),
        (MEMBERS[3], "|until=2022-03-31"),
    ] {
        assert!(lines.contains(&line(who, "")));
        lines = lines.replace(&line(who, ""), &line(who, more));
    }
    let admin = stage.person(ADMIN).await;
    admin.edit(page, &format!("{MARKERS}{lines}"), "a place for the bot").await.unwrap();

    let mut state = PassState::default();
    let outcome = pass::next(&stage.client, &stage.desk, None, &mut state, &Look::Everything).await.unwrap();
    assert!(outcome.written.iter().any(|change| change.page == *page));
    assert!(outcome.plan.problems.is_empty(), "{}", outcome.plan);
    // Its own save is no reason to look at everything again, nor to write again.
    let count = |outcome: &pass::Outcome| outcome.requests.values().sum::<usize>();
    let next = pass::next(&stage.client, &stage.desk, None, &mut state, &Look::Pages(BTreeMap::new())).await.unwrap();
    assert!(next.written.is_empty() && count(&next) - count(&outcome) <= 2, "{:?}", next.requests);
    assert!(stage.settle().await.is_empty());

    let text = stage.text(page).await;
    assert!(text.ends_with(lines.trim_end()), "people's lines stay: {text}");
    for said in [
        "{{Helpdesk committee start|seats=8|filled=4|vacant=4}}",
        "{{Helpdesk committee person|user=Mona Member|from=2020-01-01|until=2099-12-31}}",
        "{{Helpdesk committee person|user=Mira Member|first year=2020|last year=2022}}",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    let html = stage.html(page).await;
    for said in ["4 seats of 8 taken, 4 vacant.", "Former members", "(2020–2022)", "Write on the talk page"] {
        assert!(html.contains(said), "{said} in {html}");
    }
    // A vote by somebody in office counts as before.
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    stage.add(MEMBERS[3], "Maps", "* {{support}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.ledger("Maps").await, ["Mona Member support yes", "Mira Member support no not-in-term"]);

    // By time alone.
    assert!(planned(&stage, "2099-05-01").await.contains("user=Milo Member|from=2020-01-01|away=2099-06-15}}"));
    assert!(!planned(&stage, "2099-06-16").await.contains("away"));
    assert!(!planned(&stage, "2099-10-31").await.contains("soon=yes"));
    assert!(planned(&stage, "2099-11-01").await.contains("|until=2099-12-31|soon=yes}}"));
    let later = planned(&stage, "2100-01-01").await;
    assert!(later.contains("|filled=3|vacant=5}}"), "{later}");
    assert!(later.contains("user=Mona Member|first year=2020|last year=2099}}"), "{later}");

    // A line that somebody put into the bot's block is moved behind it, and counts.
    let (max, end) = (line(MEMBERS[4], ""), "<!-- helpdesk:end committee -->");
    let inside = stage.text(page).await.replace(&max, "").replace(end, &format!("{max}\n{end}"));
    admin.edit(page, &inside, "in the wrong place").await.unwrap();
    stage.settle().await;
    let text = stage.text(page).await;
    assert!(text.contains(&format!("{end}\n{max}")) && text.contains("|filled=4|vacant=4}}"), "{text}");
    assert!(!stage.text(&stage.desk.pages.problems).await.contains("roster"));

    // A line that goes, goes to the former members.
    let text = stage.text(page).await.replace(&line(MEMBERS[4], ""), "");
    admin.edit(page, &text, "thank you").await.unwrap();
    assert!(stage.settle().await.contains(page));
    let text = stage.text(page).await;
    assert!(text.contains("|filled=3|vacant=5}}") && text.contains("user=Max Member|first year=2020|"), "{text}");

    // Half a place is none, and is told.
    let person = stage.person(PASSER).await;
    person.edit(page, &text.replace(end, ""), "tidy").await.unwrap();
    assert_eq!(stage.settle().await, std::slice::from_ref(&stage.desk.pages.problems));
    let problems = stage.text(&stage.desk.pages.problems).await;
    assert!(problems.contains("|kind=markers|detail=committee}}"), "{problems}");
    assert!(!problems.contains("roster"), "{problems}");
}
