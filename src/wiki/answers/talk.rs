//! Pages of users.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::pages::Normalized;

/// What kind of page somebody's page is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TalkPage {
    /// There is such a page.
    pub exists: bool,
    /// What it is made of; `wikitext` on most pages.
    pub model: String,
    /// It is in the category that was asked for.
    pub in_category: bool,
}

/// Pages with what they are made of, and the categories that were asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct TalkPages {
    #[serde(default)]
    normalized: Vec<Normalized>,
    pages: Vec<Page>,
}

#[derive(Debug, Deserialize)]
struct Page {
    title: String,
    #[serde(default)]
    missing: bool,
    #[serde(default)]
    invalid: bool,
    /// What it is made of, or would be made of.
    #[serde(default)]
    contentmodel: String,
    #[serde(default)]
    categories: Vec<serde::de::IgnoredAny>,
}

impl TalkPages {
    /// Adds what a part of an answer says of each page, by the title as it was asked for.
    pub(crate) fn add_to(self, found: &mut BTreeMap<String, TalkPage>) {
        let asked: BTreeMap<String, String> =
            self.normalized.iter().map(|spelt| (spelt.to.clone(), spelt.asked())).collect();
        for page in self.pages {
            let title = asked.get(&page.title).cloned().unwrap_or(page.title);
            let known = found.entry(title).or_default();
            known.exists = !page.missing && !page.invalid;
            known.in_category |= !page.categories.is_empty();
            if !page.contentmodel.is_empty() {
                known.model = page.contentmodel;
            }
        }
    }
}
