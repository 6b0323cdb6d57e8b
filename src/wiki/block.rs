//! A block of an account, as the API tells of it.

use std::fmt;

use serde::Deserialize;

/// A block of an account.
#[derive(Debug, Deserialize)]
pub(super) struct Block {
    blockedby: String,
    blockreason: String,
    blockexpiry: String,
    /// It holds for some pages or namespaces alone.
    pub(super) blockpartial: bool,
}

impl Block {
    /// Who, until when and why, for pages: names and the wiki's words, no sentence.
    pub(super) fn data(&self) -> String {
        let parts = [self.blockedby.clone(), self.blockexpiry.clone(), self.reason()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// A filter's reason may go on for lines.
    fn reason(&self) -> String {
        self.blockreason.lines().next().unwrap_or_default().chars().take(200).collect()
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = if self.blockedby.is_empty() { "the wiki" } else { self.blockedby.as_str() };
        let reason = self.reason();
        let reason = if reason.is_empty() { "without a reason" } else { reason.as_str() };
        let until = if self.blockexpiry == "infinite" { "until it is lifted" } else { self.blockexpiry.as_str() };
        let between = if self.blockexpiry == "infinite" { "" } else { "until " };
        write!(f, "blocked by {by}, {between}{until}: {reason}")
    }
}
