//! What lately happened to requests, and what is due, from the rows that a pass knows. Pure.

use std::cmp::Reverse;

use super::brief::about;
use super::reading::Known;
use super::snapshot::Snapshot;
use crate::desk::Desk;
use crate::desk::events::{Due, Event, When};
use crate::desk::roster::Term;
use crate::desk::waiting::WaitingFor;
use crate::page::{Time, timestamp};
use crate::records::language::Language;
use crate::records::news::NewsBasis;
use crate::records::tables::Row;
use crate::wikitext::inert::{as_read, one_line};

/// So many events are told at the most, the newest ones.
const MOST_EVENTS: usize = 50;
/// So many things that are due, those that come first.
const MOST_DUE: usize = 200;
/// A title or a text has no more characters.
const LONGEST: usize = 500;

/// What can happen to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Happened {
    Filed,
    Decided,
    Closed,
    Outcome,
}

/// What lately happened to requests, the newest first.
pub fn events<'k>(known: impl Iterator<Item = &'k Known>, desk: &Desk, language: Language) -> Vec<Event> {
    let mut all: Vec<(Time, Happened, &Known, &Row)> = Vec::new();
    for (known, row) in with_rows(known) {
        let closed = desk.status(&row.status).is_some_and(|status| status.closed);
        let decided = row.milestones.decided(desk).map(|(_, at)| *at);
        let happened = [
            (row.milestones.filed(), Happened::Filed),
            (decided, Happened::Decided),
            // A decision may be its end, too.
            (Some(row.since).filter(|_| closed && !is_decision(row, desk)), Happened::Closed),
            (row.outcome_at.filter(|_| !row.outcome.text.is_empty()), Happened::Outcome),
        ];
        all.extend(happened.into_iter().filter_map(|(at, what)| Some((at?, what, known, row))));
    }
    let newest = |(at, what, known, _): &(Time, Happened, &Known, &Row)| Reverse((*at, *what, known.id));
    if all.len() > MOST_EVENTS {
        all.select_nth_unstable_by_key(MOST_EVENTS, newest);
        all.truncate(MOST_EVENTS);
    }
    all.sort_unstable_by_key(newest);
    all.into_iter().map(|(at, what, known, row)| event(at, what, (known, row), desk, language)).collect()
}

/// Whether the request has the status by which it was last decided on since then.
fn is_decision(row: &Row, desk: &Desk) -> bool {
    row.milestones.decided(desk).is_some_and(|(status, at)| (status, at) == (&row.status, &row.since))
}

fn with_rows<'k>(known: impl Iterator<Item = &'k Known>) -> impl Iterator<Item = (&'k Known, &'k Row)> {
    let with_rows = known.filter_map(|known| Some((known, known.row.as_deref()?)));
    with_rows.filter(|(_, row)| !row.lost)
}

fn event(at: Time, what: Happened, (known, row): (&Known, &Row), desk: &Desk, language: Language) -> Event {
    let title = plain(&row.title);
    let label = |id: &str| desk.status(id).map_or_else(|| id.to_owned(), |status| language.label(status).to_owned());
    let news = known.news.as_deref();
    let rested = |is_now: bool| {
        let basis = news.map(|news| if is_now { &news.basis } else { &news.decided_on });
        let named = Some(&row.decided_by).filter(|_| is_now).map(String::as_str).unwrap_or_default();
        by_and_why(named, basis, language)
    };
    let (key, title, text) = match what {
        Happened::Filed => {
            ("filed".to_owned(), language.say("feed-filed", &[&title]), plain(&about(row, language).join(", ")))
        }
        Happened::Decided => {
            let status = row.milestones.decided(desk).map_or("", |(status, _)| status);
            (
                format!("{status}/{}", timestamp(at)),
                format!("{}: {title}", label(status)),
                rested(is_decision(row, desk)),
            )
        }
        Happened::Closed => {
            (format!("{}/{}", row.status, timestamp(at)), format!("{}: {title}", label(&row.status)), rested(true))
        }
        Happened::Outcome => (
            format!("outcome/{}", timestamp(at)),
            format!("{} {title}", language.text("outcome").unwrap_or_default()),
            plain(&row.outcome.text),
        ),
    };
    Event { key: format!("{}/{key}", row.page.id), page: row.page.title.clone(), at, title: plain(&title), text }
}

