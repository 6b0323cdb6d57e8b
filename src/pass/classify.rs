//! What each page is, by its title and its text. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::view::{Entry, EntryKind, READ_AGAIN, ToRead, View};
use crate::desk::problem::{Problem, ProblemKind};
use crate::desk::{Desk, TemplateKind};
use crate::page::{Page, PageRef, Time};
use crate::plan::basis::Basis;
use crate::plan::reading::Known;
use crate::plan::request_page::{problems_of_text, recorded, unhidden, vouching};
use crate::plan::snapshot::Snapshot;
use crate::read::proposals::{begins_another, is_empty};
use crate::read::request::Unreadable;
use crate::read::request_template::{begins_request, may_hold_request};
use crate::records::ledger;
use crate::records::tables::Row;
use crate::wikitext::names::{Meaning, Names};
use crate::wikitext::page_name;
use crate::wikitext::redirects::target;
use std::sync::Arc;

/// The longest chain of redirects that is followed.
const MOST_REDIRECTS: usize = 5;

/// Whether a page may be a request by its title: directly below the intake page or a part of it, and no translation of that.
pub fn is_below_intake(title: &str, desk: &Desk, languages: &[String]) -> bool {
    page_name::is_request(title, &desk.pages, languages)
}

/// Whether a ledger that names this desk, by its intake page, is this desk's; those of older versions name none.
pub(super) fn keeps(named: &str, desk: &Desk) -> bool {
    named.is_empty() || named == desk.pages.intake
}

/// Whether a page stands below the intake page, at a title that no request has.
pub(super) fn is_misplaced(title: &str, desk: &Desk, languages: &[String]) -> bool {
    title.strip_prefix(&desk.pages.intake).is_some_and(|rest| rest.starts_with('/'))
        && !is_below_intake(title, desk, languages)
}

/// The problem of a page at such a title, if somebody filed a request there: what it may be called is suggested.
fn misplaced(page: &Page, snapshot: &Snapshot, desk: &Desk) -> Option<Problem> {
    let (above, name) = page_name::place(&page.title, &desk.pages)?;
    if !names_request(page.text(), &snapshot.names) {
        return None;
    }
    // A part of the intake page is divided further.
    let part = desk.pages.parts.iter().find(|part| *part == name).filter(|_| above == desk.pages.intake);
    if let Some(part) = part {
        return Some(Problem::new(ProblemKind::Deeper, &page.title, format!("{above}/{part}/…")));
    }
    if name.contains('/') {
        let better = page_name::name(name, &above, &snapshot.languages);
        return Some(Problem::new(ProblemKind::Deeper, &page.title, format!("{above}/{better}")));
    }
    Some(Problem::new(ProblemKind::LanguageName, &page.title, ""))
}

/// Whether a text holds the request template with anything filled in, or begins one.
fn names_request(text: &str, names: &Names) -> bool {
    let calls = names.syntax().calls(text);
    let filled = calls.iter().any(|c| names.is(TemplateKind::Request, &c.name) && !is_empty(c));
    filled || begins_another(text, names)
}

/// The problem of a redirect below the intake page that holds a request, or leads to the template instead of using it.
fn redirected(page: &Page, to: Option<&str>, names: &Names) -> Option<Problem> {
    let is_template = to.is_some_and(|to| names.meaning_of_page(to) == Some(&Meaning::Template(TemplateKind::Request)));
    (is_template || names_request(page.text(), names))
        .then(|| Problem::new(ProblemKind::RedirectRequest, &page.title, to.unwrap_or_default()))
}

