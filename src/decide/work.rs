//! The work on a request: its steps, and what came of it. Pure.
//!
//! A step is as somebody of the desk, an owner or a helper left it; what anybody else writes of it is told, with who.

use chrono::{NaiveDate, TimeDelta};

use super::fields::{MAX_NAMED, notice};
use super::helpers::Helpers;
use crate::desk::Facts;
use crate::desk::decision::{Notice, NoticeKind};
use crate::desk::outcome::Outcome;
use crate::desk::roster::Roster;
use crate::desk::signed::{Signed, Standing, Touch};
use crate::desk::step::{Progress, Step, StepState, end_of};
use crate::desk::words::{nearest, normalized};
use crate::page::{Time, User};
use crate::wikitext::inert::{MAX_CHARS, as_read, one_line};

/// A file or a category that there is not is looked up once more after so long.
const LOOKED_UP_AGAIN: TimeDelta = TimeDelta::days(1);

/// Who may work on a request.
struct Workers<'a> {
    facts: &'a Facts,
    roster: &'a Roster,
    helpers: &'a Helpers,
}

impl Workers<'_> {
    fn may(&self, user: &User, at: Time, revision: u64) -> bool {
        self.facts.is_owner(user)
            || self.roster.roles(user.id, at).next().is_some()
            || self.helpers.helped(user, revision)
    }

    fn wrote<T>(&self, signed: &Signed<T>) -> bool {
        signed.author.as_ref().is_some_and(|author| self.may(author, signed.at, signed.revision))
    }

    /// The last touch by somebody who may.
    fn touch<'s, T>(&self, signed: &'s Signed<T>) -> Option<&'s Touch> {
        signed.touches.iter().rev().find(|t| t.by.as_ref().is_some_and(|by| self.may(by, t.at, t.revision)))
    }

    /// How it stands by those who may touch it.
    fn standing<T>(&self, signed: &Signed<T>) -> Standing {
        self.touch(signed).map_or(signed.born, |touch| touch.to)
    }

    /// When they last wrote or touched it.
    fn last_change<T>(&self, signed: &Signed<T>) -> Time {
        self.touch(signed).map_or(signed.at, |touch| touch.at)
    }
}

/// The work on a request.
#[derive(Debug, Default)]
pub struct Work {
    /// How far it is.
    pub progress: Progress,
    /// When the steps last changed.
    pub steps_since: Time,
    /// What came of it, the earliest first, with who wrote it: as far as nothing is wrong with it.
    pub outcomes: Vec<Signed<Outcome>>,
    /// Since when there is something, or there is not.
    pub outcome_since: Time,
    /// What is wrong with steps and outcomes.
    pub notices: Vec<Notice>,
    /// When time alone changes something: a step falls due.
    pub due: Option<Time>,
}

impl Work {
    /// The work by these facts.
    pub fn of(facts: &Facts, roster: &Roster, helpers: &Helpers, now: Time) -> Self {
        let workers = Workers { facts, roster, helpers };
        let mut work = Work { steps_since: facts.filed, outcome_since: facts.filed, ..Work::default() };
        work.follow_steps(&workers, now);
        work.follow_outcomes(&workers, now);
        work
    }

    fn follow_steps(&mut self, workers: &Workers, now: Time) {
        let all = &workers.facts.statements.steps;
        let counts = |step: &&Signed<Step>| workers.wrote(step) && workers.standing(step) == Standing::Plain;
        let name = |step: &Signed<Step>| normalized(&step.content.name);
        let mut steps: Vec<&Signed<Step>> = all.iter().filter(counts).filter(|step| step.place.is_some()).collect();
        // What somebody else took away is still there, but where somebody who may wrote it anew.
        let lost = all.iter().filter(counts).filter(|step| step.place.is_none());
        let lost: Vec<_> = lost.filter(|step| !steps.iter().any(|other| name(other) == name(step))).collect();
        steps.sort_by_key(|step| step.place);
        steps.extend(&lost);
        let changes = all.iter().filter(|step| workers.wrote(step)).map(|step| workers.last_change(step));
        self.steps_since = changes.fold(self.steps_since, Time::max);
        self.progress = progress(steps.iter().map(|step| &step.content), now);
        let open = steps.iter().filter(|step| !step.content.state().is_over());
        self.due = open.filter_map(|step| step.content.due().map(end_of)).filter(|end| *end > now).min();
        let live = |step: &&Signed<Step>| step.stands() == Standing::Plain && step.place.is_some();
        let by_others: Vec<_> = all.iter().filter(|step| !workers.wrote(step)).filter(live).collect();
        let mut notices: Vec<Notice> = by_others.iter().map(|step| not_counted(step)).collect();
        // One that somebody else only ticked is named already.
        let gone = lost.iter().filter(|step| !by_others.iter().any(|other| name(other) == name(step)));
        notices.extend(gone.map(|step| taken_away(step)));
        notices.extend(steps.iter().flat_map(|step| mistakes(&step.content)));
        notices.truncate(MAX_NAMED);
        self.notices.extend(notices);
    }

