//! Pages shown anew.

use serde::de::IgnoredAny;

use super::client::Client;
use super::error::Error;

impl Client {
    /// Has the wiki forget how it showed these pages, and read anew what they use and link to: else they stay as they were
    /// until its job queue comes to them. One request for 50 titles, or 500 with `apihighlimits`. What is beyond the limit for
    /// purges (30 a minute for accounts that are no bots) is left to that queue.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn purge(&self, titles: &[String]) -> Result<(), Error> {
        for batch in titles.chunks(self.batch()) {
            let titles = batch.join("|");
            let params = &[("action", "purge"), ("forcelinkupdate", "1"), ("titles", titles.as_str())];
            self.call("purge", &self.connection.lanes.writes, |session| async move {
                session.api.post::<IgnoredAny>(params, None).await
            })
            .await?;
        }
        Ok(())
    }
}
