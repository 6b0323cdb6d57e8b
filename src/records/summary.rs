//! Edit summaries, in the language of the wiki: one function each. Their texts stand in `templates/i18n`.

use super::language::Language;
use crate::wikitext::inert::one_line;

/// Longest summary, in characters; MediaWiki keeps 500.
const LONGEST: usize = 400;

/// Longest value, in characters, but for those that are links.
const LONGEST_VALUE: usize = 80;

/// Values that are titles to be linked, or have such in them: a link that is cut is none.
const LINKS: [&str; 4] = ["help", "guide", "page", "reason"];

/// A text with its values, each short enough.
fn fill(language: Language, key: &str, values: &[(&str, &str)]) -> String {
    let longest = |name| if LINKS.contains(&name) { LONGEST } else { LONGEST_VALUE };
    let values: Vec<String> = values.iter().map(|(name, value)| one_line(value, longest(*name))).collect();
    let key = format!("summary-{}", key.replace('_', "-"));
    one_line(&language.say(&key, &values.iter().map(String::as_str).collect::<Vec<_>>()), LONGEST)
}

/// One function for each key, with its values in their order as parameters.
macro_rules! summaries {
    ($($(#[$doc:meta])* $vis:vis fn $key:ident($($value:ident),*);)+) => {
        $($(#[$doc])*
        $vis fn $key(language: Language, $($value: &str),*) -> String {
            fill(language, stringify!($key), &[$((stringify!($value), $value)),*])
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
    /// A status' reason: a meeting's decision.
    pub(crate) fn reason_meeting(date, revision);
    /// A status' reason: the request is new.
    pub(crate) fn reason_new();

    /// Behind a summary: what people wrote in the bot's block is moved.
    fn moved_behind();

    /// A table is brought up to date.
    pub(crate) fn table();
    /// The bot's block on the committee page is brought up to date.
    pub(crate) fn committee();
    /// The page of rules is brought up to date.
    pub(crate) fn rules();
    /// The brief of a quarter is written.
    pub(crate) fn brief();
    /// The agenda is brought up to date.
    pub(crate) fn agenda();
    /// The page with which the next minutes begin is brought up to date.
    pub(crate) fn minutes_form();
    /// Figures are brought up to date.
    pub(crate) fn figures();
    /// The page of examples is brought up to date.
    pub(crate) fn examples();
    /// The queue is brought up to date.
    pub(crate) fn queue();
    /// The page of who helps with what is brought up to date.
    pub(crate) fn work();
    /// The drawing of the flow is brought up to date.
    pub(crate) fn flow();
    /// A message on a talk page about a request.
    pub(crate) fn message(page);
    /// Messages about several.
    pub(crate) fn messages();
    /// A reminder.
    pub(crate) fn reminder();
    fn archive(count);
    fn unarchive(count);
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
pub(crate) fn archived(language: Language, count: usize) -> String {
    archive(language, &count.to_string())
}

/// Requests leave an archive page.
pub(crate) fn unarchived(language: Language, count: usize) -> String {
    unarchive(language, &count.to_string())
}

/// The problems page lists this many problems.
pub(crate) fn listed_problems(language: Language, count: usize) -> String {
    if count == 0 { problems_none(language) } else { problems(language, &count.to_string()) }
}

/// A summary of an edit that did both.
pub(crate) fn both(first: &str, second: &str) -> String {
    format!("{first}; {second}")
}

/// A summary of an edit that also moved behind the bot's block what people had written in it.
pub(crate) fn and_moved(language: Language, summary: &str) -> String {
    both(summary, &moved_behind(language))
}

/// A summary with a link to whoever answers for the bot, on its user page.
pub fn signed(language: Language, summary: &str, bot: &str) -> String {
    format!("{summary} {}", operator(language, bot))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_summary_has_its_text_with_all_values() {
        for (key, values) in KEYS {
            let text = Language::english().text(&format!("summary-{}", key.replace('_', "-"))).expect(key);
            let places = (1..=9).filter(|n| text.contains(&format!("${n}"))).count();
            assert_eq!(places, values.len(), "{key}: {text}");
        }
    }

    #[test]
    fn values_are_filled_in_and_cut() {
        let english = Language::english();
        assert_eq!(moved_out(english, "Desk/Requests/A"), "Request moved to its own page: Desk/Requests/A");
        assert_eq!(archived(english, 1), "1 closed request archived");
        assert_eq!(archived(english, 2), "2 closed requests archived");
        assert!(status_first(english, &"x".repeat(500), "y").chars().count() <= LONGEST);
        assert!(signed(english, &ledger(english), "Bot").contains("[[User:Bot|"));
    }
}
