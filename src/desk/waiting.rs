//! What a request waits for: the conditions of the rules that could apply next, and the first thing that is missing.

use serde::Serialize;

use crate::desk::codes::codes;
use crate::page::Time;

/// A rule that could apply next, with its conditions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prospect {
    /// The rule's name.
    pub rule: String,
    /// The status it leads to.
    pub to: String,
    /// Its conditions, with how things stand.
    pub conditions: Vec<Condition>,
}

/// A condition and whether it holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Condition {
    /// The key of `when` that asks for it.
    pub kind: ConditionKind,
    /// Whether it holds now.
    pub holds: bool,
    /// What there is, in words or numbers.
    pub have: String,
    /// What is needed, likewise.
    pub need: String,
    /// Since when it holds, or does not.
    pub since: Time,
    /// When it will hold, where time alone is missing.
    pub until: Option<Time>,
}

codes! {
    /// Kinds of conditions, as in the configuration's `when`.
    #[expect(missing_docs, reason = "each is the condition of that name in the contract")]
    pub enum ConditionKind {
        Complete = "complete",
        Quorum = "quorum",
        QuorumShare = "quorum-share",
        SupportAtLeast = "support-at-least",
        OpposeAtLeast = "oppose-at-least",
        SupportShare = "support-share",
        OpposeShare = "oppose-share",
        AllVoted = "all-voted",
        OpenFor = "open-for",
        SettledFor = "settled-for",
        InfoWanted = "info-wanted",
        Answered = "answered",
        Assessed = "assessed",
        IdleFor = "idle-for",
        Discussed = "discussed",
        Claimed = "claimed",
        StepsDone = "steps-done",
        Outcome = "outcome",
        Type = "type",
    }
}

/// What a request waits for, with its numbers or its date.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// The first thing that is missing.
    pub code: WaitingFor,
    /// What there is of it.
    pub have: String,
    /// What is needed of it.
    pub need: String,
    /// Until when, where time alone is missing.
    pub until: Option<Time>,
}

codes! {
    /// Tables of open requests by what they wait for; those that wait for anything else have a table by status. In the
    /// order of the status page, but for the last one, which comes after the tables by status.
    pub enum Queue {
        /// Somebody of the desk has to answer.
        Reply = "needs-reply",
        /// Members have to vote.
        Votes = "needs-votes",
        /// Nobody has to do anything: a rule applies by and by.
        Time = "decided-soon",
        /// Somebody has to help.
        Helper = "needs-helper",
        /// The requester has to answer or to complete it.
        Requester = "needs-requester",
    }
}

/// What a request waits for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum WaitingFor {
    /// A condition of a rule.
    Condition(ConditionKind),
    /// A person's decision: no rule starts from here.
    Person,
    /// An answer: votes are asked for but decide nothing on a request of this type.
    Answer,
    /// A person's decision: too few members are left to reach the quorum.
    Deadlock,
    /// Nothing: it is closed.
    #[default]
    Nothing,
}

impl WaitingFor {
    /// All of them.
    pub fn all() -> impl Iterator<Item = WaitingFor> {
        let others = [WaitingFor::Person, WaitingFor::Answer, WaitingFor::Deadlock, WaitingFor::Nothing];
        ConditionKind::ALL.into_iter().map(WaitingFor::Condition).chain(others)
    }

    /// The code used in template calls.
    pub const fn id(self) -> &'static str {
        match self {
            WaitingFor::Condition(kind) => kind.id(),
            WaitingFor::Person => "person",
            WaitingFor::Answer => "answer",
            WaitingFor::Deadlock => "deadlock",
            WaitingFor::Nothing => "nothing",
        }
    }

    /// The one with this code.
    pub fn parse(id: &str) -> Option<Self> {
        Self::all().find(|one| one.id() == id)
    }

    /// The table for what waits for that.
    pub fn queue(self) -> Option<Queue> {
        use ConditionKind as K;
        match self {
            WaitingFor::Answer | WaitingFor::Deadlock => Some(Queue::Reply),
            WaitingFor::Condition(K::Answered | K::Assessed) => Some(Queue::Reply),
            WaitingFor::Condition(K::Complete | K::InfoWanted) => Some(Queue::Requester),
            WaitingFor::Condition(kind) if kind.is_of_time() => Some(Queue::Time),
            WaitingFor::Condition(K::Claimed) => Some(Queue::Helper),
            WaitingFor::Condition(K::Type | K::Discussed | K::StepsDone | K::Outcome)
            | WaitingFor::Person
            | WaitingFor::Nothing => None,
            WaitingFor::Condition(_) => Some(Queue::Votes),
        }
    }
}

impl Serialize for WaitingFor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl ConditionKind {
    /// Whether time alone makes it hold.
    pub fn is_of_time(self) -> bool {
        matches!(self, ConditionKind::OpenFor | ConditionKind::SettledFor | ConditionKind::IdleFor)
    }
}

impl Prospect {
    /// Whether the rule is for requests of this type; another type has to be written first, else it never applies.
    pub fn possible(&self) -> bool {
        !self.conditions.iter().any(|c| c.kind == ConditionKind::Type && !c.holds)
    }

    /// Whether something has to go wrong before the rule applies: a field become invalid, a question asked, long silence.
    pub fn waits_for_setback(&self) -> bool {
        self.conditions.iter().filter(|c| !c.holds).any(|condition| match condition.kind {
            ConditionKind::Complete => condition.need == "no",
            ConditionKind::InfoWanted => condition.need == "yes",
            ConditionKind::Answered => condition.need == "no",
            ConditionKind::Claimed | ConditionKind::StepsDone | ConditionKind::Outcome => condition.need == "no",
            ConditionKind::IdleFor | ConditionKind::Type => true,
            _ => false,
        })
    }
}

impl Condition {
    /// What there is, as a page shows it: nothing for a condition of time, which changes with every minute.
    pub fn have_shown(&self) -> String {
        if self.kind.is_of_time() { String::new() } else { self.have.clone() }
    }
}

impl Waiting {
    /// As [`Condition::have_shown`].
    pub fn have_shown(&self) -> String {
        let of_time = matches!(self.code, WaitingFor::Condition(kind) if kind.is_of_time());
        if of_time { String::new() } else { self.have.clone() }
    }
}

/// What there is, or is needed, of what either holds or does not.
pub fn yes_no(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_and_no_other() {
        for what in WaitingFor::all() {
            assert_eq!(WaitingFor::parse(what.id()), Some(what));
        }
        assert_eq!(WaitingFor::parse(""), None);
    }
}
