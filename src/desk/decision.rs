//! What is decided of a request, with all its reasons.

use serde::Serialize;

use crate::desk::codes::codes;
use crate::desk::priority::Priority;
use crate::desk::request::FieldChange;
use crate::desk::signed::{Signed, Touch};
use crate::desk::vote::{Choice, Vote};
use crate::page::{Time, User};

/// What a request's status is, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decision {
    /// The id of the status.
    pub status: String,
    /// When it came to that status.
    pub since: Time,
    /// What it rests on.
    pub basis: Basis,
    /// Statuses it left in this pass, with the rule that moved it on, oldest first.
    pub moves: Vec<Move>,
    /// Each vote, oldest first, with whether it counts.
    pub ballots: Vec<Ballot>,
    /// The votes that count.
    pub tally: Tally,
    /// The median of the members' views.
    pub priority: Option<Priority>,
    /// What is wrong with the fields.
    pub notices: Vec<Notice>,
    /// Changes of material fields after counted votes, oldest first; what was put back is none.
    pub changes: Vec<FieldChange>,
    /// The type that counts: an allowed one, else as written, in lower case.
    pub kind: String,
    /// Who wrote it, where that is not the requester and the roster says that they may.
    pub kind_by: Option<String>,
    /// For each rule that could apply next, its conditions.
    pub prospects: Vec<Prospect>,
    /// What it waits for.
    pub waiting: Waiting,
    /// A change of `status=` that does not hold.
    pub overruled: Option<Overruled>,
    /// When the counted votes last changed.
    pub votes_changed: Time,
    /// When the counted votes or the material fields under them last changed.
    pub settled: Time,
    /// The next moment at which time alone may change something here.
    pub due: Option<Time>,
}

/// A move by a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Move {
    /// The status it left.
    pub from: String,
    /// The status it came to.
    pub to: String,
    /// The name of the rule that moved it.
    pub rule: String,
    /// When its conditions came to hold.
    pub since: Time,
}

/// A vote and what becomes of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ballot {
    /// The vote as it was cast, whatever became of it.
    pub vote: Signed<Vote>,
    /// Whose it is: its author, or the member it was recorded for.
    pub member: Option<User>,
    /// Whether it counts, or why not.
    pub verdict: Verdict,
    /// The last edit to it by somebody who may not touch it: it counts as it was.
    pub unauthorised_touch: Option<Touch>,
    /// Changes of material fields after it, if it counts; the newest few of each field.
    pub changes: Vec<FieldChange>,
}

codes! {
    /// Whether a vote counts, or why not. Ledgers give no code for one that counts.
    pub enum Verdict {
        /// It counts.
        Counted = "",
        /// The requester does not vote on their own request.
        OwnRequest = "own-request",
        /// The author is not on the roster, or not with a voting role.
        NotOnRoster = "not-on-roster",
        /// The author's term did not cover the moment of the vote.
        NotInTerm = "not-in-term",
        /// The same member voted again later.
        Superseded = "superseded",
        /// It was struck out.
        Struck = "struck",
        /// Its author, staff or the chair removed it.
        Removed = "removed-by-author",
        /// It was added after the request was closed.
        Closed = "closed",
        /// The signature beside it names another account.
        Signature = "signature",
        /// Temporary accounts do not vote.
        Temporary = "temporary",
        /// It was imported from another wiki, with the name of an account there.
        Imported = "imported",
        /// The wiki hides who added it.
        Hidden = "hidden",
        /// The page does not show it as a vote of its own.
        NotShown = "not-shown",
        /// It stands inside a sentence or a heading.
        Inline = "inside-sentence",
        /// Whoever recorded it is neither staff nor chair.
        ForNotAllowed = "for-not-allowed",
        /// The member it was recorded for is not on the roster.
        ForUnknown = "for-unknown",
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
    pub fn of(ballots: &[Ballot]) -> Self {
        let mut tally = Tally::default();
        for ballot in ballots.iter().filter(|b| b.verdict == Verdict::Counted) {
            match ballot.vote.content.choice {
                Choice::Support => tally.support += 1,
                Choice::Oppose => tally.oppose += 1,
                Choice::Abstain => tally.abstain += 1,
                Choice::Info => tally.info += 1,
            }
        }
        tally
    }

    /// Votes that count for the quorum.
    pub fn quorum(self) -> u32 {
        self.support + self.oppose + self.abstain
    }
}

/// Something to mend in the request template.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notice {
    /// What is wrong with it.
    pub kind: NoticeKind,
    /// The template's parameter, or whose doing it is where it is about no parameter.
    pub field: String,
    /// Its value, shortened, where that helps.
    pub value: String,
    /// The longest value, for one that is too long; how many more there are, for [`NoticeKind::More`].
    pub limit: Option<usize>,
    /// The values allowed, for one that is not; the pattern, for [`NoticeKind::NotMatching`].
    pub allowed: Vec<String>,
    /// What was probably meant, where the desk can tell: one that it accepts. What counts instead, for
    /// [`NoticeKind::TypeNotConfirmed`].
    pub suggestion: String,
    /// The edit that brought it about, where the desk can tell.
    pub change: Option<FieldChange>,
}

