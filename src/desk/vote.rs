//! Votes: what a member says of a request, and the templates that say it.

use serde::Serialize;

use super::codes::codes;

codes! {
    /// What a vote says, in the order people read them.
    pub enum Choice {
        /// For the request.
        Support = "support",
        /// Against it.
        Oppose = "oppose",
        /// Neither; counted for the quorum.
        Abstain = "abstain",
        /// More information is wanted; takes the place of an earlier vote, not counted for the quorum.
        Info = "info",
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

/// A vote.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Vote {
    /// What it says.
    pub choice: Choice,
    /// The member named in `for=`, for whom staff or the chair recorded it.
    pub on_behalf_of: Option<String>,
    /// What is asked, where more information is wanted: the words behind it on its line, as wikitext.
    pub question: String,
}
