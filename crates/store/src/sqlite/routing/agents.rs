//! What is known of agents' work.

use std::collections::HashMap;

use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::port::{AgentState, Declaration};
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::error::{Fault, Worked};
use crate::sqlite::reports;
use crate::sqlite::value::{self, id, optional_timestamp};
use crate::sqlite::writer::Tx;

/// What is known of these agents, in their order.
pub(super) fn states(
    connection: &Connection,
    tenant: &TenantId,
    agents: &[AgentId],
) -> Worked<Vec<AgentState>> {
    read_states(connection, tenant, agents, false)
}

/// The same for looking who takes customers: of whoever does not, no more is told than that they are not there.
pub(super) fn present(
    connection: &Connection,
    tenant: &TenantId,
    agents: &[AgentId],
) -> Worked<Vec<AgentState>> {
    read_states(connection, tenant, agents, true)
}

/// One statement, however many they are.
fn read_states(
    connection: &Connection,
    tenant: &TenantId,
    agents: &[AgentId],
    only_present: bool,
) -> Worked<Vec<AgentState>> {
    let names: Vec<&str> = agents.iter().map(AgentId::as_str).collect();
    let mut statement = connection.prepare_cached(
        "SELECT named.value AS agent, coalesce(status, 'offline') AS status, reason, since,
             coalesce(reachable, 1) AS reachable, seen, last_assigned, idle_since,
             (SELECT coalesce(sum(weight), 0) FROM slot
              WHERE slot.tenant = ?1 AND slot.agent = named.value) AS held
         FROM json_each(?2) AS named
         LEFT JOIN agent_state ON agent_state.tenant = ?1 AND agent_state.agent = named.value
         WHERE NOT ?3 OR status = 'online' AND reachable",
    )?;
    let mut rows = statement.query(params![tenant.as_str(), value::words(&names)?, only_present])?;
    let mut known = HashMap::with_capacity(agents.len());
    while let Some(row) = rows.next()? {
        let state = read(row)?;
        known.insert(state.agent.clone(), state);
    }
    Ok(agents.iter().map(|agent| known.get(agent).cloned().unwrap_or_else(|| unknown(agent))).collect())
}

pub(super) fn state(connection: &Connection, tenant: &TenantId, agent: &AgentId) -> Worked<AgentState> {
    let state = states(connection, tenant, std::slice::from_ref(agent))?.pop();
    Ok(state.unwrap_or_else(|| unknown(agent)))
}

fn read(row: &Row<'_>) -> Worked<AgentState> {
    let status = row.get_ref("status")?.as_str().map_err(Fault::damaged)?;
    Ok(AgentState {
        agent: id(row, "agent")?,
        status: AgentStatus::parse(status).ok_or_else(|| Fault::damaged("status of an agent"))?,
        reason: row.get("reason")?,
        since: optional_timestamp(row, "since")?,
        reachable: row.get("reachable")?,
        seen: optional_timestamp(row, "seen")?,
        held: row.get("held")?,
        last_assigned: optional_timestamp(row, "last_assigned")?,
        idle_since: optional_timestamp(row, "idle_since")?,
    })
}

/// Somebody who never signed in.
fn unknown(agent: &AgentId) -> AgentState {
    AgentState {
        agent: agent.clone(),
        status: AgentStatus::Offline,
        reason: None,
        since: None,
        reachable: true,
        seen: None,
        held: 0,
        last_assigned: None,
        idle_since: None,
    }
}

pub(super) fn set_status(
    tx: &mut Tx<'_>,
    tenant: &TenantId,
    agent: &AgentId,
    status: AgentStatus,
) -> Worked<()> {
    declare(tx, tenant, agent, &Declaration { status, reason: None, heard: None })
}

pub(in crate::sqlite) fn declare(
    tx: &mut Tx<'_>,
    tenant: &TenantId,
    agent: &AgentId,
    Declaration { status, reason, heard }: &Declaration,
) -> Worked<()> {
    tx.begin()?;
    let now = tx.now().as_millis();
    let idle_since = (*status == AgentStatus::Online).then_some(now);
    tx.execute(
        "INSERT INTO agent_state (tenant, agent, status, idle_since, reason, since, seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (tenant, agent) DO UPDATE SET
             idle_since = CASE WHEN status = excluded.status THEN idle_since
                               ELSE coalesce(excluded.idle_since, idle_since) END,
             since = CASE WHEN status = excluded.status AND reason IS excluded.reason
                          THEN coalesce(since, excluded.since) ELSE excluded.since END,
             status = excluded.status, reason = excluded.reason,
             seen = coalesce(excluded.seen, seen),
             reachable = reachable OR excluded.seen IS NOT NULL,
             lost = CASE WHEN excluded.seen IS NULL THEN lost END",
        params![
            tenant.as_str(),
            agent.as_str(),
            status.as_str(),
            idle_since,
            reason.as_deref(),
            now,
            heard.map(Timestamp::as_millis)
        ],
    )?;
    reports::follow_status(tx, tenant, agent)
}

/// Nobody signs off somebody who was removed. What they hold is taken back as from all who do not come back.
pub(in crate::sqlite) fn sign_off(tx: &Tx<'_>, tenant: &TenantId, agent: &AgentId) -> Worked<()> {
    let changed = tx.execute(
        "UPDATE agent_state SET status = ?3, reason = NULL, since = ?4
         WHERE tenant = ?1 AND agent = ?2 AND status <> ?3",
        params![tenant.as_str(), agent.as_str(), AgentStatus::Offline.as_str(), tx.now().as_millis()],
    )?;
    if changed == 0 {
        return Ok(());
    }
    reports::follow_status(tx, tenant, agent)
}

/// Takes an agent who let an offer pass to be away. An agent who declared something else meanwhile stays as declared, and
/// so does one who could not be reached: they are not there, and will be when they are heard of again.
pub(super) fn set_away(tx: &Tx<'_>, tenant: &TenantId, agent: &AgentId) -> Worked<bool> {
    let changed = tx.execute(
        "UPDATE agent_state SET status = ?3, reason = NULL, since = ?5
         WHERE tenant = ?1 AND agent = ?2 AND status = ?4 AND reachable",
        params![
            tenant.as_str(),
            agent.as_str(),
            AgentStatus::Away.as_str(),
            AgentStatus::Online.as_str(),
            tx.now().as_millis()
        ],
    )?;
    if changed > 0 {
        reports::follow_status(tx, tenant, agent)?;
    }
    Ok(changed > 0)
}

/// A conversation of the agent's has ended, and what had to be done after it.
pub(super) fn note_idle(tx: &Tx<'_>, tenant: &TenantId, agent: &AgentId, now: Timestamp) -> Worked<()> {
    tx.execute(
        "UPDATE agent_state SET idle_since = max(coalesce(idle_since, 0), ?3) WHERE tenant = ?1 AND agent = ?2",
        params![tenant.as_str(), agent.as_str(), now.as_millis()],
    )?;
    Ok(())
}
