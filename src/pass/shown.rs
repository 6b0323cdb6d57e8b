//! Where a page shows marks otherwise than their wikitext alone tells, since when, and by whose hand.

use std::collections::HashMap;

use crate::desk::signed::{Signed, Standing, Touch};
use crate::page::{RevisionInfo, Time, same};
use crate::read::history::History;
use crate::read::html::{self, ShownPage};
use crate::read::marks::{Mark, marks};
use crate::read::request::how_shown;
use crate::read::sentinels::{standings, with_sentinels};
use crate::wiki::{Client, Error};
use crate::wikitext::names::Names;
use crate::wikitext::{Call, Reading};

/// What a revision of a page shows.
pub(super) struct Shown<'c> {
    client: &'c Client,
    title: String,
    pub page: ShownPage,
    text: String,
    /// The text as the preprocessor reads it, once that was needed.
    reading: Option<Reading>,
    /// How what the page's templates stand beside is shown, once it was asked for.
    beside: Option<Vec<Beside>>,
}

/// A call at the page's own level, and how the page shows the place before it, if it is a mark, or else the one behind it; none if
/// that is not shown.
struct Beside {
    call: Call,
    is_mark: bool,
    standing: Option<Standing>,
}

impl<'c> Shown<'c> {
    pub fn new(client: &'c Client, title: &str, page: ShownPage, text: String) -> Self {
        Shown { client, title: title.to_owned(), page, text, reading: None, beside: None }
    }

    /// The marks of the text, if all of it was written at that time.
    fn marks(&mut self, names: &Names, written: Time) -> Vec<Mark> {
        let reading = self.reading.get_or_insert_with(|| names.syntax().read(&self.text));
        marks(&self.text, reading, names, |_| written)
    }

    /// How the revision shows a mark of its text, and whether Parsoid shows it apart from others. One request, once for a page,
    /// where templates around it belong together, or where Parsoid makes something else of it than MediaWiki's rules: of `<s/>`,
    /// for example.
    async fn standing(&mut self, mark: &Mark, names: &Names) -> Result<(Standing, bool), Error> {
        let (standing, apart) = how_shown(mark, &self.page, names);
        if apart && is_shown_so(mark, standing) {
            return Ok((standing, apart));
        }
        let beside = self.beside(names).await?.iter().find(|b| b.call.span == mark.span);
        Ok((beside.and_then(|b| b.standing).unwrap_or(standing), apart))
    }

    async fn beside(&mut self, names: &Names) -> Result<&[Beside], Error> {
        if self.beside.is_none() {
            let mut calls = names.syntax().calls(&self.text);
            calls.retain(|call| !call.nested());
            let is_mark = |call: &Call| names.meaning(&call.name).is_some();
            let place = |call: &Call| if is_mark(call) { call.span.start } else { call.span.end };
            let places: Vec<usize> = calls.iter().map(place).collect();
            // So that nobody writes them.
            let key = fastrand::u64(..);
            let html = self.client.parsed(&self.title, &with_sentinels(&self.text, &places, key)).await?;
            let beside = calls.into_iter().zip(standings(&html, places.len(), key));
            let beside = beside.map(|(call, standing)| Beside { is_mark: is_mark(&call), call, standing });
            self.beside = Some(beside.collect());
        }
        Ok(self.beside.as_deref().unwrap_or_default())
    }

    /// Where the name of the call begins that opened what strikes or quotes a mark.
    async fn opener(&mut self, mark: &Mark, names: &Names) -> Result<Option<usize>, Error> {
        let before = self.beside(names).await?.iter().filter(|b| b.call.span.end <= mark.span.start && !b.is_mark);
        let shown: Vec<(usize, Standing)> = before.filter_map(|b| Some((b.call.name_at, b.standing?))).collect();
        let opener = shown.iter().rposition(|(_, standing)| *standing == Standing::Plain).map_or(0, |plain| plain + 1);
        Ok(shown.get(opener).map(|(name_at, _)| *name_at))
    }
}

/// A mark that the page shows otherwise than its wikitext alone tells.
pub(super) struct Difference {
    /// Its index in the history.
    index: usize,
    standing: Standing,
    apart: bool,
}

