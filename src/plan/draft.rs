//! What each page should say: from what was read and decided to the changes that make it so. Pure.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::{Base, Change, Owns, Plan, disputes, move_out, refusals};
use crate::decide::{fields, rules};
use crate::desk::decision::{Basis, Decision, Overruled};
use crate::desk::problem::Problem;
use crate::desk::roster::Roster;
use crate::desk::vote::{State, Touch};
use crate::desk::{Desk, Facts};
use crate::page::{Page, PageRef, Time, parse_timestamp, timestamp};
use crate::plan::snapshot::Snapshot;
use crate::read::request::{Unreadable, is_doubled, request_call};
use crate::records::ledger::{self, Memo, ledger_calls, ledger_start};
use crate::records::problems::problems_page;
use crate::records::summary;
use crate::records::tables::{self, Row};
use crate::wikitext::block::{self, Block};
use crate::wikitext::inert::{one_line, unescape};
use crate::wikitext::names::Names;
use crate::wikitext::{self};

/// A request page that needs no reading: its row, and when time alone may change it.
#[derive(Debug, Clone)]
pub struct Settled {
    /// Its row.
    pub row: Row,
    /// When time alone may change something.
    pub due: Option<Time>,
}

/// What a pass knows of one request page.
#[derive(Debug, Clone)]
pub enum Reading {
    /// Nothing has changed since the bot's ledger was written: this is its row.
    Settled(Box<Settled>),
    /// Read anew and decided.
    Decided(Box<(Facts, Decision)>),
    /// It has lost its template: what people decided of it holds.
    Lost(Box<(Facts, Decision)>),
    /// It cannot be read.
    Unreadable(Unreadable),
    /// It could not be read this time; all stays as it is.
    Unread,
}

/// A page whose ledger still holds: the bot saved it last, on the very revision it had read, and
/// neither time nor anything else it rests on has moved since.
#[must_use]
pub fn settled(page: &Page, desk: &Desk, snapshot: &Snapshot, now: Time) -> Option<Settled> {
    let by_bot = page.revision.user.as_ref().is_some_and(|u| u.id == snapshot.bot.id);
    let start = ledger_start(page.text())?;
    let memo = ledger::memo(&start)?;
    let people = ledger::people(&ledger_calls(page.text()));
    // A page that the bot created holds a proposal as somebody wrote it, ledger and all.
    let holds = by_bot
        && memo.read != 0
        && memo.read == page.revision.parent
        && memo.due.is_none_or(|due| now < due)
        && matches!(block::find(page.text(), ledger::BLOCK), Block::Found(_))
        && memo.basis == basis(desk, &snapshot.names, &snapshot.roster, &people);
    if !holds {
        return None;
    }
    let call = request_call(page.text(), &snapshot.names)?;
    let text = |name: &str| unescape(start.value(name));
    let number = |name: &str| start.value(name).parse().unwrap_or(0);
    let status = desk.status(&text("status"))?.id.clone();
    if call.value("status") != status {
        return None;
    }
    let param = |name: &str| call.value(name).to_owned();
    let row = Row {
        page: page.reference(),
        title: title(call.value("title"), &page.title),
        requester: text("requester"),
        country: param("country"),
        kind: fields::kind(call.value("type"), desk),
        status,
        since: parse_timestamp(&text("since"))?,
        tally: crate::desk::decision::Tally {
            support: number("support"),
            oppose: number("oppose"),
            abstain: number("abstain"),
            info: number("info"),
        },
        priority: text("priority"),
        waiting: crate::desk::decision::Waiting {
            code: text("waiting"),
            have: text("have"),
            need: text("need"),
            until: parse_timestamp(&text("until")),
        },
        lost: false,
        duplicates: Vec::new(),
    };
    Some(Settled { row, due: memo.due })
}

/// A digest of what a decision rests on besides its page: rules, statuses, fields, the meaning of template
/// names, the version of this program, and the terms of the people the ledger names.
#[must_use]
pub fn basis(desk: &Desk, names: &Names, roster: &Roster, people: &[String]) -> String {
    let everybody = desk.rules.iter().any(|r| r.when.all_voted.is_some());
    let terms: Vec<_> = roster.terms.iter().filter(|t| everybody || people.contains(&t.user.name)).collect();
    let parts = serde_json::json!([
        env!("CARGO_PKG_VERSION"),
        desk.rules,
        desk.statuses,
        desk.fields,
        desk.votes,
        desk.templates,
        names,
        terms
    ]);
    let digest = Sha256::digest(parts.to_string());
    digest.iter().take(8).map(|b| format!("{b:02x}")).collect()
}

