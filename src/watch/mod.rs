//! Hints: what on the wiki concerns a desk, from its recent changes and from a stream of them. A hint only makes a
//! pass come sooner; what the pass does follows from the wiki alone.

mod stream;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use stream::Stream;
use tokio::sync::{mpsc, watch};

use crate::desk::{Desk, Watch};
use crate::page::Time;
use crate::plan::draft;
use crate::plan::snapshot::Snapshot;
use crate::wiki::changes::{Cursor, Hint};
use crate::wiki::{Client, Error};

/// Pushed hints that come within this time are one.
const BURST: Duration = Duration::from_millis(100);

/// Waits for the next reason to look at the wiki.
pub struct Watcher<'a> {
    client: &'a Client,
    poll: Duration,
    cursor: Option<Cursor>,
    watched: watch::Sender<Watched>,
    pushed: mpsc::Receiver<Instant>,
    stream: Option<tokio::task::AbortHandle>,
}

/// When the next pass comes, whatever is heard.
#[derive(Debug)]
pub struct Until {
    /// What is listened for.
    pub watched: Watched,
    /// When time alone will change something.
    pub due: Option<Time>,
    /// The longest wait.
    pub latest: Duration,
}

impl<'a> Watcher<'a> {
    /// Listens to the stream, if there is one.
    #[must_use]
    pub fn new(client: &'a Client, watch: &Watch) -> Self {
        let (wake, pushed) = mpsc::channel(1);
        let (watched, listen) = watch::channel(Watched::default());
        let stream = watch.stream.clone().map(|url| {
            let stream = Stream { url, wiki: watch.stream_wiki.clone(), user_agent: client.user_agent() };
            tokio::spawn(async move { stream.follow(&listen, &wake).await }).abort_handle()
        });
        Watcher { client, poll: watch.poll, cursor: None, watched, pushed, stream }
    }

    /// Takes note of what has happened so far: it is no hint.
    ///
    /// # Errors
    /// Where the wiki cannot be reached.
    pub async fn begin(&mut self) -> Result<(), Error> {
        self.client.changes(&mut self.cursor).await.map(drop)
    }

    /// Waits for a hint, the moment that something is due, or the longest wait; gives the hint's time if it was one.
    /// `beat` is called now and then.
    ///
    /// # Errors
    /// Where the wiki cannot be reached.
    pub async fn wait(&mut self, until: Until, beat: impl Fn()) -> Result<Option<Instant>, Error> {
        let latest = Instant::now() + until.latest;
        self.watched.send_replace(until.watched);
        let mut poll = Instant::now() + self.poll;
        loop {
            beat();
            let time_is_up = Instant::now() >= latest || until.due.is_some_and(|due| self.client.now() >= due);
            let mut hint = None;
            if !time_is_up {
                // A clock that was set anew is noticed at the next poll.
                let due = until.due.and_then(|due| (due - self.client.now()).to_std().ok());
                let wake = due.map_or(poll, |due| poll.min(Instant::now() + due)).min(latest);
                tokio::select! {
                    Some(at) = self.pushed.recv() => hint = Some(at),
                    () = tokio::time::sleep_until(wake.into()) => {}
                }
            }
            if hint.is_some() {
                tokio::time::sleep(BURST).await;
                while self.pushed.try_recv().is_ok() {}
            }
            if time_is_up || hint.is_some() || Instant::now() >= poll {
                // Also where a pass comes anyway: what it will see is no news afterwards.
                let asked = Instant::now();
                let changes = self.client.changes(&mut self.cursor).await?;
                let watched = self.watched.borrow();
                if changes.overflow || changes.hints.iter().any(|h| watched.concerns(h)) {
                    hint.get_or_insert(asked);
                }
                poll = asked + self.poll;
            }
            if time_is_up || hint.is_some() {
                return Ok(hint);
            }
        }
    }
}

impl Drop for Watcher<'_> {
    fn drop(&mut self) {
        if let Some(stream) = &self.stream {
            stream.abort();
        }
    }
}

/// What on the wiki concerns a desk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watched {
    titles: BTreeSet<String>,
    below: Vec<String>,
    /// The template namespace: a new redirect there may be a new name of a vote.
    templates: Vec<String>,
    /// The bot itself: its own edits are no news.
    me: String,
}

impl Watched {
    /// For a desk, as a pass found it.
    #[must_use]
    pub fn new(client: &Client, desk: &Desk, snapshot: &Snapshot) -> Self {
        let pages = &desk.pages;
        let fixed = [&pages.intake, &pages.committee, &pages.status, &pages.problems].map(Clone::clone);
        let stop = format!("User:{}/Stop", client.me.name);
        let templates = snapshot.names.pages().map(str::to_owned);
        // Requests may have been moved elsewhere.
        let requests = draft::known_rows(snapshot).map(|row| row.page.title);
        let talk = client.titles.talk_page(&pages.intake);
        let titles =
            fixed.into_iter().chain([stop]).chain(talk).chain(templates).map(|title| client.titles.local(&title));
        let below = [format!("{}/", pages.intake), pages.archive.split("{year}").next().unwrap_or_default().to_owned()];
        Watched {
            titles: titles.chain(requests).collect(),
            below: below.map(|title| client.titles.local(&title)).to_vec(),
            templates: vec![format!("{}:", client.titles.namespace_name(10))],
            me: client.me.name.clone(),
        }
    }

    /// Whether something that happened concerns the desk.
    #[must_use]
    pub fn concerns(&self, hint: &Hint) -> bool {
        if hint.user.as_deref() == Some(self.me.as_str()) {
            return false;
        }
        let begins = |starts: &[String], title: &str| starts.iter().any(|s| !s.is_empty() && title.starts_with(s));
        [Some(&hint.title), hint.target.as_ref()].into_iter().flatten().any(|title| {
            self.titles.contains(title)
                || begins(&self.below, title)
                || (hint.redirect && begins(&self.templates, title))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_concerns_the_desk_is_a_hint() {
        let watched = Watched {
            titles: BTreeSet::from(["Desk/Status".to_owned(), "Template:Support".to_owned()]),
            below: vec!["Desk/Requests/".to_owned()],
            templates: vec!["Template:".to_owned()],
            me: "Bot".to_owned(),
        };
        let hint = |title: &str, target: Option<&str>, user: &str, redirect: bool| {
            let target = target.map(str::to_owned);
            watched.concerns(&Hint { title: title.to_owned(), target, user: Some(user.to_owned()), redirect })
        };
        assert!(hint("Desk/Requests/Maps", None, "Alice", false));
        assert!(hint("Desk/Status", None, "Alice", false));
        assert!(hint("Elsewhere", Some("Desk/Requests/New"), "Alice", false), "moved here");
        assert!(hint("Template:Stöd", None, "Alice", true), "a new redirect to a vote");
        assert!(!hint("Template:Stöd", None, "Alice", false));
        assert!(!hint("Desk/Requests/Maps", None, "Bot", false), "its own");
        assert!(!hint("Desk/Requestsx", None, "Alice", false));
    }
}
