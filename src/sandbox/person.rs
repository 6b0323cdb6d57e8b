//! People at work: sessions that edit through the wiki's API, for demonstrations and tests.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use mwapi::{Assert, Client, Params};
use percent_encoding::{NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use serde_json::Value;

use crate::wiki::proxy::http_client;

/// The API client sets no time limit of its own.
const PATIENCE: Duration = Duration::from_secs(90);

/// A session of an account, or of somebody without one.
#[derive(Clone, Debug)]
pub struct Person {
    api: Client,
    url: String,
    name: String,
}

impl Person {
    /// Logs in; `url` is the wiki's script path, as in `http://127.0.0.1:8080/w/`.
    pub async fn login(url: &str, name: &str, password: &str) -> Result<Self> {
        let session = limited(open_session(url, name, password)).await;
        let api = session.with_context(|| format!("{name} cannot log in at {url}"))?;
        Ok(Self { api, url: url.to_owned(), name: name.to_owned() })
    }

    /// Somebody who is not logged in. Their first edit makes a temporary account, which they keep.
    pub async fn anonymous(url: &str) -> Result<Self> {
        let api = limited(builder(url).build()).await.with_context(|| format!("cannot reach {url}"))?;
        Ok(Self { api, url: url.to_owned(), name: "somebody without an account".to_owned() })
    }

    /// The name that was logged in with.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The account as the wiki calls it now, such as `~2026-1` after a first edit without an account.
    pub async fn account(&self) -> Result<String> {
        let answer = self.get(&[("action", "query"), ("meta", "userinfo")]).await?;
        answer["query"]["userinfo"]["name"].as_str().map(str::to_owned).context("the wiki does not say who this is")
    }

    /// Writes a page whole and returns the id of the new revision. An edit that changes nothing is an error too.
    pub async fn edit(&self, title: &str, text: &str, summary: &str) -> Result<u64> {
        self.save(title, &[("text", text), ("summary", summary)]).await
    }

    /// Adds text to the end of a page and returns the id of the new revision.
    pub async fn append(&self, title: &str, text: &str, summary: &str) -> Result<u64> {
        self.save(title, &[("appendtext", text), ("summary", summary)]).await
    }

    /// An edit with any parameters of `action=edit`, such as `section`, `undo` or `bot`.
    pub async fn save(&self, title: &str, params: &[(&str, &str)]) -> Result<u64> {
        let all = [&[("action", "edit"), ("title", title)], params].concat();
        let answer = self.post(all).await.with_context(|| format!("{title} cannot be saved"))?;
        let edit = &answer["edit"];
        match (edit["result"].as_str(), edit["newrevid"].as_u64()) {
            (Some("Success"), Some(revision)) => Ok(revision),
            (Some("Success"), None) => bail!("{}: the edit of {title} changes nothing", self.name),
            _ => bail!("{}: {title} was not saved: {edit}", self.name),
        }
    }

    /// The wikitext of a page.
    pub async fn text(&self, title: &str) -> Result<String> {
        self.text_if_there(title).await?.ok_or_else(|| anyhow!("there is no page {title}"))
    }

    /// The wikitext of a page that may not exist.
    pub async fn text_if_there(&self, title: &str) -> Result<Option<String>> {
        let params = [("prop", "revisions"), ("rvprop", "content"), ("rvslots", "main"), ("titles", title)];
        let answer = self.get([&[("action", "query")], &params[..]].concat()).await?;
        let page = &answer["query"]["pages"][0];
        if page["missing"].as_bool() == Some(true) {
            return Ok(None);
        }
        let text = page["revisions"][0]["slots"]["main"]["content"].as_str();
        text.map(|text| Some(text.to_owned())).with_context(|| format!("{title} has no readable text: {page}"))
    }

    /// Moves a page, leaving a redirect or not.
    pub async fn move_page(&self, from: &str, to: &str, redirect: bool) -> Result<()> {
        let mut params = vec![("action", "move"), ("from", from), ("to", to), ("reason", "")];
        if !redirect {
            params.push(("noredirect", "1"));
        }
        self.post(params).await.with_context(|| format!("{from} cannot be moved to {to}")).map(drop)
    }

    /// Deletes a page.
    pub async fn delete(&self, title: &str, reason: &str) -> Result<()> {
        let params = [("action", "delete"), ("title", title), ("reason", reason)];
        self.post(params).await.with_context(|| format!("{title} cannot be deleted")).map(drop)
    }

    /// Sends the form of a special page, for what the API does not offer.
    pub async fn submit(&self, special: &str, fields: &[(&str, &str)]) -> Result<String> {
        let token = self.token("csrf").await?;
        self.send_form(special, &token, fields).await
    }

    /// Imports a page with one revision, byte by byte: nothing of it acts as it would when it is saved.
    pub async fn import(&self, title: &str, by: &str, text: &str) -> Result<()> {
        let escape = |s: &str| s.replace('&', "&amp;").replace('<', "&lt;").replace('\r', "&#13;");
        let xml = format!(
            "<mediawiki xmlns=\"http://www.mediawiki.org/xml/export-0.11/\" version=\"0.11\" xml:lang=\"en\"><page>\
             <title>{}</title><ns>0</ns><revision><timestamp>2026-01-02T03:04:05Z</timestamp>\
             <contributor><username>{}</username></contributor><model>wikitext</model><format>text/x-wiki</format>\
             <text xml:space=\"preserve\">{}</text></revision></page></mediawiki>",
            escape(title),
            escape(by),
            escape(text)
        );
        let token = self.token("csrf").await?;
        let fields = [("action", "import"), ("format", "json"), ("interwikiprefix", "x"), ("assignknownusers", "1")];
        let part = |name: &str, value: &str| {
            format!("--part\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let mut body: String = fields.iter().chain(&[("token", token.as_str())]).map(|(k, v)| part(k, v)).collect();
        body += &part("xml\"; filename=\"page.xml", &xml);
        body += "--part--\r\n";
        let request = self.api.http_client().post(api_url(&self.url)).body(body);
        let request = request.header("content-type", "multipart/form-data; boundary=part");
        let answer: String = limited(async { request.send().await?.error_for_status()?.text().await }).await?;
        if answer.contains("\"revisions\":1") { Ok(()) } else { bail!("{title} cannot be imported: {answer}") }
    }

    async fn send_form(&self, special: &str, token: &str, fields: &[(&str, &str)]) -> Result<String> {
        let form = [&[("title", special), ("wpEditToken", token)], fields].concat();
        let address = api_url(&self.url).replace("api.php", "index.php");
        let body: String = form.iter().map(|(k, v)| format!("{}={}&", encode(k), encode(v))).collect();
        let request = self.api.http_client().post(address).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = limited(async { request.send().await?.error_for_status()?.text().await }).await;
        answer.with_context(|| format!("{}: {special}", self.name))
    }

    /// Fills in the form of a special page whose token only the form itself knows.
    pub async fn fill_in(&self, special: &str, fields: &[(&str, &str)]) -> Result<String> {
        let address = format!("{}?title={}", api_url(&self.url).replace("api.php", "index.php"), encode(special));
        let form = self.api.http_client().get(&address);
        let form = limited(async { form.send().await?.error_for_status()?.text().await }).await?;
        let inputs = form.split("<input").filter_map(|i| i.split('>').next());
        let token = inputs.filter(|i| i.contains("wpEditToken")).find_map(|i| {
            let (_, value) = i.split_once("value=")?;
            value[1..].split(&value[..1]).next()
        });
        let token = token.with_context(|| format!("{special} has no form for {}", self.name))?.to_owned();
        self.send_form(special, &token, fields).await
    }

    /// Any request that reads.
    pub async fn get(&self, params: impl Into<Params>) -> Result<Value> {
        limited(self.api.get_value(params)).await.with_context(|| self.name.clone())
    }

    /// Any request that writes, with a CSRF token.
    pub async fn post(&self, params: impl Into<Params>) -> Result<Value> {
        self.post_with("csrf", params).await
    }

    /// Any request that writes, with a token of another kind, such as `userrights`.
    pub async fn post_with(&self, token: &str, params: impl Into<Params>) -> Result<Value> {
        limited(self.api.post_with_token(token, params)).await.with_context(|| self.name.clone())
    }

    /// A request that writes and brings its token under a name of its own.
    pub(super) async fn send(&self, params: impl Into<Params>) -> Result<Value> {
        limited(self.api.post_value(params)).await.with_context(|| self.name.clone())
    }

    /// A token of some kind, for actions that take it under a name of their own.
    pub(super) async fn token(&self, kind: &str) -> Result<String> {
        let answer = self.get(&[("action", "query"), ("meta", "tokens"), ("type", kind)]).await?;
        let token = answer["query"]["tokens"][format!("{kind}token")].as_str();
        token.map(str::to_owned).with_context(|| format!("the wiki gives no token of the kind {kind}"))
    }
}

fn builder(url: &str) -> mwapi::Builder {
    let agent = concat!("helpdesk-sandbox/", env!("CARGO_PKG_VERSION"));
    // A refusal for now, such as that of a read-only wiki, is what a test wants to see: no second try.
    let address = api_url(url);
    let builder = Client::builder(&address).set_http_client(move || http_client(&address));
    builder.set_user_agent(agent).set_concurrency(4).set_retry_limit(0)
}

/// Logs in: with a bot password by the API's own means for that, with an account's password as people do.
async fn open_session(url: &str, name: &str, password: &str) -> Result<Client> {
    if name.contains('@') {
        return Ok(builder(url).set_botpassword(name, password).build().await?);
    }
    let guest = builder(url).build().await?;
    let token = guest.get_value([("action", "query"), ("meta", "tokens"), ("type", "login")]).await?;
    let params = [
        ("action", "clientlogin"),
        ("username", name),
        ("password", password),
        ("loginreturnurl", url),
        ("logintoken", token["query"]["tokens"]["logintoken"].as_str().context("the wiki gives no login token")?),
    ];
    let answer = guest.post_value(params).await?;
    if answer["clientlogin"]["status"] != "PASS" {
        bail!("{}", answer["clientlogin"]["message"].as_str().unwrap_or("the wiki asks for more than a password"));
    }
    // The same cookies; from here on a session that was lost is an error, not an edit by somebody without an account.
    Ok(mwapi::Builder::from_client_with_url(&guest, &api_url(url))
        .set_assert(Assert::User)
        .set_concurrency(4)
        .build()
        .await?)
}

fn encode(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, NON_ALPHANUMERIC)
}

fn api_url(url: &str) -> String {
    format!("{}/api.php", url.trim_end_matches('/'))
}

async fn limited<T, E: Into<anyhow::Error>>(request: impl Future<Output = Result<T, E>>) -> Result<T> {
    match tokio::time::timeout(PATIENCE, request).await {
        Ok(result) => result.map_err(Into::into),
        Err(_) => bail!("no answer within {} s", PATIENCE.as_secs()),
    }
}
