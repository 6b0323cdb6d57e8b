//! A request page's history, followed revision by revision: who added, struck, moved, removed and restored each
//! vote, decision and view on priority, and what the request template said when.
//!
//! A mark is known by its template (what it means, and for whom) and by the signature behind it, so a vote that is
//! moved, indented or reworded stays the same mark. Between two revisions marks are matched by the lines that stayed
//! as they were, then by what they are; what is left was added or removed. Of texts only the newest is kept whole.

use std::collections::{HashMap, VecDeque};

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::marks::{Key, Mark, marks};
use super::request_template::request_of;
use crate::desk::request::{StatusEdit, Version};
use crate::desk::signed::{Signature, Signed, Standing, Touch};
use crate::page::{Revision, RevisionInfo, User, parse_timestamp};
use crate::records::ledger::ledger_start;
use crate::records::moved::Marker;
use crate::wikitext;
use crate::wikitext::inert::unescape;
use crate::wikitext::names::Names;

/// More changed lines than this are not compared one by one; their marks are matched by what they are alone.
const MAX_DIFFED_LINES: usize = 3000;

/// Where more marks than this came and went at once they are not looked at one by one.
const MAX_UNMATCHED_MARKS: usize = 200;

/// A mark that a revision added.
fn added(mark: Mark, stamp: &RevisionInfo) -> Signed<Mark> {
    Signed {
        author: stamp.user.clone(),
        at: stamp.at,
        revision: stamp.id,
        signature: mark.signature.clone(),
        signed_by_other: None,
        born: mark.standing,
        touches: Vec::new(),
        place: None,
        content: mark,
    }
}

/// All that a page's history tells, up to the last revision that was fed to it.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Every mark there ever was, as it last stood on the page, in the order in which they were added.
    pub signed: Vec<Signed<Mark>>,
    /// All revisions, oldest first.
    pub revisions: Vec<RevisionInfo>,
    /// The revision that first held the request template.
    pub filed: Option<RevisionInfo>,
    /// Where the bot moved the proposal here from; its author filed it.
    pub moved: Option<Marker>,
    /// The template's parameters through time, oldest first.
    pub versions: Vec<Version>,
    /// All changes of `status=`, oldest first. A revision without the template changes nothing.
    pub status_edits: Vec<StatusEdit>,
    /// What stands on the page, as indexes into `signed`, in the page's order.
    live: Vec<usize>,
    /// Marks that are gone, by what they are, each with its [`context_of`] then.
    gone: HashMap<Key, Vec<(usize, String)>>,
    /// The last text that could be read.
    known: String,
    /// The wiki hides the text of the last revision.
    hidden: bool,
    /// The values of `status` and `status since` in the newest version of the template.
    status: (String, String),
}

impl History {
    /// The history of a page up to a text whose votes are known: each with its place among the text's marks and the
    /// revision that added it. `stamps` are the revisions that matter besides, the first of them the one that filed the
    /// request. None where two votes have the same place or the text holds no request.
    pub fn resumed(
        text: &str,
        votes: Vec<(usize, Mark, RevisionInfo)>,
        stamps: Vec<RevisionInfo>,
        names: &Names,
    ) -> Option<Self> {
        let mut live: Vec<(usize, usize)> = votes.iter().enumerate().map(|(i, (place, ..))| (*place, i)).collect();
        live.sort_unstable();
        let twice = live.windows(2).any(|pair| pair[0].0 == pair[1].0);
        let mut history = History { live: live.into_iter().map(|(_, i)| i).collect(), ..Self::default() };
        let filed = stamps.first()?.clone();
        history.follow_template(text, &names.syntax().calls(text), &filed, names, 0);
        history.status_edits.clear();
        history.signed = votes.into_iter().map(|(_, mark, stamp)| added(mark, &stamp)).collect();
        history.revisions = stamps;
        history.revisions.sort_by_key(|s| s.id);
        history.revisions.dedup_by_key(|s| s.id);
        text.clone_into(&mut history.known);
        (!twice && history.filed.is_some()).then_some(history)
    }

    /// Follows revisions to their end, oldest first; `bot` is the id of the bot's account.
    pub fn feed(&mut self, revisions: impl IntoIterator<Item = Revision>, names: &Names, bot: u64) {
        for revision in revisions {
            self.feed_one(revision, names, bot);
        }
    }

