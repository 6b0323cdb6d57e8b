//! Reading one request page: its HTML, its history, and where the two disagree, since when.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::classify::{is_below_intake, keeps};
use super::view::{ToRead, View};
use crate::desk::request::Anchor;
use crate::desk::signed::{Signed, Standing, Touch};
use crate::desk::{Desk, Facts};
use crate::page::{Page, PageRef, Revision, RevisionInfo, Time};
use crate::read::history::History;
use crate::read::html;
use crate::read::marks::{Mark, marks};
use crate::read::request::{Unreadable, facts, how_shown, lost_facts};
use crate::read::resume::Resume;
use crate::records::ledger;
use crate::wiki::{Client, Error};
use crate::wikitext::names::Names;

/// How many of a page's newest revisions are read at first: all there are of most pages, in one request.
const NEWEST_REVISIONS: usize = 50;

/// A request page that was read.
pub(super) struct ReadRequest {
    /// The page at the revision that was asked for.
    pub page: Page,
    /// What it says; of a request that lost its template, what is known of it.
    pub facts: Option<Result<Facts, Unreadable>>,
    /// It stands below the intake page, or the bot's last ledger on it is this desk's: no row of a table makes it a request.
    pub ours: bool,
    /// Its newest revisions, newest first.
    pub newest: Vec<Revision>,
}

/// Who saved which revision and when, as far as it was asked for before.
#[derive(Debug, Default)]
pub(super) struct RevisionInfos(Mutex<HashMap<u64, RevisionInfo>>);

impl RevisionInfos {
    /// Forgets everything: accounts may have been renamed, revisions hidden.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The infos of these revisions; `newest` are revisions that were just read.
    async fn of(&self, client: &Client, ids: &[u64], newest: &[Revision]) -> Result<Vec<RevisionInfo>, Error> {
        let missing: Vec<u64> = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            known.extend(newest.iter().map(|r| (r.id, RevisionInfo::of(r))));
            ids.iter().copied().filter(|id| !known.contains_key(id)).collect()
        };
        let found = if missing.is_empty() { Vec::new() } else { client.stamps(&missing).await? };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(found.into_iter().map(|info| (info.id, info)));
        Ok(ids.iter().filter_map(|id| known.get(id).cloned()).collect())
    }
}

/// Reads a request page at a revision.
///
/// # Errors
/// [`Error::Conflict`] where that is not its newest revision any more; else where the wiki cannot be reached.
pub(super) async fn read_request(
    client: &Client,
    (page, revision): (&PageRef, u64),
    how: ToRead,
    desk: &Desk,
    view: &View,
    infos: &RevisionInfos,
    now: Time,
) -> Result<ReadRequest, Error> {
    let (names, bot) = (&view.snapshot.names, view.snapshot.bot.id);
    let conflict = || Error::Conflict { page: page.title.clone() };
    let html = client.html(&page.title, revision);
    let newest = client.revisions_from(&page.title, revision, NEWEST_REVISIONS);
    let (html, newest) = futures_util::try_join!(html, newest)?;
    let shown = html::shown_page(&html);
    let first = newest.first().filter(|r| r.id == revision).ok_or_else(conflict)?.clone();
    let whole = newest.last().is_some_and(|r| r.parent == 0);
    let resumed = if whole || how.whole || how.lost {
        None
    } else {
        resume(client, &newest, desk, view, &shown, infos, now).await?
    };
    let (history, anchor, names) = match resumed {
        Some((history, anchor, names)) => (history, Some(anchor), names),
        None => {
            let followed = async |names: &Names| -> Result<History, Error> {
                let mut history = History::default();
                if whole {
                    history.feed(newest.iter().rev().cloned(), names, bot);
                } else {
                    // Saved in between: what is newer belongs to the next pass.
                    let observed = |all: Vec<Revision>| all.into_iter().filter(|r| r.id <= revision);
                    client.history(page.id, |revisions| history.feed(observed(revisions), names, bot)).await?;
                }
                if history.last() == Some(revision) { Ok(history) } else { Err(conflict()) }
            };
            let mut history = followed(names).await?;
            let names = match view.redirects.answer(client, desk, names, history.questions(), now).await? {
                Some(names) => {
                    history = followed(&names).await?;
                    Cow::Owned(names)
                }
                None => Cow::Borrowed(names),
            };
            date_differences(client, page, &mut history, &shown, &names).await?;
            if let Some(marker) = history.moved {
                let origin = if marker.anonymous { None } else { client.revision(marker.revision).await? };
                history.attribute_to_origin(origin.as_ref().map(RevisionInfo::of));
            }
            (history, None, names)
        }
    };
    let here = is_below_intake(&page.title, desk, &view.snapshot.languages);
    let ours = here || keeper(client, page, &newest, bot).await?.is_some_and(|keeper| keeps(&keeper, desk));
    let facts = if how.lost {
        lost_facts(page.clone(), &history, bot).map(Ok)
    } else {
        Some(facts(page.clone(), &history, &shown, &names, bot).map(|facts| Facts { anchor, ..facts }))
    };
    let page = Page { id: page.id, title: page.title.clone(), redirect: false, revision: first };
    Ok(ReadRequest { page, facts, ours, newest })
}

/// The desk that keeps a page, as the bot's last ledger on it says; empty where that does not say, none without a ledger.
async fn keeper(client: &Client, page: &PageRef, newest: &[Revision], bot: u64) -> Result<Option<String>, Error> {
    let by_bot = newest.iter().filter(|r| r.user.as_ref().is_some_and(|u| u.id == bot));
    let found = by_bot.filter_map(|r| ledger::keeper(r.text.as_deref()?)).next();
    if found.is_some() || newest.last().is_some_and(|r| r.parent == 0) {
        return Ok(found);
    }
    let last = client.last_by(&page.title, &client.me.name).await?;
    Ok(last.and_then(|r| ledger::keeper(r.text.as_deref()?)))
}

