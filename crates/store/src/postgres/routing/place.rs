//! Where a waiting customer stands, and how long agents take.

use std::time::Duration;

use frontdesk_core::id::{QueueId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::routing::{Handling, QueuePlace};

use crate::postgres::connection::Connection;
use crate::postgres::fault::Worked;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{number, params, small, stored, timestamp};

/// Where a customer stands. Customers for whom an agent was found no longer stand before the others.
pub(super) async fn of(connection: &Connection, log: LogId) -> Worked<Option<QueuePlace>> {
    let row = connection
        .first(
            "SELECT item.since,
                 CASE WHEN item.agent IS NULL THEN (
                     SELECT count(*) FROM queue_item AS other
                     WHERE other.tenant = item.tenant AND other.queue = item.queue AND other.agent IS NULL
                         AND (other.priority > item.priority
                              OR other.priority = item.priority AND (other.since, other.log) < (item.since, item.log))
                 ) ELSE 0 END AS before,
                 least(item.since, (
                     SELECT min(other.since) FROM queue_item AS other
                     WHERE other.tenant = item.tenant AND other.queue = item.queue AND other.agent IS NULL
                 )) AS longest,
                 (SELECT mean FROM handling
                  WHERE handling.tenant = item.tenant AND handling.queue = item.queue) AS mean
             FROM queue_item AS item WHERE item.log = $1",
            params![log.as_bytes()],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mean: Option<i64> = row.try_get("mean")?;
    Ok(Some(QueuePlace {
        position: small::<u32>(&row, "before")?.saturating_add(1),
        since: timestamp(&row, "since")?,
        longest_since: timestamp(&row, "longest")?,
        mean_handling: mean.map(|mean| Duration::from_millis(mean.unsigned_abs())),
    }))
}

/// Takes note of how long a conversation from a queue was held.
pub(super) async fn note_handling(tx: &Tx, tenant: &TenantId, queue: &QueueId, held: Duration) -> Worked<()> {
    let row = tx
        .first(
            "SELECT mean, count FROM handling WHERE tenant = $1 AND queue = $2 FOR UPDATE",
            params![tenant.as_str(), queue.as_str()],
        )
        .await?;
    let before = match row {
        Some(row) => {
            Handling { mean: Duration::from_millis(number(&row, "mean")?), count: small(&row, "count")? }
        }
        None => Handling::default(),
    };
    let after = before.and(held);
    tx.execute(
        "INSERT INTO handling (tenant, queue, mean, count) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant, queue) DO UPDATE SET mean = excluded.mean, count = excluded.count",
        params![
            tenant.as_str(),
            queue.as_str(),
            stored(u64::try_from(after.mean.as_millis()).unwrap_or(u64::MAX)),
            i64::from(after.count),
        ],
    )
    .await?;
    Ok(())
}

/// How many customers wait in a queue, counted up to `most`.
pub(super) async fn count(
    connection: &Connection,
    tenant: &TenantId,
    queue: &QueueId,
    most: u32,
) -> Worked<u32> {
    let row = connection
        .first(
            "SELECT count(*) AS waiting FROM (SELECT 1 FROM queue_item
                 WHERE tenant = $1 AND queue = $2 AND agent IS NULL LIMIT $3) AS counted",
            params![tenant.as_str(), queue.as_str(), i64::from(most)],
        )
        .await?;
    row.map_or(Ok(0), |row| small(&row, "waiting"))
}
