//! Reading one request page: its HTML, its history, and where the two disagree, since when.

use std::collections::HashMap;

use crate::desk::request::Anchor;
use crate::desk::vote::{State, Touch, Trail};
use crate::desk::{Desk, Facts};
use crate::page::{Page, Revision, RevisionInfo};
use crate::plan::draft;
use crate::plan::snapshot::Snapshot;
use crate::read::history::History;
use crate::read::html;
use crate::read::marks::{Mark, marks};
use crate::read::request::{Unreadable, facts, how_shown, lost_facts};
use crate::read::resume::Resume;
use crate::wiki::{Client, Error};
use crate::wikitext;
use crate::wikitext::names::Names;

/// So many of a page's newest revisions tell whether somebody does not want what the bot writes there.
const RECENT: usize = 12;

/// So many of a page's newest revisions are read at first.
const NEWEST: usize = 30;

/// What was read of a page.
pub(super) struct Facted {
    /// What it says.
    pub facts: Result<Facts, Unreadable>,
    /// What is known of it, should it have lost its template.
    pub lost: Option<Facts>,
    /// The bot has written on it before.
    pub kept: bool,
    /// Its newest revisions, newest first.
    pub newest: Vec<Revision>,
}

/// How much of a page's history is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// As far back as the decision needs: to the bot's last ledger, where that tells the rest.
    Enough,
    /// All of it.
    All,
}

/// Reads a request page at the revision that was observed.
///
/// # Errors
/// [`Error::Conflict`] where the page is not as it was observed any more; else where the wiki cannot be reached.
pub(super) async fn read_facts(
    client: &Client,
    page: &Page,
    desk: &Desk,
    snapshot: &Snapshot,
    depth: Depth,
) -> Result<Facted, Error> {
    let (names, bot) = (&snapshot.names, snapshot.bot.id);
    let shown = html::read(&client.html(&page.title, page.revision.id).await?);
    // The batch holds all there is of most pages.
    let newest = client.revisions_from(&page.title, page.revision.id, NEWEST).await?;
    if newest.first().map(|r| r.id) != Some(page.revision.id) {
        return Err(Error::Conflict { page: page.title.clone() });
    }
    let whole = newest.last().is_some_and(|r| r.parent == 0);
    let resumed =
        if whole || depth == Depth::All { None } else { resume(client, &newest, desk, snapshot, &shown).await? };
    let (history, anchor) = match resumed {
        Some((history, anchor)) => (history, Some(anchor)),
        None => {
            let mut history = History::default();
            if whole {
                history.feed(newest.iter().rev().cloned(), names, bot);
            } else {
                // Saved in between: what is newer belongs to the next pass.
                let observed = |all: Vec<Revision>| all.into_iter().filter(|r| r.id <= page.revision.id);
                client.history(page.id, |revisions| history.feed(observed(revisions), names, bot)).await?;
            }
            if history.last() != Some(page.revision.id) {
                return Err(Error::Conflict { page: page.title.clone() });
            }
            settle_doubts(client, page, &mut history, &shown, names).await?;
            if let Some(marker) = history.moved {
                let origin = if marker.anonymous { None } else { client.revision(marker.revision).await? };
                history.credit(origin.as_ref().map(RevisionInfo::of));
            }
            (history, None)
        }
    };
    let kept = anchor.is_some() || history.revisions.iter().any(|r| r.user.as_ref().is_some_and(|u| u.id == bot));
    let lost = lost_facts(page.reference(), &history, bot);
    let facts = facts(page.reference(), &history, &shown, names, bot).map(|facts| Facts { anchor, ..facts });
    Ok(Facted { facts, lost, kept, newest: newest.into_iter().take(RECENT).collect() })
}

/// The history from the bot's last ledger on, where that is enough: nothing in it is in doubt.
async fn resume(
    client: &Client,
    newest: &[Revision],
    desk: &Desk,
    snapshot: &Snapshot,
    shown: &html::Page,
) -> Result<Option<(History, Anchor)>, Error> {
    let basis = |people: &[String]| draft::basis(desk, &snapshot.names, &snapshot.roster, people);
    let Some(resume) = Resume::find(newest, snapshot.bot.id, desk, basis) else { return Ok(None) };
    let stamps = client.stamps(&resume.revisions()).await?;
    let resumed = resume.history(stamps, &snapshot.names, snapshot.bot.id);
    Ok(resumed.filter(|(history, _)| doubts(history, shown, &snapshot.names).is_empty()))
}

