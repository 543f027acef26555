//! Who is tried when.
//!
//! Every customer with something to be sent has a lane, and at most one attempt under way. A lane that fails waits by
//! itself. Once all lanes fail, the receiver counts as down: then one lane at a time finds out whether it is back.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::time::Duration;

use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::push::Retry;
use tokio::time::Instant;

/// Most lanes at a time; the marks of further logs wait in the store.
const MAX_LANES: usize = 4_096;

/// An attempt to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Try {
    pub log: LogId,
    /// From 1.
    pub attempt: u32,
    /// Where the attempt before ended: the same stretch is sent again, so that it keeps its id.
    pub through: Option<EntryNumber>,
}

/// The lanes of one receiver.
#[derive(Debug)]
pub(super) struct Schedule {
    retry: Retry,
    at_a_time: usize,
    lanes: HashMap<LogId, Lane>,
    ready: VecDeque<LogId>,
    waiting: BTreeSet<(Instant, LogId)>,
    busy: usize,
    /// Lanes that failed since the receiver last took something.
    failed: HashSet<LogId>,
    down: Option<Down>,
    overflow: bool,
}

#[derive(Debug, Default)]
struct Lane {
    failures: u32,
    through: Option<EntryNumber>,
    state: State,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ready,
    Busy {
        woken: bool,
    },
    Waiting(Instant),
}

/// The receiver takes nothing.
#[derive(Debug)]
struct Down {
    failures: u32,
    /// When a lane that has failed is tried.
    until: Instant,
    /// When a lane that has not failed yet may be tried, should there be one.
    fresh_from: Instant,
}

impl Schedule {
    pub(super) fn new(retry: Retry, at_a_time: usize) -> Self {
        Self {
            retry,
            at_a_time: at_a_time.max(1),
            lanes: HashMap::new(),
            ready: VecDeque::new(),
            waiting: BTreeSet::new(),
            busy: 0,
            failed: HashSet::new(),
            down: None,
            overflow: false,
        }
    }

    /// There is something to be sent.
    pub(super) fn wake(&mut self, log: LogId) {
        if let Some(lane) = self.lanes.get_mut(&log) {
            if let State::Busy { woken } = &mut lane.state {
                *woken = true;
            }
        } else if self.lanes.len() < MAX_LANES {
            self.lanes.insert(log, Lane::default());
            self.ready.push_back(log);
        } else {
            self.overflow = true;
        }
    }

    /// Whether there is room for many more lanes.
    pub(super) fn has_room(&self) -> bool {
        self.lanes.len() < MAX_LANES / 2
    }

    /// Whether something was turned away since the last call and must be looked up in the store.
    pub(super) fn take_overflow(&mut self) -> bool {
        self.has_room() && std::mem::take(&mut self.overflow)
    }

    /// Whether the receiver counts as down.
    pub(super) const fn is_down(&self) -> bool {
        self.down.is_some()
    }

    /// The next attempt to be made now, if there is one.
    pub(super) fn take(&mut self, now: Instant) -> Option<Try> {
        let log = match &self.down {
            Some(_) if self.busy > 0 => return None,
            Some(down) => {
                let fresh = (down.fresh_from <= now).then(|| self.ready.pop_front()).flatten();
                let mut again = || (down.until <= now).then(|| self.waiting.pop_first()).flatten();
                fresh.or_else(|| again().map(|(_, log)| log))?
            }
            None if self.busy >= self.at_a_time => return None,
            None => {
                while let Some(&(until, log)) = self.waiting.first()
                    && until <= now
                {
                    self.waiting.pop_first();
                    self.ready.push_back(log);
                }
                self.ready.pop_front()?
            }
        };
        let lane = self.lanes.get_mut(&log)?;
        lane.state = State::Busy { woken: false };
        self.busy += 1;
        Some(Try { log, attempt: lane.failures.saturating_add(1), through: lane.through })
    }

    /// When [`Self::take`] may give something, if it does not now; `None` if only an answer or news can change that.
    pub(super) fn next_due(&self) -> Option<Instant> {
        match &self.down {
            Some(_) if self.busy > 0 => None,
            Some(down) if self.ready.is_empty() => Some(down.until),
            Some(down) => Some(down.fresh_from.min(down.until)),
            None if self.busy >= self.at_a_time => None,
            None => self.waiting.first().map(|(until, _)| *until),
        }
    }

    /// The receiver took what was sent; `more` if there is more.
    pub(super) fn succeeded(&mut self, log: LogId, more: bool) {
        self.failed.clear();
        if self.down.take().is_some() {
            // Those who failed while it was down failed for that reason.
            for (_, waiting) in std::mem::take(&mut self.waiting) {
                if let Some(lane) = self.lanes.get_mut(&waiting) {
                    lane.state = State::Ready;
                    self.ready.push_back(waiting);
                }
            }
        }
        self.nothing_to_send(log, more);
    }

    /// An attempt ended without anything having been sent; `more` if it is to be looked at again.
    pub(super) fn nothing_to_send(&mut self, log: LogId, more: bool) {
        let Some(lane) = self.lanes.get_mut(&log) else { return };
        let State::Busy { woken } = lane.state else { return };
        self.busy -= 1;
        if more || woken {
            *lane = Lane::default();
            self.ready.push_back(log);
        } else {
            self.lanes.remove(&log);
        }
    }

    /// An attempt could not be made, which is not the receiver's fault: nothing counts as a failure of theirs.
    pub(super) fn postponed(&mut self, log: LogId, until: Instant) {
        let Some(lane) = self.lanes.get_mut(&log) else { return };
        self.busy -= 1;
        lane.state = State::Waiting(until);
        self.waiting.insert((until, log));
    }

