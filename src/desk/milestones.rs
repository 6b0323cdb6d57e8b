//! What happened to a request, and when: what figures are counted from.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::page::Time;

/// So many statuses are remembered: the first and the last ones, where there were more.
const MOST_STATUSES: usize = 40;

/// So many people are remembered in each of the lists.
const MOST_PEOPLE: usize = 60;

/// What happened to a request, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Milestones {
    /// The ids of the statuses that it held, each with when it came to it, oldest first. It came to the first when it was filed,
    /// or began, where staff dated a status before that.
    pub statuses: Vec<(String, Time)>,
    /// The first edit by somebody of the desk, or a helper, that answered its owners.
    pub first_reply: Option<Time>,
    /// Members whose votes or scores counted, each with when.
    pub members: Vec<(Time, String)>,
    /// Those who helped.
    pub helpers: Vec<Helped>,
}

/// Somebody who helped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Helped {
    /// The account's name.
    pub name: String,
    /// When that began.
    pub from: Time,
    /// When it ended, if it did.
    pub until: Option<Time>,
}

impl Milestones {
    /// In order, and without what nobody reads: the middle of lists that are longer than any desk has. Where staff dated a status
    /// before others that it held earlier, these began no later.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        let mut latest = Time::MAX_UTC;
        for (_, since) in self.statuses.iter_mut().rev() {
            latest = latest.min(*since);
            *since = latest;
        }
        let many = self.statuses.len();
        if many > MOST_STATUSES {
            self.statuses.drain(MOST_STATUSES / 2..many - MOST_STATUSES / 2);
        }
        // Once a day is enough to tell when somebody was at work.
        self.members.sort_by(|(a, x), (b, y)| (a, x).cmp(&(b, y)));
        let mut seen = BTreeSet::new();
        self.members.retain(|(at, name)| seen.insert((at.date_naive(), name.clone())));
        self.members.truncate(MOST_PEOPLE);
        self.helpers.truncate(MOST_PEOPLE);
        self
    }

    /// When it was filed.
    pub fn filed(&self) -> Option<Time> {
        self.statuses.first().map(|(_, at)| *at)
    }

    /// How long it stayed in each status that it left again, in seconds; not in those that it only passed through.
    pub fn stays(&self) -> impl Iterator<Item = (&str, i64)> {
        stays(&self.statuses)
    }

    /// The same of what was known before that moment.
    pub fn stays_before(&self, at: Time) -> impl Iterator<Item = (&str, i64)> {
        stays(&self.statuses[..self.statuses.partition_point(|(_, since)| *since < at)])
    }

    /// What was known before that moment; none where it was not filed yet.
    pub fn before(&self, at: Time) -> Option<Milestones> {
        self.filed().filter(|filed| *filed < at)?;
        let mut then = self.clone();
        then.statuses.retain(|(_, since)| *since < at);
        then.first_reply.take_if(|reply| *reply >= at);
        then.members.retain(|(voted, _)| *voted < at);
        then.helpers.retain(|helped| helped.from < at);
        then.helpers.iter_mut().for_each(|helped| helped.until = helped.until.filter(|until| *until < at));
        Some(then)
    }
}

fn stays(statuses: &[(String, Time)]) -> impl Iterator<Item = (&str, i64)> {
    let stay = |pair: &'_ [(String, Time)]| (pair[1].1 - pair[0].1).num_seconds();
    statuses.windows(2).map(move |pair| (pair[0].0.as_str(), stay(pair))).filter(|(_, stay)| *stay > 0)
}
