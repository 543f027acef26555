//! The last entries of a log, in memory: what readers who wait at its end ask for.

use std::collections::VecDeque;
use std::sync::Arc;

use frontdesk_core::entry::{Audience, Entry};
use frontdesk_core::log::EntryNumber;
use frontdesk_core::port::ReadQuery;
use frontdesk_core::time::Timestamp;

/// How many entries are kept of each log.
const MOST_ENTRIES: usize = 8;
/// How many bytes of stored bodies are kept of each log.
const MOST_BYTES: usize = 8 * 1_024;

/// The last entries of a log, without a gap; none of a log that was not written to since it was loaded.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent {
    entries: VecDeque<Arc<Kept>>,
    bytes: usize,
}

#[derive(Debug)]
struct Kept {
    entry: Entry,
    audience: Audience,
    bytes: usize,
}

impl Recent {
    /// Bytes of the stored bodies that are kept.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds the log's new last entry, whose stored body has this many bytes.
    pub(super) fn push(&mut self, entry: Entry, audience: Audience, bytes: usize) {
        self.bytes += bytes;
        self.entries.push_back(Arc::new(Kept { entry, audience, bytes }));
        while self.entries.len() > MOST_ENTRIES || self.bytes > MOST_BYTES {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes -= oldest.bytes;
        }
    }

    /// The time of the entry that follows one in a log that ends with `head`; `None` if it is not kept, or not there.
    pub(super) fn next_at(&self, head: EntryNumber, after: EntryNumber) -> Option<Timestamp> {
        let skipped = after.0.checked_sub(self.before_first(head))?;
        Some(self.entries.get(usize::try_from(skipped).ok()?)?.entry.at)
    }

    /// The number before those that are kept.
    fn before_first(&self, head: EntryNumber) -> u64 {
        head.0 - self.entries.len() as u64
    }

    /// What a query asks for in a log that ends with `head`; `None` if it reaches back further than what is kept.
    pub(super) fn read(&self, head: EntryNumber, query: &ReadQuery) -> Option<Vec<Entry>> {
        if query.after.0 < self.before_first(head) {
            return None;
        }
        let asked_for = self.entries.iter().filter(|kept| {
            kept.entry.number > query.after
                && kept.entry.number <= query.through
                && kept.audience.meets(query.audience)
        });
        let mut bytes = 0;
        let mut entries = Vec::new();
        for kept in asked_for.take(query.limit) {
            bytes += kept.bytes;
            if bytes > query.max_bytes && !entries.is_empty() {
                break;
            }
            entries.push(kept.entry.clone());
        }
        Some(entries)
    }
}

#[cfg(test)]
mod tests {
    use frontdesk_core::entry::EntryBody;
    use frontdesk_core::log::Life;
    use frontdesk_core::message::{Author, Message};

    use super::*;

    fn push(recent: &mut Recent, number: u64, bytes: usize) {
        let body = EntryBody::Said(Message::text(Author::Customer, "hello"));
        let entry = Entry {
            number: EntryNumber(number),
            life: Life::FIRST,
            at: Timestamp::from_millis(i64::try_from(number).unwrap() * 10),
            conversation: 1,
            body,
        };
        recent.push(entry, Audience::OWN, bytes);
    }

    fn numbers(recent: &Recent, head: u64, after: u64) -> Option<Vec<u64>> {
        let query = ReadQuery {
            after: EntryNumber(after),
            through: EntryNumber::END,
            audience: Audience::OWN,
            limit: 100,
            max_bytes: usize::MAX,
        };
        let entries = recent.read(EntryNumber(head), &query)?;
        Some(entries.iter().map(|entry| entry.number.0).collect())
    }

    #[test]
    fn what_is_not_kept_is_not_made_up() {
        let mut recent = Recent::default();
        assert_eq!(numbers(&recent, 5, 5), Some(vec![]));
        assert_eq!(numbers(&recent, 5, 4), None);
        push(&mut recent, 6, 10);
        push(&mut recent, 7, 10);
        assert_eq!(numbers(&recent, 7, 5), Some(vec![6, 7]));
        assert_eq!(numbers(&recent, 7, 4), None);
        push(&mut recent, 8, MOST_BYTES + 1);
        assert_eq!((numbers(&recent, 8, 7), numbers(&recent, 8, 8)), (None, Some(vec![])));
        for number in 9..30 {
            push(&mut recent, number, 10);
        }
        assert_eq!(numbers(&recent, 29, 27), Some(vec![28, 29]));
        assert_eq!(numbers(&recent, 29, 20), None);
        assert_eq!(recent.bytes(), MOST_ENTRIES * 10);
        let next_at = |after| recent.next_at(EntryNumber(29), EntryNumber(after)).map(Timestamp::as_millis);
        assert_eq!([20, 21, 28, 29, 30].map(next_at), [None, Some(220), Some(290), None, None]);
    }
}
