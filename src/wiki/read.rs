//! Batched reads: as few requests as the API allows.

use std::collections::BTreeMap;

use serde_json::Value;

use super::client::strings;
use super::{Client, Error};
use crate::desk::{Revision, Time, User};
use crate::read::request::time;
use crate::read::snapshot::Page;

/// What is asked about a revision.
const REVISION: &str = "ids|timestamp|user|userid|content";

/// An account and its groups.
#[derive(Debug, Clone)]
pub struct Account {
    /// The account.
    pub user: User,
    /// The groups it is in.
    pub groups: Vec<String>,
    /// When it was registered; none for the oldest accounts, of which no wiki knows.
    pub registered: Option<Time>,
}

impl Client {
    /// The pages with these titles, with the text of their newest revision; missing ones are left out.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn pages(&self, titles: &[String]) -> Result<Vec<Page>, Error> {
        self.pages_by("titles", titles).await
    }

    /// The pages with these ids, likewise.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn pages_by_id(&self, ids: &[u64]) -> Result<Vec<Page>, Error> {
        self.pages_by("pageids", &ids.iter().map(u64::to_string).collect::<Vec<_>>()).await
    }

    async fn pages_by(&self, key: &str, values: &[String]) -> Result<Vec<Page>, Error> {
        let mut pages = Pages::default();
        for batch in values.chunks(self.batch()) {
            let values = batch.join("|");
            let params =
                [(key, values.as_str()), ("prop", "revisions|info"), ("rvprop", REVISION), ("rvslots", "main")];
            self.query_all(&params, |q| pages.add(q)).await?;
        }
        Ok(pages.into_vec())
    }

    /// All pages whose title begins so, with the text of their newest revision.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn pages_below(&self, prefix: &str) -> Result<Vec<Page>, Error> {
        let (space, prefix) = self.split_title(prefix);
        let space = space.to_string();
        let params = [
            ("generator", "allpages"),
            ("gapnamespace", space.as_str()),
            ("gapprefix", prefix),
            ("gaplimit", "max"),
            ("prop", "revisions|info"),
            ("rvprop", REVISION),
            ("rvslots", "main"),
        ];
        let mut pages = Pages::default();
        self.query_all(&params, |q| pages.add(q)).await?;
        Ok(pages.into_vec())
    }

    /// All revisions of a page with their text, oldest first, batch by batch.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn history(&self, page_id: u64, mut each: impl FnMut(Vec<Revision>)) -> Result<(), Error> {
        let id = page_id.to_string();
        let params = [
            ("pageids", id.as_str()),
            ("prop", "revisions"),
            ("rvprop", REVISION),
            ("rvslots", "main"),
            ("rvlimit", "max"),
            ("rvdir", "newer"),
        ];
        self.query_all(&params, |q| each(revisions_of(&q["pages"][0]).collect())).await
    }

    /// One revision with its text; none where the wiki has it no more.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn revision(&self, id: u64) -> Result<Option<Revision>, Error> {
        let id = id.to_string();
        let params = [("revids", id.as_str()), ("prop", "revisions"), ("rvprop", REVISION), ("rvslots", "main")];
        let answer = self.query(&params).await?;
        Ok(revisions_of(&answer["query"]["pages"][0]).next())
    }

    /// The revisions of a page before this one, with their text, newest first: as many as one request gives.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn revisions_before(&self, title: &str, id: u64) -> Result<Vec<Revision>, Error> {
        let start = id.to_string();
        let params = [
            ("titles", title),
            ("prop", "revisions"),
            ("rvprop", REVISION),
            ("rvslots", "main"),
            ("rvlimit", "50"),
            ("rvstartid", start.as_str()),
        ];
        let answer = self.query(&params).await?;
        Ok(revisions_of(&answer["query"]["pages"][0]).filter(|r| r.id != id).collect())
    }

    /// The account that once had this name and was renamed, followed through so many renames at the most.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn renamed(&self, name: &str, most: usize) -> Result<Option<Account>, Error> {
        let mut now = name.to_owned();
        for _ in 0..most {
            let title = format!("User:{now}");
            let params =
                [("list", "logevents"), ("letype", "renameuser"), ("letitle", title.as_str()), ("lelimit", "1")];
            let answer = self.query(&params).await?;
            let Some(new) = answer["query"]["logevents"][0]["params"]["newuser"].as_str() else { break };
            new.clone_into(&mut now);
        }
        if now == name { Ok(None) } else { Ok(self.accounts(&[now]).await?.pop()) }
    }

    /// Pages that redirect to the templates with these names, as `(from, to)` without namespace; and, of the
    /// names, those that exist.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn template_redirects(&self, names: &[String]) -> Result<Vec<(String, String)>, Error> {
        let mut found = Vec::new();
        for batch in names.chunks(self.batch()) {
            let titles = batch.iter().map(|n| format!("Template:{n}")).collect::<Vec<_>>().join("|");
            let params = [
                ("titles", titles.as_str()),
                ("prop", "redirects"),
                ("rdprop", "title"),
                ("rdnamespace", "10"),
                ("rdlimit", "max"),
            ];
            self.query_all(&params, |q| {
                for page in q["pages"].as_array().into_iter().flatten() {
                    let to = self.split_title(page["title"].as_str().unwrap_or_default()).1.to_owned();
                    for redirect in page["redirects"].as_array().into_iter().flatten() {
                        let from = self.split_title(redirect["title"].as_str().unwrap_or_default()).1.to_owned();
                        found.push((from, to.clone()));
                    }
                }
            })
            .await?;
        }
        Ok(found)
    }

    /// The accounts with these names; names without an account are left out.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn accounts(&self, names: &[String]) -> Result<Vec<Account>, Error> {
        let mut accounts = Vec::new();
        // A pipe or the like is in no account's name, but would split the list.
        let names: Vec<&str> = names
            .iter()
            .map(String::as_str)
            .filter(|n| !n.contains(['|', '#', '<', '>', '[', ']', '{', '}']))
            .collect();
        for batch in names.chunks(self.batch()) {
            let users = batch.join("|");
            let answer = self
                .query(&[("list", "users"), ("ususers", users.as_str()), ("usprop", "groups|registration")])
                .await?;
            for user in answer["query"]["users"].as_array().into_iter().flatten() {
                if let (Some(id), Some(name)) = (user["userid"].as_u64(), user["name"].as_str()) {
                    let groups = strings(&user["groups"]);
                    let temporary = is_temporary(user, name);
                    let registered = user["registration"].as_str().and_then(time);
                    accounts.push(Account { user: User { id, name: name.to_owned(), temporary }, groups, registered });
                }
            }
        }
        Ok(accounts)
    }
}

