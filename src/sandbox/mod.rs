//! A real MediaWiki on this machine, for the demo, rehearsals and the tests.
//!
//! [`Sandbox::ready`] builds a Debian tree with MediaWiki in the user's cache folder, once (`HELPDESK_CACHE` names another
//! folder). [`Sandbox::wiki`] makes a new wiki in it within a second or so and serves it on the loopback address, set up like
//! Meta-Wiki where it matters here. A [`Person`] edits it as people do. Nothing leaves this machine.
//!
//! With `HELPDESK_WIKI` (script path of a wiki), `HELPDESK_WIKI_ADMIN` and `HELPDESK_WIKI_PASSWORD` in the environment a
//! wiki of one's own takes its place: [`Wiki::from_env`].
//!
//! - `build`: builds the tree, and installs what that needs
//! - `root`: the finished tree, and the wiki that new ones are copied from
//! - `outdated`: trees and wikis of another kind than today's, which are removed
//! - `accounts`: what accounts are made of, and making them on a wiki elsewhere
//! - `import`: many pages at once
//! - `server`: PHP's own web server, and how it ends
//! - `person`: sessions through the API
//! - `process`: running programs, showing progress
//! - `php/`: settings, routes and the scripts for accounts, imports and parse trees, as they are put into each wiki's folder

mod accounts;
mod build;
mod import;
mod outdated;
mod person;
mod process;
mod root;
mod server;

pub use accounts::{Account, Login};
pub use build::install_packages;
pub use import::ImportedPage;
pub use person::Person;
pub use root::cache_folder;
pub use server::Options;

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::{Context, Result, bail};
use root::{Root, offload};
use serde_json::{Value, json};
use server::Server;

/// The name by which a sandbox wiki calls itself in its events.
pub const WIKI_ID: &str = root::WIKI_ID;

/// A place for wikis on this machine.
#[derive(Clone, Debug)]
pub struct Sandbox {
    root: Root,
}

impl Sandbox {
    /// Finds the sandbox, or builds it, which takes about a minute and says so on standard error.
    pub async fn ready() -> Result<Self> {
        let root = offload(Root::ready).await?;
        Ok(Self { root })
    }

    /// Makes a new wiki and serves it. A name consists of small letters, digits and hyphens; an older wiki of that name is removed,
    /// unless it is still in use.
    pub async fn wiki(&self, name: &str, options: Options) -> Result<Wiki> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || !name.bytes().all(plain) || ["template", "messages"].contains(&name) {
            bail!("\"{name}\" cannot be the name of a sandbox wiki: use small letters, digits and hyphens");
        }
        let (root, wiki) = (self.root.clone(), name.to_owned());
        let in_use = offload(move || {
            let lock = File::create(root.wikis().join(format!("{wiki}.lock")))?;
            if lock.try_lock().is_err() {
                bail!("a sandbox wiki named \"{wiki}\" is already running: stop that one, or choose another name");
            }
            root.copy_template(&wiki)?;
            Ok(lock)
        })
        .await?;
        let server = Server::start(&self.root, name, &options).await?;
        Ok(Wiki {
            url: format!("http://127.0.0.1:{}/w/", server.port),
            admin: Account::new(root::ADMIN.0, root::ADMIN.1),
            kind: Kind::Local { name: name.to_owned(), root: self.root.clone(), server, options, _in_use: in_use },
        })
    }
}

/// A wiki to try things on. One of the sandbox ends when this is dropped; its folder stays until the next of its name.
#[derive(Debug)]
pub struct Wiki {
    url: String,
    admin: Account,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Local { name: String, root: Root, server: Server, options: Options, _in_use: File },
    External { admin: Person, passwords: Mutex<HashMap<String, String>> },
}

impl Wiki {
    /// A wiki that exists, with an administrator of it. Accounts are made through its API.
    pub async fn external(url: &str, admin: &str, password: &str) -> Result<Self> {
        let person = Person::login(url, admin, password).await?;
        Ok(Self {
            url: format!("{}/", url.trim_end_matches('/')),
            admin: Account::new(admin, password),
            kind: Kind::External { admin: person, passwords: Mutex::default() },
        })
    }

