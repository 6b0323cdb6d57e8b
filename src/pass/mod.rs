//! One pass: fetch → classify → read → decide → plan → apply.

mod apply;
mod classify;
mod committee;
mod electors;
mod expand;
mod fetch;
mod intake;
mod mail;
mod minutes;
mod read;
mod redirects;
mod request;
mod shown;
mod single;
mod slow;
mod trust;
mod view;
mod watched;
mod wiki_rules;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing::info;

use crate::desk::Desk;
use crate::desk::events::{Due, Event};
use crate::desk::problem::Problem;
use crate::page::{Revision, Time};
use crate::plan::draft::{Draft, draft};
use crate::plan::limits::{self, Held, Said};
use crate::plan::mail::Mail;
use crate::plan::peoples_words::own_lines;
use crate::plan::refusals::{self, Refusal};
use crate::plan::snapshot::Snapshot;
use crate::plan::{Base, Change, Owns, Plan, events, reading};
use crate::wiki::client::Counts;
use crate::wiki::{Client, Error};
use apply::{Applied, apply};
use request::RevisionInfos;
pub use single::{all_rows, explain, what_if};
pub use slow::Beside;
use slow::Slow;
use view::View;
pub use watched::Watched;
pub use wiki_rules::{in_force, in_words, tried};

/// How often a pass that met a conflict begins anew before it leaves the rest to the next one.
const TRIES: usize = 3;
/// How many older revisions of a table tell whether somebody does not want what the bot writes there.
const PAST_REVISIONS: usize = 12;

/// What came of a pass.
#[derive(Debug)]
pub struct Outcome {
    /// What was written, or with nothing written what would have been.
    pub plan: Plan,
    /// The changes that were made.
    pub written: Vec<Change>,
    /// Why nothing was written, where something should have been.
    pub held_back: Option<Held>,
    /// Pages that were left as they are, while others were written.
    pub held_pages: Vec<Held>,
    /// Request pages that could not be read this time, with why; they are as they were.
    pub unread: Vec<(String, String)>,
    /// How many requests are left to a later pass, since one pass reads only so many.
    pub backlog: usize,
    /// When time alone will change something.
    pub due: Option<Time>,
    /// How many requests there are in each status.
    pub statuses: BTreeMap<String, usize>,
    /// What lately happened to requests, the newest first.
    pub events: Vec<Event>,
    /// What is due, the first first.
    pub dates: Vec<Due>,
    /// What on the wiki concerns this desk.
    pub watched: Watched,
    /// Pages that changed while they were being written, in the last try.
    pub conflicts: usize,
    /// API requests since the connection was made, by kind.
    pub requests: Counts,
    /// How long it took.
    pub took: Duration,
}

/// What a pass looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// All pages of the desk.
    Everything,
    /// Pages that may have changed, by title, each with whether its whole history has to be read anew. Of all others nothing
    /// has changed since the pass before.
    Pages(BTreeMap<String, bool>),
}

/// State carried between passes. Without it a pass reads what it needs from the wiki.
#[derive(Debug, Default)]
pub struct PassState {
    /// An operator has looked at the plan and releases what would hold it back, but for the stop page and approval.
    pub released: bool,
    /// Slow pages are asked for between the passes, not at the end of each.
    beside: bool,
    slow: Slow,
    view: Option<View>,
    /// The desk with the rules in force, by which the view was made.
    desk: Option<Arc<Desk>>,
    infos: RevisionInfos,
    said: Said,
    /// Edits that the wiki refused, and that stand on no problems page.
    untold: Vec<Refusal>,
    /// The wiki was asked what the bot may edit, and that was all it wanted to.
    may_edit_all: bool,
    /// What was looked up to write to people.
    mail: Mail,
    /// Pages whose whole history has to be read anew, until a pass has done so.
    whole: BTreeSet<String>,
}

/// Another look, of which nobody told anything.
fn again() -> Look {
    Look::Pages(BTreeMap::new())
}

impl PassState {
    /// For a bot that goes on: slow pages are asked for by [`Beside`].
    #[must_use]
    pub fn beside() -> Self {
        PassState { beside: true, ..PassState::default() }
    }

    /// Hands over to the next pass what was answered beside the last one.
    pub fn take_answers(&mut self, beside: &mut Beside<'_>) {
        beside.hand_over(&mut self.slow);
    }

    /// Has asked for beside everything else what the last pass could not read.
    pub fn ask_for_slow(&self, beside: &mut Beside<'_>) {
        beside.take_over(&self.slow);
    }

