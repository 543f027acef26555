//! One device's place in a log, whose turn it is to move it, and which of its polls is held.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use frontdesk_core::log::EntryNumber;
use frontdesk_core::port::Position;
use tokio::sync::{Notify, OwnedMutexGuard};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::hub::Typed;

/// A device whose held polls take each other over more often than this has two pollers.
const TWO_POLLERS: Duration = Duration::from_secs(3);

static NEXT_POLL: AtomicU64 = AtomicU64::new(1);

/// One device's place in a log. Classic answers that carry messages take turns: the next poll waits until it is known
/// what became of the one before, so that two polls at the same time never both get a message.
#[derive(Debug, Default)]
pub struct Reader {
    turn: Arc<tokio::sync::Mutex<Place>>,
    held: Mutex<Held>,
    typing_told: AtomicU64,
}

/// How far a device is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The store was not asked yet.
    #[default]
    Unknown,
    /// The device was never there.
    New,
    /// It was.
    At(Position),
}

/// The poll that is held, and when one last took over from another.
#[derive(Debug, Default)]
struct Held {
    poll: Option<Arc<HeldPoll>>,
    taken_over: Option<Instant>,
}

/// The right to look at the place and to move it.
#[derive(Debug)]
pub struct Turn(OwnedMutexGuard<Place>);

/// A poll that may be held.
#[derive(Debug)]
pub struct HeldPoll {
    id: u64,
    wake: Arc<Notify>,
    superseded: AtomicBool,
    damped: AtomicBool,
}

impl Reader {
    /// Waits for the turn.
    pub async fn turn(&self) -> Turn {
        Turn(Arc::clone(&self.turn).lock_owned().await)
    }

    /// A poll begins to be held. The one held before ends: the newest wins.
    pub fn hold(&self, poll: &Arc<HeldPoll>) {
        let mut held = self.lock_held();
        if held.poll.as_ref().is_some_and(|before| before.id == poll.id) {
            return;
        }
        tracing::trace!(poll = poll.id, "poll held");
        let Some(before) = held.poll.replace(Arc::clone(poll)) else { return };
        let now = Instant::now();
        let again = held.taken_over.replace(now).is_some_and(|last| now - last < TWO_POLLERS);
        before.damped.store(again, Ordering::Relaxed);
        before.superseded.store(true, Ordering::Release);
        before.wake.notify_one();
        if again {
            metrics::counter!("frontdesk_two_pollers_total").increment(1);
        }
    }

    /// A poll is no longer held.
    pub fn release(&self, poll: &HeldPoll) {
        let mut held = self.lock_held();
        if held.poll.as_ref().is_some_and(|holder| holder.id == poll.id) {
            held.poll = None;
        }
    }

    /// Whether the device was not told yet that somebody typed. It counts as told from now on.
    pub fn is_news(&self, typed: Typed) -> bool {
        self.typing_told.swap(typed.times, Ordering::Relaxed) != typed.times
    }

    /// Whether a poll is held.
    pub fn is_held(&self) -> bool {
        self.lock_held().poll.is_some()
    }

    fn lock_held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HeldPoll {
    /// A poll that is woken by this when it is to look again.
    pub fn new(wake: Arc<Notify>) -> Arc<Self> {
        let id = NEXT_POLL.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self { id, wake, superseded: AtomicBool::new(false), damped: AtomicBool::new(false) })
    }

    /// Whether a newer poll of the device took over.
    pub fn is_superseded(&self) -> bool {
        self.superseded.load(Ordering::Acquire)
    }

    /// Two pollers that keep taking each other over are slowed down: the older one waits before it is answered.
    pub async fn dampen(&self, shutdown: &CancellationToken) {
        if self.damped.load(Ordering::Relaxed) {
            tokio::select! {
                () = tokio::time::sleep(TWO_POLLERS) => {}
                () = shutdown.cancelled() => {}
            }
        }
    }
}

impl Turn {
    /// How far the device is; unknown until [`Self::learn`] was called.
    pub fn place(&self) -> Place {
        *self.0
    }

    /// What the store says. What is known here and not written yet is kept.
    pub fn learn(&mut self, stored: Option<Position>) {
        match (*self.0, stored) {
            (Place::At(_), None) => {}
            (Place::At(_), Some(stored)) => {
                self.step(stored.acknowledged, stored.sent_through);
            }
            (Place::Unknown | Place::New, stored) => *self.0 = stored.map_or(Place::New, Place::At),
        }
    }

    /// Everything up to here was received. `None` if that was known.
    pub fn acknowledge(&mut self, through: EntryNumber) -> Option<Position> {
        self.step(through, through)
    }

    /// Everything up to here was sent. `None` if that was known.
    pub fn sent(&mut self, through: EntryNumber) -> Option<Position> {
        self.step(EntryNumber::START, through)
    }

    fn step(&mut self, acknowledged: EntryNumber, sent_through: EntryNumber) -> Option<Position> {
        let before = match *self.0 {
            Place::Unknown | Place::New => Position::default(),
            Place::At(position) => position,
        };
        let after = Position {
            acknowledged: before.acknowledged.max(acknowledged),
            sent_through: before.sent_through.max(sent_through),
        };
        *self.0 = Place::At(after);
        (after != before).then_some(after)
    }
}
