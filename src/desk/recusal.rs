//! A member steps aside: `{{Helpdesk recuse}}`.

use serde::Serialize;

use super::params::Params;

/// That its author takes no part in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Recusal;

impl Recusal {
    /// Reads `{{Helpdesk recuse}}`.
    pub fn of(_: &dyn Params) -> Option<Self> {
        Some(Recusal)
    }
}
