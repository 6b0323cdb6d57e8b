//! What a pass knows of a desk's pages, carried to the next pass. All of it can be read from the wiki again. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::TimeDelta;

use super::electors::Electors;
use super::expand::Expansions;
use super::minutes::AllMinutes;
use super::redirects::Redirects;
use crate::desk::Desk;
use crate::desk::minutes::Item;
use crate::desk::problem::Problem;
use crate::page::{Page, PageRef, Revision, Time};
use crate::plan::archive::is_archive;
use crate::plan::basis::Basis;
use crate::plan::change::Change;
use crate::plan::draft::{Draft, output_titles};
use crate::plan::figures_pages::is_of_year;
use crate::plan::reading::{self, Known, Reading};
use crate::plan::refusals;
use crate::plan::snapshot::Snapshot;
use crate::records::problems::problems;
use crate::records::tables::{ARCHIVE_BLOCK, Row, STATUS_BLOCK, rows};

/// A page of more bytes may take the wiki long to show.
const LONG: usize = 150_000;
/// When a page that could not be read is tried once more though it is the same, as long as the bot runs.
pub(super) const READ_AGAIN: TimeDelta = TimeDelta::hours(1);

/// What is known of a desk's pages.
#[derive(Debug)]
pub(super) struct View {
    /// What planning works on.
    pub snapshot: Snapshot,
    /// What decisions rest on besides the requests' pages.
    pub basis: Basis,
    /// The pages that every pass looks at, by title, with their newest revisions; 0 for one that does not exist.
    pub fixed: BTreeMap<String, u64>,
    /// What is wrong with the roster and on the intake pages.
    pub of_desk: Vec<Problem>,
    /// All pages below the intake page, and requests that stand elsewhere now, by page id.
    pub entries: BTreeMap<u64, Entry>,
    /// What values of requests came to that hold templates.
    pub expansions: Expansions,
    /// What was looked up of those who voted.
    pub electors: Electors,
    /// What was looked up about the pages behind names of templates.
    pub redirects: Redirects,
    /// The minutes of meetings.
    pub minutes: AllMinutes,
    /// What will be known of requests once the change of their page is saved, by title.
    pending: HashMap<String, Known>,
}

/// The rows of the table that a page of this title holds. Other pages hold none, whatever somebody wrote around the bot's block.
pub(super) fn table_rows(title: &str, text: &str, desk: &Desk) -> Vec<Arc<Row>> {
    let block = match title {
        _ if is_archive(title, desk) => ARCHIVE_BLOCK,
        _ if title == desk.pages.status => STATUS_BLOCK,
        _ => return Vec::new(),
    };
    rows(text, block).into_iter().map(Arc::new).collect()
}

/// A page that may be a request.
#[derive(Debug)]
pub(super) struct Entry {
    pub page: PageRef,
    /// Its newest revision.
    pub revision: u64,
    /// The length of its text, in bytes.
    pub length: usize,
    pub kind: EntryKind,
}

/// What a page is.
#[derive(Debug)]
pub(super) enum EntryKind {
    /// Its text has to be looked at: it is new, or has changed. With what was known of it at this very revision, if only the
    /// roster has changed since.
    Unseen(Option<Known>),
    /// A request that has to be read.
    Request(ToRead),
    /// A request that was read at this revision, or whose row or ledger stands for it.
    Known(Known),
    /// A closed request that was decided with other rules or another roster: its row stays until it is read again.
    Outdated(Known),
    /// A redirect: the title it leads to, whether it is what a move left behind, and what is wrong with it.
    Redirect { to: Option<String>, moved: bool, problem: Option<Problem> },
    /// No request.
    Other(Option<Problem>),
}

/// How a request has to be read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ToRead {
    /// It has lost its template.
    pub lost: bool,
    /// Its whole history, whatever the ledger says of it.
    pub whole: bool,
    /// Nothing else waits for it: it is given all the time that a request may take, and where it fails then, it fails.
    pub patient: bool,
}

impl View {
    pub fn new(
        snapshot: Snapshot,
        basis: Basis,
        redirects: Redirects,
        fixed: BTreeMap<String, u64>,
        entries: BTreeMap<u64, Entry>,
    ) -> Self {
        View {
            of_desk: snapshot.problems.clone(),
            snapshot,
            basis,
            fixed,
            entries,
            expansions: Expansions::new(),
            electors: Electors::new(),
            redirects,
            minutes: AllMinutes::default(),
            pending: HashMap::new(),
        }
    }

