//! Where the wiki is and who the bot is there: `mwbot.toml` and the environment.

use std::collections::VecDeque;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anyhow::{Context, anyhow, bail};
use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::file::read_text;

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
pub(super) enum Auth {
    OAuth2 { username: String, oauth2_token: String },
    BotPassword { username: String, password: String },
}

impl Auth {
    pub(super) fn secret(&self) -> &str {
        match self {
            Auth::OAuth2 { oauth2_token, .. } => oauth2_token,
            Auth::BotPassword { password, .. } => password,
        }
    }
}

/// Where the wiki is and who the bot is there. Its `Debug` shows no secret.
#[derive(Clone)]
pub struct Connection {
    pub(super) api_url: String,
    pub(super) rest_url: String,
    pub(super) auth: Option<Auth>,
    pub(super) maxlag: u32,
    contact: Option<String>,
    pub(super) lanes: Arc<Lanes>,
}

/// How much is asked of a wiki at a time, by all desks that share a connection.
pub(super) struct Lanes {
    pub(super) reads: Semaphore,
    pub(super) writes: Semaphore,
    /// When the edits of the last minute were made.
    pub(super) edits: Mutex<VecDeque<Instant>>,
}

impl Default for Lanes {
    fn default() -> Self {
        Lanes { reads: Semaphore::new(3), writes: Semaphore::new(1), edits: Mutex::default() }
    }
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
    /// The same on another wiki, where nobody is logged in.
    pub(super) fn elsewhere(&self, api_url: String) -> Self {
        Connection { api_url, auth: None, ..self.clone() }
    }

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
        let text = read_text(&path).with_context(|| {
            format!(
                "cannot read {}: write there wiki_url = \"https://…/w/\", or name another file with --wiki",
                path.display()
            )
        })?;
        // Not the parser's own words in full: they quote the line, and it may be the password's.
        let file: File = toml::from_str(&text).map_err(|error| {
            let line = text[..error.span().map_or(0, |span| span.start)].lines().count().max(1);
            anyhow!("{}:{line}: this is not as mwbot wants it: {}", path.display(), error.message())
        })?;
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
        for url in [&api_url, &rest_url] {
            // It is told in errors and to the wiki, as where the bot is at home.
            if reqwest::Url::parse(url).is_ok_and(|url| url.password().is_some() || !url.username().is_empty()) {
                bail!("{}: an address with a password in it is shown to others; write it without", path.display());
            }
            let is_web =
                reqwest::Url::parse(url).is_ok_and(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
            if !is_web {
                bail!("{}: {url} is no address; write wiki_url = \"https://…/w/\"", path.display());
            }
        }
        let (auth, from) = match from_environment()? {
            Some(auth) => (Some(auth), "the environment".to_owned()),
            None => (file.auth, path.display().to_string()),
        };
        if auth.as_ref().is_some_and(|auth| auth.secret().contains(char::is_control)) {
            bail!(
                "{from}: the password or token holds a line break or another control character; write it on one line"
            );
        }
        Ok(Connection {
            api_url,
            rest_url,
            auth,
            maxlag: file.general.maxlag.unwrap_or(5),
            contact: file.general.user_agent,
            lanes: Arc::default(),
        })
    }

    /// A connection with a bot password, for a wiki whose script path is `wiki_url` (with a slash at its end).
    pub fn with_password(wiki_url: &str, username: &str, password: &str) -> Self {
        Connection {
            api_url: format!("{wiki_url}api.php"),
            rest_url: format!("{wiki_url}rest.php"),
            auth: Some(Auth::BotPassword { username: username.to_owned(), password: password.to_owned() }),
            maxlag: 5,
            contact: None,
            lanes: Arc::default(),
        }
    }

    fn account(&self) -> Option<&str> {
        match &self.auth {
            Some(Auth::OAuth2 { username, .. } | Auth::BotPassword { username, .. }) => Some(username),
            None => None,
        }
    }

    /// Waits until no write is in hand. What is given back keeps others from beginning one.
    pub async fn writes_done(&self) -> impl Sized + '_ {
        self.lanes.writes.acquire().await
    }

    /// How the bot names itself: `name/version (contact)`, as Wikimedia's User-Agent policy asks for.
    pub(super) fn user_agent(&self, desk: &str) -> String {
        let account = self.account().unwrap_or_default().split('@').next().unwrap_or_default().replace(' ', "_");
        let page = format!("{}?title=User:{account}", self.api_url.replace("api.php", "index.php"));
        let contact = self.contact.as_ref().map(|c| format!("; {c}")).unwrap_or_default();
        let agent = format!("helpdesk-bot/{} ({page}; {desk}{contact})", env!("CARGO_PKG_VERSION"));
        agent.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_said_has_a_secret_in_it() {
        let connection = Connection::with_password("http://localhost/w/", "Example bot@desk", "hushhush");
        let agent = connection.user_agent("Desk");
        assert!(agent.starts_with("helpdesk-bot/") && agent.contains("User:Example_bot; Desk)"), "{agent}");
        let file = std::env::temp_dir().join(format!("helpdesk-secret-{}.toml", std::process::id()));
        std::fs::write(&file, "wiki_url = \"http://localhost/w/\"\n[auth]\npassword = \"hushhush\nusername = 1\n")
            .expect("a file");
        let error = format!("{:#}", Connection::load(Some(&file)).expect_err("not TOML"));
        assert!(error.contains(".toml:3: this is not as mwbot wants it"), "{error}");
        for (text, wrong) in [
            ("wiki_url = \"meta.example.org/w/\"", "meta.example.org/w/api.php is no address"),
            ("wiki_url = \"ftp://meta.example.org/w/\"", "is no address"),
            ("wiki_url = \"https://somebody:hush@meta.example.org/w/\"", "with a password in it"),
            (
                "wiki_url = \"http://localhost/w/\"\n[auth]\nusername = \"A\"\npassword = \"hush\\nhush\"",
                "the password or token holds a line break",
            ),
        ] {
            std::fs::write(&file, text).expect("a file");
            std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("a file");
            let error = format!("{:#}", Connection::load(Some(&file)).expect_err(wrong));
            assert!(error.contains(wrong) && !error.contains("hush"), "{error}");
        }
        std::fs::remove_file(&file).expect("a file");
        for said in [error, agent, format!("{connection:?}")] {
            assert!(!said.contains("hushhush"), "{said}");
        }
    }
}
