//! All changes of a pass, in an order that loses nothing when it is stopped between any two.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::agenda_page::{AGENDA_PAGE, MINUTES_FORM};
use super::announcement::SIGNATURE;
use super::archive::Archive;
use super::basis::Basis;
use super::brief::brief_change;
use super::change::{Change, Plan};
use super::checks::checked;
use super::committee_page::committee_change;
use super::examples_page::EXAMPLES_PAGE;
use super::figures_pages::{FIGURES_PAGE, year_changes};
use super::flow_page::FLOW_PAGE;
use super::mail::Wanted;
use super::messages::{Messages, messages};
use super::move_out;
use super::output_page::{Inputs, OutputPage};
use super::problems_page::PROBLEMS_PAGE;
use super::queue_page::QUEUE_PAGE;
use super::reading::{Decided, Known, PageBasis, Reading, archived_at};
use super::request_page::{left_status, news_of, problems_of_text, request_change, row_of, unhidden, vouching};
use super::rules_page::RULES_PAGE;
use super::snapshot::Snapshot;
use super::status_page::STATUS_PAGE;
use super::work_page::WORK_PAGE;
use crate::desk::Desk;
use crate::desk::problem::{Problem, ProblemKind};
use crate::desk::roster::Roster;
use crate::desk::waiting::Queue;
use crate::page::{PageRef, Time};
use crate::read::request::Unreadable;
use crate::read::request_template::begins_request;
use crate::records::ledger;
use crate::records::tables::{Row, STATUS_BLOCK};

/// The pages that the bot keeps besides archives and the problems page, in the order in which they are written. One whose
/// title is empty is switched off.
pub const OUTPUT_PAGES: [OutputPage; 9] =
    [STATUS_PAGE, AGENDA_PAGE, MINUTES_FORM, QUEUE_PAGE, WORK_PAGE, EXAMPLES_PAGE, FIGURES_PAGE, RULES_PAGE, FLOW_PAGE];

/// The titles of all pages that the bot keeps besides archives, or where it keeps a block.
pub fn output_titles(desk: &Desk) -> impl Iterator<Item = String> {
    let titles = OUTPUT_PAGES.into_iter().chain([PROBLEMS_PAGE]).map(|page| (page.title)(desk).to_owned());
    titles.chain([desk.pages.committee.clone()]).filter(|title| !title.is_empty())
}

/// What planning gives.
#[derive(Debug)]
pub struct Draft {
    /// The changes, and what a person should look at.
    pub plan: Plan,
    /// What is known of each request from now on, by its page's id.
    pub known: HashMap<u64, Known>,
    /// Proposals that are left to the next pass.
    pub left: usize,
    /// What keeps the problems page from being saved.
    pub untold: Option<Problem>,
    /// What has to be looked up before messages can be planned.
    pub wanted: Wanted,
    /// Who gets no message before that time.
    pub not_before: BTreeMap<String, Time>,
}

/// Drafts all changes of a pass: proposals that get pages of their own, request pages, archives that gain rows, the pages
/// of [`OUTPUT_PAGES`], archives that lose rows, messages to people, the problems page.
pub fn draft(desk: &Desk, snapshot: &Snapshot, readings: &[Reading], basis: &Basis, now: Time) -> Draft {
    let mut plan = Plan { changes: Vec::new(), problems: snapshot.problems.clone() };
    let (moves, left) = move_out::draft(&mut plan.problems, desk, snapshot, now);
    for change in moves {
        admit(change, snapshot, &mut plan);
    }
    let saved = snapshot.rows_by_id();
    let mut known: HashMap<u64, Known> = HashMap::new();
    for reading in readings {
        let (id, request) = request(reading, &saved, desk, snapshot, basis, (&mut plan, now));
        plan.problems.extend(request.problems.iter().cloned());
        known.insert(id, request);
    }
    name_duplicates(&mut known, snapshot);
    name_missing(&mut known, &snapshot.roster, now);
    note_work_below(&mut known, snapshot);
    let rows: Vec<Arc<Row>> = known.values().filter_map(|k| k.row.clone()).collect();
    tables(&rows, desk, snapshot, basis, now, &mut plan);
    // Not while there is a request of which nothing is known yet.
    let unread =
        readings.iter().any(|reading| matches!(reading, Reading::Unread(page) if !saved.contains_key(&page.id)));
    let brief = snapshot.brief.as_ref().filter(|_| !unread);
    if let Some(change) = brief.and_then(|title| brief_change(title, desk, snapshot, &rows, now)) {
        admit(change, snapshot, &mut plan);
    }
    let Messages { changes, problems, mut wanted, not_before } = messages(desk, snapshot, &known, now);
    let unsigned = plan.changes.iter().find(|change| change.appended.ends_with(SIGNATURE));
    wanted.texts.extend(unsigned.map(|change| (change.page.clone(), SIGNATURE.to_owned())));
    changes.into_iter().for_each(|change| _ = admit(change, snapshot, &mut plan));
    plan.problems.extend(problems);
    plan.problems.sort();
    plan.problems.dedup();
    let (problems, untold) = match problems_change(desk, snapshot, &mut plan.problems) {
        Ok(change) => (change, None),
        Err(problem) => (None, Some(problem)),
    };
    plan.changes.extend(problems);
    Draft { plan, known, left, untold, wanted, not_before }
}

