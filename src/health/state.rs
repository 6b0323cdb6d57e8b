//! How each desk is, as its keeper tells it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::metrics::Metrics;
use crate::desk::Desk;
use crate::pass::Outcome;
use crate::wiki::Client;
use crate::wiki::client::Outcomes;

/// A desk of which nothing is heard for so long after the moment that it named hangs.
const HANGS: Duration = Duration::from_secs(15 * 60);
/// No desk may be silent for longer than this, whatever it says.
const LONGEST_SILENCE: Duration = Duration::from_secs(3600);
/// How many changes the page shows.
const LAST: usize = 20;

/// All desks of this process.
#[derive(Debug, Clone)]
pub struct Health {
    pub(super) desks: Vec<Arc<Mutex<Vitals>>>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) stopped: Arc<Notify>,
}

/// How one desk is.
#[derive(Debug)]
pub(super) struct Vitals {
    pub(super) name: String,
    pub(super) state: State,
    pub(super) why: Option<String>,
    /// Until when nothing has to be heard of it.
    pub(super) silent_until: Instant,
    pub(super) good: Option<(DateTime<Utc>, Instant)>,
    pub(super) requests: BTreeMap<String, usize>,
    pub(super) problems: usize,
    pub(super) last: VecDeque<Done>,
    pub(super) counted: Outcomes,
}

/// What a desk is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It has not finished its first pass.
    Starting,
    /// Its pages are kept true.
    Running,
    /// Something keeps it from writing: the stop page, a brake, no approval.
    Held,
    /// The last pass failed; it is tried again.
    Failing,
    /// Nothing will work until an operator acts.
    Stopped,
}

/// A change that was made.
#[derive(Debug, Clone)]
pub(super) struct Done {
    pub(super) at: DateTime<Utc>,
    pub(super) page: String,
    pub(super) address: String,
    pub(super) summary: String,
}

/// How a desk is, for programs.
#[derive(Debug, Serialize)]
pub(crate) struct DeskReport {
    pub(super) desk: String,
    pub(super) state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<String>,
    pub(super) alive: bool,
    pub(super) last_good_pass: Option<DateTime<Utc>>,
    pub(super) seconds_ago: Option<u64>,
}

/// One desk's end of it.
#[derive(Debug, Clone)]
pub struct DeskHealth {
    vitals: Arc<Mutex<Vitals>>,
    metrics: Arc<Metrics>,
    stopped: Arc<Notify>,
}

impl Health {
    /// For these desks.
    pub fn new<'d>(desks: impl IntoIterator<Item = &'d Desk>) -> Self {
        let vitals = |desk: &Desk| {
            Arc::new(Mutex::new(Vitals {
                name: desk.name.clone(),
                state: State::Starting,
                why: None,
                silent_until: Instant::now(),
                good: None,
                requests: BTreeMap::new(),
                problems: 0,
                last: VecDeque::new(),
                counted: Outcomes::new(),
            }))
        };
        Health {
            desks: desks.into_iter().map(vitals).collect(),
            metrics: Arc::new(Metrics::new()),
            stopped: Arc::default(),
        }
    }

    /// The desk with this number.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn desk(&self, number: usize) -> DeskHealth {
        let vitals = Arc::clone(&self.desks[number]);
        DeskHealth { vitals, metrics: Arc::clone(&self.metrics), stopped: Arc::clone(&self.stopped) }
    }

    /// Whether no desk hangs; one that failed or was stopped says so itself.
    #[must_use]
    pub fn alive(&self) -> bool {
        self.desks.iter().all(|desk| !lock(desk).hangs())
    }

    /// Waits until one more desk is stopped.
    pub async fn one_stops(&self) {
        self.stopped.notified().await;
    }

    /// Why each desk is stopped, if all are.
    #[must_use]
    pub fn all_stopped(&self) -> Option<String> {
        let why = |desk: &Arc<Mutex<Vitals>>| {
            let vitals = lock(desk);
            (vitals.state == State::Stopped)
                .then(|| format!("{}: {}", vitals.name, vitals.why.clone().unwrap_or_default()))
        };
        let reasons: Option<Vec<String>> = self.desks.iter().map(why).collect();
        reasons.map(|r| r.join("\n"))
    }

    /// How each desk is.
    pub(crate) fn reports(&self) -> Vec<DeskReport> {
        let report = |desk: &Arc<Mutex<Vitals>>| {
            let vitals = lock(desk);
            DeskReport {
                desk: vitals.name.clone(),
                state: vitals.state,
                why: vitals.why.clone(),
                alive: !vitals.hangs() && vitals.state != State::Stopped,
                last_good_pass: vitals.good.map(|(at, _)| at),
                seconds_ago: vitals.good.map(|(_, at)| at.elapsed().as_secs()),
            }
        };
        self.desks.iter().map(report).collect()
    }
}

