//! Until when a channel's customers could be pushed to.
//!
//! Whoever can be pushed to is there, as whoever holds a poll is: nothing has to be sent for it. What tells that somebody
//! cannot is a failure, so silence counts from the first one since the receiver last took something.

use std::collections::HashMap;

use frontdesk_core::log::LogId;
use frontdesk_core::time::Timestamp;

/// What is known of a receiver.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// Since when nothing is sent: push is paused, or the channel has it no longer.
    halted: Option<Timestamp>,
    /// Since when all attempts have failed.
    failing: Option<Timestamp>,
    /// Since when the attempts for a customer have failed.
    lanes: HashMap<LogId, Timestamp>,
}

impl Reach {
    /// The channel has push, paused or not.
    pub(super) fn has_push(&mut self, paused: bool, now: Timestamp) {
        self.halted = paused.then(|| self.halted.unwrap_or(now));
    }

    /// The channel has no push any more.
    pub(super) fn has_no_push(&mut self, now: Timestamp) {
        *self = Self { halted: Some(self.halted.unwrap_or(now)), ..Self::default() };
    }

    /// There is another receiver, of which nothing bad is known.
    pub(super) const fn renewed(&mut self) {
        self.failing = None;
    }

    /// The receiver took what was sent.
    pub(super) fn took(&mut self, log: LogId) {
        self.failing = None;
        self.lanes.remove(&log);
    }

    /// Nothing is left to be sent to a customer.
    pub(super) fn is_up_to_date(&mut self, log: LogId) {
        self.lanes.remove(&log);
    }

    /// The receiver did not take what was sent.
    pub(super) fn refused(&mut self, log: LogId, now: Timestamp) {
        self.cannot_work(now);
        self.lanes.entry(log).or_insert(now);
    }

    /// Nothing can be sent.
    pub(super) fn cannot_work(&mut self, now: Timestamp) {
        self.failing.get_or_insert(now);
    }

    /// Until when the customer could be reached; `now` if nothing says otherwise.
    pub(super) fn until(&self, log: LogId, now: Timestamp) -> Timestamp {
        let since = [self.halted, self.failing, self.lanes.get(&log).copied()];
        since.into_iter().flatten().min().unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: LogId = LogId::from_bytes([1; 16]);
    const BOB: LogId = LogId::from_bytes([2; 16]);
    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn both(reach: &Reach) -> [i64; 2] {
        [ANN, BOB].map(|log| reach.until(log, NOW).as_millis())
    }

    #[test]
    fn a_failure_counts_for_everybody_until_something_is_taken() {
        let mut reach = Reach::default();
        assert_eq!(both(&reach), [1_000, 1_000]);
        reach.refused(ANN, at(10));
        reach.refused(ANN, at(20));
        reach.refused(BOB, at(30));
        assert_eq!(both(&reach), [10, 10]);
        reach.took(BOB);
        assert_eq!(both(&reach), [10, 1_000], "her messages still fail");
        reach.refused(BOB, at(40));
        reach.took(ANN);
        assert_eq!(both(&reach), [1_000, 40]);
        reach.is_up_to_date(BOB);
        assert_eq!(both(&reach), [1_000, 1_000]);
    }

    #[test]
    fn nobody_is_reached_while_nothing_is_sent() {
        let mut reach = Reach::default();
        reach.has_push(true, at(10));
        reach.has_push(true, at(20));
        assert_eq!(both(&reach), [10, 10]);
        reach.has_push(false, at(30));
        assert_eq!(both(&reach), [1_000, 1_000]);
        reach.refused(ANN, at(40));
        reach.has_no_push(at(50));
        assert_eq!(both(&reach), [50, 50]);
        reach.has_no_push(at(60));
        assert_eq!(both(&reach), [50, 50]);
        reach.has_push(false, at(70));
        reach.cannot_work(at(80));
        assert_eq!(both(&reach), [80, 80]);
        reach.renewed();
        assert_eq!(both(&reach), [1_000, 1_000]);
    }
}
