//! The problems page: a template call for each.

use super::tables::{end, start};
use crate::desk::problem::{KINDS, Problem};
use crate::wikitext::inert::call;

/// The problems page's block, sorted by what is to be done: the more urgent first, then by page.
#[must_use]
pub fn problems_page(problems: &[Problem]) -> String {
    let mut problems: Vec<&Problem> = problems.iter().collect();
    let urgency = |p: &Problem| KINDS.iter().position(|k| *k == p.kind).unwrap_or(KINDS.len());
    problems.sort_by(|a, b| (urgency(a), a).cmp(&(urgency(b), b)));
    problems.dedup();
    let mut lines = vec![start("problems", "", problems.len())];
    lines.extend(problems.iter().map(|p| {
        call(
            "Helpdesk problem",
            &[
                ("page", p.page.clone()),
                ("kind", p.kind.clone()),
                ("detail", p.detail.clone()),
                ("revision", p.revision.map(|r| r.to_string()).unwrap_or_default()),
                ("digest", p.digest.clone().unwrap_or_default()),
            ],
        )
    }));
    lines.push(end());
    lines.join("\n")
}
