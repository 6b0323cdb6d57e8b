//! What can go wrong between the bot and the wiki, sorted by what is done about it.

use std::time::Duration;

use serde::Deserialize;

use super::block::Block;
use super::proxy;
use super::secrets::Secrets;

/// The longest pause that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// An error, by what the caller does about it ([`Error::policy`]). A read gives [`Error::Busy`] and [`Error::Later`] when it
/// was made again several times, [`Error::Session`] when the bot logged in again and is not known once more,
/// [`Error::Conflict`] where what is being read went away meanwhile, [`Error::NotShown`] where a page is more than the wiki
/// can do, and never [`Error::Refused`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody saved, created, moved or deleted the page meanwhile: read it again.
    #[error("{page} changed while it was being written; it is read again")]
    Conflict {
        /// The page's title.
        page: String,
    },
    /// The wiki refuses this edit of this page (protection, filter, blacklist); other pages are not concerned.
    #[error("the wiki refuses the edit of {page}: {code}: {text}")]
    Refused {
        /// The page's title.
        page: String,
        /// MediaWiki's code.
        code: String,
        /// MediaWiki's words.
        text: String,
    },
    /// What is asked about this page is more than the wiki can do; other pages are not concerned.
    #[error("the wiki does not show {page}: {why}")]
    NotShown {
        /// The page's title.
        page: String,
        /// What went wrong.
        why: Trouble,
    },
    /// The wiki no longer knows the bot: log in again.
    #[error("{0}; the bot logs in again")]
    Session(String),
    /// The wiki asks to wait, perhaps for a time that it names.
    #[error("the wiki asks to wait{}: {why}; try again then", for_so_long(*wait))]
    Busy {
        /// What it says.
        why: String,
        /// For how long, an hour at the most.
        wait: Option<Duration>,
    },
    /// The wiki or the way to it fails for now, or answers what no one expected: try later.
    #[error("{0}; try again later")]
    Later(String),
    /// The account may not write for now, and goes on once it may again.
    #[error("{0}; nothing is written until that is lifted, then the bot goes on by itself")]
    Barred(String),
    /// Nothing will work until an operator acts.
    #[error("{0}")]
    Fatal(String),
}

/// What went wrong with one page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The wiki took longer than that.
    #[error("no answer within {}", humantime::format_duration(*.0))]
    Slow(Duration),
    /// What the wiki makes of it is larger than it, or the bot, can do.
    #[error("{0}")]
    Large(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// What is done about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Again at once, after another look.
    Soon,
    /// Again after a growing pause, and not before this time.
    Later(Duration),
    /// Nothing: the page is reported, all others go on.
    PageOnly,
    /// Wait until people on the wiki let the account write again.
    UntilLifted,
    /// Stop, and tell an operator.
    Stop,
}

impl Error {
    /// What is done about it.
    pub fn policy(&self) -> Policy {
        match self {
            Error::Conflict { .. } | Error::Session(_) => Policy::Soon,
            Error::Refused { .. } | Error::NotShown { .. } => Policy::PageOnly,
            Error::Busy { wait, .. } => Policy::Later(wait.unwrap_or_default()),
            Error::Later(_) => Policy::Later(Duration::ZERO),
            Error::Barred(_) => Policy::UntilLifted,
            Error::Fatal(_) => Policy::Stop,
        }
    }

    /// What went wrong, without what is done about it.
    pub fn trouble(&self) -> Trouble {
        match self {
            Error::NotShown { why, .. } => why.clone(),
            Error::Later(why) => Trouble::Other(why.clone()),
            other => Trouble::Other(other.to_string()),
        }
    }

