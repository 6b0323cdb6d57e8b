//! How a template stands by the edits of those who may touch it. Pure.

use crate::desk::decision::Verdict;
use crate::desk::recusal::Recusal;
use crate::desk::request::Facts;
use crate::desk::roster::{Role, Roster};
use crate::desk::signed::{Signed, Standing, Touch};
use crate::page::{Time, User};

/// Who may do what to the votes on a request.
pub(super) struct VotePolicy<'a> {
    pub facts: &'a Facts,
    pub roster: &'a Roster,
}

impl VotePolicy<'_> {
    /// Whether the account is staff or the chair, and not on a request of its own.
    pub(super) fn may_decide(&self, user: &User, at: Time) -> bool {
        self.roster.decides(user.id, at) && !self.facts.is_owner(user)
    }

    /// Whether the account may record votes: as [`VotePolicy::may_decide`], and the secretary.
    pub(super) fn may_record(&self, user: &User, at: Time) -> bool {
        self.roster.records(user.id, at) && !self.facts.is_owner(user)
    }

    /// Whose words they are: their author's, or those of the member for whom minutes say them.
    pub(super) fn whose<'s, T>(&'s self, signed: &'s Signed<T>, on_behalf_of: Option<&str>) -> Option<&'s User> {
        match on_behalf_of {
            Some(name) => self.roster.named(name).filter(|_| self.is_of_meeting(signed)),
            None => signed.author.as_ref(),
        }
    }

    /// Why the account had no vote at that moment; none where it had one.
    pub(super) fn refusal(&self, user: &User, at: Time) -> Option<Verdict> {
        let is = |wanted: Role| self.roster.roles(user.id, at).any(|role| role == wanted);
        match &self.roster.electorate {
            Some(_) if is(Role::Adviser) => Some(Verdict::Adviser),
            Some(electorate) => {
                let known = self.facts.anchor.iter().flat_map(|anchor| &anchor.electors);
                match known.into_iter().find(|known| known.user == user.id && known.at == at) {
                    Some(known) => known.refused,
                    // Nothing is told of an account that the wiki hides.
                    None => {
                        self.facts.electors.get(&user.id).map_or(Some(Verdict::Hidden), |e| electorate.refusal(e, at))
                    }
                }
            }
            None if self.roster.votes(user.id, at) => None,
            None if is(Role::Adviser) => Some(Verdict::Adviser),
            None if self.roster.knows(user.id) && !self.roster.records(user.id, at) => Some(Verdict::NotInTerm),
            None => Some(Verdict::NotOnRoster),
        }
    }

    /// The accounts that stepped aside and did not take it back.
    pub(super) fn recused(&self) -> Vec<User> {
        let standing =
            |r: &&Signed<Recusal>| !r.is_signed_by_other() && self.authorised_standing(r, None) == Standing::Plain;
        let mut recused: Vec<User> = Vec::new();
        let stands = self.facts.statements.recusals.iter().filter(standing);
        for user in stands.filter_map(|recusal| self.whose(recusal, recusal.content.on_behalf_of.as_deref())) {
            if (self.roster.electorate.is_some() || self.roster.knows(user.id))
                && !recused.iter().any(|known| known.is(user))
            {
                recused.push(user.clone());
            }
        }
        recused
    }

    /// Whether minutes say it: those were written by somebody who may record, but for requests of their own.
    pub(super) fn is_of_meeting<T>(&self, signed: &Signed<T>) -> bool {
        signed.meeting.is_some() && !signed.author.as_ref().is_some_and(|author| self.facts.is_owner(author))
    }

    /// Its author, the member it was recorded for, staff and the chair may touch a vote. Minutes are told as those left them
    /// who may.
    pub(super) fn may_touch<T>(&self, signed: &Signed<T>, member: Option<&User>, touch: &Touch) -> bool {
        // What stood open before it was written silences nobody.
        let of_minutes = signed.meeting.is_some() && touch.by.as_ref().is_some_and(|by| !self.facts.is_owner(by));
        of_minutes
            || touch.at >= signed.at
                && touch.by.as_ref().is_some_and(|by| {
                    let own = |of: &User| of.is(by);
                    signed.author.as_ref().is_some_and(own) || member.is_some_and(own) || self.may_decide(by, touch.at)
                })
    }

    /// How a template stands by what those did who may; edits by others do not count.
    pub(super) fn authorised_standing<T>(&self, signed: &Signed<T>, member: Option<&User>) -> Standing {
        let own = signed.touches.iter().rev().find(|t| self.may_touch(signed, member, t));
        own.map_or(signed.born, |t| t.to)
    }

    /// The edits by those who may since which a template stands, or does not any more: revision, time, whether it does.
    pub(super) fn changes<T>(&self, signed: &Signed<T>, member: Option<&User>) -> Vec<(u64, Time, bool)> {
        let own = signed.touches.iter().filter(|t| self.may_touch(signed, member, t)).map(|t| (t.revision, t.at, t.to));
        let mut stood = false;
        std::iter::once((signed.revision, signed.at, signed.born))
            .chain(own)
            .filter_map(|(revision, at, state)| {
                let stands = state == Standing::Plain;
                (std::mem::replace(&mut stood, stands) != stands).then_some((revision, at, stands))
            })
            .collect()
    }

    /// The last edit by somebody who may not touch it, where the page shows it otherwise than it counts.
    pub(super) fn unauthorised_touch<T>(&self, signed: &Signed<T>, member: Option<&User>) -> Option<Touch> {
        if signed.stands() == self.authorised_standing(signed, member) {
            return None;
        }
        signed.touches.iter().rev().find(|t| !self.may_touch(signed, member, t)).cloned()
    }
}

/// Whether a template that is nobody's vote stands.
pub fn stands<T>(signed: &Signed<T>, facts: &Facts, roster: &Roster) -> bool {
    VotePolicy { facts, roster }.authorised_standing(signed, None) == Standing::Plain
}

/// The revisions since which a template that is nobody's vote stands, or does not any more, by what those did who may.
pub fn changes<T>(signed: &Signed<T>, facts: &Facts, roster: &Roster) -> Vec<(u64, Time, bool)> {
    VotePolicy { facts, roster }.changes(signed, None)
}
