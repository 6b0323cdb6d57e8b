//! Batched reads: as few requests as the API allows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Client, Error};
use crate::page::{Page, Revision, RevisionInfo, Time, User, parse_timestamp};

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
    /// Other spellings of its name, by which it was asked for.
    asked: Vec<String>,
}

impl Account {
    /// Whether the wiki takes this for the account's name.
    #[must_use]
    pub fn has_name(&self, name: &str) -> bool {
        self.user.name == name || self.asked.iter().any(|asked| asked == name)
    }
}

impl Client {
    /// The pages with these titles, with the text of their newest revision; missing ones are left out.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn pages(&self, titles: &[String]) -> Result<Vec<Page>, Error> {
        Ok(self.pages_by("titles", titles).await?.into_vec())
    }

    /// For each of these titles, however the wiki spells it, its page; none if there is none.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn page_of_each(&self, titles: &[String]) -> Result<Vec<Option<Page>>, Error> {
        let pages = self.pages_by("titles", titles).await?;
        Ok(titles.iter().map(|title| pages.named(title)).collect())
    }

    /// The pages with these ids, likewise.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn pages_by_id(&self, ids: &[u64]) -> Result<Vec<Page>, Error> {
        Ok(self.pages_by("pageids", &ids.iter().map(u64::to_string).collect::<Vec<_>>()).await?.into_vec())
    }

    async fn pages_by(&self, key: &str, values: &[String]) -> Result<Pages, Error> {
        let mut pages = Pages::default();
        for batch in values.chunks(self.batch()) {
            let values = batch.join("|");
            let params =
                [(key, values.as_str()), ("prop", "revisions|info"), ("rvprop", REVISION), ("rvslots", "main")];
            self.query_all(&params, |q| pages.add(q)).await?;
        }
        pages.answer_all(values)?;
        Ok(pages)
    }

    /// All pages whose title begins so, with the text of their newest revision.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn pages_below(&self, prefix: &str) -> Result<Vec<Page>, Error> {
        let (space, prefix) = self.titles.prefix(prefix);
        let space = space.to_string();
        let params = [
            ("generator", "allpages"),
            ("gapnamespace", space.as_str()),
            ("gapprefix", prefix.as_str()),
            ("gaplimit", "max"),
            ("prop", "revisions|info"),
            ("rvprop", REVISION),
            ("rvslots", "main"),
        ];
        let mut pages = Pages::default();
        // No page at all: then there is nothing but the word that this was all.
        self.query_all(&params, |q| if q.is_null() { Ok(()) } else { pages.add(q) }).await?;
        pages.answer_all(&[])?;
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
        self.query_all(&params, |q| {
            each(revisions_of(&q["pages"][0])?);
            Ok(())
        })
        .await
    }

    /// The first revisions of a page with their text, oldest first: as many as one request gives.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn first_revisions(&self, page_id: u64) -> Result<Vec<Revision>, Error> {
        let id = page_id.to_string();
        let params = [
            ("pageids", id.as_str()),
            ("prop", "revisions"),
            ("rvprop", REVISION),
            ("rvslots", "main"),
            ("rvlimit", "max"),
            ("rvdir", "newer"),
        ];
        revisions_of(&self.query(&params).await?["query"]["pages"][0])
    }

    /// Those of these pages that the bot ever saved, by id.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn saved_once(&self, ids: &[u64]) -> Result<BTreeSet<u64>, Error> {
        let mut saved = BTreeSet::new();
        for batch in ids.chunks(self.batch()) {
            let ids = batch.iter().map(u64::to_string).collect::<Vec<_>>().join("|");
            let params = [("pageids", ids.as_str()), ("prop", "contributors"), ("pclimit", "max")];
            self.query_all(&params, |q| {
                for page in list(q, "pages")? {
                    let by = page["contributors"].as_array().into_iter().flatten();
                    if by.into_iter().any(|c| c["userid"].as_u64() == Some(self.me.id)) {
                        saved.extend(page["pageid"].as_u64());
                    }
                }
                Ok(())
            })
            .await?;
        }
        Ok(saved)
    }

    /// One revision with its text; none where the wiki has it no more.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn revision(&self, id: u64) -> Result<Option<Revision>, Error> {
        let id = id.to_string();
        let params = [("revids", id.as_str()), ("prop", "revisions"), ("rvprop", REVISION), ("rvslots", "main")];
        let answer = self.query(&params).await?;
        let gone = answer["query"]["badrevids"].is_object();
        if gone { Ok(None) } else { Ok(revisions_of(&answer["query"]["pages"][0])?.pop()) }
    }

    /// So many of a page's revisions, from this one back, with their text, newest first.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn revisions_from(&self, title: &str, id: u64, most: usize) -> Result<Vec<Revision>, Error> {
        let (start, most) = (id.to_string(), most.to_string());
        let params = [
            ("titles", title),
            ("prop", "revisions"),
            ("rvprop", REVISION),
            ("rvslots", "main"),
            ("rvlimit", most.as_str()),
            ("rvstartid", start.as_str()),
        ];
        let answer = self.query(&params).await?;
        revisions_of(&answer["query"]["pages"][0])
    }

    /// Who saved these revisions, and when; those that the wiki has no more are left out.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn stamps(&self, ids: &[u64]) -> Result<Vec<RevisionInfo>, Error> {
        let mut stamps = Vec::new();
        for batch in ids.chunks(self.batch()) {
            let ids = batch.iter().map(u64::to_string).collect::<Vec<_>>().join("|");
            let params = [("revids", ids.as_str()), ("prop", "revisions"), ("rvprop", "ids|timestamp|user|userid")];
            self.query_all(&params, |q| {
                if q["pages"].is_null() && q["badrevids"].is_object() {
                    return Ok(());
                }
                for page in list(q, "pages")? {
                    for value in list(page, "revisions")? {
                        stamps.push(stamp(value)?);
                    }
                }
                Ok(())
            })
            .await?;
        }
        Ok(stamps)
    }

    /// The revisions of a page before this one, with their text, newest first: as many as one request gives.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn revisions_before(&self, title: &str, id: u64) -> Result<Vec<Revision>, Error> {
        Ok(self.revisions_from(title, id, 50).await?.into_iter().filter(|r| r.id != id).collect())
    }

    /// The pages that the bot created since, with the revisions that did and the titles they have now.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn created_since(&self, since: Time) -> Result<Vec<(String, Revision)>, Error> {
        let end = crate::page::timestamp(since);
        let params = [
            ("list", "usercontribs"),
            ("ucuser", self.me.name.as_str()),
            ("ucshow", "new"),
            ("ucprop", "ids"),
            ("ucend", end.as_str()),
            ("uclimit", "max"),
        ];
        let mut ids = Vec::new();
        self.query_all(&params, |q| {
            ids.extend(list(q, "usercontribs")?.iter().filter_map(|c| c["revid"].as_u64()).map(|id| id.to_string()));
            Ok(())
        })
        .await?;
        let mut created = Vec::new();
        for batch in ids.chunks(self.batch().min(50)) {
            let ids = batch.join("|");
            let params = [("revids", ids.as_str()), ("prop", "revisions"), ("rvprop", REVISION), ("rvslots", "main")];
            self.query_all(&params, |q| {
                for page in q["pages"].as_array().into_iter().flatten() {
                    let title = page["title"].as_str().ok_or_else(|| Error::odd("a page without title"))?;
                    created.extend(revisions_of(page)?.into_iter().map(|r| (title.to_owned(), r)));
                }
                Ok(())
            })
            .await?;
        }
        Ok(created)
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
            let Some(new) = list(&answer["query"], "logevents")?.first().and_then(|e| e["params"]["newuser"].as_str())
            else {
                break;
            };
            new.clone_into(&mut now);
        }
        if now == name { Ok(None) } else { Ok(self.accounts(&[now]).await?.pop()) }
    }

    /// Pages that redirect to the templates with these names, as titles `(from, to)`.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn template_redirects(&self, names: &[String]) -> Result<Vec<(String, String)>, Error> {
        let templates: BTreeSet<String> = names.iter().filter_map(|name| self.titles.transcluded(name)).collect();
        let templates: Vec<String> = templates.into_iter().collect();
        let mut found = Vec::new();
        for batch in templates.chunks(self.batch()) {
            let titles = batch.join("|");
            let params = [("titles", titles.as_str()), ("prop", "redirects"), ("rdprop", "title"), ("rdlimit", "max")];
            let mut answered = BTreeSet::new();
            self.query_all(&params, |q| {
                for page in list(q, "pages")? {
                    let to = page["title"].as_str().unwrap_or_default();
                    answered.insert(to.to_owned());
                    let redirects = page["redirects"].as_array().into_iter().flatten();
                    let redirects = redirects.filter_map(|redirect| redirect["title"].as_str());
                    found.extend(redirects.map(|from| (from.to_owned(), to.to_owned())));
                }
                Ok(())
            })
            .await?;
            // A template that looks as if nothing redirected to it would make votes look like none.
            if answered.len() < batch.len() {
                return Err(Error::odd("not every template that was asked for"));
            }
        }
        Ok(found)
    }

    /// The accounts with these names; names without an account are left out.
    ///
    /// # Errors
    /// As [`Client::query`].
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
            let params = [("ususers", users.as_str()), ("usprop", "groups|registration"), ("titles", titles.as_str())];
            let answer = self.query(&[[("list", "users")].as_slice(), &params].concat()).await?;
            let users = list(&answer["query"], "users")?;
            let mut asked: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for spelt in answer["query"]["normalized"].as_array().into_iter().flatten() {
                let name = |key: &str| spelt[key].as_str().and_then(|title| title.split_once(':'));
                if let (Some((_, from)), Some((_, to))) = (name("from"), name("to")) {
                    asked.entry(to.to_owned()).or_default().push(from.to_owned());
                }
            }
            // What is beyond ASCII the wiki may write otherwise: two spellings can be one name to it.
            let plain =
                batch.iter().filter(|n| n.is_ascii()).filter_map(|n| self.titles.account(n)).collect::<BTreeSet<_>>();
            if users.len() < plain.len() {
                return Err(Error::odd("not every account that was asked for"));
            }
            for user in users {
                if let (Some(id), Some(name)) = (user["userid"].as_u64(), user["name"].as_str()) {
                    let groups = strings(&user["groups"]).ok_or_else(|| Error::odd("groups"))?;
                    let temporary = is_temporary(user, name);
                    let registered = user["registration"].as_str().and_then(parse_timestamp);
                    let asked = asked.remove(name).unwrap_or_default();
                    let user = User { id, name: name.to_owned(), temporary };
                    accounts.push(Account { user, groups, registered, asked });
                }
            }
        }
        Ok(accounts)
    }
}