/// Drafts all changes of a pass, in an order that loses nothing when stopped between any two: request pages,
/// archives that gain rows, the status page, archives that lose rows, the problems page.
#[must_use]
pub fn draft(desk: &Desk, snapshot: &Snapshot, readings: &[(Page, Reading)], now: Time) -> Plan {
    let mut plan = Plan { changes: Vec::new(), problems: snapshot.problems.clone() };
    let mut rows: Vec<Row> = Vec::new();
    move_out::draft(&mut plan, desk, snapshot, now);
    for (page, reading) in readings {
        if is_doubled(page.text(), &snapshot.names) {
            plan.problems.push(Problem::new("template-doubled", &page.title, String::new()));
        }
        match reading {
            Reading::Settled(settled) => rows.push(settled.row.clone()),
            Reading::Decided(decided) => {
                let (facts, decision) = &**decided;
                rows.push(row_of(facts, decision, desk));
                request_change(&mut plan, page, facts, decision, desk, snapshot);
            }
            Reading::Lost(decided) => {
                let (facts, decision) = &**decided;
                plan.problems.push(Problem::new("lost-template", &page.title, String::new()));
                rows.push(Row { lost: true, ..row_of(facts, decision, desk) });
            }
            Reading::Unreadable(_) | Reading::Unread => {
                if let Reading::Unreadable(why) = reading {
                    plan.problems.push(Problem::new(why.kind(), &page.title, why.to_string()));
                }
                rows.extend(
                    known_rows(snapshot).find(|r| r.page.id == page.id).map(|r| Row { page: page.reference(), ..r }),
                );
            }
        }
    }
    for row in &mut rows {
        let same = snapshot.duplicates.iter().filter(|(_, of)| *of == row.page.title);
        row.duplicates = same.map(|(title, _)| title.clone()).take(Row::DUPLICATES).collect();
    }
    let archive_now = |row: &Row| {
        desk.status(&row.status).is_some_and(|s| s.closed) && rules::after(row.since, desk.archive_after) <= now
    };
    // A row leaves the status page only where its archive page has it, or gets it: not where that cannot be written.
    let (mut before, mut unwritten) = (plan, BTreeSet::new());
    loop {
        plan = before.clone();
        let leaves = |row: &Row| archive_now(row) && !unwritten.contains(&year(row));
        let (archived, current): (Vec<Row>, Vec<Row>) = rows.iter().cloned().partition(leaves);
        tables(&mut plan, desk, snapshot, &current, &archived);
        plan.changes.retain(|c| !c.is_noop());
        keep_only_safe(&mut plan, snapshot);
        disputes::respect(&mut plan, snapshot);
        refusals::leave_out(&mut plan, &snapshot.refusals);
        let missed: Vec<i32> =
            archived.iter().filter(|row| !is_archived(row, &plan, desk, snapshot)).map(year).collect();
        if missed.is_empty() {
            break;
        }
        // Why it cannot be written stays known.
        before.problems.clone_from(&plan.problems);
        unwritten.extend(missed);
    }
    plan.problems.sort();
    plan.problems.dedup();
    let problems = problems_change(desk, snapshot, &mut plan.problems);
    plan.changes.extend(problems);
    plan
}

/// Whether the archive page of a row's year has it already, or gets it by the plan.
fn is_archived(row: &Row, plan: &Plan, desk: &Desk, snapshot: &Snapshot) -> bool {
    let title = desk.pages.archive_of(year(row));
    let has = |text: &str| tables::rows(text).iter().any(|r| r.page.id == row.page.id);
    let there = snapshot.archives.iter().any(|(of, page)| *of == year(row) && has(page.text()));
    there || plan.changes.iter().any(|c| c.page == title && has(&c.after))
}

