//! What every change is checked for before it becomes part of a plan. Pure.

use super::change::Change;
use super::disputes::{Objection, essence, objection};
use super::snapshot::Snapshot;
use crate::desk::problem::{Problem, ProblemKind};

/// The change if it is to be made; none where it would change nothing.
///
/// # Errors
/// Where it would touch what belongs to people, where somebody on the wiki does not want it, or where the wiki refused it
/// before and nothing has changed since.
pub fn checked(change: Change, snapshot: &Snapshot) -> Result<Option<Change>, Problem> {
    let problem = |kind| Err(Problem::new(kind, &change.page, String::new()));
    if change.is_noop() {
        return Ok(None);
    }
    if !change.keeps_peoples_text(&snapshot.names) {
        return problem(ProblemKind::NotSaved);
    }
    if let Some(kind) = objection_to(&change, snapshot) {
        return problem(kind);
    }
    match snapshot.refusals.iter().find(|r| r.is_of(&change)) {
        Some(refusal) => Err(refusal.problem()),
        None => Ok(Some(change)),
    }
}

/// Why somebody on the wiki does not want a change.
fn objection_to(change: &Change, snapshot: &Snapshot) -> Option<ProblemKind> {
    if snapshot.exclusions.keep_out(&change.before, &snapshot.bot.name) {
        return Some(ProblemKind::Nobots);
    }
    let past = snapshot.past.get(&change.page).filter(|_| !change.despite_undo)?;
    match objection(past, &essence(&change.after, &change.owns, &snapshot.names))? {
        Objection::Undone => Some(ProblemKind::Undone),
        Objection::Dispute => Some(ProblemKind::Dispute),
    }
}