impl Vitals {
    fn hangs(&self) -> bool {
        self.silent_until.elapsed() >= HANGS
    }

    fn heard(&mut self) {
        self.silent_until = Instant::now();
    }
}

impl DeskHealth {
    /// It is alive.
    pub fn beat(&self) {
        self.silent_for(Duration::ZERO);
    }

    /// It is alive, and nothing will be heard of it for so long, an hour at the most.
    pub fn silent_for(&self, pause: Duration) {
        lock(&self.vitals).silent_until = Instant::now() + pause.min(LONGEST_SILENCE);
    }

    /// A pass came to its end.
    pub fn passed(&self, outcome: &Outcome, client: &Client) {
        let mut vitals = lock(&self.vitals);
        vitals.heard();
        vitals.state = if outcome.held_back.is_some() { State::Held } else { State::Running };
        vitals.why = outcome.held_back.as_ref().map(ToString::to_string);
        if let (None, Some((page, why))) = (&vitals.why, outcome.unread.first()) {
            vitals.why = Some(format!("left to the next pass: {page}: {why}"));
        }
        vitals.good = Some((Utc::now(), Instant::now()));
        vitals.problems = outcome.plan.problems.len();
        let before = std::mem::replace(&mut vitals.requests, outcome.statuses.clone());
        before
            .keys()
            .filter(|s| !outcome.statuses.contains_key(*s))
            .for_each(|s| self.metrics.none_in(&vitals.name, s));
        for change in &outcome.written {
            vitals.last.push_front(Done {
                at: Utc::now(),
                page: change.page.clone(),
                address: client.address(&change.page),
                summary: change.summary.clone(),
            });
        }
        vitals.last.truncate(LAST);
        self.metrics.passed(&vitals.name, outcome);
    }

    /// A pass or a look failed.
    pub fn failed(&self, error: &crate::wiki::Error) {
        let mut vitals = lock(&self.vitals);
        vitals.heard();
        vitals.state = if error.policy() == crate::wiki::Policy::Stop { State::Stopped } else { State::Failing };
        vitals.why = Some(error.to_string());
        self.metrics.failed(&vitals.name, error.kind());
        if vitals.state == State::Stopped {
            self.stopped.notify_one();
        }
    }

    /// A mistake in the bot has ended it; it is begun anew.
    pub fn panicked(&self) {
        let mut vitals = lock(&self.vitals);
        vitals.heard();
        vitals.state = State::Failing;
        vitals.why = Some("a mistake in the bot (please report it, with the log); the desk is begun anew".to_owned());
        self.metrics.failed(&vitals.name, "panic");
    }

    /// A hint was acted on so long after it came.
    pub fn hinted(&self, delay: Duration) {
        self.metrics.hinted(&lock(&self.vitals).name, delay);
    }

    /// Counts the requests that a connection has made since it was last counted.
    pub fn count(&self, client: &Client) {
        let mut vitals = lock(&self.vitals);
        let now = client.outcomes();
        for ((kind, outcome), n) in &now {
            let before = vitals.counted.get(&(kind.clone(), *outcome)).copied().unwrap_or(0);
            self.metrics.requests(&vitals.name, kind, outcome, n.saturating_sub(before));
        }
        vitals.counted = now;
    }

    /// A new connection counts from nothing.
    pub fn connected(&self) {
        lock(&self.vitals).counted.clear();
    }
}

/// A panic elsewhere does not make what is known here wrong.
pub(super) fn lock(vitals: &Arc<Mutex<Vitals>>) -> MutexGuard<'_, Vitals> {
    vitals.lock().unwrap_or_else(PoisonError::into_inner)
}
