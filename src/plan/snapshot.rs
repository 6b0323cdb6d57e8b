//! What a pass sees of the wiki at its beginning: plain data.

use std::collections::BTreeMap;

use crate::desk::problem::Problem;
use crate::desk::roster::Roster;
use crate::page::{Page, PageRef, Revision, User};
use crate::plan::exclusions::Exclusions;
use crate::plan::refusals::Refusal;
use crate::read::proposals::Intake;
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
    /// What was found while reading all this.
    pub problems: Vec<Problem>,
    /// The stop page has text: nothing is written.
    pub stopped: bool,
    /// The status page, if it exists.
    pub status: Option<Page>,
    /// The problems page, if it exists.
    pub problems_page: Option<Page>,
    /// Archive pages with their year.
    pub archives: Vec<(i32, Page)>,
    /// Pages that may hold a request.
    pub requests: Vec<Page>,
    /// Other pages that the tables have a row for.
    pub bare: Vec<Page>,
    /// Request pages that could not be read this time, with why: their rows stay as they are.
    pub unread: Vec<(String, String)>,
    /// Newest revisions of pages that somebody else saved last, newest first: whether the bot made them, and their
    /// texts.
    pub past: BTreeMap<String, Vec<(bool, String)>>,
    /// How people keep bots away from pages.
    pub exclusions: Exclusions,
    /// The intake page and its talk page, as far as they exist.
    pub intake: Vec<Intake>,
    /// All pages below the intake page, redirects included.
    pub below: Vec<PageRef>,
    /// Requests that redirect to another request now, as the page's title and that of the other.
    pub duplicates: Vec<(String, String)>,
    /// Codes of languages, which are no names of requests.
    pub languages: Vec<String>,
    /// What the wiki refused before, and why.
    pub refusals: Vec<Refusal>,
}

impl Snapshot {
    /// A wiki on which nothing has been seen yet.
    #[must_use]
    pub fn empty(bot: User, names: Names, roster: Roster) -> Self {
        Snapshot {
            exclusions: Exclusions::new(names.titles(), &[]),
            bot,
            names,
            roster,
            problems: Vec::new(),
            stopped: false,
            status: None,
            problems_page: None,
            archives: Vec::new(),
            requests: Vec::new(),
            bare: Vec::new(),
            unread: Vec::new(),
            past: BTreeMap::new(),
            intake: Vec::new(),
            below: Vec::new(),
            duplicates: Vec::new(),
            languages: Vec::new(),
            refusals: Vec::new(),
        }
    }

    /// Remembers the newest revisions of a page, newest first.
    pub fn remember(&mut self, title: &str, revisions: Vec<Revision>) {
        let by_bot = |r: &Revision| r.user.as_ref().is_some_and(|u| u.id == self.bot.id);
        let past = revisions.into_iter().map(|r| (by_bot(&r), r.text.unwrap_or_default())).collect();
        self.past.insert(title.to_owned(), past);
    }
}
