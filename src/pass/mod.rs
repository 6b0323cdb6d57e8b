//! One pass: observe → read → decide → plan → apply.

mod apply;
pub mod classify;
mod committee;
mod intake;
mod known;
mod reading;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use apply::{Applied, apply, stop_page, stops};
use futures_util::FutureExt;
use reading::{Depth, read_facts, resolve_signatures};
use tracing::{error, info, warn};

use crate::decide::decide;
use crate::desk::decision::Decision;
use crate::desk::problem::Problem;
use crate::desk::{Desk, Facts};
use crate::install;
use crate::page::{Page, Time};
use crate::pass::classify::{archive_year, destination, is_below_intake, may_be_request};
use crate::plan::draft::{self, Reading};
use crate::plan::exclusions::Exclusions;
use crate::plan::limits::{self, Held, Usual};
use crate::plan::refusals::{self, Refusal};
use crate::plan::snapshot::Snapshot;
use crate::plan::{Base, Change, Plan};
use crate::read::request::{Unreadable, begins_request, may_hold_request};
use crate::records::tables::rows;
use crate::watch::Watched;
use crate::whatif::{self, WhatIf};
use crate::wiki::client::Counts;
use crate::wiki::{Client, Error, Policy};
use crate::wikitext::names::Names;

pub use known::Known;

/// How often a pass that met a conflict begins anew before it leaves the rest to the next one.
const TRIES: usize = 3;
/// A page that cannot be read is left to the next pass; where more fail than can be read, it is the wiki that does.
const LONE: usize = 1;

/// What came of a pass.
#[derive(Debug)]
pub struct Outcome {
    /// What was written, or with nothing written what would have been.
    pub plan: Plan,
    /// The changes that were made.
    pub written: Vec<Change>,
    /// Why nothing was written, where something should have been.
    pub held_back: Option<Held>,
    /// Request pages that could not be read this time, with why; they are as they were.
    pub unread: Vec<(String, String)>,
    /// When time alone will change something.
    pub due: Option<Time>,
    /// How many requests there are in each status.
    pub statuses: BTreeMap<String, usize>,
    /// What on the wiki concerns this desk.
    pub watched: Watched,
    /// Pages that changed while they were being written, in the last try.
    pub conflicts: usize,
    /// API requests since the connection was made, by kind.
    pub requests: Counts,
    /// How long it took.
    pub took: Duration,
}

/// Plans a pass and writes nothing. `at` is the time to act as if it were; none for now. Gives also how many requests
/// there are.
///
/// # Errors
/// Where the wiki cannot be reached or refuses to be read.
pub async fn plan(client: &Client, desk: &Desk, at: Option<Time>) -> Result<(Snapshot, Plan, usize), Error> {
    let (snapshot, plan, readings, _) = planned(client, desk, at, &Known::default(), &[]).await?;
    Ok((snapshot, plan, readings.len()))
}

/// The same with what was read, and as of when.
async fn planned(
    client: &Client,
    desk: &Desk,
    at: Option<Time>,
    known: &Known,
    refused: &[Refusal],
) -> Result<(Snapshot, Plan, Vec<(Page, Reading)>, Time), Error> {
    let mut snapshot = observe(client, desk).await?;
    snapshot.refusals.extend_from_slice(refused);
    let now = at.unwrap_or_else(|| client.now());
    let readings = read(client, desk, &mut snapshot, now, known).await?;
    let mut plan = draft::draft(desk, &snapshot, &readings, now);
    if look_back(client, &mut snapshot, &plan).await? {
        plan = draft::draft(desk, &snapshot, &readings, now);
    }
    known.note(desk, &snapshot, &readings, &plan);
    Ok((snapshot, plan, readings, now))
}

