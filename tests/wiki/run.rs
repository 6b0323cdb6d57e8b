//! `helpdesk run` as an operator starts it: woken by hints, quiet without them, ended by a signal.

mod barred;
mod life;
mod rules;
mod seen;

use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use helpdesk::sandbox::Person;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::proxy::{Fate, Proxy};
use crate::stage::{MEMBERS, Stage, config_text};

/// A bot at work; it is killed when it goes out of scope.
struct Bot {
    process: Child,
    folder: std::path::PathBuf,
    listen: String,
    notify: UnixDatagram,
}

impl Bot {
    /// Starts it behind the proxy, with more configuration.
    async fn start(stage: &Stage, proxy: &Proxy, watch: &str) -> Self {
        let listen = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
        let name: String = stage.desk.root.chars().filter(char::is_ascii_alphanumeric).collect();
        let folder = std::env::temp_dir().join(format!("helpdesk-run-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let more = format!("request_timeout = \"5 seconds\"\n[server]\nlisten = \"{listen}\"\n[watch]\n{watch}");
        std::fs::write(folder.join("desk.toml"), config_text(&stage.desk.root, &more)).unwrap();
        std::fs::write(folder.join("mwbot.toml"), format!("wiki_url = \"{}\"\n", proxy.url)).unwrap();
        let notify = UnixDatagram::bind(folder.join("notify")).unwrap();
        let process = Self::process(&folder, stage);
        let bot = Bot { process, folder, listen, notify };
        bot.until("a first pass", |page| page.contains("\"last_good_pass\":\"")).await;
        bot
    }

    fn process(folder: &std::path::Path, stage: &Stage) -> Child {
        Command::new(env!("CARGO_BIN_EXE_helpdesk"))
            .args(["--config", "desk.toml", "run"])
            .current_dir(folder)
            .env("HELPDESK_USERNAME", &stage.login.name)
            .env("HELPDESK_BOT_PASSWORD", &stage.login.password)
            .env("HELPDESK_LOG_FORMAT", "json")
            // Told so often, a service manager that does not listen has soon as much as it takes.
            .env("NOTIFY_SOCKET", folder.join("notify"))
            .env("WATCHDOG_USEC", "30000")
            .stderr(Stdio::from(std::fs::File::create(folder.join("log")).unwrap()))
            .spawn()
            .unwrap()
    }

    /// What it answers at a path; nothing where it does not listen yet.
    async fn get(&self, path: &str) -> String {
        let mut answer = String::new();
        if let Ok(mut stream) = TcpStream::connect(&self.listen).await {
            let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            stream.read_to_string(&mut answer).await.unwrap();
        }
        answer
    }

    async fn until(&self, what: &str, there: impl Fn(&str) -> bool) {
        let began = Instant::now();
        while !there(&self.get("/healthz").await) {
            assert!(began.elapsed() < Duration::from_secs(60), "no {what}: {}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn until_logged(&self, words: &str) {
        let began = Instant::now();
        while !self.log().contains(words) {
            assert!(began.elapsed() < Duration::from_secs(60), "no {words}: {}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn signal(&self, signal: &str) {
        let killed = Command::new("kill").args(["-s", signal, &self.process.id().to_string()]).status().unwrap();
        assert!(killed.success());
    }

    /// How it ends, and after how long.
    async fn ended(mut self) -> (Option<i32>, Duration, String) {
        let began = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return (status.code(), began.elapsed(), self.log());
            }
            assert!(began.elapsed() < Duration::from_secs(30), "it does not end: {}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Waits until a request has a number of votes in the table; gives how long that took.
async fn until_votes(stage: &Stage, votes: u32) -> Duration {
    let person = stage.person(crate::stage::PASSER).await;
    see_votes(stage, &person, votes).await
}

async fn see_votes(stage: &Stage, person: &Person, votes: u32) -> Duration {
    let began = Instant::now();
    loop {
        let text = person.text(&stage.desk.pages.status).await.unwrap();
        if helpdesk::records::tables::rows(&text, "status").iter().any(|r| r.tally.support == votes) {
            return began.elapsed();
        }
        assert!(began.elapsed() < Duration::from_secs(30), "no {votes} votes in {text}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_wakes_it_quiet_costs_one_request_a_poll_and_a_signal_ends_it() {
    let stage = Stage::new("run polls").await;
    stage.file("Maps", "").await;
    let proxy = Proxy::before(&stage.url).await;
    let bot = Bot::start(&stage, &proxy, "poll = \"1 second\"\nsweep = \"1 hour\"").await;
    assert_eq!(stage.rows().await.len(), 1);
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    until_votes(&stage, 1).await;

    // Other tests' edits are on the same wiki, and none of this desk's concern.
    let before = proxy.requests();
    let polls = async {
        while proxy.requests() < before + 4 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), polls).await.expect("it polls");
    assert_eq!(proxy.kinds_since(before)[..4], ["recentchanges"; 4]);

    // Its manners.
    let texts = proxy.texts();
    let said = |part: &str| texts.iter().filter(|t| t.contains(part)).count();
    let (all, login) = (texts.len(), said("action=login") + said("type=login"));
    assert!(texts[0].to_lowercase().contains("user-agent: helpdesk-bot/"), "{}", texts[0]);
    assert!(texts[0].contains("index.php?title=User:Test_bot; Test desk)"), "{}", texts[0]);
    assert_eq!(said("gzip"), all);
    let html = said("/rest.php/");
    assert_eq!(said("maxlag=5"), all - html);
    assert!(said("assert=bot") >= all - html - login - 3, "what comes after the login is the bot's");
    let edits: Vec<_> = texts.iter().filter(|t| t.contains("action=edit")).collect();
    assert!(edits.iter().all(|e| e.contains("assertuser=Test+bot") && e.contains("bot=1")), "{edits:?}");
    assert!(edits.iter().all(|e| e.contains("%7Coperator%5D%5D")), "{edits:?}");

    // The service manager knows that it is ready and alive.
    let mut told = String::new();
    let mut datagram = [0; 256];
    bot.notify.set_nonblocking(true).unwrap();
    while let Ok(n) = bot.notify.recv(&mut datagram) {
        told.push_str(&String::from_utf8_lossy(&datagram[..n]));
    }
    assert!(told.contains("READY=1") && told.contains("WATCHDOG=1"), "{told}");

    // Seen from outside, with nothing secret.
    let (metrics, page) = (bot.get("/metrics").await, bot.get("/").await);
    for said in [
        "helpdesk_passes_total{",
        "helpdesk_edits_total{",
        "kind=\"query\",outcome=\"ok\"",
        "helpdesk_requests{",
        "helpdesk_hint_delay_seconds_count{",
    ] {
        assert!(metrics.contains(said), "{said} in {metrics}");
    }
    assert!(page.contains("running") && page.contains("/Requests/Maps\">"), "{page}");
    assert!(bot.get("/healthz").await.starts_with("HTTP/1.1 200"));
    for answer in [&metrics, &page] {
        for guard in [
            "cache-control: no-store",
            "x-content-type-options: nosniff",
            "content-security-policy: default-src 'none'",
        ] {
            assert!(answer.contains(guard), "{guard} in {answer}");
        }
    }
    let secret = stage.login.password.clone();
    assert!([&metrics, &page, &bot.log()].iter().all(|text| !text.contains(&secret)));

    bot.signal("TERM");
    let (code, took, log) = bot.ended().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert!(log.lines().all(|l| l.starts_with('{')) && log.contains("\"stopped\""), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pushed_change_shows_within_a_second() {
    let stage = Stage::new("run pushed").await;
    stage.file("Maps", "").await;
    let events = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = events.local_addr().unwrap();
    let proxy = Proxy::before(&stage.url).await;
    let watch = format!("poll = \"1 hour\"\nstream = \"http://{address}/stream\"\nstream_wiki = \"sandboxwiki\"");
    let (bot, connection) = tokio::join!(Bot::start(&stage, &proxy, &watch), events.accept());
    let mut stream = connection.unwrap().0;
    let mut request = vec![0; 4096];
    let n = stream.read(&mut request).await.unwrap();
    let request = String::from_utf8_lossy(&request[..n]).to_lowercase();
    assert!(
        request.contains("accept: text/event-stream") && request.contains("user-agent: helpdesk-bot/"),
        "{request}"
    );
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n:ok\n\n").await.unwrap();
    let event = |wiki: &str, domain: &str, title: &str| {
        let data = serde_json::json!({"wiki": wiki, "meta": {"domain": domain}, "title": title, "user": "Somebody"});
        format!("event: message\nid: []\ndata: {data}\n\n")
    };
    let page = stage.page("Maps");

    // Canaries, other wikis and other pages wake nobody.
    let before = proxy.requests();
    for event in [
        event("sandboxwiki", "canary", &page),
        event("otherwiki", "localhost", &page),
        event("sandboxwiki", "localhost", "Elsewhere"),
        "data: {nonsense\n\n".to_owned(),
    ] {
        stream.write_all(event.as_bytes()).await.unwrap();
    }
    let reader = stage.person(crate::stage::PASSER).await;
    let mut delays = Vec::new();
    let mut feed = stage.events();
    for (votes, member) in (1..4).zip(&MEMBERS[1..]) {
        stage.add(member, "Maps", "* {{support}} ~~~~").await;
        if votes == 1 {
            assert_eq!(proxy.requests(), before, "woken for nothing");
        }
        // The wiki's own event, among those of other tests; many times over, as a burst is one pass.
        let saved = loop {
            let event = feed.recv().await.expect("the feed goes on");
            let told: serde_json::Value = serde_json::from_str(&event).expect("an event");
            if told["title"] == page && told["user"] == *member {
                break event;
            }
        };
        for _ in 0..20 {
            stream.write_all(format!("data: {saved}\n\n").as_bytes()).await.unwrap();
        }
        delays.push(see_votes(&stage, &reader, votes).await);
    }
    eprintln!("from a pushed hint to the saved table: {delays:?}");
    let passes = |metrics: &str| {
        let line = metrics.lines().find(|l| l.starts_with("helpdesk_passes_total{")).unwrap().to_owned();
        line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()
    };
    assert!(passes(&bot.get("/metrics").await) <= 5, "a burst is one pass: {}", bot.get("/metrics").await);
    // Generous, as other tests use the same two processors.
    assert!(delays.iter().min().unwrap() < &Duration::from_secs(3), "{delays:?}");
    // The stream ends: the bot comes back.
    drop(stream);
    let again = tokio::time::timeout(Duration::from_secs(10), events.accept()).await;
    assert!(again.is_ok(), "it does not connect again");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_outlives_an_outage_ends_in_the_middle_of_one_and_starts_where_it_was_killed() {
    let stage = Stage::new("run outage").await;
    stage.file("Maps", "").await;
    let proxy = Proxy::before(&stage.url).await;
    let mut bot = Bot::start(&stage, &proxy, "poll = \"1 second\"").await;
    proxy.fate(|_| Fate::Instead("503 Down", "", ""));
    bot.until("failure told", |page| page.contains("\"state\":\"failing\"")).await;
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    proxy.well();
    until_votes(&stage, 1).await;

    // Killed without a word while it writes; a new start finishes.
    stage.add(MEMBERS[2], "Maps", "* {{support}} ~~~~").await;
    let (send, mut receive) = tokio::sync::mpsc::unbounded_channel();
    proxy.fate(move |request| {
        if request.kind() == "edit" {
            let _ = send.send(());
        }
        Fate::Well
    });
    receive.recv().await;
    bot.process.kill().unwrap();
    bot.process.wait().unwrap();
    proxy.well();
    bot.process = Bot::process(&bot.folder, &stage);
    until_votes(&stage, 2).await;

    // A wiki that says nothing does not keep it from ending.
    proxy.fate(|_| Fate::Silence);
    stage.add(MEMBERS[3], "Maps", "* {{support}} ~~~~").await;
    let before = proxy.requests();
    while proxy.requests() == before {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    bot.signal("INT");
    let (code, took, log) = bot.ended().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_told_and_ends_it() {
    let mut stage = Stage::new("run password").await;
    stage.login.password = "not the password at all".to_owned();
    let folder = std::env::temp_dir().join(format!("helpdesk-run-{}-password", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("desk.toml"), config_text(&stage.desk.root, "")).unwrap();
    std::fs::write(folder.join("mwbot.toml"), format!("wiki_url = \"{}\"\n", stage.url)).unwrap();
    let bot = Bot {
        process: Bot::process(&folder, &stage),
        folder,
        listen: String::new(),
        notify: UnixDatagram::unbound().unwrap(),
    };
    let (code, _, log) = bot.ended().await;
    assert_eq!(code, Some(1));
    assert!(log.contains("cannot log in") && log.contains("see to the account"), "{log}");
}

/// Ten desks in one process, one of them on a wiki that is not there: its trouble is its own, and all of them are small.
#[tokio::test(flavor = "multi_thread")]
async fn ten_desks_are_small_and_ones_trouble_is_not_anothers() {
    let stage = Stage::new("run ten").await;
    stage.file("Maps", "").await;
    let requester = stage.person(crate::stage::REQUESTER).await;
    let folder = std::env::temp_dir().join(format!("helpdesk-run-{}-ten", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let listen = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    let mut args = Vec::new();
    for i in 0..10 {
        let root = if i == 0 { stage.desk.root.clone() } else { format!("Test run ten {i}") };
        if i > 0 {
            let page = format!("{root}/Requests/Maps");
            requester.edit(&page, &crate::stage::complete("Maps", ""), "new").await.unwrap();
        }
        let more = format!("[server]\nlisten = \"{listen}\"\n[watch]\npoll = \"1 second\"");
        std::fs::write(folder.join(format!("{i}.toml")), config_text(&root, &more)).unwrap();
        let url = if i == 9 { "http://127.0.0.1:1/w/" } else { stage.url.as_str() };
        std::fs::write(folder.join(format!("wiki{i}.toml")), format!("wiki_url = \"{url}\"\n")).unwrap();
        args.extend([format!("--config={i}.toml"), format!("--wiki=wiki{i}.toml")]);
    }
    args.push("run".to_owned());
    let process = Command::new(env!("CARGO_BIN_EXE_helpdesk"))
        .args(&args)
        .current_dir(&folder)
        .env("HELPDESK_USERNAME", &stage.login.name)
        .env("HELPDESK_BOT_PASSWORD", &stage.login.password)
        .stderr(Stdio::from(std::fs::File::create(folder.join("log")).unwrap()))
        .spawn()
        .unwrap();
    let bot = Bot { process, folder, listen, notify: UnixDatagram::unbound().unwrap() };
    bot.until("nine desks at work", |page| page.matches("\"state\":\"running\"").count() == 9).await;
    bot.until("the tenth told", |page| page.contains("\"state\":\"failing\"")).await;
    assert_eq!(stage.rows().await.len(), 1);
    let memory = std::fs::read_to_string(format!("/proc/{}/status", bot.process.id())).unwrap();
    let peak = memory.lines().find_map(|l| l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse().ok());
    let files = std::fs::read_dir(format!("/proc/{}/fd", bot.process.id())).unwrap().count();
    eprintln!("ten desks: at the most {} kB, {files} open files", peak.unwrap_or(0_u64));
    assert!(peak.is_some_and(|kb| kb < 50_000), "{peak:?}");
    assert!(files < 60, "{files} open files");
    bot.signal("TERM");
    let (code, took, log) = bot.ended().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_comes_on_time_and_a_write_in_hand_is_finished() {
    let stage = Stage::new("run due").await;
    stage.file("Maps", "").await;
    let proxy = Proxy::before(&stage.url).await;
    let rule = |name: &str, from: &str, to: &str, when: &str| {
        format!("[[rule]]\nname = \"{name}\"\nfrom = [\"{from}\"]\nto = \"{to}\"\nwhen = {{ {when} }}\n")
    };
    let rules = rule("complete", "incomplete", "review", "complete = true")
        + &rule("in time", "review", "approved", "open_for = \"4 seconds\"");
    let (send, mut edits) = tokio::sync::mpsc::unbounded_channel();
    let go = Arc::new(Notify::new());
    let held = Arc::clone(&go);
    proxy.fate(move |request| {
        let moves = ["status%3Dapproved", "status=approved"].iter().any(|status| request.text.contains(status));
        if request.kind() != "edit" || !moves {
            return Fate::Well;
        }
        let _ = send.send(());
        Fate::Held(Arc::clone(&held))
    });
    // Nobody says anything, and the next poll is far away.
    let bot = Bot::start(&stage, &proxy, &format!("poll = \"1 hour\"\n{rules}")).await;
    let reader = stage.person(crate::stage::PASSER).await;
    let row = || async {
        let text = reader.text(&stage.desk.pages.status).await.unwrap();
        helpdesk::records::tables::rows(&text, "status").pop().unwrap()
    };
    let open = row().await;
    assert_eq!(open.status, "review");
    tokio::time::timeout(Duration::from_secs(30), edits.recv()).await.expect("it moves the request");
    // Told to stop in the middle of the first of its two edits.
    bot.signal("TERM");
    bot.until_logged("stopping").await;
    go.notify_one();
    let (code, took, log) = bot.ended().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(took < Duration::from_secs(4), "{took:?}");
    assert_eq!(stage.status("Maps").await, "approved", "the write in hand was finished: {log}");
    assert_eq!(row().await.status, "review", "and no other was begun");
    let text = stage.text(&stage.page("Maps")).await;
    let since = crate::stage::param(&text, "status since");
    let late = helpdesk::page::parse_timestamp(&since).unwrap() - open.since;
    assert!((4..30).contains(&late.num_seconds()), "4 seconds later, not {late}");
}
