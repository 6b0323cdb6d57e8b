//! Making the changes of a plan, one by one.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tracing::{info, warn};

use super::fetch::{stop_page, stops};
use super::view::View;
use crate::desk::Desk;
use crate::desk::problem::Problem;
use crate::plan::draft::problems_change;
use crate::plan::limits::Held;
use crate::plan::refusals::{NOT_SHOWN, Refusal};
use crate::plan::{Base, Change, Owns, Plan};
use crate::records::language::Language;
use crate::records::problems::PROBLEMS_BLOCK;
use crate::records::summary;
use crate::records::tables::{ARCHIVE_BLOCK, with_revisions};
use crate::wiki::{Client, Edit, EditBase, Error, Saved};

/// How old the last look at the stop page may be when an edit is made.
const FRESH: Duration = Duration::from_secs(5);

/// What came of applying a plan.
pub(super) enum Applied {
    /// All of it was made, or refused for good.
    All,
    /// A page had changed meanwhile: what follows may hang on it.
    Conflict,
    /// Pages became requests, or the wiki refused that: what follows is planned anew.
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
    let problems = plan.problems.clone();
    let (saved, newer, looked) = (BTreeMap::new(), BTreeMap::new(), Instant::now());
    let mut applying = Applying { client, desk, view, written, problems, saved, newer, looked };
    let of_problems = Owns::Block(PROBLEMS_BLOCK.to_owned());
    let mut moved = false;
    for change in plan.changes.iter().filter(|c| c.owns != of_problems) {
        if moved && !moves(change) {
            break;
        }
        if let Some(ended) = applying.make(change.clone()).await? {
            return Ok(ended);
        }
        moved |= moves(change);
    }
    if moved {
        return Ok(Applied::Moved(None));
    }
    // What was refused on the way is known only now.
    if let Ok(Some(change)) = problems_change(desk, &applying.view.snapshot, &mut applying.problems)
        && let Some(ended) = applying.make(change).await?
    {
        return Ok(ended);
    }
    Ok(Applied::All)
}

/// A plan that is being applied.
struct Applying<'a> {
    client: &'a Client,
    desk: &'a Desk,
    view: &'a mut View,
    written: &'a mut Vec<Change>,
    problems: Vec<Problem>,
    /// The revisions that were made here, by title.
    saved: BTreeMap<String, u64>,
    /// The revisions that were made here, by the revision that they were made on.
    newer: BTreeMap<u64, u64>,
    /// When the stop page was looked at.
    looked: Instant,
}

impl Applying<'_> {
    /// Makes one change. Gives what ends the plan here, if anything does.
    async fn make(&mut self, mut change: Change) -> Result<Option<Applied>, Error> {
        if matches!(change.owns, Owns::Block(_)) {
            change.after = with_revisions(&change.after, &self.newer);
        }
        let Some(base) = self.base(&change) else { return Ok(Some(Applied::Conflict)) };
        self.client.turn(self.desk.safety.edits_per_minute).await;
        if self.is_stopped().await? {
            return Ok(Some(Applied::Held(Held::Stopped(self.client.me.name.clone()))));
        }
        if change.owns == Owns::Message && !self.is_as_planned(&change).await? {
            return Ok(Some(Applied::Conflict));
        }
        let summary =
            summary::signed(Language::of(self.client.titles.language()), &change.summary, &self.client.me.name);
        match self.client.save(&Edit { title: &change.page, text: &change.after, summary, base }).await {
            Ok(done) => Ok(self.made(change, &done)),
            Err(Error::Conflict { page }) => {
                info!(%page, "changed while it was being written; reading again");
                Ok(Some(Applied::Conflict))
            }
            Err(Error::Refused { page, code, text }) => {
                warn!(%page, %code, "the wiki refuses the edit: {text}");
                Ok(self.refused(&change, Refusal::new(&change, &code, &text)))
            }
            Err(Error::NotShown { page, why }) => {
                warn!(%page, "the wiki does not say what the edit would be: {why}");
                Ok(self.refused(&change, Refusal::new(&change, NOT_SHOWN, "")))
            }
            Err(other) => Err(other),
        }
    }

    /// The revision to write on; none where a change stands on an earlier one that was not made.
    fn base(&self, change: &Change) -> Option<EditBase> {
        Some(match change.base {
            Base::Absent => EditBase::Missing,
            Base::Revision(id) => EditBase::Revision(id),
            Base::Earlier => EditBase::Revision(*self.saved.get(&change.page)?),
        })
    }

    /// Whether a page is still as it was read. MediaWiki takes no edit for a conflict where the account itself saved in between:
    /// another copy of the bot would write to the same person once more.
    async fn is_as_planned(&self, change: &Change) -> Result<bool, Error> {
        let newest = self.client.newest(std::slice::from_ref(&change.page)).await?.pop().flatten();
        let base = newest.map_or(Base::Absent, |newest| Base::Revision(newest.info.id));
        Ok(base == change.base)
    }

    /// Whether somebody stopped the bot, as far as was to be seen [`FRESH`] ago.
    async fn is_stopped(&mut self) -> Result<bool, Error> {
        if self.looked.elapsed() <= FRESH {
            return Ok(false);
        }
        let page = self.client.page_of_each(&[stop_page(self.client)]).await?.pop().flatten();
        self.looked = Instant::now();
        Ok(stops(page.as_ref()))
    }

    fn made(&mut self, change: Change, done: &Saved) -> Option<Applied> {
        self.saved.insert(change.page.clone(), done.revision);
        if let Base::Revision(base) = change.base {
            self.newer.insert(base, done.revision);
        }
        if !done.merged {
            self.view.saved(self.desk, &change, done.revision, self.client.now());
        }
        if change.owns == Owns::Message
            && let Some(sent) = &mut self.view.snapshot.mail.sent
        {
            sent.note(&change.page, Some(&change.summary), self.client.now(), &self.client.titles);
        }
        self.written.push(change);
        done.merged.then_some(Applied::Conflict)
    }

    fn refused(&mut self, change: &Change, refusal: Refusal) -> Option<Applied> {
        // What follows builds on it: rows leave the status page for the archive.
        if moves(change) || change.owns == Owns::Block(ARCHIVE_BLOCK.to_owned()) {
            return Some(Applied::Moved(Some(refusal)));
        }
        self.problems.push(refusal.problem());
        self.view.snapshot.refusals.push(refusal);
        None
    }
}

/// Whether a change makes a request of what was none: a proposal that moves to a page of its own, a ledger that hid the
/// template and moves above it.
fn moves(change: &Change) -> bool {
    matches!(change.owns, Owns::Moved(_) | Owns::Page | Owns::Ledger)
}
