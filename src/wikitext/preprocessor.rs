//! What MediaWiki's preprocessor finds in a wikitext: templates, arguments, links, headings, comments and the tags of
//! extensions, with byte offsets.
//!
//! The rules are those of `includes/parser/Preprocessor_Hash.php` (`buildDomTreeArrayFromText`) and `Preprocessor.php`
//! (`$rules`) in MediaWiki 1.43, for a page that is shown itself: without `DOM_FOR_INCLUSION`, so `<includeonly>` hides its
//! content and the tags `<noinclude>` and `<onlyinclude>` are nothing. What MediaWiki makes of a text can be asked with
//! `action=expandtemplates&prop=parsetree`. Takes time in proportion to the text, and does not recurse.

use std::collections::HashSet;
use std::ops::Range;

use super::syntax::{Element, IGNORED_TAGS, INCLUDE_ONLY, Kind, Part, Syntax, is_space};

impl Syntax {
    /// All elements of a text, by where they begin, the outer before the inner.
    pub fn elements(&self, text: &str) -> Vec<Element> {
        let mut preprocessor = Preprocessor {
            syntax: self,
            text,
            bytes: text.as_bytes(),
            at: 0,
            stack: Vec::new(),
            found: Vec::new(),
            no_more_ends: false,
            no_more_closing: HashSet::new(),
        };
        preprocessor.run();
        let mut found = preprocessor.found;
        found.sort_by_key(|e| (e.span.start, usize::MAX - e.span.end));
        found
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Brace,
    Bracket,
    /// `-{`
    Dash,
    Heading,
}

/// Something begun that is not closed yet.
struct Piece {
    open: Open,
    /// Where its first sign is.
    start: usize,
    /// How many signs opened it.
    count: usize,
    /// A `-` stands before `{{`: what is left of them in the end may be `-{`.
    dash: bool,
    parts: Vec<Part>,
    /// Where the last comment in it ended, and where what can be seen before that comment ended.
    comment: Option<(usize, usize)>,
}

impl Piece {
    fn new(open: Open, start: usize, count: usize, dash: bool) -> Self {
        let content = start + count;
        let parts = vec![Part { span: content..content, equals: None }];
        Piece { open, start, count, dash, parts, comment: None }
    }

    fn finds_pipes(&self) -> bool {
        matches!(self.open, Open::Brace | Open::Dash)
    }

    fn finds_equals(&self) -> bool {
        self.finds_pipes() && self.parts.len() > 1 && self.parts.last().is_some_and(|part| part.equals.is_none())
    }
}

struct Preprocessor<'a> {
    syntax: &'a Syntax,
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    stack: Vec<Piece>,
    found: Vec<Element>,
    /// No `>` follows.
    no_more_ends: bool,
    /// Tags of which no closing one follows.
    no_more_closing: HashSet<String>,
}