    /// The bot moved the proposal here; this revision of another page, none if nobody can tell, brought it to the wiki. What
    /// the page held from the beginning is its author's, not the bot's.
    pub fn attribute_to_origin(&mut self, origin: Option<RevisionInfo>) {
        let Some(first) = self.revisions.first().cloned() else { return };
        let author = origin.as_ref().and_then(|o| o.user.clone());
        for edit in self.status_edits.iter_mut().filter(|e| e.revision == first.id) {
            edit.by.clone_from(&author);
            (edit.read, edit.rule) = (None, None);
        }
        let born = self.signed.iter_mut().filter(|s| s.revision == first.id);
        born.for_each(|s| s.author.clone_from(&author));
        self.filed = Some(origin.clone().unwrap_or(RevisionInfo { id: 0, user: None, ..first }));
        self.revisions.splice(0..0, origin);
    }

    /// The id of the last revision fed.
    pub fn last(&self) -> Option<u64> {
        self.revisions.last().map(|r| r.id)
    }

    /// The text of the last revision; none where the wiki hides it.
    pub fn text(&self) -> Option<&str> {
        (!self.hidden).then_some(&self.known)
    }

    /// The marks that stand on the page, in its order.
    pub fn live(&self) -> impl Iterator<Item = usize> + '_ {
        self.live.iter().copied()
    }

    fn feed_one(&mut self, revision: Revision, names: &Names, bot: u64) {
        let stamp = RevisionInfo::of(&revision);
        // Anybody can write such a marker; only the bot begins a page with one.
        if revision.parent == 0 && self.revisions.is_empty() && stamp.user.as_ref().is_some_and(|u| u.id == bot) {
            self.moved = revision.text.as_deref().and_then(Marker::on_last_line);
        }
        self.revisions.push(stamp.clone());
        let Some(text) = revision.text else {
            self.hidden = true;
            return;
        };
        // What came and went in a text that the wiki hides is found behind it, and is nobody's there.
        let behind_hidden = std::mem::take(&mut self.hidden);
        if text == self.known {
            return;
        }
        let calls = names.syntax().calls(&text);
        self.follow_template(&text, &calls, &stamp, names, bot);
        let by = if behind_hidden { None } else { stamp.user.clone() };
        self.follow_marks(&text, marks(&text, &calls, names), &RevisionInfo { user: by, ..stamp });
        self.known = text;
    }

    /// What the request template of this revision says.
    fn follow_template(&mut self, text: &str, calls: &[wikitext::Call], stamp: &RevisionInfo, names: &Names, bot: u64) {
        let Some(call) = request_of(calls, names) else { return };
        if self.filed.is_none() {
            // The bot files nothing of its own: what came before is hidden, or stands elsewhere.
            let by_bot = stamp.user.as_ref().is_some_and(|u| u.id == bot);
            let nobodys = RevisionInfo { id: 0, user: None, ..stamp.clone() };
            self.filed = Some(if by_bot { nobodys } else { stamp.clone() });
        }
        let own = |name: &str| name == "status" || name == "status since";
        let params: Vec<(String, String)> =
            call.params.iter().filter(|p| !own(&p.name)).map(|p| (p.name.clone(), p.value.clone())).collect();
        if self.versions.last().is_none_or(|v| v.params != params) {
            self.versions.push(Version { at: stamp.at, by: stamp.user.clone(), revision: stamp.id, params });
        }
        let now = (call.value("status").to_lowercase(), call.value("status since").to_owned());
        let before = std::mem::replace(&mut self.status, now.clone());
        if now.0 == before.0 {
            return;
        }
        let by_bot = stamp.user.as_ref().is_some_and(|u| u.id == bot);
        let ledger = by_bot.then(|| ledger_start(text)).flatten();
        self.status_edits.push(StatusEdit {
            before: before.0,
            to: now.0,
            // A time that was there before belongs to the status before.
            since: parse_timestamp(&now.1).filter(|_| now.1 != before.1),
            read: ledger.as_ref().and_then(|l| l.value("read").parse().ok()).filter(|read| *read < stamp.id),
            rule: ledger.as_ref().map(|l| unescape(l.value("rule"))).filter(|r| !r.is_empty()),
            by: stamp.user.clone(),
            at: stamp.at,
            revision: stamp.id,
        });
    }

    /// From one revision to the next: which marks stayed, moved, came and went.
    fn follow_marks(&mut self, text: &str, marks: Vec<Mark>, stamp: &RevisionInfo) {
        let found = self.matched(text, &marks, stamp.user.as_ref());
        let touch = |to| Touch { to, by: stamp.user.clone(), at: stamp.at, revision: stamp.id };
        let mut live = Vec::with_capacity(marks.len());
        for (mark, index) in marks.into_iter().zip(found) {
            // Not on the page before, but once: put back.
            let index = index.or_else(|| self.returned(text, &mark, stamp.user.as_ref()));
            match index {
                Some(index) => {
                    let signed = &mut self.signed[index];
                    if signed.stands() != mark.standing {
                        signed.touches.push(touch(mark.standing));
                    }
                    signed.content = mark;
                    live.push(index);
                }
                None => {
                    live.push(self.signed.len());
                    self.signed.push(added(mark, stamp));
                }
            }
        }
        let mut here = vec![false; self.signed.len()];
        live.iter().for_each(|i| here[*i] = true);
        for index in std::mem::replace(&mut self.live, live) {
            if !here[index] {
                let signed = &mut self.signed[index];
                signed.touches.push(touch(Standing::Gone));
                let words = context_of(&self.known, &signed.content);
                self.gone.entry(signed.content.key()).or_default().push((index, words));
            }
        }
    }

    /// The mark among those that are gone that this is. One that nobody signed looks like any other of its kind: it is the
    /// same if its author puts it back, or somebody else with the words around it.
    fn returned(&mut self, text: &str, mark: &Mark, by: Option<&User>) -> Option<usize> {
        let gone = self.gone.get_mut(&mark.key())?;
        if mark.signature.user.is_some() {
            return gone.pop().map(|(index, _)| index);
        }
        let words = context_of(text, mark);
        let signed = &self.signed;
        let same = |(index, then): &(usize, String)| {
            *then == words || signed[*index].author.as_ref().is_some_and(|a| by.is_some_and(|b| a.id == b.id))
        };
        gone.iter().rposition(same).map(|at| gone.remove(at).0)
    }

    /// For each mark of the new text, which of those on the page it is; `by` saved it.
    fn matched(&self, text: &str, marks: &[Mark], by: Option<&User>) -> Vec<Option<usize>> {
        let mut found: Vec<Option<usize>> = vec![None; marks.len()];
        let mut left: VecDeque<usize> = VecDeque::new();
        let by_start: HashMap<usize, usize> = marks.iter().enumerate().map(|(j, m)| (m.span.start, j)).collect();
        let lines = common_lines(&self.known, text);
        for &index in &self.live {
            let mark = &self.signed[index].content;
            match carried(&lines, mark.span.start).and_then(|at| by_start.get(&at)) {
                Some(&j) if found[j].is_none() && marks[j].key() == mark.key() => found[j] = Some(index),
                _ => left.push_back(index),
            }
        }
        let mut by_key: HashMap<Key, VecDeque<usize>> = HashMap::new();
        left.iter().for_each(|i| by_key.entry(self.signed[*i].content.key()).or_default().push_back(*i));
        for (slot, mark) in found.iter_mut().zip(marks).filter(|(slot, _)| slot.is_none()) {
            *slot = by_key.get_mut(&mark.key()).and_then(VecDeque::pop_front);
        }
        // One that had no signature, signed afterwards for its author.
        for (slot, mark) in found.iter_mut().zip(marks).filter(|(slot, _)| slot.is_none()) {
            let Some(user) = &mark.signature.user else { continue };
            let unsigned = by_key.get_mut(&(mark.statement.identity(), Signature::default()));
            *slot = unsigned.and_then(|indexes| {
                let own = |i: &usize| self.signed[*i].author.as_ref().is_some_and(|a| a.name == *user);
                indexes.iter().position(own).and_then(|at| indexes.remove(at))
            });
        }
        let mut left: Vec<usize> = by_key.into_values().flatten().collect();
        left.sort_unstable();
        self.match_edited_lines(text, marks, &left, &mut found);
        self.prefer_own_of_identical_lines(text, marks, by, &left, &mut found);
        found
    }

    /// A line that somebody only wrote something into (a reply, a remark, what says that it is unsigned), or took
    /// something out of, keeps its marks, whatever signature stands behind them now.
    fn match_edited_lines(&self, text: &str, marks: &[Mark], left: &[usize], found: &mut [Option<usize>]) {
        let mut left: Vec<usize> = left.iter().copied().take(MAX_UNMATCHED_MARKS).collect();
        for (slot, mark) in found.iter_mut().zip(marks).filter(|(slot, _)| slot.is_none()).take(MAX_UNMATCHED_MARKS) {
            let line = line_of(text, mark.span.start);
            let same = |i: &usize| {
                let old = &self.signed[*i].content;
                let before = line_of(&self.known, old.span.start);
                old.statement.identity() == mark.statement.identity()
                    && (is_written_into(before, line) || is_written_into(line, before))
            };
            *slot = left.iter().position(same).map(|at| left.remove(at));
        }
    }

    /// Of lines that are the same to the letter, somebody who strikes one, or takes it away, means their own.
    fn prefer_own_of_identical_lines(
        &self,
        text: &str,
        marks: &[Mark],
        by: Option<&User>,
        left: &[usize],
        found: &mut [Option<usize>],
    ) {
        let is_own = |i: usize| self.signed[i].author.as_ref().is_some_and(|a| by.is_some_and(|b| b.id == a.id));
        for &gone in left
            .iter()
            .take(MAX_UNMATCHED_MARKS)
            .filter(|i| !is_own(**i) && !found.contains(&Some(**i)))
            .collect::<Vec<_>>()
        {
            let old = &self.signed[gone].content;
            let line = line_of(&self.known, old.span.start);
            let twin = found.iter().zip(marks).position(|(slot, mark)| {
                slot.is_some_and(is_own) && mark.key() == old.key() && line_of(text, mark.span.start) == line
            });
            if let Some(at) = twin {
                found[at] = Some(gone);
            }
        }
        let line = |i: usize| line_of(&self.known, self.signed[i].content.span.start);
        let changed =
            |found: &[Option<usize>], at: usize| found[at].filter(|i| self.signed[*i].stands() != marks[at].standing);
        let others =
            (0..found.len()).filter(|at| changed(found, *at).is_some_and(|i| !is_own(i))).take(MAX_UNMATCHED_MARKS);
        for at in others.collect::<Vec<_>>() {
            let Some(other) = found[at] else { continue };
            let twin = (0..found.len()).find(|twin| {
                let unchanged = changed(found, *twin).is_none() && marks[*twin].key() == marks[at].key();
                unchanged && found[*twin].is_some_and(|i| is_own(i) && line(i) == line(other))
            });
            if let Some(twin) = twin {
                found.swap(at, twin);
            }
        }
    }
}

