//! Very many pages in little time, for measurements.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// A page with new revisions: all it has, or those that come after what is there.
#[derive(Clone, Debug)]
pub struct ImportedPage {
    title: String,
    revisions: Vec<Value>,
}

impl ImportedPage {
    /// A page without new revisions yet; it needs at least one.
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), revisions: Vec::new() }
    }

    /// The same with one more revision, newer than those before it, by an account that exists. The text is stored byte by
    /// byte: signatures, for instance, have to be written out.
    pub fn revision(mut self, author: &str, at: DateTime<Utc>, text: &str) -> Self {
        self.revisions.push(json!([text, author, at.format("%Y%m%d%H%M%S").to_string()]));
        self
    }
}

/// As the script for imports reads it: a page a line.
pub(super) fn to_lines(pages: &[ImportedPage]) -> String {
    pages.iter().map(|page| format!("{}\n", json!([page.title, page.revisions]))).collect()
}
