//! What a desk has achieved, counted from what happened to its requests. Pure.
//!
//! Every figure is of a span of days and counts what happened in it: so those of a year that is over stay as they are, whatever
//! happens later. What is counted how, the texts `figure-…-about` in `templates/i18n` tell readers.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};

use crate::desk::figures::{CountedRequest, Figure, Figures, Measure, Unit, Unrecognised};
use crate::desk::median::median;
use crate::desk::milestones::Milestones;
use crate::desk::quarter::Quarter;
use crate::desk::words::normalized;
use crate::desk::{CountsAs, Desk};
use crate::page::Time;
use crate::records::countries::{Countries, continent, countries};
use crate::records::tables::Row;
use crate::wikitext::inert::as_read;

/// Days in UTC, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
}

impl Span {
    /// A year.
    pub fn year(year: i32) -> Self {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
        Span { from: day(year, 1, 1), to: day(year, 12, 31) }
    }

    /// From the day on which the first request was filed until that day.
    pub fn until<'r>(to: NaiveDate, rows: impl IntoIterator<Item = &'r Row>) -> Self {
        let filed = rows.into_iter().map(|row| row.filed().date_naive()).min();
        Span { from: filed.map_or(to, |filed| filed.min(to)), to }
    }

    /// The part of it that is over at that moment: up to the day before.
    #[must_use]
    pub fn over(self, now: Time) -> Self {
        Span { to: self.to.min(now.date_naive().pred_opt().unwrap_or_default()), ..self }
    }

    /// The moment at which it is over.
    fn end(self) -> Time {
        self.to.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::days(1)
    }

    fn covers(self, at: Time) -> bool {
        (self.from..=self.to).contains(&at.date_naive())
    }
}

/// A request as it was at the end of the span.
struct Counted<'a> {
    row: &'a Row,
    then: Milestones,
    about: CountedRequest,
}

/// All requests of a desk, with the countries that they name.
pub struct Requests<'r>(Vec<(&'r Row, Countries)>);

impl<'r> Requests<'r> {
    /// By their rows.
    pub fn new(rows: impl IntoIterator<Item = &'r Row>) -> Self {
        Requests(rows.into_iter().map(|row| (row, countries(&row.country))).collect())
    }

    /// Their rows.
    pub fn rows(&self) -> impl Iterator<Item = &'r Row> {
        self.0.iter().map(|(row, _)| *row)
    }
}

/// The figures of a span, of all requests of a desk.
pub fn figures(requests: &Requests, span: Span, desk: &Desk) -> Figures {
    let mut unrecognised = Vec::new();
    let counted = requests.0.iter().filter_map(|(row, named)| counted((row, named), span, desk, &mut unrecognised));
    let mut all: Vec<Counted> = counted.collect();
    all.sort_by_key(|a| (a.about.filed, a.row.page.id));
    let mut counter = Counter { all: &all, span, figures: Vec::new() };
    counter.events(desk);
    counter.distinct();
    counter.waits();
    counter.people();
    counter.outcomes();
    counter.groups(desk);
    counter.quarters();
    let figures = counter.figures;
    unrecognised.sort_by(|a, b| (&a.field, &a.value, &a.request).cmp(&(&b.field, &b.value, &b.request)));
    let requests = all.into_iter().map(|counted| counted.about).collect();
    Figures { desk: desk.name.clone(), from: span.from, to: span.to, figures, unrecognised, requests }
}

fn counted<'r>(
    (row, named): (&'r Row, &Countries),
    span: Span,
    desk: &Desk,
    unrecognised: &mut Vec<Unrecognised>,
) -> Option<Counted<'r>> {
    let then = row.milestones.before(span.end())?;
    let filed = then.filed()?;
    if span.covers(filed) {
        let tell = |value: &String| Unrecognised {
            field: "country".to_owned(),
            value: value.clone(),
            request: row.page.title.clone(),
        };
        unrecognised.extend(named.unrecognised.iter().map(tell));
    }
    let about = CountedRequest {
        page: row.page.title.clone(),
        title: row.title.clone(),
        kind: row.kind.clone(),
        status: then.statuses.last().map(|(status, _)| status.clone()).unwrap_or_default(),
        countries: named.codes.iter().map(|code| (*code).to_owned()).collect(),
        filed,
        replied: then.replied(desk),
        decided: then.first_decided(desk).map(|(_, at)| *at),
        supported: then.first(CountsAs::Supported, desk),
        declined: then.first(CountsAs::Declined, desk),
        closed: then.closed(desk),
    };
    Some(Counted { row, then, about })
}