/// What is known of a page before its text is looked at: what was known at this revision, or what the row says that the bot
/// last saved for it.
pub(super) fn from_list(
    (page, revision, length): (PageRef, u64, usize),
    before: Option<Entry>,
    row: Option<&Arc<Row>>,
    snapshot: &Snapshot,
    (same_names, same_roster): (bool, bool),
    (basis, desk, now): (&Basis, &Desk, Time),
) -> Entry {
    if let Some(problem) = snapshot.unread_at(&page.title, revision) {
        let row = row.map(|row| Row::unreadable(Arc::new(Row { page: page.clone(), ..(**row).clone() })));
        let problems = snapshot.listed_of(&page.title).chain([problem]).cloned().collect();
        let due = Some(now + READ_AGAIN);
        let known = Known { id: page.id, row, revision, due, problems, rests_on: None, news: None, held: false };
        return Entry { page, revision, length, kind: EntryKind::Known(known) };
    }
    let kind = match before.filter(|e| e.revision == revision && e.page == page).map(|e| e.kind) {
        Some(EntryKind::Known(known) | EntryKind::Outdated(known)) if is_stale(&known, snapshot, now) => {
            EntryKind::Unseen(None)
        }
        Some(EntryKind::Known(known)) if same_roster => EntryKind::Known(known),
        Some(EntryKind::Known(known) | EntryKind::Outdated(known)) => {
            let closed = known.row.as_ref().is_some_and(|row| row.rests_on.is_some());
            if closed { vouched(known, basis) } else { EntryKind::Unseen(Some(known)) }
        }
        Some(kind @ (EntryKind::Redirect { .. } | EntryKind::Other(_))) if same_names && same_roster => kind,
        _ => {
            let row =
                row.filter(|row| row.page == page && row.rests_on.as_ref().is_some_and(|r| r.revision == revision));
            let closed = row.filter(|row| desk.status(&row.status).is_some_and(|s| s.closed));
            closed.map_or(EntryKind::Unseen(None), |row| {
                let row = Some(Arc::clone(row));
                vouched(
                    Known {
                        id: page.id,
                        row,
                        revision,
                        due: None,
                        problems: Vec::new(),
                        rests_on: None,
                        news: None,
                        held: false,
                    },
                    basis,
                )
            })
        }
    };
    Entry { page, revision, length, kind }
}

/// Whether a request has to be read again though its page is the same: its time has come, or somebody took the line away
/// that says why it cannot be saved, or read.
fn is_stale(known: &Known, snapshot: &Snapshot, now: Time) -> bool {
    let refused = known.problems.iter().filter(|p| p.kind == ProblemKind::Refused);
    let forgotten = |p: &Problem| !snapshot.refusals.iter().any(|r| Some(&r.digest) == p.digest.as_ref());
    let unread = known.problems.iter().filter(|p| p.kind == ProblemKind::Unread);
    let read_again = |p: &Problem| p.revision.is_none_or(|at| snapshot.unread_at(&p.page, at).is_none());
    known.due.is_some_and(|due| due <= now) || refused.into_iter().any(forgotten) || unread.into_iter().any(read_again)
}

/// A closed request whose row says what it rests on.
fn vouched(known: Known, basis: &Basis) -> EntryKind {
    let holds = known
        .row
        .as_ref()
        .is_some_and(|row| row.rests_on.as_ref().is_some_and(|r| r.basis == basis.of_closed(known.id, row.since)));
    if holds { EntryKind::Known(known) } else { EntryKind::Outdated(known) }
}

