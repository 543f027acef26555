//! Agents' slots: what they hold of their capacity.

use std::time::Duration;

use frontdesk_core::id::{AgentId, QueueId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::Reservation;
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::error::Worked;
use crate::sqlite::queue_place;
use crate::sqlite::reports;
use crate::sqlite::routing::agents;
use crate::sqlite::value::{self, id, optional_id, optional_timestamp, stored, timestamp};
use crate::sqlite::writer::Tx;

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

/// Takes a slot. The same fence again, or an older one, leaves it as it is: the same transfer may be asked for twice.
pub(super) fn take(tx: &Tx<'_>, tenant: &TenantId, agent: &AgentId, taken: &Taken<'_>) -> Worked<()> {
    let (log, fence) = taken.customer;
    let (queue, wrap_up) = taken.queue.unzip();
    tx.execute(
        "INSERT INTO slot (tenant, agent, log, fence, queue, since, reserved, weight, wrap_up)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT DO UPDATE SET
             fence = excluded.fence, reserved = excluded.reserved, weight = excluded.weight,
             queue = coalesce(excluded.queue, queue), wrap_up = excluded.wrap_up,
             since = CASE WHEN wrap_until IS NULL THEN since ELSE excluded.since END, wrap_until = NULL
             WHERE excluded.fence > fence",
        params![
            tenant.as_str(),
            agent.as_str(),
            log.as_bytes(),
            stored(fence),
            queue.map(QueueId::as_str),
            taken.now.as_millis(),
            taken.is_reserved.then_some(taken.now.as_millis()),
            taken.weight,
            stored(wrap_up.map_or(0, |span| u64::try_from(span.as_millis()).unwrap_or(u64::MAX)))
        ],
    )?;
    tx.execute(
        "UPDATE agent_state SET last_assigned = ?3 WHERE tenant = ?1 AND agent = ?2",
        params![tenant.as_str(), agent.as_str(), taken.assigned.as_millis()],
    )?;
    // Who is back is no after-call work any more.
    reports::end_wrap_up(tx, tenant, agent, log, taken.now)?;
    reports::follow_slots(tx, tenant, agent, taken.now)
}

/// Why a slot was not taken.
pub(super) enum NoSlot {
    NotOnline,
    Full,
}

pub(super) fn reserve(
    tx: &mut Tx<'_>,
    tenant: &TenantId,
    agent: &AgentId,
    (capacity, weight): (u32, u32),
    customer: (LogId, u64),
    now: Timestamp,
) -> Worked<Result<(), NoSlot>> {
    let has_slot = tx.first(
        "SELECT 1 FROM slot WHERE tenant = ?1 AND agent = ?2 AND log = ?3 AND wrap_until IS NULL",
        params![tenant.as_str(), agent.as_str(), customer.0.as_bytes()],
        |_| Ok(()),
    )?;
    let state = agents::state(tx.connection(), tenant, agent)?;
    if has_slot.is_none() && (state.status != AgentStatus::Online || !state.reachable) {
        return Ok(Err(NoSlot::NotOnline));
    }
    if has_slot.is_none() && state.held.saturating_add(weight) > capacity {
        return Ok(Err(NoSlot::Full));
    }
    tx.begin()?;
    let taken = Taken { customer, weight, queue: None, now, assigned: now, is_reserved: true };
    take(tx, tenant, agent, &taken)?;
    Ok(Ok(()))
}

pub(super) fn seize(
    tx: &mut Tx<'_>,
    tenant: &TenantId,
    agent: &AgentId,
    weight: u32,
    customer: (LogId, u64),
    now: Timestamp,
) -> Worked<()> {
    tx.begin()?;
    let taken = Taken { customer, weight, queue: None, now, assigned: now, is_reserved: true };
    take(tx, tenant, agent, &taken)
}

pub(super) fn confirm_reservation(
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

pub(super) fn stale_reservations(connection: &Connection, before: Timestamp) -> Worked<Vec<Reservation>> {
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

pub(super) fn free(
    tx: &mut Tx<'_>,
    tenant: &TenantId,
    agent: &AgentId,
    (log, fence): (LogId, u64),
    now: Timestamp,
) -> Worked<Option<Timestamp>> {
    let of_customer = params![tenant.as_str(), agent.as_str(), log.as_bytes(), stored(fence)];
    let held = tx.first(
        "SELECT wrap_up, wrap_until FROM slot WHERE tenant = ?1 AND agent = ?2 AND log = ?3 AND fence < ?4",
        of_customer,
        |row| Ok((value::number(row, "wrap_up")?, optional_timestamp(row, "wrap_until")?)),
    )?;
    let (wrap_up, wrap_until) = match held {
        None => return Ok(None),
        Some((_, Some(until))) => return Ok(Some(until)),
        Some((wrap_up, None)) => (wrap_up, now.plus(Duration::from_millis(wrap_up))),
    };
    if wrap_up > 0 {
        tx.begin()?;
        tx.execute(
            "UPDATE slot SET wrap_until = ?4 WHERE tenant = ?1 AND agent = ?2 AND log = ?3",
            params![tenant.as_str(), agent.as_str(), log.as_bytes(), wrap_until.as_millis()],
        )?;
        reports::begin_wrap_up(tx, tenant, agent, log, now)?;
        return Ok(Some(wrap_until));
    }
    give_back(tx, tenant, agent, (log, fence), now)?;
    Ok(None)
}

/// Frees a slot without after-call work.
pub(super) fn give_back(
    tx: &mut Tx<'_>,
    tenant: &TenantId,
    agent: &AgentId,
    (log, fence): (LogId, u64),
    now: Timestamp,
) -> Worked<()> {
    tx.begin()?;
    let freed = tx.first(
        "DELETE FROM slot WHERE tenant = ?1 AND agent = ?2 AND log = ?3 AND fence < ?4 AND wrap_until IS NULL
         RETURNING tenant, agent, log, queue, since",
        params![tenant.as_str(), agent.as_str(), log.as_bytes(), stored(fence)],
        Freed::read,
    )?;
    freed.map_or(Ok(()), |freed| freed.note(tx, now))
}

/// Frees slots whose after-call work is over.
pub(super) fn end_wrap_ups(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: usize,
) -> Worked<Vec<(TenantId, AgentId)>> {
    tx.begin()?;
    let freed = all_freed(
        tx.connection(),
        "DELETE FROM slot WHERE (tenant, agent, log) IN (
             SELECT tenant, agent, log FROM slot WHERE wrap_until <= ?1 ORDER BY wrap_until LIMIT ?2)
         RETURNING tenant, agent, log, queue, since",
        params![now.as_millis(), value::limit(limit)],
    )?;
    let mut agents = Vec::with_capacity(freed.len());
    for slot in freed {
        slot.note(tx, now)?;
        agents.push((slot.tenant, slot.agent));
    }
    agents.sort();
    agents.dedup();
    Ok(agents)
}

/// Ends after-call work before its time.
pub(super) fn end_wrap_up(
    tx: &mut Tx<'_>,
    tenant: &TenantId,
    agent: &AgentId,
    customer: Option<LogId>,
    now: Timestamp,
) -> Worked<bool> {
    tx.begin()?;
    let log = customer.as_ref().map(LogId::as_bytes);
    let freed = all_freed(
        tx.connection(),
        "DELETE FROM slot WHERE tenant = ?1 AND agent = ?2 AND wrap_until IS NOT NULL AND log = coalesce(?3, log)
         RETURNING tenant, agent, log, queue, since",
        params![tenant.as_str(), agent.as_str(), log],
    )?;
    for slot in &freed {
        slot.note(tx, now)?;
    }
    Ok(!freed.is_empty())
}

fn all_freed(
    connection: &Connection,
    sql: &'static str,
    params: impl rusqlite::Params,
) -> Worked<Vec<Freed>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut freed = Vec::new();
    while let Some(row) = rows.next()? {
        freed.push(Freed::read(row)?);
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
    fn read(row: &Row<'_>) -> Worked<Self> {
        Ok(Self {
            tenant: id(row, "tenant")?,
            agent: id(row, "agent")?,
            log: value::log(row, "log")?,
            queue: optional_id(row, "queue")?,
            since: timestamp(row, "since")?,
        })
    }

    /// The agent is idle from now on, and it is known how long customers of the queue take.
    fn note(&self, tx: &Tx<'_>, now: Timestamp) -> Worked<()> {
        agents::note_idle(tx, &self.tenant, &self.agent, now)?;
        reports::end_wrap_up(tx, &self.tenant, &self.agent, self.log, now)?;
        reports::follow_slots(tx, &self.tenant, &self.agent, now)?;
        match &self.queue {
            Some(queue) => queue_place::note_handling(tx, &self.tenant, queue, now.since(self.since)),
            None => Ok(()),
        }
    }
}
