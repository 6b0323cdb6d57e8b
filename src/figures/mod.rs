//! What a desk has achieved, counted from what happened to its requests. Pure.
//!
//! Every figure is of a span of days and counts what happened in it: so those of a year that is over stay as they are, whatever
//! happens later. What people filled in and what came of requests is taken as it stands now. What is counted how, the texts `figure-…-about` in `templates/i18n` tell readers.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};

use crate::desk::figures::{CountedRequest, Figure, Figures, Measure, NONE, Unit, Unrecognised};
use crate::desk::median::median;
use crate::desk::milestones::Milestones;
use crate::desk::quarter::Quarter;
use crate::desk::words::normalized;
use crate::desk::{CountsAs, Desk};
use crate::page::Time;
use crate::records::countries::{Countries, continent, countries};
use crate::records::languages::{Languages, languages};
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

/// What the fields of a request say, apart.
struct Fields {
    countries: Countries,
    languages: Languages,
    partners: Vec<String>,
}

/// All requests of a desk, with what their fields say.
pub struct Requests<'r>(Vec<(&'r Row, Fields)>);

impl<'r> Requests<'r> {
    /// By their rows.
    pub fn new(rows: impl IntoIterator<Item = &'r Row>) -> Self {
        let fields = |row: &Row| Fields {
            countries: countries(&row.country),
            languages: languages(&row.languages),
            partners: partners(&row.partner),
        };
        Requests(rows.into_iter().map(|row| (row, fields(row))).collect())
    }

    /// Their rows.
    pub fn rows(&self) -> impl Iterator<Item = &'r Row> {
        self.0.iter().map(|(row, _)| *row)
    }
}

/// What a field lists, as it reads.
fn partners(written: &str) -> Vec<String> {
    let parts = written.split([';', '|', '\n']).map(as_read);
    parts.filter(|part| !normalized(part).is_empty()).collect()
}

/// A request as it was at the end of the span.
struct Counted {
    then: Milestones,
    about: CountedRequest,
}

impl Counted {
    fn new(row: &Row, fields: &Fields, span: Span, desk: &Desk) -> Option<Self> {
        let then = row.milestones.before(span.end())?;
        let about = CountedRequest {
            page: row.page.title.clone(),
            title: row.title.clone(),
            kind: row.kind.clone(),
            status: then.statuses.last().map(|(status, _)| status.clone()).unwrap_or_default(),
            countries: fields.countries.codes.iter().map(|code| (*code).to_owned()).collect(),
            languages: fields.languages.codes.clone(),
            partners: fields.partners.clone(),
            filed: then.filed()?,
            replied: then.replied(desk),
            decided: then.first_decided(desk),
            supported: then.first(CountsAs::Supported, desk),
            declined: then.first(CountsAs::Declined, desk),
            closed: then.closed(desk),
            files: row.outcome.files.parse().ok(),
            items: row.outcome.items.parse().ok(),
        };
        Some(Counted { then, about })
    }

    fn continents(&self) -> Vec<String> {
        self.about.countries.iter().filter_map(|code| continent(code)).map(str::to_owned).collect()
    }
}

/// The figures of a span, of all requests of a desk.
pub fn figures(requests: &Requests, span: Span, desk: &Desk) -> Figures {
    let then = |(row, fields): &(&Row, Fields)| Counted::new(row, fields, span, desk);
    let mut all: Vec<Counted> = requests.0.iter().filter_map(then).collect();
    all.sort_by(|a, b| (a.about.filed, &a.about.page).cmp(&(b.about.filed, &b.about.page)));
    let mut counter = Counter { all: &all, span, desk, figures: Vec::new() };
    counter.events();
    counter.distinct();
    counter.waits();
    counter.people();
    counter.outcomes();
    counter.groups();
    counter.quarters();
    let figures = counter.figures;
    let unrecognised = unrecognised(requests, span);
    let requests = all.into_iter().map(|counted| counted.about).collect();
    Figures { desk: desk.name.clone(), from: span.from, to: span.to, figures, unrecognised, requests }
}

