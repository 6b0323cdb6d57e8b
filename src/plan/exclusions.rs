//! How people keep bots away from a page: `{{bots}}` and `{{nobots}}`. Pure.

use crate::wikitext::names::title_case;
use crate::wikitext::{self, Call};

/// Names of the templates with which people keep bots away, on this wiki.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exclusions {
    spaces: Vec<String>,
    names: Vec<(String, bool)>,
}

impl Exclusions {
    /// The templates whose redirects have to be looked up.
    pub const TEMPLATES: [&str; 2] = ["Bots", "Nobots"];

    /// With what the wiki calls its template namespace, and the pages that redirect to a template, as `(from, to)`
    /// titles without namespace.
    #[must_use]
    pub fn new(spaces: &[String], redirects: &[(String, String)]) -> Self {
        let mut names = vec![("bots".to_owned(), false), ("nobots".to_owned(), true)];
        for (from, to) in redirects {
            let known = names.iter().find(|(name, _)| *name == plain(to)).map(|(_, all)| *all);
            names.extend(known.map(|all| (plain(from), all)));
        }
        let spaces = spaces.iter().map(|s| s.to_lowercase()).chain(["template".to_owned()]).collect();
        Exclusions { spaces, names }
    }

    /// Whether a page's text keeps the bot with this name away.
    #[must_use]
    pub fn keep_out(&self, text: &str, bot: &str) -> bool {
        wikitext::calls(text).iter().filter(|c| !c.nested).any(|call| {
            let name = call.name.split_once(':').map_or(call.name.as_str(), |(space, rest)| {
                if self.spaces.contains(&space.trim().to_lowercase()) { rest } else { &call.name }
            });
            let known = self.names.iter().find(|(known, _)| *known == plain(name));
            known.is_some_and(|(_, all)| excludes(call, *all, bot))
        })
    }
}

/// In any spelling: case, spaces, underscores and hyphens make no difference.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).flat_map(char::to_lowercase).collect()
}

/// Whether a call of `{{bots}}` (or, with `all`, of `{{nobots}}`) means the bot.
fn excludes(call: &Call, all: bool, bot: &str) -> bool {
    let bot = title_case(bot).to_lowercase();
    let list = |name: &str| -> Vec<String> {
        let items = call.params.iter().filter(|p| p.name.trim().eq_ignore_ascii_case(name));
        let items = items.flat_map(|p| p.value.split([',', ';', '\n', '،', '、']));
        items.map(|i| account(i).to_lowercase()).filter(|i| !i.is_empty()).collect()
    };
    let (allow, deny, optout) = (list("allow"), list("deny"), list("optout"));
    let names = |list: &[String], word: &str| list.iter().any(|i| *i == bot || i == word);
    if names(&deny, "all") || names(&optout, "all") || optout.iter().any(|i| i == "helpdesk") {
        return true;
    }
    if allow.is_empty() { all } else { !names(&allow, "all") }
}

/// An account in a list, without brackets and namespace.
fn account(item: &str) -> String {
    let item = item.trim().trim_matches(['[', ']', '"', '\'', '*', ' ']);
    let item = item.split('|').next().unwrap_or_default();
    title_case(item.rsplit(':').next().unwrap_or_default())
}
