//! Proposals in the wrong place get pages of their own, and links to those take their place. Pure.

use std::collections::BTreeSet;

use super::change::{Base, Change, Owns};
use super::refusals::Refusal;
use crate::desk::Desk;
use crate::desk::problem::{Problem, ProblemKind};
use crate::page::Time;
use crate::plan::snapshot::Snapshot;
use crate::read::proposals::{Intake, MisplacedProposal, ProposalState, with_links};
use crate::records::language::Language;
use crate::records::summary;
use crate::wikitext::inert::one_line;
use crate::wikitext::names::Names;
use crate::wikitext::{Call, page_name};

/// More proposals than this on one page are looked at by a person first.
const MOST_PROPOSALS: usize = 20;
/// A description makes a title of so many characters.
const TITLE_CHARS: usize = 60;
/// So much of a message is quoted, in characters.
const QUOTE: usize = 120;

/// What becomes of the proposals on the intake page, the landing page and their talk pages: first all the new pages, then one edit that puts the
/// links in. Problems are added to those that are known. Gives also how many are left to the next pass.
pub fn draft(problems: &mut Vec<Problem>, desk: &Desk, snapshot: &Snapshot, now: Time) -> (Vec<Change>, usize) {
    let (mut changes, mut left) = (Vec::new(), 0);
    let mut taken = taken(desk, snapshot);
    for intake in &snapshot.intake {
        problems.extend(wrote(intake, desk, snapshot, now));
        if intake.waiting.is_empty() {
            continue;
        }
        let report = |kind: ProblemKind, detail: &str| Problem::new(kind, &intake.page.title, detail);
        if snapshot.exclusions.keep_out(intake.page.text(), &snapshot.bot.name, &snapshot.names) {
            problems.push(report(ProblemKind::Nobots, ""));
            continue;
        }
        if intake.waiting.len() > MOST_PROPOSALS {
            problems.push(report(ProblemKind::ManyRequests, &intake.waiting.len().to_string()));
            continue;
        }
        let mut links = Vec::new();
        for waiting in &intake.waiting {
            let start = waiting.call.span.start;
            match &waiting.state {
                ProposalState::New if changes.len() >= snapshot.room => left += 1,
                ProposalState::New => match home(waiting, intake, desk, snapshot, &taken) {
                    Ok(change) => {
                        taken.insert(page_name::key(&change.page));
                        links.push((start, change.page.clone()));
                        changes.push(change);
                    }
                    Err(refused) => problems.extend(refused.iter().map(Refusal::problem)),
                },
                ProposalState::Made(title, true) => links.push((start, title.clone())),
                ProposalState::Made(title, false) => problems.push(report(ProblemKind::MovedChanged, title)),
                ProposalState::Returned => problems.push(report(ProblemKind::MovedBack, &words(&waiting.call))),
                ProposalState::Unreadable => problems.push(report(ProblemKind::NotReadable, &words(&waiting.call))),
            }
        }
        changes.extend(replacement(intake, links, &snapshot.names));
    }
    (changes, left)
}

/// The edit that puts links in the place of proposals, if there are any.
fn replacement(intake: &Intake, links: Vec<(usize, String)>, names: &Names) -> Option<Change> {
    let language = Language::of(names.titles().language());
    let text = match links.as_slice() {
        [] => return None,
        [(_, title)] => summary::moved_out(language, title),
        several => summary::moved_out_several(language, &several.len().to_string()),
    };
    Some(Change {
        page: intake.page.title.clone(),
        base: Base::Revision(intake.page.revision.id),
        before: intake.page.text().to_owned(),
        after: with_links(intake.page.text(), &links, names)?,
        summary: text,
        owns: Owns::Moved(links),
        moved: String::new(),
        appended: String::new(),
        despite_undo: false,
    })
}

