//! Pauses that grow: each twice the one before, up to a limit, and each a little different, so that many who
//! wait for the same thing do not come back at the same moment.

use std::time::Duration;

/// The pauses of one series of failures.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
}

impl Backoff {
    /// Pauses from `first` on that never grow beyond `longest` (but for jitter).
    pub fn new(first: Duration, longest: Duration) -> Self {
        Backoff { first, longest, failures: 0 }
    }

    /// How often it has failed in a row.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// The pause after one more failure: half to one and a half of the pause that is due, and at least `least`.
    pub fn next(&mut self, least: Duration) -> Duration {
        let due = self.first.saturating_mul(2_u32.saturating_pow(self.failures.min(20))).min(self.longest);
        self.failures += 1;
        due.mul_f64(0.5 + fastrand::f64()).max(least)
    }

    /// It worked: the next failure is a first one.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit_and_differ() {
        let (first, longest) = (Duration::from_secs(1), Duration::from_secs(60));
        let mut backoff = Backoff::new(first, longest);
        let pauses: Vec<f64> = (0..40).map(|_| backoff.next(Duration::ZERO).as_secs_f64()).collect();
        for (i, pause) in pauses.iter().enumerate() {
            let due = 2_f64.powi(i32::try_from(i).unwrap()).min(60.0);
            assert!((due * 0.5..=due * 1.5).contains(pause), "{i}: {pause}");
        }
        assert!(pauses[30..].windows(2).any(|w| (w[0] - w[1]).abs() > 0.001), "no jitter: {pauses:?}");
        assert_eq!(backoff.next(Duration::from_secs(900)), Duration::from_secs(900));
        backoff.reset();
        assert!(backoff.next(Duration::ZERO) <= first.mul_f64(1.5));
    }
}
