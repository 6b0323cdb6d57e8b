//! Whose words a text is made of, followed from revision to revision, as WikiWho does (Flöck and Acosta, 2014): lines are
//! compared with those of the revision before, then with lines that were removed earlier, then word by word.
//!
//! Every byte that a revision brings has an id of its own, and keeps it as long as it stands on the page, wherever it is
//! moved to, and again when it comes back after it was removed. The revision that brought it is that of its id.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::signatures::find_time;

/// More changed lines than this are not put in order; each is looked up alone.
const MAX_DIFFED_LINES: usize = 3000;

/// More words than this, of those that both sides have, are not compared one by one.
const MAX_DIFFED_WORDS: usize = 2000;

/// So many bytes of removed lines are remembered, the newest.
const MAX_REMOVED: usize = 20_000_000;

/// A line with so many words is nobody else's by chance.
const DISTINCT_WORDS: usize = 4;

/// What a byte is known by. Bytes that were brought together have ids that follow each other.
pub type Id = u64;

/// The bytes from a place on have ids from this one on, up to the next run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    at: usize,
    id: Id,
}

/// A line that was removed.
#[derive(Debug, Clone)]
struct Removed {
    /// Its number among all lines that were ever removed.
    number: usize,
    runs: Vec<Run>,
    /// Whose it was: a revision's number.
    owner: usize,
    /// Its owner removed it.
    taken_back: bool,
    /// The lines that stood around it.
    around: [Box<str>; 2],
}

/// A text with the origin of each byte.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    text: String,
    runs: Vec<Run>,
    /// The first id that a revision brought, and the revision's number; in order.
    births: Vec<(Id, usize)>,
    next: Id,
    /// Lines that were removed, by what they say; of those that say the same the newest first.
    removed: HashMap<Box<str>, VecDeque<Removed>>,
    /// Their numbers and what they say, the oldest first; those too that came back since.
    remembered: VecDeque<(usize, Box<str>)>,
    /// How many lines were ever removed.
    count: usize,
    /// The bytes of `remembered`.
    size: usize,
}

/// A line of a text: its bytes without its end, and what it says: without list marks, indentation and spaces at its end.
#[derive(Debug, Clone)]
struct Line {
    all: Range<usize>,
    said: Range<usize>,
}

impl Provenance {
    /// The text that was followed last.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The id of the byte at a place.
    pub fn id(&self, place: usize) -> Id {
        let run = self.runs[self.runs.partition_point(|run| run.at <= place) - 1];
        run.id + (place - run.at) as Id
    }

    /// The number of the revision that brought the byte with this id.
    pub fn revision_of(&self, id: Id) -> usize {
        self.births[self.births.partition_point(|(first, _)| *first <= id) - 1].1
    }

    /// The number of the revision that brought the byte at a place.
    pub fn revision_at(&self, place: usize) -> usize {
        self.revision_of(self.id(place))
    }

    /// The newest number of the revisions that brought a stretch.
    pub fn newest_of(&self, stretch: Range<usize>) -> usize {
        let first = self.revision_at(stretch.start);
        let mut runs = Vec::new();
        self.carry(&mut runs, stretch, 0);
        runs.iter().map(|run| self.revision_of(run.id)).fold(first, usize::max)
    }

    /// Whether the revision with this number brought any of a stretch.
    pub fn brought(&self, stretch: Range<usize>, revision: usize) -> bool {
        let mut runs = Vec::new();
        self.carry(&mut runs, stretch, 0);
        runs.iter().any(|run| self.revision_of(run.id) == revision)
    }

