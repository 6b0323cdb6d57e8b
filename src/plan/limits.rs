//! What keeps the bot from writing: a whole pass, or one page. Pure.

use super::change::Owns;
use super::draft::Draft;
use crate::desk::Desk;
use crate::plan::snapshot::Snapshot;
use crate::records::ledger::ledger_calls;

/// Fewer rows than this are no table that could be emptied or halved by mistake.
const SMALLEST_TABLE: usize = 4;
/// So few edits are never too many, and so many passes have to be known before any number is.
const FEW: usize = 10;
/// What is usual is five times as much at the most.
const FAR_MORE: usize = 5;

/// Why a pass writes nothing at all.
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
    /// The roster is gone, by which votes were counted.
    #[error(
        "{0} gives nobody a vote any more, in no revision by a trusted account (was it moved or deleted?), so nothing is written; restore it, or run `helpdesk once --release` if that is right"
    )]
    NoRoster(String),
    /// More edits than the configuration allows.
    #[error(
        "this pass would make {0} edits, more than safety.max_edits_per_pass = {1}: nothing is written; look at `helpdesk plan`, then run `helpdesk once --release` if it is right"
    )]
    TooMany(usize, usize),
    /// Far more edits than in the passes before.
    #[error(
        "this pass would make {0} edits, and no pass before made more than {1}: nothing is written; look at `helpdesk plan`, then run `helpdesk once --release` if it is right"
    )]
    Unusual(usize, usize),
    /// Half of the rows or more would go.
    #[error(
        "this pass would take {0} of {1} requests out of the tables: nothing is written; look at `helpdesk plan`, then run `helpdesk once --release` if it is right"
    )]
    Emptied(usize, usize),
}

impl Held {
    /// Whether an operator may release it; not what the community holds.
    pub fn can_be_released(&self) -> bool {
        !matches!(self, Held::Stopped(_) | Held::Unapproved)
    }
}

/// How many edits the passes before made, as far as they made any.
#[derive(Debug, Clone, Default)]
pub struct Usual {
    passes: usize,
    most: usize,
}

impl Usual {
    /// Whether so many edits are far more than that.
    fn exceeded(&self, edits: usize) -> bool {
        self.passes >= FEW && edits > FEW && edits > FAR_MORE * self.most
    }

    /// One more pass made so many edits.
    pub fn note(&mut self, edits: usize) {
        if edits > 0 {
            self.passes += 1;
            self.most = self.most.max(edits);
        }
    }
}

/// Why nothing of the plan may be written. `made` is how many edits this pass has made already.
pub fn held(desk: &Desk, snapshot: &Snapshot, draft: &Draft, made: usize, usual: &Usual) -> Option<Held> {
    let changes = &draft.plan.changes;
    let edits = made + changes.len();
    if snapshot.stopped {
        return Some(Held::Stopped(snapshot.bot.name.clone()));
    }
    if desk.safety.approved.is_none() {
        return Some(Held::Unapproved);
    }
    // Where votes were counted there was a roster. What the bot itself last saved tells so, and nobody else's ledger.
    let last_own = |page: &str| snapshot.past.get(page)?.iter().find(|past| past.by_bot);
    let counted = |page: &str| {
        let calls = last_own(page).map(|past| ledger_calls(&past.says)).unwrap_or_default();
        calls.iter().any(|c| c.value("counted") == "yes" || c.value("by") == "person")
    };
    if snapshot.roster.terms.is_empty() && changes.iter().any(|c| c.owns == Owns::Request && counted(&c.page)) {
        return Some(Held::NoRoster(desk.pages.committee.clone()));
    }
    let tables = snapshot.rows.values().map(|rows| rows.iter().map(|row| row.page.id).collect());
    let (lost, before) = lost_rows(tables, |id| draft.known.get(&id).is_some_and(|k| k.row.is_some()));
    if lost > 0 && lost * 2 >= before {
        return Some(Held::Emptied(lost, before));
    }
    if edits > desk.safety.max_edits_per_pass {
        return Some(Held::TooMany(edits, desk.safety.max_edits_per_pass));
    }
    if usual.exceeded(edits) {
        return Some(Held::Unusual(edits, usual.most));
    }
    None
}

/// Of the table that loses most: how many of its requests would have no row anywhere, and how many it has. A row that moves
/// from one table to another is not lost.
fn lost_rows(tables: impl Iterator<Item = Vec<u64>>, has_row: impl Fn(u64) -> bool) -> (usize, usize) {
    tables
        .map(|ids| (ids.iter().filter(|id| !has_row(**id)).count(), ids.len()))
        .filter(|(_, before)| *before >= SMALLEST_TABLE)
        .max_by_key(|(lost, before)| lost * 1000 / before)
        .unwrap_or((0, 0))
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
