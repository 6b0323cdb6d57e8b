//! What happened to a request, as parameters of its ledger and of its row.

use chrono::NaiveDateTime;

use super::numbered;
use crate::desk::milestones::{Helped, Milestones};
use crate::page::{Time, parse_timestamp, timestamp_or_none};

/// MediaWiki's own short form of a time: `20260102030405`.
const SHORT: &str = "%Y%m%d%H%M%S";

/// The name of the parameters of statuses.
pub const LIFE: &str = "life";
/// The name of the parameter of the first reply.
pub const FIRST_REPLY: &str = "first reply";
/// The name of the parameters of members at work.
pub const MEMBERS: &str = "took part";
/// The name of the parameters of those who helped.
pub const HELPED: &str = "helped";

/// The parameters.
pub fn params(milestones: &Milestones) -> Vec<(String, String)> {
    let Milestones { statuses, first_reply, members, helpers } = milestones;
    let life: Vec<String> = statuses.iter().map(|(id, since)| format!("{id} {}", short(*since))).collect();
    let members: Vec<String> = members.iter().map(|(at, name)| format!("{} {name}", short(*at))).collect();
    let until = |helped: &Helped| helped.until.map_or_else(|| "-".to_owned(), short);
    let helped = |helped: &Helped| format!("{} {} {}", short(helped.from), until(helped), helped.name);
    let helpers: Vec<String> = helpers.iter().map(helped).collect();
    let reply = (FIRST_REPLY.to_owned(), timestamp_or_none(*first_reply));
    let lists = [numbered::params(MEMBERS, &members), numbered::params(HELPED, &helpers)].concat();
    numbered::params(LIFE, &life).into_iter().chain([reply]).chain(lists).collect()
}

/// Reads them back; none where they do not say which statuses the request held.
pub fn of(text: impl Fn(&str) -> String) -> Option<Milestones> {
    let status = |part: &String| {
        let (id, since) = part.split_once(' ')?;
        Some((id.to_owned(), long(since)?))
    };
    let member = |line: String| {
        let (at, name) = line.split_once(' ')?;
        Some((long(at)?, name.to_owned()))
    };
    let helped = |line: String| {
        let mut parts = line.splitn(3, ' ');
        let (from, until, name) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Helped { name: name.to_owned(), from: long(from)?, until: long(until) })
    };
    Some(Milestones {
        statuses: Some(numbered::read(LIFE, &text))
            .filter(|life| !life.is_empty())?
            .iter()
            .map(status)
            .collect::<Option<_>>()?,
        first_reply: parse_timestamp(&text(FIRST_REPLY)),
        members: numbered::read(MEMBERS, &text).into_iter().filter_map(member).collect(),
        helpers: numbered::read(HELPED, &text).into_iter().filter_map(helped).collect(),
    })
}

fn short(time: Time) -> String {
    time.format(SHORT).to_string()
}

fn long(short: &str) -> Option<Time> {
    NaiveDateTime::parse_from_str(short, SHORT).ok().map(|time| time.and_utc())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_happened_is_read_back(
            statuses in prop::collection::vec(("[a-z-]{1,9}", 0_i64..4_000_000_000), 1..6),
            people in prop::collection::vec(("[^ \n][^\n]{0,9}", 0_i64..4_000_000_000, prop::option::of(0_i64..4_000_000_000)), 0..4),
            reply in prop::option::of(0_i64..4_000_000_000),
        ) {
            let at = |seconds: i64| Time::from_timestamp(seconds, 0).expect("a time");
            let milestones = Milestones {
                statuses: statuses.into_iter().map(|(id, since)| (id, at(since))).collect(),
                first_reply: reply.map(at),
                members: people.iter().map(|(name, since, _)| (at(*since), name.clone())).collect(),
                helpers: people
                    .iter()
                    .map(|(name, from, until)| Helped { name: name.clone(), from: at(*from), until: until.map(at) })
                    .collect(),
            };
            let params: BTreeMap<String, String> = params(&milestones).into_iter().collect();
            let read = of(|name| params.get(name).cloned().unwrap_or_default());
            prop_assert_eq!(read, Some(milestones));
        }
    }

    #[test]
    fn what_does_not_say_when_it_was_filed_says_nothing() {
        for life in ["", "review", "review yesterday", "20260102030405"] {
            assert_eq!(of(|name| if name == LIFE { life.to_owned() } else { String::new() }), None, "{life}");
        }
    }
}
