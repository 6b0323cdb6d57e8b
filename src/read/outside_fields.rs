//! Words that people put beside a field of the request rather than into it: over a hint of the form, where nobody sees
//! them, or below the box.

use super::proposals::message;
use crate::page::User;
use crate::records::texts::{is_blank, words_in_hint};
use crate::wikitext::names::Names;
use crate::wikitext::{self, Call, block};

/// The words in the comments of empty fields that the form did not put there, each with the field's name.
pub fn in_hints(text: &str, call: &Call) -> Vec<(String, String)> {
    let empty = call.params.iter().filter(|p| is_blank(&p.value));
    let words = empty.flat_map(|param| {
        let raw = &text[param.raw.clone()];
        wikitext::comments(raw).into_iter().map(move |comment| (param.name.clone(), words_in_hint(&raw[comment])))
    });
    words.filter(|(_, words)| !words.is_empty()).collect()
}

/// The words above the box, and below it up to the first heading: not those on the line of a vote or another template of
/// the desk, nor those that somebody else than the requester signed.
pub fn around_box(text: &str, call: &Call, requester: Option<&User>, names: &Names) -> String {
    let behind = block::without_all(&text[call.span.end..]);
    let above = block::without_all(&text[..call.span.start]);
    let lines = above.lines().chain(behind.lines().take_while(|line| !line.starts_with('=')));
    let of_others = |line: &str| {
        let mut links = line.split("[[").skip(1).filter_map(|link| link.split(['|', ']']).next());
        let other = |name: String| requester.is_none_or(|user| user.name != name);
        links.any(|link| names.titles().account_of_link(link).is_some_and(other))
    };
    let of_desk = |line: &str| names.syntax().calls(line).iter().any(|c| names.meaning(&c.name).is_some());
    let is_link = |line: &str| line.trim_start().starts_with("[[") && line.trim_end().ends_with("]]");
    let words: Vec<&str> = lines.filter(|l| !of_others(l) && !of_desk(l) && !is_link(l)).collect();
    message(&words.join("\n"), names, "").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::request_template::request_call;
    use crate::testing::user;

    #[test]
    fn words_over_a_hint_and_around_the_box_are_found() {
        let names = crate::testing::names(&crate::config::shipped(), &[]);
        let found = |text: &str| {
            let call = request_call(text, &names).expect("a request");
            let hints: Vec<String> = in_hints(text, &call).into_iter().map(|(f, w)| format!("{f}: {w}")).collect();
            (hints.join("; "), around_box(text, &call, Some(&user(1)), &names))
        };
        let form = "{{Helpdesk request\n|title=x <!-- Becomes the name of this page; write another title if you like -->\n\
            |description = <!-- What do you want to do, and what do you need help with? -->\n|risk=none <!-- I think -->\n}}";
        assert_eq!(found(form), (String::new(), String::new()));
        let hint = "What do you want to do, and what do you need help with?";
        for (from, to, hints) in [
            (hint, "Scan 300 maps", "description: Scan 300 maps"),
            (hint, &format!("{hint} Scan 300 maps"), "description: Scan 300 maps"),
            ("|description = ", "|description = <!-- Scan maps --> ", "description: Scan maps"),
            (hint, " ", ""),
        ] {
            assert_eq!(found(&form.replace(from, to)), (hints.to_owned(), String::new()), "{to}");
        }
        for (behind, words) in [
            (
                "\nScan 300 maps,\nplease. [[User:User 1]] 12:34, 5 May 2026 (UTC)\n\n== Votes ==\nNo.",
                "Scan 300 maps, please.",
            ),
            ("\n[[User:User 1]] 12:34, 5 May 2026 (UTC)\n\n== Votes ==\n: When?", ""),
            ("\n: Which maps? [[User:User 2|Two]] 12:34, 5 May 2026 (UTC)", ""),
            ("\n* {{support}} good idea\n[[Category:X]]\n__NOTOC__", ""),
            ("\n<!-- helpdesk:begin ledger -->\nwords of the bot\n<!-- helpdesk:end ledger -->\nScan", "Scan"),
        ] {
            assert_eq!(found(&format!("{form}{behind}")), (String::new(), words.to_owned()), "{behind}");
        }
        assert_eq!(found(&format!("We scan maps.\n{form}")).1, "We scan maps.");
    }
}
