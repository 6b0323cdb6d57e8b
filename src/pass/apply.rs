//! Making the changes of a plan, one by one.

use std::time::{Duration, Instant};

use tracing::{info, warn};

use crate::desk::Desk;
use crate::page::Page;
use crate::plan::limits::Held;
use crate::plan::refusals::Refusal;
use crate::plan::snapshot::Snapshot;
use crate::plan::{Base, Change, Owns, Plan, draft};
use crate::records::summary;
use crate::wiki::{Client, Edit, EditBase, Error};
use crate::wikitext::has_visible_text;

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

/// Makes the changes in order. A refusal concerns its page alone and is put on the problems page.
///
/// # Errors
/// Where the wiki cannot be reached or does not let the bot in.
pub(super) async fn apply(
    client: &Client,
    desk: &Desk,
    snapshot: &Snapshot,
    plan: &Plan,
    written: &mut Vec<Change>,
) -> Result<Applied, Error> {
    let mut problems = plan.problems.clone();
    let mut saved: Vec<(String, u64)> = Vec::new();
    let mut looked = Instant::now();
    let of_problems = Owns::Block("problems".to_owned());
    let mut changes: Vec<Change> = plan.changes.iter().filter(|c| c.owns != of_problems).cloned().collect();
    let mut at = 0;
    let mut moved = false;
    loop {
        if moved && changes.get(at).is_none_or(|c| !moves(c)) {
            return Ok(Applied::Moved(None));
        }
        if at == changes.len() {
            // What was refused on the way is known only now.
            match draft::problems_change(desk, snapshot, &mut problems) {
                Some(change) if changes.last().is_none_or(|c| c.owns != of_problems) => changes.push(change),
                _ => return Ok(Applied::All),
            }
        }
        let change = &changes[at];
        at += 1;
        let Some(edit) = edit_of(change, &saved, &client.me.name) else { return Ok(Applied::Conflict) };
        client.turn(desk.safety.edits_per_minute).await;
        if looked.elapsed() > FRESH {
            if is_stopped(client).await? {
                return Ok(Applied::Held(Held::Stopped(snapshot.bot.name.clone())));
            }
            looked = Instant::now();
        }
        match client.save(&edit).await {
            Ok(done) => {
                saved.push((change.page.clone(), done.revision));
                written.push(change.clone());
                moved |= moves(change);
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
                let refusal = Refusal::new(change, &code, &text);
                // What follows builds on it: rows leave the status page for the archive.
                if moves(change) || change.owns == Owns::Block("archive".to_owned()) {
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
fn edit_of<'c>(change: &'c Change, saved: &[(String, u64)], bot: &str) -> Option<Edit<'c>> {
    let base = match change.base {
        Base::Absent => EditBase::Missing,
        Base::Revision(id) => EditBase::Revision(id),
        Base::Earlier => EditBase::Revision(saved.iter().rev().find(|(page, _)| *page == change.page)?.1),
    };
    let summary = summary::signed(&change.summary, bot);
    Some(Edit { title: &change.page, text: &change.after, summary, base })
}

/// Whether a change is part of moving a proposal to a page of its own.
fn moves(change: &Change) -> bool {
    matches!(change.owns, Owns::Moved(_) | Owns::Page)
}

/// The title of the stop page.
pub(super) fn stop_page(client: &Client) -> String {
    format!("User:{}/Stop", client.me.name)
}

/// Whether the stop page stops the bot: it has text, or text that the wiki hides.
pub(super) fn stops(page: Option<&Page>) -> bool {
    page.is_some_and(|p| p.revision.text.as_deref().is_none_or(has_visible_text))
}

async fn is_stopped(client: &Client) -> Result<bool, Error> {
    let page = client.page_of_each(&[stop_page(client)]).await?.pop().flatten();
    Ok(stops(page.as_ref()))
}
