//! The summary tables and the archive: a template call for each request, on a line of its own, in a stable order.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{milestones, numbered, work};
use crate::desk::decision::Tally;
use crate::desk::milestones::Milestones;
use crate::desk::outcome::Outcome;
use crate::desk::score::Scores;
use crate::desk::step::Progress;
use crate::desk::waiting::{Queue, Waiting, WaitingFor, yes_no};
use crate::desk::{Desk, Status};
use crate::page::{PageRef, Time, parse_timestamp, timestamp, timestamp_or_none};
use crate::wikitext::block::{self, Block};
use crate::wikitext::inert::{call, unescape};

/// The template of a row.
const ROW: &str = "Helpdesk row";

/// The name of the block on the status page.
pub const STATUS_BLOCK: &str = "status";
/// The name of the block on archive pages.
pub const ARCHIVE_BLOCK: &str = "archive";

/// One request in a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// Its page.
    pub page: PageRef,
    /// Its title, or the page's name where it has none.
    pub title: String,
    /// The owners' accounts.
    pub owners: Vec<String>,
    /// Who filed it, where that is no owner.
    pub filed_by: String,
    /// The country, as written.
    pub country: String,
    /// The partner, as written.
    pub partner: String,
    /// The languages, as written.
    pub languages: String,
    /// It is not to be put on show.
    pub private: bool,
    /// The type, as written, in lower case.
    pub kind: String,
    /// The status' id.
    pub status: String,
    /// Since when.
    pub since: Time,
    /// Who brought it there, if a person did.
    pub decided_by: String,
    /// The counted votes.
    pub tally: Tally,
    /// The members' scores.
    pub scores: Scores,
    /// Whether every team field is filled in; none where there is none.
    pub assessed: Option<bool>,
    /// What it waits for.
    pub waiting: Waiting,
    /// The question that it waits with for its owner, as it reads, and who asks.
    pub question: String,
    /// See `question`.
    pub asked_by: String,
    /// Since when the desk owes its owner a reply, if it does.
    pub owed: Option<Time>,
    /// What happened to it, and when.
    pub milestones: Milestones,
    /// The members whose votes count for the quorum; none where only the table tells of the request.
    pub voted: Option<Vec<String>>,
    /// The members who stepped aside.
    pub recused: Vec<String>,
    /// The members in office whose votes it waits for.
    pub missing: Vec<String>,
    /// Who helps.
    pub helpers: Vec<String>,
    /// How far the work is.
    pub progress: Progress,
    /// When a helper last edited the page; none where nobody helps, or only the table tells of the request.
    pub worked: Option<Time>,
    /// What came of it, its sentence as it reads.
    pub outcome: Outcome,
    /// When somebody last wrote what came of it.
    pub outcome_at: Option<Time>,
    /// When it will be closed for silence; none where only the table tells of the request.
    pub closes: Option<Time>,
    /// The page has lost its template; the row is kept until it is restored or staff decide.
    pub lost: bool,
    /// The page cannot be read: the row says what it said last.
    pub unreadable: bool,
    /// Titles of requests that are the same one and redirect to it.
    pub duplicates: Vec<String>,
    /// What the row was read from; none where the page has to be read again anyway.
    pub rests_on: Option<RestsOn>,
}

/// What a row was read from. While both are the same, the page need not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestsOn {
    /// The newest revision of the request's page.
    pub revision: u64,
    /// A digest of the rules, the configuration and the roster by which it was decided.
    pub basis: String,
}

impl Row {
    /// The most duplicates that a row names.
    pub const DUPLICATES: usize = 3;

    /// When the request was filed; since when it has its status, where that is not known.
    pub fn filed(&self) -> Time {
        self.milestones.filed().unwrap_or(self.since)
    }

    /// The row, marked as that of a page that cannot be read.
    pub fn unreadable(mut row: Arc<Row>) -> Arc<Row> {
        let marked = Arc::make_mut(&mut row);
        (marked.unreadable, marked.rests_on) = (true, None);
        row
    }

