//! A request page: what its newest revision shows, together with its history, as [`Facts`].

use crate::desk::request::{PriorityView, Ruling, StatusEdit};
use crate::desk::vote::{Shown, Vote};
use crate::desk::{Choice, Facts, PageRef, Revision, Time};

use super::history::{self, Says, Traced};
use super::html::{self, ShownCall};
use super::names::{Meaning, Names};
use super::wikitext::{self, Call};

/// The template with which the bot's ledger begins.
pub const LEDGER_START: &str = "Helpdesk ledger start";

/// Why a page with the request template could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The wikitext has the template, but the page does not show it.
    #[error("the page does not show the request template: it stands inside a comment, a tag or another template")]
    NotShown,
    /// The scanner and Parsoid read the template differently.
    #[error("the request template cannot be read exactly; its braces or a tag inside it may not be closed")]
    Ambiguous,
    /// The wiki hides the newest text.
    #[error("the wiki hides the newest revision's text")]
    Hidden,
}

/// The call of the request template that a text holds at its own level: the first, if there are several.
#[must_use]
pub fn request_call(text: &str, names: &Names) -> Option<Call> {
    wikitext::calls(text).into_iter().find(|c| !c.nested && names.meaning(&c.name) == Some(&Meaning::Request))
}

/// Whether a text may hold a request: the template at any level.
#[must_use]
pub fn may_hold_request(text: &str, names: &Names) -> bool {
    wikitext::calls(text).iter().any(|c| names.meaning(&c.name) == Some(&Meaning::Request))
}

/// Whether a text begins a request template that never ends, or whose end something swallows.
#[must_use]
pub fn begins_request(text: &str, names: &Names) -> bool {
    let visible = wikitext::visible(text);
    visible.match_indices("{{").any(|(at, _)| {
        let name = visible[at + 2..].split(['|', '}', '{', '\n']).next().unwrap_or_default();
        names.meaning(name) == Some(&Meaning::Request)
    })
}

/// How often the page shows the request template.
#[must_use]
pub fn requests_shown(shown: &html::Page, names: &Names) -> usize {
    shown.calls.iter().filter(|c| names.meaning(&c.name) == Some(&Meaning::Request)).count()
}

/// Puts together what a request page says. `revisions` are all of them, oldest first; `shown` is the HTML
/// of the last; `bot` is the id of the bot's account.
///
/// # Errors
/// Where the template is not shown, cannot be read exactly or is hidden.
pub fn facts(
    page: PageRef,
    revisions: &[Revision],
    shown: &html::Page,
    names: &Names,
    bot: u64,
) -> Result<Facts, Unreadable> {
    let newest = revisions.last().ok_or(Unreadable::Hidden)?;
    let text = newest.text.as_deref().ok_or(Unreadable::Hidden)?;
    let html =
        shown.calls.iter().find(|c| names.meaning(&c.name) == Some(&Meaning::Request)).ok_or(Unreadable::NotShown)?;
    let call = request_call(text, names).ok_or(Unreadable::NotShown)?;
    if !agrees(&call, html) {
        return Err(Unreadable::Ambiguous);
    }
    let first = revisions
        .iter()
        .find(|r| r.text.as_deref().is_some_and(|t| request_call(t, names).is_some()))
        .unwrap_or(newest);
    let person = |r: &&Revision| r.user.as_ref().is_none_or(|u| u.id != bot);
    let requester = first.user.clone();
    let mut facts = Facts {
        revision: newest.id,
        params: call.params.iter().map(|p| (p.name.clone(), p.value.clone())).collect(),
        doubled: doubled(&call),
        filed: first.at,
        votes: Vec::new(),
        rulings: Vec::new(),
        priorities: Vec::new(),
        status_edits: status_edits(revisions, names, bot),
        lookalikes: lookalikes(shown, names),
        person_edit: revisions.iter().rev().find(person).map_or(first.at, |r| r.at),
        requester_edit: requester
            .as_ref()
            .and_then(|u| {
                revisions.iter().rev().find(|r| r.user.as_ref().is_some_and(|by| by.id == u.id && by.name == u.name))
            })
            .map(|r| r.at),
        requester,
        page,
    };
    for traced in history::trace(revisions, names) {
        add(&mut facts, traced, shown, names);
    }
    Ok(facts)
}

/// Whether Parsoid and the scanner read the same template: same place (where Parsoid says), same values.
fn agrees(call: &Call, html: &ShownCall) -> bool {
    let place = html.place.as_ref().is_none_or(|p| p.start <= call.span.start && call.span.end <= p.end);
    place && html.params.iter().all(|(name, value)| call.value(name) == wikitext::without_comments(value).trim())
}

