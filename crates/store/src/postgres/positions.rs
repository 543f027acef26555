//! How far customers' devices are, and when they were last there.
//!
//! A log remembers the named devices that moved last. `moved` increases within a log, so that their order is certain,
//! also if the clock is set back.

use std::collections::{BTreeMap, BTreeSet};

use frontdesk_core::id::DeviceId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Advance, Position};
use frontdesk_core::time::Timestamp;

use crate::postgres::connection::Connection;
use crate::postgres::fault::Worked;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{self, entry_number, limit, optional_timestamp, params, stored};

/// The steps of a transaction, column by column; of each device one.
#[derive(Default)]
struct Steps<'a> {
    logs: Vec<&'a [u8]>,
    devices: Vec<&'a str>,
    acknowledged: Vec<i64>,
    sent_through: Vec<i64>,
    /// Which of the steps was the device's last.
    nth: Vec<i64>,
}

impl<'a> Steps<'a> {
    /// Each number of a device moves by itself.
    fn of(steps: &'a [Advance]) -> Self {
        let mut merged: BTreeMap<(LogId, &str), (Position, i64)> = BTreeMap::new();
        let mut by_log: BTreeMap<(LogId, &str), &'a Advance> = BTreeMap::new();
        for (step, nth) in steps.iter().zip(0..) {
            let key = (step.log, step.device.as_str());
            let (position, last) = merged.entry(key).or_default();
            position.acknowledged = position.acknowledged.max(step.position.acknowledged);
            position.sent_through = position.sent_through.max(step.position.sent_through);
            *last = nth;
            by_log.insert(key, step);
        }
        let mut columns = Self::default();
        for ((key, (position, nth)), step) in merged.into_iter().zip(by_log.into_values()) {
            columns.logs.push(step.log.as_bytes());
            columns.devices.push(key.1);
            columns.acknowledged.push(stored(position.acknowledged.0));
            columns.sent_through.push(stored(position.sent_through.0));
            columns.nth.push(nth);
        }
        columns
    }
}

