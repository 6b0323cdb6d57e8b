//! Decisions and withdrawals: `{{Helpdesk decision}}`, `{{Helpdesk withdraw}}`.

use serde::Serialize;

use super::params::Params;

/// A status that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Ruling {
    /// The status' id, as written in lower case; empty for a withdrawal.
    pub to: String,
    /// It is a withdrawal.
    pub withdrawal: bool,
    /// The reason given, as wikitext.
    pub reason: String,
}

impl Ruling {
    /// Reads `{{Helpdesk decision|approved|reason=…}}`.
    pub fn decision(params: &dyn Params) -> Option<Self> {
        Some(Ruling {
            to: params.text("1").to_lowercase(),
            withdrawal: false,
            reason: params.text("reason").to_owned(),
        })
    }

    /// Reads `{{Helpdesk withdraw|reason=…}}`.
    pub fn withdrawal(params: &dyn Params) -> Option<Self> {
        Some(Ruling { to: String::new(), withdrawal: true, reason: params.text("reason").to_owned() })
    }
}