impl Preprocessor<'_> {
    fn run(&mut self) {
        self.line_start();
        loop {
            let top = self.stack.last();
            let (pipes, equals) = top.map_or((false, false), |p| (p.finds_pipes(), p.finds_equals()));
            let open = top.map(|p| p.open);
            let stops = |byte: &u8| match byte {
                b'{' | b'[' | b'<' | b'\n' => true,
                b'}' => matches!(open, Some(Open::Brace | Open::Dash)),
                b']' => open == Some(Open::Bracket),
                b'-' => self.syntax.language_conversion,
                b'|' => pipes,
                b'=' => equals,
                _ => false,
            };
            let Some(text) = self.bytes[self.at..].iter().position(stops) else {
                self.at = self.bytes.len();
                if open == Some(Open::Heading) {
                    self.line_end();
                    continue;
                }
                return;
            };
            self.at += text;
            match self.bytes[self.at] {
                b'|' => self.pipe(),
                b'=' => self.equals(),
                b'<' => self.angle(),
                b'\n' if open == Some(Open::Heading) => self.line_end(),
                b'\n' => {
                    self.at += 1;
                    self.line_start();
                }
                b'}' if open == Some(Open::Brace) => self.close(b'}', 3),
                b']' => self.close(b']', 2),
                b'}' if self.follows(b"}-") => self.close_dash(),
                b'{' => self.open(Open::Brace),
                b'[' => self.open(Open::Bracket),
                b'-' if self.follows(b"-{") => self.open_dash(),
                _ => self.at += 1,
            }
        }
    }

    fn follows(&self, bytes: &[u8]) -> bool {
        self.bytes[self.at..].starts_with(bytes)
    }

    /// How many bytes of a kind stand from here on.
    fn run_of(&self, byte: u8, from: usize) -> usize {
        self.bytes[from..].iter().take_while(|b| **b == byte).count()
    }

    /// How many bytes of a kind stand before an offset.
    fn run_before(&self, is: impl Fn(u8) -> bool, end: usize) -> usize {
        self.bytes[..end].iter().rev().take_while(|b| is(**b)).count()
    }

    fn pipe(&mut self) {
        let behind = self.at + 1;
        if let Some(piece) = self.stack.last_mut() {
            if let Some(part) = piece.parts.last_mut() {
                part.span.end = self.at;
            }
            piece.parts.push(Part { span: behind..behind, equals: None });
        }
        self.at = behind;
    }

    fn equals(&mut self) {
        if let Some(part) = self.stack.last_mut().and_then(|piece| piece.parts.last_mut()) {
            part.equals = Some(self.at);
        }
        self.at += 1;
    }

    /// At the start of a line, behind its line break.
    fn line_start(&mut self) {
        let count = self.run_of(b'=', self.at).min(6);
        // One `=` at the start of a line is rather that of a parameter.
        let parameter = count == 1 && self.stack.last().is_some_and(Piece::finds_equals);
        if count > 0 && !parameter {
            self.stack.push(Piece::new(Open::Heading, self.at, count, false));
            self.at += count;
        }
    }

    /// At the line break, or the end of the text, that ends what may be a heading.
    fn line_end(&mut self) {
        let Some(piece) = self.stack.pop() else { return };
        let blank = |byte| matches!(byte, b' ' | b'\t');
        let mut end = self.at - self.run_before(blank, self.at);
        if let Some((_, visible)) = piece.comment.filter(|(comment_end, _)| *comment_end == end) {
            end = visible - self.run_before(blank, visible);
        }
        let closing = self.run_before(|byte| byte == b'=', end);
        let level = if closing > 0 && end - closing == piece.start {
            // Nothing but signs of equality.
            if closing < 3 { 0 } else { ((closing - 1) / 2).min(6) }
        } else {
            closing.min(piece.count)
        };
        if level > 0 {
            self.found.push(Element { kind: Kind::Heading { level }, span: piece.start..self.at });
        }
    }

    fn open(&mut self, open: Open) {
        let count = self.run_of(self.bytes[self.at], self.at);
        if count >= 2 {
            self.stack.push(Piece::new(open, self.at, count, false));
        }
        self.at += count;
    }

    /// At `-{`. In `-{{` the braces to the right belong together.
    fn open_dash(&mut self) {
        let count = self.run_of(b'{', self.at + 1);
        self.stack.push(match count {
            1 => Piece::new(Open::Dash, self.at, 2, false),
            _ => Piece::new(Open::Brace, self.at + 1, count, true),
        });
        self.at += 1 + count;
    }

    fn close_dash(&mut self) {
        let Some(piece) = self.stack.pop() else { return };
        self.at += 2;
        self.found.push(Element { kind: Kind::Group, span: piece.start..self.at });
    }

    /// At closing braces or brackets, of which `most` belong together at once.
    fn close(&mut self, closing: u8, most: usize) {
        let Some(count) = self.stack.last().map(|piece| piece.count) else { return };
        let used = self.bytes[self.at..].iter().take(count.min(most)).take_while(|b| **b == closing).count();
        let Some(mut piece) = (if used < 2 { None } else { self.stack.pop() }) else {
            self.at += used;
            return;
        };
        if let Some(part) = piece.parts.last_mut() {
            part.span.end = self.at;
        }
        self.at += used;
        let left = piece.count - used;
        let kind = match (piece.open, used) {
            (Open::Brace, 2) => Kind::Template(piece.parts),
            (Open::Brace, _) => Kind::Argument(piece.parts),
            _ => Kind::Group,
        };
        self.found.push(Element { kind, span: piece.start + left..self.at });
        if left >= 2 {
            self.stack.push(Piece::new(piece.open, piece.start, left, piece.dash));
        } else if left == 1 && piece.dash {
            self.stack.push(Piece::new(Open::Dash, piece.start - 1, 2, false));
        }
    }

    /// At a `<`.
    fn angle(&mut self) {
        if self.follows(b"<!--") {
            return self.comment();
        }
        let Some(name) = self.syntax.tag_name(&self.text[self.at + 1..]) else {
            self.at += 1;
            return;
        };
        let name_span = self.at + 1..self.at + 1 + name.len();
        let end = if self.no_more_ends { None } else { self.text[name_span.end..].find('>') };
        let Some(end) = end.map(|end| name_span.end + end) else {
            self.no_more_ends = true;
            self.at += 1;
            return;
        };
        let start = self.at;
        let lower = name.to_ascii_lowercase();
        self.at = end + 1;
        let kind = if IGNORED_TAGS.contains(&lower.as_str()) {
            Kind::Ignored
        } else {
            let content = match self.content(name, &lower, end) {
                Ok(content) => content,
                Err(Unclosed) => return,
            };
            if lower == INCLUDE_ONLY { Kind::Ignored } else { Kind::Tag { name: name_span, content } }
        };
        self.found.push(Element { kind, span: start..self.at });
    }

    /// The content of a tag whose `>` is at `end`; goes on behind the closing tag.
    fn content(&mut self, name: &str, lower: &str, end: usize) -> Result<Option<Range<usize>>, Unclosed> {
        if self.bytes[end - 1] == b'/' {
            return Ok(None);
        }
        let closing = if self.no_more_closing.contains(lower) {
            None
        } else {
            find_closing(self.bytes, end + 1, name.as_bytes())
        };
        if let Some(closing) = closing {
            self.at = closing.end;
            return Ok(Some(end + 1..closing.start));
        }
        // MediaWiki compares this one name as it is written.
        if name == INCLUDE_ONLY {
            self.at = self.bytes.len();
            return Ok(Some(end + 1..self.at));
        }
        self.no_more_closing.insert(lower.to_owned());
        Err(Unclosed)
    }

    /// At `<!--`.
    fn comment(&mut self) {
        let start = self.at;
        let Some(end) = self.comment_end(start) else {
            self.at = self.bytes.len();
            self.found.push(Element { kind: Kind::Comment, span: start..self.at });
            return;
        };
        let before = start - self.run_before(|byte| matches!(byte, b' ' | b'\t'), start);
        let own_line =
            if before > 0 && self.bytes[before - 1] == b'\n' { self.comments_of_line(before, end) } else { None };
        let whole_line = own_line.is_some();
        let spans = own_line.unwrap_or_else(|| std::iter::once(start..end).collect());
        self.at = spans.last().map_or(end, |last| last.end);
        self.found.extend(spans.into_iter().map(|span| Element { kind: Kind::Comment, span }));
        if let Some(piece) = self.stack.last_mut() {
            let visible = piece.comment.filter(|(end, _)| *end == before).map_or(before, |(_, visible)| visible);
            piece.comment = Some((self.at, visible));
        }
        if whole_line {
            self.line_start();
        }
    }

    /// Where the comment ends that begins at an offset.
    fn comment_end(&self, start: usize) -> Option<usize> {
        self.text[start + 4..].find("-->").map(|end| start + 4 + end + 3)
    }

    /// The comments of a line that has nothing else, with the white space and the line break. The first one begins with
    /// the white space at `start` and ends at `end`.
    fn comments_of_line(&self, start: usize, end: usize) -> Option<Vec<Range<usize>>> {
        let blanks = |from: usize| from + self.bytes[from..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let mut span = start..blanks(end);
        let mut spans = Vec::new();
        while self.bytes[span.end..].starts_with(b"<!--")
            && let Some(next) = self.comment_end(span.end)
        {
            let next = span.end..blanks(next);
            spans.push(std::mem::replace(&mut span, next));
        }
        if self.bytes.get(span.end) != Some(&b'\n') {
            return None;
        }
        spans.push(span.start..span.end + 1);
        Some(spans)
    }
}

/// A tag has no end.
struct Unclosed;

/// The first closing tag `</name>` from an offset on.
fn find_closing(bytes: &[u8], from: usize, name: &[u8]) -> Option<Range<usize>> {
    let mut at = from;
    while let Some(start) = bytes[at..].iter().position(|b| *b == b'<').map(|found| at + found) {
        let named = start + 2 + name.len();
        let is_closing = bytes.get(start + 1) == Some(&b'/')
            && bytes.get(start + 2..named).is_some_and(|found| found.eq_ignore_ascii_case(name));
        if is_closing {
            let end = named + bytes[named..].iter().take_while(|b| is_space(**b)).count();
            if bytes.get(end) == Some(&b'>') {
                return Some(start..end + 1);
            }
        }
        at = start + 1;
    }
    None
}
