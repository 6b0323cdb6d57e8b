//! What a template's name means on this wiki: spelling, namespace and redirects resolved.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::desk::{Choice, Desk, TemplateKind};
use crate::wikitext::encoding::decode;

/// What a template is to the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Meaning {
    /// One of those in `[templates]`.
    Template(TemplateKind),
    /// A vote.
    Vote(Choice),
    /// A vote whose choice is told by its first parameter: choices with their words in lower case.
    VoteBy(Vec<(Choice, Vec<String>)>),
}

/// All names that mean something, and how titles are spelt on this wiki.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Names {
    /// Names of the template namespace, in lower case, the canonical one included.
    namespaces: Vec<String>,
    /// Names of the user, user talk and (as `special:contributions`) contributions pages, in lower case.
    user_spaces: Vec<String>,
    meanings: BTreeMap<String, Meaning>,
}

impl Names {
    /// Names as configured. `template_spaces` and `user_spaces` are what the wiki calls the namespaces 10 and
    /// 2 or 3 (the canonical English names are always understood); `redirects` are pages that redirect to
    /// a template, as `(from, to)` titles without namespace.
    #[must_use]
    pub fn new(
        desk: &Desk,
        template_spaces: &[String],
        user_spaces: &[String],
        redirects: &[(String, String)],
    ) -> Self {
        let lower = |given: &[String], own: &[&str]| {
            let mut all: Vec<String> = own.iter().map(|s| (*s).to_owned()).collect();
            all.extend(given.iter().map(|s| s.replace('_', " ").to_lowercase()));
            all.sort();
            all.dedup();
            all
        };
        let mut names = Names {
            namespaces: lower(template_spaces, &["template"]),
            user_spaces: lower(user_spaces, &["user", "user talk"]),
            meanings: BTreeMap::new(),
        };
        for (kind, name) in desk.templates.iter() {
            names.meanings.insert(title_case(name), Meaning::Template(kind));
        }
        for vote in &desk.votes {
            for name in &vote.templates {
                names.add_vote(title_case(name), vote.choice, &vote.first_parameter);
            }
        }
        for (from, to) in redirects {
            if let Some(meaning) = names.meanings.get(&title_case(to)).cloned() {
                names.meanings.entry(transcluded(from)).or_insert(meaning);
            }
        }
        names
    }

    fn add_vote(&mut self, name: String, choice: Choice, words: &[String]) {
        let words: Vec<String> = words.iter().map(|w| w.trim().to_lowercase()).collect();
        match self.meanings.get_mut(&name) {
            _ if words.is_empty() => {
                self.meanings.insert(name, Meaning::Vote(choice));
            }
            Some(Meaning::VoteBy(choices)) => choices.push((choice, words)),
            _ => {
                self.meanings.insert(name, Meaning::VoteBy(vec![(choice, words)]));
            }
        }
    }

    /// What a call by this name means, as written in wikitext: any spelling MediaWiki accepts.
    #[must_use]
    pub fn meaning(&self, written: &str) -> Option<&Meaning> {
        let name = spaces(written);
        let name = name.strip_prefix(':').map(str::trim).filter(|n| n.contains(':')).unwrap_or(&name);
        match name.split_once(':') {
            Some((space, rest)) if self.namespaces.contains(&space.trim().to_lowercase()) => {
                self.meanings.get(&title_case(rest))
            }
            _ => self.meanings.get(&transcluded(name)),
        }
    }

    /// What a transclusion of the page with this title means.
    #[must_use]
    pub fn meaning_of_page(&self, title: &str) -> Option<&Meaning> {
        if title.contains(':') { self.meaning(title) } else { self.meanings.get(&transcluded(&format!(":{title}"))) }
    }

    /// Whether a call by this name is one of that template.
    pub fn is(&self, kind: TemplateKind, written: &str) -> bool {
        self.meaning(written) == Some(&Meaning::Template(kind))
    }

    /// The name of a template without its namespace; none for a title in another.
    #[must_use]
    pub fn template<'t>(&self, title: &'t str) -> Option<&'t str> {
        let (space, name) = title.split_once(':')?;
        self.namespaces.contains(&spaces(space).to_lowercase()).then_some(name)
    }

    /// The names of all templates that mean something.
    pub fn templates(&self) -> impl Iterator<Item = &str> {
        self.meanings.keys().map(String::as_str)
    }

    /// The choice of a vote template, from its meaning and its first parameter.
    #[must_use]
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

    /// The account that a link target such as `User talk:Alice#top` belongs to.
    #[must_use]
    pub fn user_of_link(&self, target: &str) -> Option<String> {
        let target = decode(target);
        let target = spaces(target.split('#').next().unwrap_or_default());
        // `[[:sv:User:X]]` names an account through another wiki's prefix.
        let mut rest = target.trim_start_matches(':').trim();
        for _ in 0..3 {
            let (space, name) = rest.split_once(':')?;
            let space = space.trim().to_lowercase();
            if self.user_spaces.contains(&space) {
                return account(name.split('/').next().unwrap_or_default());
            }
            if space == "special" {
                let (page, name) = name.split_once('/')?;
                return page.trim().eq_ignore_ascii_case("contributions").then(|| account(name)).flatten();
            }
            rest = name.trim();
        }
        None
    }
}

/// An account's name as MediaWiki spells it; none if there is nothing left of it.
#[must_use]
pub fn account(written: &str) -> Option<String> {
    let name = title_case(&decode(written));
    (!name.is_empty()).then_some(name)
}

/// A title with its first letter in upper case and single spaces.
#[must_use]
pub fn title_case(name: &str) -> String {
    let name = spaces(name);
    let mut chars = name.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// How a page is named where it is transcluded: `Template name`, `:Page`, `user:Page`.
fn transcluded(name: &str) -> String {
    match name.split_once(':') {
        Some((space, rest)) => format!("{}:{}", spaces(space).to_lowercase(), title_case(rest)),
        None => title_case(name),
    }
}

/// Underscores and runs of white space as one space; direction marks dropped, as MediaWiki does in titles.
fn spaces(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(u32::from(*c), 0x200E | 0x200F | 0x202A..=0x202E))
        .map(|c| if c == '_' { ' ' } else { c })
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let desk = crate::config::shipped();
        let redirects = [
            ("Stöd".to_owned(), "Support".to_owned()),
            ("s".to_owned(), "Support".to_owned()),
            (":Vote for".to_owned(), "Support".to_owned()),
            ("User:Anna/Yes".to_owned(), "Support".to_owned()),
        ];
        Names::new(&desk, &["Mall".to_owned()], &["Användare".to_owned(), "Användardiskussion".to_owned()], &redirects)
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
            "#if:x",
            "",
        ] {
            assert_eq!(names.meaning(written), None, "{written}");
        }
    }

    #[test]
    fn links_that_name_an_account() {
        let names = names();
        for target in [
            "User:Anna Exempel",
            "user talk:anna_Exempel#top",
            "User_talk:Anna%20Exempel",
            "Användare:Anna&nbsp;Exempel",
            ":sv:User:Anna Exempel",
            "Special:Contributions/Anna Exempel",
            "\u{200e}User:Anna Exempel\u{200e}",
            "User:Anna Exempel/sub",
            "User:&#65;nna Exempel",
        ] {
            assert_eq!(names.user_of_link(target).as_deref(), Some("Anna Exempel"), "{target}");
        }
        for target in ["Anna Exempel", "User:", "Special:Log/Anna", "Category:User"] {
            assert_eq!(names.user_of_link(target), None, "{target}");
        }
    }
}
