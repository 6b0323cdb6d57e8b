//! A page that the bot keeps: a block between two markers, everything around it belongs to people.

use super::change::{Base, Change, Owns};
use super::snapshot::Snapshot;
use crate::desk::Desk;
use crate::desk::problem::{Problem, ProblemKind};
use crate::page::Page;
use crate::records::tables::Row;
use crate::wikitext;
use crate::wikitext::block::{self, Block};
use std::sync::Arc;

/// A page that the bot keeps, by how it is made. One for each is listed in [`super::draft::OUTPUT_PAGES`].
pub struct OutputPage {
    /// Its title.
    pub title: fn(&Desk) -> &str,
    /// The name of its block.
    pub block: &'static str,
    /// What the block should say.
    pub render: fn(&Inputs) -> Rendered,
}

/// What pages are rendered from.
pub struct Inputs<'a> {
    /// The configuration.
    pub desk: &'a Desk,
    /// The wiki as the pass sees it.
    pub snapshot: &'a Snapshot,
    /// Requests that are not archived.
    pub current: &'a [Arc<Row>],
    /// Archived requests.
    pub archived: &'a [Arc<Row>],
    /// What a person should look at.
    pub problems: &'a [Problem],
}

/// What a page should say.
pub struct Rendered {
    /// The content of its block.
    pub content: String,
    /// The summary of the edit that makes it so.
    pub summary: String,
}

impl OutputPage {
    /// The edit that makes the page say what it should; it may change nothing.
    ///
    /// # Errors
    /// Where the page's markers are missing or broken, or it is a redirect.
    pub fn change(&self, inputs: &Inputs) -> Result<Change, Problem> {
        let title = (self.title)(inputs.desk);
        block_change(title, inputs.snapshot.kept.get(title), self.block, (self.render)(inputs))
    }
}

/// The edit that makes the block of a page say this. A page that does not exist yet is made with both markers.
///
/// # Errors
/// Where the page's markers are missing or broken, or it is a redirect.
pub fn block_change(title: &str, page: Option<&Page>, name: &str, rendered: Rendered) -> Result<Change, Problem> {
    let wrapped = block::wrap(name, &rendered.content);
    let (base, before, after) = match page {
        None => (Base::Absent, String::new(), wrapped),
        Some(page) => {
            let text = page.text();
            let range = match block::find(text, name) {
                Block::Found(range) if !page.redirect => range,
                Block::Broken => return Err(Problem::new(ProblemKind::Markers, title, name)),
                Block::Found(_) | Block::Absent => return Err(Problem::new(ProblemKind::NoPlace, title, name)),
            };
            (Base::Revision(page.revision.id), text.to_owned(), wikitext::splice(text, vec![(range, wrapped)]))
        }
    };
    Ok(Change {
        page: title.to_owned(),
        base,
        before,
        after,
        summary: rendered.summary,
        owns: Owns::Block(name.to_owned()),
        despite_undo: false,
    })
}