/// The page that a proposal gets: named after what it says or, if the wiki refuses that, after its day.
///
/// # Errors
/// With what the wiki refused, where it refused both.
fn home(
    waiting: &MisplacedProposal,
    intake: &Intake,
    desk: &Desk,
    snapshot: &Snapshot,
    taken: &BTreeSet<String>,
) -> Result<Change, Vec<Refusal>> {
    let below = &desk.pages.intake;
    let author = waiting.origin.author.as_ref();
    let text = match author {
        Some(user) => summary::moved_in(snapshot.language(), &intake.page.title, &user.name),
        None => summary::moved_in_hidden(snapshot.language(), &intake.page.title),
    };
    let mut refused = Vec::new();
    let unnamed = format!("{} {}", snapshot.language().say("head-request", &[]), waiting.origin.at.date_naive());
    for name in [words(&waiting.call), unnamed] {
        let name = page_name::name(&name, below, &snapshot.languages);
        let name = page_name::free(&name, below, |t| taken.contains(&page_name::key(t)));
        let change = Change {
            page: format!("{below}/{name}"),
            base: Base::Absent,
            before: String::new(),
            after: waiting.origin.marker.below(&intake.page.text()[waiting.call.span.clone()]),
            summary: text.clone(),
            owns: Owns::Page,
            moved: String::new(),
            appended: String::new(),
            despite_undo: false,
        };
        match snapshot.refusal_of(&change) {
            None => return Ok(change),
            Some(refusal) => refused.push(refusal),
        }
    }
    Err(refused)
}

/// What a proposal calls itself, or how its description begins.
fn words(call: &Call) -> String {
    match call.value("title") {
        "" => one_line(call.value("description"), TITLE_CHARS).trim_end_matches('…').to_owned(),
        title => title.chars().take(2 * TITLE_CHARS).collect(),
    }
}

/// Titles that no new request may have: those below the intake page, and the desk's own with all above them.
fn taken(desk: &Desk, snapshot: &Snapshot) -> BTreeSet<String> {
    let pages = &desk.pages;
    let own = [&pages.committee, &pages.status, &pages.archive, &pages.problems];
    let above = own
        .into_iter()
        .filter(|title| !title.is_empty())
        .flat_map(|t| t.match_indices('/').map(|(at, _)| &t[..at]).chain([t.as_str()]));
    above.chain(snapshot.titles.iter().map(String::as_str)).map(page_name::key).collect()
}

/// What somebody wrote on the page besides proposals, as long as none of the desk's people has edited it since.
fn wrote(intake: &Intake, desk: &Desk, snapshot: &Snapshot, now: Time) -> Option<Problem> {
    let (revision, author) = intake.person.as_ref()?;
    let ours = author
        .as_ref()
        .is_some_and(|user| snapshot.roster.is_of_desk(user.id, now) || desk.safety.trusted.contains(&user.name));
    let text = intake.message.as_ref().filter(|_| !ours)?;
    let detail = one_line(text, QUOTE);
    Some(Problem { revision: Some(*revision), ..Problem::new(ProblemKind::Message, &intake.page.title, detail) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_takes_the_place_of_a_proposal_and_of_nothing_else() {
        let names = crate::testing::names(&crate::config::shipped(), &[]);
        let before = "a\n{{Helpdesk request|title=x}} b {{Helpdesk request|title=y}}\nc";
        let change = |links: &[(usize, &str)], after: &str| Change {
            page: "P".to_owned(),
            base: Base::Revision(1),
            before: before.to_owned(),
            after: after.to_owned(),
            summary: String::new(),
            owns: Owns::Moved(links.iter().map(|(at, title)| (*at, (*title).to_owned())).collect()),
            moved: String::new(),
            appended: String::new(),
            despite_undo: false,
        };
        let safe = |links: &[(usize, &str)], after: &str| change(links, after).keeps_peoples_text(&names);
        let (x, y) = (2, before.rfind("{{").unwrap());
        assert!(safe(&[(x, "P/x")], "a\n→ [[:P/x|x]] b {{Helpdesk request|title=y}}\nc"));
        assert!(safe(&[(y, "P/y"), (x, "P/x")], "a\n→ [[:P/x|x]] b → [[:P/y|y]]\nc"));
        for (links, after) in [
            (vec![(x, "P/x")], "a\n→ [[:P/x|x]] b → [[:P/x|x]]\nc"),
            (vec![(x, "P/x")], "a\n→ [[:P/z|z]] b {{Helpdesk request|title=y}}\nc"),
            (vec![(x, "P/x"), (y, "P/y")], "a\n→ [[:P/x|x]] B → [[:P/y|y]]\nc"),
            (vec![(x + 1, "P/x")], "a\n→ [[:P/x|x]] b {{Helpdesk request|title=y}}\nc"),
            (vec![], "a\nb\nc"),
        ] {
            assert!(!safe(&links, after), "{links:?} {after}");
        }
    }
}
