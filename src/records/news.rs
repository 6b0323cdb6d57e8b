//! What a ledger tells that people hear of on their talk pages.

use chrono::NaiveDate;

use super::ledger::{LEDGER_START, NOTICE, ROW};
use super::work::{HELPER, helpers_of, outcome_of, progress_of};
use crate::desk::decision::NoticeKind;
use crate::page::{Time, parse_timestamp};
use crate::wikitext::Call;
use crate::wikitext::inert::unescape;

/// What there is to tell of a request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct News {
    /// The language that its owner wants to be written to in, as written.
    pub language: String,
    /// When it was filed.
    pub filed: Option<Time>,
    /// Its required fields that are empty or not valid.
    pub lacks: Vec<String>,
    /// The newest revision that left one so; 0 where they always were.
    pub lacks_since: u64,
    /// Who asks for more, what, and the revision that does; empty where nobody does.
    pub asked: (String, String, String),
    /// When that was.
    pub asked_at: Option<Time>,
    /// What the status rests on: who decided it.
    pub user: String,
    /// The day of the meeting that did, and its minutes.
    pub meeting: (Option<NaiveDate>, String),
    /// The rule that did.
    pub rule: String,
    /// The reason that was given.
    pub reason: String,
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
            lacks_since: lacks().filter_map(|call| call.value("revision").parse().ok()).max().unwrap_or_default(),
            asked: (text("asked by"), text("question"), text("asked revision")),
            asked_at: ledger.iter().find(|call| is_question(call, start)).and_then(|call| moment(call, "time")),
            user: text("user"),
            meeting: (text("meeting").parse().ok(), text("minutes page")),
            rule: text("rule"),
            reason: text("reason"),
            helpers: helpers_of(ledger),
            claimed: claims.max(),
            next_step: progress_of(ledger).next,
            outcome: outcome_of(ledger),
            waiting: ["waiting", "have", "need", "until"].map(text),
        })
    }
}

/// Whether it is the line of the vote that asks.
fn is_question(call: &Call, start: &Call) -> bool {
    call.name == ROW
        && !start.value("asked revision").is_empty()
        && call.value("revision") == start.value("asked revision")
}

impl News {
    /// The same without what the status rests on.
    pub fn without_basis(&self) -> Self {
        let none = String::new;
        News { user: none(), meeting: (None, none()), rule: none(), reason: none(), ..self.clone() }
    }
}

fn moment(call: &Call, name: &str) -> Option<Time> {
    parse_timestamp(&unescape(call.value(name)))
}
