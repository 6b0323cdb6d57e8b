//! What keeps the bot from writing: a whole pass, or one page. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Owns, Plan};
use crate::desk::Desk;
use crate::read::names::{Names, title_case};
use crate::read::request::ledger_calls;
use crate::read::request::request_call;
use crate::read::snapshot::Snapshot;
use crate::read::wikitext::{self, Call};
use crate::write::block::{self, Block};
use crate::write::ledger;
use crate::write::tables::{Problem, rows};

/// Fewer rows than this are no table that could be emptied or halved by mistake.
const A_TABLE: usize = 4;
/// So few edits are never too many, and so many passes have to be known before any number is.
const A_FEW: usize = 10;
/// What is usual is five times as much at the most.
const FAR_MORE: usize = 5;

/// Why a pass writes nothing at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Held {
    /// The stop page has text.
    #[error("User:{0}/Stop has text or cannot be read, so nothing is written; blank it to let the bot go on")]
    Stopped(String),
    /// The configuration does not name the community's approval.
    #[error(
        "the configuration does not say where the community approved the bot (safety.approved), so nothing is written, only planned"
    )]
    Unapproved,
    /// The roster is gone, by which votes were counted.
    #[error(
        "{0} gives nobody a vote any more, in no revision by a trusted account (was it moved or deleted?), so nothing is written; restore it, or run `helpdesk once --release` if that is right"
    )]
    NoRoster(String),
    /// More edits than the configuration allows.
    #[error(
        "this pass would make {0} edits, more than safety.max_edits_per_pass = {1}: nothing is written; look at `helpdesk plan`, then run `helpdesk once --release` if it is right"
    )]
    TooMany(usize, usize),
    /// Far more edits than in the passes before.
    #[error(
        "this pass would make {0} edits, and no pass before made more than {1}: nothing is written; look at `helpdesk plan`, then run `helpdesk once --release` if it is right"
    )]
    Unusual(usize, usize),
    /// Half of the rows or more would go.
    #[error(
        "this pass would take {0} of {1} requests out of the tables: nothing is written; look at `helpdesk plan`, then run `helpdesk once --release` if it is right"
    )]
    Emptied(usize, usize),
}

impl Held {
    /// Whether an operator may release it; not what the community holds.
    #[must_use]
    pub fn can_be_released(&self) -> bool {
        !matches!(self, Held::Stopped(_) | Held::Unapproved)
    }
}

/// How many edits the passes before made, as far as they made any.
#[derive(Debug, Clone, Default)]
pub struct Usual {
    passes: usize,
    most: usize,
}

impl Usual {
    /// Whether so many edits are far more than that.
    fn exceeded(&self, edits: usize) -> bool {
        self.passes >= A_FEW && edits > A_FEW && edits > FAR_MORE * self.most
    }

    /// One more pass made so many edits.
    pub fn note(&mut self, edits: usize) {
        if edits > 0 {
            self.passes += 1;
            self.most = self.most.max(edits);
        }
    }
}

/// Why nothing of the plan may be written.
#[must_use]
pub fn held(desk: &Desk, snapshot: &Snapshot, plan: &Plan, usual: &Usual) -> Option<Held> {
    let edits = plan.changes.len();
    if snapshot.stopped {
        return Some(Held::Stopped(snapshot.bot.name.clone()));
    }
    if desk.safety.approved.is_none() {
        return Some(Held::Unapproved);
    }
    // Where votes were counted there was a roster.
    let counted =
        |text: &str| ledger_calls(text).iter().any(|c| c.value("counted") == "yes" || c.value("by") == "person");
    if snapshot.roster.terms.is_empty() && plan.changes.iter().any(|c| c.owns == Owns::Request && counted(&c.before)) {
        return Some(Held::NoRoster(desk.pages.committee.clone()));
    }
    let (lost, before) = lost_rows(plan);
    if lost > 0 && lost * 2 >= before {
        return Some(Held::Emptied(lost, before));
    }
    if edits > desk.safety.max_edits_per_pass {
        return Some(Held::TooMany(edits, desk.safety.max_edits_per_pass));
    }
    if usual.exceeded(edits) {
        return Some(Held::Unusual(edits, usual.most));
    }
    None
}