    /// The row as a template call; in the archive it shows its status, elsewhere what it waits for.
    pub fn render(&self, archive: bool) -> String {
        let yes = |is: bool| if is { "yes".to_owned() } else { String::new() };
        let (names, points): (Vec<String>, Vec<String>) =
            self.scores.0.iter().map(|(name, points)| (name.clone(), points.to_string())).unzip();
        let lists = [
            numbered::params("requester", &self.owners),
            numbered::params("duplicate", self.duplicates.iter().take(Self::DUPLICATES)),
            numbered::params("missing", &self.missing),
            numbered::params("recused", &self.recused),
            numbered::params("helper", &self.helpers),
            work::steps(&self.progress),
            numbered::params("by", &names),
            numbered::params("score", &points),
            milestones::params(&self.milestones),
        ]
        .concat();
        let lists = lists.iter().map(|(key, value)| (key.as_str(), value.clone()));
        let params = [
            ("archive", yes(archive)),
            ("page", self.page.title.clone()),
            ("title", self.title.clone()),
            ("filed by", self.filed_by.clone()),
            ("country", self.country.clone()),
            ("type", self.kind.clone()),
            ("status", self.status.clone()),
            ("since", timestamp(self.since)),
            ("decided by", self.decided_by.clone()),
            ("question", self.question.clone()),
            ("asked by", self.asked_by.clone()),
            ("support", self.tally.support.to_string()),
            ("oppose", self.tally.oppose.to_string()),
            ("abstain", self.tally.abstain.to_string()),
            ("priority", self.scores.median()),
            ("assessed", self.assessed.map(yes_no).unwrap_or_default()),
            ("waiting", self.waiting.code.id().to_owned()),
            ("have", self.waiting.have_shown()),
            ("need", self.waiting.need.clone()),
            ("until", timestamp_or_none(self.waiting.until)),
            ("outcome", self.outcome.text.clone()),
            ("outcome at", timestamp_or_none(self.outcome_at)),
            ("partner", self.partner.clone()),
            ("languages", self.languages.clone()),
            ("private", yes(self.private)),
            ("id", self.page.id.to_string()),
            ("lost", yes(self.lost)),
            ("unreadable", yes(self.unreadable)),
            ("rev", self.rests_on.as_ref().map(|r| r.revision.to_string()).unwrap_or_default()),
            ("basis", self.rests_on.as_ref().map(|r| r.basis.clone()).unwrap_or_default()),
        ];
        call(ROW, &params.into_iter().chain(work::details(&self.outcome)).chain(lists).collect::<Vec<_>>())
    }

    /// Reads a line that [`Row::render`] wrote: no character of a value can act, so bars and braces are the call's own.
    fn parse(line: &str) -> Option<Row> {
        let call = line.trim().strip_prefix("{{")?.strip_prefix(ROW)?.strip_suffix("}}")?;
        let params: BTreeMap<&str, &str> =
            call.strip_prefix('|')?.split('|').filter_map(|p| p.split_once('=')).collect();
        let raw = |name: &str| params.get(name).copied().unwrap_or_default();
        let text = |name: &str| unescape(raw(name));
        let number = |name: &str| raw(name).parse().unwrap_or(0);
        let milestones = milestones::of(text);
        let known = milestones.is_some();
        let points = numbered::read("score", text).into_iter().filter_map(|points| points.parse().ok());
        Some(Row {
            page: PageRef { id: raw("id").parse().ok()?, title: text("page") },
            title: text("title"),
            owners: numbered::read("requester", text),
            filed_by: text("filed by"),
            country: text("country"),
            kind: text("type"),
            status: text("status"),
            since: parse_timestamp(raw("since"))?,
            decided_by: text("decided by"),
            tally: Tally { support: number("support"), oppose: number("oppose"), abstain: number("abstain"), info: 0 },
            scores: Scores(numbered::read("by", text).into_iter().zip(points).collect()),
            assessed: Some(raw("assessed")).filter(|is| !is.is_empty()).map(|is| is == "yes"),
            waiting: Waiting {
                code: match text("waiting").as_str() {
                    "" => WaitingFor::Nothing,
                    code => WaitingFor::parse(code)?,
                },
                have: text("have"),
                need: text("need"),
                until: parse_timestamp(raw("until")),
            },
            question: text("question"),
            asked_by: text("asked by"),
            owed: None,
            milestones: milestones.unwrap_or_default(),
            voted: None,
            recused: numbered::read("recused", text),
            missing: numbered::read("missing", text),
            helpers: numbered::read("helper", text),
            progress: work::steps_of(text),
            worked: None,
            closes: None,
            outcome: work::outcome_from(text, "outcome"),
            outcome_at: parse_timestamp(raw("outcome at")),
            partner: text("partner"),
            languages: text("languages"),
            private: raw("private") == "yes",
            lost: raw("lost") == "yes",
            unreadable: raw("unreadable") == "yes",
            duplicates: numbered::read("duplicate", text),
            // A row that does not say what happened does not stand for its page.
            rests_on: raw("rev")
                .parse()
                .ok()
                .filter(|_| known)
                .map(|revision| RestsOn { revision, basis: text("basis") }),
        })
    }

