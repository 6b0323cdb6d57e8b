//! Answers without a bottom: an error within a bounded time, and no more memory than usual.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use helpdesk::pass;
use helpdesk::wiki::{Error, Policy};

use crate::commands::Shell;
use crate::faults::behind;
use crate::proxy::{Fate, Proxy, Request};
use crate::stage::MEMBERS;

/// 600 MB that are not the half of one on the way.
fn bomb() -> Fate {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    let part = vec![b' '; 1_000_000];
    (0..600).for_each(|_| packed.write_all(&part).expect("a part"));
    let packed = packed.finish().expect("an end");
    assert!(packed.len() < 700_000, "{}", packed.len());
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";
    Fate::Endless(head.to_owned(), packed.into(), 1)
}

/// As it comes.
fn flood() -> Fate {
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[\"".to_owned();
    Fate::Endless(head, vec![b'a'; 1_000_000].into(), 300)
}

/// From now on requests of that kind meet this fate.
fn always(proxy: &Proxy, kind: &'static str, fate: &Fate) {
    let fate = fate.clone();
    proxy.fate(move |request| if request.kind() == kind { fate.clone() } else { Fate::Well });
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_read_without_an_end() {
    let (mut stage, proxy) = behind("hostile endless").await;
    stage.file("Maps", "").await;
    // Long enough to read as much as is read.
    stage.desk.safety.request_timeout = Duration::from_secs(60);
    let login = (stage.login.name.as_str(), stage.login.password.as_str());
    let connection = helpdesk::wiki::Connection::with_password(&proxy.url, login.0, login.1);
    let patient =
        helpdesk::wiki::Client::connect(&connection, Duration::from_secs(60), "x").await.expect("a connection");
    for fate in [bomb(), flood()] {
        let until = |said: &'static str, error: Error| {
            assert!(error.to_string().contains(said), "{error}");
            error.policy()
        };
        always(&proxy, "query", &fate);
        let error = patient.newest(&[stage.page("Maps")]).await.expect_err("no end");
        assert_eq!(until("more than", error), Policy::Later(Duration::ZERO));
        always(&proxy, "html", &fate);
        let error = patient.html(&stage.page("Maps"), 1, None).await.expect_err("no end");
        assert_eq!(until("more than", error), Policy::PageOnly);
    }
    let drip = Fate::Drip(b"HTTP/1.1 200 OK\r\n\r\n{\"batchcomplete\":true}");
    always(&proxy, "query", &drip);
    let error = stage.client.newest(&[stage.page("Maps")]).await.expect_err("no end");
    assert!(error.to_string().contains("did not answer within 2s"), "{error}");
    always(&proxy, "html", &drip);
    let error = stage.client.html(&stage.page("Maps"), 1, None).await.expect_err("no end");
    assert!(matches!(error, Error::NotShown { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_always_goes_on_is_left() {
    let (stage, proxy) = behind("hostile parts").await;
    let mut number = 0;
    proxy.fate(move |request: &Request| {
        if request.kind() != "query" {
            return Fate::Well;
        }
        number += 1;
        let body = format!(
            "{{\"continue\":{{\"gapcontinue\":\"{number}\",\"continue\":\"-||\"}},\"curtimestamp\":\"2026-05-05T12:00:00Z\",\"query\":{{\"pages\":[]}}}}"
        );
        let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
        Fate::Endless(head, body.into_bytes().into(), 1)
    });
    let before = proxy.requests();
    let error = stage.client.listing("Test hostile parts/").await.expect_err("no end");
    assert!(error.to_string().contains("a list of more than 10000 parts"), "{error}");
    assert_eq!(proxy.requests() - before, 10_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_stays_small_whatever_comes() {
    let (stage, proxy) = behind("hostile memory").await;
    for name in ["One", "Two", "Three", "Four"] {
        stage.file(name, "").await;
    }
    pass::once(&stage.client, &stage.desk, None).await.expect("a pass");
    for name in ["One", "Two", "Three", "Four"] {
        stage.add(MEMBERS[1], name, "* {{support}} ~~~~").await;
    }
    let shell = Shell::new(&stage, "hostile-memory");
    std::fs::write(shell.folder.join("mwbot.toml"), format!("wiki_url = \"{}\"\n", proxy.url)).unwrap();
    let large = |fate: Fate, which: fn(&Request) -> bool| {
        proxy.fate(move |request| if which(request) { fate.clone() } else { Fate::Well });
    };
    let (bomb, flood) = (bomb(), flood());
    for (what, fate, which) in [
        ("bomb as JSON", &bomb, (|r| r.kind() == "query") as fn(&Request) -> bool),
        ("bomb as HTML", &bomb, |r| r.kind() == "html"),
        ("bomb as both", &bomb, |r| r.kind() == "html" || r.text.contains("rvstartid")),
        ("flood as JSON", &flood, |r| r.text.contains("rvstartid")),
        ("flood as HTML", &flood, |r| r.kind() == "html"),
        ("flood at the login", &flood, |r| r.kind() == "login" || r.kind() == "tokens"),
    ] {
        large(fate.clone(), which);
        let began = Instant::now();
        let mut process = shell.command(&["once"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut peak = 0;
        // What it was at the most, as long as there is something to ask.
        while process.try_wait().unwrap().is_none() {
            peak = peak.max(high_water(process.id()).unwrap_or(0));
            tokio::time::sleep(Duration::from_millis(5)).await;
            assert!(began.elapsed() < Duration::from_secs(120), "{what}: no end");
        }
        eprintln!("{what}: at the most {peak} kB, {:?}", began.elapsed());
        assert!((1..128_000).contains(&peak), "{what}: {peak} kB");
    }
}

/// The most memory that a process had, in kB.
fn high_water(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|l| l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse().ok())
}
