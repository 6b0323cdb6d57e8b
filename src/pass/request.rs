//! Reading one request page: its HTML, its history, and where the two disagree, since when.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::classify::{is_below_intake, keeps};
use super::committee::MOST_RENAMES;
use super::shown::{Shown, date_differences, differences};
use super::view::{ToRead, View};
use crate::desk::request::Anchor;
use crate::desk::{Desk, Facts};
use crate::page::{Page, PageRef, Revision, RevisionInfo, Time};
use crate::read::history::History;
use crate::read::html;
use crate::read::minutes_items::add_items;
use crate::read::request::{Unreadable, facts, lost_facts};
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
    /// It has lost its template.
    pub lost: bool,
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

/// Reads a request page at a revision, with its HTML if that is there already, else if it comes within the limit.
///
/// # Errors
/// [`Error::Conflict`] where that is not its newest revision any more, [`Error::NotShown`] where the wiki cannot show it; else
/// where the wiki cannot be reached.
pub(super) async fn read_request(
    client: &Client,
    (page, revision): (&PageRef, u64),
    (how, limit, given): (ToRead, Option<Duration>, Option<&str>),
    desk: &Desk,
    view: &View,
    infos: &RevisionInfos,
    now: Time,
) -> Result<ReadRequest, Error> {
    let (names, bot) = (&view.snapshot.names, view.snapshot.bot.id);
    let conflict = || Error::Conflict { page: page.title.clone() };
    let html = async {
        match given {
            Some(html) => Ok(Cow::Borrowed(html)),
            None => client.html(&page.title, revision, limit).await.map(Cow::Owned),
        }
    };
    let newest = client.revisions_from(&page.title, revision, NEWEST_REVISIONS);
    let (html, (newest, whole)) = futures_util::try_join!(html, newest)?;
    let first = newest.first().filter(|r| r.id == revision).ok_or_else(conflict)?.clone();
    let text = first.text.clone().unwrap_or_default();
    let mut shown = Shown::new(client, &page.title, html::shown_page(&html), text);
    let items = view.items_of(page.id);
    // What minutes say, no ledger tells.
    let resumed = if whole || how.whole || how.lost || !items.is_empty() {
        None
    } else {
        resume(client, (page.id, &newest), desk, view, &mut shown, infos, now).await?
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
            date_differences(&mut history, &mut shown, &names).await?;
            if let Some(marker) = history.moved {
                let origin = if marker.anonymous { None } else { client.revision(marker.revision).await? };
                history.attribute_to_origin(origin.as_ref().map(RevisionInfo::of));
            }
            (history, None, names)
        }
    };
    let here = is_below_intake(&page.title, desk, &view.snapshot.languages);
    let ours = here || keeper(client, page, (&newest, whole), bot).await?.is_some_and(|keeper| keeps(&keeper, desk));
    // Words are what they were when they were written, whatever their names lead to now.
    let stands = history.text().is_some() && history.has_request();
    let read = if how.lost && !stands {
        Err(Unreadable::NoRequest)
    } else {
        facts(page.clone(), &history, &shown.page, &names, bot).map(|facts| Facts { anchor, ..facts })
    };
    let (facts, lost) = match read {
        Err(Unreadable::NoRequest) => match lost_facts(page.clone(), &history, bot) {
            Some(facts) => (Some(Ok(facts)), true),
            None => (Some(Err(Unreadable::NoRequest)).filter(|_| !how.lost), how.lost),
        },
        read => (Some(read), false),
    };
    let facts = facts.map(|read| {
        read.map(|mut facts| {
            add_items(&mut facts, items);
            facts
        })
    });
    let page = Page { id: page.id, title: page.title.clone(), redirect: false, revision: first };
    Ok(ReadRequest { page, facts, lost, ours, newest })
}

/// The desk that keeps a page, as the bot's last ledger on it says; empty where that does not say, none without a ledger.
async fn keeper(
    client: &Client,
    page: &PageRef,
    (newest, whole): (&[Revision], bool),
    bot: u64,
) -> Result<Option<String>, Error> {
    let by_bot = newest.iter().filter(|r| r.user.as_ref().is_some_and(|u| u.id == bot));
    let found = by_bot.filter_map(|r| ledger::keeper(r.text.as_deref()?)).next();
    if found.is_some() || whole {
        return Ok(found);
    }
    let last = client.last_by(&page.title, &client.me.name).await?;
    Ok(last.and_then(|r| ledger::keeper(r.text.as_deref()?)))
}

/// The history from the bot's last ledger on, where that is enough: the page shows nothing otherwise than its wikitext.
async fn resume<'v>(
    client: &Client,
    (page, newest): (u64, &[Revision]),
    desk: &Desk,
    view: &'v View,
    shown: &mut Shown<'_>,
    infos: &RevisionInfos,
    now: Time,
) -> Result<Option<(History, Anchor, Cow<'v, Names>)>, Error> {
    let (names, bot) = (&view.snapshot.names, view.snapshot.bot.id);
    let basis = |people: &[String]| view.basis.of_page(page, people);
    let Some(resume) = Resume::find(newest, bot, desk, names, basis) else { return Ok(None) };
    let stamps = infos.of(client, &resume.revisions(), newest).await?;
    let Some(questions) = resume.questions(&stamps, names) else { return Ok(None) };
    let names = match view.redirects.answer(client, desk, names, &questions, now).await? {
        Some(names) => Cow::Owned(names),
        None => Cow::Borrowed(names),
    };
    let Some((history, anchor)) = resume.history(stamps, &names, bot) else { return Ok(None) };
    // Where a name meant something once that it means no more, all of the history is read.
    if view.redirects.answer(client, desk, &names, history.questions(), now).await?.is_some() {
        return Ok(None);
    }
    let as_written = differences(&history, shown, &names).await?.is_empty();
    Ok(as_written.then_some((history, anchor, names)))
}

/// Looks up the accounts that signatures name where it is not the author, so that "another account" is one that exists and has
/// another id; and those that `requester` names. One request for all of them, and two for each name that was renamed.
///
/// # Errors
/// Where the wiki cannot be reached.
pub(super) async fn resolve_names<'f>(client: &Client, all: impl Iterator<Item = &'f mut Facts>) -> Result<(), Error> {
    let mut all: Vec<&mut Facts> = all.collect();
    let named = |facts: &Facts| facts.named().into_keys().collect::<Vec<_>>();
    let signed = |facts: &Facts| facts.statements.foreign_signatures().map(str::to_owned).collect::<Vec<_>>();
    let names: BTreeSet<String> = all.iter().flat_map(|facts| [signed(facts), named(facts)].concat()).collect();
    if names.is_empty() {
        return Ok(());
    }
    let accounts = client.accounts(&names.into_iter().collect::<Vec<_>>()).await?;
    // An account that is younger than what names it has the name of somebody who was renamed, or of nobody.
    let account = |name: &str, at: Time| {
        let named = accounts.iter().find(|a| a.has_name(name));
        named.filter(|a| a.registered.is_none_or(|since| since <= at))
    };
    for facts in &mut all {
        facts.statements.resolve_signatures(|name, at| account(name, at).map(|a| a.user.id));
        for (name, at) in facts.named() {
            let user = match account(&name, at) {
                Some(account) => Some(account.user.clone()),
                None => client.renamed(&name, MOST_RENAMES).await?.map(|account| account.user),
            };
            facts.accounts.extend(user.map(|user| (name, user)));
        }
    }
    Ok(())
}
