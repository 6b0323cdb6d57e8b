//! What a pass costs on a desk with many closed requests: `cargo bench --bench cost -- 1000 10000`.
//!
//! The numbers say how many closed requests there are. The wiki is one of the sandbox, on this machine. Most of a pass's time
//! is the wiki's, so one save and one listing through its API are measured beside the passes: compare times by those.

mod hints;
mod program;
mod scene;

use std::time::{Duration, Instant};

use anyhow::Context;
use helpdesk::sandbox::{Options, Person, Sandbox};
use hints::Changes;
use program::{Program, Run};

/// How often each thing is measured.
const RUNS: usize = 5;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // Cargo adds an argument of its own, `--bench`.
    let numbers = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let numbers = numbers.map(|n| n.parse().with_context(|| format!("{n} is no number")));
    let mut sizes = numbers.collect::<anyhow::Result<Vec<usize>>>()?;
    if sizes.is_empty() {
        sizes = vec![1000, 10_000];
    }
    let sandbox = Sandbox::ready().await?;
    for closed in sizes {
        measure(&sandbox, closed).await?;
    }
    Ok(())
}

async fn measure(sandbox: &Sandbox, closed: usize) -> anyhow::Result<()> {
    println!("\n{closed} closed requests, {} open ones", scene::OPEN);
    let changes = Changes::listen().await?;
    let wiki = sandbox.wiki("cost", Options { events: Some(changes.feed()?), ..Options::default() }).await?;
    let bot = scene::accounts(&wiki).await?;
    let program = Program::new(wiki.url(), &bot, &scene::config(changes.stream()?))?;
    program.run(&["install"])?;
    scene::roster(&wiki).await?;
    let began = Instant::now();
    scene::requests(&wiki, closed).await?;
    println!("made in {:.1} s", began.elapsed().as_secs_f64());
    let (first, edits) = scene::settle(&wiki, &program).await?;
    println!("settled with {edits} edits in {:.1} s\n", began.elapsed().as_secs_f64());

    let lister = Person::login(wiki.url(), &bot.name, &bot.password).await?;
    let member = Person::login(wiki.url(), scene::MEMBERS[2], scene::PASSWORD).await?;
    let (mut listings, mut saves, mut idle, mut voted) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for number in 0..RUNS {
        let began = Instant::now();
        lister.get(scene::listing()).await?;
        listings.push(began.elapsed());
        idle.push(program.run(&["once"])?);
        let began = Instant::now();
        member.append(&scene::open_title(number), "\n* {{support}} ~~~~", "a vote").await?;
        saves.push(began.elapsed());
        voted.push(program.run(&["once"])?);
    }
    let hinted = changes.hinted(&program, &member, RUNS).await?;
    let save = median(saves);
    println!("{:22}{:>11}{:>9}{:>11}{:>10}{:>10}{:>7}", "", "time", "saves", "CPU", "memory", "requests", "edits");
    println!("{}", times("one save", save, save));
    println!("{}", times("one listing", median(listings), save));
    println!("{}", costs("the first plan", &[first], save));
    println!("{}", costs("once, nothing to do", &idle, save));
    println!("{}", costs("once, after one vote", &voted, save));
    println!("{}", times("from hint to status", median(hinted.status), save));
    println!("{}", times("from hint to table", median(hinted.table), save));
    wiki.stop().await
}

/// The begin of a row: a time, also in saves.
fn times(what: &str, time: Duration, save: Duration) -> String {
    format!("{what:22}{:>8.0} ms{:>9.1}", time.as_secs_f64() * 1000.0, time.as_secs_f64() / save.as_secs_f64())
}

/// A row of the table.
fn costs(what: &str, runs: &[Run], save: Duration) -> String {
    let time = median(runs.iter().map(|run| run.time).collect());
    let cpu = runs.iter().map(|run| run.cpu).sum::<Duration>() / runs.len() as u32;
    let memory = runs.iter().map(|run| run.memory).max().unwrap_or_default();
    let counted = |what: &str| runs.iter().filter_map(|run| run.pass[what].as_u64()).max();
    let counted = |what: &str| counted(what).map_or("-".to_owned(), |count| count.to_string());
    let (cpu, memory) = (cpu.as_secs_f64() * 1000.0, memory as f64 / 1024.0);
    let begin = times(what, time, save);
    format!("{begin}{cpu:>8.0} ms{memory:>6.0} MiB{:>10}{:>7}", counted("requests"), counted("edits"))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
