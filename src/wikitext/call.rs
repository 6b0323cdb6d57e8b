//! A template call and its parameters.

use std::ops::Range;

/// A template call `{{name|…}}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Byte offsets of the call in the text, braces included.
    pub span: Range<usize>,
    /// The name as written, without comments, trimmed.
    pub name: String,
    /// Its parameters, in order.
    pub params: Vec<Param>,
    /// Inside another template call or a parameter `{{{…}}}`.
    pub nested: bool,
    /// Inside `<s>`, `<del>`, `<strike>` or an element styled `line-through`.
    pub struck: bool,
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