/// Pages gathered from the parts of a query. Whatever the wiki says of a page is one of: it is missing, its title is
/// none, or its newest revision. Anything else is an error: it must never look like a page that is not there.
#[derive(Default)]
struct Pages {
    found: BTreeMap<u64, (String, Option<Page>)>,
    /// Titles and ids that have no page.
    absent: BTreeSet<String>,
    /// Titles as they were asked for, with the wiki's own spelling.
    spelt: BTreeMap<String, String>,
}

impl Pages {
    fn add(&mut self, query: &Value) -> Result<(), Error> {
        for spelt in query["normalized"].as_array().into_iter().flatten() {
            if let (Some(from), Some(to)) = (spelt["from"].as_str(), spelt["to"].as_str()) {
                self.spelt.insert(from.to_owned(), to.to_owned());
            }
        }
        let elsewhere = query["interwiki"].as_array().into_iter().flatten();
        self.absent.extend(elsewhere.filter_map(|i| i["title"].as_str().map(str::to_owned)));
        if query["pages"].is_null() && !self.absent.is_empty() {
            return Ok(());
        }
        for page in list(query, "pages")? {
            let title = page["title"].as_str();
            let id = page["pageid"].as_u64();
            if ["missing", "invalid", "special"].iter().any(|k| page[k].as_bool() == Some(true)) {
                let name = title.map(str::to_owned).or(id.map(|id| id.to_string()));
                self.absent.insert(name.ok_or_else(|| Error::odd("a page without a name"))?);
                continue;
            }
            let (Some(id), Some(title)) = (id, title) else {
                return Err(Error::odd("a page without id or title"));
            };
            let redirect = page["redirect"].as_bool().unwrap_or(false);
            // A later part of the answer may name the page again without its revision.
            let newest = page["revisions"].as_array().and_then(|r| r.first()).map(revision).transpose()?;
            let entry = self.found.entry(id).or_insert_with(|| (title.to_owned(), None));
            if let Some(revision) = newest {
                entry.1 = Some(Page { id, title: title.to_owned(), redirect, revision });
            }
        }
        Ok(())
    }

