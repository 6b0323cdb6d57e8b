//! What every change is checked for before it becomes part of a plan. Pure.

use super::change::Change;
use super::disputes;
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
    if let Some(kind) = disputes::objection_to(&change, snapshot) {
        return problem(kind);
    }
    match snapshot.refusals.iter().find(|r| r.is_of(&change)) {
        Some(refusal) => Err(refusal.problem()),
        None => Ok(Some(change)),
    }
}
