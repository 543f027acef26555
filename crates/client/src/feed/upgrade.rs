//! Which stream to try: the best that was not found to be blocked lately.

use std::time::Duration;

use tokio::time::Instant;

use super::options::Transport;

/// Longest time for which a stream that does not work is left alone.
const LONGEST: Duration = Duration::from_hours(1);
/// A stream that ends sooner than this has not really worked.
const BRIEF: Duration = Duration::from_secs(10);
/// So many of those in a row count as blocked.
const MOST_BRIEF: u32 = 3;

/// The streams that may be used, best first. Below them is always the poll.
pub(super) struct Upgrades {
    rungs: Vec<Rung>,
    pause: Duration,
}

struct Rung {
    transport: Transport,
    failures: u32,
    brief: u32,
    blocked: Option<Blocked>,
}

#[derive(Clone, Copy)]
struct Blocked {
    since: Instant,
    until: Instant,
}

impl Upgrades {
    /// `pause`: how long one is left alone that did not work; it doubles each time.
    pub(super) fn new(streams: &[Transport], pause: Duration) -> Self {
        let streams = streams.iter().filter(|transport| **transport != Transport::Poll);
        let rung =
            |transport: &Transport| Rung { transport: *transport, failures: 0, brief: 0, blocked: None };
        Self { rungs: streams.map(rung).collect(), pause }
    }

    /// The best stream to try; none: poll.
    pub(super) fn best(&self, now: Instant) -> Option<Transport> {
        let is_free = |rung: &&Rung| rung.blocked.is_none_or(|blocked| blocked.until <= now);
        self.rungs.iter().find(is_free).map(|rung| rung.transport)
    }

    /// A stream never began to work.
    pub(super) fn failed(&mut self, transport: Transport, now: Instant) {
        let pause = self.pause;
        if let Some(rung) = self.rung(transport) {
            let pause = pause.saturating_mul(2_u32.saturating_pow(rung.failures)).min(LONGEST.max(pause));
            rung.blocked = Some(Blocked { since: now, until: now + pause });
            rung.failures = rung.failures.saturating_add(1);
            rung.brief = 0;
        }
    }

    /// A stream worked for this long. Whether that was long enough.
    pub(super) fn worked(&mut self, transport: Transport, span: Duration, now: Instant) -> bool {
        let Some(rung) = self.rung(transport) else { return true };
        if span >= BRIEF {
            rung.clear();
            return true;
        }
        rung.brief += 1;
        if rung.brief >= MOST_BRIEF {
            self.failed(transport, now);
        }
        false
    }

    /// The server cannot be reached at all: what failed since then was not the stream's fault.
    pub(super) fn pardon_since(&mut self, moment: Instant) {
        for rung in &mut self.rungs {
            if rung.blocked.is_some_and(|blocked| blocked.since >= moment) {
                rung.clear();
            }
        }
    }

    fn rung(&mut self, transport: Transport) -> Option<&mut Rung> {
        self.rungs.iter_mut().find(|rung| rung.transport == transport)
    }
}

impl Rung {
    fn clear(&mut self) {
        (self.failures, self.brief, self.blocked) = (0, 0, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn upgrades() -> (Upgrades, Instant) {
        (Upgrades::new(&[Transport::WebSocket, Transport::EventStream], MINUTE), Instant::now())
    }

    #[test]
    fn what_fails_is_left_alone_longer_each_time_and_then_tried_again() {
        let (mut upgrades, now) = upgrades();
        assert_eq!(upgrades.best(now), Some(Transport::WebSocket));
        upgrades.failed(Transport::WebSocket, now);
        assert_eq!(upgrades.best(now), Some(Transport::EventStream));
        upgrades.failed(Transport::EventStream, now);
        assert_eq!(upgrades.best(now), None);
        let later = now + MINUTE;
        assert_eq!(upgrades.best(later), Some(Transport::WebSocket));
        upgrades.failed(Transport::WebSocket, later);
        assert_eq!(upgrades.best(later + MINUTE), Some(Transport::EventStream));
        assert_eq!(upgrades.best(later + 2 * MINUTE), Some(Transport::WebSocket));
        for _ in 0..100 {
            upgrades.failed(Transport::WebSocket, later);
        }
        assert_eq!(upgrades.best(later + LONGEST), Some(Transport::WebSocket));
    }

    #[test]
    fn streams_that_break_off_again_and_again_do_not_count_as_working() {
        let (mut upgrades, now) = upgrades();
        for _ in 1..MOST_BRIEF {
            assert!(!upgrades.worked(Transport::WebSocket, Duration::ZERO, now));
            assert_eq!(upgrades.best(now), Some(Transport::WebSocket));
        }
        upgrades.worked(Transport::WebSocket, BRIEF, now);
        for _ in 0..MOST_BRIEF {
            assert_eq!(upgrades.best(now), Some(Transport::WebSocket));
            upgrades.worked(Transport::WebSocket, Duration::ZERO, now);
        }
        assert_eq!(upgrades.best(now), Some(Transport::EventStream));
    }

    #[test]
    fn a_network_that_is_gone_is_nobodys_fault() {
        let (mut upgrades, now) = upgrades();
        upgrades.failed(Transport::WebSocket, now);
        upgrades.pardon_since(now + MINUTE / 2);
        assert_eq!(upgrades.best(now), Some(Transport::EventStream));
        upgrades.pardon_since(now);
        assert_eq!(upgrades.best(now), Some(Transport::WebSocket));
    }
}