/// Adds a change to the plan if it is to be made, else what keeps it back to the problems. Gives whether nothing does.
fn admit(change: Change, snapshot: &Snapshot, plan: &mut Plan) -> bool {
    match checked(change, snapshot) {
        Ok(change) => plan.changes.extend(change),
        Err(problem) => {
            plan.problems.push(problem);
            return false;
        }
    }
    true
}

/// What is known of a request, and the change of its page added to the plan.
fn request(
    reading: &Reading,
    saved: &HashMap<u64, &Arc<Row>>,
    desk: &Desk,
    snapshot: &Snapshot,
    basis: &Basis,
    (plan, now): (&mut Plan, Time),
) -> (u64, Known) {
    let last_row =
        |page: &PageRef| saved.get(&page.id).map(|row| Arc::new(Row { page: page.clone(), ..(***row).clone() }));
    match reading {
        Reading::Known(known) => (known.id, known.clone()),
        Reading::Decided(decided) => (decided.page.id, decided_request(decided, desk, snapshot, basis, (plan, now))),
        Reading::Lost(decided) => {
            let Decided { page, facts, decision } = &**decided;
            // Once it is saved the page is read anew.
            if let Some(change) = unhidden(page, &snapshot.names)
                && admit(change, snapshot, plan)
            {
                let row = last_row(&page.reference()).unwrap_or_else(|| Arc::new(row_of(facts, decision)));
                return (page.id, known(page.id, Some(row), Vec::new()));
            }
            let row = Row { lost: true, ..row_of(facts, decision) };
            let problem = if begins_request(page.text(), &snapshot.names) {
                Unreadable::Unclosed.problem(&page.title)
            } else {
                Problem::new(ProblemKind::LostTemplate, &page.title, String::new())
            };
            let problems = vec![problem];
            (
                page.id,
                Known {
                    revision: page.revision.id,
                    due: decision.due,
                    ..known(page.id, Some(Arc::new(row)), problems)
                },
            )
        }
        Reading::Unreadable(page, revision, problem, due) => {
            let row = last_row(page).map(Row::unreadable);
            // What else was known of it may still be so.
            let mut problems = vec![problem.clone()];
            if problem.kind == ProblemKind::Unread {
                problems.extend(snapshot.listed_of(&page.title).cloned());
            }
            (page.id, Known { revision: *revision, due: *due, ..known(page.id, row, problems) })
        }
        Reading::Unread(page) => {
            let listed = snapshot.listed.iter().filter(|p| p.page == page.title).cloned().collect();
            (page.id, known(page.id, last_row(page), listed))
        }
    }
}

fn decided_request(
    decided: &Decided,
    desk: &Desk,
    snapshot: &Snapshot,
    basis: &Basis,
    (plan, now): (&mut Plan, Time),
) -> Known {
    let Decided { page, facts, decision } = decided;
    let mut problems = problems_of_text(page, &snapshot.names);
    problems.extend(left_status(page, decision));
    let change = request_change(page, facts, decision, desk, snapshot, basis, now);
    let change = change.and_then(|change| change.map_or(Ok(None), |change| checked(change, snapshot)));
    let held = change.is_err();
    match change {
        Ok(change) => plan.changes.extend(change),
        Err(problem) => problems.push(problem),
    }
    let mut row = row_of(facts, decision);
    // A page that a person should look at is looked at again at each start.
    if problems.is_empty() {
        row = vouching(row, page.revision.id, decision.due, desk, basis);
    }
    let people = ledger::people_of(facts, decision);
    let rests_on = PageBasis { digest: basis.of_page(page.id, &people), people };
    Known {
        revision: page.revision.id,
        due: decision.due,
        rests_on: Some(rests_on),
        held,
        news: news_of(facts, decision, desk, basis).map(Arc::new),
        ..known(page.id, Some(Arc::new(row)), problems)
    }
}

fn known(id: u64, row: Option<Arc<Row>>, problems: Vec<Problem>) -> Known {
    Known { id, row, revision: 0, due: None, problems, rests_on: None, news: None, held: false }
}

