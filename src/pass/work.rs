//! What the work on requests leaves outside of their pages: files and categories, and helpers' edits below.

use std::collections::HashMap;

use super::view::View;
use crate::desk::outcome::Outcome;
use crate::desk::{Desk, Facts};
use crate::page::Time;
use crate::plan::agenda::silent_from;
use crate::plan::draft::Draft;
use crate::wiki::{Client, Error};

/// So many outcomes of a request are looked at, the newest first.
const MOST_OUTCOMES: usize = 20;
/// So many pages below a request's are looked at, the newest first.
const MOST_BELOW: usize = 20;

/// Notes which files and categories that outcomes name there are not, on the wiki or its shared repository. One request for the
/// wiki, for categories that it does not have one more.
///
/// # Errors
/// Where the wiki cannot be reached.
pub(super) async fn look_up_outcomes(client: &Client, facts: &mut Facts) -> Result<(), Error> {
    let named = |outcome: &Outcome| {
        [("image", outcome.image.clone()), ("category", outcome.category.clone())]
            .map(|(param, written)| (param.to_owned(), written))
    };
    let mut absent = Vec::new();
    // Also of those that somebody took away: they may count all the same.
    let outcomes = facts.statements.outcomes.iter().rev().take(MOST_OUTCOMES);
    for (param, written) in outcomes.flat_map(|outcome| named(&outcome.content)) {
        let title = if param == "image" { client.titles.file(&written) } else { client.titles.category(&written) };
        match title {
            _ if written.is_empty() => {}
            Some(title) => absent.push((param, written, title)),
            // What can be no title is nowhere.
            None => drop(facts.absent.insert((param, written))),
        }
    }
    let titles: Vec<String> = absent.iter().map(|(.., title)| title.clone()).collect();
    let there = client.there_are(&titles).await?;
    facts.absent.extend(
        absent.into_iter().zip(there).filter(|(_, there)| !there).map(|((param, written, _), _)| (param, written)),
    );
    Ok(())
}

/// Looks up when helpers last edited pages below those of requests on which they have been silent. Gives whether that was more
/// lately than was known. One request for each page and helper.
///
/// # Errors
/// Where the wiki cannot be reached.
pub(super) async fn look_below(
    client: &Client,
    desk: &Desk,
    view: &mut View,
    draft: &Draft,
    now: Time,
) -> Result<bool, Error> {
    let mut found: HashMap<u64, Time> = HashMap::new();
    let rows = draft.known.values().filter_map(|known| known.row.as_ref());
    for row in rows.filter(|row| silent_from(row, desk).is_some_and(|at| at <= now)) {
        if view.snapshot.worked_below.contains_key(&row.page.id) {
            continue;
        }
        let below = format!("{}/", row.page.title);
        let mut pages: Vec<(u64, &str)> = view
            .entries
            .values()
            .filter(|entry| entry.page.title.starts_with(&below))
            .map(|entry| (entry.revision, entry.page.title.as_str()))
            .collect();
        pages.sort_unstable_by(|a, b| b.cmp(a));
        let mut last = row.worked.unwrap_or(now);
        for (_, title) in pages.into_iter().take(MOST_BELOW) {
            for helper in &row.helpers {
                let edit = client.last_by(title, helper).await?.map(|revision| revision.at);
                last = edit.into_iter().fold(last, Time::max);
            }
        }
        found.insert(row.page.id, last);
    }
    let news = found.iter().any(|(id, at)| {
        let row = draft.known.get(id).and_then(|known| known.row.as_ref());
        row.is_some_and(|row| row.worked.is_some_and(|worked| worked < *at))
    });
    view.snapshot.worked_below.extend(found);
    Ok(news)
}
