//! When something happens in the queues although nobody does anything.

use frontdesk_core::id::{QueueId, TenantId};
use frontdesk_core::port::QueueItem;
use frontdesk_core::time::Timestamp;

use crate::postgres::connection::Connection;
use crate::postgres::fault::Worked;
use crate::postgres::routing::items::{read_declined, read_item, read_queues};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{optional_timestamp, params};

use frontdesk_core::id::AgentId;

/// When other agents may be given the customer than can now: the wait for one agent is over, or one who declined may be
/// asked again.
pub(super) fn look_again(
    item: &QueueItem,
    declined: &[(AgentId, Timestamp)],
    now: Timestamp,
) -> Option<Timestamp> {
    let preferred = item.prefer.iter().map(|(_, until)| *until);
    let declined = declined.iter().map(|(_, until)| *until);
    preferred.chain(declined).filter(|until| *until > now).min()
}

pub(super) async fn next(connection: &Connection) -> Worked<Option<Timestamp>> {
    let row = connection
        .first(
            "SELECT least(
                 (SELECT min(offer_until) FROM queue_item WHERE offer_until IS NOT NULL),
                 (SELECT min(look_again) FROM queue_item WHERE agent IS NULL AND look_again IS NOT NULL),
                 (SELECT min(wrap_until) FROM slot WHERE wrap_until IS NOT NULL)) AS due",
            &[],
        )
        .await?;
    row.map_or(Ok(None), |row| optional_timestamp(&row, "due"))
}

pub(super) async fn queues(connection: &Connection, now: Timestamp) -> Worked<Vec<(TenantId, QueueId)>> {
    let rows = connection
        .query(
            "SELECT DISTINCT tenant, queue FROM queue_item WHERE agent IS NULL AND look_again <= $1",
            params![now.as_millis()],
        )
        .await?;
    read_queues(&rows)
}

pub(super) async fn looked_at(tx: &Tx, tenant: &TenantId, queue: &QueueId, now: Timestamp) -> Worked<()> {
    let rows = tx
        .query(
            "SELECT * FROM queue_item WHERE agent IS NULL AND look_again <= $3 AND tenant = $1 AND queue = $2
             ORDER BY log FOR UPDATE",
            params![tenant.as_str(), queue.as_str(), now.as_millis()],
        )
        .await?;
    for row in &rows {
        let item = read_item(row)?;
        let next = look_again(&item, &read_declined(row)?, now);
        tx.execute(
            "UPDATE queue_item SET look_again = $2 WHERE log = $1",
            params![item.log.as_bytes(), next.map(Timestamp::as_millis)],
        )
        .await?;
    }
    Ok(())
}
