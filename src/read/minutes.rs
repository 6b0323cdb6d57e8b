//! Minutes of a meeting: what those wrote who record, line by line as with the roster, and which requests and people that means.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::lines::{Kinds, LineHistory, WrittenLine};
use super::marks::account;
use super::named_requests::{MAX_QUOTED, Requests, candidates, with_nearest};
use crate::desk::meeting::Meeting;
use crate::desk::minutes::Item;
use crate::desk::problem::{Problem, ProblemKind};
use crate::desk::roster::Roster;
use crate::desk::score::points;
use crate::desk::signed::{Standing, Touch};
use crate::desk::vote::Choice;
use crate::desk::words::nearest;
use crate::desk::{Desk, TemplateKind};
use crate::page::{PageRef, Revision, RevisionInfo, Time, parse_day};
use crate::wikitext::Call;
use crate::wikitext::inert::one_line;
use crate::wikitext::names::{Names, Questions};
use crate::wikitext::titles::Titles;

const KINDS: &Kinds = &[(TemplateKind::Meeting, "date"), (TemplateKind::Item, "request")];
/// The parameters of a meeting.
const OF_MEETING: [&str; 3] = ["date", "present", "apologies"];
/// The parameters of an item.
const OF_ITEM: [&str; 9] =
    ["request", "decision", "support", "oppose", "abstain", "recused", "priority", "helper", "recommendation"];
/// What stands between two names.
const COMMAS: [char; 7] = [',', ';', '\n', '،', '、', '，', '；'];

/// A line of minutes, before anything in it is looked up.
#[derive(Debug, Clone)]
enum Line {
    Meeting {
        date: String,
        present: Vec<String>,
        apologies: Vec<String>,
        unknown: Vec<String>,
    },
    Item {
        request: String,
        decision: String,
        votes: Vec<(Choice, String)>,
        recused: Vec<String>,
        priority: String,
        helper: String,
        helpers: Vec<String>,
        recommendation: String,
        unknown: Vec<String>,
    },
}

/// The lines of a page with minutes, followed through its history.
#[derive(Debug, Default)]
pub struct MinutesHistory(LineHistory<Line>);

/// A page with minutes, read at a revision.
#[derive(Debug)]
pub struct Minutes {
    /// The page.
    pub page: PageRef,
    /// Its newest revision, which was read.
    pub revision: u64,
    /// The day of the meeting, as it was known before.
    known_date: Option<NaiveDate>,
    history: MinutesHistory,
}

impl MinutesHistory {
    /// Follows the page into its next revision, the oldest first; one that the wiki hides is passed over. `records` tells
    /// whether what its author writes there counts.
    pub fn feed(&mut self, revision: &Revision, records: bool, names: &Names) {
        self.0.feed(revision, records, names, KINDS, |kind, call, _| line(kind, call, names), |_| true);
    }

    /// What has to be looked up to know what names meant when they were written.
    pub fn questions(&self) -> &Questions {
        &self.0.questions
    }

    /// The page as it was read.
    pub fn of(self, page: PageRef, revision: u64, known_date: Option<NaiveDate>) -> Minutes {
        Minutes { page, revision, known_date, history: self }
    }
}

fn line(kind: TemplateKind, call: &Call, names: &Names) -> Line {
    let text = |name: &str| call.value(name).to_owned();
    let people = |name: &str| people(call.value(name), names);
    let unknown = |known: &[&str]| {
        let unknown = call.params.iter().filter(|p| !known.contains(&p.name.as_str()) && !p.value.is_empty());
        let meant = |name: &str| with_nearest(name, nearest(name, known.iter().copied()));
        unknown.map(|p| meant(&p.name)).collect()
    };
    if kind == TemplateKind::Meeting {
        let (present, apologies) = (people("present"), people("apologies"));
        return Line::Meeting { date: text("date"), present, apologies, unknown: unknown(&OF_MEETING) };
    }
    let votes = [Choice::Support, Choice::Oppose, Choice::Abstain];
    Line::Item {
        request: text("request"),
        decision: text("decision"),
        votes: votes.into_iter().flat_map(|choice| people(choice.id()).into_iter().map(move |p| (choice, p))).collect(),
        recused: people("recused"),
        priority: text("priority"),
        helper: text("helper"),
        helpers: people("helper"),
        recommendation: text("recommendation"),
        unknown: unknown(&OF_ITEM),
    }
}

