//! The nouns of a desk, as plain data: no I/O, no clock, no wiki library.
//!
//! In reading order: the [`Desk`] itself (what the configuration says), the people ([`roster`]), a [`request`] and what
//! its history tells, what people [sign](signed) on it ([`statement`] has the table), and the [`decision`] on it, with what
//! it is [`waiting`] for. [`words`] compares what people write with all of these.

pub(crate) mod claim;
mod codes;
mod dates;
pub mod decision;
pub(crate) mod electorate;
pub(crate) mod events;
pub mod figures;
pub(crate) mod median;
pub(crate) mod meeting;
pub(crate) mod meetings;
pub(crate) mod message;
pub mod milestones;
pub(crate) mod minutes;
pub mod origin;
pub(crate) mod outcome;
pub(crate) mod params;
mod pattern;
pub(crate) mod problem;
pub mod quarter;
pub(crate) mod recusal;
pub(crate) mod request;
pub(crate) mod roster;
pub(crate) mod rule;
pub(crate) mod ruling;
pub(crate) mod score;
pub(crate) mod signed;
pub(crate) mod statement;
pub(crate) mod step;
pub(crate) mod template;
pub(crate) mod verdict;
pub(crate) mod vote;
pub mod waiting;
pub(crate) mod words;

use std::time::Duration;

use chrono::Datelike;
use serde::Serialize;

use crate::page::Time;
use codes::codes;

pub use claim::ClaimBy;
pub use electorate::Electorate;
pub use origin::Origin;
pub use pattern::Pattern;
pub use request::Facts;
pub use rule::{Rule, Share, When};
pub use template::{TemplateKind, Templates};
pub use vote::{Choice, VoteTemplate};

/// One desk as the configuration describes it, checked: ids are unique, rules name statuses that
/// exist, titles are filled in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Desk {
    /// The desk's name, as people read it in notices and summaries.
    pub name: String,
    /// Title of the landing page, below which all pages of the desk stand.
    pub root: String,
    /// Title of the page that people keep the rules on; empty where they stand in the configuration alone.
    pub rules_page: String,
    /// Titles of the pages the bot reads and writes.
    pub pages: Pages,
    /// Names of the templates people use, without the namespace.
    pub templates: Templates,
    /// What keeps the bot from doing harm.
    pub safety: Safety,
    /// When the bot looks again.
    pub watch: Watch,
    /// Address of the health and metrics server (`host:port`), if there is to be one.
    pub listen: Option<std::net::SocketAddr>,
    /// Parameters of the request template that are checked and shown.
    pub fields: Vec<Field>,
    /// Templates that are votes.
    pub votes: Vec<VoteTemplate>,
    /// All statuses; a new request starts in the first.
    pub statuses: Vec<Status>,
    /// Rules, tried in this order.
    pub rules: Vec<Rule>,
    /// The order in which approved requests are carried out.
    pub queue: QueueSettings,
    /// What comes onto the agenda.
    pub agenda: AgendaSettings,
    /// Who votes, where that is no matter of the roster.
    pub electorate: Option<Electorate>,
    /// Who may help with requests.
    pub claim_by: ClaimBy,
    /// What people are told on their talk pages.
    pub notices: NoticeSettings,
    /// How many members the committee has, the chair included; 0 where nobody counts them.
    pub seats: u32,
    /// How long after closing a request moves to its archive page.
    pub archive_after: Duration,
    /// How many rows an archive page holds.
    pub archive_rows_per_page: usize,
    /// What it was read from.
    #[serde(skip)]
    pub origin: Origin,
}

