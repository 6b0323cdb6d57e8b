//! What is decided of a request, with all its reasons.

use serde::Serialize;

use crate::desk::priority::Priority;
use crate::desk::signed::{Signed, Touch};
use crate::desk::vote::{Choice, Vote};
use crate::page::{Time, User};

/// What a request's status is, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decision {
    /// The id of the status.
    pub status: String,
    /// Since when.
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
    /// For each rule that could apply next, its conditions.
    pub prospects: Vec<Prospect>,
    /// What it waits for, in one word and its numbers.
    pub waiting: Waiting,
    /// A change of `status=` that does not hold.
    pub overruled: Option<Overruled>,
    /// When the counted votes last changed.
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
    /// The rule.
    pub rule: String,
    /// When its conditions came to hold.
    pub since: Time,
}

/// A vote and what becomes of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ballot {
    /// The vote.
    pub vote: Signed<Vote>,
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
    #[must_use]
    pub fn quorum(self) -> u32 {
        self.support + self.oppose + self.abstain
    }
}

/// Something to mend in the request template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// What is wrong.
    pub kind: NoticeKind,
    /// The parameter.
    pub field: String,
    /// Its value, shortened, where that helps.
    pub value: String,
    /// The longest value, for one that is too long; how many more there are, for [`NoticeKind::More`].
    pub limit: Option<usize>,
    /// The values allowed, for one that is not; the pattern, for [`NoticeKind::NotMatching`].
    pub allowed: Vec<String>,
    /// What was probably meant, where the desk can tell: one that it accepts.
    pub suggestion: String,
}

/// Kinds of notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// A required field is empty.
    Missing,
    /// A value is too long.
    TooLong,
    /// A value is none of those allowed.
    NotAllowed,
    /// A value is not written as its field's pattern wants it.
    NotMatching,
    /// A parameter that the desk does not know; it does no harm. What it was probably meant to be is in `allowed`.
    Unknown,
    /// Text in no parameter at all.
    Loose,
    /// More parameters that the desk does not know; they are not named one by one.
    More,
    /// A table or preformatted text that is begun and not ended reaches over the rest of the page.
    Unclosed,
    /// A parameter is there twice; the last one counts.
    Doubled,
    /// Bold text looks like a vote but is none.
    Lookalike,
    /// A decision names no status of the desk.
    NoSuchStatus,
    /// Whoever wrote a decision may not decide here.
    NotEntitled,
    /// Somebody who may not set the status set it again after it had been put back.
    StatusEdit,
}

impl NoticeKind {
    /// The code used in template calls.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            NoticeKind::Missing => "missing",
            NoticeKind::TooLong => "too-long",
            NoticeKind::NotAllowed => "not-allowed",
            NoticeKind::NotMatching => "not-matching",
            NoticeKind::Unknown => "unknown",
            NoticeKind::Loose => "loose",
            NoticeKind::More => "more",
            NoticeKind::Unclosed => "unclosed",
            NoticeKind::Doubled => "doubled",
            NoticeKind::Lookalike => "lookalike",
            NoticeKind::NoSuchStatus => "no-such-status",
            NoticeKind::NotEntitled => "not-entitled",
            NoticeKind::StatusEdit => "status-edit",
        }
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
        /// Who decided.
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
    /// In which revision.
    pub revision: u64,
    /// To what.
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
    /// Its conditions.
    pub conditions: Vec<Condition>,
}

/// A condition and whether it holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Condition {
    /// Which.
    pub kind: ConditionKind,
    /// Whether it holds now.
    pub holds: bool,
    /// What there is.
    pub have: String,
    /// What is needed.
    pub need: String,
    /// Since when it is so.
    pub since: Time,
    /// When it will hold, where time alone is missing.
    pub until: Option<Time>,
}

/// Kinds of conditions, as in the configuration's `when`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the condition of that name in the contract")]
pub enum ConditionKind {
    Complete,
    Quorum,
    SupportAtLeast,
    OpposeAtLeast,
    SupportShare,
    OpposeShare,
    AllVoted,
    OpenFor,
    SettledFor,
    InfoWanted,
    IdleFor,
    Type,
}

impl ConditionKind {
    /// The code used in template calls.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            ConditionKind::Complete => "complete",
            ConditionKind::Quorum => "quorum",
            ConditionKind::SupportAtLeast => "support-at-least",
            ConditionKind::OpposeAtLeast => "oppose-at-least",
            ConditionKind::SupportShare => "support-share",
            ConditionKind::OpposeShare => "oppose-share",
            ConditionKind::AllVoted => "all-voted",
            ConditionKind::OpenFor => "open-for",
            ConditionKind::SettledFor => "settled-for",
            ConditionKind::InfoWanted => "info-wanted",
            ConditionKind::IdleFor => "idle-for",
            ConditionKind::Type => "type",
        }
    }
}

/// What a request waits for, in a code, with its numbers or its date.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// A condition's code; `person` where no rule starts from here, `answer` where votes are asked for but decide nothing
    /// on a request of this type, `nothing` for a closed one.
    pub code: String,
    /// What there is.
    pub have: String,
    /// What is needed.
    pub need: String,
    /// Until when, where time alone is missing.
    pub until: Option<Time>,
}

impl Prospect {
    /// Whether the rule is for requests of this type; another type has to be written first, else it never applies.
    #[must_use]
    pub fn possible(&self) -> bool {
        !self.conditions.iter().any(|c| c.kind == ConditionKind::Type && !c.holds)
    }
}

impl Condition {
    /// What there is, as a page shows it: nothing for a condition of time, which changes with every minute.
    #[must_use]
    pub fn have_shown(&self) -> String {
        have_shown(self.kind.id(), &self.have)
    }
}

impl Waiting {
    /// As [`Condition::have_shown`].
    #[must_use]
    pub fn have_shown(&self) -> String {
        have_shown(&self.code, &self.have)
    }
}

fn have_shown(code: &str, have: &str) -> String {
    if code.ends_with("-for") { String::new() } else { have.to_owned() }
}