/// The history from the bot's last ledger on, where that is enough: the page shows nothing otherwise than its wikitext.
async fn resume<'v>(
    client: &Client,
    newest: &[Revision],
    desk: &Desk,
    view: &'v View,
    shown: &html::ShownPage,
    infos: &RevisionInfos,
    now: Time,
) -> Result<Option<(History, Anchor, Cow<'v, Names>)>, Error> {
    let (names, bot) = (&view.snapshot.names, view.snapshot.bot.id);
    let basis = |people: &[String]| view.basis.of_page(people);
    let Some(resume) = Resume::find(newest, bot, desk, basis) else { return Ok(None) };
    let stamps = infos.of(client, &resume.revisions(), newest).await?;
    let Some((history, anchor)) = resume.history(stamps, names, bot) else { return Ok(None) };
    // Where a name meant something once that it means no more, all of the history is read.
    if view.redirects.answer(client, desk, names, history.questions(), now).await?.is_some() {
        return Ok(None);
    }
    let as_written = differences(&history, shown, names).is_empty();
    Ok(as_written.then_some((history, anchor, Cow::Borrowed(names))))
}

/// The marks that the page shows otherwise than their wikitext alone tells, and how it shows them.
fn differences(history: &History, shown: &html::ShownPage, names: &Names) -> Vec<(usize, Standing)> {
    let seen = history.live().map(|i| (i, how_shown(&history.signed[i].content, shown, names)));
    seen.filter(|(i, state)| !is_shown_so(&history.signed[*i], *state)).collect()
}

/// Whether a mark whose page shows it like this stands as its wikitext tells. That it is within a sentence no page shows.
fn is_shown_so(signed: &Signed<Mark>, shown: Standing) -> bool {
    let stands = signed.content.standing();
    stands == shown || (stands == Standing::Inline && shown == Standing::Plain)
}

/// Where the page shows a mark otherwise than its wikitext alone tells (a quotation, a wrapper that strikes it),
/// looks for the revision since which it does, so that nobody is silenced by what somebody else wrapped around a vote.
async fn date_differences(
    client: &Client,
    page: &PageRef,
    history: &mut History,
    shown: &html::ShownPage,
    names: &Names,
) -> Result<(), Error> {
    let mut cache = RevisionCache { client, page, names, seen: HashMap::new() };
    for (index, now) in differences(history, shown, names) {
        let mark = history.signed[index].content.clone();
        let written = history.written_at(mark.name_at);
        let added = history.signed[index].revision;
        // Imported revisions are old by their time and new by their number.
        let Some(first) = history.revisions.iter().position(|r| r.id == added) else { continue };
        let born = cache.state((&mark, written), history.revisions[first].id).await?;
        let (mut before, mut after) = (first, history.revisions.len() - 1);
        while born != now && after - before > 1 {
            let middle = usize::midpoint(before, after);
            if cache.state((&mark, written), history.revisions[middle].id).await? == now {
                after = middle
            } else {
                before = middle
            }
        }
        let changed = &history.revisions[after];
        let touch = Touch { to: now, by: changed.user.clone(), at: changed.at, revision: changed.id };
        amend(&mut history.signed[index], born, (born != now).then_some(touch));
    }
    Ok(())
}

/// Puts what the page showed in the place of what the wikitext seemed to say; that it was gone for a while remains.
fn amend(signed: &mut Signed<Mark>, born: Standing, touch: Option<Touch>) {
    signed.born = born;
    let mut gone = false;
    signed.touches.retain(|t| std::mem::replace(&mut gone, t.to == Standing::Gone) || t.to == Standing::Gone);
    signed.touches.extend(touch);
    signed.touches.sort_by_key(|t| t.revision);
}

/// Older revisions of a page as it showed them, each asked for once.
struct RevisionCache<'a> {
    client: &'a Client,
    page: &'a PageRef,
    names: &'a Names,
    seen: HashMap<u64, (html::ShownPage, String)>,
}

impl RevisionCache<'_> {
    /// How a revision showed a mark that was written at that time. What the wiki hides showed nothing.
    async fn state(&mut self, (mark, written): (&Mark, Time), revision: u64) -> Result<Standing, Error> {
        if !self.seen.contains_key(&revision) {
            let shown = match self.client.revision(revision).await?.and_then(|r| r.text) {
                Some(text) => (html::shown_page(&self.client.html(&self.page.title, revision).await?), text),
                None => <(html::ShownPage, String)>::default(),
            };
            self.seen.insert(revision, shown);
        }
        let (shown, text) = &self.seen[&revision];
        let marks = marks(text, &self.names.syntax().read(text), self.names, |_| written);
        let there = marks.iter().find(|m| m.key() == mark.key());
        Ok(there.map_or(Standing::Gone, |m| how_shown(m, shown, self.names)))
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
    let mut all: Vec<&mut Facts> = all.collect();
    let mut names: Vec<String> =
        all.iter().flat_map(|facts| facts.statements.foreign_signatures()).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        return Ok(());
    }
    let accounts = client.accounts(&names).await?;
    for facts in &mut all {
        facts.statements.resolve_signatures(|name, at| {
            let named = accounts.iter().find(|a| a.has_name(name));
            // An account that is younger than the signature has the name of somebody who was renamed.
            named.filter(|a| a.registered.is_none_or(|since| since <= at)).map(|a| a.user.id)
        });
    }
    Ok(())
}
