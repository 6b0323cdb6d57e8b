//! Pages that the wiki takes long to show, or cannot show: they are asked for beside everything else, one that fails several
//! times, and read when the answer is there.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use tracing::{debug, info};

use super::view::View;
use crate::desk::Desk;
use crate::desk::problem::{Cause, CauseCode};
use crate::page::PageRef;
use crate::wiki::client::AT_ONCE;
use crate::wiki::error::Trouble;
use crate::wiki::{Client, Error, Policy};

/// How long a page may take while others wait for it.
pub(super) const QUICK: Duration = Duration::from_secs(4);
/// How often a page is asked for, each request made several times, before it is told on the wiki that it cannot be shown.
const ROUNDS: usize = 4;
/// How long a single pass goes on with such pages.
const LONGEST: Duration = Duration::from_secs(45);

/// The HTML of a page, or why the wiki does not show it.
type Answer = Result<Arc<str>, Trouble>;

/// Asking for a revision.
type Asking<'a> = BoxFuture<'a, Result<(u64, Answer), Error>>;

/// A page that is to be asked for at a revision.
#[derive(Debug, Clone)]
struct Wanted {
    page: PageRef,
    revision: u64,
    /// It could not be shown before: it is given less for every change.
    known: bool,
    /// Another page of the desk, with its revision: where the wiki does not show that either, it is the wiki that fails.
    other: Option<(String, u64)>,
}

/// What is to be asked for, and what came of it, by revision.
#[derive(Debug, Default)]
pub(super) struct Slow {
    wanted: BTreeMap<u64, Wanted>,
    answers: HashMap<u64, Answer>,
}

impl Slow {
    /// What the wiki answered for this revision, if it was asked.
    pub fn answer(&self, revision: u64) -> Option<Answer> {
        self.answers.get(&revision).cloned()
    }

    /// Wants what a pass has left, and forgets answers that nobody waits for.
    pub fn want(&mut self, desk: &Desk, view: &View) {
        let other = another(desk, view);
        let left: BTreeMap<u64, &PageRef> =
            view.to_read().filter(|(.., how)| how.patient).map(|(page, revision, _)| (revision, page)).collect();
        self.answers.retain(|revision, _| left.contains_key(revision));
        let unanswered = left.into_iter().filter(|(revision, _)| !self.answers.contains_key(revision));
        let wanted = |(revision, page): (u64, &PageRef)| {
            let (page, known) = (page.clone(), view.snapshot.was_unread(&page.title));
            (revision, Wanted { page, revision, known, other: other.clone() })
        };
        self.wanted = unanswered.map(wanted).collect();
    }

    /// Whether anything is to be asked for.
    pub fn is_waiting(&self) -> bool {
        !self.wanted.is_empty()
    }

    /// Asks for all that is wanted, as far as that takes no longer than [`LONGEST`].
    ///
    /// # Errors
    /// Where the wiki fails.
    pub async fn ask_all(&mut self, client: &Client) -> Result<(), Error> {
        let wanted = std::mem::take(&mut self.wanted).into_values();
        let mut answers = stream::iter(wanted).map(|wanted| ask(client, wanted)).buffer_unordered(AT_ONCE);
        let all = async {
            while let Some(answer) = answers.next().await {
                let (revision, answer) = answer?;
                self.answers.insert(revision, answer);
            }
            Ok(())
        };
        // What is not answered by then is left to the next pass.
        tokio::time::timeout(LONGEST, all).await.unwrap_or(Ok(()))
    }
}

/// How long a page may take while others wait for it, after others have taken all their time: however many do, all of them
/// together hold up a pass for some seconds.
pub(super) fn limit(slow: usize) -> Duration {
    const HALVED: usize = 4;
    (0..HALVED.min(slow / AT_ONCE)).fold(QUICK, |limit, _| limit / 2)
}

/// Another page of the desk, the committee page if there is one.
pub(super) fn another(desk: &Desk, view: &View) -> Option<(String, u64)> {
    let there = |(_, revision): &(&String, &u64)| **revision != 0;
    let committee = view.fixed.get_key_value(&desk.pages.committee).filter(there);
    let (title, revision) = committee.or_else(|| view.fixed.iter().find(there))?;
    Some((title.clone(), *revision))
}

/// Whether the wiki shows another page: then it is single pages that fail, however many.
///
/// # Errors
/// Where it does not.
pub(super) async fn show(client: &Client, other: Option<(String, u64)>) -> Result<(), Error> {
    match other {
        Some((title, revision)) => client.html(&title, revision, None).await.map(drop),
        None => Ok(()),
    }
}

