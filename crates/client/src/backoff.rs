//! How long to wait before trying again.

use std::time::Duration;

/// Longest pause that a server can order by `Retry-After`.
const MAX_ORDERED: Duration = Duration::from_hours(1);
/// How much a pause that the server ordered is stretched at most, so that not all clients come back at once.
const STRETCH: f64 = 0.25;

/// Pauses that double with every failure in a row, each shortened by chance to as little as half.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    least: Duration,
    most: Duration,
    failures: u32,
}

impl Backoff {
    /// Pauses from `least` to `most`.
    pub(crate) fn new(least: Duration, most: Duration) -> Self {
        Self { least, most: most.max(least), failures: 0 }
    }

    /// Begins again with the shortest pause.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// The pause after another failure: no shorter than the server ordered. `fraction` is a random number from 0 to 1.
    pub(crate) fn pause(&mut self, ordered: Option<Duration>, fraction: f64) -> Duration {
        let doubled = self.least.saturating_mul(2_u32.saturating_pow(self.failures)).min(self.most);
        self.failures = self.failures.saturating_add(1);
        let own = doubled.mul_f64(1.0 - fraction / 2.0);
        let ordered = ordered.unwrap_or_default().min(MAX_ORDERED).mul_f64(1.0 + fraction * STRETCH);
        own.max(ordered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backoff() -> Backoff {
        Backoff::new(Duration::from_millis(100), Duration::from_secs(1))
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_begin_again() {
        let mut backoff = backoff();
        let pauses: Vec<u128> = (0..6).map(|_| backoff.pause(None, 0.0).as_millis()).collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1_000, 1_000]);
        backoff.reset();
        assert_eq!(backoff.pause(None, 0.0).as_millis(), 100);
    }

    #[test]
    fn chance_takes_away_at_most_half() {
        assert_eq!(backoff().pause(None, 0.5).as_millis(), 75);
        assert_eq!(backoff().pause(None, 1.0).as_millis(), 50);
    }

    #[test]
    fn an_ordered_pause_is_never_cut_short_but_bounded() {
        let ordered = Duration::from_secs(4);
        assert_eq!(backoff().pause(Some(ordered), 0.0), ordered);
        assert_eq!(backoff().pause(Some(ordered), 1.0), Duration::from_secs(5));
        assert_eq!(backoff().pause(Some(Duration::MAX), 0.0), MAX_ORDERED);
        // The own pause goes on growing beside it.
        let mut grown = backoff();
        grown.pause(Some(Duration::ZERO), 0.0);
        assert_eq!(grown.pause(Some(Duration::from_millis(1)), 0.0).as_millis(), 200);
    }

    #[test]
    fn any_number_of_failures_is_survived() {
        let mut backoff = backoff();
        backoff.failures = u32::MAX;
        assert_eq!(backoff.pause(None, 0.0), Duration::from_secs(1));
    }
}
