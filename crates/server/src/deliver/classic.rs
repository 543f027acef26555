//! The classic poll: the documented one. The read position moves by itself, but only once the answer has gone out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use frontdesk_core::entry::{Audience, Entry};
use frontdesk_core::id::DeviceId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Advance, Position, ReadQuery, StoreError};
use tokio::time::Instant;

use crate::deliver::{Reader, Turn};
use crate::hub::{Waiter, Watched};
use crate::listen::{Outcome, Settlement};
use crate::parts::Parts;

/// Most bytes of stored entries in one answer.
const MAX_BYTES: usize = 1 << 20;

static NEXT_POLL: AtomicU64 = AtomicU64::new(1);

/// What a classic poll asks for.
#[derive(Clone, Copy, Debug)]
pub struct ClassicPoll {
    /// The customer's log.
    pub log: LogId,
    /// What the client receives.
    pub audience: Audience,
    /// Most messages.
    pub limit: usize,
    /// How long to wait for the first.
    pub hold: Duration,
}

/// Messages for a classic poll, and the right to move the position behind them.
#[derive(Debug)]
pub struct Batch {
    /// The messages, in order; at least one.
    pub entries: Vec<Entry>,
    log: LogId,
    turn: Turn,
}

/// Waits for messages; `None` if none came in time, a newer poll took over, or the node stops.
pub async fn poll_classic(parts: &Parts, poll: ClassicPoll) -> Result<Option<Batch>, StoreError> {
    let watched = parts.hub.watch(poll.log);
    watched.saw(parts.clock.now());
    let reader = watched.reader(&classic_device());
    // Register, then read, then wait.
    let mut waiter = Waiter::new();
    waiter.register(Arc::clone(&watched), poll.audience);
    let held = HeldPoll::new(&watched, reader);
    let deadline = Instant::now() + poll.hold;
    loop {
        let turn = match tokio::time::timeout_at(deadline, held.reader.turn()).await {
            Ok(turn) => turn,
            // What became of the answer before is still unknown.
            Err(_elapsed) if !poll.hold.is_zero() => return Ok(None),
            Err(_elapsed) => held.reader.turn().await,
        };
        if let Some(batch) = next_batch(parts, &watched, &poll, turn).await? {
            return Ok(Some(batch));
        }
        if poll.hold.is_zero() || Instant::now() >= deadline || parts.shutdown.is_cancelled() {
            return Ok(None);
        }
        held.begin(&waiter);
        tokio::select! {
            () = waiter.woken() => {}
            () = tokio::time::sleep_until(deadline) => {}
            () = parts.shutdown.cancelled() => {}
        }
        if held.is_superseded() {
            return Ok(None);
        }
        watched.saw(parts.clock.now());
    }
}

impl Batch {
    /// Moves the position once the answer with these messages has gone out; leaves it where it is if the answer was
    /// lost, so that the same messages come again.
    pub fn settle(self, parts: &Parts, settlement: Settlement) {
        let Some(through) = self.entries.last().map(|entry| entry.number) else { return };
        let (log, turn, worker) = (self.log, self.turn, parts.clone());
        parts.tasks.spawn(async move {
            if settlement.await == Outcome::Lost {
                metrics::counter!("frontdesk_poll_answers_lost_total").increment(1);
                return;
            }
            turn.moved_to(through);
            let position = Position { acknowledged: through, sent_through: through };
            worker.positions.advance(Advance { log, device: classic_device(), position });
        });
    }
}

/// The one device of classic clients, which do not name theirs.
fn classic_device() -> DeviceId {
    DeviceId::unnamed()
}

async fn next_batch(
    parts: &Parts,
    watched: &Watched,
    poll: &ClassicPoll,
    mut turn: Turn,
) -> Result<Option<Batch>, StoreError> {
    let log = poll.log;
    let after = if let Some(through) = turn.through() {
        through
    } else {
        let stored = parts.store.position(log, &classic_device()).await?.unwrap_or_default().acknowledged;
        turn.learn(stored);
        stored
    };
    let head = if let Some(head) = watched.head(poll.audience) {
        head
    } else {
        watched.learn_heads(parts.store.heads(log).await?);
        watched.head(poll.audience).unwrap_or_default()
    };
    if head <= after {
        return Ok(None);
    }
    let query = ReadQuery {
        after,
        through: EntryNumber::END,
        audience: poll.audience,
        limit: poll.limit,
        max_bytes: MAX_BYTES,
    };
    let entries = parts.store.read(log, query).await?;
    Ok((!entries.is_empty()).then_some(Batch { entries, log, turn }))
}

/// A poll that may be held: the newest one of a device ends the one before.
struct HeldPoll<'a> {
    id: u64,
    watched: &'a Watched,
    reader: Arc<Reader>,
    held: std::cell::Cell<bool>,
}

impl<'a> HeldPoll<'a> {
    fn new(watched: &'a Watched, reader: Arc<Reader>) -> Self {
        let id = NEXT_POLL.fetch_add(1, Ordering::Relaxed);
        Self { id, watched, reader, held: std::cell::Cell::new(false) }
    }

    fn begin(&self, waiter: &Waiter) {
        if !self.held.replace(true) {
            tracing::trace!(log = %self.watched.log, "poll held");
            self.reader.hold(self.id, waiter.handle());
        }
    }

    fn is_superseded(&self) -> bool {
        self.reader.is_superseded(self.id)
    }
}

impl Drop for HeldPoll<'_> {
    fn drop(&mut self) {
        self.reader.release(self.id);
    }
}