/// The accounts that a list names.
fn people(written: &str, names: &Names) -> Vec<String> {
    let parts = written.split(COMMAS).map(|part| part.trim_start_matches(['*', '#', ' ']).trim());
    // What can be no name is told as one that nobody has.
    parts.filter(|part| !part.is_empty()).map(|part| account(part, names).unwrap_or_else(|| part.to_owned())).collect()
}

/// What minutes come to.
#[derive(Debug, Default, PartialEq)]
pub struct Resolved {
    /// What they say of requests, by the ids of their pages, oldest first; what was corrected or taken away since too.
    pub items: BTreeMap<u64, Vec<Item>>,
    /// When each meeting was, the oldest first.
    pub held: Vec<Time>,
    /// What is wrong with them.
    pub problems: Vec<Problem>,
    /// When the next meeting comes whose minutes are there already.
    pub due: Option<Time>,
}

impl Minutes {
    /// Whether anybody whose words count ever wrote a line of minutes there.
    pub fn has_lines(&self) -> bool {
        !self.history.0.lines.is_empty()
    }

    /// The titles of pages that its items may name.
    pub fn candidates(&self, desk: &Desk, titles: &Titles) -> impl Iterator<Item = String> {
        let named = self.history.0.lines.iter().filter_map(|line| match &line.says {
            Line::Item { request, .. } => Some(candidates(request, &desk.pages.intake, titles)),
            Line::Meeting { .. } => None,
        });
        named.flatten()
    }

    /// The day of the meeting: as its minutes give it; else the one by which it was known, whatever the page is called now; else
    /// the name of the page.
    fn date_of(&self, written: &str) -> Option<NaiveDate> {
        match written {
            "" => self.known_date.or_else(|| parse_day(self.page.title.rsplit('/').next().unwrap_or_default())),
            written => parse_day(written),
        }
    }

    /// The day of the meeting, where the page has one.
    pub fn date(&self) -> Option<NaiveDate> {
        self.history.0.standing().find_map(|line| match &line.says {
            Line::Meeting { date, .. } => self.date_of(date),
            Line::Item { .. } => None,
        })
    }

    /// The meeting, when it was, and the members who were there: none on a page that is no minutes. Of several meetings on a
    /// page the first one written counts. Where it gives no date, the name of the page does.
    fn meeting(&self, found: &mut Found) -> Option<(Meeting, Time, Vec<String>)> {
        let mut heads = self.history.0.standing().filter_map(|line| match &line.says {
            Line::Meeting { date, present, apologies, unknown } => Some((line, date, (present, apologies), unknown)),
            Line::Item { .. } => None,
        });
        let Some((line, written, (present, apologies), unknown)) = heads.next() else {
            let items = self.history.0.standing().next();
            items.iter().for_each(|line| found.problem(ProblemKind::MinutesDate, line.by.id, &[String::new()]));
            return None;
        };
        found.problem(ProblemKind::MinutesLine, line.by.id, unknown);
        if let Some((second, ..)) = heads.next() {
            found.problem(ProblemKind::MinutesLine, second.by.id, &[one_line(&second.written, MAX_QUOTED)]);
        }
        let Some(date) = self.date_of(written) else {
            found.problem(ProblemKind::MinutesDate, line.by.id, &[one_line(written, MAX_QUOTED)]);
            return None;
        };
        let meeting = Meeting { date, page: self.page.title.clone() };
        let at = meeting.moment(line.by.at);
        let mut known = |names: &[String]| -> Vec<String> {
            names.iter().filter_map(|name| found.person(name, at, line.by.id)).collect()
        };
        let (present, _) = (known(present), known(apologies));
        Some((meeting, at, present))
    }

