//! Whether there are files and categories, on the wiki or on the repository of files that it shares with others.

use std::collections::BTreeMap;

use tracing::warn;

use super::answers::{Answer, Named, Repositories};
use super::api::Api;
use super::client::Client;
use super::error::Error;

/// What is asked about titles.
const ASKED: [(&str, &str); 2] = [("action", "query"), ("prop", "info|categoryinfo")];

impl Client {
    /// For each of these titles whether there is such a page, file or category: also files of the shared repository, and
    /// categories that have members without a page. Categories that the wiki does not have are looked for there too; what cannot
    /// be asked is taken to be there. One request for 50 titles, or 500 with `apihighlimits`; two more where a category is to
    /// be looked for elsewhere.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn there_are(&self, titles: &[String]) -> Result<Vec<bool>, Error> {
        let mut there: BTreeMap<String, bool> = BTreeMap::new();
        for batch in titles.chunks(self.batch()) {
            let titles = batch.join("|");
            let params = [ASKED[1], ("titles", titles.as_str())];
            self.query_all(&params, |part| part.required().map(|named: Named| named.add_to(&mut there))).await?;
        }
        let elsewhere: Vec<String> = titles
            .iter()
            .filter(|title| there.get(*title) == Some(&false) && self.titles.is_category(title))
            .cloned()
            .collect();
        if !elsewhere.is_empty() {
            match self.shared(&elsewhere).await {
                Ok(found) => there.extend(elsewhere.into_iter().zip(found)),
                Err(error) => {
                    warn!("the shared repository cannot be asked for categories, which are taken to be there: {error}");
                    there.extend(elsewhere.into_iter().map(|title| (title, true)));
                }
            }
        }
        Ok(titles.iter().map(|title| there.get(title).copied().unwrap_or(false)).collect())
    }

    /// Whether the shared repositories have these categories; nobody is logged in there.
    async fn shared(&self, titles: &[String]) -> Result<Vec<bool>, Error> {
        let params = [("meta", "filerepoinfo"), ("friprop", "name|local|apiurl|scriptDirUrl")];
        let repositories = self.query::<Repositories>(&params).await?.required()?;
        let mut there: BTreeMap<String, bool> = BTreeMap::new();
        // The names of namespaces that every wiki knows.
        let plain: Vec<String> = titles
            .iter()
            .map(|title| format!("Category:{}", title.split_once(':').map_or("", |(_, name)| name)))
            .collect();
        for api_url in repositories.apis() {
            let api = Api::new(&self.connection.elsewhere(api_url), "categories that outcomes name")?;
            for batch in plain.chunks(50) {
                let titles = batch.join("|");
                let answer: Answer<Named> = api.get(&[&ASKED[..], &[("titles", titles.as_str())]].concat()).await?;
                answer.whole()?.required()?.add_to(&mut there);
            }
        }
        Ok(plain.iter().map(|title| there.get(title).copied().unwrap_or(false)).collect())
    }
}
