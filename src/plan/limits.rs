//! What keeps the bot from writing: a whole pass, or one page. People may do as much as they like; what is held is what is
//! unusual for a bot. Pure.

use std::collections::{BTreeMap, VecDeque};

use chrono::TimeDelta;

use super::change::{Change, Owns, Plan};
use super::disputes::essence;
use super::draft::{Draft, OUTPUT_PAGES};
use super::figures_pages::is_of_year;
use crate::desk::Desk;
use crate::desk::problem::{Problem, ProblemKind};
use crate::page::Time;
use crate::plan::snapshot::Snapshot;
use crate::records::ledger::ledger_calls;
use crate::wikitext::names::Names;

/// Edits of a pass that are not of single requests: the pages that are always kept, the committee page, a brief, the problems
/// page, two archive pages, and one that is divided.
pub const OTHER_EDITS: usize = OUTPUT_PAGES.len() + 6;
/// Fewer rows than this are no table that could be emptied or halved by mistake.
const SMALLEST_TABLE: usize = 4;
/// A page is not made to say the same more often within [`LATELY`].
const MOST_REPEATED: usize = 4;
/// As long as it is remembered what a page was made to say.
const LATELY: TimeDelta = TimeDelta::hours(1);

/// How many single requests a pass may change that has made so many edits already: a change of the rules, or many requests that
/// are filed at once, are worked off pass by pass.
pub fn room(desk: &Desk, made: usize) -> usize {
    let room = desk.safety.max_edits_per_pass.saturating_sub(OTHER_EDITS + made).min(500);
    if made == 0 { room.max(1) } else { room }
}

/// Why a pass writes nothing at all, or leaves one page as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Held {
    /// The stop page has text.
    #[error("User:{0}/Stop has text or cannot be read, so nothing is written; blank it to let the bot go on")]
    Stopped(String),
    /// The configuration does not name the community's approval.
    #[error(
        "the configuration does not say where the community approved the bot (safety.approved), so nothing is written, only planned"
    )]
    Unapproved,
    /// The account is no bot any more.
    #[error(
        "the wiki has taken the bot right from {0}, so only the problems page is written; once it is given back the bot goes on by itself"
    )]
    NoBotRight(String),
    /// The roster is gone, by which votes were counted.
    #[error(
        "{0} gives nobody a vote any more, in no revision by a trusted account (was it moved or deleted?), so only the problems page is written; restore it, or run `helpdesk once --release` if that is right"
    )]
    NoRoster(String),
    /// More edits than the configuration allows.
    #[error(
        "this pass would make {0} edits, more than safety.max_edits_per_pass = {1}: only the problems page is written; look at `helpdesk plan`, then run `helpdesk once --release` if it is right"
    )]
    TooMany(usize, usize),
    /// More messages than the configuration allows: none is sent.
    #[error(
        "this pass would send {0} messages, more than notices.max_messages_per_pass = {1}: none is sent; look at `helpdesk plan`, then run `helpdesk once --release` if it is right"
    )]
    TooManyMessages(usize, usize),
    /// Half of a table's rows or more would go: it is left as it is.
    #[error(
        "{page} would lose {lost} of {rows} requests that no other table gets: it is left as it is; look at `helpdesk plan`, then run `helpdesk once --release` if it is right"
    )]
    Emptied {
        /// The table's page.
        page: String,
        /// How many requests would have no row.
        lost: usize,
        /// How many it has.
        rows: usize,
    },
    /// The problems page cannot be saved.
    #[error(
        "{0} cannot be saved ({1}), so nobody there hears what needs a person; `helpdesk plan` tells, and what to mend"
    )]
    Untold(String, String),
    /// A page would be made to say the same again and again: it is left as it is.
    #[error(
        "{0} would be made to say the same once more, for the {n}th time within an hour: it is left as it is; look at its history, somebody or something sets it back",
        n = MOST_REPEATED + 1
    )]
    Repeated(String),
}

impl Held {
    /// Whether an operator may release it; not what the community holds.
    pub fn can_be_released(&self) -> bool {
        !matches!(self, Held::Stopped(_) | Held::Unapproved)
    }

    /// The page that is held alone; none where the whole pass is.
    pub fn page(&self) -> Option<&str> {
        match self {
            Held::Emptied { page, .. } | Held::Repeated(page) => Some(page),
            Held::Stopped(_)
            | Held::Unapproved
            | Held::NoBotRight(_)
            | Held::NoRoster(_)
            | Held::TooMany(..)
            | Held::TooManyMessages(..)
            | Held::Untold(..) => None,
        }
    }

    /// Whether the whole pass is held.
    pub fn is_of_pass(&self) -> bool {
        self.page().is_none() && !matches!(self, Held::TooManyMessages(..))
    }

    /// Whether it holds this change.
    fn holds(&self, change: &Change) -> bool {
        match self {
            Held::TooManyMessages(..) => change.owns == Owns::Message,
            held => held.page().is_none_or(|page| page == change.page),
        }
    }

    /// As people read it on the problems page.
    fn problem(&self, desk: &Desk) -> Option<Problem> {
        Some(match self {
            Held::NoBotRight(name) => Problem::new(ProblemKind::HeldRight, &format!("User:{name}"), ""),
            Held::TooMany(edits, most) => {
                Problem::new(ProblemKind::HeldEdits, &desk.pages.status, format!("{edits} > {most}"))
            }
            Held::TooManyMessages(messages, most) => {
                Problem::new(ProblemKind::HeldMessages, &desk.pages.status, format!("{messages} > {most}"))
            }
            Held::Emptied { page, lost, rows } => {
                Problem::new(ProblemKind::HeldTable, page, format!("{lost} / {rows}"))
            }
            Held::Repeated(page) => Problem::new(ProblemKind::HeldRepeated, page, ""),
            // The first two forbid that too; the roster has a line of its own.
            Held::Stopped(_) | Held::Unapproved | Held::NoRoster(_) | Held::Untold(..) => return None,
        })
    }
}