/// The change that brings the problems page up to date, if it needs one. Where its markers are broken, that is
/// added to the problems.
#[must_use]
pub fn problems_change(desk: &Desk, snapshot: &Snapshot, problems: &mut Vec<Problem>) -> Option<Change> {
    // What is wrong with a page that could not be read this time is not known.
    if !snapshot.unread.is_empty() {
        return None;
    }
    let content = problems_page(problems);
    let text = if problems.is_empty() {
        summary::text("problems_none", &[])
    } else {
        counted("problem_one", "problems", problems.len())
    };
    match block_change(&desk.pages.problems, snapshot.problems_page.as_ref(), "problems", &content, &text) {
        Ok(change) if change.is_noop() => None,
        Ok(change) => {
            let mut alone = Plan { changes: vec![change], problems: Vec::new() };
            disputes::respect(&mut alone, snapshot);
            alone.changes.pop()
        }
        Err(problem) => {
            problems.push(problem);
            None
        }
    }
}

/// The rows that status and archive pages hold now.
pub fn known_rows(snapshot: &Snapshot) -> impl Iterator<Item = Row> + '_ {
    let pages = snapshot.status.iter().chain(snapshot.archives.iter().map(|(_, page)| page));
    pages.flat_map(|page| tables::rows(page.text()))
}

fn title(written: &str, page: &str) -> String {
    let name = if written.is_empty() { page.rsplit('/').next().unwrap_or(page) } else { written };
    one_line(&unescape(name), crate::wikitext::inert::MAX_CHARS)
}

/// The row of a request that was decided.
#[must_use]
pub fn row_of(facts: &Facts, decision: &Decision, desk: &Desk) -> Row {
    Row {
        page: facts.page.clone(),
        title: title(facts.param("title"), &facts.page.title),
        requester: facts.requester.as_ref().map(|u| u.name.clone()).unwrap_or_default(),
        country: facts.param("country").to_owned(),
        kind: fields::kind(facts.param("type"), desk),
        status: decision.status.clone(),
        since: decision.since,
        tally: decision.tally,
        priority: decision.priority.map(|p| p.id().to_owned()).unwrap_or_default(),
        waiting: decision.waiting.clone(),
        lost: false,
        duplicates: Vec::new(),
    }
}

fn request_change(plan: &mut Plan, page: &Page, facts: &Facts, decision: &Decision, desk: &Desk, snapshot: &Snapshot) {
    let text = page.text();
    let placed = block::find(text, ledger::BLOCK);
    if placed == Block::Broken {
        plan.problems.push(Problem::new("markers", &page.title, ledger::BLOCK));
        return;
    }
    let leave = matches!(&decision.overruled, Some(Overruled { repeated: true, .. }));
    if let Some(overruled) = &decision.overruled {
        let who = overruled.by.as_ref().map(|u| u.name.as_str()).unwrap_or_default();
        let mut problem = Problem::new("status-edit", &page.title, format!("{who}: {}", overruled.to));
        problem.revision = Some(overruled.revision);
        if leave {
            plan.problems.push(problem);
        }
    }
    let Some(call) = request_call(text, &snapshot.names) else {
        return;
    };
    let with_status = if leave {
        text.to_owned()
    } else {
        wikitext::set_params(text, &call, &[("status", &decision.status), ("status since", &timestamp(decision.since))])
    };
    let content = ledger_text(facts, decision, desk, snapshot);
    let after = with_ledger(&with_status, &content, &snapshot.names);
    // A ledger that says the same as before is no reason for an edit.
    let same_ledger =
        ledger::without_memo(&after) == ledger::without_memo(&with_status) && matches!(placed, Block::Found(_));
    let after = if same_ledger && with_status == text { text.to_owned() } else { after };
    plan.changes.push(Change {
        page: page.title.clone(),
        base: Base::Revision(page.revision.id),
        before: text.to_owned(),
        after,
        summary: request_summary(call.value("status"), decision, desk),
        owns: Owns::Request,
        // A blank status is nobody's claim: whoever undoes the bot's edit, and no person's decision with it, is heard.
        insists: !leave && decision.overruled.as_ref().is_some_and(|o| !o.to.is_empty() || took_away(facts)),
    });
}

/// Whether the newest revision took a person's decision off the page.
fn took_away(facts: &Facts) -> bool {
    let gone = |t: &Touch| t.to == State::Gone && t.revision == facts.revision;
    facts.rulings.iter().any(|r| r.trail.touches.last().is_some_and(gone))
}