    /// Whether the passes so far saw this revision of a page, or a newer one.
    pub fn has_seen(&self, title: &str, revision: u64) -> bool {
        self.view.as_ref().and_then(|view| view.newest(title)).is_some_and(|newest| newest >= revision)
    }
}

/// Plans a pass and writes nothing. `at` is the time to act as if it were; none for now. Gives also how many requests
/// there are.
///
/// # Errors
/// Where the wiki cannot be reached or refuses to be read.
pub async fn plan(client: &Client, desk: &Desk, at: Option<Time>) -> Result<(Snapshot, Plan, usize), Error> {
    let mut state = PassState::default();
    let (_, mut view, mut draft, _) = planned(client, desk, at, &mut state, &Look::Everything, (&[], 0)).await?;
    if state.slow.is_waiting() {
        state.slow.ask_all(client).await?;
        state.view = Some(view);
        (_, view, draft, _) = planned(client, desk, at, &mut state, &again(), (&[], 0)).await?;
    }
    Ok((view.snapshot, draft.plan, draft.known.len()))
}

/// Makes one pass over everything.
///
/// # Errors
/// Where the wiki cannot be reached, refuses to be read, or does not let the bot in.
pub async fn once(client: &Client, desk: &Desk, at: Option<Time>) -> Result<Outcome, Error> {
    next(client, desk, at, &mut PassState::default(), &Look::Everything).await
}

/// Makes one pass with what earlier ones left behind.
///
/// # Errors
/// As [`once`]. The next pass looks at everything then.
pub async fn next(
    client: &Client,
    desk: &Desk,
    at: Option<Time>,
    state: &mut PassState,
    look: &Look,
) -> Result<Outcome, Error> {
    let began = Instant::now();
    if let Look::Pages(pages) = look {
        state.whole.extend(pages.iter().filter(|(_, whole)| **whole).map(|(title, _)| title.clone()));
    }
    let mut look = look.clone();
    let mut written = Vec::new();
    let mut tries = 0;
    let mut looked_twice = false;
    let mut refused = Vec::new();
    loop {
        tries += 1;
        let (ruled, mut view, mut draft, now) =
            // On the heap: a thread's stack holds only so many futures within each other.
            Box::pin(planned(client, desk, at, state, &look, (&refused, limits::messages_and_edits(&written).1))).await?;
        let desk = &*ruled;
        look = Look::Everything;
        let mut held = limits::held(desk, &view.snapshot, &draft, &written, &state.said, now);
        held.retain(|held| !(state.released && held.can_be_released()));
        let mut held_back = held.iter().find(|held| held.is_of_pass()).cloned();
        let (mut conflicts, mut later) = (0, 0);
        // What is held is told on the wiki, where anything may be written at all.
        if held_back.as_ref().is_none_or(Held::can_be_released) {
            let mut plan = limits::let_through(&draft.plan, &held, desk);
            draft.plan.problems.clone_from(&plan.problems);
            // A running bot looks at the requests between messages.
            if state.beside {
                later = limits::leave_messages(&mut plan, desk.safety.edits_per_minute);
            }
            let before = written.len();
            let applied = apply(client, desk, &mut view, &plan, &mut written).await;
            state.mail = view.snapshot.mail.clone().kept();
            for change in &written[before..] {
                state.said.note(change, &view.snapshot.names, now);
            }
            let listed = refusals::known(&view.snapshot.listed);
            state.untold.clone_from(&view.snapshot.refusals);
            state.untold.retain(|refusal| !listed.contains(refusal));
            match applied? {
                Applied::All => {}
                Applied::Conflict => conflicts = 1,
                // A proposal that was moved is a request now; where the wiki did not want it, there may be another way.
                Applied::Moved(refusal) => {
                    refused.extend(refusal);
                    state.view = Some(view);
                    tries -= 1;
                    continue;
                }
                Applied::Held(held) => held_back = Some(held),
            }
        }
        if conflicts > 0 && tries < TRIES {
            state.view = Some(view);
            continue;
        }
        // The others are done: there is time for what takes long.
        let second_look = !state.beside && !std::mem::replace(&mut looked_twice, true) && state.slow.is_waiting();
        if second_look && conflicts == 0 && held_back.is_none() {
            state.slow.ask_all(client).await?;
            look = again();
            state.view = Some(view);
            continue;
        }
        let untold = untold(desk, state, &draft);
        let outcome = Outcome {
            watched: watched(client, desk, &view),
            unread: std::mem::take(&mut view.snapshot.unread),
            backlog: view.backlog() + draft.left + later,
            plan: draft.plan,
            written,
            held_back,
            held_pages: held.into_iter().filter(|held| !held.is_of_pass()).chain(untold).collect(),
            conflicts,
            due: view.due(desk, now),
            statuses: reading::statuses(view.known()),
            events: events::events(view.known(), desk, view.snapshot.language()),
            dates: events::due(view.known(), desk, &view.snapshot, now),
            requests: client.counts(),
            took: began.elapsed(),
        };
        // What is not as it was planned is looked at again.
        let as_planned = outcome.conflicts == 0 && outcome.held_back.is_none();
        if as_planned && outcome.unread.is_empty() {
            state.whole.clear();
        }
        state.view = as_planned.then_some(view);
        log(&outcome);
        return Ok(outcome);
    }
}

