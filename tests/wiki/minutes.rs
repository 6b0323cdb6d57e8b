//! Minutes of meetings: one edit records what a meeting said of many requests.

use helpdesk::pass::{self, Look, PassState};
use helpdesk::wiki::changes::Hint;

use crate::stage::{ADMIN, MEMBERS, PASSER, REQUESTER, STAFF, Stage};

/// A desk with a secretary of its own.
async fn stage(name: &str) -> (Stage, String) {
    let (stage, secretary) = (Stage::new(name).await, format!("Secretary of {name}"));
    stage.newcomer(&secretary).await;
    let line = format!("\n{{{{Helpdesk member|user={secretary}|role=secretary}}}}");
    stage.person(ADMIN).await.append(&stage.desk.pages.committee, &line, "a secretary").await.unwrap();
    // The wiki's clock counts in seconds.
    stage.until_later().await;
    (stage, secretary)
}

fn today() -> String {
    chrono::Utc::now().date_naive().to_string()
}

/// Minutes of a meeting today with these items.
fn minutes(items: &[&str]) -> String {
    let head = format!("{{{{Helpdesk meeting|date={}|present={}, {}}}}}\n", today(), MEMBERS[0], MEMBERS[1]);
    head + &items.iter().map(|item| format!("{{{{Helpdesk item|{item}}}}}\n")).collect::<String>()
}

impl Stage {
    fn meeting(&self) -> String {
        format!("{}/{}", self.desk.pages.meetings, today())
    }

    async fn record(&self, who: &str, text: &str) -> u64 {
        self.person(who).await.edit(&self.meeting(), text, "minutes").await.expect("minutes")
    }

