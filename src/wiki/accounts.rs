//! Reads of accounts: whose a name is, and whose it was.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::{AllUsers, Contribution, Contributions, Deeds, GroupChanges, Known, Linked, Renames, Users};
use super::client::Client;
use super::error::Error;
use crate::page::{GroupChange, Time, User, timestamp};

/// An account and its groups.
#[derive(Debug, Clone)]
pub struct Account {
    /// The account.
    pub user: User,
    /// The groups it is in.
    pub groups: Vec<String>,
    /// When it was registered; none for the oldest accounts, of which no wiki knows.
    pub registered: Option<Time>,
    /// How many edits the wiki has counted of it.
    pub edits: u64,
    /// It is blocked from the whole wiki.
    pub blocked: bool,
    /// Other spellings of its name, by which it was asked for.
    asked: Vec<String>,
}

impl Account {
    /// Whether the wiki takes this for the account's name.
    pub fn has_name(&self, name: &str) -> bool {
        self.user.name == name || self.asked.iter().any(|asked| asked == name)
    }
}

impl Client {
    /// The accounts with these names; names without an account are left out. One request for 50 names, or 500 with
    /// `apihighlimits`.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn accounts(&self, names: &[String]) -> Result<Vec<Account>, Error> {
        let mut accounts = Vec::new();
        // A pipe or the like is in no account's name, but would split the list, as would a control character.
        let names: Vec<&str> = names
            .iter()
            .map(String::as_str)
            .filter(|n| {
                !n.contains(['|', '#', '<', '>', '[', ']', '{', '}', '\u{fffd}']) && !n.contains(char::is_control)
            })
            .collect();
        for batch in names.chunks(self.batch()) {
            let users = batch.join("|");
            // The list of users does not say which of them it was asked for by which name; titles are answered with that.
            let titles = batch.iter().map(|n| format!("User:{n}")).collect::<Vec<_>>().join("|");
            let params = [
                ("list", "users"),
                ("ususers", users.as_str()),
                ("usprop", "groups|registration|editcount|blockinfo"),
                ("titles", titles.as_str()),
            ];
            let Users { users, normalized } = self.query::<Users>(&params).await?.required()?;
            let mut asked: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for spelt in normalized {
                let from = spelt.asked();
                if let (Some((_, from)), Some((_, to))) = (from.split_once(':'), spelt.to.split_once(':')) {
                    asked.entry(to.to_owned()).or_default().push(from.to_owned());
                }
            }
            // What is beyond ASCII the wiki may write otherwise: two spellings can be one name to it.
            let answered: BTreeSet<&str> = users.iter().map(|user| user.name.as_str()).collect();
            let plain = batch.iter().filter(|n| n.is_ascii());
            let mut plain = plain.filter_map(|n| Some((*n, self.titles.account(n)?)));
            if !plain.all(|(asked, name)| answered.contains(asked) || answered.contains(name.as_str())) {
                return Err(Error::odd("not every account that was asked for"));
            }
            for user in users {
                if let Some(Known { user, groups, registered, edits, blocked }) = user.known()? {
                    let asked = asked.remove(&user.name).unwrap_or_default();
                    accounts.push(Account { user, groups, registered, edits, blocked, asked });
                }
            }
        }
        Ok(accounts)
    }

    /// When the account with this id made the last of its first so many edits; none where it has not made so many, those on
    /// pages that are deleted now left out. One request for 500 edits, or 5,000 with `apihighlimits`.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn edits_reached(&self, id: u64, edits: u32) -> Result<Option<Time>, Error> {
        let (id, mut left) = (id.to_string(), usize::try_from(edits).unwrap_or(usize::MAX));
        let mut start = None;
        loop {
            let limit = left.min(self.batch() * 10).to_string();
            let mut params = vec![
                ("list", "usercontribs"),
                ("ucuserids", id.as_str()),
                ("ucdir", "newer"),
                ("ucprop", "ids|timestamp"),
                ("uclimit", limit.as_str()),
            ];
            params.extend(
                start.iter().flat_map(|more: &Vec<(String, String)>| more).map(|(k, v)| (k.as_str(), v.as_str())),
            );
            let mut part = self.query::<Contributions>(&params).await?;
            let more = part.more.take();
            let found = part.required()?.usercontribs;
            left = left.saturating_sub(found.len());
            match (left, more) {
                (0, _) => return found.last().map(Contribution::at).transpose(),
                (_, None) => return Ok(None),
                (_, more) if more == start => return Err(Error::odd("a list that goes on from the same place")),
                (_, more) => start = more,
            }
        }
    }

    /// The changes of an account's groups that this wiki's log tells of, oldest first. One request for 500 of them, or 5,000
    /// with `apihighlimits`.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn group_changes(&self, name: &str) -> Result<Vec<GroupChange>, Error> {
        let title = format!("User:{name}");
        let params = [
            ("list", "logevents"),
            ("letype", "rights"),
            ("letitle", title.as_str()),
            ("ledir", "newer"),
            ("leprop", "timestamp|details"),
            ("lelimit", "max"),
        ];
        let mut changes = Vec::new();
        self.query_all::<GroupChanges>(&params, |part| {
            for entry in part.required()?.logevents {
                changes.extend(entry.shown()?);
            }
            Ok(())
        })
        .await?;
        Ok(changes)
    }

    /// The account that once had this name and was renamed, followed through so many renames at the most; none where the
    /// log knows of none. One request for each rename, one for the account.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn renamed(&self, name: &str, most: usize) -> Result<Option<Account>, Error> {
        let mut now = name.to_owned();
        for _ in 0..most {
            let title = format!("User:{now}");
            let params =
                [("list", "logevents"), ("letype", "renameuser"), ("letitle", title.as_str()), ("lelimit", "1")];
            let newest = self.query::<Renames>(&params).await?.required()?.logevents.into_iter().next();
            let Some(new) = newest.map(|rename| rename.new_name()).transpose()?.flatten() else { break };
            now = new;
        }
        if now == name { Ok(None) } else { Ok(self.accounts(&[now]).await?.pop()) }
    }

    /// The names of accounts whose pages, or whose talk pages, a page links to, as it is shown: templates on it may link, too.
    /// One request for 500 links, or 5,000 with `apihighlimits`.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn accounts_linked_from(&self, title: &str) -> Result<BTreeSet<String>, Error> {
        let params = [("titles", title), ("prop", "links"), ("plnamespace", "2|3"), ("pllimit", "max")];
        let mut names = BTreeSet::new();
        self.query_all::<Linked>(&params, |part| {
            let links = part.required()?.pages.into_iter().flat_map(|page| page.links);
            names.extend(links.filter_map(|link| self.titles.account_of_link(&link.title)));
            Ok(())
        })
        .await?;
        Ok(names)
    }

    /// The names of accounts in any of these groups, so many at the most. One request.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn members_of(&self, groups: &[String], most: usize) -> Result<Vec<String>, Error> {
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        let (groups, most) = (groups.join("|"), most.to_string());
        let params = [("list", "allusers"), ("augroup", groups.as_str()), ("aulimit", most.as_str())];
        let found = self.query::<AllUsers>(&params).await?.required()?;
        Ok(found.allusers.into_iter().map(|user| user.name).collect())
    }

    /// Whether an account edited anything since then, or did what a log tells, other than to come to be. One request.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn was_active_since(&self, name: &str, since: Time) -> Result<bool, Error> {
        let since = timestamp(since);
        let params = [
            ("list", "usercontribs|logevents"),
            ("ucuser", name),
            ("ucend", since.as_str()),
            ("uclimit", "1"),
            ("ucprop", "ids"),
            ("leuser", name),
            ("leend", since.as_str()),
            ("lelimit", "10"),
            ("leprop", "type"),
        ];
        Ok(!self.query::<Deeds>(&params).await?.required()?.is_empty())
    }
}
