//! The problems page: a template call for each problem.

use super::language::Language;
use super::tables::{end, start};
use crate::desk::problem::{Cause, CauseCode, Problem, ProblemKind};
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
                ("cause", p.cause.as_ref().map(|cause| cause.code.id().to_owned()).unwrap_or_default()),
                ("value", p.cause.as_ref().map(|cause| cause.value.to_string()).unwrap_or_default()),
                ("revision", p.revision.map(|r| r.to_string()).unwrap_or_default()),
                ("digest", p.digest.clone().unwrap_or_default()),
            ],
        )
    }));
    lines.push(end());
    lines.join("\n")
}

/// A problem in English, for whoever runs the bot: what it is, what was found, and why.
pub fn words(problem: &Problem) -> String {
    let english = Language::english();
    let cause = problem.cause.as_ref().map(|c| english.say(&format!("cause-{}", c.code), &[&c.value]));
    let words = [english.say(&format!("problem-{}", problem.kind), &[]), problem.detail.clone()];
    let words: Vec<String> = words.into_iter().chain(cause).filter(|words| !words.is_empty()).collect();
    words.join(" ").trim_end_matches(':').to_owned()
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
        cause: CauseCode::parse(line.value("cause")).map(|code| Cause::new(code, text("value"))),
        revision: line.value("revision").parse().ok(),
        digest: Some(text("digest")).filter(|d| !d.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_so_is_what_older_versions_wrote() {
        let cause = Some(Cause::new(CauseCode::RosterRole, "role=king"));
        let written = [
            Problem { cause, ..Problem::new(ProblemKind::RosterLine, "P", "{{a|b}}") },
            Problem::unread("Q", 5, Cause::new(CauseCode::Slow, "30")),
        ];
        let page = |lines: &str| format!("<!-- helpdesk:begin problems -->\n{lines}\n<!-- helpdesk:end problems -->");
        assert_eq!(problems(&page(&problems_page(&written))), written);
        let old = "{{Helpdesk problem|page=Q|kind=unread|detail=no answer within 30s|revision=5|digest=0}}";
        let read = problems(&page(old));
        assert_eq!((read.len(), read[0].detail.as_str(), &read[0].cause), (1, "no answer within 30s", &None));
        assert_eq!(
            words(&read[0]),
            format!("{} no answer within 30s", words(&Problem::new(ProblemKind::Unread, "Q", "")))
        );
        assert!(
            words(&written[0])
                .ends_with("{{a|b}} role=king is none of member, chair, staff, secretary, adviser and helper.")
        );
    }
}
