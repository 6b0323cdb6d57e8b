//! Changes as values: which page, on which base, what and why; and how they print. Pure.

use std::fmt;
use std::ops::Range;

use serde::Serialize;
use similar::TextDiff;

use crate::desk::TemplateKind;
use crate::desk::problem::Problem;
use crate::read::proposals::with_links;
use crate::read::request_template::request_call;
use crate::records::{ledger, problems};
use crate::wikitext::block::{self, Block};
use crate::wikitext::names::Names;
use crate::wikitext::{self, Call, Param};

/// One write.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The page's title.
    pub page: String,
    /// What the page must be when it is written.
    pub base: Base,
    /// Its text before.
    pub before: String,
    /// Its text after.
    pub after: String,
    /// The edit summary.
    pub summary: String,
    /// Which part of the page is the bot's.
    pub owns: Owns,
    /// What people wrote inside the bot's block, and what stands right behind that now.
    pub moved: String,
    /// What it adds at the end of a request's page.
    pub appended: String,
    /// Whether it is made even where somebody just undid the same: a status that is put back is put back once.
    pub despite_undo: bool,
}

/// What a page must be when it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Base {
    /// The page does not exist.
    Absent,
    /// At this revision.
    Revision(u64),
    /// As an earlier change of the same plan left it.
    Earlier,
}

/// Which part of a page is the bot's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Owns {
    /// `status` and `status since` of the request template, and the ledger.
    Request,
    /// The ledger, and where on a request page it stands.
    Ledger,
    /// A block between markers.
    Block(String),
    /// All of it: a page of `install`, or one that a proposal gets.
    Page,
    /// What is added to somebody's talk page.
    Message,
    /// The proposals that begin at these places of the text before: the links to their pages take their place.
    Moved(Vec<(usize, String)>),
}

/// All that one pass would write, in an order that loses nothing when it is stopped between any two.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Plan {
    /// The changes, in order.
    pub changes: Vec<Change>,
    /// What a person should look at.
    pub problems: Vec<Problem>,
}

impl Change {
    /// Whether it would change anything.
    #[must_use]
    pub fn is_noop(&self) -> bool {
        self.before == self.after
    }

    /// Whether it leaves all that belongs to people as it is, to the byte, and says the same to MediaWiki.
    #[must_use]
    pub fn keeps_peoples_text(&self, names: &Names) -> bool {
        let name = match (&self.owns, self.base) {
            (Owns::Moved(links), _) => return with_links(&self.before, links, names).as_ref() == Some(&self.after),
            (Owns::Page, _) | (_, Base::Absent) => return true,
            // Each message was held against the words around it when it was placed.
            (Owns::Message, _) => return is_in(&self.before, &self.after),
            (Owns::Block(name), _) => name,
            (Owns::Request | Owns::Ledger, _) => ledger::BLOCK,
        };
        let Some(written) = self.after.strip_suffix(&self.appended) else { return false };
        let Some(moved) = moved_range(written, name, &self.moved) else { return false };
        let after = wikitext::splice(written, vec![(moved.clone(), String::new())]);
        let same_bytes = match &self.owns {
            Owns::Request => peoples_part(&self.before, names) == peoples_part(&after, names),
            _ => block::without(&self.before, name) == block::without(&after, name),
        };
        same_bytes && same_calls(&self.before, written, &moved, names)
    }
}

/// Whether all lines of a text stand in another one, in their order.
fn is_in(before: &str, after: &str) -> bool {
    let mut rest = after.lines();
    before.lines().all(|line| rest.any(|other| other == line))
}

/// Where the words stand that were moved behind a block; an empty range at its beginning of the text if there are none.
fn moved_range(text: &str, name: &str, moved: &str) -> Option<Range<usize>> {
    match block::find(text, name) {
        _ if moved.is_empty() => Some(0..0),
        Block::Found(range) if text[range.end..].starts_with(moved) => Some(range.end..range.end + moved.len()),
        _ => None,
    }
}