/// Names beside each request those that redirect to it.
fn name_duplicates(known: &mut HashMap<u64, Known>, snapshot: &Snapshot) {
    let mut duplicates: HashMap<&str, Vec<String>> = HashMap::new();
    for (title, of) in &snapshot.duplicates {
        duplicates.entry(of).or_default().push(title.clone());
    }
    for row in known.values_mut().filter_map(|k| k.row.as_mut()) {
        let mut same = duplicates.remove(row.page.title.as_str()).unwrap_or_default();
        same.truncate(Row::DUPLICATES);
        if row.duplicates != same {
            Arc::make_mut(row).duplicates = same;
        }
    }
}

/// Names in the row of each request that waits for votes the members in office who have not voted.
fn name_missing(known: &mut HashMap<u64, Known>, roster: &Roster, now: Time) {
    let members = roster.awaited(now);
    for row in known.values_mut().filter_map(|k| k.row.as_mut()) {
        let Some(voted) = row.voted.as_ref().filter(|_| row.waiting.code.queue() == Some(Queue::Votes)) else {
            continue;
        };
        let is_missing = |name: &&String| ![voted, &row.owners, &row.recused].iter().any(|names| names.contains(name));
        let missing: Vec<String> = members.iter().map(|user| &user.name).filter(is_missing).cloned().collect();
        if row.missing != missing {
            Arc::make_mut(row).missing = missing;
        }
    }
}

/// Notes in the rows what helpers did on pages below a request's own.
fn note_work_below(known: &mut HashMap<u64, Known>, snapshot: &Snapshot) {
    for (id, at) in &snapshot.worked_below {
        let row =
            known.get_mut(id).and_then(|k| k.row.as_mut()).filter(|row| row.worked.is_some_and(|last| last < *at));
        row.into_iter().for_each(|row| Arc::make_mut(row).worked = Some(*at));
    }
}

/// The tables. A row leaves the status page only where an archive page has it, or gets it: not where that cannot be written.
/// It leaves the archive only where the status page can be written.
fn tables(rows: &[Arc<Row>], desk: &Desk, snapshot: &Snapshot, basis: &Basis, now: Time, plan: &mut Plan) {
    let is_due = |row: &Arc<Row>| archived_at(row, desk).is_some_and(|at| at <= now);
    let (mut archived, mut current): (Vec<Arc<Row>>, Vec<Arc<Row>>) = rows.iter().cloned().partition(is_due);
    let archive = Archive::new(desk, snapshot, basis, &archived);
    let gains_from = plan.changes.len();
    for (change, arriving) in archive.gains() {
        let made = match change {
            Ok(change) => admit(change, snapshot, plan),
            Err(problem) => {
                plan.problems.push(problem);
                false
            }
        };
        if !made {
            current.extend(archived.extract_if(.., |row| arriving.contains(&row.page.id)));
        }
    }
    let gains = plan.changes[gains_from..].to_vec();
    let mut written = true;
    let inputs = Inputs { desk, snapshot, current: &current, archived: &archived, problems: &[], now };
    for page in OUTPUT_PAGES.iter().filter(|page| !(page.title)(desk).is_empty()) {
        let admitted = match page.change(&inputs) {
            Ok(change) => admit(change, snapshot, plan),
            Err(problem) => {
                plan.problems.push(problem);
                false
            }
        };
        written &= admitted || page.block != STATUS_BLOCK;
    }
    match committee_change(&inputs) {
        Ok(change) => change.into_iter().for_each(|change| _ = admit(change, snapshot, plan)),
        Err(problem) => plan.problems.push(problem),
    }
    for change in year_changes(&inputs) {
        match change {
            Ok(change) => drop(admit(change, snapshot, plan)),
            Err(problem) => plan.problems.push(problem),
        }
    }
    for change in archive.losses(&gains).filter(|_| written) {
        match change {
            Ok(change) => drop(admit(change, snapshot, plan)),
            Err(problem) => plan.problems.push(problem),
        }
    }
}

/// The change that brings the problems page up to date, if it needs one.
///
/// # Errors
/// With what keeps it from being saved. Where its markers are broken, that is added to the problems.
pub fn problems_change(
    desk: &Desk,
    snapshot: &Snapshot,
    problems: &mut Vec<Problem>,
) -> Result<Option<Change>, Problem> {
    // What the page says does not go by the time.
    let now = Time::UNIX_EPOCH;
    match PROBLEMS_PAGE.change(&Inputs { desk, snapshot, current: &[], archived: &[], problems, now }) {
        Ok(change) => checked(change, snapshot),
        Err(problem) => {
            problems.push(problem.clone());
            Err(problem)
        }
    }
}
