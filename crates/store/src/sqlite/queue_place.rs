//! Where a waiting customer stands, and how long agents take.

use std::time::Duration;

use frontdesk_core::id::{QueueId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::routing::{Handling, QueuePlace};
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::error::Worked;
use crate::sqlite::value::{stored, timestamp};
use crate::sqlite::writer::Tx;

/// Where a customer stands. Customers for whom an agent was found no longer stand before the others.
pub(super) fn of(connection: &Connection, log: LogId) -> Worked<Option<QueuePlace>> {
    // One view of the queue for all the statements.
    let snapshot = connection.unchecked_transaction()?;
    let mut statement = snapshot
        .prepare_cached("SELECT tenant, queue, priority, since, agent FROM queue_item WHERE log = ?1")?;
    let mut rows = statement.query(params![log.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let tenant: String = row.get("tenant")?;
    let queue: String = row.get("queue")?;
    let since = timestamp(row, "since")?;
    let priority: u8 = row.get("priority")?;
    let is_claimed = row.get::<_, Option<String>>("agent")?.is_some();
    let before = if is_claimed {
        0
    } else {
        snapshot
            .prepare_cached(
                "SELECT count(*) FROM queue_item WHERE tenant = ?1 AND queue = ?2 AND agent IS NULL
                     AND (priority > ?3 OR priority = ?3 AND (since, log) < (?4, ?5))",
            )?
            .query_row(params![tenant, queue, priority, since.as_millis(), log.as_bytes()], |row| {
                row.get::<_, u32>(0)
            })?
    };
    let longest: Option<i64> = snapshot
        .prepare_cached(
            "SELECT min(since) FROM queue_item WHERE tenant = ?1 AND queue = ?2 AND agent IS NULL",
        )?
        .query_row(params![tenant, queue], |row| row.get(0))?;
    let longest_since = longest.map_or(since, |longest| since.min(Timestamp::from_millis(longest)));
    let mean_handling = mean_handling(&snapshot, &tenant, &queue)?;
    Ok(Some(QueuePlace { position: before.saturating_add(1), since, longest_since, mean_handling }))
}

fn mean_handling(connection: &Connection, tenant: &str, queue: &str) -> Worked<Option<Duration>> {
    let mut statement =
        connection.prepare_cached("SELECT mean FROM handling WHERE tenant = ?1 AND queue = ?2")?;
    let mean = statement.query_row(params![tenant, queue], |row| row.get::<_, i64>(0)).optional()?;
    Ok(mean.map(|mean| Duration::from_millis(mean.unsigned_abs())))
}

/// Takes note of how long a conversation from a queue was held.
pub(super) fn note_handling(tx: &Tx<'_>, tenant: &TenantId, queue: &QueueId, held: Duration) -> Worked<()> {
    let before = tx.first(
        "SELECT mean, count FROM handling WHERE tenant = ?1 AND queue = ?2",
        params![tenant.as_str(), queue.as_str()],
        |row| {
            let mean = Duration::from_millis(row.get::<_, i64>("mean")?.unsigned_abs());
            Ok(Handling { mean, count: row.get("count")? })
        },
    )?;
    let after = before.unwrap_or_default().and(held);
    tx.execute(
        "INSERT INTO handling (tenant, queue, mean, count) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tenant, queue) DO UPDATE SET mean = excluded.mean, count = excluded.count",
        params![
            tenant.as_str(),
            queue.as_str(),
            stored(u64::try_from(after.mean.as_millis()).unwrap_or(u64::MAX)),
            after.count
        ],
    )?;
    Ok(())
}

/// How many customers wait in a queue, counted up to `most`.
pub(super) fn count(connection: &Connection, tenant: &TenantId, queue: &QueueId, most: u32) -> Worked<u32> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*) FROM (SELECT 1 FROM queue_item
             WHERE tenant = ?1 AND queue = ?2 AND agent IS NULL LIMIT ?3)",
    )?;
    Ok(statement.query_row(params![tenant.as_str(), queue.as_str(), most], |row| row.get(0))?)
}
