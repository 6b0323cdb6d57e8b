//! Reading the requests that have to be read, a few at a time, and deciding them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use futures_util::{FutureExt, StreamExt, stream};
use tracing::{Instrument, error, info_span, warn};

use super::expand::expand;
use super::request::{ReadRequest, RevisionInfos, read_request, resolve_signatures};
use super::view::{EntryKind, ToRead, View};
use crate::decide::decide;
use crate::desk::problem::{Problem, ProblemKind};
use crate::desk::{Desk, Facts};
use crate::page::{Page, PageRef, Time};
use crate::plan::change::Owns;
use crate::plan::peoples_words::own_lines;
use crate::plan::reading::{Decided, Reading};
use crate::read::request::Unreadable;
use crate::read::request_template::{may_hold_request, request_call};
use crate::records::ledger;
use crate::wiki::{Client, Error, Policy};
use crate::wikitext::names::Names;

/// How many pages are read at the same time: Wikimedia asks for no more than three requests at once.
const AT_ONCE: usize = 3;

/// So many pages may fail though no other was read; where more fail than can be read, it is the wiki that does.
const MIN_TOLERATED_FAILURES: usize = 1;

/// How many of a page's newest revisions tell whether somebody does not want what the bot writes there.
const RECENT: usize = 12;

/// Edits of a pass that are not of request pages: tables, archives, the problems page.
const OTHER_EDITS: usize = 6;

/// How many requests one pass reads anew at the most: fewer than it may change, so that a change of the rules, or a desk that
/// grew elsewhere, is worked off pass by pass.
pub(super) fn most_read(desk: &Desk) -> usize {
    desk.safety.max_edits_per_pass.saturating_sub(OTHER_EDITS).clamp(1, 500)
}

/// Reads the requests of the view that have to be read, open ones first and those that changed last, and decides them.
///
/// # Errors
/// Where the wiki cannot be reached.
pub(super) async fn read(
    client: &Client,
    desk: &Desk,
    view: &mut View,
    infos: &RevisionInfos,
    now: Time,
) -> Result<Vec<Reading>, Error> {
    let mut jobs: Vec<(PageRef, u64, ToRead)> = view
        .entries
        .values()
        .filter_map(|e| match e.kind {
            EntryKind::Request(how) => Some((e.page.clone(), e.revision, how)),
            _ => None,
        })
        .collect();
    let rows = view.snapshot.rows_by_id();
    let closed = |page: &PageRef| rows.get(&page.id).is_some_and(|r| desk.status(&r.status).is_some_and(|s| s.closed));
    jobs.sort_by_key(|(page, revision, _)| (closed(page), std::cmp::Reverse(*revision)));
    choose(&mut jobs, most_read(desk));
    let read = read_each(client, desk, view, infos, jobs, now).await?;
    decided(client, desk, view, read, now).await
}

/// Keeps the first ones, and a few of the others by chance: requests that need no edit leave no trace of having been read,
/// and a new start could come to the same ones for ever.
fn choose<T>(jobs: &mut Vec<T>, most: usize) {
    if jobs.len() > most {
        fastrand::shuffle(&mut jobs[most - most / 4..]);
        jobs.truncate(most);
    }
}

/// What came of reading a page: it was read, or left to the next pass.
type Outcome = (PageRef, Result<ReadRequest, Unread>);

/// Why a page is left to the next pass.
enum Unread {
    /// It changed while it was read.
    Changed,
    /// It could not be read.
    Failed(String),
}

/// Whether the wiki shows another page of the desk: then it is single pages that fail, however many.
async fn shows_committee(client: &Client, desk: &Desk, view: &View) -> bool {
    let title = &desk.pages.committee;
    match view.fixed.get(title).filter(|revision| **revision != 0) {
        Some(revision) => client.html(title, *revision).await.is_ok(),
        None => false,
    }
}

async fn read_each(
    client: &Client,
    desk: &Desk,
    view: &View,
    infos: &RevisionInfos,
    jobs: Vec<(PageRef, u64, ToRead)>,
    now: Time,
) -> Result<Vec<Outcome>, Error> {
    let read = |(page, revision, how): (PageRef, u64, ToRead)| async move {
        // A panic in one page's work costs that page this pass.
        let read = async {
            match read_request(client, (&page, revision), how, desk, view, infos, now).await {
                // Before it is told on the wiki that the page fails.
                Err(error) if error.policy() == Policy::Later(Duration::ZERO) => {
                    warn!("read once more: {error}");
                    read_request(client, (&page, revision), how, desk, view, infos, now).await
                }
                read => read,
            }
        };
        let span = info_span!("request", page = %page.title);
        let read = AssertUnwindSafe(read.instrument(span)).catch_unwind().await;
        (page, read)
    };
    let mut pages = stream::iter(jobs).map(read).buffered(AT_ONCE);
    let (mut outcomes, mut good, mut failed, mut works) = (Vec::new(), 0, 0, None);
    while let Some((page, read)) = pages.next().await {
        let outcome = match read {
            Ok(Ok(read)) => {
                good += 1;
                Ok(read)
            }
            // Moved, deleted or overwritten while it was read: the next pass sees what it is then.
            Ok(Err(Error::Conflict { .. })) => Err(Unread::Changed),
            Ok(Err(other)) if other.policy() == Policy::Later(Duration::ZERO) => {
                failed += 1;
                if failed > good.max(MIN_TOLERATED_FAILURES) {
                    if works.is_none() {
                        works = Some(shows_committee(client, desk, view).await);
                    }
                    if works == Some(false) {
                        return Err(other);
                    }
                }
                Err(Unread::Failed(other.to_string()))
            }
            Ok(Err(other)) => return Err(other),
            Err(panic) => Err(Unread::Failed(panic_message(&panic))),
        };
        outcomes.push((page, outcome));
    }
    Ok(outcomes)
}

