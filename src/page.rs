//! Pages, their revisions and the accounts behind them, as MediaWiki tells of them: plain data.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::Serialize;

/// A moment, in UTC as on the wiki.
pub type Time = DateTime<Utc>;

/// A page by its id and its title.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct PageRef {
    /// The page's id, which a move does not change.
    pub id: u64,
    /// Its full title, with spaces.
    pub title: String,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct User {
    /// The account's id, which a rename does not change; 0 for an address without account.
    pub id: u64,
    /// Its name when it was read.
    pub name: String,
    /// A temporary account, or an address without account: may file, never votes.
    pub temporary: bool,
}

impl User {
    /// Whether this is the same account. Addresses and accounts of other wikis have no id: their names tell them apart.
    #[must_use]
    pub fn is(&self, other: &User) -> bool {
        self.id == other.id && self.name == other.name
    }
}

/// A change of an account's groups, as the log has it: each group with when that was to end by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupChange {
    /// When it was made.
    pub at: Time,
    /// The groups before it.
    pub before: Vec<(String, Option<Time>)>,
    /// The groups after it.
    pub after: Vec<(String, Option<Time>)>,
}

/// One revision of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// Its id.
    pub id: u64,
    /// The id of the one before it; 0 for the first.
    pub parent: u64,
    /// When it was saved.
    pub at: Time,
    /// Who saved it; none where the wiki hides it.
    pub user: Option<User>,
    /// Its wikitext; none where the wiki hides it.
    pub text: Option<String>,
}

/// A revision without its text.
#[derive(Debug, Clone, PartialEq)]
pub struct RevisionInfo {
    /// Its id.
    pub id: u64,
    /// When it was saved.
    pub at: Time,
    /// Who saved it; none where the wiki hides it.
    pub user: Option<User>,
}

impl RevisionInfo {
    /// A revision's.
    #[must_use]
    pub fn of(revision: &Revision) -> Self {
        RevisionInfo { id: revision.id, at: revision.at, user: revision.user.clone() }
    }
}

/// Whether two are the same account, which nobody is whom the wiki hides.
#[must_use]
pub fn same(a: &Option<User>, b: &Option<User>) -> bool {
    a.as_ref().zip(b.as_ref()).is_some_and(|(a, b)| a.is(b))
}

/// A page with its newest revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its id.
    pub id: u64,
    /// Its title.
    pub title: String,
    /// It is a redirect.
    pub redirect: bool,
    /// Its newest revision.
    pub revision: Revision,
}

impl Page {
    /// Its wikitext; nothing where the wiki hides it.
    #[must_use]
    pub fn text(&self) -> &str {
        self.revision.text.as_deref().unwrap_or_default()
    }

    /// Its id and title.
    #[must_use]
    pub fn reference(&self) -> PageRef {
        PageRef { id: self.id, title: self.title.clone() }
    }
}

/// The years that days and times on pages can have. All others are mistyped, and calendars cannot hold those of five digits.
const YEARS: RangeInclusive<i32> = 1970..=9999;

/// The last moment that can stand on a page, 9999-12-31T23:59:59Z.
pub const LAST_TIME: Time = DateTime::from_timestamp_secs(253_402_300_799).expect("a time");

/// A day as people write it, such as `2026-05-05`; none in a year before 1970 or after 9999.
#[must_use]
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok().filter(|day| YEARS.contains(&day.year()))
}

/// A time as the bot writes it, such as `2026-05-05T12:34:00Z`, in the same years.
#[must_use]
pub fn parse_timestamp(text: &str) -> Option<Time> {
    let time = DateTime::parse_from_rfc3339(text.trim()).ok()?.to_utc();
    YEARS.contains(&time.year()).then_some(time)
}

/// A moment as pages have it: `2026-05-05T12:34:00Z`.
#[must_use]
pub fn timestamp(time: Time) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// A moment that may be absent; then nothing.
#[must_use]
pub fn timestamp_or_none(time: Option<Time>) -> String {
    time.map(timestamp).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_those_of_four_digits() {
        let day = |text| parse_day(text).map(|day| day.to_string());
        for (written, read) in [
            ("2027-01-31", Some("2027-01-31")),
            (" 1970-01-01 ", Some("1970-01-01")),
            ("9999-12-31", Some("9999-12-31")),
            ("1969-12-31", None),
            ("26-01-31", None),
            ("0026-01-31", None),
            ("+12345-01-01", None),
            ("12345-01-01", None),
            ("-2027-01-31", None),
            ("2027-02-30", None),
            ("31.1.2027", None),
            ("", None),
        ] {
            assert_eq!(day(written).as_deref(), read, "{written}");
        }
        assert!(parse_timestamp("2026-05-05T12:34:00Z").is_some());
        for wrong in ["0026-05-05T12:34:00Z", "1970-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "2026-05-05"] {
            assert_eq!(parse_timestamp(wrong), None, "{wrong}");
        }
    }
}
