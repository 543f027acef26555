//! What is known of agents' work.

use std::collections::HashMap;

use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::port::{AgentState, Declaration};
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use crate::postgres::activity;
use crate::postgres::connection::Connection;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::routing::lock_agents;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{id, optional_timestamp, params, small};

/// What is known of these agents, in their order.
pub(super) async fn states(
    connection: &Connection,
    tenant: &TenantId,
    agents: &[AgentId],
) -> Worked<Vec<AgentState>> {
    read_states(connection, tenant, agents, false).await
}

/// The same for looking who takes customers: of whoever does not, no more is told than that they are not there.
pub(super) async fn present(
    connection: &Connection,
    tenant: &TenantId,
    agents: &[AgentId],
) -> Worked<Vec<AgentState>> {
    read_states(connection, tenant, agents, true).await
}

/// One statement, however many they are.
async fn read_states(
    connection: &Connection,
    tenant: &TenantId,
    agents: &[AgentId],
    only_present: bool,
) -> Worked<Vec<AgentState>> {
    let names: Vec<&str> = agents.iter().map(AgentId::as_str).collect();
    let rows = connection
        .query(
            "SELECT state.agent, state.status, state.reason, state.since, state.reachable, state.seen,
                 state.last_assigned, state.idle_since, held.weight AS held
             FROM (SELECT named.agent, coalesce(status, 'offline') AS status, reason, since,
                       coalesce(reachable, TRUE) AS reachable, seen, last_assigned, idle_since
                   FROM unnest($2::text[]) AS named (agent)
                   LEFT JOIN agent_state ON agent_state.tenant = $1 AND agent_state.agent = named.agent
                   WHERE NOT $3 OR status = 'online' AND reachable) AS state
             CROSS JOIN LATERAL (
                 SELECT CAST(coalesce(sum(weight), 0) AS BIGINT) AS weight FROM slot
                 WHERE slot.tenant = $1 AND slot.agent = state.agent) AS held",
            params![tenant.as_str(), names, only_present],
        )
        .await?;
    let mut known = HashMap::with_capacity(agents.len());
    for row in &rows {
        let state = read(row)?;
        known.insert(state.agent.clone(), state);
    }
    Ok(agents.iter().map(|agent| known.get(agent).cloned().unwrap_or_else(|| unknown(agent))).collect())
}

pub(super) async fn state(connection: &Connection, tenant: &TenantId, agent: &AgentId) -> Worked<AgentState> {
    let state = states(connection, tenant, std::slice::from_ref(agent)).await?.pop();
    Ok(state.unwrap_or_else(|| unknown(agent)))
}

fn read(row: &Row) -> Worked<AgentState> {
    Ok(AgentState {
        agent: id(row, "agent")?,
        status: AgentStatus::parse(row.try_get("status")?)
            .ok_or_else(|| Fault::damaged("status of an agent"))?,
        reason: row.try_get("reason")?,
        since: optional_timestamp(row, "since")?,
        reachable: row.try_get("reachable")?,
        seen: optional_timestamp(row, "seen")?,
        held: small(row, "held")?,
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

pub(in crate::postgres) async fn declare(
    tx: &Tx,
    tenant: &TenantId,
    agent: &AgentId,
    Declaration { status, reason, heard }: &Declaration,
) -> Worked<()> {
    lock_agents(tx, [(tenant, agent)]).await?;
    let now = tx.now().await?.as_millis();
    let idle_since = (*status == AgentStatus::Online).then_some(now);
    tx.execute(
        "INSERT INTO agent_state AS known (tenant, agent, status, idle_since, reason, since, seen)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant, agent) DO UPDATE SET
             idle_since = CASE WHEN known.status = excluded.status THEN known.idle_since
                               ELSE coalesce(excluded.idle_since, known.idle_since) END,
             since = CASE WHEN known.status = excluded.status
                               AND known.reason IS NOT DISTINCT FROM excluded.reason
                          THEN coalesce(known.since, excluded.since) ELSE excluded.since END,
             status = excluded.status, reason = excluded.reason,
             seen = coalesce(excluded.seen, known.seen),
             reachable = known.reachable OR excluded.seen IS NOT NULL,
             lost = CASE WHEN excluded.seen IS NULL THEN known.lost END",
        params![
            tenant.as_str(),
            agent.as_str(),
            status.as_str(),
            idle_since,
            reason.as_deref(),
            now,
            heard.map(Timestamp::as_millis),
        ],
    )
    .await?;
    activity::follow_status(tx, tenant, agent).await
}

/// Nobody signs off somebody who was removed. What they hold is taken back as from all who do not come back. Whoever
/// calls has the agent's lock.
pub(in crate::postgres) async fn sign_off(tx: &Tx, tenant: &TenantId, agent: &AgentId) -> Worked<()> {
    let now = tx.now().await?.as_millis();
    let changed = tx
        .execute(
            "UPDATE agent_state SET status = $3, reason = NULL, since = $4
             WHERE tenant = $1 AND agent = $2 AND status <> $3",
            params![tenant.as_str(), agent.as_str(), AgentStatus::Offline.as_str(), now],
        )
        .await?;
    if changed == 0 {
        return Ok(());
    }
    activity::follow_status(tx, tenant, agent).await
}

/// Takes an agent who let an offer pass to be away. An agent who declared something else meanwhile stays as declared, and
/// so does one who could not be reached: they are not there, and will be when they are heard of again.
pub(super) async fn set_away(tx: &Tx, tenant: &TenantId, agent: &AgentId) -> Worked<bool> {
    let now = tx.now().await?;
    let changed = tx
        .execute(
            "UPDATE agent_state SET status = $3, reason = NULL, since = $5
             WHERE tenant = $1 AND agent = $2 AND status = $4 AND reachable",
            params![
                tenant.as_str(),
                agent.as_str(),
                AgentStatus::Away.as_str(),
                AgentStatus::Online.as_str(),
                now.as_millis(),
            ],
        )
        .await?;
    if changed > 0 {
        activity::follow_status(tx, tenant, agent).await?;
    }
    Ok(changed > 0)
}

/// A conversation of the agent's has ended, and what had to be done after it.
pub(super) async fn note_idle(tx: &Tx, tenant: &TenantId, agent: &AgentId, now: Timestamp) -> Worked<()> {
    tx.execute(
        "UPDATE agent_state SET idle_since = greatest(coalesce(idle_since, 0), $3)
         WHERE tenant = $1 AND agent = $2",
        params![tenant.as_str(), agent.as_str(), now.as_millis()],
    )
    .await?;
    Ok(())
}
