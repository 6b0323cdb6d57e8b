//! A year on a wiki whose clock the test moves: how many messages each person gets, as a table that a reader finds reasonable.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use helpdesk::sandbox::{Account, Options, Person, Sandbox, Wiki};
use helpdesk::wiki::{Client, Connection};
use helpdesk::{config, install, pass};
use serde_json::json;

use crate::stage::{PASSWORD, complete, config_text};

const CHAIR: &str = "Year Chair";
const QUICK: &str = "Year Quick";
const SLOW: &str = "Year Slow";
const SILENT: &str = "Year Silent";
const STAFF: &str = "Year Staff";
const HELPER: &str = "Year Helper";
const OWNERS: [&str; 4] = ["Year Owner A", "Year Owner B", "Year Owner C", "Year Owner D"];

/// The bot looks at the desk every so many days.
const STEP: i64 = 2;

/// Somebody does something on the n-th day of a request.
struct Act {
    day: i64,
    who: String,
    what: What,
}

enum What {
    File(String),
    Add(String),
    Replace(&'static str, &'static str),
}

/// What becomes of the n-th request, which is filed on that day.
fn story(n: i64, filed: i64) -> (String, Vec<Act>) {
    let owner = OWNERS[usize::try_from(n).expect("a number") % OWNERS.len()].to_owned();
    let act = |day: i64, who: &str, what: What| Act { day: filed + day, who: who.to_owned(), what };
    let add = |day, who: &str, line: &str| act(day, who, What::Add(format!("* {line} ~~~~")));
    let name = format!("R{n}");
    let mut text = complete(&name, "");
    let half = n % 3 == 1;
    if half {
        text = text.replace("|description=What we want.", "|description=");
    }
    let mut acts = vec![act(0, &owner, What::File(text))];
    if half {
        acts.push(act(3, &owner, What::Replace("|description=", "|description=What we want.")));
    }
    acts.push(add(4, STAFF, "Thank you, we look at it."));
    if n % 4 == 2 {
        acts.push(add(5, QUICK, "{{more info}} Which licence?"));
        // One of those who are asked never answers.
        if n == 2 {
            return (name, acts);
        }
        acts.push(add(8, &owner, "CC BY."));
    }
    let vote = if n % 5 == 3 { "{{oppose}}" } else { "{{support}}" };
    acts.extend([add(6, QUICK, vote), add(9, CHAIR, vote), add(12, SLOW, vote)]);
    if n % 5 != 3 {
        let claim = "{{Helpdesk claim}} ~~~~\n{{subst:Helpdesk steps|data}}".to_owned();
        acts.push(act(18, HELPER, What::Add(format!("* {claim}"))));
        // Work goes on within a month, or becomes quiet for two.
        let quiet = if n % 4 == 0 { 60 } else { 25 };
        acts.push(add(18 + quiet, HELPER, "The first part is there."));
        acts.push(add(40 + quiet, STAFF, "{{Helpdesk outcome|Many things|files=100}}"));
        acts.push(add(41 + quiet, STAFF, "{{Helpdesk decision|done}}"));
    }
    (name, acts)
}

