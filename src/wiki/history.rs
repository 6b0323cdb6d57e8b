//! Reads of revisions: a page's history, single revisions, and what the bot itself saved.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::answers::{self, Contributions};
use super::client::Client;
use super::error::Error;
use super::pages::{WITH_TEXT, WITHOUT_TEXT, texts};
use crate::page::{Revision, RevisionInfo, Time};

/// A page's history from its first revision on.
fn oldest_first(id: &str) -> [(&str, &str); 6] {
    [
        ("pageids", id),
        ("prop", "revisions"),
        ("rvprop", WITH_TEXT),
        ("rvslots", "main"),
        ("rvlimit", "max"),
        ("rvdir", "newer"),
    ]
}

impl Client {
    /// All revisions of a page with their text, oldest first, batch by batch; none where there is no such page. One request
    /// for 50 revisions, or 500 with `apihighlimits`.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn history(&self, page_id: u64, mut each: impl FnMut(Vec<Revision>)) -> Result<(), Error> {
        let id = page_id.to_string();
        self.query_all::<answers::Pages>(&oldest_first(&id), |part| {
            each(part.required()?.single()?.texts()?);
            Ok(())
        })
        .await
    }

    /// The first revisions of a page with their text, oldest first: as many as one request gives (50, or 500 with
    /// `apihighlimits`).
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn first_revisions(&self, page_id: u64) -> Result<Vec<Revision>, Error> {
        let id = page_id.to_string();
        self.query::<answers::Pages>(&oldest_first(&id)).await?.required()?.single()?.texts()
    }

    /// The revisions of a page that are newer than the one with this id, with their text, oldest first. One request for
    /// 50 revisions, or 500 with `apihighlimits`; at least one, since the known revision is asked for too. Revisions are
    /// ordered by time: older ones that were imported, restored or merged later are not among them.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the page is missing or that revision is not in its history; else as every read:
    /// [`Error`].
    pub async fn revisions_since(&self, page_id: u64, known: u64) -> Result<Vec<Revision>, Error> {
        let (id, start) = (page_id.to_string(), known.to_string());
        let params = [&oldest_first(&id)[..], &[("rvstartid", start.as_str())]].concat();
        let mut found = Vec::new();
        self.query_all::<answers::Pages>(&params, |part| {
            found.extend(part.required()?.single()?.texts()?);
            Ok(())
        })
        .await?;
        // MediaWiki begins at the known revision's time, whether or not it is (still) a revision of this page.
        if found.first().is_none_or(|first| first.id != known) {
            return Err(Error::Conflict { page: format!("page {page_id}") });
        }
        found.remove(0);
        Ok(found)
    }

    /// So many of a page's revisions, from the one with this id back, with their text, newest first, and whether these are all
    /// there are; no more than one request gives (50, or 500 with `apihighlimits`). Where histories were merged, a revision
    /// without a parent is not always the oldest.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn revisions_from(&self, title: &str, id: u64, most: usize) -> Result<(Vec<Revision>, bool), Error> {
        let (start, most) = (id.to_string(), most.min(self.batch()).to_string());
        let params = [
            ("titles", title),
            ("prop", "revisions"),
            ("rvprop", WITH_TEXT),
            ("rvslots", "main"),
            ("rvlimit", most.as_str()),
            ("rvstartid", start.as_str()),
        ];
        let part = self.query::<answers::Pages>(&params).await?;
        let all = part.more.is_none();
        Ok((part.required()?.single()?.texts()?, all))
    }

    /// The revisions of a page before the one with this id, with their text, newest first: at most `most`, and no more
    /// than one request gives (49, or 499 with `apihighlimits`).
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn revisions_before(&self, title: &str, id: u64, most: usize) -> Result<Vec<Revision>, Error> {
        let (from, _) = self.revisions_from(title, id, most.saturating_add(1)).await?;
        Ok(from.into_iter().filter(|r| r.id != id).take(most).collect())
    }

    /// The newest revision of a page by the account with this name, with its text; none where there is no such page or
    /// revision. One request.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn last_by(&self, title: &str, user: &str) -> Result<Option<Revision>, Error> {
        let params = [
            ("titles", title),
            ("prop", "revisions"),
            ("rvprop", WITH_TEXT),
            ("rvslots", "main"),
            ("rvlimit", "1"),
            ("rvuser", user),
        ];
        let page = self.query::<answers::Pages>(&params).await?.required()?.single()?;
        // A page without a revision of that account is named without any.
        if !page.absent() && page.revisions.is_none() {
            return page.id().map(|_| None);
        }
        Ok(page.texts()?.pop())
    }

    /// Where the page of this title was moved to last; none where the log knows of no move. One request.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn moved_to(&self, title: &str) -> Result<Option<String>, Error> {
        let params = [("letitle", title), ("lelimit", "1")];
        Ok(self.moves(&params).await?.into_iter().next().map(|entry| entry.to))
    }

    /// Whether somebody ever made a page of this title, as far as the log tells. One request.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn was_created(&self, title: &str) -> Result<bool, Error> {
        let params =
            [("list", "logevents"), ("letype", "create"), ("letitle", title), ("lelimit", "1"), ("leprop", "ids")];
        let found = self.query::<answers::LogEntries>(&params).await?.required()?;
        Ok(!found.logevents.is_empty())
    }

    /// When a page of this title was last deleted, as far as the log tells. One request.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn deleted_at(&self, title: &str) -> Result<Option<Time>, Error> {
        let params = [
            ("list", "logevents"),
            ("leaction", "delete/delete"),
            ("leprop", "timestamp"),
            ("letitle", title),
            ("lelimit", "1"),
        ];
        let found = self.query::<answers::Logged>(&params).await?.required()?;
        Ok(found.logevents.into_iter().next().map(|entry| entry.timestamp.0))
    }

    /// The first move of the page of this title since then: when, and where to. One request.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn moved_since(&self, title: &str, since: Time) -> Result<Option<(Time, String)>, Error> {
        let since = crate::page::timestamp(since);
        let params = [("letitle", title), ("lelimit", "1"), ("ledir", "newer"), ("lestart", since.as_str())];
        Ok(self.moves(&params).await?.into_iter().next().map(|entry| (entry.at, entry.to)))
    }

    /// Whether a page was moved to this title at that time, give or take a few seconds. One request.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn was_moved_here(&self, title: &str, at: Time) -> Result<bool, Error> {
        // The revision that a move makes and its entry in the log are not made in the same moment.
        let around = TimeDelta::seconds(10);
        let (from, to) = (crate::page::timestamp(at - around), crate::page::timestamp(at + around));
        let params = [("ledir", "newer"), ("lestart", from.as_str()), ("leend", to.as_str()), ("lelimit", "max")];
        let here = |entry: answers::PageMove| self.titles.same_page(&entry.to, title);
        Ok(self.moves(&params).await?.into_iter().any(here))
    }

    /// Entries of the log of moves, as far as the wiki shows them.
    async fn moves(&self, params: &[(&str, &str)]) -> Result<Vec<answers::PageMove>, Error> {
        let of_moves = [("list", "logevents"), ("letype", "move"), ("leprop", "timestamp|details")];
        let found = self.query::<answers::PageMoves>(&[&of_moves, params].concat()).await?.required()?;
        let shown = found.logevents.into_iter().map(answers::PageMoveEntry::shown);
        Ok(shown.collect::<Result<Vec<_>, Error>>()?.into_iter().flatten().collect())
    }

    /// One revision with its text; none where the wiki has it no more. One request.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn revision(&self, id: u64) -> Result<Option<Revision>, Error> {
        let found = self.revisions_by_id(&[id], WITH_TEXT).await?.pop();
        found.map(|(_, revision)| revision.with_text()).transpose()
    }

    /// Who saved these revisions, and when; those that the wiki has no more are left out. One request for 50 revisions, or
    /// 500 with `apihighlimits`.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn stamps(&self, ids: &[u64]) -> Result<Vec<RevisionInfo>, Error> {
        self.revisions_by_id(ids, WITHOUT_TEXT).await?.iter().map(|(_, revision)| revision.info()).collect()
    }

    /// The pages that the bot created since, with the revisions that did and the titles they have now. One request for
    /// 500 pages, or 5,000 with `apihighlimits`, and one for 50 of them.
    ///
    /// # Errors
    /// As every read: [`Error`].
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
        self.query_all::<Contributions>(&params, |part| {
            ids.extend(part.required()?.usercontribs.into_iter().map(|c| c.revid));
            Ok(())
        })
        .await?;
        let mut created = Vec::new();
        for batch in ids.chunks(50) {
            for (title, revision) in self.revisions_by_id(batch, WITH_TEXT).await? {
                created.push((title, revision.with_text()?));
            }
        }
        Ok(created)
    }

    /// Those of these pages that the bot ever saved, by id. One request for 50 pages, or 500 with `apihighlimits`; more
    /// where more than 500 (5,000) accounts saved them.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn saved_once(&self, ids: &[u64]) -> Result<BTreeSet<u64>, Error> {
        let (mut saved, mut answered) = (BTreeSet::new(), BTreeSet::new());
        for batch in ids.chunks(self.batch()) {
            let batch = texts(batch).join("|");
            let params = [("pageids", batch.as_str()), ("prop", "contributors"), ("pclimit", "max")];
            self.query_all::<answers::Pages>(&params, |part| {
                for page in part.required()?.required()? {
                    answered.insert(page.id()?);
                    if page.contributors.iter().any(|c| c.userid == self.me.id) {
                        saved.insert(page.id()?);
                    }
                }
                Ok(())
            })
            .await?;
        }
        if ids.iter().any(|id| !answered.contains(id)) {
            return Err(Error::odd("not every page that was asked for"));
        }
        Ok(saved)
    }

    /// Revisions by their ids, with the titles of their pages. Each is in the answer, or the wiki says it has it not.
    async fn revisions_by_id(&self, ids: &[u64], rvprop: &str) -> Result<Vec<(String, answers::Revision)>, Error> {
        let (mut found, mut answered) = (Vec::new(), BTreeSet::new());
        for batch in ids.chunks(self.batch()) {
            let batch = texts(batch).join("|");
            let mut params = vec![("revids", batch.as_str()), ("prop", "revisions"), ("rvprop", rvprop)];
            if rvprop == WITH_TEXT {
                params.push(("rvslots", "main"));
            }
            self.query_all::<answers::Pages>(&params, |part| {
                let query = part.required()?;
                answered.extend(query.badrevids.keys().copied());
                for page in query.pages.unwrap_or_default() {
                    let title = page.title()?.to_owned();
                    for revision in page.revisions.unwrap_or_default() {
                        answered.insert(revision.revid);
                        found.push((title.clone(), revision));
                    }
                }
                Ok(())
            })
            .await?;
        }
        if ids.iter().any(|id| !answered.contains(id)) {
            return Err(Error::odd("not every revision that was asked for"));
        }
        Ok(found)
    }
}