    /// Follows the text into its next revision, with this number. `own` tells of a revision's number whether it is by whoever
    /// saved this one.
    pub fn follow(&mut self, text: &str, revision: usize, own: impl Fn(usize) -> bool) {
        self.births.push((self.next, revision));
        let (head, tail) = common_ends(&self.text, text);
        let old_text = std::mem::take(&mut self.text);
        let old = lines(&old_text, head..old_text.len() - tail);
        let new = lines(text, head..text.len() - tail);
        let mut from = kept(&old_text, &old, text, &new);
        let mut left: Vec<bool> = vec![true; old.len()];
        from.iter().flatten().for_each(|at| left[*at] = false);
        self.move_lines(&old_text, &old, text, &new, &mut from, &mut left);
        self.prefer_own_of_identical_lines(&old_text, &old, &left, &own);

        let mut runs = Vec::with_capacity(self.runs.len() + 8);
        self.carry(&mut runs, 0..head, 0);
        let mut words = WordsLeft::default();
        let mut pieces: Vec<(Range<usize>, Source)> = Vec::new();
        for (line, at) in new.iter().zip(&from) {
            match at {
                Some(at) if old[*at].all.len() == line.all.len() => {
                    pieces.push((line.all.clone(), Source::Here(old[*at].all.start)));
                }
                Some(at) => pieces.push((line.said.clone(), Source::Here(old[*at].said.start))),
                None => match self.returned(text, line, &own) {
                    Some(back) => pieces.push((line.said.clone(), Source::Back(back))),
                    None => words.new.push(line.all.clone()),
                },
            }
        }
        words.old = old.iter().zip(&left).filter(|(_, left)| **left).map(|(line, _)| line.all.clone()).collect();
        pieces.extend(words.matched(&old_text, text).into_iter().map(|(at, old)| (at, Source::Here(old))));
        pieces.sort_by_key(|(at, _)| at.start);
        let mut at = head;
        for (piece, source) in pieces {
            self.bring(&mut runs, at..piece.start);
            match source {
                Source::Here(old) => self.carry(&mut runs, old..old + piece.len(), piece.start),
                Source::Back(back) => back.iter().for_each(|run| push(&mut runs, piece.start + run.at, run.id)),
            }
            at = piece.end;
        }
        self.bring(&mut runs, at..text.len() - tail);
        self.carry(&mut runs, old_text.len() - tail..old_text.len(), text.len() - tail);

        // From the last to the first: of lines that say the same the first comes back first.
        for (line, _) in old.iter().zip(&left).rev().filter(|(line, left)| **left && !line.said.is_empty()) {
            self.remember(&old_text, line, &own);
        }
        self.runs = runs;
        self.text.push_str(text);
    }

    /// Lines that stand elsewhere now, indented otherwise perhaps.
    fn move_lines(
        &self,
        old_text: &str,
        old: &[Line],
        text: &str,
        new: &[Line],
        from: &mut [Option<usize>],
        left: &mut [bool],
    ) {
        let mut by_words: HashMap<&str, VecDeque<usize>> = HashMap::new();
        for (index, line) in old.iter().enumerate().filter(|(index, line)| left[*index] && !line.said.is_empty()) {
            by_words.entry(&old_text[line.said.clone()]).or_default().push_back(index);
        }
        for (line, at) in new.iter().zip(from).filter(|(_, at)| at.is_none()) {
            *at = by_words.get_mut(&text[line.said.clone()]).and_then(VecDeque::pop_front);
            at.iter().for_each(|at| left[*at] = false);
        }
    }

    /// Of lines that say the same to the letter, somebody who takes one away, or changes it, means their own.
    fn prefer_own_of_identical_lines(
        &mut self,
        old_text: &str,
        old: &[Line],
        left: &[bool],
        own: &impl Fn(usize) -> bool,
    ) {
        let others: Vec<&Line> = old
            .iter()
            .zip(left)
            .filter(|(line, left)| **left && old_text[line.said.clone()].contains("{{") && !own(self.owner(&line.said)))
            .map(|(line, _)| line)
            .collect();
        if others.is_empty() {
            return;
        }
        let gone: Vec<usize> = old.iter().zip(left).filter(|(_, left)| **left).map(|(l, _)| l.all.start).collect();
        let mut twins: HashMap<&str, Vec<Line>> = HashMap::new();
        for line in lines(old_text, 0..old_text.len()) {
            if !line.said.is_empty() && gone.binary_search(&line.all.start).is_err() {
                twins.entry(&old_text[line.said.clone()]).or_default().push(line);
            }
        }
        for line in others {
            let twin =
                twins.get(&old_text[line.said.clone()]).and_then(|all| all.iter().find(|t| own(self.owner(&t.said))));
            if let Some(twin) = twin {
                self.exchange(&line.said, &twin.said);
            }
        }
    }

    /// Exchanges the origins of two stretches of the same length.
    fn exchange(&mut self, a: &Range<usize>, b: &Range<usize>) {
        let (first, second) = if a.start < b.start { (a, b) } else { (b, a) };
        let mut runs = Vec::new();
        self.carry(&mut runs, 0..first.start, 0);
        self.carry(&mut runs, second.clone(), first.start);
        self.carry(&mut runs, first.end..second.start, first.end);
        self.carry(&mut runs, first.clone(), second.start);
        self.carry(&mut runs, second.end..usize::MAX, second.end);
        self.runs = runs;
    }

