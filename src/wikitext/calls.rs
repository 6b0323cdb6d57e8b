//! Template calls and their parameters, and what a text says without its comments.
//!
//! Made from what the preprocessor finds; expands nothing. What a page shows is read from Parsoid's HTML
//! (`crate::read::html`). This gives byte offsets, works on old revisions, and lets the bot change its own parameters
//! without touching another byte.

use std::ops::Range;
use std::sync::LazyLock;

use super::call::{Around, Call, Effect, MAX_AROUND, Param, trim};
use super::html_tags::note_html;
use super::splice::splice;
use super::syntax::{Element, Kind, Part, Syntax};

/// Calls nested deeper are found, but their parameters are not read. MediaWiki expands a hundred levels.
const MAX_DEPTH: usize = 40;

/// In how many hidden stretches inside each other calls are looked for.
const MAX_HIDDEN: usize = 3;

/// In the place of what stands in an extension's tag: it says something, and nobody can write it.
pub const SAID: char = '\x7f';

/// For texts that the bot itself wrote, for single values, and for where the wiki's own syntax is not at hand.
static PLAIN: LazyLock<Syntax> = LazyLock::new(Syntax::default);

/// All template calls of a text, by the tags that wikis usually have.
pub fn calls(text: &str) -> Vec<Call> {
    PLAIN.calls(text)
}

/// A value with its comments and the content of tags replaced by spaces.
pub fn visible(text: &str) -> String {
    PLAIN.visible(text)
}

/// A value without its comments.
pub fn without_comments(text: &str) -> String {
    let elements = PLAIN.elements(text);
    Source { text, silent: silent(&elements) }.said(0..text.len())
}

/// Byte offsets of the comments of a value.
pub fn comments(text: &str) -> Vec<Range<usize>> {
    silent(&PLAIN.elements(text))
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

/// What a text holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// All template calls, nested ones too, by where they begin.
    pub calls: Vec<Call>,
    /// What would be template calls if it did not stand in comments or in the content of extensions' tags.
    pub hidden: Vec<Call>,
    /// The text with comments replaced by spaces, and the content of extensions' tags by bytes of their own, so that all byte
    /// offsets stay. No comment ends a line.
    pub visible: String,
}

impl Syntax {
    /// All that a text holds.
    pub fn read(&self, text: &str) -> Reading {
        let elements = self.elements(text);
        let visible = blank(text, &elements);
        let calls = calls_among(&elements, text, &visible);
        let mut hidden = Vec::new();
        self.find_hidden(text, 0, elements, &[], &mut hidden);
        Reading { calls, hidden, visible }
    }

    /// All template calls of a text, nested ones too, by where they begin.
    pub fn calls(&self, text: &str) -> Vec<Call> {
        let elements = self.elements(text);
        calls_among(&elements, text, &blank(text, &elements))
    }

    /// As [`Reading::visible`].
    pub fn visible(&self, text: &str) -> String {
        blank(text, &self.elements(text))
    }

    /// Adds the calls in hidden stretches; the elements are those of the text from a place on, inside of something.
    fn find_hidden(&self, text: &str, from: usize, elements: Vec<Element>, inside: &[Around], found: &mut Vec<Call>) {
        for element in elements {
            let start = from + element.span.start;
            let (opening, content) = match element.kind {
                // It has the white space around it, too.
                Kind::Comment => {
                    let opening = start + text[start..].find("<!--").unwrap_or_default();
                    (opening, opening + 4..from + element.span.end)
                }
                Kind::Tag { content: Some(content), .. } => (start, from + content.start..from + content.end),
                // `<includeonly>` with its content; the other ignored tags have none.
                Kind::Ignored => {
                    let end = from + element.span.end;
                    (start, start + text[start..end].find('>').map_or(end - start, |tag| tag + 1)..end)
                }
                _ => continue,
            };
            let written = &text[content.clone()];
            if !written.contains("{{") {
                continue;
            }
            let around = [&[Around { at: opening, effect: Effect::Hidden }], inside].concat();
            let elements = self.elements(written);
            let calls = calls_among(&elements, written, &blank(written, &elements));
            found.extend(calls.into_iter().map(|call| call.within(content.start, &around)));
            if around.len() < MAX_HIDDEN {
                self.find_hidden(text, content.start, elements, &around, found);
            }
        }
    }
}

