//! The page of rules: when a request moves, and why.

use super::output_page::{Inputs, OutputPage, Rendered};
use crate::decide::asked::asked;
use crate::records::rules_page::{RULES_BLOCK, rules_page};
use crate::records::summary;

/// The page of rules.
pub const RULES_PAGE: OutputPage = OutputPage { title: |desk| &desk.pages.rules, block: RULES_BLOCK, render };

fn render(inputs: &Inputs) -> Rendered {
    let content = rules_page(inputs.desk, |rule| asked(rule, inputs.desk));
    Rendered { content, summary: summary::rules(inputs.snapshot.language()) }
}
