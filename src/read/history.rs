//! A request page's history, followed revision by revision: who wrote, struck, moved, removed and restored each
//! vote, decision and view on priority, and what the request template said when.
//!
//! A mark is its writer's: whoever wrote the name of its template on the page ([`Provenance`]), wherever it was moved to and
//! whatever was done to it since. It is another mark once it says something else or is signed by somebody else.

mod template;

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use super::marks::{Key, Mark, marks, standing_in};
use super::provenance::{Id, Provenance};
use crate::desk::request::{StatusEdit, Version};
use crate::desk::signed::{Signed, Standing, Touch};
use crate::page::{Revision, RevisionInfo, Time, same};
use crate::records::moved::Marker;
use crate::wikitext::names::{Names, Questions};
use crate::wikitext::{Around, Call, block};

/// A mark that a revision added.
fn added(mark: Mark, stamp: &RevisionInfo) -> Signed<Mark> {
    Signed {
        author: stamp.user.clone(),
        at: stamp.at,
        revision: stamp.id,
        signature: mark.signature.clone(),
        signed_by_other: None,
        copied: false,
        born: mark.standing(),
        touches: Vec::new(),
        place: None,
        meeting: None,
        content: mark,
    }
}

/// Something that strikes or hides a mark.
#[derive(Debug, Clone)]
struct Layer {
    /// The number of the revision that opened it.
    by: usize,
    /// How the mark stands by it.
    to: Standing,
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
    /// The marks whose template's name has this id, as indexes into `signed`: each says something else.
    by_name: HashMap<Id, Vec<usize>>,
    /// The marks with a signature, by what they are.
    by_key: HashMap<Key, Vec<usize>>,
    /// What struck or hid each mark when it was last seen, by their indexes.
    around: Vec<Vec<Layer>>,
    /// The first mark with this [`Mark::copied`].
    originals: HashMap<u64, usize>,
    /// Whose words the last text is that could be read.
    provenance: Provenance,
    /// Who saved each text of `provenance`, and when, by its number; nobody where a hidden text came before.
    savers: Vec<RevisionInfo>,
    /// Digests of all texts so far.
    texts: HashSet<u64>,
    /// Revisions that brought nothing new: moves of the page, protections, reverts.
    unchanged: HashSet<u64>,
    /// Something rests on what came before the text that it was resumed from.
    unsure: bool,
    /// It was resumed: the first text of `provenance` is not one revision's.
    resumed: bool,
    /// The first of the last revisions whose texts the wiki hides.
    hidden: Option<RevisionInfo>,
    /// Where the request template begins in the last text.
    request: Option<usize>,
    questions: Questions,
    /// The names of templates that were asked about, with their ids.
    asked: HashSet<(Id, String)>,
    /// The values of `status` and `status since` in the newest version of the template.
    status: (String, String),
}

impl History {
    /// The history of a page up to a text whose votes are known: each with its place among the text's marks and the
    /// revision that added it. `stamps` are the revisions that matter besides, the first of them the one that filed the
    /// request. What stands there counts as written when the text was saved. None where two votes have the same place or the
    /// text holds no request.
    pub fn resumed(
        (text, saved): (&str, Time),
        votes: Vec<(usize, Mark, RevisionInfo)>,
        stamps: Vec<RevisionInfo>,
        names: &Names,
    ) -> Option<Self> {
        let mut live: Vec<(usize, usize)> = votes.iter().enumerate().map(|(i, (place, ..))| (*place, i)).collect();
        live.sort_unstable();
        let twice = live.windows(2).any(|pair| pair[0].0 == pair[1].0);
        let mut history = History { live: live.into_iter().map(|(_, i)| i).collect(), ..Self::default() };
        let filed = stamps.first()?.clone();
        history.resumed = true;
        history.savers.push(RevisionInfo { id: 0, user: None, at: saved });
        history.provenance.follow(text, 0, |_| false);
        history.follow_template(text, &names.syntax().calls(text), &filed, names, 0);
        history.status_edits.clear();
        for (_, mark, stamp) in votes {
            history.add(added(mark, &stamp));
        }
        history.revisions = stamps;
        history.revisions.sort_by_key(|s| s.id);
        history.revisions.dedup_by_key(|s| s.id);
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
        self.hidden.is_none().then_some(self.provenance.text())
    }

