//! Who added what: the trail of each vote, decision and view on priority through a page's revisions.
//!
//! A mark is known by its template (what it means, and for whom) and by the signature behind it, so a
//! vote that is moved, indented or reworded stays the same mark. Between two revisions marks are first
//! matched in their order, then those that moved by what they are; what is left was added or removed.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::names::{Meaning, Names};
use super::wikitext::{self, Call};
use crate::desk::request::Priority;
use crate::desk::vote::{Deed, Shown, Signature, Touch, Trail};
use crate::desk::{Choice, Revision};

/// What a mark says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Says {
    /// A vote, and the member it was recorded for.
    Vote(Choice, Option<String>),
    /// A decision: the status asked for, as written.
    Decision(String),
    /// A withdrawal.
    Withdraw,
    /// A view on priority.
    Priority(Priority),
}

/// A mark in one revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// What it says.
    pub says: Says,
    /// The signature behind it, on the same line.
    pub signature: Signature,
    /// It is struck out.
    pub struck: bool,
    /// The place of its template call.
    pub span: Range<usize>,
    /// The value of `reason=`.
    pub reason: String,
}

impl Mark {
    fn key(&self) -> (&Says, &Signature) {
        (&self.says, &self.signature)
    }
}

/// A mark with its trail.
#[derive(Debug, Clone)]
pub struct Traced {
    /// The mark as it last stood on the page.
    pub mark: Mark,
    /// Where it came from and what became of it; `shown` is `Gone` where the newest revision has it no more,
    /// else `Hidden` until Parsoid's HTML is asked.
    pub trail: Trail,
}

/// The marks of a revision's wikitext, in order.
#[must_use]
pub fn marks(text: &str, calls: &[Call], names: &Names) -> Vec<Mark> {
    let visible = wikitext::visible(text);
    let mut found: Vec<Mark> = Vec::new();
    for call in calls.iter().filter(|c| !c.nested) {
        let Some(says) = names.meaning(&call.name).and_then(|m| says(m, call)) else {
            continue;
        };
        found.push(Mark {
            says,
            signature: Signature::default(),
            struck: call.struck,
            span: call.span.clone(),
            reason: call.value("reason").to_owned(),
        });
    }
    // A signature belongs to all marks before it on its line.
    for mark in &mut found {
        let from = mark.span.end;
        let line_end = visible[from..].find('\n').map_or(visible.len(), |e| from + e);
        mark.signature = signature(&visible[from..line_end], names);
    }
    found
}

fn says(meaning: &Meaning, call: &Call) -> Option<Says> {
    match meaning {
        Meaning::Vote(_) | Meaning::VoteBy(_) => {
            let choice = Names::choice(meaning, call.value("1"))?;
            Some(Says::Vote(choice, super::names::account(call.value("for"))))
        }
        Meaning::Decision => Some(Says::Decision(call.value("1").to_lowercase())),
        Meaning::Withdraw => Some(Says::Withdraw),
        Meaning::Priority => Priority::parse(call.value("1")).map(Says::Priority),
        Meaning::Request | Meaning::Member => None,
    }
}

/// The first signature in the text: the last user link before the first time, or the last user link if there
/// is no time.
#[must_use]
pub fn signature(text: &str, names: &Names) -> Signature {
    let time = find_time(text);
    let until = time.as_ref().map_or(text.len(), |t| t.start);
    let mut user = None;
    let mut rest = &text[..until];
    while let Some(at) = rest.find("[[") {
        rest = &rest[at + 2..];
        let target = rest.split(['|', ']']).next().unwrap_or_default();
        user = names.user_of_link(target).or(user);
    }
    Signature { user, time: time.map(|t| text[t].to_owned()) }
}

