//! `helpdesk run`: pass after pass, until it is told to stop.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tracing::{error, info, warn};

use crate::desk::Desk;
use crate::pass;
use crate::wiki::{Client, Connection, Error};

/// Longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// Makes a pass over every desk, waits for `watch.poll`, and so on. A pass in hand is finished before it ends.
///
/// # Errors
/// Where an operator has to act (a wrong password, a blocked account).
pub async fn run(desks: &[Desk], connection: &Connection) -> anyhow::Result<()> {
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    let mut failures = 0_u32;
    let mut held_back: Vec<Option<String>> = vec![None; desks.len()];
    let mut clients: Vec<Option<Client>> = desks.iter().map(|_| None).collect();
    info!(desks = desks.len(), "running");
    loop {
        let mut pause = Duration::MAX;
        let mut failed = false;
        for (i, desk) in desks.iter().enumerate() {
            pause = pause.min(desk.watch.poll);
            match one(desk, connection, &mut clients[i]).await {
                Ok(why) => {
                    // Said when it begins and when it changes, not at every pass.
                    if why != held_back[i] {
                        match &why {
                            Some(why) => warn!(desk = %desk.name, "{why}"),
                            None => info!(desk = %desk.name, "writing again"),
                        }
                        held_back[i] = why;
                    }
                }
                Err(Error::Fatal(why)) => anyhow::bail!(why),
                Err(other) => {
                    error!(desk = %desk.name, "{other}");
                    clients[i] = None;
                    failed = true;
                }
            }
        }
        failures = if failed { failures + 1 } else { 0 };
        let pause = pause.saturating_mul(2_u32.saturating_pow(failures.min(10))).min(LONGEST_PAUSE);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = term.recv() => break,
            _ = int.recv() => break,
        }
    }
    info!("stopped");
    Ok(())
}

async fn one(desk: &Desk, connection: &Connection, client: &mut Option<Client>) -> Result<Option<String>, Error> {
    let connected = match client.take() {
        Some(client) => client,
        None => Client::connect(connection, desk.safety.request_timeout, &desk.name).await?,
    };
    let outcome = pass::once(client.insert(connected), desk, None).await?;
    Ok(outcome.held_back)
}
