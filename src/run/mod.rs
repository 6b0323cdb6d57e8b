//! `helpdesk run`: pass after pass on every desk, until it is told to stop.

mod keeper;
mod panics;

use std::collections::BTreeSet;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use keeper::Keeper;
use panics::begun_anew;
use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{Instrument, info, info_span};

use crate::desk::Desk;
use crate::health::{self, DeskHealth, Health};
use crate::wiki::Connection;

/// How long a write in hand may take once the bot is told to stop.
const GRACE: Duration = Duration::from_secs(8);
/// How often the service manager hears from the bot where it does not say how often it wants to.
const WATCHDOG: Duration = Duration::from_secs(30);

/// Keeps every desk, each by itself: one's trouble is not another's. A write in hand is finished before it ends.
///
/// # Errors
/// Where nothing can be listened at, or where an operator has to act before any desk can go on.
pub async fn run(desks: Vec<(Desk, Connection)>) -> anyhow::Result<()> {
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    let health = Health::new(desks.iter().map(|(desk, _)| desk));
    let mut servers = JoinSet::new();
    for address in desks.iter().filter_map(|(desk, _)| desk.listen).collect::<BTreeSet<_>>() {
        let (at, server) = health::serve(health.clone(), address).await?;
        info!("healthz and metrics at http://{at}/");
        servers.spawn(server);
    }
    let (stop, stopped) = watch::channel(false);
    let mut keepers = JoinSet::new();
    info!(desks = desks.len(), "running");
    for (number, (desk, connection)) in desks.into_iter().enumerate() {
        let span = info_span!("desk", name = %desk.name);
        keepers.spawn(keep(desk, connection, health.desk(number), stopped.clone()).instrument(span));
    }
    let manager = service_manager();
    let tell = |state| _ = manager.try_send(state);
    tell(NotifyState::Ready);
    let mut pulse = tokio::time::interval(sd_notify::watchdog_enabled().map_or(WATCHDOG, |limit| limit / 3));
    loop {
        tokio::select! {
            _ = term.recv() => break,
            _ = int.recv() => break,
            _ = pulse.tick() => {
                if health.alive() {
                    tell(NotifyState::Watchdog);
                }
            }
            () = health.one_stops() => {
                if let Some(why) = health.all_stopped() {
                    anyhow::bail!(why);
                }
            }
        }
    }
    info!("stopping");
    tell(NotifyState::Stopping);
    // Whoever listens has ended already.
    let _ = stop.send(true);
    while keepers.join_next().await.is_some() {}
    info!("stopped");
    Ok(())
}

/// Keeps one desk until it is told to stop.
async fn keep(desk: Desk, connection: Connection, health: DeskHealth, mut stop: watch::Receiver<bool>) {
    let keeper = || async { Keeper::new(&desk, &connection, health.clone()).keep().await };
    let told = async {
        let _ = stop.wait_for(|stop| *stop).await;
        // Nobody is in the middle of a write once it is ours to write; then the pass can be left where it is.
        tokio::time::timeout(GRACE, connection.writes_done()).await.is_ok()
    };
    tokio::select! {
        finished = told => {
            if !finished {
                info!("a write was still waiting for its answer; the next start sees whether it was made");
            }
        }
        never = begun_anew(&health, keeper) => match never {},
    }
}

/// Tells the service manager, if there is one, from a thread of its own: one that does not listen keeps nobody waiting, and is
/// told no more.
fn service_manager() -> SyncSender<NotifyState<'static>> {
    let (tell, told) = sync_channel(1);
    std::thread::spawn(move || {
        for state in told {
            if let Err(error) = sd_notify::notify(&[state]) {
                tracing::debug!("the service manager cannot be told: {error}");
            }
        }
    });
    tell
}