/// Counts one figure after another.
struct Counter<'a> {
    all: &'a [Counted<'a>],
    span: Span,
    figures: Vec<Figure>,
}

impl<'a> Counter<'a> {
    /// The requests to which that happened in the span.
    fn when(&self, at: impl Fn(&CountedRequest) -> Option<Time>) -> Vec<&'a Counted<'a>> {
        self.all.iter().filter(|counted| at(&counted.about).is_some_and(|at| self.span.covers(at))).collect()
    }

    fn filed(&self) -> Vec<&'a Counted<'a>> {
        self.when(|about| Some(about.filed))
    }

    fn add(&mut self, measure: Measure, key: &str, requests: &[&Counted]) {
        let value = Some(requests.len() as u64);
        self.push(Figure { key: key.to_owned(), requests: pages(requests), ..figure(measure, value, Unit::Count) });
    }

    fn push(&mut self, figure: Figure) {
        self.figures.push(figure);
    }

    fn events(&mut self, desk: &Desk) {
        let counts = |as_what| desk.statuses.iter().any(|status| status.counts_as == Some(as_what));
        self.add(Measure::Requests, "", &self.filed());
        if counts(CountsAs::Supported) {
            self.add(Measure::Supported, "", &self.when(|about| about.supported));
        }
        if counts(CountsAs::Declined) {
            self.add(Measure::Declined, "", &self.when(|about| about.declined));
        }
        self.add(Measure::Closed, "", &self.when(|about| about.closed));
        let open: Vec<&Counted> = self.all.iter().filter(|counted| counted.about.closed.is_none()).collect();
        self.add(Measure::Open, "", &open);
    }

    /// Different countries, continents, partners and languages of the requests filed.
    fn distinct(&mut self) {
        let filed = self.filed();
        let codes = |counted: &Counted| counted.about.countries.clone();
        let continents = |counted: &Counted| {
            let of = |code: &String| continent(code).map(str::to_owned);
            counted.about.countries.iter().filter_map(of).collect()
        };
        let partners = |counted: &Counted| parts(&counted.row.partner, &[';', '\n']);
        let languages = |counted: &Counted| parts(&counted.row.languages, &[',', ';', '/', '\n', '、', '،']);
        type Names = dyn Fn(&Counted) -> Vec<String>;
        let lists: [(Measure, &Names); 4] = [
            (Measure::Countries, &codes),
            (Measure::Continents, &continents),
            (Measure::Partners, &partners),
            (Measure::Languages, &languages),
        ];
        for (measure, names) in lists {
            let with: Vec<&Counted> = filed.iter().filter(|counted| !names(counted).is_empty()).copied().collect();
            let mut different: BTreeMap<String, String> = BTreeMap::new();
            for name in with.iter().flat_map(|counted| names(counted)) {
                different.entry(normalized(&name)).or_insert(name);
            }
            let value = Some(different.len() as u64);
            let names = different.into_values().collect();
            self.push(Figure { requests: pages(&with), names, ..figure(measure, value, Unit::Count) });
        }
    }

    /// Median times from filing to what happened in the span.
    fn waits(&mut self) {
        type Moment = fn(&CountedRequest) -> Option<Time>;
        let moments: [(Measure, Moment); 3] = [
            (Measure::Reply, |about| about.replied),
            (Measure::Decision, |about| about.decided),
            (Measure::End, |about| about.closed),
        ];
        for (measure, at) in moments {
            let requests = self.when(at);
            // Where staff say that something happened before they wrote it down, it took no time.
            let waited = |counted: &&Counted| Some((at(&counted.about)? - counted.about.filed).num_seconds().max(0));
            let value = median(requests.iter().filter_map(waited).collect()).and_then(|s| u64::try_from(s).ok());
            self.push(Figure { requests: pages(&requests), ..figure(measure, value, Unit::Seconds) });
        }
    }