    /// Whose a stretch is: the number of the revision that brought the longest part of it.
    fn owner(&self, stretch: &Range<usize>) -> usize {
        let mut runs = Vec::new();
        self.carry(&mut runs, stretch.clone(), 0);
        let ends = runs.iter().skip(1).map(|run| run.at).chain([stretch.len()]);
        let longest = runs.iter().zip(ends).max_by_key(|(run, end)| end - run.at);
        longest.map_or(0, |(run, _)| self.revision_of(run.id))
    }

    /// The removed line that a new one is, if it is one.
    fn returned(&mut self, text: &str, line: &Line, own: &impl Fn(usize) -> bool) -> Option<Vec<Run>> {
        let said = &text[line.said.clone()];
        let removed = self.removed.get_mut(said)?;
        let around = neighbours(text, line);
        // One that has nothing of its own may be somebody else's new one: unless its owner brings it back, or somebody
        // brings it back to where another had removed it.
        let same = |r: &Removed| {
            own(r.owner)
                || is_distinct(said)
                || (!r.taken_back && (r.around[0] == around[0] || r.around[1] == around[1]))
        };
        let found = removed.iter().position(same)?;
        removed.remove(found).map(|r| r.runs)
    }

    /// Remembers a line that is gone.
    fn remember(&mut self, old_text: &str, line: &Line, own: &impl Fn(usize) -> bool) {
        let said: Box<str> = old_text[line.said.clone()].into();
        let mut runs = Vec::new();
        self.carry(&mut runs, line.said.clone(), 0);
        let owner = self.owner(&line.said);
        let number = self.count;
        self.count += 1;
        let removed = Removed { number, runs, owner, taken_back: own(owner), around: neighbours(old_text, line) };
        self.size += said.len();
        self.remembered.push_back((number, said.clone()));
        self.removed.entry(said).or_default().push_front(removed);
        while self.size > MAX_REMOVED
            && let Some((number, oldest)) = self.remembered.pop_front()
        {
            self.size -= oldest.len();
            if let Some(all) = self.removed.get_mut(&oldest) {
                // It may have come back, and another that says the same be gone since.
                if all.back().is_some_and(|removed| removed.number == number) {
                    all.pop_back();
                }
                if all.is_empty() {
                    self.removed.remove(&oldest);
                }
            }
        }
    }

    /// Appends the runs of a stretch of the old text, which stands at a place of the new.
    fn carry(&self, runs: &mut Vec<Run>, old: Range<usize>, at: usize) {
        if old.is_empty() || self.runs.is_empty() {
            return;
        }
        let first = self.runs.partition_point(|run| run.at <= old.start).saturating_sub(1);
        for run in self.runs[first..].iter().take_while(|run| run.at < old.end) {
            let begins = run.at.max(old.start);
            push(runs, at + (begins - old.start), run.id + (begins - run.at) as Id);
        }
    }

    /// Appends bytes that are new.
    fn bring(&mut self, runs: &mut Vec<Run>, new: Range<usize>) {
        if !new.is_empty() {
            push(runs, new.start, self.next);
            self.next += new.len() as Id;
        }
    }
}

/// Where the bytes of a piece come from.
enum Source {
    /// This place of the text before.
    Here(usize),
    /// A line that was removed earlier.
    Back(Vec<Run>),
}

fn push(runs: &mut Vec<Run>, at: usize, id: Id) {
    if runs.last().is_none_or(|last| last.id + (at - last.at) as Id != id) {
        runs.push(Run { at, id });
    }
}

/// How many bytes two texts share at their beginnings and at their ends, in whole lines.
fn common_ends(old: &str, new: &str) -> (usize, usize) {
    let same = |(a, b): &(u8, u8)| a == b;
    let begin = old.bytes().zip(new.bytes()).take_while(same).count();
    if begin == old.len() && begin == new.len() {
        return (begin, 0);
    }
    let head = old.as_bytes()[..begin].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    let end = old.bytes().rev().zip(new.bytes().rev()).take_while(same).count();
    let end = end.min(old.len() - head).min(new.len() - head);
    let tail = &old.as_bytes()[old.len() - end..];
    // From the first line that begins within.
    let from = tail.iter().position(|b| *b == b'\n').map_or(tail.len(), |at| at + 1);
    let whole = |text: &str| end == text.len() - head || text.as_bytes()[text.len() - end - 1] == b'\n';
    let tail = if whole(old) && whole(new) { end } else { tail.len() - from };
    (head, tail)
}

