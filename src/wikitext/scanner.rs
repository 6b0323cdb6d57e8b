//! A scanner for wikitext: where template calls stand and what they hold.
//!
//! It follows the order in which MediaWiki's preprocessor resolves markup: comments and tags of
//! extensions first, then runs of braces and brackets, innermost first. It renders nothing: what a page
//! shows is Parsoid's word ([`super::html`]); this says where in the wikitext it stands, also for old
//! revisions, and lets the bot change its own parameters without touching another byte.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::wikitext::call::{Call, Param, trim};
use crate::wikitext::splice;

/// Tags whose content MediaWiki does not read as wikitext of the page, or that belong to an extension.
const OPAQUE: [&str; 18] = [
    "nowiki",
    "pre",
    "syntaxhighlight",
    "source",
    "math",
    "chem",
    "ce",
    "score",
    "timeline",
    "hiero",
    "inputbox",
    "templatedata",
    "templatestyles",
    "graph",
    "categorytree",
    "charinsert",
    "imagemap",
    "includeonly",
];

/// An opening that waits for its closing.
struct Open {
    /// Where its first character stands.
    start: usize,
    /// `{` or `[`.
    kind: u8,
    /// How many of them are still open.
    count: usize,
    /// Where pipes of this level stand.
    pipes: Vec<usize>,
}

/// Elements that strike what they hold: the first three always, the others where their style says so.
const STRIKING: [&str; 6] = ["s", "del", "strike", "span", "div", "p"];

/// A tag of such an element: where it stands, which it is (as an index), and what it does.
struct Strike {
    at: usize,
    element: usize,
    opens: bool,
    strikes: bool,
}

/// All template calls of the text, in the order they begin; nested ones too.
#[must_use]
pub fn calls(text: &str) -> Vec<Call> {
    let mut scan = Scan::new(text);
    scan.run();
    let Scan { mut calls, strikes, .. } = scan;
    calls.sort_by_key(|c| (c.span.start, usize::MAX - c.span.end));
    mark_struck(&mut calls, &strikes);
    calls
}

/// The text without its comments.
#[must_use]
pub fn without_comments(text: &str) -> String {
    splice(text, comments(text).into_iter().map(|comment| (comment, String::new())).collect())
}

/// Where the comments of the text stand.
#[must_use]
pub fn comments(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(from) = text[at..].find("<!--").map(|f| at + f) {
        at = text[from + 4..].find("-->").map_or(text.len(), |e| from + 4 + e + 3);
        found.push(from..at);
    }
    found
}

