//! Guarded edits: on the revision that was read, or only where nothing is; never as anybody else.

use std::time::Duration;

use tracing::info;

use super::answers::{Edited, Ended, Parsed};
use super::client::Client;
use super::error::Error;
use crate::wikitext;

/// What a wiki says of a refusal is kept so far, in characters.
const LONGEST_REFUSAL: usize = 200;

/// An edit to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit<'a> {
    /// The page's title.
    pub title: &'a str,
    /// All of the page's new text.
    pub text: &'a str,
    /// The edit summary.
    pub summary: String,
    /// What the page must be when it is saved.
    pub base: EditBase,
}

/// What a page must be when it is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditBase {
    /// The page does not exist.
    Missing,
    /// It exists, and has not changed since this revision but where MediaWiki can merge the two changes.
    Revision(u64),
}

/// What an edit came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// The page's newest revision now.
    pub revision: u64,
    /// Somebody saved in between, elsewhere on the page, and the wiki kept both; the page is read again.
    pub merged: bool,
}

impl Client {
    /// Saves a page. One request; where the text has something that acts when it is saved, one more before it.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the page is not what the edit asks for, [`Error::Refused`] where the wiki does not
    /// allow the edit.
    pub async fn save(&self, edit: &Edit<'_>) -> Result<Saved, Error> {
        let base = if let EditBase::Revision(id) = edit.base { Some(id) } else { None };
        let base_text = base.map(|b| b.to_string());
        let mut params = vec![
            ("action", "edit"),
            ("title", edit.title),
            ("text", edit.text),
            ("summary", edit.summary.as_str()),
            ("bot", "1"),
            ("notminor", "1"),
            ("watchlist", "nochange"),
        ];
        match &base_text {
            Some(base) => params.extend([("baserevid", base.as_str()), ("nocreate", "1")]),
            None => params.push(("createonly", "1")),
        }
        if wikitext::acts_when_saved(edit.text)
            && self.as_saved(edit.title, edit.text).await?.trim_end() != edit.text.trim_end()
        {
            let (page, code) = (edit.title.to_owned(), "text-would-change".to_owned());
            let text = "saving it would sign, expand or reshape what people wrote; open the page, save it, and it is read anew";
            return Err(Error::Refused { page, code, text: text.to_owned() });
        }
        let answer = match self.change::<Edited>(edit.title, &params).await {
            Err(Error::Conflict { page }) => return self.already(edit).await?.ok_or(Error::Conflict { page }),
            answer => answer?,
        };
        let hide = |error| self.session().api.hide(error);
        let saved = match (answer.edit.ended().map_err(hide)?, base) {
            (Ended::Saved { old, new }, base) => Saved { revision: new, merged: base.is_some_and(|base| base != old) },
            (Ended::Unchanged, Some(base)) => Saved { revision: base, merged: false },
            (Ended::Unchanged, None) => return Err(Error::odd("a new page that changes nothing")),
            (Ended::Refused { code, text }, _) => {
                let refused = hide(Error::Refused { page: edit.title.to_owned(), code, text });
                return Err(refused.shortened(LONGEST_REFUSAL));
            }
        };
        info!(page = %edit.title, revision = saved.revision, "{}", edit.summary);
        Ok(saved)
    }

    /// What the wiki would make of a text on a page: signatures and substitutions act when it is saved. A page that was
    /// imported may hold some that nobody's saving has met. One request.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn as_saved(&self, title: &str, text: &str) -> Result<String, Error> {
        let params =
            &[("action", "parse"), ("onlypst", "1"), ("title", title), ("contentmodel", "wikitext"), ("text", text)];
        self.of_page("parse", title, Duration::MAX, |api| async move {
            let answer: Parsed = api.post(params, Some(title)).await?;
            Ok(answer.parse.text)
        })
        .await
    }

    /// Whether the page is already as the edit would make it, by the bot's own hand: the answer to an edit may have
    /// been lost on the way.
    async fn already(&self, edit: &Edit<'_>) -> Result<Option<Saved>, Error> {
        let page = self.page_of_each(&[edit.title.to_owned()]).await?.pop().flatten();
        let ours = page.filter(|p| p.revision.user.as_ref().is_some_and(|u| u.id == self.me.id));
        let same = ours.filter(|p| p.text().trim_end() == edit.text.trim_end());
        Ok(same.map(|p| Saved { revision: p.revision.id, merged: false }))
    }
}
