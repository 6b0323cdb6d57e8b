//! The names of templates on a wiki: what redirects to them, and what once did.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;

use super::trust::trusted;
use crate::desk::Desk;
use crate::page::{Revision, RevisionInfo, Time};
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
/// that are not trusted by their names and made one of late; two or three for each that was changed of late.
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
            let led = Led { to: to.clone(), from: *at, counts_from, until: None, has_counted: true };
            Redirect { led: vec![led], known_from: Some(counts_from) }
        } else if newest.parent == 0 {
            let made =
                Made { at: *at, trusted: user.as_ref().is_some_and(|u| trusted.contains(&u.id)), to: Some(to.clone()) };
            Redirect { led: led(&[made], age(desk), now), known_from: Some(*at) }
        } else {
            Redirect { led: past(client, desk, &from, Some(&newest), *at, now).await?, known_from: Some(*at) }
        };
        if redirect.led.last().is_some_and(|led| led.until.is_none() && led.counts_from <= now) {
            in_force.push((from.clone(), to));
        }
        named.push((from, redirect));
    }
    let names = Names::new(desk, &client.titles, &client.syntax).with(named);
    Ok((names, Exclusions::new(&client.titles, &in_force)))
}

/// When the pages led where that had this title at that time and since, of which there is one now with this newest revision. One
/// request for each 50 revisions, and a few for each move.
async fn past(
    client: &Client,
    desk: &Desk,
    title: &str,
    newest: Option<&Newest>,
    at: Time,
    now: Time,
) -> Result<Vec<Led>, Error> {
    // Before that time it led there for long enough, or not.
    let from = at.checked_sub_signed(age(desk)).unwrap_or(Time::MIN_UTC);
    let mut today = match newest {
        Some(newest) => revisions(client, newest, title, from..=Time::MAX_UTC).await?,
        None => Vec::new(),
    };
    let (mut earlier, mut left) = (Vec::new(), None);
    if today.first().is_none_or(|oldest| oldest.at > from)
        && let Some((moved, to)) = followed(client, title, at).await?
        && let Some(page) = client.newest(&[to]).await?.pop().flatten()
    {
        earlier = revisions(client, &page, title, from..=moved).await?;
        earlier.retain(|r| r.at < moved);
        left = Some(Made { at: moved, trusted: false, to: None });
        today.retain(|r| r.at >= moved);
    }
    let trusted = trusted(client, desk, earlier.iter().chain(&today).filter_map(|r| r.user.as_ref())).await?;
    // What the wiki hides changes nothing.
    let made = |r: &Revision| {
        let to = target(r.text.as_deref()?, &client.titles);
        Some(Made { at: r.at, trusted: r.user.as_ref().is_some_and(|u| trusted.contains(&u.id)), to })
    };
    let all: Vec<Made> = earlier.iter().filter_map(made).chain(left).chain(today.iter().filter_map(made)).collect();
    Ok(led(&all, age(desk), now))
}

/// A page's revisions of that time, and the one before it, oldest first, as far as it had this title: what it said before it was
/// moved there, nobody meant by that. Of a page that was no redirect in the newest 50, no others are read.
async fn revisions(
    client: &Client,
    newest: &Newest,
    named: &str,
    time: RangeInclusive<Time>,
) -> Result<Vec<Revision>, Error> {
    let mut id = newest.info.id;
    let mut revisions: Vec<Revision> = Vec::new();
    loop {
        let (part, all) = client.revisions_from(&newest.page.title, id, REVISIONS).await?;
        let known = revisions.last().map(|last| last.id);
        revisions.extend(part.into_iter().filter(|r| Some(r.id) != known));
        let is_redirect = |r: &Revision| r.text.as_deref().is_some_and(|text| target(text, &client.titles).is_some());
        let more = !all && revisions.len() < MOST_REVISIONS && revisions.iter().any(is_redirect);
        match revisions.last().filter(|oldest| more && oldest.at > *time.start() && oldest.id != id) {
            Some(oldest) => id = oldest.id,
            None => break,
        }
    }
    revisions.retain(|r| r.at <= *time.end());
    for at in 1..revisions.len() {
        // A move leaves a revision that changes nothing.
        let [newer, older] = [&revisions[at - 1], &revisions[at]];
        if newer.text == older.text && client.was_moved_here(named, newer.at).await? {
            revisions.truncate(at);
            break;
        }
    }
    revisions.reverse();
    Ok(revisions)
}

/// Where the page that had this title at that time was moved to since, and when it left.
async fn followed(client: &Client, title: &str, at: Time) -> Result<Option<(Time, String)>, Error> {
    let mut found: Option<(Time, String)> = None;
    for _ in 0..MOST_MOVES {
        let (title, since) = found.as_ref().map_or((title, at), |(_, to)| (to.as_str(), at));
        let Some((moved, to)) = client.moved_since(title, since).await? else { break };
        found = Some((found.map_or(moved, |(left, _)| left), to));
    }
    Ok(found)
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
    /// The names with what the pages that are asked about led to, from the time that each is asked about; none where nothing
    /// more is known than before. One request for 50 pages, and a few for each that was changed since.
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
        // Only in the template namespace a new redirect is noticed at once.
        let is_known = |title: &str| client.titles.namespace(title) == 10 && lock(&self.newest).contains_key(title);
        let unseen: Vec<String> = questions.keys().filter(|title| !is_known(title)).cloned().collect();
        if !unseen.is_empty() {
            let found = client.newest(&unseen).await?;
            lock(&self.newest).extend(unseen.into_iter().zip(found));
        }
        let mut answers = Vec::new();
        for (title, at) in questions {
            let newest = lock(&self.newest).get(title).cloned().flatten();
            // What is as it was when the name was written means what it does today: nothing, where it is not known already.
            let young = |n: &Newest| n.redirect && n.info.at.checked_add_signed(age(desk)).is_none_or(|old| old > now);
            let changed = |n: &Newest| n.info.at >= *at || young(n);
            if newest.as_ref().is_some_and(|n| !changed(n)) && !names.is_redirect(title) {
                continue;
            }
            let known = lock(&self.past).get(title).filter(|(since, _)| since <= at).cloned();
            let (since, led) = match known {
                Some(known) => known,
                None => {
                    let led = past(client, desk, title, newest.as_ref(), *at, now).await?;
                    lock(&self.past).insert(title.clone(), (*at, led.clone()));
                    (*at, led)
                }
            };
            answers.push((title.clone(), Redirect { led, known_from: Some(since) }));
        }
        if answers.is_empty() {
            return Ok(None);
        }
        let with = names.clone().with(answers);
        Ok((with != *names).then_some(with))
    }

    /// The names with all that was looked up.
    pub fn known(&self, names: &Names) -> Names {
        let known = lock(&self.past);
        let known = known.iter().filter(|(_, (_, led))| !led.is_empty());
        let redirect = |led: &Vec<Led>, since: Time| Redirect { led: led.clone(), known_from: Some(since) };
        names.clone().with(known.map(|(title, (since, led))| (title.clone(), redirect(led, *since))))
    }
}
