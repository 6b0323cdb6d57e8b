//! Archive pages: closed requests by the time they were closed in, so many on a page, then on `…/2`. A request stays on
//! the page it came to, so that a page whose requests did not change is neither parsed nor rendered again. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::basis::Basis;
use super::change::{Base, Change};
use super::output_page::{Rendered, block_change};
use super::snapshot::Snapshot;
use crate::desk::problem::Problem;
use crate::desk::{Desk, Pages};
use crate::page::Time;
use crate::records::summary;
use crate::records::tables::{ARCHIVE_BLOCK, Row, archive_page};
use crate::wikitext::block;

/// So many rows of a page may name an older state of their request before the page is saved for that alone. Where a pass
/// makes few edits and so reads few requests it is half of those, since the next start reads again what was not saved.
const STALE_ROWS: usize = 25;

/// The place of an archive page: the year and month it is for, as [`Pages::archive_period`] gives them, and its number
/// within that time, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Place {
    year: i32,
    month: u32,
    part: usize,
}

impl Place {
    /// The first page for requests closed at that time.
    fn first(closed: Time, pages: &Pages) -> Self {
        let (year, month) = pages.archive_period(closed);
        Place { year, month, part: 1 }
    }

    /// The place of the archive page with this title; none for any other title.
    fn of_title(title: &str, pages: &Pages) -> Option<Self> {
        let part = title.rsplit_once('/').and_then(|(first, part)| {
            let (year, month) = pages.archive_period_of(first)?;
            let number: usize = part.parse().ok()?;
            let part = Some(number).filter(|n| *n > 1 && n.to_string() == part)?;
            Some(Place { year, month, part })
        });
        part.or_else(|| pages.archive_period_of(title).map(|(year, month)| Place { year, month, part: 1 }))
    }

    fn title(self, pages: &Pages) -> String {
        let first = pages.archive_of(self.year, self.month);
        if self.part == 1 { first } else { format!("{first}/{}", self.part) }
    }
}

/// The change that brings rows onto a page, also where somebody wrote them there before, word for word: a row leaves the
/// status page only once the bot itself has saved it elsewhere.
fn as_own(change: Change) -> Change {
    if !change.is_noop() {
        return change;
    }
    let end = block::end(ARCHIVE_BLOCK);
    Change { after: change.after.replace(&end, &format!("\n{end}")), ..change }
}

/// Whether a title is that of an archive page.
pub fn is_archive(title: &str, desk: &Desk) -> bool {
    Place::of_title(title, &desk.pages).is_some()
}

/// Which rows each archive page is to hold.
pub struct Archive<'a> {
    desk: &'a Desk,
    snapshot: &'a Snapshot,
    basis: &'a Basis,
    wanted: BTreeMap<Place, Vec<Arc<Row>>>,
}

impl<'a> Archive<'a> {
    /// Sorts rows into pages: each stays where it is, on the last such page where a pass was cut off while it moved; new
    /// ones, and those that no longer fit, go to the last page of their time that has room.
    pub fn new(desk: &'a Desk, snapshot: &'a Snapshot, basis: &'a Basis, rows: &[Arc<Row>]) -> Self {
        let mut here: HashMap<(u64, Place), Place> = HashMap::new();
        let mut wanted: BTreeMap<Place, Vec<Arc<Row>>> = BTreeMap::new();
        for (title, saved) in &snapshot.rows {
            if let Some(place) = Place::of_title(title, &desk.pages) {
                for row in saved {
                    let last = here.entry((row.page.id, Place { part: 1, ..place })).or_insert(place);
                    *last = place.max(*last);
                }
                wanted.insert(place, Vec::new());
            }
        }
        let mut arriving = Vec::new();
        for row in rows {
            match here.get(&(row.page.id, Place::first(row.since, &desk.pages))) {
                Some(place) => wanted.entry(*place).or_default().push(Arc::clone(row)),
                None => arriving.push(Arc::clone(row)),
            }
        }
        for rows in wanted.values_mut().filter(|rows| rows.len() > desk.archive_rows_per_page) {
            rows.sort_by_key(|r| (r.since, r.page.id));
            arriving.extend(rows.split_off(desk.archive_rows_per_page));
        }
        arriving.sort_by_key(|r| (r.since, r.page.id));
        for row in arriving {
            let first = Place::first(row.since, &desk.pages);
            let last = Place { part: usize::MAX, ..first };
            let (mut place, count) =
                wanted.range(first..=last).next_back().map_or((first, 0), |(place, rows)| (*place, rows.len()));
            if count >= desk.archive_rows_per_page {
                place.part += 1;
            }
            wanted.entry(place).or_default().push(row);
        }
        Archive { desk, snapshot, basis, wanted }
    }

