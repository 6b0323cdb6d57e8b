//! A template call and its parameters.

use std::ops::Range;

/// A template call `{{name|…}}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Byte offsets of the call in the text, braces included.
    pub span: Range<usize>,
    /// The name as written, without comments, trimmed.
    pub name: String,
    /// Where the name begins.
    pub name_at: usize,
    /// Its parameters, in order.
    pub params: Vec<Param>,
    /// What it stands inside of, as far as that has an effect on it; templates first. No more than [`MAX_AROUND`].
    pub around: Vec<Around>,
}

/// So much of what a call stands inside of is told.
pub const MAX_AROUND: usize = 20;

/// Something that a call stands inside of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Around {
    /// Where it was opened.
    pub at: usize,
    /// What it does to the call.
    pub effect: Effect,
}

/// What something around it does to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// A comment or the tag of an extension: the call is none.
    Hidden,
    /// Another template call or a parameter `{{{…}}}`: the call is an argument.
    Argument,
    /// A quotation.
    Quoted,
    /// `<s>`, `<del>`, `<strike>` or a style `line-through`.
    Struck,
}

/// A parameter of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Its name; `1`, `2` … for those without.
    pub name: String,
    /// Its value, without comments, trimmed.
    pub value: String,
    /// Byte offsets from the pipe to before the next pipe or the closing braces.
    pub span: Range<usize>,
    /// Byte offsets of the value as written, white space and comments included.
    pub raw: Range<usize>,
}

impl Call {
    /// Whether it stands inside another template call or a parameter `{{{…}}}`.
    pub fn nested(&self) -> bool {
        self.is_inside(Effect::Argument)
    }

    /// Whether it is struck out.
    pub fn struck(&self) -> bool {
        self.is_inside(Effect::Struck)
    }

    /// Where its name stands, as far as no comment is in it.
    pub fn name_span(&self) -> Range<usize> {
        self.name_at..(self.name_at + self.name.len()).min(self.span.end)
    }

    /// The same call in a text that has this one's text from a place on, inside of something.
    pub(super) fn within(mut self, from: usize, inside: &[Around]) -> Self {
        let shift = |range: &mut Range<usize>| *range = range.start + from..range.end + from;
        shift(&mut self.span);
        self.name_at += from;
        for param in &mut self.params {
            shift(&mut param.span);
            shift(&mut param.raw);
        }
        self.around.iter_mut().for_each(|around| around.at += from);
        self.around.extend(inside);
        self.around.truncate(MAX_AROUND);
        self
    }

    fn is_inside(&self, effect: Effect) -> bool {
        self.around.iter().any(|around| around.effect == effect)
    }

    /// The parameter of this name; the last if there are several, as in MediaWiki.
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.params.iter().rev().find(|p| p.name == name)
    }

    /// The value of a parameter; empty if it is missing.
    pub fn value(&self, name: &str) -> &str {
        self.param(name).map_or("", |p| p.value.as_str())
    }
}

/// Trims what PHP's `trim` does, with which MediaWiki trims parameters: no-break spaces and the like stay.
pub fn trim(value: &str) -> &str {
    value.trim_matches([' ', '\t', '\n', '\r', '\0', '\x0b'])
}
