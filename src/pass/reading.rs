//! Reading one request page: its HTML, its history, and where the two disagree, since when.

use std::collections::{HashMap, VecDeque};

use crate::desk::vote::{State, Touch, Trail};
use crate::desk::{Facts, Revision};
use crate::read::history::History;
use crate::read::marks::{Mark, marks};
use crate::read::names::Names;
use crate::read::request::{Unreadable, facts, how_shown, requests_shown};
use crate::read::snapshot::{Page, Snapshot};
use crate::read::{html, wikitext};
use crate::wiki::{Client, Error};

/// So many of a page's newest revisions tell whether somebody does not want what the bot writes there.
const RECENT: usize = 12;

/// What was read of a page.
pub(super) struct Facted {
    /// What it says.
    pub facts: Result<Facts, Unreadable>,
    /// How many request templates it shows.
    pub shown: usize,
    /// Its newest revisions, newest first.
    pub newest: Vec<Revision>,
}

/// Reads a request page at the revision that was observed.
///
/// # Errors
/// [`Error::Conflict`] where the page is not as it was observed any more; else where the wiki cannot be reached.
pub(super) async fn read_facts(client: &Client, page: &Page, snapshot: &Snapshot) -> Result<Facted, Error> {
    let (names, bot) = (&snapshot.names, snapshot.bot.id);
    let shown = html::read(&client.html(&page.title, page.revision.id).await?);
    let mut history = History::default();
    // Saved in between: what is newer belongs to the next pass.
    let observed = |revisions: Vec<Revision>| revisions.into_iter().filter(|r| r.id <= page.revision.id);
    let mut newest: VecDeque<Revision> = VecDeque::new();
    let mut keep = |revision: &Revision| {
        newest.push_front(revision.clone());
        newest.truncate(RECENT);
    };
    client.history(page.id, |revisions| history.feed(observed(revisions).inspect(&mut keep), names, bot)).await?;
    if history.last() != Some(page.revision.id) {
        return Err(Error::Conflict { page: page.title.clone() });
    }
    settle_doubts(client, page, &mut history, &shown, names).await?;
    let facts = facts(page.reference(), &history, &shown, names, bot);
    Ok(Facted { facts, shown: requests_shown(&shown, names), newest: newest.into() })
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
    let doubts: Vec<(usize, State)> = history
        .live()
        .map(|i| (i, how_shown(&history.traced[i].mark, shown, names)))
        .filter(|(i, state)| history.traced[*i].mark.state != *state)
        .collect();
    let mut looks = Looks { client, page, names, seen: HashMap::new() };
    for (index, now) in doubts {
        let mark = history.traced[index].mark.clone();
        let first = history.revisions.partition_point(|r| r.id < history.traced[index].trail.revision);
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
        let named = accounts.iter().find(|a| Some(&a.user.name) == trail.signature.user.as_ref());
        // An account that is younger than the signature has the name of somebody who was renamed.
        let named = named.filter(|a| a.registered.is_none_or(|since| since <= trail.at)).map(|a| a.user.id);
        trail.signed_by_other = named.filter(|id| trail.author.as_ref().is_some_and(|a| a.id != *id));
    }
    Ok(())
}
