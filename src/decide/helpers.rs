//! Who helps with a request. Pure.
//!
//! Whoever writes that they help does, if the desk lets them; staff, the chair and the secretary say it of others. It ends by a
//! release, by the helper or by those, or where the claim is taken back.

use std::collections::BTreeSet;

use super::fields::{MAX_NAMED, notice};
use super::timeline::Timeline;
use super::vote_policy::VotePolicy;
use crate::desk::claim::{Claim, Helper};
use crate::desk::decision::{Notice, NoticeKind};
use crate::desk::roster::{Role, Roster};
use crate::desk::signed::Signed;
use crate::desk::{ClaimBy, Desk, Facts};
use crate::page::{Time, User};

/// Who helps, and what was said of it in vain.
#[derive(Debug, Clone, Default)]
pub struct Helpers {
    /// Those who help, in the order in which they came.
    pub now: Vec<Helper>,
    /// When there was somebody first, or nobody any more.
    pub since: Time,
    /// Claims and releases that do not count.
    pub notices: Vec<Notice>,
    /// Who began or ended to help with which revision, the earliest first.
    turns: Vec<Turn>,
}

/// That somebody begins to help, or ends.
#[derive(Debug, Clone)]
struct Turn {
    revision: u64,
    at: Time,
    begins: bool,
    helper: Helper,
}

impl Helpers {
    /// Those who help by these facts.
    pub fn of(facts: &Facts, desk: &Desk, roster: &Roster, timeline: &Timeline) -> Self {
        let policy = VotePolicy { facts, roster };
        let mut helpers = Helpers { since: facts.filed, ..Helpers::default() };
        let mut in_vain: BTreeSet<(String, &str)> = BTreeSet::new();
        for claim in &facts.statements.claims {
            match whose(claim, &policy, desk, timeline) {
                Ok(user) => helpers.turns.extend(turns(claim, &user, &policy)),
                // What is gone says nothing.
                Err(why) if claim.place.is_some() || claim.meeting.is_some() => {
                    let by = claim.author.as_ref().map(|user| user.name.clone()).unwrap_or_default();
                    in_vain.insert((claim.content.on_behalf_of.clone().unwrap_or(by), why));
                }
                Err(_) => {}
            }
        }
        helpers.turns.sort_by_key(|turn| (turn.revision, !turn.begins));
        for turn in helpers.turns.clone() {
            let had = !helpers.now.is_empty();
            match helpers.now.iter_mut().find(|helper| helper.user.is(&turn.helper.user)) {
                // Who says it once more is there already.
                Some(_) if turn.begins => {}
                Some(_) => helpers.now.retain(|helper| !helper.user.is(&turn.helper.user)),
                None if turn.begins => helpers.now.push(turn.helper),
                None => {}
            }
            if had == helpers.now.is_empty() {
                helpers.since = turn.at;
            }
        }
        let tell = |(name, why): (String, &str)| notice(NoticeKind::ClaimNotCounted, &name, why);
        helpers.notices = in_vain.into_iter().take(MAX_NAMED).map(tell).collect();
        helpers
    }

    /// Whether the account helped when that revision was saved.
    pub fn helped(&self, user: &User, revision: u64) -> bool {
        let mut own = self.turns.iter().filter(|turn| turn.helper.user.is(user) && turn.revision <= revision);
        own.next_back().is_some_and(|turn| turn.begins)
    }

    /// Whether somebody helps.
    pub fn is_claimed(&self) -> bool {
        !self.now.is_empty()
    }

    /// When a helper last edited the page; at least when the last one came. None where nobody helps.
    pub fn worked(&self, facts: &Facts) -> Option<Time> {
        let came = self.now.iter().map(|helper| helper.since).max()?;
        let own = |by: &User| self.now.iter().any(|helper| helper.user.is(by));
        let edits = facts.edits.iter().filter(|edit| edit.by.as_ref().is_some_and(own));
        Some(edits.map(|edit| edit.at).fold(came, Time::max))
    }
}

/// Whom a claim or a release is about.
///
/// # Errors
/// With the code of why it does not count.
fn whose(claim: &Signed<Claim>, policy: &VotePolicy, desk: &Desk, timeline: &Timeline) -> Result<User, &'static str> {
    let author = claim.author.as_ref().ok_or("hidden")?;
    if claim.is_signed_by_other() {
        return Err("signature");
    }
    let own = claim.content.on_behalf_of.as_ref().is_none_or(|name| author.name == *name);
    let user = match claim.content.on_behalf_of.as_ref().filter(|_| !own) {
        Some(_) if !policy.may_record(author, claim.at) && !policy.is_of_meeting(claim) => {
            return Err("for-not-allowed");
        }
        Some(name) => policy.facts.accounts.get(name).or_else(|| policy.roster.named(name)).ok_or("for-unknown")?,
        None => author,
    };
    if user.id == 0 || user.temporary {
        return Err("temporary");
    }
    if claim.content.release {
        return Ok(user.clone());
    }
    let closed = claim.meeting.is_none() && desk.status(timeline.status_at(claim.revision)).is_some_and(|s| s.closed);
    if closed {
        return Err("closed");
    }
    let mut roles = policy.roster.roles(user.id, claim.at);
    match desk.claim_by {
        ClaimBy::Members if own && !roles.any(|role| role != Role::Helper) => Err("not-member"),
        ClaimBy::Listed if own && roles.next().is_none() => Err("not-listed"),
        _ => Ok(user.clone()),
    }
}

/// When it begins to stand, and when not any more, by what those did who may touch it.
fn turns(claim: &Signed<Claim>, user: &User, policy: &VotePolicy) -> Vec<Turn> {
    let by = claim.author.clone().filter(|author| !author.is(user));
    let turn = |(revision, at, stands): (u64, Time, bool)| Turn {
        revision,
        at,
        begins: stands != claim.content.release,
        helper: Helper { user: user.clone(), since: at, revision, assigned_by: by.clone() },
    };
    policy.changes(claim, Some(user)).into_iter().map(turn).collect()
}