/// Looks up the history of tables that the plan changes and that somebody else saved last: they may not want the
/// change. Gives whether there is any.
async fn look_back(client: &Client, snapshot: &mut Snapshot, plan: &Plan) -> Result<bool, Error> {
    let archives = snapshot.archives.iter().map(|(_, page)| page);
    let tables = snapshot.status.iter().chain(&snapshot.problems_page).chain(archives);
    let others: Vec<Page> = tables
        .filter(|p| p.revision.user.as_ref().is_none_or(|u| u.id != snapshot.bot.id))
        .filter(|p| plan.changes.iter().any(|c| c.base == Base::Revision(p.revision.id)))
        .cloned()
        .collect();
    for page in &others {
        let mut past = vec![page.revision.clone()];
        past.extend(client.revisions_before(&page.title, page.revision.id).await?);
        snapshot.remember(&page.title, past);
    }
    Ok(!others.is_empty())
}

/// Makes one pass.
///
/// # Errors
/// Where the wiki cannot be reached, refuses to be read, or does not let the bot in.
pub async fn once(client: &Client, desk: &Desk, at: Option<Time>) -> Result<Outcome, Error> {
    braked(client, desk, at, &Brakes::default()).await
}

/// What a pass is held to besides the configuration.
#[derive(Debug, Default)]
pub struct Brakes {
    /// What the passes before made.
    pub usual: Usual,
    /// An operator has looked at the plan and releases what would hold it back, but for the stop page and approval.
    pub released: bool,
    /// What the passes before found of pages that needed no edit.
    pub known: Known,
}

/// Makes one pass with these brakes.
///
/// # Errors
/// As [`once`].
pub async fn braked(client: &Client, desk: &Desk, at: Option<Time>, brakes: &Brakes) -> Result<Outcome, Error> {
    let began = Instant::now();
    let mut written = Vec::new();
    let mut tries = 0;
    let mut refused = Vec::new();
    loop {
        tries += 1;
        let (snapshot, plan, readings, now) = planned(client, desk, at, &brakes.known, &refused).await?;
        let mut held_back = limits::held(desk, &snapshot, &plan, &brakes.usual);
        held_back.take_if(|held| brakes.released && held.can_be_released());
        let mut conflicts = 0;
        if held_back.is_none() {
            match apply(client, desk, &snapshot, &plan, &mut written).await? {
                Applied::All => {}
                Applied::Conflict => conflicts = 1,
                // A proposal that was moved is a request now; where the wiki did not want it, there may be another way.
                Applied::Moved(refusal) => {
                    refused.extend(refusal);
                    tries -= 1;
                    continue;
                }
                Applied::Held(held) => held_back = Some(held),
            }
        }
        if conflicts > 0 && tries < TRIES {
            continue;
        }
        let outcome = Outcome {
            watched: Watched::new(client, desk, &snapshot),
            unread: snapshot.unread,
            plan,
            written,
            held_back,
            conflicts,
            due: draft::due(desk, &readings, now),
            statuses: draft::statuses(&readings),
            requests: client.counts(),
            took: began.elapsed(),
        };
        let kinds: Vec<String> = outcome.requests.iter().map(|(kind, n)| format!("{kind} {n}")).collect();
        info!(
            requests = outcome.requests.values().sum::<usize>(),
            edits = outcome.written.len(),
            problems = outcome.plan.problems.len(),
            seconds = outcome.took.as_secs_f32(),
            "pass finished: {}",
            kinds.join(", ")
        );
        return Ok(outcome);
    }
}

