//! The wiki acts against the bot: blocks, rights that are taken, names that are changed. It says so, and goes on by itself once
//! that is lifted.

use helpdesk::pass;
use helpdesk::wiki::{Error, Policy};

use super::Bot;
use crate::proxy::{Fate, Proxy};
use crate::stage::{ADMIN, MEMBERS, PASSER, Stage};

impl Stage {
    /// Blocks the bot, on these pages or namespaces alone if there are any.
    pub async fn block(&self, only: &[(&str, &str)]) {
        let name = self.client.me.name.as_str();
        let mut params = vec![("action", "block"), ("user", name), ("reason", "Runs wild"), ("reblock", "1")];
        params.extend(only);
        if !only.is_empty() {
            params.extend([("partial", "1"), ("allowusertalk", "1")]);
        }
        self.person(ADMIN).await.post(params.as_slice()).await.unwrap();
    }

    pub async fn unblock(&self) {
        let name = self.client.me.name.as_str();
        self.person(ADMIN).await.post(&[("action", "unblock"), ("user", name), ("reason", "mended")]).await.unwrap();
    }

    async fn set_bot_group(&self, how: &'static str) {
        let params = [("action", "userrights"), ("user", self.client.me.name.as_str()), (how, "bot")];
        self.bureaucrat().await.post_with("userrights", &params).await.unwrap();
    }