/// By whom or by what a status was set, and why; the row of a request that was not read tells no more than a person's name.
fn by_and_why(named: &str, basis: Option<&NewsBasis>, language: Language) -> String {
    let nothing = NewsBasis::default();
    let NewsBasis { user, meeting: (meeting, _), rule, reason } = basis.unwrap_or(&nothing);
    let by = match (meeting, user.as_str()) {
        (Some(day), _) => language.say("ledger-by-meeting", &[&day.to_string()]),
        (None, "") if !named.is_empty() => named.to_owned(),
        (None, "") if !rule.is_empty() => language.say("ledger-by-rule", &[rule]),
        (None, user) => user.to_owned(),
    };
    let parts = [by, plain(reason)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
}

/// What is due, the first first: rules that apply by time, requests that will be closed for silence, the next steps, the last
/// days of terms, meetings whose minutes have begun.
pub fn due<'k>(known: impl Iterator<Item = &'k Known>, desk: &Desk, snapshot: &Snapshot, now: Time) -> Vec<Due> {
    let language = snapshot.language();
    let mut all: Vec<Due> = with_rows(known).flat_map(|(_, row)| of_request(row, desk, language)).collect();
    let running = snapshot.roster.terms.iter().filter(|term| term.ended.is_none() && !term.is_over(now));
    all.extend(running.filter_map(|term| end_of_term(term, desk, snapshot, language)));
    let to_come = snapshot.minutes_pages.iter().filter_map(|minutes| Some((minutes.page, minutes.date?)));
    let about_meetings = if desk.pages.agenda.is_empty() { &desk.pages.meetings } else { &desk.pages.agenda };
    all.extend(to_come.filter(|(_, day)| *day >= now.date_naive()).map(|(page, day)| Due {
        key: format!("{page}/meeting"),
        page: about_meetings.clone(),
        when: When::Day(day),
        since: When::Day(day).begins(),
        title: language.say("meeting-of", &[&day.to_string()]),
        text: String::new(),
    }));
    all.sort_by(|a, b| (a.when.begins(), &a.key).cmp(&(b.when.begins(), &b.key)));
    all.truncate(MOST_DUE);
    all
}

fn of_request(row: &Row, desk: &Desk, language: Language) -> Vec<Due> {
    if row.unreadable || desk.status(&row.status).is_none_or(|status| status.closed) {
        return Vec::new();
    }
    let title = plain(&row.title);
    let by_time = matches!(row.waiting.code, WaitingFor::Condition(kind) if kind.is_of_time());
    // The rule that closes it for silence is told as that.
    let applies = row.waiting.until.filter(|until| by_time && row.closes != Some(*until));
    let step = || format!("{} ({title})", plain(&row.progress.next));
    let all = [
        ("rule", applies.map(When::Moment), language.say("due-rule", &[&title]), String::new()),
        ("closes", row.closes.map(When::Moment), language.say("due-closes", &[&title]), row.owners.join(", ")),
        ("step", row.progress.due.map(When::Day), step(), plain(&row.progress.who)),
    ];
    let due = |(kind, when, title, text): (&str, Option<When>, String, String)| Due {
        key: format!("{}/{kind}", row.page.id),
        page: row.page.title.clone(),
        when: when.unwrap_or(When::Moment(Time::UNIX_EPOCH)),
        since: row.since,
        title,
        text,
    };
    all.into_iter().filter(|(_, when, ..)| when.is_some()).map(due).collect()
}

/// The last day of a term that no other of the same kind follows.
fn end_of_term(term: &Term, desk: &Desk, snapshot: &Snapshot, language: Language) -> Option<Due> {
    let until = term.until?;
    let last_day = When::Day(until);
    let role = term.role.id();
    let ends = snapshot.roster.ends_soon(term, last_day.begins());
    ends.then(|| Due {
        key: format!("term/{}/{role}/{until}", term.user.id),
        page: desk.pages.committee.clone(),
        when: last_day,
        since: term.from.map_or(Time::UNIX_EPOCH, |from| When::Day(from).begins()),
        title: language.say("due-term", &[&term.user.name, language.text(&format!("role-{role}")).unwrap_or(role)]),
        text: String::new(),
    })
}

/// As it reads, on one line.
fn plain(wikitext: &str) -> String {
    one_line(&as_read(wikitext), LONGEST)
}

#[cfg(test)]
#[path = "events_tests.rs"]
mod tests;
