//! Lists of what is no page: accounts, recent changes, renames, contributions.

use serde::de::{Error as _, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::names::{name, optional_name};
use super::pages::{Normalized, named_as_temporary};
use super::time::WikiTime;
use crate::page::{GroupChange, Time, User, parse_timestamp};
use crate::wiki::error::Error;

#[derive(Debug, Deserialize)]
pub(crate) struct Users {
    pub(crate) users: Vec<Account>,
    /// Of pages that were asked for with them.
    #[serde(default)]
    pub(crate) normalized: Vec<Normalized>,
}

/// An account, or a name that has none.
#[derive(Debug, Deserialize)]
pub(crate) struct Account {
    /// As it was asked for, where that is no name.
    pub(crate) name: String,
    userid: Option<u64>,
    groups: Option<Vec<String>>,
    #[serde(default, deserialize_with = "nullable")]
    registration: Option<Option<WikiTime>>,
    editcount: Option<u64>,
    #[serde(default)]
    temp: bool,
    #[serde(default)]
    missing: bool,
    #[serde(default)]
    invalid: bool,
    blockid: Option<u64>,
    #[serde(default)]
    blockpartial: bool,
}

/// An account that exists.
#[derive(Debug, PartialEq)]
pub(crate) struct Known {
    pub(crate) user: User,
    pub(crate) groups: Vec<String>,
    /// None where the wiki does not know.
    pub(crate) registered: Option<Time>,
    pub(crate) edits: u64,
    /// Blocked from the whole wiki.
    pub(crate) blocked: bool,
}

impl Account {
    /// The account; none where there is none of that name.
    pub(crate) fn known(self) -> Result<Option<Known>, Error> {
        if self.missing || self.invalid {
            return Ok(None);
        }
        let (false, Some(id), Some(groups), Some(registered), Some(edits)) =
            (self.name.is_empty(), self.userid, self.groups, self.registration, self.editcount)
        else {
            return Err(Error::odd("an account without name, id, groups, registration or number of edits"));
        };
        let temporary = self.temp || named_as_temporary(&self.name);
        let blocked = self.blockid.is_some() && !self.blockpartial;
        let user = User { id, name: self.name, temporary };
        Ok(Some(Known { user, groups, registered: registered.map(|at| at.0), edits, blocked }))
    }
}

/// A field that has to be there, but may be null.
fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

#[derive(Debug, Deserialize)]
pub(crate) struct RecentChanges {
    pub(crate) recentchanges: Vec<RecentChange>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RecentChange {
    pub(crate) rcid: u64,
    #[serde(rename = "type")]
    kind: String,
    pub(crate) timestamp: WikiTime,
    title: Option<String>,
    revid: Option<u64>,
    pub(crate) redirect: bool,
    #[serde(default, deserialize_with = "optional_name")]
    user: Option<String>,
    #[serde(default)]
    userhidden: bool,
    #[serde(default)]
    actionhidden: bool,
    logtype: Option<String>,
    logparams: Option<Value>,
}

/// What is kept of the parameters of a move.
#[derive(Debug, Deserialize)]
struct Move {
    #[serde(deserialize_with = "name")]
    target_title: String,
}

impl RecentChange {
    pub(crate) fn is_log(&self) -> bool {
        self.kind == "log"
    }

    /// The page and the revision that was made, if any; none where the wiki hides them.
    pub(crate) fn page(&self) -> Result<Option<(&str, Option<u64>)>, Error> {
        match (&self.title, self.revid) {
            // A log may have an entry on nothing.
            (Some(title), Some(id)) if !title.is_empty() || id == 0 => Ok(Some((title, (id != 0).then_some(id)))),
            (None, None) if self.actionhidden => Ok(None),
            _ => Err(Error::odd("a change without title or revision")),
        }
    }

    /// The account; none where the wiki hides it.
    pub(crate) fn user(&self) -> Result<Option<&str>, Error> {
        match &self.user {
            None if !self.userhidden => Err(Error::odd("a change without its author")),
            user => Ok(user.as_deref()),
        }
    }

    /// Where a page was moved to; none where it was not moved or the wiki hides it.
    pub(crate) fn target(&self) -> Result<Option<String>, Error> {
        match (&self.logtype, &self.logparams) {
            (Some(kind), Some(params)) if kind == "move" => {
                let moved = Move::deserialize(params).map_err(|e| Error::odd(&format!("a move: {e}")))?;
                Ok(Some(moved.target_title))
            }
            (Some(_), Some(_)) => Ok(None),
            _ if self.is_log() && !self.actionhidden => Err(Error::odd("a log entry without its action")),
            _ => Ok(None),
        }
    }
}

/// Entries of a log, of which it is looked only at whether there are any.
#[derive(Debug, Deserialize)]
pub(crate) struct LogEntries {
    pub(crate) logevents: Vec<IgnoredAny>,
}

/// Entries of a log, of which it is looked only at when they were made.
#[derive(Debug, Deserialize)]
pub(crate) struct Logged {
    pub(crate) logevents: Vec<LoggedEntry>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct LoggedEntry {
    pub(crate) timestamp: WikiTime,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PageMoves {
    pub(crate) logevents: Vec<PageMoveEntry>,
}

/// An entry of the log of moves; without parameters where the wiki hides them.
#[derive(Debug, Deserialize)]
pub(crate) struct PageMoveEntry {
    timestamp: WikiTime,
    params: Option<PageMoveParams>,
    #[serde(default)]
    actionhidden: bool,
}

#[derive(Debug, Deserialize)]
struct PageMoveParams {
    #[serde(deserialize_with = "name")]
    target_title: String,
}

/// A move: when, and where to.
#[derive(Debug)]
pub(crate) struct PageMove {
    pub(crate) at: Time,
    pub(crate) to: String,
}

impl PageMoveEntry {
    /// The move, where the wiki shows it.
    pub(crate) fn shown(self) -> Result<Option<PageMove>, Error> {
        match self.params {
            None if !self.actionhidden => Err(Error::odd("a move without its parameters")),
            params => Ok(params.map(|params| PageMove { at: self.timestamp.0, to: params.target_title })),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct GroupChanges {
    pub(crate) logevents: Vec<GroupChangeEntry>,
}

/// An entry of the log of rights; without parameters where the wiki hides them.
#[derive(Debug, Deserialize)]
pub(crate) struct GroupChangeEntry {
    timestamp: WikiTime,
    params: Option<GroupChangeParams>,
    #[serde(default)]
    actionhidden: bool,
}

#[derive(Debug, Deserialize)]
struct GroupChangeParams {
    /// Missing as the new ones are, where the entry is of a form of before 2005.
    oldmetadata: Option<Vec<HeldGroup>>,
    newmetadata: Option<Vec<HeldGroup>>,
}

#[derive(Debug, Deserialize)]
struct HeldGroup {
    group: String,
    /// When it ends by itself; none for `infinity`.
    #[serde(rename = "expiry", deserialize_with = "expiry")]
    ends: Option<Time>,
}

fn expiry<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Time>, D::Error> {
    let written = String::deserialize(from)?;
    let time = parse_timestamp(&written);
    if time.is_some() || written == "infinity" { Ok(time) } else { Err(D::Error::custom("an expiry that is no time")) }
}

impl GroupChangeEntry {
    /// The change, where the wiki shows it.
    pub(crate) fn shown(self) -> Result<Option<GroupChange>, Error> {
        let Some(params) = self.params else {
            return if self.actionhidden {
                Ok(None)
            } else {
                Err(Error::odd("a change of groups without its parameters"))
            };
        };
        let held = |groups: Vec<HeldGroup>| groups.into_iter().map(|held| (held.group, held.ends)).collect();
        match (params.oldmetadata, params.newmetadata) {
            (Some(before), Some(after)) => {
                Ok(Some(GroupChange { at: self.timestamp.0, before: held(before), after: held(after) }))
            }
            (None, None) => Ok(None),
            _ => Err(Error::odd("a change of groups without what they were or came to be")),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Renames {
    pub(crate) logevents: Vec<Rename>,
}

/// An entry of the log of renames.
#[derive(Debug, Deserialize)]
pub(crate) struct Rename {
    params: Option<RenameParams>,
    #[serde(default)]
    actionhidden: bool,
}

#[derive(Debug, Deserialize)]
struct RenameParams {
    /// Missing as the new name is, where that is written otherwise.
    olduser: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "optional_name")]
    newuser: Option<String>,
}

impl Rename {
    /// The account's new name; none where the wiki hides it, or wrote it into the comment (until 2014).
    pub(crate) fn new_name(self) -> Result<Option<String>, Error> {
        match self.params {
            None if !self.actionhidden => Err(Error::odd("a rename without its parameters")),
            Some(RenameParams { olduser: Some(_), newuser: None }) => Err(Error::odd("a rename without the new name")),
            params => Ok(params.and_then(|p| p.newuser)),
        }
    }
}

/// What a page links to.
#[derive(Debug, Deserialize)]
pub(crate) struct Linked {
    pub(crate) pages: Vec<LinkingPage>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct LinkingPage {
    /// Missing where there are none, or where another part of the answer has them.
    #[serde(default)]
    pub(crate) links: Vec<LinkTo>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct LinkTo {
    #[serde(deserialize_with = "name")]
    pub(crate) title: String,
}

/// Names of accounts.
#[derive(Debug, Deserialize)]
pub(crate) struct AllUsers {
    pub(crate) allusers: Vec<AllUser>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct AllUser {
    #[serde(deserialize_with = "name")]
    pub(crate) name: String,
}

/// What an account did since some moment, of which it is looked only at whether there is anything.
#[derive(Debug, Deserialize)]
pub(crate) struct Deeds {
    usercontribs: Vec<IgnoredAny>,
    logevents: Vec<Deed>,
}

#[derive(Debug, Deserialize)]
struct Deed {
    /// Missing where the wiki hides it.
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl Deeds {
    /// Whether there is nothing but that the account came to be, which a mere visit brings about.
    pub(crate) fn is_empty(&self) -> bool {
        self.usercontribs.is_empty() && self.logevents.iter().all(|deed| deed.kind.as_deref() == Some("newusers"))
    }
}

/// Pages by their titles; unlike pages of a generator it says so where there are none.
#[derive(Debug, Deserialize)]
pub(crate) struct AllPages {
    pub(crate) allpages: Vec<IgnoredAny>,
}

/// An edit of the bot's in the namespaces of users.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnEdit {
    /// The page as it is called now.
    pub page: String,
    /// The summary; none where the wiki hides it.
    pub summary: Option<String>,
    /// When it was saved.
    pub at: Time,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Contributions {
    pub(crate) usercontribs: Vec<Contribution>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Contribution {
    pub(crate) revid: u64,
    /// Missing where it was not asked for, as the next ones.
    #[serde(default)]
    title: Option<String>,
    timestamp: Option<WikiTime>,
    comment: Option<String>,
    #[serde(default)]
    commenthidden: bool,
}

impl Contribution {
    /// When it was made, where that was asked for.
    pub(crate) fn at(&self) -> Result<Time, Error> {
        self.timestamp.as_ref().map(|at| at.0).ok_or_else(|| Error::odd("an edit without its time"))
    }

    /// The edit, where it was asked for with its page, its time and its summary.
    pub(crate) fn own_edit(self) -> Result<OwnEdit, Error> {
        let (Some(page), Some(at)) = (self.title.filter(|title| !title.is_empty()), self.timestamp) else {
            return Err(Error::odd("an edit without page or time"));
        };
        if self.comment.is_none() && !self.commenthidden {
            return Err(Error::odd("an edit without its summary"));
        }
        Ok(OwnEdit { page, at: at.0, summary: self.comment.filter(|_| !self.commenthidden) })
    }
}