/// The marks that the page shows otherwise than their wikitext alone tells, and how it shows them.
fn doubts(history: &History, shown: &html::Page, names: &Names) -> Vec<(usize, State)> {
    let seen = history.live().map(|i| (i, how_shown(&history.traced[i].mark, shown, names)));
    seen.filter(|(i, state)| history.traced[*i].mark.state != *state).collect()
}

/// Where the page shows a mark otherwise than its wikitext alone tells (a quotation, a wrapper that strikes it),
/// looks for the revision since which it does, so that nobody is silenced by what somebody else wrapped around a vote.
async fn settle_doubts(
    client: &Client,
    page: &Page,
    history: &mut History,
    shown: &html::Page,
    names: &Names,
) -> Result<(), Error> {
    let mut looks = Looks { client, page, names, seen: HashMap::new() };
    for (index, now) in doubts(history, shown, names) {
        let mark = history.traced[index].mark.clone();
        let added = history.traced[index].trail.revision;
        // Imported revisions are old by their time and new by their number.
        let Some(first) = history.revisions.iter().position(|r| r.id == added) else { continue };
        let born = looks.state(&mark, history.revisions[first].id).await?;
        let (mut before, mut after) = (first, history.revisions.len() - 1);
        while born != now && after - before > 1 {
            let middle = usize::midpoint(before, after);
            if looks.state(&mark, history.revisions[middle].id).await? == now {
                after = middle
            } else {
                before = middle
            }
        }
        let changed = &history.revisions[after];
        let touch = Touch { to: now, by: changed.user.clone(), at: changed.at, revision: changed.id };
        amend(&mut history.traced[index].trail, born, (born != now).then_some(touch));
    }
    Ok(())
}

/// Puts what the page showed in the place of what the wikitext seemed to say; that it was gone for a while remains.
fn amend(trail: &mut Trail, born: State, touch: Option<Touch>) {
    trail.born = born;
    let mut gone = false;
    trail.touches.retain(|t| std::mem::replace(&mut gone, t.to == State::Gone) || t.to == State::Gone);
    trail.touches.extend(touch);
    trail.touches.sort_by_key(|t| t.revision);
}

/// What older revisions showed, each asked for once.
struct Looks<'a> {
    client: &'a Client,
    page: &'a Page,
    names: &'a Names,
    seen: HashMap<u64, (html::Page, Vec<Mark>)>,
}

impl Looks<'_> {
    /// How a revision showed a mark. What the wiki hides showed nothing.
    async fn state(&mut self, mark: &Mark, revision: u64) -> Result<State, Error> {
        if !self.seen.contains_key(&revision) {
            let look = match self.client.revision(revision).await?.and_then(|r| r.text) {
                Some(text) => {
                    let shown = html::read(&self.client.html(&self.page.title, revision).await?);
                    (shown, marks(&text, &wikitext::calls(&text), self.names))
                }
                None => (html::Page::default(), Vec::new()),
            };
            self.seen.insert(revision, look);
        }
        let (shown, marks) = &self.seen[&revision];
        let there = marks.iter().find(|m| m.key() == mark.key());
        Ok(there.map_or(State::Gone, |m| how_shown(m, shown, self.names)))
    }
}

/// Looks up the accounts that signatures name where it is not the author, so that "another account" is one that
/// exists and has another id.
///
/// # Errors
/// Where the wiki cannot be reached.
pub(super) async fn resolve_signatures<'f>(
    client: &Client,
    all: impl Iterator<Item = &'f mut Facts>,
) -> Result<(), Error> {
    let mut trails: Vec<&mut Trail> = Vec::new();
    for facts in all {
        trails.extend(facts.votes.iter_mut().map(|v| &mut v.trail));
        trails.extend(facts.rulings.iter_mut().map(|r| &mut r.trail));
        trails.extend(facts.priorities.iter_mut().map(|p| &mut p.trail));
    }
    trails.retain(|t| t.signature.user.is_some() && t.signature.user.as_ref() != t.author.as_ref().map(|a| &a.name));
    let mut names: Vec<String> = trails.iter().filter_map(|t| t.signature.user.clone()).collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        return Ok(());
    }
    let accounts = client.accounts(&names).await?;
    for trail in trails {
        let signed = trail.signature.user.as_ref();
        let named = accounts.iter().find(|a| signed.is_some_and(|name| a.has_name(name)));
        // An account that is younger than the signature has the name of somebody who was renamed.
        let named = named.filter(|a| a.registered.is_none_or(|since| since <= trail.at)).map(|a| a.user.id);
        trail.signed_by_other = named.filter(|id| trail.author.as_ref().is_some_and(|a| a.id != *id));
    }
    Ok(())
}
