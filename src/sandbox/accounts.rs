//! Accounts: what they are made of, and how they are made on a wiki elsewhere.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::person::Person;

/// What a bot password made here may do.
pub(super) const GRANTS: [&str; 4] = ["basic", "highvolume", "editpage", "createeditmovepage"];

/// An account to be made.
#[derive(Clone, Debug)]
pub struct Account {
    pub(super) name: String,
    pub(super) password: String,
    pub(super) groups: Vec<String>,
    pub(super) bot_password: Option<String>,
}

impl Account {
    /// An account in no group.
    pub fn new(name: &str, password: &str) -> Self {
        Self { name: name.to_owned(), password: password.to_owned(), groups: Vec::new(), bot_password: None }
    }

    /// The same in a group, such as `sysop` or `bot`.
    pub fn group(mut self, group: &str) -> Self {
        self.groups.push(group.to_owned());
        self
    }

    /// The same with a bot password of this name.
    pub fn bot_password(mut self, app: &str) -> Self {
        self.bot_password = Some(app.to_owned());
        self
    }

    /// As the script for accounts reads it.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "name": self.name,
            "password": self.password,
            "groups": self.groups,
            "bot_password": self.bot_password,
            "grants": GRANTS,
        })
    }
}

/// What to log in with: the account's own name and password, or those of its bot password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The name, or for a bot password `name@app`.
    pub name: String,
    /// The password.
    pub password: String,
}

/// Makes an account through the API.
pub(super) async fn make_elsewhere(admin: &Person, url: &str, account: &Account) -> Result<()> {
    let Account { name, password, groups, .. } = account;
    let params = [
        ("action", "createaccount"),
        ("username", name),
        ("password", password),
        ("retype", password),
        ("reason", "an account for tests"),
        ("createreturnurl", url),
    ];
    let token = admin.token("createaccount").await?;
    let answer = admin.send([&params[..], &[("createtoken", &token)]].concat()).await?;
    let result = &answer["createaccount"];
    match (result["status"].as_str(), result["messagecode"].as_str()) {
        (Some("PASS"), _) | (_, Some("userexists")) => {}
        _ => bail!(
            "the account {name} cannot be made there: {}",
            result["message"].as_str().unwrap_or("no reason given")
        ),
    }
    if !groups.is_empty() {
        let groups = groups.join("|");
        let params = [("action", "userrights"), ("user", name.as_str()), ("add", groups.as_str())];
        admin.post_with("userrights", params).await.with_context(|| format!("{name} cannot be put into {groups}"))?;
    }
    Ok(())
}
