//! Quarters of a year, in UTC.

use std::fmt;

use chrono::{Datelike, NaiveDate};

use crate::page::Time;

/// A quarter of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarter {
    /// The year.
    pub year: i32,
    /// From 1 to 4.
    pub number: u32,
}

impl Quarter {
    /// The one that a moment is in.
    pub fn of(at: Time) -> Self {
        Quarter::of_day(at.date_naive())
    }

    /// The one that a day is in.
    pub fn of_day(day: NaiveDate) -> Self {
        Quarter { year: day.year(), number: day.month0() / 3 + 1 }
    }

    /// The one after this.
    #[must_use]
    pub fn next(self) -> Self {
        if self.number == 4 {
            Quarter { year: self.year + 1, number: 1 }
        } else {
            Quarter { number: self.number + 1, ..self }
        }
    }

    /// The last one that is over at that moment.
    pub fn last(now: Time) -> Self {
        match Quarter::of(now) {
            Quarter { year, number: 1 } => Quarter { year: year - 1, number: 4 },
            Quarter { year, number } => Quarter { year, number: number - 1 },
        }
    }

    /// Whether a moment is in it.
    pub fn covers(self, at: Time) -> bool {
        Quarter::of(at) == self
    }

    /// Whether a day is in it.
    pub fn covers_day(self, day: NaiveDate) -> bool {
        Quarter::of_day(day) == self
    }
}

/// As `2026-Q1`.
impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-Q{}", self.year, self.number)
    }
}
