//! The feed of what lately happened to requests (Atom, RFC 4287) and the calendar of what is due (iCalendar, RFC 5545), from what
//! the last pass knew. All text in them is plain: nothing that people wrote acts as markup.

use atom_syndication::{Content, Entry, Feed, Link, Person, Text};
use chrono::{DateTime, FixedOffset, Utc};
use icalendar::{Calendar, Component, Event as CalendarEvent, EventLike, Property};

use crate::desk::events::{Due, Event, When};

/// What is told of a desk.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    /// The desk's name.
    pub(super) desk: String,
    /// The code of the wiki's language.
    pub(super) language: String,
    /// The address of its landing page.
    pub(super) landing: String,
    /// What lately happened, the newest first, each with the address of its page.
    pub(super) events: Vec<(Event, String)>,
    /// What is due, likewise.
    pub(super) dates: Vec<(Due, String)>,
}

impl Told {
    /// The feed as XML. Every entry keeps its id and its time, so that readers show it once.
    pub(super) fn feed(&self) -> String {
        let link = |href: &str| Link { href: href.to_owned(), rel: "alternate".to_owned(), ..Link::default() };
        let entry = |(event, address): &(Event, String)| Entry {
            id: format!("tag:{},2026:helpdesk/{}", self.host(), plain(&event.key).replace(' ', "-")),
            title: Text::plain(plain(&event.title)),
            updated: fixed(event.at),
            published: Some(fixed(event.at)),
            links: vec![link(address)],
            content: Some(Content {
                value: Some(plain(&event.text)),
                content_type: Some("text".to_owned()),
                ..Content::default()
            }),
            ..Entry::default()
        };
        let feed = Feed {
            id: plain(&self.landing),
            title: Text::plain(plain(&self.desk)),
            // One in which nothing has happened yet has to have a time, too.
            updated: fixed(self.events.iter().map(|(event, _)| event.at).max().unwrap_or_default()),
            authors: vec![Person { name: plain(&self.desk), ..Person::default() }],
            links: vec![link(&self.landing)],
            lang: Some(self.language.clone()),
            entries: self.events.iter().map(entry).collect(),
            ..Feed::default()
        };
        feed.to_string()
    }

    /// The calendar. Every event keeps its identifier, also where it is put off.
    pub(super) fn calendar(&self) -> String {
        let mut calendar = Calendar::empty();
        let of_calendar = [
            ("VERSION", "2.0"),
            ("PRODID", "-//Helpdesk bot//EN"),
            ("CALSCALE", "GREGORIAN"),
            ("X-WR-CALNAME", &plain(&self.desk)),
        ];
        of_calendar.into_iter().for_each(|property| _ = calendar.append_property(property));
        for (due, address) in &self.dates {
            let mut event = CalendarEvent::new();
            event
                .uid(&format!("helpdesk/{}@{}", plain(&due.key), self.host()))
                .timestamp(due.since)
                .summary(&plain(&due.title))
                .append_property(Property::new("URL", plain(address)))
                // Nobody is busy then.
                .append_property(("TRANSP", "TRANSPARENT"));
            if !due.text.is_empty() {
                event.description(&plain(&due.text));
            }
            match due.when {
                When::Moment(at) => event.starts(at),
                When::Day(day) => event.starts(day),
            };
            calendar.push(event.done());
        }
        calendar.to_string()
    }

    /// The name of the wiki's server, which makes what is told of its pages differ from what is told elsewhere.
    fn host(&self) -> String {
        let host = self.landing.split("://").nth(1).unwrap_or_default();
        let host = host.split(['/', ':', '?', '#']).next().unwrap_or_default();
        plain(host)
    }
}

fn fixed(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.fixed_offset()
}

/// The text without what neither format can hold: control characters and those that XML does not have.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .collect()
}

#[cfg(test)]
#[path = "feeds_tests.rs"]
mod tests;
