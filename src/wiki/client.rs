//! A session on the wiki: every request with a time limit, failures tried again, lost logins renewed, all of it
//! counted.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use tracing::{debug, info};

use super::answers::{About, Answer, Part};
use super::api::Api;
use super::backoff::Backoff;
use super::connection::Connection;
use super::error::{Error, Policy, Trouble};
use super::session::{self, Opened, Session, limited};
use crate::page::{Time, User};
use crate::wikitext::Titles;
use crate::wikitext::encoding::encode_title;
use crate::wikitext::syntax::Syntax;

/// How often a request that failed is made again before the pass is given up.
const RETRIES: u32 = 3;
/// The pauses before that, from the first to the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(400), Duration::from_secs(8));
/// A wiki that asks for a longer pause than this gets it between two passes.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many pages are read at the same time: Wikimedia asks for no more than three requests at once.
pub(crate) const AT_ONCE: usize = 3;
/// A list has no more parts: 500,000 revisions of a page, with their texts.
const MOST_PARTS: usize = 10_000;
/// Requests made, by kind (`query`, `edit`, `html` …).
pub type Counts = BTreeMap<String, usize>;

/// Requests made, by kind and by what came of them (`ok`, or [`Error::kind`]).
pub type Outcomes = BTreeMap<(String, &'static str), usize>;

/// A connection in use.
pub struct Client {
    pub(super) connection: Connection,
    /// What the bot is at work on, for the User-Agent.
    purpose: String,
    timeout: Duration,
    session: RwLock<Session>,
    outcomes: Mutex<Outcomes>,
    finished: AtomicUsize,
    /// The wiki's time when it last said it, and when that was by our own clock, which only counts seconds.
    clock: Mutex<(Time, Instant)>,
    /// The bot's account.
    pub me: User,
    /// What it might do when the connection was made.
    pub rights: Vec<String>,
    /// The address of pages, with `$1` for the title.
    pub article_path: String,
    /// How the wiki spells titles and account names.
    pub titles: Titles,
    /// What the wiki's texts are read by.
    pub syntax: Syntax,
    /// Language codes, for subpages that are translations.
    pub languages: Vec<String>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("me", &self.me).finish_non_exhaustive()
    }
}

impl Client {
    /// Connects and logs in. `timeout` is the limit of one request; `purpose` is what the User-Agent says the bot is at
    /// work on.
    ///
    /// # Errors
    /// Where the wiki cannot be reached or does not let the bot in.
    pub async fn connect(connection: &Connection, timeout: Duration, purpose: &str) -> Result<Self, Error> {
        let opened = logged_in(connection, timeout, purpose).await?;
        Self::introduced(connection, timeout, purpose, opened)
    }

    /// Who the bot is, and what this wiki calls things.
    fn introduced(connection: &Connection, timeout: Duration, purpose: &str, opened: Opened) -> Result<Self, Error> {
        let Opened { session, about, at, me } = opened;
        let About { userinfo, general, languages, siteinfo, extensiontags, tokens: _ } = about;
        let tags = extensiontags.iter().map(|tag| tag.trim_matches(['<', '>']));
        let syntax = Syntax::new(tags, general.langconversion);
        let titles = Titles::new(siteinfo).map_err(|e| Error::odd(&format!("siteinfo: {e}")))?;
        Ok(Client {
            connection: connection.clone(),
            purpose: purpose.to_owned(),
            timeout,
            session: RwLock::new(session),
            outcomes: Mutex::new(Outcomes::from([(("login".to_owned(), "ok"), session::REQUESTS)])),
            finished: AtomicUsize::new(0),
            clock: Mutex::new((at, Instant::now())),
            me,
            rights: userinfo.rights,
            article_path: format!("{}{}", general.server, general.articlepath),
            titles,
            syntax,
            languages: languages.into_iter().map(|l| l.code).collect(),
        })
    }

    /// Logs in once more: the wiki has forgotten the bot.
    async fn renew(&self) -> Result<(), Error> {
        info!("the wiki has ended the session; logging in again");
        let opened = logged_in(&self.connection, self.timeout, &self.purpose).await?;
        self.count("login", "ok");
        if opened.me.id != self.me.id {
            return Err(Error::Fatal("the login is another account's now; start the bot again".to_owned()));
        }
        let before = self.lost_bot_right();
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = opened.session;
        if self.lost_bot_right() && !before {
            // What was to be written was to be marked as a bot's.
            return Err(Error::Session(format!("the wiki has taken the bot right from {}", self.me.name)));
        }
        Ok(())
    }

