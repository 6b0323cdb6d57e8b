//! Requests to `api.php` and `rest.php`. No answer is read beyond a limit, whatever it unpacks to, and no redirect to another
//! server is followed.

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use reqwest::cookie::{CookieStore, Jar};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode, Url, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::answers::UniqueKeys;
use super::connection::{Auth, Connection};
use super::error::{Error, Trouble};
use super::proxy::http_client;
use super::secrets::Secrets;

/// An answer of the API is no larger: MediaWiki ends a part of a list at 8 MB of content (`$wgAPIMaxResultSize`), of which
/// JSON makes twice as much where it is all line breaks and quotation marks. Three are read at once.
const LARGEST_ANSWER: usize = 24_000_000;
/// The HTML of a page is no larger: Parsoid refuses wikitext of more than 1 MB.
const LARGEST_HTML: usize = 16_000_000;
/// What is asked of Parsoid.
const HTML: &str = "text/html; charset=utf-8; profile=\"https://www.mediawiki.org/wiki/Specs/HTML/2.8.0\"";

/// Parameters of a request.
pub(super) type Params<'a> = [(&'a str, &'a str)];

/// The API of a wiki, with the session's cookies or the account's token.
#[derive(Clone)]
pub(super) struct Api {
    http: reqwest::Client,
    url: Arc<str>,
    bearer: Option<header::HeaderValue>,
    cookies: Arc<Jar>,
    /// What this login is told and tells; cookies come to it.
    pub(super) secrets: Secrets,
    maxlag: String,
    /// Who the wiki has to take the bot for (`assert`).
    pub(super) assert: Option<&'static str>,
}

/// What every answer may hold instead of what was asked for.
#[derive(Deserialize)]
struct Failed {
    errors: Option<Vec<mwapi::ApiError>>,
}

impl Api {
    /// The API, with nobody logged in but by an account's token.
    pub(super) fn new(connection: &Connection, purpose: &str) -> Result<Self, Error> {
        let (cookies, mut secrets) = (Arc::<Jar>::default(), Secrets::default());
        if let Some(auth) = &connection.auth {
            secrets.add(auth.secret());
        }
        let http = http_client(&connection.api_url)
            .redirect(same_origin())
            .cookie_provider(Arc::clone(&cookies))
            .user_agent(connection.user_agent(purpose))
            .build()
            .map_err(|e| Error::from_http(&e))?;
        let bearer = match &connection.auth {
            Some(Auth::OAuth2 { oauth2_token, .. }) => {
                let mut bearer = header::HeaderValue::from_str(&format!("Bearer {oauth2_token}"))
                    .map_err(|_| Error::Fatal("the OAuth token holds a character that no token has".to_owned()))?;
                bearer.set_sensitive(true);
                Some(bearer)
            }
            _ => None,
        };
        let (url, maxlag) = (connection.api_url.as_str().into(), connection.maxlag.to_string());
        Ok(Api { http, url, bearer, cookies, secrets, maxlag, assert: None })
    }

    /// A request by GET.
    pub(super) async fn get<T: DeserializeOwned>(&self, params: &Params<'_>) -> Result<T, Error> {
        let answer = self.answer(self.http.get(&*self.url).query(&self.complete(params)), None).await;
        answer.map_err(|error| self.hide(error))
    }

    /// A request by POST. `page` is what it edits, if it is an edit.
    pub(super) async fn post<T: DeserializeOwned>(&self, params: &Params<'_>, page: Option<&str>) -> Result<T, Error> {
        let answer = self.answer(self.http.post(&*self.url).form(&self.complete(params)), page).await;
        answer.map_err(|error| self.hide(error))
    }

    /// The Parsoid HTML of a revision.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the revision is gone, [`Error::NotShown`] where it is this page that fails.
    pub(super) async fn html(&self, url: &str, title: &str, revision: u64) -> Result<String, Error> {
        self.read_html(url, title, revision).await.map_err(|error| self.hide(error))
    }

    /// The error without a secret that the wiki may have quoted.
    pub(super) fn hide(&self, error: Error) -> Error {
        let mut secrets = self.secrets.clone();
        let cookies = Url::parse(&self.url).ok().and_then(|url| self.cookies.cookies(&url));
        let cookies = cookies.as_ref().and_then(|cookies| cookies.to_str().ok()).unwrap_or_default();
        cookies.split("; ").filter_map(|c| c.split_once('=')).for_each(|(_, value)| secrets.add(value));
        error.without(&secrets)
    }