/// What pages were made to say lately.
#[derive(Debug, Clone, Default)]
pub struct Said(BTreeMap<String, VecDeque<(Time, String)>>);

impl Said {
    /// Takes note of a change that was made.
    pub fn note(&mut self, change: &Change, names: &Names, now: Time) {
        self.0.values_mut().for_each(|said| said.retain(|(at, _)| now - *at < LATELY));
        self.0.retain(|_, said| !said.is_empty());
        let says = essence(&change.after, &change.owns, names);
        self.0.entry(change.page.clone()).or_default().push_back((now, says));
    }

    /// Whether a change makes its page say what it was made to say too often lately.
    fn repeats(&self, change: &Change, names: &Names, now: Time) -> bool {
        let Some(said) = self.0.get(&change.page).filter(|said| said.len() >= MOST_REPEATED) else { return false };
        let says = essence(&change.after, &change.owns, names);
        said.iter().filter(|(at, before)| now - *at < LATELY && *before == says).count() >= MOST_REPEATED
    }
}

/// How many of these changes are messages, and how many are not.
pub fn messages_and_edits(changes: &[Change]) -> (usize, usize) {
    let messages = changes.iter().filter(|change| change.owns == Owns::Message).count();
    (messages, changes.len() - messages)
}

/// What of the plan may not be written. `made` are the changes that this pass has made already, `said` what was written before.
pub fn held(desk: &Desk, snapshot: &Snapshot, draft: &Draft, made: &[Change], said: &Said, now: Time) -> Vec<Held> {
    let changes = &draft.plan.changes;
    let ((sent, edited), (to_send, to_edit)) = (messages_and_edits(made), messages_and_edits(changes));
    // Figures have a page for each year: an old desk gets them all at once.
    let years = made.iter().chain(changes).filter(|change| is_of_year(&change.page, desk)).count();
    let (messages, edits) = (sent + to_send, edited + to_edit - years);
    if snapshot.stopped {
        return vec![Held::Stopped(snapshot.bot.name.clone())];
    }
    if desk.safety.approved.is_none() {
        return vec![Held::Unapproved];
    }
    if snapshot.lost_bot_right {
        return vec![Held::NoBotRight(snapshot.bot.name.clone())];
    }
    // Where votes were counted there was a roster. What the bot itself last saved tells so, and nobody else's ledger.
    let last_own = |page: &str| snapshot.past.get(page)?.iter().find(|past| past.by_bot);
    let counted = |page: &str| {
        let calls = last_own(page).map(|past| ledger_calls(&past.says)).unwrap_or_default();
        calls.iter().any(|c| c.value("counted") == "yes" || c.value("by") == "person")
    };
    if snapshot.roster.electorate.is_none()
        && !snapshot.roster.terms.iter().any(|term| term.role.votes())
        && changes.iter().any(|c| c.owns == Owns::Request && counted(&c.page))
    {
        return vec![Held::NoRoster(desk.pages.committee.clone())];
    }
    if edits > desk.safety.max_edits_per_pass {
        return vec![Held::TooMany(edits, desk.safety.max_edits_per_pass)];
    }
    let has_row = |id| draft.known.get(&id).is_some_and(|k| k.row.is_some());
    let emptied = snapshot.rows.iter().filter_map(|(page, rows)| {
        let ids: Vec<u64> = rows.iter().map(|row| row.page.id).collect();
        let (lost, rows) = (lost_rows(&ids, has_row)?, ids.len());
        changes.iter().any(|c| c.page == *page).then(|| Held::Emptied { page: page.clone(), lost, rows })
    });
    let repeated = changes.iter().filter(|change| said.repeats(change, &snapshot.names, now));
    let most = desk.notices.max_messages_per_pass;
    let flood = (messages > most && to_send > 0).then_some(Held::TooManyMessages(messages, most));
    emptied.chain(flood).chain(repeated.map(|change| Held::Repeated(change.page.clone()))).collect()
}

/// The plan without what is held, and with that among the problems. Of a pass that is held as a whole only those are left.
pub fn let_through(plan: &Plan, held: &[Held], desk: &Desk) -> Plan {
    let is_held = |change: &&Change| held.iter().any(|held| held.holds(change));
    let changes = plan.changes.iter().filter(|change| !is_held(change)).cloned().collect();
    let mut problems = plan.problems.clone();
    problems.extend(held.iter().filter_map(|held| held.problem(desk)));
    Plan { changes, problems }
}

/// Leaves to the next pass what would take longer than half a minute to send, at so many edits a minute; gives how many messages
/// that are.
pub fn leave_messages(plan: &mut Plan, per_minute: u32) -> usize {
    let most = match usize::try_from(per_minute / 2) {
        Ok(most) if per_minute > 0 => most.max(1),
        _ => usize::MAX,
    };
    let (mut sent, before) = (0, plan.changes.len());
    plan.changes.retain(|change| {
        sent += usize::from(change.owns == Owns::Message);
        change.owns != Owns::Message || sent <= most
    });
    before - plan.changes.len()
}

/// How many requests of a table would have no row anywhere, if they are half of them or more. A row that moves from one table
/// to another is not lost.
fn lost_rows(ids: &[u64], has_row: impl Fn(u64) -> bool) -> Option<usize> {
    let lost = ids.iter().filter(|id| !has_row(**id)).count();
    (ids.len() >= SMALLEST_TABLE && lost * 2 >= ids.len()).then_some(lost)
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
