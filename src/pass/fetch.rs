//! What a pass reads of the wiki before it reads single requests: lists of pages, the tables, and the texts of pages that
//! nothing vouches for.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::classify::{self, is_misplaced};
use super::redirects::{Redirects, template_names};
use super::view::{Entry, EntryKind, ToRead, View, table_rows};
use super::{committee, intake, minutes};
use crate::desk::problem::ProblemKind;
use crate::desk::quarter::Quarter;
use crate::desk::{ClaimBy, Desk, TemplateKind};
use crate::page::{Page, PageRef, Time};
use crate::plan::archive::is_archive;
use crate::plan::basis::Basis;
use crate::plan::brief;
use crate::plan::draft::output_titles;
use crate::plan::figures_pages::titles_of_years;
use crate::plan::limits::room;
use crate::plan::refusals;
use crate::plan::snapshot::Snapshot;
use crate::records::agenda::minutes_pages;
use crate::records::problems::problems;
use crate::records::tables::Row;
use crate::wiki::{Client, Error};
use crate::wikitext::has_visible_text;
use crate::wikitext::names::{Names, Questions};

/// Most texts that one pass looks at besides those it reads anyway.
const MOST_TEXTS: usize = 1000;

/// The title of the stop page.
pub(super) fn stop_page(client: &Client) -> String {
    format!("User:{}/Stop", client.me.name)
}

/// Whether the stop page stops the bot: it has text, or text that the wiki hides.
pub(super) fn stops(page: Option<&Page>) -> bool {
    page.is_some_and(|p| p.revision.text.as_deref().is_none_or(has_visible_text))
}

