//! `helpdesk demo`: a committee, sample requests in every state, one pass, and where to look.
//!
//! Everybody and everything in it is invented. All pages are written through the API by the accounts they are
//! by, so that their history is what it would be on a wiki.

mod story;

use anyhow::{Context, Result};
use tokio::signal;

use crate::desk::Desk;
use crate::sandbox::{Account, Options, Person, Sandbox, Wiki};
use crate::wiki::{Client, Connection};
use crate::{config, install, pass};

/// The password of every account of the demo.
const PASSWORD: &str = "helpdesk demo";
/// The bot's account.
const BOT: &str = "Helpdesk bot";

/// Brings up the wiki, plays the story, makes a pass and tells what came of it. Stays up until interrupted,
/// unless `exit`.
///
/// # Errors
/// Where the sandbox cannot be built or something in the story does not work.
pub async fn demo(exit: bool, port: Option<u16>) -> Result<()> {
    let wiki = match Wiki::from_env().await? {
        Some(wiki) => wiki,
        None => Sandbox::ready().await?.wiki("demo", Options { port, ..Options::default() }).await?,
    };
    println!("A MediaWiki is up at {}", wiki.url());
    let desk = desk(&wiki.admin().name);
    let login = accounts(&wiki).await?;
    let connection = Connection::with_password(wiki.url(), &login.name, &login.password);
    let client = Client::connect(&connection, desk.safety.request_timeout, &desk.name).await?;

    let installation = install::compare(&client, &desk).await?;
    let refused = install::apply(&client, &installation).await?;
    refused.iter().for_each(|r| eprintln!("{r}"));
    println!("Installed {} templates, categories and pages", installation.plan.changes.len() - refused.len());

    let requests = story::tell(&wiki, &desk, PASSWORD).await?;
    println!("{requests} requests were filed, and the committee has been at work on them");

    let outcome = pass::once(&client, &desk, None).await?;
    println!("\nOne pass changed {} pages:", outcome.written.len());
    for change in &outcome.written {
        println!("  {}: {}", change.page, change.summary);
    }
    for problem in &outcome.plan.problems {
        println!("  to look at: {} ({}) {}", problem.page, problem.kind, problem.detail);
    }
    let requests: usize = outcome.requests.values().sum();
    println!("It took {:.1} s and {requests} API requests since the login.", outcome.took.as_secs_f32());
    look(&client, &desk, &wiki);
    if exit {
        return wiki.stop().await;
    }
    println!("\nThe wiki stays up until you press Ctrl+C.");
    let mut term = signal::unix::signal(signal::unix::SignalKind::terminate())?;
    tokio::select! {
        done = signal::ctrl_c() => done.context("cannot wait for Ctrl+C")?,
        _ = term.recv() => {}
    }
    wiki.stop().await
}

/// The shipped configuration, for a wiki where nobody needs to be asked.
fn desk(admin: &str) -> Desk {
    let mut desk = config::shipped();
    desk.safety.trusted = vec![admin.to_owned()];
    desk.safety.approved = Some("https://localhost/ (a demonstration)".to_owned());
    desk.safety.edits_per_minute = 0;
    desk.safety.max_edits_per_pass = 200;
    desk
}

async fn accounts(wiki: &Wiki) -> Result<crate::sandbox::Login> {
    let people = story::people().map(|name| Account::new(name, PASSWORD));
    let bot = Account::new(BOT, PASSWORD).group("bot").bot_password("helpdesk");
    let mut all: Vec<Account> = people.collect();
    all.push(bot);
    let logins = wiki.accounts(&all).await?;
    logins.into_iter().next_back().context("the bot's account was not made")
}

fn look(client: &Client, desk: &Desk, wiki: &Wiki) {
    println!("\nPages to look at:");
    for title in [&desk.root, &desk.pages.intake, &desk.pages.committee, &desk.pages.status, &desk.pages.problems] {
        println!("  {}", client.address(title));
    }
    println!("  {}", client.address(&desk.pages.archive_of(story::LONG_AGO)));
    println!("  {}", client.address(&format!("{}/{}", desk.pages.intake, story::MIXED)));
    println!("\nLogins to play with (password: {PASSWORD}):");
    println!(
        "  {} (chair), {} (member), {} (staff), {} (a requester)",
        story::CHAIR,
        story::MEMBERS[0],
        story::STAFF,
        story::REQUESTERS[0]
    );
    println!("  {} (administrator; password: {})", wiki.admin().name, wiki.admin().password);
    println!("\nAfter a change of yours, one more pass with the same wiki:");
    println!("  HELPDESK_USERNAME='{BOT}' … helpdesk once, as the guide for operators says; or start the demo again.");
}

/// A person of the story, logged in.
async fn person(wiki: &Wiki, name: &str, password: &str) -> Result<Person> {
    Person::login(wiki.url(), name, password).await.with_context(|| format!("{name} cannot log in"))
}
