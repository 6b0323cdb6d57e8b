//! A request: its page, its history and what both say.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::electorate::{Elector, KnownElector};
use super::milestones::Milestones;
use super::minutes::Item;
use super::signed::Signed;
use super::statement::Statements;
use super::vote::Choice;
use crate::page::{PageRef, Time, User};

/// So many claims and releases of a request are looked at for the accounts that they name, the newest first.
const MOST_CLAIMS: usize = 50;

/// A version of the request template: its parameters from one revision on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Version {
    /// When it was saved.
    pub at: Time,
    /// Who saved it; none where the wiki hides it.
    pub by: Option<User>,
    /// The first revision that said so.
    pub revision: u64,
    /// Its parameters but the bot's own, in order, as wikitext, trimmed; comments dropped.
    pub params: Vec<(String, String)>,
    /// The accounts that `requester` names.
    pub named: NamedAccounts,
}

/// Accounts that a value names.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct NamedAccounts {
    /// Their names, each once.
    pub names: Vec<String>,
    /// They are links or templates for users. Else it is plain text, which names somebody only where every part of it is an
    /// account's name.
    pub linked: bool,
}

impl Version {
    /// The change of a field that it brought.
    pub fn change(&self, field: &str) -> FieldChange {
        FieldChange { field: field.to_owned(), by: self.by.clone(), at: self.at, revision: self.revision }
    }
}

/// A change of one field of the request template.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldChange {
    /// The field's name.
    pub field: String,
    /// Who changed it; none where the wiki hides it.
    pub by: Option<User>,
    /// When it was saved.
    pub at: Time,
    /// The revision it made.
    pub revision: u64,
}

/// What the bot's last ledger says of earlier changes of the request template.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct KnownChanges {
    /// Changes of material fields after counted votes.
    pub under_votes: Vec<FieldChange>,
    /// For each of the votes of then, in their order, which of those came after it.
    pub of_votes: Vec<Vec<usize>>,
    /// Changes that left a field empty or not valid.
    pub invalid: Vec<FieldChange>,
    /// The type that counts, where somebody who may not say so wrote another one, and that change.
    pub kind: Option<(String, FieldChange)>,
    /// Who other than an owner wrote the type that counts.
    pub kind_by: Option<String>,
}

/// Where a request stood when the bot last wrote its ledger: what came before is told by that.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Anchor {
    /// The status' id.
    pub status: String,
    /// When it had come to that status.
    pub since: Time,
    /// The rule it rested on, if it was one.
    pub rule: Option<String>,
    /// The person it rested on, if it was one, and the revision that said so.
    pub decided: Option<(String, u64)>,
    /// What had happened to it, and when.
    pub milestones: Milestones,
    /// When the counted votes had last changed.
    pub votes_changed: Time,
    /// When the counted votes or the text under them had last changed.
    pub settled: Time,
    /// What had become of the text.
    pub changes: KnownChanges,
    /// The names of the owners but for whoever filed it, and of those who named them.
    pub owners: (Vec<String>, Vec<String>),
    /// The revision with which the bot saved the ledger.
    pub revision: u64,
    /// When it saved it.
    pub saved: Time,
    /// The revision with which the desk had replied to the owners, if it had.
    pub replied: Option<u64>,
    /// Whether those who had voted might.
    pub electors: Vec<KnownElector>,
}

/// An edit by a person, without what it changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Edit {
    /// When it was saved.
    pub at: Time,
    /// The revision it made.
    pub revision: u64,
    /// Who saved it; none where the wiki hides it.
    pub by: Option<User>,
    /// It brought words to the page: it is no move, no protection, no revert.
    pub wrote: bool,
}

/// A change of `status=` found in the history.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatusEdit {
    /// The value it was changed from, as written; empty if it was absent.
    pub before: String,
    /// The value it was changed to, as written.
    pub to: String,
    /// The value of `status since=` beside it, where it is a time.
    pub since: Option<Time>,
    /// The revision the bot had read when it made this change, where its ledger says so.
    pub read: Option<u64>,
    /// The rule the bot's ledger of that revision names.
    pub rule: Option<String>,
    /// Who changed it; none where the wiki hides it.
    pub by: Option<User>,
    /// When it was saved.
    pub at: Time,
    /// The revision it made.
    pub revision: u64,
}

