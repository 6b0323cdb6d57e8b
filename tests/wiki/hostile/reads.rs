//! The login and the recent changes in a slightly wrong shape, and answers that are no good JSON.

use std::collections::VecDeque;
use std::sync::Mutex;

use helpdesk::wiki::changes::Cursor;
use helpdesk::wiki::{Client, Connection, Error};

use super::shapes::{break_it, chosen, connect, watch};
use crate::faults::behind;
use crate::proxy::{Fate, Proxy};
use crate::stage::{ADMIN, PASSER, Stage};

/// All that a login and a look at the recent changes tell, as far as this desk is concerned.
async fn look(proxy: &Proxy, stage: &Stage, cursor: &Cursor) -> Result<String, Error> {
    let client: Client = connect(&proxy.url, &stage.login).await?;
    let mut hints = client.changes(&mut Some(cursor.clone())).await?.hints;
    hints.retain(|hint| hint.title.starts_with(&stage.desk.root));
    let titles = ["template:x", "user talk:y", "project:z", "wikipedia:w", "image:i"].map(|t| client.titles.local(t));
    // In no order of their own.
    let syntax = format!("{:?}", client.syntax);
    let mut syntax: Vec<&str> = syntax.split(['{', '}', ',']).map(str::trim).collect();
    syntax.sort_unstable();
    let (me, rights, path) = (&client.me, &client.rights, &client.article_path);
    Ok(format!("{me:?} {rights:?} {path} {titles:?} {syntax:?} {:?} {hints:#?}", client.languages))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_and_recent_changes_are_told_as_they_are_or_not_at_all() {
    const AT_ONCE: usize = 6;
    let stage = Stage::new("hostile reads").await;
    let mut cursor = None;
    stage.client.changes(&mut cursor).await.expect("a first look");
    let cursor = &cursor.expect("a first look");
    stage.file("Maps", "").await;
    stage.add(PASSER, "Maps", "Words.").await;
    stage.person(ADMIN).await.move_page(&stage.page("Maps"), &stage.page("Charts"), true).await.unwrap();
    stage.person(ADMIN).await.delete(&stage.page("Maps"), "x").await.unwrap();
    let proxy = Proxy::before(&stage.url).await;
    let seen = watch(&proxy);
    let good = &look(&proxy, &stage, cursor).await.expect("a look");
    assert!(good.contains("Requests/Charts") && good.contains("target: Some("), "{good}");
    let work = &Mutex::new(chosen(&seen, 60).into_iter().collect::<VecDeque<_>>());
    eprintln!("{} of {}", work.lock().unwrap().len(), seen.lock().unwrap().len());
    let stage = &stage;
    let lanes = (0..AT_ONCE).map(|_| async move {
        let (proxy, mut wrong) = (Proxy::before(&stage.url).await, Vec::new());
        loop {
            let Some(fault) = work.lock().unwrap().pop_front() else { return wrong };
            break_it(&proxy, &fault);
            if let Ok(told) = look(&proxy, stage, cursor).await
                && told != *good
            {
                wrong.push((fault, told));
            }
        }
    });
    let wrong = futures_util::future::join_all(lanes).await.concat();
    assert!(wrong.is_empty(), "instead of {good}: {wrong:#?}");
}

/// What becomes of an answer's bytes.
type Change = fn(Vec<u8>) -> Vec<u8>;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_good_json_is_an_error() {
    let (stage, proxy) = behind("hostile json").await;
    stage.file("Maps", "").await;
    let titles = [stage.page("Maps")];
    let changes: [(&str, Change); 5] = [
        ("cut", |mut body| {
            body.truncate(body.len() - 1);
            body
        }),
        ("half", |mut body| {
            body.truncate(body.len() / 2);
            body
        }),
        ("more behind it", |body| [&body[..], b"{}"].concat()),
        ("not complete", |body| replaced(body, "\"batchcomplete\":true,", "")),
        ("a key twice", |body| replaced(body, "\"pageid\":", "\"pageid\":7,\"pageid\":")),
    ];
    for (what, change) in changes {
        proxy.fate(move |request| if request.kind() == "query" { Fate::changed(change) } else { Fate::Well });
        let error = stage.client.newest(&titles).await.expect_err(what);
        assert!(error.to_string().contains("not of the expected shape"), "{what}: {error}");
    }
    // Also where it is read as whatever it is.
    proxy.fate(|_| Fate::changed(|body| replaced(body, "\"namespaces\":", "\"namespaces\":{},\"namespaces\":")));
    let connection = Connection::with_password(&proxy.url, &stage.login.name, &stage.login.password);
    let connected = Client::connect(&connection, stage.desk.safety.request_timeout, "twice").await;
    assert!(connected.expect_err("a key twice").to_string().contains("namespaces twice"));
}

fn replaced(body: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    String::from_utf8(body).expect("UTF-8").replacen(from, to, 1).into_bytes()
}
