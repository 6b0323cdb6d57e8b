//! What the fields said when, and who changed them: the type that counts, and changes under votes. Pure.

use std::borrow::Cow;
use std::collections::HashMap;

use super::fields::{kind, meant};
use crate::desk::decision::{Ballot, Notice, NoticeKind, Verdict};
use crate::desk::request::{FieldChange, Version, value};
use crate::desk::roster::Roster;
use crate::desk::signed::Signed;
use crate::desk::vote::Vote;
use crate::desk::{Desk, Facts, Field};
use crate::page::{Time, User};
use crate::records::texts::is_blank;
use crate::wikitext::inert::one_line;

/// How many changes of a field are named for each vote, the newest; what changed in all is in the difference from there on.
const MAX_CHANGES: usize = 3;

/// Whether the account may say of which type a request is: its owners, and whoever has a role on the roster then.
fn may_set_type(by: &User, facts: &Facts, roster: &Roster, at: Time) -> bool {
    facts.is_owner(by) || roster.is_of_desk(by.id, at)
}

/// The request's type, as it counts.
pub struct CountedType {
    /// The notice on a change by somebody who may not make it.
    pub notice: Option<Notice>,
    /// Who wrote it, where that is no owner.
    pub by: Option<String>,
}

/// The facts with the type as those left it last who may, through time. To save the page is no confirmation: one of them
/// has to write the type.
pub fn with_counted_type<'f>(facts: &'f Facts, desk: &Desk, roster: &Roster) -> (Cow<'f, Facts>, CountedType) {
    let known = facts.anchor.as_ref().map(|a| &a.changes);
    let (Some(first), true) = (facts.versions.first(), desk.field("type").is_some()) else {
        return (Cow::Borrowed(facts), CountedType { notice: None, by: None });
    };
    let mut written = value(&first.params, "type");
    let (mut counts, mut doubtful) = match known.and_then(|k| k.kind.as_ref()) {
        Some((counts, change)) => (counts.as_str(), Some(change.clone())),
        None => (written, None),
    };
    let mut by = known.and_then(|k| k.kind_by.clone());
    let mut through_time = vec![counts];
    for version in &facts.versions[1..] {
        let now = value(&version.params, "type");
        if now != written {
            match version.by.as_ref().filter(|u| may_set_type(u, facts, roster, version.at)) {
                Some(user) => {
                    (counts, doubtful) = (now, None);
                    by = Some(user.name.clone());
                }
                None => doubtful = (kind(now, desk) != kind(counts, desk)).then(|| version.change("type")),
            }
        }
        written = now;
        through_time.push(counts);
    }
    by = by.filter(|name| !facts.owners.iter().any(|owner| owner.name == *name));
    let notice = doubtful.map(|change| Notice {
        kind: NoticeKind::TypeNotConfirmed,
        field: "type".to_owned(),
        value: one_line(written, 60),
        limit: None,
        allowed: Vec::new(),
        suggestion: one_line(counts, 60),
        change: Some(change),
    });
    let as_written = facts.versions.iter().zip(&through_time).all(|(v, counts)| value(&v.params, "type") == *counts);
    if as_written {
        return (Cow::Borrowed(facts), CountedType { notice, by });
    }
    let mut counted = facts.clone();
    for (version, counts) in counted.versions.iter_mut().zip(&through_time) {
        set_type(&mut version.params, counts);
    }
    set_type(&mut counted.params, counts);
    (Cow::Owned(counted), CountedType { notice, by })
}

fn set_type(params: &mut Vec<(String, String)>, to: &str) {
    match params.iter_mut().rev().find(|(name, _)| name == "type") {
        Some((_, value)) => to.clone_into(value),
        None => params.push(("type".to_owned(), to.to_owned())),
    }
}

/// What a field says: the same whatever white space is in it, and whichever way an allowed value is written.
fn said(field: &Field, value: &str) -> String {
    match meant(field, value) {
        Some(meant) => meant.to_owned(),
        None if is_blank(value) => String::new(),
        None => value.split_whitespace().collect(),
    }
}

/// What a material field said through time.
struct FieldHistory<'f> {
    field: &'f str,
    /// Each version that changed it, the first one too, with the number of what it said.
    values: Vec<(&'f Version, usize)>,
    /// For each number, where in `values` the field last said so.
    last: Vec<usize>,
}

impl<'f> FieldHistory<'f> {
    fn of(field: &'f Field, versions: &'f [Version]) -> Self {
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut history = FieldHistory { field: &field.name, values: Vec::new(), last: Vec::new() };
        for version in versions {
            let next = numbers.len();
            let number = *numbers.entry(said(field, value(&version.params, &field.name))).or_insert(next);
            if history.values.last().is_none_or(|(_, before)| *before != number) {
                history.last.resize(numbers.len(), 0);
                history.last[number] = history.values.len();
                history.values.push((version, number));
            }
        }
        history
    }

    /// The changes that lead from what the field said when a vote was cast to what it says today, oldest first: what was put
    /// back in between is left out, and of several by the same person in a row the last is given.
    fn after(&self, vote: &Signed<Vote>) -> Vec<FieldChange> {
        let before = |(version, _): &&(&Version, usize)| (version.at, version.revision) <= (vote.at, vote.revision);
        let Some((_, then)) = self.values.iter().rfind(before).or(self.values.first()) else { return Vec::new() };
        let mut changes: Vec<FieldChange> = Vec::new();
        let mut at = self.last[*then];
        while let Some((version, number)) = self.values.get(at + 1) {
            changes.pop_if(|before| before.by.is_some() && before.by == version.by);
            changes.push(version.change(self.field));
            at = self.last[*number];
        }
        changes.split_off(changes.len().saturating_sub(MAX_CHANGES))
    }
}

/// Marks the votes that count with the changes of material fields after them. Gives when a field that says something else
/// than when one of them was cast last changed: a change that was put back leaves nothing, and takes no time.
pub fn mark_changes(ballots: &mut [Ballot], facts: &Facts, desk: &Desk) -> Option<Time> {
    let fields = desk.fields.iter().filter(|f| f.material);
    let histories: Vec<FieldHistory> = fields.map(|f| FieldHistory::of(f, &facts.versions)).collect();
    let mut last = facts.anchor.as_ref().map(|a| a.settled);
    for (index, ballot) in ballots.iter_mut().enumerate().filter(|(_, b)| b.verdict == Verdict::Counted) {
        if let Some(known) = facts.anchor.as_ref().map(|a| &a.changes)
            && let Some(of_vote) = known.of_votes.get(index)
        {
            ballot.changes = of_vote.iter().filter_map(|i| known.under_votes.get(*i).cloned()).collect();
        }
        for history in &histories {
            let changes = history.after(&ballot.vote);
            if !changes.is_empty() {
                last = last.max(history.values.last().map(|(version, _)| version.at));
            }
            ballot.changes.extend(changes);
        }
        ballot.changes.sort_by_key(|c| (c.at, c.revision));
    }
    last
}

/// All changes that the ballots are marked with, each once, oldest first.
pub fn changes_under(ballots: &[Ballot]) -> Vec<FieldChange> {
    let mut all: Vec<FieldChange> = ballots.iter().flat_map(|b| b.changes.iter().cloned()).collect();
    all.sort_by(|a, b| (a.at, a.revision, &a.field).cmp(&(b.at, b.revision, &b.field)));
    all.dedup();
    all
}