    fn people(&mut self) {
        let span = self.span;
        let members = |counted: &Counted| {
            let at_work = counted.then.members.iter().filter(|(at, _)| span.covers(*at));
            at_work.map(|(_, name)| name.clone()).collect()
        };
        let helpers = |counted: &Counted| {
            let closed = counted.about.closed;
            let ended = |until: Option<Time>| until.into_iter().chain(closed).min();
            let until = |until| ended(until).is_none_or(|end: Time| end.date_naive() >= span.from);
            let at_work = counted.then.helpers.iter().filter(|helped| until(helped.until));
            at_work.map(|helped| helped.name.clone()).collect()
        };
        type Names<'f> = &'f dyn Fn(&Counted) -> BTreeSet<String>;
        for (measure, names) in [(Measure::Members, &members as Names), (Measure::Helpers, &helpers)] {
            let with: Vec<&Counted> = self.all.iter().filter(|counted| !names(counted).is_empty()).collect();
            let everybody: BTreeSet<String> = with.iter().flat_map(|counted| names(counted)).collect();
            let value = Some(everybody.len() as u64);
            let names = everybody.into_iter().collect();
            self.push(Figure { requests: pages(&with), names, ..figure(measure, value, Unit::Count) });
        }
    }

    /// What came of the requests closed in the span.
    fn outcomes(&mut self) {
        let closed = self.when(|about| about.closed);
        for measure in [Measure::Files, Measure::Items] {
            let number = |counted: &Counted| {
                let outcome = &counted.row.outcome;
                let written = if measure == Measure::Files { &outcome.files } else { &outcome.items };
                written.parse::<u64>().ok()
            };
            let with: Vec<&Counted> = closed.iter().filter(|counted| number(counted).is_some()).copied().collect();
            let sum = with.iter().filter_map(|counted| number(counted)).fold(0, u64::saturating_add);
            self.push(Figure { requests: pages(&with), ..figure(measure, Some(sum), Unit::Count) });
        }
    }

    /// The requests filed, by type and status in the configuration's order, then by country and continent, the most first.
    fn groups(&mut self, desk: &Desk) {
        let filed = self.filed();
        let types: Vec<String> = desk.field("type").iter().flat_map(|field| field.one_of.iter().cloned()).collect();
        let statuses: Vec<String> = desk.flow().map(|(status, _)| status.id.clone()).collect();
        let continents = |counted: &Counted| -> BTreeSet<String> {
            let of = |code: &String| continent(code).map(str::to_owned);
            counted.about.countries.iter().filter_map(of).collect()
        };
        type Keys<'f> = &'f dyn Fn(&Counted) -> BTreeSet<String>;
        let groups: [(Measure, Keys, &[String]); 4] = [
            (Measure::ByType, &|counted| BTreeSet::from([or_dash(&counted.about.kind)]), &types),
            (Measure::ByStatus, &|counted| BTreeSet::from([counted.about.status.clone()]), &statuses),
            (Measure::ByCountry, &|counted| counted.about.countries.iter().cloned().collect(), &[]),
            (Measure::ByContinent, &continents, &[]),
        ];
        for (measure, keys, order) in groups {
            let mut by_key: BTreeMap<String, Vec<&Counted>> = BTreeMap::new();
            for counted in &filed {
                keys(counted).into_iter().for_each(|key| by_key.entry(key).or_default().push(counted));
            }
            let mut groups: Vec<(String, Vec<&Counted>)> = by_key.into_iter().collect();
            let place = |key: &String| order.iter().position(|known| known == key).unwrap_or(order.len());
            groups.sort_by_key(|(key, requests)| (place(key), std::cmp::Reverse(requests.len())));
            groups.iter().for_each(|(key, requests)| self.add(measure, key, requests));
        }
    }

    /// What was filed and taken on in each quarter.
    fn quarters(&mut self) {
        let (mut quarter, last) = (Quarter::of_day(self.span.from), Quarter::of_day(self.span.to));
        while quarter <= last {
            let within = |at: Option<Time>| at.filter(|at| quarter.covers(*at));
            let key = quarter.to_string();
            self.add(Measure::FiledByQuarter, &key, &self.when(|about| within(Some(about.filed))));
            self.add(Measure::SupportedByQuarter, &key, &self.when(|about| within(about.supported)));
            quarter = quarter.next();
        }
    }
}