fn ledger_text(facts: &Facts, decision: &Decision, desk: &Desk, snapshot: &Snapshot) -> String {
    let mut memo = Memo { read: facts.revision, basis: String::new(), due: decision.due };
    let people = ledger::people(&wikitext::calls(&ledger::render(facts, decision, &memo)));
    memo.basis = basis(desk, &snapshot.names, &snapshot.roster, &people);
    ledger::render(facts, decision, &memo)
}

/// The text with the ledger in its block: where it stands already, else right behind the request template, or the plain
/// words that follow it on its line.
fn with_ledger(text: &str, content: &str, names: &Names) -> String {
    let wrapped = block::wrap(ledger::BLOCK, content);
    match (block::find(text, ledger::BLOCK), request_call(text, names)) {
        (Block::Found(range), _) => wikitext::splice(text, vec![(range, wrapped)]),
        (Block::Absent, Some(call)) => {
            let rest = text[call.span.end..].lines().next().unwrap_or_default();
            // What begins with a space behind the marker would become a box of code.
            let plain = rest.starts_with([' ', '\t']) && !rest.contains(['<', '{', '[']);
            let at = call.span.end + if plain { rest.len() } else { 0 };
            wikitext::splice(text, vec![(at..at, format!("\n{wrapped}"))])
        }
        _ => text.to_owned(),
    }
}

fn request_summary(written: &str, decision: &Decision, desk: &Desk) -> String {
    let label = |id: &str| desk.status(id).map_or_else(|| id.to_owned(), |s| s.label.clone());
    let to = label(&decision.status);
    if let Some(overruled) = decision.overruled.as_ref().filter(|o| !o.repeated) {
        if overruled.unknown {
            return summary::text("put_back_unknown", &[("to", &to), ("from", &overruled.to)]);
        }
        return summary::text("put_back", &[("to", &to), ("help", &desk.pages.committee)]);
    }
    // One that is left as somebody wrote it is not moved.
    if decision.overruled.is_some() || desk.status(written).is_some_and(|s| s.id == decision.status) {
        return summary::text("ledger", &[]);
    }
    let reason = match &decision.basis {
        Basis::Filed => summary::text("reason_new", &[]),
        Basis::Rule { name, .. } => {
            summary::text("reason_rule", &[("rule", name), ("guide", &format!("{}/Guide/Voting", desk.root))])
        }
        Basis::Person { user, revision, .. } => {
            summary::text("reason_decision", &[("user", &user.name), ("revision", &revision.to_string())])
        }
    };
    let key = if written.is_empty() { "status_first" } else { "status_moved" };
    summary::text(key, &[("from", &label(written)), ("to", &to), ("reason", &reason)])
}

/// The summary of a change by how many it concerns.
fn counted(key_one: &str, key: &str, count: usize) -> String {
    if count == 1 { summary::text(key_one, &[]) } else { summary::text(key, &[("count", &count.to_string())]) }
}

fn tables(plan: &mut Plan, desk: &Desk, snapshot: &Snapshot, current: &[Row], archived: &[Row]) {
    let mut years: Vec<i32> = archived.iter().map(year).chain(snapshot.archives.iter().map(|(y, _)| *y)).collect();
    years.sort_unstable();
    years.dedup();
    let mut losing: Vec<Change> = Vec::new();
    for of_year in years {
        let page = snapshot.archives.iter().find(|(y, _)| *y == of_year).map(|(_, p)| p);
        let title = desk.pages.archive_of(of_year);
        let wanted: Vec<Row> = archived.iter().filter(|r| year(r) == of_year).cloned().collect();
        let there = page.map(|p| tables::rows(p.text())).unwrap_or_default();
        let leaving: Vec<Row> =
            there.iter().filter(|r| !wanted.iter().any(|w| w.page.id == r.page.id)).cloned().collect();
        let arriving = wanted.iter().filter(|w| !there.iter().any(|r| r.page.id == w.page.id)).count();
        let text = if arriving > 0 { counted("archive_one", "archive", arriving) } else { summary::text("table", &[]) };
        let block = |rows: &[Row]| block_change(&title, page, "archive", &tables::archive_page(rows, of_year), &text);
        // A row that leaves must not go before the status page has it.
        let both: Vec<Row> = wanted.iter().chain(&leaving).cloned().collect();
        match block(&both) {
            Ok(first) => {
                let gains = !first.is_noop() && arriving > 0;
                if gains || leaving.is_empty() {
                    plan.changes.push(first.clone());
                }
                if !leaving.is_empty()
                    && let Ok(mut last) = block(&wanted)
                {
                    last.summary = counted("unarchive_one", "unarchive", leaving.len());
                    if gains {
                        last.base = Base::Earlier;
                        last.before.clone_from(&first.after);
                    }
                    losing.push(last);
                }
            }
            Err(problem) => plan.problems.push(problem),
        }
    }
    let content = tables::status_page(current, archived, desk);
    match block_change(&desk.pages.status, snapshot.status.as_ref(), "status", &content, &summary::text("table", &[])) {
        Ok(change) => plan.changes.push(change),
        Err(problem) => plan.problems.push(problem),
    }
    plan.changes.append(&mut losing);
}

