//! Queues and agents' slots.
//!
//! An agent holds as many conversations as there are rows in `slot`, so taking or giving back a slot twice changes
//! nothing. Of each customer the newest fence is remembered beyond their stay in a queue: an intent that is carried
//! out late, or again, does not put them back.

use async_trait::async_trait;
use frontdesk_core::id::{AgentId, QueueId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{
    AgentState, Claim, QueueItem, Reservation, ReserveError, RoutingStore, StoreError,
};
use frontdesk_core::routing::{AgentStatus, Candidate, Choice, Demand, MatchRules, QueuePlace, choose};
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::error::{Fault, Worked};
use crate::sqlite::value::{self, id, optional_id, optional_timestamp, stored, timestamp};
use crate::sqlite::writer::Tx;
use crate::sqlite::{SqliteStore, queue_place};

fn enqueue(tx: &mut Tx<'_>, item: &QueueItem) -> Worked<()> {
    if !is_news(tx, item.log, item.fence)? {
        return Ok(());
    }
    tx.begin()?;
    remember_fence(tx, item.log, item.fence)?;
    // Whoever was found under an older fence cannot be assigned any more.
    take_out(tx, item.log)?;
    tx.execute(
        "INSERT INTO queue_item (log, tenant, queue, fence, since, avoid) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            item.log.as_bytes(),
            item.tenant.as_str(),
            item.queue.as_str(),
            stored(item.fence),
            item.since.as_millis(),
            item.avoid.as_ref().map(AgentId::as_str)
        ],
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
/// for the customer under a newer fence stays.
fn take_out(tx: &Tx<'_>, log: LogId) -> Worked<Option<AgentId>> {
    let removed = tx.first(
        "DELETE FROM queue_item WHERE log = ?1 RETURNING tenant, agent, fence",
        params![log.as_bytes()],
        |row| {
            let fence = value::number(row, "fence")?;
            Ok((id::<TenantId>(row, "tenant")?, optional_id::<AgentId>(row, "agent")?, fence))
        },
    )?;
    let Some((tenant, Some(agent), fence)) = removed else { return Ok(None) };
    let freed = tx.execute(
        "DELETE FROM slot WHERE tenant = ?1 AND agent = ?2 AND log = ?3 AND fence <= ?4",
        params![tenant.as_str(), agent.as_str(), log.as_bytes(), stored(fence)],
    )?;
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

fn leave_queue(tx: &mut Tx<'_>, log: LogId, fence: u64) -> Worked<Option<AgentId>> {
    tx.begin()?;
    remember_fence(tx, log, fence)?;
    if waits_under(tx, log, fence)? { take_out(tx, log) } else { Ok(None) }
}

fn finish_claim(tx: &mut Tx<'_>, log: LogId, fence: u64) -> Worked<()> {
    tx.begin()?;
    remember_fence(tx, log, fence)?;
    tx.execute(
        "DELETE FROM queue_item WHERE log = ?1 AND fence <= ?2",
        params![log.as_bytes(), stored(fence)],
    )?;
    Ok(())
}

fn claim_next(
    tx: &mut Tx<'_>,
    tenant: &TenantId,
    queue: &QueueId,
    agents: &[(AgentId, u32)],
    now: Timestamp,
) -> Worked<Option<Claim>> {
    let Some(item) = waiting(tx.connection(), tenant, queue, 1)?.pop() else { return Ok(None) };
    let mut candidates = Vec::with_capacity(agents.len());
    for (agent, capacity) in agents {
        let state = agent_state(tx.connection(), tenant, agent)?;
        candidates.push(Candidate {
            agent: state.agent,
            status: state.status,
            reachable: true,
            held: state.held,
            capacity: *capacity,
            last_assigned: state.last_assigned,
            idle_since: None,
            languages: Vec::new(),
        });
    }
    let demand = Demand { weight: 1, avoid: item.avoid.clone(), ..Demand::default() };
    let Choice::Candidate(place) = choose(&candidates, &demand, MatchRules::default(), now) else {
        return Ok(None);
    };
    let Some(chosen) = candidates.get(place) else { return Ok(None) };
    tx.begin()?;
    let taken = Taken { customer: (item.log, item.fence), queue: Some(queue), at: now, reserved: None };
    take_slot(tx, tenant, &chosen.agent, &taken)?;
    tx.execute(
        "UPDATE queue_item SET agent = ?2, claimed = ?3 WHERE log = ?1",
        params![item.log.as_bytes(), chosen.agent.as_str(), now.as_millis()],
    )?;
    let agent = chosen.agent.clone();
    Ok(Some(Claim { item, agent }))
}

/// What a slot is taken for.
struct Taken<'a> {
    /// The customer and the fence under which the slot is taken.
    customer: (LogId, u64),
    /// Where the customer comes from.
    queue: Option<&'a QueueId>,
    at: Timestamp,
    /// Set if the slot has yet to be confirmed. A claim has its item in the queue for that.
    reserved: Option<Timestamp>,
}

fn take_slot(tx: &Tx<'_>, tenant: &TenantId, agent: &AgentId, taken: &Taken<'_>) -> Worked<()> {
    let (log, fence) = taken.customer;
    // The same fence again leaves it open or confirmed, as it is: the same transfer may be asked for twice.
    tx.execute(
        "INSERT INTO slot (tenant, agent, log, fence, queue, since, reserved) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT DO UPDATE SET
             reserved = CASE WHEN excluded.fence > fence THEN excluded.reserved ELSE reserved END,
             fence = max(fence, excluded.fence)",
        params![
            tenant.as_str(),
            agent.as_str(),
            log.as_bytes(),
            stored(fence),
            taken.queue.map(QueueId::as_str),
            taken.at.as_millis(),
            taken.reserved.map(Timestamp::as_millis)
        ],
    )?;
    tx.execute(
        "UPDATE agent_state SET last_assigned = ?3 WHERE tenant = ?1 AND agent = ?2",
        params![tenant.as_str(), agent.as_str(), taken.at.as_millis()],
    )?;
    Ok(())
}

/// Why a slot was not taken.
enum NoSlot {
    NotOnline,
    Full,
}

fn reserve(
    tx: &mut Tx<'_>,
    tenant: &TenantId,
    agent: &AgentId,
    capacity: u32,
    customer: (LogId, u64),
    now: Timestamp,
) -> Worked<Result<(), NoSlot>> {
    let has_slot = tx.first(
        "SELECT 1 FROM slot WHERE tenant = ?1 AND agent = ?2 AND log = ?3",
        params![tenant.as_str(), agent.as_str(), customer.0.as_bytes()],
        |_| Ok(()),
    )?;
    let state = agent_state(tx.connection(), tenant, agent)?;
    if has_slot.is_none() && state.status != AgentStatus::Online {
        return Ok(Err(NoSlot::NotOnline));
    }
    if has_slot.is_none() && state.held >= capacity {
        return Ok(Err(NoSlot::Full));
    }
    tx.begin()?;
    take_slot(tx, tenant, agent, &Taken { customer, queue: None, at: now, reserved: Some(now) })?;
    Ok(Ok(()))
}

fn confirm_reservation(
    tx: &Tx<'_>,
    tenant: &TenantId,
    agent: &AgentId,
    (log, fence): (LogId, u64),
) -> Worked<()> {
    tx.execute(
        "UPDATE slot SET reserved = NULL WHERE tenant = ?1 AND agent = ?2 AND log = ?3 AND fence <= ?4",
        params![tenant.as_str(), agent.as_str(), log.as_bytes(), stored(fence)],
    )?;
    Ok(())
}

fn stale_reservations(connection: &Connection, before: Timestamp) -> Worked<Vec<Reservation>> {
    let mut statement = connection
        .prepare_cached("SELECT tenant, agent, log, fence FROM slot WHERE reserved < ?1 ORDER BY reserved")?;
    let mut rows = statement.query(params![before.as_millis()])?;
    let mut reservations = Vec::new();
    while let Some(row) = rows.next()? {
        reservations.push(Reservation {
            tenant: id(row, "tenant")?,
            agent: id(row, "agent")?,
            log: value::log(row, "log")?,
            fence: value::number(row, "fence")?,
        });
    }
    Ok(reservations)
}

fn free_slot(
    tx: &mut Tx<'_>,
    tenant: &TenantId,
    agent: &AgentId,
    (log, fence): (LogId, u64),
    now: Timestamp,
) -> Worked<()> {
    tx.begin()?;
    let freed = tx.first(
        "DELETE FROM slot WHERE tenant = ?1 AND agent = ?2 AND log = ?3 AND fence < ?4 RETURNING queue, since",
        params![tenant.as_str(), agent.as_str(), log.as_bytes(), stored(fence)],
        |row| Ok((optional_id::<QueueId>(row, "queue")?, timestamp(row, "since")?)),
    )?;
    match freed {
        Some((Some(queue), since)) => queue_place::note_handling(tx, tenant, &queue, now.since(since)),
        Some((None, _)) | None => Ok(()),
    }
}

fn agent_state(connection: &Connection, tenant: &TenantId, agent: &AgentId) -> Worked<AgentState> {
    let mut statement = connection
        .prepare_cached("SELECT status, last_assigned FROM agent_state WHERE tenant = ?1 AND agent = ?2")?;
    let mut rows = statement.query(params![tenant.as_str(), agent.as_str()])?;
    let (status, last_assigned) = match rows.next()? {
        Some(row) => (read_status(row)?, optional_timestamp(row, "last_assigned")?),
        None => (AgentStatus::Offline, None),
    };
    let held = connection
        .prepare_cached("SELECT count(*) FROM slot WHERE tenant = ?1 AND agent = ?2")?
        .query_row(params![tenant.as_str(), agent.as_str()], |row| row.get(0))?;
    Ok(AgentState { agent: agent.clone(), status, held, last_assigned })
}

fn read_status(row: &Row<'_>) -> Worked<AgentStatus> {
    let status = row.get_ref("status")?.as_str().map_err(Fault::damaged)?;
    AgentStatus::parse(status).ok_or_else(|| Fault::damaged("status of an agent"))
}

fn set_status(tx: &Tx<'_>, tenant: &TenantId, agent: &AgentId, status: AgentStatus) -> Worked<()> {
    tx.execute(
        "INSERT INTO agent_state (tenant, agent, status) VALUES (?1, ?2, ?3)
         ON CONFLICT (tenant, agent) DO UPDATE SET status = excluded.status",
        params![tenant.as_str(), agent.as_str(), status.as_str()],
    )?;
    Ok(())
}

fn waiting(
    connection: &Connection,
    tenant: &TenantId,
    queue: &QueueId,
    limit: usize,
) -> Worked<Vec<QueueItem>> {
    let mut statement = connection.prepare_cached(
        "SELECT log, tenant, queue, fence, since, avoid FROM queue_item
         WHERE tenant = ?1 AND queue = ?2 AND agent IS NULL ORDER BY since, log LIMIT ?3",
    )?;
    let mut rows = statement.query(params![tenant.as_str(), queue.as_str(), value::limit(limit)])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(read_item(row)?);
    }
    Ok(items)
}

fn read_item(row: &Row<'_>) -> Worked<QueueItem> {
    Ok(QueueItem {
        tenant: id(row, "tenant")?,
        queue: id(row, "queue")?,
        log: value::log(row, "log")?,
        fence: value::number(row, "fence")?,
        since: timestamp(row, "since")?,
        avoid: optional_id(row, "avoid")?,
    })
}

fn stale_claims(connection: &Connection, before: Timestamp) -> Worked<Vec<Claim>> {
    let mut statement = connection.prepare_cached(
        "SELECT log, tenant, queue, fence, since, avoid, agent FROM queue_item
         WHERE claimed < ?1 ORDER BY claimed",
    )?;
    let mut rows = statement.query(params![before.as_millis()])?;
    let mut claims = Vec::new();
    while let Some(row) = rows.next()? {
        claims.push(Claim { item: read_item(row)?, agent: id(row, "agent")? });
    }
    Ok(claims)
}

fn waiting_queues(connection: &Connection) -> Worked<Vec<(TenantId, QueueId)>> {
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT tenant, queue FROM queue_item WHERE agent IS NULL")?;
    let mut rows = statement.query([])?;
    let mut queues = Vec::new();
    while let Some(row) = rows.next()? {
        queues.push((id(row, "tenant")?, id(row, "queue")?));
    }
    Ok(queues)
}

#[async_trait]
impl RoutingStore for SqliteStore {
    async fn enqueue(&self, item: QueueItem) -> Result<(), StoreError> {
        self.writing(move |tx| enqueue(tx, &item)).await
    }

    async fn leave_queue(&self, log: LogId, fence: u64) -> Result<Option<AgentId>, StoreError> {
        self.writing(move |tx| leave_queue(tx, log, fence)).await
    }

    async fn claim_next(
        &self,
        tenant: &TenantId,
        queue: &QueueId,
        agents: &[(AgentId, u32)],
        now: Timestamp,
    ) -> Result<Option<Claim>, StoreError> {
        let (tenant, queue, agents) = (tenant.clone(), queue.clone(), agents.to_vec());
        self.writing(move |tx| claim_next(tx, &tenant, &queue, &agents, now)).await
    }

    async fn finish_claim(&self, log: LogId, fence: u64) -> Result<(), StoreError> {
        self.writing(move |tx| finish_claim(tx, log, fence)).await
    }

    async fn stale_claims(&self, before: Timestamp) -> Result<Vec<Claim>, StoreError> {
        self.reading(move |connection| stale_claims(connection, before)).await
    }

    async fn reserve(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        capacity: u32,
        customer: (LogId, u64),
        now: Timestamp,
    ) -> Result<(), ReserveError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        let reserved = self.writing(move |tx| reserve(tx, &tenant, &agent, capacity, customer, now)).await?;
        reserved.map_err(|no_slot| match no_slot {
            NoSlot::NotOnline => ReserveError::NotOnline,
            NoSlot::Full => ReserveError::Full,
        })
    }

    async fn confirm_reservation(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        customer: (LogId, u64),
    ) -> Result<(), StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.writing(move |tx| confirm_reservation(tx, &tenant, &agent, customer)).await
    }

    async fn stale_reservations(&self, before: Timestamp) -> Result<Vec<Reservation>, StoreError> {
        self.reading(move |connection| stale_reservations(connection, before)).await
    }

    async fn free_slot(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        customer: (LogId, u64),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.writing(move |tx| free_slot(tx, &tenant, &agent, customer, now)).await
    }

    async fn queue_place(&self, log: LogId) -> Result<Option<QueuePlace>, StoreError> {
        self.reading(move |connection| queue_place::of(connection, log)).await
    }

    async fn count_waiting(&self, tenant: &TenantId, queue: &QueueId, most: u32) -> Result<u32, StoreError> {
        let (tenant, queue) = (tenant.clone(), queue.clone());
        self.reading(move |connection| queue_place::count(connection, &tenant, &queue, most)).await
    }

    async fn waiting_queues(&self) -> Result<Vec<(TenantId, QueueId)>, StoreError> {
        self.reading(waiting_queues).await
    }

    async fn waiting(
        &self,
        tenant: &TenantId,
        queue: &QueueId,
        limit: usize,
    ) -> Result<Vec<QueueItem>, StoreError> {
        let (tenant, queue) = (tenant.clone(), queue.clone());
        self.reading(move |connection| waiting(connection, &tenant, &queue, limit)).await
    }

    async fn set_status(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        status: AgentStatus,
    ) -> Result<(), StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.writing(move |tx| set_status(tx, &tenant, &agent, status)).await
    }

    async fn agent_states(
        &self,
        tenant: &TenantId,
        agents: &[AgentId],
    ) -> Result<Vec<AgentState>, StoreError> {
        let (tenant, agents) = (tenant.clone(), agents.to_vec());
        self.reading(move |connection| {
            agents.iter().map(|agent| agent_state(connection, &tenant, agent)).collect()
        })
        .await
    }
}
