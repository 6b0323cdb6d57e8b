//! Logging in.

use std::time::Duration;

use serde::Deserialize;

use super::answers::{About, Answer};
use super::api::Api;
use super::connection::{Auth, Connection};
use super::error::Error;
use crate::page::{Time, User};

/// A login.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) api: Api,
    /// What a request that changes something has to show.
    pub(super) token: String,
    /// How many values a request takes.
    pub(super) batch: usize,
}

/// A login, with what the wiki said on that occasion.
pub(super) struct Opened {
    pub(super) session: Session,
    pub(super) about: About,
    /// The wiki's time.
    pub(super) at: Time,
    /// The bot's account.
    pub(super) me: User,
}

#[derive(Deserialize)]
struct LoginToken {
    tokens: LoginTokens,
}

#[derive(Deserialize)]
struct LoginTokens {
    logintoken: String,
}

#[derive(Deserialize)]
struct Login {
    login: LoginResult,
}

#[derive(Deserialize)]
struct LoginResult {
    result: String,
    reason: Option<mwapi::ApiError>,
}

/// How many requests a login is.
pub(super) const REQUESTS: usize = 3;

/// Logs in, and asks who the bot is and what this wiki calls things.
pub(super) async fn open(connection: &Connection, timeout: Duration, purpose: &str) -> Result<Opened, Error> {
    let logged_in = async {
        let mut api = Api::new(connection, purpose)?;
        match &connection.auth {
            Some(Auth::OAuth2 { .. }) => {}
            Some(Auth::BotPassword { username, password }) => log_in(&mut api, username, password, &connection.api_url).await?,
            None => return Err(Error::Fatal("no account: write [auth] into mwbot.toml, or set HELPDESK_USERNAME with HELPDESK_OAUTH2_TOKEN or HELPDESK_BOT_PASSWORD".to_owned())),
        }
        api.assert = Some("user");
        let params = [
            ("action", "query"),
            ("meta", "userinfo|siteinfo|tokens"),
            ("uiprop", "rights"),
            ("siprop", "general|namespaces|namespacealiases|interwikimap|languages|extensiontags"),
            ("curtimestamp", "1"),
        ];
        let answer: Answer<About> = api.get(&params).await?;
        let at = answer.curtimestamp.0;
        let about = answer.whole()?.required()?;
        let me = User { id: about.userinfo.id, name: about.userinfo.name.clone(), temporary: false };
        if me.id == 0 {
            return Err(Error::Session("the wiki does not know the bot's account after its login".to_owned()));
        }
        let has = |right: &str| about.userinfo.rights.iter().any(|r| r == right);
        api.assert = Some(if has("bot") { "bot" } else { "user" });
        api.secrets.add(&about.tokens.csrftoken);
        let session =
            Session { api, token: about.tokens.csrftoken.clone(), batch: if has("apihighlimits") { 500 } else { 50 } };
        Ok(Opened { session, about, at, me })
    };
    limited(timeout, logged_in).await
}

async fn log_in(api: &mut Api, username: &str, password: &str, at: &str) -> Result<(), Error> {
    let there = |error| match error {
        Error::Later(why) if !why.contains(at) => Error::Later(format!("{why} (at {at})")),
        other => other,
    };
    let tokens = [("action", "query"), ("meta", "tokens"), ("type", "login"), ("curtimestamp", "1")];
    let token = api.get::<Answer<LoginToken>>(&tokens).await.map_err(there)?.whole()?.required()?.tokens.logintoken;
    api.secrets.add(&token);
    let login = [("action", "login"), ("lgname", username), ("lgpassword", password), ("lgtoken", token.as_str())];
    let LoginResult { result, reason } = api.post::<Login>(&login, None).await.map_err(there)?.login;
    match reason {
        _ if result == "Success" => Ok(()),
        Some(reason) => Err(api.hide(Error::from_login(reason, at))),
        // Such as `NeedToken` and `WrongToken`: the wiki forgot that this login was begun.
        None => Err(api.hide(Error::Session(format!("no login at {at}: {result}")))),
    }
}

/// A request with its limit of time.
pub(super) async fn limited<T>(limit: Duration, request: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::time::timeout(limit, request).await.unwrap_or_else(|_| Err(Error::slow(limit)))
}
