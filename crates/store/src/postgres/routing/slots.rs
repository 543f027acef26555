//! Agents' slots: what they hold of their capacity.

use std::time::Duration;

use frontdesk_core::id::{AgentId, QueueId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::Reservation;
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use crate::postgres::activity;
use crate::postgres::connection::{Connection, Values};
use crate::postgres::fault::Worked;
use crate::postgres::routing::{agents, lock_agents, place};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{self, id, optional_id, optional_timestamp, params, stored, timestamp};

/// What a slot is taken for.
pub(super) struct Taken<'a> {
    /// The customer and the fence under which the slot is taken.
    pub(super) customer: (LogId, u64),
    pub(super) weight: u32,
    /// Where the customer comes from, and how much after-call work there is to it.
    pub(super) queue: Option<(&'a QueueId, Duration)>,
    pub(super) now: Timestamp,
    /// What the agent is to have got last.
    pub(super) assigned: Timestamp,
    /// The slot has yet to be confirmed. A claim has its item in the queue for that.
    pub(super) is_reserved: bool,
}

/// Takes a slot of an agent whose lock is held. The same fence again, or an older one, leaves it as it is: the same
/// transfer may be asked for twice.
pub(super) async fn take(tx: &Tx, tenant: &TenantId, agent: &AgentId, taken: &Taken<'_>) -> Worked<()> {
    let (log, fence) = taken.customer;
    let (queue, wrap_up) = taken.queue.unzip();
    tx.execute(
        "INSERT INTO slot AS known (tenant, agent, log, fence, queue, since, reserved, weight, wrap_up)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (tenant, agent, log) DO UPDATE SET
             fence = excluded.fence, reserved = excluded.reserved, weight = excluded.weight,
             queue = coalesce(excluded.queue, known.queue), wrap_up = excluded.wrap_up,
             since = CASE WHEN known.wrap_until IS NULL THEN known.since ELSE excluded.since END,
             wrap_until = NULL
             WHERE excluded.fence > known.fence",
        params![
            tenant.as_str(),
            agent.as_str(),
            log.as_bytes(),
            stored(fence),
            queue.map(QueueId::as_str),
            taken.now.as_millis(),
            taken.is_reserved.then_some(taken.now.as_millis()),
            i64::from(taken.weight),
            stored(wrap_up.map_or(0, |span| u64::try_from(span.as_millis()).unwrap_or(u64::MAX))),
        ],
    )
    .await?;
    tx.execute(
        "UPDATE agent_state SET last_assigned = $3 WHERE tenant = $1 AND agent = $2",
        params![tenant.as_str(), agent.as_str(), taken.assigned.as_millis()],
    )
    .await?;
    // Who is back is no after-call work any more.
    activity::end_wrap_up(tx, tenant, agent, log, taken.now).await?;
    activity::follow_slots(tx, tenant, agent, taken.now).await
}

/// Why a slot was not taken.
pub(super) enum NoSlot {
    NotOnline,
    Full,
}

pub(super) async fn reserve(
    tx: &Tx,
    tenant: &TenantId,
    agent: &AgentId,
    (capacity, weight): (u32, u32),
    customer: (LogId, u64),
    now: Timestamp,
) -> Worked<Result<(), NoSlot>> {
    lock_agents(tx, [(tenant, agent)]).await?;
    let has_slot = tx
        .first(
            "SELECT 1 FROM slot WHERE tenant = $1 AND agent = $2 AND log = $3 AND wrap_until IS NULL",
            params![tenant.as_str(), agent.as_str(), customer.0.as_bytes()],
        )
        .await?;
    let state = agents::state(tx, tenant, agent).await?;
    if has_slot.is_none() && (state.status != AgentStatus::Online || !state.reachable) {
        return Ok(Err(NoSlot::NotOnline));
    }
    if has_slot.is_none() && state.held.saturating_add(weight) > capacity {
        return Ok(Err(NoSlot::Full));
    }
    let taken = Taken { customer, weight, queue: None, now, assigned: now, is_reserved: true };
    take(tx, tenant, agent, &taken).await.map(Ok)
}

pub(super) async fn seize(
    tx: &Tx,
    tenant: &TenantId,
    agent: &AgentId,
    weight: u32,
    customer: (LogId, u64),
    now: Timestamp,
) -> Worked<()> {
    lock_agents(tx, [(tenant, agent)]).await?;
    let taken = Taken { customer, weight, queue: None, now, assigned: now, is_reserved: true };
    take(tx, tenant, agent, &taken).await
}

pub(super) async fn confirm_reservation(
    connection: &Connection,
    tenant: &TenantId,
    agent: &AgentId,
    (log, fence): (LogId, u64),
) -> Worked<()> {
    connection
        .execute(
            "UPDATE slot SET reserved = NULL WHERE tenant = $1 AND agent = $2 AND log = $3 AND fence <= $4",
            params![tenant.as_str(), agent.as_str(), log.as_bytes(), stored(fence)],
        )
        .await?;
    Ok(())
}

pub(super) async fn stale_reservations(
    connection: &Connection,
    before: Timestamp,
) -> Worked<Vec<Reservation>> {
    let rows = connection
        .query(
            "SELECT tenant, agent, log, fence FROM slot WHERE reserved < $1 ORDER BY reserved",
            params![before.as_millis()],
        )
        .await?;
    let mut reservations = Vec::with_capacity(rows.len());
    for row in &rows {
        reservations.push(Reservation {
            tenant: id(row, "tenant")?,
            agent: id(row, "agent")?,
            log: value::log(row, "log")?,
            fence: value::number(row, "fence")?,
        });
    }
    Ok(reservations)
}

pub(super) async fn free(
    tx: &Tx,
    tenant: &TenantId,
    agent: &AgentId,
    (log, fence): (LogId, u64),
    now: Timestamp,
) -> Worked<Option<Timestamp>> {
    lock_agents(tx, [(tenant, agent)]).await?;
    let held = tx
        .first(
            "SELECT wrap_up, wrap_until FROM slot WHERE tenant = $1 AND agent = $2 AND log = $3 AND fence < $4",
            params![tenant.as_str(), agent.as_str(), log.as_bytes(), stored(fence)],
        )
        .await?;
    let Some(held) = held else { return Ok(None) };
    if let Some(until) = optional_timestamp(&held, "wrap_until")? {
        return Ok(Some(until));
    }
    let wrap_up = value::number(&held, "wrap_up")?;
    if wrap_up == 0 {
        delete(tx, tenant, agent, (log, fence), now).await?;
        return Ok(None);
    }
    let wrap_until = now.plus(Duration::from_millis(wrap_up));
    tx.execute(
        "UPDATE slot SET wrap_until = $4 WHERE tenant = $1 AND agent = $2 AND log = $3",
        params![tenant.as_str(), agent.as_str(), log.as_bytes(), wrap_until.as_millis()],
    )
    .await?;
    activity::begin_wrap_up(tx, tenant, agent, log, now).await?;
    Ok(Some(wrap_until))
}

/// Frees a slot without after-call work.
pub(super) async fn give_back(
    tx: &Tx,
    tenant: &TenantId,
    agent: &AgentId,
    customer: (LogId, u64),
    now: Timestamp,
) -> Worked<()> {
    lock_agents(tx, [(tenant, agent)]).await?;
    delete(tx, tenant, agent, customer, now).await
}

async fn delete(
    tx: &Tx,
    tenant: &TenantId,
    agent: &AgentId,
    (log, fence): (LogId, u64),
    now: Timestamp,
) -> Worked<()> {
    let freed = all_freed(
        tx,
        "DELETE FROM slot WHERE tenant = $1 AND agent = $2 AND log = $3 AND fence < $4 AND wrap_until IS NULL
         RETURNING tenant, agent, log, queue, since",
        params![tenant.as_str(), agent.as_str(), log.as_bytes(), stored(fence)],
        now,
    )
    .await?;
    drop(freed);
    Ok(())
}

/// Frees slots whose after-call work is over.
pub(super) async fn end_wrap_ups(tx: &Tx, now: Timestamp, limit: usize) -> Worked<Vec<(TenantId, AgentId)>> {
    let rows = tx
        .query(
            "SELECT tenant, agent, log FROM slot WHERE wrap_until <= $1 ORDER BY wrap_until LIMIT $2",
            params![now.as_millis(), value::limit(limit)],
        )
        .await?;
    let mut agents = Vec::with_capacity(rows.len());
    let (mut tenants, mut names, mut logs) = (Vec::new(), Vec::new(), Vec::new());
    for row in &rows {
        agents.push((id::<TenantId>(row, "tenant")?, id::<AgentId>(row, "agent")?));
        tenants.push(row.try_get::<_, &str>("tenant")?);
        names.push(row.try_get::<_, &str>("agent")?);
        logs.push(row.try_get::<_, &[u8]>("log")?);
    }
    lock_agents(tx, agents.iter().map(|(tenant, agent)| (tenant, agent))).await?;
    let freed = all_freed(
        tx,
        "DELETE FROM slot USING unnest($2::text[], $3::text[], $4::bytea[]) AS over (tenant, agent, log)
         WHERE slot.tenant = over.tenant AND slot.agent = over.agent AND slot.log = over.log
             AND slot.wrap_until <= $1
         RETURNING slot.tenant, slot.agent, slot.log, slot.queue, slot.since",
        params![now.as_millis(), tenants, names, logs],
        now,
    )
    .await?;
    let mut agents: Vec<_> = freed.into_iter().map(|slot| (slot.tenant, slot.agent)).collect();
    agents.sort();
    agents.dedup();
    Ok(agents)
}

/// Ends after-call work before its time.
pub(super) async fn end_wrap_up(
    tx: &Tx,
    tenant: &TenantId,
    agent: &AgentId,
    customer: Option<LogId>,
    now: Timestamp,
) -> Worked<bool> {
    lock_agents(tx, [(tenant, agent)]).await?;
    let log = customer.as_ref().map(LogId::as_bytes);
    let freed = all_freed(
        tx,
        "DELETE FROM slot
         WHERE tenant = $1 AND agent = $2 AND wrap_until IS NOT NULL AND log = coalesce($3, log)
         RETURNING tenant, agent, log, queue, since",
        params![tenant.as_str(), agent.as_str(), log],
        now,
    )
    .await?;
    Ok(!freed.is_empty())
}

/// Frees the slots that a statement deletes. The agents' locks are held.
async fn all_freed(tx: &Tx, sql: &str, values: Values<'_>, now: Timestamp) -> Worked<Vec<Freed>> {
    let rows = tx.query(sql, values).await?;
    let mut freed = Vec::with_capacity(rows.len());
    for row in &rows {
        let slot = Freed::read(row)?;
        slot.note(tx, now).await?;
        freed.push(slot);
    }
    Ok(freed)
}

/// A slot that is no longer taken.
struct Freed {
    tenant: TenantId,
    agent: AgentId,
    log: LogId,
    queue: Option<QueueId>,
    since: Timestamp,
}

impl Freed {
    fn read(row: &Row) -> Worked<Self> {
        Ok(Self {
            tenant: id(row, "tenant")?,
            agent: id(row, "agent")?,
            log: value::log(row, "log")?,
            queue: optional_id(row, "queue")?,
            since: timestamp(row, "since")?,
        })
    }

    /// The agent is idle from now on, and it is known how long customers of the queue take.
    async fn note(&self, tx: &Tx, now: Timestamp) -> Worked<()> {
        agents::note_idle(tx, &self.tenant, &self.agent, now).await?;
        activity::end_wrap_up(tx, &self.tenant, &self.agent, self.log, now).await?;
        activity::follow_slots(tx, &self.tenant, &self.agent, now).await?;
        match &self.queue {
            Some(queue) => place::note_handling(tx, &self.tenant, queue, now.since(self.since)).await,
            None => Ok(()),
        }
    }
}
