//! The only rooms that know MediaWiki's API: the connection ([`client`]), batched reads ([`read`]) and guarded
//! edits ([`edit`]).

pub mod client;
pub mod edit;
pub mod read;

pub use client::{Client, Connection};

/// What can go wrong between the bot and the wiki, by what the caller does about it.
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
    /// The wiki or the way to it fails for now: try later.
    #[error("{0}; try again later")]
    Later(String),
    /// Nothing will work until an operator acts.
    #[error("{0}")]
    Fatal(String),
}

impl Error {
    /// Sorts an error of the API. `page` is what was being edited, if it was an edit.
    fn from_api(error: &mwapi::Error, page: Option<&str>) -> Self {
        use mwapi::Error as E;
        match error {
            E::NotLoggedIn | E::NotLoggedInAsBot => Error::Later("the wiki has ended the session".to_owned()),
            E::BadToken | E::TokenFailure(_) => Error::Later("the wiki did not accept the edit token".to_owned()),
            E::ApiError(api) => Self::from_code(&api.code, &api.text, page),
            E::InvalidJson(_) => Error::Later("the wiki's answer is no JSON of a known shape".to_owned()),
            E::HttpError(e) => Error::Later(format!("cannot reach the wiki: {}", chain(e))),
            other => Error::Later(format!("the wiki answers: {other}")),
        }
    }

    fn from_code(code: &str, text: &str, page: Option<&str>) -> Self {
        match (code, page) {
            ("editconflict" | "articleexists" | "missingtitle" | "pagedeleted" | "nosuchrevid", Some(page)) => {
                Error::Conflict { page: page.to_owned() }
            }
            ("ratelimited" | "readonly" | "maxlag" | "internal_api_error_DBQueryError" | "actionthrottledtext", _) => {
                Error::Later(format!("the wiki asks to wait ({code}: {text})"))
            }
            (
                "blocked"
                | "autoblocked"
                | "globalblocking-ipblocked"
                | "wrongpassword"
                | "mwoauth-invalid-authorization"
                | "assertnameduserfailed",
                _,
            ) => Error::Fatal(format!(
                "the wiki does not let the bot in ({code}: {text}); see to its account and its password"
            )),
            (_, Some(page)) => Error::Refused { page: page.to_owned(), code: code.to_owned(), text: text.to_owned() },
            _ => Error::Fatal(format!("the wiki refuses a request ({code}: {text})")),
        }
    }
}

/// An error with what caused it, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
