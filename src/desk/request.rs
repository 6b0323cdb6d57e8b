//! A request: its page, its history and what both say.

use serde::Serialize;

use super::vote::{Trail, Vote};
use crate::page::{PageRef, Time, User};

/// A version of the request template: its parameters from one revision on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Version {
    /// From when.
    pub at: Time,
    /// Its parameters but the bot's own, in order, as wikitext, trimmed; comments dropped.
    pub params: Vec<(String, String)>,
}

/// Where a request stood when the bot last wrote its ledger: what came before is told by that.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Anchor {
    /// The status' id.
    pub status: String,
    /// Since when.
    pub since: Time,
    /// The rule it rested on, if it was one.
    pub rule: Option<String>,
    /// The person it rested on, if it was one, and the revision that said so.
    pub decided: Option<(String, u64)>,
    /// When the counted votes had last changed.
    pub settled: Time,
    /// The bot's revision.
    pub revision: u64,
}

/// An edit by a person, without what it changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Edit {
    /// When.
    pub at: Time,
    /// The revision.
    pub revision: u64,
    /// The requester made it.
    pub by_requester: bool,
}

/// A change of `status=` found in the history.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatusEdit {
    /// The value it was changed from, as written; empty if it was absent.
    pub before: String,
    /// The value it was changed to, as written.
    pub to: String,
    /// The value of `status since=` beside it, where it is a time.
    pub since: Option<Time>,
    /// The revision the bot had read when it made this change, where its ledger says so.
    pub read: Option<u64>,
    /// The rule the bot's ledger of that revision names.
    pub rule: Option<String>,
    /// Who changed it; none where the wiki hides it.
    pub by: Option<User>,
    /// When.
    pub at: Time,
    /// In which revision.
    pub revision: u64,
}

/// A `{{Helpdesk decision}}` or `{{Helpdesk withdraw}}` found in the history.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ruling {
    /// The id of the status asked for, as written; empty for a withdrawal.
    pub to: String,
    /// Whether it is a withdrawal.
    pub withdrawal: bool,
    /// The reason given, as wikitext.
    pub reason: String,
    /// Where it came from and what became of it.
    pub trail: Trail,
}

/// A member's view on priority.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PriorityView {
    /// How urgent the member finds it.
    pub level: Priority,
    /// Where it came from and what became of it.
    pub trail: Trail,
}

/// How urgent a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Can wait.
    Low,
    /// As usual.
    Normal,
    /// Goes first.
    High,
}

impl Priority {
    /// All levels, the lowest first.
    pub const ALL: [Priority; 3] = [Priority::Low, Priority::Normal, Priority::High];

    /// The id used in template calls.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Priority::Low => "low",
            Priority::Normal => "normal",
            Priority::High => "high",
        }
    }

    /// Reads an id, without regard to case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.id().eq_ignore_ascii_case(text.trim()))
    }
}

/// All that a request page and its history say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Facts {
    /// The page.
    pub page: PageRef,
    /// The revision that was read.
    pub revision: u64,
    /// The author of the revision that first held the template; none where the wiki hides it.
    pub requester: Option<User>,
    /// The template's parameters, in order, as wikitext, trimmed; comments dropped.
    pub params: Vec<(String, String)>,
    /// Names of parameters that stand in the template more than once.
    pub doubled: Vec<String>,
    /// When the template was first on the page.
    pub filed: Time,
    /// The revision that filed it.
    pub filed_in: u64,
    /// Votes, oldest first.
    pub votes: Vec<Vote>,
    /// Decisions and withdrawals, oldest first.
    pub rulings: Vec<Ruling>,
    /// Views on priority, oldest first.
    pub priorities: Vec<PriorityView>,
    /// Changes of `status=`, oldest first.
    pub status_edits: Vec<StatusEdit>,
    /// Text that looks like a vote but is none, in the newest revision.
    pub lookalikes: Vec<String>,
    /// The template's parameters through time, oldest first; the last are those of today.
    pub versions: Vec<Version>,
    /// Edits by people, oldest first.
    pub edits: Vec<Edit>,
    /// Where the story begins, if that is not when the request was filed.
    pub anchor: Option<Anchor>,
}

impl Facts {
    /// The trimmed value of a parameter; empty if it is absent.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        value(&self.params, name)
    }

    /// When somebody other than the bot last edited the page.
    #[must_use]
    pub fn person_edit(&self) -> Time {
        self.edits.last().map_or(self.filed, |e| e.at)
    }

    /// The requester's last edit to the page.
    #[must_use]
    pub fn requester_edit(&self) -> Option<&Edit> {
        self.edits.iter().rev().find(|e| e.by_requester)
    }

    /// The page with other parameters and nothing else on it.
    #[must_use]
    pub fn with_params(&self, params: &[(String, String)]) -> Facts {
        Facts {
            params: params.to_vec(),
            page: self.page.clone(),
            requester: self.requester.clone(),
            revision: self.revision,
            filed: self.filed,
            filed_in: self.filed_in,
            doubled: Vec::new(),
            votes: Vec::new(),
            rulings: Vec::new(),
            priorities: Vec::new(),
            status_edits: Vec::new(),
            lookalikes: Vec::new(),
            versions: Vec::new(),
            edits: Vec::new(),
            anchor: None,
        }
    }

    /// What was known at that moment: all that came later is left out, except how the page looks today (parameters
    /// that stand twice, words that look like votes).
    #[must_use]
    pub fn as_of(&self, at: Time) -> Facts {
        fn until(trail: &mut Trail, at: Time) -> bool {
            trail.touches.retain(|t| t.at <= at);
            trail.at <= at
        }
        let mut then = self.clone();
        then.votes.retain_mut(|v| until(&mut v.trail, at));
        then.rulings.retain_mut(|r| until(&mut r.trail, at));
        then.priorities.retain_mut(|p| until(&mut p.trail, at));
        then.status_edits.retain(|e| e.at <= at);
        then.edits.retain(|e| e.at <= at);
        if then.versions.last().is_some_and(|v| v.at > at) {
            then.versions.retain(|v| v.at <= at);
            then.params = then.versions.last().map(|v| v.params.clone()).unwrap_or_default();
        }
        then
    }
}

/// The value that counts under a name among parameters: the last, as in MediaWiki; empty if there is none.
#[must_use]
pub fn value<'a>(params: &'a [(String, String)], name: &str) -> &'a str {
    params.iter().rev().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
}
