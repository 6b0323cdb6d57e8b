//! Times that the wiki names.

use chrono::Datelike;
use serde::Deserialize;

use crate::page::Time;

/// A time that the wiki names. MediaWiki's years have four digits; times far beyond them leave no room for sums.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "Time")]
pub(crate) struct WikiTime(pub(crate) Time);

impl TryFrom<Time> for WikiTime {
    type Error = String;

    fn try_from(time: Time) -> Result<Self, Self::Error> {
        if (1..=9999).contains(&time.year()) { Ok(WikiTime(time)) } else { Err(format!("no time of a wiki: {time}")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_has_four_digits() {
        let read = |text: &str| serde_json::from_value::<WikiTime>(serde_json::json!(text));
        assert!(read("2026-05-05T12:00:00Z").is_ok() && read("9999-12-31T23:59:59Z").is_ok());
        for odd in ["+262142-12-31T23:59:59Z", "-262143-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "infinity", ""] {
            assert!(read(odd).is_err(), "{odd}");
        }
    }
}
