//! When something that failed is tried again.

use std::time::Duration;

/// Longest pause that a receiver may ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(1);

/// The pauses between attempts: they double from the first to the longest, each shortened by up to half of itself, so
/// that those who failed together do not come back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The pause after the first failure.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
}

impl Retry {
    /// The pause after the `attempt`th failure in a row, from 1. `seed` is any random number.
    pub fn pause(&self, attempt: u32, seed: u64) -> Duration {
        let doublings = attempt.saturating_sub(1).min(30);
        let whole = self.first.saturating_mul(1 << doublings).min(self.longest);
        let half = u64::try_from(whole.as_micros() / 2).unwrap_or(u64::MAX);
        whole.saturating_sub(Duration::from_micros(seed % half.saturating_add(1)))
    }
}

/// The pause that a receiver asked for, within bounds.
pub fn cap_retry_after(asked: Duration) -> Duration {
    asked.min(MAX_RETRY_AFTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry = Retry { first: Duration::from_secs(1), longest: Duration::from_mins(5) };

    #[test]
    fn pauses_double_up_to_the_longest() {
        let seconds: Vec<u64> = (1..=12).map(|attempt| RETRY.pause(attempt, 0).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        assert_eq!(RETRY.pause(u32::MAX, 0), RETRY.longest);
    }

    #[test]
    fn chance_takes_away_half_at_most() {
        for seed in [1, 77_777, u64::MAX / 3, u64::MAX] {
            let pause = RETRY.pause(4, seed);
            assert!((Duration::from_secs(4)..=Duration::from_secs(8)).contains(&pause), "{pause:?}");
        }
        assert_ne!(RETRY.pause(4, 1), RETRY.pause(4, 2));
        let at_once = Retry { first: Duration::ZERO, longest: Duration::ZERO };
        assert_eq!(at_once.pause(3, 9), Duration::ZERO);
    }
}
