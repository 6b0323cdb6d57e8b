//! A request page: what its newest revision shows, together with its history, as [`Facts`].

use std::collections::HashMap;

use super::history::{History, Traced};
use super::html::{self, ShownCall};
use super::marks::{Mark, Says};
use crate::desk::Facts;
use crate::desk::request::{Edit, PriorityView, Ruling};
use crate::desk::vote::{State, Vote};
use crate::page::{PageRef, User};
use crate::read::proposals::is_wrapped;
use crate::wikitext::names::{Meaning, Names};
use crate::wikitext::{self, Call};

/// Why a page with the request template could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The template stands inside another one.
    #[error("the request template stands inside another template")]
    Wrapped,
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

impl Unreadable {
    /// The kind of problem it is.
    #[must_use]
    pub fn kind(self) -> &'static str {
        if self == Unreadable::Wrapped { "wrapped" } else { "not-readable" }
    }
}

/// The call of the request template that a text holds at its own level: the first, if there are several.
#[must_use]
pub fn request_call(text: &str, names: &Names) -> Option<Call> {
    request_of(&wikitext::calls(text), names).cloned()
}

/// The same among the calls of a text.
pub(super) fn request_of<'c>(calls: &'c [Call], names: &Names) -> Option<&'c Call> {
    calls.iter().find(|c| !c.nested && names.meaning(&c.name) == Some(&Meaning::Request))
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

/// Whether a text holds the request template more than once at its own level.
#[must_use]
pub fn is_doubled(text: &str, names: &Names) -> bool {
    let calls = wikitext::calls(text);
    calls.iter().filter(|c| !c.nested && names.meaning(&c.name) == Some(&Meaning::Request)).nth(1).is_some()
}

/// Puts together what a request page says: its history up to the newest revision, and the HTML of that.
///
/// # Errors
/// Where the template is not shown, cannot be read exactly or is hidden.
pub fn facts(
    page: PageRef,
    history: &History,
    shown: &html::Page,
    names: &Names,
    bot: u64,
) -> Result<Facts, Unreadable> {
    let text = history.text().ok_or(Unreadable::Hidden)?;
    if is_wrapped(text, names) {
        return Err(Unreadable::Wrapped);
    }
    let html = shown
        .calls
        .iter()
        .find(|c| names.meaning_of_page(&c.name) == Some(&Meaning::Request))
        .ok_or(Unreadable::NotShown)?;
    let call = request_call(text, names).ok_or(Unreadable::NotShown)?;
    if !agrees(&call, html) {
        return Err(Unreadable::Ambiguous);
    }
    let params = call.params.iter().map(|p| (p.name.clone(), p.value.clone())).collect();
    let mut facts = told(page, history, params, bot).ok_or(Unreadable::Hidden)?;
    facts.doubled = doubled(&call);
    facts.lookalikes = lookalikes(shown, names);
    Ok(facts)
}

/// What is known of a request whose page has lost its template: what that said last, and all that people did. None where
/// the page never was a request that the bot kept.
#[must_use]
pub fn lost_facts(page: PageRef, history: &History, bot: u64) -> Option<Facts> {
    let kept = history.revisions.iter().any(|r| r.user.as_ref().is_some_and(|u| u.id == bot));
    let last = history.versions.last().filter(|_| kept && history.filed.is_some())?;
    told(page, history, last.params.clone(), bot)
}