/// What of the text is read as wikitext: comments and opaque tags blanked out by spaces, at the same
/// byte offsets (so that signatures are not found in them).
#[must_use]
pub fn visible(text: &str) -> String {
    let mut scan = Scan::new(text);
    scan.run();
    let mut bytes = text.as_bytes().to_vec();
    for range in &scan.hidden {
        for byte in &mut bytes[range.clone()] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    // Whole characters were replaced by ASCII, so this is UTF-8.
    String::from_utf8(bytes).unwrap_or_default()
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    opens: Vec<Open>,
    calls: Vec<Call>,
    strikes: Vec<Strike>,
    hidden: Vec<Range<usize>>,
    /// Where what begins at a place ends: calls, comments and opaque tags.
    ends: HashMap<usize, usize>,
    /// Calls that are in no other so far, as indexes.
    outer: Vec<usize>,
    /// Names of tags that are not closed any more from here on.
    unclosed: HashSet<&'static str>,
}

/// Calls deeper than this are found, but their parameters are not read; MediaWiki expands a hundred levels.
const DEEPEST: usize = 40;

/// A tag is looked at so far, in bytes; what is longer is no tag that anybody wrote for its effect.
const LONGEST_TAG: usize = 1000;

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Self {
        Scan {
            text,
            bytes: text.as_bytes(),
            opens: Vec::new(),
            calls: Vec::new(),
            strikes: Vec::new(),
            hidden: Vec::new(),
            ends: HashMap::new(),
            outer: Vec::new(),
            unclosed: HashSet::new(),
        }
    }

    /// Where the tag that begins before `from` ends: its `>`.
    fn tag_end(&self, from: usize) -> Option<usize> {
        self.bytes[from..].iter().take(LONGEST_TAG).position(|b| *b == b'>').map(|e| from + e)
    }

    fn hide(&mut self, range: Range<usize>) {
        self.ends.insert(range.start, range.end);
        self.hidden.push(range);
    }

    fn run(&mut self) {
        let mut at = 0;
        while at < self.bytes.len() {
            at = match self.bytes[at] {
                b'<' => self.tag(at),
                b'{' => self.open(at, b'{'),
                b'[' => self.open(at, b'['),
                b'}' => self.close(at, b'{', b'}'),
                b']' => self.close(at, b'[', b']'),
                b'|' => {
                    if let Some(top) = self.opens.last_mut() {
                        top.pipes.push(at);
                    }
                    at + 1
                }
                _ => at + 1,
            };
        }
    }

    /// A comment, a tag of an extension, a tag that strikes, or none of these.
    fn tag(&mut self, at: usize) -> usize {
        if self.bytes[at..].starts_with(b"<!--") {
            let end = self.text[at + 4..].find("-->").map_or(self.bytes.len(), |e| at + 4 + e + 3);
            self.hide(at..end);
            return end;
        }
        let closing = self.bytes.get(at + 1) == Some(&b'/');
        let from = at + 1 + usize::from(closing);
        let name_end =
            self.bytes[from..].iter().position(|b| !b.is_ascii_alphanumeric()).map_or(self.bytes.len(), |e| from + e);
        let name = &self.bytes[from..name_end];
        if name.is_empty() {
            return at + 1;
        }
        if !closing && let Some(opaque) = OPAQUE.iter().find(|o| name.eq_ignore_ascii_case(o.as_bytes())) {
            return self.opaque(at, name_end, opaque);
        }
        self.strike(at, name_end, name, closing);
        at + 1
    }

    /// Skips to behind the closing tag; an opening without one is literal text.
    fn opaque(&mut self, at: usize, name_end: usize, name: &'static str) -> usize {
        let Some(tag_end) = self.tag_end(name_end).filter(|_| !self.unclosed.contains(name)) else {
            return at + 1;
        };
        if self.bytes[tag_end - 1] == b'/' {
            return tag_end + 1;
        }
        match find_closing(self.bytes, tag_end + 1, name.as_bytes()) {
            Some((from, end)) => {
                self.hide(tag_end + 1..from);
                end
            }
            None => {
                self.unclosed.insert(name);
                at + 1
            }
        }
    }

    fn strike(&mut self, at: usize, name_end: usize, name: &[u8], closing: bool) {
        let Some(element) = STRIKING.iter().position(|e| name.eq_ignore_ascii_case(e.as_bytes())) else {
            return;
        };
        // MediaWiki lets such a tag end before the next one begins.
        let tag_end =
            self.bytes[name_end..].iter().position(|b| matches!(b, b'>' | b'<')).map_or(name_end, |e| name_end + e);
        let attributes = String::from_utf8_lossy(&self.bytes[name_end..tag_end]).to_ascii_lowercase();
        if attributes.trim_end().ends_with('/') {
            return;
        }
        let strikes = element < 3 || attributes.contains("line-through");
        // Plain spans are kept too, so that their closing tag is not taken for that of a struck one.
        self.strikes.push(Strike { at, element, opens: !closing, strikes });
    }

    fn open(&mut self, at: usize, kind: u8) -> usize {
        let count = self.bytes[at..].iter().take_while(|b| **b == kind).count();
        if count >= 2 {
            self.opens.push(Open { start: at, kind, count, pipes: Vec::new() });
        }
        at + count
    }

    fn close(&mut self, at: usize, kind: u8, closer: u8) -> usize {
        let Some(top) = self.opens.last_mut().filter(|o| o.kind == kind) else {
            return at + 1;
        };
        let run = self.bytes[at..].iter().take(3).take_while(|b| **b == closer).count();
        if run < 2 {
            return at + run;
        }
        let most = if kind == b'{' { 3 } else { 2 };
        let used = run.min(top.count).min(most);
        let start = top.start + top.count - used;
        let pipes = std::mem::take(&mut top.pipes);
        top.count -= used;
        if top.count < 2 {
            self.opens.pop();
        }
        let end = at + used;
        if kind == b'{' {
            // What it holds is nested in it, whether it is a call or a parameter `{{{…}}}`.
            while let Some(inner) = self.outer.pop_if(|i| self.calls[*i].span.start >= start) {
                self.calls[inner].nested = true;
            }
            if used == 2 {
                let call = self.call(start..end, &pipes);
                self.ends.insert(start, end);
                self.outer.push(self.calls.len());
                self.calls.push(call);
            }
        }
        end
    }

    fn call(&self, span: Range<usize>, pipes: &[usize]) -> Call {
        let inner_end = span.end - 2;
        let name_end = pipes.first().copied().unwrap_or(inner_end);
        let pipes = if self.opens.len() > DEEPEST { &[] } else { pipes };
        let mut params = Vec::with_capacity(pipes.len());
        let mut position = 0;
        for (i, pipe) in pipes.iter().enumerate() {
            let end = pipes.get(i + 1).copied().unwrap_or(inner_end);
            let (name, raw) = match self.equals(pipe + 1..end) {
                Some(equals) => (trim(&without_comments(&self.text[pipe + 1..equals])).to_owned(), equals + 1..end),
                None => {
                    position += 1;
                    (position.to_string(), pipe + 1..end)
                }
            };
            let value = trim(&without_comments(&self.text[raw.clone()])).to_owned();
            params.push(Param { name, value, span: *pipe..end, raw });
        }
        Call {
            name: without_comments(&self.text[span.start + 2..name_end]).trim().to_owned(),
            span,
            params,
            nested: false,
            struck: false,
        }
    }

    /// The first `=` in the range that is not inside a call, a link, a comment or an opaque tag.
    fn equals(&self, range: Range<usize>) -> Option<usize> {
        let mut at = range.start;
        while at < range.end {
            if let Some(end) = self.ends.get(&at).filter(|end| **end > at) {
                at = *end;
            } else if self.bytes[at..range.end].starts_with(b"[[") {
                at = self.text[at..range.end].find("]]").map_or(at + 2, |e| at + e + 2);
            } else if self.bytes[at] == b'=' {
                return Some(at);
            } else {
                at += 1;
            }
        }
        None
    }
}

