//! Who votes where that is no matter of a roster: accounts of a certain age, with so many edits, of certain groups. What counts
//! is what an account was when it voted.

use std::time::Duration;

use chrono::TimeDelta;
use serde::Serialize;

use super::verdict::Verdict;
use crate::page::{GroupChange, Time};

/// What an account has to be to vote; all of it. Temporary accounts never are.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Electorate {
    /// So many edits it had made before; 0: none are asked for.
    pub min_edits: u32,
    /// So long before it had been registered.
    pub min_age: Duration,
    /// It was in one of these groups of the wiki; empty: that does not matter.
    pub groups: Vec<String>,
}

/// What is known of an account: enough to tell for any moment until it was asked for whether it might vote then.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Elector {
    /// When it was registered; none for the oldest accounts, of which no wiki knows.
    pub registered: Option<Time>,
    /// When it made the last of the edits that are asked for; none where it has not made so many.
    pub edits_reached: Option<Time>,
    /// When it was in which group, as far as groups are asked for.
    pub groups: Vec<Membership>,
}

/// Days in a group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Membership {
    /// The group.
    pub group: String,
    /// Since when; none: as long as anybody knows.
    pub from: Option<Time>,
    /// Until when; none: it is in it still.
    pub until: Option<Time>,
}

/// What a vote in a ledger told of its author.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KnownElector {
    /// The account's id.
    pub user: u64,
    /// When it voted.
    pub at: Time,
    /// Why it might not; none where it might.
    pub refused: Option<Verdict>,
}

impl Electorate {
    /// Why an account had no vote at that moment; none where it had one.
    pub fn refusal(&self, elector: &Elector, at: Time) -> Option<Verdict> {
        let min_age = TimeDelta::from_std(self.min_age).unwrap_or(TimeDelta::MAX);
        if elector.registered.is_some_and(|since| at - since < min_age) {
            return Some(Verdict::TooNew);
        }
        if self.min_edits > 0 && elector.edits_reached.is_none_or(|reached| at <= reached) {
            return Some(Verdict::TooFewEdits);
        }
        let is_in = |m: &Membership| {
            self.groups.contains(&m.group) && m.from.is_none_or(|from| from <= at) && m.until.is_none_or(|end| at < end)
        };
        (!self.groups.is_empty() && !elector.groups.iter().any(is_in)).then_some(Verdict::NotInGroup)
    }

    /// Who votes, in words: `accounts older than 10 days, with 50 edits`.
    pub fn in_words(&self) -> String {
        let age = (!self.min_age.is_zero()).then(|| format!("at least {} old", in_words(self.min_age)));
        let edits = (self.min_edits > 0).then(|| format!("with at least {} edits", self.min_edits));
        let groups = (!self.groups.is_empty()).then(|| format!("in one of the groups {}", self.groups.join(", ")));
        let all: Vec<String> = age.into_iter().chain(edits).chain(groups).collect();
        if all.is_empty() { "every account".to_owned() } else { format!("accounts {}", all.join(", ")) }
    }

    /// What an account with such a verdict lacked, as people write it; empty for all other verdicts.
    pub fn needed(&self, verdict: Verdict) -> String {
        match verdict {
            Verdict::TooNew => in_words(self.min_age),
            Verdict::TooFewEdits => self.min_edits.to_string(),
            Verdict::NotInGroup => self.groups.join(", "),
            _ => String::new(),
        }
    }
}

impl Membership {
    /// When an account was in which group: the groups of today, and the changes that led there, oldest first. Before the first
    /// change it was in what that changed; without one it has always been what it is.
    pub fn through_time(today: &[String], changes: &[GroupChange]) -> Vec<Self> {
        let (Some(first), Some(last)) = (changes.first(), changes.last()) else {
            return today.iter().map(|group| Membership { group: group.clone(), from: None, until: None }).collect();
        };
        let span = |(group, ends): &(String, Option<Time>), from: Option<Time>, until: Option<Time>| Membership {
            group: group.clone(),
            from,
            until: [*ends, until].into_iter().flatten().min(),
        };
        let mut spans: Vec<Self> = first.before.iter().map(|held| span(held, None, Some(first.at))).collect();
        for (change, next) in changes.iter().zip(changes.iter().skip(1)) {
            spans.extend(change.after.iter().map(|held| span(held, Some(change.at), Some(next.at))));
        }
        spans.extend(last.after.iter().map(|held| span(held, Some(last.at), None)));
        spans
    }
}

