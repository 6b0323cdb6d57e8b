//! Answers of a slightly wrong shape: each is refused and asked for again, or says the same as the right one. None makes
//! the bot write anything else.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use helpdesk::config;
use helpdesk::desk::Desk;
use helpdesk::pass;
use helpdesk::sandbox::{ImportedPage, Login};
use helpdesk::wiki::{Client, Connection};
use regex::Regex;
use serde_json::{Value, json};

use crate::proxy::{Fate, Proxy, Request};
use crate::stage::{ADMIN, MEMBERS, PASSER, REQUESTER, STAFF, Stage, complete, config_text};

/// Fields that are empty where nobody and nothing is.
const NAMES: [&str; 7] = ["title", "user", "name", "from", "to", "newuser", "target_title"];
/// Fields that are there only where they say something: an answer without one says the contrary, and nothing in it tells
/// that this is not so.
const SAYS_NO_WHERE_MISSING: [&str; 3] = ["redirect", "redirects", "contributors"];
/// Set, the tests try every change of every field; else some of each kind of answer.
const ALL: &str = "HELPDESK_TEST_ALL_SHAPES";

/// A change of one field wherever it stands in a kind of answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fault {
    kind: String,
    path: String,
    change: &'static str,
}

/// What a change makes of a field's value; `None` where it is none for such a value.
fn changed(change: &str, key: &str, value: &Value) -> Option<Option<Value>> {
    match (change, value) {
        ("removed", _) => Some(None),
        ("null", Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_)) => {
            Some(Some(Value::Null))
        }
        ("number as string", Value::Number(number)) => Some(Some(json!(number.to_string()))),
        ("string as number", Value::String(text)) => Some(Some(json!(text.parse().unwrap_or(7)))),
        // As the older format of answers has it.
        ("flag as string", Value::Bool(true)) => Some(Some(json!(""))),
        ("array as object", Value::Array(items)) => {
            Some(Some(items.iter().enumerate().map(|(i, item)| (i.to_string(), item.clone())).collect()))
        }
        // As PHP writes an object without anything in it.
        ("object as array", Value::Object(_)) => Some(Some(json!([]))),
        ("empty name", Value::String(_)) if NAMES.contains(&key) => Some(Some(json!(""))),
        _ => None,
    }
}

const CHANGES: [&str; 8] = [
    "removed",
    "null",
    "number as string",
    "string as number",
    "flag as string",
    "array as object",
    "object as array",
    "empty name",
];

/// A field's name in a path; those of objects that are lists by number are all one.
fn segment(key: &str) -> &str {
    if key.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit()) { "#" } else { key }
}

