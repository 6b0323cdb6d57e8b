//! A year of a committee: requests by mail, a leave, somebody who steps aside, two meetings with minutes, a correction, an
//! outsider, a rotation, and the brief of the quarter.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};
use helpdesk::page::Time;

use crate::stage::{ADMIN, MEMBERS, PASSER, REQUESTER, STAFF, Stage, complete};

const ON_LEAVE: &str = MEMBERS[4];
const ASIDE: &str = MEMBERS[3];

fn midnight(day: NaiveDate) -> Time {
    DateTime::from_naive_utc_and_offset(day.and_time(NaiveTime::MIN), Utc)
}

/// The first day of the next quarter, and the name of this one's brief.
fn next_quarter(today: NaiveDate) -> (NaiveDate, String) {
    let quarter = today.month0() / 3 + 1;
    let (year, month) = if quarter == 4 { (today.year() + 1, 1) } else { (today.year(), quarter * 3 + 1) };
    (NaiveDate::from_ymd_opt(year, month, 1).unwrap(), format!("Brief {}-Q{quarter}", today.year()))
}

/// The lines of the agenda: why, which request, how many meetings it has stood there.
fn agenda(text: &str) -> Vec<(String, String, String)> {
    let calls = helpdesk::wikitext::calls(text);
    let value = |c: &helpdesk::wikitext::Call, name: &str| helpdesk::wikitext::inert::unescape(c.value(name));
    let rows = calls.iter().filter(|c| c.name == "Helpdesk agenda row");
    rows.map(|c| (value(c, "reason"), value(c, "title"), value(c, "meetings"))).collect()
}

