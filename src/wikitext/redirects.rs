//! Where a page led at which time, from its history. Pure.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::TimeDelta;
use regex::Regex;

use super::names::Led;
use super::titles::Titles;
use crate::page::Time;

/// The wiki's own word for it in any language, and the link behind it (`WikitextContentHandler::extractRedirectTargetAndText`).
static REDIRECT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\A\s*[#＃][^\s\[:]+\s*:?\s*\[\[([^\[\]|\n]+)(?:\|[^\[\]]*)?\]\]").expect("a regular expression")
});

/// The title that a page's text leads to, if it is a redirect.
pub fn target(text: &str, titles: &Titles) -> Option<String> {
    titles.page(&REDIRECT.captures(text)?[1])
}

/// What a revision of a page made it lead to.
#[derive(Debug, Clone)]
pub struct Made {
    /// When it was saved.
    pub at: Time,
    /// Whoever saved it is trusted.
    pub trusted: bool,
    /// The title that it leads to; none where it is no redirect.
    pub to: Option<String>,
}

/// When a page led to another, from its revisions, oldest first. What is written by its name counts at once if somebody trusted
/// made it lead there, or if it had done so, disturbed for less than `age` and by nobody trusted; else from `age` on.
pub fn led(revisions: &[Made], age: TimeDelta, now: Time) -> Vec<Led> {
    let mut all: Vec<Led> = Vec::new();
    // Until when each led there, where nobody trusted put an end to it.
    let mut restorable: BTreeMap<String, Time> = BTreeMap::new();
    for Made { at, trusted, to } in revisions {
        let standing = all.last_mut().filter(|led| led.until.is_none());
        if standing.as_ref().map(|led| &led.to) == to.as_ref() {
            continue;
        }
        if let Some(led) = standing {
            led.until = Some(*at);
            if led.counts_from < *at && !trusted {
                restorable.insert(led.to.clone(), *at);
            } else {
                restorable.remove(&led.to);
            }
        }
        let Some(to) = to.clone() else { continue };
        let restored = restorable.get(&to).is_some_and(|until| *at - *until < age);
        let counts_from = if restored || *trusted { Some(*at) } else { at.checked_add_signed(age) };
        all.push(Led {
            to,
            from: *at,
            counts_from: counts_from.unwrap_or(Time::MAX_UTC),
            until: None,
            has_counted: false,
        });
    }
    for led in &mut all {
        led.has_counted = led.until.map_or(led.counts_from <= now, |until| led.counts_from < until);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, titles};

    /// From when to when a page led where, and from when on that counts: hours; account 1 is trusted.
    fn told(revisions: &[(i64, u64, &str)]) -> Vec<(String, i64, i64, Option<i64>)> {
        let made = |(hour, who, text): &(i64, u64, &str)| Made {
            at: at(*hour),
            trusted: *who == 1,
            to: target(text, &titles()),
        };
        let revisions: Vec<Made> = revisions.iter().map(made).collect();
        let hour = |time: Time| (time - at(0)).num_hours();
        let led = led(&revisions, TimeDelta::hours(100), at(1000));
        led.into_iter().map(|l| (l.to, hour(l.from), hour(l.counts_from), l.until.map(hour))).collect()
    }

    #[test]
    fn redirects_in_any_language() {
        for (text, to) in [
            ("#REDIRECT [[Template:Support]]", Some("Mall:Support")),
            ("\n #omdirigering : [[mall:support#x|y]]\nmore", Some("Mall:Support")),
            ("#重定向[[Template:Support]]", Some("Mall:Support")),
            ("# [[Template:Support]]", None),
            ("# see [[Template:Support]]", None),
            ("x #REDIRECT [[Template:Support]]", None),
            ("＃転送[[Template:Support]]", Some("Mall:Support")),
            ("#REDIRECT [[Template:Support", None),
            ("#REDIRECT Template:Support", None),
        ] {
            assert_eq!(target(text, &titles()).as_deref(), to, "{text}");
        }
    }

    #[test]
    fn a_redirect_counts_at_once_if_somebody_trusted_made_it_else_when_it_has_stood() {
        let (s, o) = ("#REDIRECT [[Mall:S]]", "#REDIRECT [[Mall:O]]");
        let (to_s, to_o) = (|| "Mall:S".to_owned(), || "Mall:O".to_owned());
        assert_eq!(told(&[(0, 1, s)]), [(to_s(), 0, 0, None)]);
        assert_eq!(told(&[(0, 2, s)]), [(to_s(), 0, 100, None)]);
        assert_eq!(told(&[(0, 2, s), (5, 1, &format!("{s} the same"))]), [(to_s(), 0, 100, None)]);
        assert_eq!(told(&[(0, 1, s), (5, 2, o)]), [(to_s(), 0, 0, Some(5)), (to_o(), 5, 105, None)]);
        // Whoever disturbs it for a while takes nothing from it; nobody brings back what is long gone, or never counted.
        assert_eq!(told(&[(0, 1, s), (5, 2, ""), (50, 3, s)]), [(to_s(), 0, 0, Some(5)), (to_s(), 50, 50, None)]);
        assert_eq!(told(&[(0, 1, s), (5, 2, ""), (150, 3, s)])[1], (to_s(), 150, 250, None));
        assert_eq!(told(&[(0, 2, s), (5, 2, ""), (50, 3, s)])[1], (to_s(), 50, 150, None));
        assert_eq!(told(&[(0, 1, s), (5, 1, ""), (50, 3, s)])[1], (to_s(), 50, 150, None), "taken away for good");
    }
}