/// What the requests filed in the span say that was not recognised.
fn unrecognised(requests: &Requests, span: Span) -> Vec<Unrecognised> {
    let filed = requests.0.iter().filter(|(row, _)| row.milestones.filed().is_some_and(|filed| span.covers(filed)));
    let mut all: Vec<Unrecognised> = filed
        .flat_map(|(row, fields)| {
            let of = |field: &str, values: &[String]| -> Vec<Unrecognised> {
                let request = &row.page.title;
                let one = |value: &String| Unrecognised {
                    field: field.to_owned(),
                    value: value.clone(),
                    request: request.clone(),
                };
                values.iter().map(one).collect()
            };
            [of("country", &fields.countries.unrecognised), of("languages", &fields.languages.unrecognised)].concat()
        })
        .collect();
    all.sort_by(|a, b| (&a.field, &a.value, &a.request).cmp(&(&b.field, &b.value, &b.request)));
    all
}

/// Counts one figure after another.
struct Counter<'a> {
    all: &'a [Counted],
    span: Span,
    desk: &'a Desk,
    figures: Vec<Figure>,
}

/// The different names that a request has of something.
type Names<'f> = &'f dyn Fn(&Counted) -> Vec<String>;

impl<'a> Counter<'a> {
    /// The requests to which that happened in the span.
    fn when(&self, at: impl Fn(&CountedRequest) -> Option<Time>) -> Vec<&'a Counted> {
        self.all.iter().filter(|counted| at(&counted.about).is_some_and(|at| self.span.covers(at))).collect()
    }

    fn filed(&self) -> Vec<&'a Counted> {
        self.when(|about| Some(about.filed))
    }

    fn supported(&self) -> Vec<&'a Counted> {
        self.when(|about| about.supported)
    }

    fn add(&mut self, measure: Measure, key: &str, requests: &[&Counted]) {
        let value = Some(requests.len() as u64);
        self.push(Figure { key: key.to_owned(), requests: pages(requests), ..figure(measure, value, Unit::Count) });
    }

    /// How many different names these requests have; `same` gives what those that are the same have in common.
    fn add_names(&mut self, measure: Measure, requests: &[&Counted], names: Names, same: fn(&str) -> String) {
        let with: Vec<&Counted> = requests.iter().filter(|counted| !names(counted).is_empty()).copied().collect();
        let names = different(with.iter().flat_map(|counted| names(counted)), same);
        let value = Some(names.len() as u64);
        self.push(Figure { requests: pages(&with), names, ..figure(measure, value, Unit::Count) });
    }

    fn push(&mut self, figure: Figure) {
        self.figures.push(figure);
    }

    fn counts(&self, as_what: CountsAs) -> bool {
        self.desk.statuses.iter().any(|status| status.counts_as == Some(as_what))
    }

    fn events(&mut self) {
        self.add(Measure::Requests, "", &self.filed());
        if self.counts(CountsAs::Supported) {
            self.add(Measure::Supported, "", &self.supported());
        }
        if self.counts(CountsAs::Declined) {
            self.add(Measure::Declined, "", &self.when(|about| about.declined));
        }
        self.add(Measure::Closed, "", &self.when(|about| about.closed));
        let open: Vec<&Counted> = self.all.iter().filter(|counted| counted.about.closed.is_none()).collect();
        self.add(Measure::Open, "", &open);
    }

    /// Different countries, continents, partners and languages of the requests filed and of those taken on, as far as a desk
    /// asks for them.
    fn distinct(&mut self) {
        let codes: Names = &|counted| counted.about.countries.clone();
        let continents: Names = &Counted::continents;
        let partners: Names = &|counted| counted.about.partners.clone();
        let languages: Names = &|counted| counted.about.languages.clone();
        let (filed, supported) = (self.filed(), self.supported());
        for (field, measure, requests, names) in [
            ("country", Measure::SupportedCountries, &supported, codes),
            ("partner", Measure::SupportedPartners, &supported, partners),
            ("country", Measure::Countries, &filed, codes),
            ("country", Measure::Continents, &filed, continents),
            ("partner", Measure::Partners, &filed, partners),
            ("languages", Measure::Languages, &filed, languages),
        ] {
            let of_supported = matches!(measure, Measure::SupportedCountries | Measure::SupportedPartners);
            if self.desk.field(field).is_some() && (!of_supported || self.counts(CountsAs::Supported)) {
                self.add_names(measure, requests, names, normalized);
            }
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
            if measure == Measure::Decision && !self.desk.statuses.iter().any(|status| status.counts_as.is_some()) {
                continue;
            }
            let requests = self.when(at);
            // Where staff said when something happened before the request was written down, nobody knows when it began.
            let waited = |counted: &&Counted| {
                Some((at(&counted.about)? - counted.about.filed).num_seconds()).filter(|seconds| *seconds > 0)
            };
            let value = median(requests.iter().filter_map(waited).collect()).and_then(|s| u64::try_from(s).ok());
            self.push(Figure { requests: pages(&requests), ..figure(measure, value, Unit::Seconds) });
        }
    }

    /// Those who voted and helped.
    fn people(&mut self) {
        let span = self.span;
        let members: Names = &|counted| {
            let at_work = counted.then.members.iter().filter(|(at, _)| span.covers(*at));
            at_work.map(|(_, name)| name.clone()).collect()
        };
        let helpers: Names = &|counted| {
            let closed = counted.about.closed;
            let ended = |until: Option<Time>| until.into_iter().chain(closed).min();
            let until = |until| ended(until).is_none_or(|end: Time| end.date_naive() >= span.from);
            let at_work = counted.then.helpers.iter().filter(|helped| until(helped.until));
            at_work.map(|helped| helped.name.clone()).collect()
        };
        let all: Vec<&Counted> = self.all.iter().collect();
        let voters = if self.desk.electorate.is_some() { Measure::Voters } else { Measure::Members };
        self.add_names(voters, &all, members, str::to_owned);
        if self.has_helpers() {
            self.add_names(Measure::Helpers, &all, helpers, str::to_owned);
        }
    }

    /// Whether the desk keeps a page of who helps with what: else nobody helps, and nothing comes of requests but their status.
    fn has_helpers(&self) -> bool {
        !self.desk.pages.work.is_empty()
    }

    /// What came of the requests closed in the span, and with whom.
    fn outcomes(&mut self) {
        if !self.has_helpers() {
            return;
        }
        let closed = self.when(|about| about.closed);
        type Number = fn(&CountedRequest) -> Option<u64>;
        let numbers: [(Measure, Number); 2] =
            [(Measure::Files, |about| about.files), (Measure::Items, |about| about.items)];
        for (measure, number) in numbers {
            let with: Vec<&Counted> =
                closed.iter().filter(|counted| number(&counted.about).is_some()).copied().collect();
            let sum = with.iter().filter_map(|counted| number(&counted.about)).fold(0, u64::saturating_add);
            let names = different(with.iter().flat_map(|counted| counted.about.partners.clone()), normalized);
            self.push(Figure { requests: pages(&with), names, ..figure(measure, Some(sum), Unit::Count) });
        }
    }

    /// The requests filed, by type and status in the configuration's order, then by country and continent, the most first; and those
    /// taken on, by country.
    fn groups(&mut self) {
        let desk = self.desk;
        let (filed, supported) = (self.filed(), self.supported());
        let types: Vec<String> = desk.field("type").iter().flat_map(|field| field.one_of.iter().cloned()).collect();
        let statuses: Vec<String> = desk.flow().map(|(status, _)| status.id.clone()).collect();
        let kind: Names = &|counted| vec![or_none(&counted.about.kind)];
        let status: Names = &|counted| vec![counted.about.status.clone()];
        let country: Names = &|counted| counted.about.countries.clone();
        let continents: Names = &|counted| different(counted.continents(), str::to_owned);
        for (measure, requests, keys, order) in [
            (Measure::ByType, &filed, kind, types.as_slice()),
            (Measure::ByStatus, &filed, status, &statuses),
            (Measure::SupportedByCountry, &supported, country, &[]),
            (Measure::ByCountry, &filed, country, &[]),
            (Measure::ByContinent, &filed, continents, &[]),
        ] {
            let mut by_key: BTreeMap<String, Vec<&Counted>> = BTreeMap::new();
            for counted in requests {
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
fn or_none(words: &str) -> String {
    if words.trim().is_empty() { NONE.to_owned() } else { words.to_owned() }
}

/// Each of these names once, in whatever spelling it comes first.
fn different(names: impl IntoIterator<Item = String>, same: fn(&str) -> String) -> Vec<String> {
    let mut different: BTreeMap<String, String> = BTreeMap::new();
    for name in names {
        different.entry(same(&name)).or_insert(name);
    }
    different.into_values().collect()
}

#[cfg(test)]
mod tests;