    /// In one word, for counting.
    pub fn kind(&self) -> &'static str {
        match self {
            Error::Conflict { .. } => "conflict",
            Error::Refused { .. } => "refused",
            Error::NotShown { .. } => "not-shown",
            Error::Session(_) => "session",
            Error::Busy { .. } => "busy",
            Error::Later(_) => "failed",
            Error::Barred(_) => "barred",
            Error::Fatal(_) => "fatal",
        }
    }

    /// The same without any of these secrets: a wiki may quote them.
    pub(super) fn without(self, secrets: &Secrets) -> Self {
        let hide = |text| secrets.hide(text);
        match self {
            Error::Refused { page, code, text } => Error::Refused { page, code: hide(code), text: hide(text) },
            Error::NotShown { page, why: Trouble::Other(why) } => {
                Error::NotShown { page, why: Trouble::Other(hide(why)) }
            }
            shown @ Error::NotShown { .. } => shown,
            Error::Busy { why, wait } => Error::Busy { why: hide(why), wait },
            Error::Session(why) => Error::Session(hide(why)),
            Error::Later(why) => Error::Later(hide(why)),
            Error::Barred(why) => Error::Barred(hide(why)),
            Error::Fatal(why) => Error::Fatal(hide(why)),
            conflict @ Error::Conflict { .. } => conflict,
        }
    }

    /// A refusal with so many characters of what is said of it.
    pub(super) fn shortened(mut self, most: usize) -> Self {
        if let Error::Refused { text, .. } = &mut self {
            *text = text.chars().take(most).collect();
        }
        self
    }

    /// An answer that is not what was asked for.
    pub(super) fn odd(what: &str) -> Self {
        Error::Later(format!("the wiki's answer is not of the expected shape ({what})"))
    }

    /// The wiki asks to wait, perhaps for so long.
    pub(super) fn busy(why: String, wait: Option<Duration>) -> Self {
        let wait = wait.filter(|wait| !wait.is_zero()).map(|wait| wait.min(LONGEST_WAIT));
        Error::Busy { why, wait }
    }

    /// The account may not write, for this reason.
    pub(super) fn barred(why: &str) -> Self {
        Error::Barred(format!("the bot's account may not write: {why}"))
    }

    /// What the wiki says of an error: the block, or the filter, which say more than the general words that are the same for all
    /// of them.
    pub(super) fn words(error: &mwapi::ApiError) -> String {
        let named = || {
            let data = error.data.as_ref()?;
            if let Some(block) = block_of(data) {
                return Some(if block.blockpartial { block.data() } else { block.to_string() });
            }
            let filter = data["abusefilter"].as_object()?;
            Some(format!("{} (Special:AbuseFilter/{})", filter.get("description")?.as_str()?, filter.get("id")?))
        };
        named().unwrap_or_else(|| error.text.clone())
    }

    /// No answer in time.
    pub(super) fn slow(limit: Duration) -> Self {
        Error::Later(format!("the wiki did not answer within {}", humantime::format_duration(limit)))
    }

    /// Sorts an error of the API. `wait` is how long the server asks to wait, `page` what was being edited, if it was an edit.
    pub(super) fn from_api(error: &mwapi::Error, wait: Option<Duration>, page: Option<&str>) -> Self {
        use mwapi::Error as E;
        match error {
            E::NotLoggedIn | E::NotLoggedInAsBot => Error::Session("the wiki has ended the session".to_owned()),
            E::BadToken | E::TokenFailure(_) => Error::Session("the wiki did not accept the edit token".to_owned()),
            E::Maxlag { info, .. } => Self::busy(format!("maxlag: {info}"), wait),
            E::Readonly { info, .. } => Self::busy(format!("read-only: {info}"), wait),
            E::InternalException(api) => Error::Later(format!("the wiki has an error of its own: {api}")),
            E::ApiError(api) => {
                let partial = api.data.as_ref().and_then(block_of).is_some_and(|block| block.blockpartial);
                Self::from_code(&api.code, &Self::words(api), page, partial)
            }
            other => Error::Later(format!("the wiki answers: {other}")),
        }
    }

    /// Sorts a failure of the way to the wiki.
    pub(super) fn from_http(error: &reqwest::Error) -> Self {
        match error.status().map(|s| s.as_u16()) {
            Some(code @ (500..)) => Error::Later(format!("the wiki's server fails ({code})")),
            Some(code) => Error::Later(format!(
                "the wiki's server refuses the request ({code}); if this stays, look at the address in mwbot.toml and whether the server lets this machine in"
            )),
            None if error.is_decode() => Error::odd(&chain(error)),
            None => Error::Later(proxy::unreachable(error).unwrap_or_else(|| unreachable(error))),
        }
    }

    /// Sorts what a wiki says of a login that it refuses.
    pub(super) fn from_login(reason: mwapi::ApiError, at: &str) -> Self {
        use mwbot::Error as E;
        let lost = ["sessionlost", "sessionfailure", "badtoken"].contains(&reason.code.as_str());
        let error = E::from(mwapi::Error::from(reason));
        match &error {
            _ if lost => Error::Session(format!("no login at {at}: {error}")),
            E::LoginThrottled => Self::busy(format!("no login at {at}: {error}"), Some(Duration::from_secs(300))),
            E::ApiError(api) if is_throttle(&api.code) => Self::busy(format!("no login at {at}: {error}"), None),
            E::Blocked { .. } | E::GloballyBlocked(_) | E::UnknownBlock(_) => Self::barred(&error.to_string()),
            E::WrongPassword | E::ApiError(_) => Error::Fatal(format!(
                "cannot log in at {at}: {}; see to the account (was it renamed?) and to its password or token in mwbot.toml or the environment",
                chain(&error)
            )),
            _ => Error::Later(format!("no login at {at}: {}", chain(&error))),
        }
    }

    fn from_code(code: &str, text: &str, page: Option<&str>, partial_block: bool) -> Self {
        match (code, page) {
            ("editconflict" | "articleexists" | "missingtitle" | "pagedeleted" | "nosuchrevid", Some(page)) => {
                Error::Conflict { page: page.to_owned() }
            }
            // A revision that was there a moment ago: its page was moved or deleted.
            (code, None) if code.starts_with("badid_rv") => {
                Error::Conflict { page: "a page that was being read".to_owned() }
            }
            (code, Some(page)) if partial_block => {
                Error::Refused { page: page.to_owned(), code: code.to_owned(), text: text.to_owned() }
            }
            (code, _) if is_throttle(code) => Error::Busy { why: format!("{code}: {text}"), wait: None },
            ("assertnameduserfailed", _) => Error::Session("the wiki takes the bot for somebody else".to_owned()),
            (code, _) if is_block(code) => Self::barred(text),
            (code, _) if is_shut_out(code) => Error::Fatal(format!(
                "the wiki does not let the bot in ({code}: {text}); see to its account and its password, then start it again"
            )),
            (_, Some(page)) => Error::Refused { page: page.to_owned(), code: code.to_owned(), text: text.to_owned() },
            _ => Error::Later(format!(
                "the wiki refuses a request ({code}: {text}); if this stays, `helpdesk check` tells more"
            )),
        }
    }
}

