//! Who the bot is, and what the wiki calls things.

use std::fmt;

use mwtitle::{Interwiki, SiteInfo};
use serde::Deserialize;
use serde::de::Error;
use serde_json::Value;

/// Who the bot is, and what the wiki calls things.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) struct About {
    pub(crate) userinfo: UserInfo,
    pub(crate) general: General,
    pub(crate) languages: Vec<Language>,
    /// What titles are read by.
    pub(crate) siteinfo: SiteInfo,
    /// Tags of extensions, as `<tag>`.
    pub(crate) extensiontags: Vec<String>,
    pub(crate) tokens: Tokens,
}

/// What is read of the answer besides [`SiteInfo`].
#[derive(Deserialize)]
struct Others {
    userinfo: UserInfo,
    general: General,
    languages: Vec<Language>,
    /// [`SiteInfo`] would do without it.
    interwikimap: Vec<Interwiki>,
    extensiontags: Vec<String>,
    tokens: Tokens,
}

impl TryFrom<Value> for About {
    type Error = serde_json::Error;

    fn try_from(answer: Value) -> Result<Self, Self::Error> {
        let siteinfo = SiteInfo::deserialize(&answer)?;
        let Others { userinfo, general, languages, interwikimap, extensiontags, tokens } = Others::deserialize(answer)?;
        // Pages, accounts and templates: there is no wiki without these, but a list that lost them.
        if [0, 2, 10].into_iter().any(|id| siteinfo.namespaces.values().all(|space| space.id != id)) {
            return Err(serde_json::Error::custom("namespaces are missing"));
        }
        // The one for pages alone has no name.
        if siteinfo.namespaces.values().any(|space| space.id != 0 && space.name.is_empty()) {
            return Err(serde_json::Error::custom("a namespace without a name"));
        }
        let siteinfo = SiteInfo { interwiki_map: interwikimap, ..siteinfo };
        Ok(About { userinfo, general, languages, siteinfo, extensiontags, tokens })
    }
}

/// Its `Debug` shows nothing: the token is a secret.
#[derive(Deserialize)]
pub(crate) struct Tokens {
    pub(crate) csrftoken: String,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
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
    pub(crate) langconversion: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Language {
    pub(crate) code: String,
}
