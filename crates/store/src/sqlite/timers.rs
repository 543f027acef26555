//! When logs must be looked at next.

use frontdesk_core::log::LogId;
use frontdesk_core::port::Rearm;
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, params};

use crate::error::Worked;
use crate::sqlite::value::{self, limit};
use crate::sqlite::writer::Tx;

/// How many times as many due timers are looked at as are taken.
const CANDIDATES: usize = 8;

pub(super) fn set(tx: &Tx<'_>, log_key: i64, due: Timestamp) -> Worked<()> {
    tx.execute(
        "INSERT INTO timer (log_key, due) VALUES (?1, ?2) ON CONFLICT (log_key) DO UPDATE SET due = excluded.due",
        params![log_key, due.as_millis()],
    )?;
    Ok(())
}

pub(super) fn clear(tx: &Tx<'_>, log_key: i64) -> Worked<()> {
    tx.execute("DELETE FROM timer WHERE log_key = ?1", params![log_key])?;
    Ok(())
}

/// Sets timers anew that are still what they were when they were looked at. A log without an open conversation gets
/// none: it was closed in the meantime.
pub(super) fn rearm(tx: &mut Tx<'_>, timers: &[Rearm]) -> Worked<()> {
    tx.begin()?;
    for timer in timers {
        let Some(snapshot) = tx.log(timer.log)? else { continue };
        let was = timer.was.as_millis();
        match timer.next.filter(|_| snapshot.state.open().is_some()) {
            Some(next) => tx.execute(
                "UPDATE timer SET due = ?3 WHERE log_key = ?1 AND due = ?2",
                params![snapshot.key, was, next.as_millis()],
            )?,
            None => {
                tx.execute("DELETE FROM timer WHERE log_key = ?1 AND due = ?2", params![snapshot.key, was])?
            }
        };
    }
    Ok(())
}

pub(super) fn due(connection: &Connection, now: Timestamp, most: usize) -> Worked<Vec<(LogId, Timestamp)>> {
    // The oldest, tenant by tenant in turns.
    let mut statement = connection.prepare_cached(
        "SELECT id, due FROM (
             SELECT log.id, oldest.due,
                 row_number() OVER (PARTITION BY log.tenant ORDER BY oldest.due) AS turn
             FROM (SELECT * FROM timer WHERE due <= ?1 ORDER BY due LIMIT ?3) AS oldest
             JOIN log ON log.log_key = oldest.log_key
         ) ORDER BY turn, due LIMIT ?2",
    )?;
    let looked_at = most.saturating_mul(CANDIDATES);
    let mut rows = statement.query(params![now.as_millis(), limit(most), limit(looked_at)])?;
    let mut logs = Vec::new();
    while let Some(row) = rows.next()? {
        logs.push((value::log(row, "id")?, value::timestamp(row, "due")?));
    }
    Ok(logs)
}

pub(super) fn next_due(connection: &Connection) -> Worked<Option<Timestamp>> {
    let mut statement = connection.prepare_cached("SELECT min(due) FROM timer")?;
    let due: Option<i64> = statement.query_row([], |row| row.get(0))?;
    Ok(due.map(Timestamp::from_millis))
}
