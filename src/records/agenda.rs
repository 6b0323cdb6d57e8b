//! The agenda, and the form for the minutes of the next meeting.

use super::numbered;
use super::tables::Row;
use crate::page::{Time, timestamp, timestamp_or_none};
use crate::wikitext::inert::call;

/// The name of the block on the agenda.
pub const AGENDA_BLOCK: &str = "agenda";
/// The name of the block on the page with which the next minutes begin.
pub const FORM_BLOCK: &str = "minutes";

/// A request on the agenda: why, and how many meetings it has stood there.
pub struct Item<'r> {
    /// The request.
    pub row: &'r Row,
    /// The code of the reason.
    pub reason: &'static str,
    /// A number of meetings.
    pub meetings: usize,
}

/// The agenda's block: the items by their reasons, in the order in which they are given. `last` is when the last meeting was.
pub fn agenda_page(items: &[Item], (meetings, form): (&str, &str), last: Option<Time>) -> String {
    let pages = [("meetings", meetings.to_owned()), ("form", form.to_owned())];
    let about = [("last", timestamp_or_none(last)), ("count", items.len().to_string())];
    let mut lines = vec![call("Helpdesk agenda start", &[pages, about].concat())];
    for of_reason in items.chunk_by(|a, b| a.reason == b.reason) {
        let count = of_reason.len().to_string();
        lines.push(call("Helpdesk agenda section", &[("reason", of_reason[0].reason.to_owned()), ("count", count)]));
        lines.extend(of_reason.iter().map(line));
        lines.push(call("Helpdesk agenda section end", &[]));
    }
    lines.push(call("Helpdesk agenda end", &[]));
    lines.join("\n")
}

fn line(item: &Item) -> String {
    let Item { row, reason, meetings } = item;
    let params = [
        ("reason", (*reason).to_owned()),
        ("page", row.page.title.clone()),
        ("title", row.title.clone()),
        ("type", row.kind.clone()),
        ("country", row.country.clone()),
        ("status", row.status.clone()),
        ("filed", timestamp_or_none(row.filed)),
        ("since", timestamp(row.since)),
        ("support", row.tally.support.to_string()),
        ("oppose", row.tally.oppose.to_string()),
        ("abstain", row.tally.abstain.to_string()),
        ("waiting", row.waiting.code.id().to_owned()),
        ("have", row.waiting.have_shown()),
        ("need", row.waiting.need.clone()),
        ("until", timestamp_or_none(row.waiting.until)),
        ("assessed", if row.assessed == Some(false) { "no".to_owned() } else { String::new() }),
        ("question", row.question.clone()),
        ("asked by", row.asked_by.clone()),
        ("meetings", if *meetings > 0 { meetings.to_string() } else { String::new() }),
    ];
    let lists = [numbered::params("requester", &row.owners), numbered::params("missing", &row.missing)].concat();
    let lists = lists.iter().map(|(key, value)| (key.as_str(), value.clone()));
    call("Helpdesk agenda row", &params.into_iter().chain(lists).collect::<Vec<_>>())
}

/// The text with which minutes begin: the meeting, and a line for each request by its name below the intake page. The names of
/// pages hold nothing that acts in a parameter.
pub fn minutes_form(names: &[&str], (meeting, item): (&str, &str)) -> String {
    let mut lines = vec![format!("{{{{{meeting}|date=|present=|apologies=}}}}"), String::new()];
    let rest = "decision=|support=|oppose=|abstain=|recused=|priority=|helper=|recommendation=";
    lines.extend(names.iter().map(|name| format!("{{{{{item}|request={name}|{rest}}}}}")));
    format!("<onlyinclude>\n{}\n</onlyinclude>", lines.join("\n"))
}
