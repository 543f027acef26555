//! What a reader has not received yet.

use std::time::Duration;

use frontdesk_core::entry::{Audience, Entry, Heads};
use frontdesk_core::id::DeviceId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Position, ReadQuery, StoreError};
use frontdesk_core::time::Timestamp;

use crate::deliver::{Place, Turn};
use crate::hub::Watched;
use crate::parts::Parts;

/// Most bytes of stored entries in one answer: it stays below 1 MiB with what each of 100 messages has besides.
const MAX_BYTES: usize = (1 << 20) - (128 << 10);
/// How long entries are delivered. They stay in history for longer.
pub const DELIVERED_FOR: Duration = Duration::from_hours(168);
/// How many of a log's newest entries are delivered.
const DELIVERED_ENTRIES: u64 = 10_000;

/// Why entries are no longer delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passed {
    /// They are too old.
    Expired,
    /// Too many came after them.
    Overflow,
}

/// The last entry that is no longer delivered, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Floor {
    /// Entries up to here are no longer delivered.
    pub number: EntryNumber,
    /// Why.
    pub why: Passed,
}

/// How far a device is, from memory if nobody else can have taken it further; `None` if the device was never seen.
pub(super) async fn position(
    parts: &Parts,
    log: LogId,
    device: &DeviceId,
    turn: &mut Turn,
) -> Result<Option<Position>, StoreError> {
    if parts.nodes.has_others() {
        return stored(parts, log, device, turn).await;
    }
    remembered(parts, log, device, turn).await
}

/// How far a device is at least, from memory if it is there.
pub(super) async fn remembered(
    parts: &Parts,
    log: LogId,
    device: &DeviceId,
    turn: &mut Turn,
) -> Result<Option<Position>, StoreError> {
    match turn.place() {
        Place::Unknown => stored(parts, log, device, turn).await,
        Place::New => Ok(None),
        Place::At(position) => Ok(Some(position)),
    }
}

/// How far a device is, whichever node took it there.
pub(super) async fn stored(
    parts: &Parts,
    log: LogId,
    device: &DeviceId,
    turn: &mut Turn,
) -> Result<Option<Position>, StoreError> {
    let stored = parts.store.position(log, device).await?;
    turn.learn(stored);
    Ok(match turn.place() {
        Place::At(position) => Some(position),
        Place::Unknown | Place::New => None,
    })
}

/// The last entries of a log, from memory if they are there.
pub(super) async fn heads(parts: &Parts, watched: &Watched) -> Result<Heads, StoreError> {
    if let Some(heads) = watched.heads() {
        return Ok(heads);
    }
    let stored = parts.store.heads(watched.log).await?;
    Ok(watched.learn_heads(stored))
}

/// Entries after a number.
pub(super) async fn read(
    parts: &Parts,
    log: LogId,
    after: EntryNumber,
    audience: Audience,
    limit: usize,
) -> Result<Vec<Entry>, StoreError> {
    let query = ReadQuery { after, through: EntryNumber::END, audience, limit, max_bytes: MAX_BYTES };
    parts.store.read(log, query).await
}

/// The floor, if it is above a place and something between them was for the reader: that is no longer delivered.
pub(super) async fn floor_above(
    parts: &Parts,
    watched: &Watched,
    place: EntryNumber,
    audience: Audience,
) -> Result<Option<Floor>, StoreError> {
    let (log, heads) = (watched.log, heads(parts, watched).await?);
    if place >= heads.of(audience) {
        return Ok(None);
    }
    let by_count = EntryNumber(heads.of(Audience::ALL).0.saturating_sub(DELIVERED_ENTRIES));
    let period = i64::try_from(DELIVERED_FOR.as_millis()).unwrap_or(i64::MAX);
    let oldest = Timestamp::from_millis(parts.clock.now().as_millis() - period);
    let by_age = parts.store.last_before(log, place.max(by_count), oldest).await?.unwrap_or_default();
    let floor = if by_age > by_count {
        Floor { number: by_age, why: Passed::Expired }
    } else {
        Floor { number: by_count, why: Passed::Overflow }
    };
    if floor.number <= place {
        return Ok(None);
    }
    // What was passed may have been for other readers alone, such as what the customer said.
    let passed = ReadQuery { after: place, through: floor.number, audience, limit: 1, max_bytes: MAX_BYTES };
    let was_passed = !parts.store.read(log, passed).await?.is_empty()
        // Of what was removed nobody can say any more whom it was for.
        || parts.store.last_before(log, place, Timestamp::ZERO).await?.is_some();
    Ok(was_passed.then_some(floor))
}
