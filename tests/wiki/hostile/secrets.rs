//! Whatever goes wrong, and whatever the wiki quotes back: no secret is in anything that the program says.

use std::collections::BTreeSet;
use std::process::Output;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::shapes::parameters;
use crate::commands::Shell;
use crate::faults::behind;
use crate::proxy::{Fate, Proxy, Request};
use crate::stage::{MEMBERS, config_text};

const TRACE: [(&str, &str); 2] = [("HELPDESK_LOG", "trace"), ("HELPDESK_LOG_FORMAT", "json")];
const TOKEN: &str = "eyJ0eXAi.OiJKV1Qi+LCJhbGci/OiJSUzI1NiJ9";

/// Every password, token and cookie that went through, in each way it may be written.
fn secrets(proxy: &Proxy) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for text in proxy.texts() {
        let request = Request { number: 0, text };
        let secret = ["lgpassword", "lgtoken", "token"];
        found.extend(parameters(&request).into_iter().filter(|(name, _)| secret.contains(&name.as_str())).map(|p| p.1));
        for line in request.text.split("\r\n\r\n").next().unwrap_or_default().lines() {
            let Some((name, value)) = line.split_once(": ") else { continue };
            match name.to_lowercase().as_str() {
                "authorization" => found.extend(value.strip_prefix("Bearer ").map(str::to_owned)),
                "cookie" => found.extend(value.split("; ").filter_map(|c| Some(c.split_once('=')?.1.to_owned()))),
                _ => {}
            }
        }
    }
    // Such as `UseDC=master`.
    found.retain(|secret| secret.len() > 8);
    let written = |secret: &String| {
        let url = reqwest::Url::parse_with_params("http://localhost/", [("x", secret)]).expect("an address");
        let form = url.query().expect("a query")[2..].to_owned();
        let twice = format!("{secret:?}").escape_debug().to_string();
        let debug = format!("{secret:?}");
        [secret.clone(), form, debug.trim_matches('"').to_owned(), twice.trim_matches(['"', '\\']).to_owned()]
    };
    found.iter().flat_map(written).collect()
}

/// An answer made of the request.
fn quoting(status: &str, make: impl Fn(&str) -> Value) -> impl Fn(&Request) -> Fate {
    move |request| {
        let body = make(&request.text).to_string();
        let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
        Fate::Endless(head, body.into_bytes().into(), 1)
    }
}

type Trouble = Arc<dyn Fn(&Request) -> Fate + Send + Sync>;

