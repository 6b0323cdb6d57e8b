//! Guarded edits: on the revision that was read, or only where nothing is; never as anybody else.

use tracing::info;

use super::{Client, Error};
use crate::plan::{Base, Change};
use crate::records::summary;
use crate::wikitext;

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
        if wikitext::acts_when_saved(&change.after)
            && self.as_saved(change).await?.trim_end() != change.after.trim_end()
        {
            let (page, code) = (change.page.clone(), "text-would-change".to_owned());
            let text = "saving it would sign, expand or reshape what people wrote; open the page, save it, and it is read anew";
            return Err(Error::Refused { page, code, text: text.to_owned() });
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

    /// What the wiki would make of the text: signatures and substitutions act when a page is saved. A page that was
    /// imported may hold some that nobody's saving has met.
    async fn as_saved(&self, change: &Change) -> Result<String, Error> {
        let params = [
            ("action", "parse"),
            ("onlypst", "1"),
            ("title", &change.page),
            ("contentmodel", "wikitext"),
            ("text", &change.after),
        ];
        self.call("parse", &self.connection.lanes.reads, |api| async move {
            let answer = api.post_value(params).await.map_err(|e| Error::from_api(&e, Some(&change.page)))?;
            answer["parse"]["text"].as_str().map(str::to_owned).ok_or_else(|| Error::odd("parse"))
        })
        .await
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
