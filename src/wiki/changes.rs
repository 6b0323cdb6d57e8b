//! The wiki's recent changes: one request tells all that happened since the last one.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::answers::{RecentChange, RecentChanges};
use super::client::Client;
use super::error::Error;
use crate::page::Time;

/// How far a look reaches back behind the newest change that is known: what was saved at the same moment, or by a
/// slower server, may show later.
const OVERLAP: TimeDelta = TimeDelta::seconds(60);

/// How far the recent changes are known.
#[derive(Debug, Clone)]
pub struct Cursor {
    newest: Time,
    seen: BTreeSet<u64>,
}

/// What happened to a page, as far as a hint needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The page; empty where the wiki hides it.
    pub title: String,
    /// Where it was moved to.
    pub target: Option<String>,
    /// The account; none where the wiki hides it.
    pub user: Option<String>,
    /// The page is a redirect.
    pub redirect: bool,
    /// The revision that was made; none where none was.
    pub revision: Option<u64>,
    /// It is an entry of a log, such as a move or a deletion.
    pub log: bool,
}

/// What one look brought.
#[derive(Debug, Default)]
pub struct Changes {
    /// What was not seen before.
    pub hints: Vec<Hint>,
    /// There was more than one answer holds.
    pub overflow: bool,
}

impl Client {
    /// What happened on the wiki since the cursor, which moves on. Without one nothing is new: it is made. One request, of
    /// 500 changes at most, or 5,000 with `apihighlimits`.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn changes(&self, cursor: &mut Option<Cursor>) -> Result<Changes, Error> {
        let from = cursor.as_ref().map_or_else(|| self.now(), |c| c.newest) - OVERLAP;
        let from = crate::page::timestamp(from);
        let params = [
            ("list", "recentchanges"),
            ("rcprop", "ids|title|timestamp|user|loginfo|redirect"),
            ("rctype", "edit|new|log"),
            ("rclimit", "max"),
            ("rcend", from.as_str()),
        ];
        let part = self.query::<RecentChanges>(&params).await?;
        let (mut newest, mut seen, mut changes) = (self.now(), BTreeSet::new(), Changes::default());
        if let Some(known) = cursor.as_ref() {
            newest = known.newest;
            changes.overflow = part.more.is_some();
        }
        for entry in part.required()?.recentchanges {
            newest = newest.max(entry.timestamp.0);
            seen.insert(entry.rcid);
            if cursor.as_ref().is_some_and(|c| !c.seen.contains(&entry.rcid)) {
                changes.hints.push(hint(&entry)?);
            }
        }
        *cursor = Some(Cursor { newest, seen });
        Ok(changes)
    }
}

fn hint(entry: &RecentChange) -> Result<Hint, Error> {
    let (title, revision) = entry.page()?.unwrap_or_default();
    Ok(Hint {
        title: title.to_owned(),
        target: entry.target()?,
        user: entry.user()?.map(str::to_owned),
        redirect: entry.redirect,
        revision,
        log: entry.is_log(),
    })
}
