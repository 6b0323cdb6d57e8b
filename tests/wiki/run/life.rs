//! A life of `helpdesk run` in which everything happens: people at work, vandals, a failing world. In the end its pages are what a
//! clean start would make of them.

use std::time::{Duration, Instant};

use super::Bot;
use crate::faults::{MINE, SHORT};
use crate::proxy::{Fate, Proxy};
use crate::stage::{MEMBERS, PASSER, REQUESTER, STAFF, Stage, complete};

/// The value of a line of `/proc/<pid>/status`, in kB.
fn memory(bot: &Bot, line: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", bot.process.id())).unwrap();
    let value = status.lines().find_map(|l| l.strip_prefix(line)?.split_whitespace().next()?.parse().ok());
    value.unwrap_or_default()
}

/// What somebody does.
async fn act(stage: &Stage, random: &mut fastrand::Rng, filed: &mut Vec<String>) -> usize {
    let requester = stage.person(REQUESTER).await;
    if filed.len() < 4 || (filed.len() < 80 && random.u8(..12) == 0) {
        // Now and then many at once.
        let many = if random.u8(..4) == 0 { 12 } else { 1 };
        for _ in 0..many {
            let name = format!("R{}", filed.len());
            filed.push(stage.page(&name));
            requester.edit(&stage.page(&name), &complete(&name, ""), "new").await.expect("a request");
        }
        return many;
    }
    let page = random.choice(&*filed).expect("a request").clone();
    let (passer, staff) = (stage.person(PASSER).await, stage.person(STAFF).await);
    let member = stage.person(random.choice(MEMBERS).expect("a member")).await;
    let status = &stage.desk.pages.status;
    let text = passer.text(&page).await.expect("a page");
    let minutes = format!("{}/{}", stage.desk.pages.meetings, chrono::Utc::now().date_naive());
    let done = match random.u8(..19) {
        0 => staff.append(&page, "\n{{Helpdesk decision|on-hold|reason=later}} ~~~~", "").await,
        1 => passer.edit(&page, &text.replacen("status=", "status=approved ", 1), "mine").await,
        2 => passer.edit(&page, "Nothing here.", "blanked").await,
        3 => passer.append(&page, &"<".repeat(2000), "a bomb").await,
        4 => passer.edit(&page, &text.replace("{{support", "{{oppose"), "turned").await,
        5 => match passer.text_if_there(status).await.expect("the wiki") {
            Some(table) => passer.edit(status, &table.replace("{{Helpdesk row|", "{{Helpdesk row|x=1|"), "x").await,
            None => return 0,
        },
        16 => {
            let (vote, who) =
                (["support", "oppose"][usize::from(random.bool())], random.choice(MEMBERS).expect("a member"));
            let head = format!("{{{{Helpdesk meeting|date=|present={}}}}}\n", MEMBERS[1]);
            let before = passer.text_if_there(&minutes).await.expect("the wiki").unwrap_or(head);
            let item = format!("{{{{Helpdesk item|request={page}|{vote}={who}|priority=7|recommendation=Go on.}}}}");
            staff.edit(&minutes, &format!("{before}\n{item}"), "minutes").await
        }
        17 => match passer.text_if_there(&minutes).await.expect("the wiki") {
            Some(text) => passer.edit(&minutes, &text.replacen("|support=", "|decision=done|oppose=", 1), "mine").await,
            None => return 0,
        },
        18 => member.append(&page, "\n* {{Helpdesk recuse}} ~~~~ {{Helpdesk priority|3}} ~~~~", "aside").await,
        6 => staff.edit(&page, &complete(page.rsplit('/').next().unwrap_or_default(), ""), "restored").await,
        choice => {
            let vote = ["support", "oppose", "abstain", "more info"][usize::from(choice) % 4];
            member.append(&page, &format!("\n* {{{{{vote}}}}} ~~~~"), "a vote").await
        }
    };
    // An edit that changes nothing is none.
    usize::from(done.is_ok())
}

/// Seconds by `HELPDESK_LIFE`.
#[tokio::test(flavor = "multi_thread")]
async fn a_whole_life_ends_as_a_clean_start_would() {
    let seconds = std::env::var("HELPDESK_LIFE").ok().and_then(|s| s.parse().ok()).unwrap_or(20);
    let stage = Stage::with_own_bot("life").await;
    let mut filed = Vec::new();
    let mut random = fastrand::Rng::with_seed(11);
    act(&stage, &mut random, &mut filed).await;
    let proxy = Proxy::before(&stage.url).await;
    let bot = Bot::start(&stage, &proxy, "poll = \"1 second\"\nsweep = \"1 minute\"").await;
    let (began, mut by_people, mut most, mut least) = (Instant::now(), 0, 0, u64::MAX);
    let mut round = 0_u64;
    while began.elapsed() < Duration::from_secs(seconds) {
        round += 1;
        let mut fates = fastrand::Rng::with_seed(round);
        // A calm, some trouble, an outage.
        let trouble: u8 = [250, 80, 250, 120, 12][usize::try_from(round % 5).unwrap()];
        proxy.fate(move |request| match fates.u8(..trouble) {
            0 => Fate::Instead("503 Down", "", ""),
            1 => Fate::Instead("429 Slow", "Retry-After: 1\r\n", ""),
            2 => Fate::Refused,
            3 => Fate::AnswerLost,
            4 => Fate::Half,
            5 => Fate::LoggedOut,
            6 => Fate::BadToken,
            7 => Fate::Instead("200 OK", "", if request.number % 2 == 0 { MINE } else { SHORT }),
            8 if request.kind() == "html" => Fate::Instead("413 Payload Too Large", "", "{}"),
            9 if request.number % 5 == 0 => Fate::Silence,
            _ => Fate::Well,
        });
        if round % 9 == 4 {
            stage.block(&[]).await;
        }
        let until = Instant::now() + Duration::from_millis(random.u64(1000..4000));
        while Instant::now() < until {
            by_people += act(&stage, &mut random, &mut filed).await;
        }
        if round % 9 == 4 {
            stage.unblock().await;
        }
        (most, least) = (most.max(memory(&bot, "VmRSS:")), least.min(memory(&bot, "VmRSS:")));
    }
    proxy.well();
    let (requests, lasted) = (proxy.requests(), began.elapsed());
    // Whatever could not be shown is tried again where its line is taken away.
    let settled = Instant::now();
    loop {
        assert!(settled.elapsed() < Duration::from_secs(180 + seconds), "it does not come to rest: {}", bot.log());
        let first = proxy.requests();
        while proxy.requests() < first + 8 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        if proxy.kinds_since(first).iter().any(|kind| *kind != "recentchanges") {
            continue;
        }
        if !stage.has_unread_read_again().await {
            break;
        }
    }
    stage.is_as_after_a_clean_start().await;
    let edits = bot.get("/metrics").await;
    let edits = edits.lines().find_map(|l| l.strip_prefix("helpdesk_edits_total{")?.rsplit(' ').next()?.parse().ok());
    let files = std::fs::read_dir(format!("/proc/{}/fd", bot.process.id())).unwrap().count();
    eprintln!(
        "{lasted:?}: {by_people} edits by people on {} requests, {} by the bot, {requests} requests, {least} to {most} kB, at the most {} kB, {files} open files",
        filed.len(),
        edits.unwrap_or(0_u64),
        memory(&bot, "VmHWM:")
    );
    assert!(memory(&bot, "VmHWM:") < 80_000 && files < 40);
    bot.signal("TERM");
    assert_eq!(bot.ended().await.0, Some(0));
}
