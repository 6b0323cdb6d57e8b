//! A mistake in the bot ends what it was at, and nothing else.

use std::any::Any;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::Instant;
use tracing::error;

use super::keeper::PAUSES;
use crate::health::DeskHealth;
use crate::wiki::backoff::Backoff;

/// Keeps a desk by what `keep` gives; where that panics, begins it anew, after a pause that grows.
pub(super) async fn begun_anew<F: Future<Output = Infallible>>(
    health: &DeskHealth,
    mut keep: impl FnMut() -> F,
) -> Infallible {
    let mut backoff = Backoff::new(PAUSES.0, PAUSES.1);
    loop {
        let began = Instant::now();
        // The closure is called inside, so that its own panic is caught as well.
        let kept = AssertUnwindSafe(async { keep().await }).catch_unwind().await;
        let panic = kept.map_or_else(|panic| panic, |never| match never {});
        if began.elapsed() > PAUSES.1 {
            backoff.reset();
        }
        let pause = backoff.next(Duration::ZERO);
        error!("a mistake in the bot: {}; please report it (the desk is begun anew)", words(panic.as_ref()));
        health.panicked();
        health.silent_for(pause);
        tokio::time::sleep(pause).await;
    }
}

/// What a panic says.
fn words(panic: &(dyn Any + Send)) -> &str {
    let fixed = panic.downcast_ref::<&str>().copied();
    fixed.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no words")
}

#[cfg(test)]
#[path = "panics_tests.rs"]
mod tests;