fn log(outcome: &Outcome) {
    let kinds: Vec<String> = outcome.requests.iter().map(|(kind, n)| format!("{kind} {n}")).collect();
    info!(
        requests = outcome.requests.values().sum::<usize>(),
        edits = outcome.written.len(),
        problems = outcome.plan.problems.len(),
        backlog = outcome.backlog,
        seconds = outcome.took.as_secs_f32(),
        "pass finished: {}",
        kinds.join(", ")
    );
}

/// Reads, decides and plans, by the rules that are in force; with what was refused and how many edits were made in this pass.
/// The state's view is used up: it is put back once what was planned is done.
async fn planned(
    client: &Client,
    desk: &Desk,
    at: Option<Time>,
    state: &mut PassState,
    look: &Look,
    (refused, made): (&[Refusal], usize),
) -> Result<(Arc<Desk>, View, Draft, Time), Error> {
    client.regain_bot_right().await?;
    let now = at.unwrap_or_else(|| client.now());
    let (ruled, mut view, everything) = Box::pin(looked(client, desk, state, look, now)).await?;
    let desk = &*ruled;
    view.read_whole(&state.whole);
    view.snapshot.refusals.extend_from_slice(refused);
    view.snapshot.refusals.extend(state.untold.iter().cloned());
    view.snapshot.room = limits::room(desk, made);
    view.snapshot.lost_bot_right = client.lost_bot_right();
    view.snapshot.mail = std::mem::take(&mut state.mail);
    if everything {
        view.snapshot.mail.not_before.clear();
        view.snapshot.mail.recipients.clear();
    }
    let now = at.unwrap_or_else(|| client.now());
    view.resolve_minutes(desk, now);
    let read = Box::pin(read::read(client, desk, &mut view, (&state.infos, &mut state.slow), now)).await?;
    view.snapshot.problems = view.problems_of_desk().chain(classify::problems(&view.entries)).collect();
    let readings = view.readings(read);
    let mut drafted = draft(desk, &view.snapshot, &readings, &view.basis, now);
    // At a start, and as long as anything may not be edited.
    if everything && (!state.may_edit_all || !view.snapshot.refusals.is_empty()) {
        if permissions(client, desk, &mut view.snapshot, &drafted.plan).await? {
            drafted = draft(desk, &view.snapshot, &readings, &view.basis, now);
        }
        state.may_edit_all = view.snapshot.not_editable.is_empty();
    }
    if work::look_below(client, desk, &mut view, &drafted, now).await? {
        drafted = draft(desk, &view.snapshot, &readings, &view.basis, now);
    }
    if look_back(client, &mut view.snapshot, &drafted.plan).await? {
        drafted = draft(desk, &view.snapshot, &readings, &view.basis, now);
    }
    // First what was sent, then to whom, then the words.
    while !drafted.wanted.is_empty() {
        Box::pin(mail::look_up(client, desk, &mut view.snapshot, &drafted.wanted, now)).await?;
        drafted = draft(desk, &view.snapshot, &readings, &view.basis, now);
    }
    view.snapshot.mail.not_before.extend(drafted.not_before.clone());
    state.mail = view.snapshot.mail.clone().kept();
    view.planned(&drafted);
    Ok((ruled, view, drafted, now))
}

