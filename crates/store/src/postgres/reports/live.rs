//! How it stands now.

use std::time::Duration;

use frontdesk_core::id::TenantId;
use frontdesk_core::port::{LiveQueue, LiveSlots};
use tokio_postgres::Row;

use crate::postgres::connection::Connection;
use crate::postgres::fault::Worked;
use crate::postgres::value::{id, number, optional_id, params, small, timestamp};

pub(super) async fn queues(connection: &Connection, tenant: &TenantId) -> Worked<Vec<LiveQueue>> {
    // Whoever is offered to an agent waits; whoever was given to one does no longer. A customer who is to come before
    // everybody else in the line has no time there.
    let rows = connection
        .query(
            "SELECT item.queue, count(*) AS waiting,
                 min(coalesce(conversation.queued_since, item.since)) AS longest,
                 (SELECT mean FROM handling WHERE handling.tenant = $1 AND handling.queue = item.queue) AS mean
             FROM queue_item AS item
             LEFT JOIN conversation ON conversation.log = item.log AND conversation.queue IS NOT NULL
                 AND conversation.ended IS NULL
             WHERE item.tenant = $1 AND (item.agent IS NULL OR item.offer_until IS NOT NULL)
             GROUP BY item.queue ORDER BY item.queue",
            params![tenant.as_str()],
        )
        .await?;
    rows.iter().map(queue).collect()
}

fn queue(row: &Row) -> Worked<LiveQueue> {
    let mean = row.try_get::<_, Option<i64>>("mean")?.map(|_| number(row, "mean")).transpose()?;
    Ok(LiveQueue {
        queue: id(row, "queue")?,
        waiting: small(row, "waiting")?,
        longest_since: timestamp(row, "longest")?,
        mean_handling: mean.map(Duration::from_millis),
    })
}

pub(super) async fn slots(connection: &Connection, tenant: &TenantId) -> Worked<Vec<LiveSlots>> {
    let rows = connection
        .query(
            "SELECT agent, queue, count(*) FILTER (WHERE wrap_until IS NULL) AS conversations,
                 count(*) FILTER (WHERE wrap_until IS NOT NULL) AS wrap_ups
             FROM slot WHERE tenant = $1 GROUP BY agent, queue ORDER BY agent, queue NULLS FIRST",
            params![tenant.as_str()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(LiveSlots {
                agent: id(row, "agent")?,
                queue: optional_id(row, "queue")?,
                conversations: small(row, "conversations")?,
                wrap_ups: small(row, "wrap_ups")?,
            })
        })
        .collect()
}
