//! Customers in queues: how they come, and how they go.

use frontdesk_core::entry::OfferEnd;
use frontdesk_core::id::{AgentId, QueueId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Claim, OfferChange, QueueItem};
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use crate::postgres::activity;
use crate::postgres::connection::Connection;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::routing::{lock_agents, news};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{
    self, id, optional_id, optional_json, optional_timestamp, params, small, stored, timestamp,
};

pub(super) async fn enqueue(tx: &Tx, item: &QueueItem) -> Worked<()> {
    lock_found(tx, item.log).await?;
    if !remember_fence(tx, item.log, item.fence).await? {
        return Ok(());
    }
    // Whoever was found under an older fence cannot be assigned any more.
    take_out(tx, item.log).await?;
    let (prefer, prefer_until) = item.prefer.as_ref().map(|(agent, until)| (agent.as_str(), until)).unzip();
    tx.execute(
        "INSERT INTO queue_item (log, tenant, queue, fence, since, avoid, conversation, priority, weight, locale,
             prefer, prefer_until, look_again)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)",
        params![
            item.log.as_bytes(),
            item.tenant.as_str(),
            item.queue.as_str(),
            stored(item.fence),
            item.since.as_millis(),
            item.avoid.as_ref().map(AgentId::as_str),
            stored(item.conversation),
            i64::from(item.priority),
            i64::from(item.weight),
            item.locale,
            prefer,
            prefer_until.map(|until| until.as_millis()),
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn prioritise(connection: &Connection, log: LogId, fence: u64, priority: u8) -> Worked<()> {
    connection
        .execute(
            "UPDATE queue_item SET priority = $3 WHERE log = $1 AND fence = $2",
            params![log.as_bytes(), stored(fence), i64::from(priority)],
        )
        .await?;
    Ok(())
}

/// Takes the lock of the agent who was found for the customer, if somebody was, and then the customer's row, as every
/// other transaction does. If somebody else was found in between, all of it begins anew.
pub(super) async fn lock_found(tx: &Tx, log: LogId) -> Worked<()> {
    let found = found(tx, "SELECT tenant, agent FROM queue_item WHERE log = $1", log).await?;
    lock_agents(tx, found.iter().map(|(tenant, agent)| (tenant, agent))).await?;
    let now = self::found(tx, "SELECT tenant, agent FROM queue_item WHERE log = $1 FOR UPDATE", log).await?;
    if now == found { Ok(()) } else { Err(Fault::conflict()) }
}

async fn found(tx: &Tx, sql: &str, log: LogId) -> Worked<Option<(TenantId, AgentId)>> {
    let Some(row) = tx.first(sql, params![log.as_bytes()]).await? else { return Ok(None) };
    optional_id(&row, "agent")?.map(|agent| Ok((id(&row, "tenant")?, agent))).transpose()
}

/// `false` if a fence as new as this one is remembered.
async fn remember_fence(tx: &Tx, log: LogId, fence: u64) -> Worked<bool> {
    let now = tx.now().await?;
    let changed = tx
        .execute(
            "INSERT INTO queue_fence (log, fence, at) VALUES ($1, $2, $3)
             ON CONFLICT (log) DO UPDATE SET fence = excluded.fence, at = excluded.at
             WHERE queue_fence.fence < excluded.fence",
            params![log.as_bytes(), stored(fence), now.as_millis()],
        )
        .await?;
    Ok(changed > 0)
}

/// A fence that is as new is remembered for longer.
async fn keep_fence(tx: &Tx, log: LogId, fence: u64) -> Worked<()> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO queue_fence (log, fence, at) VALUES ($1, $2, $3)
         ON CONFLICT (log) DO UPDATE SET fence = greatest(queue_fence.fence, excluded.fence), at = excluded.at",
        params![log.as_bytes(), stored(fence), now.as_millis()],
    )
    .await?;
    Ok(())
}

