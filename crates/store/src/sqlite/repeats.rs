//! Requests that may come again, by the key that their sender gave them.
//!
//! Rows are kept by the day on which they were written, and looked for on that day and the one before.

use frontdesk_core::log::EntryNumber;
use frontdesk_core::port::{Idempotency, Repeated};
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, params};

use crate::error::{Fault, Worked};
use crate::sqlite::snapshot::Tail;
use crate::sqlite::value::{entry_number, stored};
use crate::sqlite::writer::Tx;

const DAY_MS: i64 = 24 * 3_600 * 1_000;

/// The day of a request on a log. It never goes back, whatever the clock does.
pub(super) fn day_of(now: Timestamp, tail: &Tail) -> i64 {
    now.max(tail.at).as_millis().div_euclid(DAY_MS)
}

/// Everything before that day may go: it is more than a day old, even if the clock is set back by one.
pub(super) const fn first_kept_day(now: Timestamp) -> i64 {
    now.as_millis().div_euclid(DAY_MS) - 2
}

pub(super) fn find(connection: &Connection, log_key: i64, day: i64, key: &str) -> Worked<Option<Repeated>> {
    let mut statement = connection.prepare_cached(
        "SELECT fingerprint, outcome, first FROM idempotency WHERE day IN (?1, ?1 - 1) AND log_key = ?2 AND key = ?3",
    )?;
    let mut rows = statement.query(params![day, log_key, key])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let outcome = row.get_ref("outcome")?.as_str().map_err(Fault::damaged)?;
    Ok(Some(Repeated {
        fingerprint: row.get("fingerprint")?,
        outcome: serde_json::from_str(outcome)?,
        first: entry_number(row, "first")?,
    }))
}

pub(super) fn remember(
    tx: &Tx<'_>,
    log_key: i64,
    day: i64,
    key: &Idempotency,
    (outcome, first): (&str, EntryNumber),
) -> Worked<()> {
    tx.execute(
        "INSERT INTO idempotency (day, log_key, key, fingerprint, outcome, first)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![day, log_key, key.key, key.fingerprint, outcome, stored(first.0)],
    )?;
    Ok(())
}