/// Reads what every pass needs, in a number of requests that does not grow with the desk.
async fn observe(client: &Client, desk: &Desk) -> Result<Snapshot, Error> {
    let pages = &desk.pages;
    let [intake, talk] = intake::titles(client, desk);
    let fixed = [&pages.committee, &pages.status, &pages.problems, &stop_page(client), &intake, &talk];
    let found = client.page_of_each(&fixed.map(Clone::clone)).await?;
    let [committee, status, problems_page, stop, intake, talk] = found.as_slice() else {
        return Err(Error::Later("the wiki's answer has another number of pages than it was asked for".to_owned()));
    };
    let stopped = stops(stop.as_ref());
    let (before_year, _) = pages.archive.split_once("{year}").unwrap_or((&pages.archive, ""));
    let archives = client.pages_below(before_year).await?;
    let below = client.pages_below(&format!("{}/", pages.intake)).await?;
    let (names, exclusions) = names(client, desk).await?;
    // A committee page that was moved is followed; whoever is not trusted changes nothing on the other page either.
    let committee = match committee.as_ref().filter(|p| p.redirect).and_then(|p| destination(p, &[], &client.titles)) {
        Some(title) => client.pages(&[title]).await?.into_iter().next(),
        None => committee.clone(),
    };
    let (roster, mut problems) = committee::in_force(client, desk, committee, &names).await?;

    for page in below.iter().filter(|p| is_below_intake(&p.title, desk, &client.languages) && !p.redirect) {
        if !may_hold_request(page.text(), &names) && begins_request(page.text(), &names) {
            problems.push(Problem::new("not-readable", &page.title, Unreadable::Ambiguous.to_string()));
        }
    }
    let mut snapshot = Snapshot {
        stopped,
        status: status.clone(),
        problems_page: problems_page.clone(),
        archives: archives.into_iter().filter_map(|p| Some((archive_year(&p.title, desk)?, p))).collect(),
        requests: below.iter().filter(|p| may_be_request(p, desk, &names, &client.languages)).cloned().collect(),
        below: below.iter().map(Page::reference).collect(),
        languages: client.languages.clone(),
        refusals: refusals::known(problems_page.as_ref(), &client.me),
        exclusions,
        ..Snapshot::empty(client.me.clone(), names.clone(), roster)
    };
    // Pages that have a row but are no request (any more): moved away, blanked, or gone.
    let strays = draft::strays(draft::known_rows(&snapshot), &snapshot.requests);
    // Anybody can write a row: the wiki refuses a number that is none of its own kind.
    let ids = strays.iter().map(|p| p.id).filter(|id| i64::try_from(*id).is_ok());
    let ids: Vec<u64> = ids.filter(|id| !below.iter().any(|p| p.id == *id)).collect();
    let elsewhere = if ids.is_empty() { Vec::new() } else { client.pages_by_id(&ids).await? };
    let strays = below.iter().filter(|p| strays.iter().any(|s| s.id == p.id)).chain(&elsewhere).cloned();
    let (redirects, strays): (Vec<Page>, Vec<Page>) = strays.partition(|p| p.redirect);
    for page in strays {
        let request = may_hold_request(page.text(), &snapshot.names);
        if request { snapshot.requests.push(page) } else { snapshot.bare.push(page) }
    }
    // One that leads to another request is the same as that; what else a request was made to lead to is not.
    let leads = |page: &Page| {
        destination(page, &below, &client.titles)
            .filter(|to| snapshot.requests.iter().any(|r| r.title == *to && r.id != page.id))
    };
    let lost: Vec<Page> = redirects.into_iter().filter(|p| leads(p).is_none()).collect();
    // A redirect that a move left behind has no past.
    let with_past = below.iter().filter(|p| p.redirect && p.revision.parent != 0);
    let same = with_past.filter(|p| is_below_intake(&p.title, desk, &client.languages));
    snapshot.duplicates = same.filter_map(|p| Some((p.title.clone(), leads(p)?))).collect();
    snapshot.bare.extend(lost);
    // A request that lost its template and whose row went missing too: only the page's own past tells of it.
    let listed = |page: &Page| snapshot.requests.iter().chain(&snapshot.bare).any(|p| p.id == page.id);
    let here = |page: &Page| is_below_intake(&page.title, desk, &client.languages);
    let unlisted: Vec<&Page> = below.iter().filter(|p| here(p) && !p.redirect && !listed(p)).collect();
    if !unlisted.is_empty() {
        let saved = client.saved_once(&unlisted.iter().map(|p| p.id).collect::<Vec<_>>()).await?;
        let forgotten: Vec<Page> = unlisted.into_iter().filter(|p| saved.contains(&p.id)).cloned().collect();
        snapshot.bare.extend(forgotten);
    }
    snapshot.requests.sort_by_key(|p| p.id);
    snapshot.problems.append(&mut problems);
    let mut pages: Vec<Page> = intake.iter().chain(talk).cloned().collect();
    pages.dedup_by_key(|p| p.id);
    intake::read(client, pages, &mut snapshot, &install::intake(desk)).await?;
    Ok(snapshot)
}

