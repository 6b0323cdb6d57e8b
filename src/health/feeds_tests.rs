use chrono::{NaiveDate, TimeZone};
use proptest::prelude::*;

use super::*;

fn at(hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 12, 1, hour, 0, 0).unwrap()
}

fn event(key: &str, title: &str, text: &str, hour: u32) -> (Event, String) {
    let page = "Desk/Requests/Maps".to_owned();
    let event = Event { key: key.to_owned(), page, at: at(hour), title: title.to_owned(), text: text.to_owned() };
    (event, "https://wiki.example/wiki/Desk/Requests/Maps?a=1&b=2".to_owned())
}

fn due(key: &str, when: When, title: &str, text: &str) -> (Due, String) {
    let page = "Desk/Requests/Maps".to_owned();
    let due = Due { key: key.to_owned(), page, when, since: at(3), title: title.to_owned(), text: text.to_owned() };
    (due, "https://wiki.example/wiki/Desk/Requests/Maps".to_owned())
}

fn told() -> Told {
    Told {
        desk: "A <desk>".to_owned(),
        language: "en".to_owned(),
        landing: "https://wiki.example:8080/wiki/Desk".to_owned(),
        events: vec![
            event("7/approved/2026-12-01T09:00:00Z", "Approved: <b>Maps</b> & more", "Alice: a \"good\" one", 9),
            event("7/filed", "Filed: Maps", "", 8),
        ],
        dates: vec![
            due("7/rule", When::Moment(at(12)), "A rule applies; Maps, more", ""),
            due("7/step", When::Day(NaiveDate::from_ymd_opt(2027, 1, 31).unwrap()), "Scan (Maps)", "Dora"),
        ],
    }
}

fn read_feed(text: &str) -> Feed {
    text.parse().unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn read_calendar(text: &str) -> Vec<CalendarEvent> {
    let calendar: Calendar = text.parse().unwrap_or_else(|error| panic!("{error}: {text}"));
    let events = calendar.components.iter().map(|part| part.as_event().expect("an event").clone());
    events.collect()
}

#[test]
fn a_feed() {
    let text = told().feed();
    assert!(!text.contains("<b>") && !text.contains("<desk>"), "{text}");
    let feed = read_feed(&text);
    assert_eq!((feed.title.as_str(), feed.id.as_str()), ("A <desk>", "https://wiki.example:8080/wiki/Desk"));
    assert_eq!((feed.updated, feed.lang.as_deref()), (fixed(at(9)), Some("en")));
    let said: Vec<_> = feed.entries.iter().map(|e| (e.id.as_str(), e.title.as_str(), e.updated)).collect();
    assert_eq!(
        said,
        [
            (
                "tag:wiki.example,2026:helpdesk/7/approved/2026-12-01T09:00:00Z",
                "Approved: <b>Maps</b> & more",
                fixed(at(9))
            ),
            ("tag:wiki.example,2026:helpdesk/7/filed", "Filed: Maps", fixed(at(8))),
        ]
    );
    let entry = &feed.entries[0];
    assert_eq!(entry.links[0].href, "https://wiki.example/wiki/Desk/Requests/Maps?a=1&b=2");
    let content = entry.content.as_ref().expect("a content");
    assert_eq!(
        (content.content_type.as_deref(), content.value.as_deref()),
        (Some("text"), Some("Alice: a \"good\" one"))
    );
    // A desk without requests.
    let empty = read_feed(&Told { events: Vec::new(), ..told() }.feed());
    assert_eq!((empty.entries.len(), empty.updated), (0, fixed(DateTime::UNIX_EPOCH)));
}

#[test]
fn a_calendar() {
    let text = told().calendar();
    assert_eq!(
        text,
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Helpdesk bot//EN\r\nCALSCALE:GREGORIAN\r\nX-WR-CALNAME:A <desk>\r\n\
         BEGIN:VEVENT\r\nDTSTAMP:20261201T030000Z\r\nDTSTART:20261201T120000Z\r\n\
         SUMMARY:A rule applies\\; Maps\\, more\r\nTRANSP:TRANSPARENT\r\nUID:helpdesk/7/rule@wiki.example\r\n\
         URL:https://wiki.example/wiki/Desk/Requests/Maps\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nDESCRIPTION:Dora\r\nDTSTAMP:20261201T030000Z\r\nDTSTART;VALUE=DATE:20270131\r\n\
         SUMMARY:Scan (Maps)\r\nTRANSP:TRANSPARENT\r\nUID:helpdesk/7/step@wiki.example\r\n\
         URL:https://wiki.example/wiki/Desk/Requests/Maps\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    assert_eq!(read_calendar(&Told { dates: Vec::new(), ..told() }.calendar()).len(), 0);
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-z<>&\"';,:\\\\\\n\\r\\t\u{0}-\u{1f}\u{fffe}é漢]{0,200}"]
}

proptest! {
    #[test]
    fn whatever_people_write_both_can_be_read_back(title in any_text(), text in any_text(), desk in any_text()) {
        let told = Told {
            desk,
            events: vec![event("7/filed", &title, &text, 8)],
            dates: vec![due("7/closes", When::Moment(at(12)), &title, &text)],
            ..told()
        };
        // White space at the ends may go.
        let read = |text: Option<&str>| text.unwrap_or_default().trim().to_owned();
        let (title, text) = (plain(&title).trim().to_owned(), plain(&text).trim().to_owned());

        let xml = told.feed();
        prop_assert!(xml.chars().all(|c| !c.is_control() || c == '\n'), "{xml:?}");
        let feed = read_feed(&xml);
        let entry = &feed.entries[0];
        prop_assert_eq!(read(Some(entry.title.as_str())), &*title);
        prop_assert_eq!(read(entry.content.as_ref().and_then(|c| c.value.as_deref())), &*text);

        let lines = told.calendar();
        // The library counts 75 octets without the space that goes before them.
        prop_assert!(lines.split("\r\n").all(|line| line.trim_start().len() <= 75 && !line.contains(['\r', '\n'])), "{lines:?}");
        let events = read_calendar(&lines);
        prop_assert_eq!(events.len(), 1);
        prop_assert_eq!(read(events[0].get_summary()), title);
        prop_assert_eq!(read(events[0].get_description()), text);
        prop_assert_eq!(events[0].get_uid(), Some("helpdesk/7/closes@wiki.example"));
    }
}
