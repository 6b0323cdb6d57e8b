//! Where a page shows marks otherwise than their wikitext alone tells, since when, and by whose hand.

use std::collections::HashMap;

use crate::desk::signed::{Signed, Standing, Touch};
use crate::page::{RevisionInfo, Time};
use crate::read::history::History;
use crate::read::html::{self, ShownPage};
use crate::read::marks::{Mark, marks};
use crate::read::provenance::same;
use crate::read::request::how_shown;
use crate::read::sentinels::{standings, with_sentinels};
use crate::wiki::{Client, Error};
use crate::wikitext::Call;
use crate::wikitext::names::Names;

/// A page with more calls of templates is not asked about a second time.
const MOST_CALLS: usize = 5000;

/// What a revision of a page shows.
pub(super) struct Shown<'c> {
    client: &'c Client,
    title: String,
    pub page: ShownPage,
    text: String,
    /// How what the page's templates stand beside is shown, once it was asked for.
    beside: Option<Vec<Beside>>,
}

/// A call at the page's own level, and how the page shows the place before it, if it is a mark, or else the one behind it.
struct Beside {
    call: Call,
    is_mark: bool,
    standing: Option<Standing>,
}

impl<'c> Shown<'c> {
    pub fn new(client: &'c Client, title: &str, page: ShownPage, text: String) -> Self {
        Shown { client, title: title.to_owned(), page, text, beside: None }
    }

    /// How the revision shows a mark of its text. One request, once for a page, where templates around it belong together, or
    /// where Parsoid makes something else of it than MediaWiki's rules: of `<s/>`, for example.
    async fn standing(&mut self, mark: &Mark, names: &Names) -> Result<Standing, Error> {
        let (standing, apart) = how_shown(mark, &self.page, names);
        if apart && is_shown_so(mark, standing) {
            return Ok(standing);
        }
        let beside = self.beside(names).await?.iter().find(|b| b.call.span == mark.span);
        Ok(beside.and_then(|b| b.standing).unwrap_or(standing))
    }

    async fn beside(&mut self, names: &Names) -> Result<&[Beside], Error> {
        if self.beside.is_none() {
            let calls = names.syntax().calls(&self.text).into_iter().filter(|call| !call.nested()).take(MOST_CALLS);
            let calls: Vec<(Call, bool)> =
                calls.map(|c| (names.meaning(&c.name).is_some(), c)).map(|(m, c)| (c, m)).collect();
            let place = |(call, is_mark): &(Call, bool)| if *is_mark { call.span.start } else { call.span.end };
            let places: Vec<usize> = calls.iter().map(place).collect();
            let html = self.client.parsed(&self.title, &with_sentinels(&self.text, &places)).await?;
            let standings = standings(&html, places.len());
            let beside = calls.into_iter().zip(standings);
            let beside = beside.map(|((call, is_mark), standing)| Beside { call, is_mark, standing });
            self.beside = Some(beside.collect());
        }
        Ok(self.beside.as_deref().unwrap_or_default())
    }

    /// Where the call begins that opened what strikes or quotes a mark.
    async fn opener(&mut self, mark: &Mark, names: &Names) -> Result<Option<usize>, Error> {
        let before = self.beside(names).await?.iter().filter(|b| b.call.span.end <= mark.span.start && !b.is_mark);
        let plain = |b: &&Beside| b.standing.is_none_or(|standing| standing == Standing::Plain);
        let mut behind_plain: Vec<&Beside> = before.collect();
        let last_plain = behind_plain.iter().rposition(plain).map_or(0, |at| at + 1);
        Ok(behind_plain.drain(last_plain..).next().map(|b| b.call.name_at))
    }
}

/// The marks that the page shows otherwise than their wikitext alone tells, and how it shows them.
pub(super) async fn differences(
    history: &History,
    shown: &mut Shown<'_>,
    names: &Names,
) -> Result<Vec<(usize, Standing)>, Error> {
    let mut found = Vec::new();
    for index in history.live() {
        let signed = &history.signed[index];
        let standing = shown.standing(&signed.content, names).await?;
        if !is_shown_so(&signed.content, standing) {
            found.push((index, standing));
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
    for (index, now) in differences(history, shown, names).await? {
        let mark = history.signed[index].content.clone();
        let written = history.written_at(mark.name_at);
        let added = history.signed[index].revision;
        // Imported revisions are old by their time and new by their number.
        let Some(first) = history.revisions.iter().position(|r| r.id == added) else { continue };
        let born = older.standing((&mark, written), history.revisions[first].id).await?;
        if born == now {
            let opener = shown.opener(&mark, names).await?.map(|place| history.writer_at(place).clone());
            let author = &history.signed[index].author;
            match opener.filter(|opener| !same(&opener.user, author)) {
                Some(opener) => history.signed[index].touches.push(touch(now, &opener)),
                None => amend(&mut history.signed[index], born, None),
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
        let changed = touch(now, &history.revisions[after]);
        amend(&mut history.signed[index], born, Some(changed));
    }
    Ok(())
}

fn touch(to: Standing, by: &RevisionInfo) -> Touch {
    Touch { to, by: by.user.clone(), at: by.at, revision: by.id }
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
                Some(text) => (html::shown_page(&self.client.html(&self.title, revision).await?), text),
                None => (ShownPage::default(), String::new()),
            };
            self.seen.insert(revision, Shown::new(self.client, &self.title, page, text));
        }
        let Some(shown) = self.seen.get_mut(&revision) else { return Ok(Standing::Gone) };
        let marks = marks(&shown.text, &self.names.syntax().read(&shown.text), self.names, |_| written);
        match marks.iter().find(|m| m.key() == mark.key()) {
            Some(there) => shown.standing(there, self.names).await,
            None => Ok(Standing::Gone),
        }
    }
}