async fn names(client: &Client, desk: &Desk) -> Result<(Names, Exclusions), Error> {
    let t = &desk.templates;
    let mut all: Vec<String> =
        [&t.request, &t.member, &t.decision, &t.withdraw, &t.priority].into_iter().cloned().collect();
    all.extend(desk.votes.iter().flat_map(|v| v.templates.clone()));
    all.extend(Exclusions::TEMPLATES.map(str::to_owned));
    let redirects = client.template_redirects(&all).await?;
    Ok((Names::new(desk, &client.titles, &redirects), Exclusions::new(&client.titles, &redirects)))
}

/// Reads every request page that is not settled, and decides.
async fn read(
    client: &Client,
    desk: &Desk,
    snapshot: &mut Snapshot,
    now: Time,
    known: &Known,
) -> Result<Vec<(Page, Reading)>, Error> {
    let mut readings = Vec::new();
    let mut unsettled: Vec<(Page, Result<Facts, Unreadable>)> = Vec::new();
    let mut failed = 0;
    let pages = std::mem::take(&mut snapshot.requests);
    for page in pages {
        let settled = draft::settled(&page, desk, snapshot, now);
        if let Some(settled) = settled.or_else(|| known.settled(&page, desk, snapshot, now)) {
            readings.push((page, Reading::Settled(Box::new(settled))));
            continue;
        }
        // A panic in one page's work costs that page this pass.
        let read = AssertUnwindSafe(read_facts(client, &page, desk, snapshot, Depth::Enough)).catch_unwind().await;
        let why = match read {
            Ok(Ok(read)) => {
                // A page elsewhere that the bot never wrote on was no request of this desk, whatever a table says.
                if read.kept || is_below_intake(&page.title, desk, &snapshot.languages) {
                    snapshot.remember(&page.title, read.newest);
                    unsettled.push((page, read.facts));
                }
                continue;
            }
            // Moved, deleted or overwritten while it was read: the next pass sees what it is then.
            Ok(Err(Error::Conflict { .. })) => "it changed while it was read".to_owned(),
            Ok(Err(other)) if other.policy() == Policy::Later(Duration::ZERO) && failed < LONE.max(unsettled.len()) => {
                failed += 1;
                other.to_string()
            }
            Ok(Err(other)) => return Err(other),
            Err(panic) => panicked(&panic),
        };
        readings.push(unread(page, why, snapshot));
    }
    resolve_signatures(client, unsettled.iter_mut().filter_map(|(_, f)| f.as_mut().ok())).await?;
    for (page, facts) in unsettled {
        let decided = |facts: &Facts| decide(facts, desk, &snapshot.roster, snapshot.bot.id, now);
        readings.push(match facts {
            Ok(facts) => match std::panic::catch_unwind(AssertUnwindSafe(|| decided(&facts))) {
                Ok(decision) => (page, Reading::Decided(Box::new((facts, decision)))),
                Err(panic) => unread(page, panicked(&panic), snapshot),
            },
            Err(why) => (page, Reading::Unreadable(why)),
        });
    }
    // Of a request that lost its template only people decide.
    let without_rules = Desk { rules: Vec::new(), ..desk.clone() };
    for page in std::mem::take(&mut snapshot.bare) {
        let reading = match read_facts(client, &page, desk, snapshot, Depth::All).await {
            Ok(read) => match read.lost {
                Some(mut facts) => {
                    resolve_signatures(client, std::iter::once(&mut facts)).await?;
                    let decision = decide(&facts, &without_rules, &snapshot.roster, snapshot.bot.id, now);
                    Reading::Lost(Box::new((facts, decision)))
                }
                None => continue,
            },
            Err(Error::Conflict { .. }) => Reading::Unread,
            Err(other) if other.policy() == Policy::Later(Duration::ZERO) && failed < LONE.max(readings.len()) => {
                failed += 1;
                readings.push(unread(page, other.to_string(), snapshot));
                continue;
            }
            Err(other) => return Err(other),
        };
        readings.push((page, reading));
    }
    readings.sort_by_key(|(page, _)| page.id);
    Ok(readings)
}

