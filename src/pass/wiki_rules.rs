//! Rules that are kept on the wiki: which revision of their page is in force, and what is wrong with newer ones.

use chrono::TimeDelta;
use tracing::info;

use super::trust::trusted;
use crate::config;
use crate::desk::Desk;
use crate::desk::origin::{Origin, RulesInForce};
use crate::desk::problem::{Problem, ProblemKind};
use crate::page::{RevisionInfo, Time, timestamp};
use crate::read::rules_text::{RulesHistory, toml};
use crate::records::problems;
use crate::wiki::{Client, Error};

/// So many pages are looked at where pages were moved away.
const MOST_PAGES: usize = 10;
/// So many mistakes of one revision are told.
const MOST_MISTAKES: usize = 20;

/// The desk with the rules in force: those of its page on the wiki, as trusted accounts wrote them last and as far as they are
/// valid, else those of the operator. A page that was moved away is followed where nothing in its place counts.
///
/// # Errors
/// Where the wiki cannot be reached.
pub async fn in_force(client: &Client, desk: &Desk) -> Result<Desk, Error> {
    let mut operators = desk.clone();
    operators.origin = Origin { layers: desk.origin.layers.last().cloned().into_iter().collect(), ..Origin::default() };
    if desk.rules_page.is_empty() {
        return Ok(desk.clone());
    }
    let mut titles = vec![desk.rules_page.clone()];
    let mut problems = Vec::new();
    for number in 0..MOST_PAGES {
        let Some(title) = titles.get(number).cloned() else { break };
        let Found { desk: found, problems: here, is_empty } = of_page(client, &operators, &title).await?;
        let moved = number > 0;
        if !moved || found.is_some() {
            problems.extend(here);
        }
        if let Some(mut found) = found {
            // What is in force does not stand where people look for it.
            if moved || is_empty {
                let place = if moved { title } else { String::new() };
                problems.push(Problem::new(ProblemKind::RulesMissing, &desk.rules_page, place));
            }
            found.origin.problems = problems;
            return Ok(found);
        }
        // Where several were moved away, the first one was there first.
        let mut since = Time::UNIX_EPOCH;
        while let Some((at, to)) = client.moved_since(&title, since).await?.filter(|_| titles.len() < MOST_PAGES) {
            since = at + TimeDelta::seconds(1);
            if !titles.contains(&to) {
                titles.push(to);
            }
        }
    }
    if problems.is_empty() {
        problems.push(Problem::new(ProblemKind::RulesMissing, &desk.rules_page, ""));
    }
    operators.origin.problems = problems;
    Ok(operators)
}

/// What was found on one page.
struct Found {
    /// The desk with the rules that count there, if there are any.
    desk: Option<Desk>,
    /// What is wrong with newer ones.
    problems: Vec<Problem>,
    /// There are none on the page as it is.
    is_empty: bool,
}

async fn of_page(client: &Client, operators: &Desk, title: &str) -> Result<Found, Error> {
    let mut found = Found { desk: None, problems: Vec::new(), is_empty: true };
    let titles = [title.to_owned()];
    let Some(page) = client.newest(&titles).await?.into_iter().flatten().next() else { return Ok(found) };
    let mut revisions = Vec::new();
    client.history(page.page.id, |part| revisions.extend(part)).await?;
    let trusted = trusted(client, operators, revisions.iter().filter_map(|r| r.user.as_ref())).await?;
    let mut history = RulesHistory::default();
    for revision in &revisions {
        history.feed(revision, revision.user.as_ref().is_some_and(|user| trusted.contains(&user.id)));
    }
    found.is_empty = history.is_empty();
    let problem = |kind, detail: String, revision: &RevisionInfo| Problem {
        revision: Some(revision.id),
        ..Problem::new(kind, title, detail)
    };
    if let Some(open) = history.open.as_ref().filter(|_| !history.is_empty()) {
        found.problems.push(problem(ProblemKind::RulesUntrusted, name_of(open), open));
    }
    for version in history.versions() {
        match config::with_page(operators, &version.text, title) {
            Ok(mut desk) => {
                let revision = version.revision.clone();
                desk.origin.on_wiki = Some(RulesInForce { page: page.page.title.clone(), revision });
                found.desk = Some(desk);
                break;
            }
            // Of older ones nobody needs to know.
            Err(_) if found.problems.iter().any(|p| p.kind == ProblemKind::RulesInvalid) => {}
            Err(mistakes) => found.problems.extend(mistakes.into_iter().take(MOST_MISTAKES).map(|mistake| {
                let line = if mistake.line == 0 { String::new() } else { format!("line {}: ", mistake.line) };
                problem(ProblemKind::RulesInvalid, format!("{line}{}", mistake.message), &version.revision)
            })),
        }
    }
    Ok(found)
}

fn name_of(revision: &RevisionInfo) -> String {
    revision.user.as_ref().map(|user| user.name.clone()).unwrap_or_default()
}

/// The desk with the rules that a page of the wiki has now, whoever wrote them: to be tried, not to be followed.
///
/// # Errors
/// Where the wiki cannot be reached, or the page has no valid rules; says what is wrong with them.
pub async fn tried(client: &Client, desk: &Desk, title: &str) -> anyhow::Result<Desk> {
    let page = client.pages(&[title.to_owned()]).await?.into_iter().next();
    let page = page.ok_or_else(|| anyhow::anyhow!("there is no page {title}"))?;
    let text = toml(page.text());
    anyhow::ensure!(!text.is_empty(), "{title} has no rules in a <syntaxhighlight lang=\"toml\">");
    config::with_page(desk, &text, title).map_err(|mistakes| {
        let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", told.join("\n"))
    })
}

/// Which rules a desk goes by, in a sentence; nothing where none are kept on the wiki.
pub fn in_words(desk: &Desk) -> Option<String> {
    if desk.rules_page.is_empty() {
        return None;
    }
    let Some(RulesInForce { page, revision }) = &desk.origin.on_wiki else {
        return Some(format!("{} has no rules that count: those of the configuration are in force", desk.rules_page));
    };
    let RevisionInfo { id, at, .. } = revision;
    Some(format!("the rules of {page} are in force: revision {id} by {}, {}", name_of(revision), timestamp(*at)))
}

/// Says in the log which rules are in force and what is wrong with newer ones, where that is not as it was.
pub(super) fn tell_news(desk: &Desk, before: Option<&Desk>) {
    let (now, before) = (&desk.origin, before.map(|desk| &desk.origin));
    if before.is_some_and(|before| before.on_wiki == now.on_wiki && before.problems == now.problems) {
        return;
    }
    in_words(desk).iter().for_each(|words| info!("{words}"));
    if now.on_wiki.is_some() {
        config::warnings(desk).iter().for_each(|words| info!("{}: {words}", desk.rules_page));
    }
    for problem in &now.problems {
        let revision = problem.revision.map(|id| format!(" (revision {id})")).unwrap_or_default();
        info!("{}: {}{revision}", problem.page, problems::words(problem));
    }
}