    /// Adds what the page says to what others say.
    fn resolve(&self, found: &mut Found) {
        let untrusted = self.history.0.untrusted();
        let by = |info: &RevisionInfo| info.user.as_ref().map(|u| u.name.clone()).unwrap_or_default();
        untrusted.iter().for_each(|info| found.problem(ProblemKind::MinutesUntrusted, info.id, &[by(info)]));
        let Some((meeting, at, present)) = self.meeting(found) else { return };
        let future = meeting.date > found.now.date_naive();
        if future {
            let begins = meeting.moment(Time::MIN_UTC);
            found.resolved.due = [found.resolved.due, Some(begins)].into_iter().flatten().min();
        }
        // What was written at a time that is yet to come counts then.
        let now = found.now;
        for line in self.history.0.lines.iter().filter(|line| line.by.at <= now) {
            let Line::Item { decision, votes, .. } = &line.says else { continue };
            match future {
                // One that is prepared for the meeting says nothing yet.
                true if decision.is_empty() && votes.is_empty() || line.ended.is_some() => {}
                true => found.problem(ProblemKind::MinutesFuture, line.by.id, &[meeting.date.to_string()]),
                false => found.item((&meeting, &present), line),
            }
        }
        // It was held once it said something, or once its day is over.
        let said = found.resolved.items.values().flatten().filter(|item| item.meeting == meeting).map(|item| item.at);
        let over = meeting.moment(Time::MAX_UTC);
        let over = Some(over).filter(|over| *over <= now && at <= now);
        found.resolved.due = [found.resolved.due, Some(meeting.moment(Time::MAX_UTC)).filter(|over| *over > now)]
            .into_iter()
            .flatten()
            .min();
        found.resolved.held.extend(said.max().or(over).filter(|_| !future));
    }
}

/// What minutes come to, as it grows.
struct Found<'a> {
    desk: &'a Desk,
    roster: &'a Roster,
    requests: &'a Requests,
    titles: &'a Titles,
    now: Time,
    page: &'a str,
    resolved: Resolved,
}