    /// Whether each page has its revision, and each of these titles or ids an answer.
    fn answer_all(&self, asked: &[String]) -> Result<(), Error> {
        if let Some((title, _)) = self.found.values().find(|(_, page)| page.is_none()) {
            return Err(Error::odd(&format!("no revision of {title}")));
        }
        let asked: BTreeSet<&String> = asked.iter().map(|a| self.spelt.get(a).unwrap_or(a)).collect();
        if self.found.len() + self.absent.len() < asked.len() {
            return Err(Error::odd("not every page that was asked for"));
        }
        Ok(())
    }

    fn named(&self, title: &str) -> Option<Page> {
        let spelt = self.spelt.get(title).map_or(title, String::as_str);
        self.found.values().find(|(found, _)| found == spelt).and_then(|(_, page)| page.clone())
    }

    fn into_vec(self) -> Vec<Page> {
        self.found.into_values().filter_map(|(_, page)| page).collect()
    }
}

/// An array that has to be there.
pub(super) fn list<'v>(value: &'v Value, name: &str) -> Result<&'v Vec<Value>, Error> {
    value[name].as_array().ok_or_else(|| Error::odd(name))
}

/// A JSON array of strings.
pub(super) fn strings(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|s| s.as_str().map(str::to_owned)).collect()
}