async fn decided(
    client: &Client,
    desk: &Desk,
    view: &mut View,
    read: Vec<Outcome>,
    now: Time,
) -> Result<Vec<Reading>, Error> {
    let mut readings = Vec::new();
    let mut undecided: Vec<(ReadRequest, Facts)> = Vec::new();
    view.snapshot.names = view.redirects.known(&view.snapshot.names);
    for (page, outcome) in read {
        let read = match outcome {
            Ok(read) => read,
            Err(why) => {
                readings.push(unread(view, page, why));
                continue;
            }
        };
        let revision = read.page.revision.id;
        view.snapshot.past.insert(page.title.clone(), past(view, &read));
        let own = own_lines(&read.newest, ledger::BLOCK, view.snapshot.bot.id);
        view.snapshot.own_lines.insert(page.title.clone(), own);
        match read.facts.clone().filter(|_| read.ours) {
            Some(Ok(facts)) => undecided.push((read, facts)),
            // What stands there was no request template when it was written.
            Some(Err(Unreadable::NoRequest)) => {
                let problem = new_name(&read.page, &view.snapshot.names);
                if let Some(entry) = view.entries.get_mut(&page.id) {
                    entry.kind = EntryKind::Other(problem);
                }
            }
            // It lost its template a moment ago: its text tells what it is now.
            Some(Err(_)) if !may_hold_request(read.page.text(), &view.snapshot.names) => {
                if let Some(entry) = view.entries.get_mut(&page.id) {
                    entry.kind = EntryKind::Unseen(None);
                }
                readings.push(Reading::Unread(page, None));
            }
            Some(Err(why)) => readings.push(Reading::Unreadable(page, revision, why)),
            None => {
                if let Some(entry) = view.entries.get_mut(&page.id) {
                    entry.kind = EntryKind::Other(None);
                }
            }
        }
    }
    let mut expanded = Vec::new();
    for (read, mut facts) in undecided {
        match expand(client, desk, &mut facts, &mut view.expansions).await {
            Ok(()) => expanded.push((read, facts)),
            Err(error) if error.policy() == Policy::Later(Duration::ZERO) => {
                readings.push(unread(view, read.page.reference(), Unread::Failed(error.to_string())));
            }
            Err(error) => return Err(error),
        }
    }
    let mut undecided = expanded;
    resolve_signatures(client, undecided.iter_mut().map(|(_, facts)| facts)).await?;
    // Of a request that lost its template only people decide.
    let without_rules = Desk { rules: Vec::new(), ..desk.clone() };
    for (ReadRequest { page, lost, .. }, facts) in undecided {
        let rules = if lost { &without_rules } else { desk };
        let decide = || decide(&facts, rules, &view.snapshot.roster, view.snapshot.bot.id, now);
        readings.push(match catch_unwind(AssertUnwindSafe(decide)) {
            Ok(decision) if lost => Reading::Lost(Box::new(Decided { page, facts, decision })),
            Ok(decision) => Reading::Decided(Box::new(Decided { page, facts, decision })),
            Err(panic) => unread(view, page.reference(), Unread::Failed(panic_message(&panic))),
        });
    }
    readings.sort_by_key(Reading::id);
    Ok(readings)
}

/// The problem of a page whose template leads to the request template only since it was written, or only since a short time.
fn new_name(page: &Page, names: &Names) -> Option<Problem> {
    let call = request_call(page.text(), names)?;
    Some(Problem::new(ProblemKind::NewName, &page.title, format!("{{{{{}}}}}", call.name)))
}

fn past(view: &View, read: &ReadRequest) -> Vec<crate::plan::disputes::Past> {
    let newest = &read.newest[..read.newest.len().min(RECENT)];
    view.snapshot.past_of(newest, &Owns::Request)
}

/// Leaves a page to the next pass, and says why.
fn unread(view: &mut View, page: PageRef, why: Unread) -> Reading {
    let (why, failed) = match why {
        Unread::Changed => ("it changed while it was read".to_owned(), false),
        Unread::Failed(why) => (why, true),
    };
    warn!(page = %page.title, "left to the next pass: {why}");
    view.snapshot.unread.push((page.title.clone(), why.clone()));
    Reading::Unread(page, failed.then_some(why))
}

/// What a panic said.
fn panic_message(panic: &Box<dyn std::any::Any + Send>) -> String {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    let why = format!("a mistake in the bot: {}; please report it", said.unwrap_or("no words"));
    error!("{why}");
    why
}
