//! What templates and magic words come to, and how texts look.

use std::time::Duration;

use super::answers::{Expanded, Parsed};
use super::client::Client;
use super::error::Error;

/// Between two values of one request.
const BETWEEN: &str = "\n<-- helpdesk: the next value -->\n";

impl Client {
    /// These values as MediaWiki expands them on a page with this title, trimmed. One request; one for each value where they
    /// hold tags, which one could open and another one close.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn expanded(&self, title: &str, values: &[String]) -> Result<Vec<String>, Error> {
        if !values.iter().any(|value| value.contains('<')) {
            let together = self.expand(title, &values.join(BETWEEN)).await?;
            let found: Vec<String> = together.split(BETWEEN.trim()).map(|v| v.trim().to_owned()).collect();
            if found.len() == values.len() {
                return Ok(found);
            }
        }
        let mut found = Vec::new();
        for value in values {
            found.push(self.expand(title, value).await?.trim().to_owned());
        }
        Ok(found)
    }

    /// Whether the wiki tells its parser who reads (`$wgParserEnableUserLanguage`); if not, it shows each page in the page's own
    /// language. One request.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn shows_readers_language(&self) -> Result<bool, Error> {
        // The language of no page.
        const NOBODYS: &str = "qqx";
        let text = [("prop", "wikitext"), ("text", "{{USERLANGUAGE}}"), ("uselang", NOBODYS)];
        let params = &[&[("action", "expandtemplates"), ("title", "-")], &text[..]].concat();
        let shown = self.of_page("expandtemplates", "-", Duration::MAX, |api| async move {
            let answer: Expanded = api.post(params, None).await?;
            Ok(answer.expandtemplates.wikitext)
        });
        Ok(shown.await?.trim() == NOBODYS)
    }

    /// The HTML of a text on a page with this title, by MediaWiki's own parser. One request.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn parsed(&self, title: &str, text: &str) -> Result<String, Error> {
        let params = &[
            ("action", "parse"),
            ("prop", "text"),
            ("disablelimitreport", "1"),
            ("disableeditsection", "1"),
            ("title", title),
            ("contentmodel", "wikitext"),
            ("text", text),
        ];
        self.of_page("parse", title, Duration::MAX, |api| async move {
            let answer: Parsed = api.post(params, None).await?;
            Ok(answer.parse.text)
        })
        .await
    }

    async fn expand(&self, title: &str, text: &str) -> Result<String, Error> {
        let params = &[("action", "expandtemplates"), ("title", title), ("prop", "wikitext"), ("text", text)];
        self.of_page("expandtemplates", title, Duration::MAX, |api| async move {
            let answer: Expanded = api.post(params, None).await?;
            Ok(answer.expandtemplates.wikitext)
        })
        .await
    }
}
