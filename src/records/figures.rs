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
            lines.extend(bars(measure, &of, &titles));
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
    let about = [("figure", figure.measure.id().to_owned()), ("value", value.unwrap_or_default())];
    let names = numbered::params("name", &figure.names[..figure.names.len().min(MOST_NAMED)]);
    with_list("Helpdesk figure", &about, &[requests(&figure.requests, titles), names].concat())
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

/// The parts of a figure: a line for each, with the requests behind it.
fn bars(measure: Measure, of: &[&Figure], titles: &HashMap<&str, &str>) -> Vec<String> {
    let most = of.iter().filter_map(|figure| figure.value).max().unwrap_or_default().to_string();
    let mut lines = vec![call("Helpdesk figures bars", &[("figure", measure.id().to_owned())])];
    lines.extend(of.iter().map(|figure| {
        let value = figure.value.unwrap_or_default().to_string();
        let about = [
            ("figure", measure.id().to_owned()),
            ("key", figure.key.clone()),
            ("value", value),
            ("most", most.clone()),
        ];
        with_list("Helpdesk figures bar", &about, &requests(&figure.requests, titles))
    }));
    lines.push(call("Helpdesk figures bars end", &[]));
    lines
}

/// The first of these requests as parameters, and how many more there are.
fn requests(pages: &[String], titles: &HashMap<&str, &str>) -> Vec<(String, String)> {
    let (named, more) = pages.split_at(pages.len().min(MOST_NAMED));
    let title = |page: &String| titles.get(page.as_str()).map_or(page.as_str(), |title| *title).to_owned();
    let titles: Vec<String> = named.iter().map(title).collect();
    let more = if more.is_empty() { String::new() } else { more.len().to_string() };
    [numbered::params("page", named), numbered::params("title", &titles), vec![("more".to_owned(), more)]].concat()
}

fn unrecognised(figures: &Figures, titles: &HashMap<&str, &str>) -> Option<String> {
    let named = figures.unrecognised.iter().take(MOST_NAMED);
    let values: Vec<String> = named.map(|one| one.value.clone()).collect();
    let pages: Vec<String> = figures.unrecognised.iter().map(|one| one.request.clone()).collect();
    let lists = [numbered::params("value", &values), requests(&pages, titles)].concat();
    (!values.is_empty()).then(|| with_list("Helpdesk figures unknown", &[], &lists))
}

fn with_list(template: &str, about: &[(&str, String)], lists: &[(String, String)]) -> String {
    let lists = lists.iter().map(|(key, value)| (key.as_str(), value.clone()));
    call(template, &about.iter().cloned().chain(lists).collect::<Vec<_>>())
}