/// Of the table that loses most: how many requests have a row before the plan and none anywhere after it, and how many
/// have one before. A row that moves from one table to another is not lost.
fn lost_rows(plan: &Plan) -> (usize, usize) {
    let tables = plan.changes.iter().filter(|c| matches!(&c.owns, Owns::Block(name) if name != "problems"));
    let ids = |text: &str| rows(text).into_iter().map(|r| r.page.id).collect::<BTreeSet<_>>();
    // A page may change twice in one plan: what counts is how it is first and how it is last.
    let mut pages: BTreeMap<&str, (BTreeSet<u64>, BTreeSet<u64>)> = BTreeMap::new();
    for change in tables {
        let entry = pages.entry(&change.page).or_insert_with(|| (ids(&change.before), BTreeSet::new()));
        entry.1 = ids(&change.after);
    }
    let after: BTreeSet<u64> = pages.values().flat_map(|(_, after)| after.clone()).collect();
    pages
        .values()
        .map(|(before, _)| (before.difference(&after).count(), before.len()))
        .filter(|(_, before)| *before >= A_TABLE)
        .max_by_key(|(lost, before)| lost * 1000 / before)
        .unwrap_or((0, 0))
}

/// Names of the templates with which people keep bots away, on this wiki.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exclusions {
    spaces: Vec<String>,
    names: Vec<(String, bool)>,
}

impl Exclusions {
    /// The templates whose redirects have to be looked up.
    pub const TEMPLATES: [&str; 2] = ["Bots", "Nobots"];

    /// With what the wiki calls its template namespace, and the pages that redirect to a template, as `(from, to)`
    /// titles without namespace.
    #[must_use]
    pub fn new(spaces: &[String], redirects: &[(String, String)]) -> Self {
        let mut names = vec![("bots".to_owned(), false), ("nobots".to_owned(), true)];
        for (from, to) in redirects {
            let known = names.iter().find(|(name, _)| *name == plain(to)).map(|(_, all)| *all);
            names.extend(known.map(|all| (plain(from), all)));
        }
        let spaces = spaces.iter().map(|s| s.to_lowercase()).chain(["template".to_owned()]).collect();
        Exclusions { spaces, names }
    }

    /// Whether a page's text keeps the bot with this name away.
    #[must_use]
    pub fn keep_out(&self, text: &str, bot: &str) -> bool {
        wikitext::calls(text).iter().filter(|c| !c.nested).any(|call| {
            let name = call.name.split_once(':').map_or(call.name.as_str(), |(space, rest)| {
                if self.spaces.contains(&space.trim().to_lowercase()) { rest } else { &call.name }
            });
            let known = self.names.iter().find(|(known, _)| *known == plain(name));
            known.is_some_and(|(_, all)| excludes(call, *all, bot))
        })
    }
}

/// In any spelling: case, spaces, underscores and hyphens make no difference.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).flat_map(char::to_lowercase).collect()
}

/// Whether a call of `{{bots}}` (or, with `all`, of `{{nobots}}`) means the bot.
fn excludes(call: &Call, all: bool, bot: &str) -> bool {
    let bot = title_case(bot).to_lowercase();
    let list = |name: &str| -> Vec<String> {
        let items = call.params.iter().filter(|p| p.name.trim().eq_ignore_ascii_case(name));
        let items = items.flat_map(|p| p.value.split([',', ';', '\n', '،', '、']));
        items.map(|i| account(i).to_lowercase()).filter(|i| !i.is_empty()).collect()
    };
    let (allow, deny, optout) = (list("allow"), list("deny"), list("optout"));
    let names = |list: &[String], word: &str| list.iter().any(|i| *i == bot || i == word);
    if names(&deny, "all") || names(&optout, "all") || optout.iter().any(|i| i == "helpdesk") {
        return true;
    }
    if allow.is_empty() { all } else { !names(&allow, "all") }
}

