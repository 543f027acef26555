//! Customers in queues: how they come, and how they go.

use frontdesk_core::entry::OfferEnd;
use frontdesk_core::id::{AgentId, QueueId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Claim, OfferChange, QueueItem};
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::error::{Fault, Worked};
use crate::sqlite::reports;
use crate::sqlite::routing::news;
use crate::sqlite::value::{self, id, optional_id, optional_timestamp, stored, timestamp};
use crate::sqlite::writer::Tx;

pub(super) fn enqueue(tx: &mut Tx<'_>, item: &QueueItem) -> Worked<()> {
    if !is_news(tx, item.log, item.fence)? {
        return Ok(());
    }
    tx.begin()?;
    remember_fence(tx, item.log, item.fence)?;
    // Whoever was found under an older fence cannot be assigned any more.
    take_out(tx, item.log)?;
    let (prefer, prefer_until) = item.prefer.as_ref().map(|(agent, until)| (agent.as_str(), until)).unzip();
    let prefer_until = prefer_until.map(|until| until.as_millis());
    tx.execute(
        "INSERT INTO queue_item (log, tenant, queue, fence, since, avoid, conversation, priority, weight, locale,
             prefer, prefer_until, look_again)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12)",
        params![
            item.log.as_bytes(),
            item.tenant.as_str(),
            item.queue.as_str(),
            stored(item.fence),
            item.since.as_millis(),
            item.avoid.as_ref().map(AgentId::as_str),
            stored(item.conversation),
            item.priority,
            item.weight,
            item.locale,
            prefer,
            prefer_until
        ],
    )?;
    Ok(())
}

pub(super) fn prioritise(tx: &mut Tx<'_>, log: LogId, fence: u64, priority: u8) -> Worked<()> {
    tx.begin()?;
    tx.execute(
        "UPDATE queue_item SET priority = ?3 WHERE log = ?1 AND fence = ?2",
        params![log.as_bytes(), stored(fence), priority],
    )?;
    Ok(())
}

/// Whether nothing with this fence or a newer one has been heard of the customer.
fn is_news(tx: &Tx<'_>, log: LogId, fence: u64) -> Worked<bool> {
    let newest =
        tx.first("SELECT fence FROM queue_fence WHERE log = ?1", params![log.as_bytes()], |row| {
            value::number(row, "fence")
        })?;
    Ok(newest.is_none_or(|newest| newest < fence))
}

fn remember_fence(tx: &Tx<'_>, log: LogId, fence: u64) -> Worked<()> {
    tx.execute(
        "INSERT INTO queue_fence (log, fence, at) VALUES (?1, ?2, ?3)
         ON CONFLICT (log) DO UPDATE SET fence = max(fence, excluded.fence), at = excluded.at",
        params![log.as_bytes(), stored(fence), tx.now().as_millis()],
    )?;
    Ok(())
}

/// Removes a customer's item, and gives back the slot that was taken for it; tells whose. A slot that the agent took
/// for the customer under a newer fence stays. An agent who was asked is told that it is over.
fn take_out(tx: &Tx<'_>, log: LogId) -> Worked<Option<AgentId>> {
    let removed = tx.first(
        "DELETE FROM queue_item WHERE log = ?1 RETURNING tenant, agent, fence, conversation, offer_until",
        params![log.as_bytes()],
        |row| {
            let (fence, conversation) = (value::number(row, "fence")?, value::number(row, "conversation")?);
            let was_offered = optional_timestamp(row, "offer_until")?.is_some();
            let agent = optional_id::<AgentId>(row, "agent")?;
            Ok((id::<TenantId>(row, "tenant")?, agent, fence, conversation, was_offered))
        },
    )?;
    let Some((tenant, Some(agent), fence, conversation, was_offered)) = removed else { return Ok(None) };
    if was_offered {
        let ended = OfferChange::Ended { why: OfferEnd::Withdrawn, away: false };
        news::note(tx, (&tenant, &agent), (log, conversation), ended)?;
    }
    let freed = tx.execute(
        "DELETE FROM slot WHERE tenant = ?1 AND agent = ?2 AND log = ?3 AND fence <= ?4",
        params![tenant.as_str(), agent.as_str(), log.as_bytes(), stored(fence)],
    )?;
    reports::follow_slots(tx, &tenant, &agent, tx.now())?;
    Ok((freed > 0).then_some(agent))
}

