//! What is decided of a request, with all its reasons.

use serde::Serialize;

use crate::desk::claim::Helper;
use crate::desk::codes::codes;
use crate::desk::meeting::Meeting;
use crate::desk::milestones::Milestones;
use crate::desk::outcome::Outcome;
use crate::desk::request::FieldChange;
use crate::desk::score::Scores;
use crate::desk::signed::{Signed, Touch};
use crate::desk::step::Progress;
pub use crate::desk::verdict::Verdict;
use crate::desk::vote::{Choice, Vote};
use crate::desk::waiting::{Prospect, Waiting};
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
    /// The status by which it was last decided on, and when: from one in which that is open to one in which it is not.
    pub decided: Option<(String, Time)>,
    /// What that rested on, where it is known.
    pub decided_on: Option<Basis>,
    /// What happened to it, and when.
    pub milestones: Milestones,
    /// Statuses it left in this pass, with the rule that moved it on, oldest first.
    pub moves: Vec<Move>,
    /// Each vote, oldest first, with whether it counts.
    pub ballots: Vec<Ballot>,
    /// The votes that count.
    pub tally: Tally,
    /// Whose request it is.
    pub owners: Vec<User>,
    /// Who filed it, where that is none of these.
    pub filed_for_others: Option<User>,
    /// Those who wrote in `requester` whose request it is.
    pub owners_by: Vec<String>,
    /// The first edit by somebody of the desk after the owners' last: who, and its revision.
    pub replied: Option<(String, u64)>,
    /// Since when the desk owes the owners a reply, if it does.
    pub owed: Option<Time>,
    /// Members who stepped aside.
    pub recused: Vec<User>,
    /// The members' scores.
    pub scores: Scores,
    /// Every team field is filled in; none where there is none.
    pub assessed: Option<bool>,
    /// Who helps with it, in the order in which they came.
    pub helpers: Vec<Helper>,
    /// When a helper last edited the page; none where nobody helps.
    pub worked: Option<Time>,
    /// How far the work is.
    pub progress: Progress,
    /// What came of it, the earliest first.
    pub outcomes: Vec<Signed<Outcome>>,
    /// When it will be closed for silence, where nothing else is missing for that.
    pub closes: Option<Time>,
    /// It rests on all members in office, not on those alone who voted.
    pub rests_on_everybody: bool,
    /// What is wrong with the fields.
    pub notices: Vec<Notice>,
    /// Changes of material fields after counted votes, oldest first; what was put back is none.
    pub changes: Vec<FieldChange>,
    /// The type that counts: an allowed one, else as written, in lower case.
    pub kind: String,
    /// Who wrote it, where that is no owner and the roster says that they may.
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
    /// What its author lacked to vote, where that is why it does not count: an age, a number of edits, or groups.
    pub needed: String,
    /// Changes of material fields after it, if it counts; the newest few of each field.
    pub changes: Vec<FieldChange>,
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
        /// Whoever wrote a name in `requester` gives nobody a right by that.
        OwnerNotConfirmed = "owner-not-confirmed",
        /// An owner named somebody else, who has not edited the request since.
        OwnerPending = "owner-pending",
        /// A score is none.
        NoSuchScore = "no-such-score",
        /// A score by somebody whose scores do not count here.
        ScoreNotCounted = "score-not-counted",
        /// Bold text looks like a vote but is none.
        Lookalike = "lookalike",
        /// Whoever says that somebody helps, or does no more, may not say so; the value is the code of why.
        ClaimNotCounted = "claim-not-counted",
        /// Whoever wrote a step may not say how far it is; the suggestion is what they wrote.
        StepNotCounted = "step-not-counted",
        /// Whoever took a step away may not: it is one still.
        StepTakenAway = "step-taken-away",
        /// A step is in no such state.
        NoSuchState = "no-such-state",
        /// The day of a step is none.
        StepDue = "step-due",
        /// Whoever wrote what came of it may not.
        OutcomeNotCounted = "outcome-not-counted",
        /// A part of what came of it is not as it should be.
        OutcomeInvalid = "outcome-invalid",
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

    /// Whether it says of a closed request why something has no effect, and not only what is to be mended in it.
    pub fn is_told_once_closed(self) -> bool {
        self.is_about_status() || matches!(self, NoticeKind::NewRedirect | NoticeKind::TypeNotConfirmed)
    }

    /// Whether only all of a page's history tells whether it still holds.
    pub fn is_of_history(self) -> bool {
        self.is_about_status() || matches!(self, NoticeKind::OwnerNotConfirmed | NoticeKind::OwnerPending)
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
    /// A meeting's decision.
    Meeting {
        /// The meeting.
        meeting: Meeting,
        /// The revision of the minutes that says so.
        revision: u64,
        /// The recommendation, as wikitext.
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
        assert_eq!((Verdict::parse("magic"), NoticeKind::parse("")), (None, None));
    }
}
