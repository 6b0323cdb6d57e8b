//! What the bot may do on the wiki right now.

use std::collections::BTreeMap;

use super::answers::{PagePermissions, Permissions, Standing, StandingOf};
use super::client::Client;
use super::error::Error;

impl Client {
    /// Whether the account may edit at all. One request.
    ///
    /// # Errors
    /// [`Error::Barred`] where it is blocked; else as every read: [`Error`].
    pub async fn may_write(&self) -> Result<(), Error> {
        let params = [("meta", "userinfo"), ("uiprop", "blockinfo")];
        let Standing { userinfo } = self.query::<Standing>(&params).await?.required()?;
        userinfo.may_write().map_err(|error| self.session().api.hide(error))
    }

    /// Of these pages, those that the bot may not edit or create, with the wiki's code and words. Filters and blacklists are not
    /// asked. One request for 50 titles, or 500 with `apihighlimits`.
    ///
    /// # Errors
    /// As [`Client::may_write`].
    pub async fn not_editable(&self, titles: &[String]) -> Result<BTreeMap<String, (String, String)>, Error> {
        let mut refused = BTreeMap::new();
        for batch in titles.chunks(self.batch()) {
            let asked = batch.join("|");
            let params = [
                ("titles", asked.as_str()),
                ("prop", "info"),
                ("intestactions", "edit|create"),
                ("intestactionsdetail", "full"),
                ("meta", "userinfo"),
                ("uiprop", "blockinfo"),
            ];
            self.query_all::<Permissions>(&params, |part| {
                let Permissions { userinfo, pages } = part.required()?;
                userinfo.map_or(Ok(()), StandingOf::may_write)?;
                for page in pages.into_iter().filter_map(PagePermissions::refusal) {
                    if let Error::Refused { page, code, text } = self.session().api.hide(page) {
                        let title = batch.iter().find(|title| self.titles.same_page(title, &page)).unwrap_or(&page);
                        refused.insert(title.clone(), (code, text));
                    }
                }
                Ok(())
            })
            .await?;
        }
        Ok(refused)
    }
}