/// Leaves a page to the next pass, and says why.
fn unread(page: Page, why: String, snapshot: &mut Snapshot) -> (Page, Reading) {
    warn!(page = %page.title, "left to the next pass: {why}");
    snapshot.unread.push((page.title.clone(), why));
    (page, Reading::Unread)
}

/// What a panic said.
fn panicked(panic: &Box<dyn std::any::Any + Send>) -> String {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    let why = format!("a mistake in the bot: {}; please report it", said.unwrap_or("no words"));
    error!("{why}");
    why
}

/// Compares what happened to all requests, open and closed, with what the rules of another desk would have done.
///
/// # Errors
/// Where the wiki cannot be reached or refuses to be read.
pub async fn what_if(client: &Client, desk: &Desk, other: &Desk, at: Option<Time>) -> Result<WhatIf, Error> {
    let snapshot = observe(client, desk).await?;
    let now = at.unwrap_or_else(|| client.now());
    let mut compared = Vec::new();
    for page in &snapshot.requests {
        let Ok(mut facts) = read_facts(client, page, desk, &snapshot, Depth::All).await?.facts else { continue };
        resolve_signatures(client, std::iter::once(&mut facts)).await?;
        compared.push(whatif::compare(&facts, desk, other, &snapshot.roster, snapshot.bot.id, now));
    }
    Ok(WhatIf(compared))
}

/// Reads and decides one request, for `explain`.
///
/// # Errors
/// Where the wiki cannot be reached, or the page is no request of this desk; says why.
pub async fn explain(client: &Client, desk: &Desk, title: &str, at: Option<Time>) -> anyhow::Result<(Facts, Decision)> {
    let full = format!("{}/{title}", desk.pages.intake);
    let snapshot = observe(client, desk).await?;
    let now = at.unwrap_or_else(|| client.now());
    // By its name on the desk or by its whole title; where it was moved, what is there now.
    let found = client.page_of_each(&[full.clone(), title.to_owned()]).await?;
    let page = found.into_iter().flatten().next().ok_or_else(|| anyhow::anyhow!("there is no page {full}"))?;
    let page = match destination(&page, &[], &client.titles).filter(|_| page.redirect) {
        Some(to) => client.pages(&[to]).await?.into_iter().next().unwrap_or(page),
        None => page,
    };
    let full = &page.title;
    if !is_below_intake(&page.title, desk, &client.languages)
        && !rows(snapshot.status.as_ref().map_or("", |p| p.text())).iter().any(|r| r.page.id == page.id)
    {
        anyhow::bail!("{full} is no request: requests stand directly below {}", desk.pages.intake);
    }
    let read = read_facts(client, &page, desk, &snapshot, Depth::All).await?;
    let mut facts = read.facts.map_err(|why| anyhow::anyhow!("{full} is no request that can be read: {why}"))?;
    resolve_signatures(client, std::iter::once(&mut facts)).await?;
    let decision = decide(&facts, desk, &snapshot.roster, snapshot.bot.id, now);
    Ok((facts, decision))
}