    /// The wiki that the environment names, if it does.
    pub async fn from_env() -> Result<Option<Self>> {
        let read = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let Some(url) = read("HELPDESK_WIKI") else {
            return Ok(None);
        };
        let admin = read("HELPDESK_WIKI_ADMIN")
            .context("HELPDESK_WIKI is set: set HELPDESK_WIKI_ADMIN to an administrator of it")?;
        let password =
            read("HELPDESK_WIKI_PASSWORD").context("HELPDESK_WIKI is set: set HELPDESK_WIKI_PASSWORD too")?;
        Self::external(&url, &admin, &password).await.map(Some)
    }

    /// The script path, such as `http://127.0.0.1:8080/w/`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// An administrator's login.
    pub fn admin(&self) -> Login {
        Login { name: self.admin.name.clone(), password: self.admin.password.clone() }
    }

    /// The folder with the wiki's database and log; none where the wiki is elsewhere.
    pub fn folder(&self) -> Option<PathBuf> {
        match &self.kind {
            Kind::Local { name, root, .. } => Some(root.folder(name)),
            Kind::External { .. } => None,
        }
    }

    /// Makes one account.
    pub async fn account(&self, name: &str, password: &str, groups: &[&str]) -> Result<()> {
        let account = groups.iter().fold(Account::new(name, password), |account, group| account.group(group));
        self.accounts(&[account]).await.map(drop)
    }

    /// Makes accounts, all in one go, and returns in the same order what to log in with. One that exists gets the password and the
    /// groups.
    pub async fn accounts(&self, accounts: &[Account]) -> Result<Vec<Login>> {
        match &self.kind {
            Kind::Local { .. } => {
                let list = accounts.iter().map(Account::to_json);
                self.run_accounts(list.collect()).await
            }
            Kind::External { admin, passwords } => {
                let mut logins = Vec::new();
                for account in accounts {
                    accounts::make_elsewhere(admin, &self.url, account).await?;
                    let mut known = passwords.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    known.insert(account.name.clone(), account.password.clone());
                    logins.push(Login { name: account.name.clone(), password: account.password.clone() });
                }
                Ok(logins)
            }
        }
    }

    /// Makes a bot password. Where the wiki is elsewhere its API offers none, and the account's own login is returned: that of
    /// an account that was made through this value.
    pub async fn bot_password(&self, user: &str, app: &str) -> Result<Login> {
        match &self.kind {
            Kind::Local { .. } => {
                let one = json!({ "name": user, "password": null, "groups": [], "bot_password": app, "grants": accounts::GRANTS });
                let logins = self.run_accounts(vec![one]).await?;
                logins.into_iter().next().context("no bot password came back")
            }
            Kind::External { passwords, .. } => {
                let known = passwords.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let password = known.get(user).with_context(|| format!("the password of {user} is not known here"))?;
                Ok(Login { name: user.to_owned(), password: password.clone() })
            }
        }
    }

    /// Saves pages, thousands of them in the time that a hundred edits take, and returns in the same order their ids and those
    /// of their newest revisions.
    ///
    /// Afterwards the pages, their revisions and their texts are as if people had saved them; a redirect is a redirect. The
    /// revisions of all pages are numbered in the order of their times, and, where these are the same, in that of the pages.
    /// What else a save leaves behind is missing until the next edit of the page: it is in no category, links nowhere and
    /// transcludes nothing as far as the tables of links know, and recent changes, the feed of events, the authors' edit counts and
    /// the site's statistics do not know of it. Some hundred revisions make one transaction: after an error the ones before it stay.
    pub async fn import(&self, pages: &[ImportedPage]) -> Result<Vec<(u64, u64)>> {
        let Kind::Local { name, root, .. } = &self.kind else {
            bail!("pages cannot be imported into a wiki elsewhere ({})", self.url);
        };
        let said = self.run(&root.inside(name, "import.php"), &[], Some(import::to_lines(pages)?)).await?;
        import::ids(&said, pages)
    }

