//! `helpdesk plan --rules FILE`: what did happen and what other rules would have done, side by side. Pure.

use std::fmt;

use serde::Serialize;

use crate::decide::replay;
use crate::decide::timeline::StatusPeriod;
use crate::desk::decision::Basis;
use crate::desk::roster::Roster;
use crate::desk::{Desk, Facts};
use crate::page::Time;
use crate::wikitext::inert::one_line;

/// One request under both rules.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The request's page.
    pub page: String,
    /// Its address.
    pub link: String,
    /// What did happen, and what the next pass does.
    pub did: Vec<Stay>,
    /// What would have happened.
    pub would: Vec<Stay>,
    /// What would have happened with the desk's own rules, had the bot looked at each moment: that it looked late is no
    /// doing of the other rules.
    #[serde(skip)]
    own: Vec<Stay>,
}

/// A status held for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stay {
    /// The status' label.
    pub status: String,
    /// When it began.
    pub since: Time,
    /// What it rests on.
    pub by: String,
}

/// All requests of a desk under both rules.
#[derive(Debug, Clone, Serialize)]
pub struct WhatIf(pub Vec<Comparison>);

/// Compares what `desk` did with what `other` would have done to this request; `bot` is the id of the bot's account.
pub fn compare(facts: &Facts, desk: &Desk, other: &Desk, roster: &Roster, bot: u64, now: Time) -> Comparison {
    let path = |periods: Vec<StatusPeriod>, desk: &Desk| lasting(stays(&periods, desk, facts.filed));
    Comparison {
        page: facts.page.title.clone(),
        link: String::new(),
        did: path(replay::held(facts, desk, roster, bot, now), desk),
        would: path(replay::replay(facts, other, roster, bot, now), other),
        own: path(replay::replay(facts, desk, roster, bot, now), desk),
    }
}

fn stays(periods: &[StatusPeriod], desk: &Desk, filed: Time) -> Vec<Stay> {
    let by = |basis: &Basis| match basis {
        Basis::Filed => "filed".to_owned(),
        Basis::Rule { name, .. } if name.is_empty() => "the bot".to_owned(),
        Basis::Rule { name, .. } => format!("rule \"{name}\""),
        Basis::Person { user, .. } => user.name.clone(),
        Basis::Meeting { meeting, .. } => format!("the meeting of {}", meeting.date),
    };
    periods.iter().map(|p| stay(&p.status, p.since.max(filed), by(&p.basis), desk)).collect()
}

fn stay(status: &str, since: Time, by: String, desk: &Desk) -> Stay {
    let label = desk.status(status).map_or_else(|| status.to_owned(), |s| s.label.clone());
    Stay { status: label, since, by }
}

/// Without the statuses that were left at the moment they were reached.
fn lasting(mut stays: Vec<Stay>) -> Vec<Stay> {
    let next: Vec<Option<Time>> = stays.iter().skip(1).map(|s| Some(s.since)).chain([None]).collect();
    let mut next = next.into_iter();
    stays.retain(|s| next.next().flatten().is_none_or(|next| next > s.since));
    stays
}

impl Comparison {
    /// The same with the page's address.
    pub fn with_link(self, link: String) -> Self {
        Comparison { link, ..self }
    }

    /// Whether the other rules would have changed when the request held which status.
    pub fn differs(&self) -> bool {
        let path = |stays: &[Stay]| stays.iter().map(|s| (s.status.clone(), s.since)).collect::<Vec<_>>();
        path(&self.did) != path(&self.would) && path(&self.own) != path(&self.would)
    }
}

impl fmt::Display for WhatIf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (other, same): (Vec<&Comparison>, Vec<&Comparison>) = self.0.iter().partition(|c| c.differs());
        for comparison in &other {
            writeln!(f, "== {}", one_line(&comparison.page, 255))?;
            if !comparison.link.is_empty() {
                writeln!(f, "   {}", comparison.link)?;
            }
            writeln!(f, "   {:58} with the other rules", "did happen")?;
            let rows = comparison.did.len().max(comparison.would.len());
            for i in 0..rows {
                let cell = |stays: &[Stay]| stays.get(i).map(ToString::to_string).unwrap_or_default();
                writeln!(f, "   {:58} {}", cell(&comparison.did), cell(&comparison.would))?;
            }
            writeln!(f)?;
        }
        writeln!(f, "{} of {} requests would have gone another way.", other.len(), other.len() + same.len())?;
        if !same.is_empty() {
            writeln!(f, "As they did: {}", same.iter().map(|c| one_line(&c.page, 255)).collect::<Vec<_>>().join("; "))?;
        }
        Ok(())
    }
}

impl fmt::Display for Stay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{} {} ({})", self.since.format("%Y-%m-%d %H:%M"), self.status, one_line(&self.by, 60));
        f.pad(&text)
    }
}
