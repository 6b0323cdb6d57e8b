//! The minutes of all meetings: pages directly below the meetings page, each read when it is new or has changed.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, TryStreamExt, stream};

use super::redirects::Redirects;
use crate::desk::Desk;
use crate::desk::meetings::{KeptMinutes, Meetings, Said};
use crate::desk::minutes::Item;
use crate::desk::problem::{Problem, ProblemKind};
use crate::desk::roster::Roster;
use crate::page::{Page, PageRef, Revision, Time};
use crate::plan::snapshot::Snapshot;
use crate::read::minutes::{Minutes, MinutesHistory, Resolved, resolve};
use crate::read::named_requests::Requests;
use crate::wiki::client::AT_ONCE;
use crate::wiki::{Client, Error, Listed};
use crate::wikitext::names::Names;
use crate::wikitext::page_name::{is_below, is_request};
use crate::wikitext::redirects::target;

/// What is known of minutes, carried to the next pass.
#[derive(Debug, Default)]
pub(super) struct AllMinutes {
    /// The pages that were read, by id; those too that hold no minutes.
    pages: BTreeMap<u64, Minutes>,
    /// The titles of those that were moved away from below the meetings page.
    away: Vec<String>,
    /// Where redirects lead that minutes name.
    leads: BTreeMap<String, String>,
    /// What they come to.
    pub resolved: Resolved,
}

impl AllMinutes {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// The newest revision of a page with minutes, as far as it was seen.
    pub fn newest(&self, title: &str) -> Option<u64> {
        self.pages.values().find(|minutes| minutes.page.title == title).map(|minutes| minutes.revision)
    }

    /// The pages that hold minutes.
    pub fn kept(&self) -> Vec<KeptMinutes> {
        let with_lines = self.pages.iter().filter(|(_, minutes)| minutes.has_lines());
        with_lines.map(|(id, minutes)| KeptMinutes { page: *id, date: minutes.date() }).collect()
    }

    /// What agenda and brief look at.
    pub fn meetings(&self) -> Meetings {
        let standing = |items: &[Item]| -> Vec<Said> {
            let standing = items.iter().filter(|item| item.ended.is_none());
            let said = |item: &Item| Said {
                date: item.meeting.date,
                at: item.at,
                recommendation: item.recommendation.clone(),
            };
            standing.map(said).collect()
        };
        let said = self.resolved.items.iter().map(|(page, items)| (*page, standing(items))).collect();
        Meetings { held: self.resolved.held.clone(), said }
    }

    /// Looks up what the minutes mean by names of requests and people. `pages` are those that may be requests, each with
    /// whether it redirects.
    pub fn resolve<'p>(
        &mut self,
        desk: &Desk,
        snapshot: &Snapshot,
        pages: impl Iterator<Item = (&'p PageRef, bool)>,
        now: Time,
    ) {
        if self.is_empty() {
            return;
        }
        let mut requests = Requests::default();
        let mut rows = snapshot.rows_by_id();
        for (page, _) in
            pages.filter(|(page, redirect)| !redirect && is_request(&page.title, &desk.pages, &snapshot.languages))
        {
            let row = rows.remove(&page.id);
            requests.add(page, row.map(|row| row.title.as_str()), row.map(|row| row.filed()));
        }
        rows.values().for_each(|row| requests.add(&row.page, Some(&row.title), Some(row.filed())));
        self.leads.iter().for_each(|(from, to)| requests.add_redirect(from, to));
        let titles = snapshot.names.titles();
        self.resolved = resolve(self.pages.values(), &requests, desk, &snapshot.roster, titles, now);
        let moved = |title: &String| Problem::new(ProblemKind::MinutesMoved, title, String::new());
        self.resolved.problems.extend(self.away.iter().map(moved));
    }
}

