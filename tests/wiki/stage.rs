//! The stage: the wiki all tests share, its accounts, and a desk for each test.

use std::collections::HashMap;
use std::sync::OnceLock;

use helpdesk::config;
use helpdesk::desk::Desk;
use helpdesk::page::Time;
use helpdesk::pass::{self, Outcome};
use helpdesk::plan::{Base, Change, Plan};
use helpdesk::records::language::Language;
use helpdesk::records::summary;
use helpdesk::sandbox::{Account, ImportedPage, Login, Options, Person, Sandbox, Wiki};
use helpdesk::wiki::{Client, Connection, Edit, EditBase, Error, Saved};
use helpdesk::{install, records::tables};

pub const PASSWORD: &str = "a long enough password";

/// Members of the committee, the first of them the chair.
pub const MEMBERS: [&str; 5] = ["Carla Chair", "Mona Member", "Milo Member", "Mira Member", "Max Member"];
/// Staff.
pub const STAFF: &str = "Stina Staff";
/// Somebody without any role.
pub const PASSER: &str = "Petra Passerby";
/// Somebody who files requests.
pub const REQUESTER: &str = "Rene Requester";
/// An administrator, who writes the roster.
pub const ADMIN: &str = "Ada Admin";
const BOT: &str = "Test bot";
/// A second bot, for what concerns a whole account.
pub const STOPPED_BOT: &str = "Stopped bot";

/// Pages that redirect to templates.
const ALIASES: [(&str, &str); 6] = [
    ("Template:Stöd", "Support"),
    ("Template:Pour", "Support"),
    ("User:Mona Member/Yes", "Support"),
    ("Our vote for", "Support"),
    ("Template:Hjälp oss", "Helpdesk request"),
    ("Template:Keep them out", "Nobots"),
];

struct Shared {
    url: String,
    bot: Login,
    stopped: Login,
    /// Each change as the wiki's own feed tells it, in the format of Wikimedia's event stream.
    events: tokio::sync::broadcast::Sender<String>,
    /// Keeps the wiki up as long as the tests run.
    wiki: Wiki,
}

/// The wiki, made by the first test that asks. It belongs to a thread of its own, since each test's runtime ends
/// with the test.
fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        let (send, receive) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            send.send(runtime.block_on(open())).expect("somebody waits for the wiki");
            // The web server ends with the thread that started it.
            loop {
                std::thread::park();
            }
        });
        receive.recv().expect("the wiki's thread lives").expect("a wiki for the tests")
    })
}

async fn open() -> anyhow::Result<Shared> {
    let feed = std::net::UdpSocket::bind("127.0.0.1:0")?;
    let options = Options { events: Some(feed.local_addr()?), ..Options::default() };
    let wiki = match Wiki::from_env().await? {
        Some(wiki) => wiki,
        None => Sandbox::ready().await?.wiki(&format!("tests-{}", std::process::id()), options).await?,
    };
    let (events, _) = tokio::sync::broadcast::channel(1000);
    let heard = events.clone();
    std::thread::spawn(move || {
        let mut event = vec![0; 65_536];
        while let Ok(n) = feed.recv(&mut event) {
            // Most tests do not listen.
            let _ = heard.send(String::from_utf8_lossy(&event[..n]).into_owned());
        }
    });
    let mut accounts: Vec<Account> =
        MEMBERS.iter().chain(&[STAFF, PASSER, REQUESTER]).map(|n| Account::new(n, PASSWORD)).collect();
    accounts.push(Account::new(ADMIN, PASSWORD).group("sysop"));
    accounts.push(Account::new(BOT, PASSWORD).group("bot").bot_password("test"));
    accounts.push(Account::new(STOPPED_BOT, PASSWORD).group("bot").bot_password("test"));
    let logins = wiki.accounts(&accounts).await?;
    let [.., bot, stopped] = logins.as_slice() else { anyhow::bail!("no logins") };
    let connection = Connection::with_password(wiki.url(), &bot.name, &bot.password);
    let desk = desk_with("Content Partnerships Hub/Helpdesk", "[pages]\nexamples = \"{root}/Examples\"\n");
    let client = Client::connect(&connection, desk.safety.request_timeout, &desk.name).await?;
    let refused = install::apply(&client, &install::compare(&client, &desk).await?).await?;
    anyhow::ensure!(refused.is_empty(), "{refused:?}");
    wiki.lead_to(&desk.root).await?;
    // Made before any test runs: a new name for a template makes every desk read its pages anew.
    let admin = Person::login(wiki.url(), ADMIN, PASSWORD).await?;
    for (page, to) in ALIASES {
        if admin.text_if_there(page).await?.is_none() {
            admin.edit(page, &format!("#REDIRECT [[Template:{to}]]"), "a name of ours").await?;
        }
    }
    Ok(Shared { url: wiki.url().to_owned(), bot: bot.clone(), stopped: stopped.clone(), events, wiki })
}

