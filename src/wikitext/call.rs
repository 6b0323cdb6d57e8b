//! Template calls as wikitext has them.

use std::ops::Range;

/// A template call `{{name|…}}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Its place in the text, in bytes, braces included.
    pub span: Range<usize>,
    /// The name as written, without comments, trimmed.
    pub name: String,
    /// Its parameters, in order.
    pub params: Vec<Param>,
    /// It stands inside another template call or parameter.
    pub nested: bool,
    /// It stands inside `<s>`, `<del>`, `<strike>` or an element styled `line-through`.
    pub struck: bool,
}

/// A parameter of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Its name; `1`, `2` … for those without.
    pub name: String,
    /// Its value, without comments, trimmed.
    pub value: String,
    /// The place of all of it, from the pipe to before the next pipe or the closing braces.
    pub span: Range<usize>,
    /// The place of the value as written, white space and comments included.
    pub raw: Range<usize>,
}

impl Call {
    /// The parameter that counts under this name: the last, as in MediaWiki.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.params.iter().rev().find(|p| p.name == name)
    }

    /// The value of a parameter; empty if it is absent.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.param(name).map_or("", |p| p.value.as_str())
    }
}

/// The value without the white space that MediaWiki takes off a parameter: a no-break space is none of it.
#[must_use]
pub fn trim(value: &str) -> &str {
    value.trim_matches([' ', '\t', '\n', '\r', '\0', '\x0b'])
}

/// Whether the text may hold what MediaWiki replaces as it saves a page: signatures, substitutions, links that are
/// completed, line ends of other systems.
#[must_use]
pub fn acts_when_saved(text: &str) -> bool {
    ["~~~", "[[|", "|]]", "\r"].iter().any(|s| text.contains(s)) || text.to_ascii_lowercase().contains("subst:")
}

/// Whether a page has text that a reader sees.
#[must_use]
pub fn has_visible_text(text: &str) -> bool {
    !super::scanner::without_comments(text).trim().is_empty()
}
