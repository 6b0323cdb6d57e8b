//! The problems page: a template call for each problem.

use super::tables::{end, start};
use crate::desk::problem::{Problem, ProblemKind};
use crate::wikitext::block::{self, Block};
use crate::wikitext::inert::{call, unescape};
use crate::wikitext::{self, Call};

/// The name of the block on the problems page.
pub const PROBLEMS_BLOCK: &str = "problems";

/// The template of a line.
const LINE: &str = "Helpdesk problem";

/// The problems page's block, the more urgent problems first, then by page.
pub fn problems_page(problems: &[Problem]) -> String {
    let mut problems: Vec<&Problem> = problems.iter().collect();
    problems.sort();
    problems.dedup();
    let mut lines = vec![start("problems", "", problems.len())];
    lines.extend(problems.iter().map(|p| {
        call(
            LINE,
            &[
                ("page", p.page.clone()),
                ("kind", p.kind.id().to_owned()),
                ("detail", p.detail.clone()),
                ("revision", p.revision.map(|r| r.to_string()).unwrap_or_default()),
                ("digest", p.digest.clone().unwrap_or_default()),
            ],
        )
    }));
    lines.push(end());
    lines.join("\n")
}

/// The problems that a page lists between the bot's markers; lines of a kind that this version does not know are left out.
pub fn problems(text: &str) -> Vec<Problem> {
    let Block::Found(range) = block::find(text, PROBLEMS_BLOCK) else { return Vec::new() };
    wikitext::calls(&text[range]).iter().filter(|c| c.name == LINE && !c.nested()).filter_map(parse).collect()
}

fn parse(line: &Call) -> Option<Problem> {
    let text = |name: &str| unescape(line.value(name));
    Some(Problem {
        kind: ProblemKind::parse(line.value("kind"))?,
        page: text("page"),
        detail: text("detail"),
        revision: line.value("revision").parse().ok(),
        digest: Some(text("digest")).filter(|d| !d.is_empty()),
    })
}
