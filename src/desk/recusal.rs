//! A member steps aside: `{{Helpdesk recuse}}`.

use serde::Serialize;

use super::params::Params;

/// That somebody takes no part in a request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Recusal {
    /// The member, where minutes say it; else its author.
    pub on_behalf_of: Option<String>,
}

impl Recusal {
    /// Reads `{{Helpdesk recuse}}`.
    pub fn of(_: &dyn Params) -> Option<Self> {
        Some(Self::default())
    }
}
