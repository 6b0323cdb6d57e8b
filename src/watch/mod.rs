//! Hints: what on the wiki concerns a desk, from its recent changes and from a stream of them. A hint only makes a
//! pass come sooner; what the pass does follows from the wiki alone.

mod stream;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use stream::{Pushed, Stream};
use tokio::sync::{mpsc, watch};

use crate::desk::Desk;
use crate::page::Time;
use crate::pass::{Look, Watched};
use crate::wiki::changes::{Cursor, Hint};
use crate::wiki::{Client, Error};

/// Pushed hints that come within this time are one.
const BURST: Duration = Duration::from_millis(30);
/// No wait takes longer without a sign of life.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);
/// So many pushed hints are kept during a pass; what is dropped, the next poll tells.
const MOST_PUSHED: usize = 1000;

/// Waits for the next reason to look at the wiki.
pub struct Watcher<'a> {
    client: &'a Client,
    poll: Duration,
    cursor: Option<Cursor>,
    next_poll: Instant,
    /// Log entries that came with a sweep: a sweep sees revisions, not what happened to older ones.
    late: Vec<Hint>,
    /// Revisions that were pushed, with their pages' titles, and that recent changes have not told of yet.
    pushed_revisions: BTreeMap<u64, String>,
    watched: watch::Sender<Watched>,
    pushed: mpsc::Receiver<Pushed>,
    stream: Option<tokio::task::AbortHandle>,
}

/// When the next pass comes, whatever is heard.
#[derive(Debug)]
pub struct Until {
    /// What is listened for.
    pub watched: Watched,
    /// When time alone will change something.
    pub due: Option<Time>,
    /// When another pass has to come, for what the last one left.
    pub again: Option<Instant>,
    /// When everything is looked at again.
    pub sweep: Instant,
}

/// Why a pass comes.
#[derive(Debug)]
pub struct Wake {
    /// When the hint came, if it was one.
    pub hint: Option<Instant>,
    /// What the pass looks at.
    pub look: Look,
}

impl<'a> Watcher<'a> {
    /// Listens to the stream, if there is one, from now on: also what comes before the first pass has ended is heard.
    pub fn new(client: &'a Client, desk: &Desk) -> Self {
        let watch = &desk.watch;
        let (wake, pushed) = mpsc::channel(MOST_PUSHED);
        let (watched, listen) = watch::channel(Watched::new(client, desk));
        let stream = watch.stream.clone().map(|url| {
            let stream = Stream { url, wiki: watch.stream_wiki.clone(), user_agent: client.user_agent() };
            tokio::spawn(async move { stream.follow(&listen, &wake).await }).abort_handle()
        });
        Watcher {
            client,
            poll: watch.poll,
            cursor: None,
            next_poll: Instant::now() + watch.poll,
            late: Vec::new(),
            pushed_revisions: BTreeMap::new(),
            watched,
            pushed,
            stream,
        }
    }

    /// Takes note of what has happened so far: it is no hint.
    ///
    /// # Errors
    /// Where the wiki cannot be reached.
    pub async fn begin(&mut self) -> Result<(), Error> {
        self.client.changes(&mut self.cursor).await.map(drop)
    }

    /// Has the next poll tell once more of what was pushed and the pass did not see: a stream may be ahead of the wiki's
    /// database replicas.
    pub fn forget_unseen(&mut self, is_seen: impl Fn(&str, u64) -> bool) {
        self.pushed_revisions.retain(|revision, title| is_seen(title, *revision));
    }