/// Whether the customer waits under this fence or an older one.
fn waits_under(tx: &Tx<'_>, log: LogId, fence: u64) -> Worked<bool> {
    let found = tx.first(
        "SELECT 1 FROM queue_item WHERE log = ?1 AND fence <= ?2",
        params![log.as_bytes(), stored(fence)],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

pub(super) fn leave_queue(tx: &mut Tx<'_>, log: LogId, fence: u64) -> Worked<Option<AgentId>> {
    tx.begin()?;
    remember_fence(tx, log, fence)?;
    if waits_under(tx, log, fence)? { take_out(tx, log) } else { Ok(None) }
}

pub(super) fn finish_claim(tx: &mut Tx<'_>, log: LogId, fence: u64) -> Worked<()> {
    tx.begin()?;
    remember_fence(tx, log, fence)?;
    let finished = tx.execute(
        "DELETE FROM queue_item WHERE log = ?1 AND fence <= ?2 AND offer_until IS NULL",
        params![log.as_bytes(), stored(fence)],
    )?;
    // Somebody got the customer while somebody else was asked.
    if finished == 0 && waits_under(tx, log, fence)? {
        take_out(tx, log)?;
    }
    Ok(())
}

pub(super) fn waiting(
    connection: &Connection,
    tenant: &TenantId,
    queue: &QueueId,
    limit: usize,
) -> Worked<Vec<QueueItem>> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM queue_item WHERE tenant = ?1 AND queue = ?2 AND agent IS NULL
         ORDER BY priority DESC, since, log LIMIT ?3",
    )?;
    statement
        .query_and_then(params![tenant.as_str(), queue.as_str(), value::limit(limit)], read_item)?
        .collect()
}

pub(super) fn read_item(row: &Row<'_>) -> Worked<QueueItem> {
    let prefer = optional_id(row, "prefer")?.zip(optional_timestamp(row, "prefer_until")?);
    Ok(QueueItem {
        tenant: id(row, "tenant")?,
        queue: id(row, "queue")?,
        log: value::log(row, "log")?,
        fence: value::number(row, "fence")?,
        since: timestamp(row, "since")?,
        avoid: optional_id(row, "avoid")?,
        conversation: value::number(row, "conversation")?,
        priority: row.get("priority")?,
        weight: row.get("weight")?,
        locale: row.get("locale")?,
        prefer,
    })
}

/// Agents who did not take the customer, and until when they are not asked again.
pub(super) fn read_declined(row: &Row<'_>) -> Worked<Vec<(AgentId, Timestamp)>> {
    let declined: Option<String> = row.get("declined")?;
    declined.map_or(Ok(Vec::new()), |declined| serde_json::from_str(&declined).map_err(Fault::damaged))
}

pub(super) fn stale_claims(connection: &Connection, before: Timestamp) -> Worked<Vec<Claim>> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM queue_item WHERE claimed < ?1 ORDER BY claimed")?;
    let mut rows = statement.query(params![before.as_millis()])?;
    let mut claims = Vec::new();
    while let Some(row) = rows.next()? {
        claims.push(Claim { item: read_item(row)?, agent: id(row, "agent")?, offered_until: None });
    }
    Ok(claims)
}

pub(super) fn waiting_queues(connection: &Connection) -> Worked<Vec<(TenantId, QueueId)>> {
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT tenant, queue FROM queue_item WHERE agent IS NULL")?;
    read_queues(&mut statement.query([])?)
}

pub(super) fn read_queues(rows: &mut rusqlite::Rows<'_>) -> Worked<Vec<(TenantId, QueueId)>> {
    let mut queues = Vec::new();
    while let Some(row) = rows.next()? {
        queues.push((id(row, "tenant")?, id(row, "queue")?));
    }
    Ok(queues)
}
