//! The agenda, and the form for the minutes of the next meeting.

use chrono::NaiveDate;

use super::numbered;
use super::tables::Row;
use crate::desk::Pages;
use crate::desk::meetings::KeptMinutes;
use crate::page::{Time, timestamp_or_none};
use crate::wikitext;
use crate::wikitext::block::{self, Block};
use crate::wikitext::inert::call;

/// The name of the block on the agenda.
pub const AGENDA_BLOCK: &str = "agenda";
/// The name of the block on the page with which the next minutes begin.
pub const FORM_BLOCK: &str = "minutes";

/// The template with which the agenda begins.
const START: &str = "Helpdesk agenda start";

/// The pages that hold minutes, as an agenda has them.
pub fn minutes_pages(text: &str) -> Vec<KeptMinutes> {
    let Block::Found(range) = block::find(text, AGENDA_BLOCK) else { return Vec::new() };
    let start = wikitext::calls(&text[range]).into_iter().find(|call| call.name == START);
    let kept = |written: String| {
        let (page, date) = written.split_once(' ').unwrap_or((&written, ""));
        Some(KeptMinutes { page: page.parse().ok()?, date: date.parse().ok() })
    };
    start.iter().flat_map(|call| numbered::of(call, "minutes")).filter_map(kept).collect()
}

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
/// `minutes` are the pages that hold minutes: so the next start knows those that somebody moves away.
pub fn agenda_page(items: &[Item], pages: &Pages, last: Option<Time>, minutes: &[KeptMinutes]) -> String {
    let status_page = &pages.status;
    let pages = [("meetings", pages.meetings.clone()), ("form", pages.minutes_form.clone())];
    let about = [("last", timestamp_or_none(last)), ("count", items.len().to_string())];
    let date = |date: Option<NaiveDate>| date.map(|date| format!(" {date}")).unwrap_or_default();
    let minutes: Vec<String> = minutes.iter().map(|kept| format!("{}{}", kept.page, date(kept.date))).collect();
    let minutes = numbered::params("minutes", &minutes);
    let minutes = minutes.iter().map(|(key, id)| (key.as_str(), id.clone()));
    let mut lines = vec![call(START, &pages.into_iter().chain(about).chain(minutes).collect::<Vec<_>>())];
    for of_reason in items.chunk_by(|a, b| a.reason == b.reason) {
        let count = of_reason.len().to_string();
        lines.push(call("Helpdesk agenda section", &[("reason", of_reason[0].reason.to_owned()), ("count", count)]));
        lines.extend(of_reason.iter().map(|item| line(item, status_page)));
        lines.push(call("Helpdesk agenda section end", &[]));
    }
    lines.push(call("Helpdesk agenda end", &[]));
    lines.join("\n")
}

/// Why a request is there. What the status page says of it is drawn from there: else each vote would change this page too.
fn line(item: &Item, status_page: &str) -> String {
    let Item { row, reason, meetings } = item;
    let params = [
        ("reason", (*reason).to_owned()),
        ("page", row.page.title.clone()),
        ("title", row.title.clone()),
        ("meetings", if *meetings > 0 { meetings.to_string() } else { String::new() }),
        ("id", row.page.id.to_string()),
        ("of", status_page.to_owned()),
    ];
    call("Helpdesk agenda row", &params)
}

/// The text with which minutes begin: the meeting, and a line for each request by its name below the intake page. The names of
/// pages hold nothing that acts in a parameter.
pub fn minutes_form(names: &[&str], (meeting, item): (&str, &str)) -> String {
    let mut lines = vec![format!("{{{{{meeting}|date=|present=|apologies=}}}}"), String::new()];
    let rest = "decision=|support=|oppose=|abstain=|recused=|priority=|helper=|recommendation=";
    lines.extend(names.iter().map(|name| format!("{{{{{item}|request={name}|{rest}}}}}")));
    format!("<onlyinclude>\n{}\n</onlyinclude>", lines.join("\n"))
}

/// The lines of a page that look like those of the form.
pub fn form_lines(text: &str) -> impl Iterator<Item = String> {
    let of_form = |line: &&str| ["{{", "<onlyinclude>", "</onlyinclude>"].iter().any(|begin| line.starts_with(begin));
    text.lines().map(str::trim).filter(of_form).map(str::to_owned)
}
