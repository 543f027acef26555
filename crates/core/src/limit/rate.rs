//! So many a minute, with a burst.
//!
//! A level rises by one with each request that is let through and falls steadily; a request is let through if the level
//! stays within the burst. That is the leaky bucket as a meter, and decides exactly as the Generic Cell Rate Algorithm
//! does. Everything is a whole number, so that nothing is lost to rounding however long it goes on.

use std::time::Duration;

use crate::time::Timestamp;

/// What one request weighs: so that a rate of one a minute still falls by a whole number in a millisecond.
const WEIGHT: u64 = 60_000;

/// How often something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    per_minute: u64,
    burst: u64,
}

impl Rate {
    /// So many a minute, and so many at once at the most; `None` if either is nothing, which stands for no limit.
    pub const fn per_minute(per_minute: u64, burst: u64) -> Option<Self> {
        // Beyond a million a second nobody counts, and sums stay within bounds.
        if per_minute == 0 || burst == 0 {
            return None;
        }
        let (per_minute, burst) = (min(per_minute, 60_000_000), min(burst, 60_000_000));
        Some(Self { per_minute, burst })
    }

    /// So many a second, and as many at once as come in so many seconds, but at least one; `None` for no limit.
    pub const fn per_second(per_second: u64, burst_seconds: u64) -> Option<Self> {
        let burst = per_second.saturating_mul(burst_seconds);
        let burst = if burst == 0 { 1 } else { burst };
        Self::per_minute(per_second.saturating_mul(60), burst)
    }

    /// How many may come at once.
    pub const fn burst(&self) -> u64 {
        self.burst
    }

    const fn full(&self) -> u64 {
        self.burst * WEIGHT
    }

    /// How long the level takes to fall by so much.
    const fn time_of(&self, weight: u64) -> Duration {
        Duration::from_millis(weight.div_ceil(self.per_minute))
    }
}

const fn min(a: u64, b: u64) -> u64 {
    if a < b { a } else { b }
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is let through.
    Pass,
    /// It is let through and counted, but should wait for so long.
    Slow(Duration),
    /// It is refused, and not counted; after so long the next would be let through.
    Refuse(Duration),
}

/// How much was had lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    weight: u64,
    at: Timestamp,
}

impl Level {
    /// One more is wanted at `now`. With `patience`, one that comes too early by no more than that is let through to
    /// wait.
    ///
    /// A clock that was set back lets the level fall from then on as if no time had passed.
    pub fn take(&mut self, rate: Rate, now: Timestamp, patience: Duration) -> Decision {
        self.fall(rate, now);
        let wanted = self.weight + WEIGHT;
        let early = rate.time_of(wanted.saturating_sub(rate.full()));
        if early > patience {
            return Decision::Refuse(early);
        }
        self.weight = wanted;
        if early.is_zero() { Decision::Pass } else { Decision::Slow(early) }
    }

    /// Whether one more would be let through at `now`; if not, after how long.
    pub fn would_wait(mut self, rate: Rate, now: Timestamp) -> Option<Duration> {
        match self.take(rate, now, Duration::ZERO) {
            Decision::Refuse(wait) => Some(wait),
            Decision::Pass | Decision::Slow(_) => None,
        }
    }

    /// How many count at `now`, rounded up.
    pub fn count(mut self, rate: Rate, now: Timestamp) -> u64 {
        self.fall(rate, now);
        self.weight.div_ceil(WEIGHT)
    }

    /// When nothing will be left of it: it is as if it had never been, then.
    pub(super) fn empty_at(&self, rate: Rate) -> Timestamp {
        self.at.plus(rate.time_of(self.weight))
    }

