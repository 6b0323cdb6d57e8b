//! Edits that somebody on the wiki does not want. Pure.

use crate::desk::decision::NoticeKind;
use crate::plan::change::Owns;
use crate::read::request_template::request_call;
use crate::records::ledger;
use crate::wikitext::block::{self, Block};
use crate::wikitext::names::Names;
use crate::wikitext::{self, Call};

/// A revision, as far as it tells whether the bot and somebody else are at odds over a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The bot made it.
    pub by_bot: bool,
    /// What the bot's part of the page says ([`essence`]).
    pub says: String,
}

/// Why a change is not made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objection {
    /// Somebody undid the very same edit.
    Undone,
    /// The bot made it twice, and it was changed both times.
    Dispute,
}

/// Whether somebody objects to the bot's part of a page saying this. `past` is the page's history, newest first.
#[must_use]
pub fn objection(past: &[Past], says: &str) -> Option<Objection> {
    if past.first().is_none_or(|newest| newest.by_bot || newest.says == says) {
        return None;
    }
    // How often the bot has said the same, with nothing else of its own in between.
    let bots: Vec<usize> = (0..past.len()).filter(|i| past[*i].by_bot).take_while(|i| past[*i].says == says).collect();
    let undone = |bot: &usize| past.get(bot + 1).is_some_and(|before| before.says == past[0].says);
    // Words beside the bot's are no dispute over what it says: they are moved, each once.
    if data(&past[0].says).eq(data(says)) {
        return bots.iter().any(undone).then_some(Objection::Undone);
    }
    let changed = |bot: &&usize| past.get(**bot + 1).is_none_or(|before| !data(&before.says).eq(data(says)));
    match bots.iter().filter(changed).collect::<Vec<_>>().as_slice() {
        [] => None,
        [once] => undone(once).then_some(Objection::Undone),
        _ => Some(Objection::Dispute),
    }
}

/// What is the bot's of what a part of a page says: its templates, and the status.
fn data(says: &str) -> impl Iterator<Item = &str> {
    let of_bot = |(i, line): &(usize, &str)| (*i == 0 && !line.starts_with("<!--")) || line.starts_with("{{Helpdesk ");
    says.lines().map(str::trim).enumerate().filter(of_bot).map(|(_, line)| line)
}

/// What the bot's part of a page says, without what differs from pass to pass.
#[must_use]
pub fn essence(text: &str, owns: &Owns, names: &Names) -> String {
    const PASSING: [&str; 8] = ["since", "status since", "until", "have", "read", "rev", "basis", "due"];
    let name = match owns {
        Owns::Block(name) => name,
        Owns::Request | Owns::Ledger => ledger::BLOCK,
        Owns::Page | Owns::Moved(_) | Owns::Message => return text.to_owned(),
    };
    let block = match block::find(text, name) {
        Block::Found(range) => &text[range],
        Block::Absent | Block::Broken => "",
    };
    let calls = wikitext::calls(block);
    let passing = calls.iter().filter(|c| !c.nested()).flat_map(|c| &c.params);
    let cuts = passing.filter(|p| PASSING.contains(&p.name.as_str())).map(|p| (p.span.clone(), String::new()));
    // That something is put back is told in the edit that does so: it is no other thing to say.
    let put_back =
        calls.iter().filter(|c| c.name == ledger::NOTICE && c.value("kind") == NoticeKind::StatusPutBack.id());
    let with_end = |c: &Call| c.span.start..c.span.end + usize::from(block[c.span.end..].starts_with('\n'));
    let told: Vec<_> = put_back.map(|c| (with_end(c), String::new())).collect();
    let cuts =
        cuts.filter(|(cut, _)| !told.iter().any(|(notice, _)| notice.start <= cut.start && cut.end <= notice.end));
    let said = wikitext::splice(block, cuts.chain(told.iter().cloned()).collect());
    match owns {
        Owns::Request | Owns::Ledger => {
            let status = request_call(text, names).map(|c| c.value("status").to_owned());
            format!("{}\n{said}", status.unwrap_or_default())
        }
        _ => said,
    }
}
