//! Numbers in Prometheus' format.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::pass::Outcome;

type Labels = Vec<(&'static str, String)>;
type Counters = Family<Labels, Counter>;
type Gauges = Family<Labels, Gauge>;
type Times = Family<Labels, Histogram>;

/// All numbers, by desk.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    passes: Counters,
    took: Times,
    requests: Counters,
    edits: Counters,
    problems: Gauges,
    by_status: Gauges,
    hint_delay: Times,
    last_good: Family<Labels, Gauge<f64, AtomicU64>>,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let times =
            || Times::new_with_constructor(|| Histogram::new([0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0]));
        let mut metrics = Metrics {
            registry: Registry::with_prefix("helpdesk"),
            passes: Counters::default(),
            took: times(),
            requests: Counters::default(),
            edits: Counters::default(),
            problems: Gauges::default(),
            by_status: Gauges::default(),
            hint_delay: times(),
            last_good: Family::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("passes", "Passes, by outcome", metrics.passes.clone());
        registry.register("pass_seconds", "How long passes took", metrics.took.clone());
        registry.register("api_requests", "Requests to the wiki, by kind and outcome", metrics.requests.clone());
        registry.register("edits", "Edits made", metrics.edits.clone());
        registry.register("problems", "What a person should look at", metrics.problems.clone());
        registry.register("requests", "Requests, by status", metrics.by_status.clone());
        registry.register("hint_delay_seconds", "From a hint to the end of its pass", metrics.hint_delay.clone());
        registry.register(
            "last_good_pass_timestamp_seconds",
            "When the last good pass ended",
            metrics.last_good.clone(),
        );
        metrics
    }

    /// A pass came to its end, with so many requests in each status.
    pub(super) fn passed(&self, desk: &str, outcome: &Outcome, statuses: &BTreeMap<String, usize>) {
        let result = if outcome.held_back.is_some() { "held" } else { "ok" };
        self.passes.get_or_create(&labels(desk, &[("outcome", result)])).inc();
        self.took.get_or_create(&labels(desk, &[])).observe(outcome.took.as_secs_f64());
        self.edits.get_or_create(&labels(desk, &[])).inc_by(number(outcome.written.len()));
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        self.problems.get_or_create(&labels(desk, &[])).set(count(outcome.plan.problems.len()));
        for (status, n) in statuses {
            self.by_status.get_or_create(&labels(desk, &[("status", status)])).set(count(*n));
        }
        let now = chrono::Utc::now().timestamp_millis();
        #[expect(clippy::cast_precision_loss, reason = "a time in milliseconds is far below 2^53")]
        self.last_good.get_or_create(&labels(desk, &[])).set(now as f64 / 1000.0);
    }

    /// No request is in that status any more.
    pub(super) fn none_in(&self, desk: &str, status: &str) {
        self.by_status.get_or_create(&labels(desk, &[("status", status)])).set(0);
    }

    pub(super) fn failed(&self, desk: &str, kind: &str) {
        self.passes.get_or_create(&labels(desk, &[("outcome", kind)])).inc();
    }

    pub(super) fn hinted(&self, desk: &str, delay: Duration) {
        self.hint_delay.get_or_create(&labels(desk, &[])).observe(delay.as_secs_f64());
    }

    pub(super) fn requests(&self, desk: &str, kind: &str, outcome: &str, n: usize) {
        self.requests.get_or_create(&labels(desk, &[("kind", kind), ("outcome", outcome)])).inc_by(number(n));
    }

    /// All of them as text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

fn labels(desk: &str, more: &[(&'static str, &str)]) -> Labels {
    [("desk", desk)].iter().chain(more).map(|(k, v)| (*k, (*v).to_owned())).collect()
}

fn number(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
