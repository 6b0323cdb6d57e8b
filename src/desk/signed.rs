//! Templates that people sign: what one says, who wrote it, and who touched it since.

use serde::Serialize;

use super::meeting::Meeting;
use crate::page::{RevisionInfo, Time, User};

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
    /// It is a copy of what somebody else wrote and signed.
    pub copied: bool,
    /// How it stood when it was added.
    pub born: Standing,
    /// Edits after which it stood otherwise than before, oldest first.
    pub touches: Vec<Touch>,
    /// Its place among all that is signed on the page, from 0; none if it is gone.
    pub place: Option<usize>,
    /// The meeting whose minutes say it, where it does not stand on the page itself; the revision is then one of theirs, and
    /// the time that of the meeting.
    pub meeting: Option<Meeting>,
}

/// A signature: whom it names, and the time it shows, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Signature {
    /// The account the nearest user link names, normalised as a title.
    pub user: Option<String>,
    /// Other accounts that it links, and that the signatures behind it name.
    pub others: Vec<String>,
    /// The time as written, such as `12:34, 5 May 2026 (UTC)`.
    pub time: Option<String>,
}

/// How a template stands on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// As what it is.
    Plain,
    /// Inside a sentence or a heading.
    Inline,
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

impl Touch {
    /// What this revision did.
    pub fn new(to: Standing, by: &RevisionInfo) -> Self {
        Touch { to, by: by.user.clone(), at: by.at, revision: by.id }
    }
}

impl<T> Signed<T> {
    /// Whether somebody else signed it, or what it is a copy of.
    pub fn is_signed_by_other(&self) -> bool {
        self.copied || self.signed_by_other.is_some()
    }

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
            copied: self.copied,
            born: self.born,
            touches: self.touches,
            place: self.place,
            meeting: self.meeting,
        }
    }

    /// Forgets all that came later; false if it came later itself.
    pub fn existed(&mut self, at: Time) -> bool {
        self.touches.retain(|t| t.at <= at);
        self.at <= at
    }

    /// The newest revision that added or touched it.
    pub fn newest_revision(&self) -> u64 {
        self.touches.last().map_or(self.revision, |touch| touch.revision)
    }

    /// When it was added and touched.
    pub fn moments(&self) -> impl Iterator<Item = Time> {
        std::iter::once(self.at).chain(self.touches.iter().map(|t| t.at))
    }

    /// The accounts its signatures name, where none of them is its author by name.
    pub fn foreign_signatures(&self) -> impl Iterator<Item = &str> {
        let Signature { user, others, .. } = &self.signature;
        let named = user.iter().chain(others.iter().filter(|_| user.is_some())).map(String::as_str);
        let own = self.author.as_ref().is_some_and(|a| named.clone().any(|name| a.name == name));
        named.filter(move |_| !own)
    }

    /// Notes whether the signatures name another account, and none the author; `account` is the id of whoever had a name at a
    /// time.
    pub fn resolve_signature(&mut self, account: impl Fn(&str, Time) -> Option<u64>) {
        let named: Vec<u64> = self.foreign_signatures().filter_map(|name| account(name, self.at)).collect();
        let author = self.author.as_ref().map(|a| a.id);
        let other = named.first().copied().filter(|_| author.is_some_and(|id| !named.contains(&id)));
        self.signed_by_other = other;
    }
}