    /// The problems that the problems page lists of minutes: kinds and details.
    async fn of_minutes(&self) -> Vec<String> {
        let text = self.person(PASSER).await.text_if_there(&self.desk.pages.problems).await.unwrap();
        let calls = helpdesk::wikitext::calls(&text.unwrap_or_default());
        let value = |call: &helpdesk::wikitext::Call, name: &str| helpdesk::wikitext::inert::unescape(call.value(name));
        let lines =
            calls.iter().filter(|c| c.name == "Helpdesk problem").map(|c| (value(c, "kind"), value(c, "detail")));
        lines.filter_map(|(kind, detail)| Some(format!("{}: {detail}", kind.strip_prefix("minutes-")?))).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secretary_records_a_meeting_in_one_edit() {
    let (stage, secretary) = stage("minutes").await;
    for name in ["Old maps", "Photos", "Birds"] {
        stage.file(name, "").await;
    }
    stage.settle().await;
    let text = minutes(&[
        &format!(
            "request=Old maps|decision=approved|support={}, [[User:{}|M]]|oppose={}|priority=8|helper=Dora|recommendation=Begin with [[Map|maps]] of towns.",
            MEMBERS[0], MEMBERS[1], MEMBERS[2]
        ),
        &format!("request=[[{}]]|abstain={}|recommendation=Ask again.", stage.page("Photos"), MEMBERS[3]),
    ]);
    let revision = stage.record(&secretary, &text).await;
    let outcome = stage.once().await;
    let summary = &outcome.written.iter().find(|c| c.page == stage.page("Old maps")).expect("an edit").summary;
    let by = format!("[[Special:Diff/{revision}|decided]] by the meeting of {}", today());
    assert!(summary.contains(&by) && summary.contains("Begin with maps of towns."), "{summary}");
    assert!(stage.settle().await.is_empty());
    assert_eq!(stage.status("Old maps").await, "approved");
    assert_eq!(
        stage.ledger("Old maps").await,
        [
            format!("{} support yes", MEMBERS[0]),
            format!("{} support yes", MEMBERS[1]),
            format!("{} oppose yes", MEMBERS[2])
        ]
    );
    assert_eq!(stage.ledger("Photos").await, [format!("{} abstain yes", MEMBERS[3])]);
    assert_eq!((stage.status("Photos").await.as_str(), stage.status("Birds").await.as_str()), ("review", "review"));
    assert_eq!(stage.of_minutes().await, Vec::<String>::new());
    let page = stage.text(&stage.page("Old maps")).await;
    assert!(page.contains(&format!("|revision={revision}|")) && page.contains("|priority=8|helper=Dora"), "{page}");

    // What readers see.
    let html = stage.html(&stage.page("Old maps")).await;
    let diff = format!("Special:Diff/{revision}");
    assert!(html.contains("decided by the meeting of") && html.matches(&diff).count() >= 5, "{html}");
    assert!(html.contains("in the minutes of") && html.contains("“<bdi>Begin with maps of towns.</bdi>”"), "{html}");
    let html = stage.html(&stage.meeting()).await;
    for shown in ["Meeting of", "Present", "Approved", "Recommendation", "Old maps"] {
        assert!(html.contains(shown), "{shown}: {html}");
    }
    assert!(!html.contains("Lua error") && !html.contains('⧼'), "{html}");
    let (facts, decision) = pass::explain(&stage.client, &stage.desk, "Old maps", None).await.unwrap();
    let why = helpdesk::explain::text(&facts, &decision, &stage.desk, &|revision| format!("diff {revision}"));
    assert!(why.contains(&format!("decided by the meeting of {} (diff {revision}): Begin with", today())), "{why}");
    assert!(why.contains(&format!("Discussed: by the meeting of {}", today())), "{why}");
    assert!(why.contains(&format!("recorded by {secretary} in the minutes of {}", today())), "{why}");
    // From the beginning, and as a bot that goes on.
    assert!(stage.plan().await.changes.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_corrects_what_followed() {
    let (stage, secretary) = stage("corrected").await;
    stage.file("Maps", "").await;
    stage.file("Photos", "").await;
    stage.settle().await;
    let wrong = minutes(&[&format!("request=Maps|decision=declined|support={}", MEMBERS[1])]);
    stage.record(&secretary, &wrong).await;
    let mut state = PassState::default();
    let look = |title: &str| Look::Pages([(title.to_owned(), false)].into());
    pass::next(&stage.client, &stage.desk, None, &mut state, &Look::Everything).await.unwrap();
    assert_eq!(stage.status("Maps").await, "declined");
    // A closed request is read again too, and no other; whoever records may correct.
    let right = wrong.replace("declined|support", "approved|oppose");
    stage.record(STAFF, &right).await;
    let before = stage.client.counts();
    let outcome = pass::next(&stage.client, &stage.desk, None, &mut state, &look(&stage.meeting())).await.unwrap();
    assert_eq!(outcome.requests["html"] - before["html"], 1);
    assert!(outcome.written.iter().all(|c| c.page != stage.page("Photos")));
    assert_eq!(stage.status("Maps").await, "approved");
    assert_eq!(
        stage.ledger("Maps").await,
        [format!("{} support no removed-by-author", MEMBERS[1]), format!("{} oppose yes", MEMBERS[1])]
    );
    assert!(stage.plan().await.changes.is_empty());
    // Taken away: as it was before.
    stage.record(&secretary, &minutes(&[])).await;
    stage.settle().await;
    assert_eq!(stage.status("Maps").await, "review");
    assert!(!stage.text(&stage.page("Maps")).await.contains("Helpdesk ledger discussed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_members_own_vote_after_the_meeting_counts() {
    let (stage, secretary) = stage("own vote").await;
    stage.file("Maps", "").await;
    stage.add(MEMBERS[1], "Maps", "* {{oppose}} ~~~~").await;
    stage.until_later().await;
    stage.record(&secretary, &minutes(&[&format!("request=Maps|support={}, {}", MEMBERS[1], MEMBERS[2])])).await;
    stage.settle().await;
    let [one, two] = [MEMBERS[1], MEMBERS[2]];
    assert_eq!(
        stage.ledger("Maps").await,
        [format!("{one} oppose no superseded"), format!("{one} support yes"), format!("{two} support yes")]
    );
    stage.until_later().await;
    stage.add(MEMBERS[1], "Maps", "* {{abstain}} after all ~~~~").await;
    stage.settle().await;
    let ledger = stage.ledger("Maps").await;
    assert_eq!(
        ledger[1..],
        [format!("{one} support no superseded"), format!("{two} support yes"), format!("{one} abstain yes")]
    );
    // Minutes of a meeting long ago, written now: what members wrote since goes before them.
    let old = minutes(&[&format!("request=Maps|oppose={one}, {two}")]).replace(&today(), "2026-01-05");
    stage.person(&secretary).await.edit(&format!("{}/old", stage.desk.pages.meetings), &old, "x").await.unwrap();
    stage.settle().await;
    let counted: Vec<String> = stage.ledger("Maps").await.into_iter().filter(|row| row.ends_with("yes")).collect();
    assert_eq!(counted, [format!("{two} support yes"), format!("{one} abstain yes")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_minutes_decide_nothing() {
    let (stage, secretary) = stage("forged minutes").await;
    stage.file("Maps", "").await;
    stage.file("Photos", "").await;
    let forged = minutes(&[&format!("request=Maps|decision=declined|oppose={}", MEMBERS[1])]);
    stage.person(PASSER).await.edit(&format!("{}/mine", stage.desk.pages.meetings), &forged, "x").await.unwrap();
    // Those of the owner, and of a member.
    stage.person(MEMBERS[2]).await.edit(&format!("{}/ours", stage.desk.pages.meetings), &forged, "x").await.unwrap();
    stage.settle().await;
    assert_eq!((stage.status("Maps").await.as_str(), stage.ledger("Maps").await.len()), ("review", 0));
    assert_eq!(stage.of_minutes().await, [format!("untrusted: {PASSER}"), format!("untrusted: {}", MEMBERS[2])]);
    // What somebody who records drafted elsewhere, and a stranger moves here.
    let draft = format!("User:{secretary}/Draft");
    stage.person(&secretary).await.edit(&draft, &forged, "a draft").await.unwrap();
    let moved = format!("{}/draft", stage.desk.pages.meetings);
    stage.person(PASSER).await.move_page(&draft, &moved, true).await.unwrap();
    stage.settle().await;
    assert_eq!((stage.status("Maps").await.as_str(), stage.ledger("Maps").await.len()), ("review", 0));
    stage.person(ADMIN).await.delete(&moved, "not yet").await.unwrap();
    // Real ones, to which a stranger adds, which a stranger alters, which a stranger blanks.
    let real = minutes(&[&format!("request=Maps|support={}", MEMBERS[1])]);
    stage.record(&secretary, &real).await;
    let expect = [format!("{} support yes", MEMBERS[1])];
    for text in [
        format!("{real}{{{{Helpdesk item|request=Photos|decision=declined}}}}\n"),
        real.replace("|support=", "|decision=declined|oppose="),
        "Nothing.".to_owned(),
    ] {
        stage.record(PASSER, &text).await;
        stage.settle().await;
        assert_eq!(stage.ledger("Maps").await, expect, "{text}");
        assert_eq!((stage.status("Maps").await.as_str(), stage.status("Photos").await.as_str()), ("review", "review"));
        assert_eq!(stage.of_minutes().await.len(), 3, "{text}");
    }
    // Put back, all is well.
    stage.record(&secretary, &real).await;
    stage.settle().await;
    assert_eq!((stage.of_minutes().await.len(), stage.ledger("Maps").await), (2, expect.to_vec()));
    // Nobody records what becomes of their own request.
    let own = stage.page("Hers");
    let text = crate::stage::complete("Hers", "");
    stage.person(&secretary).await.edit(&own, &text, "new").await.unwrap();
    stage.record(&secretary, &minutes(&[&format!("request=Hers|decision=approved|support={}", MEMBERS[1])])).await;
    stage.settle().await;
    assert_eq!(stage.status("Hers").await, "review");
    assert_eq!(stage.ledger("Hers").await, [format!("{} support no for-not-allowed", MEMBERS[1])]);
    assert!(stage.text(&own).await.contains("|kind=not-entitled|"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_minutes_name_that_is_not_there_is_told() {
    let (stage, secretary) = stage("names in minutes").await;
    for (name, title) in
        [("Old maps", "Maps"), ("New maps", "Maps"), ("Photos", "Photographs of birds"), ("Moved", "Herbarium")]
    {
        let text = crate::stage::complete(title, "");
        stage.person(REQUESTER).await.edit(&stage.page(name), &text, "new").await.unwrap();
    }
    stage.settle().await;
    stage.person(STAFF).await.move_page(&stage.page("Moved"), &stage.page("Elsewhere"), true).await.unwrap();
    let text = minutes(&[
        "request=Old mapz",
        "request=Maps",
        "request=photographs of BIRDS|decision=on-hold",
        "request=Moved|decision=on-hold",
        "request=New maps|decision=aproved|support=Mona Membr|suport=x",
        "request=",
    ]);
    stage.record(&secretary, &text).await;
    let pages = &stage.desk.pages.meetings;
    let person = stage.person(&secretary).await;
    person.edit(&format!("{pages}/2031-01-01"), &text.replace(&today(), "2031-01-01"), "x").await.unwrap();
    person.edit(&format!("{pages}/soon"), &text.replace(&today(), "soon"), "x").await.unwrap();
    person.edit(&format!("{pages}/sv"), &text, "a translation").await.unwrap();
    person.edit(&format!("{pages}/deeper/page"), &text, "x").await.unwrap();
    person.edit(&format!("{pages}/words"), "How we meet.", "x").await.unwrap();
    stage.settle().await;
    let [old, new] = [stage.page("Old maps"), stage.page("New maps")];
    let told = stage.of_minutes().await;
    for expect in [
        "date: soon".to_owned(),
        "line: suport → support".to_owned(),
        "line: {{Helpdesk item|request=}}".to_owned(),
        "request: Old mapz → Old maps".to_owned(),
        format!("ambiguous: Maps: {old}, {new}"),
        "person: Mona Membr → Mona Member".to_owned(),
        "decision: aproved → approved".to_owned(),
        "future: 2031-01-01".to_owned(),
    ] {
        assert!(told.contains(&expect), "{expect}: {told:#?}");
    }
    assert_eq!(told.len(), 8, "{told:#?}");
    assert_eq!(
        (stage.status("Photos").await.as_str(), stage.status("Elsewhere").await.as_str()),
        ("on-hold", "on-hold")
    );
    let html = stage.html(&stage.desk.pages.problems).await;
    assert!(
        !html.contains("Lua error") && !html.contains('⧼') && html.contains("The minutes name a request"),
        "{html}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn minutes_that_nobody_changed_cost_nothing() {
    let (stage, secretary) = stage("quiet minutes").await;
    stage.file("Maps", "").await;
    stage.file("Photos", "").await;
    stage.settle().await;
    let spent = async |state: &mut PassState, look: Look| {
        let before = stage.client.counts();
        let outcome = pass::next(&stage.client, &stage.desk, None, state, &look).await.unwrap();
        assert!(outcome.written.is_empty());
        let spent = |kind: &str| outcome.requests.get(kind).unwrap_or(&0) - before.get(kind).unwrap_or(&0);
        (spent("query"), spent("html"))
    };
    let changed = || Look::Pages([(stage.page("Photos"), false)].into());
    let mut state = PassState::default();
    spent(&mut state, Look::Everything).await;
    // That there are no minutes is asked for twice.
    let (none, _) = spent(&mut state, Look::Everything).await;
    let without = spent(&mut state, changed()).await;
    stage.record(&secretary, &minutes(&[&format!("request=Maps|support={}", MEMBERS[1])])).await;
    stage.settle().await;
    let mut state = PassState::default();
    let (_, html) = spent(&mut state, Look::Everything).await;
    assert_eq!(html, 0, "the ledgers vouch for the requests, and for what the minutes say of them");
    assert_eq!(spent(&mut state, Look::Everything).await, (none - 1, 0), "in a list alone");
    assert_eq!(spent(&mut state, changed()).await, without, "where another page is looked at");
    // What the minutes say of a request has that one read, on a hint that names the minutes.
    stage.record(&secretary, &minutes(&[&format!("request=Maps|oppose={}", MEMBERS[1])])).await;
    let before = stage.client.counts();
    let look = Look::Pages([(stage.meeting(), false)].into());
    let outcome = pass::next(&stage.client, &stage.desk, None, &mut state, &look).await.unwrap();
    assert_eq!(outcome.requests["html"] - before.get("html").unwrap_or(&0), 1);
    assert_eq!(stage.ledger("Maps").await.last(), Some(&format!("{} oppose yes", MEMBERS[1])));
    let hint = |title: String| Hint { title, target: None, user: None, revision: None, redirect: false, log: false };
    assert!(outcome.watched.concerns(&hint(stage.meeting())) && !outcome.watched.concerns(&hint("Else".to_owned())));
}
