//! Votes: whose each is, whether it counts, and what they add up to.

use std::collections::BTreeSet;

use serde::Serialize;

use super::timeline::Timeline;
use crate::desk::request::Priority;
use crate::desk::roster::Roster;
use crate::desk::vote::{State, Touch, Trail, Vote};
use crate::desk::{Choice, Desk, Facts, Time, User};

/// A vote and what becomes of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ballot {
    /// The vote.
    pub vote: Vote,
    /// Whose it is: its author, or the member it was recorded for.
    pub member: Option<User>,
    /// Whether it counts.
    pub verdict: Verdict,
    /// The last edit to it by somebody who may not touch it: it counts as it was.
    pub meddled: Option<Touch>,
}

/// Whether a vote counts, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It counts.
    Counted,
    /// The requester does not vote on their own request.
    OwnRequest,
    /// The author is not on the roster, or not with a voting role.
    NotOnRoster,
    /// The author's term did not cover the moment of the vote.
    NotInTerm,
    /// The same member voted again later.
    Superseded,
    /// It was struck out.
    Struck,
    /// Its author, staff or the chair removed it.
    Removed,
    /// It was added after the request was closed.
    Closed,
    /// The signature beside it names another account.
    Signature,
    /// Temporary accounts do not vote.
    Temporary,
    /// It was imported from another wiki, with the name of an account there.
    Imported,
    /// The wiki hides who added it.
    Hidden,
    /// The page does not show it as a vote of its own.
    NotShown,
    /// Whoever recorded it is neither staff nor chair.
    ForNotAllowed,
    /// The member it was recorded for is not on the roster.
    ForUnknown,
}

impl Verdict {
    /// The code used in template calls; empty for a vote that counts.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Verdict::Counted => "",
            Verdict::OwnRequest => "own-request",
            Verdict::NotOnRoster => "not-on-roster",
            Verdict::NotInTerm => "not-in-term",
            Verdict::Superseded => "superseded",
            Verdict::Struck => "struck",
            Verdict::Removed => "removed-by-author",
            Verdict::Closed => "closed",
            Verdict::Signature => "signature",
            Verdict::Temporary => "temporary",
            Verdict::Imported => "imported",
            Verdict::Hidden => "hidden",
            Verdict::NotShown => "not-shown",
            Verdict::ForNotAllowed => "for-not-allowed",
            Verdict::ForUnknown => "for-unknown",
        }
    }
}

/// Counted votes by choice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// In support.
    pub support: u32,
    /// In opposition.
    pub oppose: u32,
    /// Abstentions.
    pub abstain: u32,
    /// Wishes for more information; no part of the quorum.
    pub info: u32,
}

impl Tally {
    /// Adds up the ballots that count.
    #[must_use]
    pub fn of(ballots: &[Ballot]) -> Self {
        let mut tally = Tally::default();
        for ballot in ballots.iter().filter(|b| b.verdict == Verdict::Counted) {
            match ballot.vote.choice {
                Choice::Support => tally.support += 1,
                Choice::Oppose => tally.oppose += 1,
                Choice::Abstain => tally.abstain += 1,
                Choice::Info => tally.info += 1,
            }
        }
        tally
    }

    /// Votes that count for the quorum.
    #[must_use]
    pub fn quorum(self) -> u32 {
        self.support + self.oppose + self.abstain
    }
}

/// Judges every vote.
#[must_use]
pub fn count(facts: &Facts, desk: &Desk, roster: &Roster, line: &Timeline) -> Vec<Ballot> {
    let court = Court { facts, roster };
    let mut ballots: Vec<Ballot> = facts
        .votes
        .iter()
        .map(|vote| {
            let (member, verdict) = judge(vote, &court, desk, line);
            let meddled = court.meddled(&vote.trail, member.as_ref());
            Ballot { vote: vote.clone(), member, verdict, meddled }
        })
        .collect();
    // One vote a member: the latest that counts. Later revisions come later, and lower on the page.
    let mut voted = BTreeSet::new();
    for ballot in ballots.iter_mut().rev().filter(|b| b.verdict == Verdict::Counted) {
        if !voted.insert(ballot.member.as_ref().map(|m| m.id)) {
            ballot.verdict = Verdict::Superseded;
        }
    }
    ballots
}