/// The template calls among a text's elements.
fn calls_among(elements: &[Element], text: &str, visible: &str) -> Vec<Call> {
    let source = Source { text, silent: silent(elements) };
    let mut calls = Vec::new();
    // The templates and arguments that enclose the element.
    let mut enclosing: Vec<Range<usize>> = Vec::new();
    for element in elements {
        while enclosing.pop_if(|outer| outer.end <= element.span.start).is_some() {}
        let (Kind::Template(parts) | Kind::Argument(parts)) = &element.kind else { continue };
        if matches!(element.kind, Kind::Template(_)) {
            calls.push(source.call(element.span.clone(), parts, &enclosing));
        }
        enclosing.push(element.span.clone());
    }
    note_html(&mut calls, visible);
    calls
}

fn blank(text: &str, elements: &[Element]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for element in elements {
        match &element.kind {
            Kind::Comment | Kind::Ignored => bytes[element.span.clone()].fill(b' '),
            Kind::Tag { content: Some(content), .. } => {
                let says_something = !text[content.clone()].trim().is_empty();
                let by = if says_something { SAID as u8 } else { b' ' };
                bytes[content.clone()].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = by);
            }
            _ => {}
        }
    }
    // Whole characters were replaced by ASCII.
    String::from_utf8(bytes).unwrap_or_default()
}

/// Byte offsets of what says nothing.
fn silent(elements: &[Element]) -> Vec<Range<usize>> {
    let silent = elements.iter().filter(|element| matches!(element.kind, Kind::Comment | Kind::Ignored));
    silent.map(|element| element.span.clone()).collect()
}

struct Source<'a> {
    text: &'a str,
    silent: Vec<Range<usize>>,
}

impl Source<'_> {
    /// What a range says: without comments.
    fn said(&self, range: Range<usize>) -> String {
        let first = self.silent.partition_point(|silent| silent.start < range.start);
        let inside = self.silent[first..].iter().take_while(|silent| silent.end <= range.end);
        let cuts = inside.map(|silent| (silent.start - range.start..silent.end - range.start, String::new()));
        splice(&self.text[range.clone()], cuts.collect())
    }

    /// Where in a range it begins to say something.
    fn says_from(&self, range: &Range<usize>) -> usize {
        let mut at = range.start;
        loop {
            at += self.text[at..range.end].len() - self.text[at..range.end].trim_start().len();
            let next = self.silent.partition_point(|silent| silent.start < at);
            match self.silent.get(next).filter(|silent| silent.start == at && silent.end <= range.end) {
                Some(silent) => at = silent.end,
                None => return at,
            }
        }
    }

    fn call(&self, span: Range<usize>, parts: &[Part], enclosing: &[Range<usize>]) -> Call {
        let params = if enclosing.len() < MAX_DEPTH { &parts[1..] } else { &[] };
        let mut position = 0;
        let params = params.iter().map(|part| {
            let (name, raw) = match part.equals {
                Some(equals) => (trim(&self.said(part.span.start..equals)).to_owned(), equals + 1..part.span.end),
                None => {
                    position += 1;
                    (position.to_string(), part.span.clone())
                }
            };
            let value = trim(&self.said(raw.clone())).to_owned();
            Param { name, value, span: part.span.start - 1..part.span.end, raw }
        });
        let params = params.collect();
        let name = self.said(parts[0].span.clone()).trim().to_owned();
        let argument = |outer: &Range<usize>| Around { at: outer.start, effect: Effect::Argument };
        let around = enclosing.iter().rev().take(MAX_AROUND).map(argument).collect();
        Call { span, name, name_at: self.says_from(&parts[0].span), params, around }
    }
}

#[cfg(test)]
#[path = "calls_tests.rs"]
mod tests;