    /// Whether both show the same to a reader; what they were read from may differ.
    pub fn shows_the_same(&self, other: &Row) -> bool {
        let shown = |row: &Row| Row { rests_on: None, ..row.clone() }.render(false);
        shown(self) == shown(other)
    }
}

/// The rows that a page holds in the block of that name. What stands in another block on it is not the bot's.
pub fn rows(text: &str, name: &str) -> Vec<Row> {
    let Block::Found(range) = block::find(text, name) else { return Vec::new() };
    text[range].lines().filter_map(Row::parse).collect()
}

/// The text of a table with newer revisions in the place of those that its rows rest on, by the older revision's id: the
/// bot itself saved those pages after the table was rendered.
pub fn with_revisions(text: &str, newer: &BTreeMap<u64, u64>) -> String {
    const PARAM: &str = "|rev=";
    let start = format!("{{{{{ROW}|");
    let line = |line: &str| {
        let found = line.starts_with(&start).then(|| line.find(PARAM)).flatten().map(|at| at + PARAM.len())?;
        let end = found + line[found..].find(['|', '}'])?;
        let new = newer.get(&line[found..end].parse().ok()?)?;
        Some(format!("{}{new}{}", &line[..found], &line[end..]))
    };
    text.split_inclusive('\n').map(|l| line(l).unwrap_or_else(|| l.to_owned())).collect()
}

/// How many requests are where.
fn flow(rows: &[Arc<Row>], archived: &[Arc<Row>], desk: &Desk) -> String {
    let here = |status: &Status| rows.iter().chain(archived).filter(|row| row.status == status.id).count();
    let counts = desk.statuses.iter().map(|status| (status.id.as_str(), here(status))).filter(|(_, n)| *n > 0);
    call("Helpdesk flow", &counts.map(|(id, n)| (id, n.to_string())).collect::<Vec<_>>())
}

/// The status page's block: how many are where, a table for each thing that requests wait for, what was closed lately, then
/// totals by type.
pub fn status_page(rows: &[Arc<Row>], archived: &[Arc<Row>], desk: &Desk) -> String {
    let mut lines = vec![flow(rows, archived, desk)];
    let is_closed = |row: &Row| desk.status(&row.status).is_some_and(|status| status.closed);
    let queue = |row: &Row| row.waiting.code.queue().filter(|_| !is_closed(row));
    let mut table = |id: &str, label: &str, holds: &dyn Fn(&Row) -> bool, closed: bool| {
        let mut here: Vec<&Arc<Row>> = rows.iter().filter(|row| holds(row) && is_closed(row) == closed).collect();
        if here.is_empty() {
            return;
        }
        here.sort_by(|a, b| (a.since, &a.page.title).cmp(&(b.since, &b.page.title)));
        lines.push(start(id, label, here.len()));
        lines.extend(here.iter().map(|row| row.render(closed)));
        lines.push(end());
    };
    for first in [Queue::Reply, Queue::Votes, Queue::Time, Queue::Helper] {
        table(first.id(), "", &|row| queue(row) == Some(first), false);
    }
    for status in &desk.statuses {
        table(&status.id, &status.label, &|row| row.status == status.id && queue(row).is_none(), false);
    }
    table(Queue::Requester.id(), "", &|row| queue(row) == Some(Queue::Requester), false);
    table("closed", "", &|_| true, true);
    if lines.len() == 1 {
        lines.push(start(Queue::Votes.id(), "", 0));
        lines.push(end());
    }
    lines.extend(totals(rows, archived, desk));
    lines.join("\n")
}