/// Pages gathered from the parts of a query.
#[derive(Default)]
struct Pages(BTreeMap<u64, Page>);

impl Pages {
    fn add(&mut self, query: &Value) {
        for page in query["pages"].as_array().into_iter().flatten() {
            let (Some(id), Some(title)) = (page["pageid"].as_u64(), page["title"].as_str()) else {
                continue;
            };
            // A later part of the answer may name the page again without its revision.
            if let Some(revision) = revisions_of(page).next() {
                self.0.insert(
                    id,
                    Page {
                        id,
                        title: title.to_owned(),
                        redirect: page["redirect"].as_bool().unwrap_or(false),
                        revision,
                    },
                );
            }
        }
    }

    fn into_vec(self) -> Vec<Page> {
        self.0.into_values().collect()
    }
}

fn revisions_of(page: &Value) -> impl Iterator<Item = Revision> + '_ {
    page["revisions"].as_array().into_iter().flatten().filter_map(revision)
}

fn revision(value: &Value) -> Option<Revision> {
    let name = value["user"].as_str();
    Some(Revision {
        id: value["revid"].as_u64()?,
        parent: value["parentid"].as_u64().unwrap_or(0),
        at: time(value["timestamp"].as_str()?)?,
        user: name.map(|name| User {
            id: value["userid"].as_u64().unwrap_or(0),
            name: name.to_owned(),
            temporary: is_temporary(value, name),
        }),
        text: value["slots"]["main"]["content"].as_str().map(str::to_owned),
    })
}

/// Temporary accounts and addresses. MediaWiki marks them; their names begin with `~2` by convention.
fn is_temporary(value: &Value, name: &str) -> bool {
    value["temp"].as_bool().unwrap_or(false) || value["anon"].as_bool().unwrap_or(false) || name.starts_with("~2")
}
