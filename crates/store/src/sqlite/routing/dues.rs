//! When something happens in the queues although nobody does anything.

use frontdesk_core::id::{AgentId, QueueId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::QueueItem;
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, params};

use crate::error::Worked;
use crate::sqlite::routing::items::{read_declined, read_item, read_queues};
use crate::sqlite::value::optional_timestamp;
use crate::sqlite::writer::Tx;

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

pub(super) fn next(connection: &Connection) -> Worked<Option<Timestamp>> {
    let mut statement = connection.prepare_cached(
        "SELECT min(due) AS due FROM (
             SELECT min(offer_until) AS due FROM queue_item WHERE offer_until IS NOT NULL
             UNION ALL
             SELECT min(look_again) FROM queue_item WHERE agent IS NULL AND look_again IS NOT NULL
             UNION ALL
             SELECT min(wrap_until) FROM slot WHERE wrap_until IS NOT NULL)",
    )?;
    let mut rows = statement.query([])?;
    rows.next()?.map_or(Ok(None), |row| optional_timestamp(row, "due"))
}

pub(super) fn queues(connection: &Connection, now: Timestamp) -> Worked<Vec<(TenantId, QueueId)>> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT tenant, queue FROM queue_item WHERE agent IS NULL AND look_again <= ?1",
    )?;
    read_queues(&mut statement.query(params![now.as_millis()])?)
}

pub(super) fn looked_at(tx: &mut Tx<'_>, tenant: &TenantId, queue: &QueueId, now: Timestamp) -> Worked<()> {
    let mut due: Vec<(LogId, Option<Timestamp>)> = Vec::new();
    {
        let mut statement = tx.connection().prepare_cached(
            "SELECT * FROM queue_item WHERE agent IS NULL AND look_again <= ?3 AND tenant = ?1 AND queue = ?2",
        )?;
        let mut rows = statement.query(params![tenant.as_str(), queue.as_str(), now.as_millis()])?;
        while let Some(row) = rows.next()? {
            let item = read_item(row)?;
            due.push((item.log, look_again(&item, &read_declined(row)?, now)));
        }
    }
    tx.begin()?;
    for (log, next) in due {
        tx.execute(
            "UPDATE queue_item SET look_again = ?2 WHERE log = ?1",
            params![log.as_bytes(), next.map(Timestamp::as_millis)],
        )?;
    }
    Ok(())
}