fn judge(vote: &Vote, court: &Court, desk: &Desk, line: &Timeline) -> (Option<User>, Verdict) {
    let Court { facts, roster } = court;
    let trail = &vote.trail;
    let Some(author) = trail.author.clone() else {
        return (None, Verdict::Hidden);
    };
    let member = match &vote.on_behalf_of {
        Some(name) if author.name == *name => author,
        Some(name) if !court.decides(author.id, trail.at) => {
            return (roster.named(name).cloned().or(Some(author)), Verdict::ForNotAllowed);
        }
        Some(name) => match roster.named(name) {
            Some(member) => member.clone(),
            None => return (Some(author), Verdict::ForUnknown),
        },
        None => author,
    };
    let verdict = if member.id == 0 && member.name.contains('>') {
        Verdict::Imported
    } else if member.temporary || member.id == 0 {
        Verdict::Temporary
    } else if trail.signed_by_other.is_some_and(|id| id != member.id) {
        Verdict::Signature
    } else if !roster.votes(member.id, trail.at) {
        if roster.knows(member.id) && !roster.decides(member.id, trail.at) {
            Verdict::NotInTerm
        } else {
            Verdict::NotOnRoster
        }
    } else if facts.requester.as_ref().is_some_and(|r| r.id == member.id) {
        Verdict::OwnRequest
    } else if desk.status(line.status_at(trail.revision)).is_some_and(|s| s.closed) {
        Verdict::Closed
    } else {
        match court.rightful(trail, Some(&member)) {
            State::Plain => Verdict::Counted,
            State::Struck => Verdict::Struck,
            State::Quoted => Verdict::NotShown,
            State::Gone => Verdict::Removed,
        }
    };
    (Some(member), verdict)
}

/// Who may do what to the votes on a request.
struct Court<'a> {
    facts: &'a Facts,
    roster: &'a Roster,
}

impl Court<'_> {
    /// Whether the account is staff or the chair, and not on a request of its own.
    fn decides(&self, user: u64, at: Time) -> bool {
        self.roster.decides(user, at) && self.facts.requester.as_ref().is_none_or(|r| r.id != user)
    }

    /// Its author, the member it was recorded for, staff and the chair may touch a vote.
    fn may_touch(&self, trail: &Trail, member: Option<&User>, touch: &Touch) -> bool {
        touch.by.as_ref().is_some_and(|by| {
            let own = |of: &User| of.id == by.id && of.name == by.name;
            trail.author.as_ref().is_some_and(own) || member.is_some_and(own) || self.decides(by.id, touch.at)
        })
    }

    /// How a template stands by what those did who may; edits by others do not count.
    fn rightful(&self, trail: &Trail, member: Option<&User>) -> State {
        let own = trail.touches.iter().rev().find(|t| self.may_touch(trail, member, t));
        own.map_or(trail.born, |t| t.to)
    }

    /// The edits by those who may since which a template stands, or does not any more: revision, time, whether it does.
    fn changes(&self, trail: &Trail, member: Option<&User>) -> Vec<(u64, Time, bool)> {
        let own = trail.touches.iter().filter(|t| self.may_touch(trail, member, t)).map(|t| (t.revision, t.at, t.to));
        let mut stood = false;
        std::iter::once((trail.revision, trail.at, trail.born))
            .chain(own)
            .filter_map(|(revision, at, state)| {
                let stands = state == State::Plain;
                (std::mem::replace(&mut stood, stands) != stands).then_some((revision, at, stands))
            })
            .collect()
    }

    /// The last edit by somebody who may not touch it, where the page shows it otherwise than it counts.
    fn meddled(&self, trail: &Trail, member: Option<&User>) -> Option<Touch> {
        if trail.stands() == self.rightful(trail, member) {
            return None;
        }
        trail.touches.iter().rev().find(|t| !self.may_touch(trail, member, t)).cloned()
    }
}

/// Whether a template that is nobody's vote stands.
#[must_use]
pub fn stands(trail: &Trail, facts: &Facts, roster: &Roster) -> bool {
    Court { facts, roster }.rightful(trail, None) == State::Plain
}

/// The revisions since which a template that is nobody's vote stands, or does not any more, by what those did who may.
#[must_use]
pub fn changes(trail: &Trail, facts: &Facts, roster: &Roster) -> Vec<(u64, Time, bool)> {
    Court { facts, roster }.changes(trail, None)
}

