//! Setting parameters of a template call without changing anything else.

use std::ops::Range;

use super::call::{Call, trim};
use super::calls::comments;
use super::splice::splice;

/// Sets parameters of a call. A parameter that is there keeps the white space and comments around its value; a missing
/// one is added behind the last, on a line of its own if the call has several lines.
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

/// The edits that set a parameter, given as written from behind its `=`.
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
