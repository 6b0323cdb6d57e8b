//! The names of templates on a wiki: what redirects to them, and what once did.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;

use super::trust::is_trusted;
use crate::desk::Desk;
use crate::page::{Revision, RevisionInfo, Time, User};
use crate::plan::exclusions::Exclusions;
use crate::wiki::{Client, Error, Newest};
use crate::wikitext::names::{Led, Names, Questions, Redirect};
use crate::wikitext::redirects::{Made, led, target};

/// So many revisions of a page that was a redirect are asked for at a time.
const REVISIONS: usize = 50;
/// So many are looked at altogether: a page with more has long been no mere redirect.
const MOST_REVISIONS: usize = 1000;
/// A page that was moved so often is followed no further.
const MOST_MOVES: usize = 3;

fn age(desk: &Desk) -> TimeDelta {
    TimeDelta::from_std(desk.safety.redirect_age).unwrap_or(TimeDelta::MAX)
}

/// What template names mean on this wiki, and how people keep bots away. Of a page that redirects to a template only its newest
/// revision is read, and more where that was just changed. One request for 50 names, one for 50 redirects; one for 50 accounts
/// that are not trusted by their names and made one of late.
///
/// # Errors
/// Where the wiki cannot be reached.
pub(super) async fn template_names(client: &Client, desk: &Desk, now: Time) -> Result<(Names, Exclusions), Error> {
    let mut all: Vec<String> = desk.templates.iter().map(|(_, name)| name.to_owned()).collect();
    all.extend(desk.votes.iter().flat_map(|v| v.templates.clone()));
    all.extend(Exclusions::TEMPLATES.map(str::to_owned));
    let redirects = client.template_redirects(&all).await?;
    let titles: Vec<String> = redirects.iter().map(|(from, _)| from.clone()).collect();
    let newest = if titles.is_empty() { Vec::new() } else { client.newest(&titles).await? };
    let old = |at: Time| at.checked_add_signed(age(desk)).filter(|counts_from| *counts_from <= now);
    let young = newest.iter().flatten().filter(|n| n.parent == 0 && old(n.info.at).is_none());
    let trusted = trusted(client, desk, young.filter_map(|n| n.info.user.as_ref())).await?;
    let (mut named, mut in_force) = (Vec::new(), Vec::new());
    for ((from, to), newest) in redirects.into_iter().zip(newest) {
        // Deleted a moment ago.
        let Some(newest) = newest else { continue };
        let RevisionInfo { at, user, .. } = &newest.info;
        let redirect = if let Some(counts_from) = old(*at) {
            let led = Led { to: to.clone(), from: *at, counts_from, until: None, counted: true };
            Redirect { led: vec![led], known_from: Some(counts_from) }
        } else if newest.parent == 0 {
            let made =
                Made { at: *at, trusted: user.as_ref().is_some_and(|u| trusted.contains(&u.id)), to: Some(to.clone()) };
            Redirect { led: led(&[made], age(desk), now), known_from: Some(*at) }
        } else {
            Redirect { led: past(client, desk, &newest, *at, now).await?, known_from: Some(*at) }
        };
        if redirect.led.last().is_some_and(|led| led.until.is_none() && led.counts_from <= now) {
            in_force.push((from.clone(), to));
        }
        named.push((from, redirect));
    }
    let names = Names::new(desk, &client.titles, &client.syntax).with(named);
    Ok((names, Exclusions::new(&client.titles, &in_force)))
}

