//! Pages and their revisions.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::names::{name, optional_name};
use super::time::WikiTime;
use crate::page::{self, RevisionInfo, User};
use crate::wiki::error::Error;
use crate::wikitext::encoding::decode_percent;

/// Pages by their titles or ids, or of a generator; or revisions by their ids.
#[derive(Debug, Deserialize)]
pub(crate) struct Pages {
    #[serde(default)]
    pub(crate) normalized: Vec<Normalized>,
    /// Titles of pages on other wikis.
    #[serde(default)]
    pub(crate) interwiki: Vec<Titled>,
    /// Missing where all that was asked for is elsewhere or no revision.
    pub(crate) pages: Option<Vec<Page>>,
    /// Revisions that do not exist (any more).
    #[serde(default)]
    pub(crate) badrevids: BTreeMap<u64, BadRevision>,
}

impl Pages {
    /// The pages where there always are some.
    pub(crate) fn required(self) -> Result<Vec<Page>, Error> {
        self.pages.ok_or_else(|| Error::odd("pages"))
    }

    /// The page, where one was asked for.
    pub(crate) fn single(self) -> Result<Page, Error> {
        let mut pages = self.required()?;
        if pages.len() > 1 {
            return Err(Error::odd("several pages for one"));
        }
        pages.pop().ok_or_else(|| Error::odd("no page"))
    }
}

/// How the wiki spells a title that was asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Normalized {
    /// `from` is percent-encoded, since it is not in Unicode's normal form.
    fromencoded: bool,
    from: String,
    #[serde(deserialize_with = "name")]
    pub(crate) to: String,
}

impl Normalized {
    /// The title as it was asked for.
    pub(crate) fn asked(&self) -> String {
        if self.fromencoded { decode_percent(&self.from) } else { self.from.clone() }
    }
}

/// Anything of which only the title matters.
#[derive(Debug, Deserialize)]
pub(crate) struct Titled {
    #[serde(deserialize_with = "name")]
    pub(crate) title: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct BadRevision {}

/// A page, with what was asked about it.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    pub(crate) pageid: Option<u64>,
    pub(crate) title: Option<String>,
    #[serde(default)]
    pub(crate) missing: bool,
    #[serde(default)]
    invalid: bool,
    #[serde(default)]
    special: bool,
    #[serde(default)]
    redirect: bool,
    lastrevid: Option<u64>,
    length: Option<usize>,
    pub(crate) revisions: Option<Vec<Revision>>,
    /// Missing where no account ever saved the page, and in parts that have others' only.
    #[serde(default)]
    pub(crate) contributors: Vec<Contributor>,
    /// Missing where nothing redirects there, and in parts that have others' only.
    #[serde(default)]
    pub(crate) redirects: Vec<Titled>,
}

/// What `prop=info` says of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Info {
    pub(crate) newest: u64,
    /// The length of its text, in bytes.
    pub(crate) length: usize,
    pub(crate) redirect: bool,
}

impl Page {
    /// The wiki has no such page: it is missing, or its title is none.
    pub(crate) fn absent(&self) -> bool {
        self.missing || self.invalid || self.special
    }

    /// The title, where the page was asked for by it.
    pub(crate) fn title(&self) -> Result<&str, Error> {
        self.title.as_deref().filter(|title| !title.is_empty()).ok_or_else(|| Error::odd("a page without title"))
    }

    /// The id of a page that may be missing, where it was asked for by that.
    pub(crate) fn id(&self) -> Result<u64, Error> {
        self.pageid.ok_or_else(|| Error::odd("a page without id"))
    }

    /// What `prop=info` says; none in a part of an answer that has it not.
    pub(crate) fn info(&self) -> Option<Info> {
        Some(Info { newest: self.lastrevid?, length: self.length?, redirect: self.redirect })
    }

    /// Its revisions with their text; none where it is missing.
    pub(crate) fn texts(self) -> Result<Vec<page::Revision>, Error> {
        match self.revisions {
            None if self.missing => Ok(Vec::new()),
            None => Err(Error::odd("a page without revisions")),
            Some(revisions) => revisions.into_iter().map(Revision::with_text).collect(),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Contributor {
    pub(crate) userid: u64,
}

/// A revision, with its text or without.
#[derive(Debug, Deserialize)]
pub(crate) struct Revision {
    pub(crate) revid: u64,
    pub(crate) parentid: u64,
    timestamp: WikiTime,
    #[serde(default, deserialize_with = "optional_name")]
    user: Option<String>,
    userid: Option<u64>,
    #[serde(default)]
    userhidden: bool,
    #[serde(default)]
    temp: bool,
    slots: Option<Slots>,
}

#[derive(Debug, Deserialize)]
struct Slots {
    main: Slot,
}

#[derive(Debug, Deserialize)]
struct Slot {
    content: Option<String>,
    #[serde(default)]
    texthidden: bool,
    #[serde(default)]
    textmissing: bool,
    #[serde(default)]
    badcontentformat: bool,
}

impl Revision {
    /// Who saved it, and when.
    pub(crate) fn info(&self) -> Result<RevisionInfo, Error> {
        let user = match (&self.user, self.userid) {
            (Some(name), Some(id)) => {
                // An address has no account.
                let temporary = self.temp || id == 0 || named_as_temporary(name);
                Some(User { id, name: name.clone(), temporary })
            }
            (None, None) if self.userhidden => None,
            _ => return Err(Error::odd("a revision without its author")),
        };
        Ok(RevisionInfo { id: self.revid, at: self.timestamp.0, user })
    }

    /// The revision with its text.
    pub(crate) fn with_text(self) -> Result<page::Revision, Error> {
        let RevisionInfo { id, at, user } = self.info()?;
        let main = self.slots.ok_or_else(|| Error::odd("a revision without slots"))?.main;
        if main.content.is_none() && !(main.texthidden || main.textmissing || main.badcontentformat) {
            return Err(Error::odd("a revision without its text"));
        }
        Ok(page::Revision { id, parent: self.parentid, at, user, text: main.content })
    }
}

/// MediaWiki marks temporary accounts; where it does not, their names begin so by convention.
pub(crate) fn named_as_temporary(name: &str) -> bool {
    name.starts_with("~2")
}
