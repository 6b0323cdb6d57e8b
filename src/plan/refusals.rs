//! Edits that the wiki refused: reported, and not tried again until the page or what is to be written changes. What is
//! known of them stands on the problems page. Pure.

use sha2::{Digest, Sha256};

use super::change::{Base, Change, Owns};
use crate::desk::problem::{Cause, CauseCode, Problem, ProblemKind};
use crate::records::sent::keys_part;

/// The code of an edit that the wiki would not show beforehand: the bot's own.
pub const NOT_SHOWN: &str = "not-shown";

/// An edit that the wiki refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The page.
    pub page: String,
    /// The revision it stood on, 0 for a new page, and a digest of the text.
    pub digest: String,
    /// The wiki's code and words.
    pub why: String,
}

impl Refusal {
    /// That the wiki refused this change.
    #[must_use]
    pub fn new(change: &Change, code: &str, words: &str) -> Self {
        let why = if words.is_empty() { code.to_owned() } else { format!("{code}: {words}") };
        Refusal { page: change.page.clone(), digest: digest(change), why }
    }

    /// Whether it was this change; for want of a permission, whether it is any of that page.
    #[must_use]
    pub fn is_of(&self, change: &Change) -> bool {
        self.page == change.page && (self.is_of_permission() || self.digest == digest(change))
    }

    /// Whether it was for want of a permission, which the wiki can be asked for beforehand; not by a filter or the like.
    #[must_use]
    pub fn is_of_permission(&self) -> bool {
        const CODES: [&str; 6] =
            ["blocked", "protectedpage", "cascadeprotected", "protectednamespace", "permissiondenied", "cantcreate"];
        let code = self.why.split(':').next().unwrap_or_default();
        CODES.iter().any(|known| code.starts_with(known))
    }

    /// As people read it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        Problem {
            digest: Some(self.digest.clone()),
            cause: (self.why == NOT_SHOWN).then(|| Cause::new(CauseCode::EditNotShown, "")),
            ..Problem::new(ProblemKind::Refused, &self.page, self.why.clone())
        }
    }
}

/// The refusals among the problems that the bot itself last listed and that are still listed. Whoever takes a line away makes the bot try again.
pub fn known(problems: &[Problem]) -> Vec<Refusal> {
    let refused = problems.iter().filter(|p| p.kind == ProblemKind::Refused).cloned();
    refused.filter_map(|p| Some(Refusal { page: p.page, digest: p.digest?, why: p.detail })).collect()
}

/// Another version of the bot may have more luck.
fn digest(change: &Change) -> String {
    let base = if let Base::Revision(id) = change.base { id } else { 0 };
    // A message is signed anew each time; what it is about is the same.
    let text = if change.owns == Owns::Message { keys_part(&change.summary) } else { &change.after };
    let digest = Sha256::digest(format!("{}\n{text}", env!("CARGO_PKG_VERSION")));
    let digest: String = digest.iter().take(6).map(|b| format!("{b:02x}")).collect();
    format!("{base}-{digest}")
}
