//! The roster in force: which revision of the committee page is believed, and whose names stand on it.

use std::collections::BTreeMap;

use crate::desk::Desk;
use crate::desk::problem::{Problem, ProblemKind};
use crate::desk::roster::Roster;
use crate::page::{Page, Revision, Time, User};
use crate::read::roster_lines::{Line, lines, resolve, twice};
use crate::wiki::{Account, Client, Error};
use crate::wikitext::Titles;
use crate::wikitext::names::Names;

/// How many older revisions are asked for at a time where it is not known how far back is enough.
pub(super) const OLDER_REVISIONS: usize = 49;
/// A name that was renamed so often is followed no further.
const MOST_RENAMES: usize = 5;

/// The roster from the newest revision of the committee page by a trusted account that gives somebody a vote, and
/// what was found wrong: newer revisions that were passed over, lines that cannot be read, names that do not exist.
///
/// # Errors
/// Where the wiki cannot be reached.
pub(super) async fn in_force(
    client: &Client,
    desk: &Desk,
    page: Option<Page>,
    names: &Names,
) -> Result<(Roster, Vec<Problem>), Error> {
    let title = &desk.pages.committee;
    let mut problems = Vec::new();
    let mut passed_over: Option<(Revision, bool)> = None;
    let at = page.as_ref().map_or_else(|| title.clone(), |p| p.title.clone());
    let mut batch = page.map(|p| vec![p.revision]).unwrap_or_default();
    while let Some(oldest) = batch.last().map(|r| r.id) {
        let accounts = accounts_of(client, &batch, names).await?;
        for revision in batch {
            let trusted = revision.user.as_ref().is_some_and(|u| is_trusted(u, desk, names.titles(), &accounts));
            if trusted {
                let (found, bad) = lines(revision.text.as_deref().unwrap_or_default(), names);
                let (users, renamed) = whose(client, &at, &found, &accounts, &revision, names).await?;
                let (roster, unknown) = resolve(&found, &users);
                if roster.terms.iter().any(|t| t.role.votes()) {
                    let problem = |kind: ProblemKind, detail: String| Problem::new(kind, title, detail);
                    problems.extend(passed_over.map(|(newer, trusted)| passed(title, &newer, trusted)));
                    problems.extend(
                        bad.into_iter().map(|b| problem(ProblemKind::RosterLine, format!("{} ({})", b.written, b.why))),
                    );
                    problems.extend(unknown.into_iter().map(|name| problem(ProblemKind::RosterName, name)));
                    problems.extend(
                        renamed
                            .into_iter()
                            .map(|(old, new)| problem(ProblemKind::RosterRenamed, format!("{old} → {new}"))),
                    );
                    problems.extend(twice(&roster).into_iter().map(|name| problem(ProblemKind::RosterTwice, name)));
                    return Ok((roster, problems));
                }
            }
            // The newest one is named; one by a trusted account says more than one by anybody else.
            if passed_over.as_ref().is_none_or(|(_, before)| trusted && !before) {
                passed_over = Some((revision, trusted));
            }
        }
        batch = client.revisions_before(&at, oldest, OLDER_REVISIONS).await?;
    }
    Ok((Roster::default(), vec![Problem::new(ProblemKind::RosterEmpty, title, String::new())]))
}

/// The problem that a newer revision changes nothing: a trusted account gives nobody a vote in it, or its author is not
/// trusted.
fn passed(title: &str, revision: &Revision, trusted: bool) -> Problem {
    let kind = if trusted { ProblemKind::RosterBroken } else { ProblemKind::RosterUntrusted };
    let by = revision.user.as_ref().map(|u| u.name.clone()).unwrap_or_default();
    Problem { revision: Some(revision.id), ..Problem::new(kind, title, by) }
}

fn is_trusted(user: &User, desk: &Desk, titles: &Titles, accounts: &[Account]) -> bool {
    let by_name = desk.safety.trusted.iter().any(|t| titles.account(t).as_deref() == Some(user.name.as_str()));
    let in_group = |a: &Account| a.groups.iter().any(|g| desk.safety.trusted_groups.contains(g));
    by_name || accounts.iter().any(|a| a.user.id == user.id && in_group(a))
}

/// The accounts that revisions of the committee page are by, and that they name.
async fn accounts_of(client: &Client, revisions: &[Revision], names: &Names) -> Result<Vec<Account>, Error> {
    let authors = revisions.iter().filter_map(|r| r.user.as_ref()).map(|u| u.name.clone());
    let listed = revisions.iter().filter_map(|r| r.text.as_deref()).flat_map(|t| lines(t, names).0).map(|l| l.name);
    let mut all: Vec<String> = authors.chain(listed).collect();
    all.sort();
    all.dedup();
    client.accounts(&all).await
}

/// The accounts that lines mean, by the names on them, and which of these have another name by now. A name that was
/// given to a new account after it was first listed means the account that had it before.
async fn whose(
    client: &Client,
    title: &str,
    lines: &[Line],
    accounts: &[Account],
    revision: &Revision,
    names: &Names,
) -> Result<(BTreeMap<String, User>, Vec<(String, String)>), Error> {
    let of = |line: &Line| accounts.iter().find(|a| a.has_name(&line.name));
    // Whoever was there before their term began, or before the page was, has not taken over anybody's name.
    let began = |line: &Line| line.from.and_then(|day| day.and_hms_opt(0, 0, 0)).map(|t| t.and_utc());
    let younger = |line: &Line| of(line).and_then(|a| a.registered).is_some_and(|r| began(line).is_none_or(|b| b < r));
    let mut older = Vec::new();
    if revision.parent != 0 && lines.iter().any(younger) {
        older = client.revisions_before(title, revision.id, OLDER_REVISIONS).await?;
    }
    let texts = older.iter().map(|r| (r.at, r.text.as_deref().map(|t| listed(t, names)).unwrap_or_default()));
    let texts: Vec<(Time, Vec<String>)> = texts.collect();
    let mut users = BTreeMap::new();
    let mut renamed = Vec::new();
    for line in lines {
        if users.contains_key(&line.name) {
            continue;
        }
        let before = texts.iter().take_while(|(_, listed)| listed.contains(&line.name)).last();
        let first = before.map_or(revision.at, |(at, _)| *at);
        let now = of(line);
        if let Some(account) = now.filter(|a| a.registered.is_none_or(|since| since <= first)) {
            users.insert(line.name.clone(), account.user.clone());
        } else if let Some(account) = client.renamed(&line.name, MOST_RENAMES).await? {
            renamed.push((line.name.clone(), account.user.name.clone()));
            users.insert(line.name.clone(), account.user);
        } else if let Some(account) = now.filter(|a| a.registered.is_none_or(|since| since <= revision.at)) {
            users.insert(line.name.clone(), account.user.clone());
        }
    }
    Ok((users, renamed))
}

/// The names on a committee page.
fn listed(text: &str, names: &Names) -> Vec<String> {
    lines(text, names).0.into_iter().map(|line| line.name).collect()
}
