//! The pages of figures: one of all years, and one of each. They count what happened up to the day before, so that each is
//! written once a day at the most.

use std::sync::Arc;

use chrono::Datelike;

use super::change::Change;
use super::output_page::{Inputs, OutputPage, Rendered, block_change};
use crate::desk::Desk;
use crate::desk::problem::Problem;
use crate::figures::{Requests, Span, figures};
use crate::page::Time;
use crate::records::figures::{FIGURES_BLOCK, figures_page};
use crate::records::summary;
use crate::records::tables::Row;

/// The page of all years.
pub const FIGURES_PAGE: OutputPage = OutputPage { title: |desk| &desk.pages.figures, block: FIGURES_BLOCK, render };

fn render(inputs: &Inputs) -> Rendered {
    let requests = requests(inputs);
    let span = Span::until(inputs.now.date_naive(), requests.rows()).over(inputs.now);
    rendered(inputs, &requests, span, None)
}

fn rendered(inputs: &Inputs, requests: &Requests, span: Span, year: Option<i32>) -> Rendered {
    let years = years(requests.rows(), inputs.now);
    let figures = figures(requests, span, inputs.desk);
    let content = figures_page(&figures, year, &inputs.desk.pages.figures, &years);
    Rendered { content, summary: summary::figures(inputs.snapshot.language()) }
}

fn requests<'i>(inputs: &Inputs<'i>) -> Requests<'i> {
    Requests::new(inputs.current.iter().chain(inputs.archived).map(Arc::as_ref))
}

/// The years that have figures at that moment: from the first request's to that of the day before.
fn years<'r>(rows: impl Iterator<Item = &'r Row>, now: Time) -> Vec<i32> {
    let last = Span::until(now.date_naive(), []).over(now).to.year();
    rows.map(|row| row.filed().year()).min().map(|first| (first..=last).collect()).unwrap_or_default()
}

/// The titles of the pages of single years.
pub fn titles_of_years<'r>(desk: &Desk, rows: impl Iterator<Item = &'r Row>, now: Time) -> Vec<String> {
    let page = &desk.pages.figures;
    if page.is_empty() {
        return Vec::new();
    }
    years(rows, now).into_iter().map(|year| format!("{page}/{year}")).collect()
}

/// Whether a title is that of the figures of a year.
pub fn is_of_year(title: &str, desk: &Desk) -> bool {
    let year = title.strip_prefix(&desk.pages.figures).and_then(|rest| rest.strip_prefix('/'));
    !desk.pages.figures.is_empty() && year.is_some_and(|year| year.len() == 4 && year.parse::<u16>().is_ok())
}

/// The edits that bring the pages of single years up to date.
pub fn year_changes(inputs: &Inputs) -> Vec<Result<Change, Problem>> {
    let page = &inputs.desk.pages.figures;
    if page.is_empty() {
        return Vec::new();
    }
    let requests = requests(inputs);
    let years = years(requests.rows(), inputs.now);
    let change = |year: i32| {
        let rendered = rendered(inputs, &requests, Span::year(year).over(inputs.now), Some(year));
        block_change(&format!("{page}/{year}"), inputs.snapshot, FIGURES_BLOCK, rendered)
    };
    years.into_iter().map(change).collect()
}