fn figure(measure: Measure, value: Option<u64>, unit: Unit) -> Figure {
    Figure { measure, key: String::new(), value, unit, requests: Vec::new(), names: Vec::new() }
}

fn pages(requests: &[&Counted]) -> Vec<String> {
    requests.iter().map(|counted| counted.about.page.clone()).collect()
}

/// What says nothing is a group of its own.
fn or_dash(words: &str) -> String {
    if words.trim().is_empty() { "-".to_owned() } else { words.to_owned() }
}

/// What a field lists, as it reads.
fn parts(written: &str, between: &[char]) -> Vec<String> {
    let parts = written.split(between).map(as_read);
    parts.filter(|part| !normalized(part).is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::page::PageRef;
    use crate::testing::at;

    const STATUSES: [&str; 5] = ["review", "approved", "in-progress", "done", "declined"];

    /// The day a request was filed, its moves to other statuses with the days between them, and how long a reply took.
    type Life = (i64, Vec<(usize, i64)>, i64);

    /// Requests of about a year, by what happened to each, in days.
    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let row = (0_i64..400, prop::collection::vec((0_usize..5, 0_i64..90), 0..6), 0_i64..60);
        prop::collection::vec(row, 0..12).prop_map(|rows| {
            let row = |(n, (filed, moves, reply)): (usize, Life)| {
                let mut statuses = vec![("incomplete".to_owned(), at(24 * filed))];
                let mut day = filed;
                for (status, after) in moves {
                    day += after;
                    statuses.push((STATUSES[status].to_owned(), at(24 * day)));
                }
                let first_reply = Some(at(24 * (filed + reply)));
                Row {
                    page: PageRef { id: n as u64, title: format!("Desk/Requests/{n}") },
                    kind: "data".to_owned(),
                    milestones: Milestones { statuses, first_reply, ..Milestones::default() },
                    ..Row::default()
                }
            };
            rows.into_iter().enumerate().map(row).collect()
        })
    }

    proptest! {
        /// What happens later changes nothing in the figures of a time that is over, and every request is of one status.
        #[test]
        fn a_time_that_is_over_stays_as_it_is(rows in rows(), days in 1_i64..500) {
            let desk = crate::config::shipped();
            let span = Span { from: at(0).date_naive(), to: at(24 * days).date_naive() };
            let known: Vec<Row> = rows
                .iter()
                .filter_map(|row| Some(Row { milestones: row.milestones.before(span.end())?, ..row.clone() }))
                .collect();
            let now = figures(&Requests::new(&rows), span, &desk);
            prop_assert_eq!(&figures(&Requests::new(&known), span, &desk), &now);
            let sum = |measure| now.figures.iter().filter(|f| f.measure == measure).filter_map(|f| f.value).sum::<u64>();
            let filed = now.single(Measure::Requests).and_then(|figure| figure.value);
            prop_assert_eq!(Some(sum(Measure::ByStatus)), filed);
            prop_assert_eq!(Some(sum(Measure::FiledByQuarter)), filed);
        }
    }

    #[test]
    fn what_was_passed_through_counts_and_what_was_reopened_is_open() {
        let desk = crate::config::shipped();
        let life = |statuses: &[(&str, i64)]| Row {
            milestones: Milestones {
                statuses: statuses.iter().map(|(id, day)| ((*id).to_owned(), at(24 * day))).collect(),
                ..Milestones::default()
            },
            ..Row::default()
        };
        // Declined, taken up again, approved and carried out in one; and one that was closed and opened again.
        let rows = [
            life(&[
                ("incomplete", 0),
                ("declined", 3),
                ("review", 5),
                ("approved", 9),
                ("in-progress", 9),
                ("done", 9),
            ]),
            life(&[("incomplete", 1), ("done", 4), ("review", 6)]),
        ];
        let figures = figures(&Requests::new(&rows), Span::until(at(24 * 20).date_naive(), &rows), &desk);
        let value = |measure| figures.single(measure).and_then(|figure| figure.value);
        let counts = [Measure::Supported, Measure::Declined, Measure::Closed, Measure::Open].map(value);
        assert_eq!(counts, [Some(2), Some(1), Some(1), Some(1)]);
        assert_eq!(value(Measure::Decision), Some(3 * 86_400));
        assert_eq!(value(Measure::End), Some(9 * 86_400));
    }
}
