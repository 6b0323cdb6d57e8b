//! Edits that the wiki refused: reported, and not tried again until the page or what is to be written changes. What is
//! known of them stands on the problems page. Pure.

use sha2::{Digest, Sha256};

use super::{Base, Change, Plan};
use crate::desk::problem::Problem;
use crate::page::{Page, User};
use crate::wikitext;
use crate::wikitext::inert::unescape;

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

    /// Whether it was this change.
    #[must_use]
    pub fn is_of(&self, change: &Change) -> bool {
        self.page == change.page && self.digest == digest(change)
    }

    /// As people read it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        Problem { digest: Some(self.digest.clone()), ..Problem::new("refused", &self.page, self.why.clone()) }
    }
}

/// What the problems page tells. Somebody else's word for it is not enough, so that whoever takes a line away, or adds
/// one, makes the bot try again.
#[must_use]
pub fn known(page: Option<&Page>, bot: &User) -> Vec<Refusal> {
    let Some(page) = page.filter(|p| p.revision.user.as_ref().is_some_and(|u| u.id == bot.id)) else {
        return Vec::new();
    };
    let calls = wikitext::calls(page.text());
    let lines = calls.iter().filter(|c| c.name == "Helpdesk problem" && !c.nested && c.value("kind") == "refused");
    let read = lines.map(|c| Refusal {
        page: unescape(c.value("page")),
        digest: unescape(c.value("digest")),
        why: unescape(c.value("detail")),
    });
    read.filter(|r| !r.digest.is_empty()).collect()
}

/// Takes those changes out of a plan that were refused before, and all that builds on them; they stay reported.
pub fn leave_out(plan: &mut Plan, refusals: &[Refusal]) {
    let mut left: Vec<String> = Vec::new();
    let Plan { changes, problems } = plan;
    changes.retain(|change| {
        if left.contains(&change.page) {
            return false;
        }
        let refused = refusals.iter().find(|r| r.is_of(change));
        if let Some(refusal) = refused {
            left.push(change.page.clone());
            problems.push(refusal.problem());
        }
        refused.is_none()
    });
}

/// Another version of the bot may have more luck.
fn digest(change: &Change) -> String {
    let base = if let Base::Revision(id) = change.base { id } else { 0 };
    let digest = Sha256::digest(format!("{}\n{}", env!("CARGO_PKG_VERSION"), change.after));
    let digest: String = digest.iter().take(6).map(|b| format!("{b:02x}")).collect();
    format!("{base}-{digest}")
}