fn for_so_long(wait: Option<Duration>) -> String {
    wait.map(|wait| format!(" for {}", humantime::format_duration(wait))).unwrap_or_default()
}

/// Codes that pass by themselves.
fn is_throttle(code: &str) -> bool {
    matches!(
        code,
        "ratelimited" | "readonly" | "maxlag" | "actionthrottledtext" | "login-throttled" | "hookaborted-throttle"
    ) || code.starts_with("internal_api_error")
}

/// Codes with which a wiki shuts an account out as a whole.
fn is_shut_out(code: &str) -> bool {
    const CODES: [&str; 6] = [
        "wrongpassword",
        "readapidenied",
        "writeapidenied",
        "botpasswords-locked",
        "botpasswords-not-exist",
        "writerequired",
    ];
    CODES.contains(&code) || code.starts_with("mwoauth-")
}

/// Codes of blocks of an account as a whole.
fn is_block(code: &str) -> bool {
    matches!(code, "blocked" | "autoblocked" | "systemblocked" | "login-userblocked") || code.contains("globalblocking")
}

/// The block that the data of an error tell of.
fn block_of(data: &serde_json::Value) -> Option<Block> {
    Block::deserialize(&data["blockinfo"]).ok()
}

/// That no answer came, with the address as far as it tells anything, and why.
fn unreachable(error: &reqwest::Error) -> String {
    let at = error.url().map(|url| {
        let mut url = url.clone();
        url.set_query(None);
        format!(" at {url}")
    });
    // The error's own words are that, with all parameters.
    let why = std::error::Error::source(error).map_or_else(|| error.to_string(), chain);
    format!("cannot reach the wiki{}: {why}", at.unwrap_or_default())
}

/// An error with what caused it, on one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(code: &str, data: serde_json::Value) -> mwapi::Error {
        let error = serde_json::from_value::<mwapi::ApiError>(
            serde_json::json!({ "code": code, "text": "words", "data": data }),
        );
        mwapi::Error::from(error.expect("an error of the API"))
    }

    #[test]
    fn each_code_has_its_policy() {
        let none = serde_json::Value::Null;
        let later = Policy::Later(Duration::ZERO);
        for (code, editing, reading) in [
            ("editconflict", Policy::Soon, later),
            ("articleexists", Policy::Soon, later),
            ("protectedpage", Policy::PageOnly, later),
            ("abusefilter-disallowed", Policy::PageOnly, later),
            ("ratelimited", later, later),
            ("readonly", later, later),
            ("maxlag", later, later),
            ("internal_api_error_DBQueryError", later, later),
            ("badtoken", Policy::Soon, Policy::Soon),
            ("assertuserfailed", Policy::Soon, Policy::Soon),
            ("blocked", Policy::UntilLifted, Policy::UntilLifted),
            ("mwoauth-invalid-authorization", Policy::Stop, Policy::Stop),
        ] {
            assert_eq!(Error::from_api(&api(code, none.clone()), None, Some("P")).policy(), editing, "{code}");
            assert_eq!(Error::from_api(&api(code, none.clone()), None, None).policy(), reading, "{code}");
        }
        let partial = api(
            "blocked",
            serde_json::json!({ "blockinfo": { "blockedby": "A", "blockreason": "R", "blockexpiry": "infinite", "blockpartial": true } }),
        );
        assert_eq!(Error::from_api(&partial, None, Some("P")).policy(), Policy::PageOnly);
        let lagged = api("maxlag", none);
        for (asked, given) in [(0, 0), (7, 7), (3601, 3600), (366 * 24 * 60 * 60, 3600), (u64::MAX, 3600)] {
            let error = Error::from_api(&lagged, Some(Duration::from_secs(asked)), None);
            assert_eq!(error.policy(), Policy::Later(Duration::from_secs(given)));
        }
    }
}
