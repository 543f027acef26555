//! How far customers' devices are, and when they were last there.
//!
//! A log remembers the named devices that moved last. `moved` strictly increases within a log, so that their order is
//! certain, also if the clock is set back.

use frontdesk_core::id::DeviceId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Advance, Position};
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::error::Worked;
use crate::sqlite::value::{entry_number, limit, stored};
use crate::sqlite::writer::Tx;

/// Moves devices forward. Each number moves by itself, and never back.
pub(super) fn advance(tx: &mut Tx<'_>, steps: &[Advance]) -> Worked<()> {
    tx.begin()?;
    for step in steps {
        let Some(key) = tx.key(step.log)? else { continue };
        let is_new = !advance_known(tx, key, step)? && remember(tx, key, step)?;
        if is_new && step.device.is_named_by_client() {
            forget_idle(tx, key, &step.device)?;
        }
    }
    Ok(())
}

/// `false` if the device is unknown, or there already.
fn advance_known(tx: &Tx<'_>, key: i64, step: &Advance) -> Worked<bool> {
    let moved = tx.execute(
        "UPDATE position SET
             acknowledged = max(acknowledged, ?3),
             sent_through = max(sent_through, ?4),
             moved = max(?5, 1 + (SELECT max(moved) FROM position WHERE log_key = ?1))
         WHERE log_key = ?1 AND device = ?2 AND (acknowledged < ?3 OR sent_through < ?4)",
        values(tx, key, step),
    )?;
    Ok(moved > 0)
}

/// `false` if the device was known.
fn remember(tx: &Tx<'_>, key: i64, step: &Advance) -> Worked<bool> {
    let inserted = tx.execute(
        "INSERT INTO position (log_key, device, acknowledged, sent_through, moved) VALUES (
             ?1, ?2, ?3, ?4, max(?5, 1 + (SELECT coalesce(max(moved), 0) FROM position WHERE log_key = ?1)))
         ON CONFLICT (log_key, device) DO NOTHING",
        values(tx, key, step),
    )?;
    Ok(inserted > 0)
}

fn values<'a>(tx: &Tx<'_>, key: i64, step: &'a Advance) -> (i64, &'a str, i64, i64, i64) {
    let Position { acknowledged, sent_through } = step.position;
    (key, step.device.as_str(), stored(acknowledged.0), stored(sent_through.0), tx.now().as_millis())
}

/// Forgets the named devices that moved before the last ones did, to make room for one that appeared.
fn forget_idle(tx: &Tx<'_>, key: i64, appeared: &DeviceId) -> Worked<()> {
    tx.execute(
        "DELETE FROM position WHERE log_key = ?1 AND device IN (
             SELECT device FROM position
             WHERE log_key = ?1 AND device NOT IN ('', ?2) AND instr(device, char(10)) = 0
             ORDER BY moved DESC LIMIT -1 OFFSET ?3)",
        params![key, appeared.as_str(), limit(DeviceId::MOST_LIVE - 1)],
    )?;
    Ok(())
}

pub(super) fn position(connection: &Connection, log: LogId, device: &DeviceId) -> Worked<Option<Position>> {
    let mut statement = connection.prepare_cached(
        "SELECT acknowledged, sent_through FROM position
         WHERE log_key = (SELECT log_key FROM log WHERE id = ?1) AND device = ?2",
    )?;
    let mut rows = statement.query(params![log.as_bytes(), device.as_str()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(Position {
        acknowledged: entry_number(row, "acknowledged")?,
        sent_through: entry_number(row, "sent_through")?,
    }))
}

pub(super) fn mark_seen(tx: &mut Tx<'_>, seen: &[(LogId, Timestamp)]) -> Worked<()> {
    tx.begin()?;
    for (log, at) in seen {
        let Some(key) = tx.key(*log)? else { continue };
        tx.execute(
            "INSERT INTO seen (log_key, at) VALUES (?1, ?2)
             ON CONFLICT (log_key) DO UPDATE SET at = excluded.at WHERE excluded.at > at",
            params![key, at.as_millis()],
        )?;
    }
    Ok(())
}

pub(super) fn last_seen(connection: &Connection, log: LogId) -> Worked<Option<Timestamp>> {
    let mut statement = connection
        .prepare_cached("SELECT at FROM seen WHERE log_key = (SELECT log_key FROM log WHERE id = ?1)")?;
    let at: Option<i64> = statement.query_row(params![log.as_bytes()], |row| row.get(0)).optional()?;
    Ok(at.map(Timestamp::from_millis))
}