    /// Waits for a hint, the moment that something is due, or the next sweep. `silent_for` is told how long
    /// nothing will be heard of it: before each look at the wiki, and before each pause.
    ///
    /// # Errors
    /// Where the wiki cannot be reached.
    pub async fn wait(&mut self, until: Until, silent_for: impl Fn(Duration)) -> Result<Wake, Error> {
        self.watched.send_replace(until.watched);
        loop {
            silent_for(Duration::ZERO);
            if Instant::now() >= until.sweep {
                return self.sweep().await;
            }
            // What is heard comes before what waits: a backlog is worked off along with it.
            if Instant::now() >= self.next_poll {
                let asked = Instant::now();
                self.next_poll = asked + self.poll;
                if let Some(look) = self.polled().await? {
                    return Ok(Wake { hint: Some(asked), look });
                }
            }
            if let Ok(first) = self.pushed.try_recv() {
                return Ok(self.pushed(first).await);
            }
            if !self.late.is_empty() {
                return Ok(Wake { hint: None, look: Look::Pages(pages(&std::mem::take(&mut self.late))) });
            }
            let is_due = until.due.is_some_and(|due| self.client.now() >= due);
            if is_due || until.again.is_some_and(|again| Instant::now() >= again) {
                return Ok(Wake { hint: None, look: Look::Pages(BTreeMap::new()) });
            }
            // A clock that was set anew is noticed at the next poll.
            let due = until.due.and_then(|due| (due - self.client.now()).to_std().ok()).map(|d| Instant::now() + d);
            let times = [due, until.again, Some(until.sweep)].into_iter().flatten();
            let now = Instant::now();
            let wake = times.fold(self.next_poll, Instant::min).min(now + LONGEST_WAIT);
            silent_for(wake.saturating_duration_since(now));
            tokio::select! {
                Some(first) = self.pushed.recv() => return Ok(self.pushed(first).await),
                () = tokio::time::sleep_until(wake.into()) => {}
            }
        }
    }

    /// Everything is looked at: revisions that were told of are no news afterwards.
    async fn sweep(&mut self) -> Result<Wake, Error> {
        let mut hints = self.client.changes(&mut self.cursor).await?.hints;
        self.next_poll = Instant::now() + self.poll;
        while let Ok(more) = self.pushed.try_recv() {
            hints.push(more.hint);
        }
        self.pushed_revisions.clear();
        let watched = self.watched.borrow();
        self.late = hints.into_iter().filter(|hint| hint.log && watched.concerns(hint)).collect();
        Ok(Wake { hint: None, look: Look::Everything })
    }

    /// Gathers what is pushed within a moment.
    async fn pushed(&mut self, first: Pushed) -> Wake {
        tokio::time::sleep(BURST).await;
        let mut hints = vec![first.hint];
        while let Ok(more) = self.pushed.try_recv() {
            hints.push(more.hint);
        }
        self.pushed_revisions.extend(hints.iter().filter_map(|hint| Some((hint.revision?, hint.title.clone()))));
        Wake { hint: Some(first.at), look: Look::Pages(pages(&hints)) }
    }

    /// What recent changes tell, if it concerns the desk and was not pushed before.
    async fn polled(&mut self) -> Result<Option<Look>, Error> {
        let mut changes = self.client.changes(&mut self.cursor).await?;
        if changes.overflow {
            return Ok(Some(Look::Everything));
        }
        let watched = self.watched.borrow();
        let known = &mut self.pushed_revisions;
        changes.hints.retain(|h| watched.concerns(h) && h.revision.is_none_or(|r| known.remove(&r).is_none()));
        Ok((!changes.hints.is_empty()).then(|| Look::Pages(pages(&changes.hints))))
    }
}

/// The pages that hints are about. A log entry (a move, a deletion, hidden revisions) may have changed what came before.
fn pages(hints: &[Hint]) -> BTreeMap<String, bool> {
    let mut pages = BTreeMap::new();
    for hint in hints {
        for title in [Some(&hint.title), hint.target.as_ref()].into_iter().flatten() {
            *pages.entry(title.clone()).or_default() |= hint.log;
        }
    }
    pages
}

impl Drop for Watcher<'_> {
    fn drop(&mut self) {
        if let Some(stream) = &self.stream {
            stream.abort();
        }
    }
}
