//! What the bot may do.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::wiki::block::Block;
use crate::wiki::error::Error;

#[derive(Debug, Deserialize)]
pub(crate) struct Standing {
    pub(crate) userinfo: StandingOf,
}

#[derive(Debug, Deserialize)]
pub(crate) struct StandingOf {
    /// Missing where the account is not blocked.
    blockid: Option<Value>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl StandingOf {
    /// Whether the account may edit anything at all.
    pub(crate) fn may_write(self) -> Result<(), Error> {
        if self.blockid.is_none() {
            return Ok(());
        }
        let block: Block =
            serde_json::from_value(Value::Object(self.rest)).map_err(|e| Error::odd(&format!("a block: {e}")))?;
        if block.blockpartial { Ok(()) } else { Err(Error::barred(&block.to_string())) }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Permissions {
    /// In the first part of an answer.
    pub(crate) userinfo: Option<StandingOf>,
    pub(crate) pages: Vec<PagePermissions>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PagePermissions {
    pub(crate) title: String,
    #[serde(default)]
    missing: bool,
    /// None in a part of an answer that has not come to this page yet: a wiki tests so many actions at a time.
    actions: Option<Actions>,
}

/// Why each action is not allowed; empty where it is.
#[derive(Debug, Deserialize)]
struct Actions {
    edit: Vec<mwapi::ApiError>,
    create: Vec<mwapi::ApiError>,
}

impl PagePermissions {
    /// Why the page cannot be saved, if it cannot.
    pub(crate) fn refusal(self) -> Option<Error> {
        let Actions { edit, create } = self.actions?;
        let create = create.into_iter().filter(|_| self.missing);
        let error = edit.into_iter().chain(create).next()?;
        Some(Error::Refused { page: self.title, text: Error::words(&error), code: error.code })
    }
}
