//! What an edit came to, and what a text would be when it is saved.

use serde::Deserialize;
use serde_json::Value;

use crate::wiki::error::Error;

#[derive(Debug, Deserialize)]
pub(crate) struct Edited {
    pub(crate) edit: EditResult,
}

/// What an edit came to.
#[derive(Debug, Deserialize)]
pub(crate) struct EditResult {
    result: String,
    #[serde(default)]
    nochange: bool,
    oldrevid: Option<u64>,
    newrevid: Option<u64>,
    /// What an extension that refuses an edit has to say is as it likes.
    #[serde(flatten)]
    rest: serde_json::Map<String, Value>,
}

/// How an edit ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The page was saved: the revision before, 0 for a new page, and the new one.
    Saved { old: u64, new: u64 },
    /// The page said so already.
    Unchanged,
    /// It was refused: a code, and all that the wiki says of it.
    Refused { code: String, text: String },
}

impl EditResult {
    pub(crate) fn ended(self) -> Result<Ended, Error> {
        match (self.result.as_str(), self.oldrevid, self.newrevid) {
            ("Success", Some(old), Some(new)) => Ok(Ended::Saved { old, new }),
            ("Success", None, None) if self.nochange => Ok(Ended::Unchanged),
            ("Success", ..) => Err(Error::odd("an edit without its revisions")),
            ("Failure", ..) => {
                let code = ["code", "info"].iter().find_map(|key| self.rest.get(*key)?.as_str()).unwrap_or("failure");
                let code = code.to_owned();
                let text = Value::Object(self.rest).to_string();
                Ok(Ended::Refused { code, text })
            }
            (other, ..) => Err(Error::odd(&format!("an edit with the result {other:?}"))),
        }
    }
}

/// What templates in a text come to.
#[derive(Debug, Deserialize)]
pub(crate) struct Expanded {
    pub(crate) expandtemplates: Wikitext,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Wikitext {
    pub(crate) wikitext: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Parsed {
    pub(crate) parse: Text,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Text {
    pub(crate) text: String,
}
