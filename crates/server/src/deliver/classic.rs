//! The classic poll: the documented one. The read position moves by itself, but only once the answer has gone out.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::entry::{Audience, Entry};
use frontdesk_core::id::DeviceId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Advance, StoreError};
use tokio::time::Instant;

use crate::deliver::claim::Claim;
use crate::deliver::unread::{floor_above, heads, read, remembered, stored};
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
    claim: Claim,
}

/// A poll that is held, with what it waits for.
struct Holding<'a> {
    parts: &'a Parts,
    poll: &'a ClassicPoll,
    watched: Arc<Watched>,
    reader: Arc<Reader>,
    waiter: Waiter,
    held: Arc<HeldPoll>,
}

/// Waits for messages; `None` if none came in time, a newer poll took over, or the node stops.
pub async fn poll_classic(parts: &Parts, poll: &ClassicPoll) -> Result<Option<Batch>, StoreError> {
    let watched = parts.hub.watch(poll.log);
    watched.saw(parts.clock.now());
    let reader = watched.reader(&DeviceId::unnamed());
    if poll.hold.is_zero() {
        return look_once(parts, poll, &watched, &reader).await;
    }
    // Register, then read, then wait.
    let mut waiter = Waiter::new();
    waiter.register(Arc::clone(&watched), poll.audience);
    let held = HeldPoll::new(waiter.handle());
    let holding = Holding { parts, poll, watched, reader, waiter, held };
    let outcome = holding.wait_for_batch().await;
    holding.reader.release(&holding.held);
    holding.watched.saw(parts.clock.now());
    outcome
}

/// What there is, for a poll that is not held: it waits for nothing, so it is woken by nothing.
async fn look_once(
    parts: &Parts,
    poll: &ClassicPoll,
    watched: &Watched,
    reader: &Reader,
) -> Result<Option<Batch>, StoreError> {
    let Ok(turn) = tokio::time::timeout(OUTCOME_KNOWN, reader.turn()).await else {
        // What became of the answer before is still unknown.
        return Ok(None);
    };
    next_batch(parts, watched, poll, turn).await
}

impl Holding<'_> {
    async fn wait_for_batch(&self) -> Result<Option<Batch>, StoreError> {
        let deadline = Instant::now() + self.poll.hold;
        loop {
            let Ok(turn) = tokio::time::timeout_at(deadline, self.reader.turn()).await else {
                // What became of the answer before is still unknown.
                return Ok(None);
            };
            if let Some(batch) = next_batch(self.parts, &self.watched, self.poll, turn).await? {
                return Ok(Some(batch));
            }
            if Instant::now() >= deadline || self.parts.shutdown.is_cancelled() {
                return Ok(None);
            }
            self.reader.hold(&self.held);
            tokio::select! {
                () = self.waiter.woken() => {}
                () = tokio::time::sleep_until(deadline) => {}
                () = self.parts.shutdown.cancelled() => {}
            }
            if self.held.is_superseded() {
                self.held.dampen(&self.parts.shutdown).await;
                return Ok(None);
            }
        }
    }
}

impl Batch {
    /// Moves the position once the answer with these messages has gone out; leaves it where it is if the answer was
    /// lost, so that the same messages come again.
    pub fn settle(self, parts: &Parts, settlement: Settlement) {
        let Self { log, through, mut turn, claim, .. } = self;
        let worker = parts.clone();
        parts.tasks.spawn(async move {
            let outcome = claim.during(&worker, settlement).await;
            if outcome == Outcome::Lost {
                metrics::counter!("frontdesk_poll_answers_lost_total").increment(1);
                worker.positions.release(claim);
                return;
            }
            match turn.acknowledge(through) {
                Some(position) => {
                    let step = Advance { log, device: DeviceId::unnamed(), position };
                    worker.positions.advance_and_release(step, claim);
                }
                None => worker.positions.release(claim),
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
    if parts.blocks.keep_out(log, parts.clock.now()) {
        return Ok(None);
    }
    let device = DeviceId::unnamed();
    let known = remembered(parts, log, &device, &mut turn).await?.unwrap_or_default().acknowledged;
    if heads(parts, watched).await?.of(poll.audience) <= known {
        return Ok(None);
    }
    // In a box: most polls find nothing, and those that are held need not have room for it.
    Box::pin(claimed_batch(parts, watched, poll, turn)).await
}

async fn claimed_batch(
    parts: &Parts,
    watched: &Watched,
    poll: &ClassicPoll,
    mut turn: Turn,
) -> Result<Option<Batch>, StoreError> {
    let log = poll.log;
    // What became of another node's answer is still unknown without it.
    let Some(claim) = Claim::take(parts, log).await? else { return Ok(None) };
    match undelivered(parts, watched, poll, &claim, &mut turn).await {
        Ok(Some((entries, through))) => Ok(Some(Batch { entries, through, log, turn, claim })),
        nothing => {
            parts.positions.release(claim);
            nothing.map(|_| None)
        }
    }
}

/// Messages that were not delivered, and up to where.
async fn undelivered(
    parts: &Parts,
    watched: &Watched,
    poll: &ClassicPoll,
    claim: &Claim,
    turn: &mut Turn,
) -> Result<Option<(Vec<Entry>, EntryNumber)>, StoreError> {
    let (log, device) = (poll.log, DeviceId::unnamed());
    let known = if claim.has_others() {
        stored(parts, log, &device, turn).await?
    } else {
        remembered(parts, log, &device, turn).await?
    };
    let mut after = known.unwrap_or_default().acknowledged;
    if let Some(floor) = floor_above(parts, watched, after, poll.audience).await? {
        after = floor.number;
    }
    while heads(parts, watched).await?.of(poll.audience) > after {
        let mut entries = read(parts, log, after, poll.audience, poll.limit).await?;
        let Some(last) = entries.last().map(|entry| entry.number) else { return Ok(None) };
        entries.retain(|entry| !entry.body.is_recalled());
        if !entries.is_empty() {
            return Ok(Some((entries, last)));
        }
        // Everything was taken back before it was delivered.
        if let Some(position) = turn.acknowledge(last) {
            parts.positions.advance(Advance { log, device: device.clone(), position });
        }
        after = last;
    }
    Ok(None)
}
