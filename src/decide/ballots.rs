//! Votes: whose each is, whether it counts, and what they add up to.

use std::collections::BTreeSet;

use super::helpers::Helpers;
use super::timeline::Timeline;
use super::vote_policy::{VotePolicy, stands};
use crate::desk::decision::{Ballot, Verdict};
use crate::desk::request::Edit;
use crate::desk::roster::Roster;
use crate::desk::signed::{Signed, Standing};
use crate::desk::vote::Vote;
use crate::desk::{Choice, Desk, Facts};
use crate::page::{Time, User};

/// Judges every vote.
pub fn count(facts: &Facts, desk: &Desk, roster: &Roster, timeline: &Timeline) -> Vec<Ballot> {
    let policy = VotePolicy { facts, roster };
    let recused = policy.recused();
    let mut ballots: Vec<Ballot> = facts
        .statements
        .votes
        .iter()
        .map(|vote| {
            let (member, verdict) = judge(vote, &policy, &recused, desk, timeline);
            let unauthorised_touch = policy.unauthorised_touch(vote, member.as_ref());
            let needed = roster.electorate.as_ref().map(|electorate| electorate.needed(verdict)).unwrap_or_default();
            Ballot { vote: vote.clone(), member, verdict, unauthorised_touch, needed, changes: Vec::new() }
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

fn judge(
    vote: &Signed<Vote>,
    policy: &VotePolicy,
    recused: &[User],
    desk: &Desk,
    timeline: &Timeline,
) -> (Option<User>, Verdict) {
    let VotePolicy { facts, roster } = policy;
    let Some(author) = vote.author.clone() else {
        return (None, Verdict::Hidden);
    };
    let member = match &vote.content.on_behalf_of {
        Some(name) if author.name == *name => author,
        Some(name) if !policy.may_record(&author, vote.at) && !policy.is_of_meeting(vote) => {
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
    } else if let Some(refusal) = policy.refusal(&member, vote.at) {
        refusal
    } else if facts.is_owner(&member) {
        Verdict::OwnRequest
    } else if recused.iter().any(|user| user.is(&member)) {
        Verdict::Recused
    } else if desk.status(status_when_cast(vote, timeline)).is_some_and(|s| s.closed) {
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

/// The status of the request when a vote was cast: minutes may be written later.
fn status_when_cast<'t>(vote: &Signed<Vote>, timeline: &'t Timeline) -> &'t str {
    if vote.meeting.is_some() { timeline.status_before(vote.at) } else { timeline.status_at(vote.revision) }
}

/// The accounts of which it has to be known whether they might vote, and when: those who voted, gave a score, or voted in words
/// alone; of votes that the last ledger judged, that says so.
pub fn electors(facts: &Facts, roster: &Roster) -> Vec<(User, Time)> {
    let policy = VotePolicy { facts, roster };
    let statements = &facts.statements;
    let votes = statements.votes.iter().flat_map(|vote| {
        let named = vote.content.on_behalf_of.as_deref().and_then(|name| roster.named(name));
        vote.author.iter().chain(named).map(|user| (user.clone(), vote.at))
    });
    let scores = statements
        .scores
        .iter()
        .filter_map(|score| Some((policy.whose(score, score.content.on_behalf_of.as_deref())?.clone(), score.at)));
    let spoken = facts.spoken_votes.iter().map(|spoken| (spoken.by.clone(), spoken.at));
    let known = |user: &User, at: Time| {
        let mut known = facts.anchor.iter().flat_map(|anchor| &anchor.electors);
        known.any(|known| known.user == user.id && known.at == at)
    };
    let all = votes.chain(scores).chain(spoken);
    all.filter(|(user, at)| roster.electorate.is_some() && user.id != 0 && !user.temporary && !known(user, *at))
        .collect()
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

/// The members in office whose votes are waited for: not on leave, not stepping aside, no owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Awaited {
    /// How many there are, with those who voted though they are on leave.
    pub members: usize,
    /// How many of them have no vote that counts for the quorum.
    pub missing: usize,
}

/// Counts them.
pub fn awaited(ballots: &[Ballot], facts: &Facts, roster: &Roster, now: Time) -> Awaited {
    let recused = VotePolicy { facts, roster }.recused();
    let voted = |user: &User| {
        ballots.iter().any(|b| {
            b.verdict == Verdict::Counted
                && b.vote.content.choice != Choice::Info
                && b.member.as_ref().is_some_and(|m| m.is(user))
        })
    };
    let takes_part = |user: &&User| !facts.is_owner(user) && !recused.iter().any(|r| r.is(user));
    let asked: Vec<&User> = roster.awaited(now).into_iter().filter(takes_part).collect();
    let missing = asked.iter().filter(|user| !voted(user)).count();
    let on_leave =
        roster.voters(now).into_iter().filter(|user| !asked.contains(user) && takes_part(user) && voted(user));
    Awaited { members: asked.len() + on_leave.count(), missing }
}

/// The first edit by somebody of the desk, or a helper, after the owners wrote on the page; none where the desk owes a reply.
pub fn reply<'f>(facts: &'f Facts, roster: &Roster, helpers: &Helpers) -> Option<&'f Edit> {
    let asked = facts.owner_edit().map_or(facts.filed_in, |edit| edit.revision);
    facts.replies_since(asked, |edit, by| is_reply(edit, by, roster, helpers)).next()
}

/// Whether an edit by that account answers the owners: it is of the desk, or helps.
pub fn is_reply(edit: &Edit, by: &User, roster: &Roster, helpers: &Helpers) -> bool {
    roster.is_of_desk(by.id, edit.at) || helpers.helped(by, edit.revision)
}

/// Whether there is one, and since when that is so.
pub fn answered(facts: &Facts, roster: &Roster, helpers: &Helpers) -> (bool, Time) {
    match reply(facts, roster, helpers) {
        Some(first) => (true, first.at),
        None => (false, facts.owner_edit().map_or(facts.filed, |edit| edit.at)),
    }
}

/// Whether a standing wish for more information is newer than the owners' last edit, and since when that is so: where
/// there is none any more, since the requester answered or the last wish was taken back or gave way to another vote.
pub fn info_wanted(ballots: &[Ballot], facts: &Facts, roster: &Roster) -> (bool, Time) {
    let answer = facts.owner_edit();
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

/// A member's score that counts.
#[derive(Debug, Clone)]
pub struct Score {
    /// Whose it is.
    pub by: User,
    /// From 1 to 10.
    pub points: u8,
    /// When it was given.
    pub at: Time,
}

/// The scores of members in office, each member's latest; none of owners and of those who stepped aside. And the names of those
/// whose scores stand and do not count.
pub fn scores(facts: &Facts, roster: &Roster) -> (Vec<Score>, BTreeSet<String>) {
    let policy = VotePolicy { facts, roster };
    let recused = policy.recused();
    let (mut latest, mut others): (Vec<Score>, BTreeSet<String>) = (Vec::new(), BTreeSet::new());
    for score in &facts.statements.scores {
        let author = policy.whose(score, score.content.on_behalf_of.as_deref());
        let (Some(author), Some(points)) = (author, score.content.points) else { continue };
        let counts = policy.refusal(author, score.at).is_none()
            && !facts.is_owner(author)
            && !recused.iter().any(|user| user.is(author))
            && !score.is_signed_by_other();
        if !stands(score, facts, roster) {
            continue;
        }
        if !counts {
            others.insert(author.name.clone());
        } else {
            latest.retain(|known| !known.by.is(author));
            latest.push(Score { by: author.clone(), points, at: score.at });
        }
    }
    (latest, others)
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
