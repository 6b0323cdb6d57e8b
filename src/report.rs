//! `helpdesk report`: the figures as text for people, and as tables for programs. Pure.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::desk::figures::{Figure, Figures, Measure, Unit};
use crate::records::countries::english_name;
use crate::records::texts::english;
use crate::wikitext::inert::one_line;

/// What stands between several names in a cell: no title and no account's name has it, and partners are divided at it.
const BETWEEN: &str = "|";

/// The columns of the tables.
const COLUMNS: [&str; 8] = ["measure", "key", "value", "unit", "from", "to", "requests", "names"];

/// For people to read, in English: each figure with what it means, then what was not recognised.
#[must_use]
pub fn text(figures: &Figures) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}: {} to {} (UTC, both days included)\n", figures.desk, figures.from, figures.to);
    let mut group = None;
    for figure in &figures.figures {
        let label = label(figure.measure);
        if figure.key.is_empty() {
            let about = english(&format!("figure-{}-about", figure.measure)).unwrap_or_default();
            let _ = writeln!(out, "{label}: {}\n    {about}", shown(figure));
            continue;
        }
        if group.replace(figure.measure) != Some(figure.measure) {
            let _ = writeln!(out, "\n{label}");
        }
        let _ = writeln!(out, "    {}: {}", key(figure), shown(figure));
    }
    if !figures.unrecognised.is_empty() {
        let _ = writeln!(out, "\nNot recognised, and in no figure of countries or languages:");
    }
    for unrecognised in &figures.unrecognised {
        let _ = writeln!(out, "    {} ({})", one_line(&unrecognised.value, 80), unrecognised.request);
    }
    out
}

fn label(measure: Measure) -> &'static str {
    english(&format!("figure-{measure}")).unwrap_or(measure.id())
}

/// Of what a figure is, in words.
fn key(figure: &Figure) -> String {
    let text = |before: &str| english(&format!("{before}-{}", figure.key)).map(str::to_owned);
    let words = match figure.measure {
        Measure::ByType => text("type"),
        Measure::ByStatus => text("status"),
        Measure::ByCountry | Measure::SupportedByCountry => english_name(&figure.key).map(str::to_owned),
        Measure::ByContinent => text("continent"),
        _ => None,
    };
    words.unwrap_or_else(|| figure.key.clone())
}

/// A number, or a time in days and hours.
fn shown(figure: &Figure) -> String {
    match (figure.value, figure.unit) {
        (None, _) => "none".to_owned(),
        (Some(value), Unit::Count) => value.to_string(),
        (Some(seconds), Unit::Seconds) => format!("{} days {} hours", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

/// As comma-separated values (RFC 4180), a line for each figure. Several requests or names in a cell stand between bars. What a
/// spreadsheet would take for a formula begins with an apostrophe.
#[must_use]
pub fn csv(figures: &Figures) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let value = |figure: &Figure| figure.value.map(|value| value.to_string()).unwrap_or_default();
    let lines = figures.figures.iter().map(|figure| {
        [
            figure.measure.to_string(),
            no_formula(&figure.key),
            value(figure),
            figure.unit.to_string(),
            figures.from.to_string(),
            figures.to.to_string(),
            no_formula(&figure.requests.join(BETWEEN)),
            no_formula(&figure.names.join(BETWEEN)),
        ]
    });
    for line in std::iter::once(COLUMNS.map(str::to_owned)).chain(lines) {
        writer.write_record(line).expect("memory takes everything");
    }
    String::from_utf8(writer.into_inner().expect("memory takes everything")).expect("texts are UTF-8")
}

fn no_formula(cell: &str) -> String {
    let acts = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if acts { format!("'{cell}") } else { cell.to_owned() }
}

/// As JSON; `config/report.schema.json` describes it.
///
/// # Panics
/// Never: all of it can be written as JSON.
#[must_use]
pub fn json(figures: &Figures) -> String {
    serde_json::to_string_pretty(figures).expect("JSON")
}

/// As a page of tabular data for Wikimedia Commons (`Data:….tab`), without names and requests.
#[must_use]
pub fn tab(figures: &Figures) -> String {
    let field = |name: &str, kind: &str| json!({ "name": name, "type": kind, "title": { "en": name } });
    let data: Vec<Value> =
        figures.figures.iter().map(|f| json!([f.measure.id(), f.key, f.value, f.unit.id()])).collect();
    let page = json!({
        "license": "CC0-1.0",
        "description": { "en": format!("{}, figures from {} to {}", figures.desk, figures.from, figures.to) },
        "sources": "helpdesk report --format tab",
        "schema": { "fields": [
            field("measure", "string"), field("key", "string"), field("value", "number"), field("unit", "string"),
        ] },
        "data": data,
    });
    serde_json::to_string_pretty(&page).expect("JSON")
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;

    fn figures() -> impl Strategy<Value = Figures> {
        let text = || prop_oneof![any::<String>(), "[=+@a-z,\"\r\n-]{0,9}"];
        let figure = (0..Measure::ALL.len(), text(), any::<Option<u64>>(), prop::collection::vec(text(), 0..3));
        prop::collection::vec(figure, 0..6).prop_map(|figures| Figures {
            desk: "Desk".to_owned(),
            from: NaiveDate::default(),
            to: NaiveDate::default(),
            figures: figures
                .into_iter()
                .map(|(measure, key, value, names)| Figure {
                    measure: Measure::ALL[measure],
                    key,
                    value,
                    unit: Unit::Count,
                    requests: names.clone(),
                    names,
                })
                .collect(),
            unrecognised: Vec::new(),
            requests: Vec::new(),
        })
    }

    proptest! {
        /// Whatever people write, each figure is one record of as many cells as there are columns, and none is a formula.
        #[test]
        fn tables_are_read_back(figures in figures()) {
            let csv = csv(&figures);
            prop_assert!(csv.ends_with("\r\n"));
            let records: Vec<csv::StringRecord> =
                csv::Reader::from_reader(csv.as_bytes()).records().collect::<Result<_, _>>().expect("CSV");
            prop_assert_eq!(records.len(), figures.figures.len());
            for (record, figure) in records.iter().zip(&figures.figures) {
                prop_assert_eq!(record.len(), COLUMNS.len());
                prop_assert_eq!(record[1].trim_start_matches('\''), figure.key.trim_start_matches('\''));
                prop_assert!(!record.iter().any(|cell| cell.starts_with(['=', '+', '-', '@'])));
            }
            prop_assert_eq!(serde_json::from_str::<Figures>(&json(&figures)).expect("JSON"), figures.clone());
            let tab: Value = serde_json::from_str(&tab(&figures)).expect("JSON");
            prop_assert_eq!(tab["data"].as_array().map(Vec::len), Some(figures.figures.len()));
        }
    }
}