async fn act(wiki: &Wiki, page: &str, act: &Act) {
    let person = Person::login(wiki.url(), &act.who, PASSWORD).await.expect("a login");
    let done = match &act.what {
        What::File(text) => person.edit(page, text, "a request").await,
        What::Add(line) => person.append(page, &format!("\n{line}"), "a line").await,
        What::Replace(from, to) => {
            let text = person.text(page).await.expect("a page");
            person.edit(page, &text.replacen(from, to, 1), "a change").await
        }
    };
    done.unwrap_or_else(|error| panic!("{} on {page}: {error:#}", act.who));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_brings_each_person_few_messages() {
    let name = format!("year-of-messages-{}", std::process::id());
    let wiki = Sandbox::ready().await.unwrap().wiki(&name, Options::default()).await.unwrap();
    let people = [CHAIR, QUICK, SLOW, SILENT, STAFF, HELPER].into_iter().chain(OWNERS);
    let mut accounts: Vec<Account> = people.clone().map(|who| Account::new(who, PASSWORD)).collect();
    accounts.push(Account::new("Year admin", PASSWORD).group("sysop"));
    accounts.push(Account::new("Year bot", PASSWORD).group("bot").bot_password("year"));
    let login = wiki.accounts(&accounts).await.unwrap().pop().unwrap();
    let began = Utc::now();
    let later = |days: i64| wiki.set("sandboxLater", json!(days * 86_400)).unwrap();
    let text = config_text("Year", "[pages]\n[notices]\n").replace("trusted = [", "trusted = [\"Year admin\", ");
    let desk = config::parse(&text, "year").unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    let connection = Connection::with_password(wiki.url(), &login.name, &login.password);
    let client = Client::connect(&connection, desk.safety.request_timeout, "a year").await.unwrap();
    let installation = install::compare(&client, &desk).await.unwrap();
    assert_eq!(install::apply(&client, &installation).await.unwrap(), Vec::<String>::new());
    let over = (began + TimeDelta::days(300)).date_naive();
    let roster = [(CHAIR, "chair"), (QUICK, "member"), (SLOW, "member"), (STAFF, "staff")];
    let mut lines: String =
        roster.iter().map(|(who, role)| format!("{{{{Helpdesk member|user={who}|role={role}}}}}\n")).collect();
    writeln!(lines, "{{{{Helpdesk member|user={SILENT}|role=member|until={over}}}}}").unwrap();
    let admin = Person::login(wiki.url(), "Year admin", PASSWORD).await.unwrap();
    admin.edit(&desk.pages.committee, &lines, "the committee").await.unwrap();

    // A dozen requests in a year.
    let stories: Vec<(String, Vec<Act>)> = (0..12).map(|n| story(n, n * 28)).collect();
    let mut day = 0;
    while day <= 365 {
        later(day);
        for (name, acts) in &stories {
            for due in acts.iter().filter(|act| day - STEP < act.day && act.day <= day) {
                act(&wiki, &format!("{}/{name}", desk.pages.intake), due).await;
            }
        }
        let outcome = pass::once(&client, &desk, None).await.unwrap();
        assert!(outcome.held_back.is_none() && outcome.held_pages.is_empty(), "{outcome:?}");
        day += STEP;
    }

    // What each got, by the summaries of the bot's edits.
    let kinds = ["received", "missing", "question", "status", "helper", "stale", "nudge", "digest", "term"];
    let mut table = format!("{:14}{:>7}  {}\n", "", "edits", kinds.map(|kind| format!("{kind:>9}")).concat());
    let mut edits_of: BTreeMap<&str, Vec<DateTime<Utc>>> = BTreeMap::new();
    let mut told_of: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for who in people.clone() {
        let title = format!("User talk:{who}");
        let params = [
            ("action", "query"),
            ("prop", "revisions"),
            ("titles", title.as_str()),
            ("rvlimit", "max"),
            ("rvprop", "timestamp|comment"),
        ];
        let answer = admin.get(&params).await.unwrap();
        for revision in answer["query"]["pages"][0]["revisions"].as_array().into_iter().flatten() {
            edits_of.entry(who).or_default().push(revision["timestamp"].as_str().unwrap().parse().unwrap());
            let comment = revision["comment"].as_str().unwrap();
            let (_, keys) = comment.split_once("[helpdesk ").unwrap();
            for kind in kinds {
                *told_of.entry((who, kind)).or_default() += keys.matches(&format!("{kind} ")).count();
            }
        }
        let of = |kind: &&str| told_of.get(&(who, *kind)).copied().unwrap_or_default();
        let edits = edits_of.get(who).map_or(0, Vec::len);
        let row = kinds.each_ref().map(|kind| format!("{:>9}", of(kind))).concat();
        writeln!(table, "{who:14}{edits:>7}  {row}").unwrap();
    }
    println!("Messages of a year with twelve requests:\n{table}");
    let edits = |who: &str| edits_of.get(who).map_or(0, Vec::len);
    let told = |who: &str, kind: &str| told_of.get(&(who, kind)).copied().unwrap_or_default();
    for times in edits_of.values() {
        for at in times {
            let week = times.iter().filter(|other| *at <= **other && **other < *at + TimeDelta::days(7)).count();
            assert!(week <= 3, "{table}");
        }
    }
    // Owners: five or so a request. Who votes in time is left alone. Who never does hears once a week while something waits.
    for owner in OWNERS {
        assert_eq!(told(owner, "received"), 3, "{table}");
        assert!((9..=24).contains(&edits(owner)), "{table}");
    }
    assert!(edits(QUICK) <= 12 && edits(SLOW) <= 24 && (8..=30).contains(&edits(SILENT)), "{table}");
    assert_eq!((told(SILENT, "term"), told(CHAIR, "term"), told("Year Owner C", "stale")), (1, 0, 1), "{table}");
    assert!(told(HELPER, "nudge") >= 2 && edits(HELPER) <= 8, "{table}");
    wiki.stop().await.unwrap();
}