impl Found<'_> {
    fn problem(&mut self, kind: ProblemKind, revision: u64, details: &[String]) {
        let problem = |detail: &String| Problem { revision: Some(revision), ..Problem::new(kind, self.page, detail) };
        self.resolved.problems.extend(details.iter().map(problem));
    }

    /// The account that a name means, where that has a role at that moment; else a problem.
    fn person(&mut self, name: &str, at: Time, revision: u64) -> Option<String> {
        let known = self.roster.named(name);
        if let Some(user) = known.filter(|user| self.roster.is_of_desk(user.id, at)) {
            return Some(user.name.clone());
        }
        let in_office = self.roster.terms.iter().filter(|term| term.covers(at)).map(|term| term.user.name.as_str());
        let detail = with_nearest(name, nearest(name, in_office.filter(|other| *other != name)));
        let known = known.map(|user| user.name.clone());
        self.problem(ProblemKind::MinutesPerson, revision, &[detail]);
        known
    }

    /// Adds an item of a meeting.
    fn item(&mut self, (meeting, present): (&Meeting, &[String]), line: &WrittenLine<Line>) {
        let Line::Item { request, decision, votes, recused, priority, helper, helpers, recommendation, unknown } =
            &line.says
        else {
            return;
        };
        let (at, by) = (meeting.moment(line.by.at), &line.by);
        let ended = line.ended.as_ref().filter(|ended| ended.at <= self.now);
        // What was corrected before it said anything never did.
        if ended.is_some_and(|ended| ended.at < at) {
            return;
        }
        let before = self.resolved.problems.len();
        if request.is_empty() {
            self.problem(ProblemKind::MinutesLine, by.id, &[one_line(&line.written, MAX_QUOTED)]);
        }
        self.problem(ProblemKind::MinutesLine, by.id, unknown);
        let about = match self.requests.find((request, by.at), &self.desk.pages.intake, self.titles) {
            _ if request.is_empty() => None,
            Ok(id) => Some(id),
            Err((kind, detail)) => {
                self.problem(kind, by.id, &[detail]);
                None
            }
        };
        let status = self.desk.status(decision).map(|status| status.id.clone());
        if status.is_none() && !decision.is_empty() {
            let known = self.desk.statuses.iter().map(|s| s.id.as_str());
            self.problem(ProblemKind::MinutesDecision, by.id, &[with_nearest(decision, nearest(decision, known))]);
        }
        let person = |found: &mut Self, name: &str| found.person(name, at, by.id);
        let silent = [decision, priority, helper, recommendation].iter().all(|said| said.is_empty())
            && votes.is_empty()
            && recused.is_empty();
        let mut votes: Vec<(Choice, String)> =
            votes.iter().filter_map(|(choice, name)| Some((*choice, person(self, name)?))).collect();
        // Who is said to have voted in two ways has voted in none.
        let twice: BTreeSet<String> = votes
            .iter()
            .filter(|(choice, name)| votes.iter().any(|(other, same)| same == name && other != choice))
            .map(|(_, name)| name.clone())
            .collect();
        self.problem(ProblemKind::MinutesLine, by.id, &twice.iter().cloned().collect::<Vec<_>>());
        votes.retain(|(_, name)| !twice.contains(name));
        let recused = recused.iter().filter_map(|name| person(self, name)).collect();
        let points = points(priority);
        if !priority.is_empty() && (points.is_none() || present.is_empty()) {
            self.problem(ProblemKind::MinutesScore, by.id, &[one_line(priority, MAX_QUOTED)]);
        }
        // What was wrong with a line that is gone is nobody's trouble any more.
        if ended.is_some() {
            self.resolved.problems.truncate(before);
        }
        // One that was prepared and says nothing was not talked about.
        if silent {
            return;
        }
        let (Some(request), Some(author)) = (about, by.user.clone()) else { return };
        self.resolved.items.entry(request).or_default().push(Item {
            meeting: meeting.clone(),
            at,
            author,
            revision: by.id,
            ended: ended.map(|ended| Touch::new(Standing::Gone, ended)),
            decision: status,
            votes,
            recused,
            scored_by: if points.is_some() { present.to_vec() } else { Vec::new() },
            priority: priority.clone(),
            helper: helper.clone(),
            helpers: helpers.clone(),
            recommendation: recommendation.clone(),
        });
    }
}

/// What all minutes come to.
pub fn resolve<'m>(
    minutes: impl Iterator<Item = &'m Minutes>,
    requests: &Requests,
    desk: &Desk,
    roster: &Roster,
    titles: &Titles,
    now: Time,
) -> Resolved {
    let mut found = Found { desk, roster, requests, titles, now, page: "", resolved: Resolved::default() };
    for minutes in minutes {
        found.page = &minutes.page.title;
        minutes.resolve(&mut found);
    }
    let mut resolved = found.resolved;
    resolved.held.sort_unstable();
    for items in resolved.items.values_mut() {
        // A correction tells better what was said then.
        let mut first: BTreeMap<String, Time> = BTreeMap::new();
        for item in items.iter() {
            first.entry(item.meeting.page.clone()).and_modify(|at| *at = item.at.min(*at)).or_insert(item.at);
        }
        items.iter_mut().for_each(|item| item.at = first[&item.meeting.page]);
        items.sort_by_key(|item| (item.at, item.revision));
    }
    resolved
}

#[cfg(test)]
#[path = "minutes_tests.rs"]
mod tests;
