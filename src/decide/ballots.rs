//! Votes: whose each is, whether it counts, and what they add up to.

use std::collections::BTreeSet;

use super::timeline::Timeline;
use super::vote_policy::{VotePolicy, stands};
use crate::desk::decision::{Ballot, Verdict};
use crate::desk::priority::Priority;
use crate::desk::roster::Roster;
use crate::desk::signed::{Signed, Standing};
use crate::desk::vote::Vote;
use crate::desk::{Choice, Desk, Facts};
use crate::page::{Time, User};

/// Judges every vote.
pub fn count(facts: &Facts, desk: &Desk, roster: &Roster, timeline: &Timeline) -> Vec<Ballot> {
    let policy = VotePolicy { facts, roster };
    let mut ballots: Vec<Ballot> = facts
        .statements
        .votes
        .iter()
        .map(|vote| {
            let (member, verdict) = judge(vote, &policy, desk, timeline);
            let unauthorised_touch = policy.unauthorised_touch(vote, member.as_ref());
            Ballot { vote: vote.clone(), member, verdict, unauthorised_touch, changes: Vec::new() }
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

fn judge(vote: &Signed<Vote>, policy: &VotePolicy, desk: &Desk, timeline: &Timeline) -> (Option<User>, Verdict) {
    let VotePolicy { facts, roster } = policy;
    let Some(author) = vote.author.clone() else {
        return (None, Verdict::Hidden);
    };
    let member = match &vote.content.on_behalf_of {
        Some(name) if author.name == *name => author,
        Some(name) if !policy.may_decide(author.id, vote.at) => {
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
    } else if vote.copied || vote.signed_by_other.is_some_and(|id| id != member.id) {
        Verdict::Signature
    } else if !roster.votes(member.id, vote.at) {
        if roster.knows(member.id) && !roster.decides(member.id, vote.at) {
            Verdict::NotInTerm
        } else {
            Verdict::NotOnRoster
        }
    } else if facts.requester.as_ref().is_some_and(|r| r.id == member.id) {
        Verdict::OwnRequest
    } else if desk.status(timeline.status_at(vote.revision)).is_some_and(|s| s.closed) {
        Verdict::Closed
    } else {
        match policy.authorised_standing(vote, Some(&member)) {
            Standing::Plain => Verdict::Counted,
            Standing::Inline => Verdict::Inline,
            Standing::Struck => Verdict::Struck,
            Standing::Quoted => Verdict::NotShown,
            Standing::Gone => Verdict::Removed,
        }
    };
    (Some(member), verdict)
}

/// When the counted votes last changed: one was added, or taken back, or stands again, by somebody who may.
pub fn last_change(ballots: &[Ballot], facts: &Facts, roster: &Roster) -> Time {
    use Verdict as V;
    let policy = VotePolicy { facts, roster };
    let begun = facts.anchor.as_ref().map_or(facts.filed, |a| a.votes_changed);
    let relevant = ballots
        .iter()
        .filter(|b| matches!(b.verdict, V::Counted | V::Superseded | V::Struck | V::Removed | V::NotShown | V::Inline));
    let changes = relevant.flat_map(|b| policy.changes(&b.vote, b.member.as_ref()).into_iter().map(|(_, at, _)| at));
    changes.fold(begun, Time::max)
}

/// Whether every member in office, the requester aside, has a vote that counts for the quorum.
pub fn all_voted(ballots: &[Ballot], facts: &Facts, roster: &Roster, now: Time) -> bool {
    let mut voters = roster.voters(now);
    voters.retain(|user| facts.requester.as_ref().is_none_or(|r| r.id != user.id));
    let voted = |user: &&User| {
        ballots.iter().any(|b| {
            b.verdict == Verdict::Counted
                && b.vote.content.choice != Choice::Info
                && b.member.as_ref().is_some_and(|m| m.id == user.id)
        })
    };
    !voters.is_empty() && voters.iter().all(voted)
}

/// Whether a standing wish for more information is newer than the requester's last edit, and since when that is so: where
/// there is none any more, since the requester answered or the last wish was taken back or gave way to another vote.
pub fn info_wanted(ballots: &[Ballot], facts: &Facts, roster: &Roster) -> (bool, Time) {
    let answer = facts.requester_edit();
    let standing = ballots.iter().filter(|b| b.verdict == Verdict::Counted && b.vote.content.choice == Choice::Info);
    let open = standing.filter(|b| answer.is_none_or(|edit| edit.revision < b.vote.revision));
    match open.map(|b| b.vote.at).min() {
        Some(since) => (true, since),
        None => {
            let since = answer.map_or(facts.filed, |edit| edit.at);
            let open = |b: &&Ballot| answer.is_none_or(|edit| edit.revision < b.vote.revision);
            let wishes = ballots.iter().filter(|b| b.vote.content.choice == Choice::Info).filter(open);
            (false, wishes.filter_map(|b| info_wish_ended(b, ballots, facts, roster)).fold(since, Time::max))
        }
    }
}

/// The median of the members' views, each member's latest; where it falls between two levels, the lower.
pub fn priority(facts: &Facts, roster: &Roster) -> Option<Priority> {
    let mut latest: Vec<(u64, Priority)> = Vec::new();
    for view in &facts.statements.priorities {
        let Some(author) = &view.author else { continue };
        let counts = roster.votes(author.id, view.at)
            && facts.requester.as_ref().is_none_or(|r| r.id != author.id)
            && !view.is_signed_by_other()
            && stands(view, facts, roster);
        if counts {
            latest.retain(|(id, _)| *id != author.id);
            latest.push((author.id, view.content));
        }
    }
    let mut levels: Vec<usize> = latest.into_iter().map(|(_, level)| level as usize).collect();
    levels.sort_unstable();
    let (low, high) = (levels.get(levels.len().checked_sub(1)? / 2)?, levels.get(levels.len() / 2)?);
    Some(Priority::ALL[(low + high) / 2])
}

/// When a wish that counted once ended: its member voted otherwise, or it was taken back.
fn info_wish_ended(wish: &Ballot, ballots: &[Ballot], facts: &Facts, roster: &Roster) -> Option<Time> {
    match wish.verdict {
        Verdict::Superseded => {
            let later = ballots.iter().filter(|b| b.member == wish.member && b.verdict != Verdict::Closed);
            later.map(|b| b.vote.at).filter(|at| *at > wish.vote.at).min()
        }
        Verdict::Struck | Verdict::Removed | Verdict::NotShown | Verdict::Inline => {
            let changes = VotePolicy { facts, roster }.changes(&wish.vote, wish.member.as_ref());
            changes.last().filter(|(_, _, stands)| !stands).map(|(_, at, _)| *at)
        }
        _ => None,
    }
}