/// The line that a place stands in, without its end.
fn line_of(text: &str, place: usize) -> &str {
    let from = text[..place].rfind('\n').map_or(0, |at| at + 1);
    let to = text[place..].find('\n').map_or(text.len(), |at| place + at);
    text[from..to].trim_end()
}

/// The line of a mark; where that has nothing but the mark itself, with the line behind it.
fn context_of(text: &str, mark: &Mark) -> String {
    let line = line_of(text, mark.span.start);
    let bare = line.len() <= mark.span.len() + 4;
    let behind = text[mark.span.start..].lines().nth(1).filter(|_| bare).unwrap_or_default();
    // Long lines are told apart by their beginnings.
    line.chars().take(200).chain(['\n']).chain(behind.chars().take(200)).collect()
}

/// Whether the new line is the old one with something written into it or behind it.
fn is_written_into(old: &str, new: &str) -> bool {
    let same = |(a, b): &(u8, u8)| a == b;
    let before = old.bytes().zip(new.bytes()).take_while(same).count();
    let behind = old.bytes().rev().zip(new.bytes().rev()).take_while(same).count();
    new.len() > old.len() && before + behind >= old.len()
}

/// Places of lines that two texts share: where in the old, where in the new, how long, in bytes; in order.
fn common_lines(old: &str, new: &str) -> Vec<(usize, usize, usize)> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let before = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let behind = old[before..].iter().rev().zip(new[before..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_middle, new_middle) = (&old[before..old.len() - behind], &new[before..new.len() - behind]);
    let mut shared: Vec<(usize, usize)> = (0..before).map(|i| (i, i)).collect();
    if old_middle.len() <= MAX_DIFFED_LINES && new_middle.len() <= MAX_DIFFED_LINES {
        for op in capture_diff_slices(Algorithm::Myers, old_middle, new_middle) {
            if let DiffOp::Equal { old_index, new_index, len } = op {
                shared.extend((0..len).map(|k| (before + old_index + k, before + new_index + k)));
            }
        }
    }
    shared.extend((0..behind).rev().map(|k| (old.len() - 1 - k, new.len() - 1 - k)));
    let starts = |lines: &[&str]| -> Vec<usize> {
        lines.iter().scan(0, |at, line| Some(std::mem::replace(at, *at + line.len()))).collect()
    };
    let (old_at, new_at) = (starts(&old), starts(&new));
    shared.into_iter().map(|(i, j)| (old_at[i], new_at[j], old[i].len())).collect()
}

/// Where a place of the old text is in the new one, if its line is there.
fn carried(lines: &[(usize, usize, usize)], place: usize) -> Option<usize> {
    let line = lines[..lines.partition_point(|(old, _, _)| *old <= place)].last()?;
    (place < line.0 + line.2).then(|| line.1 + (place - line.0))
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
