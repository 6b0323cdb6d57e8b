//! The page of who helps with what.

use super::output_page::{Inputs, OutputPage, Rendered};
use crate::records::queue::in_order;
use crate::records::summary;
use crate::records::tables::Row;
use crate::records::work_page::{WORK_BLOCK, work_page};

/// Who helps with what.
pub const WORK_PAGE: OutputPage = OutputPage { title: |desk| &desk.pages.work, block: WORK_BLOCK, render };

fn render(inputs: &Inputs) -> Rendered {
    let rows = || inputs.current.iter().map(AsRef::as_ref).filter(|row: &&Row| !row.lost && !row.unreadable);
    let queue = &inputs.desk.queue.status;
    let needs = in_order(rows().filter(|row| row.status == *queue && row.helpers.is_empty()));
    let helped: Vec<&Row> = rows().filter(|row| !row.helpers.is_empty()).collect();
    Rendered { content: work_page(&needs, &helped), summary: summary::work(inputs.snapshot.language()) }
}
