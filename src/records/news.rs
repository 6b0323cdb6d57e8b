//! What a ledger tells that people hear of on their talk pages.

use chrono::NaiveDate;

use super::ledger::{LEDGER_START, NOTICE, ROW};
use super::work::{HELPER, helpers_of, outcome_of, progress_of};
use crate::desk::Choice;
use crate::desk::decision::NoticeKind;
use crate::page::{Time, parse_timestamp};
use crate::wikitext::Call;
use crate::wikitext::inert::unescape;

/// Somebody's question.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Who asks.
    pub by: String,
    /// What, as it reads.
    pub question: String,
    /// The revision that does.
    pub revision: u64,
    /// When that was.
    pub at: Time,
}

/// What a status rests on, as far as people hear of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewsBasis {
    /// Who decided it.
    pub user: String,
    /// The day of the meeting that did, and its minutes.
    pub meeting: (Option<NaiveDate>, String),
    /// The rule that did.
    pub rule: String,
    /// The reason that was given.
    pub reason: String,
}

/// What there is to tell of a request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct News {
    /// The language that its owner wants to be written to in, as written.
    pub language: String,
    /// When it was filed.
    pub filed: Option<Time>,
    /// Its required fields that are empty or not valid.
    pub lacks: Vec<String>,
    /// The newest revision that left one so, and when; 0 where they always were.
    pub lacks_since: (u64, Option<Time>),
    /// Who waits for an answer, with what they ask.
    pub asked: Vec<Asked>,
    /// What the status rests on.
    pub basis: NewsBasis,
    /// What the last decision rested on, where something has followed it.
    pub decided_on: NewsBasis,
    /// Who helps.
    pub helpers: Vec<String>,
    /// The newest revision with which somebody came to help, and when.
    pub claimed: Option<(u64, Time)>,
    /// The next step.
    pub next_step: String,
    /// What came of it.
    pub outcome: String,
    /// What it waits for: the code, what there is, what is needed, until when.
    pub waiting: [String; 4],
}

impl News {
    /// What the calls of a ledger tell.
    pub fn of(ledger: &[Call], language: &str) -> Option<Self> {
        let start = ledger.iter().find(|call| call.name == LEDGER_START)?;
        let text = |name: &str| unescape(start.value(name));
        let basis = |user, meeting, minutes, rule, reason| NewsBasis {
            user: text(user),
            meeting: (text(meeting).parse().ok(), text(minutes)),
            rule: text(rule),
            reason: text(reason),
        };
        let lacking = |call: &&Call| {
            call.name == NOTICE && NoticeKind::parse(call.value("kind")).is_some_and(NoticeKind::is_incomplete)
        };
        let lacks = || ledger.iter().filter(lacking);
        let claims = ledger.iter().filter(|call| call.name == HELPER);
        let claims = claims.filter_map(|call| Some((call.value("revision").parse().ok()?, moment(call, "time")?)));
        Some(News {
            language: language.to_owned(),
            filed: moment(start, "filed at"),
            lacks: lacks().map(|call| unescape(call.value("field"))).collect(),
            lacks_since: lacks()
                .filter_map(|call| Some((number(call, "revision")?, moment(call, "time"))))
                .max()
                .unwrap_or_default(),
            asked: ledger.iter().filter_map(|call| asked(call, start)).collect(),
            basis: basis("user", "meeting", "minutes page", "rule", "reason"),
            decided_on: basis("decided by", "decided at", "decided on", "decision rule", "decision reason"),
            helpers: helpers_of(ledger),
            claimed: claims.max(),
            next_step: progress_of(ledger).next,
            outcome: outcome_of(ledger).0,
            waiting: ["waiting", "have", "need", "until"].map(text),
        })
    }
}

/// A question that stands and that no owner has answered.
fn asked(call: &Call, start: &Call) -> Option<Asked> {
    let stands = call.name == ROW && call.value("choice") == Choice::Info.id() && call.value("counted") == "yes";
    let revision = number(call, "revision").filter(|id| stands && number(start, "answered").is_none_or(|a| a < *id))?;
    let (by, question) = (unescape(call.value("user")), unescape(call.value("question")));
    Some(Asked { by, question, revision, at: moment(call, "time")? })
}

fn number(call: &Call, name: &str) -> Option<u64> {
    call.value(name).parse().ok()
}

fn moment(call: &Call, name: &str) -> Option<Time> {
    parse_timestamp(&unescape(call.value(name)))
}