/// A duration as people write it, such as `60 days` or `1 day 12 h`.
pub fn in_words(duration: Duration) -> String {
    let (mut left, mut words) = (duration.as_secs(), Vec::new());
    for (unit, one, more) in [(86_400, "day", "days"), (3600, "h", "h"), (60, "m", "m"), (1, "s", "s")] {
        match left / unit {
            0 => {}
            1 => words.push(format!("1 {one}")),
            n => words.push(format!("{n} {more}")),
        }
        left %= unit;
    }
    if words.is_empty() { "0 s".to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    const DAY: i64 = 24;

    fn electorate(min_edits: u32, days: u64, groups: &[&str]) -> Electorate {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        Electorate { min_edits, min_age: Duration::from_secs(days * 86_400), groups }
    }

    #[test]
    fn what_counts_is_what_an_account_was_when_it_voted() {
        let ten_days = electorate(0, 10, &[]);
        let young = Elector { registered: Some(at(0)), ..Elector::default() };
        assert_eq!(ten_days.refusal(&young, at(10 * DAY - 1)), Some(Verdict::TooNew));
        assert_eq!(ten_days.refusal(&young, at(10 * DAY)), None);
        assert_eq!(ten_days.refusal(&Elector::default(), at(0)), None, "the oldest accounts have no day of their own");

        // The edit with which it voted is not one that it had made before.
        let fifty = electorate(50, 0, &[]);
        let busy = Elector { edits_reached: Some(at(5)), ..Elector::default() };
        assert_eq!(fifty.refusal(&busy, at(5)), Some(Verdict::TooFewEdits));
        assert_eq!(fifty.refusal(&busy, at(6)), None);
        assert_eq!(fifty.refusal(&young, at(6)), Some(Verdict::TooFewEdits));
        assert_eq!(
            (fifty.needed(Verdict::TooFewEdits), ten_days.needed(Verdict::TooNew)),
            ("50".into(), "10 days".into())
        );
    }

    #[test]
    fn groups_are_those_of_the_time() {
        let held = |groups: &[(&str, Option<Time>)]| groups.iter().map(|(g, end)| ((*g).to_owned(), *end)).collect();
        let change = |hour, before: &[(&str, Option<Time>)], after: &[(&str, Option<Time>)]| GroupChange {
            at: at(hour),
            before: held(before),
            after: held(after),
        };
        let patrollers = electorate(0, 0, &["sysop", "patroller"]);
        let refused = |today: &[&str], changes: &[GroupChange], hour| {
            let today: Vec<String> = today.iter().map(|group| (*group).to_owned()).collect();
            let groups = Membership::through_time(&today, changes);
            patrollers.refusal(&Elector { groups, ..Elector::default() }, at(hour)).is_some()
        };
        assert!(refused(&["rollbacker"], &[], 9) && !refused(&["patroller"], &[], 9));
        // Given later, taken since, and one that ended by itself.
        let given = [change(5, &[], &[("patroller", None)]), change(9, &[("patroller", None)], &[])];
        assert_eq!([4, 5, 8, 9].map(|hour| refused(&[], &given, hour)), [true, false, false, true]);
        let had = [change(5, &[("sysop", None)], &[])];
        assert_eq!([4, 5].map(|hour| refused(&[], &had, hour)), [false, true]);
        let for_a_while = [change(2, &[], &[("patroller", Some(at(6)))])];
        assert_eq!([1, 2, 5, 6].map(|hour| refused(&[], &for_a_while, hour)), [true, false, false, true]);
    }
}
