//! Rules on the wiki, and a bot that is at work.

use std::time::{Duration, Instant};

use super::Bot;
use crate::proxy::Proxy;
use crate::rules_page::{ON_WIKI, rules};
use crate::stage::{ADMIN, MEMBERS, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_rules_takes_effect_without_a_restart() {
    let stage = Stage::with("run rules", ON_WIKI).await;
    stage.file("Maps", "").await;
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    let admin = stage.person(ADMIN).await;
    admin.edit(&stage.desk.rules_page, &rules("quorum = 2"), "our rules").await.unwrap();
    let proxy = Proxy::before(&stage.url).await;
    let bot = Bot::start(&stage, &proxy, &format!("poll = \"1 second\"\nsweep = \"1 hour\"\n{ON_WIKI}")).await;
    assert_eq!(stage.status("Maps").await, "review");
    let changed = admin.edit(&stage.desk.rules_page, &rules("quorum = 1"), "one is enough").await.unwrap();
    let began = Instant::now();
    while stage.status("Maps").await != "approved" {
        assert!(began.elapsed() < Duration::from_secs(30), "nothing happened: {}", bot.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bot.until_logged(&format!("revision {changed} by {ADMIN}")).await;
}
