//! Where a connection stands, and when it has dawdled for too long.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64};
use std::time::Duration;

use tokio::time::Instant;

use super::Limits;

/// A request's head is awaited or has come in part.
const HEAD: u8 = 0;
/// A handler works, or its answer's body is still being produced.
const SERVING: u8 = 1;
/// The answer's body is complete; its last bytes may not have been written yet.
const ANSWERED: u8 = 2;
/// The answer is written and nothing of a next request was read.
const IDLE: u8 = 3;

/// Value of a time that is not running.
const NEVER: u64 = u64::MAX;

/// What ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expiry {
    /// The head of a request did not come in time.
    Head,
    /// No further request came.
    Idle,
    /// The peer takes nothing.
    Stall,
    /// An answer's silence is over, or may be.
    Settlement,
    /// The server stops, and the time to finish is over.
    Stop,
}

impl Expiry {
    /// Name in logs and metrics.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Idle => "idle",
            Self::Stall => "stall",
            Self::Settlement => "settlement",
            Self::Stop => "stop",
        }
    }
}

/// A connection's progress.
///
/// Only the connection's own task reads and writes it; these are atomics because the task may move between threads and
/// handlers hold the same allocation. Relaxed order therefore suffices. Times are milliseconds since `opened`.
pub(super) struct Progress {
    opened: Instant,
    phase: AtomicU8,
    since: AtomicU64,
    stalled_since: AtomicU64,
    ended: AtomicBool,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            opened: Instant::now(),
            phase: AtomicU8::new(HEAD),
            since: AtomicU64::new(0),
            stalled_since: AtomicU64::new(NEVER),
            ended: AtomicBool::new(false),
        }
    }

    /// Bytes came from the peer.
    pub(super) fn received(&self) {
        if self.phase.load(Relaxed) == IDLE {
            self.enter(HEAD);
        }
    }

    /// A request's head is complete.
    pub(super) fn serving(&self) {
        self.phase.store(SERVING, Relaxed);
    }

    /// The answer's body has been handed over, or was given up.
    pub(super) fn answered(&self) {
        // A late drop of an earlier answer's body must not end the request that is served now.
        let _ = self.phase.compare_exchange(SERVING, ANSWERED, Relaxed, Relaxed);
    }

    /// Everything handed over so far has been written.
    pub(super) fn flushed(&self) {
        if self.phase.load(Relaxed) == ANSWERED {
            self.enter(IDLE);
        }
    }

    /// The peer took bytes.
    pub(super) fn wrote(&self) {
        if self.stalled_since.load(Relaxed) != NEVER {
            self.stalled_since.store(NEVER, Relaxed);
        }
    }

    /// The peer takes no bytes for now.
    pub(super) fn blocked(&self) {
        if self.stalled_since.load(Relaxed) == NEVER {
            self.stalled_since.store(self.now(), Relaxed);
        }
    }

    /// Nothing more can come from the peer.
    pub(super) fn end(&self) {
        self.ended.store(true, Relaxed);
    }

    /// Whether nothing more can come from the peer.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Relaxed)
    }

    /// Whether no request is being served.
    pub(super) fn is_quiet(&self) -> bool {
        matches!(self.phase.load(Relaxed), HEAD | IDLE)
    }

    /// The first of the time-outs that run now.
    pub(super) fn deadline(&self, limits: &Limits) -> Option<(Instant, Expiry)> {
        let since = self.since.load(Relaxed);
        let phase = match self.phase.load(Relaxed) {
            HEAD => Some((self.at(since, limits.header_read), Expiry::Head)),
            IDLE => Some((self.at(since, limits.keep_alive_idle), Expiry::Idle)),
            _ => None,
        };
        let stall = match self.stalled_since.load(Relaxed) {
            NEVER => None,
            since => Some((self.at(since, limits.write_stall), Expiry::Stall)),
        };
        phase.into_iter().chain(stall).min_by_key(|(at, _)| *at)
    }

    fn enter(&self, phase: u8) {
        self.phase.store(phase, Relaxed);
        self.since.store(self.now(), Relaxed);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(NEVER - 1)
    }

    fn at(&self, since: u64, allowed: Duration) -> Instant {
        // The clock counts whole milliseconds; the extra one keeps a time-out from coming early.
        self.opened + Duration::from_millis(since + 1) + allowed
    }
}
