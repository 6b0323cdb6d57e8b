//! The connection: where the wiki is, who the bot is, time limits, and a count of every request.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, bail};
use mwbot::Bot;
use serde::Deserialize;
use serde_json::Value;

use super::Error;
use crate::desk::User;

/// `mwbot.toml`, in mwbot's own format.
#[derive(Deserialize, Default)]
struct File {
    wiki_url: Option<String>,
    api_url: Option<String>,
    rest_url: Option<String>,
    auth: Option<Auth>,
    #[serde(default)]
    general: General,
}

#[derive(Deserialize, Default)]
struct General {
    maxlag: Option<u32>,
    user_agent: Option<String>,
}

#[derive(Deserialize, Clone)]
#[serde(untagged)]
enum Auth {
    OAuth2 { username: String, oauth2_token: String },
    BotPassword { username: String, password: String },
}

/// Where the wiki is and who the bot is there. Its `Debug` shows no secret.
pub struct Connection {
    api_url: String,
    rest_url: String,
    auth: Option<Auth>,
    maxlag: u32,
    user_agent: Option<String>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("api_url", &self.api_url)
            .field("account", &self.account())
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// Reads `mwbot.toml`: the given file, or as mwbot looks for it (here, then in the user's configuration
    /// folder). `HELPDESK_USERNAME` with `HELPDESK_OAUTH2_TOKEN` or `HELPDESK_BOT_PASSWORD` go before its
    /// `[auth]`.
    ///
    /// # Errors
    /// Says which file is missing or wrong and what to write there.
    pub fn load(path: Option<&Path>) -> anyhow::Result<Self> {
        let path = match path {
            Some(path) => path.to_owned(),
            None => default_file()?,
        };
        let text = std::fs::read_to_string(&path).with_context(|| {
            format!(
                "cannot read {}: write there wiki_url = \"https://…/w/\", or name another file with --wiki",
                path.display()
            )
        })?;
        let file: File =
            toml::from_str(&text).with_context(|| format!("{} is not as mwbot wants it", path.display()))?;
        if file.auth.is_some() {
            private(&path)?;
        }
        let wiki_url = file.wiki_url.map(|url| if url.ends_with('/') { url } else { format!("{url}/") });
        let (Some(api_url), Some(rest_url)) = (
            file.api_url.or_else(|| wiki_url.as_ref().map(|w| format!("{w}api.php"))),
            file.rest_url.or_else(|| wiki_url.as_ref().map(|w| format!("{w}rest.php"))),
        ) else {
            bail!("{}: wiki_url is missing; write wiki_url = \"https://…/w/\"", path.display());
        };
        Ok(Connection {
            api_url,
            rest_url,
            auth: from_environment()?.or(file.auth),
            maxlag: file.general.maxlag.unwrap_or(5),
            user_agent: file.general.user_agent,
        })
    }

    /// A connection with a bot password, for a wiki whose script path is `wiki_url` (with a slash at its end).
    #[must_use]
    pub fn with_password(wiki_url: &str, username: &str, password: &str) -> Self {
        Connection {
            api_url: format!("{wiki_url}api.php"),
            rest_url: format!("{wiki_url}rest.php"),
            auth: Some(Auth::BotPassword { username: username.to_owned(), password: password.to_owned() }),
            maxlag: 5,
            user_agent: None,
        }
    }

    fn account(&self) -> Option<&str> {
        match &self.auth {
            Some(Auth::OAuth2 { username, .. } | Auth::BotPassword { username, .. }) => Some(username),
            None => None,
        }
    }
}

fn default_file() -> anyhow::Result<PathBuf> {
    let here = PathBuf::from("mwbot.toml");
    if here.exists() {
        return Ok(here);
    }
    Ok(dirs::config_dir().context("this system names no configuration folder; use --wiki FILE")?.join("mwbot.toml"))
}

fn from_environment() -> anyhow::Result<Option<Auth>> {
    let get = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let Some(username) = get("HELPDESK_USERNAME") else {
        return Ok(None);
    };
    match (get("HELPDESK_OAUTH2_TOKEN"), get("HELPDESK_BOT_PASSWORD")) {
        (Some(oauth2_token), _) => Ok(Some(Auth::OAuth2 { username, oauth2_token })),
        (None, Some(password)) => Ok(Some(Auth::BotPassword { username, password })),
        (None, None) => {
            bail!("HELPDESK_USERNAME is set, but neither HELPDESK_OAUTH2_TOKEN nor HELPDESK_BOT_PASSWORD is")
        }
    }
}

/// A file with a password is for its owner's eyes.
fn private(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        bail!("{} holds a password that other users can read; run: chmod 600 {}", path.display(), path.display());
    }
    Ok(())
}

