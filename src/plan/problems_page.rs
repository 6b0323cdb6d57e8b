//! The problems page: what a person should look at.

use super::output_page::{Inputs, OutputPage, Rendered};
use crate::records::problems::{PROBLEMS_BLOCK, problems_page};
use crate::records::summary;

/// The problems page.
pub const PROBLEMS_PAGE: OutputPage = OutputPage { title: |desk| &desk.pages.problems, block: PROBLEMS_BLOCK, render };

fn render(inputs: &Inputs) -> Rendered {
    let summary = summary::listed_problems(inputs.snapshot.language(), inputs.problems.len());
    Rendered { content: problems_page(inputs.problems), summary }
}