fn on(reason: &str, title: &str, meetings: &str) -> (String, String, String) {
    (reason.to_owned(), title.to_owned(), meetings.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_of_the_committee() {
    let pages = "[pages]\nagenda = \"{root}/Agenda\"\nmeetings = \"{root}/Meetings\"\nqueue = \"{root}/Queue\"\n";
    let stage = Stage::with("year", pages).await;
    let today = Utc::now().date_naive();
    let in_days = |days: u64| Some(midnight(today + Days::new(days)));
    let (admin, secretary) = (stage.person(ADMIN).await, "Selma Secretary");
    stage.newcomer(secretary).await;
    let committee = &stage.desk.pages.committee;
    let line = format!("\n{{{{Helpdesk member|user={secretary}|role=secretary}}}}");
    let text = admin.text(committee).await.unwrap() + &line;
    let leave = format!("user={ON_LEAVE}|role=member|leave={today}/{}", today + Days::new(40));
    let text = text.replace(&format!("user={ON_LEAVE}|role=member"), &leave);
    admin.edit(committee, &text, "a secretary, a leave").await.unwrap();
    stage.until_later().await;

    // One came by mail; two are filed on the wiki.
    let mail =
        complete("Old maps", "").replace("|type=", &format!("|requester={REQUESTER}\n|reference=Ticket 7\n|type="));
    stage.person(STAFF).await.edit(&stage.page("Old maps"), &mail, "came by mail").await.unwrap();
    for name in ["Bells", "Bees"] {
        stage.file(name, "").await;
    }
    stage.add(ASIDE, "Bees", "* {{Helpdesk recuse}} ~~~~").await;
    stage.settle().await;
    let shown = stage.text(&stage.desk.pages.agenda).await;
    assert_eq!(agenda(&shown), [on("new", "Old maps", ""), on("new", "Bells", ""), on("new", "Bees", "")]);
    let html = stage.html(&stage.desk.pages.agenda).await;
    let bees = html.split("Requests/Bees").last().unwrap();
    assert!(!bees.contains(ON_LEAVE) && !bees.contains(ASIDE) && bees.contains(MEMBERS[0]), "{bees}");
    assert!(html.contains("Begin the minutes") && html.contains("Asked: a first look"), "{html}");

    // The first meeting: the secretary begins with the lines that are prepared.
    let form = stage.text(&stage.desk.pages.minutes_form).await;
    let form = form.split_once("<onlyinclude>\n").unwrap().1.split_once("\n</onlyinclude>").unwrap().0;
    let item = |name: &str, says: &str| format!("{{{{Helpdesk item|request={name}|{says}}}}}");
    let of_form = |name: &str| form.lines().find(|line| line.contains(&format!("request={name}|"))).unwrap();
    let votes =
        format!("decision=approved|support={}, {}|priority=7|recommendation=Begin with 50.", MEMBERS[0], MEMBERS[1]);
    let minutes = form
        .replace("present=", &format!("present={}, {}", MEMBERS[0], MEMBERS[1]))
        .replace(of_form("Old maps"), &item("Old maps", &votes))
        .replace(of_form("Bees"), &item("Bees", "recommendation=Ask a beekeeper."))
        .replace(of_form("Bells"), "Bells was not reached.");
    let page = format!("{}/{today}", stage.desk.pages.meetings);
    let person = stage.person(secretary).await;
    person.edit(&page, &minutes, "Minutes").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.status("Old maps").await, "approved");
    let recorded = stage.ledger("Old maps").await;
    assert_eq!(recorded, [format!("{} support yes", MEMBERS[0]), format!("{} support yes", MEMBERS[1])]);
    let left = agenda(&stage.text(&stage.desk.pages.agenda).await);
    let expected = [on("votes", "Bells", "1"), on("helper", "Old maps", "")];
    assert_eq!(left, expected, "Bees was talked about, Old maps decided");
    let queue = stage.text(&stage.desk.pages.queue).await;
    assert!(queue.contains("title=Old maps") && queue.contains("priority=7|mean=7.00"), "{queue}");

    // An outsider rewrites what was decided: nothing follows but a line on the problems page.
    let real = person.text(&page).await.unwrap();
    let outsider = stage.person(PASSER).await;
    outsider.edit(&page, &real.replace("decision=approved", "decision=declined"), "better").await.unwrap();
    outsider.append(&page, &format!("\n{}", item("Bells", "decision=declined")), "more").await.unwrap();
    stage.settle().await;
    assert_eq!((stage.status("Old maps").await, stage.status("Bells").await), ("approved".into(), "review".into()));
    assert!(stage.text(&stage.desk.pages.problems).await.contains("minutes-untrusted"));
    // The secretary puts it back, and corrects herself.
    person.edit(&page, &real, "as it was").await.unwrap();
    stage.settle().await;
    assert!(!stage.text(&stage.desk.pages.problems).await.contains("minutes-"));
    person.edit(&page, &real.replace("decision=approved", "decision=on-hold"), "misheard").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.status("Old maps").await, "on-hold");
    person.edit(&page, &real, "not misheard").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.status("Old maps").await, "approved");

    // Somebody makes the minutes a redirect, and moves them away: what they say stays, for a fresh start too.
    outsider.edit(&page, "#REDIRECT [[Elsewhere]]", "gone").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.status("Old maps").await, "approved");
    person.edit(&page, &real, "back").await.unwrap();
    stage.settle().await;
    outsider.move_page(&page, "Elsewhere of the year", true).await.unwrap();
    stage.settle().await;
    assert_eq!((stage.status("Old maps").await, stage.ledger("Old maps").await), ("approved".into(), recorded.clone()));
    assert!(stage.text(&stage.desk.pages.problems).await.contains("kind=minutes-moved"));
    admin.move_page("Elsewhere of the year", &page, false).await.unwrap();
    stage.settle().await;
    assert!(!stage.text(&stage.desk.pages.problems).await.contains("minutes-"));

    // Rotation: who voted keeps their vote. The second meeting is a month later.
    let text = admin.text(committee).await.unwrap();
    let over = format!("user={}|role=member|until={today}", MEMBERS[1]);
    admin.edit(committee, &text.replace(&format!("user={}|role=member", MEMBERS[1]), &over), "a term").await.unwrap();
    let next = today + Days::new(30);
    let second = format!(
        "{{{{Helpdesk meeting|date={next}|present={}, {}}}}}\n{}\n",
        MEMBERS[2],
        MEMBERS[1],
        item("Bells", &format!("decision=declined|oppose={}|recommendation=No rights.", MEMBERS[2]))
    );
    person.edit(&format!("{}/{next}", stage.desk.pages.meetings), &second, "Minutes").await.unwrap();
    stage.once_at(in_days(31)).await;
    assert_eq!(stage.status("Bells").await, "declined");
    assert_eq!(stage.ledger("Old maps").await, recorded);
    let problems = stage.text(&stage.desk.pages.problems).await;
    assert!(
        problems.contains(&format!("kind=minutes-person|detail={}", MEMBERS[1])),
        "out of office by then: {problems}"
    );

    // The quarter is over: a brief, once, as a text of the people's own.
    let (quarter_ends, name) = next_quarter(today);
    let brief = format!("{}/{name}", stage.desk.pages.meetings);
    stage.once_at(Some(midnight(quarter_ends + Days::new(40)))).await;
    let text = stage.text(&brief).await;
    for said in [
        "== Requests that came in (3) ==",
        "Old maps]]: Data, Examplia, Rene Requester",
        "Begin with 50",
        "Ask a beekeeper",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    admin.edit(&brief, "Ours now.", "edited").await.unwrap();
    stage.once_at(Some(midnight(quarter_ends + Days::new(41)))).await;
    assert_eq!(stage.text(&brief).await, "Ours now.");
    admin.delete(&brief, "not needed").await.unwrap();
    stage.once_at(Some(midnight(quarter_ends + Days::new(42)))).await;
    assert_eq!(outsider.text_if_there(&brief).await.unwrap(), None, "what people deleted is not written again");
}
