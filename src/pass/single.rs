//! Requests read outside of a pass, whole: for `explain`, and to compare rules.

use std::sync::Arc;

use super::classify::is_below_intake;
use super::electors::{self, Electors};
use super::expand::{Expansions, expand};
use super::fetch;
use super::request::{RevisionInfos, read_request, resolve_names};
use super::view::{EntryKind, ToRead};
use super::work::look_up_outcomes;
use crate::decide::decide;
use crate::desk::decision::Decision;
use crate::desk::roster::Roster;
use crate::desk::{Desk, Facts};
use crate::page::{PageRef, Time};
use crate::plan::request_page::row_of;
use crate::records::problems;
use crate::records::tables::Row;
use crate::whatif::{self, WhatIf};
use crate::wiki::{Client, Error};
use crate::wikitext::redirects::target;

/// Compares what happened to all requests, open and closed, with what the rules of another desk would have done.
///
/// # Errors
/// Where the wiki cannot be reached or refuses to be read.
pub async fn what_if(client: &Client, desk: &Desk, other: &Desk, at: Option<Time>) -> Result<WhatIf, Error> {
    let now = at.unwrap_or_else(|| client.now());
    // Of whom it was not asked whether they might vote, nothing can be said.
    let other = &Desk { electorate: desk.electorate.clone(), ..other.clone() };
    let mut compared = Vec::new();
    let bot = client.me.id;
    let unread = each_request(client, desk, now, |facts, roster, lost| {
        if !lost {
            let link = client.address(&facts.page.title);
            compared.push(whatif::compare(&facts, desk, other, roster, bot, now).with_link(link));
        }
    });
    unread.await?;
    Ok(WhatIf(compared))
}

/// The rows of all requests, open and closed, from their histories; and the titles of those that could not be read, whose rows are as
/// the bot saved them last, if it did.
///
/// # Errors
/// Where the wiki cannot be reached or refuses to be read.
pub async fn all_rows(client: &Client, desk: &Desk, now: Time) -> Result<(Vec<Row>, Vec<String>), Error> {
    let mut rows = Vec::new();
    let bot = client.me.id;
    let unread = each_request(client, desk, now, |facts, roster, lost| {
        if facts.filed <= now {
            let facts = facts.as_of(now);
            rows.push(Row { lost, ..row_of(&facts, &decide(&facts, desk, roster, bot, now)) });
        }
    });
    let unread = unread.await?;
    let titles = unread.iter().map(|(page, _)| page.title.clone()).collect();
    rows.extend(unread.into_iter().filter_map(|(_, row)| row.map(Arc::unwrap_or_clone)));
    Ok((rows, titles))
}

/// Reads the whole history of each request, one after the other, with whether the page has lost its template. Gives those that could not be read, with their rows as they were saved last.
async fn each_request(
    client: &Client,
    desk: &Desk,
    now: Time,
    mut found: impl FnMut(Facts, &Roster, bool),
) -> Result<Vec<(PageRef, Option<Arc<Row>>)>, Error> {
    let view = fetch::everything(client, desk, None, now).await?;
    let infos = RevisionInfos::default();
    let saved = view.snapshot.rows_by_id();
    let (mut unread, mut electors) = (Vec::new(), Electors::new());
    for entry in view.entries.values() {
        let lost = match &entry.kind {
            EntryKind::Known(known) | EntryKind::Outdated(known) => known.row.as_ref().is_some_and(|row| row.lost),
            EntryKind::Request(how) => how.lost,
            EntryKind::Unseen(_) | EntryKind::Redirect { .. } | EntryKind::Other(_) => continue,
        };
        let how = (ToRead { whole: true, lost, patient: true }, None, None);
        let read = match read_request(client, (&entry.page, entry.revision), how, desk, &view, &infos, now).await {
            Err(Error::NotShown { .. }) => None,
            read => Some(read?),
        };
        let lost = read.as_ref().is_some_and(|read| read.lost);
        let Some(Ok(mut facts)) = read.and_then(|read| read.facts) else {
            unread.push((entry.page.clone(), saved.get(&entry.page.id).map(|row| Arc::clone(row))));
            continue;
        };
        look_up_outcomes(client, &mut facts).await?;
        expand(client, desk, &mut facts, &mut Expansions::new()).await?;
        resolve_names(client, std::iter::once(&mut facts)).await?;
        electors::look_up(client, &view.snapshot.roster, std::iter::once(&mut facts), &mut electors).await?;
        found(facts, &view.snapshot.roster, lost);
    }
    Ok(unread)
}

/// Reads and decides one request, for `explain`.
///
/// # Errors
/// Where the wiki cannot be reached, or the page is no request of this desk; says why.
pub async fn explain(client: &Client, desk: &Desk, title: &str, at: Option<Time>) -> anyhow::Result<(Facts, Decision)> {
    let full = format!("{}/{title}", desk.pages.intake);
    let now = at.unwrap_or_else(|| client.now());
    let view = fetch::everything(client, desk, None, now).await?;
    // By its name on the desk or by its whole title; where it was moved, what is there now.
    let found = client.page_of_each(&[full.clone(), title.to_owned()]).await?;
    let page = found.into_iter().flatten().next().ok_or_else(|| anyhow::anyhow!("there is no page {full}"))?;
    let page = match target(page.text(), &client.titles).filter(|_| page.redirect) {
        Some(to) => client.pages(&[to]).await?.into_iter().next().unwrap_or(page),
        None => page,
    };
    let full = &page.title;
    let listed = view.snapshot.rows_by_id().contains_key(&page.id);
    if !is_below_intake(full, desk, &view.snapshot.languages) && !listed {
        let parts: Vec<String> =
            desk.pages.parts.iter().map(|part| format!(", {}/{part}", desk.pages.intake)).collect();
        anyhow::bail!("{full} is no request: requests stand directly below {}{}", desk.pages.intake, parts.concat());
    }
    let reference = PageRef { id: page.id, title: page.title.clone() };
    let how = (ToRead { whole: true, lost: false, patient: true }, None, None);
    let infos = RevisionInfos::default();
    let read = read_request(client, (&reference, page.revision.id), how, desk, &view, &infos, now).await?;
    let facts = read.facts.unwrap_or(Err(crate::read::request::Unreadable::NotShown));
    let mut facts = facts.map_err(|why| anyhow::anyhow!("{full}: {}", problems::words(&why.problem(full))))?;
    look_up_outcomes(client, &mut facts).await?;
    expand(client, desk, &mut facts, &mut Expansions::new()).await?;
    resolve_names(client, std::iter::once(&mut facts)).await?;
    electors::look_up(client, &view.snapshot.roster, std::iter::once(&mut facts), &mut Electors::new()).await?;
    let decision = decide(&facts, desk, &view.snapshot.roster, view.snapshot.bot.id, now);
    Ok((facts, decision))
}
