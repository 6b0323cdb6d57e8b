//! The intake page, the landing page and their talk pages: proposals that stand there rather than on a page of their own, who wrote them,
//! and what else people wrote there.

use std::collections::BTreeSet;

use super::request_template::begins_request;
use super::signatures::find_time;
use crate::desk::TemplateKind;
use crate::page::{Page, Revision, Time, User};
use crate::records::moved::{Marker, link};
use crate::wikitext::names::Names;
use crate::wikitext::{self, Call, block};

/// What a pass knows of one of these pages.
#[derive(Debug, Clone)]
pub struct Intake {
    /// The page.
    pub page: Page,
    /// Proposals that wait there for a page of their own, in the page's order.
    pub waiting: Vec<MisplacedProposal>,
    /// What else people wrote there.
    pub message: Option<String>,
    /// Where they did: the newest revision that is not the bot's, and whose it is.
    pub person: Option<(u64, Option<User>)>,
}

/// A proposal that waits for a page of its own.
#[derive(Debug, Clone)]
pub struct MisplacedProposal {
    /// The call of the request template.
    pub call: Call,
    /// Where it came from.
    pub origin: Origin,
    /// What becomes of it.
    pub state: ProposalState,
}

/// What becomes of a proposal in the wrong place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProposalState {
    /// It is to have a page.
    New,
    /// It has a page already: that title, with the same text or not.
    Made(String, bool),
    /// The bot moved it before, and somebody put it back.
    Returned,
    /// The page does not show it, or not as its wikitext reads.
    Unreadable,
}

/// The revision that brought a proposal to the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Which proposal of which revision.
    pub marker: Marker,
    /// When that was saved.
    pub at: Time,
    /// Who wrote it; none where the wiki hides it.
    pub author: Option<User>,
}

/// The proposals of a text that may be moved: calls of the request template at the page's own level, neither struck
/// out nor empty, neither the bot's own text nor what was `installed`.
pub fn proposals(text: &str, names: &Names, installed: &str) -> Vec<Call> {
    let own = block::all(text);
    let calls = names.syntax().calls(text).into_iter();
    calls
        .filter(|c| !c.nested() && !c.struck() && names.is(TemplateKind::Request, &c.name))
        .filter(|c| !own.iter().any(|o| o.start <= c.span.start && c.span.end <= o.end))
        .filter(|c| !installed.contains(&text[c.span.clone()]) && !is_empty(c))
        .collect()
}

/// Whether nobody has filled in anything.
pub fn is_empty(call: &Call) -> bool {
    call.params.iter().all(|p| p.value.is_empty() || p.name.starts_with("status"))
}

/// Whether saving a text once more on another page could change it: a signature or a substitution that the wiki has
/// left alone where it stands.
pub fn may_change(text: &str, names: &Names) -> bool {
    let visible = names.syntax().visible(text).to_lowercase();
    visible.contains("~~~") || visible.contains("subst:")
}

/// Whether a text begins a proposal that never ends.
pub fn begins_another(text: &str, names: &Names) -> bool {
    let calls = names.syntax().calls(text).into_iter().filter(|c| !c.nested());
    begins_request(&wikitext::splice(text, calls.map(|c| (c.span, String::new())).collect()), names)
}

/// The text with links in the place of the proposals that begin where they say, and with nothing else changed; none
/// where no proposal begins there.
pub fn with_links(text: &str, links: &[(usize, String)], names: &Names) -> Option<String> {
    let calls = proposals(text, names, "");
    let edits = links.iter().map(|(start, title)| {
        let call = calls.iter().find(|c| c.span.start == *start)?;
        Some((call.span.clone(), link(title)))
    });
    Some(wikitext::splice(text, edits.collect::<Option<Vec<_>>>()?))
}

