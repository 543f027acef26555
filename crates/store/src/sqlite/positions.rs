//! How far customers' devices are, and when they were last there.

use frontdesk_core::id::DeviceId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Advance, Position};
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::error::Worked;
use crate::sqlite::value::{entry_number, stored};
use crate::sqlite::writer::Tx;

/// Moves devices forward. Each number moves by itself, and never back.
pub(super) fn advance(tx: &mut Tx<'_>, steps: &[Advance]) -> Worked<()> {
    tx.begin()?;
    for step in steps {
        let Some(key) = tx.key(step.log)? else { continue };
        tx.execute(
            "INSERT INTO position (log_key, device, acknowledged, sent_through) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (log_key, device) DO UPDATE SET
                 acknowledged = max(acknowledged, excluded.acknowledged),
                 sent_through = max(sent_through, excluded.sent_through)
             WHERE excluded.acknowledged > acknowledged OR excluded.sent_through > sent_through",
            params![
                key,
                step.device.as_str(),
                stored(step.position.acknowledged.0),
                stored(step.position.sent_through.0)
            ],
        )?;
    }
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