/// Titles of the desk's pages, `{root}` filled in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pages {
    /// Where requests are filed; each request is a page directly below it, or below one of its parts.
    pub intake: String,
    /// Names of pages directly below the intake page that divide it, and are no requests.
    pub parts: Vec<String>,
    /// Who is on the committee, and when.
    pub committee: String,
    /// Tables of all requests that are not archived.
    pub status: String,
    /// Closed requests of a year or a month; `{year}` and `{month}` are still in it, see [`Pages::archive_of`].
    pub archive: String,
    /// What a person should look at.
    pub problems: String,
    /// What the next meeting has to talk about; empty where there is no such page.
    pub agenda: String,
    /// The page below which the minutes of meetings stand; empty where there are none.
    pub meetings: String,
    /// The text with which the next minutes begin; empty where there is no agenda or are no minutes.
    pub minutes_form: String,
    /// Approved requests in the committee's order; empty where there is no such page.
    pub queue: String,
    /// What the desk has achieved, with a page below it for each year; empty where there is no such page.
    pub figures: String,
    /// Finished requests on show; empty where there is no such page.
    pub examples: String,
    /// The rules in plain words; empty where there is no such page.
    pub rules: String,
    /// Who may help, where that is listed; empty where there is no such page.
    pub helpers: String,
    /// Who helps with what; empty where there is no such page.
    pub work: String,
    /// The statuses, and how requests move between them; empty where there is no such page.
    pub flow: String,
}

impl Pages {
    /// Title of the archive page for requests closed in that month (UTC).
    pub fn archive_of(&self, year: i32, month: u32) -> String {
        self.archive.replace("{year}", &year.to_string()).replace("{month}", &format!("{month:02}"))
    }

    /// The year and month that tell the archive page of a request closed then; the month is 1 where a page holds a
    /// whole year.
    pub fn archive_period(&self, closed: Time) -> (i32, u32) {
        (closed.year(), if self.archive.contains("{month}") { closed.month() } else { 1 })
    }

    /// The period of the archive page with this title, as [`Pages::archive_period`] gives it.
    pub fn archive_period_of(&self, title: &str) -> Option<(i32, u32)> {
        let (mut year, mut month) = (None, None);
        let (mut template, mut rest) = (self.archive.as_str(), title);
        while let Some(at) = template.find('{') {
            rest = rest.strip_prefix(&template[..at])?;
            let length = if template[at..].starts_with("{month}") { 2 } else { 4 };
            let (number, behind) = rest.split_at_checked(length)?;
            if length == 2 {
                month = Some(number.parse().ok()?)
            } else {
                year = Some(number.parse().ok()?)
            }
            (template, rest) = (template[at..].split_once('}')?.1, behind);
        }
        let period = (year?, month.unwrap_or(1));
        (self.archive_of(period.0, period.1) == title).then_some(period)
    }

    /// How the titles of all archive pages begin.
    pub fn archive_prefix(&self) -> &str {
        self.archive.split('{').next().unwrap_or_default()
    }
}

/// Limits on what the bot does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Safety {
    /// Accounts whose lines on the committee page, and redirects to templates, are believed.
    pub trusted: Vec<String>,
    /// Wiki groups whose members are believed likewise.
    pub trusted_groups: Vec<String>,
    /// How long a page that somebody else made must have redirected to a template to be a name of it.
    pub redirect_age: Duration,
    /// Link to where the community approved the bot; without it nothing is written.
    pub approved: Option<String>,
    /// Edits per minute; 0 is no limit.
    pub edits_per_minute: u32,
    /// A pass that would make more edits than this makes none.
    pub max_edits_per_pass: usize,
    /// Time limit of one API request.
    pub request_timeout: Duration,
}

/// When the bot looks at the wiki.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Watch {
    /// Time between two reads of recent changes.
    pub poll: Duration,
    /// Time between two full sweeps.
    pub sweep: Duration,
    /// Address of an event stream of recent changes, if one is used.
    pub stream: Option<String>,
    /// The wiki's name in that stream.
    pub stream_wiki: Option<String>,
}

/// What comes onto the agenda by time alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgendaSettings {
    /// How long a request waits for its owner before the committee hears of it.
    pub owner_after: Duration,
    /// How long one waits for a reply of the desk.
    pub reply_after: Duration,
}

/// What people are told on their talk pages, and when.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NoticeSettings {
    /// Owners hear what becomes of their requests.
    pub owners: bool,
    /// Statuses that a request comes to are told in its discussion too.
    pub announce: bool,
    /// How often members hear at the most what waits for them; none: never.
    pub reminders: Option<Duration>,
    /// How long something waits before they hear of it.
    pub remind_after: Duration,
    /// How long helpers may be silent before they are asked how it goes; none: they are not.
    pub nudge_after: Option<Duration>,
    /// How long before a request is closed for silence its owners hear of it.
    pub stale_before: Duration,
    /// Messages to one person within a week at the most.
    pub per_person_per_week: u32,
    /// A pass that would send more messages sends none.
    pub max_messages_per_pass: usize,
    /// The category, without the namespace, of those who want no messages; empty for none.
    pub opt_out_category: String,
}