/// The revisions of a page; none where it is missing.
fn revisions_of(page: &Value) -> Result<Vec<Revision>, Error> {
    if page["missing"].as_bool() == Some(true) {
        return Ok(Vec::new());
    }
    list(page, "revisions")?.iter().map(revision).collect()
}

fn revision(value: &Value) -> Result<Revision, Error> {
    let main = &value["slots"]["main"];
    let text = main["content"].as_str();
    if text.is_none() && !["texthidden", "textmissing", "badcontentformat"].iter().any(|k| hidden(main, k)) {
        return Err(Error::odd("a revision without its text"));
    }
    let RevisionInfo { id, at, user } = stamp(value)?;
    let parent = value["parentid"].as_u64().unwrap_or(0);
    Ok(Revision { id, parent, at, user, text: text.map(str::to_owned) })
}

fn stamp(value: &Value) -> Result<RevisionInfo, Error> {
    let name = value["user"].as_str();
    if name.is_none() && !hidden(value, "userhidden") {
        return Err(Error::odd("a revision without its author"));
    }
    let parts = (value["revid"].as_u64(), value["timestamp"].as_str().and_then(parse_timestamp));
    let (Some(id), Some(at)) = parts else {
        return Err(Error::odd("a revision without id or time"));
    };
    let user = name.map(|name| User {
        id: value["userid"].as_u64().unwrap_or(0),
        name: name.to_owned(),
        temporary: is_temporary(value, name),
    });
    Ok(RevisionInfo { id, at, user })
}

/// What the wiki hides, it says it hides.
fn hidden(value: &Value, key: &str) -> bool {
    value[key].as_bool() == Some(true)
}

/// Temporary accounts and addresses. MediaWiki marks them; their names begin with `~2` by convention.
fn is_temporary(value: &Value, name: &str) -> bool {
    value["temp"].as_bool().unwrap_or(false) || value["anon"].as_bool().unwrap_or(false) || name.starts_with("~2")
}
