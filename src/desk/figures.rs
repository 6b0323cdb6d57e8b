//! What a desk has achieved in a span of days, in figures: what `helpdesk report` prints. As JSON it is described by
//! `config/report.schema.json`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::codes::codes;
use crate::page::Time;

/// The key of what has none.
pub const NONE: &str = "none";

/// The figures of a span of days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Figures {
    /// The desk's name.
    pub desk: String,
    /// The first day (UTC).
    pub from: NaiveDate,
    /// The last day (UTC).
    pub to: NaiveDate,
    /// Each figure, in a fixed order.
    pub figures: Vec<Figure>,
    /// What fields say that was not recognised: it is in no figure of countries, continents or languages.
    pub unrecognised: Vec<Unrecognised>,
    /// All requests that were filed up to the last day, the oldest first, with what the figures were counted from.
    pub requests: Vec<CountedRequest>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Figure {
    /// What it is.
    #[cfg_attr(test, schemars(schema_with = "tests::measures"))]
    pub measure: Measure,
    /// Of which type (`none`: of no type), status, country (ISO 3166, two letters), continent (by the United Nations' list) or quarter (`2026-Q1`),
    /// where it is of one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// How many, or how many seconds; none where nothing is there to count from.
    pub value: Option<u64>,
    /// Of what.
    #[cfg_attr(test, schemars(schema_with = "tests::units"))]
    pub unit: Unit,
    /// The pages of the requests behind it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<String>,
    /// The names behind it: countries, languages, partners, people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

/// A part of a field that was not recognised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Unrecognised {
    /// The field.
    pub field: String,
    /// What it says.
    pub value: String,
    /// The request's page.
    pub request: String,
}

/// A request, with what figures are counted from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CountedRequest {
    /// Its page.
    pub page: String,
    /// Its title.
    pub title: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its status at the end of the last day.
    pub status: String,
    /// Its countries (ISO 3166, two letters).
    pub countries: Vec<String>,
    /// Its languages (codes as on Wikimedia wikis).
    pub languages: Vec<String>,
    /// Its partners, as written.
    pub partners: Vec<String>,
    /// When it was filed, or began, where staff dated a status before that.
    pub filed: Time,
    /// When its owners first heard from the desk.
    pub replied: Option<Time>,
    /// When it first came to a status that counts as supported or declined.
    pub decided: Option<Time>,
    /// When it first came to a status that counts as supported.
    pub supported: Option<Time>,
    /// When it first came to a status that counts as declined.
    pub declined: Option<Time>,
    /// When it was closed, if it is.
    pub closed: Option<Time>,
    /// How many files came of it, as its outcomes say.
    pub files: Option<u64>,
    /// How many items came of it, as its outcomes say.
    pub items: Option<u64>,
}

codes! {
    /// What a figure counts. Their definitions are texts in `templates/i18n`: `figure-` and the code, and `-about` behind.
    pub enum Measure {
        /// Requests filed.
        Requests = "requests",
        /// Requests taken on.
        Supported = "supported",
        /// Requests declined.
        Declined = "declined",
        /// Requests closed.
        Closed = "closed",
        /// Requests open at the end.
        Open = "open",
        /// Different countries of requests taken on.
        SupportedCountries = "supported-countries",
        /// Different partners of requests taken on.
        SupportedPartners = "supported-partners",
        /// Different countries of requests filed.
        Countries = "countries",
        /// Different continents of these.
        Continents = "continents",
        /// Different partners of requests filed.
        Partners = "partners",
        /// Different languages of requests filed.
        Languages = "languages",
        /// Median time from filing to the first reply.
        Reply = "reply",
        /// Median time from filing to the first decision.
        Decision = "decision",
        /// Median time from filing to the end.
        End = "end",
        /// Members whose votes or scores counted.
        Members = "members",
        /// Accounts whose votes counted, where an electorate votes.
        Voters = "voters",
        /// Accounts that helped.
        Helpers = "helpers",
        /// Files that came of requests closed.
        Files = "files",
        /// Items that came of them.
        Items = "items",
        /// Requests filed, by type.
        ByType = "by-type",
        /// Requests filed, by their status at the end.
        ByStatus = "by-status",
        /// Requests taken on, by country.
        SupportedByCountry = "supported-by-country",
        /// Requests filed, by country.
        ByCountry = "by-country",
        /// Requests filed, by continent.
        ByContinent = "by-continent",
        /// Requests filed, by quarter.
        FiledByQuarter = "filed-by-quarter",
        /// Requests taken on, by quarter.
        SupportedByQuarter = "supported-by-quarter",
    }
}

codes! {
    /// Of what a figure is so many.
    pub enum Unit {
        /// Things.
        Count = "count",
        /// Seconds.
        Seconds = "seconds",
    }
}

impl Figures {
    /// The figure of that kind that is of nothing single.
    pub fn single(&self, measure: Measure) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.measure == measure)
    }
}

#[cfg(test)]
mod tests {
    use schemars::{Schema, SchemaGenerator, json_schema, schema_for};

    use super::*;

    pub(super) fn measures(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": Measure::ALL.map(Measure::id) })
    }

    pub(super) fn units(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": Unit::ALL.map(Unit::id) })
    }

    #[test]
    fn the_schema_is_that_of_the_types() {
        let schema = serde_json::to_string_pretty(&schema_for!(Figures)).expect("JSON") + "\n";
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/config/report.schema.json");
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(path, &schema).expect("a file");
        }
        assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), schema, "run this test with UPDATE_SCHEMA=1");
    }
}