    /// How many edits one more start asks the wiki for, and what is held then.
    async fn tries_of_a_start(&self) -> (usize, Vec<String>) {
        let edits = || self.client.counts().get("edit").copied().unwrap_or_default();
        let before = edits();
        let outcome = pass::once(&self.client, &self.desk, None).await.unwrap();
        (edits() - before, outcome.held_pages.iter().map(ToString::to_string).collect())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_of_a_page_or_of_all_pages_is_not_fought() {
    let stage = Stage::with_own_bot("partly blocked").await;
    for name in ["Maps", "Books"] {
        stage.file(name, "").await;
    }
    let page = stage.page("Maps");
    stage.block(&[("pagerestrictions", page.as_str())]).await;
    // It asks before it tries.
    let (tries, held) = stage.tries_of_a_start().await;
    assert_eq!((tries, held.len()), (3, 0), "the other page, the table, the problems page: {held:?}");
    let problems = stage.text(&stage.desk.pages.problems).await;
    let said = "|kind=refused|detail=blocked&#58; Ada Admin, infinite, Runs wild|";
    assert!(problems.contains(said), "{problems}");
    assert_eq!(stage.tries_of_a_start().await.0, 0);
    stage.unblock().await;
    stage.settle().await;
    assert_eq!((stage.status("Maps").await.as_str(), stage.problems_of(&page).await.len()), ("review", 0));

    // Not even the problems page: then the log and the exit status tell.
    stage.block(&[("namespacerestrictions", "0")]).await;
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    for _ in 0..2 {
        let (tries, held) = stage.tries_of_a_start().await;
        assert_eq!(tries, 0);
        assert!(held.len() == 1 && held[0].contains("Test partly blocked/Problems cannot be saved"), "{held:?}");
        assert!(held[0].contains("blocked: Ada Admin"), "{held:?}");
    }
    stage.unblock().await;
    stage.settle().await;
    assert_eq!(stage.rows().await.iter().map(|r| r.tally.support).sum::<u32>(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_bot_goes_on_once_a_block_of_pages_is_lifted() {
    let stage = Stage::with_own_bot("running partly").await;
    stage.file("Maps", "").await;
    let proxy = Proxy::before(&stage.url).await;
    let bot = Bot::start(&stage, &proxy, "poll = \"1 second\"\nsweep = \"1 hour\"").await;
    for (only, votes) in [(("pagerestrictions", stage.page("Maps")), 1), (("namespacerestrictions", "0".to_owned()), 2)]
    {
        stage.block(&[(only.0, only.1.as_str())]).await;
        stage.add(MEMBERS[votes], "Maps", "* {{support}} ~~~~").await;
        bot.until_logged(if votes == 1 { "1 page needs a person" } else { "cannot be saved" }).await;
        stage.unblock().await;
        let began = std::time::Instant::now();
        while stage.ledger("Maps").await.len() != votes {
            assert!(began.elapsed() < std::time::Duration::from_secs(30), "it does not go on: {}", bot.log());
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_is_blocked_waits_and_goes_on_by_itself() {
    let stage = Stage::with_own_bot("blocked").await;
    stage.file("Maps", "").await;
    let proxy = Proxy::before(&stage.url).await;
    let bot = Bot::start(&stage, &proxy, "poll = \"1 second\"").await;
    // In the middle of a pass.
    let (send, mut edits) = tokio::sync::mpsc::unbounded_channel();
    let go = std::sync::Arc::new(tokio::sync::Notify::new());
    let held = std::sync::Arc::clone(&go);
    proxy.fate(move |request| {
        if request.kind() != "edit" {
            return Fate::Well;
        }
        let _ = send.send(());
        Fate::Held(std::sync::Arc::clone(&held))
    });
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    edits.recv().await;
    stage.block(&[]).await;
    proxy.well();
    go.notify_one();
    bot.until("block told", |page| page.contains("blocked by Ada Admin, until it is lifted: Runs wild")).await;
    let health = bot.get("/healthz").await;
    assert!(health.contains("200 OK") && health.contains("\"state\":\"held\""), "{health}");
    // It asks no more than whether it is still so.
    let first = proxy.requests();
    while proxy.requests() < first + 3 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(proxy.texts()[first..].iter().all(|text| text.contains("blockinfo")), "{:?}", proxy.kinds_since(first));
    assert_eq!(bot.log().matches("Runs wild").count(), 1, "said once: {}", bot.log());
    let error = pass::once(&stage.client, &stage.desk, None).await.expect_err("blocked");
    assert!(error.policy() == Policy::UntilLifted && error.to_string().contains("goes on by itself"), "{error}");
    stage.unblock().await;
    bot.until("going on", |page| page.contains("\"state\":\"running\"")).await;
    assert_eq!(stage.rows().await[0].tally.support, 1);
    bot.signal("TERM");
    assert_eq!(bot.ended().await.0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_right_that_is_taken_holds_it_until_it_is_given_back() {
    let stage = Stage::with_own_bot("no bot").await;
    stage.file("Maps", "").await;
    stage.settle().await;
    let proxy = Proxy::before(&stage.url).await;
    let bot = Bot::start(&stage, &proxy, "poll = \"1 second\"").await;
    stage.set_bot_group("remove").await;
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    bot.until("the loss told", |page| page.contains("has taken the bot right from Bot of no bot")).await;
    bot.until("it held", |page| page.contains("\"state\":\"held\"")).await;
    let user_page = format!("User:{}", stage.client.me.name);
    assert_eq!(stage.problems_of(&user_page).await, ["held-right"]);
    assert_eq!(stage.rows().await[0].tally.support, 0, "and nothing else is written");
    stage.set_bot_group("add").await;
    bot.until("going on", |page| page.contains("\"state\":\"running\"")).await;
    assert_eq!((stage.rows().await[0].tally.support, stage.problems_of(&user_page).await.len()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_whose_account_is_renamed_ends_and_says_so() {
    let stage = Stage::with_own_bot("renamed bot").await;
    stage.file("Maps", "").await;
    let proxy = Proxy::before(&stage.url).await;
    let bot = Bot::start(&stage, &proxy, "poll = \"1 second\"").await;
    let rename = [("oldusername", stage.client.me.name.as_str()), ("newusername", "A new bot"), ("reason", "x")];
    stage.bureaucrat().await.submit("Special:RenameUser", &rename).await.unwrap();
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    let (code, _, log) = bot.ended().await;
    assert_eq!(code, Some(1), "{log}");
    assert!(log.contains("was it renamed?"), "{log}");
    let error = pass::once(&stage.client, &stage.desk, None).await.expect_err("renamed");
    assert!(matches!(error, Error::Fatal(_)), "{error}");
    let text = stage.person(PASSER).await.text(&stage.desk.pages.status).await.unwrap();
    assert!(text.contains("|support=0|"), "{text}");
}