/// When the page with this newest revision led where, at that time and since.
async fn past(client: &Client, desk: &Desk, newest: &Newest, at: Time, now: Time) -> Result<Vec<Led>, Error> {
    // Before that time it led there for long enough, or not.
    let from = at.checked_sub_signed(age(desk)).unwrap_or(Time::MIN_UTC);
    let (mut title, mut id, mut moves) = (newest.page.title.clone(), newest.info.id, 0);
    // Newest first.
    let mut revisions: Vec<Revision> = Vec::new();
    loop {
        let (part, all) = client.revisions_from(&title, id, REVISIONS).await?;
        let known = revisions.last().map(|last| (last.at, last.id));
        revisions.extend(part.into_iter().filter(|r| known.is_none_or(|(at, id)| r.at <= at && r.id != id)));
        let Some(oldest) = revisions.last().filter(|r| r.at > from && revisions.len() < MOST_REVISIONS) else { break };
        if !all && id != oldest.id {
            id = oldest.id;
            continue;
        }
        // What a move left behind: before that, the page is the one that was moved.
        let to = oldest.text.as_deref().and_then(|text| target(text, &client.titles));
        let moved = client.moved_to(&title).await?.filter(|moved| to.as_ref() == Some(moved));
        moves += 1;
        let Some(moved) = moved.filter(|_| moves <= MOST_MOVES) else { break };
        let Some(page) = client.newest(std::slice::from_ref(&moved)).await?.pop().flatten() else { break };
        (title, id) = (moved, page.info.id);
    }
    let trusted = trusted(client, desk, revisions.iter().filter_map(|r| r.user.as_ref())).await?;
    // What the wiki hides changes nothing.
    let made = revisions.iter().rev().filter_map(|r| {
        let to = target(r.text.as_deref()?, &client.titles);
        Some(Made { at: r.at, trusted: r.user.as_ref().is_some_and(|u| trusted.contains(&u.id)), to })
    });
    Ok(led(&made.collect::<Vec<_>>(), age(desk), now))
}

/// Which of these accounts are trusted, by id. One request for 50 that are not by their names.
async fn trusted<'u>(
    client: &Client,
    desk: &Desk,
    makers: impl Iterator<Item = &'u User>,
) -> Result<BTreeSet<u64>, Error> {
    let by_name = |user: &User| is_trusted(user, desk, &client.titles, &[]);
    let mut trusted: BTreeSet<u64> = BTreeSet::new();
    let mut others: BTreeSet<String> = BTreeSet::new();
    for user in makers {
        if by_name(user) { _ = trusted.insert(user.id) } else { _ = others.insert(user.name.clone()) }
    }
    if !others.is_empty() {
        let accounts = client.accounts(&others.into_iter().collect::<Vec<_>>()).await?;
        let in_group = accounts.iter().filter(|a| is_trusted(&a.user, desk, &client.titles, &accounts));
        trusted.extend(in_group.map(|a| a.user.id));
    }
    Ok(trusted)
}

/// What was looked up about the pages behind names of templates, by title: their newest revisions, and where they led since the
/// time given.
#[derive(Debug, Default)]
pub(super) struct Redirects {
    newest: Mutex<HashMap<String, Option<Newest>>>,
    past: Mutex<HashMap<String, (Time, Vec<Led>)>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Redirects {
    /// The names with what the pages that are asked about led to, from the time that each is asked about; none where that makes
    /// no difference. One request for 50 pages, and a few for each that was changed since.
    ///
    /// # Errors
    /// Where the wiki cannot be reached.
    pub async fn answer(
        &self,
        client: &Client,
        desk: &Desk,
        names: &Names,
        questions: &Questions,
        now: Time,
    ) -> Result<Option<Names>, Error> {
        let unseen: Vec<String> = {
            let seen = lock(&self.newest);
            questions.keys().filter(|title| !seen.contains_key(*title)).cloned().collect()
        };
        let found = if unseen.is_empty() { Vec::new() } else { client.newest(&unseen).await? };
        let changed: Vec<(String, Time, Newest)> = {
            let mut seen = lock(&self.newest);
            seen.extend(unseen.into_iter().zip(found));
            let known =
                questions.iter().filter_map(|(title, at)| Some((title.clone(), *at, seen.get(title)?.clone()?)));
            // What is as it was when the name was written means what it does today.
            known.filter(|(title, at, newest)| newest.info.at > *at || names.is_redirect(title)).collect()
        };
        let mut answers = Vec::new();
        for (title, at, newest) in changed {
            let known = lock(&self.past).get(&title).filter(|(since, _)| *since <= at).map(|(_, led)| led.clone());
            let led = match known {
                Some(led) => led,
                None => past(client, desk, &newest, at, now).await?,
            };
            lock(&self.past).insert(title.clone(), (at, led.clone()));
            answers.push((title, Redirect { led, known_from: None }));
        }
        let with = names.clone().with(answers);
        Ok((with != *names).then_some(with))
    }
}