/// Tells of each field where it is, and its value.
fn fields(json: &Value, path: &str, each: &mut impl FnMut(&str, &str, &Value)) {
    match json {
        Value::Object(object) => {
            for (key, value) in object {
                let path = format!("{path}/{}", segment(key));
                each(&path, key, value);
                fields(value, &path, each);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| fields(item, &format!("{path}[]"), each)),
        _ => {}
    }
}

/// Changes a field wherever it is.
fn alter(json: &mut Value, path: &str, fault: &Fault) {
    match json {
        Value::Object(object) => {
            for key in object.keys().cloned().collect::<Vec<_>>() {
                let here = format!("{path}/{}", segment(&key));
                if here == fault.path {
                    match changed(fault.change, &key, &object[&key]) {
                        Some(Some(value)) => _ = object.insert(key, value),
                        Some(None) => _ = object.remove(&key),
                        None => {}
                    }
                } else if fault.path.starts_with(&here) {
                    alter(&mut object[&key], &here, fault);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| alter(item, &format!("{path}[]"), fault)),
        _ => {}
    }
}

/// A request's parameters.
pub(super) fn parameters(request: &Request) -> Vec<(String, String)> {
    let (head, body) = request.text.split_once("\r\n\r\n").unwrap_or_default();
    let query = head.split(' ').nth(1).and_then(|path| path.split_once('?')).map_or("", |(_, query)| query);
    let url = reqwest::Url::parse(&format!("http://localhost/?{query}&{body}")).expect("parameters");
    url.query_pairs().into_owned().collect()
}

/// What is asked for, without whereof.
fn kind(request: &Request) -> String {
    let parameters = parameters(request);
    let (mut says, mut by) = (Vec::new(), Vec::new());
    for (name, value) in parameters {
        match name.as_str() {
            "action" | "list" | "meta" | "generator" | "prop" | "letype" | "type" => says.push(value),
            "titles" | "pageids" | "revids" | "rvuser" | "rvstartid" | "rvdir" | "letitle" => by.push(name),
            _ => {}
        }
    }
    says.sort();
    by.sort();
    format!("{} by {}", says.join(" "), by.join(" "))
}

pub(super) type Seen = Arc<Mutex<BTreeSet<Fault>>>;

/// Keeps from now on what could be changed in the answers that go through.
pub(super) fn watch(proxy: &Proxy) -> Seen {
    let seen = Seen::default();
    let here = Arc::clone(&seen);
    proxy.fate(move |request| {
        let (seen, kind) = (Arc::clone(&here), kind(request));
        Fate::json(move |json| {
            fields(json, "", &mut |path, key, value| {
                let told = |change: &&str| changed(change, key, value).is_some();
                let silent = |change: &&str| *change == "removed" && SAYS_NO_WHERE_MISSING.contains(&key);
                for change in CHANGES.into_iter().filter(told).filter(|change| !silent(change)) {
                    seen.lock().unwrap().insert(Fault { kind: kind.clone(), path: path.to_owned(), change });
                }
            });
        })
    });
    seen
}

/// From now on answers of that kind have the fault.
pub(super) fn break_it(proxy: &Proxy, fault: &Fault) {
    let fault = fault.clone();
    proxy.fate(move |request| {
        if kind(request) != fault.kind {
            return Fate::Well;
        }
        let fault = fault.clone();
        Fate::json(move |json| alter(json, "", &fault))
    });
}

/// Those that are tried: all, or so many, always the same ones.
pub(super) fn chosen(seen: &Seen, most: usize) -> Vec<Fault> {
    let mut all: Vec<Fault> = seen.lock().unwrap().iter().cloned().collect();
    if std::env::var_os(ALL).is_none() {
        fastrand::Rng::with_seed(7).shuffle(&mut all);
        all.truncate(most);
    }
    all
}

/// A text without its times, revisions and digests, on a desk of any name.
fn timeless(text: &str, root: &str) -> String {
    let text = text.replace(root, "ROOT").replace(&root.replace(' ', "_"), "ROOT");
    let times = r"\d{4}-\d\d-\d\d(T[\d:]+Z)?|\d\d:\d\d, \d+ \w+ \d{4}|\b[0-9a-f]{8,}\b|\d{3,}";
    let ids = r"\b(revision|filed|answered|read|id)=\d+";
    let text = Regex::new(times).expect("a pattern").replace_all(&text, "#").into_owned();
    Regex::new(ids).expect("a pattern").replace_all(&text, "$1=#").into_owned()
}

/// Text of pages by title, in each of their states.
type Texts = BTreeSet<(String, String)>;

/// What was sent to be saved through the proxy since that request.
fn sent(proxy: &Proxy, since: usize, root: &str) -> Texts {
    let texts = proxy.texts().into_iter().skip(since).map(|text| Request { number: 0, text });
    let edits = texts.filter(|request| request.kind() == "edit").map(|request| {
        let parameters: BTreeMap<String, String> = parameters(&request).into_iter().collect();
        (timeless(&parameters["title"], root), timeless(&parameters["text"], root))
    });
    edits.collect()
}

/// How the desk's pages are.
async fn texts(stage: &Stage, root: &str) -> Texts {
    let prefix = format!("{root}/");
    let params = [
        ("action", "query"),
        ("generator", "allpages"),
        ("gapprefix", prefix.as_str()),
        ("gaplimit", "max"),
        ("prop", "revisions"),
        ("rvprop", "content"),
        ("rvslots", "main"),
    ];
    let answer = stage.person(PASSER).await.get(params).await.expect("pages");
    let pages = answer["query"]["pages"].as_array().expect("pages").iter();
    let text = |page: &Value| page["revisions"][0]["slots"]["main"]["content"].as_str().expect("a text").to_owned();
    pages.map(|p| (timeless(p["title"].as_str().expect("a title"), root), timeless(&text(p), root))).collect()
}

const OLD_NAME: &str = "Olga Oldname";
const NEW_NAME: &str = "Olga Newname";

/// A desk on which there is something to do for nearly every part of a pass.
fn busy_desk(root: &str) -> Vec<ImportedPage> {
    // Not before the accounts were made.
    let at = chrono::Utc::now();
    let time = at.format("%H:%M, %-d %B %Y");
    let signed = |name: &str| format!("[[User:{name}|{name}]] ([[User talk:{name}|talk]]) {time} (UTC)");
    let members = MEMBERS.iter().enumerate().map(|(i, name)| (*name, if i == 0 { "chair" } else { "member" }));
    let line = |(name, role)| format!("{{{{Helpdesk member|user={name}|role={role}|from=2020-01-01}}}}\n");
    let roster: String = members.chain([(OLD_NAME, "member")]).map(line).collect();
    let roster = format!("{roster}{{{{Helpdesk member|user={STAFF}|role=staff}}}}\n");
    let (maps, books, old) = (complete("Maps", ""), complete("Books", ""), complete("Old", ""));
    let mut maps_page = ImportedPage::new(&format!("{root}/Requests/Maps")).revision(REQUESTER, at, &maps);
    let mut text = maps;
    for (name, vote) in [(MEMBERS[1], "Pour"), (MEMBERS[2], "oppose"), (NEW_NAME, "support"), (PASSER, "support")] {
        text = format!("{text}\n* {{{{{vote}}}}} {}", signed(name));
        maps_page = maps_page.revision(name, at, &text);
    }
    let proposal = "{{Helpdesk request|title=Tents|type=data|country=X|description=D|justification=J}}";
    vec![
        ImportedPage::new(&format!("{root}/Committee")).revision(ADMIN, at, &roster),
        maps_page,
        ImportedPage::new(&format!("{root}/Requests/Books")).revision(REQUESTER, at, &books).revision(
            MEMBERS[3],
            at,
            &format!("{books}\n* {{{{support}}}} {}", signed(MEMBERS[3])),
        ),
        ImportedPage::new(&format!("{root}/Requests/Old")).revision(REQUESTER, at, &old).revision(
            STAFF,
            at,
            &old.replace("|title=", "|status=done\n|title="),
        ),
        ImportedPage::new(&format!("{root}/Requests/Charts")).revision(
            REQUESTER,
            at,
            &format!("#REDIRECT [[{root}/Requests/Maps]]"),
        ),
        ImportedPage::new(&format!("{root}/Requests")).revision(REQUESTER, at, &format!("Here.\n{proposal}")),
    ]
}

/// A bot behind a proxy of its own.
struct Worker {
    stage: Stage,
    client: Client,
    proxy: Proxy,
}

impl Worker {
    async fn new(name: &str) -> Self {
        let stage = Stage::new(name).await;
        let proxy = Proxy::before(&stage.url).await;
        let client = connect(&proxy.url, &stage.login).await.expect("a connection");
        Worker { stage, client, proxy }
    }

    fn desk(&self, root: &str) -> Desk {
        config::parse(&config_text(root, "[archive]\nafter = \"0 days\""), "test").unwrap_or_else(|m| panic!("{m:?}"))
    }

    /// Passes without a fault until nothing is left to do.
    async fn settle(&self, desk: &Desk) -> Result<(), String> {
        self.proxy.well();
        self.settle_as_it_is(desk).await
    }

    async fn settle_as_it_is(&self, desk: &Desk) -> Result<(), String> {
        for _ in 0..4 {
            let outcome = pass::once(&self.client, desk, None).await.map_err(|e| format!("not well: {e}"))?;
            if let Some(held) = outcome.held_back {
                return Err(format!("held back: {held:?}"));
            }
            if outcome.written.is_empty() {
                return Ok(());
            }
        }
        Err("there is no end to it".to_owned())
    }

    /// What people do in between: a vote, and words on a page that the bot keeps.
    async fn people_go_on(&self, desk: &Desk) {
        let (page, vote) = (format!("{}/Maps", desk.pages.intake), "\n* {{support}} ~~~~");
        self.stage.person(MEMBERS[4]).await.append(&page, vote, "a vote").await.expect("a vote");
        self.stage.person(PASSER).await.append(&desk.pages.status, "\nWords.", "words").await.expect("words");
    }

    /// A life with a fault in its first pass, or in the one after people went on; gives what was sent and how all ends.
    async fn live(&self, root: &str, fault: Option<&Fault>, later: bool) -> Result<(Texts, Texts), String> {
        let (desk, since) = (self.desk(root), self.proxy.requests());
        if later {
            self.settle(&desk).await?;
            self.people_go_on(&desk).await;
        }
        if let Some(fault) = fault {
            break_it(&self.proxy, fault);
            // What came of it is seen on the pages.
            let pass = pass::once(&self.client, &desk, None);
            if tokio::time::timeout(Duration::from_secs(90), pass).await.is_err() {
                return Err("no end to a pass".to_owned());
            }
        }
        self.settle(&desk).await?;
        Ok((sent(&self.proxy, since, root), texts(&self.stage, root).await))
    }
}

pub(super) async fn connect(url: &str, login: &Login) -> Result<Client, helpdesk::wiki::Error> {
    let connection = Connection::with_password(url, &login.name, &login.password);
    Client::connect(&connection, std::time::Duration::from_secs(30), "shapes").await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_field_of_another_shape_makes_a_page_otherwise() {
    let first = Worker::new("shapes 0").await;
    first.stage.newcomer(OLD_NAME).await;
    let rename = [("oldusername", OLD_NAME), ("newusername", NEW_NAME), ("reason", "x"), ("movepages", "1")];
    first.stage.bureaucrat().await.submit("Special:RenameUser", &rename).await.expect("a renamed account");

    // Undisturbed: once to see what there is to be changed, twice to see that a life ends as the other one.
    let roots = ["Shapes 9000", "Shapes 9001", "Shapes 9002"];
    first.stage.import(&roots.iter().flat_map(|root| busy_desk(root)).collect::<Vec<_>>()).await;
    let (seen, desk) = (watch(&first.proxy), first.desk(roots[0]));
    first.settle_as_it_is(&desk).await.expect("a first life");
    let early = seen.lock().unwrap().iter().map(|f| f.kind.clone()).collect::<BTreeSet<_>>();
    first.people_go_on(&desk).await;
    first.settle_as_it_is(&desk).await.expect("a first life");
    let (short, long) =
        (first.live(roots[1], None, false).await.unwrap(), first.live(roots[2], None, true).await.unwrap());
    assert!(texts(&first.stage, roots[0]).await == long.1, "two lives do not end alike");
    let kinds = seen.lock().unwrap().iter().map(|f| f.kind.clone()).collect::<BTreeSet<_>>();
    let maps = short.1.iter().find(|(title, _)| title == "ROOT/Requests/Maps").expect("a page").1.clone();
    assert_eq!(maps.matches("counted=yes").count(), 3, "{maps}");

    let faults = chosen(&seen, 24);
    eprintln!("{} of {} changes of {} kinds of answers", faults.len(), seen.lock().unwrap().len(), kinds.len());
    let work: VecDeque<(usize, Fault)> = faults.into_iter().enumerate().collect();
    let root = |number: usize| format!("Shapes {number:04}");
    let pages: Vec<ImportedPage> = (0..work.len()).flat_map(|number| busy_desk(&root(number))).collect();
    first.stage.import(&pages).await;
    let (work, wrong) = (Mutex::new(work), Mutex::new(Vec::new()));
    let one = async |worker: Worker| {
        loop {
            let Some((number, fault)) = work.lock().unwrap().pop_front() else { break };
            let later = !early.contains(&fault.kind);
            let (sent, ends) = if later { &long } else { &short };
            let told = match worker.live(&root(number), Some(&fault), later).await {
                Err(why) => why,
                Ok((also_sent, also_ends)) => {
                    let differ: Vec<_> = also_ends.symmetric_difference(ends).collect();
                    let false_edits: Vec<_> = also_sent.difference(sent).collect();
                    if differ.is_empty() && false_edits.is_empty() {
                        continue;
                    }
                    format!("ends otherwise: {differ:#?}\nsent: {false_edits:#?}")
                }
            };
            eprintln!("{fault:?}: {told}");
            wrong.lock().unwrap().push(fault);
        }
    };
    let mut workers = vec![first];
    for number in 1..6 {
        workers.push(Worker::new(&format!("shapes {number}")).await);
    }
    futures_util::future::join_all(workers.into_iter().map(one)).await;
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
