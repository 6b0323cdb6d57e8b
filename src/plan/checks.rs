//! What every change is checked for before it becomes part of a plan. Pure.

use super::change::{Change, Owns};
use super::disputes::{Objection, essence, objection};
use super::snapshot::Snapshot;
use crate::desk::problem::{Problem, ProblemKind};
use crate::wikitext::block::{self, Block};
use crate::wikitext::names::Names;

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
    if let Owns::Block(name) = &change.owns
        && !is_read(&change.after, name, &snapshot.names)
    {
        return Err(Problem::new(ProblemKind::NoPlace, &change.page, name));
    }
    if let Some(kind) = objection_to(&change, snapshot) {
        return problem(kind);
    }
    match snapshot.refusal_of(&change) {
        Some(refusal) => Err(refusal.problem()),
        None => Ok(Some(change)),
    }
}

/// Whether MediaWiki reads the templates of a block, which somebody may have put into a comment or a tag.
fn is_read(text: &str, name: &str, names: &Names) -> bool {
    let Block::Found(own) = block::find(text, name) else { return false };
    names.syntax().calls(text).iter().any(|c| own.start <= c.span.start && c.span.end <= own.end)
}

/// Why somebody on the wiki does not want a change.
fn objection_to(change: &Change, snapshot: &Snapshot) -> Option<ProblemKind> {
    if snapshot.exclusions.keep_out(&change.before, &snapshot.bot.name, &snapshot.names) {
        return Some(ProblemKind::Nobots);
    }
    let past = snapshot.past.get(&change.page).filter(|_| !change.despite_undo)?;
    match objection(past, &essence(&change.after, &change.owns, &snapshot.names))? {
        Objection::Undone => Some(ProblemKind::Undone),
        Objection::Dispute => Some(ProblemKind::Dispute),
    }
}