/// The titles of the pages that every pass looks at.
fn fixed_titles(client: &Client, desk: &Desk, now: Time) -> Vec<String> {
    let mut titles = vec![desk.pages.committee.clone(), stop_page(client)];
    titles.extend(output_titles(desk));
    titles.extend(brief::title_of(Quarter::last(now), desk));
    titles.extend(intake::titles(client, desk));
    titles.extend([&desk.rules_page, helpers_page(desk)].into_iter().cloned());
    titles.retain(|title| !title.is_empty());
    titles.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

/// The title of the page that lists those who may help; empty where anybody may, or all members.
fn helpers_page(desk: &Desk) -> &String {
    const NONE: &String = &String::new();
    if desk.claim_by == ClaimBy::Listed { &desk.pages.helpers } else { NONE }
}

/// Looks at everything, in a number of requests that grows with the desk only by lists of hundreds or thousands of pages.
/// `before` is what an earlier pass of this process knew.
///
/// # Errors
/// Where the wiki cannot be reached or refuses to be read.
pub(super) async fn everything(client: &Client, desk: &Desk, before: Option<View>, now: Time) -> Result<View, Error> {
    let titles = fixed_titles(client, desk, now);
    let found = client.page_of_each(&titles).await?;
    let fixed: BTreeMap<String, Option<Page>> = titles.into_iter().zip(found).collect();
    let page = |title: &String| fixed.get(title).cloned().flatten();
    let archives = archives(client, desk, before.as_ref()).await?;
    let listed = client.listing(&format!("{}/", desk.pages.intake)).await?;
    let (names, exclusions) = template_names(client, desk, now).await?;
    let committee = committee::followed(client, desk, page(&desk.pages.committee)).await?;
    let redirects = Redirects::default();
    let (mut roster, mut problems) = committee::in_force(client, desk, committee, (&names, &redirects), now).await?;
    let helpers = page(helpers_page(desk));
    let (helpers, wrong) = committee::helpers(client, desk, helpers, (&names, &redirects), now).await?;
    roster.terms.extend(helpers);
    problems.extend(wrong);
    let kept = output_titles(desk).filter_map(|title| page(&title)).chain(archives);
    let mut snapshot = Snapshot {
        exclusions,
        languages: client.languages.clone(),
        stopped: stops(page(&stop_page(client)).as_ref()),
        problems: [desk.origin.problems.clone(), problems].concat(),
        kept: kept.map(|p| (p.title.clone(), p)).collect(),
        titles: listed.iter().map(|l| l.page.title.clone()).collect(),
        brief: brief::title_of(Quarter::last(now), desk).filter(|title| page(title).is_none()),
        ..Snapshot::empty(client.me.clone(), names, roster)
    };
    own_records(client, desk, &mut snapshot, before.as_ref()).await?;
    let years = titles_of_years(desk, snapshot.rows.values().flatten().map(Arc::as_ref), now);
    if !years.is_empty() {
        let there = client.pages(&years).await?.into_iter();
        snapshot.kept.extend(there.map(|page| (page.title.clone(), page)));
    }
    let intake_pages = intake::titles(client, desk).iter().filter_map(page).collect();
    intake::read(client, desk, intake_pages, &mut snapshot, &redirects, now).await?;
    let mut before = before;
    let earlier = before.as_mut().filter(|view| view.snapshot.roster == snapshot.roster);
    let earlier = earlier.map(|view| std::mem::take(&mut view.minutes));
    let known = (&snapshot.names, &redirects);
    let mut minutes = {
        let pages = (listed.as_slice(), snapshot.minutes_pages.as_slice());
        minutes::read(client, desk, earlier, &snapshot.roster, known, pages, now).await?
    };
    minutes.resolve(desk, &snapshot, listed.iter().map(|l| (&l.page, l.redirect)), now);
    let basis = Basis::new(desk, &snapshot.roster).with_minutes(&minutes.resolved.items);
    let listed: Vec<_> = listed.into_iter().map(|l| (l.page, l.revision, l.length)).collect();
    let entries = entries(client, desk, listed, &snapshot, &basis, before, now).await?;
    let revisions = fixed.into_iter().map(|(title, page)| (title, page.map_or(0, |p| p.revision.id)));
    let mut view = View::new(snapshot, basis, redirects, revisions.collect(), entries);
    view.minutes = minutes;
    texts(client, desk, &mut view, now).await?;
    Ok(view)
}

/// Brings a view up to date where only these pages may have changed. Gives false where more than that has changed: then everything has to be looked at.
///
/// # Errors
/// As [`everything`].
pub(super) async fn these(
    client: &Client,
    desk: &Desk,
    view: &mut View,
    hinted: &BTreeMap<String, bool>,
    now: Time,
) -> Result<bool, Error> {
    let titles: Vec<String> =
        view.fixed.keys().chain(hinted.keys()).cloned().collect::<BTreeSet<_>>().into_iter().collect();
    let newest = client.newest(&titles).await?;
    for (title, found) in titles.iter().zip(newest) {
        let revision = found.as_ref().map_or(0, |n| n.info.id);
        if let Some(before) = view.fixed.get(title) {
            if *before != revision {
                return Ok(false);
            }
            continue;
        }
        let Some(found) = found.filter(|n| !n.redirect) else { return Ok(false) };
        match view.entries.get_mut(&found.page.id) {
            Some(entry) if entry.page.title != found.page.title => return Ok(false),
            Some(entry) if entry.revision == revision => {}
            Some(entry) => {
                entry.kind = match &entry.kind {
                    EntryKind::Known(known) | EntryKind::Outdated(known)
                        if known.row.as_ref().is_none_or(|row| row.lost) =>
                    {
                        EntryKind::Unseen(None)
                    }
                    EntryKind::Known(_) | EntryKind::Outdated(_) => EntryKind::Request(ToRead::default()),
                    EntryKind::Request(how) if !how.lost => EntryKind::Request(*how),
                    EntryKind::Request(_) | EntryKind::Unseen(_) => EntryKind::Unseen(None),
                    EntryKind::Redirect { .. } | EntryKind::Other(_) => return Ok(false),
                };
                (entry.revision, entry.length) = (revision, found.length);
            }
            None if found.page.title.starts_with(&format!("{}/", desk.pages.intake)) => {
                view.snapshot.titles.push(found.page.title.clone());
                let (id, length, kind) = (found.page.id, found.length, EntryKind::Unseen(None));
                view.entries.insert(id, Entry { page: found.page, revision, length, kind });
            }
            None => return Ok(false),
        }
    }
    for entry in view.entries.values_mut() {
        if let EntryKind::Known(known) = &entry.kind
            && known.due.is_some_and(|due| due <= now)
        {
            // What could not be read is given the time once more.
            let patient = known.problems.iter().any(|problem| problem.kind == ProblemKind::Unread);
            entry.kind = EntryKind::Request(ToRead { patient, ..ToRead::default() });
        }
    }
    texts(client, desk, view, now).await?;
    Ok(true)
}

/// The archive pages with their texts; of a view that is known, those that changed are fetched alone.
async fn archives(client: &Client, desk: &Desk, before: Option<&View>) -> Result<Vec<Page>, Error> {
    let prefix = desk.pages.archive_prefix();
    if prefix.is_empty() {
        return Ok(Vec::new());
    }
    let Some(before) = before.filter(|view| !view.snapshot.kept.is_empty()) else {
        return Ok(client.pages_below(prefix).await?.into_iter().filter(|p| is_archive(&p.title, desk)).collect());
    };
    let listed = client.listing(prefix).await?.into_iter().filter(|l| is_archive(&l.page.title, desk));
    let (mut pages, mut changed) = (Vec::new(), Vec::new());
    for listed in listed {
        match before.snapshot.kept.get(&listed.page.title).filter(|p| p.revision.id == listed.revision && p.id != 0) {
            Some(page) => pages.push(page.clone()),
            None => changed.push(listed.page.id),
        }
    }
    if !changed.is_empty() {
        pages.extend(client.pages_by_id(&changed).await?);
    }
    Ok(pages)
}

/// The rows and problems that the bot itself saved last: what others write into its tables tells it nothing. One request for
/// each page that somebody else has saved since.
async fn own_records(
    client: &Client,
    desk: &Desk,
    snapshot: &mut Snapshot,
    before: Option<&View>,
) -> Result<(), Error> {
    let mut own: BTreeMap<String, Vec<Arc<Row>>> = BTreeMap::new();
    for (title, page) in snapshot.kept.iter().filter(|(title, _)| **title != desk.pages.committee) {
        let known = before.filter(|b| b.snapshot.kept.get(title).is_some_and(|p| p.revision.id == page.revision.id));
        if *title == desk.pages.problems {
            snapshot.listed = match known {
                Some(before) => before.snapshot.listed.clone(),
                // Whoever takes a line away has it forgotten.
                None => {
                    let mut listed = own_text(client, page).await?.map(|text| problems(&text)).unwrap_or_default();
                    let shown = problems(page.text());
                    listed.retain(|problem| shown.contains(problem));
                    listed
                }
            };
        } else if *title == desk.pages.agenda {
            snapshot.minutes_pages = match known {
                Some(before) => before.snapshot.minutes_pages.clone(),
                None => own_text(client, page).await?.map(|text| minutes_pages(&text)).unwrap_or_default(),
            };
        } else if let Some(rows) = known.and_then(|b| b.snapshot.rows.get(title)) {
            own.insert(title.clone(), rows.clone());
        } else if let Some(text) = own_text(client, page).await? {
            own.insert(title.clone(), table_rows(title, &text, desk));
        }
    }
    snapshot.refusals = refusals::known(&snapshot.listed);
    snapshot.rows = own;
    Ok(())
}

/// The text of a page as the bot itself saved it last; none where it never did.
async fn own_text(client: &Client, page: &Page) -> Result<Option<String>, Error> {
    if page.revision.user.as_ref().is_some_and(|u| u.id == client.me.id) {
        return Ok(Some(page.text().to_owned()));
    }
    let last = client.last_by(&page.title, &client.me.name).await?;
    Ok(last.map(|revision| revision.text.unwrap_or_default()))
}

/// What is known of each page before its text is looked at: those below the intake page, and those that have a row and stand
/// elsewhere now.
async fn entries(
    client: &Client,
    desk: &Desk,
    mut listed: Vec<(PageRef, u64, usize)>,
    snapshot: &Snapshot,
    basis: &Basis,
    before: Option<View>,
    now: Time,
) -> Result<BTreeMap<u64, Entry>, Error> {
    let rows = snapshot.rows_by_id();
    let here: HashSet<u64> = listed.iter().map(|(page, ..)| page.id).collect();
    let elsewhere: Vec<u64> = rows.keys().copied().filter(|id| !here.contains(id)).collect();
    if !elsewhere.is_empty() {
        listed.extend(client.newest_by_id(&elsewhere).await?.into_iter().map(|n| (n.page, n.info.id, n.length)));
    }
    let same_names = before.as_ref().is_some_and(|b| b.snapshot.names == snapshot.names);
    let same_roster = before.as_ref().is_some_and(|b| b.snapshot.roster == snapshot.roster);
    let (mut before, old_basis) = before.map(|b| (b.entries, Some(b.basis))).unwrap_or_default();
    let minutes_of_old = |id: u64| old_basis.as_ref().and_then(|basis| basis.minutes_of(id));
    let entry = |(page, revision, length): (PageRef, u64, usize)| {
        let page_id = page.id;
        let (known, row) = (before.remove(&page.id), rows.get(&page.id).copied());
        (
            page.id,
            classify::from_list(
                (page, revision, length),
                known,
                row,
                snapshot,
                (same_names, same_roster && minutes_of_old(page_id) == basis.minutes_of(page_id)),
                (basis, desk, now),
            ),
        )
    };
    Ok(listed.into_iter().map(entry).collect())
}

/// Looks at the texts of pages that nothing vouches for; what is too much for one pass is left to the next.
async fn texts(client: &Client, desk: &Desk, view: &mut View, now: Time) -> Result<(), Error> {
    let rows: HashSet<u64> = view.snapshot.rows.values().flatten().map(|row| row.page.id).collect();
    leave_others_pages(client, view, desk).await?;
    let (mut plain, mut once) = (Vec::new(), Vec::new());
    for part in to_look_at(view, desk, now).chunks(client.batch()) {
        let pages = client.pages_by_id(part).await?;
        let there: HashSet<u64> = pages.iter().map(|p| p.id).collect();
        // Deleted a moment ago.
        part.iter().filter(|id| !there.contains(id)).for_each(|id| drop(view.entries.remove(id)));
        for page in pages {
            let known = match view.entries.remove(&page.id).map(|e| e.kind) {
                Some(EntryKind::Unseen(known)) => known,
                _ => None,
            };
            let kind = classify::from_text(&page, known, rows.contains(&page.id), view, desk, now);
            if matches!(kind, EntryKind::Other(None)) && !is_misplaced(&page.title, desk, &view.snapshot.languages) {
                plain.push(page.id);
                once.extend(filled_in(&page, desk, &view.snapshot.names).into_iter().map(|name| (page.id, name)));
            }
            let (revision, length) = (page.revision.id, page.text().len());
            view.entries.insert(page.id, Entry { page: page.reference(), revision, length, kind });
        }
    }
    // A request that lost its template and whose row went missing too: only the page's own past tells of it.
    if !plain.is_empty() {
        for id in client.saved_once(&plain).await? {
            if let Some(entry) = view.entries.get_mut(&id) {
                entry.kind = EntryKind::Request(ToRead { lost: true, ..ToRead::default() });
            }
        }
    }
    // A request by a name that led to the request template when it was written, and does no more.
    let mut questions = Questions::new();
    once.iter().for_each(|(_, name)| view.snapshot.names.ask(&mut questions, name, Time::UNIX_EPOCH));
    if view.redirects.answer(client, desk, &view.snapshot.names, &questions, now).await?.is_some() {
        view.snapshot.names = view.redirects.known(&view.snapshot.names);
        for (id, _) in once.iter().filter(|(_, name)| view.snapshot.names.is(TemplateKind::Request, name)) {
            if let Some(entry) = view.entries.get_mut(id) {
                entry.kind = EntryKind::Request(ToRead::default());
            }
        }
    }
    classify::redirects(view, desk);
    Ok(())
}

/// Templates of a page that are filled in like the request template: so many of its fields.
fn filled_in(page: &Page, desk: &Desk, names: &Names) -> Vec<String> {
    const ENOUGH: usize = 2;
    let field = |name: &str| desk.fields.iter().any(|field| field.name == name);
    let calls = names.syntax().calls(page.text()).into_iter().filter(|call| !call.nested());
    let filled = calls.filter(move |call| call.params.iter().filter(|p| field(&p.name)).count() >= ENOUGH);
    filled.map(|call| call.name).collect()
}

/// Pages that stand elsewhere and that the bot never saved are no requests, whatever a row says: they are not even read.
async fn leave_others_pages(client: &Client, view: &mut View, desk: &Desk) -> Result<(), Error> {
    let below = format!("{}/", desk.pages.intake);
    let unseen = view.entries.iter().filter(|(_, e)| matches!(e.kind, EntryKind::Unseen(None)));
    let elsewhere: Vec<u64> = unseen.filter(|(_, e)| !e.page.title.starts_with(&below)).map(|(id, _)| *id).collect();
    if elsewhere.is_empty() {
        return Ok(());
    }
    let saved = client.saved_once(&elsewhere).await?;
    for id in elsewhere.iter().filter(|id| !saved.contains(id)) {
        if let Some(entry) = view.entries.get_mut(id) {
            entry.kind = EntryKind::Other(None);
        }
    }
    Ok(())
}

/// The pages whose text is to be looked at, by id: those that changed last first, behind them closed requests that were
/// decided by other rules, and last those that are no requests by their titles.
fn to_look_at(view: &View, desk: &Desk, now: Time) -> Vec<u64> {
    let mut unseen: Vec<(u64, u64)> = Vec::new();
    let mut outdated: Vec<(Time, u64)> = Vec::new();
    let mut misplaced: Vec<(u64, u64)> = Vec::new();
    for (id, entry) in &view.entries {
        match &entry.kind {
            EntryKind::Unseen(_) if is_misplaced(&entry.page.title, desk, &view.snapshot.languages) => {
                misplaced.push((entry.revision, *id));
            }
            EntryKind::Unseen(_) => unseen.push((entry.revision, *id)),
            EntryKind::Outdated(known) => outdated.push((known.row.as_ref().map_or(now, |row| row.since), *id)),
            _ => {}
        }
    }
    unseen.sort_unstable_by_key(|key| std::cmp::Reverse(*key));
    outdated.sort_unstable_by_key(|key| std::cmp::Reverse(*key));
    let outdated = outdated.into_iter().take(room(desk, 0)).map(|(_, id)| id);
    misplaced.sort_unstable_by_key(|key| std::cmp::Reverse(*key));
    let ids = |pages: Vec<(u64, u64)>| pages.into_iter().map(|(_, id)| id);
    ids(unseen).chain(outdated).chain(ids(misplaced)).take(MOST_TEXTS).collect()
}
