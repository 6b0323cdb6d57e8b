//! The roster in force: what trusted accounts wrote on the committee page, and whose names these are.

use std::collections::{BTreeMap, BTreeSet};

use super::redirects::Redirects;
use super::trust::{is_trusted, trusted};
use crate::desk::Desk;
use crate::desk::problem::{Problem, ProblemKind};
use crate::desk::roster::{Role, Roster, Term};
use crate::page::{Page, RevisionInfo, Time, User};
use crate::read::roster_lines::{Line, RosterHistory, listed, resolve, twice};
use crate::wiki::{Account, Client, Error};
use crate::wikitext::names::Names;
use crate::wikitext::redirects::target;

/// How many older revisions are asked for at a time where it is not known how far back is enough.
pub(super) const OLDER_REVISIONS: usize = 49;
/// A page that was moved so often is followed no further.
const MOST_MOVES: usize = 3;
/// A name that was renamed so often is followed no further.
pub(super) const MOST_RENAMES: usize = 5;

/// The committee page itself: one that was moved is followed, and a redirect that a trusted account made. Any other redirect is the
/// page, with what stood on it before.
///
/// # Errors
/// Where the wiki cannot be reached.
pub(super) async fn followed(client: &Client, desk: &Desk, page: Option<Page>) -> Result<Option<Page>, Error> {
    let Some(page) = page else { return Ok(None) };
    let Some(target) = Some(&page).filter(|p| p.redirect).and_then(|p| target(p.text(), &client.titles)) else {
        return Ok(Some(page));
    };
    let trusted = trusted(client, desk, page.revision.user.iter()).await?;
    let by_trusted = page.revision.user.as_ref().is_some_and(|u| trusted.contains(&u.id));
    if by_trusted || client.moved_to(&page.title).await?.is_some_and(|to| client.titles.same_page(&to, &target)) {
        return Ok(client.pages(&[target]).await?.into_iter().next());
    }
    Ok(Some(page))
}

/// The roster as trusted accounts wrote it, from all of the committee page's history, and what was found wrong: lines by others,
/// lines that cannot be read, names that do not exist. Where that gives nobody a vote and the page that had this title was moved
/// away, it is that page's.
///
/// # Errors
/// Where the wiki cannot be reached.
pub(super) async fn in_force(
    client: &Client,
    desk: &Desk,
    page: Option<Page>,
    known: (&Names, &Redirects),
    now: Time,
) -> Result<(Roster, Vec<Problem>), Error> {
    let id = page.as_ref().map(|page| page.id);
    let found = of_committee(client, desk, page, known, now).await?;
    if !found.0.terms.is_empty() || desk.pages.committee.is_empty() {
        return Ok(found);
    }
    let mut title = desk.pages.committee.clone();
    for _ in 0..MOST_MOVES {
        let Some(moved) = client.moved_to(&title).await? else { break };
        title = moved;
        let page = client.pages(std::slice::from_ref(&title)).await?.into_iter().next();
        let Some(page) = page.filter(|page| Some(page.id) != id) else { break };
        let (roster, mut problems) = of_committee(client, desk, Some(page), known, now).await?;
        if !roster.terms.is_empty() {
            problems.push(Problem::new(ProblemKind::RosterMoved, &desk.pages.committee, String::new()));
            return Ok((roster, problems));
        }
    }
    Ok(found)
}

/// The committee that is written on a page: none where nobody has a vote.
async fn of_committee(
    client: &Client,
    desk: &Desk,
    page: Option<Page>,
    known: (&Names, &Redirects),
    now: Time,
) -> Result<(Roster, Vec<Problem>), Error> {
    let title = &desk.pages.committee;
    let (roster, problems) = written(client, desk, (title, page), known, now).await?;
    if desk.electorate.is_some() || roster.terms.iter().any(|term| term.role.votes()) {
        return Ok((Roster { electorate: desk.electorate.clone(), ..roster }, problems));
    }
    Ok((Roster::default(), vec![Problem::new(ProblemKind::RosterEmpty, title, String::new())]))
}

/// Those who may help, as trusted accounts wrote them on the page of helpers, and what was found wrong. Nobody there has
/// another role.
///
/// # Errors
/// Where the wiki cannot be reached.
pub(super) async fn helpers(
    client: &Client,
    desk: &Desk,
    page: Option<Page>,
    known: (&Names, &Redirects),
    now: Time,
) -> Result<(Vec<Term>, Vec<Problem>), Error> {
    if page.is_none() {
        return Ok((Vec::new(), Vec::new()));
    }
    let (roster, problems) = written(client, desk, (&desk.pages.helpers, page), known, now).await?;
    let terms = roster.terms.into_iter().map(|term| Term { role: Role::Helper, ..term });
    Ok((terms.collect(), problems))
}

