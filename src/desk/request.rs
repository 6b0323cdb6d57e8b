//! A request: its page, its history and what both say.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::vote::{Trail, Vote};

/// A moment, in UTC as on the wiki.
pub type Time = DateTime<Utc>;

/// A page by its id and its title.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct PageRef {
    /// The page's id, which a move does not change.
    pub id: u64,
    /// Its full title, with spaces.
    pub title: String,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct User {
    /// The account's id, which a rename does not change; 0 for an address without account.
    pub id: u64,
    /// Its name when it was read.
    pub name: String,
    /// A temporary account, or an address without account: may file, never votes.
    pub temporary: bool,
}

/// One revision of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// Its id.
    pub id: u64,
    /// The id of the one before it; 0 for the first.
    pub parent: u64,
    /// When it was saved.
    pub at: Time,
    /// Who saved it; none where the wiki hides it.
    pub user: Option<User>,
    /// Its wikitext; none where the wiki hides it.
    pub text: Option<String>,
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
        [Priority::Low, Priority::Normal, Priority::High].into_iter().find(|p| p.id().eq_ignore_ascii_case(text.trim()))
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
    /// When somebody other than the bot last edited the page.
    pub person_edit: Time,
    /// When the requester last edited the page.
    pub requester_edit: Option<Time>,
}

impl Facts {
    /// The trimmed value of a parameter; empty if it is absent.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().rev().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }
}
