//! Batched reads of pages: their newest revisions, with or without text, and what redirects to them.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::{self, Info};
use super::client::Client;
use super::error::Error;
use crate::page::{Page, PageRef, RevisionInfo};

/// What is asked about a revision, with its text.
pub(super) const WITH_TEXT: &str = "ids|timestamp|user|userid|content";
/// The same without the text.
pub(super) const WITHOUT_TEXT: &str = "ids|timestamp|user|userid";

/// No desk has more pages.
const MOST_PAGES: usize = 300_000;

/// A page in a list of pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The page.
    pub page: PageRef,
    /// The id of its newest revision.
    pub revision: u64,
    /// The length of its text, in bytes.
    pub length: usize,
    /// It is a redirect.
    pub redirect: bool,
}

/// A page with its newest revision, without the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Newest {
    /// The page.
    pub page: PageRef,
    /// It is a redirect.
    pub redirect: bool,
    /// Its newest revision.
    pub info: RevisionInfo,
    /// The id of the revision before that; 0 where that is the first.
    pub parent: u64,
    /// The length of its text, in bytes.
    pub length: usize,
}

impl Client {
    /// The pages with these titles, by id, with the text of their newest revision; missing ones are left out. One request
    /// for 50 titles, or 500 with `apihighlimits`.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn pages(&self, titles: &[String]) -> Result<Vec<Page>, Error> {
        self.gather("titles", titles, WITH_TEXT).await?.into_vec(Gathered::with_text)
    }

    /// For each of these titles, however the wiki spells it, its page with the text of the newest revision; none if there
    /// is no such page. As many requests as [`Client::pages`].
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn page_of_each(&self, titles: &[String]) -> Result<Vec<Option<Page>>, Error> {
        self.gather("titles", titles, WITH_TEXT).await?.of_each(titles, Gathered::with_text)
    }

    /// The pages with these ids, likewise; missing ones are left out. As many requests as [`Client::pages`].
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn pages_by_id(&self, ids: &[u64]) -> Result<Vec<Page>, Error> {
        self.gather("pageids", &texts(ids), WITH_TEXT).await?.into_vec(Gathered::with_text)
    }

    /// For each of these titles, however the wiki spells it, its page with the newest revision, without the text; none if
    /// there is no such page. One request for 50 titles, or 500 with `apihighlimits`.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn newest(&self, titles: &[String]) -> Result<Vec<Option<Newest>>, Error> {
        self.gather("titles", titles, WITHOUT_TEXT).await?.of_each(titles, Gathered::without_text)
    }

    /// The pages with these ids, by id, likewise; missing ones are left out. As many requests as [`Client::newest`].
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn newest_by_id(&self, ids: &[u64]) -> Result<Vec<Newest>, Error> {
        self.gather("pageids", &texts(ids), WITHOUT_TEXT).await?.into_vec(Gathered::without_text)
    }

    /// All pages whose title begins so, by id, with the text of their newest revision. One request for 50 pages, or 500
    /// with `apihighlimits`; one more where there are none.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn pages_below(&self, prefix: &str) -> Result<Vec<Page>, Error> {
        let params = [("prop", "revisions|info"), ("rvprop", WITH_TEXT), ("rvslots", "main")];
        self.gather_below(prefix, &params).await?.into_vec(Gathered::with_text)
    }

    /// All pages whose title begins so, by id, with the id of their newest revision. One request for 500 pages, or 5,000
    /// with `apihighlimits`; one more where there are none.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn listing(&self, prefix: &str) -> Result<Vec<Listed>, Error> {
        self.gather_below(prefix, &[("prop", "info")]).await?.into_vec(Gathered::listed)
    }

    async fn gather(&self, key: &str, values: &[String], rvprop: &str) -> Result<Pages, Error> {
        let mut pages = Pages::default();
        for batch in values.chunks(self.batch()) {
            let values = batch.join("|");
            let mut params = vec![(key, values.as_str()), ("prop", "revisions|info"), ("rvprop", rvprop)];
            if rvprop == WITH_TEXT {
                params.push(("rvslots", "main"));
            }
            self.query_all(&params, |part| pages.add(part.required()?)).await?;
        }
        pages.answer_all(values)?;
        Ok(pages)
    }

    async fn gather_below(&self, prefix: &str, params: &[(&str, &str)]) -> Result<Pages, Error> {
        let (space, prefix) = self.titles.prefix(prefix);
        let space = space.to_string();
        let of_prefix = [
            ("generator", "allpages"),
            ("gapnamespace", space.as_str()),
            ("gapprefix", prefix.as_str()),
            ("gaplimit", "max"),
        ];
        let mut pages = Pages::default();
        let mut without = false;
        self.query_all(&[&of_prefix, params].concat(), |part| match part.query {
            Some(query) => pages.add(query),
            None => {
                without = true;
                Ok(())
            }
        })
        .await?;
        // Where there is no page at all, the answer holds no more than that it is complete; but so does one that lost its
        // pages on the way.
        if without && !(pages.found.is_empty() && self.none_below(&space, &prefix).await?) {
            return Err(Error::odd("no pages where there are some"));
        }
        Ok(pages)
    }

    /// Whether the wiki says in so many words that there is no page whose title begins so. One request.
    async fn none_below(&self, space: &str, prefix: &str) -> Result<bool, Error> {
        let params = [("list", "allpages"), ("apnamespace", space), ("apprefix", prefix), ("aplimit", "1")];
        Ok(self.query::<answers::AllPages>(&params).await?.required()?.allpages.is_empty())
    }

    /// Pages that redirect to the templates with these names, as titles `(from, to)`. One request for 50 names, or 500 with
    /// `apihighlimits`.
    ///
    /// # Errors
    /// As every read: [`Error`].
    pub async fn template_redirects(&self, names: &[String]) -> Result<Vec<(String, String)>, Error> {
        let templates: BTreeSet<String> = names.iter().filter_map(|name| self.titles.transcluded(name)).collect();
        let templates: Vec<String> = templates.into_iter().collect();
        let mut found = Vec::new();
        for batch in templates.chunks(self.batch()) {
            let titles = batch.join("|");
            let params = [("titles", titles.as_str()), ("prop", "redirects"), ("rdprop", "title"), ("rdlimit", "max")];
            let mut answered = BTreeSet::new();
            self.query_all::<answers::Pages>(&params, |part| {
                for page in part.required()?.required()? {
                    let to = page.title()?;
                    answered.insert(to.to_owned());
                    found.extend(page.redirects.iter().map(|from| (from.title.clone(), to.to_owned())));
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
}

pub(super) fn texts(ids: &[u64]) -> Vec<String> {
    ids.iter().map(u64::to_string).collect()
}

/// Pages gathered from the parts of a query. Whatever the wiki says of a page is one of: it is missing, its title is
/// none, or what was asked about it. Anything else is an error: it must never look like a page that is not there.
#[derive(Debug, Default)]
struct Pages {
    found: BTreeMap<u64, Gathered>,
    /// Titles and ids that have no page.
    absent: BTreeSet<String>,
    /// Titles as they were asked for, with the wiki's own spelling.
    spelt: BTreeMap<String, String>,
}

/// What the parts said of one page so far: a part has the information, the revision, or both.
#[derive(Debug)]
struct Gathered {
    page: PageRef,
    info: Option<Info>,
    revision: Option<answers::Revision>,
}

impl Pages {
    fn add(&mut self, query: answers::Pages) -> Result<(), Error> {
        for spelt in query.normalized {
            self.spelt.insert(spelt.asked(), spelt.to);
        }
        self.absent.extend(query.interwiki.into_iter().map(|i| i.title));
        if query.pages.is_none() && !self.absent.is_empty() {
            return Ok(());
        }
        for page in query.pages.ok_or_else(|| Error::odd("pages"))? {
            if page.absent() {
                let name = page.title.or(page.pageid.map(|id| id.to_string()));
                self.absent.insert(name.ok_or_else(|| Error::odd("a page without a name"))?);
                continue;
            }
            let (id, title) = (page.id()?, page.title()?.to_owned());
            let info = page.info();
            let newest = page.revisions.map(one).transpose()?;
            let gathered = self.found.entry(id).or_insert_with(|| Gathered {
                page: PageRef { id, title },
                info: None,
                revision: None,
            });
            gathered.info = info.or(gathered.info);
            gathered.revision = newest.or(gathered.revision.take());
        }
        // A list that goes on and on would fill the memory before its parts are counted out.
        if self.found.len() > MOST_PAGES { Err(Error::odd(&format!("more than {MOST_PAGES} pages"))) } else { Ok(()) }
    }

    /// Whether each of these titles or ids has an answer.
    fn answer_all(&self, asked: &[String]) -> Result<(), Error> {
        let found = self.found.values().flat_map(|g| [g.page.title.clone(), g.page.id.to_string()]);
        let answered: BTreeSet<String> = found.chain(self.absent.iter().cloned()).collect();
        match asked.iter().find(|asked| !answered.contains(self.spelt.get(*asked).unwrap_or(asked))) {
            Some(asked) => Err(Error::odd(&format!("nothing about {asked}"))),
            None => Ok(()),
        }
    }

    fn into_vec<T>(self, read: fn(Gathered) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        self.found.into_values().map(read).collect()
    }

    fn of_each<T: Clone>(
        self,
        titles: &[String],
        read: fn(Gathered) -> Result<T, Error>,
    ) -> Result<Vec<Option<T>>, Error> {
        let named = self.found.into_values().map(|page| Ok((page.page.title.clone(), read(page)?)));
        let named = named.collect::<Result<BTreeMap<String, T>, Error>>()?;
        let spelt = |title: &String| self.spelt.get(title).unwrap_or(title).clone();
        Ok(titles.iter().map(|title| named.get(&spelt(title)).cloned()).collect())
    }
}

/// The newest revision, where no other was asked for.
fn one(revisions: Vec<answers::Revision>) -> Result<answers::Revision, Error> {
    revisions.into_iter().next().ok_or_else(|| Error::odd("a page without revisions"))
}

impl Gathered {
    fn incomplete(&self) -> Error {
        Error::odd(&format!("no revision of {}", self.page.title))
    }

    fn with_text(self) -> Result<Page, Error> {
        let (Some(info), Some(_)) = (self.info, &self.revision) else { return Err(self.incomplete()) };
        let PageRef { id, title } = self.page;
        let revision = self.revision.ok_or_else(|| Error::odd("a page without revisions"))?.with_text()?;
        Ok(Page { id, title, redirect: info.redirect, revision })
    }

    fn without_text(self) -> Result<Newest, Error> {
        let (Some(info), Some(newest)) = (self.info, &self.revision) else { return Err(self.incomplete()) };
        let (parent, revision) = (newest.parentid, newest.info()?);
        Ok(Newest { page: self.page, redirect: info.redirect, info: revision, parent, length: info.length })
    }

    fn listed(self) -> Result<Listed, Error> {
        let info = self.info.ok_or_else(|| self.incomplete())?;
        Ok(Listed { page: self.page, revision: info.newest, length: info.length, redirect: info.redirect })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(parts: &[&str]) -> Result<Pages, Error> {
        let mut pages = Pages::default();
        for part in parts {
            pages.add(serde_json::from_str(part).expect("an answer"))?;
        }
        Ok(pages)
    }

    const INFO: &str =
        r#"{"pages":[{"pageid":7,"title":"A","lastrevid":9,"length":5,"redirect":true},{"title":"B","missing":true}]}"#;
    const REVISION: &str = r#"{"pages":[{"pageid":7,"title":"A","revisions":[{"revid":9,"parentid":8,"timestamp":"2026-05-05T12:00:00Z","user":"U","userid":3,"slots":{"main":{"content":"Words"}}}]}]}"#;

    #[test]
    fn what_a_page_is_may_come_in_several_parts() {
        for parts in [[INFO, REVISION], [REVISION, INFO]] {
            let asked = ["A".to_owned(), "B".to_owned()];
            let pages = gathered(&parts).expect("two parts");
            pages.answer_all(&asked).expect("all");
            let of_each = pages.of_each(&asked, Gathered::with_text).expect("whole");
            let [Some(page), None] = of_each.as_slice() else { panic!("{of_each:?}") };
            assert!(page.redirect && page.text() == "Words" && page.id == 7 && page.revision.parent == 8);
        }
    }

    #[test]
    fn a_page_of_which_something_is_not_said_is_an_error() {
        let of = |parts: &[&str]| gathered(parts).expect("parts");
        assert!(of(&[INFO]).into_vec(Gathered::with_text).is_err());
        assert!(of(&[INFO]).into_vec(Gathered::without_text).is_err());
        assert!(of(&[REVISION]).into_vec(Gathered::with_text).is_err());
        assert!(of(&[REVISION]).into_vec(Gathered::listed).is_err());
        let listed = of(&[INFO]).into_vec(Gathered::listed).expect("whole");
        assert_eq!((listed[0].revision, listed[0].redirect), (9, true));
        assert!(of(&[INFO, REVISION]).answer_all(&["A".into(), "B".into(), "C".into()]).is_err());
        for odd in [
            r#"{}"#,
            r#"{"pages":[{"title":"A","lastrevid":9,"length":5}]}"#,
            r#"{"pages":[{"pageid":7,"lastrevid":9,"length":5}]}"#,
            r#"{"pages":[{"missing":true}]}"#,
            r#"{"pages":[{"pageid":7,"title":"A","revisions":[]}]}"#,
        ] {
            assert!(gathered(&[odd]).is_err(), "{odd}");
        }
    }

    #[test]
    fn titles_are_found_as_they_were_asked_for() {
        let elsewhere = r#"{"normalized":[{"fromencoded":false,"from":"w:X_y","to":"w:X y"}],"interwiki":[{"title":"w:X y","iw":"w"}]}"#;
        let asked = ["w:X_y".to_owned()];
        let pages = gathered(&[elsewhere]).expect("an answer");
        pages.answer_all(&asked).expect("all");
        assert_eq!(pages.of_each(&asked, Gathered::listed).expect("whole"), [None]);
        let encoded = r#"{"normalized":[{"fromencoded":true,"from":"A%CC%8Ab","to":"\u00c5b"}],"pages":[{"pageid":7,"title":"\u00c5b","lastrevid":9,"length":5}]}"#;
        let found = gathered(&[encoded]).expect("an answer").of_each(&["A\u{30a}b".to_owned()], Gathered::listed);
        assert!(found.expect("whole")[0].is_some());
    }
}
