//! The page that draws the statuses and how requests move between them.

use chrono::NaiveTime;

use super::output_page::{Inputs, OutputPage, Rendered};
use crate::records::flow_page::{FLOW_BLOCK, flow_page};
use crate::records::summary;

/// The drawing of the flow.
pub const FLOW_PAGE: OutputPage = OutputPage { title: |desk| &desk.pages.flow, block: FLOW_BLOCK, render };

fn render(inputs: &Inputs) -> Rendered {
    let rows = inputs.current.iter().chain(inputs.archived).map(AsRef::as_ref);
    // What ends later is told tomorrow, so that the page is saved once a day at the most.
    let midnight = inputs.now.date_naive().and_time(NaiveTime::MIN).and_utc();
    let content = flow_page(inputs.desk, rows, midnight);
    Rendered { content, summary: summary::flow(inputs.snapshot.language()) }
}
