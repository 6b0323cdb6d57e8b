//! The page of the flow: a template call for each status, with the rules that start from it and how long requests stay there,
//! and for each line of the drawing. How many stand where is not told here but read from the status page by whoever draws it.

use std::collections::{HashMap, HashSet};

use super::flow_drawing::{Drawing, Way};
use super::numbered;
use super::tables::Row;
use crate::desk::median::median;
use crate::desk::{Desk, Rule};
use crate::page::Time;
use crate::wikitext::inert::call;

/// The name of the block on the page of the flow.
pub const FLOW_BLOCK: &str = "flow";

/// The page's block. Of how long requests stayed it tells what ended before `midnight`.
pub fn flow_page<'r>(desk: &Desk, rows: impl Iterator<Item = &'r Row>, midnight: Time) -> String {
    let mut stays: HashMap<&str, Vec<i64>> = HashMap::new();
    let mut in_use: HashSet<&str> = HashSet::new();
    for row in rows {
        in_use.insert(&row.status);
        row.milestones.stays_before(midnight).for_each(|(id, stay)| stays.entry(id).or_default().push(stay));
    }
    let drawing = Drawing::of(desk, |status| !status.spare || in_use.contains(status.id.as_str()));
    let count = |number: usize| number.to_string();
    let mut lines =
        vec![call("Helpdesk flow start", &[("places", count(drawing.places())), ("lanes", count(drawing.lanes))])];
    let yes = |is: bool| if is { "yes".to_owned() } else { String::new() };
    for (place, status, rules) in &drawing.statuses {
        if drawing.divider == Some(place - 1) {
            lines.push(call("Helpdesk flow closed", &[("place", count(place - 1))]));
        }
        let ended = stays.remove(status.id.as_str()).unwrap_or_default();
        let of = if ended.is_empty() { String::new() } else { count(ended.len()) };
        let about = [
            ("place", count(*place)),
            ("status", status.id.clone()),
            ("label", status.label.clone()),
            ("category", status.category.clone()),
            ("of", desk.pages.status.clone()),
            ("first", yes(**status == *desk.first_status())),
            ("votable", yes(status.votable)),
            ("closed", yes(status.closed)),
            ("stayed", median(ended).map(|seconds| seconds.to_string()).unwrap_or_default()),
            ("stays", of),
        ];
        let of_rules =
            |value: fn(&Rule, &Desk) -> String| -> Vec<String> { rules.iter().map(|rule| value(rule, desk)).collect() };
        let label = |rule: &Rule, desk: &Desk| desk.status(&rule.to).map(|to| to.label.clone()).unwrap_or_default();
        let lists = [
            numbered::params("rule", &of_rules(|rule, _| rule.name.clone())),
            numbered::params("to", &of_rules(|rule, _| rule.to.clone())),
            numbered::params("to label", &of_rules(label)),
        ]
        .concat();
        let lists = lists.iter().map(|(key, value)| (key.as_str(), value.clone()));
        lines.push(call("Helpdesk flow status", &about.into_iter().chain(lists).collect::<Vec<_>>()));
    }
    lines.extend(drawing.ways.iter().map(|Way { from, to, lane }| {
        let lane = lane.map(count).unwrap_or_default();
        call("Helpdesk flow way", &[("from", count(*from)), ("to", count(*to)), ("lane", lane)])
    }));
    lines.push(call("Helpdesk flow end", &[]));
    lines.join("\n")
}

#[cfg(test)]
#[path = "flow_page_tests.rs"]
mod tests;