/// All that a request page and its history say.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Facts {
    /// The request's page.
    pub page: PageRef,
    /// Its newest revision, which was read.
    pub revision: u64,
    /// The author of the revision that first held the template; none where the wiki hides it.
    pub filer: Option<User>,
    /// Whose request it is: whoever filed it, until it is looked at who else is named.
    pub owners: Vec<User>,
    /// The accounts of the names that versions of the template, or the bot's ledger, name as requesters.
    pub accounts: BTreeMap<String, User>,
    /// The template's parameters, in order, as wikitext, trimmed; comments dropped.
    pub params: Vec<(String, String)>,
    /// The accounts that voted, by their ids, where the desk has an electorate.
    pub electors: BTreeMap<u64, Elector>,
    /// What MediaWiki makes of values that hold templates or magic words, by the value as written: of fields that are read
    /// ([`super::Desk::reads`]), not only shown.
    pub expanded: BTreeMap<String, String>,
    /// Files and categories that outcomes name and that there are not: the parameter, and the value as written.
    pub absent: BTreeSet<(String, String)>,
    /// Names of parameters that stand in the template more than once.
    pub doubled: Vec<String>,
    /// Words in the comments of empty fields, where nobody sees them, each with the field's name.
    pub in_hints: Vec<(String, String)>,
    /// Words above or below the box with the fields.
    pub around_box: String,
    /// When the template was first on the page.
    pub filed: Time,
    /// The revision that filed it.
    pub filed_in: u64,
    /// Votes, decisions and all else that people signed.
    pub statements: Statements,
    /// What meetings said of it, as far as it stands, oldest first. What follows from that is among the statements.
    pub discussed: Vec<Item>,
    /// Changes of `status=`, oldest first.
    pub status_edits: Vec<StatusEdit>,
    /// Text that looks like a vote but is none, in the newest revision.
    pub lookalikes: Vec<String>,
    /// Lines that vote in words alone, in the newest revision.
    pub spoken_votes: Vec<SpokenVote>,
    /// Parameters of what people signed that its template does not know, in the newest revision: the template's name and the
    /// parameter's.
    pub unknown_parameters: Vec<(String, String)>,
    /// Names of templates that had not led for long enough to a vote or the like when they were written, in the newest
    /// revision: as written, and the template's own.
    pub new_redirects: Vec<(String, String)>,
    /// The template's parameters through time, oldest first; the last are those of today.
    pub versions: Vec<Version>,
    /// Edits by people, oldest first.
    pub edits: Vec<Edit>,
    /// Where the story begins, if that is not when the request was filed.
    pub anchor: Option<Anchor>,
}

/// A line that votes in words alone, such as `+1`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpokenVote {
    /// The words.
    pub words: String,
    /// Who wrote them.
    pub by: User,
    /// When they were written.
    pub at: Time,
}

impl Facts {
    /// The trimmed value of a parameter, as MediaWiki expands it where that is known; empty if it is absent.
    pub fn param(&self, name: &str) -> &str {
        let written = value(&self.params, name);
        self.expanded.get(written).map_or(written, String::as_str)
    }

    /// When somebody other than the bot last edited the page.
    pub fn person_edit(&self) -> Time {
        self.edits.last().map_or(self.filed, |e| e.at)
    }

    /// The names that versions of the template, or the bot's ledger, name as requesters, and those for whom helping is claimed,
    /// each with when that first was.
    pub fn named(&self) -> BTreeMap<String, Time> {
        let mut named: BTreeMap<String, Time> = BTreeMap::new();
        for version in &self.versions {
            for name in &version.named.names {
                named.entry(name.clone()).or_insert(version.at);
            }
        }
        for claim in self.statements.claims.iter().rev().take(MOST_CLAIMS) {
            if let Some(name) = &claim.content.on_behalf_of {
                named.entry(name.clone()).or_insert(claim.at);
            }
        }
        let known =
            self.anchor.iter().flat_map(|anchor| anchor.owners.0.iter().map(|name| (name.clone(), anchor.saved)));
        named.extend(known);
        named
    }