/// What a page is by its text. `known` is what was known of it at this revision with another roster.
pub(super) fn from_text(
    page: &Page,
    known: Option<Known>,
    has_row: bool,
    view: &View,
    desk: &Desk,
    now: Time,
) -> EntryKind {
    let View { snapshot, basis, .. } = view;
    // Moved away, and kept by another desk since: its ledger says so.
    let by_bot = page.revision.user.as_ref().is_some_and(|u| u.id == snapshot.bot.id);
    let keeper = ledger::keeper(page.text()).filter(|_| by_bot);
    if keeper.is_some_and(|k| !keeps(&k, desk)) && !is_below_intake(&page.title, desk, &snapshot.languages) {
        return EntryKind::Other(None);
    }
    if page.redirect {
        let to = target(page.text(), snapshot.names.titles());
        let problem = redirected(page, to.as_deref(), &snapshot.names);
        return EntryKind::Redirect { to, moved: page.revision.parent == 0, problem };
    }
    if !has_row && is_misplaced(&page.title, desk, &snapshot.languages) {
        return EntryKind::Other(misplaced(page, snapshot, desk));
    }
    if !may_hold_request(page.text(), &snapshot.names) {
        if has_row || unhidden(page, &snapshot.names).is_some() {
            return EntryKind::Request(ToRead { lost: true, ..ToRead::default() });
        }
        let begun = begins_request(page.text(), &snapshot.names);
        return EntryKind::Other(begun.then(|| Unreadable::Unclosed.problem(&page.title)));
    }
    if let Some(recorded) = recorded(page, desk, &snapshot.names, basis, snapshot.bot.id, now) {
        let problems = problems_of_text(page, &snapshot.names);
        let mut row = recorded.row;
        if problems.is_empty() {
            row = vouching(row, page.revision.id, recorded.due, desk, basis);
        }
        return EntryKind::Known(Known {
            id: page.id,
            row: Some(Arc::new(row)),
            revision: page.revision.id,
            due: recorded.due,
            problems,
            rests_on: Some(recorded.rests_on),
            news: Some(std::sync::Arc::new(recorded.news)),
            held: false,
        });
    }
    let same = known.filter(|k| k.rests_on.as_ref().is_some_and(|r| r.digest == basis.of_page(page.id, &r.people)));
    same.map_or(EntryKind::Request(ToRead::default()), EntryKind::Known)
}

/// Sorts out redirects once all pages are known: a request that was made to lead to another one is a duplicate of that; one
/// that was made to lead elsewhere has lost its template.
pub(super) fn redirects(view: &mut View, desk: &Desk) {
    let is_request = |kind: &EntryKind| match kind {
        EntryKind::Known(known) | EntryKind::Outdated(known) => known.row.as_ref().is_none_or(|row| !row.lost),
        EntryKind::Request(read) => !read.lost,
        _ => false,
    };
    let requests: HashSet<&str> =
        view.entries.values().filter(|e| is_request(&e.kind)).map(|e| e.page.title.as_str()).collect();
    let leads: HashMap<&str, &str> = view
        .entries
        .values()
        .filter_map(|e| match &e.kind {
            EntryKind::Redirect { to: Some(to), .. } => Some((e.page.title.as_str(), to.as_str())),
            _ => None,
        })
        .collect();
    let request_behind = |title: &str| {
        let mut to = *leads.get(title)?;
        for _ in 0..MOST_REDIRECTS {
            match leads.get(to) {
                Some(next) => to = next,
                None => break,
            }
        }
        requests.contains(to).then(|| to.to_owned())
    };
    let rows = view.snapshot.rows_by_id();
    let (mut duplicates, mut lost) = (Vec::new(), Vec::new());
    for (id, entry) in &view.entries {
        let EntryKind::Redirect { moved, .. } = entry.kind else { continue };
        match request_behind(&entry.page.title) {
            // What a move left behind is no request of its own.
            Some(of) if !moved && is_below_intake(&entry.page.title, desk, &view.snapshot.languages) => {
                duplicates.push((entry.page.title.clone(), of));
            }
            Some(_) => {}
            None if rows.contains_key(id) => lost.push(*id),
            None => {}
        }
    }
    view.snapshot.duplicates = duplicates;
    for id in lost {
        if let Some(entry) = view.entries.get_mut(&id) {
            entry.kind = EntryKind::Request(ToRead { lost: true, ..ToRead::default() });
        }
    }
}

/// The problems of pages that are no requests.
pub(super) fn problems(entries: &BTreeMap<u64, Entry>) -> impl Iterator<Item = Problem> {
    entries.values().filter_map(|e| match &e.kind {
        EntryKind::Other(problem) | EntryKind::Redirect { problem, .. } => problem.clone(),
        _ => None,
    })
}
