//! Making the changes of a plan, one by one.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tracing::{info, warn};

use super::fetch::{stop_page, stops};
use super::view::View;
use crate::desk::Desk;
use crate::plan::draft::problems_change;
use crate::plan::limits::Held;
use crate::plan::refusals::Refusal;
use crate::plan::{Base, Change, Owns, Plan};
use crate::records::problems::PROBLEMS_BLOCK;
use crate::records::summary;
use crate::records::tables::with_revisions;
use crate::wiki::{Client, Edit, EditBase, Error};

/// So old a look at the stop page will still do for an edit.
const FRESH: Duration = Duration::from_secs(5);

/// What came of applying a plan.
pub(super) enum Applied {
    /// All of it was made, or refused for good.
    All,
    /// A page had changed meanwhile: what follows may hang on it.
    Conflict,
    /// Proposals got pages of their own, or the wiki refused one: what follows is planned anew.
    Moved(Option<Refusal>),
    /// Somebody stopped the bot.
    Held(Held),
}

/// Makes the changes in order, and takes note of them in the view. A refusal concerns its page alone and is put on the
/// problems page.
///
/// # Errors
/// Where the wiki cannot be reached or does not let the bot in.
pub(super) async fn apply(
    client: &Client,
    desk: &Desk,
    view: &mut View,
    plan: &Plan,
    written: &mut Vec<Change>,
) -> Result<Applied, Error> {
    let mut problems = plan.problems.clone();
    // Newest revisions of pages that were saved here: by title, and by the revision that they were saved on.
    let mut saved: BTreeMap<String, u64> = BTreeMap::new();
    let mut newer: BTreeMap<u64, u64> = BTreeMap::new();
    let mut looked = Instant::now();
    let of_problems = Owns::Block(PROBLEMS_BLOCK.to_owned());
    let mut changes: Vec<Change> = plan.changes.iter().filter(|c| c.owns != of_problems).cloned().collect();
    let mut at = 0;
    let mut moved = false;
    loop {
        if moved && changes.get(at).is_none_or(|c| !moves(c)) {
            return Ok(Applied::Moved(None));
        }
        if at == changes.len() {
            // What was refused on the way is known only now.
            match problems_change(desk, &view.snapshot, &mut problems) {
                Some(change) if changes.last().is_none_or(|c| c.owns != of_problems) => changes.push(change),
                _ => return Ok(Applied::All),
            }
        }
        let mut change = changes[at].clone();
        at += 1;
        if matches!(change.owns, Owns::Block(_)) {
            change.after = with_revisions(&change.after, &newer);
        }
        let Some(edit) = edit_of(&change, &saved, &client.me.name) else { return Ok(Applied::Conflict) };
        client.turn(desk.safety.edits_per_minute).await;
        if looked.elapsed() > FRESH {
            let page = client.page_of_each(&[stop_page(client)]).await?.pop().flatten();
            if stops(page.as_ref()) {
                return Ok(Applied::Held(Held::Stopped(view.snapshot.bot.name.clone())));
            }
            looked = Instant::now();
        }
        match client.save(&edit).await {
            Ok(done) => {
                saved.insert(change.page.clone(), done.revision);
                if let Base::Revision(base) = change.base {
                    newer.insert(base, done.revision);
                }
                moved |= moves(&change);
                if !done.merged {
                    view.saved(desk, &change, done.revision, client.now());
                }
                written.push(change);
                if done.merged {
                    return Ok(Applied::Conflict);
                }
            }
            Err(Error::Conflict { page }) => {
                info!(%page, "changed while it was being written; reading again");
                return Ok(Applied::Conflict);
            }
            Err(Error::Refused { page, code, text }) => {
                warn!(%page, %code, "the wiki refuses the edit: {text}");
                let refusal = Refusal::new(&change, &code, &text);
                // What follows builds on it: rows leave the status page for the archive.
                if moves(&change) || change.owns == Owns::Block("archive".to_owned()) {
                    return Ok(Applied::Moved(Some(refusal)));
                }
                problems.push(refusal.problem());
            }
            Err(other) => return Err(other),
        }
    }
}

/// The edit that a change asks for. `saved` are the revisions that were made so far, by title; none where the change stands on
/// an earlier one that is not among them.
fn edit_of<'c>(change: &'c Change, saved: &BTreeMap<String, u64>, bot: &str) -> Option<Edit<'c>> {
    let base = match change.base {
        Base::Absent => EditBase::Missing,
        Base::Revision(id) => EditBase::Revision(id),
        Base::Earlier => EditBase::Revision(*saved.get(&change.page)?),
    };
    let summary = summary::signed(&change.summary, bot);
    Some(Edit { title: &change.page, text: &change.after, summary, base })
}

/// Whether a change is part of moving a proposal to a page of its own.
fn moves(change: &Change) -> bool {
    matches!(change.owns, Owns::Moved(_) | Owns::Page)
}
