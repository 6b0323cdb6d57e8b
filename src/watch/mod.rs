//! Hints: what on the wiki concerns a desk, from its recent changes and from a stream of them. A hint only makes a
//! pass come sooner; what the pass does follows from the wiki alone.

mod stream;

use std::collections::{BTreeMap, BTreeSet};
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
/// So many pushed hints are kept during a pass; what is dropped, the next poll tells.
const MOST_PUSHED: usize = 1000;

/// Waits for the next reason to look at the wiki.
pub struct Watcher<'a> {
    client: &'a Client,
    poll: Duration,
    cursor: Option<Cursor>,
    /// Revisions that were pushed and have not been seen in recent changes yet.
    pushed_revisions: BTreeSet<u64>,
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
        Watcher { client, poll: watch.poll, cursor: None, pushed_revisions: BTreeSet::new(), watched, pushed, stream }
    }

    /// Takes note of what has happened so far: it is no hint.
    ///
    /// # Errors
    /// Where the wiki cannot be reached.
    pub async fn begin(&mut self) -> Result<(), Error> {
        self.client.changes(&mut self.cursor).await.map(drop)
    }

    /// Waits for a hint, the moment that something is due, or the next sweep. `beat` is called now and then.
    ///
    /// # Errors
    /// Where the wiki cannot be reached.
    pub async fn wait(&mut self, until: Until, beat: impl Fn()) -> Result<Wake, Error> {
        self.watched.send_replace(until.watched);
        let mut poll = Instant::now() + self.poll;
        loop {
            beat();
            if Instant::now() >= until.sweep {
                // What the sweep will see is no news afterwards.
                self.client.changes(&mut self.cursor).await?;
                while self.pushed.try_recv().is_ok() {}
                self.pushed_revisions.clear();
                return Ok(Wake { hint: None, look: Look::Everything });
            }
            let is_due = until.due.is_some_and(|due| self.client.now() >= due);
            if is_due || until.again.is_some_and(|again| Instant::now() >= again) {
                return Ok(Wake { hint: None, look: Look::Pages(BTreeMap::new()) });
            }
            // A clock that was set anew is noticed at the next poll.
            let due = until.due.and_then(|due| (due - self.client.now()).to_std().ok()).map(|d| Instant::now() + d);
            let wake = [due, until.again, Some(poll), Some(until.sweep)].into_iter().flatten().min().unwrap_or(poll);
            let mut pushed = None;
            tokio::select! {
                hint = self.pushed.recv() => pushed = hint,
                () = tokio::time::sleep_until(wake.into()) => {}
            }
            if let Some(first) = pushed {
                return Ok(self.pushed(first).await);
            }
            if Instant::now() >= poll {
                let asked = Instant::now();
                if let Some(look) = self.polled().await? {
                    return Ok(Wake { hint: Some(asked), look });
                }
                poll = asked + self.poll;
            }
        }
    }

    /// Gathers what is pushed within a moment.
    async fn pushed(&mut self, first: Pushed) -> Wake {
        tokio::time::sleep(BURST).await;
        let mut hints = vec![first.hint];
        while let Ok(more) = self.pushed.try_recv() {
            hints.push(more.hint);
        }
        self.pushed_revisions.extend(hints.iter().filter_map(|hint| hint.revision));
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
        changes.hints.retain(|h| watched.concerns(h) && !h.revision.is_some_and(|r| known.remove(&r)));
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
