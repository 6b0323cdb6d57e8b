//! What each page is, by its title and its text. Pure.

use crate::desk::Desk;
use crate::page::Page;
use crate::read::request::may_hold_request;
use crate::wikitext::Titles;
use crate::wikitext::names::Names;

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
pub fn destination(redirect: &Page, pages: &[Page], titles: &Titles) -> Option<String> {
    let mut page = redirect;
    for _ in 0..5 {
        let target = titles.page(page.text().split_once("[[")?.1.split(['|', ']']).next()?)?;
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
