//! What templates mean to a desk, by any name that MediaWiki accepts for them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::desk::{Choice, Desk, TemplateKind};
use crate::page::Time;
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

/// A time during which a page redirected to a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Led {
    /// The title of the template.
    pub to: String,
    /// Since when it led there.
    pub from: Time,
    /// Since when what is written by that name counts.
    pub counts_from: Time,
    /// Until when it led there; none while it does.
    pub until: Option<Time>,
    /// Something written by that name counts by now, or did.
    pub has_counted: bool,
}

/// Where a page led that redirects to a template, or did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Redirect {
    /// When it led to a template, oldest first.
    pub led: Vec<Led>,
    /// Since when all is known; none: always.
    pub known_from: Option<Time>,
}

/// Pages whose past says what a name meant when it was written, each with the earliest time at which it was.
pub type Questions = BTreeMap<String, Time>;

/// What a name meant when it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant<'n> {
    /// This.
    Yes(&'n Meaning),
    /// It led to the template of this title, and had not for long enough.
    NotYet(&'n str),
    /// Nothing to the desk.
    No,
    /// What its page was then has not been looked up.
    Unknown,
}

/// The templates that mean something to a desk, by the titles of their pages.
#[derive(Debug, Clone, PartialEq)]
pub struct Names {
    titles: Titles,
    syntax: Syntax,
    meanings: BTreeMap<String, Meaning>,
    redirects: BTreeMap<String, Redirect>,
}

impl Names {
    /// The templates of the configuration.
    pub fn new(desk: &Desk, titles: &Titles, syntax: &Syntax) -> Self {
        let (titles, syntax) = (titles.clone(), syntax.clone());
        let mut names = Names { titles, syntax, meanings: BTreeMap::new(), redirects: BTreeMap::new() };
        for (kind, name) in desk.templates.iter() {
            names.meanings.extend(names.titles.transcluded(name).map(|page| (page, Meaning::Template(kind))));
        }
        for vote in &desk.votes {
            for name in &vote.templates {
                if let Some(page) = names.titles.transcluded(name) {
                    names.add_vote(page, vote.choice, &vote.first_parameter);
                }
            }
        }
        names
    }

    /// The same with what is known of redirects, by title: of pages that lead to no template, nothing more.
    #[must_use]
    pub fn with(mut self, redirects: impl IntoIterator<Item = (String, Redirect)>) -> Self {
        for (title, mut redirect) in redirects {
            let title = self.titles.local(&title);
            redirect.led.iter_mut().for_each(|led| led.to = self.titles.local(&led.to));
            redirect.led.retain(|led| self.meanings.contains_key(&led.to));
            if redirect.led.is_empty() {
                self.redirects.remove(&title);
            } else if !self.meanings.contains_key(&title) {
                self.redirects.insert(title, redirect);
            }
        }
        self
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

    /// What `{{written}}` meant when it was written at that time.
    pub fn meant(&self, written: &str, at: Time) -> Meant<'_> {
        let Some(page) = self.titles.transcluded(written) else { return Meant::No };
        if let Some(meaning) = self.meanings.get(&page) {
            return Meant::Yes(meaning);
        }
        let Some(redirect) = self.redirects.get(&page) else { return Meant::Unknown };
        // Of what happened in the same second, the word was first.
        let led = redirect.led.iter().find(|led| led.from <= at && led.until.is_none_or(|until| at <= until));
        match led {
            Some(led) if led.counts_from <= at => Meant::Yes(&self.meanings[&led.to]),
            _ if redirect.known_from.is_some_and(|from| at < from) => Meant::Unknown,
            Some(led) => Meant::NotYet(&led.to),
            None => Meant::No,
        }
    }

    /// Notes a name of which it is not known what it meant when it was written.
    pub fn ask(&self, questions: &mut Questions, written: &str, at: Time) {
        if self.meant(written, at) == Meant::Unknown
            && let Some(title) = self.titles.transcluded(written)
        {
            questions.entry(title).and_modify(|first| *first = at.min(*first)).or_insert(at);
        }
    }

    /// What `{{written}}` means, or meant once: it may have meant nothing when it was written.
    pub fn meaning(&self, written: &str) -> Option<&Meaning> {
        self.meaning_where(&self.titles.transcluded(written)?, |led| led.has_counted)
    }

    /// What a page shows by a transclusion of the page with this title, whether that counts or not.
    pub fn meaning_of_page(&self, title: &str) -> Option<&Meaning> {
        self.meaning_where(&self.titles.page(title)?, |_| true)
    }

    fn meaning_where(&self, page: &str, is_meant: impl Fn(&Led) -> bool) -> Option<&Meaning> {
        let led = || self.redirects.get(page)?.led.iter().rfind(|led| is_meant(led)).map(|led| &self.meanings[&led.to]);
        self.meanings.get(page).or_else(led)
    }

    /// Whether `{{written}}` was a call of that template when it was written.
    pub fn was(&self, kind: TemplateKind, written: &str, at: Time) -> bool {
        self.meant(written, at) == Meant::Yes(&Meaning::Template(kind))
    }

    /// Whether `{{written}}` names the template of that kind itself, not a redirect.
    pub fn is_own_name(&self, kind: TemplateKind, written: &str) -> bool {
        let own = self.titles.transcluded(written).and_then(|page| self.meanings.get(&page));
        own == Some(&Meaning::Template(kind))
    }

    /// Whether `{{written}}` is, or was once, a call of that template.
    pub fn is(&self, kind: TemplateKind, written: &str) -> bool {
        self.meaning(written) == Some(&Meaning::Template(kind))
    }

    /// Names of the templates that are votes.
    pub fn vote_names(&self) -> impl Iterator<Item = &str> {
        let meaning = |page: &&str| self.meaning_where(page, |led| led.has_counted);
        let votes = self.pages().filter(move |page| !matches!(meaning(page), None | Some(Meaning::Template(_))));
        votes.map(|page| page.split_once(':').map_or(page, |(_, name)| name))
    }

    /// The title of the template that `{{written}}` leads to today, if that is a redirect.
    pub fn leads_to(&self, written: &str) -> Option<&str> {
        let redirect = self.redirects.get(&self.titles.transcluded(written)?)?;
        redirect.led.last().filter(|led| led.until.is_none()).map(|led| led.to.as_str())
    }

    /// Whether the page of this title redirects to a template, or did.
    pub fn is_redirect(&self, title: &str) -> bool {
        self.redirects.contains_key(title)
    }

    /// Titles of all pages whose transclusion has a meaning.
    pub fn pages(&self) -> impl Iterator<Item = &str> {
        self.meanings.keys().chain(self.redirects.keys()).map(String::as_str)
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
    use crate::testing::at;

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

    #[test]
    fn a_name_means_what_it_led_to_when_it_was_written() {
        let led = |to: &str, from: i64, counts_from: i64, until: Option<i64>| Led {
            to: format!("Template:{to}"),
            from: at(from),
            counts_from: at(counts_from),
            until: until.map(at),
            has_counted: until.is_none_or(|until| counts_from < until),
        };
        let whole = |led| Redirect { led, known_from: None };
        let names = names().with([
            ("Template:Now".to_owned(), whole(vec![led("Support", 10, 20, None)])),
            ("Mall:Was".to_owned(), whole(vec![led("Support", 0, 0, Some(10)), led("Oppose", 10, 40, Some(20))])),
            (
                "Template:Part".to_owned(),
                Redirect { led: vec![led("Support", 10, 20, None)], known_from: Some(at(20)) },
            ),
            ("Template:Other".to_owned(), whole(vec![led("Elsewhere", 0, 0, None)])),
            ("Template:Oppose".to_owned(), whole(vec![led("Support", 0, 0, None)])),
        ]);
        let (support, oppose) = (Meaning::Vote(Choice::Support), Meaning::Vote(Choice::Oppose));
        for (written, hour, meant) in [
            ("now", 9, Meant::No),
            ("now", 19, Meant::NotYet("Mall:Support")),
            ("Now", 20, Meant::Yes(&support)),
            ("was", 10, Meant::Yes(&support)),
            ("Was", 11, Meant::NotYet("Mall:Oppose")),
            ("Was", 21, Meant::No),
            ("part", 19, Meant::Unknown),
            ("part", 20, Meant::Yes(&support)),
            ("other", 5, Meant::Unknown),
            ("nowhere", 5, Meant::Unknown),
            ("oppose", 5, Meant::Yes(&oppose)),
            ("#if:x", 5, Meant::No),
        ] {
            assert_eq!(names.meant(written, at(hour)), meant, "{written} at {hour}");
        }
        assert_eq!(names.meaning("was"), Some(&support), "what it meant once");
        assert_eq!(names.meaning_of_page("Template:Was"), Some(&oppose));
    }
}