/// What the queue is of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueueSettings {
    /// The id of the status of requests in it.
    pub status: String,
    /// How many requests can be carried out at a time.
    pub capacity: u32,
}

/// A parameter of the request template.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Field {
    /// The parameter's name.
    pub name: String,
    /// A request without it is incomplete.
    pub required: bool,
    /// What votes are about: the ledger names its changes after a counted vote.
    pub material: bool,
    /// Longest value, in characters.
    pub max_length: Option<usize>,
    /// It is for staff and the committee to fill in, not asked of the requester.
    pub team: bool,
    /// The only values allowed, if there are any; compared without regard to case.
    pub one_of: Vec<String>,
    /// What the whole value has to match.
    pub pattern: Option<Pattern>,
}

/// A status a request can be in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// What stands in `status=` and in rules.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// Title of the category, without the namespace.
    pub category: String,
    /// Votes are asked for.
    pub votable: bool,
    /// The request is closed: later votes do not count, and it is archived in time.
    pub closed: bool,
    /// What a request that comes to it counts as in the figures, if that is anything.
    pub counts_as: Option<CountsAs>,
    /// It came with the program to a desk that has statuses and rules of its own, and no rule names it: the drawing of the flow
    /// and its strip have it only where a request is in it.
    #[serde(skip)]
    pub spare: bool,
}

codes! {
    /// What became of a request, as figures count it.
    pub enum CountsAs {
        /// The desk took it on.
        Supported = "supported",
        /// The desk said no.
        Declined = "declined",
    }
}

impl Desk {
    /// The status with this id, or with this label, as people write it; trimmed and without regard to case.
    pub fn status(&self, written: &str) -> Option<&Status> {
        let written = written.trim().to_lowercase();
        let by_id = self.statuses.iter().find(|s| s.id == written);
        by_id.or_else(|| self.statuses.iter().find(|s| s.label.to_lowercase() == written))
    }

    /// Whether the committee has still to decide on a request in this status: a new one, or one that is voted on.
    pub fn is_undecided(&self, id: &str) -> bool {
        id == self.first_status().id || self.status(id).is_some_and(|status| status.votable)
    }

    /// Whether somebody is to be at work on a request in this status: rules ask there for helpers, steps or an outcome; where none
    /// do anywhere, in every status that is decided and open.
    pub fn is_at_work(&self, id: &str) -> bool {
        let of_work = |rule: &&Rule| {
            rule.when.claimed == Some(false) || rule.when.steps_done.is_some() || rule.when.outcome.is_some()
        };
        let mut rules = self.rules.iter().filter(of_work).peekable();
        let open = !self.is_undecided(id) && self.status(id).is_some_and(|status| !status.closed);
        open && (rules.peek().is_none() || rules.any(|rule| rule.from.iter().any(|from| from == id)))
    }

    /// The status a new request starts in.
    ///
    /// # Panics
    /// Never for a desk made by [`crate::config`], which refuses an empty list.
    pub fn first_status(&self) -> &Status {
        &self.statuses[0]
    }

    /// Whether the value of a field is read by the program, not only shown to people.
    pub fn reads(&self, name: &str) -> bool {
        let checked = self.field(name).is_some_and(|f| !f.one_of.is_empty() || f.pattern.is_some());
        checked || ["title", "type", "country", "partner", "languages", "private"].contains(&name)
    }

    /// The statuses in the order of the flow, closed ones last, each with the rules that start from it.
    pub fn flow(&self) -> impl Iterator<Item = (&Status, Vec<&Rule>)> {
        let (closed, open): (Vec<&Status>, Vec<&Status>) = self.statuses.iter().partition(|status| status.closed);
        let starting = |id: &str| {
            let here = |rule: &&Rule| rule.to != id && rule.from.iter().any(|from| from == id);
            self.rules.iter().filter(here).collect()
        };
        open.into_iter().chain(closed).map(move |status| (status, starting(&status.id)))
    }

    /// The field with this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == name)
    }
}
