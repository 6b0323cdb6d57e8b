//! What a wikitext is read by, and what is found in it.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

/// What a text is read by: settings of the wiki.
#[derive(Debug, Clone, PartialEq)]
pub struct Syntax {
    /// Tags of extensions, in lower case: `siprop=extensiontags`.
    tags: Arc<HashSet<String>>,
    /// Whether `-{` and `}-` are markup: `langconversion` of `siprop=general`.
    pub(super) language_conversion: bool,
}

/// Something that the preprocessor found. Elements are nested or apart, and never cross.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// What it is.
    pub kind: Kind,
    /// Its bytes, delimiters included. A comment alone on its line has the white space around and the line's end, too.
    pub span: Range<usize>,
}

/// Kinds of elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `<!-- … -->`, or to the end of the text.
    Comment,
    /// A tag that is nothing on a page itself, or `<includeonly>` with its content.
    Ignored,
    /// A tag of an extension. Nothing in it is an element.
    Tag {
        /// The name as written.
        name: Range<usize>,
        /// The content; `<tag/>` has none.
        content: Option<Range<usize>>,
    },
    /// `{{name|…}}`, parser functions and magic words too: the first part is the name.
    Template(Vec<Part>),
    /// `{{{name|…}}}`: the first part is the name.
    Argument(Vec<Part>),
    /// `[[…]]`, or `-{…}-`. For the preprocessor these only hold together what is in them.
    Group,
    /// A line between signs of equality.
    Heading {
        /// From 1 to 6.
        level: usize,
    },
}

/// What stands between two pipes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its bytes, without the pipes.
    pub span: Range<usize>,
    /// Where the `=` is that ends its name; none in the first part.
    pub equals: Option<usize>,
}

/// Tags that are nothing on a page itself.
pub(super) const IGNORED_TAGS: [&str; 4] = ["noinclude", "/noinclude", "onlyinclude", "/onlyinclude"];

/// The element that hides its content on a page itself, and that may lack its end.
pub(super) const INCLUDE_ONLY: &str = "includeonly";

/// MediaWiki's own tags (`CoreTagHooks`), then those of extensions that many wikis have and whose content is no wikitext.
const USUAL_TAGS: [&str; 20] = [
    "pre",
    "nowiki",
    "gallery",
    "indicator",
    "langconvert",
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
];

impl Default for Syntax {
    /// That of a wiki that was not asked.
    fn default() -> Self {
        Self::new(USUAL_TAGS, true)
    }
}

impl Syntax {
    /// The syntax of a wiki with these tags of extensions.
    pub fn new<'t>(tags: impl IntoIterator<Item = &'t str>, language_conversion: bool) -> Self {
        let known = tags.into_iter().chain(IGNORED_TAGS).chain([INCLUDE_ONLY]);
        let tags = known.map(str::to_ascii_lowercase).collect();
        Self { tags: Arc::new(tags), language_conversion }
    }

    /// The name of the tag that begins behind a `<`, with its `/` if it is an ignored closing one.
    pub(super) fn tag_name<'t>(&self, text: &'t str) -> Option<&'t str> {
        let slash = usize::from(text.starts_with('/'));
        let longest = 1 + self.tags.iter().map(String::len).max().unwrap_or_default();
        let bytes = text.as_bytes();
        let end = slash + bytes[slash..].iter().take(longest).position(|b| is_space(*b) || matches!(b, b'/' | b'>'))?;
        let complete = bytes[end] != b'/' || bytes.get(end + 1) == Some(&b'>');
        Some(&text[..end]).filter(|name| complete && self.tags.contains(&name.to_ascii_lowercase()))
    }
}

/// White space as PCRE's `\s` has it.
pub(super) fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'\x0b'
}