/// Whether it may be the page that fails, and not the wiki.
pub(super) fn concerns_page(error: &Error) -> bool {
    matches!(error.policy(), Policy::PageOnly | Policy::Later(Duration::ZERO))
}

/// What the problems page says of a page that is not shown; the log tells the rest.
pub(super) fn cause(trouble: &Trouble) -> Cause {
    match trouble {
        Trouble::Slow(limit) => Cause::new(CauseCode::Slow, limit.as_secs().max(1).to_string()),
        Trouble::Large(_) => Cause::new(CauseCode::Large, ""),
        Trouble::Other(_) => Cause::new(CauseCode::Failed, ""),
    }
}

/// Asks for a page until it is shown, or failed often enough while another one was shown.
///
/// # Errors
/// Where the wiki fails.
async fn ask(client: &Client, wanted: Wanted) -> Result<(u64, Answer), Error> {
    let Wanted { page, revision, known, other } = wanted;
    let mut rounds = if known { 1 } else { ROUNDS };
    let error = loop {
        rounds -= 1;
        match client.html(&page.title, revision, None).await {
            Ok(html) => return Ok((revision, Ok(html.into()))),
            // Changed meanwhile: whatever is said of this revision, nobody waits for it any more.
            Err(Error::Conflict { .. }) => return Ok((revision, Err(Trouble::Other("it is gone".to_owned())))),
            Err(Error::Later(why)) if rounds > 0 => debug!(page = %page.title, "asked for once more: {why}"),
            Err(error) if concerns_page(&error) => break error,
            Err(error) => return Err(error),
        }
    };
    match show(client, other).await {
        Ok(()) => Ok((revision, Err(error.trouble()))),
        Err(_) => Err(error),
    }
}

/// Asks for slow pages while something else goes on, one at a time: two of three requests are left to that.
pub struct Beside<'a> {
    client: &'a Client,
    wanted: BTreeMap<u64, Wanted>,
    /// What is being asked for: its revision, and the request.
    asking: Option<(u64, Asking<'a>)>,
    answers: Vec<(u64, Answer)>,
}

impl<'a> Beside<'a> {
    /// With nothing to ask for yet.
    pub fn new(client: &'a Client) -> Self {
        Beside { client, wanted: BTreeMap::new(), asking: None, answers: Vec::new() }
    }

    /// Hands over what was answered, for the next pass.
    pub(super) fn hand_over(&mut self, slow: &mut Slow) {
        slow.answers.extend(self.answers.drain(..));
    }

    /// Takes over what the last pass wants.
    pub(super) fn take_over(&mut self, slow: &Slow) {
        self.wanted.clone_from(&slow.wanted);
        if let Some((revision, _)) = &self.asking {
            self.wanted.remove(revision);
        }
    }

    /// Something else, with the pages asked for meanwhile.
    pub async fn during<T>(&mut self, other: impl Future<Output = T>) -> T {
        let mut other = std::pin::pin!(other);
        loop {
            tokio::select! {
                biased;
                done = &mut other => return done,
                () = self.answered() => {}
            }
        }
    }

    /// Something else, or none of it where a page is answered before.
    pub async fn unless_answered<T>(&mut self, other: impl Future<Output = T>) -> Option<T> {
        if !self.answers.is_empty() {
            return None;
        }
        tokio::select! {
            biased;
            done = other => Some(done),
            () = self.answered() => None,
        }
    }

    /// Waits until one more page is answered; for ever, where none is wanted.
    async fn answered(&mut self) {
        loop {
            let asking = match &mut self.asking {
                Some((_, asking)) => asking,
                none => {
                    let Some((_, next)) = self.wanted.pop_first() else { return std::future::pending().await };
                    info!(page = %next.page.title, "asked for beside everything else");
                    let (_, asking) = none.insert((next.revision, ask(self.client, next).boxed()));
                    asking
                }
            };
            let answer = asking.await;
            self.asking = None;
            match answer {
                Ok(answer) => return self.answers.push(answer),
                // The wiki fails: the next pass says so, and wants the page again.
                Err(error) => debug!("left for now: {error}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_many_pages_are_slow_the_others_wait_for_seconds() {
        let waited = |pages: usize| (0..pages).step_by(AT_ONCE).map(limit).sum::<Duration>();
        assert_eq!(waited(AT_ONCE), QUICK);
        assert!(waited(11) <= Duration::from_secs(8) && waited(48) <= Duration::from_secs(12), "{:?}", waited(48));
    }
}
