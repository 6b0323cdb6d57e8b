//! Steps of the work on a request: `{{Helpdesk step}}`.

use chrono::NaiveDate;
use serde::Serialize;

use super::codes::codes;
use super::params::Params;
use crate::page::{LAST_TIME, Time, parse_day};

codes! {
    /// How far a step is.
    pub enum StepState {
        /// Not begun.
        Todo = "todo",
        /// Somebody is at it.
        Doing = "doing",
        /// Done.
        Done = "done",
        /// Something keeps it from going on.
        Blocked = "blocked",
        /// Not needed any more.
        Dropped = "dropped",
    }
}

impl StepState {
    /// Whether nothing is left to do.
    pub fn is_over(self) -> bool {
        matches!(self, StepState::Done | StepState::Dropped)
    }
}

/// A step, as somebody wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Step {
    /// What is to be done, as wikitext.
    pub name: String,
    /// How far it is, in lower case as written; empty for not begun.
    pub state: String,
    /// Who does it: the account's name, or as written.
    pub who: String,
    /// By when, as written.
    pub due: String,
}

impl Step {
    /// Reads `{{Helpdesk step|Ask for the rights|done|who=Dora|due=2027-01-31}}`.
    pub fn of(params: &dyn Params) -> Option<Self> {
        let text = |name: &str| params.text(name).trim().to_owned();
        let who = params.account("who").unwrap_or_else(|| text("who"));
        Some(Step { name: text("1"), state: text("2").to_lowercase(), who, due: text("due") })
    }

    /// How far it is; not begun where what is written is no state.
    pub fn state(&self) -> StepState {
        StepState::parse(&self.state).unwrap_or(StepState::Todo)
    }

    /// The last day, if it is one.
    pub fn due(&self) -> Option<NaiveDate> {
        parse_day(&self.due)
    }
}

/// How far the steps of a request are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// How many are done.
    pub done: usize,
    /// How many there are, without those that are not needed any more.
    pub of: usize,
    /// What is to be done next, as it reads: what somebody is at, else the first that can be begun; empty where there is none.
    pub next: String,
    /// Who does that, as it reads.
    pub who: String,
    /// By when, if there is a day.
    pub due: Option<NaiveDate>,
    /// The steps whose day is over, as they read.
    pub overdue: Vec<String>,
}

impl Progress {
    /// Whether there are steps, and nothing is left to do.
    pub fn is_over(&self) -> bool {
        self.of > 0 && self.done == self.of
    }

    /// `3/7`; empty where there are no steps.
    pub fn share(&self) -> String {
        if self.of == 0 { String::new() } else { format!("{}/{}", self.done, self.of) }
    }
}

/// When a day is over (UTC); for the last one that pages can have, the last moment that they can have.
pub fn end_of(day: NaiveDate) -> Time {
    let next = day.succ_opt().unwrap_or(NaiveDate::MAX).and_time(chrono::NaiveTime::MIN).and_utc();
    next.min(LAST_TIME)
}
