//! Who the bot is, and what the wiki calls things.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Who the bot is, and what the wiki calls things.
#[derive(Debug, Deserialize)]
pub(crate) struct About {
    pub(crate) userinfo: UserInfo,
    pub(crate) general: General,
    pub(crate) namespaces: BTreeMap<String, Namespace>,
    pub(crate) namespacealiases: Vec<NamespaceAlias>,
    pub(crate) languages: Vec<Language>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct UserInfo {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) rights: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct General {
    pub(crate) server: String,
    pub(crate) articlepath: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Namespace {
    pub(crate) id: i64,
    pub(crate) name: String,
    /// Missing for pages without namespace.
    pub(crate) canonical: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct NamespaceAlias {
    pub(crate) id: i64,
    pub(crate) alias: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Language {
    pub(crate) code: String,
}
