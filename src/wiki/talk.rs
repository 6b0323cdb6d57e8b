//! What it takes to write to people: what the bot wrote on their pages before, and what kind of pages these are.

use std::collections::BTreeMap;

use super::answers::{Contributions, TalkPages};
pub use super::answers::{OwnEdit, TalkPage};
use super::client::Client;
use super::error::Error;
use crate::page::{Time, timestamp};

impl Client {
    /// The bot's edits of users' pages and their talk pages since then. One request for 500 edits, or 5,000 with
    /// `apihighlimits`.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn own_edits_of_users(&self, since: Time) -> Result<Vec<OwnEdit>, Error> {
        let since = timestamp(since);
        let params = [
            ("list", "usercontribs"),
            ("ucuser", self.me.name.as_str()),
            ("ucnamespace", "2|3"),
            ("ucprop", "ids|title|timestamp|comment"),
            ("uclimit", "max"),
            ("ucend", since.as_str()),
        ];
        let mut edits = Vec::new();
        self.query_all::<Contributions>(&params, |part| {
            for entry in part.required()?.usercontribs {
                edits.push(entry.own_edit()?);
            }
            Ok(())
        })
        .await?;
        Ok(edits)
    }

    /// What kind of pages these are, and whether they are in a category (none: it is not asked). One request for 50 titles, or
    /// 500 with `apihighlimits`.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn talk_pages(
        &self,
        titles: &[String],
        category: Option<&str>,
    ) -> Result<BTreeMap<String, TalkPage>, Error> {
        let mut found: BTreeMap<String, TalkPage> = BTreeMap::new();
        for batch in titles.chunks(self.batch()) {
            let asked = batch.join("|");
            let mut params = vec![("titles", asked.as_str()), ("prop", "info|categories")];
            match category {
                Some(category) => params.extend([("clcategories", category), ("cllimit", "max")]),
                None => params[1].1 = "info",
            }
            self.query_all(&params, |part| part.required().map(|pages: TalkPages| pages.add_to(&mut found))).await?;
        }
        if titles.iter().any(|title| !found.contains_key(title)) {
            return Err(Error::odd("not every page that was asked for"));
        }
        Ok(found)
    }
}
