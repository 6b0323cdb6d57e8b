//! Archive pages: closed requests by the time they were closed in, so many on a page, then on `…/2`. A request stays on
//! the page it came to, so that a page whose requests did not change is neither parsed nor rendered again. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use chrono::Datelike;
use regex::Regex;

use super::change::{Base, Change};
use super::output_page::{Rendered, block_change};
use super::snapshot::Snapshot;
use crate::desk::Desk;
use crate::desk::problem::Problem;
use crate::page::Time;
use crate::records::summary;
use crate::records::tables::{ARCHIVE_BLOCK, Row, archive_page};

/// So many rows of a page may name an older state of their request before the page is saved for that alone.
const STALE_ROWS: usize = 25;

/// The place of an archive page: the time it is for, and its number within that time, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    year: i32,
    /// None where the archive has a page a year.
    month: Option<u32>,
    part: usize,
}

impl Place {
    /// The first page for requests closed at that time.
    pub fn of(closed: Time, desk: &Desk) -> Self {
        Place { year: closed.year(), month: desk.pages.archive.contains("{month}").then(|| closed.month()), part: 1 }
    }

    /// The page's title.
    pub fn title(self, desk: &Desk) -> String {
        let first = desk.pages.archive_of(self.year, self.month.unwrap_or(1));
        if self.part == 1 { first } else { format!("{first}/{}", self.part) }
    }
}

/// Reads the titles of a desk's archive pages.
pub struct ArchiveTitles(Option<Regex>);

impl ArchiveTitles {
    /// For the titles that this desk gives.
    pub fn new(desk: &Desk) -> Self {
        let title = regex::escape(&desk.pages.archive)
            .replacen(r"\{year\}", r"(?<year>\d{4})", 1)
            .replace(r"\{year\}", r"\d{4}")
            .replacen(r"\{month\}", r"(?<month>\d{2})", 1)
            .replace(r"\{month\}", r"\d{2}");
        ArchiveTitles(Regex::new(&format!("^{title}(?:/(?<part>[1-9][0-9]{{0,5}}))?$")).ok())
    }

    /// The place of the archive page with this title; none for any other title.
    pub fn place(&self, title: &str, desk: &Desk) -> Option<Place> {
        let found = self.0.as_ref()?.captures(title)?;
        let number = |name: &str| found.name(name)?.as_str().parse().ok();
        let place = Place { year: found["year"].parse().ok()?, month: number("month"), part: number("part").unwrap_or(1) as usize };
        // `…/1`, or a month in one place and another in the next, is no page of the archive.
        (place.title(desk) == title).then_some(place)
    }
}

/// Which rows each archive page is to hold.
pub struct Archive<'a> {
    desk: &'a Desk,
    snapshot: &'a Snapshot,
    wanted: BTreeMap<Place, Vec<Arc<Row>>>,
}

impl<'a> Archive<'a> {
    /// Sorts rows into pages: each stays where it is; new ones, and those that no longer fit, go to the last page of their
    /// time that has room.
    pub fn new(desk: &'a Desk, snapshot: &'a Snapshot, rows: &[Arc<Row>]) -> Self {
        let titles = ArchiveTitles::new(desk);
        let mut here: HashMap<u64, Place> = HashMap::new();
        let mut wanted: BTreeMap<Place, Vec<Arc<Row>>> = BTreeMap::new();
        for (title, saved) in &snapshot.rows {
            if let Some(place) = titles.place(title, desk) {
                here.extend(saved.iter().map(|row| (row.page.id, place)));
                wanted.insert(place, Vec::new());
            }
        }
        let mut arriving = Vec::new();
        for row in rows {
            let first = Place::of(row.since, desk);
            match here.get(&row.page.id).filter(|p| Place { part: 1, ..**p } == first) {
                Some(place) => wanted.entry(*place).or_default().push(Arc::clone(row)),
                None => arriving.push(Arc::clone(row)),
            }
        }
        for rows in wanted.values_mut().filter(|rows| rows.len() > desk.archive_rows_per_page) {
            rows.sort_by(|a, b| (a.since, a.page.id).cmp(&(b.since, b.page.id)));
            arriving.extend(rows.split_off(desk.archive_rows_per_page));
        }
        arriving.sort_by(|a, b| (a.since, a.page.id).cmp(&(b.since, b.page.id)));
        for row in arriving {
            let first = Place::of(row.since, desk);
            let last = Place { part: usize::MAX, ..first };
            let (mut place, count) =
                wanted.range(first..=last).next_back().map_or((first, 0), |(place, rows)| (*place, rows.len()));
            if count >= desk.archive_rows_per_page {
                place.part += 1;
            }
            wanted.entry(place).or_default().push(row);
        }
        Archive { desk, snapshot, wanted }
    }

