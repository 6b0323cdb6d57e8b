//! Very many pages in little time, for measurements.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use serde_json::json;

/// A page with new revisions: all it has, or those that come after what is there.
#[derive(Clone, Debug)]
pub struct ImportedPage {
    title: String,
    revisions: Vec<Revision>,
}

#[derive(Clone, Debug)]
struct Revision {
    author: String,
    at: DateTime<Utc>,
    text: String,
}

impl ImportedPage {
    /// A page without new revisions yet; it needs at least one.
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), revisions: Vec::new() }
    }

    /// The same with one more revision, not older than those before it, by an account that exists. The text is stored byte by
    /// byte: signatures, for instance, have to be written out.
    pub fn revision(mut self, author: &str, at: DateTime<Utc>, text: &str) -> Self {
        self.revisions.push(Revision { author: author.to_owned(), at, text: text.to_owned() });
        self
    }
}

/// As the script for imports reads it: a revision a line, those of all pages by their time, as a wiki numbers what people save.
pub(super) fn to_lines(pages: &[ImportedPage]) -> Result<String> {
    let mut revisions = Vec::new();
    for page in pages {
        if page.revisions.is_empty() {
            bail!("'{}' has no revisions to import", page.title);
        }
        if !page.revisions.is_sorted_by_key(|revision| revision.at) {
            bail!("the revisions of '{}' are not in the order of their times", page.title);
        }
        revisions.extend(page.revisions.iter().map(|revision| (&page.title, revision)));
    }
    revisions.sort_by_key(|(_, revision)| revision.at);
    let line = |(title, Revision { author, at, text }): (&String, &Revision)| {
        format!("{}\n", json!([title, text, author, at.format("%Y%m%d%H%M%S").to_string()]))
    };
    Ok(revisions.into_iter().map(line).collect())
}

/// From what the script says at its end, the ids of the pages and of their newest revisions, in the order of the pages.
pub(super) fn ids(said: &str, pages: &[ImportedPage]) -> Result<Vec<(u64, u64)>> {
    let ids = said.lines().find_map(|line| line.strip_prefix("imported: "));
    let ids: HashMap<String, (u64, u64)> =
        serde_json::from_str(ids.with_context(|| format!("no pages were imported: {said}"))?)?;
    let of = |page: &ImportedPage| ids.get(&page.title).copied();
    pages.iter().map(|page| of(page).with_context(|| format!("'{}' was not imported", page.title))).collect()
}