/// When the counted votes last changed: one was added, or taken back, or stands again, by somebody who may.
#[must_use]
pub fn last_change(ballots: &[Ballot], facts: &Facts, roster: &Roster) -> Time {
    use Verdict as V;
    let court = Court { facts, roster };
    let begun = facts.anchor.as_ref().map_or(facts.filed, |a| a.settled);
    let relevant = ballots
        .iter()
        .filter(|b| matches!(b.verdict, V::Counted | V::Superseded | V::Struck | V::Removed | V::NotShown));
    let changes =
        relevant.flat_map(|b| court.changes(&b.vote.trail, b.member.as_ref()).into_iter().map(|(_, at, _)| at));
    changes.fold(begun, Time::max)
}

/// Whether every member in office, the requester aside, has a vote that counts for the quorum.
#[must_use]
pub fn all_voted(ballots: &[Ballot], facts: &Facts, roster: &Roster, now: Time) -> bool {
    let mut voters = roster.voters(now);
    voters.retain(|id| facts.requester.as_ref().is_none_or(|r| r.id != *id));
    let voted = |id: &u64| {
        ballots.iter().any(|b| {
            b.verdict == Verdict::Counted
                && b.vote.choice != Choice::Info
                && b.member.as_ref().is_some_and(|m| m.id == *id)
        })
    };
    !voters.is_empty() && voters.iter().all(voted)
}

/// Whether a standing wish for more information is newer than the requester's last edit, and since when that is so: where
/// there is none any more, since the requester answered or the last wish was taken back or gave way to another vote.
#[must_use]
pub fn info_wanted(ballots: &[Ballot], facts: &Facts, roster: &Roster) -> (bool, Time) {
    let answer = facts.requester_edit();
    let standing = ballots.iter().filter(|b| b.verdict == Verdict::Counted && b.vote.choice == Choice::Info);
    let open = standing.filter(|b| answer.is_none_or(|edit| edit.revision < b.vote.trail.revision));
    match open.map(|b| b.vote.trail.at).min() {
        Some(since) => (true, since),
        None => {
            let since = answer.map_or(facts.filed, |edit| edit.at);
            let open = |b: &&Ballot| answer.is_none_or(|edit| edit.revision < b.vote.trail.revision);
            let wishes = ballots.iter().filter(|b| b.vote.choice == Choice::Info).filter(open);
            (false, wishes.filter_map(|b| ended(b, ballots, facts, roster)).fold(since, Time::max))
        }
    }
}

/// The median of the members' views, each member's latest; where it falls between two levels, the lower.
#[must_use]
pub fn priority(facts: &Facts, roster: &Roster) -> Option<Priority> {
    let mut latest: Vec<(u64, Priority)> = Vec::new();
    for view in &facts.priorities {
        let Some(author) = &view.trail.author else { continue };
        let counts = roster.votes(author.id, view.trail.at)
            && facts.requester.as_ref().is_none_or(|r| r.id != author.id)
            && view.trail.signed_by_other.is_none()
            && stands(&view.trail, facts, roster);
        if counts {
            latest.retain(|(id, _)| *id != author.id);
            latest.push((author.id, view.level));
        }
    }
    let mut levels: Vec<usize> = latest.into_iter().map(|(_, level)| level as usize).collect();
    levels.sort_unstable();
    let (low, high) = (levels.get(levels.len().checked_sub(1)? / 2)?, levels.get(levels.len() / 2)?);
    Some(Priority::ALL[(low + high) / 2])
}

/// When a wish that counted once ended: its member voted otherwise, or it was taken back.
fn ended(wish: &Ballot, ballots: &[Ballot], facts: &Facts, roster: &Roster) -> Option<Time> {
    match wish.verdict {
        Verdict::Superseded => {
            let later = ballots.iter().filter(|b| b.member == wish.member && b.verdict != Verdict::Closed);
            later.map(|b| b.vote.trail.at).filter(|at| *at > wish.vote.trail.at).min()
        }
        Verdict::Struck | Verdict::Removed | Verdict::NotShown => {
            let changes = Court { facts, roster }.changes(&wish.vote.trail, wish.member.as_ref());
            changes.last().filter(|(_, _, stands)| !stands).map(|(_, at, _)| *at)
        }
        _ => None,
    }
}
