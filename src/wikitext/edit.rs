//! Changing a text at a few places and nowhere else.

use std::ops::Range;

use crate::wikitext::call::{Call, trim};
use crate::wikitext::comments;

/// Sets parameters of a call, by splicing: a parameter that is there keeps its white space and comments, a missing one
/// is added behind the last in the manner of the others. Nothing else changes.
#[must_use]
pub fn set_params(text: &str, call: &Call, values: &[(&str, &str)]) -> String {
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut added = String::new();
    let multiline = text[call.span.clone()].contains('\n');
    for (name, value) in values {
        if let Some(param) = call.param(name) {
            edits.extend(
                set_value(&text[param.raw.clone()], value)
                    .into_iter()
                    .map(|(range, new)| (param.raw.start + range.start..param.raw.start + range.end, new)),
            );
        } else {
            added.push_str(&if multiline { format!("|{name}={value}\n") } else { format!("|{name}={value}") });
        }
    }
    if !added.is_empty() {
        let end = call.span.end - 2;
        if multiline && !text[..end].ends_with('\n') {
            // `…value}}` on several lines: the line break becomes part of what is added.
            added.insert(0, '\n');
            added.pop();
        }
        edits.push((end..end, added));
    }
    splice(text, edits)
}

/// The edits that make a parameter say this value.
fn set_value(raw: &str, value: &str) -> Vec<(Range<usize>, String)> {
    let comments = comments(raw);
    let starts = std::iter::once(0).chain(comments.iter().map(|c| c.end));
    let ends = comments.iter().map(|c| c.start).chain(std::iter::once(raw.len()));
    let mut written: Vec<Range<usize>> = Vec::new();
    for (from, to) in starts.zip(ends) {
        let said = trim(&raw[from..to]);
        if !said.is_empty() {
            let from = from + raw[from..to].find(said).unwrap_or_default();
            written.push(from..from + said.len());
        }
    }
    if written.is_empty() {
        // `|status=⏎`: the value goes before the line break, and before a comment.
        let blank = raw.find('\n').into_iter().chain(comments.first().map(|c| c.start)).min().unwrap_or(raw.len());
        written.push(blank..blank);
    }
    // `re<!-- -->view` is one value in two places.
    written.into_iter().enumerate().map(|(i, place)| (place, if i == 0 { value } else { "" }.to_owned())).collect()
}

/// Replaces the ranges, which must not overlap.
#[must_use]
pub fn splice(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (range, new) in edits {
        out.push_str(&text[at..range.start]);
        out.push_str(&new);
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}
