//! How urgent a request is: `{{Helpdesk priority}}`.

use super::codes::codes;
use super::params::Params;

codes! {
    /// How urgent a request is, the lowest first.
    pub enum Priority {
        /// Can wait.
        Low = "low",
        /// As usual.
        Normal = "normal",
        /// Goes first.
        High = "high",
    }
}

impl Priority {
    /// Reads `{{Helpdesk priority|high}}`.
    pub fn of(params: &dyn Params) -> Option<Self> {
        Self::parse(&params.text("1").trim().to_ascii_lowercase())
    }
}