/// The roster that is written on a page.
async fn written(
    client: &Client,
    desk: &Desk,
    (title, page): (&str, Option<Page>),
    (names, redirects): (&Names, &Redirects),
    now: Time,
) -> Result<(Roster, Vec<Problem>), Error> {
    let problem = |kind: ProblemKind, detail: String| Problem::new(kind, title, detail);
    let mut revisions = Vec::new();
    if let Some(page) = &page {
        client.history(page.id, |part| revisions.extend(part)).await?;
    }
    let authors: BTreeSet<String> = revisions.iter().filter_map(|r| Some(r.user.as_ref()?.name.clone())).collect();
    // Those on the page today are asked for with them: mostly there are no others.
    let today = revisions.last().and_then(|r| r.text.as_deref()).map(|text| listed(text, names)).unwrap_or_default();
    let asked: BTreeSet<String> = authors.into_iter().chain(today).collect();
    let mut accounts = client.accounts(&asked.iter().cloned().collect::<Vec<_>>()).await?;
    let followed = |names: &Names| {
        let mut history = RosterHistory::new(desk.electorate.is_some());
        for revision in &revisions {
            let trusted = revision.user.as_ref().is_some_and(|u| is_trusted(u, desk, names.titles(), &accounts));
            history.feed(revision, trusted, names);
        }
        history
    };
    let mut history = followed(names);
    if let Some(names) = redirects.answer(client, desk, names, history.questions(), now).await? {
        history = followed(&names);
    }
    let (lines, bad) = history.lines();
    let more: BTreeSet<String> = lines.iter().map(|line| line.name.clone()).filter(|n| !asked.contains(n)).collect();
    if !more.is_empty() {
        accounts.extend(client.accounts(&more.into_iter().collect::<Vec<_>>()).await?);
    }
    let (users, renamed) = whose(client, &lines, &accounts).await?;
    let (roster, unknown) = resolve(&lines, &users);
    let passed = |kind: ProblemKind, revision: &RevisionInfo| {
        let by = revision.user.as_ref().map(|u| u.name.clone()).unwrap_or_default();
        Problem { revision: Some(revision.id), ..problem(kind, by) }
    };
    let mut problems: Vec<Problem> = Vec::new();
    problems.extend(history.broken.as_ref().map(|revision| passed(ProblemKind::RosterBroken, revision)));
    problems.extend(history.untrusted().map(|revision| passed(ProblemKind::RosterUntrusted, revision)));
    problems
        .extend(bad.into_iter().map(|b| Problem { cause: Some(b.why), ..problem(ProblemKind::RosterLine, b.written) }));
    problems.extend(unknown.into_iter().map(|name| problem(ProblemKind::RosterName, name)));
    problems
        .extend(renamed.into_iter().map(|(old, new)| problem(ProblemKind::RosterRenamed, format!("{old} → {new}"))));
    problems.extend(twice(&roster).into_iter().map(|name| problem(ProblemKind::RosterTwice, name)));
    Ok((roster, problems))
}

/// The accounts that lines mean, by the names on them, and which of these have another name by now. A name that was
/// given to a new account after it was first listed means the account that had it before.
async fn whose(
    client: &Client,
    lines: &[Line],
    accounts: &[Account],
) -> Result<(BTreeMap<String, User>, Vec<(String, String)>), Error> {
    let mut users = BTreeMap::new();
    let mut renamed = Vec::new();
    for line in lines {
        if users.contains_key(&line.name) {
            continue;
        }
        let of_name = lines.iter().filter(|other| other.name == line.name);
        let first = of_name.map(|line| line.since).min().unwrap_or(line.since);
        // Whoever was there before their term began, or before they were listed, has not taken over anybody's name.
        let now = accounts.iter().find(|a| a.has_name(&line.name));
        let since_then = |moment: Time| now.filter(|a| a.registered.is_none_or(|since| since <= moment));
        let began = line.from.and_then(|day| day.and_hms_opt(0, 0, 0)).map(|t| t.and_utc());
        if let Some(account) = since_then(first).or_else(|| began.and_then(since_then)) {
            users.insert(line.name.clone(), account.user.clone());
        } else if let Some(account) = client.renamed(&line.name, MOST_RENAMES).await? {
            if line.ended.is_none() {
                renamed.push((line.name.clone(), account.user.name.clone()));
            }
            users.insert(line.name.clone(), account.user);
        } else if let Some(account) = since_then(line.since) {
            users.insert(line.name.clone(), account.user.clone());
        }
    }
    Ok((users, renamed))
}
