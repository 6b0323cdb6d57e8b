//! What templates mean to a desk, by any name that MediaWiki accepts for them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::desk::{Choice, Desk, TemplateKind};
use crate::wikitext::syntax::Syntax;
use crate::wikitext::titles::Titles;

/// What a template means to a desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Meaning {
    /// One of those in `[templates]`.
    Template(TemplateKind),
    /// A vote.
    Vote(Choice),
    /// A vote whose choice is in the first parameter: the words for each choice, in lower case.
    VoteBy(Vec<(Choice, Vec<String>)>),
}

/// The templates that mean something to a desk, by the titles of their pages.
#[derive(Debug, Clone, PartialEq)]
pub struct Names {
    titles: Titles,
    syntax: Syntax,
    meanings: BTreeMap<String, Meaning>,
}

impl Names {
    /// The templates of the configuration. `redirects` are pages that redirect to a template, as titles `(from, to)`.
    pub fn new(desk: &Desk, titles: &Titles, syntax: &Syntax, redirects: &[(String, String)]) -> Self {
        let mut names = Names { titles: titles.clone(), syntax: syntax.clone(), meanings: BTreeMap::new() };
        for (kind, name) in desk.templates.iter() {
            names.meanings.extend(titles.transcluded(name).map(|page| (page, Meaning::Template(kind))));
        }
        for vote in &desk.votes {
            for page in vote.templates.iter().filter_map(|name| titles.transcluded(name)) {
                names.add_vote(page, vote.choice, &vote.first_parameter);
            }
        }
        for (from, to) in redirects {
            if let Some(meaning) = names.meanings.get(&titles.local(to)).cloned() {
                names.meanings.entry(titles.local(from)).or_insert(meaning);
            }
        }
        names
    }

    fn add_vote(&mut self, page: String, choice: Choice, words: &[String]) {
        let words: Vec<String> = words.iter().map(|w| w.trim().to_lowercase()).collect();
        match self.meanings.get_mut(&page) {
            _ if words.is_empty() => {
                self.meanings.insert(page, Meaning::Vote(choice));
            }
            Some(Meaning::VoteBy(choices)) => choices.push((choice, words)),
            _ => {
                self.meanings.insert(page, Meaning::VoteBy(vec![(choice, words)]));
            }
        }
    }

    /// The wiki's titles.
    pub fn titles(&self) -> &Titles {
        &self.titles
    }

    /// What the wiki's texts are read by.
    pub fn syntax(&self) -> &Syntax {
        &self.syntax
    }

    /// The meaning of `{{written}}`.
    pub fn meaning(&self, written: &str) -> Option<&Meaning> {
        self.meanings.get(&self.titles.transcluded(written)?)
    }

    /// The meaning of a transclusion of the page with this title.
    pub fn meaning_of_page(&self, title: &str) -> Option<&Meaning> {
        self.meanings.get(&self.titles.page(title)?)
    }

    /// Whether `{{written}}` is a call of that template.
    pub fn is(&self, kind: TemplateKind, written: &str) -> bool {
        self.meaning(written) == Some(&Meaning::Template(kind))
    }

    /// Names of the templates that are votes.
    pub fn vote_names(&self) -> impl Iterator<Item = &str> {
        let votes = self.meanings.iter().filter(|(_, meaning)| !matches!(meaning, Meaning::Template(_)));
        votes.map(|(page, _)| page.split_once(':').map_or(page.as_str(), |(_, name)| name))
    }

    /// Titles of all pages whose transclusion has a meaning.
    pub fn pages(&self) -> impl Iterator<Item = &str> {
        self.meanings.keys().map(String::as_str)
    }

    /// The choice of a vote, from the meaning of its template and its first parameter.
    pub fn choice(meaning: &Meaning, first: &str) -> Option<Choice> {
        match meaning {
            Meaning::Vote(choice) => Some(*choice),
            Meaning::VoteBy(choices) => {
                let first = first.trim().to_lowercase();
                choices.iter().find(|(_, words)| words.contains(&first)).map(|(choice, _)| *choice)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let desk = crate::config::shipped();
        let redirects = [
            ("Template:Stöd".to_owned(), "Template:Support".to_owned()),
            ("Mall:S".to_owned(), "Mall:Support".to_owned()),
            ("Vote for".to_owned(), "Mall:Support".to_owned()),
            ("Användare:Anna/Yes".to_owned(), "Mall:Support".to_owned()),
        ];
        crate::testing::names(&desk, &redirects)
    }

    #[test]
    fn names_in_any_spelling() {
        let names = names();
        for written in [
            "support",
            "Support",
            " Template:support",
            "template_:_support",
            "mall:Support",
            "S",
            "stöd",
            ":Template:Support",
            "Template: Helpdesk_support",
            ":Vote_for",
            ": vote for",
            "user:Anna/Yes",
            ":User:anna/Yes",
            "användare:Anna/Yes",
            "S&#117;pport",
            "Support#section",
            "msg:Support",
            "SafeSubst: MSG: raw:support",
        ] {
            assert_eq!(names.meaning(written), Some(&Meaning::Vote(Choice::Support)), "{written}");
        }
        for written in [
            ":Support",
            "Vote for",
            "Anna/Yes",
            "User:Anna/yes",
            "supporT",
            "User:Support",
            "subst:Support",
            "msgnw:Support",
            "raw:msg:Support",
            "#if:x",
            "/Support",
            "sv:Support",
            "",
        ] {
            assert_eq!(names.meaning(written), None, "{written}");
        }
        for title in ["Mall:Support", "Template:S", "Vote_for", "Mall:St%C3%B6d"] {
            assert_eq!(names.meaning_of_page(title), Some(&Meaning::Vote(Choice::Support)), "{title}");
        }
        assert_eq!(names.meaning_of_page("Support"), None);
    }
}
