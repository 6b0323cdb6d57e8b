//! The desk that is measured: some years old, with open requests and many more closed ones.

use std::net::SocketAddr;

use anyhow::bail;
use chrono::{DateTime, TimeDelta, Utc};
use helpdesk::sandbox::{Account, ImportedPage, Login, Person, Wiki};
use serde::Deserialize;

use crate::program::{Program, Run};

/// How many requests are open.
pub const OPEN: usize = 100;
/// Members of the committee.
pub const MEMBERS: [&str; 5] = ["Carla Chair", "Mona Member", "Milo Member", "Mira Member", "Max Member"];
/// Everybody's password.
pub const PASSWORD: &str = "a long enough password";

const STAFF: &str = "Stina Staff";
const REQUESTER: &str = "Rene Requester";
const ADMIN: &str = "Ada Admin";
const BOT: &str = "Bench bot";
const ROOT: &str = "Bench desk";

/// How long the desk has been there, in days.
const AGE: i64 = 8 * 365;
/// The youngest closed request was closed so many days ago: long enough to be archived.
const YOUNGEST: i64 = 30;

/// The desk's configuration: the shipped one without limits to how much is written, woken by an event stream.
pub fn config(stream: SocketAddr) -> String {
    format!(
        "[desk]\nname = \"Bench desk\"\nroot = \"{ROOT}\"\n[safety]\ntrusted = [\"{ADMIN}\"]\n\
         approved = \"https://localhost/approved\"\nedits_per_minute = 0\nmax_edits_per_pass = 1000\n\
         [watch]\npoll = \"1 hour\"\nstream = \"http://{stream}/\"\nstream_wiki = \"sandboxwiki\"\n"
    )
}

/// Makes all accounts; gives the bot's login.
pub async fn accounts(wiki: &Wiki) -> anyhow::Result<Login> {
    let people = MEMBERS.iter().chain(&[STAFF, REQUESTER]).map(|name| Account::new(name, PASSWORD));
    let mut accounts: Vec<Account> = people.collect();
    accounts.push(Account::new(ADMIN, PASSWORD).group("sysop"));
    wiki.accounts(&accounts).await?;
    wiki.account(BOT, PASSWORD, &["bot"]).await?;
    wiki.bot_password(BOT, "bench").await
}

/// Puts the roster onto the committee page.
pub async fn roster(wiki: &Wiki) -> anyhow::Result<()> {
    let line = |name: &str, role: &str| format!("{{{{Helpdesk member|user={name}|role={role}|from=2015-01-01}}}}\n");
    let mut roster = line(MEMBERS[0], "chair") + &line(STAFF, "staff");
    MEMBERS[1..].iter().for_each(|name| roster.push_str(&line(name, "member")));
    let admin = Person::login(wiki.url(), ADMIN, PASSWORD).await?;
    admin.edit(&format!("{ROOT}/Committee"), &roster, "the roster").await.map(drop)
}

/// Puts all requests onto the wiki.
pub async fn requests(wiki: &Wiki, closed: usize) -> anyhow::Result<()> {
    let now = Utc::now();
    let mut pages: Vec<_> = (0..closed).map(|number| closed_request(number, closed, now)).collect();
    pages.extend((0..OPEN).map(|number| open_request(number, now)));
    wiki.import(&pages).await.map(drop)
}

/// A request that was filed at some time in the desk's life, and that staff marked as done a month later.
fn closed_request(number: usize, of: usize, now: DateTime<Utc>) -> ImportedPage {
    let title = format!("Closed {number:05}");
    let age = (AGE - YOUNGEST) * (of - number) as i64 / of as i64 + YOUNGEST;
    let (filed, done) = (now - TimeDelta::days(age + 30), now - TimeDelta::days(age));
    let status = format!("|status=done\n|status since={}\n", done.format("%Y-%m-%dT%H:%M:%SZ"));
    let page = ImportedPage::new(&format!("{ROOT}/Requests/{title}"));
    page.revision(REQUESTER, filed, &request(&title, "")).revision(STAFF, done, &request(&title, &status))
}

/// A request of yesterday with one vote.
fn open_request(number: usize, now: DateTime<Utc>) -> ImportedPage {
    let voter = MEMBERS[number % 2];
    let voted = now - TimeDelta::hours(12);
    let text = request(&format!("Open {number:03}"), "");
    let vote = format!("\n* {{{{support}}}} [[User:{voter}|{voter}]] {}", voted.format("%H:%M, %-d %B %Y (UTC)"));
    let page = ImportedPage::new(&open_title(number)).revision(REQUESTER, now - TimeDelta::days(1), &text);
    page.revision(voter, voted, &(text + &vote))
}

fn request(title: &str, status: &str) -> String {
    let description = "We would like to bring a collection to the commons and need help with it. ".repeat(8);
    format!(
        "{{{{Helpdesk request\n|title={title}\n|type=data\n|country=Examplia\n|description={}\n\
         |justification=Many articles would gain from it.\n{status}}}}}\n\n== Discussion ==",
        description.trim_end()
    )
}

/// A desk is settled after so many plans, or never.
const MOST_PLANS: usize = 200;

/// The title of an open request.
pub fn open_title(number: usize) -> String {
    format!("{ROOT}/Requests/Open {number:03}")
}

/// The title of the page with the table of open requests.
pub fn status_title() -> String {
    format!("{ROOT}/Status")
}

/// Saves what the bot would save, not edit by edit but a whole plan in one go, until nothing is left to save. One plan reads
/// so many requests only, so it takes several. Gives the first plan, and how many edits there were.
pub async fn settle(wiki: &Wiki, program: &Program) -> anyhow::Result<(Run, usize)> {
    let first = program.run(&["plan", "--json"])?;
    let mut planned = changes(&first)?;
    let mut edits = 0;
    for _ in 0..MOST_PLANS {
        edits += planned.len();
        wiki.import(&planned).await?;
        planned = changes(&program.run(&["plan", "--json"])?)?;
        if planned.is_empty() {
            return Ok((first, edits));
        }
    }
    bail!("after {MOST_PLANS} plans there are still {} edits to make", planned.len())
}

/// The edits of a plan, as made by the bot.
fn changes(plan: &Run) -> anyhow::Result<Vec<ImportedPage>> {
    #[derive(Deserialize)]
    struct Plan {
        changes: Vec<Change>,
    }
    #[derive(Deserialize)]
    struct Change {
        page: String,
        after: String,
    }
    let plan: Plan = serde_json::from_str(&plan.output)?;
    let now = Utc::now();
    Ok(plan.changes.iter().map(|c| ImportedPage::new(&c.page).revision(BOT, now, &c.after)).collect())
}

/// What to ask for the list of all requests with their newest revisions, as far as one answer holds it.
pub fn listing() -> Vec<(&'static str, String)> {
    let params = [("action", "query"), ("generator", "allpages"), ("gaplimit", "max"), ("prop", "info")];
    let mut params: Vec<_> = params.map(|(name, value)| (name, value.to_owned())).into();
    params.push(("gapprefix", format!("{ROOT}/Requests/")));
    params
}
