//! What was sent to whom, as the summaries of the bot's own edits of talk pages tell it: those stay, whatever becomes of the
//! message.

use chrono::{NaiveDateTime, TimeDelta};

use crate::desk::message::{MessageKey, MessageKind};
use crate::page::Time;
use crate::wikitext::Titles;

/// Before and behind the keys in a summary.
const AROUND: [&str; 2] = ["[helpdesk ", "]"];
/// How a time is written there: what counts is the time as of which the bot acted.
const TIME: &str = "%Y-%m-%dT%H:%MZ";

/// Messages that were sent with one edit.
#[derive(Debug, Clone, PartialEq)]
struct Edit {
    /// The account on whose page they stand.
    to: String,
    at: Time,
    /// Why; none where the wiki hides the summary.
    keys: Option<Vec<MessageKey>>,
}

/// All that was sent, as far back as it was looked up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sent(Vec<Edit>);

/// The end of a summary that says which messages the edit brings.
pub fn with_keys(summary: &str, keys: &[MessageKey], now: Time) -> String {
    let keys: Vec<String> = keys.iter().map(|key| format!("{} {}", key.kind, key.digest)).collect();
    format!("{summary} {}{} {}{}", AROUND[0], now.format(TIME), keys.join(", "), AROUND[1])
}

/// The time and the keys of a summary; none where it brings no messages.
fn keys_of(summary: &str) -> Option<(Time, Vec<MessageKey>)> {
    let (_, rest) = summary.rsplit_once(AROUND[0])?;
    let (time, keys) = rest.split_once(AROUND[1])?.0.split_once(' ')?;
    let at = NaiveDateTime::parse_from_str(time, TIME).ok()?.and_utc();
    let key = |written: &str| {
        let (kind, digest) = written.split_once(' ')?;
        Some(MessageKey { kind: MessageKind::parse(kind)?, digest: digest.to_owned() })
    };
    Some((at, keys.split(", ").filter_map(key).collect()))
}

/// The keys in a summary, without the time.
pub fn keys_part(summary: &str) -> &str {
    let keys = summary.rsplit_once(AROUND[0]).and_then(|(_, rest)| rest.split_once(' '));
    keys.map_or("", |(_, keys)| keys)
}

impl Sent {
    /// Takes note of an edit of the bot's: the page, its summary if it is shown, and when it was saved. One that brought no
    /// messages says nothing.
    pub fn note(&mut self, page: &str, summary: Option<&str>, saved: Time, titles: &Titles) {
        let Some(to) = titles.account_of_link(page) else { return };
        match summary.map(keys_of) {
            Some(Some((at, keys))) => self.0.push(Edit { to, at, keys: Some(keys) }),
            Some(None) => {}
            None => self.0.push(Edit { to, at: saved, keys: None }),
        }
    }

    /// Whether the person has had this message; where the wiki hides why they were written to, they may have.
    pub fn has(&self, to: &str, key: &MessageKey) -> bool {
        self.to(to).any(|edit| edit.keys.as_ref().is_none_or(|keys| keys.contains(key)))
    }

    /// When the person last had a digest of that desk, by what the keys of these begin with ([`MessageKey::digest`]).
    pub fn last_digest(&self, to: &str, desk: &str) -> Option<Time> {
        let of_desk = |key: &MessageKey| key.kind == MessageKind::Digest && key.digest.starts_with(desk);
        let of_kind = |edit: &&Edit| edit.keys.as_ref().is_none_or(|keys| keys.iter().any(of_desk));
        self.to(to).filter(of_kind).map(|edit| edit.at).max()
    }

    /// When the person may be written to, who gets so many messages within a week at the most: not before the oldest of those
    /// is a week old.
    pub fn free_from(&self, to: &str, per_week: u32, now: Time) -> Time {
        const WEEK: TimeDelta = TimeDelta::days(7);
        let mut lately: Vec<Time> = self.to(to).map(|edit| edit.at).filter(|at| *at + WEEK > now).collect();
        lately.sort_unstable_by(|a, b| b.cmp(a));
        match usize::try_from(per_week).unwrap_or(usize::MAX).checked_sub(1) {
            Some(index) => lately.get(index).map_or(now, |at| *at + WEEK),
            None => Time::MAX_UTC,
        }
    }

    fn to<'s>(&'s self, to: &'s str) -> impl Iterator<Item = &'s Edit> {
        self.0.iter().filter(move |edit| edit.to == to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, titles};

    fn key(about: &str) -> MessageKey {
        MessageKey::new(MessageKind::Question, &[about])
    }

    #[test]
    fn what_a_summary_says_was_sent_is_read_back() {
        let mut sent = Sent::default();
        let summary = with_keys("News on [[Desk/Requests/A [x]]]", &[key("1"), key("2")], at(5));
        assert!(summary.len() < 200, "{summary}");
        sent.note("User talk:Anna Exempel", Some(&format!("{summary} (bot)")), at(900), &titles());
        sent.note("User talk:Anna Exempel", Some("reverted [helpdesk something]"), at(6), &titles());
        let has = |to: &str, about: &str| sent.has(to, &key(about));
        assert!(has("Anna Exempel", "1") && has("Anna Exempel", "2") && !has("Anna Exempel", "3") && !has("Bo", "1"));
        assert_eq!(sent.last_digest("Anna Exempel", ""), None);
        let digest = MessageKey::digest("Desk", &["7"]);
        sent.note("User talk:Anna Exempel", Some(&with_keys("x", &[digest], at(8))), at(900), &titles());
        let of = |desk: &str| sent.last_digest("Anna Exempel", &MessageKey::desk(desk));
        assert_eq!((of("Desk"), of("Other")), (Some(at(8)), None), "as of when it acted");
        // A page of their own that the talk page leads to.
        sent.note("User:Bo/Talk", None, at(7), &titles());
        assert!(sent.has("Bo", &key("9")), "nobody knows why");
    }

    #[test]
    fn nobody_gets_more_than_so_many_within_a_week() {
        let mut sent = Sent::default();
        for hour in [0, 24, 48] {
            sent.note("User talk:Bo", Some(&with_keys("x", &[key("1")], at(hour))), at(hour), &titles());
        }
        assert_eq!(sent.free_from("Bo", 4, at(50)), at(50));
        assert_eq!(sent.free_from("Bo", 3, at(50)), at(7 * 24));
        assert_eq!(sent.free_from("Bo", 3, at(7 * 24)), at(7 * 24));
        assert_eq!(sent.free_from("Bo", 0, at(50)), Time::MAX_UTC);
        assert_eq!(sent.free_from("Anna", 1, at(50)), at(50));
    }
}
