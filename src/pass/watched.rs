//! What on the wiki concerns a desk.

use std::collections::BTreeSet;

use super::intake;
use crate::desk::Desk;
use crate::plan::draft::output_titles;
use crate::wiki::Client;
use crate::wiki::changes::Hint;

/// What on the wiki concerns a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    titles: BTreeSet<String>,
    below: Vec<String>,
    /// The template namespace: a new redirect there may be a new name of a vote.
    templates: String,
    /// The bot itself: its own edits are no news.
    me: String,
    /// Its user page, by which logs name it.
    account: String,
}

impl Watched {
    /// What the configuration names.
    pub fn new(client: &Client, desk: &Desk) -> Self {
        let pages = &desk.pages;
        let people = intake::titles(client, desk);
        let stop = format!("User:{}/Stop", client.me.name);
        let titles = people
            .into_iter()
            .chain([pages.committee.clone(), stop, desk.rules_page.clone()])
            .chain(output_titles(desk));
        let archive = Some(pages.archive_prefix()).filter(|prefix| !prefix.is_empty());
        let meetings = Some(&pages.meetings).filter(|title| !title.is_empty()).map(|title| format!("{title}/"));
        Watched {
            titles: titles.filter(|title| !title.is_empty()).map(|title| client.titles.local(&title)).collect(),
            below: [format!("{}/", pages.intake)]
                .into_iter()
                .chain(archive.map(str::to_owned))
                .chain(meetings)
                .map(|title| client.titles.local(&title))
                .collect(),
            templates: format!("{}:", client.titles.namespace_name(10)),
            me: client.me.name.clone(),
            account: client.titles.local(&format!("User:{}", client.me.name)),
        }
    }

    /// The same with pages that a pass found, and pages whose transclusion means something.
    pub fn with<'n>(mut self, titles: impl Iterator<Item = String>, templates: impl Iterator<Item = &'n str>) -> Self {
        self.titles.extend(titles);
        self.titles.extend(templates.map(str::to_owned));
        self
    }

    /// Whether something that happened concerns the desk.
    pub fn concerns(&self, hint: &Hint) -> bool {
        if hint.user.as_deref() == Some(self.me.as_str()) {
            return false;
        }
        let begins = |starts: &[String], title: &str| starts.iter().any(|s| !s.is_empty() && title.starts_with(s));
        [Some(&hint.title), hint.target.as_ref()].into_iter().flatten().any(|title| {
            self.titles.contains(title)
                // Blocked, released, given or taken a right.
                || (hint.log && *title == self.account)
                || begins(&self.below, title)
                || (hint.redirect && title.starts_with(&self.templates))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_concerns_the_desk_is_a_hint() {
        let watched = Watched {
            titles: BTreeSet::from(["Desk/Status".to_owned(), "Template:Support".to_owned()]),
            below: vec!["Desk/Requests/".to_owned()],
            templates: "Template:".to_owned(),
            me: "Bot".to_owned(),
            account: "User:Bot".to_owned(),
        };
        let hint = |title: &str, target: Option<&str>, user: &str, redirect: bool| {
            let target = target.map(str::to_owned);
            let (title, user) = (title.to_owned(), Some(user.to_owned()));
            watched.concerns(&Hint { title, target, user, redirect, revision: None, log: false })
        };
        assert!(hint("Desk/Requests/Maps", None, "Alice", false));
        assert!(hint("Desk/Status", None, "Alice", false));
        assert!(hint("Elsewhere", Some("Desk/Requests/New"), "Alice", false), "moved here");
        assert!(hint("Template:Stöd", None, "Alice", true), "a new redirect to a vote");
        assert!(!hint("Template:Stöd", None, "Alice", false));
        assert!(!hint("Desk/Requests/Maps", None, "Bot", false), "its own");
        assert!(!hint("Desk/Requestsx", None, "Alice", false));
    }
}
