//! Lines of a page, each a call of a template, as those wrote them whose words count there: one that somebody else changed or
//! took away counts as the last of them left it. The roster and the minutes are such.

use std::collections::BTreeSet;

use super::provenance::{Id, Provenance};
use crate::desk::TemplateKind;
use crate::page::{Revision, RevisionInfo, same};
use crate::wikitext::Call;
use crate::wikitext::names::{Names, Questions};

/// What lines of a page are: templates, each with a parameter without which nobody asks what another name of it meant.
pub(super) type Kinds = [(TemplateKind, &'static str)];

/// A line as somebody wrote it whose lines count; `T` is what it says.
#[derive(Debug, Clone)]
pub(super) struct WrittenLine<T> {
    id: Id,
    /// The line as written.
    pub written: String,
    /// What it says.
    pub says: T,
    /// The revision that wrote it so.
    pub by: RevisionInfo,
    /// The revision that changed it or took it away.
    pub ended: Option<RevisionInfo>,
}

/// The lines of a page, followed through its history.
#[derive(Debug)]
pub(super) struct LineHistory<T> {
    provenance: Provenance,
    /// Who saved each revision and when, by its number, and whether their lines count.
    savers: Vec<(RevisionInfo, bool)>,
    /// All lines there ever were, oldest first.
    pub lines: Vec<WrittenLine<T>>,
    /// What stood on the page in the last revision.
    shown: Vec<(Id, String)>,
    /// What has to be looked up to know what names meant when they were written.
    pub questions: Questions,
}

impl<T> Default for LineHistory<T> {
    fn default() -> Self {
        LineHistory {
            provenance: Provenance::default(),
            savers: Vec::new(),
            lines: Vec::new(),
            shown: Vec::new(),
            questions: Questions::new(),
        }
    }
}

impl<T: Clone> LineHistory<T> {
    /// Follows the page into its next revision, the oldest first; one that the wiki hides is passed over. `trusted` tells
    /// whether what its author writes there counts, `says` what a line says that stands there since then, and `accept`
    /// whether the lines may be as this revision leaves them.
    pub fn feed(
        &mut self,
        revision: &Revision,
        trusted: bool,
        names: &Names,
        kinds: &Kinds,
        says: impl Fn(TemplateKind, &Call, &RevisionInfo) -> T,
        accept: impl FnOnce(&[WrittenLine<T>]) -> bool,
    ) {
        let Some(text) = &revision.text else { return };
        let (number, stamp) = (self.savers.len(), RevisionInfo::of(revision));
        self.savers.push((stamp.clone(), trusted));
        let savers = &self.savers;
        self.provenance.follow(text, number, |earlier| same(&savers[earlier].0.user, &savers[number].0.user));
        let calls = self.calls(text, names, kinds);
        let shown: Vec<(Id, String)> =
            calls.iter().map(|(_, c)| (self.provenance.id(c.name_at), text[c.span.clone()].to_owned())).collect();
        let before = std::mem::replace(&mut self.shown, shown);
        self.find_rewritten();
        if !trusted {
            return;
        }
        let mut lines = self.lines.clone();
        // Whoever takes a line away ends one that they saw: not one that somebody else had taken away.
        for line in lines.iter_mut().filter(|line| line.ended.is_none()) {
            let here = |all: &[(Id, String)]| all.iter().any(|(id, _)| *id == line.id);
            if here(&before) && !here(&self.shown) {
                line.ended = Some(stamp.clone());
            }
        }
        for ((kind, call), (id, written)) in calls.iter().zip(&self.shown) {
            let known = lines.iter().position(|line| line.id == *id && line.ended.is_none());
            if known.is_some_and(|at| lines[at].written == *written) {
                continue;
            }
            let touched = self.provenance.brought(call.span.clone(), number);
            let back = lines.iter().any(|line| line.id == *id && line.written == *written)
                && !before.iter().any(|line| (&line.0, &line.1) == (id, written));
            if touched || back {
                known.into_iter().for_each(|at| lines[at].ended = Some(stamp.clone()));
                let (written, by) = (written.clone(), stamp.clone());
                lines.push(WrittenLine { id: *id, written, says: says(*kind, call, &stamp), by, ended: None });
            }
        }
        if accept(&lines) {
            self.lines = lines;
        }
    }

    /// A line that counts and was taken away, and stands there letter by letter again: whoever takes it away now sees it.
    fn find_rewritten(&mut self) {
        let is_shown = |id: Id| self.shown.iter().any(|(shown, _)| *shown == id);
        let gone = |line: &&mut WrittenLine<T>| line.ended.is_none() && !is_shown(line.id);
        let mut taken: BTreeSet<Id> = self.lines.iter().filter(|l| l.ended.is_none()).map(|line| line.id).collect();
        for line in self.lines.iter_mut().filter(gone) {
            let again = self.shown.iter().find(|(id, written)| *written == line.written && !taken.contains(id));
            if let Some((id, _)) = again {
                taken.insert(*id);
                line.id = *id;
            }
        }
    }

    /// The calls of these templates that the page shows; one inside another template is one too.
    fn calls(&mut self, text: &str, names: &Names, kinds: &Kinds) -> Vec<(TemplateKind, Call)> {
        let calls = names.syntax().calls(text).into_iter().filter_map(|call| {
            let at = self.savers[self.provenance.newest_of(call.name_span())].0.at;
            if kinds.iter().any(|(_, parameter)| !call.value(parameter).is_empty()) {
                names.ask(&mut self.questions, &call.name, at);
            }
            let kind = kinds.iter().map(|(kind, _)| *kind).find(|kind| names.was(*kind, &call.name, at));
            Some((kind.filter(|_| !call.struck())?, call))
        });
        calls.collect()
    }

    /// The lines that count, as far as they stand.
    pub fn standing(&self) -> impl Iterator<Item = &WrittenLine<T>> {
        self.lines.iter().filter(|line| line.ended.is_none())
    }

    /// The newest revision by somebody whose lines do not count, where the page shows other lines than those that do.
    pub fn untrusted(&self) -> Option<&RevisionInfo> {
        let counts: BTreeSet<&str> = self.standing().map(|line| line.written.as_str()).collect();
        let shown: BTreeSet<&str> = self.shown.iter().map(|(_, written)| written.as_str()).collect();
        let newest = self.savers.iter().rev().find(|(_, trusted)| !trusted).map(|(stamp, _)| stamp);
        newest.filter(|_| counts != shown)
    }
}
