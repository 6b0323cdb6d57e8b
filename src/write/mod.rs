//! Facts in, wikitext out: pure functions for what the bot writes on the wiki.

pub mod block;
pub mod inert;
pub mod ledger;
pub mod summary;
pub mod tables;
pub mod title;
pub mod words;

use crate::desk::Time;

/// A template call from parameters whose values are made inert; empty ones are left out.
#[must_use]
pub fn call(name: &str, params: &[(&str, String)]) -> String {
    let mut out = format!("{{{{{name}");
    for (key, value) in params.iter().filter(|(_, v)| !v.is_empty()) {
        out.push_str(&format!("|{key}={}", inert::inert(value, inert::CELL)));
    }
    out + "}}"
}

/// A moment as pages have it: `2026-05-05T12:34:00Z`.
#[must_use]
pub fn stamp(time: Time) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// A moment that may be absent; then nothing.
#[must_use]
pub fn stamp_or_none(time: Option<Time>) -> String {
    time.map(stamp).unwrap_or_default()
}
