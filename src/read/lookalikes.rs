//! What looks like a vote, or was meant as one, and is none.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::html::ShownPage;
use crate::desk::words::nearest;
use crate::wikitext::names::{Meaning, Names};
use crate::wikitext::{Reading, block};

/// Words that templates and people vote with elsewhere.
const VOTING: [&str; 13] = [
    "support", "supports", "oppose", "opposes", "abstain", "neutral", "approve", "agree", "disagree", "object", "pro",
    "contra", "vote",
];

/// A shorter name of a vote is near too many others.
const SHORTEST_MISTAKEN: usize = 6;

/// `+1` at the beginning of a comment, or a word of those above with nothing said behind it but why.
static SPOKEN: LazyLock<Regex> = LazyLock::new(|| {
    // `Pro:` and `Contra:` begin lists.
    let words =
        VOTING.into_iter().filter(|word| !["pro", "contra", "vote"].contains(word)).collect::<Vec<_>>().join("|");
    let pattern = format!(
        r"(?im)^[*:#;\s]*(?P<words>[+＋−-]1|(?:(?:strong|weak|full) )?(?:{words}))(?:[ \t]*$|[.!,:;][ \t]|[.!]$|[ \t]*[–—~\[({{]|[ \t]+(?:-|per\b)|(?P<more>[ \t]))"
    );
    Regex::new(&pattern).expect("a regular expression")
});

/// Where lines of a text vote in words alone; none of them is in a template, a comment or a block of the bot's.
pub(super) fn spoken_votes(text: &str, reading: &Reading) -> Vec<Range<usize>> {
    // Both in order, and none within another.
    let blocks = block::all(text);
    let calls: Vec<Range<usize>> = reading.calls.iter().filter(|c| !c.nested()).map(|c| c.span.clone()).collect();
    let within = |spans: &[Range<usize>], place: usize| {
        let behind = spans.partition_point(|span| span.start <= place);
        behind > 0 && spans[behind - 1].contains(&place)
    };
    let found = SPOKEN.captures_iter(&reading.visible).filter_map(|found| {
        let words = found.name("words")?;
        let is_vote = found.name("more").is_none() || words.as_str().ends_with('1');
        is_vote.then(|| words.range())
    });
    found.filter(|words| !within(&calls, words.start) && !within(&blocks, words.start)).collect()
}

/// Bold words and templates that look like a vote but are none, each once.
pub(super) fn lookalikes(shown: &ShownPage, names: &Names) -> Vec<String> {
    let voting =
        |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(|w| VOTING.contains(&w.to_lowercase().as_str()));
    let is_vote = |word: &str| matches!(names.meaning(word), Some(Meaning::Vote(_)));
    let short = |text: &&String| text.split_whitespace().count() <= 3;
    let bold = shown
        .bold
        .iter()
        .filter(short)
        .filter(|w| voting(w) || is_vote(w.trim_end_matches(['.', ':', '!', ','])))
        .cloned();
    let votes: Vec<&str> = names.vote_names().filter(|name| name.len() >= SHORTEST_MISTAKEN).collect();
    let near = |name: &str| nearest(name, votes.iter().copied()).is_some();
    let known = |name: &str| names.meaning(name).is_some() || names.leads_to(name).is_some();
    let strange = |name: &&str| !known(name) && !name.starts_with("Helpdesk ");
    let templates = shown.calls.iter().filter_map(|c| names.titles().template_name(&c.name));
    let templates =
        templates.filter(|n| strange(&n.as_str()) && (voting(n) || near(n)) && n.split_whitespace().count() <= 3);
    let mut found: Vec<String> = bold.chain(templates.map(|n| format!("{{{{{n}}}}}"))).collect();
    let mut seen = BTreeSet::new();
    found.retain(|word| seen.insert(word.clone()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn votes_in_words_alone() {
        let names = crate::testing::names(&crate::config::shipped(), &[]);
        for (text, words) in [
            ("+1", "+1"),
            ("* +1 a good idea ~~~~", "+1"),
            (":: −1, sorry", "−1"),
            ("words\n* Support. It is good", "Support"),
            ("* strong oppose -- [[User:A]]", "strong oppose"),
            ("agree per [[User:A]]", "agree"),
            ("Support [[User:A|A]] 12:34, 5 May 2026 (UTC)", "Support"),
            ("Support for museums matters", ""),
            ("+10 pages", ""),
            ("+1,000 files", ""),
            ("+1.5 million", ""),
            ("Object-oriented", ""),
            ("Pro: cheap", ""),
            ("* -1, no", "-1"),
            ("Oppose - no", "Oppose"),
            ("I support", ""),
            ("<!-- +1 -->", ""),
            ("<!--\n+1\n-->", ""),
            ("{{x|\n+1\n}}", ""),
            ("<nowiki>\n+1</nowiki>", ""),
            ("<!-- helpdesk:begin ledger -->\n+1\n<!-- helpdesk:end ledger -->", ""),
        ] {
            let found: Vec<&str> =
                spoken_votes(text, &names.syntax().read(text)).into_iter().map(|words| &text[words]).collect();
            assert_eq!(found.join(" "), words, "{text}");
        }
    }
}
