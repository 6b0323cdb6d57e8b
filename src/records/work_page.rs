//! The page of who helps with what: requests that need a helper, then those of each helper.

use std::collections::BTreeMap;

use super::tables::Row;
use super::{numbered, work};
use crate::page::timestamp;
use crate::wikitext::inert::call;

/// The name of the block.
pub const WORK_BLOCK: &str = "work";

/// The block's content: `needs` are the requests that nobody helps with, in their order, `helped` all others with a helper.
pub fn work_page(needs: &[&Row], helped: &[&Row]) -> String {
    let mut by_helper: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in helped {
        row.helpers.iter().for_each(|name| by_helper.entry(name).or_default().push(row));
    }
    let helpers = by_helper.len().to_string();
    let mut lines = vec![call("Helpdesk work start", &[("count", needs.len().to_string()), ("helpers", helpers)])];
    lines.extend(needs.iter().map(|row| line(row)));
    lines.push(call("Helpdesk work end", &[]));
    for (name, rows) in &mut by_helper {
        rows.sort_by_key(|row| (row.since, row.page.id));
        let about = [("user", (*name).to_owned()), ("count", rows.len().to_string())];
        lines.push(call("Helpdesk work person", &about));
        lines.extend(rows.iter().map(|row| line(row)));
        lines.push(call("Helpdesk work end", &[]));
    }
    lines.join("\n")
}

fn line(row: &Row) -> String {
    let about = [
        ("page", row.page.title.clone()),
        ("title", row.title.clone()),
        ("type", row.kind.clone()),
        ("country", row.country.clone()),
        ("status", row.status.clone()),
        ("since", timestamp(row.since)),
        ("priority", row.scores.median()),
        ("outcome", row.outcome.text.clone()),
    ];
    let lists = [
        numbered::params("requester", &row.owners),
        numbered::params("helper", &row.helpers),
        work::steps(&row.progress),
    ];
    let lists = lists.concat();
    let lists = lists.iter().map(|(key, value)| (key.as_str(), value.clone()));
    call("Helpdesk work row", &about.into_iter().chain(lists).collect::<Vec<_>>())
}
