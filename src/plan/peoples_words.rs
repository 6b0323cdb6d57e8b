//! What people wrote inside a block of the bot's: it is moved behind the block, never thrown away. Pure.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::page::Revision;
use crate::wikitext::block::{self, Block};
use crate::wikitext::inert::{inert, unescape};
use crate::wikitext::names::Names;
use crate::wikitext::{self, Call};

/// How the names of the templates begin that the bot writes.
const OWN_TEMPLATES: &str = "Helpdesk ";
/// Stands for a call of the bot's that was cut out of a line; no wikitext has it.
const CUT: char = '\0';

/// The lines that the bot itself (by its id) brought into its block, by a page's revisions, newest first. What people put
/// there stays theirs though the bot saved it too, where MediaWiki merged two edits.
pub fn own_lines(newest_first: &[Revision], name: &str, bot: u64) -> BTreeSet<String> {
    let (mut own, mut peoples) = (BTreeSet::new(), BTreeSet::new());
    let mut before: Option<BTreeSet<&str>> = None;
    for revision in newest_first.iter().rev() {
        let text = revision.text.as_deref().unwrap_or_default();
        let lines: BTreeSet<&str> =
            content(text, name).map(|at| text[at].lines().map(str::trim).collect()).unwrap_or_default();
        if revision.user.as_ref().is_some_and(|u| u.id == bot) {
            own.extend(lines.difference(&peoples).copied());
        } else if let Some(before) = before {
            peoples.extend(lines.difference(&before).filter(|line| !own.contains(*line)));
        }
        before = Some(lines);
    }
    own.into_iter().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The place of what stands between a block's markers.
fn content(text: &str, name: &str) -> Option<Range<usize>> {
    match block::find(text, name) {
        Block::Found(range) => Some(range.start + block::begin(name).len()..range.end - block::end(name).len()),
        Block::Absent | Block::Broken => None,
    }
}

/// What people wrote into a block, as it is; empty if they wrote nothing. `own` are the lines that the bot brought there. A
/// call of one of the bot's templates is data, also where somebody altered it: of that only words in a value are theirs.
pub fn peoples_words(text: &str, name: &str, own: &BTreeSet<String>, names: &Names) -> String {
    // What is typed right behind the marker is no line that begins with a space.
    let Some(content) = content(text, name).map(|at| text[at].trim_start_matches([' ', '\t'])) else {
        return String::new();
    };
    let is_own = |line: &str| {
        let line = line.trim();
        let fragment = ["|", "{{", "}}"].iter().any(|s| line.contains(s));
        own.contains(line) || (fragment && own.iter().any(|o| o.contains(line)))
    };
    let mut rest = String::new();
    for line in content.lines() {
        if is_own(line) {
            rest.push(CUT);
        } else {
            rest.push_str(line);
        }
        rest.push('\n');
    }
    let calls = names.syntax().calls(&rest);
    let data =
        calls.iter().filter(|c| !c.nested() && c.name.starts_with(OWN_TEMPLATES) && names.meaning(&c.name).is_none());
    let cuts = data.map(|call| (call.span.clone(), format!("{CUT}{}", altered_words(call, own)))).collect();
    let rest = wikitext::splice(&rest, cuts);
    let mut words: Vec<String> = Vec::new();
    for line in rest.lines() {
        if !line.contains(CUT) {
            words.push(line.to_owned());
            continue;
        }
        let said = line.replace(CUT, "");
        if !said.trim().is_empty() {
            words.push(said.trim().to_owned());
        }
    }
    words.join("\n").trim_matches('\n').trim_end().to_owned()
}

/// The values of a call of the bot's that somebody wrote words into. A call that is none of the bot's own is data as a whole.
fn altered_words(call: &Call, own: &BTreeSet<String>) -> String {
    let begin = format!("{{{{{}|", call.name);
    let pairs: BTreeSet<&str> = own
        .iter()
        .filter(|line| line.starts_with(&begin))
        .flat_map(|line| line.trim_end_matches("}}").split('|').skip(1))
        .collect();
    let is_own = |name: &str, value: &str| pairs.contains(format!("{name}={value}").as_str());
    let kept = call.params.iter().filter(|p| is_own(&p.name, &p.value)).count();
    if kept * 2 < call.params.len() {
        return String::new();
    }
    let words = |value: &str| value.contains(' ') || inert(&unescape(value), usize::MAX) != value;
    let written = call.params.iter().filter(|p| !is_own(&p.name, &p.value) && words(&p.value));
    written.map(|p| format!(" {}", p.value)).collect()
}

/// The same words without anything that could act, line by line: for words that would change how MediaWiki reads what
/// stands behind them.
pub fn harmless(words: &str) -> String {
    words.lines().map(|line| inert(line, usize::MAX)).collect::<Vec<_>>().join("\n")
}

/// The text with this in the place of a block, and what people had written into that behind it; and what was put there.
pub fn with_block(text: &str, range: Range<usize>, wrapped: &str, words: &str) -> (String, String) {
    if words.is_empty() {
        return (wikitext::splice(text, vec![(range, wrapped.to_owned())]), String::new());
    }
    let ends = matches!(text[range.end..].chars().next(), None | Some('\n'));
    let moved = format!("\n{words}{}", if ends { "" } else { "\n" });
    (wikitext::splice(text, vec![(range, format!("{wrapped}{moved}"))]), moved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{BOT, at, user};

    const ROWS: &str = "{{Helpdesk table start|table=review|count=2}}\n{{Helpdesk row|page=A|title=Old maps|status=review|id=1}}\n{{Helpdesk row|page=B|title=Ducks|status=review|id=2}}\n{{Helpdesk table end}}";

    fn revision(id: u64, who: u64, content: &str) -> Revision {
        let text = format!("before\n{}\nbehind", block::wrap("status", content));
        Revision { id, parent: id - 1, at: at(1), user: Some(user(who)), text: Some(text) }
    }

    /// What is moved out of a block that the bot left as `own` and people as `now`.
    fn moved(own: &[&str], now: &str) -> String {
        let names = crate::testing::names(&crate::config::shipped(), &[]);
        let mut all = vec![revision(9, 7, now)];
        all.extend(own.iter().enumerate().map(|(i, text)| revision(i as u64 + 1, BOT, text)).rev());
        peoples_words(all[0].text.as_deref().unwrap(), "status", &own_lines(&all, "status", BOT), &names)
    }

    #[test]
    fn what_people_wrote_between_the_bots_lines_is_found_and_nothing_else() {
        let rows: Vec<&str> = ROWS.lines().collect();
        let with = |at: usize, line: &str| {
            let mut lines = rows.clone();
            lines.insert(at, line);
            lines.join("\n")
        };
        for (now, words) in [
            (ROWS.to_owned(), ""),
            (String::new(), ""),
            ("\n\n".to_owned(), ""),
            (with(2, "Please look at this one! [[User:X]]"), "Please look at this one! [[User:X]]"),
            (with(2, "* {{support}} why\n\n  : and more"), "* {{support}} why\n\n  : and more"),
            (with(1, "{{Helpdesk decision|approved}}"), "{{Helpdesk decision|approved}}"),
            (with(4, "{{Helpdesk request|title=x}}"), "{{Helpdesk request|title=x}}"),
            (format!("first\n{ROWS}\nlast"), "first\nlast"),
            (ROWS.replace("|id=1}}", "|id=1}} why so late?"), "why so late?"),
            (ROWS.replace("{{Helpdesk row|page=A", "'''New''' {{Helpdesk row|page=A"), "'''New'''"),
            // Data that somebody altered, took away, cut in two or forged.
            (ROWS.replace("Ducks", "Geese").replace("review|id=1", "approved|id=1"), ""),
            (rows[1..3].join("\n"), ""),
            (ROWS.replace("|status=review|id=1", "\n|status=review|id=1"), ""),
            (with(2, "{{Helpdesk row|page=C|title=Forged by hand|status=approved|id=3}}"), ""),
            // Words in one of its values.
            (ROWS.replace("Ducks", "Ducks (this is wrong! Geese)"), "Ducks (this is wrong! Geese)"),
            (ROWS.replace("Ducks", "Ducks|note=[[User:X]]"), "[[User:X]]"),
        ] {
            assert_eq!(moved(&[ROWS], &now), words, "{now}");
        }
    }

    #[test]
    fn what_the_bot_wrote_in_an_older_form_is_not_peoples() {
        let older = "Two requests wait.\n{{Helpdesk old row|page=A}}";
        assert_eq!(moved(&[older, ROWS], older), "", "somebody put the older text back");
        assert_eq!(moved(&[older, ROWS], &format!("{older}\nWhy?")), "Why?");
        assert_eq!(moved(&[], older), "Two requests wait.", "nobody but people wrote here");
    }

    #[test]
    fn what_mediawiki_merged_into_the_bots_edit_stays_peoples() {
        let names = crate::testing::names(&crate::config::shipped(), &[]);
        let merged = ROWS.replace("{{Helpdesk table end}}", "Hello?\n{{Helpdesk table end}}");
        let all = [revision(3, BOT, &merged), revision(2, 7, &merged), revision(1, BOT, ROWS)];
        let own = own_lines(&all, "status", BOT);
        assert_eq!(peoples_words(all[0].text.as_deref().unwrap(), "status", &own, &names), "Hello?");
    }

    #[test]
    fn words_stand_behind_the_block_on_lines_of_their_own() {
        let block = block::wrap("status", "x");
        for (behind, after) in [("", "\nwords"), ("\nbehind", "\nwords\nbehind"), (" behind", "\nwords\n behind")] {
            let text = format!("{block}{behind}");
            let (whole, moved) = with_block(&text, 0..block.len(), "NEW", "words");
            assert_eq!(whole, format!("NEW{after}"));
            assert!(after.starts_with(&moved));
        }
        assert_eq!(with_block(&block, 0..block.len(), "NEW", ""), ("NEW".to_owned(), String::new()));
    }
}
