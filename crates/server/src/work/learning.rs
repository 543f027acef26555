//! What is learned from conversations for the editors of knowledge.

use frontdesk_core::entry::Audience;
use frontdesk_core::knowledge::{Lessons, lessons};
use frontdesk_core::log::EntryNumber;
use frontdesk_core::port::{Customer, Learned, PendingIntent, ReadQuery, StoreError};

use crate::parts::Parts;

/// How many entries of a conversation are read: more than one has.
const MOST_ENTRIES: usize = 2_000;
/// How many entries a robot's turn has at most.
const MOST_OF_A_TURN: usize = 64;
const MOST_BYTES: usize = 8 << 20;

/// Learns from a conversation, or from the entries of one commit.
pub(super) async fn learn(
    parts: &Parts,
    customer: &Customer,
    pending: &PendingIntent,
    (conversation, whole): (u64, bool),
) -> Result<(), StoreError> {
    let log = pending.log;
    let (first, limit) = if whole {
        let Some(row) = parts.store.conversation(log, conversation).await? else { return Ok(()) };
        (row.first, MOST_ENTRIES)
    } else {
        (pending.number, MOST_OF_A_TURN)
    };
    let query = ReadQuery {
        after: EntryNumber(first.0.saturating_sub(1)),
        through: EntryNumber::END,
        audience: Audience::from_bits(u8::MAX),
        limit,
        max_bytes: MOST_BYTES,
    };
    let mut entries = parts.store.read(log, query).await?;
    entries.retain(|entry| entry.conversation == conversation);
    let lessons = lessons(&entries);
    if lessons == Lessons::default() {
        return Ok(());
    }
    let learned = Learned {
        tenant: customer.tenant.clone(),
        log,
        conversation,
        language: customer.locale.clone(),
        whole,
        lessons,
    };
    parts.store.learn(learned).await
}
