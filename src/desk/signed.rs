//! Templates that people sign: what one says, who wrote it, and who touched it since.

use serde::Serialize;

use crate::page::{Time, User};

/// Something that somebody wrote on a page as a template, followed through the page's history.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Signed<T> {
    /// What it says.
    pub content: T,
    /// The account that added it; none where the wiki hides it.
    pub author: Option<User>,
    /// When it was added.
    pub at: Time,
    /// The revision that added it.
    pub revision: u64,
    /// The signature beside it.
    pub signature: Signature,
    /// The id of the account the signature names, where that is another existing account.
    pub signed_by_other: Option<u64>,
    /// How it stood when it was added.
    pub born: Standing,
    /// Edits after which it stood otherwise than before, oldest first.
    pub touches: Vec<Touch>,
    /// Its place among all that is signed on the page, from 0; none if it is gone.
    pub place: Option<usize>,
}

/// A signature: whom it names, and the time it shows, both as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Signature {
    /// The account the nearest user link names, normalised as a title.
    pub user: Option<String>,
    /// The time as written, such as `12:34, 5 May 2026 (UTC)`.
    pub time: Option<String>,
}

/// How a template stands on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// As what it is.
    Plain,
    /// Struck out.
    Struck,
    /// Quoted, or inside something that keeps it from being a template of this page.
    Quoted,
    /// Not there, or altered so that its template or signature is another.
    Gone,
}

/// An edit to a template after it was added.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Touch {
    /// How it stood afterwards.
    pub to: Standing,
    /// Who did it; none where the wiki hides it.
    pub by: Option<User>,
    /// When it was saved.
    pub at: Time,
    /// The revision it made.
    pub revision: u64,
}

impl<T> Signed<T> {
    /// How it stands on the page.
    pub fn stands(&self) -> Standing {
        self.touches.last().map_or(self.born, |t| t.to)
    }

    /// The same with another content.
    pub fn map<U>(self, content: impl FnOnce(T) -> U) -> Signed<U> {
        Signed {
            content: content(self.content),
            author: self.author,
            at: self.at,
            revision: self.revision,
            signature: self.signature,
            signed_by_other: self.signed_by_other,
            born: self.born,
            touches: self.touches,
            place: self.place,
        }
    }

    /// Forgets all that came later; false if it came later itself.
    pub fn existed(&mut self, at: Time) -> bool {
        self.touches.retain(|t| t.at <= at);
        self.at <= at
    }

    /// When it was added and touched.
    pub fn moments(&self) -> impl Iterator<Item = Time> {
        std::iter::once(self.at).chain(self.touches.iter().map(|t| t.at))
    }

    /// The account its signature names, where that is not the author's name.
    pub fn foreign_signature(&self) -> Option<&str> {
        self.signature.user.as_deref().filter(|name| self.author.as_ref().is_none_or(|a| a.name != *name))
    }

    /// Notes whether the signature names another account; `account` is the id of whoever had a name at a time.
    pub fn resolve_signature(&mut self, account: impl Fn(&str, Time) -> Option<u64>) {
        let named = self.foreign_signature().and_then(|name| account(name, self.at));
        self.signed_by_other = named.filter(|id| self.author.as_ref().is_some_and(|a| a.id != *id));
    }
}
