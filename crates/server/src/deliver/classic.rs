//! The classic poll: the documented one. The read position moves by itself, but only once the answer has gone out.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::entry::{Audience, Entry};
use frontdesk_core::id::DeviceId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Advance, StoreError};
use tokio::time::Instant;

use crate::deliver::unread::{floor_above, heads, position, read};
use crate::deliver::{HeldPoll, Reader, Turn};
use crate::hub::{Waiter, Watched};
use crate::listen::{Outcome, Settlement};
use crate::parts::Parts;

/// How long a poll that is not held waits to learn what became of the answer before.
const OUTCOME_KNOWN: Duration = Duration::from_secs(3);

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
    through: EntryNumber,
    log: LogId,
    turn: Turn,
}

/// Waits for messages; `None` if none came in time, a newer poll took over, or the node stops.
pub async fn poll_classic(parts: &Parts, poll: ClassicPoll) -> Result<Option<Batch>, StoreError> {
    let watched = parts.hub.watch(poll.log);
    watched.saw(parts.clock.now());
    let reader = watched.reader(&DeviceId::unnamed());
    // Register, then read, then wait.
    let mut waiter = Waiter::new();
    waiter.register(Arc::clone(&watched), poll.audience);
    let held = HeldPoll::new(waiter.handle());
    let outcome = wait_for_batch(parts, &poll, &watched, &reader, &waiter, &held).await;
    reader.release(&held);
    watched.saw(parts.clock.now());
    outcome
}

async fn wait_for_batch(
    parts: &Parts,
    poll: &ClassicPoll,
    watched: &Watched,
    reader: &Reader,
    waiter: &Waiter,
    held: &Arc<HeldPoll>,
) -> Result<Option<Batch>, StoreError> {
    let deadline = Instant::now() + poll.hold;
    loop {
        let patience = if poll.hold.is_zero() { Instant::now() + OUTCOME_KNOWN } else { deadline };
        let Ok(turn) = tokio::time::timeout_at(patience, reader.turn()).await else {
            // What became of the answer before is still unknown.
            return Ok(None);
        };
        if let Some(batch) = next_batch(parts, watched, poll, turn).await? {
            return Ok(Some(batch));
        }
        if poll.hold.is_zero() || Instant::now() >= deadline || parts.shutdown.is_cancelled() {
            return Ok(None);
        }
        reader.hold(held);
        tokio::select! {
            () = waiter.woken() => {}
            () = tokio::time::sleep_until(deadline) => {}
            () = parts.shutdown.cancelled() => {}
        }
        if held.is_superseded() {
            held.dampen(&parts.shutdown).await;
            return Ok(None);
        }
    }
}

impl Batch {
    /// Moves the position once the answer with these messages has gone out; leaves it where it is if the answer was
    /// lost, so that the same messages come again.
    pub fn settle(self, parts: &Parts, settlement: Settlement) {
        let (log, through, mut turn, worker) = (self.log, self.through, self.turn, parts.clone());
        parts.tasks.spawn(async move {
            if settlement.await == Outcome::Lost {
                metrics::counter!("frontdesk_poll_answers_lost_total").increment(1);
                return;
            }
            if let Some(position) = turn.acknowledge(through) {
                worker.positions.advance(Advance { log, device: DeviceId::unnamed(), position });
            }
        });
    }
}

async fn next_batch(
    parts: &Parts,
    watched: &Watched,
    poll: &ClassicPoll,
    mut turn: Turn,
) -> Result<Option<Batch>, StoreError> {
    let log = poll.log;
    let device = DeviceId::unnamed();
    let mut after = position(parts, log, &device, &mut turn).await?.unwrap_or_default().acknowledged;
    if let Some(floor) = floor_above(parts, watched, after, poll.audience).await? {
        after = floor.number;
    }
    while heads(parts, watched).await?.of(poll.audience) > after {
        let mut entries = read(parts, log, after, poll.audience, poll.limit).await?;
        let Some(last) = entries.last().map(|entry| entry.number) else { return Ok(None) };
        entries.retain(|entry| !entry.body.is_recalled());
        if !entries.is_empty() {
            return Ok(Some(Batch { entries, through: last, log, turn }));
        }
        // Everything was taken back before it was delivered.
        if let Some(position) = turn.acknowledge(last) {
            parts.positions.advance(Advance { log, device: device.clone(), position });
        }
        after = last;
    }
    Ok(None)
}
