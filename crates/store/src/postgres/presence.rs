//! Who is there: what agents declare, and whether they are heard of.

use async_trait::async_trait;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Declaration, PresenceStore, StoreError, Unheard};
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::time::Timestamp;

use crate::postgres::connection::Connection;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::routing::{agents, lock_agents};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{self, id, params, timestamp};
use crate::postgres::{PostgresStore, activity};

/// Notes signs; tells who was unreachable.
async fn hear(tx: &Tx, signs: &[(TenantId, AgentId, Timestamp)]) -> Worked<Vec<(TenantId, AgentId)>> {
    lock_agents(tx, signs.iter().map(|(tenant, agent, _)| (tenant, agent))).await?;
    let mut found = Vec::new();
    for (tenant, agent, at) in signs {
        let was_lost = tx
            .first(
                "SELECT 1 FROM agent_state WHERE tenant = $1 AND agent = $2 AND NOT reachable",
                params![tenant.as_str(), agent.as_str()],
            )
            .await?;
        tx.execute(
            "INSERT INTO agent_state (tenant, agent, status, seen) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant, agent) DO UPDATE SET seen = excluded.seen, reachable = TRUE, lost = NULL",
            params![tenant.as_str(), agent.as_str(), AgentStatus::Offline.as_str(), at.as_millis()],
        )
        .await?;
        if was_lost.is_some() {
            activity::follow_status(tx, tenant, agent).await?;
            found.push((tenant.clone(), agent.clone()));
        }
    }
    Ok(found)
}

async fn unheard(connection: &Connection, before: Timestamp, after: Timestamp) -> Worked<Vec<Unheard>> {
    let rows = connection
        .query(
            "SELECT tenant, agent, status FROM agent_state
             WHERE reachable AND (coalesce(seen, 0) < $1 OR seen > $2) ORDER BY tenant, agent",
            params![before.as_millis(), after.as_millis()],
        )
        .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        found.push(Unheard {
            tenant: id(row, "tenant")?,
            agent: id(row, "agent")?,
            status: AgentStatus::parse(row.try_get("status")?)
                .ok_or_else(|| Fault::damaged("status of an agent"))?,
        });
    }
    Ok(found)
}

async fn lose(
    tx: &Tx,
    agents: &[(TenantId, AgentId)],
    (before, after): (Timestamp, Timestamp),
    now: Timestamp,
) -> Worked<Vec<(TenantId, AgentId)>> {
    lock_agents(tx, agents.iter().map(|(tenant, agent)| (tenant, agent))).await?;
    let mut gone = Vec::new();
    for (tenant, agent) in agents {
        let lost = tx
            .execute(
                "UPDATE agent_state SET reachable = FALSE, lost = $5
                 WHERE tenant = $1 AND agent = $2 AND reachable AND (coalesce(seen, 0) < $3 OR seen > $4)",
                params![
                    tenant.as_str(),
                    agent.as_str(),
                    before.as_millis(),
                    after.as_millis(),
                    now.as_millis()
                ],
            )
            .await?;
        if lost > 0 {
            activity::follow_status(tx, tenant, agent).await?;
            gone.push((tenant.clone(), agent.clone()));
        }
    }
    Ok(gone)
}

async fn abandoned(
    connection: &Connection,
    before: Timestamp,
    after: Timestamp,
) -> Worked<Vec<(TenantId, AgentId, LogId)>> {
    let rows = connection
        .query(
            "SELECT slot.tenant, slot.agent, slot.log FROM agent_state JOIN slot USING (tenant, agent)
             WHERE NOT agent_state.reachable AND slot.wrap_until IS NULL
                 AND (coalesce(agent_state.lost, 0) <= $1 OR agent_state.lost > $2)
             ORDER BY slot.tenant, slot.agent, slot.since, slot.log",
            params![before.as_millis(), after.as_millis()],
        )
        .await?;
    rows.iter().map(|row| Ok((id(row, "tenant")?, id(row, "agent")?, value::log(row, "log")?))).collect()
}

async fn after_call_work(
    connection: &Connection,
    tenant: &TenantId,
    agent: &AgentId,
) -> Worked<Vec<(LogId, Timestamp)>> {
    let rows = connection
        .query(
            "SELECT log, wrap_until FROM slot WHERE tenant = $1 AND agent = $2 AND wrap_until IS NOT NULL
             ORDER BY wrap_until, log",
            params![tenant.as_str(), agent.as_str()],
        )
        .await?;
    rows.iter().map(|row| Ok((value::log(row, "log")?, timestamp(row, "wrap_until")?))).collect()
}

#[async_trait]
impl PresenceStore for PostgresStore {
    async fn declare(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        declaration: Declaration,
    ) -> Result<(), StoreError> {
        let declaration = &declaration;
        self.transaction(|tx| async move { agents::declare(&tx, tenant, agent, declaration).await }).await
    }

    async fn heard(
        &self,
        signs: Vec<(TenantId, AgentId, Timestamp)>,
    ) -> Result<Vec<(TenantId, AgentId)>, StoreError> {
        let signs = &signs;
        self.transaction(|tx| async move { hear(&tx, signs).await }).await
    }

    async fn unheard(&self, before: Timestamp, after: Timestamp) -> Result<Vec<Unheard>, StoreError> {
        self.reading(|connection| async move { unheard(&connection, before, after).await }).await
    }

    async fn lose(
        &self,
        agents: Vec<(TenantId, AgentId)>,
        before: Timestamp,
        after: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<(TenantId, AgentId)>, StoreError> {
        let agents = &agents;
        self.transaction(|tx| async move { lose(&tx, agents, (before, after), now).await }).await
    }

    async fn abandoned(
        &self,
        before: Timestamp,
        after: Timestamp,
    ) -> Result<Vec<(TenantId, AgentId, LogId)>, StoreError> {
        self.reading(|connection| async move { abandoned(&connection, before, after).await }).await
    }

    async fn after_call_work(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
    ) -> Result<Vec<(LogId, Timestamp)>, StoreError> {
        self.reading(|connection| async move { after_call_work(&connection, tenant, agent).await }).await
    }
}
