//! The summary tables, the archive and the problems page: rows as template calls, in a stable order.

use crate::desk::Desk;
use crate::desk::decision::{Tally, Waiting, WaitingFor};
use crate::page::{PageRef, Time, parse_timestamp, timestamp, timestamp_or_none};
use crate::wikitext::block::{self, Block};
use crate::wikitext::inert::{call, unescape};
use crate::wikitext::{self, Call};

/// The template of a row.
const ROW: &str = "Helpdesk row";

/// One request in a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// Its page.
    pub page: PageRef,
    /// Its title, or the page's name where it has none.
    pub title: String,
    /// The requester's account.
    pub requester: String,
    /// The country, as written.
    pub country: String,
    /// The type, as written, in lower case.
    pub kind: String,
    /// The status' id.
    pub status: String,
    /// Since when.
    pub since: Time,
    /// The counted votes.
    pub tally: Tally,
    /// The members' view on priority.
    pub priority: String,
    /// What it waits for.
    pub waiting: Waiting,
    /// The page has lost its template; the row is kept until it is restored or staff decide.
    pub lost: bool,
    /// Titles of requests that are the same one and redirect to it.
    pub duplicates: Vec<String>,
}

impl Row {
    /// So many of them are named at the most.
    pub const DUPLICATES: usize = 3;

    /// The row; in the archive it shows its status, elsewhere what it waits for.
    fn render(&self, archive: bool) -> String {
        let duplicate = |i: usize| self.duplicates.get(i).cloned().unwrap_or_default();
        call(
            ROW,
            &[
                ("archive", if archive { "yes".to_owned() } else { String::new() }),
                ("page", self.page.title.clone()),
                ("title", self.title.clone()),
                ("requester", self.requester.clone()),
                ("country", self.country.clone()),
                ("type", self.kind.clone()),
                ("status", self.status.clone()),
                ("since", timestamp(self.since)),
                ("support", self.tally.support.to_string()),
                ("oppose", self.tally.oppose.to_string()),
                ("abstain", self.tally.abstain.to_string()),
                ("priority", self.priority.clone()),
                ("waiting", self.waiting.code.id().to_owned()),
                ("have", self.waiting.have_shown()),
                ("need", self.waiting.need.clone()),
                ("until", timestamp_or_none(self.waiting.until)),
                ("id", self.page.id.to_string()),
                ("lost", if self.lost { "yes".to_owned() } else { String::new() }),
                ("duplicate", duplicate(0)),
                ("duplicate 2", duplicate(1)),
                ("duplicate 3", duplicate(2)),
            ],
        )
    }

    fn read(call: &Call) -> Option<Row> {
        let text = |name: &str| unescape(call.value(name));
        let number = |name: &str| call.value(name).parse().unwrap_or(0);
        Some(Row {
            page: PageRef { id: call.value("id").parse().ok()?, title: text("page") },
            title: text("title"),
            requester: text("requester"),
            country: text("country"),
            kind: text("type"),
            status: text("status"),
            since: parse_timestamp(&text("since"))?,
            tally: Tally { support: number("support"), oppose: number("oppose"), abstain: number("abstain"), info: 0 },
            priority: text("priority"),
            waiting: Waiting {
                code: match text("waiting").as_str() {
                    "" => WaitingFor::Nothing,
                    code => WaitingFor::parse(code)?,
                },
                have: text("have"),
                need: text("need"),
                until: parse_timestamp(&text("until")),
            },
            lost: call.value("lost") == "yes",
            duplicates: ["duplicate", "duplicate 2", "duplicate 3"]
                .map(text)
                .into_iter()
                .filter(|t| !t.is_empty())
                .collect(),
        })
    }
}

/// The rows that a page holds between the bot's markers.
#[must_use]
pub fn rows(text: &str) -> Vec<Row> {
    let blocks = ["status", "archive"].into_iter().filter_map(|name| match block::find(text, name) {
        Block::Found(range) => Some(wikitext::calls(&text[range])),
        Block::Absent | Block::Broken => None,
    });
    blocks.flatten().filter(|c| c.name == ROW && !c.nested).filter_map(|c| Row::read(&c)).collect()
}

/// The status page's block: a table for each status that has requests, then totals by type.
#[must_use]
pub fn status_page(rows: &[Row], archived: &[Row], desk: &Desk) -> String {
    let mut lines = Vec::new();
    for status in &desk.statuses {
        let mut here: Vec<&Row> = rows.iter().filter(|r| r.status == status.id).collect();
        if here.is_empty() {
            continue;
        }
        here.sort_by(|a, b| (a.since, &a.page.title).cmp(&(b.since, &b.page.title)));
        lines.push(start(&status.id, &status.label, here.len()));
        lines.extend(here.iter().map(|r| r.render(false)));
        lines.push(end());
    }
    if lines.is_empty() {
        let first = desk.first_status();
        lines.push(start(&first.id, &first.label, 0));
        lines.push(end());
    }
    lines.extend(totals(rows, archived, desk));
    lines.join("\n")
}

fn totals(rows: &[Row], archived: &[Row], desk: &Desk) -> Vec<String> {
    let closed = |r: &&Row| desk.status(&r.status).is_some_and(|s| s.closed);
    let mut kinds: Vec<String> = desk.field("type").map(|f| f.one_of.clone()).unwrap_or_default();
    for row in rows.iter().chain(archived) {
        if !kinds.contains(&row.kind) {
            kinds.push(row.kind.clone());
        }
    }
    let mut lines = Vec::new();
    for kind in kinds {
        let all: Vec<&Row> = rows.iter().chain(archived).filter(|r| r.kind == kind).collect();
        if !all.is_empty() {
            let done = all.iter().copied().filter(closed).count();
            lines.push(call(
                "Helpdesk total",
                &[("type", kind), ("open", (all.len() - done).to_string()), ("closed", done.to_string())],
            ));
        }
    }
    if lines.is_empty() {
        return lines;
    }
    lines.insert(0, start("types", "", lines.len()));
    lines.push(end());
    lines
}

/// An archive page's block: requests closed in that year, the latest first.
#[must_use]
pub fn archive_page(rows: &[Row], year: i32) -> String {
    let mut rows: Vec<&Row> = rows.iter().collect();
    rows.sort_by(|a, b| (b.since, &a.page.title).cmp(&(a.since, &b.page.title)));
    let mut lines = vec![call(
        "Helpdesk table start",
        &[("table", "archive".to_owned()), ("year", year.to_string()), ("count", rows.len().to_string())],
    )];
    lines.extend(rows.iter().map(|r| r.render(true)));
    lines.push(end());
    lines.join("\n")
}

pub(super) fn start(table: &str, label: &str, count: usize) -> String {
    call(
        "Helpdesk table start",
        &[("table", table.to_owned()), ("label", label.to_owned()), ("count", count.to_string())],
    )
}

pub(super) fn end() -> String {
    call("Helpdesk table end", &[])
}
