//! One pass: observe → read → decide → plan → apply.

mod reading;
mod roster;

use std::time::{Duration, Instant};

use chrono::Utc;
use tracing::{info, warn};

use crate::decide::{Decision, decide};
use crate::desk::{Desk, Facts, Time};
use crate::plan::draft::{self, Reading};
use crate::plan::{Base, Change, Owns, Plan};
use crate::read::names::Names;
use crate::read::request::{Unreadable, begins_request, may_hold_request};
use crate::read::snapshot::{Page, Snapshot, archive_year, has_visible_text, is_below_intake, may_be_request};
use crate::whatif::{self, WhatIf};
use crate::wiki::client::Counts;
use crate::wiki::{Client, Error};
use crate::write::tables::{Problem, rows};
use reading::{read_facts, resolve_signatures};

/// How often a pass that met a conflict begins anew before it leaves the rest to the next one.
const TRIES: usize = 3;

/// What came of a pass.
#[derive(Debug)]
pub struct Outcome {
    /// What was written, or with nothing written what would have been.
    pub plan: Plan,
    /// The changes that were made.
    pub written: Vec<Change>,
    /// Why nothing was written, where something should have been.
    pub held_back: Option<String>,
    /// Pages that changed while they were being written, in the last try.
    pub conflicts: usize,
    /// API requests since the connection was made, by kind.
    pub requests: Counts,
    /// How long it took.
    pub took: Duration,
}

/// Plans a pass and writes nothing. `at` is the time to act as if it were; none for now.
///
/// # Errors
/// Where the wiki cannot be reached or refuses to be read.
pub async fn plan(client: &Client, desk: &Desk, at: Option<Time>) -> Result<(Snapshot, Plan), Error> {
    let now = at.unwrap_or_else(Utc::now);
    let mut snapshot = observe(client, desk).await?;
    let readings = read(client, desk, &mut snapshot, now).await?;
    let plan = draft::draft(desk, &snapshot, &readings, now);
    Ok((snapshot, plan))
}

