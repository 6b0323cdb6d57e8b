//! What a pass sees of the wiki at its beginning: plain data.

use std::collections::BTreeMap;

use crate::desk::roster::Roster;
use crate::desk::{Desk, PageRef, Revision, User};
use crate::plan::brakes::Exclusions;
use crate::plan::refusals::Refusal;
use crate::write::tables::Problem;

use super::intake::Intake;
use super::names::{Names, title_case};
use super::request::may_hold_request;

/// A page with its newest revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its id.
    pub id: u64,
    /// Its title.
    pub title: String,
    /// It is a redirect.
    pub redirect: bool,
    /// Its newest revision.
    pub revision: Revision,
}

impl Page {
    /// Its wikitext; nothing where the wiki hides it.
    #[must_use]
    pub fn text(&self) -> &str {
        self.revision.text.as_deref().unwrap_or_default()
    }

    /// Its id and title.
    #[must_use]
    pub fn reference(&self) -> PageRef {
        PageRef { id: self.id, title: self.title.clone() }
    }
}

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
            exclusions: Exclusions::default(),
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

/// Whether a page may be a request by its title: directly below the intake page, and no translation of it.
#[must_use]
pub fn is_below_intake(title: &str, desk: &Desk, languages: &[String]) -> bool {
    title
        .strip_prefix(&desk.pages.intake)
        .and_then(|rest| rest.strip_prefix('/'))
        .is_some_and(|name| !name.is_empty() && !name.contains('/') && !languages.iter().any(|l| l == name))
}

/// Whether a page may be a request by its title and its text.
#[must_use]
pub fn may_be_request(page: &Page, desk: &Desk, names: &Names, languages: &[String]) -> bool {
    is_below_intake(&page.title, desk, languages) && !page.redirect && may_hold_request(page.text(), names)
}

/// Where a redirect leads in the end, as titles; through others of these pages, if need be.
#[must_use]
pub fn destination(redirect: &Page, pages: &[Page]) -> Option<String> {
    let mut page = redirect;
    for _ in 0..5 {
        let target = page.text().split_once("[[")?.1.split(['|', ']', '#']).next()?;
        let target = title_case(target.trim().trim_start_matches(':'));
        match pages.iter().find(|p| p.redirect && p.title == target) {
            Some(next) => page = next,
            None => return Some(target),
        }
    }
    None
}

/// The year an archive page is for.
#[must_use]
pub fn archive_year(title: &str, desk: &Desk) -> Option<i32> {
    let (before, after) = desk.pages.archive.split_once("{year}")?;
    title.strip_prefix(before)?.strip_suffix(after)?.parse().ok()
}

/// Whether a page has text that a reader sees.
#[must_use]
pub fn has_visible_text(text: &str) -> bool {
    !super::wikitext::without_comments(text).trim().is_empty()
}