    /// The changes that give pages new rows, or bring rows up to date. No row leaves by them: what leaves must not go before
    /// another page has it. The second value is the ids of the requests that arrive by the change.
    pub fn gains(&self) -> impl Iterator<Item = (Result<Change, Problem>, Vec<u64>)> + '_ {
        self.wanted.iter().filter_map(|(place, wanted)| {
            let title = place.title(&self.desk.pages);
            let saved = self.saved(&title);
            let ids: HashSet<u64> = wanted.iter().map(|r| r.page.id).collect();
            let arriving: Vec<u64> = ids.iter().copied().filter(|id| !saved.contains_key(id)).collect();
            if arriving.is_empty() && !self.is_stale(&title, wanted, &saved) {
                return None;
            }
            let leaving = saved.values().filter(|row| !ids.contains(&row.page.id));
            let both: Vec<Arc<Row>> = wanted.iter().chain(leaving.copied()).cloned().collect();
            let text = match arriving.len() {
                0 => summary::table(self.snapshot.language()),
                count => summary::archived(self.snapshot.language(), count),
            };
            let change = self
                .change(*place, &both, text)
                .map(|change| if arriving.is_empty() { change } else { as_own(change) });
            Some((change, arriving))
        })
    }

    /// The changes that take rows away that are elsewhere now. `made` are the changes of [`Archive::gains`] that are made
    /// before.
    pub fn losses(&self, made: &[Change]) -> impl Iterator<Item = Result<Change, Problem>> + '_ {
        let made: HashMap<String, String> = made.iter().map(|c| (c.page.clone(), c.after.clone())).collect();
        self.wanted.iter().filter_map(move |(place, wanted)| {
            let title = place.title(&self.desk.pages);
            let ids: HashSet<u64> = wanted.iter().map(|r| r.page.id).collect();
            let leaving = self.saved(&title).keys().filter(|id| !ids.contains(id)).count();
            if leaving == 0 {
                return None;
            }
            let text = summary::unarchived(self.snapshot.language(), leaving);
            let change = self.change(*place, wanted, text).map(|change| match made.get(&title) {
                Some(before) => Change { base: Base::Earlier, before: before.clone(), moved: String::new(), ..change },
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
        let most = (self.desk.safety.max_edits_per_pass / 2).clamp(1, STALE_ROWS);
        let by_other_rules =
            |row: &Row| row.rests_on.as_ref().is_some_and(|r| r.basis != self.basis.of_closed(row.page.id, row.since));
        // The last of a page that was decided by other rules: what was read anew is not to be read once more.
        let caught_up =
            changed.iter().any(|(_, saved)| by_other_rules(saved)) && !wanted.iter().any(|row| by_other_rules(row));
        let shows_other = changed.iter().any(|(row, saved)| !row.shows_the_same(saved));
        !by_bot || changed.len() >= most || shows_other || caught_up
    }

    fn change(&self, place: Place, rows: &[Arc<Row>], summary: String) -> Result<Change, Problem> {
        let title = place.title(&self.desk.pages);
        let month = self.desk.pages.archive.contains("{month}").then_some(place.month);
        let content = archive_page(rows, place.year, month, place.part);
        block_change(&title, self.snapshot, ARCHIVE_BLOCK, Rendered { content, summary })
    }
}
