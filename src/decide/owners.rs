//! Whose request it is. Pure.
//!
//! Whoever filed it, unless somebody of the desk filed it for others: then those that `requester` names. Besides, whoever is
//! named there by somebody of the desk; and whoever is named there by an owner, once they edit the template themselves. A name
//! that anybody else wrote or took away says nothing: else one could take a member's vote, or another's request.

use std::borrow::Cow;

use super::fields::notice;
use crate::desk::Facts;
use crate::desk::decision::{Notice, NoticeKind};
use crate::desk::request::{FieldChange, NamedAccounts, Version};
use crate::desk::roster::Roster;
use crate::page::User;

/// The parameter that names owners.
const FIELD: &str = "requester";

/// How the owners of a request came about.
#[derive(Debug, Default)]
pub struct Owners {
    /// Whoever filed it, where that is no owner.
    pub filed_for_others: Option<User>,
    /// Those of the desk who named owners.
    pub by: Vec<String>,
    /// Names that count for nothing so far.
    pub notices: Vec<Notice>,
}

/// The facts with the owners that count.
pub fn with_owners<'f>(facts: &'f Facts, roster: &Roster) -> (Cow<'f, Facts>, Owners) {
    let mut naming = Naming { facts, roster, named: Vec::new(), by: Vec::new(), pending: Vec::new(), void: Vec::new() };
    if let Some(anchor) = &facts.anchor {
        let (owners, by) = &anchor.owners;
        let not_filer = |user: &&User| facts.filer.as_ref().is_none_or(|filer| !filer.is(user));
        naming.named = owners.iter().filter_map(|name| facts.accounts.get(name)).filter(not_filer).cloned().collect();
        naming.by.clone_from(by);
    }
    let first = usize::from(facts.anchor.is_some());
    for (index, version) in facts.versions.iter().enumerate().skip(first) {
        let before =
            index.checked_sub(1).map(|before| naming.accounts(&facts.versions[before].named)).unwrap_or_default();
        naming.follow(version, &before);
    }
    let owners = naming.owners();
    let notices = naming.notices();
    let filed_for_others = facts.filer.clone().filter(|filer| !owners.iter().any(|owner| owner.is(filer)));
    let found = Owners { filed_for_others, by: naming.by, notices };
    if owners == facts.owners {
        return (Cow::Borrowed(facts), found);
    }
    (Cow::Owned(Facts { owners, ..facts.clone() }), found)
}

/// The names in `requester` through time.
struct Naming<'f> {
    facts: &'f Facts,
    roster: &'f Roster,
    /// Owners besides the filer.
    named: Vec<User>,
    /// Who of the desk named them.
    by: Vec<String>,
    /// Named by an owner, and not seen in the template since; with the edit that named them.
    pending: Vec<(User, FieldChange)>,
    /// Named by anybody else.
    void: Vec<(User, FieldChange)>,
}

impl Naming<'_> {
    /// The accounts that a value names, but for the filer.
    fn accounts(&self, named: &NamedAccounts) -> Vec<User> {
        let known: Vec<&User> = named.names.iter().filter_map(|name| self.facts.accounts.get(name)).collect();
        if !named.linked && known.len() < named.names.len() {
            return Vec::new();
        }
        let is_filer = |user: &User| self.facts.filer.as_ref().is_some_and(|filer| filer.is(user));
        known.into_iter().filter(|user| !is_filer(user)).cloned().collect()
    }

    /// The owners so far: the named ones alone where somebody of the desk filed it for them.
    fn owners(&self) -> Vec<User> {
        let facts = self.facts;
        let for_others = |filer: &&User| !self.named.is_empty() && self.roster.records(filer.id, facts.filed);
        let filer = facts.filer.iter().filter(|filer| !for_others(filer));
        filer.chain(&self.named).cloned().collect()
    }

    fn follow(&mut self, version: &Version, before: &[User]) {
        let now = self.accounts(&version.named);
        let among = |all: &[User], user: &User| all.iter().any(|one| one.is(user));
        let Some(by) = &version.by else { return self.forget(&now) };
        let owns = among(&self.owners(), by);
        let of_desk = self.roster.records(by.id, version.at);
        if let Some(at) = self.pending.iter().position(|(user, _)| user.is(by) && among(&now, user)) {
            self.named.push(self.pending.remove(at).0);
        }
        for user in before.iter().filter(|user| !among(&now, user)) {
            if of_desk || user.is(by) {
                self.named.retain(|owner| !owner.is(user));
            }
        }
        self.forget(&now);
        let new: Vec<User> = now.into_iter().filter(|user| !among(before, user) && !among(&self.named, user)).collect();
        for user in new {
            match (of_desk, owns) {
                (true, _) => {
                    self.named.push(user);
                    self.by.push(by.name.clone());
                }
                (false, true) => self.pending.push((user, version.change(FIELD))),
                (false, false) => self.void.push((user, version.change(FIELD))),
            }
        }
    }

    /// Forgets who is named no more without having become an owner.
    fn forget(&mut self, now: &[User]) {
        let is_named = |(user, _): &(User, FieldChange)| now.iter().any(|one| one.is(user));
        self.pending.retain(is_named);
        self.void.retain(is_named);
    }

    fn notices(&self) -> Vec<Notice> {
        let tell = |kind: NoticeKind| {
            move |(user, change): &(User, FieldChange)| Notice {
                change: Some(change.clone()),
                ..notice(kind, FIELD, &user.name)
            }
        };
        let pending = self.pending.iter().map(tell(NoticeKind::OwnerPending));
        pending.chain(self.void.iter().map(tell(NoticeKind::OwnerNotConfirmed))).collect()
    }
}