/// The wiki itself, for what needs no desk.
pub fn wiki() -> &'static Wiki {
    &shared().wiki
}

/// A configuration like the shipped one, on another root, that may write; `more` comes behind it. Without [pages] in that, pages
/// that say the same of every request are switched off: the wiki has enough to do.
pub fn config_text(root: &str, more: &str) -> String {
    let pages = match more.contains("[pages]") {
        true => "",
        false => {
            "[pages]\nrules = \"\"\nagenda = \"\"\nqueue = \"\"\nwork = \"\"\nfigures = \"\"\nflow = \"\"\nexamples = \"\"\n"
        }
    };
    // Examples are shown where a test is about that.
    let more = match more.contains("examples =") {
        true => more.to_owned(),
        false => more.replace("[pages]\n", "[pages]\nexamples = \"\"\n"),
    };
    // Nobody is written to but where a test is about that.
    let notices = match more.contains("[notices]") {
        true => "",
        false => "[notices]\nowners = false\nreminders = \"never\"\nnudge_after = \"never\"\n",
    };
    // A line for [desk] may stand anywhere in it.
    let (of_desk, more): (Vec<&str>, Vec<&str>) = more.lines().partition(|line| line.starts_with("rules_page"));
    let (of_desk, more) = (of_desk.join("\n"), more.join("\n"));
    format!(
        "{pages}{notices}[desk]\nname = \"Test desk\"\nroot = \"{root}\"\n{of_desk}\n[safety]\ntrusted = [\"{ADMIN}\"]\napproved = \"https://localhost/approved\"\nedits_per_minute = 0\nmax_edits_per_pass = 500\n{more}"
    )
}

fn desk_with(root: &str, more: &str) -> Desk {
    config::parse(&config_text(root, more), "test").unwrap_or_else(|m| panic!("{m:?}"))
}

/// A desk, with the bot's connection and people at hand.
pub struct Stage {
    pub desk: Desk,
    pub client: Client,
    pub url: String,
    pub login: Login,
    /// Who is logged in. Sessions are the stage's own, as their connections belong to its test's runtime.
    people: tokio::sync::Mutex<HashMap<String, Person>>,
}

impl Stage {
    /// A desk of that name, with a roster of all members and staff.
    pub async fn new(name: &str) -> Self {
        Self::with(name, "").await
    }

    /// The same with more configuration.
    pub async fn with(name: &str, more: &str) -> Self {
        let stage = Self::bare(name, more, &shared().bot).await;
        let mut roster =
            format!("The committee.\n{{{{Helpdesk member|user={}|role=chair|from=2020-01-01}}}}\n", MEMBERS[0]);
        MEMBERS[1..]
            .iter()
            .for_each(|m| roster.push_str(&format!("{{{{Helpdesk member|user={m}|role=member|from=2020-01-01}}}}\n")));
        roster.push_str(&format!("{{{{Helpdesk member|user={STAFF}|role=staff}}}}\n"));
        stage.person(ADMIN).await.edit(&stage.desk.pages.committee, &roster, "roster").await.expect("a roster");
        stage
    }

    /// Another desk than Helpdesk; nobody is listed on it.
    pub async fn of_desk(desk: Desk) -> Self {
        Stage { desk, ..Self::bare("unused", "", &shared().bot).await }
    }