    /// An attempt failed. `asked` is the pause that the receiver asked for.
    pub(super) fn failed(
        &mut self,
        log: LogId,
        through: Option<EntryNumber>,
        now: Instant,
        seed: u64,
        asked: Option<Duration>,
    ) {
        let asked = asked.unwrap_or_default();
        let Some(lane) = self.lanes.get_mut(&log) else { return };
        self.busy -= 1;
        lane.failures = lane.failures.saturating_add(1);
        lane.through = through;
        let until = now + self.retry.pause(lane.failures, seed).max(asked);
        lane.state = State::Waiting(until);
        self.waiting.insert((until, log));
        self.failed.insert(log);
        let all_fail = self.failed.len() >= 2 && self.failed.len() == self.lanes.len();
        if self.down.is_some() || all_fail || self.failed.len() >= self.at_a_time.max(2) {
            let failures = self.down.as_ref().map_or(1, |down| down.failures.saturating_add(1));
            self.down = Some(Down {
                failures,
                until: now + self.retry.pause(failures, seed).max(asked),
                fresh_from: now + self.retry.first.max(asked),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry = Retry { first: Duration::from_secs(1), longest: Duration::from_mins(5) };

    fn log(byte: u8) -> LogId {
        LogId::from_bytes([byte; 16])
    }

    fn taken(schedule: &mut Schedule, now: Instant) -> Vec<u8> {
        std::iter::from_fn(|| schedule.take(now)).map(|next| next.log.as_bytes()[0]).collect()
    }

    fn woken(logs: std::ops::RangeInclusive<u8>, at_a_time: usize) -> Schedule {
        let mut schedule = Schedule::new(RETRY, at_a_time);
        logs.for_each(|byte| schedule.wake(log(byte)));
        schedule
    }

    #[test]
    fn a_lane_has_one_attempt_at_a_time_and_so_has_the_receiver_its_bound() {
        let now = Instant::now();
        let mut schedule = woken(1..=3, 2);
        assert_eq!(taken(&mut schedule, now), [1, 2]);
        schedule.wake(log(1));
        assert!(taken(&mut schedule, now).is_empty());
        schedule.succeeded(log(1), false);
        assert_eq!(taken(&mut schedule, now), [3], "woken while busy, it comes after those who wait");
        schedule.succeeded(log(2), false);
        assert_eq!(taken(&mut schedule, now), [1]);
        schedule.succeeded(log(1), false);
        schedule.succeeded(log(3), false);
        assert_eq!((taken(&mut schedule, now), schedule.lanes.len()), (vec![], 0));
    }

    #[test]
    fn what_could_not_be_tried_counts_as_no_failure() {
        let now = Instant::now();
        let mut schedule = woken(1..=2, 16);
        assert_eq!(taken(&mut schedule, now), [1, 2]);
        for byte in 1..=2 {
            schedule.postponed(log(byte), now + RETRY.first);
        }
        assert!(!schedule.is_down() && schedule.take(now).is_none());
        assert_eq!(schedule.next_due(), Some(now + RETRY.first));
        let again = schedule.take(now + RETRY.first).unwrap();
        assert_eq!((again.attempt, again.through), (1, None));
    }

    #[test]
    fn a_failing_lane_waits_alone() {
        let now = Instant::now();
        let mut schedule = woken(1..=2, 16);
        assert_eq!(taken(&mut schedule, now), [1, 2]);
        schedule.failed(log(1), Some(EntryNumber(7)), now, 0, None);
        schedule.succeeded(log(2), true);
        assert!(!schedule.is_down());
        assert_eq!(taken(&mut schedule, now), [2]);
        schedule.succeeded(log(2), false);
        assert_eq!(schedule.next_due(), Some(now + RETRY.first));
        let again = schedule.take(now + RETRY.first).unwrap();
        assert_eq!(again, Try { log: log(1), attempt: 2, through: Some(EntryNumber(7)) });
    }

    #[test]
    fn a_pause_that_is_asked_for_is_made() {
        let now = Instant::now();
        let mut schedule = woken(1..=1, 16);
        assert_eq!(taken(&mut schedule, now), [1]);
        schedule.failed(log(1), None, now, 0, Some(Duration::from_mins(2)));
        assert_eq!(schedule.next_due(), Some(now + Duration::from_mins(2)));
    }

    #[test]
    fn a_receiver_that_is_down_is_probed_and_back_at_once() {
        let start = Instant::now();
        let mut schedule = woken(1..=3, 16);
        assert_eq!(taken(&mut schedule, start), [1, 2, 3]);
        for byte in 1..=3 {
            schedule.failed(log(byte), None, start, 0, None);
        }
        assert!(schedule.is_down());
        let second = Duration::from_secs(1);
        assert!(taken(&mut schedule, start).is_empty());
        assert_eq!(taken(&mut schedule, start + second), [1], "one probe, not all three");
        schedule.failed(log(1), None, start + second, 0, None);
        assert_eq!(schedule.next_due(), Some(start + second * 3), "the pause doubles");
        schedule.wake(log(9));
        assert_eq!(taken(&mut schedule, start + second * 2), [9], "whoever is new is tried sooner");
        schedule.succeeded(log(9), false);
        assert!(!schedule.is_down());
        assert_eq!(taken(&mut schedule, start + second * 2).len(), 3, "all the others at once");
    }

    #[test]
    fn what_finds_no_room_is_remembered() {
        let mut schedule = Schedule::new(RETRY, 1);
        for number in 0..=MAX_LANES as u64 {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&number.to_be_bytes());
            schedule.wake(LogId::from_bytes(id));
        }
        assert!(!schedule.take_overflow(), "there is still no room");
        let now = Instant::now();
        while let Some(next) = schedule.take(now) {
            schedule.succeeded(next.log, false);
        }
        assert!(schedule.take_overflow());
    }
}
