//! A session on the wiki: every request with a time limit, failures tried again, lost logins renewed, all of it
//! counted.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use mwapi::Assert;
use mwbot::Bot;
use reqwest::header;
use serde_json::Value;
use tokio::sync::Semaphore;
use tracing::{debug, info};

use super::backoff::Backoff;
use super::connection::Auth;
use super::error::{Error, Policy};
use super::{Connection, read};
use crate::page::{Time, User};
use crate::wikitext::Titles;
use crate::wikitext::encoding::encode_title;

/// How often a request that failed is made again before the pass is given up.
const RETRIES: u32 = 3;
/// The pauses before that, from the first to the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(400), Duration::from_secs(8));
/// A wiki that asks for a longer pause than this gets it between two passes.
const PATIENCE: Duration = Duration::from_secs(30);
/// What is asked of Parsoid.
const HTML: &str = "text/html; charset=utf-8; profile=\"https://www.mediawiki.org/wiki/Specs/HTML/2.8.0\"";

/// Requests made, by kind (`query`, `edit`, `html` …).
pub type Counts = BTreeMap<String, usize>;

/// Requests made, by kind and by what came of them (`ok`, or [`Error::kind`]).
pub type Outcomes = BTreeMap<(String, &'static str), usize>;

/// A connection in use.
pub struct Client {
    pub(super) connection: Connection,
    desk: String,
    timeout: Duration,
    session: RwLock<Session>,
    outcomes: Mutex<Outcomes>,
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
    /// Language codes, for subpages that are translations.
    pub languages: Vec<String>,
}

/// A login.
#[derive(Clone)]
struct Session {
    api: mwapi::Client,
    batch: usize,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("me", &self.me).finish_non_exhaustive()
    }
}

impl Client {
    /// Connects and logs in. `timeout` is the limit of one request; `desk` names the desk in the User-Agent.
    ///
    /// # Errors
    /// Where the wiki cannot be reached or does not let the bot in.
    pub async fn connect(connection: &Connection, timeout: Duration, desk: &str) -> Result<Self, Error> {
        let mut backoff = Backoff::new(PAUSES.0, PAUSES.1);
        loop {
            let error = match open(connection, timeout, desk).await {
                Ok((session, about)) => return Self::introduced(connection, timeout, desk, session, &about),
                Err(error) => error,
            };
            let pause = match error.policy() {
                Policy::Later(wait) if wait <= PATIENCE => backoff.next(wait),
                Policy::Soon => backoff.next(Duration::ZERO),
                _ => return Err(error),
            };
            // Nothing is there that could be kept waiting: whoever called says so sooner.
            if backoff.failures() > 2 {
                return Err(error);
            }
            debug!("{error}");
            tokio::time::sleep(pause).await;
        }
    }

    /// Who the bot is, and what this wiki calls things.
    fn introduced(
        connection: &Connection,
        timeout: Duration,
        desk: &str,
        session: Session,
        about: &Value,
    ) -> Result<Self, Error> {
        let query = &about["query"];
        let array = |name: &str| query[name].as_array().ok_or_else(|| Error::odd(name));
        let general = |name: &str| query["general"][name].as_str().ok_or_else(|| Error::odd(name));
        let siteinfo = serde_json::from_value(query.clone()).map_err(|e| Error::odd(&format!("siteinfo ({e})")))?;
        let titles = Titles::new(siteinfo).map_err(|e| Error::odd(&format!("siteinfo ({e})")))?;
        Ok(Client {
            connection: connection.clone(),
            desk: desk.to_owned(),
            timeout,
            session: RwLock::new(session),
            outcomes: Mutex::new(Outcomes::from([(("login".to_owned(), "ok"), 5)])),
            clock: Mutex::new((curtimestamp(about)?, Instant::now())),
            me: me(about)?,
            rights: rights(about)?,
            article_path: format!("{}{}", general("server")?, general("articlepath")?),
            titles,
            languages: array("languages")?.iter().filter_map(|l| l["code"].as_str().map(str::to_owned)).collect(),
        })
    }

    /// Logs in once more: the wiki has forgotten the bot.
    async fn renew(&self) -> Result<(), Error> {
        info!("the wiki has ended the session; logging in again");
        let (session, about) = open(&self.connection, self.timeout, &self.desk).await?;
        self.count("login", "ok");
        if me(&about)?.id != self.me.id {
            return Err(Error::Fatal("the login is another account's now; start the bot again".to_owned()));
        }
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = session;
        Ok(())
    }

