//! Blocks: text of the bot on a page, between two comments that name the block.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::splice::splice;

static MARKER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"<!-- helpdesk:(begin|end) ([^<>\n]+?) -->").expect("a regular expression"));

/// The state of a block on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Neither marker is there.
    Absent,
    /// Both are there, once, in order: byte offsets of all of it, markers included.
    Found(Range<usize>),
    /// A marker is missing, doubled or out of order, so that the extent of the block is unknown.
    Broken,
}

/// The opening marker.
pub fn begin(name: &str) -> String {
    format!("<!-- helpdesk:begin {name} -->")
}

/// The closing marker.
pub fn end(name: &str) -> String {
    format!("<!-- helpdesk:end {name} -->")
}

/// The content between its markers, each on a line of its own.
pub fn wrap(name: &str, content: &str) -> String {
    format!("{}\n{}\n{}", begin(name), content.trim_end(), end(name))
}

/// Finds the block of this name.
pub fn find(text: &str, name: &str) -> Block {
    let (begin, end) = (begin(name), end(name));
    let begins: Vec<_> = text.match_indices(&begin).collect();
    let ends: Vec<_> = text.match_indices(&end).collect();
    match (begins.as_slice(), ends.as_slice()) {
        ([], []) => Block::Absent,
        ([(from, _)], [(to, _)]) if from < to => Block::Found(*from..to + end.len()),
        _ => Block::Broken,
    }
}

/// Byte offsets of all blocks with both markers, whatever their names, in order; those that overlap are joined.
pub fn all(text: &str) -> Vec<Range<usize>> {
    let mut begun: HashMap<&str, usize> = HashMap::new();
    let mut places: Vec<Range<usize>> = Vec::new();
    for marker in MARKER.captures_iter(text) {
        let (whole, [kind, name]) = marker.extract();
        let at = marker.get_match().start();
        if kind == "begin" {
            begun.entry(name).or_insert(at);
        } else if let Some(mut start) = begun.remove(name) {
            while let Some(inner) = places.pop_if(|place| place.end > start) {
                start = start.min(inner.start);
            }
            places.push(start..at + whole.len());
        }
    }
    places
}

/// The text without [`all`] blocks.
pub fn without_all(text: &str) -> String {
    splice(text, all(text).into_iter().map(|block| (block, String::new())).collect())
}

/// The text without the block and the line break before it.
pub fn without(text: &str, name: &str) -> String {
    match find(text, name) {
        Block::Found(range) => {
            let from = if text[..range.start].ends_with('\n') { range.start - 1 } else { range.start };
            format!("{}{}", &text[..from], &text[range.end..])
        }
        Block::Absent | Block::Broken => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_needs_both_markers_once_in_order() {
        let (b, e) = (begin("status"), end("status"));
        assert_eq!(find("x", "status"), Block::Absent);
        assert_eq!(find(&format!("x{b}y{e}"), "status"), Block::Found(1..1 + b.len() + 1 + e.len()));
        for broken in [b.clone(), e.clone(), format!("{e}{b}"), format!("{b}{b}{e}"), format!("{b}{e}{e}")] {
            assert_eq!(find(&broken, "status"), Block::Broken, "{broken}");
        }
        assert_eq!(find(&b, "archive"), Block::Absent);
    }

    #[test]
    fn all_blocks_are_found_and_overlapping_ones_are_one() {
        let markers = |text: &str| {
            let text: String = text
                .chars()
                .map(|c| match c {
                    'A' | 'B' => begin(&c.to_lowercase().to_string()),
                    'a' | 'b' => end(&c.to_string()),
                    _ => c.to_string(),
                })
                .collect();
            let places = all(&text);
            crate::wikitext::splice(&text, places.into_iter().map(|place| (place, "_".to_owned())).collect())
        };
        for (text, rest) in [
            ("1A2a3B4b5", "1_3_5"),
            ("1A2B3b4a5", "1_5"),
            ("1A2B3a4b5", "1_5"),
            ("1A2A3a4", "1_4"),
            ("1a2", "1<!-- helpdesk:end a -->2"),
        ] {
            assert_eq!(markers(text), rest, "{text}");
        }
        let unclosed = begin("a").repeat(20_000);
        assert!(all(&unclosed).is_empty());
    }

    #[test]
    fn without_gives_back_what_was_there_before_the_block() {
        let text = format!("{{{{r}}}}\n{}\nrest", wrap("ledger", "{{x}}"));
        assert_eq!(without(&text, "ledger"), "{{r}}\nrest");
    }
}
