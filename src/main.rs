//! The commands of `helpdesk`, and nothing else.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use helpdesk::desk::Desk;
use helpdesk::figures::{Requests, Span, figures};
use helpdesk::pass::{Look, PassState};
use helpdesk::wiki::{Client, Connection};
use helpdesk::{check, config, demo, explain, install, pass, report, rulebook, run};
use tracing::{Instrument, Level};
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Runs a request-and-vote helpdesk on a MediaWiki wiki.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    files: Files,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Files {
    /// The desk's configuration; several for several desks
    #[arg(long, global = true, value_name = "FILE", default_value = "config/helpdesk.toml")]
    config: Vec<PathBuf>,
    /// The connection, in mwbot's format (default: ./mwbot.toml, then the user's configuration folder); one for all
    /// desks, or one for each --config
    #[arg(long, global = true, value_name = "FILE")]
    wiki: Vec<PathBuf>,
}

#[derive(Args, Clone, Copy)]
struct At {
    /// Act as if it were this time (RFC 3339, such as 2026-05-05T12:00:00Z)
    #[arg(long, value_name = "TIME")]
    at: Option<DateTime<Utc>>,
}

#[derive(Subcommand)]
enum Command {
    /// A real MediaWiki on this machine with sample requests, and one pass over it
    Demo {
        /// End after the pass instead of staying up
        #[arg(long)]
        exit: bool,
        /// The port to serve the wiki on (default: a free one)
        #[arg(long)]
        port: Option<u16>,
    },
    /// The configuration, then the account, its rights, the pages and the templates on the wiki
    Check {
        /// Only the configuration
        #[arg(long)]
        offline: bool,
    },
    /// Creates or updates the templates, categories and pages on the wiki
    Install,
    /// What one pass would write, as diffs; writes nothing
    Plan {
        #[command(flatten)]
        at: At,
        /// For programs: the plan as JSON
        #[arg(long)]
        json: bool,
        /// What other rules would have done to all requests, open and closed: a file with [[rule]] sections, or
        /// page:TITLE for those on a page of the wiki, whoever wrote them; other sections there, such as [[status]],
        /// take the place of the ones in force too
        #[arg(long, value_name = "FILE|page:TITLE")]
        rules: Option<PathBuf>,
    },
    /// One pass
    Once {
        #[command(flatten)]
        at: At,
        /// Makes the pass though it makes more edits than allowed or empties a table; look at `helpdesk plan` first
        #[arg(long)]
        release: bool,
    },
    /// Keeps going, until SIGTERM or SIGINT
    Run,
    /// Why a request has its status
    Explain {
        /// The request's title, or its name below the intake page
        title: String,
        #[command(flatten)]
        at: At,
    },
    /// The figures of a span of days, from the histories of all requests
    Report {
        #[command(flatten)]
        at: At,
        /// The first day (UTC), such as 2026-01-01; that of the first request where it is left out
        #[arg(long, value_name = "DAY")]
        from: Option<NaiveDate>,
        /// The last day, included; today where it is left out
        #[arg(long, value_name = "DAY")]
        to: Option<NaiveDate>,
        /// Text for people, or for programs: CSV (RFC 4180), JSON, or a page of tabular data for Wikimedia Commons
        #[arg(long, value_enum, default_value = "text")]
        format: ReportFormat,
    },
    /// The rules in plain words, or as a graph; asks no wiki
    Rules {
        /// A graph of statuses and rules in the place of words: for Mermaid, or for dot (Graphviz)
        #[arg(long, value_enum)]
        format: Option<Format>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Mermaid,
    Dot,
}

#[derive(Clone, Copy, ValueEnum)]
enum ReportFormat {
    Text,
    Csv,
    Json,
    Tab,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    // The demo tells its story itself.
    let level = if matches!(cli.command, Command::Demo { .. }) { "warn" } else { "info" };
    let result = match start_logging(level) {
        Ok(()) => execute(cli).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("helpdesk: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Logs go to standard error; `HELPDESK_LOG` filters them, `HELPDESK_LOG_FORMAT=json` is for programs. mwapi logs
/// every error of the API, also expected ones, and whole answers with their cookies; what matters of them is logged
/// where it is handled.
fn start_logging(level: &str) -> anyhow::Result<()> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let wanted = match set("HELPDESK_LOG") {
        Some(wanted) => EnvFilter::try_new(&wanted)
            .map_err(|error| anyhow!("HELPDESK_LOG={wanted}: {error}; write a level, or helpdesk=debug"))
            .map(|_| wanted)?,
        None => format!("warn,helpdesk={level}"),
    };
    let json = match set("HELPDESK_LOG_FORMAT").as_deref() {
        None | Some("text") => false,
        Some("json") => true,
        Some(other) => bail!("HELPDESK_LOG_FORMAT={other}: it can be text or json"),
    };
    // Other crates tell of headers and bodies, which hold passwords, cookies and tokens.
    let harmless = filter_fn(|about| *about.level() <= Level::INFO || about.target().starts_with("helpdesk"));
    let filter = EnvFilter::new(format!("{wanted},mwapi=off,mwbot=off")).and(harmless);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    let lines = if json { lines.json().with_filter(filter).boxed() } else { lines.with_filter(filter).boxed() };
    tracing_subscriber::registry().with(lines).init();
    Ok(())
}

async fn execute(cli: Cli) -> anyhow::Result<bool> {
    if let Command::Demo { exit, port } = cli.command {
        demo::demo(exit, port).await?;
        return Ok(true);
    }
    let desks = read(&cli.files.config, config::load)?;
    match &cli.command {
        Command::Check { offline: true } => {
            println!("{} in order; what is on the wiki was not looked at", files(desks.len()));
            return Ok(true);
        }
        Command::Rules { format } => {
            for desk in desks.iter().filter(|desk| !desk.rules_page.is_empty()) {
                eprintln!(
                    "these are the rules of the configuration; {} on the wiki may say otherwise",
                    desk.rules_page
                );
            }
            desks.iter().for_each(|desk| {
                print!(
                    "{}",
                    match format {
                        None => rulebook::text(desk),
                        Some(Format::Mermaid) => rulebook::mermaid(desk),
                        Some(Format::Dot) => rulebook::dot(desk),
                    }
                );
            });
            return Ok(true);
        }
        Command::Plan { json: true, .. }
        | Command::Report { format: ReportFormat::Csv | ReportFormat::Json | ReportFormat::Tab, .. }
            if desks.len() > 1 =>
        {
            bail!(
                "what is printed for programs is of one desk, and --config is given {} times: call it for each",
                desks.len()
            );
        }
        Command::Run => {
            let connections = connections(&cli.files)?;
            return run::run(desks.into_iter().zip(connections).collect()).await.map(|()| true);
        }
        _ => {}
    }
    let mut all_good = true;
    for (desk, connection) in desks.iter().zip(connections(&cli.files)?) {
        let span = tracing::info_span!("desk", name = %desk.name);
        let client = Client::connect(&connection, desk.safety.request_timeout, &desk.name).await?;
        all_good &= command(&cli.command, &client, desk).instrument(span).await?;
    }
    Ok(all_good)
}

fn files(count: usize) -> String {
    if count == 1 { "the configuration is".to_owned() } else { format!("all {count} configurations are") }
}

/// A connection for each configuration: its own, or one that all share.
fn connections(files: &Files) -> anyhow::Result<Vec<Connection>> {
    let desks = files.config.len();
    match files.wiki.as_slice() {
        [] => Ok(vec![Connection::load(None)?; desks]),
        [one] => Ok(vec![Connection::load(Some(one))?; desks]),
        each if each.len() == desks => each.iter().map(|path| Connection::load(Some(path))).collect(),
        other => bail!(
            "--wiki is given {} times and --config {desks} times: give one --wiki for all, or one for each",
            other.len()
        ),
    }
}

/// Reads all configurations; reports every mistake in every one.
fn read(files: &[PathBuf], load: impl Fn(&Path) -> Result<Desk, Vec<config::Mistake>>) -> anyhow::Result<Vec<Desk>> {
    let mut desks = Vec::new();
    let mut mistakes = 0;
    for path in files {
        match load(path) {
            Ok(desk) => {
                config::warnings(&desk).iter().for_each(|w| eprintln!("{}: warning: {w}", path.display()));
                desks.push(desk);
            }
            Err(found) => {
                found.iter().for_each(|m| eprintln!("{m}"));
                mistakes += found.len();
            }
        }
    }
    if mistakes > 0 {
        bail!("{mistakes} {} to mend in the configuration", if mistakes == 1 { "thing" } else { "things" });
    }
    Ok(desks)
}

async fn command(command: &Command, client: &Client, desk: &Desk) -> anyhow::Result<bool> {
    match command {
        Command::Check { .. } => {
            let findings = check::check(client, desk).await?;
            print!("{findings}");
            Ok(findings.all_good())
        }
        Command::Install => installed(client, &ruled(client, desk).await?).await,
        Command::Plan { at, json, rules: Some(rules) } => {
            let desk = &ruled(client, desk).await?;
            let other = match rules.to_str().and_then(|name| name.strip_prefix("page:")) {
                Some(title) => pass::tried(client, desk, title).await?,
                None => read(std::slice::from_ref(rules), |path| config::with_file(desk, path))?.remove(0),
            };
            let compared = pass::what_if(client, desk, &other, at.at).await?;
            if *json {
                println!("{}", serde_json::to_string_pretty(&compared).context("cannot write this as JSON")?);
            } else {
                print!("{compared}");
            }
            Ok(true)
        }
        Command::Plan { at, json, rules: None } => {
            let (_, plan, _) = pass::plan(client, desk, at.at).await?;
            if *json {
                println!("{}", serde_json::to_string_pretty(&plan).context("cannot write the plan as JSON")?);
            } else {
                print!("{plan}");
            }
            Ok(true)
        }
        Command::Once { at, release } => {
            let mut state = PassState::default();
            state.released = *release;
            let outcome = pass::next(client, desk, at.at, &mut state, &Look::Everything).await?;
            if let Some(why) = &outcome.held_back {
                print!("{}", outcome.plan);
                bail!("{why}");
            }
            outcome.written.iter().for_each(|c| println!("{}: {}", client.address(&c.page), c.summary));
            outcome.held_pages.iter().for_each(|held| eprintln!("{held}"));
            outcome.unread.iter().for_each(|(page, why)| eprintln!("{page} was left as it is: {why}"));
            if outcome.backlog > 0 {
                eprintln!("{} requests are left to the next pass: run it again", outcome.backlog);
            }
            Ok(outcome.conflicts == 0 && outcome.unread.is_empty() && outcome.held_pages.is_empty())
        }
        Command::Explain { title, at } => {
            let desk = &ruled(client, desk).await?;
            let (facts, decision) = pass::explain(client, desk, title, at.at).await?;
            let diff = |revision| client.address(&format!("Special:Diff/{revision}"));
            print!("{}", explain::text(&facts, &decision, desk, &diff));
            Ok(true)
        }
        Command::Report { at, from, to, format } => {
            let desk = &ruled(client, desk).await?;
            let now = at.at.unwrap_or_else(|| client.now());
            let (rows, unread) = pass::all_rows(client, desk, now).await?;
            unread.iter().for_each(|title| eprintln!("could not be read, counted as the table has it: {title}"));
            let today = now.date_naive();
            let all = Span::until(to.unwrap_or(today).min(today), &rows);
            let span = Span { from: from.unwrap_or(all.from), ..all };
            if span.from > span.to {
                bail!("the first day, {}, is after the last, {}", span.from, span.to);
            }
            let figures = figures(&Requests::new(&rows), span, desk);
            print!(
                "{}",
                match format {
                    ReportFormat::Text => report::text(&figures),
                    ReportFormat::Csv => report::csv(&figures),
                    ReportFormat::Json => report::json(&figures) + "\n",
                    ReportFormat::Tab => report::tab(&figures) + "\n",
                }
            );
            Ok(true)
        }
        Command::Demo { .. } | Command::Rules { .. } | Command::Run => Ok(true),
    }
}

/// The desk with the rules in force; says which these are, where they are kept on the wiki.
async fn ruled(client: &Client, desk: &Desk) -> anyhow::Result<Desk> {
    let desk = pass::in_force(client, desk).await?;
    pass::in_words(&desk).iter().for_each(|words| eprintln!("{words}"));
    Ok(desk)
}

async fn installed(client: &Client, desk: &Desk) -> anyhow::Result<bool> {
    let installation = install::compare(client, desk).await?;
    for title in &installation.left {
        println!("left alone: {title} (somebody else changed it; compare it with the file in templates/)");
    }
    if desk.safety.approved.is_none() && !installation.plan.changes.is_empty() {
        installation.plan.changes.iter().for_each(|c| println!("would write: {}", c.page));
        bail!(
            "the configuration does not say where the community approved the bot (safety.approved), so nothing is written"
        );
    }
    let refused = install::apply(client, &installation).await?;
    println!(
        "{} written, {} as they should be, {} left alone",
        installation.plan.changes.len() - refused.len(),
        installation.same,
        installation.left.len()
    );
    refused.iter().for_each(|r| eprintln!("{r}"));
    install::gadget(client, desk).await?.iter().for_each(|line| println!("{line}"));
    Ok(refused.is_empty())
}
