//! How people keep bots away from a page: `{{bots}}` and `{{nobots}}`. Pure.

use crate::wikitext::names::Names;
use crate::wikitext::{Call, Titles};

/// Names of the templates with which people keep bots away, on this wiki.
#[derive(Debug, Clone)]
pub struct Exclusions(Vec<(String, bool)>);

impl Exclusions {
    /// The templates whose redirects have to be looked up.
    pub const TEMPLATES: [&str; 2] = ["Bots", "Nobots"];

    /// `redirects` are pages that redirect to a template, as titles `(from, to)`.
    #[must_use]
    pub fn new(titles: &Titles, redirects: &[(String, String)]) -> Self {
        let own = [(Self::TEMPLATES[0], false), (Self::TEMPLATES[1], true)];
        let mut names: Vec<(String, bool)> =
            own.iter().filter_map(|(name, all)| Some((plain(&titles.transcluded(name)?), *all))).collect();
        for (from, to) in redirects {
            let known = names.iter().find(|(name, _)| *name == plain(&titles.local(to))).map(|(_, all)| *all);
            names.extend(known.map(|all| (plain(&titles.local(from)), all)));
        }
        Exclusions(names)
    }

    /// Whether a page's text keeps the bot with this name away.
    #[must_use]
    pub fn keep_out(&self, text: &str, bot: &str, names: &Names) -> bool {
        names.syntax().calls(text).iter().filter(|c| !c.nested()).any(|call| self.is_against(call, bot, names))
    }

    /// Whether anything on a page of a user keeps the bot away, also within another template.
    #[must_use]
    pub fn are_unwanted(&self, text: &str, bot: &str, names: &Names) -> bool {
        names.syntax().calls(text).iter().any(|call| self.is_against(call, bot, names))
    }

    fn is_against(&self, call: &Call, bot: &str, names: &Names) -> bool {
        let name = names.titles().transcluded(&call.name).map(|title| plain(&title));
        let known = self.0.iter().find(|(known, _)| Some(known) == name.as_ref());
        known.is_some_and(|(_, all)| excludes(call, *all, bot, names.titles()))
    }
}

/// Whether a call of `{{bots}}` (or, with `all`, of `{{nobots}}`) means the bot.
fn excludes(call: &Call, all: bool, bot: &str, titles: &Titles) -> bool {
    let bot = bot.to_lowercase();
    let list = |name: &str| -> Vec<String> {
        let items = call.params.iter().filter(|p| p.name.trim().eq_ignore_ascii_case(name));
        let items = items.flat_map(|p| p.value.split([',', ';', '\n', '،', '、']));
        let items = items.map(|i| i.trim().trim_matches(['[', ']', '"', '\'', '*', ' ']));
        items.filter_map(|i| titles.account_of_parameter(i)).map(|name| name.to_lowercase()).collect()
    };
    let (allow, deny, optout) = (list("allow"), list("deny"), list("optout"));
    let names = |list: &[String], word: &str| list.iter().any(|i| *i == bot || i == word);
    if names(&deny, "all") || names(&optout, "all") || optout.iter().any(|i| i == "helpdesk") {
        return true;
    }
    if allow.is_empty() { all } else { !names(&allow, "all") }
}

/// A title in any spelling: case, spaces, underscores and hyphens make no difference.
fn plain(title: &str) -> String {
    title.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).flat_map(char::to_lowercase).collect()
}