    /// The marks that stand on the page, in its order.
    pub fn live(&self) -> impl Iterator<Item = usize> + '_ {
        self.live.iter().copied()
    }

    /// Whether a history that was resumed tells all: nothing in it rests on what came before.
    pub fn is_sure(&self) -> bool {
        !self.unsure
    }

    /// Whether the revision with this id brought words to the page.
    pub fn brought_words(&self, revision: u64) -> bool {
        !self.unchanged.contains(&revision)
    }

    fn feed_one(&mut self, revision: Revision, names: &Names, bot: u64) {
        let stamp = RevisionInfo::of(&revision);
        // Anybody can write such a marker; only the bot begins a page with one.
        if revision.parent == 0 && self.revisions.is_empty() && stamp.user.as_ref().is_some_and(|u| u.id == bot) {
            self.moved = revision.text.as_deref().and_then(Marker::on_last_line);
        }
        self.revisions.push(stamp.clone());
        let Some(text) = revision.text else {
            self.hidden.get_or_insert(stamp);
            return;
        };
        // What came and went in a text that the wiki hides is found behind it, and is nobody's there.
        let behind_hidden = self.hidden.take();
        let mut digest = DefaultHasher::new();
        text.hash(&mut digest);
        let as_before = text == self.provenance.text() && !self.savers.is_empty();
        if !self.texts.insert(digest.finish()) || as_before {
            self.unchanged.insert(stamp.id);
        }
        if as_before {
            return;
        }
        let number = self.savers.len();
        self.savers
            .push(RevisionInfo { user: stamp.user.clone().filter(|_| behind_hidden.is_none()), ..stamp.clone() });
        let savers = &self.savers;
        self.provenance.follow(&text, number, |earlier| same(&savers[earlier].user, &savers[number].user));
        let reading = names.syntax().read(&text);
        self.follow_template(&text, &reading.calls, &stamp, names, bot);
        if let Some(hidden) = behind_hidden {
            self.doubt_template(hidden, stamp.id, bot);
        }
        self.ask(&text, &reading.calls, names);
        let found = marks(&text, &reading, names, |call| self.written_at(call.name_span()));
        self.follow_marks(found);
    }

    /// Notes names of which it is not known what they meant when they were written.
    fn ask(&mut self, text: &str, calls: &[Call], names: &Names) {
        let own = block::all(text);
        let of_people = |call: &&Call| !call.nested() && !own.iter().any(|block| block.contains(&call.span.start));
        for call in calls.iter().filter(of_people) {
            let id = self.provenance.id(call.name_at);
            // What a text said that is gone on from, was known when it was saved.
            let known = self.resumed && self.provenance.revision_of(id) == 0;
            if !known && self.asked.insert((id, call.name.clone())) {
                let at = self.written_at(call.name_span());
                names.ask(&mut self.questions, &call.name, at);
            }
        }
    }

    /// What has to be looked up to know what names meant when they were written.
    pub fn questions(&self) -> &Questions {
        &self.questions
    }

    /// Who wrote what stands at this place of the last text, and when.
    pub fn writer_at(&self, place: usize) -> &RevisionInfo {
        &self.savers[self.provenance.revision_at(place)]
    }

    /// When what stands in this stretch of the last text was written so.
    pub fn written_at(&self, stretch: Range<usize>) -> Time {
        self.savers[self.provenance.newest_of(stretch)].at
    }

    /// Whether the last text that could be read has the request template.
    pub fn has_request(&self) -> bool {
        self.request.is_some()
    }

    /// The call of the request template among those of the last text.
    pub fn request_among<'c>(&self, calls: &'c [Call]) -> Option<&'c Call> {
        calls.iter().find(|call| Some(call.span.start) == self.request)
    }

    /// From one revision to the next: which marks stayed, came and went.
    fn follow_marks(&mut self, marks: Vec<Mark>) {
        let stamp = self.savers[self.savers.len() - 1].clone();
        let before: HashSet<usize> = self.live.iter().copied().collect();
        let mut here: HashSet<usize> = HashSet::new();
        let mut live = Vec::with_capacity(marks.len());
        for mark in marks {
            let id = self.provenance.id(mark.name_span.start);
            match self.known(id, &mark, &here, &before) {
                Some(index) => {
                    let touches = self.touched(index, &mark, &stamp);
                    self.around[index] = self.layers(&mark);
                    let signed = &mut self.signed[index];
                    signed.touches.extend(touches);
                    // What others write behind it signs their own words.
                    if same(&signed.author, &stamp.user) {
                        signed.signature = mark.signature.clone();
                    }
                    signed.content = mark;
                    let indexes = self.by_name.entry(id).or_default();
                    if !indexes.contains(&index) {
                        indexes.push(index);
                    }
                    here.insert(index);
                    live.push(index);
                }
                None => {
                    let new = self.new_mark(id, mark, &stamp);
                    live.extend(new.map(|signed| {
                        let index = self.add(signed);
                        here.insert(index);
                        index
                    }));
                }
            }
        }
        for index in std::mem::replace(&mut self.live, live) {
            if !here.contains(&index) {
                self.signed[index].touches.push(Touch::new(Standing::Gone, &stamp));
            }
        }
    }

    /// What the revision did to a mark that was there before: how the page shows it, and what its saver's own hand did where
    /// others' have struck or hidden it too.
    fn touched(&self, index: usize, mark: &Mark, saved: &RevisionInfo) -> Vec<Touch> {
        let (stood, stands) = (self.signed[index].stands(), mark.standing());
        if stood != stands {
            return vec![Touch::new(stands, saved)];
        }
        let layers = self.layers(mark);
        let by_saver = |layer: &&Layer| same(&self.savers[layer.by].user, &saved.user);
        let own = |layers: &[Layer]| layers.iter().filter(by_saver).map(|layer| layer.to).max();
        let (was, is) = (own(&self.around[index]), own(&layers));
        if was == is {
            return Vec::new();
        }
        let other = layers.iter().find(|layer| layer.to == stands && !by_saver(layer)).filter(|_| is != Some(stands));
        let alone = is.unwrap_or(if mark.begins { Standing::Plain } else { Standing::Inline });
        let others = other.map(|layer| Touch::new(stands, &self.savers[layer.by]));
        std::iter::once(Touch::new(alone, saved)).chain(others).collect()
    }

    /// What strikes or hides a mark in the last text.
    fn layers(&self, mark: &Mark) -> Vec<Layer> {
        let layer =
            |around: &Around| Layer { by: self.provenance.revision_at(around.at), to: standing_in(around.effect) };
        mark.around.iter().map(layer).collect()
    }

    /// The mark that this one was before, in this text or one that came before it.
    fn known(&self, id: Id, mark: &Mark, here: &HashSet<usize>, before: &HashSet<usize>) -> Option<usize> {
        let indexes = self.by_name.get(&id).map(Vec::as_slice).unwrap_or_default();
        let same = indexes.iter().rev().copied().filter(|i| !here.contains(i));
        if let Some(index) = same.clone().find(|i| is_same(&self.signed[*i], mark)) {
            return Some(index);
        }
        // Signed words that were written anew letter by letter: somebody put them back.
        mark.signature.user.as_ref()?;
        let mut alike = self.by_key.get(&mark.key())?.iter().rev().copied();
        alike.find(|i| !here.contains(i) && !before.contains(i))
    }

    /// A mark that was not known. None where its writer hides it from the page.
    fn new_mark(&mut self, id: Id, mark: Mark, saved: &RevisionInfo) -> Option<Signed<Mark>> {
        let number = self.provenance.revision_of(id);
        // Its words may be another's, who was no mark with them yet; or a mark that says something else now.
        let altered = self.by_name.contains_key(&id);
        let writer = if altered { saved.clone() } else { self.savers[number].clone() };
        self.unsure |= self.resumed && (number == 0 || self.is_others(&mark, saved));
        let own = |around: &Around| {
            let opener = &self.savers[self.provenance.revision_at(around.at)];
            same(&opener.user, &writer.user) || self.request == Some(around.at)
        };
        let shown = mark.standing();
        let born = mark.standing_inside(own);
        if mark.is_hidden() && born == Standing::Quoted {
            return None;
        }
        let other = mark.around.iter().find(|around| !own(around)).map(|around| self.provenance.revision_at(around.at));
        self.unsure |= self.resumed && !mark.around.is_empty();
        let opened = other.filter(|_| born != shown).map(|opener| Touch::new(shown, &self.savers[opener]));
        let copied = mark.copied.and_then(|digest| self.originals.get(&digest)).map(|index| &self.signed[*index]);
        let copied = copied.is_some_and(|original| !same(&original.author, &writer.user));
        if same(&writer.user, &saved.user) {
            let new = Signed { born, touches: opened.into_iter().collect(), copied, ..added(mark, saved) };
            return Some(new);
        }
        // Somebody else made a mark of what was none, or took away what its writer had put around it.
        let made = Touch::new(shown, saved);
        Some(Signed { born: Standing::Quoted, touches: vec![made], copied, ..added(mark, &writer) })
    }

    /// Whether a mark may have been somebody else's before: it is signed, and not by whoever saved it.
    fn is_others(&self, mark: &Mark, saved: &RevisionInfo) -> bool {
        let name = saved.user.as_ref().map(|user| user.name.as_str());
        mark.signature.user.is_some() && mark.signature.user.as_deref() != name
    }

    fn add(&mut self, signed: Signed<Mark>) -> usize {
        let index = self.signed.len();
        let mark = &signed.content;
        self.by_name.entry(self.provenance.id(mark.name_span.start)).or_default().push(index);
        if mark.signature.user.is_some() {
            self.by_key.entry(mark.key()).or_default().push(index);
        }
        // A copy is one of what its own writer signed.
        let own = signed.author.as_ref().is_some_and(|author| mark.signature.user.as_ref() == Some(&author.name));
        if let Some(digest) = mark.copied.filter(|_| own) {
            self.originals.entry(digest).or_insert(index);
        }
        let layers = self.layers(mark);
        self.around.push(layers);
        self.signed.push(signed);
        index
    }
}

/// Whether a mark, whose template's name is still the one that was written, is still the same: it says the same, and if it was
/// signed, nobody else signs it.
fn is_same(before: &Signed<Mark>, now: &Mark) -> bool {
    let resigned = before.signature.user.as_ref().is_some_and(|signer| {
        let mut named = now.signature.user.iter().chain(&now.signature.others).peekable();
        named.peek().is_some() && named.all(|name| name != signer)
    });
    before.content.statement.identity() == now.statement.identity() && !resigned
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "authorship_tests.rs"]
mod authorship_tests;
