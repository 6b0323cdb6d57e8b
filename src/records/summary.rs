//! Edit summaries: one function each. Their texts stand in `templates/summaries.toml`, and one without a text there does
//! not compile.

use crate::wikitext::inert::one_line;

const FILE: &str = include_str!("../../templates/summaries.toml");

/// Longest summary, in characters; MediaWiki keeps 500.
const LONGEST: usize = 400;

/// Longest value, in characters, but for those that are links.
const LONGEST_VALUE: usize = 80;

/// Placeholders that are titles to be linked, or have such in them: a link that is cut is none.
const LINKS: [&str; 4] = ["help", "guide", "page", "reason"];

/// The text of a key in a file of lines such as `key = "text"`.
const fn text(file: &'static str, key: &str) -> &'static str {
    let (bytes, key) = (file.as_bytes(), key.as_bytes());
    let mut line = 0;
    while line < bytes.len() {
        let mut end = line;
        while end < bytes.len() && bytes[end] != b'\n' {
            assert!(bytes[end] != b'\\', "templates/summaries.toml: a text has no backslashes");
            end += 1;
        }
        if begins(bytes, line, key) && begins(bytes, line + key.len(), b" = \"") {
            assert!(bytes[end - 1] == b'"', "templates/summaries.toml: a text ends its line");
            let (from, to) = (line + key.len() + 4, end - 1);
            return file.split_at(to).0.split_at(from).1;
        }
        line = end + 1;
    }
    panic!("templates/summaries.toml has no text for this summary")
}

const fn begins(bytes: &[u8], at: usize, with: &[u8]) -> bool {
    let mut i = 0;
    while i < with.len() {
        if at + i >= bytes.len() || bytes[at + i] != with[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// A text with its `{placeholders}` filled in.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (name, value) in values {
        let longest = if LINKS.contains(name) { LONGEST } else { LONGEST_VALUE };
        text = text.replace(&format!("{{{name}}}"), &one_line(value, longest));
    }
    one_line(&text, LONGEST)
}

/// One function for each key, with its placeholders as parameters.
macro_rules! summaries {
    ($($(#[$doc:meta])* $vis:vis fn $key:ident($($value:ident),*);)+) => {
        $($(#[$doc])*
        $vis fn $key($($value: &str),*) -> String {
            const TEXT: &str = text(FILE, stringify!($key));
            fill(TEXT, &[$((stringify!($value), $value)),*])
        })+

        #[cfg(test)]
        const KEYS: &[(&str, &[&str])] = &[$((stringify!($key), &[$(stringify!($value)),*])),+];
    };
}

summaries! {
    /// Behind every summary: who answers for the bot.
    fn operator(bot);

    /// A request comes to another status.
    pub(crate) fn status_moved(from, to, reason);
    /// A request has its first status.
    pub(crate) fn status_first(to, reason);
    /// Only the ledger changed.
    pub(crate) fn ledger();
    /// The ledger moves above the template, which it hid.
    pub(crate) fn ledger_moved();
    /// A status is put back that somebody set who may not.
    pub(crate) fn put_back(to, help);
    /// A status is put back that the desk does not have.
    pub(crate) fn put_back_unknown(to, from);

    /// A status' reason: a rule.
    pub(crate) fn reason_rule(rule, guide);
    /// A status' reason: a person's decision.
    pub(crate) fn reason_decision(user, revision);
    /// A status' reason: the request is new.
    pub(crate) fn reason_new();

    /// Behind a summary: what people wrote in the bot's block is moved.
    fn moved_behind();

    /// A table is brought up to date.
    pub(crate) fn table();
    fn archive_one();
    fn archive(count);
    fn unarchive_one();
    fn unarchive(count);
    fn problem_one();
    fn problems(count);
    fn problems_none();

    /// A proposal gives way to a link.
    pub(crate) fn moved_out(page);
    /// Several proposals give way to links.
    pub(crate) fn moved_out_several(count);
    /// A page for a proposal.
    pub(crate) fn moved_in(page, user);
    /// A page for a proposal whose author the wiki hides.
    pub(crate) fn moved_in_hidden(page);

    /// A page is installed.
    pub(crate) fn install(name, version);
    /// An installed page is updated.
    pub(crate) fn install_update(name, version);
}

/// Requests come to an archive page.
pub(crate) fn archived(count: usize) -> String {
    if count == 1 { archive_one() } else { archive(&count.to_string()) }
}

/// Requests leave an archive page.
pub(crate) fn unarchived(count: usize) -> String {
    if count == 1 { unarchive_one() } else { unarchive(&count.to_string()) }
}

/// The problems page lists this many problems.
pub(crate) fn listed_problems(count: usize) -> String {
    match count {
        0 => problems_none(),
        1 => problem_one(),
        more => problems(&more.to_string()),
    }
}

/// A summary of an edit that did both.
pub(crate) fn both(first: &str, second: &str) -> String {
    format!("{first}; {second}")
}

/// A summary of an edit that also moved behind the bot's block what people had written in it.
pub(crate) fn and_moved(summary: &str) -> String {
    both(summary, &moved_behind())
}

/// A summary with a link to whoever answers for the bot, on its user page.
pub fn signed(summary: &str, bot: &str) -> String {
    format!("{summary} {}", operator(bot))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_file_has_the_texts_that_are_used_and_no_other() {
        let file: BTreeMap<String, String> = toml::from_str(FILE).expect("TOML");
        let keys: Vec<&str> = KEYS.iter().map(|(key, _)| *key).collect();
        let dead: Vec<_> = file.keys().filter(|key| !keys.contains(&key.as_str())).collect();
        assert!(dead.is_empty(), "nothing uses {dead:?}");
        for (key, values) in KEYS {
            let read = &file[*key];
            assert_eq!(text(FILE, key), read);
            let mut there: Vec<&str> =
                read.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect();
            let mut wanted = values.to_vec();
            there.sort_unstable();
            wanted.sort_unstable();
            assert_eq!(there, wanted, "the placeholders of {key}");
        }
    }

    #[test]
    fn values_are_filled_in_and_cut() {
        assert_eq!(moved_out("Desk/Requests/A"), "Request moved to its own page: Desk/Requests/A");
        assert_eq!((archived(1), archived(2)), (archive_one(), archive("2")));
        assert!(status_first(&"x".repeat(500), "y").chars().count() <= LONGEST);
        assert!(signed(&ledger(), "Bot").contains("[[User:Bot|"));
    }
}