/// Removes a customer's item, and gives back the slot that was taken for it; tells whose. A slot that the agent took
/// for the customer under a newer fence stays. An agent who was asked is told that it is over.
async fn take_out(tx: &Tx, log: LogId) -> Worked<Option<AgentId>> {
    let removed = tx
        .first(
            "DELETE FROM queue_item WHERE log = $1 RETURNING tenant, agent, fence, conversation, offer_until",
            params![log.as_bytes()],
        )
        .await?;
    let Some(row) = removed else { return Ok(None) };
    let Some(agent) = optional_id::<AgentId>(&row, "agent")? else { return Ok(None) };
    let tenant: TenantId = id(&row, "tenant")?;
    if optional_timestamp(&row, "offer_until")?.is_some() {
        let ended = OfferChange::Ended { why: OfferEnd::Withdrawn, away: false };
        let conversation = value::number(&row, "conversation")?;
        news::note(tx, (&tenant, &agent), (log, conversation), ended).await?;
    }
    let freed = tx
        .execute(
            "DELETE FROM slot WHERE tenant = $1 AND agent = $2 AND log = $3 AND fence <= $4",
            params![tenant.as_str(), agent.as_str(), log.as_bytes(), row.try_get::<_, i64>("fence")?],
        )
        .await?;
    activity::follow_slots(tx, &tenant, &agent, tx.now().await?).await?;
    Ok((freed > 0).then_some(agent))
}

/// Whether the customer waits under this fence or an older one.
async fn waits_under(tx: &Tx, log: LogId, fence: u64) -> Worked<bool> {
    let found = tx
        .first(
            "SELECT 1 FROM queue_item WHERE log = $1 AND fence <= $2",
            params![log.as_bytes(), stored(fence)],
        )
        .await?;
    Ok(found.is_some())
}

pub(super) async fn leave_queue(tx: &Tx, log: LogId, fence: u64) -> Worked<Option<AgentId>> {
    lock_found(tx, log).await?;
    keep_fence(tx, log, fence).await?;
    if waits_under(tx, log, fence).await? { take_out(tx, log).await } else { Ok(None) }
}

pub(super) async fn finish_claim(tx: &Tx, log: LogId, fence: u64) -> Worked<()> {
    lock_found(tx, log).await?;
    keep_fence(tx, log, fence).await?;
    let finished = tx
        .execute(
            "DELETE FROM queue_item WHERE log = $1 AND fence <= $2 AND offer_until IS NULL",
            params![log.as_bytes(), stored(fence)],
        )
        .await?;
    // Somebody got the customer while somebody else was asked.
    if finished == 0 && waits_under(tx, log, fence).await? {
        take_out(tx, log).await?;
    }
    Ok(())
}

pub(super) async fn waiting(
    connection: &Connection,
    tenant: &TenantId,
    queue: &QueueId,
    limit: usize,
) -> Worked<Vec<QueueItem>> {
    let rows = connection
        .query(
            "SELECT * FROM queue_item WHERE tenant = $1 AND queue = $2 AND agent IS NULL
             ORDER BY priority DESC, since, log LIMIT $3",
            params![tenant.as_str(), queue.as_str(), value::limit(limit)],
        )
        .await?;
    rows.iter().map(read_item).collect()
}

pub(super) fn read_item(row: &Row) -> Worked<QueueItem> {
    let prefer = optional_id(row, "prefer")?.zip(optional_timestamp(row, "prefer_until")?);
    Ok(QueueItem {
        tenant: id(row, "tenant")?,
        queue: id(row, "queue")?,
        log: value::log(row, "log")?,
        fence: value::number(row, "fence")?,
        since: timestamp(row, "since")?,
        avoid: optional_id(row, "avoid")?,
        conversation: value::number(row, "conversation")?,
        priority: small(row, "priority")?,
        weight: small(row, "weight")?,
        locale: row.try_get("locale")?,
        prefer,
    })
}

/// Agents who did not take the customer, and until when they are not asked again.
pub(super) fn read_declined(row: &Row) -> Worked<Vec<(AgentId, Timestamp)>> {
    Ok(optional_json(row, "declined")?.unwrap_or_default())
}

pub(super) async fn stale_claims(connection: &Connection, before: Timestamp) -> Worked<Vec<Claim>> {
    let rows = connection
        .query("SELECT * FROM queue_item WHERE claimed < $1 ORDER BY claimed", params![before.as_millis()])
        .await?;
    let claim = |row| Ok(Claim { item: read_item(row)?, agent: id(row, "agent")?, offered_until: None });
    rows.iter().map(claim).collect()
}

pub(super) async fn waiting_queues(connection: &Connection) -> Worked<Vec<(TenantId, QueueId)>> {
    let sql = "SELECT DISTINCT tenant, queue FROM queue_item WHERE agent IS NULL";
    read_queues(&connection.query(sql, &[]).await?)
}

pub(super) fn read_queues(rows: &[Row]) -> Worked<Vec<(TenantId, QueueId)>> {
    rows.iter().map(|row| Ok((id(row, "tenant")?, id(row, "queue")?))).collect()
}
