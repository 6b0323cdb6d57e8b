//! A page of figures: a template call for each figure, with the requests behind it.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};

use super::numbered;
use crate::desk::figures::{Figure, Figures, Measure, Unit};
use crate::wikitext::inert::call;

/// The name of the block.
pub const FIGURES_BLOCK: &str = "figures";

/// So many requests are named behind a figure; the report names all.
const MOST_NAMED: usize = 60;

/// Figures of parts, each drawn as bars.
const BARS: [Measure; 4] = [Measure::ByType, Measure::ByStatus, Measure::ByContinent, Measure::ByCountry];

/// The block's content. `year` is the one that the page is of, `page` the title of the page of all years, and `years` those
/// that have a page of their own.
pub fn figures_page(figures: &Figures, year: Option<i32>, page: &str, years: &[i32]) -> String {
    let titles: HashMap<&str, &str> =
        figures.requests.iter().map(|request| (request.page.as_str(), request.title.as_str())).collect();
    let years: Vec<String> = years.iter().map(ToString::to_string).collect();
    let start = [
        ("year", year.map(|year| year.to_string()).unwrap_or_default()),
        ("from", figures.from.to_string()),
        ("to", year.filter(|_| is_last_of_year(figures.to)).map(|_| figures.to.to_string()).unwrap_or_default()),
        ("page", page.to_owned()),
    ];
    let mut lines = vec![with_list("Helpdesk figures start", &start, &numbered::params("other", &years))];
    let single = figures.figures.iter().filter(|figure| figure.key.is_empty());
    lines.extend(single.map(|single| figure(single, &titles)));
    lines.push(call("Helpdesk figures end", &[]));
    lines.extend(quarters(figures));
    for measure in BARS {
        let of: Vec<&Figure> = figures.figures.iter().filter(|figure| figure.measure == measure).collect();
        if !of.is_empty() {
            lines.push(bars(measure, &of));
        }
    }
    lines.extend(unrecognised(figures, &titles));
    lines.join("\n")
}

/// Whether a year is over after that day: else the page of the year would say something else every day.
fn is_last_of_year(day: NaiveDate) -> bool {
    (day.month(), day.day()) == (12, 31)
}

/// One figure, with the requests behind it; the names behind it are given where they are not many.
fn figure(figure: &Figure, titles: &HashMap<&str, &str>) -> String {
    let value = figure.value.map(|value| match figure.unit {
        Unit::Count => value.to_string(),
        Unit::Seconds => duration(value),
    });
    let (named, more) = figure.requests.split_at(figure.requests.len().min(MOST_NAMED));
    let about = [
        ("figure", figure.measure.id().to_owned()),
        ("value", value.unwrap_or_default()),
        ("more", if more.is_empty() { String::new() } else { more.len().to_string() }),
    ];
    let titles: Vec<String> =
        named.iter().map(|page| titles.get(page.as_str()).map_or(page.as_str(), |t| *t).to_owned()).collect();
    let names = &figure.names[..figure.names.len().min(MOST_NAMED)];
    let lists =
        [numbered::params("page", named), numbered::params("title", &titles), numbered::params("name", names)].concat();
    with_list("Helpdesk figure", &about, &lists)
}

/// Days and hours, hours alone within a day, days alone from ten days on.
fn duration(seconds: u64) -> String {
    let (days, hours) = (seconds / 86_400, seconds % 86_400 / 3600);
    match (days, hours) {
        (0, hours) => format!("{hours}h"),
        (days, hours) if days < 10 && hours > 0 => format!("{days}d {hours}h"),
        (days, _) => format!("{days}d"),
    }
}

/// What was filed and taken on, quarter by quarter; nothing where that would be a single one.
fn quarters(figures: &Figures) -> Option<String> {
    let of = |measure| figures.figures.iter().filter(move |figure| figure.measure == measure);
    let count = |figure: &Figure| figure.value.unwrap_or_default().to_string();
    let quarters: Vec<String> = of(Measure::FiledByQuarter).map(|figure| figure.key.clone()).collect();
    let filed: Vec<String> = of(Measure::FiledByQuarter).map(count).collect();
    let supported: Vec<String> = of(Measure::SupportedByQuarter).map(count).collect();
    let lists = [
        numbered::params("quarter", &quarters),
        numbered::params("filed", &filed),
        numbered::params("supported", &supported),
    ];
    (quarters.len() > 1).then(|| with_list("Helpdesk figures quarters", &[], &lists.concat()))
}

fn bars(measure: Measure, of: &[&Figure]) -> String {
    let keys: Vec<String> = of.iter().map(|figure| figure.key.clone()).collect();
    let values: Vec<String> = of.iter().map(|figure| figure.value.unwrap_or_default().to_string()).collect();
    let lists = [numbered::params("key", &keys), numbered::params("value", &values)].concat();
    with_list("Helpdesk figures bars", &[("figure", measure.id().to_owned())], &lists)
}

fn unrecognised(figures: &Figures, titles: &HashMap<&str, &str>) -> Option<String> {
    let named = &figures.unrecognised[..figures.unrecognised.len().min(MOST_NAMED)];
    let values: Vec<String> = named.iter().map(|one| one.value.clone()).collect();
    let pages: Vec<String> = named.iter().map(|one| one.request.clone()).collect();
    let titles: Vec<String> =
        pages.iter().map(|page| titles.get(page.as_str()).map_or(page.as_str(), |t| *t).to_owned()).collect();
    let lists =
        [numbered::params("value", &values), numbered::params("page", &pages), numbered::params("title", &titles)];
    let more = figures.unrecognised.len() - named.len();
    let about = [("more", if more == 0 { String::new() } else { more.to_string() })];
    (!named.is_empty()).then(|| with_list("Helpdesk figures unknown", &about, &lists.concat()))
}

fn with_list(template: &str, about: &[(&str, String)], lists: &[(String, String)]) -> String {
    let lists = lists.iter().map(|(key, value)| (key.as_str(), value.clone()));
    call(template, &about.iter().cloned().chain(lists).collect::<Vec<_>>())
}