/// The marks that the page shows otherwise than their wikitext alone tells.
pub(super) async fn differences(
    history: &History,
    shown: &mut Shown<'_>,
    names: &Names,
) -> Result<Vec<Difference>, Error> {
    let mut found = Vec::new();
    for index in history.live() {
        let signed = &history.signed[index];
        let (standing, apart) = shown.standing(&signed.content, names).await?;
        if !is_shown_so(&signed.content, standing) {
            found.push(Difference { index, standing, apart });
        }
    }
    Ok(found)
}

/// Whether a mark whose page shows it like this stands as its wikitext tells. That it is within a sentence no page shows.
fn is_shown_so(mark: &Mark, shown: Standing) -> bool {
    let stands = mark.standing();
    stands == shown || (stands == Standing::Inline && shown == Standing::Plain)
}

/// Where the page shows a mark otherwise than its wikitext alone tells (a quotation, a wrapper that strikes it), looks for the
/// revision since which it does, or for the template that did from the beginning, so that nobody is silenced by what somebody else
/// put around a vote.
pub(super) async fn date_differences(history: &mut History, shown: &mut Shown<'_>, names: &Names) -> Result<(), Error> {
    let mut older = Older { client: shown.client, title: shown.title.clone(), names, seen: HashMap::new() };
    for Difference { index, standing: now, apart } in differences(history, shown, names).await? {
        let mark = history.signed[index].content.clone();
        let written = history.written_at(mark.name_span.clone());
        let added = history.signed[index].revision;
        // Imported revisions are old by their time and new by their number.
        let Some(first) = history.revisions.iter().position(|r| r.id == added) else { continue };
        let born = older.standing((&mark, written), history.revisions[first].id).await?;
        if born == now {
            let opener = shown.opener(&mark, names).await?.map(|place| history.writer_at(place).clone());
            let signed = &mut history.signed[index];
            match opener {
                Some(opener) if same(&opener.user, &signed.author) => amend(signed, born, None),
                Some(opener) => signed.touches.push(Touch::new(now, &opener)),
                None if apart => amend(signed, born, None),
                // Something around it, nobody knows whose.
                None => {
                    let nobody = RevisionInfo { id: signed.revision, at: signed.at, user: None };
                    signed.touches.push(Touch::new(now, &nobody));
                }
            }
            continue;
        }
        let (mut before, mut after) = (first, history.revisions.len() - 1);
        while after - before > 1 {
            let middle = usize::midpoint(before, after);
            if older.standing((&mark, written), history.revisions[middle].id).await? == now {
                after = middle
            } else {
                before = middle
            }
        }
        let changed = Touch::new(now, &history.revisions[after]);
        amend(&mut history.signed[index], born, Some(changed));
    }
    Ok(())
}

/// Puts what the page showed in the place of what the wikitext seemed to say; that it was gone for a while remains.
fn amend(signed: &mut Signed<Mark>, born: Standing, touch: Option<Touch>) {
    signed.born = born;
    let mut gone = false;
    signed.touches.retain(|t| std::mem::replace(&mut gone, t.to == Standing::Gone) || t.to == Standing::Gone);
    signed.touches.extend(touch);
    signed.touches.sort_by_key(|t| t.revision);
}

/// Older revisions of a page as it showed them, each asked for once.
struct Older<'a> {
    client: &'a Client,
    title: String,
    names: &'a Names,
    seen: HashMap<u64, Shown<'a>>,
}

impl Older<'_> {
    /// How a revision showed a mark that was written at that time. What the wiki hides showed nothing.
    async fn standing(&mut self, (mark, written): (&Mark, Time), revision: u64) -> Result<Standing, Error> {
        if !self.seen.contains_key(&revision) {
            let (page, text) = match self.client.revision(revision).await?.and_then(|r| r.text) {
                // What the wiki cannot show showed nothing, as what it hides.
                Some(text) => match self.client.html(&self.title, revision, None).await {
                    Err(Error::NotShown { .. }) => (ShownPage::default(), text),
                    html => (html::shown_page(&html?), text),
                },
                None => (ShownPage::default(), String::new()),
            };
            self.seen.insert(revision, Shown::new(self.client, &self.title, page, text));
        }
        let Some(shown) = self.seen.get_mut(&revision) else { return Ok(Standing::Gone) };
        match shown.marks(self.names, written).iter().find(|m| m.key() == mark.key()) {
            Some(there) => Ok(shown.standing(there, self.names).await?.0),
            None => Ok(Standing::Gone),
        }
    }
}