/// Where a time as signatures have it stands: `12:34, 5 May 2026 (UTC)`, in any language.
fn find_time(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    for colon in text.match_indices(':').map(|(at, _)| at) {
        let digits = |range: Range<usize>| bytes.get(range).is_some_and(|b| b.iter().all(u8::is_ascii_digit));
        if colon < 2 || !digits(colon - 2..colon) || !digits(colon + 1..colon + 3) {
            continue;
        }
        let from = colon - 2;
        let rest = &text[from..];
        if let Some(zone) = rest.find('(')
            && rest[..zone].chars().count() <= 40
            && !rest[..zone].contains("[[")
            && let Some(end) = rest[zone..].find(')').filter(|e| *e <= 12)
        {
            return Some(from..from + zone + end + 1);
        }
    }
    None
}

/// Follows all marks through the revisions, oldest first. Revisions whose text the wiki hides are passed over;
/// what is found right behind one has no author, since it may have been added in it.
#[must_use]
pub fn trace(revisions: &[Revision], names: &Names) -> Vec<Traced> {
    let mut all: Vec<Traced> = Vec::new();
    // What stands on the page, as indexes into `all`, in the page's order.
    let mut live: Vec<usize> = Vec::new();
    let mut hidden = false;
    let mut last_text: Option<&str> = None;
    for revision in revisions {
        let Some(text) = revision.text.as_deref() else {
            hidden = true;
            continue;
        };
        if last_text.replace(text) == Some(text) {
            continue;
        }
        let marks = marks(text, &wikitext::calls(text), names);
        live = step(&mut all, &live, &marks, revision, hidden);
        hidden = false;
    }
    for &i in &live {
        all[i].trail.shown = Shown::Hidden;
    }
    all
}

/// From one revision to the next: which marks stayed, moved, came and went.
fn step(all: &mut Vec<Traced>, live: &[usize], marks: &[Mark], revision: &Revision, hidden: bool) -> Vec<usize> {
    let old: Vec<_> = live.iter().map(|i| all[*i].mark.key()).collect();
    let new: Vec<_> = marks.iter().map(Mark::key).collect();
    let mut of_mark: Vec<Option<usize>> = vec![None; marks.len()];
    let mut gone: Vec<usize> = live.to_vec();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            for k in 0..len {
                of_mark[new_index + k] = Some(live[old_index + k]);
            }
        }
    }
    gone.retain(|i| !of_mark.contains(&Some(*i)));
    // Moved within the page: the same mark at another place.
    for (slot, mark) in of_mark.iter_mut().zip(marks) {
        if slot.is_none()
            && let Some(at) = gone.iter().position(|i| all[*i].mark.key() == mark.key())
        {
            *slot = Some(gone.remove(at));
        }
    }
    let touch = |deed| Touch { deed, by: revision.user.clone(), at: revision.at, revision: revision.id };
    // Not on the page before, but once: put back.
    for slot_at in 0..marks.len() {
        let mark = &marks[slot_at];
        let index = of_mark[slot_at].unwrap_or_else(|| {
            let back = (0..all.len())
                .rev()
                .find(|i| !live.contains(i) && !of_mark.contains(&Some(*i)) && all[*i].mark.key() == mark.key());
            match back {
                Some(i) => {
                    all[i].trail.touches.push(touch(Deed::Restored));
                    i
                }
                None => {
                    all.push(fresh(mark, revision, hidden));
                    all.len() - 1
                }
            }
        });
        of_mark[slot_at] = Some(index);
        let traced = &mut all[index];
        if traced.mark.struck != mark.struck {
            traced.trail.touches.push(touch(if mark.struck { Deed::Struck } else { Deed::Unstruck }));
        }
        traced.mark = mark.clone();
    }
    for i in gone {
        all[i].trail.touches.push(touch(Deed::Removed));
    }
    of_mark.into_iter().flatten().collect()
}

fn fresh(mark: &Mark, revision: &Revision, hidden: bool) -> Traced {
    Traced {
        mark: mark.clone(),
        trail: Trail {
            author: if hidden { None } else { revision.user.clone() },
            at: revision.at,
            revision: revision.id,
            signature: mark.signature.clone(),
            signed_by_other: None,
            born_struck: mark.struck,
            touches: Vec::new(),
            shown: Shown::Gone,
        },
    }
}
