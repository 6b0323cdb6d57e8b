//! The English words that readers see, as they come with the bot.

use std::sync::LazyLock;

use regex::Regex;

use super::language::Language;
use crate::desk::words::normalized;
use crate::wikitext;
use crate::wikitext::inert::{MAX_CHARS, is_invisible, one_line, unescape};

/// What the form said in comments when it had some: pages that were filed then keep them.
const FORM_HINTS: [&str; 12] = [
    "Becomes the name of this page; write another title if you like",
    "What do you want to do, and what do you need help with?",
    "Why does it matter, to the Wikimedia projects and to the partner?",
    "The description and why it matters are needed. All that follows helps, and may stay empty.",
    "Country or countries it is about",
    "The organisation whose content it is about",
    "Of the content, and those you can be answered in",
    "Formats, tools, skills it takes",
    "Copyright, licences, privacy, consent",
    "What could go wrong?",
    "How is the content used and kept up afterwards?",
    "Only if you ask for somebody else",
];

static HINTS: LazyLock<Vec<String>> = LazyLock::new(|| FORM_HINTS.iter().map(|hint| normalized(hint)).collect());

/// The text of that key, such as `type-upload`.
pub fn english(key: &str) -> Option<&'static str> {
    Language::english().text(key)
}

/// Tags that show nothing without something in them, and MediaWiki's switches.
static SHOWS_NOTHING: LazyLock<Regex> = LazyLock::new(|| {
    let text = "b|bd[io]|big|blockquote|center|cite|code|data|dd|del|dfn|div|dl|dt|em|font|h[1-6]|i|ins|kbd|li|mark|ol|p|pre|q|\
                r[bpt]|rtc|ruby|s|samp|small|span|strike|strong|su[bp]|table|t[dhrt]|time|u|ul|var|abbr|caption|br|hr|wbr";
    let of_wikis =
        "nowiki|noinclude|onlyinclude|includeonly|ref|references|poem|gallery|section|templatestyles|translate|tvar";
    Regex::new(&format!(r"(?i)</?(?:{text}|{of_wikis})(?:[\s/][^<>]*)?>|__[A-Z]+__")).expect("a regular expression")
});

/// Whether a value says nothing: it shows nothing but white space and punctuation (`-`, `…`, `???`, `&nbsp;<br/>`), or is
/// what the form itself puts there as a hint, its comment marks lost or shown, or a place that the form left to be filled in.
pub fn is_blank(value: &str) -> bool {
    let value = wikitext::without_comments(value);
    let value = unescape(&SHOWS_NOTHING.replace_all(&value, " "));
    value.chars().all(is_sign) || value.trim() == "$1" || HINTS.contains(&normalized(&value))
}

/// What a comment says besides a hint of the form; empty if it is nothing but that, or a part of it.
pub fn words_in_hint(comment: &str) -> String {
    let comment = comment.trim_start_matches("<!--").trim_end_matches("-->");
    let said = normalized(comment);
    if HINTS.iter().any(|hint| hint.contains(&said)) {
        return String::new();
    }
    let rest = FORM_HINTS.iter().fold(comment.to_owned(), |rest, hint| rest.replace(hint, " "));
    if rest.chars().all(is_sign) { String::new() } else { one_line(&rest, MAX_CHARS) }
}

fn is_sign(c: char) -> bool {
    let sign =
        matches!(c, '\u{a0}'..='\u{bf}' | '\u{2000}'..='\u{206f}' | '\u{2800}' | '\u{3000}'..='\u{303f}' | '\u{3164}');
    sign || c.is_whitespace() || c.is_ascii_punctuation() || is_invisible(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Choice;
    use crate::desk::decision::{NoticeKind, Verdict};
    use crate::desk::roster::Role;
    use crate::desk::waiting::{ConditionKind, WaitingFor};

    #[test]
    fn everything_that_is_written_has_words() {
        let mut keys: Vec<String> = Vec::new();
        let mut add = |before: &str, ids: &[&str]| keys.extend(ids.iter().map(|id| format!("{before}-{id}")));
        add("notice", &NoticeKind::ALL.map(NoticeKind::id));
        add("vote", &Choice::ALL.map(Choice::id));
        add("cond", &ConditionKind::ALL.map(ConditionKind::id));
        add("wait", &WaitingFor::all().map(WaitingFor::id).collect::<Vec<_>>());
        let against = Verdict::ALL.into_iter().filter(|v| *v != Verdict::Counted);
        add("why", &against.map(Verdict::id).collect::<Vec<_>>());
        add("problem", &crate::desk::problem::ProblemKind::ALL.map(crate::desk::problem::ProblemKind::id));
        add("cause", &crate::desk::problem::CauseCode::ALL.map(crate::desk::problem::CauseCode::id));
        add("todo", &crate::desk::problem::ProblemKind::ALL.map(crate::desk::problem::ProblemKind::id));
        let desk = crate::config::shipped();
        add("field", &desk.fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>());
        add("help", &["title", "type", "description", "justification", "country", "partner", "languages", "technical"]);
        let reasons = crate::desk::meetings::Reason::ALL.map(crate::desk::meetings::Reason::id);
        add("agenda", &reasons);
        add("agenda", &reasons.map(|reason| format!("{reason}-ask")).each_ref().map(String::as_str));
        add("help", &["reference", "legal", "risk", "sustainability", "requester", "helper", "status"]);
        add("type", &desk.field("type").expect("a type").one_of.iter().map(String::as_str).collect::<Vec<_>>());
        add("form", &desk.field("type").expect("a type").one_of.iter().map(String::as_str).collect::<Vec<_>>());
        add("role", &Role::ALL.map(Role::id));
        for status in &desk.statuses {
            assert_eq!(english(&format!("status-{}", status.id)), Some(status.label.as_str()), "config/helpdesk.toml");
        }
        let silent: Vec<_> = keys.iter().filter(|k| english(k).is_none_or(str::is_empty)).collect();
        assert!(silent.is_empty(), "no words for {silent:?}");
    }

    #[test]
    fn what_says_nothing_is_blank() {
        for blank in [
            "",
            "  \n",
            "-",
            "…",
            "???",
            "<!-- mine -->",
            "&nbsp;",
            "What could go wrong?",
            "&lt;!-- What could go wrong? --&gt;",
            "$1",
            "''''''",
            "&nbsp;<br/>",
            "<br>",
            "&#160;&#xA0;",
            "<!-- a --><nowiki/><!-- b -->",
            "<span></span>",
            "<div class=\"x\">\n<p> </p></DIV>",
            "\u{200b}\u{200d}\u{feff}&#8203;&zwj;",
            "'''&ensp;'''<hr />__NOTOC__",
            "<ref></ref>",
            "。",
        ] {
            assert!(is_blank(blank), "{blank:?}");
        }
        for said in [
            "no",
            "0",
            "?! no",
            "🎉",
            "说明",
            "شرح",
            "What could go wrong? Nothing.",
            "[[:File:A.png]]",
            "<Museum>",
            "<br>x",
            "&eacute;",
            "a < b",
        ] {
            assert!(!is_blank(said), "{said:?}");
        }
    }
}
