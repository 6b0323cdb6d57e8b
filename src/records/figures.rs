//! A page of figures: a template call for each figure, with the requests behind it.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};

use super::numbered;
use crate::desk::figures::{Figure, Figures, Measure, Unit};
use crate::wikitext::inert::{MAX_CHARS, call, inert, one_line};

/// The name of the block.
pub const FIGURES_BLOCK: &str = "figures";

/// So many requests are named behind a figure; the report names all.
const MOST_NAMED: usize = 60;
/// So many behind a part of one.
const MOST_NAMED_OF_A_PART: usize = 10;
/// So many characters of a title are told.
const MOST_OF_A_TITLE: usize = 80;
/// So many bytes may name requests on a page: a wiki draws about two million of what templates give, and each name is given about twice.
const MOST_ON_A_PAGE: usize = 400_000;

/// Figures of parts, each drawn as bars.
const BARS: [Measure; 5] =
    [Measure::ByType, Measure::ByStatus, Measure::SupportedByCountry, Measure::ByContinent, Measure::ByCountry];

/// The block's content. `year` is the one that the page is of, `page` the title of the page of all years, and `years` those
/// that have a page of their own.
pub fn figures_page(figures: &Figures, year: Option<i32>, page: &str, years: &[i32]) -> String {
    let titles = figures.requests.iter().map(|request| (request.page.as_str(), request.title.as_str())).collect();
    let mut behind = Behind { titles, room: MOST_ON_A_PAGE };
    let years: Vec<String> = years.iter().map(ToString::to_string).collect();
    let start = [
        ("year", year.map(|year| year.to_string()).unwrap_or_default()),
        ("from", figures.from.to_string()),
        ("to", year.filter(|_| is_last_of_year(figures.to)).map(|_| figures.to.to_string()).unwrap_or_default()),
        ("page", page.to_owned()),
    ];
    let mut lines = vec![with_list("Helpdesk figures start", &start, &numbered::params("other", &years))];
    let single = figures.figures.iter().filter(|figure| figure.key.is_empty());
    lines.extend(single.map(|single| figure(single, &mut behind)));
    lines.push(call("Helpdesk figures end", &[]));
    lines.extend(quarters(figures));
    for measure in BARS {
        let of: Vec<&Figure> = figures.figures.iter().filter(|figure| figure.measure == measure).collect();
        if !of.is_empty() {
            lines.extend(bars(measure, &of, &mut behind));
        }
    }
    lines.extend(unrecognised(figures, &mut behind));
    lines.join("\n")
}

/// Whether a year is over after that day: else the page of the year would say something else every day.
fn is_last_of_year(day: NaiveDate) -> bool {
    (day.month(), day.day()) == (12, 31)
}

/// One figure, with the requests and names behind it.
fn figure(figure: &Figure, behind: &mut Behind) -> String {
    let value = figure.value.map(|value| match figure.unit {
        Unit::Count => value.to_string(),
        Unit::Seconds => duration(value),
    });
    let about = [
        ("figure", figure.measure.id().to_owned()),
        ("value", value.unwrap_or_default()),
        ("of", figure.requests.len().to_string()),
    ];
    let (names, more) = figure.names.split_at(figure.names.len().min(MOST_NAMED));
    let names = [numbered::params("name", names), vec![("more names".to_owned(), how_many(more.len()))]].concat();
    with_list("Helpdesk figure", &about, &[behind.requests(&figure.requests, MOST_NAMED), names].concat())
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
fn bars(measure: Measure, of: &[&Figure], behind: &mut Behind) -> Vec<String> {
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
        with_list("Helpdesk figures bar", &about, &behind.requests(&figure.requests, MOST_NAMED_OF_A_PART))
    }));
    lines.push(call("Helpdesk figures bars end", &[]));
    lines
}

/// Names the requests behind figures, as long as there is room on the page.
struct Behind<'f> {
    titles: HashMap<&'f str, &'f str>,
    room: usize,
}

impl Behind<'_> {
    /// The first of these requests as parameters, and how many more there are.
    fn requests(&mut self, pages: &[String], most: usize) -> Vec<(String, String)> {
        let mut named = Vec::new();
        for page in pages.iter().take(most) {
            let title = self.titles.get(page.as_str()).map(|title| one_line(title, MOST_OF_A_TITLE));
            let title = title.filter(|title| !title.is_empty()).unwrap_or_else(|| page.clone());
            let bytes = inert(page, MAX_CHARS).len() + inert(&title, MAX_CHARS).len();
            let Some(room) = self.room.checked_sub(bytes) else { break };
            self.room = room;
            named.push((page.clone(), title));
        }
        let more = how_many(pages.len() - named.len());
        let (pages, titles): (Vec<String>, Vec<String>) = named.into_iter().unzip();
        [numbered::params("page", &pages), numbered::params("title", &titles), vec![("more".to_owned(), more)]].concat()
    }
}

/// A number that is told where it is one.
fn how_many(more: usize) -> String {
    if more == 0 { String::new() } else { more.to_string() }
}

fn unrecognised(figures: &Figures, behind: &mut Behind) -> Option<String> {
    let pages: Vec<String> = figures.unrecognised.iter().map(|one| one.request.clone()).collect();
    let values: Vec<String> = figures.unrecognised.iter().take(MOST_NAMED).map(|one| one.value.clone()).collect();
    let lists = [numbered::params("value", &values), behind.requests(&pages, MOST_NAMED)].concat();
    (!values.is_empty()).then(|| with_list("Helpdesk figures unknown", &[], &lists))
}

fn with_list(template: &str, about: &[(&str, String)], lists: &[(String, String)]) -> String {
    let lists = lists.iter().map(|(key, value)| (key.as_str(), value.clone()));
    call(template, &about.iter().cloned().chain(lists).collect::<Vec<_>>())
}
