//! Reading the requests that have to be read, a few at a time, and deciding them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{FutureExt, StreamExt, stream};
use tokio::sync::OnceCell;
use tokio::time::Instant;
use tracing::{Instrument, error, info, info_span, warn};

use super::electors;
use super::expand::expand;
use super::request::{ReadRequest, RevisionInfos, read_request, resolve_names};
use super::slow::{self, Slow, another, cause, concerns_page, show};
use super::view::{EntryKind, READ_AGAIN, ToRead, View};
use super::work::look_up_outcomes;
use crate::decide::decide;
use crate::desk::problem::{Cause, CauseCode, Problem, ProblemKind};
use crate::desk::{Desk, Facts};
use crate::page::{Page, PageRef, Time};
use crate::plan::change::Owns;
use crate::plan::peoples_words::own_lines;
use crate::plan::reading::{Decided, Reading};
use crate::read::request::Unreadable;
use crate::read::request_template::{may_hold_request, request_call};
use crate::records::ledger;
use crate::wiki::client::AT_ONCE;
use crate::wiki::error::Trouble;
use crate::wiki::{Client, Error};
use crate::wikitext::names::Names;

/// How many of a page's newest revisions tell whether somebody does not want what the bot writes there.
const RECENT: usize = 12;

/// Reads the requests of the view that have to be read, open ones first and those that changed last, and decides them.
///
/// # Errors
/// Where the wiki cannot be reached.
pub(super) async fn read(
    client: &Client,
    desk: &Desk,
    view: &mut View,
    (infos, slow): (&RevisionInfos, &mut Slow),
    now: Time,
) -> Result<Vec<Reading>, Error> {
    let (mut jobs, mut failed): (Vec<Job>, Vec<Outcome>) = (Vec::new(), Vec::new());
    for (page, revision, how) in view.to_read() {
        let mut html = None;
        if how.patient {
            match slow.answer(revision) {
                // Nobody waits for those that take their time.
                None => continue,
                Some(Err(why)) => {
                    failed.push(((page.clone(), revision), Err(Unread::Failed(why))));
                    continue;
                }
                Some(Ok(shown)) => html = Some(shown),
            }
        }
        jobs.push((page.clone(), revision, how, html));
    }
    let rows = view.snapshot.rows_by_id();
    let closed = |page: &PageRef| rows.get(&page.id).is_some_and(|r| desk.status(&r.status).is_some_and(|s| s.closed));
    jobs.sort_by_key(|(page, revision, ..)| (closed(page), std::cmp::Reverse(*revision)));
    choose(&mut jobs, view.snapshot.room);
    let mut read = read_each(client, desk, view, infos, jobs, now).await?;
    read.extend(failed);
    let readings = decided(client, desk, view, read, now).await?;
    slow.want(desk, view);
    Ok(readings)
}

/// Keeps the first ones, and a few of the others by chance: requests that need no edit leave no trace of having been read,
/// and a new start could come to the same ones for ever.
fn choose<T>(jobs: &mut Vec<T>, most: usize) {
    if jobs.len() > most {
        fastrand::shuffle(&mut jobs[most - most / 4..]);
        jobs.truncate(most);
    }
}

/// A page to be read at a revision: how, and with its HTML, if that was asked for before.
type Job = (PageRef, u64, ToRead, Option<Arc<str>>);

/// What came of reading a page at a revision.
type Outcome = ((PageRef, u64), Result<ReadRequest, Unread>);

/// Why a page was not read.
enum Unread {
    /// It changed while it was read.
    Changed,
    /// The wiki does not show it.
    Failed(Trouble),
    /// The bot fails on it.
    Panicked(String),
}

/// Whether the wiki shows another page of the desk: then it is single pages that fail, however many.
async fn shows_another(client: &Client, desk: &Desk, view: &View) -> bool {
    show(client, another(desk, view)).await.is_ok()
}