/// Requests made, by kind (`query`, `edit`, `html` …).
pub type Counts = BTreeMap<String, usize>;

/// A connection in use.
pub struct Client {
    bot: Bot,
    timeout: Duration,
    counts: Mutex<Counts>,
    /// The bot's account.
    pub me: User,
    /// What it may do.
    pub rights: Vec<String>,
    /// The address of pages, with `$1` for the title.
    pub article_path: String,
    /// Names and aliases of namespaces, by number.
    pub namespaces: Vec<(i64, String)>,
    /// Language codes, for subpages that are translations.
    pub languages: Vec<String>,
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
        let mut builder = Bot::builder_with_legacy_rest(connection.api_url.clone(), connection.rest_url.clone())
            .set_maxlag(connection.maxlag)
            .set_retry_limit(3)
            .set_user_agent(user_agent(connection, desk))
            .set_save_delay(0);
        builder = match connection.auth.clone() {
            Some(Auth::OAuth2 { username, oauth2_token }) => builder.set_oauth2_token(username, oauth2_token),
            Some(Auth::BotPassword { username, password }) => builder.set_botpassword(username, password),
            None => return Err(Error::Fatal("no account: write [auth] into mwbot.toml, or set HELPDESK_USERNAME with HELPDESK_OAUTH2_TOKEN or HELPDESK_BOT_PASSWORD".to_owned())),
        };
        let built = tokio::time::timeout(timeout, builder.build()).await.map_err(|_| slow(timeout))?;
        let bot = built.map_err(|e| match e {
            mwbot::ConfigError::BotError(mwbot::Error::HttpError(e)) => {
                Error::Later(format!("cannot reach the wiki at {}: {}", connection.api_url, super::chain(&e)))
            }
            other => Error::Fatal(format!("cannot log in at {}: {}", connection.api_url, super::chain(&other))),
        })?;
        let mut client = Client {
            bot,
            timeout,
            counts: Mutex::new(Counts::from([("login".to_owned(), 3)])),
            me: User { id: 0, name: String::new(), temporary: false },
            rights: Vec::new(),
            article_path: String::new(),
            namespaces: Vec::new(),
            languages: Vec::new(),
        };
        client.introduce().await?;
        Ok(client)
    }

    /// Asks who the bot is and what this wiki calls things.
    async fn introduce(&mut self) -> Result<(), Error> {
        let answer = self
            .query(&[
                ("meta", "userinfo|siteinfo"),
                ("uiprop", "rights"),
                ("siprop", "general|namespaces|namespacealiases|languages"),
            ])
            .await?;
        let query = &answer["query"];
        self.me = User {
            id: query["userinfo"]["id"].as_u64().unwrap_or(0),
            name: query["userinfo"]["name"].as_str().unwrap_or_default().to_owned(),
            temporary: false,
        };
        if self.me.id == 0 {
            return Err(Error::Fatal("the wiki does not know the bot's account: the login did not work".to_owned()));
        }
        self.rights = strings(&query["userinfo"]["rights"]);
        let general = &query["general"];
        self.article_path = format!(
            "{}{}",
            general["server"].as_str().unwrap_or_default(),
            general["articlepath"].as_str().unwrap_or("/wiki/$1")
        );
        if let Some(spaces) = query["namespaces"].as_object() {
            for space in spaces.values() {
                let id = space["id"].as_i64().unwrap_or(0);
                self.namespaces
                    .extend(["name", "canonical"].iter().filter_map(|k| Some((id, space[k].as_str()?.to_owned()))));
            }
        }
        if let Some(aliases) = query["namespacealiases"].as_array() {
            self.namespaces
                .extend(aliases.iter().filter_map(|a| Some((a["id"].as_i64()?, a["alias"].as_str()?.to_owned()))));
        }
        self.languages = query["languages"]
            .as_array()
            .map(|l| l.iter().filter_map(|l| l["code"].as_str().map(str::to_owned)).collect())
            .unwrap_or_default();
        Ok(())
    }

    /// Names of the namespaces with these numbers.
    #[must_use]
    pub fn spaces(&self, ids: &[i64]) -> Vec<String> {
        self.namespaces.iter().filter(|(id, _)| ids.contains(id)).map(|(_, name)| name.clone()).collect()
    }

    /// The number of a title's namespace, and the title without its namespace.
    #[must_use]
    pub fn split_title<'t>(&self, title: &'t str) -> (i64, &'t str) {
        title
            .split_once(':')
            .and_then(|(space, rest)| {
                let space = space.replace('_', " ").to_lowercase();
                let (id, _) = self.namespaces.iter().find(|(id, name)| *id != 0 && name.to_lowercase() == space)?;
                Some((*id, rest.trim_start()))
            })
            .unwrap_or((0, title))
    }

    /// A title as this wiki spells its namespace (`Template:X` may be `Mall:X`).
    #[must_use]
    pub fn local_title(&self, title: &str) -> String {
        let (space, rest) = self.split_title(title);
        // The first name given for a number is the wiki's own.
        let name = self.namespaces.iter().find(|(id, name)| *id == space && *id != 0 && !name.is_empty());
        name.map_or_else(|| title.to_owned(), |(_, name)| format!("{name}:{rest}"))
    }

    /// How many values a request takes: 500 for a bot, 50 for others.
    #[must_use]
    pub fn batch(&self) -> usize {
        if self.rights.iter().any(|r| r == "apihighlimits") { 500 } else { 50 }
    }

    /// The address of a page.
    #[must_use]
    pub fn address(&self, title: &str) -> String {
        self.article_path.replace("$1", &title.replace(' ', "_").replace('?', "%3F").replace('#', "%23"))
    }

    /// A query (`action=query` and its answer).
    ///
    /// # Errors
    /// Where the wiki cannot be reached or refuses.
    pub async fn query(&self, params: &[(&str, &str)]) -> Result<Value, Error> {
        let mut all = vec![("action", "query")];
        all.extend_from_slice(params);
        self.count("query");
        // A long list of titles does not fit into an address.
        let long = all.iter().map(|(_, v)| v.len()).sum::<usize>() > 1500;
        let answer =
            async { if long { self.bot.api().post_value(all).await } else { self.bot.api().get_value(all).await } };
        let answer = tokio::time::timeout(self.timeout, answer).await.map_err(|_| slow(self.timeout))?;
        answer.map_err(|e| Error::from_api(&e, None))
    }

    /// A query that is followed through all its parts; `each` gets every part's `query`.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn query_all(&self, params: &[(&str, &str)], mut each: impl FnMut(&Value)) -> Result<(), Error> {
        let mut more: Vec<(String, String)> = Vec::new();
        loop {
            let mut all = params.to_vec();
            all.extend(more.iter().map(|(k, v)| (k.as_str(), v.as_str())));
            let answer = self.query(&all).await?;
            each(&answer["query"]);
            let Some(next) = answer["continue"].as_object() else {
                return Ok(());
            };
            more = next
                .iter()
                .map(|(k, v)| (k.clone(), v.as_str().map_or_else(|| v.to_string(), str::to_owned)))
                .collect();
        }
    }

    /// A request that changes something, with an edit token.
    ///
    /// # Errors
    /// As [`Client::query`]; `page` is what is being changed.
    pub async fn change(&self, page: &str, params: &[(&str, &str)]) -> Result<Value, Error> {
        let kind = params.iter().find(|(k, _)| *k == "action").map_or("change", |(_, v)| v);
        self.count(kind);
        let answer = self.bot.api().post_with_token::<_, Value>("csrf", params.to_vec());
        let answer = tokio::time::timeout(self.timeout, answer).await.map_err(|_| slow(self.timeout))?;
        answer.map_err(|e| Error::from_api(&e, Some(page)))
    }

    /// The Parsoid HTML of a revision.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub async fn html(&self, title: &str, revision: u64) -> Result<String, Error> {
        self.count("html");
        let answer = self.bot.parsoid().get_revision_raw(title, revision);
        let answer = tokio::time::timeout(self.timeout, answer).await.map_err(|_| slow(self.timeout))?;
        answer.map_err(|e| match e {
            parsoid::Error::PageDoesNotExist(_) => Error::Conflict { page: title.to_owned() },
            other => Error::Later(format!("cannot get the HTML of {title}: {}", super::chain(&other))),
        })
    }

    /// Requests made so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts.lock().map(|c| c.clone()).unwrap_or_default()
    }

    fn count(&self, kind: &str) {
        if let Ok(mut counts) = self.counts.lock() {
            *counts.entry(kind.to_owned()).or_default() += 1;
        }
    }
}

fn slow(limit: Duration) -> Error {
    Error::Later(format!("the wiki did not answer within {}", humantime::format_duration(limit)))
}

fn user_agent(connection: &Connection, desk: &str) -> String {
    let desk: String = desk.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect();
    let own = format!("helpdesk-bot/{} ({desk})", env!("CARGO_PKG_VERSION"));
    connection.user_agent.as_ref().map_or(own.clone(), |extra| format!("{own} {extra}"))
}

/// A JSON array of strings.
pub(super) fn strings(value: &Value) -> Vec<String> {
    value.as_array().map(|a| a.iter().filter_map(|s| s.as_str().map(str::to_owned)).collect()).unwrap_or_default()
}