codes! {
    /// Kinds of notices.
    pub enum NoticeKind {
        /// A required field is empty.
        Missing = "missing",
        /// A required field is empty, and words for it stand in a comment, where nobody sees them.
        InHint = "in-hint",
        /// A required field is empty, and there are words around the box.
        AroundBox = "around-box",
        /// A value is too long.
        TooLong = "too-long",
        /// A value is none of those allowed.
        NotAllowed = "not-allowed",
        /// A value is not written as its field's pattern wants it.
        NotMatching = "not-matching",
        /// A parameter that the desk does not know; it does no harm. What it was probably meant to be is in `allowed`.
        Unknown = "unknown",
        /// Text in no parameter at all.
        Loose = "loose",
        /// More parameters that the desk does not know; they are not named one by one.
        More = "more",
        /// A table or preformatted text that is begun and not ended reaches over the rest of the page.
        Unclosed = "unclosed",
        /// A parameter is there twice; the last one counts.
        Doubled = "doubled",
        /// Somebody who may not say of which type a request is changed its type.
        TypeNotConfirmed = "type-not-confirmed",
        /// Bold text looks like a vote but is none.
        Lookalike = "lookalike",
        /// A parameter of a vote or the like that its template does not know; it says nothing.
        UnknownParameter = "unknown-parameter",
        /// A name of a template had not led to a vote or the like for long enough; it says nothing.
        NewRedirect = "new-redirect",
        /// A decision names no status of the desk.
        NoSuchStatus = "no-such-status",
        /// Whoever wrote a decision may not decide here.
        NotEntitled = "not-entitled",
        /// Somebody who may not set the status set it again after it had been put back.
        StatusEdit = "status-edit",
        /// Somebody who may not set the status set it, and it was put back.
        StatusPutBack = "status-put-back",
    }
}

impl NoticeKind {
    /// Whether it is about something that was to change the status and did not.
    pub fn is_about_status(self) -> bool {
        use NoticeKind as K;
        matches!(self, K::NoSuchStatus | K::NotEntitled | K::StatusEdit | K::StatusPutBack)
    }

    /// Whether it leaves the request incomplete.
    pub fn is_incomplete(self) -> bool {
        use NoticeKind as K;
        matches!(self, K::Missing | K::InHint | K::TooLong | K::NotAllowed | K::NotMatching)
    }
}

/// What a status rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The request was filed; nothing has happened since.
    Filed,
    /// A rule, and the bot's revision that carried it out, if it was in an earlier pass.
    Rule {
        /// The rule's name.
        name: String,
        /// The bot's revision.
        revision: Option<u64>,
    },
    /// A person's decision.
    Person {
        /// Whoever decided; id 0 where only the name is known, from the bot's ledger.
        user: User,
        /// The revision that says so.
        revision: u64,
        /// The reason given, as wikitext.
        reason: String,
    },
}

/// A change of `status=` by somebody who may not set it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overruled {
    /// Who changed it; none where the wiki hides it.
    pub by: Option<User>,
    /// The revision that changed it.
    pub revision: u64,
    /// The value of `status=` since then, as written.
    pub to: String,
    /// It was put back once already: it is left now, and reported.
    pub repeated: bool,
    /// Whoever changed it may decide here; what they wrote is no status of the desk.
    pub unknown: bool,
}

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
        SupportAtLeast = "support-at-least",
        OpposeAtLeast = "oppose-at-least",
        SupportShare = "support-share",
        OpposeShare = "oppose-share",
        AllVoted = "all-voted",
        OpenFor = "open-for",
        SettledFor = "settled-for",
        InfoWanted = "info-wanted",
        IdleFor = "idle-for",
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

/// What a request waits for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum WaitingFor {
    /// A condition of a rule.
    Condition(ConditionKind),
    /// A person's decision: no rule starts from here.
    Person,
    /// An answer: votes are asked for but decide nothing on a request of this type.
    Answer,
    /// Nothing: it is closed.
    #[default]
    Nothing,
}

impl WaitingFor {
    /// All of them.
    pub fn all() -> impl Iterator<Item = WaitingFor> {
        let others = [WaitingFor::Person, WaitingFor::Answer, WaitingFor::Nothing];
        ConditionKind::ALL.into_iter().map(WaitingFor::Condition).chain(others)
    }

    /// The code used in template calls.
    pub const fn id(self) -> &'static str {
        match self {
            WaitingFor::Condition(kind) => kind.id(),
            WaitingFor::Person => "person",
            WaitingFor::Answer => "answer",
            WaitingFor::Nothing => "nothing",
        }
    }

    /// The one with this code.
    pub fn parse(id: &str) -> Option<Self> {
        Self::all().find(|one| one.id() == id)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_and_no_other() {
        for verdict in Verdict::ALL {
            assert_eq!(Verdict::parse(verdict.id()), Some(verdict));
        }
        for kind in NoticeKind::ALL {
            assert_eq!(NoticeKind::parse(kind.id()), Some(kind));
        }
        for what in WaitingFor::all() {
            assert_eq!(WaitingFor::parse(what.id()), Some(what));
        }
        assert_eq!((Verdict::parse("magic"), NoticeKind::parse(""), WaitingFor::parse("")), (None, None, None));
    }
}
