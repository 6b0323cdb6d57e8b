//! Logging in.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use mwapi::Assert;
use reqwest::redirect::Policy;

use super::answers::{About, Answer};
use super::connection::{Auth, Connection};
use super::error::Error;
use super::proxy::http_client;
use crate::page::{Time, User};

/// A login.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) api: mwapi::Client,
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

/// Logs in, and asks who the bot is and what this wiki calls things.
pub(super) async fn open(connection: &Connection, timeout: Duration, purpose: &str) -> Result<Opened, Error> {
    // mwapi's own way to try again knows neither pauses nor a limit in time.
    let api_url = connection.api_url.clone();
    let builder = mwapi::Client::builder(&connection.api_url)
        .set_maxlag(connection.maxlag)
        .set_errorformat(mwapi::ErrorFormat::Wikitext)
        .set_retry_limit(0)
        .set_user_agent(&connection.user_agent(purpose))
        .set_http_client(move || http_client(&api_url).redirect(same_origin()));
    let builder = match &connection.auth {
        Some(Auth::OAuth2 { oauth2_token, .. }) => builder.set_oauth2_token(oauth2_token),
        Some(Auth::BotPassword { username, password }) => builder.set_botpassword(username, password),
        None => return Err(Error::Fatal("no account: write [auth] into mwbot.toml, or set HELPDESK_USERNAME with HELPDESK_OAUTH2_TOKEN or HELPDESK_BOT_PASSWORD".to_owned())),
    };
    let logged_in = async {
        let login = builder.build().await.map_err(|e| Error::from_login(e, &connection.api_url))?;
        let params = [
            ("action", "query"),
            ("meta", "userinfo|siteinfo"),
            ("uiprop", "rights"),
            ("siprop", "general|namespaces|namespacealiases|interwikimap|languages|extensiontags"),
            ("curtimestamp", "1"),
        ];
        let answer = login.get::<_, Answer<About>>(&params).await.map_err(|e| Error::from_api(&e, None))?;
        let at = answer.curtimestamp;
        let about = answer.whole()?.required()?;
        let me = User { id: about.userinfo.id, name: about.userinfo.name.clone(), temporary: false };
        if me.id == 0 {
            return Err(Error::Session("the wiki does not know the bot's account after its login".to_owned()));
        }
        let has = |right: &str| about.userinfo.rights.iter().any(|r| r == right);
        let api = mwapi::Builder::from_client_with_url(&login, &connection.api_url)
            .set_assert(if has("bot") { Assert::Bot } else { Assert::User })
            .set_concurrency(3)
            .build()
            .await
            .map_err(|e| Error::from_api(&e, None))?;
        let session = Session { api, batch: if has("apihighlimits") { 500 } else { 50 } };
        Ok(Opened { session, about, at, me })
    };
    limited(timeout, logged_in).await
}

/// Redirects are followed on the wiki's own server alone: no other gets to see a password, a cookie or a token.
fn same_origin() -> Policy {
    const MOST: usize = 5;
    Policy::custom(|attempt| {
        let asked = attempt.previous().first().map(|url| url.origin());
        let (asked, sent) = (asked.unwrap_or_else(|| attempt.url().origin()), attempt.url().origin());
        if asked != sent {
            let (asked, sent) = (asked.ascii_serialization(), sent.ascii_serialization());
            return attempt.error(format!(
                "{asked} sends the bot on to {sent}, which it does not follow; if that is where the wiki is now, write it into mwbot.toml"
            ));
        }
        if attempt.previous().len() > MOST { attempt.error("it sends the bot on and on") } else { attempt.follow() }
    })
}

/// A request with its limit of time. mwapi panics at JSON that is no object: that is an odd answer and no more.
pub(super) async fn limited<T>(limit: Duration, request: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match tokio::time::timeout(limit, AssertUnwindSafe(request).catch_unwind()).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Err(Error::odd("no JSON object")),
        Err(_) => Err(Error::slow(limit)),
    }
}
