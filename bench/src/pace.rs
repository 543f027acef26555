//! Events at fixed times.
//!
//! Whoever sends the next request only when the last one was answered asks a slow server less, and so hides how slow it is
//! (coordinated omission). Here each event is due at a moment that was fixed before, whatever became of the others.

use std::num::NonZeroU32;
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;

/// The clock of a runtime is too coarse, and sleeping is late by about this much; the rest is waited for awake.
const AWAKE: Duration = Duration::from_micros(150);

/// How much load.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Messages a second
    #[arg(long, default_value = "100")]
    rate: NonZeroU32,
    /// For how long, in seconds; a second before it is not counted
    #[arg(long, default_value = "10")]
    seconds: NonZeroU32,
    /// Connections that send; if all of them wait for answers, what is due waits as well, and that counts
    #[arg(long, default_value = "16")]
    pub(crate) senders: NonZeroU32,
}

/// When which event is due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    start: Instant,
    rate: u64,
    /// How many there are.
    pub(crate) events: u64,
}

impl Load {
    /// Begins at a moment.
    pub(crate) fn from(&self, start: Instant) -> Schedule {
        let rate = u64::from(self.rate.get());
        Schedule { start, rate, events: rate * (u64::from(self.seconds.get()) + 1) }
    }
}

impl Schedule {
    pub(crate) fn due(&self, event: u64) -> Instant {
        self.start + Duration::from_nanos(event * 1_000_000_000 / self.rate)
    }

    /// How long it took until a moment, from when the event was due; `None` for those before the measurement.
    pub(crate) fn took(&self, event: u64, until: Instant) -> Option<Duration> {
        (event >= self.rate).then(|| until.saturating_duration_since(self.due(event)))
    }

    /// When the last event is due.
    pub(crate) fn end(&self) -> Instant {
        self.due(self.events)
    }

    /// Gives each event out when it is due, to whoever takes it first. Ends after the last, or when nobody takes them.
    pub(crate) fn strike(self) -> flume::Receiver<u64> {
        let (give, take) = flume::unbounded();
        thread::spawn(move || {
            for event in 0..self.events {
                wait_until(self.due(event));
                if give.send(event).is_err() {
                    return;
                }
            }
        });
        take
    }
}

fn wait_until(moment: Instant) {
    let left = moment.saturating_duration_since(Instant::now());
    if let Some(asleep) = left.checked_sub(AWAKE) {
        thread::sleep(asleep);
    }
    while Instant::now() < moment {
        std::hint::spin_loop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_at_a_fixed_rate_and_the_first_second_is_not_counted() {
        let load = Load {
            rate: NonZeroU32::new(100).unwrap(),
            seconds: NonZeroU32::new(2).unwrap(),
            senders: NonZeroU32::MIN,
        };
        let start = Instant::now();
        let schedule = load.from(start);
        assert_eq!(schedule.events, 300);
        assert_eq!(schedule.due(150), start + Duration::from_millis(1_500));
        let late = start + Duration::from_secs(2);
        assert_eq!(schedule.took(99, late), None);
        assert_eq!(schedule.took(150, late), Some(Duration::from_millis(500)));
    }

    #[test]
    fn each_event_is_given_out_once_and_not_before_it_is_due() {
        let load = Load {
            rate: NonZeroU32::new(1_000).unwrap(),
            seconds: NonZeroU32::MIN,
            senders: NonZeroU32::MIN,
        };
        let start = Instant::now().checked_sub(Duration::from_millis(1_900)).unwrap();
        let schedule = load.from(start);
        let given = schedule.strike();
        for event in 0..schedule.events {
            assert_eq!(given.recv(), Ok(event));
            assert!(Instant::now() >= schedule.due(event));
        }
        assert!(given.recv().is_err());
    }
}
