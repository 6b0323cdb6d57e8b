//! Votes: what a member said, who said it and whether it stands.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::page::{Time, User};

/// What a vote says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    /// For the request.
    Support,
    /// Against it.
    Oppose,
    /// Neither; counted for the quorum.
    Abstain,
    /// More information is wanted; takes the place of an earlier vote, not counted for the quorum.
    Info,
}

impl Choice {
    /// All choices, in the order people read them.
    pub const ALL: [Choice; 4] = [Choice::Support, Choice::Oppose, Choice::Abstain, Choice::Info];

    /// The id used in the configuration and in template calls.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Choice::Support => "support",
            Choice::Oppose => "oppose",
            Choice::Abstain => "abstain",
            Choice::Info => "info",
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Templates that mean one choice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VoteTemplate {
    /// What they mean.
    pub choice: Choice,
    /// Their names, without `Template:`; pages that redirect to them count too.
    pub templates: Vec<String>,
    /// Where given, they mean it only if their first parameter is one of these (compared without
    /// regard to case), as in `{{vote|support}}`.
    pub first_parameter: Vec<String>,
}

/// A signature: whom it names, and the time it shows, both as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Signature {
    /// The account the nearest user link names, normalised as a title.
    pub user: Option<String>,
    /// The time as written, such as `12:34, 5 May 2026 (UTC)`.
    pub time: Option<String>,
}

/// One vote found in a request's history.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Vote {
    /// What it says.
    pub choice: Choice,
    /// The member named in `for=`, for whom staff or the chair recorded it.
    pub on_behalf_of: Option<String>,
    /// Where it came from and what became of it.
    pub trail: Trail,
    /// Its place among the votes, decisions and views on priority of the page, from 0; none if it is gone.
    pub place: Option<usize>,
}

/// Where a template on the page came from, and who touched it since.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trail {
    /// The account that added it; none where the wiki hides it.
    pub author: Option<User>,
    /// When it was added.
    pub at: Time,
    /// The revision that added it.
    pub revision: u64,
    /// The signature beside it.
    pub signature: Signature,
    /// The id of the account the signature names, where that is another existing account.
    pub signed_by_other: Option<u64>,
    /// How it stood when it was added.
    pub born: State,
    /// Edits after which it stood otherwise than before, oldest first.
    pub touches: Vec<Touch>,
}

impl Trail {
    /// How it stands on the page.
    #[must_use]
    pub fn stands(&self) -> State {
        self.touches.last().map_or(self.born, |t| t.to)
    }
}

/// How a template stands on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As what it is.
    Plain,
    /// Struck out.
    Struck,
    /// Quoted, or inside something that keeps it from being a template of this page.
    Quoted,
    /// Not there, or altered so that its template or signature is another.
    Gone,
}

/// An edit to a template after it was added.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Touch {
    /// How it stood afterwards.
    pub to: State,
    /// Who did it; none where the wiki hides it.
    pub by: Option<User>,
    /// When.
    pub at: Time,
    /// In which revision.
    pub revision: u64,
}
