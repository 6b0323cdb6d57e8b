//! What planning works on: the wiki as a pass sees it. Plain data.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::change::{Change, Owns};
use super::disputes::{Past, essence};
use super::exclusions::Exclusions;
use super::mail::Mail;
use super::peoples_words::peoples_words;
use super::refusals::Refusal;
use crate::desk::meetings::{KeptMinutes, Meetings};
use crate::desk::problem::{Problem, ProblemKind};
use crate::desk::roster::Roster;
use crate::page::{Page, Revision, Time, User};
use crate::read::proposals::Intake;
use crate::records::agenda::{FORM_BLOCK, form_lines};
use crate::records::language::Language;
use crate::records::tables::Row;
use crate::wikitext::names::Names;

/// The wiki as a pass sees it.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The bot's account.
    pub bot: User,
    /// What template names mean.
    pub names: Names,
    /// The roster in force.
    pub roster: Roster,
    /// What the committee's meetings said.
    pub meetings: Meetings,
    /// The pages that hold minutes, also where they were moved away.
    pub minutes_pages: Vec<KeptMinutes>,
    /// The title of the last quarter's brief, where nobody ever made one.
    pub brief: Option<String>,
    /// How people keep bots away from pages.
    pub exclusions: Exclusions,
    /// Language codes, which are no names of requests.
    pub languages: Vec<String>,
    /// The stop page has text: nothing is written.
    pub stopped: bool,
    /// The account is in no bots' group any more.
    pub lost_bot_right: bool,
    /// How many single requests this pass may still change.
    pub room: usize,
    /// What was found wrong while reading all this.
    pub problems: Vec<Problem>,
    /// The status page, the archive pages and the problems page, as far as they exist, by title.
    pub kept: BTreeMap<String, Page>,
    /// The rows of the status page and of each archive page as the bot itself saved them last, by the page's title.
    pub rows: BTreeMap<String, Vec<Arc<Row>>>,
    /// The problems that the bot itself listed last, without those whose line somebody took away.
    pub listed: Vec<Problem>,
    /// Edits that the wiki refused before.
    pub refusals: Vec<Refusal>,
    /// Pages that the wiki does not let the bot edit, with its code and words, as far as it was asked.
    pub not_editable: BTreeMap<String, (String, String)>,
    /// What the bot's part of a page said in its newest revisions, newest first, by title.
    pub past: BTreeMap<String, Vec<Past>>,
    /// The lines that the bot itself brought into its block of a page, by title, where people edited that since.
    pub own_lines: BTreeMap<String, BTreeSet<String>>,
    /// The intake page, the landing page and their talk pages, as far as they exist.
    pub intake: Vec<Intake>,
    /// Titles of all pages below the intake page, redirects included.
    pub titles: Vec<String>,
    /// Requests that redirect to another request now: the page's title and that of the other.
    pub duplicates: Vec<(String, String)>,
    /// When helpers last edited pages below a request's, by its id, as far as that was looked up.
    pub worked_below: HashMap<u64, Time>,
    /// What was looked up to write to people.
    pub mail: Mail,
    /// Request pages that could not be read this time, with why: their rows stay as they are.
    pub unread: Vec<(String, String)>,
}

impl Snapshot {
    /// The language of the wiki.
    #[must_use]
    pub fn language(&self) -> Language {
        Language::of(self.names.titles().language())
    }

    /// A wiki on which nothing has been seen yet.
    pub fn empty(bot: User, names: Names, roster: Roster) -> Self {
        Snapshot {
            exclusions: Exclusions::new(names.titles(), &[]),
            bot,
            names,
            roster,
            meetings: Meetings::default(),
            brief: None,
            minutes_pages: Vec::new(),
            languages: Vec::new(),
            stopped: false,
            lost_bot_right: false,
            room: usize::MAX,
            problems: Vec::new(),
            kept: BTreeMap::new(),
            rows: BTreeMap::new(),
            listed: Vec::new(),
            refusals: Vec::new(),
            not_editable: BTreeMap::new(),
            past: BTreeMap::new(),
            own_lines: BTreeMap::new(),
            intake: Vec::new(),
            titles: Vec::new(),
            duplicates: Vec::new(),
            unread: Vec::new(),
            worked_below: HashMap::new(),
            mail: Mail::default(),
        }
    }

    /// What the bot's part of a page said in these revisions.
    pub fn past_of(&self, revisions: &[Revision], owns: &Owns) -> Vec<Past> {
        let past = |r: &Revision| Past {
            by_bot: r.user.as_ref().is_some_and(|u| u.id == self.bot.id),
            says: essence(r.text.as_deref().unwrap_or_default(), owns, &self.names),
        };
        revisions.iter().map(past).collect()
    }

    /// What people wrote into the bot's block of this text of a page.
    pub fn peoples_words(&self, title: &str, text: &str, block: &str) -> String {
        let mut own = self.own_lines.get(title).cloned().unwrap_or_default();
        // Its lines are calls that mean something elsewhere.
        if block == FORM_BLOCK {
            own.extend(form_lines(text));
        }
        peoples_words(text, block, &own, &self.names)
    }

    /// That the wiki refuses this change, as far as it is known beforehand.
    pub fn refusal_of(&self, change: &Change) -> Option<Refusal> {
        let known = self.refusals.iter().find(|r| r.is_of(change)).cloned();
        let forbidden = || self.not_editable.get(&change.page);
        known.or_else(|| forbidden().map(|(code, words)| Refusal::new(change, code, words)))
    }

    /// That the bot could not read a page at this revision, as it listed it and as nobody took the line away.
    pub fn unread_at(&self, page: &str, revision: u64) -> Option<&Problem> {
        self.listed.iter().find(|problem| problem.is_unread(page, revision))
    }

    /// Whether the bot could not read some revision of a page, as it listed it.
    pub fn was_unread(&self, page: &str) -> bool {
        self.listed.iter().any(|problem| problem.page == page && problem.kind == ProblemKind::Unread)
    }

    /// What the bot listed of a page besides that it could not read it.
    pub fn listed_of(&self, page: &str) -> impl Iterator<Item = &Problem> {
        self.listed.iter().filter(move |problem| problem.page == page && problem.kind != ProblemKind::Unread)
    }

    /// The rows of all tables as the bot saved them last, by the id of the request's page.
    pub fn rows_by_id(&self) -> HashMap<u64, &Arc<Row>> {
        self.rows.values().flatten().map(|row| (row.page.id, row)).collect()
    }
}