    /// How many values a request takes: 500 for a bot, 50 for others.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.session().batch
    }

    /// The address of a page.
    #[must_use]
    pub fn address(&self, title: &str) -> String {
        self.article_path.replace("$1", &encode_title(title))
    }

    /// The time on the wiki. This machine's own may be wrong, or jump.
    #[must_use]
    pub fn now(&self) -> Time {
        let (said, at) = *self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        said + at.elapsed()
    }

    /// A query (`action=query` and its answer), which is whole: an answer that was cut short is an error.
    ///
    /// # Errors
    /// Where the wiki cannot be reached or refuses.
    pub async fn query(&self, params: &[(&str, &str)]) -> Result<Value, Error> {
        let mut all = owned(params);
        all.extend(owned(&[("action", "query"), ("curtimestamp", "1")]));
        let answer = self
            .call("query", &self.connection.lanes.reads, |api| {
                let all = all.clone();
                // A long list of titles does not fit into an address.
                let long = all.values().map(String::len).sum::<usize>() > 1500;
                async move {
                    let answer = if long { api.post_value(all).await } else { api.get_value(all).await };
                    let answer = answer.map_err(|e| Error::from_api(&e, None))?;
                    let whole = answer["batchcomplete"].as_bool() == Some(true) || answer["continue"].is_object();
                    if whole { Ok((curtimestamp(&answer)?, answer)) } else { Err(Error::odd("not complete")) }
                }
            })
            .await?;
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner) = (answer.0, Instant::now());
        Ok(answer.1)
    }

    /// A query that is followed through all its parts; `each` gets every part's `query`.
    ///
    /// # Errors
    /// As [`Client::query`], or what `each` gives.
    pub async fn query_all(
        &self,
        params: &[(&str, &str)],
        mut each: impl FnMut(&Value) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut more: Vec<(String, String)> = Vec::new();
        loop {
            let mut all = params.to_vec();
            all.extend(more.iter().map(|(k, v)| (k.as_str(), v.as_str())));
            let answer = self.query(&all).await?;
            each(&answer["query"])?;
            let Some(next) = answer["continue"].as_object() else {
                return Ok(());
            };
            more = next
                .iter()
                .map(|(k, v)| (k.clone(), v.as_str().map_or_else(|| v.to_string(), str::to_owned)))
                .collect();
        }
    }

    /// A request that changes something, with an edit token; gives what the wiki answers to that action. One whose
    /// answer was lost is made again, so it has to be of a kind that the wiki refuses the second time.
    ///
    /// # Errors
    /// As [`Client::query`]; `page` is what is being changed.
    pub async fn change(&self, page: &str, params: &[(&str, &str)]) -> Result<Value, Error> {
        let mut all = owned(params);
        all.insert("assertuser".to_owned(), self.me.name.clone());
        let action = all.get("action").cloned().unwrap_or_default();
        self.call(&action, &self.connection.lanes.writes, |api| {
            let (all, action) = (all.clone(), action.clone());
            async move {
                let answer = api.post_with_token::<_, Value>("csrf", all).await;
                let mut answer = answer.map_err(|e| Error::from_api(&e, Some(page)))?;
                if answer[&action].is_object() { Ok(answer[&action].take()) } else { Err(Error::odd(&action)) }
            }
        })
        .await
    }

    /// The Parsoid HTML of a revision.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn html(&self, title: &str, revision: u64) -> Result<String, Error> {
        let url = format!("{}/v1/revision/{revision}/html?redirect=no&flavor=edit", self.connection.rest_url);
        self.call("html", &self.connection.lanes.reads, |api| {
            let request = api.http_client().get(&url).header(header::ACCEPT, HTML);
            async move {
                let answer = request.send().await.map_err(|e| Error::from_http(&e))?;
                if answer.status() == reqwest::StatusCode::NOT_FOUND {
                    return Err(Error::Conflict { page: title.to_owned() });
                }
                if answer.status() == reqwest::StatusCode::TOO_MANY_REQUESTS {
                    let seconds = answer.headers().get(header::RETRY_AFTER).and_then(|v| v.to_str().ok()?.parse().ok());
                    let wait = seconds.map(Duration::from_secs);
                    return Err(Error::Busy { why: "too many requests (429)".to_owned(), wait });
                }
                let answer = answer.error_for_status().map_err(|e| Error::from_http(&e))?;
                let html = answer.text().await.map_err(|e| Error::from_http(&e))?;
                if is_whole(&html, revision) { Ok(html) } else { Err(Error::odd("not the HTML of the revision")) }
            }
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
    #[must_use]
    pub fn user_agent(&self) -> String {
        self.connection.user_agent(&self.desk)
    }

    /// Requests made so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::new();
        self.outcomes().into_iter().for_each(|((kind, _), n)| *counts.entry(kind).or_default() += n);
        counts
    }

    /// Requests made so far, by what came of them.
    #[must_use]
    pub fn outcomes(&self) -> Outcomes {
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn count(&self, kind: &str, outcome: &'static str) {
        let mut outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        *outcomes.entry((kind.to_owned(), outcome)).or_default() += 1;
    }

    fn session(&self) -> Session {
        self.session.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes a request, and makes it again as its errors ask for.
    pub(super) async fn call<T, F: Future<Output = Result<T, Error>>>(
        &self,
        kind: &str,
        lane: &Semaphore,
        attempt: impl Fn(mwapi::Client) -> F,
    ) -> Result<T, Error> {
        let mut backoff = Backoff::new(PAUSES.0, PAUSES.1);
        let mut renewed = false;
        loop {
            let answer = {
                let _turn = lane.acquire().await;
                limited(self.timeout, attempt(self.session().api)).await
            };
            self.count(kind, answer.as_ref().err().map_or("ok", Error::kind));
            let error = match answer {
                Ok(answer) => return Ok(answer),
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

/// Logs in, and asks who the bot is and what this wiki calls things.
async fn open(connection: &Connection, timeout: Duration, desk: &str) -> Result<(Session, Value), Error> {
    // mwapi's own way to try again knows neither pauses nor a limit in time.
    let mut builder = Bot::builder_with_legacy_rest(connection.api_url.clone(), connection.rest_url.clone())
        .set_maxlag(connection.maxlag)
        .set_retry_limit(0)
        .set_user_agent(connection.user_agent(desk))
        .set_save_delay(0);
    builder = match connection.auth.clone() {
        Some(Auth::OAuth2 { username, oauth2_token }) => builder.set_oauth2_token(username, oauth2_token),
        Some(Auth::BotPassword { username, password }) => builder.set_botpassword(username, password),
        None => return Err(Error::Fatal("no account: write [auth] into mwbot.toml, or set HELPDESK_USERNAME with HELPDESK_OAUTH2_TOKEN or HELPDESK_BOT_PASSWORD".to_owned())),
    };
    let logged_in = async {
        let bot = builder.build().await.map_err(|e| Error::from_login(e, &connection.api_url))?;
        let params = [
            ("action", "query"),
            ("meta", "userinfo|siteinfo"),
            ("uiprop", "rights"),
            ("siprop", "general|namespaces|namespacealiases|interwikimap|languages"),
            ("curtimestamp", "1"),
        ];
        let about = bot.api().get_value(&params).await.map_err(|e| Error::from_api(&e, None))?;
        let rights = rights(&about)?;
        let has = |right: &str| rights.iter().any(|r| r == right);
        let api = mwapi::Builder::from_client_with_url(bot.api(), &connection.api_url)
            .set_assert(if has("bot") { Assert::Bot } else { Assert::User })
            .set_concurrency(3)
            .build()
            .await
            .map_err(|e| Error::from_api(&e, None))?;
        Ok((Session { api, batch: if has("apihighlimits") { 500 } else { 50 } }, about))
    };
    limited(timeout, logged_in).await
}

/// A request with its limit of time. mwapi panics at JSON that is no object: that is an odd answer and no more.
async fn limited<T>(limit: Duration, request: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match tokio::time::timeout(limit, AssertUnwindSafe(request).catch_unwind()).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Err(Error::odd("no JSON object")),
        Err(_) => Err(Error::slow(limit)),
    }
}

fn me(about: &Value) -> Result<User, Error> {
    let user = &about["query"]["userinfo"];
    match (user["id"].as_u64(), user["name"].as_str()) {
        (Some(0), _) => Err(Error::Session("the wiki does not know the bot's account after its login".to_owned())),
        (Some(id), Some(name)) => Ok(User { id, name: name.to_owned(), temporary: false }),
        _ => Err(Error::odd("userinfo")),
    }
}

fn rights(about: &Value) -> Result<Vec<String>, Error> {
    read::strings(&about["query"]["userinfo"]["rights"]).ok_or_else(|| Error::odd("rights"))
}

fn curtimestamp(answer: &Value) -> Result<Time, Error> {
    answer["curtimestamp"].as_str().and_then(crate::page::parse_timestamp).ok_or_else(|| Error::odd("curtimestamp"))
}

fn owned(params: &[(&str, &str)]) -> std::collections::HashMap<String, String> {
    params.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

/// Whether this is the HTML of that revision, to its end.
fn is_whole(html: &str, revision: u64) -> bool {
    let head = html.split("<body").next().unwrap_or_default();
    head.contains(&format!("/revision/{revision}\"")) && html.trim_end().ends_with("</html>")
}
