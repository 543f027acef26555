//! What is kept in memory of each log: its key, owner, state, end and last entries.
//!
//! One bounded cache serves both sides. Only the writer changes what is in it, and only after the commit. A reader
//! that fills it takes a guard *before* it reads the row, and what it read is dropped if the writer has put anything
//! in its place since. So whatever is in the cache is the newest committed state, and a reader that lost that race
//! can at worst decide on an older one, collide, and find the newer one when it loads again.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::conversation::LogState;
use frontdesk_core::entry::{Audience, Heads};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Customer, LogView, Purpose};
use frontdesk_core::time::Timestamp;
use quick_cache::Weighter;
use quick_cache::sync::{Cache, GuardResult};
use rusqlite::{Connection, Row, params};

use crate::error::{Fault, Worked};
use crate::sqlite::entries::Said;
use crate::sqlite::recent::Recent;
use crate::sqlite::value::{entry_number, id, optional_timestamp, stored, timestamp};

/// A log at one moment.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    /// Stands for the log's id in every table.
    pub(super) key: i64,
    /// Whose it is; `None` for an agent's own log.
    pub(super) owner: Option<Arc<Customer>>,
    pub(super) state: Arc<LogState>,
    pub(super) tail: Tail,
    pub(super) recent: Recent,
    /// The standing readers whose mark is known to be set.
    pub(super) marks: Marks,
}

/// Standing readers, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks(u8);

impl Marks {
    fn bit(purpose: Purpose) -> u8 {
        Purpose::STANDING.iter().position(|known| *known == purpose).map_or(0, |place| 1 << place)
    }

    pub(super) fn has(self, purpose: Purpose) -> bool {
        self.0 & Self::bit(purpose) != 0
    }

    pub(super) fn are_all(self) -> bool {
        Purpose::STANDING.iter().all(|purpose| self.has(*purpose))
    }

    pub(super) fn add(&mut self, purpose: Purpose) {
        self.0 |= Self::bit(purpose);
    }

    pub(super) fn remove(&mut self, purpose: Purpose) {
        self.0 &= !Self::bit(purpose);
    }
}

/// The end of a log, which a commit must know to go on from there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tail {
    /// The last entry.
    pub(super) number: EntryNumber,
    /// When it was written.
    pub(super) at: Timestamp,
    pub(super) heads: Heads,
    /// When the customer last said something.
    pub(super) said: Option<Timestamp>,
    /// When an agent last said something to the customer.
    pub(super) answered: Option<Timestamp>,
    /// Up to where the summary in the log's row goes.
    pub(super) summed_up: EntryNumber,
}

/// How many entries may follow the summary in a log's row; a log that is not in memory costs a read of so many.
const MOST_UNSUMMED: u64 = 512;

impl Tail {
    /// Takes note of an entry.
    pub(super) fn note(&mut self, number: EntryNumber, at: Timestamp, audience: Audience, said: Said) {
        self.number = self.number.max(number);
        self.at = self.at.max(at);
        self.heads.note(number, audience);
        // That class is the customer's words and nothing else.
        if audience.meets(Audience::OWN) {
            self.said = self.said.max(Some(at));
        }
        if said == Said::ByAgent {
            self.answered = self.answered.max(Some(at));
        }
    }

    /// Whether the summary in the row should be renewed although the state has not changed.
    pub(super) const fn wants_summary(&self) -> bool {
        self.number.0 - self.summed_up.0 >= MOST_UNSUMMED
    }

    /// The heads as stored.
    pub(super) fn stored_heads(&self) -> [u8; 48] {
        let mut bytes = [0; 48];
        for (slot, class) in bytes.chunks_exact_mut(8).zip(Audience::CLASSES) {
            slot.copy_from_slice(&self.heads.of(class).0.to_be_bytes());
        }
        bytes
    }
}

fn read_heads(bytes: &[u8; 48]) -> Heads {
    let mut heads = Heads::default();
    for (slot, class) in bytes.chunks_exact(8).zip(Audience::CLASSES) {
        let number = slot.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        heads.note(EntryNumber(number), class);
    }
    heads
}

impl Snapshot {
    /// As the rules see it; `None` for an agent's own log.
    pub(super) fn view(&self) -> Option<LogView> {
        let customer = self.owner.as_deref()?.clone();
        Some(LogView { customer, state: LogState::clone(&self.state) })
    }
}