/// The lines of a stretch that begins at a line's beginning.
fn lines(text: &str, stretch: Range<usize>) -> Vec<Line> {
    let mut at = stretch.start;
    let line = |line: &str| {
        let all = at..at + line.trim_end_matches('\n').len();
        at += line.len();
        let said = text[all.clone()].trim_end();
        let marks = said.len() - said.trim_start_matches(['*', '#', ':', ';', ' ', '\t']).len();
        Line { said: all.start + marks..all.start + said.len(), all }
    };
    text[stretch].split_inclusive('\n').map(line).collect()
}

/// For each new line the old one that it is, as far as they stand in the same order.
fn kept(old_text: &str, old: &[Line], text: &str, new: &[Line]) -> Vec<Option<usize>> {
    let mut from = vec![None; new.len()];
    if old.len() <= MAX_DIFFED_LINES && new.len() <= MAX_DIFFED_LINES {
        let before: Vec<&str> = old.iter().map(|l| old_text[l.all.clone()].trim_end()).collect();
        let after: Vec<&str> = new.iter().map(|l| text[l.all.clone()].trim_end()).collect();
        for op in capture_diff_slices(Algorithm::Myers, &before, &after) {
            if let DiffOp::Equal { old_index, new_index, len } = op {
                (0..len).for_each(|k| from[new_index + k] = Some(old_index + k));
            }
        }
    }
    from
}

/// What the lines before and behind one say, as far as they say anything.
fn neighbours(text: &str, line: &Line) -> [Box<str>; 2] {
    let said = |line: &str| line.trim_start_matches(['*', '#', ':', ';', ' ', '\t']).trim_end().to_owned();
    let before = text[..line.all.start].lines().rev().map(said).find(|l| !l.is_empty());
    let behind = text[line.all.end..].lines().map(said).find(|l| !l.is_empty());
    [before.unwrap_or_default().into(), behind.unwrap_or_default().into()]
}

/// Whether a line has something of its own: a time as in signatures, or many words outside of templates.
fn is_distinct(said: &str) -> bool {
    let mut depth = 0_usize;
    let outside: String = said
        .split_inclusive(['{', '}'])
        .filter(|part| {
            let here = depth == 0;
            depth = if part.ends_with('{') { depth + 1 } else { depth.saturating_sub(1) };
            here
        })
        .collect();
    let words = outside.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).count();
    words >= DISTINCT_WORDS || find_time(said).is_some()
}

/// Stretches that are left on both sides when whole lines are matched.
#[derive(Default)]
struct WordsLeft {
    old: Vec<Range<usize>>,
    new: Vec<Range<usize>>,
}

impl WordsLeft {
    /// Stretches of the new text with the places of the old that they are: words that both have, in the same order.
    fn matched(&self, old_text: &str, text: &str) -> Vec<(Range<usize>, usize)> {
        let words = |text: &str, stretches: &[Range<usize>]| -> Vec<Range<usize>> {
            stretches.iter().flat_map(|s| words(text, s.clone())).collect()
        };
        let (mut old, mut new) = (words(old_text, &self.old), words(text, &self.new));
        let known: std::collections::HashSet<&str> = new.iter().map(|w| &text[w.clone()]).collect();
        old.retain(|w| known.contains(&old_text[w.clone()]));
        let known: std::collections::HashSet<&str> = old.iter().map(|w| &old_text[w.clone()]).collect();
        new.retain(|w| known.contains(&text[w.clone()]));
        if old.len() > MAX_DIFFED_WORDS || new.len() > MAX_DIFFED_WORDS {
            return Vec::new();
        }
        let before: Vec<&str> = old.iter().map(|w| &old_text[w.clone()]).collect();
        let after: Vec<&str> = new.iter().map(|w| &text[w.clone()]).collect();
        let mut matched = Vec::new();
        for op in capture_diff_slices(Algorithm::Myers, &before, &after) {
            if let DiffOp::Equal { old_index, new_index, len } = op {
                matched.extend((0..len).map(|k| (new[new_index + k].clone(), old[old_index + k].start)));
            }
        }
        matched
    }
}

/// Words, and single other characters.
fn words(text: &str, stretch: Range<usize>) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut in_word = false;
    for (at, c) in text[stretch.clone()].char_indices() {
        let (at, end) = (stretch.start + at, stretch.start + at + c.len_utf8());
        let of_word = c.is_alphanumeric();
        match words.last_mut() {
            Some(last) if in_word && of_word => last.end = end,
            _ => words.push(at..end),
        }
        in_word = of_word;
    }
    words
}

#[cfg(test)]
#[path = "provenance_tests.rs"]
mod tests;