    async fn read_html(&self, url: &str, title: &str, revision: u64) -> Result<String, Error> {
        let not_shown = |why: Trouble| Error::NotShown { page: title.to_owned(), why };
        let answer = self.send(self.http.get(url).header(header::ACCEPT, HTML)).await?;
        match answer.status() {
            StatusCode::NOT_FOUND => return Err(Error::Conflict { page: title.to_owned() }),
            StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(not_shown(Trouble::Large("it is too large for Parsoid (413)".to_owned())));
            }
            _ => {}
        }
        let answer = answer.error_for_status().map_err(|e| Error::from_http(&e))?;
        let html = body(answer, LARGEST_HTML).await?;
        let html =
            html.ok_or_else(|| not_shown(Trouble::Large(format!("its HTML has more than {LARGEST_HTML} bytes"))))?;
        let html =
            String::from_utf8(html).map_err(|_| not_shown(Trouble::Other("its HTML is not UTF-8".to_owned())))?;
        if is_whole(&html, revision) { Ok(html) } else { Err(Error::odd("not the HTML of the revision")) }
    }

    /// The parameters with those of every request.
    fn complete<'a>(&'a self, params: &Params<'a>) -> Vec<(&'a str, &'a str)> {
        let mut all = params.to_vec();
        all.extend([("format", "json"), ("formatversion", "2"), ("errorformat", "wikitext"), ("maxlag", &self.maxlag)]);
        // Who is logging in is nobody yet.
        all.extend(self.assert.map(|who| ("assert", who)));
        all
    }

    async fn answer<T: DeserializeOwned>(&self, request: RequestBuilder, page: Option<&str>) -> Result<T, Error> {
        let answer = self.send(request).await?;
        let wait = retry_after(&answer);
        let answer = answer.error_for_status().map_err(|e| Error::from_http(&e))?;
        let answer = body(answer, LARGEST_ANSWER).await?;
        let answer = answer.ok_or_else(|| Error::odd(&format!("more than {LARGEST_ANSWER} bytes")))?;
        let odd = |e: serde_json::Error| Error::odd(&e.to_string());
        serde_json::from_slice::<UniqueKeys>(&answer).map_err(odd)?;
        // All errors say what the first one says.
        if let Some(errors) = serde_json::from_slice::<Failed>(&answer).map_err(odd)?.errors {
            let first = errors.into_iter().next().ok_or_else(|| Error::odd("no error among the errors"))?;
            return Err(Error::from_api(&mwapi::Error::from(first), wait, page));
        }
        serde_json::from_slice(&answer).map_err(odd)
    }

    /// The answer's head.
    async fn send(&self, request: RequestBuilder) -> Result<Response, Error> {
        let request = match &self.bearer {
            Some(bearer) => request.header(header::AUTHORIZATION, bearer),
            None => request,
        };
        let answer = request.send().await.map_err(|e| Error::from_http(&e))?;
        match (answer.status(), retry_after(&answer)) {
            (StatusCode::TOO_MANY_REQUESTS, wait) => Err(Error::busy("too many requests (429)".to_owned(), wait)),
            (StatusCode::SERVICE_UNAVAILABLE, wait @ Some(_)) => {
                Err(Error::busy("its server is busy (503)".to_owned(), wait))
            }
            _ => Ok(answer),
        }
    }
}

/// How long the server asks to wait: in seconds, or until a date by its own clock (RFC 9110, 10.2.3).
fn retry_after(answer: &Response) -> Option<Duration> {
    let said = |name| answer.headers().get(name)?.to_str().ok().map(str::trim);
    let date = |text| DateTime::parse_from_rfc2822(text).ok();
    let until = |text| (date(text)? - date(said(header::DATE)?)?).to_std().ok();
    let said = said(header::RETRY_AFTER)?;
    // So many seconds that they are no number here are too many all the same.
    let endless = !said.is_empty() && said.bytes().all(|b| b.is_ascii_digit());
    said.parse().ok().map(Duration::from_secs).or_else(|| until(said)).or(endless.then_some(Duration::MAX))
}

/// The body of an answer, unpacked; none where it is larger. It is put together once it is whole: a buffer that grows leaves
/// several times its size behind.
async fn body(mut answer: Response, largest: usize) -> Result<Option<Vec<u8>>, Error> {
    let (mut parts, mut size) = (Vec::new(), 0);
    while let Some(part) = answer.chunk().await.map_err(|e| Error::from_http(&e))? {
        size += part.len();
        if size > largest {
            return Ok(None);
        }
        parts.push(part);
    }
    Ok(Some(parts.concat()))
}

/// Whether this is the HTML of that revision, to its end.
fn is_whole(html: &str, revision: u64) -> bool {
    let head = html.split("<body").next().unwrap_or_default();
    head.contains(&format!("/revision/{revision}\"")) && html.trim_end().ends_with("</html>")
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
