//! A page that the bot keeps: a block between two markers, everything around it belongs to people.

use super::change::{Base, Change, Owns};
use super::peoples_words::{harmless, with_block};
use super::snapshot::Snapshot;
use crate::desk::Desk;
use crate::desk::problem::{Problem, ProblemKind};
use crate::page::Time;
use crate::records::summary;
use crate::records::tables::Row;
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
    /// The time as of which it is planned.
    pub now: Time,
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
        block_change((self.title)(inputs.desk), inputs.snapshot, self.block, (self.render)(inputs))
    }
}

/// The edit that makes the block of a page say this, and puts behind it what people wrote into it. A page that does not
/// exist yet is made with both markers.
///
/// # Errors
/// Where the page's markers are missing or broken, or it is a redirect.
pub fn block_change(title: &str, snapshot: &Snapshot, name: &str, rendered: Rendered) -> Result<Change, Problem> {
    let wrapped = block::wrap(name, &rendered.content);
    let change = |base, before: &str, after, moved: String| Change {
        page: title.to_owned(),
        base,
        before: before.to_owned(),
        after,
        summary: if moved.is_empty() {
            rendered.summary.clone()
        } else {
            summary::and_moved(snapshot.language(), &rendered.summary)
        },
        owns: Owns::Block(name.to_owned()),
        moved,
        appended: String::new(),
        despite_undo: false,
    };
    let Some(page) = snapshot.kept.get(title) else {
        return Ok(change(Base::Absent, "", wrapped, String::new()));
    };
    let text = page.text();
    let range = match block::find(text, name) {
        Block::Found(range) if !page.redirect => range,
        Block::Broken => return Err(Problem::new(ProblemKind::Markers, title, name)),
        Block::Found(_) | Block::Absent => return Err(Problem::new(ProblemKind::NoPlace, title, name)),
    };
    let words = snapshot.peoples_words(title, text, name);
    let with = |words: &str| {
        let (after, moved) = with_block(text, range.clone(), &wrapped, words);
        change(Base::Revision(page.revision.id), text, after, moved)
    };
    let as_they_are = with(&words);
    Ok(if as_they_are.keeps_peoples_text(&snapshot.names) { as_they_are } else { with(&harmless(&words)) })
}