/// Whether MediaWiki finds in a new text the template calls, with their parameters, that people's words before it make by
/// themselves, those aside that were `moved`. What they left open (a `<pre` without its `>`) may find its end in the bot's
/// text, and take with it what stands between.
pub(super) fn same_calls(before: &str, after: &str, moved: &Range<usize>, names: &Names) -> bool {
    peoples_calls(&block::without_all(before), &(0..0), names) == peoples_calls(after, moved, names)
}

/// The template calls of a text outside the bot's blocks and of what was moved out of one, without places, white space, and
/// the two parameters that are the bot's. A block may stand in a parameter of another template: that is not what people say
/// in it.
fn peoples_calls(text: &str, moved: &Range<usize>, names: &Names) -> Vec<Call> {
    let mut own = block::all(text);
    own.extend(Some(moved.clone()).filter(|moved| !moved.is_empty()));
    let mut calls = names.syntax().calls(text);
    calls.retain(|call| !own.iter().any(|o| o.start <= call.span.start && call.span.end <= o.end));
    for call in &mut calls {
        let is_request = names.is(TemplateKind::Request, &call.name);
        call.params.retain(|p| !(is_request && is_own(&p.name)));
        for param in &mut call.params {
            let inside = own.iter().filter(|o| param.raw.start <= o.start && o.end <= param.raw.end);
            let cuts: Vec<_> =
                inside.map(|o| (o.start - param.raw.start..o.end - param.raw.start, String::new())).collect();
            if !cuts.is_empty() {
                param.value = wikitext::without_comments(&wikitext::splice(&text[param.raw.clone()], cuts));
            }
            param.value.retain(|c| !c.is_whitespace());
            (param.span, param.raw) = (0..0, 0..0);
        }
        (call.span, call.name_at) = (0..0, 0);
        call.around.iter_mut().for_each(|around| around.at = 0);
    }
    calls
}

/// Whether a parameter of the request template is the bot's.
fn is_own(name: &str) -> bool {
    name == "status" || name == "status since"
}

/// A request page without what is the bot's: the ledger, and the two parameters with all that stands between
/// their pipes but for comments.
fn peoples_part(text: &str, names: &Names) -> String {
    let text = block::without(text, ledger::BLOCK);
    let Some(call) = request_call(&text, names) else {
        return text;
    };
    let comments = |p: &Param| {
        let raw = &text[p.raw.clone()];
        wikitext::comments(raw).into_iter().map(|c| &raw[c]).collect::<String>()
    };
    let cuts: Vec<_> = call.params.iter().filter(|p| is_own(&p.name)).map(|p| (p.span.clone(), comments(p))).collect();
    let rest = wikitext::splice(&text, cuts);
    // A template on several lines ends with a line break that may have been part of the last parameter.
    match request_call(&rest, names) {
        Some(call) => {
            let end = call.span.end - 2;
            format!("{}{}", rest[..end].trim_end(), &rest[end..])
        }
        None => rest,
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = match self.base {
            Base::Absent => "new page".to_owned(),
            Base::Revision(id) => format!("on revision {id}"),
            Base::Earlier => "after the change above".to_owned(),
        };
        writeln!(f, "== {} ({how})", self.page)?;
        writeln!(f, "   {}", self.summary)?;
        let diff = TextDiff::from_lines(&self.before, &self.after);
        for hunk in diff.unified_diff().context_radius(1).missing_newline_hint(false).iter_hunks() {
            write!(f, "{hunk}")?;
        }
        if !self.after.ends_with('\n') {
            writeln!(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.changes.is_empty(), self.problems.is_empty()) {
            (true, true) => writeln!(f, "Nothing to write: every page is as it should be.")?,
            (true, false) => writeln!(f, "Nothing to write. What a person should look at:")?,
            (false, _) => {}
        }
        for change in &self.changes {
            writeln!(f, "{change}")?;
        }
        for problem in &self.problems {
            writeln!(f, "problem: {} ({}): {}", problem.page, problem.kind, problems::words(problem))?;
        }
        Ok(())
    }
}
