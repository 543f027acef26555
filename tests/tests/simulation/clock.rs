//! Time: one that everything shares and that stands still while something is done, and clocks that show it more or less
//! right.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread::ThreadId;

use frontdesk_core::port::Clock;
use frontdesk_core::time::Timestamp;
use tokio::time::Instant;

/// What the clocks show when a simulation begins.
const BEGIN: i64 = 1_800_000_000_000;

/// How much time has passed. The store's threads, which know nothing of tokio's time, are told what it was when the
/// simulation last looked.
#[derive(Debug)]
pub(crate) struct Timeline {
    began: Instant,
    passed: AtomicI64,
    thread: ThreadId,
}

impl Timeline {
    pub(crate) fn begin() -> Arc<Self> {
        let (began, thread) = (Instant::now(), std::thread::current().id());
        Arc::new(Self { began, passed: AtomicI64::new(0), thread })
    }

    /// Milliseconds since the beginning.
    pub(crate) fn passed(&self) -> i64 {
        if std::thread::current().id() == self.thread {
            let passed = i64::try_from(self.began.elapsed().as_millis()).unwrap();
            self.passed.store(passed, Ordering::SeqCst);
        }
        self.passed.load(Ordering::SeqCst)
    }
}

/// A clock that may be wrong.
#[derive(Debug)]
pub(crate) struct WrongClock {
    timeline: Arc<Timeline>,
    off: AtomicI64,
}

impl WrongClock {
    pub(crate) fn new(timeline: Arc<Timeline>) -> Arc<Self> {
        Arc::new(Self { timeline, off: AtomicI64::new(0) })
    }

    /// Sets it wrong by so many milliseconds.
    pub(crate) fn set_off(&self, millis: i64) {
        self.off.store(millis, Ordering::SeqCst);
    }
}

impl Clock for WrongClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(BEGIN + self.timeline.passed() + self.off.load(Ordering::SeqCst))
    }
}