/// What goes wrong, and with which requests.
fn troubles(elsewhere: &str) -> Vec<(&'static str, Trouble)> {
    fn of(kind: &'static str, make: impl Fn(&Request) -> Fate + Send + Sync + 'static) -> (&'static str, Trouble) {
        (kind, Arc::new(make))
    }
    let mut all = Vec::new();
    for kind in ["edit", "query", "login", "tokens", "html"] {
        all.push(of(kind, quoting("200 OK", |said| json!({ "errors": [{ "code": "odd", "text": said }] }))));
        all.push(of(kind, quoting("200 OK", |said| {
            json!({ "batchcomplete": true, "curtimestamp": "2026-05-05T12:00:00Z", "query": said, "edit": said, "login": said })
        })));
    }
    for kind in ["edit", "query"] {
        all.push(of(kind, quoting("500 Internal Server Error", |said| json!(said))));
        all.push(of(kind, |_| Fate::LoggedOut));
        all.push(of(kind, |_| Fate::Half));
        for status in ["307 Temporary Redirect", "308 Permanent Redirect"] {
            let elsewhere = elsewhere.to_owned();
            all.push(of(kind, move |request| {
                let said: String = parameters(request).iter().map(|(name, value)| format!("&{name}={value}")).collect();
                let url = reqwest::Url::parse(&format!("{elsewhere}?{said}")).expect("an address");
                let head =
                    format!("HTTP/1.1 {status}\r\nLocation: {url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                Fate::Endless(head, Arc::default(), 1)
            }));
        }
    }
    all.push(of("edit", |_| Fate::BadToken));
    all.push(of(
        "edit",
        quoting("200 OK", |said| {
            // The end of what is kept of it may be in the middle of a secret.
            let body = said.split("\r\n\r\n").nth(1).unwrap_or_default();
            let token = body.find("token=").map_or(body, |at| &body[at..]);
            json!({ "edit": { "result": "Failure", "code": "odd", "info": format!("{}{token}", "x".repeat(150)) } })
        }),
    ));
    all.push(of(
        "login",
        quoting(
            "200 OK",
            |said| json!({ "login": { "result": "Failed", "reason": { "code": "wrongpassword", "text": said } } }),
        ),
    ));
    all.push(of("login", quoting("200 OK", |said| json!({ "login": { "result": said } }))));
    all
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn look_through(said: &[(String, String)], proxy: &Proxy) {
    let secrets = secrets(proxy);
    assert!(secrets.len() > 8, "a password, tokens and cookies went through");
    for (what, text) in said {
        for secret in &secrets {
            let found = text.find(secret.as_str()).map(|at| text[..at].chars().rev().take(300).collect::<String>());
            let found = found.map(|before| before.chars().rev().collect::<String>());
            assert!(found.is_none(), "{what}: {secret} behind {found:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_command_says_a_secret() {
    let (stage, proxy) = behind("hostile secrets").await;
    stage.file("Maps", "").await;
    // Each has a way of its own to the wiki, since what is tried again takes its time.
    const AT_ONCE: usize = 6;
    let troubles = troubles("http://127.0.0.1:1/w/api.php");
    let (stage, troubles) = (&stage, &troubles);
    let lanes = (0..AT_ONCE).map(|lane| async move {
        let shell = Shell::new(stage, &format!("hostile-secrets-{lane}"));
        let proxy = Proxy::before(&stage.url).await;
        std::fs::write(shell.folder.join("mwbot.toml"), format!("wiki_url = \"{}\"\n", proxy.url)).unwrap();
        let mut said = Vec::new();
        for (number, (kind, trouble)) in troubles.iter().enumerate().skip(lane).step_by(AT_ONCE) {
            stage.add(MEMBERS[1 + number % 4], "Maps", "* {{support}} ~~~~").await;
            let (of, trouble) = (*kind, Arc::clone(trouble));
            proxy.fate(move |request| if request.kind() == of { trouble(request) } else { Fate::Well });
            let other: &[&str] = [&["plan", "--json"][..], &["check"]][number / AT_ONCE % 2];
            for args in [&["once"][..], other] {
                let mut command = shell.command(args);
                let output = move || command.envs(TRACE).output().unwrap();
                let output = tokio::task::spawn_blocking(output).await.unwrap();
                said.push((format!("trouble {number} with {kind}: {args:?}"), told(&output)));
            }
        }
        look_through(&said, &proxy);
        said
    });
    let mut said = futures_util::future::join_all(lanes).await.concat();
    let shell = Shell::new(stage, "hostile-secrets");
    std::fs::write(shell.folder.join("mwbot.toml"), format!("wiki_url = \"{}\"\n", proxy.url)).unwrap();
    // Another kind of login, which this wiki does not know.
    proxy.fate(quoting("200 OK", |said| json!({ "errors": [{ "code": "mwoauth-odd", "text": said }] })));
    let output = shell.command(&["once"]).envs(TRACE).env("HELPDESK_OAUTH2_TOKEN", TOKEN).output().unwrap();
    said.push(("a token".to_owned(), told(&output)));
    assert!(secrets(&proxy).contains(TOKEN));

    said.push(("Debug".to_owned(), format!("{:?}", stage.client)));
    proxy.well();
    stage.settle().await;
    for page in [stage.page("Maps"), stage.desk.pages.problems.clone(), stage.desk.pages.status.clone()] {
        said.push((page.clone(), stage.text(&page).await));
    }
    look_through(&said, &proxy);
    let quoted = said.iter().filter(|(_, text)| text.contains("[secret]")).count();
    assert!(quoted > 5, "the wiki's words are said without what is secret in them: {quoted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_running_bot_shows_has_a_secret_in_it() {
    let (stage, proxy) = behind("hostile watched").await;
    stage.file("Maps", "").await;
    let shell = Shell::new(&stage, "hostile-watched");
    let listen = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    let more = format!("[server]\nlisten = \"{listen}\"\n[watch]\npoll = \"1 second\"");
    std::fs::write(shell.folder.join("desk.toml"), config_text(&stage.desk.root, &more)).unwrap();
    std::fs::write(shell.folder.join("mwbot.toml"), format!("wiki_url = \"{}\"\n", proxy.url)).unwrap();
    let log = std::fs::File::create(shell.folder.join("log")).unwrap();
    let mut process = shell.command(&["run"]).envs(TRACE).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
    let mut said = Vec::new();
    until("a first pass", &listen, |page| page.contains("\"last_good_pass\":\"")).await;
    for code in ["odd", "assertbotfailed"] {
        proxy.fate(quoting("200 OK", move |said| json!({ "errors": [{ "code": code, "text": said }] })));
        until("trouble", &listen, |page| page.contains("\"state\":\"failing\"")).await;
        for path in ["/healthz", "/metrics", "/"] {
            said.push((path.to_owned(), get(&listen, path).await));
        }
        proxy.well();
        until("an end of it", &listen, |page| page.contains("\"state\":\"running\"")).await;
    }
    process.kill().unwrap();
    process.wait().unwrap();
    said.push(("log".to_owned(), std::fs::read_to_string(shell.folder.join("log")).unwrap()));
    look_through(&said, &proxy);
    assert!(said.iter().any(|(_, text)| text.contains("[secret]")), "nothing was quoted");
}

async fn get(listen: &str, path: &str) -> String {
    let mut answer = String::new();
    if let Ok(mut stream) = TcpStream::connect(listen).await {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.read_to_string(&mut answer).await.unwrap();
    }
    answer
}

async fn until(what: &str, listen: &str, there: impl Fn(&str) -> bool) {
    let began = Instant::now();
    while !there(&get(listen, "/healthz").await) {
        assert!(began.elapsed() < Duration::from_secs(60), "no {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
