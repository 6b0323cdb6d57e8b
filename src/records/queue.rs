//! The queue: approved requests in the order of their scores, a template call for each; those without scores below.

use std::sync::Arc;

use super::numbered;
use super::tables::Row;
use crate::desk::QueueSettings;
use crate::desk::score::{InQueue, order};
use crate::page::timestamp;
use crate::wikitext::inert::call;

/// The name of the block.
pub const QUEUE_BLOCK: &str = "queue";

/// Scores so far apart that the committee may want to talk about them.
const FAR_APART: u8 = 4;

/// The block's content. `members` are those whose scores are waited for, by name.
pub fn queue_page(rows: &[Arc<Row>], settings: &QueueSettings, members: &[&str]) -> String {
    let here = in_order(rows.iter().map(Arc::as_ref).filter(|row| row.status == settings.status));
    let (scored, without): (Vec<&Row>, Vec<&Row>) = here.into_iter().partition(|row| !row.scores.0.is_empty());
    let capacity = usize::try_from(settings.capacity).unwrap_or(usize::MAX);
    let count = |rows: &[&Row]| rows.len().to_string();
    let mut lines = vec![call("Helpdesk queue start", &[("count", count(&scored))])];
    for (place, row) in scored.iter().enumerate() {
        if place == capacity {
            lines.push(call("Helpdesk queue line", &[("capacity", capacity.to_string())]));
        }
        lines.push(line(row, Some(place + 1), &[]));
    }
    lines.push(call("Helpdesk queue end", &[]));
    if !without.is_empty() {
        lines.push(call("Helpdesk queue start", &[("count", count(&without)), ("scores", "no".to_owned())]));
        for row in without {
            let takes_part =
                |name: &&&str| ![&row.owners, &row.recused].iter().any(|names| names.iter().any(|n| n == **name));
            let missing: Vec<String> = members.iter().filter(takes_part).map(|name| (*name).to_owned()).collect();
            lines.push(line(row, None, &missing));
        }
        lines.push(call("Helpdesk queue end", &[]));
    }
    lines.join("\n")
}

/// Requests in the order in which they are carried out.
pub fn in_order<'r>(rows: impl Iterator<Item = &'r Row>) -> Vec<&'r Row> {
    let mut rows: Vec<&Row> = rows.collect();
    rows.sort_by(|a, b| order(&in_queue(a), &in_queue(b)));
    rows
}

fn in_queue(row: &Row) -> InQueue<'_> {
    InQueue { scores: &row.scores, filed: row.filed(), page: row.page.id }
}

fn line(row: &Row, place: Option<usize>, missing: &[String]) -> String {
    let (sum, of) = row.scores.sum();
    let mean =
        (sum * 100 + of / 2).checked_div(of).map(|hundredths| format!("{}.{:02}", hundredths / 100, hundredths % 100));
    let far_apart = row.scores.spread() >= FAR_APART;
    let params = [
        ("place", place.map(|place| place.to_string()).unwrap_or_default()),
        ("page", row.page.title.clone()),
        ("title", row.title.clone()),
        ("type", row.kind.clone()),
        ("country", row.country.clone()),
        ("since", timestamp(row.since)),
        ("priority", row.scores.median()),
        ("mean", mean.unwrap_or_default()),
        ("apart", if far_apart { row.scores.spread().to_string() } else { String::new() }),
    ];
    let (names, points): (Vec<String>, Vec<String>) =
        row.scores.0.iter().map(|(name, points)| (name.clone(), points.to_string())).unzip();
    let lists = [
        numbered::params("requester", &row.owners),
        numbered::params("by", &names),
        numbered::params("score", &points),
        numbered::params("missing", missing),
    ]
    .concat();
    let lists = lists.iter().map(|(key, value)| (key.as_str(), value.clone()));
    call("Helpdesk queue row", &params.into_iter().chain(lists).collect::<Vec<_>>())
}
