//! Time and randomness that tests own.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use frontdesk_core::port::{Clock, Random};
use frontdesk_core::time::Timestamp;

/// A clock that goes by itself, from the present on, and that a test can move besides.
#[derive(Debug)]
pub struct TestClock {
    started: std::time::Instant,
    base: AtomicI64,
    /// How long it had gone when it was stopped; negative while it goes.
    stopped: AtomicI64,
}

impl Default for TestClock {
    fn default() -> Self {
        Self {
            started: std::time::Instant::now(),
            base: AtomicI64::new(1_800_000_000_000),
            stopped: AtomicI64::new(-1),
        }
    }
}

impl TestClock {
    /// Goes no more by itself: only a test moves it.
    pub fn stop(&self) {
        self.stopped.store(self.passed(), Ordering::SeqCst);
    }

    fn passed(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap()
    }

    /// Moves the clock forward.
    pub fn advance(&self, span: Duration) {
        self.base.fetch_add(i64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// Sets the clock back.
    pub fn set_back(&self, span: Duration) {
        self.base.fetch_sub(i64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let stopped = self.stopped.load(Ordering::SeqCst);
        let passed = if stopped < 0 { self.passed() } else { stopped };
        Timestamp::from_millis(self.base.load(Ordering::SeqCst) + passed)
    }
}

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl Default for ManualClock {
    fn default() -> Self {
        Self(AtomicI64::new(1_800_000_000_000))
    }
}

impl ManualClock {
    /// Sets the time.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_millis(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// The same bytes for the same seed.
#[derive(Debug)]
pub struct SeededRandom {
    state: AtomicU64,
    lock: Mutex<()>,
}

impl SeededRandom {
    /// Bytes for a seed.
    pub const fn new(seed: u64) -> Self {
        Self { state: AtomicU64::new(seed), lock: Mutex::new(()) }
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let _one_at_a_time = self.lock.lock().unwrap();
        for chunk in bytes.chunks_mut(8) {
            // SplitMix64.
            let state = self.state.load(Ordering::SeqCst).wrapping_add(0x9e37_79b9_7f4a_7c15);
            self.state.store(state, Ordering::SeqCst);
            let mut word = state;
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            word ^= word >> 31;
            chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
        }
    }
}
