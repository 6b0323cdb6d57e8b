//! The API's answers as types (`formatversion=2`). A field that has to be there and is missing, or is of another type, makes
//! the answer invalid. What the wiki hides, it says it hides.

mod about;
mod edits;
mod files;
mod lists;
mod names;
mod pages;
mod permissions;
mod talk;
mod time;
mod unique;

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use crate::wiki::error::Error;

pub(crate) use about::About;
pub(crate) use edits::{Edited, Ended, Expanded, Parsed};
pub(crate) use files::{Named, Repositories};
pub use lists::OwnEdit;
pub(crate) use lists::{
    AllPages, AllUsers, Contribution, Contributions, Deeds, GroupChanges, Known, Linked, LogEntries, Logged, PageMove,
    PageMoveEntry, PageMoves, RecentChange, RecentChanges, Renames, Users,
};
pub(crate) use pages::{Info, Pages, Revision};
pub(crate) use permissions::{PagePermissions, Permissions, Standing, StandingOf};
pub use talk::TalkPage;
pub(crate) use talk::TalkPages;
pub(crate) use time::WikiTime;
pub(crate) use unique::UniqueKeys;

/// An answer to `action=query`, or a part of one.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer<Q> {
    /// All that belongs to what is in this part is in it.
    #[serde(default)]
    batchcomplete: bool,
    /// The parameters that ask for the next part.
    #[serde(rename = "continue")]
    more: Option<BTreeMap<String, Scalar>>,
    pub(crate) curtimestamp: WikiTime,
    query: Option<Q>,
}

/// What an answer to `action=query` holds once it is known to be whole.
#[derive(Debug)]
pub(crate) struct Part<Q> {
    /// None where a list is empty that other lists are made of.
    pub(crate) query: Option<Q>,
    /// The parameters that ask for the next part; none where this is the last.
    pub(crate) more: Option<Vec<(String, String)>>,
}

/// A parameter of the next part.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Number(i64),
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Text(text) => f.write_str(text),
            Scalar::Number(number) => write!(f, "{number}"),
        }
    }
}

impl<Q> Answer<Q> {
    /// Its content. An answer that neither says that it is complete nor how it goes on was cut short.
    pub(crate) fn whole(self) -> Result<Part<Q>, Error> {
        if !self.batchcomplete && self.more.is_none() {
            return Err(Error::odd("not complete"));
        }
        let more = self.more.map(|more| more.into_iter().map(|(key, value)| (key, value.to_string())).collect());
        Ok(Part { query: self.query, more })
    }
}

impl<Q> Part<Q> {
    /// Its content where there always is some.
    pub(crate) fn required(self) -> Result<Q, Error> {
        self.query.ok_or_else(|| Error::odd("query"))
    }
}

#[cfg(test)]
mod tests;
