//! What programs beside the wiki are told of a desk: what lately happened, and what is due. Plain data.

use chrono::NaiveDate;

use crate::page::Time;

/// Something that happened to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What tells it from all others on the wiki, whatever its page is called: `17/filed`.
    pub key: String,
    /// The title of the page that it is about.
    pub page: String,
    /// When it happened.
    pub at: Time,
    /// What happened, as plain text.
    pub title: String,
    /// By whom or by what, and why, likewise; may be empty.
    pub text: String,
}

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What tells it from all others on the wiki, as long as it is the same: `17/closes`.
    pub key: String,
    /// The title of the page that it is about.
    pub page: String,
    /// When it is due.
    pub when: When,
    /// Since when that is known, as far as the pages tell.
    pub since: Time,
    /// What is due, as plain text.
    pub title: String,
    /// Who has to see to it, likewise; may be empty.
    pub text: String,
}

/// A moment, or a day of which nobody knows the hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A moment.
    Moment(Time),
    /// A day.
    Day(NaiveDate),
}

impl When {
    /// The moment with which it begins (UTC).
    pub fn begins(self) -> Time {
        match self {
            When::Moment(at) => at,
            When::Day(day) => day.and_time(chrono::NaiveTime::MIN).and_utc(),
        }
    }
}