    /// The newest revision of a page, as far as it was seen.
    pub fn newest(&self, title: &str) -> Option<u64> {
        let entry = || self.entries.values().find(|e| e.page.title == title);
        self.fixed.get(title).copied().or_else(|| Some(entry()?.revision)).or_else(|| self.minutes.newest(title))
    }

    /// What minutes say of a request, by the id of its page.
    pub fn items_of(&self, request: u64) -> &[Item] {
        self.minutes.resolved.items.get(&request).map_or(&[], Vec::as_slice)
    }

    /// Looks up anew what the minutes mean, and has those requests read of which they say something else than before.
    pub fn resolve_minutes(&mut self, desk: &Desk, now: Time) {
        if self.minutes.is_empty() {
            return;
        }
        let pages = self.entries.values().map(|e| (&e.page, matches!(e.kind, EntryKind::Redirect { .. })));
        self.minutes.resolve(desk, &self.snapshot, pages, now);
        self.snapshot.meetings = self.minutes.meetings();
        self.snapshot.minutes_pages = self.minutes.kept();
        let basis = Basis::new(desk, &self.snapshot.roster).with_minutes(&self.minutes.resolved.items);
        for (id, entry) in &mut self.entries {
            if basis.minutes_of(*id) == self.basis.minutes_of(*id) {
                continue;
            }
            if let EntryKind::Known(known) | EntryKind::Outdated(known) = &entry.kind {
                let lost = known.row.as_ref().is_some_and(|row| row.lost);
                entry.kind = EntryKind::Request(ToRead { lost, ..ToRead::default() });
            }
        }
        self.basis = basis;
    }

    /// Has the whole history of these pages read anew.
    pub fn read_whole(&mut self, titles: &BTreeSet<String>) {
        for entry in self.entries.values_mut().filter(|e| titles.contains(&e.page.title)) {
            let lost = match &entry.kind {
                EntryKind::Known(known) | EntryKind::Outdated(known) => known.row.as_ref().is_some_and(|row| row.lost),
                EntryKind::Request(how) => how.lost,
                EntryKind::Unseen(_) | EntryKind::Redirect { .. } | EntryKind::Other(_) => continue,
            };
            entry.kind = EntryKind::Request(ToRead { lost, whole: true, ..ToRead::default() });
        }
    }

    /// The requests that have to be read, each with its newest revision and how.
    pub fn to_read(&self) -> impl Iterator<Item = (&PageRef, u64, ToRead)> {
        self.entries.values().filter_map(|e| Some((&e.page, e.revision, self.how(e)?)))
    }

    /// How a page has to be read, if it has to. What may take long is asked for beside everything else.
    fn how(&self, entry: &Entry) -> Option<ToRead> {
        match entry.kind {
            EntryKind::Request(how) => Some(ToRead { patient: how.patient || entry.length > LONG, ..how }),
            _ => None,
        }
    }

    /// Has a request that could not be read read once more, when nothing else waits for it.
    pub fn read_patiently(&mut self, id: u64) {
        if let Some(EntryKind::Request(how)) = self.entries.get_mut(&id).map(|e| &mut e.kind) {
            how.patient = true;
        }
    }

    /// Whether it is read so.
    pub fn is_read_patiently(&self, id: u64) -> bool {
        self.entries.get(&id).and_then(|entry| self.how(entry)).is_some_and(|how| how.patient)
    }

    /// What is known of each request, besides those that were just read.
    pub fn readings(&self, read: Vec<Reading>) -> Vec<Reading> {
        let done: std::collections::HashSet<u64> = read.iter().map(Reading::id).collect();
        let others =
            self.entries.iter().filter(|(id, _)| !done.contains(id)).filter_map(|(_, entry)| match &entry.kind {
                EntryKind::Known(known) | EntryKind::Outdated(known) => Some(Reading::Known(known.clone())),
                EntryKind::Request(_) | EntryKind::Unseen(_) => Some(Reading::Unread(entry.page.clone())),
                EntryKind::Redirect { .. } | EntryKind::Other(_) => None,
            });
        read.into_iter().chain(others).collect()
    }

