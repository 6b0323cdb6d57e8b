//! The page of examples: finished requests by type, with what came of them.

use std::collections::BTreeMap;

use super::tables::Row;
use super::{numbered, work};
use crate::desk::{CountsAs, Desk};
use crate::page::timestamp;
use crate::wikitext::Call;
use crate::wikitext::encoding::decode_references;
use crate::wikitext::inert::{as_read, call};
use crate::wikitext::page_name::{key, place};

/// The name of the block.
pub const EXAMPLES_BLOCK: &str = "examples";
/// The template that puts an example first.
pub const SHOW: &str = "Helpdesk show";
/// The template that takes one off the page.
pub const HIDE: &str = "Helpdesk hide";
/// So many of a type are shown.
const MOST_OF_A_TYPE: usize = 12;
/// So many of the names that mean nothing are told.
const MOST_UNKNOWN: usize = 20;
/// So many of those who helped are named.
const MOST_HELPERS: usize = 6;

/// What people wish for on the page: names or titles of requests, as they wrote them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    show: Vec<String>,
    hide: Vec<String>,
}

impl Wishes {
    /// Reads them from the calls on the page outside the bot's block; `name` gives the name of the template that a call means.
    pub fn of(calls: &[Call], name: impl Fn(&str) -> Option<String>) -> Self {
        let mut wishes = Wishes::default();
        for call in calls.iter().filter(|call| call.around.is_empty()) {
            let of_kind = match name(&call.name).as_deref() {
                Some(SHOW) => &mut wishes.show,
                Some(HIDE) => &mut wishes.hide,
                _ => continue,
            };
            of_kind.push(call.value("1").to_owned());
        }
        wishes
    }

    /// What the desk has no finished request for.
    fn unknown(&self, examples: &[&Row], desk: &Desk) -> Vec<String> {
        let all = self.show.iter().chain(&self.hide).filter(|written| !written.is_empty());
        let unknown = all.filter(|written| !examples.iter().any(|row| names(written, row, desk)));
        unknown.take(MOST_UNKNOWN).cloned().collect()
    }
}

/// Whether somebody's words name a request: by the name of its page, or by its title.
fn names(written: &str, row: &Row, desk: &Desk) -> bool {
    let same = |a: &str| key(&as_read(a));
    let named = same(&decode_references(written));
    let name = place(&row.page.title, &desk.pages).map_or("", |(_, name)| name);
    !named.is_empty() && [&row.page.title, name, &row.title].into_iter().any(|title| same(title) == named)
}

/// Whether a request may be shown as an example: it was carried out and closed, somebody said in a sentence what came of it, and its
/// owners do not mind.
fn is_example(row: &Row, desk: &Desk) -> bool {
    let carried_out = desk.status(&row.status).is_some_and(|s| s.closed && s.counts_as == Some(CountsAs::Supported));
    carried_out && !row.outcome.text.is_empty() && !row.private && !row.lost && !row.unreadable
}

/// The block's content.
pub fn examples_page<'r>(rows: impl IntoIterator<Item = &'r Row>, wishes: &Wishes, desk: &Desk) -> String {
    let examples: Vec<&Row> = rows.into_iter().filter(|row| is_example(row, desk)).collect();
    let wished = |of: &[String], row: &Row| of.iter().any(|written| names(written, row, desk));
    let known: Vec<&str> = desk.field("type").iter().flat_map(|f| &f.one_of).map(String::as_str).collect();
    let rank = |kind: &str| known.iter().position(|k| *k == kind).unwrap_or(known.len());
    let mut by_type: BTreeMap<(usize, &str), Vec<(bool, &Row)>> = BTreeMap::new();
    for row in examples.iter().copied().filter(|row| !wished(&wishes.hide, row)) {
        by_type.entry((rank(&row.kind), &row.kind)).or_default().push((wished(&wishes.show, row), row));
    }
    let shown: usize = by_type.values().map(Vec::len).sum();
    let unknown = numbered::params("unknown", &wishes.unknown(&examples, desk));
    let unknown = unknown.iter().map(|(key, value)| (key.as_str(), value.clone()));
    let start: Vec<_> = [("count", shown.to_string())].into_iter().chain(unknown).collect();
    let mut lines = vec![call("Helpdesk examples start", &start)];
    for ((_, kind), mut rows) in by_type {
        rows.sort_by_key(|(pinned, row)| std::cmp::Reverse((*pinned, row.since, row.page.id)));
        lines.push(call("Helpdesk examples type", &[("type", kind.to_owned())]));
        lines.extend(rows.iter().take(MOST_OF_A_TYPE).map(|(pinned, row)| example(row, *pinned)));
        let more = rows.len().saturating_sub(MOST_OF_A_TYPE);
        let more = if more == 0 { String::new() } else { more.to_string() };
        let archive = if more.is_empty() { "" } else { desk.pages.archive_prefix() };
        lines.push(call("Helpdesk examples type end", &[("more", more), ("archive", archive.to_owned())]));
    }
    lines.push(call("Helpdesk examples end", &[]));
    lines.join("\n")
}

fn example(row: &Row, pinned: bool) -> String {
    let mut helpers: Vec<String> = Vec::new();
    for name in row.milestones.helpers.iter().map(|helped| &helped.name).chain(&row.helpers) {
        if helpers.len() < MOST_HELPERS && !helpers.contains(name) {
            helpers.push(name.clone());
        }
    }
    let about = [
        ("page", row.page.title.clone()),
        ("title", row.title.clone()),
        ("type", row.kind.clone()),
        ("partner", row.partner.clone()),
        ("country", row.country.clone()),
        ("text", row.outcome.text.clone()),
        ("since", timestamp(row.since)),
        ("pinned", if pinned { "yes".to_owned() } else { String::new() }),
    ];
    let helpers = numbered::params("helper", &helpers);
    let helpers = helpers.iter().map(|(key, value)| (key.as_str(), value.clone()));
    call("Helpdesk example", &about.into_iter().chain(work::details(&row.outcome)).chain(helpers).collect::<Vec<_>>())
}

#[cfg(test)]
#[path = "examples_tests.rs"]
mod tests;