/// Where the closing tag `</name>` begins and ends, after `from`.
fn find_closing(bytes: &[u8], from: usize, name: &[u8]) -> Option<(usize, usize)> {
    let mut at = from;
    while let Some(found) = bytes[at..].windows(2).position(|w| w == b"</").map(|f| at + f) {
        let end = found + 2 + name.len();
        if bytes.len() >= end && bytes[found + 2..end].eq_ignore_ascii_case(name) {
            let space = bytes[end..].iter().take_while(|b| b.is_ascii_whitespace()).count();
            if bytes.get(end + space) == Some(&b'>') {
                return Some((found, end + space + 1));
            }
        }
        at = found + 2;
    }
    None
}

/// Follows the striking elements through the text; those inside a template call act within it alone.
fn mark_struck(calls: &mut [Call], strikes: &[Strike]) {
    // Of each element those that are open, with whether they strike.
    let mut open: [Vec<bool>; STRIKING.len()] = Default::default();
    let mut striking = 0;
    let mut next = 0;
    let mut inside_until = 0;
    for call in calls.iter_mut() {
        while next < strikes.len() && strikes[next].at < call.span.start {
            let Strike { at, element, opens, strikes } = strikes[next];
            next += 1;
            if at < inside_until {
                continue;
            }
            if opens {
                open[element].push(strikes);
                striking += usize::from(strikes);
            } else if open[element].pop() == Some(true) {
                striking -= 1;
            }
        }
        call.struck = striking > 0;
        if !call.nested {
            inside_until = call.span.end;
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