    fn follow_outcomes(&mut self, workers: &Workers, now: Time) {
        let all = &workers.facts.statements.outcomes;
        for outcome in all.iter().filter(|outcome| workers.standing(outcome) == Standing::Plain) {
            let name = || outcome.author.as_ref().map_or("", |user| &user.name);
            if !workers.wrote(outcome) || outcome.is_signed_by_other() {
                self.notices.push(notice(NoticeKind::OutcomeNotCounted, name(), &outcome.content.text));
                continue;
            }
            let wrong = wrong(&outcome.content, workers.facts);
            if wrong.iter().any(|(param, _)| ["image", "category"].contains(param)) {
                self.due = self.due.into_iter().chain([now + LOOKED_UP_AGAIN]).min();
            }
            if wrong.is_empty() {
                self.outcomes.push(outcome.clone());
            }
            let tell = |(field, value): (&str, &str)| notice(NoticeKind::OutcomeInvalid, field, value);
            self.notices.extend(wrong.into_iter().map(tell));
        }
        self.notices.truncate(2 * MAX_NAMED);
        self.outcome_since = match self.outcomes.first() {
            Some(first) => first.at,
            None => all.iter().map(|outcome| workers.last_change(outcome)).fold(self.outcome_since, Time::max),
        };
    }
}

/// How far steps are, in their order.
fn progress<'s>(steps: impl Iterator<Item = &'s Step>, now: Time) -> Progress {
    let needed: Vec<&Step> = steps.filter(|step| step.state() != StepState::Dropped).collect();
    let in_state = |state: StepState| needed.iter().find(move |step| step.state() == state);
    let next = in_state(StepState::Doing).or_else(|| in_state(StepState::Todo));
    let next = next.or_else(|| in_state(StepState::Blocked));
    let read = |written: &str| one_line(&as_read(written), MAX_CHARS);
    let is_over = |day: NaiveDate| end_of(day) <= now;
    let overdue = needed.iter().filter(|step| !step.state().is_over() && step.due().is_some_and(is_over));
    Progress {
        done: needed.iter().filter(|step| step.state() == StepState::Done).count(),
        of: needed.len(),
        next: next.map(|step| read(&step.name)).unwrap_or_default(),
        who: next.map(|step| read(&step.who)).unwrap_or_default(),
        due: next.and_then(|step| step.due()),
        overdue: overdue.map(|step| read(&step.name)).collect(),
    }
}

/// That somebody wrote a step who may not.
fn not_counted(step: &Signed<Step>) -> Notice {
    let by = step.author.as_ref().map_or("", |user| user.name.as_str());
    let state = step.content.state().id().to_owned();
    Notice { suggestion: state, ..notice(NoticeKind::StepNotCounted, by, &as_read(&step.content.name)) }
}

/// That somebody took a step away, or made another one of it, who may not.
fn taken_away(step: &Signed<Step>) -> Notice {
    let by = step.touches.last().and_then(|touch| touch.by.as_ref()).map_or("", |user| user.name.as_str());
    notice(NoticeKind::StepTakenAway, by, &as_read(&step.content.name))
}

/// What is wrong with a step.
fn mistakes(step: &Step) -> Vec<Notice> {
    let name = as_read(&step.name);
    let mut mistakes = Vec::new();
    if !step.state.is_empty() && StepState::parse(&step.state).is_none() {
        let states = || StepState::ALL.iter().map(|state| state.id());
        let suggestion = nearest(&step.state, states()).unwrap_or_default().to_owned();
        let allowed = states().map(str::to_owned).collect();
        mistakes.push(Notice { allowed, suggestion, ..notice(NoticeKind::NoSuchState, &name, &step.state) });
    }
    if !step.due.is_empty() && step.due().is_none() {
        mistakes.push(notice(NoticeKind::StepDue, &name, &step.due));
    }
    mistakes
}

/// What is wrong with an outcome: parameters, each with its value.
fn wrong<'o>(outcome: &'o Outcome, facts: &Facts) -> Vec<(&'static str, &'o str)> {
    let Outcome { text, files, items, category, image, link } = outcome;
    let absent = |param: &str, value: &str| facts.absent.contains(&(param.to_owned(), value.to_owned()));
    let is_number = |value: &str| value.is_empty() || Outcome::number(value).is_some();
    let checks = [
        ("text", text, !as_read(text).is_empty()),
        ("files", files, is_number(files)),
        ("items", items, is_number(items)),
        ("category", category, !absent("category", category)),
        ("image", image, !absent("image", image)),
        ("link", link, link.is_empty() || Outcome::is_link(link)),
    ];
    checks.into_iter().filter(|(_, _, good)| !good).map(|(param, value, _)| (param, value.as_str())).collect()
}
