//! The page of examples: finished requests, as people wish to see them.

use super::output_page::{Inputs, OutputPage, Rendered};
use crate::records::examples::{EXAMPLES_BLOCK, Wishes, examples_page};
use crate::records::summary;
use crate::wikitext::block;

/// Finished requests on show.
pub const EXAMPLES_PAGE: OutputPage = OutputPage { title: |desk| &desk.pages.examples, block: EXAMPLES_BLOCK, render };

fn render(inputs: &Inputs) -> Rendered {
    let rows = inputs.current.iter().chain(inputs.archived).map(AsRef::as_ref);
    let content = examples_page(rows, &wishes(inputs), inputs.desk);
    Rendered { content, summary: summary::examples(inputs.snapshot.language()) }
}

/// What people wrote around the bot's block.
fn wishes(inputs: &Inputs) -> Wishes {
    let Some(page) = inputs.snapshot.kept.get(&inputs.desk.pages.examples) else { return Wishes::default() };
    let names = &inputs.snapshot.names;
    let calls = names.syntax().calls(&block::without(page.text(), EXAMPLES_BLOCK));
    Wishes::of(&calls, |name| names.titles().template_name(&names.titles().transcluded(name)?))
}
