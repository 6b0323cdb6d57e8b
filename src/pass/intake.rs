//! What stands on the intake page, the landing page and their talk pages, and where it came from.

use super::committee::OLDER_REVISIONS;
use super::redirects::Redirects;
use super::slow::{QUICK, cause};
use crate::desk::problem::{Problem, ProblemKind};
use crate::desk::{Desk, TemplateKind};
use crate::page::{Page, Time};
use crate::plan::snapshot::Snapshot;
use crate::read::html::{self, ShownCall};
use crate::read::proposals::{
    Intake, MisplacedProposal, OriginSearch, ProposalState, begins_another, is_empty, may_change, message, proposals,
};
use crate::read::request::{Unreadable, is_shown_at};
use crate::records::moved::Marker;
use crate::records::wiki_pages;
use crate::wiki::{Client, Error};
use crate::wikitext::Call;
use crate::wikitext::names::{Meaning, Names, Questions};

/// The titles of the pages on which proposals may stand that have none of their own, each once.
pub(super) fn titles(client: &Client, desk: &Desk) -> Vec<String> {
    let mut titles: Vec<String> = Vec::new();
    for page in [&desk.pages.intake, &desk.root] {
        for title in [Some(page.clone()), client.titles.talk_page(page)].into_iter().flatten() {
            if !titles.iter().any(|t| client.titles.same_page(t, &title)) {
                titles.push(title);
            }
        }
    }
    titles
}

/// Reads these pages, as far as they exist. Where no proposal waits there this asks the wiki nothing.
///
/// # Errors
/// Where the wiki cannot be reached.
pub(super) async fn read(
    client: &Client,
    desk: &Desk,
    pages: Vec<Page>,
    snapshot: &mut Snapshot,
    redirects: &Redirects,
    now: Time,
) -> Result<(), Error> {
    let installed = &wiki_pages::installed_for_people(desk);
    for page in pages.into_iter().filter(|p| !p.redirect) {
        let calls = proposals(page.text(), &snapshot.names, installed);
        snapshot.problems.extend(unmoved(&page, &snapshot.names));
        let by_bot = page.revision.user.as_ref().is_some_and(|u| u.id == snapshot.bot.id);
        // What the landing page says is people's matter; a request on it is the desk's.
        let landing = client.titles.same_page(&page.title, &desk.root) && desk.root != desk.pages.intake;
        let message = message(page.text(), &snapshot.names, installed).filter(|_| !landing);
        let person = match message {
            None => None,
            Some(_) if !by_bot => Some((page.revision.id, page.revision.user.clone())),
            Some(_) => {
                let before = client.revisions_before(&page.title, page.revision.id, OLDER_REVISIONS).await?;
                let people = before.into_iter().find(|r| r.user.as_ref().is_none_or(|u| u.id != snapshot.bot.id));
                people.map(|r| (r.id, r.user))
            }
        };
        let waiting = if calls.is_empty() {
            Vec::new()
        } else if let Some(known) = snapshot.unread_at(&page.title, page.revision.id) {
            snapshot.problems.push(known.clone());
            Vec::new()
        } else {
            match waiting(client, &page, calls, snapshot, installed).await {
                Err(Error::NotShown { why, .. }) => {
                    snapshot.problems.push(Problem::unread(&page.title, page.revision.id, cause(&why)));
                    Vec::new()
                }
                waiting => waiting?,
            }
        };
        let names = &snapshot.names;
        let mut questions = Questions::new();
        waiting.iter().for_each(|w| names.ask(&mut questions, &w.call.name, w.origin.at));
        let answered = redirects.answer(client, desk, names, &questions, now).await?;
        let names = answered.as_ref().unwrap_or(names);
        let (waiting, others): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|w| names.was(TemplateKind::Request, &w.call.name, w.origin.at));
        let new_name =
            |w: MisplacedProposal| Problem::new(ProblemKind::NewName, &page.title, format!("{{{{{}}}}}", w.call.name));
        snapshot.problems.extend(others.into_iter().map(new_name));
        snapshot.intake.push(Intake { page, waiting, message, person });
    }
    Ok(())
}

/// Proposals that cannot be moved: never closed, inside another template, or not filled in.
fn unmoved(page: &Page, names: &Names) -> Vec<Problem> {
    let calls = names.syntax().calls(page.text());
    let wrapped = calls.iter().any(|c| c.nested() && !c.params.is_empty() && is_request(&c.name, names));
    let begun = begins_another(page.text(), names);
    let empty = calls.iter().any(|c| !c.nested() && is_empty(c) && is_request(&c.name, names));
    let found = [
        wrapped.then(|| Unreadable::Wrapped.problem(&page.title)),
        begun.then(|| Unreadable::Unclosed.problem(&page.title)),
        empty.then(|| Problem::new(ProblemKind::RequestEmpty, &page.title, String::new())),
    ];
    found.into_iter().flatten().collect()
}

fn is_request(name: &str, names: &Names) -> bool {
    names.is(TemplateKind::Request, name)
}

/// The HTML of the page; where it does not come quickly, it is asked for once more, with more patience.
async fn shown(client: &Client, page: &Page) -> Result<String, Error> {
    match client.html(&page.title, page.revision.id, Some(QUICK)).await {
        Err(Error::NotShown { .. }) => client.html(&page.title, page.revision.id, None).await,
        html => html,
    }
}

/// Where proposals came from, and which have a page already.
async fn waiting(
    client: &Client,
    page: &Page,
    calls: Vec<Call>,
    snapshot: &Snapshot,
    installed: &str,
) -> Result<Vec<MisplacedProposal>, Error> {
    let shown = html::shown_page(&shown(client, page).await?);
    let mut trace = OriginSearch::new(&page.revision, &calls, snapshot.bot.id, installed);
    let mut oldest = page.revision.id;
    while !trace.is_done() {
        let older = client.revisions_before(&page.title, oldest, OLDER_REVISIONS).await?;
        let Some(last) = older.last() else { break };
        oldest = last.id;
        trace.feed(&older, &snapshot.names);
    }
    let origins = trace.origins();
    let Some(since) = origins.iter().map(|(o, _)| o.at).min() else { return Ok(Vec::new()) };
    let made = client.created_since(since).await?;
    let made =
        made.into_iter().filter_map(|(title, r)| Some((title, Marker::on_last_line(r.text.as_deref()?)?, r.text?)));
    let made: Vec<(String, Marker, String)> = made.collect();
    let waiting = calls.into_iter().zip(origins).map(|(call, (origin, returned))| {
        let marker = origin.marker;
        let home = made.iter().find(|(_, m, _)| (m.revision, m.nth) == (marker.revision, marker.nth));
        let text = &page.text()[call.span.clone()];
        let quoted = |c: &ShownCall| {
            snapshot.names.meaning_of_page(&c.name) == Some(&Meaning::Template(TemplateKind::Request))
                && c.quoted
                && is_shown_at(&call, c)
        };
        let state = match home {
            _ if returned => ProposalState::Returned,
            Some((title, marker, made)) => ProposalState::Made(title.clone(), *made == marker.below(text)),
            None if may_change(text, &snapshot.names) || shown.calls.iter().any(quoted) => ProposalState::Unreadable,
            None => ProposalState::New,
        };
        MisplacedProposal { call, origin, state }
    });
    Ok(waiting.collect())
}
