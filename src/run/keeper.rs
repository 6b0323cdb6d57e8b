//! Keeping one desk: pass after pass, and what is done where one fails.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::{Duration, Instant};

use tracing::{error, info, warn};

use crate::desk::Desk;
use crate::health::DeskHealth;
use crate::pass::{self, Beside, Look, PassState};
use crate::plan::limits::Held;
use crate::watch::{Until, Wake, Watcher};
use crate::wiki::backoff::Backoff;
use crate::wiki::{Client, Connection, Error, Policy};

/// Pauses between passes that fail.
pub(super) const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));
/// When a desk that an operator has to see to is tried again, as long as others go on.
const STOPPED_PAUSE: Duration = Duration::from_secs(3600);
/// The longest pause between two looks whether the account may write again.
const LIFTED_PAUSE: Duration = Duration::from_secs(60);
/// The longest pause after a pass that got on before it failed: the wiki answers, if not always.
const GOT_ON_PAUSE: Duration = Duration::from_secs(30);
/// After so many failures in a row everything is begun anew, the login too.
const FAILURES_UNTIL_LOGIN: u32 = 3;

/// How often a long pass is asked whether it gets on.
const LOOK: Duration = Duration::from_secs(60);

/// Keeps one desk.
pub(super) struct Keeper<'a> {
    desk: &'a Desk,
    connection: &'a Connection,
    health: DeskHealth,
    state: PassState,
    backoff: Backoff,
    held: Vec<Held>,
}

impl<'a> Keeper<'a> {
    pub(super) fn new(desk: &'a Desk, connection: &'a Connection, health: DeskHealth) -> Self {
        let backoff = Backoff::new(PAUSES.0, PAUSES.1);
        Keeper { desk, connection, health, state: PassState::beside(), backoff, held: Vec::new() }
    }

    /// Keeps the desk, whatever happens.
    pub(super) async fn keep(&mut self) -> Infallible {
        let mut client: Option<Client> = None;
        let mut told: Option<Error> = None;
        loop {
            let finished = |client: &Option<Client>| client.as_ref().map_or(0, Client::finished);
            let before = finished(&client);
            // While the account may not write, no more is asked than whether it may.
            let barred = client.as_ref().filter(|_| matches!(told, Some(Error::Barred(_))));
            let standing = match barred {
                Some(client) => client.may_write().await,
                None => Ok(()),
            };
            let error = match standing {
                Ok(()) => match self.passes(&mut client).await {
                    Err(error) => error,
                },
                Err(error) => error,
            };
            if let Some(client) = &client {
                self.health.count(client);
            }
            self.health.failed(&error);
            let pause = match error.policy() {
                Policy::Stop => STOPPED_PAUSE,
                Policy::UntilLifted => self.backoff.next(Duration::ZERO).min(LIFTED_PAUSE),
                policy => {
                    let wait = if let Policy::Later(wait) = policy { wait } else { Duration::ZERO };
                    let longest = if finished(&client) > before { GOT_ON_PAUSE } else { Duration::MAX };
                    self.backoff.next(Duration::ZERO).min(longest).max(wait)
                }
            };
            let often = self.backoff.failures().is_multiple_of(FAILURES_UNTIL_LOGIN);
            if error.policy() == Policy::Stop || (often && error.policy() != Policy::UntilLifted) {
                client = None;
            }
            if error.policy() != Policy::UntilLifted || told.map(|told| told.to_string()) != Some(error.to_string()) {
                tell(&error, pause);
            }
            told = Some(error);
            self.health.silent_for(pause);
            tokio::time::sleep(pause).await;
            self.health.beat();
        }
    }

    /// Pass after pass, until one fails.
    async fn passes(&mut self, client: &mut Option<Client>) -> Result<Infallible, Error> {
        let client = match client {
            Some(client) => client,
            none => {
                let timeout = self.desk.safety.request_timeout;
                let connected = Client::connect(self.connection, timeout, &self.desk.name).await?;
                self.health.connected(&connected);
                none.insert(connected)
            }
        };
        let mut watcher = Watcher::new(client, self.desk);
        let mut slow = Beside::new(client);
        // What happens from here on is a hint; what happened before, the pass sees.
        watcher.begin().await?;
        let mut wake = Wake { hint: None, look: Look::Everything };
        let mut sweep = Instant::now();
        loop {
            if wake.look == Look::Everything {
                sweep = Instant::now() + self.desk.watch.sweep;
            }
            self.health.count(client);
            self.state.take_answers(&mut slow);
            let pass = pass::next(client, self.desk, None, &mut self.state, &wake.look);
            let outcome = slow.during(alive_while(&self.health, || client.finished(), pass)).await?;
            self.state.ask_for_slow(&mut slow);
            self.health.passed(&outcome, client);
            watcher.forget_unseen(|title, revision| self.state.has_seen(title, revision));
            self.health.count(client);
            if let Some(hint) = wake.hint {
                self.health.hinted(hint.elapsed());
            }
            let all_held = outcome.held_back.is_some();
            self.say(outcome.held_back.into_iter().chain(outcome.held_pages).collect());
            let again = if outcome.conflicts > 0 || !outcome.unread.is_empty() {
                Some(Instant::now() + self.backoff.next(Duration::ZERO))
            } else {
                self.backoff.reset();
                (outcome.backlog > 0 && !all_held).then(Instant::now)
            };
            let until = Until { watched: outcome.watched, due: outcome.due, again, sweep };
            let woken = watcher.wait(until, |pause| self.health.silent_for(pause));
            wake = match slow.unless_answered(woken).await {
                Some(wake) => wake?,
                None => Wake { hint: None, look: Look::Pages(BTreeMap::new()) },
            };
        }
    }

    /// Says what is not written, and why, when that begins and when it changes, not at every pass.
    fn say(&mut self, held: Vec<Held>) {
        held.iter().filter(|held| !self.held.contains(held)).for_each(|why| warn!("{why}"));
        if held.is_empty() && !self.held.is_empty() {
            info!("writing again");
        }
        self.held = held;
    }
}

/// Gives signs of life during a long pass, as long as work gets on. Requests that fail, are made again or never come to the
/// end of a list are no work that gets on.
async fn alive_while<T>(health: &DeskHealth, finished: impl Fn() -> usize, pass: impl Future<Output = T>) -> T {
    let mut pass = std::pin::pin!(pass);
    let mut before = finished();
    health.beat();
    loop {
        tokio::select! {
            done = &mut pass => return done,
            () = tokio::time::sleep(LOOK) => {
                let now = finished();
                if std::mem::replace(&mut before, now) != now {
                    health.beat();
                }
            }
        }
    }
}

/// What a log says of an error, for whoever has to act.
fn tell(error: &Error, pause: Duration) {
    let pause = humantime::format_duration(Duration::from_secs(pause.as_secs().max(1)));
    match error {
        Error::Fatal(why) => error!("{why}"),
        Error::Barred(_) => error!("{error}"),
        other => error!("{other} (in {pause})"),
    }
}

#[cfg(test)]
#[path = "keeper_tests.rs"]
mod tests;