/// The desk with the rules in force, the view as the look asks for it, and whether everything was looked at.
async fn looked(
    client: &Client,
    desk: &Desk,
    state: &mut PassState,
    look: &Look,
    now: Time,
) -> Result<(Arc<Desk>, View, bool), Error> {
    let before = match (state.view.take(), look, state.desk.clone()) {
        (Some(mut view), Look::Pages(hinted), Some(ruled)) => {
            view.snapshot.past.clear();
            view.snapshot.own_lines.clear();
            view.snapshot.not_editable.retain(|title, _| !hinted.contains_key(title));
            if hinted.values().any(|whole| *whole) {
                state.infos.clear();
            }
            // A log may tell that a protection or a block has gone.
            let lifted = hinted.values().any(|log| *log) && !view.snapshot.refusals.is_empty();
            // Or that a version of the rules is hidden.
            let of_rules = hinted.get(&client.titles.local(&desk.rules_page)) == Some(&true);
            if !lifted && !of_rules && fetch::these(client, &ruled, &mut view, hinted, now).await? {
                return Ok((ruled, view, false));
            }
            Some(view)
        }
        (before, ..) => before,
    };
    state.infos.clear();
    let ruled = Arc::new(wiki_rules::in_force(client, desk).await?);
    wiki_rules::tell_news(&ruled, state.desk.as_deref());
    // What was known was decided by other rules.
    let before = before.filter(|_| state.desk.as_ref() == Some(&ruled));
    state.desk = Some(Arc::clone(&ruled));
    let view = fetch::everything(client, &ruled, before, now).await?;
    Ok((ruled, view, true))
}

/// That the problems page cannot be saved.
fn untold(desk: &Desk, state: &PassState, draft: &Draft) -> Option<Held> {
    let page = &desk.pages.problems;
    let refused = || state.untold.iter().find(|r| r.page == *page).map(Refusal::problem);
    let Problem { kind, detail, .. } = draft.untold.clone().or_else(refused)?;
    let why = if detail.is_empty() { kind.id().to_owned() } else { format!("{}: {detail}", kind.id()) };
    Some(Held::Untold(page.clone(), why))
}

/// Asks the wiki what the bot may edit of what it would, and of what was refused before: that is tried again where a block or a
/// protection has gone, and not tried at all where there is one. Gives whether anything has changed.
async fn permissions(client: &Client, desk: &Desk, snapshot: &mut Snapshot, plan: &Plan) -> Result<bool, Error> {
    let of_permission = snapshot.refusals.iter().filter(|r| r.is_of_permission()).map(|r| &r.page);
    let mut pages: BTreeSet<String> = plan.changes.iter().map(|c| &c.page).chain(of_permission).cloned().collect();
    if pages.is_empty() {
        return Ok(false);
    }
    pages.insert(desk.pages.problems.clone());
    snapshot.not_editable = client.not_editable(&pages.into_iter().collect::<Vec<_>>()).await?;
    let before = snapshot.refusals.len();
    snapshot.refusals.retain(|r| !r.is_of_permission() || snapshot.not_editable.contains_key(&r.page));
    Ok(snapshot.refusals.len() < before || !snapshot.not_editable.is_empty())
}

/// Looks up the history of tables that the plan changes and that somebody else saved last, or wrote into: they may not want
/// the change, and their words are not the bot's. A brief that people deleted is not written again. Gives whether there is any.
async fn look_back(client: &Client, snapshot: &mut Snapshot, plan: &Plan) -> Result<bool, Error> {
    let mut found = false;
    if let Some(brief) = snapshot.brief.clone().filter(|title| plan.changes.iter().any(|c| c.page == *title))
        && client.was_created(&brief).await?
    {
        snapshot.brief = None;
        found = true;
    }
    let by_bot = |r: &Revision| r.user.as_ref().is_some_and(|u| u.id == client.me.id);
    for change in &plan.changes {
        let (Owns::Block(block), Some(page)) = (&change.owns, snapshot.kept.get(&change.page)) else { continue };
        let untouched = by_bot(&page.revision) && change.moved.is_empty();
        if untouched || change.base != Base::Revision(page.revision.id) || snapshot.past.contains_key(&change.page) {
            continue;
        }
        let mut newest = vec![page.revision.clone()];
        newest.extend(client.revisions_before(&page.title, page.revision.id, PAST_REVISIONS).await?);
        let past = snapshot.past_of(&newest, &change.owns);
        if !newest.iter().any(by_bot) {
            newest.extend(client.last_by(&page.title, &client.me.name).await?);
        }
        snapshot.own_lines.insert(change.page.clone(), own_lines(&newest, block, client.me.id));
        snapshot.past.insert(change.page.clone(), past);
        found = true;
    }
    Ok(found)
}

/// What on the wiki concerns a desk, as a pass found it.
fn watched(client: &Client, desk: &Desk, view: &View) -> Watched {
    let below = format!("{}/", desk.pages.intake);
    // Requests may have been moved elsewhere.
    let elsewhere = view.entries.values().map(|e| &e.page.title).filter(|title| !title.starts_with(&below));
    Watched::new(client, desk).with(elsewhere.cloned(), view.snapshot.names.pages())
}
