//! What must follow commits elsewhere.

use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::PendingIntent;
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, params};

use crate::error::{Fault, Worked};
use crate::sqlite::value::{self, entry_number, limit, stored};
use crate::sqlite::writer::Tx;

/// How many times as many are looked at as are taken.
const CANDIDATES: usize = 32;

/// Stores an intent with the commit that it came with; gives its id.
pub(super) fn store(
    tx: &Tx<'_>,
    log_key: i64,
    number: EntryNumber,
    now: Timestamp,
    body: &str,
) -> Worked<u64> {
    tx.execute(
        "INSERT INTO intent (log_key, number, stored, body) VALUES (?1, ?2, ?3, ?4)",
        params![log_key, stored(number.0), now.as_millis(), body],
    )?;
    u64::try_from(tx.connection().last_insert_rowid()).map_err(Fault::damaged)
}

pub(super) fn pending(connection: &Connection, before: Timestamp, most: usize) -> Worked<Vec<PendingIntent>> {
    // The oldest, tenant by tenant in turns, so that nobody waits behind all of another's.
    let mut statement = connection.prepare_cached(
        "SELECT intent_id, log_id, number, body FROM (
             SELECT oldest.id AS intent_id, log.id AS log_id, oldest.number, oldest.body,
                 row_number() OVER (PARTITION BY log.tenant ORDER BY oldest.id) AS turn
             FROM (SELECT * FROM intent WHERE stored < ?1 ORDER BY id LIMIT ?3) AS oldest
             JOIN log ON log.log_key = oldest.log_key
         ) ORDER BY turn, intent_id LIMIT ?2",
    )?;
    let looked_at = most.saturating_mul(CANDIDATES);
    let mut rows = statement.query(params![before.as_millis(), limit(most), limit(looked_at)])?;
    let mut pending = Vec::new();
    while let Some(row) = rows.next()? {
        pending.push(PendingIntent {
            id: value::number(row, "intent_id")?,
            log: value::log(row, "log_id")?,
            number: entry_number(row, "number")?,
            intent: serde_json::from_str(row.get_ref("body")?.as_str().map_err(Fault::damaged)?)?,
        });
    }
    Ok(pending)
}

pub(super) fn finish(tx: &Tx<'_>, log: LogId, id: u64) -> Worked<()> {
    let Some(key) = tx.key(log)? else { return Ok(()) };
    tx.execute("DELETE FROM intent WHERE id = ?1 AND log_key = ?2", params![stored(id), key])?;
    Ok(())
}