/// The beginning of what people wrote on a page besides proposals: text that was not `installed` and is no heading,
/// template, link to a moved proposal or signature.
pub fn message(text: &str, names: &Names, installed: &str) -> Option<String> {
    let mut cuts = block::all(text);
    let own = cuts.clone();
    let calls = names.syntax().calls(text).into_iter().filter(|c| !c.nested()).map(|c| c.span);
    cuts.extend(calls.filter(|c| !own.iter().any(|o| o.start < c.end && c.start < o.end)));
    let rest = wikitext::splice(&names.syntax().visible(text), cuts.into_iter().map(|c| (c, String::new())).collect());
    let known: BTreeSet<&str> = installed.lines().map(str::trim).collect();
    let lines = rest.lines().map(str::trim).filter(|line| {
        !known.contains(line) && !line.starts_with('=') && !line.starts_with("→ [[:") && !line.starts_with("__")
    });
    let words: Vec<String> = lines.map(|line| unsigned(line, names)).filter(|l| has_words(l)).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// A line without links to accounts and the time behind them.
fn unsigned(line: &str, names: &Names) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("[[") {
        out.push_str(&rest[..at]);
        let end = rest[at..].find("]]").map_or(rest.len(), |e| at + e + 2);
        let target = rest[at + 2..end].split(['|', ']']).next().unwrap_or_default();
        if names.titles().account_of_link(target).is_none() {
            out.push_str(&rest[at..end]);
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    if let Some(time) = find_time(&out) {
        out.replace_range(time, "");
    }
    out.trim_matches([' ', '-', '–', '—', '(', ')', '·', '*', ':']).to_owned()
}

fn has_words(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).count() >= 2
}

/// Follows proposals back through the page's history to the revisions that brought them.
#[derive(Debug)]
pub struct OriginSearch {
    proposals: Vec<TracedProposal>,
    bot: u64,
    installed: String,
}

#[derive(Debug)]
struct TracedProposal {
    /// Its text and parameters as of the oldest revision it was found in.
    text: String,
    params: Vec<(String, String)>,
    origin: Origin,
    /// Consecutive older revisions without it.
    missing: usize,
    /// The oldest of those was the bot's.
    taken_by_bot: bool,
    /// The bot once took it out.
    returned: bool,
    /// The wiki hides the revision before.
    hidden: bool,
}

/// Consecutive revisions without a proposal after which it was not there before.
const ENOUGH_WITHOUT_IT: usize = 10;

impl OriginSearch {
    /// The proposals of the page's newest revision.
    pub fn new(newest: &Revision, calls: &[Call], bot: u64, installed: &str) -> Self {
        let text = newest.text.as_deref().unwrap_or_default();
        let traced = calls.iter().enumerate().map(|(i, call)| TracedProposal {
            text: text[call.span.clone()].to_owned(),
            params: params(call),
            origin: origin(newest, i),
            missing: 0,
            taken_by_bot: false,
            returned: false,
            hidden: false,
        });
        OriginSearch { proposals: traced.collect(), bot, installed: installed.to_owned() }
    }

    /// Follows them through older revisions, the newest first.
    pub fn feed(&mut self, older: &[Revision], names: &Names) {
        for revision in older {
            self.go_back_to(revision, names);
        }
    }

    /// Whether each has been found to begin somewhere.
    pub fn is_done(&self) -> bool {
        self.proposals.iter().all(|p| p.missing >= ENOUGH_WITHOUT_IT)
    }

    /// Where each came from, and whether the bot had taken it out.
    pub fn origins(self) -> Vec<(Origin, bool)> {
        let each = self.proposals.into_iter().map(|mut p| {
            if p.hidden {
                p.origin.marker.anonymous = true;
                p.origin.author = None;
            }
            (p.origin, p.returned)
        });
        each.collect()
    }

    fn go_back_to(&mut self, revision: &Revision, names: &Names) {
        let Some(text) = revision.text.as_deref() else {
            self.proposals.iter_mut().filter(|p| p.missing == 0).for_each(|p| p.hidden = true);
            return;
        };
        let by_bot = revision.user.as_ref().is_some_and(|u| u.id == self.bot);
        let calls = proposals(text, names, &self.installed);
        let mut left: BTreeSet<usize> = (0..calls.len()).collect();
        let mut found: Vec<Option<usize>> = vec![None; self.proposals.len()];
        // The same text first; then, of those that were on the page just now, what is still much alike.
        for (slot, traced) in found.iter_mut().zip(&self.proposals) {
            *slot = left.iter().copied().find(|i| text[calls[*i].span.clone()] == traced.text);
            slot.iter().for_each(|i| _ = left.remove(i));
        }
        for (slot, traced) in found.iter_mut().zip(&self.proposals).filter(|(s, t)| s.is_none() && t.missing == 0) {
            *slot = left.iter().copied().find(|i| alike(&params(&calls[*i]), &traced.params));
            slot.iter().for_each(|i| _ = left.remove(i));
        }
        for (slot, traced) in found.into_iter().zip(&mut self.proposals) {
            match slot {
                Some(i) => {
                    traced.returned |= traced.missing > 0 && traced.taken_by_bot;
                    traced.missing = 0;
                    traced.hidden = false;
                    traced.text = text[calls[i].span.clone()].to_owned();
                    traced.params = params(&calls[i]);
                    traced.origin = origin(revision, i);
                }
                None => {
                    traced.missing += 1;
                    traced.taken_by_bot = by_bot;
                }
            }
        }
    }
}

fn origin(revision: &Revision, index: usize) -> Origin {
    let marker = Marker { revision: revision.id, nth: index + 1, anonymous: false };
    Origin { marker, at: revision.at, author: revision.user.clone() }
}

fn params(call: &Call) -> Vec<(String, String)> {
    let filled = call.params.iter().filter(|p| !p.value.is_empty());
    filled.map(|p| (p.name.clone(), p.value.clone())).collect()
}

/// Whether two proposals are the same one, edited: the same title, or at least half of what is filled in.
fn alike(a: &[(String, String)], b: &[(String, String)]) -> bool {
    let title = |params: &[(String, String)]| params.iter().find(|(n, _)| n == "title").map(|(_, v)| v.clone());
    let same = a.iter().filter(|p| b.contains(p)).count();
    (title(a).is_some() && title(a) == title(b)) || (same > 0 && same * 2 >= a.len().max(b.len()))
}

#[cfg(test)]
#[path = "proposals_tests.rs"]
mod tests;