fn year(row: &Row) -> i32 {
    chrono::Datelike::year(&row.since)
}

/// The change of a page on which the bot owns a block.
fn block_change(title: &str, page: Option<&Page>, name: &str, content: &str, summary: &str) -> Result<Change, Problem> {
    let wrapped = block::wrap(name, content);
    let (base, before, after) = match page {
        None => (Base::Absent, String::new(), wrapped),
        Some(page) => {
            let text = page.text();
            let Block::Found(range) = block::find(text, name) else {
                return Err(Problem::new("markers", title, name));
            };
            (Base::Revision(page.revision.id), text.to_owned(), wikitext::splice(text, vec![(range, wrapped)]))
        }
    };
    Ok(Change {
        page: title.to_owned(),
        base,
        before,
        after,
        summary: summary.to_owned(),
        owns: Owns::Block(name.to_owned()),
        insists: false,
    })
}

/// Drops changes that would touch what belongs to people, and reports them.
fn keep_only_safe(plan: &mut Plan, snapshot: &Snapshot) {
    let (safe, unsafe_): (Vec<Change>, Vec<Change>) =
        std::mem::take(&mut plan.changes).into_iter().partition(|c| c.keeps_peoples_text(&snapshot.names));
    plan.changes = safe;
    plan.problems.extend(unsafe_.iter().map(|c| Problem::new("not-saved", &c.page, String::new())));
}

/// Where an existing row's page went: ids that rows name and that were not read as requests.
#[must_use]
pub fn strays(snapshot_rows: impl Iterator<Item = Row>, read: &[Page]) -> Vec<PageRef> {
    let mut strays: Vec<PageRef> =
        snapshot_rows.map(|r| r.page).filter(|p| !read.iter().any(|r| r.id == p.id)).collect();
    strays.sort_by_key(|p| p.id);
    strays.dedup_by_key(|p| p.id);
    strays
}

/// When time alone will change something on the desk: in a request that waits, or for the archive.
#[must_use]
pub fn due(desk: &Desk, readings: &[(Page, Reading)], now: Time) -> Option<Time> {
    let moments = readings.iter().flat_map(|(_, reading)| {
        let archived = |status: &str, since: Time| {
            let closed = desk.status(status).is_some_and(|s| s.closed);
            closed.then(|| rules::after(since, desk.archive_after))
        };
        match reading {
            Reading::Settled(settled) => [settled.due, archived(&settled.row.status, settled.row.since)],
            Reading::Decided(decided) | Reading::Lost(decided) => {
                [decided.1.due, archived(&decided.1.status, decided.1.since)]
            }
            Reading::Unreadable(_) | Reading::Unread => [None, None],
        }
    });
    // What was due already has been done just now, or cannot be done.
    moments.flatten().filter(|due| *due > now).min()
}

/// How many requests there are in each status.
#[must_use]
pub fn statuses(readings: &[(Page, Reading)]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (_, reading) in readings {
        let status = match reading {
            Reading::Settled(settled) => &settled.row.status,
            Reading::Decided(decided) | Reading::Lost(decided) => &decided.1.status,
            Reading::Unreadable(_) | Reading::Unread => continue,
        };
        *counts.entry(status.clone()).or_default() += 1;
    }
    counts
}
