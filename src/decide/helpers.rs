//! Who helps with a request. Pure.
//!
//! Whoever writes that they help does, if the desk lets them; staff, the chair and the secretary say it of others. It ends by a
//! release, by the helper or by those, or where the claim is taken back.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{MAX_NAMED, notice};
use super::timeline::Timeline;
use super::vote_policy::VotePolicy;
use crate::desk::claim::{Claim, Helper};
use crate::desk::decision::{Notice, NoticeKind};
use crate::desk::milestones::Helped;
use crate::desk::roster::Roster;
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
    /// Who helped, from when until when.
    pub helped: Vec<Helped>,
    /// Who helped from which revision on, the earliest first.
    periods: Vec<(u64, Vec<Helper>)>,
}

/// A claim or a release that counts: whom it is about, and from which revisions on it stands or does not.
struct Said {
    release: bool,
    helper: Helper,
    stands: Vec<(u64, bool)>,
}

impl Helpers {
    /// Those who help by these facts.
    pub fn of(facts: &Facts, desk: &Desk, roster: &Roster, timeline: &Timeline) -> Self {
        let policy = VotePolicy { facts, roster };
        let mut helpers = Helpers { since: facts.filed, ..Helpers::default() };
        let mut in_vain: BTreeSet<(String, &str)> = BTreeSet::new();
        let (mut said, mut moments): (Vec<Said>, BTreeMap<u64, Time>) = (Vec::new(), BTreeMap::new());
        for claim in &facts.statements.claims {
            match whose(claim, &policy, desk, timeline) {
                Ok(user) => {
                    let changes = policy.changes(claim, Some(&user));
                    moments.extend(changes.iter().map(|(revision, at, _)| (*revision, *at)));
                    let assigned_by = claim.author.clone().filter(|author| !author.is(&user));
                    let helper = Helper { user, since: claim.at, revision: claim.revision, assigned_by };
                    let stands = changes.into_iter().map(|(revision, _, stands)| (revision, stands)).collect();
                    said.push(Said { release: claim.content.release, helper, stands });
                }
                // What is gone says nothing.
                Err(why) if claim.place.is_some() || claim.meeting.is_some() => {
                    let by = claim.author.as_ref().map(|user| user.name.clone()).unwrap_or_default();
                    in_vain.insert((claim.content.on_behalf_of.clone().unwrap_or(by), why));
                }
                Err(_) => {}
            }
        }
        said.sort_by_key(|said| (said.helper.revision, said.release));
        for (revision, at) in moments {
            let now = helping(&said, revision);
            if now.is_empty() != helpers.now.is_empty() {
                helpers.since = at;
            }
            for one in now.iter().filter(|one| !is_among(one, &helpers.now)) {
                helpers.helped.push(Helped { name: one.user.name.clone(), from: at, until: None });
            }
            for gone in helpers.now.iter().filter(|one| !is_among(one, &now)) {
                let open = helpers.helped.iter_mut().rev().find(|h| h.name == gone.user.name && h.until.is_none());
                open.into_iter().for_each(|helped| helped.until = Some(at));
            }
            helpers.now.clone_from(&now);
            helpers.periods.push((revision, now));
        }
        let tell = |(name, why): (String, &str)| notice(NoticeKind::ClaimNotCounted, &name, why);
        helpers.notices = in_vain.into_iter().take(MAX_NAMED).map(tell).collect();
        helpers
    }

    /// Whether the account helps, or helped when that revision was saved.
    pub fn helped(&self, user: &User, revision: u64) -> bool {
        let then = self.periods.iter().rev().find(|(from, _)| *from <= revision).map(|(_, helpers)| helpers);
        then.into_iter().chain([&self.now]).flatten().any(|helper| helper.user.is(user))
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

fn is_among(one: &Helper, others: &[Helper]) -> bool {
    others.iter().any(|other| other.user.is(&one.user))
}

/// Who helps once that revision is saved: claims and releases that stand then, in the order in which they were written.
fn helping(said: &[Said], revision: u64) -> Vec<Helper> {
    let mut helpers: Vec<Helper> = Vec::new();
    for Said { release, helper, stands } in said {
        let stands = stands.iter().rev().find(|(from, _)| *from <= revision).is_some_and(|(_, stands)| *stands);
        let known = helpers.iter().position(|known| known.user.is(&helper.user));
        match known {
            _ if !stands => {}
            Some(place) if *release => drop(helpers.remove(place)),
            None if !release => helpers.push(helper.clone()),
            _ => {}
        }
    }
    helpers
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
    let listed = policy.roster.roles(user.id, claim.at).next().is_some();
    match desk.claim_by {
        ClaimBy::Members if own && !policy.roster.is_of_desk(user.id, claim.at) => Err("not-member"),
        ClaimBy::Listed if own && !listed => Err("not-listed"),
        _ => Ok(user.clone()),
    }
}
