//! How it stands now.

use std::time::Duration;

use frontdesk_core::id::TenantId;
use frontdesk_core::port::{LiveQueue, LiveSlots};
use rusqlite::{Connection, params};

use crate::error::Worked;
use crate::sqlite::value::{id, number, optional_id, timestamp};

pub(super) fn queues(connection: &Connection, tenant: &TenantId) -> Worked<Vec<LiveQueue>> {
    // Whoever is offered to an agent waits; whoever was given to one does no longer. A customer who is to come before
    // everybody else in the line has no time there.
    let mut statement = connection.prepare_cached(
        "SELECT item.queue, count(*) AS waiting, min(coalesce(conversation.queued_since, item.since)) AS longest,
             (SELECT mean FROM handling WHERE handling.tenant = ?1 AND handling.queue = item.queue) AS mean
         FROM queue_item AS item
         JOIN log ON log.id = item.log
         LEFT JOIN conversation ON conversation.log_key = log.log_key AND conversation.queue IS NOT NULL
             AND conversation.ended IS NULL
         WHERE item.tenant = ?1 AND (item.agent IS NULL OR item.offer_until IS NOT NULL)
         GROUP BY item.queue ORDER BY item.queue",
    )?;
    let mut rows = statement.query(params![tenant.as_str()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(LiveQueue {
            queue: id(row, "queue")?,
            waiting: row.get("waiting")?,
            longest_since: timestamp(row, "longest")?,
            mean_handling: row
                .get::<_, Option<i64>>("mean")?
                .map(|_| number(row, "mean"))
                .transpose()?
                .map(Duration::from_millis),
        });
    }
    Ok(found)
}

pub(super) fn slots(connection: &Connection, tenant: &TenantId) -> Worked<Vec<LiveSlots>> {
    let mut statement = connection.prepare_cached(
        "SELECT agent, queue, count(*) FILTER (WHERE wrap_until IS NULL) AS conversations,
             count(*) FILTER (WHERE wrap_until IS NOT NULL) AS wrap_ups
         FROM slot WHERE tenant = ?1 GROUP BY agent, queue ORDER BY agent, queue",
    )?;
    let mut rows = statement.query(params![tenant.as_str()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(LiveSlots {
            agent: id(row, "agent")?,
            queue: optional_id(row, "queue")?,
            conversations: row.get("conversations")?,
            wrap_ups: row.get("wrap_ups")?,
        });
    }
    Ok(found)
}
