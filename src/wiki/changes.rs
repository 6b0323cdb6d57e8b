//! The wiki's recent changes: one request tells all that happened since the last one.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::Value;

use super::read::list;
use super::{Client, Error};
use crate::page::{Time, parse_timestamp};

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
    /// The page.
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
    /// What happened on the wiki since the cursor, which moves on. Without one nothing is new: it is made.
    ///
    /// # Errors
    /// As [`Client::query`].
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
        let answer = self.query(&params).await?;
        let entries = list(&answer["query"], "recentchanges")?;
        let (mut newest, mut seen, mut changes) = (self.now(), BTreeSet::new(), Changes::default());
        if let Some(known) = cursor.as_ref() {
            newest = known.newest;
            changes.overflow = answer["continue"].is_object();
        }
        for entry in entries {
            let (id, at) = (entry["rcid"].as_u64(), entry["timestamp"].as_str().and_then(parse_timestamp));
            let (Some(id), Some(at)) = (id, at) else {
                return Err(Error::odd("a change without id or time"));
            };
            newest = newest.max(at);
            seen.insert(id);
            if cursor.as_ref().is_some_and(|c| !c.seen.contains(&id)) {
                changes.hints.push(hint(entry));
            }
        }
        *cursor = Some(Cursor { newest, seen });
        Ok(changes)
    }
}

fn hint(entry: &Value) -> Hint {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Hint {
        title: text(&entry["title"]).unwrap_or_default(),
        target: text(&entry["logparams"]["target_title"]),
        user: text(&entry["user"]),
        redirect: entry["redirect"].as_bool().unwrap_or(false),
        revision: entry["revid"].as_u64().filter(|id| *id != 0),
        log: entry["type"] == "log",
    }
}