    /// What MediaWiki's preprocessor makes of texts, as `action=expandtemplates&prop=parsetree` says it; thousands in the
    /// time of one request.
    pub async fn parse_trees(&self, texts: &[String]) -> Result<Vec<String>> {
        let Kind::Local { name, root, .. } = &self.kind else {
            bail!("a wiki elsewhere is asked one text at a time ({})", self.url);
        };
        let said = self.run(&root.inside(name, "trees.php"), &[], Some(serde_json::to_string(texts)?)).await?;
        let trees = said.lines().find_map(|line| line.strip_prefix("trees: "));
        Ok(serde_json::from_str(trees.with_context(|| format!("no texts were read: {said}"))?)?)
    }

    /// Puts a file such as `Map.png` onto the wiki, as if somebody had uploaded it.
    pub async fn upload(&self, file: &str, content: &[u8]) -> Result<()> {
        let Kind::Local { name, root, .. } = &self.kind else {
            bail!("files are not uploaded to a wiki elsewhere ({})", self.url);
        };
        let uploads = root.folder(name).join("uploads");
        fs::create_dir_all(&uploads)?;
        fs::write(uploads.join(file), content)?;
        let extension = file.rsplit('.').next().unwrap_or_default();
        let arguments = [root.inside(name, "uploads"), format!("--extensions={extension}")];
        self.maintenance("importImages", &arguments.each_ref().map(String::as_str)).await?;
        fs::remove_file(uploads.join(file)).context("cannot remove what was uploaded")
    }

    /// Runs one of MediaWiki's maintenance scripts, such as `runJobs`, and returns what it printed.
    pub async fn maintenance(&self, script: &str, arguments: &[&str]) -> Result<String> {
        self.run(script, arguments, None).await
    }

    /// Makes the main page, and with it the wiki's own address, lead to a page. A wiki elsewhere keeps its main page.
    pub async fn lead_to(&self, title: &str) -> Result<()> {
        if let Kind::Local { .. } = &self.kind {
            let admin = Person::login(&self.url, &self.admin.name, &self.admin.password).await?;
            admin.edit("Main Page", &format!("#REDIRECT [[{title}]]"), "all that is here").await?;
        }
        Ok(())
    }

    /// Changes one of MediaWiki's settings from the next request on, such as `wgReadOnly`.
    pub fn set(&self, setting: &str, value: Value) -> Result<()> {
        let folder = self.folder().context("the settings of a wiki elsewhere cannot be changed from here")?;
        let (file, new) = (folder.join("settings.json"), folder.join("settings.new"));
        let mut settings: Value = match fs::read_to_string(&file) {
            Ok(text) => serde_json::from_str(&text)?,
            Err(_) => json!({}),
        };
        settings[setting] = value;
        fs::write(&new, settings.to_string())?;
        fs::rename(&new, &file).context("cannot write the wiki's settings")
    }

    /// Ends the wiki, as dropping it does, and waits until it has.
    pub async fn stop(self) -> Result<()> {
        offload(move || {
            drop(self);
            Ok(())
        })
        .await
    }

    async fn run_accounts(&self, list: Vec<Value>) -> Result<Vec<Login>> {
        let Kind::Local { name, root, .. } = &self.kind else { bail!("this wiki is elsewhere") };
        let said = self.run(&root.inside(name, "accounts.php"), &[], Some(Value::from(list).to_string())).await?;
        let logins = said.lines().find_map(|line| line.strip_prefix("logins: "));
        let logins: Vec<(String, String)> =
            serde_json::from_str(logins.with_context(|| format!("no accounts were made: {said}"))?)?;
        Ok(logins.into_iter().map(|(name, password)| Login { name, password }).collect())
    }

    async fn run(&self, script: &str, arguments: &[&str], input: Option<String>) -> Result<String> {
        let Kind::Local { name, root, server, options, .. } = &self.kind else {
            bail!("maintenance scripts cannot be run on a wiki elsewhere ({})", self.url);
        };
        let (name, root, options, port) = (name.clone(), root.clone(), options.clone(), server.port);
        let (script, arguments): (_, Vec<String>) =
            (script.to_owned(), arguments.iter().map(|&text| text.to_owned()).collect());
        offload(move || {
            let mut php = root.maintenance(&name, &script);
            server::environment(&mut php, port, &options);
            php.args(arguments);
            let script = script.rsplit('/').next().unwrap_or(&script);
            process::output(php, input).with_context(|| format!("{script} failed on the sandbox wiki"))
        })
        .await
    }
}
