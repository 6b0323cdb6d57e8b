//! What a pass knows of each request. Plain data.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::agenda::AgendaInput;
use super::snapshot::Snapshot;
use crate::decide::rules;
use crate::desk::decision::Decision;
use crate::desk::problem::Problem;
use crate::desk::{Desk, Facts};
use crate::page::{Page, PageRef, Time};
use crate::records::news::News;
use crate::records::tables::Row;

/// What a pass knows of one request page.
#[derive(Debug, Clone)]
pub enum Reading {
    /// Nothing has changed since it was read.
    Known(Known),
    /// Read anew and decided.
    Decided(Box<Decided>),
    /// It has lost its template: what people decided of it holds.
    Lost(Box<Decided>),
    /// It cannot be read at this revision; with when that is tried once more, if time alone may change it.
    Unreadable(PageRef, u64, Problem, Option<Time>),
    /// It was not read this time, or not yet: its row stays as it is.
    Unread(PageRef),
}

impl Reading {
    /// The id of the page.
    pub fn id(&self) -> u64 {
        match self {
            Reading::Known(known) => known.id,
            Reading::Decided(decided) | Reading::Lost(decided) => decided.page.id,
            Reading::Unreadable(page, ..) | Reading::Unread(page) => page.id,
        }
    }
}

/// A request page that was read, and what is decided of it.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The page at the revision that was read.
    pub page: Page,
    /// What it says.
    pub facts: Facts,
    /// What is made of that.
    pub decision: Decision,
}

/// What is kept of a request page as long as nothing changes.
#[derive(Debug, Clone)]
pub struct Known {
    /// The page's id.
    pub id: u64,
    /// Its row in the tables; none for a page that cannot be read and never had one.
    pub row: Option<Arc<Row>>,
    /// The revision of the page that was read.
    pub revision: u64,
    /// When time alone may change something.
    pub due: Option<Time>,
    /// What is wrong with the page.
    pub problems: Vec<Problem>,
    /// What else the decision rests on; none for what a table's row tells.
    pub rests_on: Option<PageBasis>,
    /// Something keeps its page from saying what is decided.
    pub held: bool,
    /// What there is to tell of it; none likewise.
    pub news: Option<Arc<News>>,
}

/// A digest of what a decision rests on besides its page, and the people that it looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageBasis {
    /// As [`super::basis::Basis::of_page`] gives it.
    pub digest: String,
    /// Names of accounts.
    pub people: Vec<String>,
}

/// When a row moves to the archive; never where there is none.
pub fn archived_at(row: &Row, desk: &Desk) -> Option<Time> {
    let closed = desk.status(&row.status).is_some_and(|s| s.closed);
    (closed && !desk.pages.archive.is_empty()).then(|| rules::after(row.since, desk.archive_after))
}

/// When time alone will change something on the desk after `now`: in a request that waits, for the archive, on the agenda, or in
/// who is in office.
pub fn due<'k>(known: impl Iterator<Item = &'k Known>, desk: &Desk, snapshot: &Snapshot, now: Time) -> Option<Time> {
    let known: Vec<&Known> = known.collect();
    let rows = || known.iter().filter_map(|known| known.row.as_ref());
    let of_requests = known.iter().filter_map(|known| known.due).chain(rows().filter_map(|row| archived_at(row, desk)));
    let on_agenda = AgendaInput { desk, meetings: &snapshot.meetings, now }.due(rows());
    of_requests.filter(|due| *due > now).chain(on_agenda).chain(snapshot.roster.next_change(now)).min()
}

/// How many requests there are in each status.
pub fn statuses<'k>(known: impl Iterator<Item = &'k Known>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for row in known.filter_map(|k| k.row.as_ref()) {
        *counts.entry(row.status.clone()).or_default() += 1;
    }
    counts
}
