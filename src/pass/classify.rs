//! What each page is, by its title and its text. Pure.

use crate::desk::Desk;
use crate::page::Page;
use crate::read::request_template::may_hold_request;
use crate::wikitext::names::{Names, title_case};

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
