//! A request page: what its newest revision shows, together with its history, as [`Facts`].

use std::collections::HashMap;

use super::history::History;
use super::html::{self, ShownCall};
use super::lookalikes::{lookalikes, spoken_votes};
use super::marks::Mark;
use super::outside_fields::{around_box, in_hints};
use super::request_template::{is_wrapped, request_in};
use crate::desk::Facts;
use crate::desk::problem::{Cause, CauseCode, Problem, ProblemKind};
use crate::desk::request::{Edit, SpokenVote};
use crate::desk::signed::Standing;
use crate::desk::statement::Statement;
use crate::page::{PageRef, RevisionInfo};
use crate::wikitext::Call;
use crate::wikitext::names::{Meaning, Meant, Names};

/// Why a page with the request template could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// The template stands inside another one.
    Wrapped,
    /// The wikitext has the template, but the page does not show it.
    NotShown,
    /// What led to the request template later did not when it was written.
    NoRequest,
    /// The template has no end.
    Unclosed,
    /// The wiki hides the newest text.
    Hidden,
}

impl Unreadable {
    /// The problem that a page has by it.
    pub fn problem(self, page: &str) -> Problem {
        let (kind, cause) = match self {
            Unreadable::Wrapped => (ProblemKind::Wrapped, None),
            Unreadable::NoRequest => (ProblemKind::NewName, None),
            Unreadable::NotShown => (ProblemKind::NotReadable, Some(CauseCode::NotShown)),
            Unreadable::Unclosed => (ProblemKind::NotReadable, Some(CauseCode::Unclosed)),
            Unreadable::Hidden => (ProblemKind::NotReadable, Some(CauseCode::Hidden)),
        };
        Problem {
            cause: cause.map(|code| Cause::new(code, if code == CauseCode::Unclosed { "-{" } else { "" })),
            ..Problem::new(kind, page, "")
        }
    }
}

/// Puts together what a request page says: its history up to the newest revision, and the HTML of that.
///
/// # Errors
/// Where the template is not shown, cannot be read exactly or is hidden.
pub fn facts(
    page: PageRef,
    history: &History,
    shown: &html::ShownPage,
    names: &Names,
    bot: u64,
) -> Result<Facts, Unreadable> {
    let text = history.text().ok_or(Unreadable::Hidden)?;
    let reading = names.syntax().read(text);
    let calls = &reading.calls;
    if is_wrapped(calls, names) {
        return Err(Unreadable::Wrapped);
    }
    request_in(calls, names).ok_or(Unreadable::NotShown)?;
    let call = history.request_among(calls).ok_or(Unreadable::NoRequest)?;
    let params = call.params.iter().map(|p| (p.name.clone(), p.value.clone())).collect();
    let mut facts = facts_of(page, history, params, bot).ok_or(Unreadable::Hidden)?;
    facts.doubled = doubled(call);
    facts.in_hints = in_hints(text, call);
    facts.around_box = around_box(text, call, facts.filer.as_ref(), names);
    facts.lookalikes = lookalikes(shown, names);
    facts.new_redirects =
        calls.iter().filter(|call| !call.nested()).filter_map(|call| led_too_new(call, history, names)).collect();
    facts.spoken_votes = spoken_votes(text, &reading)
        .into_iter()
        .filter_map(|words| {
            let RevisionInfo { user, at, .. } = history.writer_at(words.start);
            Some(SpokenVote { words: text[words].to_owned(), by: user.clone()?, at: *at })
        })
        .collect();
    let marks = history.live().map(|index| &history.signed[index].content).filter(|mark| !mark.is_hidden());
    facts.unknown_parameters = marks
        .flat_map(|mark| mark.unknown.iter().map(|parameter| (mark.template.clone(), parameter.clone())))
        .collect();
    Ok(facts)
}

