//! Minutes: what a meeting said of a request, as whoever records wrote it.

use serde::Serialize;

use super::meeting::Meeting;
use super::signed::Touch;
use super::vote::Choice;
use crate::page::{Time, User};

/// What minutes say of one request, in one version of their line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// The meeting.
    pub meeting: Meeting,
    /// When it was said.
    pub at: Time,
    /// Who wrote the line so.
    pub author: User,
    /// The revision of the minutes that wrote it so.
    pub revision: u64,
    /// What changed the line or took it away.
    pub ended: Option<Touch>,
    /// The id of the status that was decided.
    pub decision: Option<String>,
    /// How members voted, by the names of their accounts.
    pub votes: Vec<(Choice, String)>,
    /// Members who stepped aside, likewise.
    pub recused: Vec<String>,
    /// The score that the meeting gave, as written.
    pub priority: String,
    /// The members whose score that is: those who were there.
    pub scored_by: Vec<String>,
    /// Who helps, as written.
    pub helper: String,
    /// The accounts that this names.
    pub helpers: Vec<String>,
    /// What was recommended, as wikitext.
    pub recommendation: String,
}
