//! What a person should look at.

/// Every kind of problem, the more urgent first: what stops every vote, what keeps the bot from its work, what concerns
/// one request.
pub const KINDS: [&str; 23] = [
    "roster-empty",
    "roster-broken",
    "roster-untrusted",
    "roster-name",
    "roster-line",
    "roster-renamed",
    "roster-twice",
    "not-saved",
    "markers",
    "refused",
    "nobots",
    "undone",
    "dispute",
    "lost-template",
    "not-readable",
    "wrapped",
    "template-doubled",
    "status-edit",
    "moved-changed",
    "moved-back",
    "many-requests",
    "request-empty",
    "message",
];

/// Something a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Problem {
    /// A code that the templates put into words.
    pub kind: String,
    /// The page it is about.
    pub page: String,
    /// What was found there, in the wiki's or the page's own words.
    pub detail: String,
    /// The revision it was found in, if it is one.
    pub revision: Option<u64>,
    /// What tells an edit that was refused from others.
    pub digest: Option<String>,
}

impl Problem {
    /// A problem of that kind on that page.
    #[must_use]
    pub fn new(kind: &str, page: &str, detail: impl Into<String>) -> Self {
        debug_assert!(KINDS.contains(&kind), "{kind} is not among the kinds that have words and a place");
        Problem { kind: kind.to_owned(), page: page.to_owned(), detail: detail.into(), revision: None, digest: None }
    }
}
