//! Finds template calls and their parameters in wikitext.
//!
//! Follows the order of MediaWiki's preprocessor: comments and extension tags first, then braces and brackets, the
//! innermost first. Expands nothing: what a page shows is read from Parsoid's HTML (`crate::read::html`). This gives byte
//! offsets, works on old revisions, and lets the bot change its own parameters without touching another byte.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::call::{Call, Param, trim};
use super::splice::splice;

/// Tags whose content is not wikitext of the page: `nowiki`, `includeonly`, and tags of extensions.
const OPAQUE_TAGS: [&str; 18] = [
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

/// A run of opening braces or brackets that is not closed yet.
struct Opening {
    /// Offset of the first one.
    start: usize,
    /// `{` or `[`.
    kind: u8,
    /// How many are not closed yet.
    count: usize,
    /// Offsets of the pipes directly inside.
    pipes: Vec<usize>,
}

/// Elements that may strike out their content: the first three always, the others with the style `line-through`.
const STRIKING_ELEMENTS: [&str; 6] = ["s", "del", "strike", "span", "div", "p"];

/// How many of [`STRIKING_ELEMENTS`] strike out without a style.
const ALWAYS_STRIKING: usize = 3;

/// A tag of one of [`STRIKING_ELEMENTS`].
struct StrikingTag {
    at: usize,
    /// Index of the element.
    element: usize,
    /// An opening tag.
    opens: bool,
    /// Whether an opening tag strikes out.
    strikes: bool,
}

/// All template calls of the text, nested ones too, by where they begin.
pub fn calls(text: &str) -> Vec<Call> {
    let mut scanner = Scanner::new(text);
    scanner.run();
    let Scanner { mut calls, strikes, .. } = scanner;
    calls.sort_by_key(|c| (c.span.start, usize::MAX - c.span.end));
    mark_struck(&mut calls, &strikes);
    calls
}

/// The text without its comments.
pub fn without_comments(text: &str) -> String {
    splice(text, comments(text).into_iter().map(|comment| (comment, String::new())).collect())
}

/// Byte offsets of the comments.
pub fn comments(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(from) = text[at..].find("<!--").map(|f| at + f) {
        at = text[from + 4..].find("-->").map_or(text.len(), |e| from + 4 + e + 3);
        found.push(from..at);
    }
    found
}

/// The text with comments and the content of opaque tags replaced by spaces, so that all byte offsets stay.
pub fn visible(text: &str) -> String {
    let mut scanner = Scanner::new(text);
    scanner.run();
    let mut bytes = text.as_bytes().to_vec();
    for range in &scanner.hidden {
        for byte in &mut bytes[range.clone()] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    // Whole characters were replaced by ASCII.
    String::from_utf8(bytes).unwrap_or_default()
}

/// Whether MediaWiki may replace something in the text when it is saved (`PreSaveTransformer`): signatures,
/// substitutions, `[[|pipe tricks]]`, line ends of other systems.
pub fn acts_when_saved(text: &str) -> bool {
    ["~~~", "[[|", "|]]", "\r"].iter().any(|s| text.contains(s)) || text.to_ascii_lowercase().contains("subst:")
}

/// Whether the text has more than comments and white space.
pub fn has_visible_text(text: &str) -> bool {
    !without_comments(text).trim().is_empty()
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// Stack of unclosed braces and brackets.
    opens: Vec<Opening>,
    calls: Vec<Call>,
    strikes: Vec<StrikingTag>,
    /// Comments, and the content of opaque tags.
    hidden: Vec<Range<usize>>,
    /// Ends of calls, comments and opaque tags, by where they begin.
    ends: HashMap<usize, usize>,
    /// Indexes of calls that are not inside another one so far.
    outer: Vec<usize>,
    /// Opaque tags that have no closing tag in the rest of the text.
    unclosed: HashSet<&'static str>,
}

/// Calls nested deeper are found, but their parameters are not read. MediaWiki expands a hundred levels.
const MAX_DEPTH: usize = 40;

/// Longer tags, in bytes, are taken for text; this keeps hostile input from costing time.
const MAX_TAG_LENGTH: usize = 1000;

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        Scanner {
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

    /// The offset of the `>` that ends a tag whose attributes begin at `from`.
    fn tag_end(&self, from: usize) -> Option<usize> {
        self.bytes[from..].iter().take(MAX_TAG_LENGTH).position(|b| *b == b'>').map(|e| from + e)
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

    /// Reads a comment or a tag; gives the offset to go on from.
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
        if !closing && let Some(opaque) = OPAQUE_TAGS.iter().find(|o| name.eq_ignore_ascii_case(o.as_bytes())) {
            return self.opaque(at, name_end, opaque);
        }
        self.strike(at, name_end, name, closing);
        at + 1
    }

    /// Skips the content of an opaque tag; without a closing tag the opening one is text.
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
        let Some(element) = STRIKING_ELEMENTS.iter().position(|e| name.eq_ignore_ascii_case(e.as_bytes())) else {
            return;
        };
        // As in MediaWiki, the next tag ends one that lacks its `>`.
        let tag_end =
            self.bytes[name_end..].iter().position(|b| matches!(b, b'>' | b'<')).map_or(name_end, |e| name_end + e);
        let attributes = String::from_utf8_lossy(&self.bytes[name_end..tag_end]).to_ascii_lowercase();
        if attributes.trim_end().ends_with('/') {
            return;
        }
        let strikes = element < ALWAYS_STRIKING || attributes.contains("line-through");
        // Plain spans are kept too, so that their closing tag is not taken for that of a struck one.
        self.strikes.push(StrikingTag { at, element, opens: !closing, strikes });
    }

    fn open(&mut self, at: usize, kind: u8) -> usize {
        let count = self.bytes[at..].iter().take_while(|b| **b == kind).count();
        if count >= 2 {
            self.opens.push(Opening { start: at, kind, count, pipes: Vec::new() });
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
            // Calls inside are nested, be this a call or a parameter `{{{…}}}`.
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
        let pipes = if self.opens.len() > MAX_DEPTH { &[] } else { pipes };
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

    /// The offset of the first `=` in the range that is not inside a call, a link, a comment or an opaque tag.
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

/// The start and end of the first closing tag `</name>` after `from`.
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

/// Sets [`Call::struck`]. Elements inside a template call strike out nothing behind it.
fn mark_struck(calls: &mut [Call], strikes: &[StrikingTag]) {
    // For each element the open tags, and whether each strikes out.
    let mut open: [Vec<bool>; STRIKING_ELEMENTS.len()] = Default::default();
    let mut striking = 0;
    let mut next = 0;
    let mut inside_until = 0;
    for call in calls.iter_mut() {
        while next < strikes.len() && strikes[next].at < call.span.start {
            let StrikingTag { at, element, opens, strikes } = strikes[next];
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
#[path = "scanner_tests.rs"]
mod tests;
