//! The page of approved requests in the committee's order.

use super::output_page::{Inputs, OutputPage, Rendered};
use crate::records::queue::{QUEUE_BLOCK, queue_page};
use crate::records::summary;

/// The queue.
pub const QUEUE_PAGE: OutputPage = OutputPage { title: |desk| &desk.pages.queue, block: QUEUE_BLOCK, render };

fn render(inputs: &Inputs) -> Rendered {
    let members: Vec<&str> =
        inputs.snapshot.roster.awaited(inputs.now).into_iter().map(|user| user.name.as_str()).collect();
    let content = queue_page(inputs.current, &inputs.desk.queue, &members);
    Rendered { content, summary: summary::queue(inputs.snapshot.language()) }
}