    /// Whether it is that account's request.
    pub fn is_owner(&self, user: &User) -> bool {
        self.owners.iter().any(|owner| owner.is(user))
    }

    /// The last edit by an owner that brought words to the page.
    pub fn owner_edit(&self) -> Option<&Edit> {
        self.edits.iter().rev().find(|e| e.wrote && e.by.as_ref().is_some_and(|by| self.is_owner(by)))
    }

    /// Whether a revision changed a field, or added a vote, a score or the like: that answers nobody, but where it asks.
    fn is_no_reply(&self, revision: u64) -> bool {
        // What earlier revisions brought, the ledger alone tells.
        if let Some(anchor) = self.anchor.as_ref().filter(|anchor| revision <= anchor.revision) {
            return anchor.replied != Some(revision);
        }
        let Statements { votes, scores, recusals, claims, steps, outcomes, .. } = &self.statements;
        let votes = votes.iter().filter(|vote| vote.content.choice != Choice::Info).map(|vote| vote.revision);
        let others = scores.iter().map(|score| score.revision).chain(recusals.iter().map(|recusal| recusal.revision));
        let work = claims.iter().map(|claim| claim.revision).chain(steps.iter().map(|step| step.revision));
        let others = others.chain(work).chain(outcomes.iter().map(|outcome| outcome.revision));
        let fields = self.versions.iter().map(|version| version.revision);
        votes.chain(others).chain(fields).any(|of| of == revision)
    }

    /// The edits by accounts that are no owners and that count, newer than a revision, oldest first.
    pub fn replies_since(&self, asked: u64, counts: impl Fn(&Edit, &User) -> bool) -> impl Iterator<Item = &Edit> {
        let newer = self.edits.iter().filter(move |e| e.wrote && e.revision > asked && !self.is_no_reply(e.revision));
        newer.filter(move |e| e.by.as_ref().is_some_and(|by| !self.is_owner(by) && counts(e, by)))
    }

    /// The newest revision of minutes that something here rests on; 0 where nothing does.
    pub fn newest_minutes(&self) -> u64 {
        let Statements { votes, rulings, .. } = &self.statements;
        let votes = votes.iter().filter(|s| s.meeting.is_some()).map(Signed::newest_revision);
        let rulings = rulings.iter().filter(|s| s.meeting.is_some()).map(Signed::newest_revision);
        self.discussed.iter().map(|item| item.revision).chain(votes).chain(rulings).max().unwrap_or_default()
    }

    /// The change since which a field is so without a break; none where it always was.
    pub fn change_to(&self, field: &str, is_so: impl Fn(&str) -> bool) -> Option<FieldChange> {
        match self.versions.iter().rposition(|v| !is_so(value(&v.params, field))) {
            Some(before) => self.versions.get(before + 1).map(|v| v.change(field)),
            None => self.anchor.as_ref()?.changes.invalid.iter().find(|c| c.field == field).cloned(),
        }
    }

    /// The page with other parameters and nothing else on it.
    pub fn with_params(&self, params: &[(String, String)]) -> Facts {
        Facts {
            params: params.to_vec(),
            expanded: self.expanded.clone(),
            page: self.page.clone(),
            filer: self.filer.clone(),
            owners: self.owners.clone(),
            revision: self.revision,
            filed: self.filed,
            filed_in: self.filed_in,
            ..Facts::default()
        }
    }

    /// What was known at that moment: all that came later is left out, except how the page looks today (parameters
    /// that stand twice, words that look like votes).
    pub fn as_of(&self, at: Time) -> Facts {
        let mut then = self.clone();
        then.statements.forget_after(at);
        then.discussed.retain(|item| item.at <= at);
        then.status_edits.retain(|e| e.at <= at);
        then.edits.retain(|e| e.at <= at);
        if then.versions.last().is_some_and(|v| v.at > at) {
            then.versions.retain(|v| v.at <= at);
            then.params = then.versions.last().map(|v| v.params.clone()).unwrap_or_default();
        }
        then
    }
}

/// The value that counts under a name among parameters: the last, as in MediaWiki; empty if there is none.
pub fn value<'a>(params: &'a [(String, String)], name: &str) -> &'a str {
    params.iter().rev().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
}
