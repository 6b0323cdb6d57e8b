//! Messages to people on their talk pages: why each is sent, and what tells it from every other.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::codes::codes;

codes! {
    /// Why somebody hears from the desk. The code is that of the template's words.
    pub enum MessageKind {
        /// To owners: the request has come.
        Received = "received",
        /// To owners: something is missing in it.
        Missing = "missing",
        /// To owners: somebody asks for more.
        Question = "question",
        /// To owners: it has come to a status.
        Status = "status",
        /// To owners: somebody helps.
        Helper = "helper",
        /// To owners: it will be closed for silence.
        Stale = "stale",
        /// To helpers: how does it go?
        Nudge = "nudge",
        /// To those who vote or reply: what waits for them.
        Digest = "digest",
        /// To those whose term ends.
        Term = "term",
    }
}

/// What tells a reason for a message from all others: a second message for the same reason is never sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct MessageKey {
    /// The kind.
    pub kind: MessageKind,
    /// A digest of what it is about, ten hexadecimal digits.
    pub digest: String,
}

impl MessageKey {
    /// Of a digest: it begins with what tells the desk, by its intake page.
    pub fn digest(desk: &str, about: &[&str]) -> Self {
        let key = Self::new(MessageKind::Digest, about);
        MessageKey { digest: format!("{}{}", Self::desk(desk), &key.digest[4..]), ..key }
    }

    /// What the keys of a desk's digests begin with.
    pub fn desk(desk: &str) -> String {
        Self::new(MessageKind::Digest, &[desk]).digest[..4].to_owned()
    }

    /// Of a kind, for what happened.
    pub fn new(kind: MessageKind, about: &[&str]) -> Self {
        let digest = Sha256::digest(format!("{kind}\n{}", about.join("\n")));
        MessageKey { kind, digest: digest.iter().take(5).map(|byte| format!("{byte:02x}")).collect() }
    }
}