/// What is known of a request whose page has lost its template: what that said last, and all that people did. None where
/// the page never was a request that the bot kept.
pub fn lost_facts(page: PageRef, history: &History, bot: u64) -> Option<Facts> {
    let kept = history.revisions.iter().any(|r| r.user.as_ref().is_some_and(|u| u.id == bot));
    let last = history.versions.last().filter(|_| kept && history.filed.is_some())?;
    facts_of(page, history, last.params.clone(), bot)
}

/// What a page's history tells, with these parameters of the template.
fn facts_of(page: PageRef, history: &History, params: Vec<(String, String)>, bot: u64) -> Option<Facts> {
    let newest = history.revisions.last()?;
    let filed = history.filed.as_ref().unwrap_or(newest);
    let edits = history.revisions.iter().filter(|r| r.user.as_ref().is_none_or(|u| u.id != bot)).map(|r| Edit {
        at: r.at,
        revision: r.id,
        by: r.user.clone(),
        wrote: history.brought_words(r.id),
    });
    let mut facts = Facts {
        revision: newest.id,
        params,
        filed: filed.at,
        filed_in: filed.id,
        status_edits: history.status_edits.clone(),
        versions: history.versions.clone(),
        edits: edits.collect(),
        filer: filed.user.clone(),
        owners: filed.user.iter().cloned().collect(),
        page,
        ..Facts::default()
    };
    let mut places = vec![None; history.signed.len()];
    history.live().enumerate().for_each(|(place, index)| places[index] = Some(place));
    for (signed, place) in history.signed.iter().cloned().zip(places) {
        let mut signed = signed.map(|mark| mark.statement);
        signed.place = place;
        facts.statements.push(signed);
    }
    Some(facts)
}

/// Whether a page shows the template that stands in its wikitext there; where Parsoid does not say, it may. What the two
/// make of what is in a field is no difference.
pub fn is_shown_at(call: &Call, shown: &ShownCall) -> bool {
    shown.place.as_ref().is_none_or(|p| p.start <= call.span.start && call.span.end <= p.end)
}

fn doubled(call: &Call) -> Vec<String> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    let mut names = Vec::new();
    for param in &call.params {
        let times = times.entry(&param.name).or_default();
        *times += 1;
        if *times == 2 {
            names.push(param.name.clone());
        }
    }
    names
}

/// How the page shows a mark: what Parsoid says of the transclusion at its place; and whether that is the mark alone, not all from
/// one template to another, which belong together since the first opens what the last closes.
pub fn how_shown(mark: &Mark, shown: &html::ShownPage, names: &Names) -> (Standing, bool) {
    let page = names.titles().transcluded(&mark.template);
    let same = |c: &&ShownCall| {
        let here = c.place.as_ref().is_some_and(|p| p.start <= mark.span.start && mark.span.end <= p.end);
        let first = c.params.iter().find(|(k, _)| k == "1").map_or("", |(_, v)| v);
        // Several that touch each other are shown at one place.
        let says_so = match (&mark.statement, names.meaning(&mark.template)) {
            _ if c.place.as_ref() == Some(&mark.span) => true,
            (Statement::Vote(vote), Some(by @ Meaning::VoteBy(_))) => Names::choice(by, first) == Some(vote.choice),
            _ => true,
        };
        here && names.titles().page(&c.name) == page && says_so
    };
    let call = shown.calls.iter().find(same);
    let standing = match call {
        Some(call) if call.quoted => Standing::Quoted,
        Some(call) if call.struck => Standing::Struck,
        Some(_) => Standing::Plain,
        None => Standing::Quoted,
    };
    (standing, call.is_none_or(|call| call.place.as_ref() == Some(&mark.span)))
}

/// The name of a template as written, and that of the vote or the like that it leads to today, if it had not, or not for long
/// enough, when it was written.
fn led_too_new(call: &Call, history: &History, names: &Names) -> Option<(String, String)> {
    let to = names.leads_to(&call.name)?;
    let meant = names.meant(&call.name, history.written_at(call.name_span()));
    let too_new = !matches!(meant, Meant::Yes(_));
    too_new.then(|| Some((call.name.clone(), names.titles().template_name(to)?)))?
}