fn doubled(call: &Call) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (i, param) in call.params.iter().enumerate() {
        if call.params[..i].iter().any(|p| p.name == param.name) && !names.contains(&param.name) {
            names.push(param.name.clone());
        }
    }
    names
}

fn add(facts: &mut Facts, traced: Traced, shown: &html::Page, names: &Names) {
    let Traced { mark, mut trail } = traced;
    if trail.shown != Shown::Gone {
        trail.shown = how_shown(&mark, shown, names);
    }
    match mark.says {
        Says::Vote(choice, on_behalf_of) => facts.votes.push(Vote { choice, on_behalf_of, trail }),
        Says::Decision(to) => facts.rulings.push(Ruling { to, withdrawal: false, reason: mark.reason, trail }),
        Says::Withdraw => {
            facts.rulings.push(Ruling { to: String::new(), withdrawal: true, reason: mark.reason, trail })
        }
        Says::Priority(level) => facts.priorities.push(PriorityView { level, trail }),
    }
}

/// How the page shows a mark: what Parsoid says of the transclusion at its place.
fn how_shown(mark: &history::Mark, shown: &html::Page, names: &Names) -> Shown {
    let same = |c: &&ShownCall| {
        let here = c.place.as_ref().is_some_and(|p| p.start <= mark.span.start && mark.span.end <= p.end);
        let first = c.params.iter().find(|(k, _)| k == "1").map_or("", |(_, v)| v);
        let meaning = names.meaning(&c.name);
        let same = match (&mark.says, meaning) {
            (Says::Vote(choice, _), Some(m)) => Names::choice(m, first) == Some(*choice),
            (Says::Decision(_), Some(m)) => *m == Meaning::Decision,
            (Says::Withdraw, Some(m)) => *m == Meaning::Withdraw,
            (Says::Priority(_), Some(m)) => *m == Meaning::Priority,
            (_, None) => false,
        };
        here && same
    };
    match shown.calls.iter().find(same) {
        Some(call) if call.quoted => Shown::Hidden,
        Some(call) if call.struck => Shown::Struck,
        Some(_) => Shown::Plain,
        None => Shown::Hidden,
    }
}

/// Bold words that look like a vote but are none.
fn lookalikes(shown: &html::Page, names: &Names) -> Vec<String> {
    let is_vote = |word: &str| {
        let word = word.trim_end_matches(['.', ':', '!', ',']).trim();
        Choice::ALL.iter().any(|c| c.id().eq_ignore_ascii_case(word))
            || matches!(names.meaning(word), Some(Meaning::Vote(_)))
    };
    shown.bold.iter().filter(|word| is_vote(word)).cloned().collect()
}

/// All changes of `status=`, oldest first. A revision without the template changes nothing.
fn status_edits(revisions: &[Revision], names: &Names, bot: u64) -> Vec<StatusEdit> {
    let mut edits: Vec<StatusEdit> = Vec::new();
    let mut before = String::new();
    let mut since_before = String::new();
    for revision in revisions {
        let Some(text) = &revision.text else { continue };
        let Some(call) = request_call(text, names) else {
            continue;
        };
        let to = call.value("status").to_lowercase();
        let since_was = std::mem::replace(&mut since_before, call.value("status since").to_owned());
        if to == before {
            continue;
        }
        let ledger = (revision.user.as_ref().is_some_and(|u| u.id == bot)).then(|| ledger_start(text)).flatten();
        edits.push(StatusEdit {
            before: std::mem::replace(&mut before, to.clone()),
            to,
            // A time that was there before belongs to the status before.
            since: time(&since_before).filter(|_| since_before != since_was),
            read: ledger.as_ref().and_then(|l| l.value("read").parse().ok()),
            rule: ledger.as_ref().map(|l| unescape(l.value("rule"))).filter(|r| !r.is_empty()),
            by: revision.user.clone(),
            at: revision.at,
            revision: revision.id,
        });
    }
    edits
}

/// The call with which the bot's ledger on a page begins.
#[must_use]
pub fn ledger_start(text: &str) -> Option<Call> {
    wikitext::calls(text).into_iter().find(|c| c.name == LEDGER_START)
}

/// A time as the bot writes it, such as `2026-05-05T12:34:00Z`.
#[must_use]
pub fn time(text: &str) -> Option<Time> {
    chrono::DateTime::parse_from_rfc3339(text.trim()).ok().map(|t| t.to_utc())
}

/// Gives back what [`crate::write::inert::inert`] wrote: character references by number.
#[must_use]
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("&#") {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 2..];
        match tail.find(';').and_then(|end| Some((char::from_u32(tail[..end].parse().ok()?)?, end))) {
            Some((c, end)) => {
                out.push(c);
                rest = &tail[end + 1..];
            }
            None => {
                out.push_str("&#");
                rest = tail;
            }
        }
    }
    out + rest
}