/// Reads the minutes. Of what an earlier pass knew with the same roster, only pages that changed are read again; `listed` are the
/// pages below the intake page, `kept` those that held minutes before. One request for 500 pages, or 5,000 with `apihighlimits`, and
/// one for each page to be read.
///
/// # Errors
/// Where the wiki cannot be reached.
pub(super) async fn read(
    client: &Client,
    desk: &Desk,
    before: Option<AllMinutes>,
    roster: &Roster,
    (names, redirects): (&Names, &Redirects),
    (listed, kept): (&[Listed], &[KeptMinutes]),
    now: Time,
) -> Result<AllMinutes, Error> {
    let meetings = &desk.pages.meetings;
    if meetings.is_empty() {
        return Ok(AllMinutes::default());
    }
    let mut known = before.map(|before| before.pages).unwrap_or_default();
    let mut all = AllMinutes::default();
    let mut changed = Vec::new();
    // One that somebody made a redirect still has its lines, and so has one that was moved away.
    let here = client.listing(&format!("{meetings}/")).await?.into_iter().map(|l| (l.page, l.revision));
    let mut pages: Vec<(PageRef, u64)> =
        here.filter(|(page, _)| is_below(&page.title, meetings, &client.languages)).collect();
    let away: Vec<u64> =
        kept.iter().map(|kept| kept.page).filter(|id| pages.iter().all(|(page, _)| page.id != *id)).collect();
    if !away.is_empty() {
        pages.extend(client.newest_by_id(&away).await?.into_iter().map(|newest| (newest.page, newest.info.id)));
    }
    all.away = pages.iter().filter(|(page, _)| away.contains(&page.id)).map(|(page, _)| page.title.clone()).collect();
    for (page, revision) in pages {
        match known.remove(&page.id).filter(|known| known.page == page && known.revision == revision) {
            Some(minutes) => drop(all.pages.insert(page.id, minutes)),
            None => changed.push(page),
        }
    }
    let read = stream::iter(changed).map(|page| {
        let kept = kept.iter().find(|kept| kept.page == page.id).copied();
        read_page(client, desk, (page, kept), roster, (names, redirects), now)
    });
    let read: Vec<Minutes> = read.buffered(AT_ONCE).try_collect().await?;
    all.pages.extend(read.into_iter().map(|minutes| (minutes.page.id, minutes)));
    let named: BTreeSet<String> =
        all.pages.values().flat_map(|minutes| minutes.candidates(desk, &client.titles)).collect();
    let moved: Vec<String> =
        listed.iter().filter(|l| l.redirect && named.contains(&l.page.title)).map(|l| l.page.title.clone()).collect();
    if !moved.is_empty() {
        let leads = client.pages(&moved).await?;
        let lead = |page: &Page| Some((page.title.clone(), target(page.text(), &client.titles)?));
        all.leads = leads.iter().filter_map(lead).collect();
    }
    Ok(all)
}

async fn read_page(
    client: &Client,
    desk: &Desk,
    (page, kept): (PageRef, Option<KeptMinutes>),
    roster: &Roster,
    (names, redirects): (&Names, &Redirects),
    now: Time,
) -> Result<Minutes, Error> {
    let mut revisions: Vec<Revision> = Vec::new();
    client.history(page.id, |part| revisions.extend(part)).await?;
    let records = |revision: &Revision| revision.user.as_ref().is_some_and(|u| roster.records(u.id, revision.at));
    // What somebody wrote elsewhere says nothing because others move it here: its lines count as those of whoever moved it.
    let mut begins = 0;
    if kept.is_none() {
        for (index, pair) in revisions.windows(2).enumerate().filter(|(_, pair)| pair[0].text == pair[1].text) {
            if !records(&pair[1]) && client.was_moved_here(&page.title, pair[1].at).await? {
                begins = index + 1;
            }
        }
    }
    let followed = |names: &Names| {
        let mut history = MinutesHistory::default();
        for (index, revision) in revisions.iter().enumerate() {
            history.feed(revision, index >= begins && records(revision), names);
        }
        history
    };
    let mut history = followed(names);
    if let Some(names) = redirects.answer(client, desk, names, history.questions(), now).await? {
        history = followed(&names);
    }
    Ok(history.of(page, revisions.last().map_or(0, |newest| newest.id), kept.and_then(|kept| kept.date)))
}