    fn fall(&mut self, rate: Rate, now: Timestamp) {
        let passed = u64::try_from(now.since(self.at).as_millis()).unwrap_or(u64::MAX);
        self.weight = self.weight.saturating_sub(passed.saturating_mul(rate.per_minute));
        self.at = now;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + millis)
    }

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let rate = Rate::per_second(2, 5).unwrap();
        let mut level = Level::default();
        for _ in 0..10 {
            assert_eq!(level.take(rate, at(0), Duration::ZERO), Decision::Pass);
        }
        assert_eq!(level.take(rate, at(0), Duration::ZERO), Decision::Refuse(Duration::from_millis(500)));
        assert_eq!(level.count(rate, at(0)), 10);
        assert_eq!(level.take(rate, at(499), Duration::ZERO), Decision::Refuse(Duration::from_millis(1)));
        assert_eq!(level.take(rate, at(500), Duration::ZERO), Decision::Pass);
        assert_eq!(level.count(rate, at(60_000)), 0);
    }

    #[test]
    fn a_little_too_early_waits_and_much_too_early_is_refused() {
        let (rate, patience) = (Rate::per_second(1, 1).unwrap(), Duration::from_secs(2));
        let mut level = Level::default();
        let mut take = || level.take(rate, at(0), patience);
        assert_eq!(take(), Decision::Pass);
        assert_eq!(take(), Decision::Slow(Duration::from_secs(1)));
        assert_eq!(take(), Decision::Slow(Duration::from_secs(2)));
        assert_eq!(take(), Decision::Refuse(Duration::from_secs(3)));
    }

    #[test]
    fn a_clock_that_is_set_back_neither_locks_out_nor_opens() {
        let rate = Rate::per_second(1, 3).unwrap();
        let mut level = Level::default();
        for _ in 0..3 {
            assert_eq!(level.take(rate, at(1_000_000), Duration::ZERO), Decision::Pass);
        }
        assert_eq!(level.take(rate, at(0), Duration::ZERO), Decision::Refuse(Duration::from_secs(1)));
        assert_eq!(level.take(rate, at(1_000), Duration::ZERO), Decision::Pass);
    }

    #[test]
    fn nothing_means_no_limit() {
        assert_eq!(Rate::per_second(0, 10), None);
        assert_eq!(Rate::per_minute(0, 10), None);
        assert_eq!(Rate::per_second(7, 0).map(|rate| rate.burst()), Some(1));
        let rate = Rate::per_minute(u64::MAX, u64::MAX).unwrap();
        assert_eq!(Level::default().take(rate, at(0), Duration::ZERO), Decision::Pass);
    }

    /// By the definition: in no stretch of time may more be let through than the burst and what the rate gives in it.
    fn may_pass(passed: &[i64], now: i64, per_minute: u64, burst: u64) -> bool {
        passed.iter().enumerate().all(|(index, start)| {
            let count = (passed.len() - index + 1) as u64;
            let given = (now - start).unsigned_abs() * per_minute;
            count * WEIGHT <= burst * WEIGHT + given
        })
    }

    proptest! {
        #[test]
        fn decides_as_the_definition_does(
            per_minute in 1_u64..5_000,
            burst in 1_u64..12,
            pauses in prop::collection::vec(prop_oneof![Just(0_i64), 0_i64..50, 0_i64..5_000], 1..120),
        ) {
            let rate = Rate::per_minute(per_minute, burst).unwrap();
            let (mut level, mut passed, mut now) = (Level::default(), Vec::new(), 0);
            for pause in pauses {
                now += pause;
                let decision = level.take(rate, at(now), Duration::ZERO);
                if may_pass(&passed, now, per_minute, burst) {
                    prop_assert_eq!(decision, Decision::Pass);
                    passed.push(now);
                } else {
                    let Decision::Refuse(wait) = decision else {
                        panic!("{decision:?} although {} of {burst} had passed", passed.len());
                    };
                    // What is said to who is refused is exact: then and not before.
                    let wait = i64::try_from(wait.as_millis()).unwrap();
                    prop_assert!(may_pass(&passed, now + wait, per_minute, burst));
                    prop_assert!(!may_pass(&passed, now + wait - 1, per_minute, burst));
                    prop_assert_eq!(level.would_wait(rate, at(now)).map(|wait| wait.as_millis()), Some(wait.unsigned_abs().into()));
                }
            }
        }

        #[test]
        fn who_waits_as_told_keeps_to_the_rate(
            per_minute in 1_u64..5_000,
            burst in 1_u64..12,
            patience in 0_u64..5_000,
            pauses in prop::collection::vec(0_i64..200, 1..120),
        ) {
            let rate = Rate::per_minute(per_minute, burst).unwrap();
            let (mut level, mut begun, mut now) = (Level::default(), Vec::new(), 0);
            for pause in pauses {
                now += pause;
                let start = match level.take(rate, at(now), Duration::from_millis(patience)) {
                    Decision::Pass => now,
                    Decision::Slow(wait) => {
                        prop_assert!(wait <= Duration::from_millis(patience));
                        now + i64::try_from(wait.as_millis()).unwrap()
                    }
                    Decision::Refuse(_) => continue,
                };
                // Rounded up to whole milliseconds, one may come to begin in the same as the next.
                begun.push(start);
                begun.sort_unstable();
                let earlier: Vec<i64> = begun.iter().copied().filter(|other| *other < start).collect();
                prop_assert!(may_pass(&earlier, start, per_minute, burst + 1), "{begun:?}");
            }
        }
    }
}
