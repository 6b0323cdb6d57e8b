//! Killed anywhere, started anywhere, more than once at the same time: the pages end up the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use helpdesk::pass;
use helpdesk::plan::Owns;
use helpdesk::plan::disputes::essence;
use helpdesk::wiki::{Client, Connection};
use tokio::sync::Notify;

use crate::faults::{MINE, SHORT, behind, revisions, through_proxy};
use crate::proxy::{Fate, Proxy};
use crate::stage::{ADMIN, MEMBERS, PASSER, REQUESTER, STAFF, Stage, complete};

/// Kills a pass at its first request, at its second and so on, each time after people have acted: the next start makes as many
/// edits as if nothing had happened, those by people included.
async fn killed_at_each_request(
    stage: &Stage,
    proxy: &Proxy,
    pages: &[String],
    edits: usize,
    act: impl AsyncFn(usize),
) {
    let reader = stage.person(PASSER).await;
    let mut killed = 0;
    loop {
        let before = revisions(&reader, pages).await;
        act(killed).await;
        // The pass dies when this request has come to the wiki, and no answer ever comes back.
        let (first, reached) = (proxy.requests(), Arc::new(Notify::new()));
        let tell = Arc::clone(&reached);
        proxy.fate(move |request| {
            if request.number != first + killed {
                return Fate::Well;
            }
            tell.notify_one();
            if killed % 3 == 2 { Fate::Silence } else { Fate::AnswerLost }
        });
        let ended = tokio::select! {
            outcome = pass::once(&stage.client, &stage.desk, None) => { outcome.expect("a pass"); true }
            () = async { reached.notified().await; proxy.idle().await } => false,
        };
        proxy.well();
        pass::once(&stage.client, &stage.desk, None).await.expect("the next start");
        assert_eq!(revisions(&reader, pages).await - before, edits, "killed at request {killed}");
        if ended {
            break;
        }
        killed += 1;
    }
    assert!(killed >= 12, "only {killed} requests in a busy pass");
    assert!(stage.plan().await.changes.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_request_the_next_start_ends_where_it_would_have() {
    let (stage, proxy) = behind("killed").await;
    for name in ["Maps", "Books"] {
        stage.file(name, "").await;
    }
    stage.settle().await;
    let pages =
        [stage.page("Maps"), stage.page("Books"), stage.desk.pages.status.clone(), stage.desk.pages.problems.clone()];
    let member = stage.person(MEMBERS[1]).await;
    // Two votes, two ledgers, one table.
    killed_at_each_request(&stage, &proxy, &pages, 5, async |round| {
        let choice = ["support", "oppose"][round % 2];
        for page in &pages[..2] {
            member.append(page, &format!("\n* {{{{{choice}}}}} {round} ~~~~"), "a vote").await.expect("a vote");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_minutes_are_carried_out_it_ends_where_it_would_have() {
    let (stage, proxy) = behind("killed minutes").await;
    for name in ["Maps", "Books"] {
        stage.file(name, "").await;
    }
    let staff = stage.person(STAFF).await;
    let today = chrono::Utc::now().date_naive();
    let minutes = format!("{}/{today}", stage.desk.pages.meetings);
    let record = async |choice: &str| {
        let item = |name: &str| {
            format!("{{{{Helpdesk item|request={name}|{choice}={}, {}|decision=on-hold}}}}\n", MEMBERS[1], MEMBERS[2])
        };
        let text =
            format!("{{{{Helpdesk meeting|date={today}|present={}}}}}\n{}{}", MEMBERS[1], item("Maps"), item("Books"));
        staff.edit(&minutes, &text, "Minutes").await.expect("minutes");
    };
    record("abstain").await;
    stage.settle().await;
    let pages =
        [stage.page("Maps"), stage.page("Books"), stage.desk.pages.status.clone(), stage.desk.pages.problems.clone()];
    // A correction changes two ledgers and one table.
    killed_at_each_request(&stage, &proxy, &pages, 3, async |round| record(["support", "oppose"][round % 2]).await)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_copies_at_once_make_each_edit_once() {
    let stage = Stage::new("three copies").await;
    let requester = stage.person(REQUESTER).await;
    let mut pages = vec![stage.desk.pages.status.clone()];
    for i in 0..4 {
        pages.push(stage.page(&format!("R{i}")));
        requester.edit(&pages[i + 1], &complete(&format!("R{i}"), ""), "new").await.expect("a request");
    }
    let mut copies = Vec::new();
    for _ in 0..3 {
        let connection = Connection::with_password(&stage.url, &stage.login.name, &stage.login.password);
        copies.push(Client::connect(&connection, stage.desk.safety.request_timeout, "copy").await.expect("a copy"));
    }
    // Each has another time, so that no two of them would write the same.
    let now = stage.client.now();
    let at = |i: usize| Some(now + chrono::TimeDelta::minutes([0, 1, 2][i]));
    let run = |i: usize| pass::once(&copies[i], &stage.desk, at(i));
    let (a, b, c) = tokio::join!(run(0), run(1), run(2));
    for outcome in [a, b, c] {
        assert_eq!(outcome.expect("a pass").held_back, None);
    }
    stage.settle().await;
    for page in &pages[1..] {
        assert_eq!(revisions(&requester, std::slice::from_ref(page)).await, 2, "{page}: the request, the bot's edit");
    }
    assert_eq!(stage.rows().await.len(), 4);
    no_edit_twice(&stage, &pages).await;
}

impl Stage {
    /// Takes away the lines of pages that could not be shown, so that they are read again; gives whether there were any.
    pub async fn has_unread_read_again(&self) -> bool {
        let (problems, admin) = (&self.desk.pages.problems, self.person(ADMIN).await);
        let listed = admin.text_if_there(problems).await.expect("the wiki").unwrap_or_default();
        let others: Vec<&str> = listed.lines().filter(|line| !line.contains("|kind=unread|")).collect();
        let found = others.len() < listed.lines().count();
        if found {
            admin.edit(problems, &others.join("\n"), "try again").await.expect("an edit");
        }
        found
    }

    /// As if nothing had ever been known: a rule that never applies makes every page to be read anew.
    pub async fn is_as_after_a_clean_start(&self) {
        let mut anew = self.desk.clone();
        let mut rule = anew.rules[0].clone();
        rule.name = "never".to_owned();
        rule.from = vec!["withdrawn".to_owned()];
        rule.when.quorum = Some(1000);
        anew.rules.push(rule);
        let plan = pass::plan(&self.client, &anew, None).await.expect("a plan").1;
        assert!(plan.changes.is_empty(), "a clean start would write:\n{plan}");
    }
}

/// No revision of the bot's says the same as its own before.
async fn no_edit_twice(stage: &Stage, pages: &[String]) {
    let names = pass::plan(&stage.client, &stage.desk, None).await.expect("a plan").0.names;
    for title in pages {
        let owns = match title {
            t if *t == stage.desk.pages.status => Owns::Block("status".to_owned()),
            t if *t == stage.desk.pages.problems => Owns::Block("problems".to_owned()),
            _ => Owns::Request,
        };
        let page = stage.client.pages(std::slice::from_ref(title)).await.expect("a page").pop().expect("a page");
        let mut past = Vec::new();
        stage.client.history(page.id, |part| past.extend(part)).await.expect("a history");
        for pair in past.windows(2) {
            let by_bot = pair.iter().all(|r| r.user.as_ref().is_some_and(|u| u.id == stage.client.me.id));
            let says = pair.iter().map(|r| essence(r.text.as_deref().unwrap_or_default(), &owns, &names));
            let says: Vec<String> = says.collect();
            assert!(!by_bot || says[0] != says[1], "{title}: revision {} says the same as before", pair[1].id);
        }
    }
}

/// Months of a desk's life in a minute: people change things, everything breaks, the bot is killed and started.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_life_with_faults_ends_as_a_clean_start_would() {
    let (stage, proxy) = through_proxy(Stage::with_own_bot("long life").await).await;
    let rounds = std::env::var("HELPDESK_LONG_LIFE").ok().and_then(|r| r.parse().ok()).unwrap_or(12);
    let mut random = fastrand::Rng::with_seed(7);
    let mut people = BTreeMap::new();
    for name in MEMBERS.iter().chain(&[PASSER, REQUESTER, crate::stage::STAFF]) {
        people.insert(*name, stage.person(name).await);
    }
    let mut filed: Vec<String> = Vec::new();
    for round in 0..rounds {
        for _ in 0..random.usize(1..4) {
            let name = format!("R{}", filed.len());
            if filed.len() < 3 || random.u8(..6) == 0 {
                let text =
                    if random.bool() { complete(&name, "") } else { "{{Helpdesk request|title=Half}}".to_owned() };
                people[REQUESTER].edit(&stage.page(&name), &text, "new").await.expect("a request");
                filed.push(stage.page(&name));
                continue;
            }
            let page = random.choice(&filed).expect("a request").clone();
            let who = people[random.choice(&MEMBERS).expect("a member")].clone();
            let choice = random.choice(["support", "oppose", "abstain", "more info"]).expect("a choice");
            let text = who.text(&page).await.expect("a page");
            let done = match random.u8(..8) {
                0 => {
                    people[crate::stage::STAFF]
                        .append(&page, &format!("\n{{{{Helpdesk decision|on-hold|reason=round {round}}}}} ~~~~"), "")
                        .await
                }
                1 => people[PASSER].edit(&page, &text.replacen("status=", "status=approved ", 1), "mine").await,
                2 => people[PASSER].edit(&page, &text.replacen("type=data", "type=upload", 1), "better").await,
                _ => who.append(&page, &format!("\n* {{{{{choice}}}}} {round} ~~~~"), "a vote").await,
            };
            // An edit that changes nothing is none.
            drop(done);
        }
        // Some rounds the bot may not write: at all, or here.
        match round % 7 {
            3 => stage.block(&[]).await,
            5 => stage.block(&[("namespacerestrictions", "0")]).await,
            _ => {}
        }
        let mut fates = fastrand::Rng::with_seed(round);
        let worse = fates.u8(10..32);
        proxy.fate(move |request| match fates.u8(..worse) {
            0 => Fate::Refused,
            1 => Fate::AnswerLost,
            2 => Fate::Half,
            3 => Fate::Instead("503 Down", "", ""),
            4 => Fate::LoggedOut,
            5 => Fate::Instead("200 OK", "", if request.number % 2 == 0 { MINE } else { SHORT }),
            6 if request.kind() == "html" => Fate::Instead("413 Payload Too Large", "", "{}"),
            7 if round % 2 == 0 => Fate::Silence,
            _ => Fate::Well,
        });
        // Killed after a moment, or ended by its faults, or done.
        let moment = std::time::Duration::from_millis(random.u64(50..2500));
        let _ = tokio::time::timeout(moment, pass::once(&stage.client, &stage.desk, None)).await;
        proxy.idle().await;
        if [3, 5].contains(&(round % 7)) {
            stage.unblock().await;
        }
    }
    proxy.well();
    stage.settle().await;
    if stage.has_unread_read_again().await {
        stage.settle().await;
    }
    stage.is_as_after_a_clean_start().await;
    let mut pages = filed.clone();
    pages.push(stage.desk.pages.status.clone());
    no_edit_twice(&stage, &pages).await;
}