const MOVE: &str = "UPDATE reader_position AS known SET
         acknowledged = greatest(known.acknowledged, step.acknowledged),
         sent_through = greatest(known.sent_through, step.sent_through),
         moved = greatest($6, 1 + (SELECT max(moved) FROM reader_position AS other WHERE other.log = known.log))
             + step.nth
     FROM unnest($1::bytea[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
         AS step (log, device, acknowledged, sent_through, nth)
     WHERE known.log = step.log AND known.device = step.device
         AND (known.acknowledged < step.acknowledged OR known.sent_through < step.sent_through)";
const APPEAR: &str = "INSERT INTO reader_position (log, device, acknowledged, sent_through, moved)
     SELECT step.log, step.device, step.acknowledged, step.sent_through, greatest($6, 1 + (
             SELECT coalesce(max(moved), 0) FROM reader_position AS other WHERE other.log = step.log)) + step.nth
     FROM unnest($1::bytea[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
         AS step (log, device, acknowledged, sent_through, nth)
     WHERE EXISTS (SELECT 1 FROM log WHERE log.id = step.log)
         AND NOT EXISTS (SELECT 1 FROM reader_position AS other
                         WHERE other.log = step.log AND other.device = step.device)
     ORDER BY step.nth
     ON CONFLICT (log, device) DO NOTHING RETURNING log, device";

/// The same for logs that lie together, each of whose tables is told so.
const MOVE_THERE: &str = "UPDATE reader_position AS known SET
         acknowledged = greatest(known.acknowledged, step.acknowledged),
         sent_through = greatest(known.sent_through, step.sent_through),
         moved = greatest($6, 1 + (SELECT max(moved) FROM reader_position AS other
                                   WHERE other.log = known.log AND other.log = ANY ($1))) + step.nth
     FROM unnest($1::bytea[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
         AS step (log, device, acknowledged, sent_through, nth)
     WHERE known.log = step.log AND known.log = ANY ($1) AND known.device = step.device
         AND (known.acknowledged < step.acknowledged OR known.sent_through < step.sent_through)";
const APPEAR_THERE: &str = "INSERT INTO reader_position (log, device, acknowledged, sent_through, moved)
     SELECT log.id, step.device, step.acknowledged, step.sent_through, greatest($6, 1 + (
             SELECT coalesce(max(moved), 0) FROM reader_position AS other
             WHERE other.log = log.id AND other.log = ANY ($1))) + step.nth
     FROM unnest($1::bytea[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
         AS step (log, device, acknowledged, sent_through, nth)
     JOIN log ON log.id = step.log
     WHERE log.id = ANY ($1) AND NOT EXISTS (
         SELECT 1 FROM reader_position AS other
         WHERE other.log = log.id AND other.log = ANY ($1) AND other.device = step.device)
     ORDER BY step.nth
     ON CONFLICT (log, device) DO NOTHING RETURNING log, device";

/// Moves devices forward, and never back. Where logs lie on several nodes, these lie together.
pub(super) async fn advance(tx: &Tx, steps: &[Advance]) -> Worked<()> {
    let now = tx.now().await?.as_millis();
    let Steps { logs, devices, acknowledged, sent_through, nth } = Steps::of(steps);
    let values = params![logs, devices, acknowledged, sent_through, nth, now];
    tx.execute(tx.either(MOVE, MOVE_THERE), values).await?;
    let appeared = tx.query(tx.either(APPEAR, APPEAR_THERE), values).await?;
    let named = steps.iter().map(|step| &step.device).filter(|device| device.is_named_by_client());
    let named: BTreeSet<&str> = named.map(DeviceId::as_str).collect();
    let mut fuller = BTreeSet::new();
    for row in &appeared {
        let device: &str = row.try_get("device")?;
        if named.contains(device) {
            fuller.insert(value::log(row, "log")?);
        }
    }
    for log in fuller {
        forget_idle(tx, log).await?;
    }
    Ok(())
}

/// Forgets the named devices that moved before the last ones did.
async fn forget_idle(tx: &Tx, log: LogId) -> Worked<()> {
    tx.execute(
        "DELETE FROM reader_position WHERE log = $1 AND device IN (
             SELECT device FROM reader_position
             WHERE log = $1 AND device <> '' AND position(chr(10) IN device) = 0
             ORDER BY moved DESC OFFSET $2)",
        params![log.as_bytes(), limit(DeviceId::MOST_LIVE)],
    )
    .await?;
    Ok(())
}

pub(super) async fn position(
    connection: &Connection,
    log: LogId,
    device: &DeviceId,
) -> Worked<Option<Position>> {
    let row = connection
        .first(
            "SELECT acknowledged, sent_through FROM reader_position WHERE log = $1 AND device = $2",
            params![log.as_bytes(), device.as_str()],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Position {
        acknowledged: entry_number(&row, "acknowledged")?,
        sent_through: entry_number(&row, "sent_through")?,
    }))
}

pub(super) async fn mark_seen(connection: &Connection, seen: &[(LogId, Timestamp)]) -> Worked<()> {
    let (logs, at): (Vec<&[u8]>, Vec<i64>) =
        seen.iter().map(|(log, at)| (log.as_bytes().as_slice(), at.as_millis())).unzip();
    connection
        .execute(
            "INSERT INTO seen (log, at)
             SELECT log.id, max(new.at) FROM unnest($1::bytea[], $2::bigint[]) AS new (log, at)
             JOIN log ON log.id = new.log GROUP BY log.id ORDER BY log.id
             ON CONFLICT (log) DO UPDATE SET at = excluded.at WHERE excluded.at > seen.at",
            params![logs, at],
        )
        .await?;
    Ok(())
}

pub(super) async fn last_seen(connection: &Connection, log: LogId) -> Worked<Option<Timestamp>> {
    let row = connection.first("SELECT at FROM seen WHERE log = $1", params![log.as_bytes()]).await?;
    row.map_or(Ok(None), |row| optional_timestamp(&row, "at"))
}
