//! Which request is meant by what minutes call it.

use std::collections::{BTreeMap, BTreeSet};

use crate::desk::problem::ProblemKind;
use crate::desk::words::nearest;
use crate::page::{PageRef, Time};
use crate::wikitext::inert::one_line;
use crate::wikitext::titles::Titles;

/// So much of what somebody wrote is quoted in a problem.
pub(super) const MAX_QUOTED: usize = 100;

/// A word with the one that was probably meant.
pub(super) fn with_nearest(written: &str, meant: Option<&str>) -> String {
    let written = one_line(written, MAX_QUOTED);
    meant.map_or(written.clone(), |meant| format!("{written} → {meant}"))
}

/// The requests that minutes can be about.
#[derive(Debug, Default)]
pub struct Requests {
    /// Ids of pages by their titles.
    pages: BTreeMap<String, u64>,
    /// Ids of pages by what people call the requests, in lower case: a page's name, the title in the template.
    called: BTreeMap<String, BTreeSet<u64>>,
    /// What they are called, as written.
    names: BTreeSet<String>,
    /// When they were filed, as far as it is known.
    filed: BTreeMap<u64, Time>,
}

impl Requests {
    /// Adds a request with the title that its template gives it and when it was filed, if that is known.
    pub fn add(&mut self, page: &PageRef, title: Option<&str>, filed: Option<Time>) {
        self.pages.insert(page.title.clone(), page.id);
        self.filed.extend(filed.map(|filed| (page.id, filed)));
        let name = page.title.rsplit('/').next().unwrap_or_default();
        for called in [Some(name), title].into_iter().flatten() {
            self.called.entry(called.to_lowercase()).or_default().insert(page.id);
            self.names.insert(called.to_owned());
        }
    }

    /// Adds a title that redirects to another one.
    pub fn add_redirect(&mut self, from: &str, to: &str) {
        if let Some(id) = self.pages.get(to) {
            self.pages.insert(from.to_owned(), *id);
        }
    }

    fn title(&self, id: u64) -> &str {
        self.pages.iter().find(|(_, page)| **page == id).map_or("", |(title, _)| title)
    }

    /// The request that somebody meant at that time, or what is wrong with what they wrote: nobody means one that was filed
    /// later.
    pub(super) fn find(
        &self,
        (written, at): (&str, Time),
        intake: &str,
        titles: &Titles,
    ) -> Result<u64, (ProblemKind, String)> {
        let not_later = |id: &u64| self.filed.get(id).is_none_or(|filed| *filed <= at);
        let was_there = |id: &u64| self.filed.get(id).is_some_and(|filed| *filed <= at);
        let name = plain(written);
        let name = name.strip_prefix(&format!("{intake}/")).unwrap_or(&name);
        let called: Vec<u64> = self.called.get(&name.to_lowercase()).into_iter().flatten().copied().collect();
        let mut called: Vec<u64> = called.into_iter().filter(not_later).collect();
        // One of which nothing is known yet takes nothing from one that was there.
        if called.iter().any(was_there) {
            called.retain(was_there);
        }
        let exact = candidates(written, intake, titles).iter().find_map(|title| self.pages.get(title)).copied();
        if let Some(id) = exact.filter(not_later)
            && (was_there(&id) || !called.iter().any(was_there))
        {
            return Ok(id);
        }
        match called.as_slice() {
            [id] => Ok(*id),
            [_, _, ..] => {
                let titles: Vec<&str> = called.iter().map(|id| self.title(*id)).collect();
                Err((ProblemKind::MinutesAmbiguous, format!("{}: {}", one_line(name, MAX_QUOTED), titles.join(", "))))
            }
            [] => {
                let meant = nearest(name, self.names.iter().map(String::as_str));
                Err((ProblemKind::MinutesRequest, with_nearest(name, meant)))
            }
        }
    }
}

/// A name or the target of a link, as people read it.
fn plain(written: &str) -> String {
    let target = written.trim().trim_start_matches("[[").split(['|', ']']).next().unwrap_or_default();
    target.trim_start_matches(':').replace('_', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The titles of pages that may be meant by what names a request, the likelier one first.
pub(super) fn candidates(written: &str, intake: &str, titles: &Titles) -> Vec<String> {
    let target = plain(written);
    [target.clone(), format!("{intake}/{target}")].iter().filter_map(|title| titles.page(title)).collect()
}
