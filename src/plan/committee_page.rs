//! The bot's block on the committee page. The page is people's: without markers the bot keeps nothing there.

use super::change::Change;
use super::output_page::{Inputs, Rendered, block_change};
use crate::desk::problem::Problem;
use crate::records::committee_page::{COMMITTEE_BLOCK, committee_page};
use crate::records::summary;
use crate::wikitext::block::{self, Block};

/// The edit that makes the block say who is in office; none where the page has no markers for it.
///
/// # Errors
/// Where the markers are broken.
pub fn committee_change(inputs: &Inputs) -> Result<Option<Change>, Problem> {
    let Inputs { desk, snapshot, now, .. } = inputs;
    let title = &desk.pages.committee;
    let page = snapshot.kept.get(title).filter(|page| !page.redirect);
    if page.is_none_or(|page| block::find(page.text(), COMMITTEE_BLOCK) == Block::Absent) {
        return Ok(None);
    }
    let content = committee_page(&snapshot.roster, desk.seats, *now);
    let rendered = Rendered { content, summary: summary::committee(snapshot.language()) };
    block_change(title, snapshot, COMMITTEE_BLOCK, rendered).map(Some)
}
