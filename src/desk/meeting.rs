//! Meetings of the committee.

use chrono::{NaiveDate, NaiveTime};
use serde::Serialize;

use crate::page::Time;

/// A meeting, by its minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Meeting {
    /// The day of the meeting (UTC).
    pub date: NaiveDate,
    /// The title of the page with its minutes.
    pub page: String,
}

impl Meeting {
    /// When what was written down of it at that time was said: on its day, and not after it was written.
    pub fn moment(&self, written: Time) -> Time {
        let last = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default();
        written.clamp(self.date.and_time(NaiveTime::MIN).and_utc(), self.date.and_time(last).and_utc())
    }
}