/// Makes one pass.
///
/// # Errors
/// Where the wiki cannot be reached, refuses to be read, or does not let the bot in.
pub async fn once(client: &Client, desk: &Desk, at: Option<Time>) -> Result<Outcome, Error> {
    let began = Instant::now();
    let mut written = Vec::new();
    let mut tries = 0;
    loop {
        tries += 1;
        let (snapshot, plan) = plan(client, desk, at).await?;
        let held_back = held_back(desk, &snapshot, &plan);
        let conflicts =
            if held_back.is_none() { apply(client, desk, &snapshot, &plan, &mut written).await? } else { 0 };
        if conflicts > 0 && tries < TRIES {
            continue;
        }
        let outcome = Outcome { plan, written, held_back, conflicts, requests: client.counts(), took: began.elapsed() };
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

/// Why nothing of the plan may be written.
fn held_back(desk: &Desk, snapshot: &Snapshot, plan: &Plan) -> Option<String> {
    if snapshot.stopped {
        Some(format!("User:{}/Stop has text, so nothing is written; blank it to let the bot go on", snapshot.bot.name))
    } else if desk.safety.approved.is_none() {
        Some("the configuration does not say where the community approved the bot (safety.approved), so nothing is written, only planned".to_owned())
    } else if plan.changes.len() > desk.safety.max_edits_per_pass {
        Some(format!(
            "this pass would make {} edits, more than safety.max_edits_per_pass = {}: nothing is written; look at `helpdesk plan`, then raise the limit for one pass if it is right",
            plan.changes.len(),
            desk.safety.max_edits_per_pass
        ))
    } else {
        None
    }
}

/// Reads what every pass needs, in a number of requests that does not grow with the desk.
async fn observe(client: &Client, desk: &Desk) -> Result<Snapshot, Error> {
    let pages = &desk.pages;
    let stop = format!("User:{}/Stop", client.me.name);
    let fixed =
        client.pages(&[pages.committee.clone(), pages.status.clone(), pages.problems.clone(), stop.clone()]).await?;
    let of = |title: &str| fixed.iter().find(|p| p.title == title).cloned();
    let user_page = client.spaces(&[2]);
    let is_stop = |p: &&Page| user_page.iter().any(|u| p.title == format!("{u}:{}/Stop", client.me.name));
    let stopped = fixed.iter().find(is_stop).is_some_and(|p| has_visible_text(p.text()));
    let (before_year, _) = pages.archive.split_once("{year}").unwrap_or((&pages.archive, ""));
    let archives = client.pages_below(before_year).await?;
    let below = client.pages_below(&format!("{}/", pages.intake)).await?;
    let names = names(client, desk).await?;
    let (roster, mut problems) = roster::in_force(client, desk, of(&pages.committee), &names).await?;

    for page in below.iter().filter(|p| is_below_intake(&p.title, desk, &client.languages) && !p.redirect) {
        if !may_hold_request(page.text(), &names) && begins_request(page.text(), &names) {
            problems.push(Problem::new("not-readable", &page.title, Unreadable::Ambiguous.to_string()));
        }
    }
    let mut snapshot = Snapshot {
        bot: client.me.clone(),
        stopped,
        status: of(&pages.status),
        problems_page: of(&pages.problems),
        archives: archives.into_iter().filter_map(|p| Some((archive_year(&p.title, desk)?, p))).collect(),
        requests: below.iter().filter(|p| may_be_request(p, desk, &names, &client.languages)).cloned().collect(),
        bare: Vec::new(),
        names,
        roster,
        problems: Vec::new(),
    };
    // Pages that have a row but are no request (any more): moved away, blanked, or gone.
    let strays = draft::strays(draft::known_rows(&snapshot), &snapshot.requests);
    let ids: Vec<u64> = strays.iter().map(|p| p.id).filter(|id| !below.iter().any(|p| p.id == *id)).collect();
    let elsewhere = if ids.is_empty() { Vec::new() } else { client.pages_by_id(&ids).await? };
    for page in below.into_iter().filter(|p| strays.iter().any(|s| s.id == p.id)).chain(elsewhere) {
        if page.redirect {
            continue;
        }
        let request = may_hold_request(page.text(), &snapshot.names);
        if request { snapshot.requests.push(page) } else { snapshot.bare.push(page) }
    }
    snapshot.requests.sort_by_key(|p| p.id);
    snapshot.problems.append(&mut problems);
    Ok(snapshot)
}

async fn names(client: &Client, desk: &Desk) -> Result<Names, Error> {
    let t = &desk.templates;
    let mut all: Vec<String> =
        [&t.request, &t.member, &t.decision, &t.withdraw, &t.priority].into_iter().cloned().collect();
    all.extend(desk.votes.iter().flat_map(|v| v.templates.clone()));
    let redirects = client.template_redirects(&all).await?;
    Ok(Names::new(desk, &client.spaces(&[10]), &client.spaces(&[2, 3]), &redirects))
}

/// Reads every request page that is not settled, and decides.
async fn read(client: &Client, desk: &Desk, snapshot: &mut Snapshot, now: Time) -> Result<Vec<(Page, Reading)>, Error> {
    let mut readings = Vec::new();
    let mut unsettled: Vec<(Page, Result<Facts, Unreadable>)> = Vec::new();
    let pages = std::mem::take(&mut snapshot.requests);
    for page in pages {
        if let Some(row) = draft::settled(&page, desk, snapshot, now) {
            readings.push((page, Reading::Settled(Box::new(row))));
            continue;
        }
        match read_facts(client, &page, snapshot).await {
            Ok((facts, shown)) => {
                if shown > 1 {
                    snapshot.problems.push(Problem::new("template-doubled", &page.title, String::new()));
                }
                unsettled.push((page, facts));
            }
            // Moved, deleted or overwritten while it was read: the next pass sees what it is then.
            Err(Error::Conflict { .. }) => {
                warn!(page = %page.title, "changed while it was read; left to the next pass")
            }
            Err(other) => return Err(other),
        }
    }
    resolve_signatures(client, unsettled.iter_mut().filter_map(|(_, f)| f.as_mut().ok())).await?;
    for (page, facts) in unsettled {
        let reading = match facts {
            Ok(facts) => {
                let decision = decide(&facts, desk, &snapshot.roster, snapshot.bot.id, now);
                Reading::Decided(Box::new((facts, decision)))
            }
            Err(why) => Reading::Unreadable(why),
        };
        readings.push((page, reading));
    }
    readings.sort_by_key(|(page, _)| page.id);
    Ok(readings)
}

/// Makes the changes in order. A conflict ends the try: what follows may hang on that page. A refusal concerns
/// its page alone and is put on the problems page. Gives the number of conflicts.
async fn apply(
    client: &Client,
    desk: &Desk,
    snapshot: &Snapshot,
    plan: &Plan,
    written: &mut Vec<Change>,
) -> Result<usize, Error> {
    let mut problems = plan.problems.clone();
    let mut saved: Vec<(String, u64)> = Vec::new();
    let pace = pace(desk);
    let of_problems = Owns::Block("problems".to_owned());
    let mut changes: Vec<Change> = plan.changes.iter().filter(|c| c.owns != of_problems).cloned().collect();
    let mut at = 0;
    loop {
        if at == changes.len() {
            // What was refused on the way is known only now.
            match draft::problems_change(desk, snapshot, &mut problems) {
                Some(change) if changes.last().is_none_or(|c| c.owns != of_problems) => changes.push(change),
                _ => return Ok(0),
            }
        }
        let change = &changes[at];
        at += 1;
        let base = match change.base {
            Base::Absent => None,
            Base::Revision(id) => Some(id),
            Base::Earlier => saved.iter().rev().find(|(page, _)| *page == change.page).map(|(_, id)| *id),
        };
        if !written.is_empty() {
            tokio::time::sleep(pace).await;
        }
        match client.save(change, base).await {
            Ok(done) => {
                saved.push((change.page.clone(), done.revision));
                written.push(change.clone());
                if done.merged {
                    return Ok(1);
                }
            }
            Err(Error::Conflict { page }) => {
                info!(%page, "changed while it was being written; reading again");
                return Ok(1);
            }
            Err(Error::Refused { page, code, text }) => {
                warn!(%page, %code, "the wiki refuses the edit: {text}");
                problems.push(Problem::new("refused", &page, format!("{code}: {text}")));
            }
            Err(other) => return Err(other),
        }
    }
}

/// The time between two edits.
fn pace(desk: &Desk) -> Duration {
    match desk.safety.edits_per_minute {
        0 => Duration::ZERO,
        n => Duration::from_secs(60) / n,
    }
}

/// Compares what happened to all requests, open and closed, with what the rules of another desk would have done.
///
/// # Errors
/// Where the wiki cannot be reached or refuses to be read.
pub async fn what_if(client: &Client, desk: &Desk, other: &Desk, at: Option<Time>) -> Result<WhatIf, Error> {
    let now = at.unwrap_or_else(Utc::now);
    let snapshot = observe(client, desk).await?;
    let mut compared = Vec::new();
    for page in &snapshot.requests {
        let (Ok(mut facts), _) = read_facts(client, page, &snapshot).await? else { continue };
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
    let now = at.unwrap_or_else(Utc::now);
    let full = if title.starts_with(&desk.pages.intake) {
        title.replace('_', " ")
    } else {
        format!("{}/{title}", desk.pages.intake)
    };
    let snapshot = observe(client, desk).await?;
    let page = client
        .pages(std::slice::from_ref(&full))
        .await?
        .into_iter()
        .next()
        .ok_or_else(|| anyhow::anyhow!("there is no page {full}"))?;
    if !is_below_intake(&page.title, desk, &client.languages)
        && !rows(snapshot.status.as_ref().map_or("", |p| p.text())).iter().any(|r| r.page.id == page.id)
    {
        anyhow::bail!("{full} is no request: requests stand directly below {}", desk.pages.intake);
    }
    let (read, _) = read_facts(client, &page, &snapshot).await?;
    let mut facts = read.map_err(|why| anyhow::anyhow!("{full} is no request that can be read: {why}"))?;
    resolve_signatures(client, std::iter::once(&mut facts)).await?;
    let decision = decide(&facts, desk, &snapshot.roster, snapshot.bot.id, now);
    Ok((facts, decision))
}
