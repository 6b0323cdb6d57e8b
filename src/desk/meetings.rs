//! What the committee's meetings said, as far as agenda and brief look at it.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::codes::codes;
use crate::page::Time;

codes! {
    /// Why a request is on the agenda, in the order of the page.
    pub enum Reason {
        /// It was filed since the last meeting, and is not decided.
        New = "new",
        /// Too few members are left for the votes that are needed.
        Deadlock = "deadlock",
        /// It waits for votes.
        Votes = "votes",
        /// The team has not filled in its fields.
        Assessment = "assessment",
        /// It has waited long for its owner.
        Owner = "owner",
        /// It has waited long for somebody of the desk.
        Reply = "reply",
        /// It is approved, and has no scores.
        Order = "order",
        /// It is approved, and nobody helps.
        Helper = "helper",
        /// Its helpers have been silent for long.
        Stalled = "stalled",
        /// No meeting has talked about it, and it is not decided.
        Passed = "passed",
        /// A question that was answered since the last meeting: to be told, not to be talked about.
        Answered = "answered",
    }
}

/// A page that holds minutes, as the bot remembers it: whatever it is called later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptMinutes {
    /// The id of the page.
    pub page: u64,
    /// The day of the meeting, if it is known.
    pub date: Option<NaiveDate>,
}

/// The meetings whose minutes there are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Meetings {
    /// When each was: the end of its day, or when its minutes were first written; the oldest first.
    pub held: Vec<Time>,
    /// What they said of each request that stands, by the id of its page, the oldest first.
    pub said: HashMap<u64, Vec<Said>>,
}

/// What a meeting said of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The day of the meeting.
    pub date: NaiveDate,
    /// When it was said.
    pub at: Time,
    /// What was recommended, as wikitext; empty if nothing was.
    pub recommendation: String,
}

impl Meetings {
    /// The last meeting before that moment.
    pub fn last(&self, now: Time) -> Option<Time> {
        self.held.iter().copied().filter(|held| *held <= now).max()
    }

    /// Whether a meeting talked about a request after that moment.
    pub fn talked_since(&self, page: u64, since: Time) -> bool {
        self.said.get(&page).is_some_and(|said| said.iter().any(|said| said.at > since))
    }

    /// How many meetings there were from one moment to another.
    pub fn between(&self, since: Time, now: Time) -> usize {
        self.held.iter().filter(|held| since < **held && **held <= now).count()
    }
}
