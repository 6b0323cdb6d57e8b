//! The little server of a bot at work: beside a crowd, and where its links lead.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

use super::Bot;
use crate::proxy::Proxy;
use crate::stage::{MEMBERS, STAFF, Stage, config_text};

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_and_few_open_files_keep_nobody_from_its_health() {
    let listen = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    let folder = std::env::temp_dir().join(format!("helpdesk-run-{}-crowd", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let more = format!("[server]\nlisten = \"{listen}\"");
    std::fs::write(folder.join("desk.toml"), config_text("Test run crowd", &more)).unwrap();
    // No wiki is needed.
    std::fs::write(folder.join("mwbot.toml"), "wiki_url = \"http://127.0.0.1:1/w/\"\n").unwrap();
    let process = Command::new("sh")
        .args(["-c", "ulimit -n 40 && exec \"$0\" --config desk.toml --wiki mwbot.toml run"])
        .arg(env!("CARGO_BIN_EXE_helpdesk"))
        .current_dir(&folder)
        .env("HELPDESK_USERNAME", "Nobody bot")
        .env("HELPDESK_BOT_PASSWORD", "nothing")
        .env("HELPDESK_LOG", "debug")
        .stderr(Stdio::from(std::fs::File::create(folder.join("log")).unwrap()))
        .spawn()
        .unwrap();
    let notify = std::os::unix::net::UnixDatagram::unbound().unwrap();
    let bot = Bot { process, folder, listen, notify };
    bot.until("failure told", |page| page.contains("\"state\":\"failing\"")).await;

    let mut crowd = Vec::new();
    for _ in 0..200 {
        crowd.push(TcpStream::connect(&bot.listen).await.unwrap());
    }
    for _ in 0..3 {
        let began = Instant::now();
        let answer = bot.get("/healthz").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}: {}", bot.log());
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    }
    assert!(bot.log().contains("was not accepted"), "files were scarce: {}", bot.log());
    let sent_away = crowd.iter_mut().map(|idle| async { idle.read(&mut [0; 64]).await.unwrap_or(0) });
    let sent_away = tokio::time::timeout(Duration::from_secs(14), join_all(sent_away)).await;
    assert_eq!(sent_away.expect("all are sent away"), [0; 200]);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_links_lead_to_the_pages() {
    let stage = Stage::new("run links").await;
    stage.file("100% sure? & more æ \"q\"", "").await;
    let proxy = Proxy::before(&stage.url).await;
    let bot = Bot::start(&stage, &proxy, "poll = \"1 hour\"").await;
    let page = bot.get("/").await;
    assert!(page.contains(">Done</a><b class=\"none\">0</b>"), "{page}");
    let links: Vec<&str> = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for (part, said) in [("sure", "100% sure? &amp; more æ \"q\""), ("/Status", "/Status")] {
        let link = links.iter().find(|link| link.contains(part)).unwrap_or_else(|| panic!("no {part} in {page}"));
        let answer = http.get(*link).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{link}");
        let title = answer.text().await.unwrap();
        let title = title.split("</title>").next().unwrap_or_default();
        assert!(title.contains(said), "{link}: {title}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn its_feed_tells_what_happened_and_its_calendar_what_is_due() {
    let stage = Stage::new("run feeds").await;
    stage.file("Maps", "").await;
    stage.file("Charts", "").await;
    let proxy = Proxy::before(&stage.url).await;
    let bot = Bot::start(&stage, &proxy, "poll = \"1 second\"\nsweep = \"1 hour\"").await;
    let entries = |answer: &str| {
        let xml = answer.split_once("\r\n\r\n").expect("a body").1;
        let feed: atom_syndication::Feed = xml.parse().unwrap_or_else(|error| panic!("{error}: {answer}"));
        feed.entries.iter().map(|e| (e.title.to_string(), e.id.clone(), e.links[0].href.clone())).collect::<Vec<_>>()
    };
    let first = bot.get("/feed.atom").await;
    assert!(first.contains("content-type: application/atom+xml"), "{first}");
    let filed = entries(&first);
    assert_eq!(filed.iter().map(|(title, ..)| title.as_str()).collect::<Vec<_>>(), ["Filed: Charts", "Filed: Maps"]);
    assert!(filed[1].2.ends_with("/Requests/Maps"), "{filed:?}");

    stage.add(STAFF, "Maps", "{{Helpdesk decision|declined|reason=Out of ''scope''}} ~~~~").await;
    let began = Instant::now();
    let told = loop {
        let told = bot.get("/feed.atom").await;
        if told.contains("Declined: Maps") {
            break told;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{told}: {}", bot.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(told.contains(&format!("{STAFF}: Out of scope")), "{told}");
    let now = entries(&told);
    assert_eq!((now.len(), &now[1..]), (3, &filed[..]), "what was told keeps its id");

    // Once three have voted for it, time alone decides.
    for member in &MEMBERS[..3] {
        stage.add(member, "Charts", "* {{support}} ~~~~").await;
    }
    let began = Instant::now();
    let calendar = loop {
        let calendar = bot.get("/due.ics").await;
        if calendar.contains("A rule applies if nothing changes: Charts") {
            break calendar;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{calendar}: {}", bot.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(calendar.contains("content-type: text/calendar") && !calendar.contains("Maps"), "{calendar}");

    // Whoever asks costs the wiki nothing. The bot has told of the calendar before it wrote all of its pages.
    let only_polls = |since: usize| proxy.kinds_since(since).iter().all(|kind| *kind == "recentchanges");
    let at_rest = async {
        loop {
            let since = proxy.requests();
            while proxy.requests() < since + 3 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            if only_polls(since) {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), at_rest).await.expect("it comes to rest");
    let since = proxy.requests();
    for _ in 0..20 {
        bot.get("/feed.atom").await;
        bot.get("/due.ics").await;
    }
    assert!(only_polls(since), "{:?}", proxy.kinds_since(since));
}
