//! Where an agent's desk is, and the cursor that says so.

use std::collections::BTreeMap;

use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::seal::Sealer;

/// Most conversations that fit into a cursor of 2 KiB, with the places among tickets and queues behind it.
pub(super) const MAX_HELD: usize = 59;
const CURSOR_PURPOSE: &[u8] = b"agent feed";

/// Where a desk is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) own: EntryNumber,
    /// The conversations that the agent has or takes part in, by their logs.
    pub(super) held: BTreeMap<LogId, Held>,
}

/// A conversation that the agent has or takes part in, and how far it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) conversation: u64,
    pub(super) through: EntryNumber,
}

impl Place {
    /// The place as a cursor of the agent with this log.
    pub(super) fn seal(&self, sealer: &Sealer, own: LogId) -> String {
        let mut bytes = self.own.0.to_be_bytes().to_vec();
        for (log, held) in &self.held {
            bytes.extend_from_slice(log.as_bytes());
            // Conversations of one customer are counted from 1 and stay far below 2^32.
            bytes.extend_from_slice(&u32::try_from(held.conversation).unwrap_or(u32::MAX).to_be_bytes());
            // The upper bytes of an entry's number are always zero.
            bytes.extend_from_slice(&held.through.0.to_be_bytes()[3..]);
        }
        sealer.seal_bytes(&purpose(own), &bytes)
    }

    /// The place that a cursor names; `None` if it is not one of the agent with this log.
    pub(super) fn open(sealer: &Sealer, own: LogId, cursor: &str) -> Option<Self> {
        let bytes = sealer.open_bytes(&purpose(own), cursor)?;
        let (own, mut rest) = bytes.split_first_chunk::<8>()?;
        let mut held = BTreeMap::new();
        while !rest.is_empty() {
            let (log, after) = rest.split_first_chunk::<16>()?;
            let (conversation, after) = after.split_first_chunk::<4>()?;
            let (through, after) = after.split_first_chunk::<5>()?;
            let mut number = [0; 8];
            number[3..].copy_from_slice(through);
            let through = EntryNumber(u64::from_be_bytes(number));
            let conversation = u64::from(u32::from_be_bytes(*conversation));
            held.insert(LogId::from_bytes(*log), Held { conversation, through });
            rest = after;
        }
        Some(Self { own: EntryNumber(u64::from_be_bytes(*own)), held })
    }
}

/// A cursor is bound to its agent.
fn purpose(own: LogId) -> Vec<u8> {
    [CURSOR_PURPOSE, own.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use frontdesk_api::native::feed::MAX_CURSOR_BYTES;

    use super::*;

    #[test]
    fn as_many_conversations_as_are_followed_fit_into_a_cursor() {
        let sealer = Sealer::new([7; 32]);
        let own = LogId::from_bytes([200; 16]);
        let held = |n: u8| {
            let held = Held { conversation: u64::from(u32::MAX), through: EntryNumber((1 << 40) - 1) };
            (LogId::from_bytes([n; 16]), held)
        };
        let most = u8::try_from(MAX_HELD).unwrap();
        let place = Place { own: EntryNumber(u64::MAX), held: (0..most).map(held).collect() };
        let cursor = place.seal(&sealer, own);
        // Two moments until the year 2500, each with a dot.
        let behind = 2 * ".fffffffffff".len();
        assert!(cursor.len() + behind <= MAX_CURSOR_BYTES, "{}", cursor.len());
        assert_eq!(Place::open(&sealer, own, &cursor), Some(place));
        assert_eq!(Place::open(&sealer, LogId::from_bytes([201; 16]), &cursor), None);
    }
}
