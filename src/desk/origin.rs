//! Where a desk's configuration comes from.

use super::problem::Problem;
use crate::page::RevisionInfo;

/// What a desk was read from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// Texts in TOML, each over those behind it: the last one is the operator's file.
    pub layers: Vec<String>,
    /// The rules on the wiki that are in force, if there are any.
    pub on_wiki: Option<RulesInForce>,
    /// What is wrong with the page of these.
    pub problems: Vec<Problem>,
}

/// Rules on the wiki that are in force.
#[derive(Debug, Clone, PartialEq)]
pub struct RulesInForce {
    /// The page as it is called now.
    pub page: String,
    /// The revision.
    pub revision: RevisionInfo,
}

/// A desk is what it says, wherever that was read.
impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
