//! The status page: a table for each status, and totals by type.

use super::output_page::{Inputs, OutputPage, Rendered};
use crate::records::summary;
use crate::records::tables::{self, STATUS_BLOCK};

/// The status page.
pub const STATUS_PAGE: OutputPage = OutputPage { title: |desk| &desk.pages.status, block: STATUS_BLOCK, render };

fn render(inputs: &Inputs) -> Rendered {
    let content = tables::status_page(inputs.current, inputs.archived, inputs.desk);
    Rendered { content, summary: summary::table(inputs.snapshot.language()) }
}
