//! When logs must be looked at next.

use frontdesk_core::id::TenantId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::Rearm;
use frontdesk_core::time::Timestamp;

use crate::postgres::connection::Connection;
use crate::postgres::fault::Worked;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{self, limit, optional_timestamp, params, timestamp};

/// How many times as many due timers are looked at as are taken.
const CANDIDATES: usize = 8;

pub(super) async fn set(tx: &Tx, log: LogId, tenant: &TenantId, due: Timestamp) -> Worked<()> {
    tx.execute(
        "INSERT INTO timer (log, tenant, due) VALUES ($1, $2, $3)
         ON CONFLICT (log) DO UPDATE SET due = excluded.due",
        params![log.as_bytes(), tenant.as_str(), due.as_millis()],
    )
    .await?;
    Ok(())
}

pub(super) async fn clear(tx: &Tx, log: LogId) -> Worked<()> {
    tx.execute("DELETE FROM timer WHERE log = $1", params![log.as_bytes()]).await?;
    Ok(())
}

/// Sets timers anew that are still what they were when they were looked at. A log without an open conversation has
/// none: the commit that closed it took it away.
pub(super) async fn rearm(tx: &Tx, timers: &[Rearm]) -> Worked<()> {
    let (mut logs, mut was, mut next) = (Vec::new(), Vec::new(), Vec::new());
    for timer in timers {
        logs.push(timer.log.as_bytes().as_slice());
        was.push(timer.was.as_millis());
        next.push(timer.next.map(Timestamp::as_millis));
    }
    tx.execute(
        "DELETE FROM timer USING unnest($1::bytea[], $2::bigint[], $3::bigint[]) AS new (log, was, next)
         WHERE timer.log = new.log AND timer.due = new.was AND new.next IS NULL",
        params![logs, was, next],
    )
    .await?;
    tx.execute(
        "UPDATE timer SET due = new.next
         FROM unnest($1::bytea[], $2::bigint[], $3::bigint[]) AS new (log, was, next)
         WHERE timer.log = new.log AND timer.due = new.was AND new.next IS NOT NULL",
        params![logs, was, next],
    )
    .await?;
    Ok(())
}

pub(super) async fn due(
    connection: &Connection,
    now: Timestamp,
    most: usize,
) -> Worked<Vec<(LogId, Timestamp)>> {
    // The oldest, tenant by tenant in turns.
    let rows = connection
        .query(
            "SELECT log, due FROM (
                 SELECT log, due, row_number() OVER (PARTITION BY tenant ORDER BY due) AS turn
                 FROM (SELECT * FROM timer WHERE due <= $1 ORDER BY due LIMIT $3) AS oldest
             ) AS ranked ORDER BY turn, due LIMIT $2",
            params![now.as_millis(), limit(most), limit(most.saturating_mul(CANDIDATES))],
        )
        .await?;
    rows.iter().map(|row| Ok((value::log(row, "log")?, timestamp(row, "due")?))).collect()
}

pub(super) async fn next_due(connection: &Connection) -> Worked<Option<Timestamp>> {
    let row = connection.first("SELECT min(due) AS due FROM timer", &[]).await?;
    row.map_or(Ok(None), |row| optional_timestamp(&row, "due"))
}