/// Open and closed requests by type: the configured types first, then others.
fn totals(rows: &[Arc<Row>], archived: &[Arc<Row>], desk: &Desk) -> Vec<String> {
    let mut kinds: Vec<&str> = desk.field("type").iter().flat_map(|f| &f.one_of).map(String::as_str).collect();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for row in rows.iter().chain(archived) {
        let (open, closed) = counts.entry(&row.kind).or_insert_with(|| {
            if !kinds.contains(&row.kind.as_str()) {
                kinds.push(&row.kind);
            }
            (0, 0)
        });
        *if desk.status(&row.status).is_some_and(|s| s.closed) { closed } else { open } += 1;
    }
    if counts.is_empty() {
        return Vec::new();
    }
    let counted = kinds.iter().filter_map(|kind| Some((*kind, counts.get(kind)?)));
    let mut lines = vec![start("types", "", counts.len())];
    lines.extend(counted.map(|(kind, (open, closed))| {
        call("Helpdesk total", &[("type", kind.to_owned()), ("open", open.to_string()), ("closed", closed.to_string())])
    }));
    lines.push(end());
    lines
}

/// An archive page's block: requests closed in that time, the latest first. `part` is 1 for the first page of the time.
pub fn archive_page(rows: &[Arc<Row>], year: i32, month: Option<u32>, part: usize) -> String {
    let mut rows: Vec<&Arc<Row>> = rows.iter().collect();
    rows.sort_by(|a, b| (b.since, &a.page.title).cmp(&(a.since, &b.page.title)));
    let mut lines = vec![call(
        "Helpdesk table start",
        &[
            ("table", "archive".to_owned()),
            ("year", year.to_string()),
            ("month", month.map(|m| format!("{m:02}")).unwrap_or_default()),
            ("part", if part > 1 { part.to_string() } else { String::new() }),
            ("count", rows.len().to_string()),
        ],
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::filed_at;

    fn rows_of_any_text() -> impl Strategy<Value = Row> {
        let text = prop_oneof![any::<String>(), "[a-z|={}<>!-]{0,12}"];
        (prop::collection::vec(text, 6), any::<u64>(), any::<bool>()).prop_map(|(texts, id, lost)| Row {
            page: PageRef { id, title: texts[0].clone() },
            title: texts[1].clone(),
            owners: vec![format!("x{}", texts[2])],
            country: texts[3].clone(),
            kind: texts[4].clone(),
            milestones: filed_at(Time::UNIX_EPOCH),
            rests_on: Some(RestsOn { revision: id / 2, basis: "0a1b".to_owned() }),
            lost,
            ..Row::default()
        })
    }

    proptest! {
        /// What was written reads as itself, line by line.
        #[test]
        fn rows_come_back_as_they_were_written(row in rows_of_any_text(), archive in any::<bool>()) {
            let line = row.render(archive);
            prop_assert!(!line.contains('\n'));
            let back = rows(&block::wrap(STATUS_BLOCK, &line), STATUS_BLOCK);
            prop_assert_eq!(back.len(), 1, "{}", line);
            prop_assert_eq!(back[0].render(archive), line);
            prop_assert_eq!((back[0].page.id, &back[0].rests_on), (row.page.id, &row.rests_on));
        }
    }

    #[test]
    fn only_the_revisions_of_rows_are_replaced() {
        let milestones = filed_at(Time::UNIX_EPOCH);
        let row = Row { milestones, rests_on: Some(RestsOn { revision: 7, basis: String::new() }), ..Row::default() };
        let text = format!("|rev=7 of people\n{}", block::wrap(STATUS_BLOCK, &row.render(false)));
        let newer = with_revisions(&text, &BTreeMap::from([(7, 8)]));
        assert_eq!(rows(&newer, STATUS_BLOCK)[0].rests_on.as_ref().map(|r| r.revision), Some(8));
        assert!(newer.starts_with("|rev=7 of people\n"), "{newer}");
        assert_eq!(with_revisions(&text, &BTreeMap::from([(6, 8)])), text);
    }
}
