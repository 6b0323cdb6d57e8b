//! How each desk is, as its keeper tells it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use regex::Regex;
use serde::Serialize;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::feeds::Told;
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
/// A link in an edit summary, of which the page shows the words.
static LINK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]").expect("a regular expression"));

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
    pub(super) desk: Desk,
    pub(super) state: State,
    pub(super) why: Option<String>,
    /// Until when nothing has to be heard of it.
    pub(super) silent_until: Instant,
    pub(super) good: Option<(DateTime<Utc>, Instant)>,
    /// The desk's pages, once the wiki has said where pages are.
    pub(super) pages: Option<Pages>,
    /// How many requests are in each status, by its id.
    pub(super) statuses: BTreeMap<String, usize>,
    /// What feed and calendar tell, once a pass has come to its end.
    pub(super) told: Option<Told>,
    pub(super) problems: usize,
    /// Why the last pass left pages as they are, while it wrote others.
    pub(super) held: Vec<String>,
    /// What the last pass could not read, with why.
    pub(super) unread: Vec<(Link, String)>,
    /// How many requests the last pass left to later ones.
    pub(super) backlog: usize,
    /// What the last pass cost: requests to the wiki, and time.
    pub(super) cost: (usize, Duration),
    pub(super) last: VecDeque<Done>,
    pub(super) counted: Outcomes,
}

/// A page on the wiki.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) words: String,
    pub(super) address: String,
}

/// Addresses of the pages of a desk that people look at.
#[derive(Debug)]
pub(super) struct Pages {
    pub(super) landing: String,
    pub(super) status: String,
    pub(super) problems: String,
    pub(super) stop: String,
    /// The categories of the statuses, in the order of the configuration.
    pub(super) categories: Vec<String>,
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
    pub(super) page: Link,
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
                desk: desk.clone(),
                state: State::Starting,
                why: None,
                silent_until: Instant::now(),
                good: None,
                pages: None,
                statuses: BTreeMap::new(),
                told: None,
                problems: 0,
                held: Vec::new(),
                unread: Vec::new(),
                backlog: 0,
                cost: (0, Duration::ZERO),
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
                .then(|| format!("{}: {}", vitals.desk.name, vitals.why.clone().unwrap_or_default()))
        };
        let reasons: Option<Vec<String>> = self.desks.iter().map(why).collect();
        reasons.map(|r| r.join("\n"))
    }

    /// How each desk is.
    pub(crate) fn reports(&self) -> Vec<DeskReport> {
        let report = |desk: &Arc<Mutex<Vitals>>| {
            let vitals = lock(desk);
            DeskReport {
                desk: vitals.desk.name.clone(),
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

    /// A pass came to its end. Its requests are those since [`DeskHealth::count`].
    pub fn passed(&self, outcome: &Outcome, client: &Client) {
        let mut vitals = lock(&self.vitals);
        vitals.heard();
        vitals.state = if outcome.held_back.is_some() { State::Held } else { State::Running };
        let held: Vec<String> = outcome.held_back.iter().chain(&outcome.held_pages).map(ToString::to_string).collect();
        vitals.why = (!held.is_empty()).then(|| held.join("; "));
        if let (None, Some((page, why))) = (&vitals.why, outcome.unread.first()) {
            vitals.why = Some(format!("left to the next pass: {page}: {why}"));
        }
        vitals.good = Some((Utc::now(), Instant::now()));
        vitals.problems = outcome.plan.problems.len();
        vitals.backlog = outcome.backlog;
        vitals.told = Some(Told {
            desk: vitals.desk.name.clone(),
            language: client.titles.language().to_owned(),
            landing: client.address(&vitals.desk.root),
            events: outcome.events.iter().map(|event| (event.clone(), client.address(&event.page))).collect(),
            dates: outcome.dates.iter().map(|due| (due.clone(), client.address(&due.page))).collect(),
        });
        let link = |words: &str, title: &str| Link { words: words.to_owned(), address: client.address(title) };
        let below = format!("{}/", vitals.desk.root);
        let page = |title: &str| link(title.strip_prefix(&below).unwrap_or(title), title);
        vitals.held = outcome.held_pages.iter().map(ToString::to_string).collect();
        vitals.unread = outcome.unread.iter().map(|(title, why)| (page(title), why.clone())).collect();
        let sent = |outcomes: &Outcomes| outcomes.values().sum::<usize>();
        vitals.cost = (sent(&client.outcomes()).saturating_sub(sent(&vitals.counted)), outcome.took);
        for change in &outcome.written {
            vitals.last.push_front(Done {
                at: Utc::now(),
                page: page(&change.page),
                summary: LINK.replace_all(&change.summary, "$1").into_owned(),
            });
        }
        vitals.last.truncate(LAST);
        // A status without requests is told too, also one that the configuration no longer has.
        let mut statuses: BTreeMap<String, usize> = vitals.desk.statuses.iter().map(|s| (s.id.clone(), 0)).collect();
        statuses.extend(outcome.statuses.clone());
        let gone = vitals.statuses.keys().filter(|s| !statuses.contains_key(*s));
        gone.for_each(|status| self.metrics.none_in(&vitals.desk.name, status));
        self.metrics.passed(&vitals.desk.name, outcome, &statuses);
        vitals.statuses = statuses;
    }

    /// A pass or a look failed.
    pub fn failed(&self, error: &crate::wiki::Error) {
        let mut vitals = lock(&self.vitals);
        vitals.heard();
        vitals.state = match error.policy() {
            crate::wiki::Policy::Stop => State::Stopped,
            crate::wiki::Policy::UntilLifted => State::Held,
            _ => State::Failing,
        };
        vitals.why = Some(error.to_string());
        self.metrics.failed(&vitals.desk.name, error.kind());
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
        self.metrics.failed(&vitals.desk.name, "panic");
    }

    /// A hint was acted on so long after it came.
    pub fn hinted(&self, delay: Duration) {
        self.metrics.hinted(&lock(&self.vitals).desk.name, delay);
    }

    /// Counts the requests that a connection has made since it was last counted.
    pub fn count(&self, client: &Client) {
        let mut vitals = lock(&self.vitals);
        let now = client.outcomes();
        for ((kind, outcome), n) in &now {
            let before = vitals.counted.get(&(kind.clone(), *outcome)).copied().unwrap_or(0);
            self.metrics.requests(&vitals.desk.name, kind, outcome, n.saturating_sub(before));
        }
        vitals.counted = now;
    }

    /// A new connection counts from nothing.
    pub fn connected(&self, client: &Client) {
        let mut vitals = lock(&self.vitals);
        vitals.counted.clear();
        vitals.pages = Some(Pages {
            landing: client.address(&vitals.desk.root),
            status: client.address(&vitals.desk.pages.status),
            problems: client.address(&vitals.desk.pages.problems),
            stop: client.address(&format!("User:{}/Stop", client.me.name)),
            categories: (vitals.desk.statuses.iter())
                .map(|status| client.address(&format!("Category:{}", status.category)))
                .collect(),
        });
    }
}

/// A panic elsewhere does not make what is known here wrong.
pub(super) fn lock(vitals: &Arc<Mutex<Vitals>>) -> MutexGuard<'_, Vitals> {
    vitals.lock().unwrap_or_else(PoisonError::into_inner)
}
