//! Guarded edits: on the revision that was read, or only where nothing is; never as anybody else.

use tracing::info;

use super::{Client, Error};
use crate::plan::{Base, Change};
use crate::write::summary;

/// What an edit came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// The page's newest revision now.
    pub revision: u64,
    /// Somebody saved in between, elsewhere on the page, and the wiki kept both; the page is read again.
    pub merged: bool,
}

impl Client {
    /// Saves a change. `base` is the revision it stands on; none for a page that must not exist.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the page is not as it was read, [`Error::Refused`] where the wiki does not
    /// allow the edit.
    pub async fn save(&self, change: &Change, base: Option<u64>) -> Result<Saved, Error> {
        let summary = summary::signed(&change.summary, &self.me.name);
        let base_text = base.map(|b| b.to_string());
        let mut params = vec![
            ("action", "edit"),
            ("title", change.page.as_str()),
            ("text", change.after.as_str()),
            ("summary", summary.as_str()),
            ("bot", "1"),
            ("notminor", "1"),
            ("watchlist", "nochange"),
        ];
        match (&base_text, change.base) {
            (Some(base), _) => params.extend([("baserevid", base.as_str()), ("nocreate", "1")]),
            (None, Base::Absent) => params.push(("createonly", "1")),
            (None, _) => {
                return Err(Error::Conflict { page: change.page.clone() });
            }
        }
        let edit = match self.change(&change.page, &params).await {
            Err(Error::Conflict { page }) => return self.already(change).await?.ok_or(Error::Conflict { page }),
            answer => answer?,
        };
        match edit["result"].as_str() {
            Some("Success") => {}
            Some(_) => {
                let code = edit["code"].as_str().or(edit["info"].as_str()).unwrap_or("failure").to_owned();
                let text = edit.to_string().chars().take(200).collect();
                return Err(Error::Refused { page: change.page.clone(), code, text });
            }
            None => return Err(Error::odd("edit")),
        }
        let revision = edit["newrevid"].as_u64().or(base).unwrap_or(0);
        let merged = base.is_some() && edit["oldrevid"].as_u64().is_some() && edit["oldrevid"].as_u64() != base;
        info!(page = %change.page, revision, "{}", change.summary);
        Ok(Saved { revision, merged })
    }

    /// Whether the page is already as the change would make it, by the bot's own hand: the answer to an edit may have
    /// been lost on the way.
    async fn already(&self, change: &Change) -> Result<Option<Saved>, Error> {
        let page = self.page_of_each(std::slice::from_ref(&change.page)).await?.pop().flatten();
        let ours = page.filter(|p| p.revision.user.as_ref().is_some_and(|u| u.id == self.me.id));
        let same = ours.filter(|p| p.text().trim_end() == change.after.trim_end());
        Ok(same.map(|p| Saved { revision: p.revision.id, merged: false }))
    }
}