/// What a page's history tells, with these parameters of the template.
fn told(page: PageRef, history: &History, params: Vec<(String, String)>, bot: u64) -> Option<Facts> {
    let newest = history.revisions.last()?;
    let filed = history.filed.as_ref().unwrap_or(newest);
    let requester = filed.user.clone();
    let by_requester = |user: &User| requester.as_ref().is_some_and(|r| r.id == user.id && r.name == user.name);
    let edits = history.revisions.iter().filter(|r| r.user.as_ref().is_none_or(|u| u.id != bot)).map(|r| Edit {
        at: r.at,
        revision: r.id,
        by_requester: r.user.as_ref().is_some_and(by_requester),
    });
    let mut facts = Facts {
        revision: newest.id,
        params,
        doubled: Vec::new(),
        filed: filed.at,
        filed_in: filed.id,
        anchor: None,
        votes: Vec::new(),
        rulings: Vec::new(),
        priorities: Vec::new(),
        status_edits: history.status_edits.clone(),
        lookalikes: Vec::new(),
        versions: history.versions.clone(),
        edits: edits.collect(),
        requester,
        page,
    };
    let mut places = vec![None; history.traced.len()];
    history.live().enumerate().for_each(|(place, index)| places[index] = Some(place));
    for (Traced { mark, trail }, place) in history.traced.iter().cloned().zip(places) {
        match mark.says {
            Says::Vote(choice, on_behalf_of) => facts.votes.push(Vote { choice, on_behalf_of, trail, place }),
            Says::Decision(to) => facts.rulings.push(Ruling { to, withdrawal: false, reason: mark.reason, trail }),
            Says::Withdraw => {
                facts.rulings.push(Ruling { to: String::new(), withdrawal: true, reason: mark.reason, trail });
            }
            Says::Priority(level) => facts.priorities.push(PriorityView { level, trail }),
        }
    }
    Some(facts)
}

/// Whether Parsoid and the scanner read the same template: same place (where Parsoid says), same values.
#[must_use]
pub fn agrees(call: &Call, html: &ShownCall) -> bool {
    let place = html.place.as_ref().is_none_or(|p| p.start <= call.span.start && call.span.end <= p.end);
    // The last of a name counts.
    let values: HashMap<&str, &str> = call.params.iter().map(|p| (p.name.as_str(), p.value.as_str())).collect();
    let read = |name: &str| values.get(wikitext::trim(name)).copied().unwrap_or_default();
    place && html.params.iter().all(|(k, v)| read(k) == wikitext::trim(&wikitext::without_comments(v)))
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

/// How the page shows a mark: what Parsoid says of the transclusion at its place.
#[must_use]
pub fn how_shown(mark: &Mark, shown: &html::Page, names: &Names) -> State {
    let same = |c: &&ShownCall| {
        let here = c.place.as_ref().is_some_and(|p| p.start <= mark.span.start && mark.span.end <= p.end);
        let first = c.params.iter().find(|(k, _)| k == "1").map_or("", |(_, v)| v);
        let meaning = names.meaning_of_page(&c.name);
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
        Some(call) if call.quoted => State::Quoted,
        Some(call) if call.struck => State::Struck,
        Some(_) => State::Plain,
        None => State::Quoted,
    }
}

/// Words that templates and people vote with elsewhere.
const VOTING: [&str; 13] = [
    "support", "supports", "oppose", "opposes", "abstain", "neutral", "approve", "agree", "disagree", "object", "pro",
    "contra", "vote",
];

/// Bold words and templates that look like a vote but are none, each once.
fn lookalikes(shown: &html::Page, names: &Names) -> Vec<String> {
    let voting =
        |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(|w| VOTING.contains(&w.to_lowercase().as_str()));
    let is_vote = |word: &str| matches!(names.meaning(word), Some(Meaning::Vote(_)));
    let short = |text: &&String| text.split_whitespace().count() <= 3;
    let bold = shown
        .bold
        .iter()
        .filter(short)
        .filter(|w| voting(w) || is_vote(w.trim_end_matches(['.', ':', '!', ','])))
        .cloned();
    let strange = |name: &&str| names.meaning(name).is_none() && !name.starts_with("Helpdesk ");
    let templates = shown.calls.iter().filter_map(|c| names.titles().template_name(&c.name));
    let templates = templates.filter(|n| strange(&n.as_str()) && voting(n) && n.split_whitespace().count() <= 3);
    let mut found: Vec<String> = bold.chain(templates.map(|n| format!("{{{{{n}}}}}"))).collect();
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|word| seen.insert(word.clone()));
    found
}
