//! Who carries a request out: `{{Helpdesk claim}}`, `{{Helpdesk release}}`.

use serde::Serialize;

use super::codes::codes;
use super::params::Params;
use crate::page::{Time, User};

/// That somebody helps with a request, or does no more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Claim {
    /// Whom it is about, where that is not its author.
    pub on_behalf_of: Option<String>,
    /// They do no more.
    pub release: bool,
}

impl Claim {
    /// Reads `{{Helpdesk claim}}` and `{{Helpdesk claim|for=Dora}}`.
    pub fn begin(params: &dyn Params) -> Option<Self> {
        Some(Claim { on_behalf_of: params.account("for"), release: false })
    }

    /// Reads `{{Helpdesk release}}` and `{{Helpdesk release|for=Dora}}`.
    pub fn end(params: &dyn Params) -> Option<Self> {
        Some(Claim { on_behalf_of: params.account("for"), release: true })
    }
}

codes! {
    /// Who may help with a request.
    #[derive(Default)]
    pub enum ClaimBy {
        /// Every account that is no temporary one.
        #[default]
        Anyone = "anyone",
        /// Everybody with a role on the roster.
        Members = "members",
        /// Those on the list of helpers, and everybody with a role on the roster.
        Listed = "listed",
    }
}

/// Somebody who helps with a request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Helper {
    /// The account.
    pub user: User,
    /// Since when.
    pub since: Time,
    /// The revision that says so, of the page or of minutes.
    pub revision: u64,
    /// Who said so, where that was somebody else.
    pub assigned_by: Option<User>,
}