    /// Whether the account was in a bots' group when the connection was made, and is in none now.
    pub fn lost_bot_right(&self) -> bool {
        self.rights.iter().any(|right| right == "bot") && self.session().api.assert != Some("bot")
    }

    /// Looks whether a right that was taken is back. Three requests where one was, else none.
    ///
    /// # Errors
    /// Where the bot cannot log in.
    pub async fn regain_bot_right(&self) -> Result<(), Error> {
        if self.lost_bot_right() { self.renew().await } else { Ok(()) }
    }

    /// How many values a request takes: 500 for a bot, 50 for others.
    pub fn batch(&self) -> usize {
        self.session().batch
    }

    /// The address of a page.
    pub fn address(&self, title: &str) -> String {
        self.article_path.replace("$1", &encode_title(title))
    }

    /// The time on the wiki. This machine's own may be wrong, or jump.
    pub fn now(&self) -> Time {
        let (said, at) = *self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        said + at.elapsed()
    }

    /// A query (`action=query`), or its first part. One request.
    ///
    /// # Errors
    /// As every read: [`Error`]; also where the answer was cut short.
    pub(super) async fn query<Q: DeserializeOwned>(&self, params: &[(&str, &str)]) -> Result<Part<Q>, Error> {
        let all = &[params, &[("action", "query"), ("curtimestamp", "1")]].concat();
        // A long list of titles does not fit into an address.
        let long = all.iter().map(|(_, value)| value.len()).sum::<usize>() > 1500;
        let (time, part) = self
            .call("query", &self.connection.lanes.reads, |Session { api, .. }| async move {
                let answer: Answer<Q> = if long { api.post(all, None).await? } else { api.get(all).await? };
                Ok((answer.curtimestamp.0, answer.whole()?))
            })
            .await?;
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner) = (time, Instant::now());
        Ok(part)
    }

    /// A query that is followed through all its parts; `each` gets every part. One request for each.
    ///
    /// # Errors
    /// As every read: [`Error`]; or what `each` gives. A list that goes on from where it just was, or has no end, is an odd
    /// answer.
    pub(super) async fn query_all<Q: DeserializeOwned>(
        &self,
        params: &[(&str, &str)],
        mut each: impl FnMut(Part<Q>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut more: Vec<(String, String)> = Vec::new();
        for _ in 0..MOST_PARTS {
            let mut all = params.to_vec();
            all.extend(more.iter().map(|(k, v)| (k.as_str(), v.as_str())));
            let mut part = self.query::<Q>(&all).await?;
            let next = part.more.take();
            each(part)?;
            match next {
                None => {
                    self.finished.fetch_add(1, Ordering::Relaxed);
                    return Ok(());
                }
                Some(next) if next == more => return Err(Error::odd("a list that goes on from the same place")),
                Some(next) => more = next,
            }
        }
        Err(Error::odd(&format!("a list of more than {MOST_PARTS} parts")))
    }

    /// A request that changes something, with an edit token. One whose answer was lost is made again, so it has to be of a
    /// kind that the wiki refuses the second time.
    ///
    /// # Errors
    /// Any [`Error`]; `page` is what is being changed.
    pub(super) async fn change<T: DeserializeOwned>(&self, page: &str, params: &[(&str, &str)]) -> Result<T, Error> {
        let action = params.iter().find(|(name, _)| *name == "action").map_or("", |(_, action)| action);
        self.call(action, &self.connection.lanes.writes, |session| async move {
            let by_bot = [("assertuser", self.me.name.as_str()), ("token", session.token.as_str())];
            session.api.post(&[params, &by_bot].concat(), Some(page)).await
        })
        .await
    }

    /// The Parsoid HTML of a revision. One request. With a limit it is given up where it does not come within that, or fails
    /// in any other way: others wait for it.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the revision is gone, [`Error::NotShown`] where it is this page that the wiki cannot show;
    /// else as every read: [`Error`].
    pub async fn html(&self, title: &str, revision: u64, limit: Option<Duration>) -> Result<String, Error> {
        let url = &format!("{}/v1/revision/{revision}/html?redirect=no&flavor=edit", self.connection.rest_url);
        self.of_page("html", title, limit.unwrap_or(self.timeout), |api| async move {
            match api.html(url, title, revision).await {
                Err(Error::Later(why)) if limit.is_some() => {
                    Err(Error::NotShown { page: title.to_owned(), why: Trouble::Other(why) })
                }
                html => html,
            }
        })
        .await
    }

    /// What the wiki makes of a page's text within a limit: where it takes longer, it is the page.
    ///
    /// # Errors
    /// [`Error::NotShown`] where it takes longer; else as every read: [`Error`].
    pub(super) async fn of_page<T, F: Future<Output = Result<T, Error>>>(
        &self,
        kind: &str,
        title: &str,
        limit: Duration,
        attempt: impl Fn(Api) -> F,
    ) -> Result<T, Error> {
        let limit = limit.min(self.timeout);
        self.call(kind, &self.connection.lanes.reads, |session| {
            let answer = tokio::time::timeout(limit, attempt(session.api));
            let slow = move |_| Error::NotShown { page: title.to_owned(), why: Trouble::Slow(limit) };
            async move { answer.await.map_err(slow)? }
        })
        .await
    }

    /// Waits until one more edit is within so many a minute.
    pub async fn turn(&self, per_minute: u32) {
        const MINUTE: Duration = Duration::from_secs(60);
        let most = usize::try_from(per_minute).unwrap_or(usize::MAX);
        if most == 0 {
            return;
        }
        loop {
            let wait = {
                let mut edits = self.connection.lanes.edits.lock().unwrap_or_else(PoisonError::into_inner);
                edits.retain(|at| at.elapsed() < MINUTE);
                if edits.len() < most {
                    edits.push_back(Instant::now());
                    return;
                }
                edits.get(edits.len() - most).map_or(Duration::ZERO, |at| MINUTE.saturating_sub(at.elapsed()))
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// How the bot names itself to other servers.
    pub fn user_agent(&self) -> String {
        self.connection.user_agent(&self.purpose)
    }

    /// Operations that came to their end so far: lists read to the end, HTML read, edits saved.
    pub fn finished(&self) -> usize {
        self.finished.load(Ordering::Relaxed)
    }

    /// Requests made so far.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::new();
        self.outcomes().into_iter().for_each(|((kind, _), n)| *counts.entry(kind).or_default() += n);
        counts
    }

    /// Requests made so far, by what came of them.
    pub fn outcomes(&self) -> Outcomes {
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn count(&self, kind: &str, outcome: &'static str) {
        let mut outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        *outcomes.entry((kind.to_owned(), outcome)).or_default() += 1;
    }

    pub(super) fn session(&self) -> Session {
        self.session.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes a request, and makes it again as its errors ask for.
    pub(super) async fn call<T, F: Future<Output = Result<T, Error>>>(
        &self,
        kind: &str,
        lane: &Semaphore,
        attempt: impl Fn(Session) -> F,
    ) -> Result<T, Error> {
        let mut backoff = Backoff::new(PAUSES.0, PAUSES.1);
        let mut renewed = false;
        loop {
            let answer = {
                let _turn = lane.acquire().await;
                limited(self.timeout, attempt(self.session())).await
            };
            self.count(kind, answer.as_ref().err().map_or("ok", Error::kind));
            let error = match answer {
                Ok(answer) => {
                    // A query may be a part of a list.
                    self.finished.fetch_add(usize::from(kind != "query"), Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(Error::Session(_)) if !renewed => {
                    self.renew().await?;
                    renewed = true;
                    continue;
                }
                Err(error) => error,
            };
            match error.policy() {
                Policy::Later(wait) if wait <= PATIENCE && backoff.failures() < RETRIES => {
                    let pause = backoff.next(wait);
                    debug!(kind, pause = pause.as_secs_f32(), "{error}");
                    tokio::time::sleep(pause).await;
                }
                _ => return Err(error),
            }
        }
    }
}

/// Logs in; what fails in between is tried twice more. Nothing is there that could be kept waiting: whoever called says so sooner
/// than where a single request fails.
async fn logged_in(connection: &Connection, timeout: Duration, purpose: &str) -> Result<Opened, Error> {
    let mut backoff = Backoff::new(PAUSES.0, PAUSES.1);
    loop {
        let error = match session::open(connection, timeout, purpose).await {
            Ok(opened) => return Ok(opened),
            Err(error) => error,
        };
        let pause = match error.policy() {
            Policy::Later(wait) if wait <= PATIENCE => backoff.next(wait),
            Policy::Soon => backoff.next(Duration::ZERO),
            _ => return Err(error),
        };
        if backoff.failures() > 2 {
            return Err(error);
        }
        debug!("{error}");
        tokio::time::sleep(pause).await;
    }
}