    /// The changes that give pages new rows, or bring rows up to date. No row leaves by them: what leaves must not go before
    /// another page has it. The second value is the ids of the requests that arrive by the change.
    pub fn gains(&self) -> impl Iterator<Item = (Result<Change, Problem>, Vec<u64>)> + '_ {
        self.wanted.iter().filter_map(|(place, wanted)| {
            let title = place.title(self.desk);
            let saved = self.saved(&title);
            let ids: HashSet<u64> = wanted.iter().map(|r| r.page.id).collect();
            let arriving: Vec<u64> = ids.iter().copied().filter(|id| !saved.contains_key(id)).collect();
            if arriving.is_empty() && !self.is_stale(&title, wanted, &saved) {
                return None;
            }
            let leaving = saved.values().filter(|row| !ids.contains(&row.page.id));
            let both: Vec<Arc<Row>> = wanted.iter().chain(leaving.copied()).cloned().collect();
            let text = match arriving.len() {
                0 => summary::text("table", &[]),
                count => summary::counted("archive_one", "archive", count),
            };
            Some((self.change(*place, &both, text), arriving))
        })
    }

    /// The changes that take rows away that are elsewhere now. `made` are the changes of [`Archive::gains`] that are made
    /// before.
    pub fn losses(&self, made: &[Change]) -> impl Iterator<Item = Result<Change, Problem>> + '_ {
        let made: HashMap<String, String> = made.iter().map(|c| (c.page.clone(), c.after.clone())).collect();
        self.wanted.iter().filter_map(move |(place, wanted)| {
            let title = place.title(self.desk);
            let ids: HashSet<u64> = wanted.iter().map(|r| r.page.id).collect();
            let leaving = self.saved(&title).keys().filter(|id| !ids.contains(id)).count();
            if leaving == 0 {
                return None;
            }
            let text = summary::counted("unarchive_one", "unarchive", leaving);
            let change = self.change(*place, wanted, text).map(|change| match made.get(&title) {
                Some(before) => Change { base: Base::Earlier, before: before.clone(), ..change },
                None => change,
            });
            Some(change)
        })
    }

    fn saved(&self, title: &str) -> HashMap<u64, &Arc<Row>> {
        self.snapshot.rows.get(title).into_iter().flatten().map(|row| (row.page.id, row)).collect()
    }

    /// Whether a page says something else than it should though no row arrives.
    fn is_stale(&self, title: &str, wanted: &[Arc<Row>], saved: &HashMap<u64, &Arc<Row>>) -> bool {
        let page = self.snapshot.kept.get(title);
        let by_bot = page.is_some_and(|p| p.revision.user.as_ref().is_some_and(|u| u.id == self.snapshot.bot.id));
        let changed: Vec<(&Arc<Row>, &Arc<Row>)> = wanted
            .iter()
            .filter_map(|row| Some((row, *saved.get(&row.page.id)?)))
            .filter(|(row, saved)| !Arc::ptr_eq(row, saved) && row != saved)
            .collect();
        !by_bot || changed.len() >= STALE_ROWS || changed.iter().any(|(row, saved)| !row.shows_the_same(saved))
    }

    fn change(&self, place: Place, rows: &[Arc<Row>], summary: String) -> Result<Change, Problem> {
        let title = place.title(self.desk);
        let content = archive_page(rows, place.year, place.month, place.part);
        block_change(&title, self.snapshot.kept.get(&title), ARCHIVE_BLOCK, Rendered { content, summary })
    }
}
