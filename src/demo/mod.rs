//! `helpdesk demo`: a committee, sample requests in every state, one pass, and where to look.
//!
//! Everybody and everything in it is invented. All pages are written by the accounts they are by, so that their history is what
//! it would be on a wiki: those of the year before are imported, all others are saved through the API.

mod past;
mod story;

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use anyhow::{Context, Result};
use tokio::signal;

use crate::desk::Desk;
use crate::records::problems;
use crate::sandbox::{Account, Login, Options, Sandbox, Wiki};
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
    let desk = config::parse(&configuration(&wiki.admin().name), "the demo")
        .map_err(|mistakes| anyhow::anyhow!("{mistakes:?}"))?;
    let login = accounts(&wiki).await?;
    let connection = Connection::with_password(wiki.url(), &login.name, &login.password);
    let client = Client::connect(&connection, desk.safety.request_timeout, &desk.name).await?;

    let installation = install::compare(&client, &desk).await?;
    let refused = install::apply(&client, &installation).await?;
    refused.iter().for_each(|r| eprintln!("{r}"));
    println!("Installed {} templates, categories and pages", installation.plan.changes.len() - refused.len());

    wiki.lead_to(&desk.root).await?;
    let requests = story::tell(&wiki, &desk, PASSWORD).await?;
    println!("{requests} requests were filed, and the committee has been at work on them");
    // Only a wiki of the sandbox takes pages with a history of their own.
    match past::import(&wiki, &desk).await {
        Ok(requests) => println!("{requests} requests of the year before came with their histories"),
        Err(error) => println!("Without the year before: {error}"),
    }

    let outcome = pass::once(&client, &desk, None).await?;
    println!("\nOne pass changed {} pages:", outcome.written.len());
    for change in &outcome.written {
        println!("  {}: {}", change.page, change.summary);
    }
    for problem in &outcome.plan.problems {
        println!("  to look at: {} ({}) {}", problem.page, problem.kind, problems::words(problem));
    }
    let requests: usize = outcome.requests.values().sum();
    println!("It took {:.1} s and {requests} API requests since the login.", outcome.took.as_secs_f32());
    look(&client, &desk, &wiki);
    if exit {
        return wiki.stop().await;
    }
    let command = command(&wiki, &login)?;
    println!("\nVote, decide or file a request there, and let the bot look again, from another terminal:");
    println!("  {command} once");
    println!(
        "or leave it running with `run` in the place of `once`; `plan`, `check` and `explain TITLE` work likewise."
    );
    println!("\nThe wiki stays up until you press Ctrl+C.");
    let mut term = signal::unix::signal(signal::unix::SignalKind::terminate())?;
    tokio::select! {
        done = signal::ctrl_c() => done.context("cannot wait for Ctrl+C")?,
        _ = term.recv() => {}
    }
    wiki.stop().await
}

/// The configuration: as shipped, but for a wiki where nobody needs to be asked.
fn configuration(admin: &str) -> String {
    format!(
        "[safety]\ntrusted = [\"{admin}\"]\napproved = \"https://localhost/demonstration\"\nedits_per_minute = 0\nmax_edits_per_pass = 200\n"
    )
}

/// Writes the files with which the other commands work on this wiki; gives the command without its last word.
fn command(wiki: &Wiki, login: &Login) -> Result<String> {
    let folder = wiki.folder().unwrap_or_else(|| std::env::temp_dir().join("helpdesk-demo"));
    std::fs::create_dir_all(&folder)?;
    let (desk, connection) = (folder.join("helpdesk.toml"), folder.join("mwbot.toml"));
    std::fs::write(&desk, configuration(&wiki.admin().name))?;
    let Login { name, password } = login;
    let auth = format!("wiki_url = \"{}\"\n[auth]\nusername = \"{name}\"\npassword = \"{password}\"\n", wiki.url());
    // Written anew, so that its mode is that of a file with a password.
    let _ = std::fs::remove_file(&connection);
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&connection)?;
    file.write_all(auth.as_bytes())?;
    let program = std::env::current_exe()?;
    Ok(format!("{} --config {} --wiki {}", program.display(), desk.display(), connection.display()))
}

async fn accounts(wiki: &Wiki) -> Result<Login> {
    let people = story::people().map(|name| Account::new(name, PASSWORD));
    let bot = Account::new(BOT, PASSWORD).group("bot").bot_password("helpdesk");
    let mut all: Vec<Account> = people.collect();
    all.push(bot);
    let logins = wiki.accounts(&all).await?;
    logins.into_iter().next_back().context("the bot's account was not made")
}

fn look(client: &Client, desk: &Desk, wiki: &Wiki) {
    println!("\nPages to look at:");
    let pages = &desk.pages;
    let people = [&desk.root, &pages.intake, &pages.committee, &pages.status];
    for title in people.into_iter().chain([
        &pages.agenda,
        &pages.queue,
        &pages.work,
        &pages.examples,
        &pages.rules,
        &pages.figures,
        &pages.flow,
        &pages.problems,
    ]) {
        println!("  {}", client.address(title));
    }
    println!("  {}", client.address(&desk.pages.archive_of(story::LONG_AGO, 1)));
    println!("  {}", client.address(&format!("{}/{}", desk.pages.intake, story::MIXED)));
    println!("  {}", client.address(&format!("User talk:{}", story::REQUESTERS[1])));
    println!("\nLogins to play with (password: {PASSWORD}):");
    println!(
        "  {} (chair), {} (member), {} (staff), {} (secretary), {} (a helper), {} (a requester)",
        story::CHAIR,
        story::MEMBERS[0],
        story::STAFF,
        story::SECRETARY,
        story::HELPER,
        story::REQUESTERS[0]
    );
    println!("  {} (administrator; password: {})", wiki.admin().name, wiki.admin().password);
}
