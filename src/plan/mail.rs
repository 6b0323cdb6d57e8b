//! What is known of people who are to be written to. Plain data.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::desk::problem::Problem;
use crate::page::{Page, PageRef, Time};
use crate::records::news::News;
use crate::records::sent::Sent;

/// What was looked up to write to people.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    /// What was sent before; none where it was not looked up yet.
    pub sent: Option<Sent>,
    /// Those who are to be written to, by name.
    pub recipients: BTreeMap<String, Recipient>,
    /// What there is to tell of requests that only a table tells of, by the ids of their pages.
    pub news: HashMap<u64, Option<Arc<News>>>,
    /// Texts as the wiki saves them, by what they were before: templates substituted, signed.
    pub texts: HashMap<String, String>,
    /// Those who get nothing before that time, by name: they want nothing, or had enough, or cannot be reached.
    pub not_before: BTreeMap<String, Time>,
}

/// Somebody who is to be written to.
#[derive(Debug, Clone)]
pub enum Recipient {
    /// The title of the page where they are written to, the page if there is one, and when one was deleted there: what was
    /// written on that, nobody can tell.
    At(String, Option<Page>, Option<Time>),
    /// They are not written to: blocked, gone, or they want no messages.
    Unwanted,
    /// They cannot be written to, and somebody should know.
    Unreachable(Problem),
}

/// What has to be looked up before messages can be planned.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wanted {
    /// What was sent.
    pub sent: bool,
    /// Names of accounts.
    pub recipients: Vec<String>,
    /// Requests.
    pub news: Vec<PageRef>,
    /// Texts as the wiki would save them, each with the page that it would stand on.
    pub texts: Vec<(String, String)>,
}

impl Mail {
    /// What is kept of it for the next pass.
    #[must_use]
    pub fn kept(self) -> Self {
        let mut recipients = self.recipients;
        // Whoever cannot be reached is not looked up again at each pass.
        recipients.retain(|_, recipient| matches!(recipient, Recipient::Unreachable(_)));
        Mail { sent: self.sent, not_before: self.not_before, recipients, ..Mail::default() }
    }
}

impl Wanted {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        !self.sent && self.recipients.is_empty() && self.news.is_empty() && self.texts.is_empty()
    }
}