async fn read_each(
    client: &Client,
    desk: &Desk,
    view: &View,
    infos: &RevisionInfos,
    jobs: Vec<Job>,
    now: Time,
) -> Result<Vec<Outcome>, Error> {
    let (good, failed, slow, works) =
        (&AtomicUsize::new(0), &AtomicUsize::new(0), &AtomicUsize::new(0), &OnceCell::new());
    let read = |(page, revision, how, html): Job| async move {
        // A panic in one page's work costs that page alone.
        let limit = (!how.patient).then(|| slow::limit(slow.load(Ordering::Relaxed)));
        let began = Instant::now();
        let read = read_request(client, (&page, revision), (how, limit, html.as_deref()), desk, view, infos, now);
        let read = AssertUnwindSafe(read.instrument(info_span!("request", page = %page.title))).catch_unwind().await;
        // Where more fail than can be read, it may be the wiki that does. That is asked here, where the other pages go on:
        // they may have the turn at the wiki that this waits for.
        let wiki_fails = match &read {
            Ok(Ok(_)) => {
                good.fetch_add(1, Ordering::Relaxed);
                false
            }
            Ok(Err(error)) if concerns_page(error) => {
                let took_all = limit.is_some_and(|limit| began.elapsed() >= limit);
                slow.fetch_add(usize::from(took_all), Ordering::Relaxed);
                let failed = failed.fetch_add(1, Ordering::Relaxed) + 1;
                failed > good.load(Ordering::Relaxed) && !*works.get_or_init(|| shows_another(client, desk, view)).await
            }
            _ => false,
        };
        ((page, revision), read, wiki_fails)
    };
    let mut pages = stream::iter(jobs).map(read).buffered(AT_ONCE);
    let mut outcomes = Vec::new();
    while let Some((page, read, wiki_fails)) = pages.next().await {
        let outcome = match read {
            Ok(Ok(read)) => Ok(read),
            // Moved, deleted or overwritten.
            Ok(Err(Error::Conflict { .. })) => Err(Unread::Changed),
            Ok(Err(other)) if concerns_page(&other) && !wiki_fails => Err(Unread::of(&other)),
            Ok(Err(other)) => return Err(other),
            Err(panic) => Err(Unread::Panicked(panic_message(&panic))),
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
    for ((page, revision), outcome) in read {
        let read = match outcome {
            Ok(read) => read,
            Err(why) => {
                readings.push(unread(view, (page, revision), why, now));
                continue;
            }
        };
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
                readings.push(Reading::Unread(page));
            }
            Some(Err(why)) => {
                let problem = why.problem(&page.title);
                readings.push(Reading::Unreadable(page, revision, problem, None));
            }
            None => {
                if let Some(entry) = view.entries.get_mut(&page.id) {
                    entry.kind = EntryKind::Other(None);
                }
            }
        }
    }
    let mut expanded = Vec::new();
    for (read, mut facts) in undecided {
        look_up_outcomes(client, &mut facts).await?;
        match expand(client, desk, &mut facts, &mut view.expansions).await {
            Ok(()) => expanded.push((read, facts)),
            Err(error) if concerns_page(&error) => {
                let page = (read.page.reference(), read.page.revision.id);
                readings.push(unread(view, page, Unread::of(&error), now));
            }
            Err(error) => return Err(error),
        }
    }
    let mut undecided = expanded;
    resolve_names(client, undecided.iter_mut().map(|(_, facts)| facts)).await?;
    let all = undecided.iter_mut().map(|(_, facts)| facts);
    electors::look_up(client, &view.snapshot.roster, all, &mut view.electors).await?;
    // Of a request that lost its template only people decide.
    let without_rules = Desk { rules: Vec::new(), ..desk.clone() };
    for (ReadRequest { page, lost, .. }, facts) in undecided {
        let rules = if lost { &without_rules } else { desk };
        let decide = || decide(&facts, rules, &view.snapshot.roster, view.snapshot.bot.id, now);
        readings.push(match catch_unwind(AssertUnwindSafe(decide)) {
            Ok(decision) if lost => Reading::Lost(Box::new(Decided { page, facts, decision })),
            Ok(decision) => Reading::Decided(Box::new(Decided { page, facts, decision })),
            Err(panic) => {
                unread(view, (page.reference(), page.revision.id), Unread::Panicked(panic_message(&panic)), now)
            }
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

impl Unread {
    fn of(error: &Error) -> Self {
        Unread::Failed(error.trouble())
    }
}

/// What is known of a page that was not read. One that the wiki did not show at once is asked for once more while
/// others are read; one that it does not show then is named, and left until it changes.
fn unread(view: &mut View, (page, revision): (PageRef, u64), why: Unread, now: Time) -> Reading {
    let (why, cause) = match why {
        Unread::Changed => {
            info!(page = %page.title, "it changed while it was read, and is left to the next pass");
            view.snapshot.unread.push((page.title.clone(), "it changed while it was read".to_owned()));
            return Reading::Unread(page);
        }
        Unread::Failed(why) if !view.is_read_patiently(page.id) => {
            info!(page = %page.title, "asked for once more, beside everything else: {why}");
            view.read_patiently(page.id);
            return Reading::Unread(page);
        }
        Unread::Failed(why) => (why.to_string(), cause(&why)),
        Unread::Panicked(said) => {
            (format!("a mistake in the bot: {said}; please report it"), Cause::new(CauseCode::Mistake, said))
        }
    };
    warn!(page = %page.title, revision, "it cannot be read, and is left until it changes: {why}");
    let problem = match view.snapshot.unread_at(&page.title, revision) {
        Some(known) => known.clone(),
        None => Problem::unread(&page.title, revision, cause),
    };
    Reading::Unreadable(page, revision, problem, Some(now + READ_AGAIN))
}

/// What a panic said.
fn panic_message(panic: &Box<dyn std::any::Any + Send>) -> String {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    let said = said.unwrap_or_default().to_owned();
    error!("a mistake in the bot: {said}; please report it");
    said
}