    /// Saves the pages that `install` makes under the root. Templates and modules belong to all tests.
    pub async fn install(&self) {
        let mut installation = install::compare(&self.client, &self.desk).await.unwrap();
        installation.plan.changes.retain(|change| change.page.starts_with(&self.desk.root));
        assert_eq!(install::apply(&self.client, &installation).await.unwrap(), Vec::<String>::new());
    }

    /// The same desk, run by the bot whose stop page is tested.
    pub async fn run_by_stopped_bot(&self) -> Self {
        let mut stage = Self::bare("unused", "", &shared().stopped).await;
        stage.desk = self.desk.clone();
        stage
    }

    /// A stage whose bot is an account of its own, for what concerns a whole account.
    pub async fn with_own_bot(name: &str) -> Self {
        let account = Account::new(&format!("Bot of {name}"), PASSWORD).group("bot").bot_password("test");
        let login = wiki().accounts(&[account]).await.expect("an account").pop().expect("a login");
        let stage = Self::new(name).await;
        let bare = Self::bare(name, "", &login).await;
        Stage { client: bare.client, login, ..stage }
    }

    async fn bare(name: &str, more: &str, login: &Login) -> Self {
        let url = shared().url.clone();
        let desk = desk_with(&format!("Test {name}"), more);
        let connection = Connection::with_password(&url, &login.name, &login.password);
        let client =
            Client::connect(&connection, desk.safety.request_timeout, &desk.name).await.expect("the bot logs in");
        Stage { desk, client, url, login: login.clone(), people: Default::default() }
    }

    /// What happens on the wiki from now on, as Wikimedia's event stream would tell it.
    pub fn events(&self) -> tokio::sync::broadcast::Receiver<String> {
        shared().events.subscribe()
    }

    pub async fn person(&self, name: &str) -> Person {
        let mut people = self.people.lock().await;
        if let Some(person) = people.get(name) {
            return person.clone();
        }
        let person = Person::login(&self.url, name, PASSWORD).await.unwrap_or_else(|e| panic!("{name}: {e:#}"));
        people.insert(name.to_owned(), person.clone());
        person
    }

    /// Makes an account that no other test has.
    pub async fn newcomer(&self, name: &str) {
        // Of whoever had the name before.
        self.people.lock().await.remove(name);
        shared().wiki.account(name, PASSWORD, &[]).await.unwrap_or_else(|e| panic!("{name}: {e:#}"));
    }

    /// Makes many pages at once. It needs a wiki of the sandbox.
    pub async fn import(&self, pages: &[ImportedPage]) -> Vec<(u64, u64)> {
        shared().wiki.import(pages).await.expect("pages")
    }

    /// Somebody who may rename accounts.
    pub async fn bureaucrat(&self) -> Person {
        let Login { name, password } = shared().wiki.admin();
        Person::login(&self.url, &name, &password).await.expect("a bureaucrat")
    }

    /// What a reader sees of a page.
    pub async fn html(&self, title: &str) -> String {
        self.html_in("en", title).await
    }

    /// A page as a reader of that language gets it.
    pub async fn html_in(&self, language: &str, title: &str) -> String {
        let params = [("action", "parse"), ("page", title), ("prop", "text"), ("uselang", language)];
        let parsed = self.person(PASSER).await.get(params).await.expect("a page");
        parsed["parse"]["text"].as_str().expect("its HTML").to_owned()
    }

    /// The title of a request's page.
    pub fn page(&self, name: &str) -> String {
        format!("{}/{name}", self.desk.pages.intake)
    }

    /// Files a complete request; its text is given back.
    pub async fn file(&self, name: &str, more: &str) -> String {
        let text = complete(name, more);
        self.person(REQUESTER).await.edit(&self.page(name), &text, "new request").await.expect("a request");
        text
    }

    /// Adds a line to a request's page.
    pub async fn add(&self, who: &str, name: &str, line: &str) -> u64 {
        self.person(who).await.append(&self.page(name), &format!("\n{line}"), "a line").await.expect("a line")
    }