/// An account in a list, without brackets and namespace.
fn account(item: &str) -> String {
    let item = item.trim().trim_matches(['[', ']', '"', '\'', '*', ' ']);
    let item = item.split('|').next().unwrap_or_default();
    title_case(item.rsplit(':').next().unwrap_or_default())
}

/// A revision, as far as it tells whether the bot and somebody else are at odds over a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The bot made it.
    pub by_bot: bool,
    /// What the bot's part of the page says ([`essence`]).
    pub says: String,
}

/// Why a change is not made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objection {
    /// Somebody undid the very same edit.
    Undone,
    /// The bot made it twice, and it was changed both times.
    Dispute,
}

/// Whether somebody objects to the bot's part of a page saying this. `past` is the page's history, newest first.
#[must_use]
pub fn objection(past: &[Past], says: &str) -> Option<Objection> {
    if past.first().is_none_or(|newest| newest.by_bot || newest.says == says) {
        return None;
    }
    // How often the bot has said the same, with nothing else of its own in between.
    let bots: Vec<usize> = (0..past.len()).filter(|i| past[*i].by_bot).take_while(|i| past[*i].says == says).collect();
    match bots.as_slice() {
        [] => None,
        [once] => past.get(once + 1).is_some_and(|before| before.says == past[0].says).then_some(Objection::Undone),
        _ => Some(Objection::Dispute),
    }
}

/// What the bot's part of a page says, without what differs from pass to pass.
#[must_use]
pub fn essence(text: &str, owns: &Owns, names: &Names) -> String {
    const PASSING: [&str; 7] = ["since", "status since", "until", "have", "read", "basis", "due"];
    let name = match owns {
        Owns::Block(name) => name,
        Owns::Request => ledger::BLOCK,
        Owns::Page | Owns::Moved(_) => return text.to_owned(),
    };
    let block = match block::find(text, name) {
        Block::Found(range) => &text[range],
        Block::Absent | Block::Broken => "",
    };
    let calls = wikitext::calls(block);
    let passing = calls.iter().filter(|c| !c.nested).flat_map(|c| &c.params);
    let cuts = passing.filter(|p| PASSING.contains(&p.name.as_str())).map(|p| (p.span.clone(), String::new()));
    let said = wikitext::splice(block, cuts.collect());
    match owns {
        Owns::Request => {
            let status = request_call(text, names).map(|c| c.value("status").to_owned());
            format!("{}\n{said}", status.unwrap_or_default())
        }
        _ => said,
    }
}

/// Takes those changes out of a plan that somebody on the wiki does not want, and reports them.
pub fn respect(plan: &mut Plan, snapshot: &Snapshot) {
    let wanted = |change: &Change| -> Option<&'static str> {
        if snapshot.exclusions.keep_out(&change.before, &snapshot.bot.name) {
            return Some("nobots");
        }
        let past = snapshot.past.get(&change.page).filter(|_| !change.insists)?;
        let past: Vec<Past> = past
            .iter()
            .map(|(by_bot, text)| Past { by_bot: *by_bot, says: essence(text, &change.owns, &snapshot.names) })
            .collect();
        match objection(&past, &essence(&change.after, &change.owns, &snapshot.names))? {
            Objection::Undone => Some("undone"),
            Objection::Dispute => Some("dispute"),
        }
    };
    let mut left: BTreeSet<String> = BTreeSet::new();
    plan.changes.retain(|change| match wanted(change) {
        Some(kind) => {
            if left.insert(change.page.clone()) {
                plan.problems.push(Problem::new(kind, &change.page, String::new()));
            }
            false
        }
        None => true,
    });
    // What builds on a change that is not made is not made either.
    plan.changes.retain(|c| !left.contains(&c.page));
}

#[cfg(test)]
#[path = "brakes_tests.rs"]
mod tests;