    /// Takes note of what planning found of each request. Where its page is to be changed, that holds once it is saved.
    pub fn planned(&mut self, draft: &Draft) {
        self.pending.clear();
        let changed: std::collections::HashSet<&str> = draft.plan.changes.iter().map(|c| c.page.as_str()).collect();
        for (id, known) in draft.known.iter().filter(|(_, known)| known.revision != 0) {
            let Some(entry) = self.entries.get_mut(id) else { continue };
            if changed.contains(entry.page.title.as_str()) {
                self.pending.insert(entry.page.title.clone(), known.clone());
            } else if matches!(entry.kind, EntryKind::Outdated(_)) {
                entry.kind = EntryKind::Outdated(known.clone());
            } else {
                entry.kind = EntryKind::Known(known.clone());
            }
        }
    }

    /// What is known of requests, those included whose change is not saved.
    pub fn known(&self) -> impl Iterator<Item = &Known> {
        let read = self.entries.values().filter_map(|e| match &e.kind {
            EntryKind::Known(known) | EntryKind::Outdated(known) => Some(known),
            _ => None,
        });
        read.chain(self.pending.values())
    }

    /// What is wrong with the desk's own pages.
    pub fn problems_of_desk(&self) -> impl Iterator<Item = Problem> {
        self.of_desk.iter().chain(&self.minutes.resolved.problems).cloned()
    }

    /// When time alone will change something.
    pub fn due(&self, desk: &Desk, now: Time) -> Option<Time> {
        let of_requests = reading::due(self.known(), desk, &self.snapshot, now);
        of_requests.into_iter().chain(self.minutes.resolved.due).min()
    }

    /// How many requests are left to a later pass.
    pub fn backlog(&self) -> usize {
        let left =
            |kind: &EntryKind| matches!(kind, EntryKind::Unseen(_) | EntryKind::Outdated(_) | EntryKind::Request(_));
        let entries = self.entries.values().filter(|e| left(&e.kind) && !self.pending.contains_key(&e.page.title));
        entries.filter(|e| !self.is_read_patiently(e.page.id)).count()
    }

    /// Takes note of an edit that the bot has just made, so that the page need not be read again.
    pub fn saved(&mut self, desk: &Desk, change: &Change, revision: u64, at: Time) {
        let title = &change.page;
        if let Some(mut known) = self.pending.remove(title) {
            known.revision = revision;
            if let Some(row) = known.row.as_mut().filter(|row| row.rests_on.is_some()) {
                Arc::make_mut(row).rests_on.iter_mut().for_each(|r| r.revision = revision);
            }
            if let Some(entry) = self.entries.get_mut(&known.id) {
                entry.revision = revision;
                entry.kind = EntryKind::Known(known);
            }
            return;
        }
        if let Some(newest) = self.fixed.get_mut(title) {
            *newest = revision;
        }
        self.snapshot.brief.take_if(|brief| brief == title);
        let text = change.after.trim_end().to_owned();
        if *title == desk.pages.problems {
            self.snapshot.listed = problems(&text);
            self.snapshot.refusals = refusals::known(&self.snapshot.listed);
        } else if is_archive(title, desk)
            || is_of_year(title, desk)
            || output_titles(desk).any(|output| output == *title)
        {
            self.snapshot.rows.insert(title.clone(), table_rows(title, &text, desk));
        } else {
            return;
        }
        let id = self.snapshot.kept.get(title).map_or(0, |p| p.id);
        let user = Some(self.snapshot.bot.clone());
        let revision = Revision { id: revision, parent: 0, at, user, text: Some(text) };
        self.snapshot.kept.insert(title.clone(), Page { id, title: title.clone(), redirect: false, revision });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wikitext::block;

    #[test]
    fn only_tables_hold_rows() {
        let desk = crate::config::shipped();
        let row = Row { page: PageRef { id: 7, title: "Desk/Requests/A".to_owned() }, ..Row::default() };
        let text = [STATUS_BLOCK, ARCHIVE_BLOCK].map(|name| block::wrap(name, &row.render(false))).concat();
        let pages = &desk.pages;
        for (title, rows) in
            [(&pages.status, 1), (&pages.archive_of(2026, 1), 1), (&pages.rules, 0), (&pages.committee, 0)]
        {
            assert_eq!(table_rows(title, &text, &desk).len(), rows, "{title}");
        }
    }
}