    /// Edits a request's page.
    pub async fn alter(&self, who: &str, name: &str, from: &str, to: &str) -> u64 {
        let person = self.person(who).await;
        let text = person.text(&self.page(name)).await.expect("the page");
        assert!(text.contains(from), "{from:?} is not in {text}");
        person.edit(&self.page(name), &text.replacen(from, to, 1), "an alteration").await.expect("an edit")
    }

    /// Waits until what is saved has a later time than what was saved before: the wiki counts in seconds.
    pub async fn until_later(&self) {
        let person = self.person(PASSER).await;
        let now = async || person.get([("action", "query"), ("curtimestamp", "1")]).await.expect("the time");
        let before = now().await["curtimestamp"].clone();
        while now().await["curtimestamp"] == before {}
    }

    pub async fn text(&self, title: &str) -> String {
        self.person(PASSER).await.text(title).await.unwrap_or_else(|e| panic!("{title}: {e:#}"))
    }

    pub async fn once(&self) -> Outcome {
        self.once_at(None).await
    }

    pub async fn once_at(&self, at: Option<Time>) -> Outcome {
        pass::once(&self.client, &self.desk, at).await.expect("a pass")
    }

    pub async fn plan(&self) -> Plan {
        pass::plan(&self.client, &self.desk, None).await.expect("a plan").1
    }

    /// Makes one change of a plan.
    pub async fn save(&self, change: &Change) -> Result<Saved, Error> {
        let base = match change.base {
            Base::Absent => EditBase::Missing,
            Base::Revision(id) => EditBase::Revision(id),
            Base::Earlier => panic!("{} waits for an earlier change", change.page),
        };
        let language = Language::of(self.client.titles.language());
        let summary = summary::signed(language, &change.summary, &self.client.me.name);
        self.client.save(&Edit { title: &change.page, text: &change.after, summary, base }).await
    }

    /// A pass, after which nothing is left to do; gives what it wrote.
    pub async fn settle(&self) -> Vec<String> {
        let outcome = self.once().await;
        assert_eq!(outcome.held_back, None);
        let again = self.plan().await;
        assert!(again.changes.is_empty(), "a plan right after a pass:\n{again}");
        outcome.written.into_iter().map(|c| c.page).collect()
    }

    /// The rows of the status page.
    pub async fn rows(&self) -> Vec<tables::Row> {
        tables::rows(&self.text(&self.desk.pages.status).await, tables::STATUS_BLOCK)
    }

    /// The status of a request, as its page says.
    pub async fn status(&self, name: &str) -> String {
        let text = self.text(&self.page(name)).await;
        param(&text, "status")
    }

    /// What the ledger says of each vote: who, what, and why it does not count.
    pub async fn ledger(&self, name: &str) -> Vec<String> {
        let text = self.text(&self.page(name)).await;
        let calls = helpdesk::wikitext::calls(&text);
        let rows = calls.iter().filter(|c| c.name == "Helpdesk ledger row");
        rows.map(|c| {
            let value = |name: &str| helpdesk::wikitext::inert::unescape(c.value(name));
            let touched = value("touched by");
            let touched = if touched.is_empty() { String::new() } else { format!(" (touched by {touched})") };
            format!(
                "{} {} {}{}{touched}",
                value("user"),
                c.value("choice"),
                c.value("counted"),
                if c.value("why").is_empty() { String::new() } else { format!(" {}", c.value("why")) }
            )
        })
        .collect()
    }
}

/// A complete proposal, with more parameters and text behind it.
pub fn complete(name: &str, more: &str) -> String {
    format!("{{{{Helpdesk request\n|title={name}\n|type=data\n|country=Examplia\n|description=What we want.\n|justification=Why it matters.\n}}}}\n\n== Discussion ==\n{more}").trim_end().to_owned()
}

/// A parameter of the request template in a text.
pub fn param(text: &str, name: &str) -> String {
    let calls = helpdesk::wikitext::calls(text);
    let call = calls.iter().find(|c| c.name == "Helpdesk request").unwrap_or_else(|| panic!("no request in {text}"));
    call.value(name).to_owned()
}

/// A moment that many days from now.
pub fn in_days(days: i64) -> Option<Time> {
    Some(chrono::Utc::now() + chrono::TimeDelta::days(days))
}