/// Reads a log from its row and the entries that follow the summary there.
pub(super) fn read(connection: &Connection, log: LogId) -> Worked<Option<Snapshot>> {
    let mut statement = connection.prepare_cached(
        "SELECT log_key, tenant, channel, user, name, locale, state, summary_through, summary_heads, summary_said,
             summary_answered
         FROM log WHERE id = ?1",
    )?;
    let mut rows = statement.query(params![log.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let mut snapshot = from_row(row)?;
    let mut statement = connection.prepare_cached(
        "SELECT number, at, audience, said FROM entry WHERE log_key = ?1 AND number >= ?2 ORDER BY number",
    )?;
    let mut rows = statement.query(params![snapshot.key, stored(snapshot.tail.summed_up.0)])?;
    while let Some(row) = rows.next()? {
        let audience = Audience::from_bits(row.get("audience")?);
        let said = Said::from_stored(row.get("said")?);
        snapshot.tail.note(entry_number(row, "number")?, timestamp(row, "at")?, audience, said);
    }
    Ok(Some(snapshot))
}

fn from_row(row: &Row<'_>) -> Worked<Snapshot> {
    let owner = match row.get_ref("tenant")? {
        rusqlite::types::ValueRef::Null => None,
        _ => Some(Arc::new(owner(row)?)),
    };
    let state = match row.get_ref("state")?.as_str_or_null().map_err(Fault::damaged)? {
        Some(state) => serde_json::from_str(state)?,
        None => LogState::default(),
    };
    let summed_up = entry_number(row, "summary_through")?;
    let heads: Option<[u8; 48]> = row.get("summary_heads")?;
    let tail = Tail {
        number: summed_up,
        at: Timestamp::ZERO,
        heads: heads.as_ref().map(read_heads).unwrap_or_default(),
        said: optional_timestamp(row, "summary_said")?,
        answered: optional_timestamp(row, "summary_answered")?,
        summed_up,
    };
    let key = row.get("log_key")?;
    Ok(Snapshot {
        key,
        owner,
        state: Arc::new(state),
        tail,
        recent: Recent::default(),
        marks: Marks::default(),
    })
}

/// The owner of a log from the columns of its row.
pub(super) fn owner(row: &Row<'_>) -> Worked<Customer> {
    Ok(Customer {
        tenant: id(row, "tenant")?,
        channel: id(row, "channel")?,
        user: id(row, "user")?,
        name: row.get("name")?,
        locale: row.get("locale")?,
    })
}

/// The newest committed state of the logs that were used last.
pub(super) struct LogCache(Cache<LogId, Arc<Snapshot>, BySize>);

/// A log with long recent entries takes the place of several without.
#[derive(Clone)]
struct BySize;

impl Weighter<LogId, Arc<Snapshot>> for BySize {
    fn weight(&self, _: &LogId, snapshot: &Arc<Snapshot>) -> u64 {
        1 + snapshot.recent.bytes() as u64 / 512
    }
}

/// How long a reader waits for another that reads the same log, before it reads it itself.
const PATIENCE: Duration = Duration::from_millis(100);

/// What the writer publishes must always find room: were it turned away for its weight, a reader's older snapshot could
/// take its place. The cache gives each of its shards room for 32 or more of the lightest, and the heaviest is 17.
const FEWEST: usize = 64;

impl LogCache {
    pub(super) fn new(logs: usize) -> Self {
        let logs = logs.max(FEWEST);
        Self(Cache::with_weighter(logs, logs as u64, BySize))
    }

    pub(super) fn get(&self, log: LogId) -> Option<Arc<Snapshot>> {
        self.0.get(&log)
    }

    /// What is in memory, or else in the database. For readers.
    pub(super) fn get_or_read(&self, connection: &Connection, log: LogId) -> Worked<Option<Arc<Snapshot>>> {
        match self.0.get_value_or_guard(&log, Some(PATIENCE)) {
            GuardResult::Value(snapshot) => Ok(Some(snapshot)),
            GuardResult::Guard(guard) => {
                let snapshot = read(connection, log)?.map(Arc::new);
                if let Some(snapshot) = &snapshot {
                    // Refused if the writer has been faster: then what was read here may be older.
                    let _ = guard.insert(Arc::clone(snapshot));
                }
                Ok(snapshot)
            }
            GuardResult::Timeout => Ok(read(connection, log)?.map(Arc::new)),
        }
    }

    /// What was committed. For the writer.
    pub(super) fn publish(&self, log: LogId, snapshot: Arc<Snapshot>) {
        self.0.insert(log, snapshot);
    }

    /// What must be read again. For the writer.
    pub(super) fn forget(&self, log: LogId) {
        self.0.remove(&log);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read_back_as_they_were_stored() {
        let mut tail = Tail::default();
        tail.note(
            EntryNumber(3),
            Timestamp::from_millis(9),
            Audience::OWN.and(Audience::AGENT),
            Said::Otherwise,
        );
        tail.note(EntryNumber(70_000), Timestamp::from_millis(10), Audience::DOWNLINK, Said::ByAgent);
        assert_eq!(read_heads(&tail.stored_heads()), tail.heads);
        assert_eq!(tail.said, Some(Timestamp::from_millis(9)));
        assert_eq!(tail.answered, Some(Timestamp::from_millis(10)));
    }
}
