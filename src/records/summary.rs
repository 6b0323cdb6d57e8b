//! Edit summaries: their texts stand in `templates/summaries.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::wikitext::inert::one_line;

static TEXTS: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| toml::from_str(include_str!("../../templates/summaries.toml")).unwrap_or_default());

/// Longest summary, in characters; MediaWiki keeps 500.
const LONGEST: usize = 400;

/// Placeholders that are titles to be linked, or have such in them.
const LINKS: [&str; 4] = ["help", "guide", "page", "reason"];

/// The summary with this key, its `{placeholders}` filled in.
#[must_use]
pub fn text(key: &str, values: &[(&str, &str)]) -> String {
    let mut text = TEXTS.get(key).cloned().unwrap_or_else(|| key.to_owned());
    for (name, value) in values {
        // A link that is cut is none.
        let longest = if LINKS.contains(name) { LONGEST } else { 80 };
        text = text.replace(&format!("{{{name}}}"), &one_line(value, longest));
    }
    one_line(&text, LONGEST)
}

/// The summary of an edit by how many things it concerns.
pub fn counted(key_one: &str, key: &str, count: usize) -> String {
    if count == 1 { text(key_one, &[]) } else { text(key, &[("count", &count.to_string())]) }
}

/// A summary with a link to whoever answers for the bot, on its user page.
#[must_use]
pub fn signed(summary: &str, bot: &str) -> String {
    format!("{summary} {}", text("operator", &[("bot", bot)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_summary_that_is_used_is_there() {
        for key in [
            "status_moved",
            "status_first",
            "ledger",
            "put_back",
            "put_back_unknown",
            "reason_rule",
            "reason_decision",
            "reason_new",
            "table",
            "archive",
            "archive_one",
            "unarchive",
            "unarchive_one",
            "problems",
            "problem_one",
            "problems_none",
            "moved_out",
            "moved_out_several",
            "moved_in",
            "moved_in_hidden",
            "install",
            "install_update",
            "operator",
        ] {
            assert!(TEXTS.contains_key(key), "{key} is missing in templates/summaries.toml");
        }
    }
}
