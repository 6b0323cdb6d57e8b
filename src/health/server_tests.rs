//! The server over real sockets: what crowds, slow clients and odd requests get.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::*;

/// So long may anybody stay who does not ask for anything; generous, as other tests use the same processors.
const SENT_AWAY: Duration = Duration::from_secs(14);

async fn server() -> SocketAddr {
    let desk = crate::config::parse("[desk]\nroot = \"A desk\"\n", "a test").expect("a configuration");
    let (at, server) =
        serve(Health::new([&desk]), "127.0.0.1:0".parse().expect("an address")).await.expect("it listens");
    tokio::spawn(server);
    at
}

/// What it answers to these bytes, until it closes.
async fn ask(at: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(at).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("a request");
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    tokio::time::timeout(SENT_AWAY, read).await.expect("it closes").expect("an answer");
    answer
}

/// A client that never ends its request. It drips one byte after the other, or says nothing more; the task ends when
/// the server closes the connection.
async fn dawdler(at: SocketAddr, begins: &'static [u8], drips: bool) -> JoinHandle<()> {
    let (mut read, mut write) = TcpStream::connect(at).await.expect("a connection").into_split();
    tokio::spawn(async move {
        let drip = async {
            let mut goes = write.write_all(begins).await.is_ok();
            let mut pulse = tokio::time::interval(Duration::from_millis(200));
            while drips && goes {
                pulse.tick().await;
                goes = write.write_all(b"a").await.is_ok();
            }
            std::future::pending::<()>().await;
        };
        let mut answer = Vec::new();
        tokio::select! {
            () = drip => {}
            _ = read.read_to_end(&mut answer) => {}
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_that_ask_for_nothing_keep_nobody_out_and_are_sent_away() {
    let at = server().await;
    let mut crowd = Vec::new();
    for _ in 0..100 {
        crowd.push(dawdler(at, b"", false).await);
        crowd.push(dawdler(at, b"GET / HTTP/1.1\r\n", false).await);
        crowd.push(dawdler(at, b"GET / HTTP/1.1\r\nX: ", true).await);
    }
    for _ in 0..5 {
        let began = Instant::now();
        let answer = ask(at, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    }
    tokio::time::timeout(SENT_AWAY, join_all(crowd)).await.expect("all are sent away");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_one_that_asks_for_nothing_is_sent_away_too() {
    let at = server().await;
    let post = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n";
    let slow = b"GET / HTTP/1.1\r\nX: ";
    let alone = [dawdler(at, b"", false).await, dawdler(at, slow, true).await, dawdler(at, post, true).await];
    tokio::time::timeout(SENT_AWAY, join_all(alone)).await.expect("all are sent away");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_desk_has_its_feed_and_its_calendar() {
    let desk = |name: &str| {
        crate::config::parse(&format!("[desk]\nname = \"{name}\"\nroot = \"{name}\"\n"), "a test").expect("a desk")
    };
    for (desks, single, of_second) in
        [(vec![desk("One")], "200", "404"), (vec![desk("One"), desk("Two")], "404", "200")]
    {
        let health = Health::new(&desks);
        let (at, server) = serve(health.clone(), "127.0.0.1:0".parse().expect("an address")).await.expect("it listens");
        tokio::spawn(server);
        let get = async |path: &str| ask(at, &format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")).await;
        let early = get("/desk/1/feed.atom").await;
        assert!(
            early.starts_with("HTTP/1.1 503") && early.contains("the first pass has not come to its end"),
            "{early}"
        );
        for (desk, told) in desks.iter().zip(&health.desks) {
            lock(told).told = Some(Told { desk: desk.name.clone(), ..Told::default() });
        }
        for (path, status, words) in [
            ("/feed.atom", single, "One"),
            ("/due.ics", single, "One"),
            ("/desk/1/feed.atom", "200", "<title>One</title>"),
            ("/desk/1/due.ics", "200", "X-WR-CALNAME:One"),
            ("/desk/2/feed.atom", of_second, "<title>Two</title>"),
            ("/desk/2/due.ics", of_second, "X-WR-CALNAME:Two"),
            ("/desk/0/feed.atom", "404", ""),
            ("/desk/3/feed.atom", "404", ""),
            ("/desk/1/healthz", "404", ""),
            ("/desk//feed.atom", "404", ""),
        ] {
            let answer = get(path).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {answer}");
            assert!(status == "404" || answer.contains(words), "{path}: {answer}");
        }
        // Asked again, it says that nothing has changed.
        let answer = get("/desk/1/feed.atom").await;
        let tag = answer.lines().find_map(|line| line.strip_prefix("etag: ")).expect("a tag").to_owned();
        let again = format!("GET /desk/1/feed.atom HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"a\", W/{tag}\r\n\r\n");
        let same = ask(at, &again).await;
        assert!(same.starts_with("HTTP/1.1 304") && same.ends_with("\r\n\r\n") && same.contains(&tag), "{same}");
        lock(&health.desks[0]).told = Some(Told { desk: "Another".to_owned(), ..Told::default() });
        assert!(ask(at, &again).await.starts_with("HTTP/1.1 200"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_requests_are_refused() {
    let at = server().await;
    let head = ask(at, "HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
    let long = "a".repeat(20_000);
    for (request, status) in [
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc".to_owned(), "405"),
        ("DELETE /healthz HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), "405"),
        ("GET /elsewhere HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), "404"),
        (format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n"), "4"),
        (format!("GET / HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n"), "431"),
        ("nonsense\r\n\r\n".to_owned(), "400"),
    ] {
        let answer = ask(at, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{request}: {answer}");
    }
}
