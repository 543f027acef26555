//! Who is there: what agents declare, and whether they are heard of.

use async_trait::async_trait;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Declaration, PresenceStore, StoreError, Unheard};
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, params};

use crate::error::{Fault, Worked};
use crate::sqlite::SqliteStore;
use crate::sqlite::reports;
use crate::sqlite::routing::agents;
use crate::sqlite::value::{self, id, timestamp};
use crate::sqlite::writer::Tx;

/// Notes one sign; `true` if the agent was unreachable.
fn hear(tx: &Tx<'_>, (tenant, agent, at): &(TenantId, AgentId, Timestamp)) -> Worked<bool> {
    let was_lost = tx.first(
        "SELECT 1 FROM agent_state WHERE tenant = ?1 AND agent = ?2 AND NOT reachable",
        params![tenant.as_str(), agent.as_str()],
        |_| Ok(()),
    )?;
    tx.execute(
        "INSERT INTO agent_state (tenant, agent, status, seen) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tenant, agent) DO UPDATE SET seen = excluded.seen, reachable = 1, lost = NULL",
        params![tenant.as_str(), agent.as_str(), AgentStatus::Offline.as_str(), at.as_millis()],
    )?;
    if was_lost.is_some() {
        reports::follow_status(tx, tenant, agent)?;
    }
    Ok(was_lost.is_some())
}

fn unheard(connection: &Connection, before: Timestamp, after: Timestamp) -> Worked<Vec<Unheard>> {
    let mut statement = connection.prepare_cached(
        "SELECT tenant, agent, status FROM agent_state
         WHERE reachable AND (coalesce(seen, 0) < ?1 OR seen > ?2) ORDER BY tenant, agent",
    )?;
    let mut rows = statement.query(params![before.as_millis(), after.as_millis()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let status = row.get_ref("status")?.as_str().map_err(Fault::damaged)?;
        found.push(Unheard {
            tenant: id(row, "tenant")?,
            agent: id(row, "agent")?,
            status: AgentStatus::parse(status).ok_or_else(|| Fault::damaged("status of an agent"))?,
        });
    }
    Ok(found)
}

fn lose(
    tx: &Tx<'_>,
    (tenant, agent): &(TenantId, AgentId),
    (before, after): (Timestamp, Timestamp),
    now: Timestamp,
) -> Worked<bool> {
    let lost = tx.execute(
        "UPDATE agent_state SET reachable = 0, lost = ?5
         WHERE tenant = ?1 AND agent = ?2 AND reachable AND (coalesce(seen, 0) < ?3 OR seen > ?4)",
        params![tenant.as_str(), agent.as_str(), before.as_millis(), after.as_millis(), now.as_millis()],
    )?;
    if lost > 0 {
        reports::follow_status(tx, tenant, agent)?;
    }
    Ok(lost > 0)
}

fn abandoned(
    connection: &Connection,
    before: Timestamp,
    after: Timestamp,
) -> Worked<Vec<(TenantId, AgentId, LogId)>> {
    let mut statement = connection.prepare_cached(
        "SELECT slot.tenant, slot.agent, slot.log FROM agent_state JOIN slot USING (tenant, agent)
         WHERE NOT agent_state.reachable AND slot.wrap_until IS NULL
             AND (coalesce(agent_state.lost, 0) <= ?1 OR agent_state.lost > ?2)
         ORDER BY slot.tenant, slot.agent, slot.since, slot.log",
    )?;
    let mut rows = statement.query(params![before.as_millis(), after.as_millis()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((id(row, "tenant")?, id(row, "agent")?, value::log(row, "log")?));
    }
    Ok(found)
}

fn after_call_work(
    connection: &Connection,
    tenant: &TenantId,
    agent: &AgentId,
) -> Worked<Vec<(LogId, Timestamp)>> {
    let mut statement = connection.prepare_cached(
        "SELECT log, wrap_until FROM slot WHERE tenant = ?1 AND agent = ?2 AND wrap_until IS NOT NULL
         ORDER BY wrap_until, log",
    )?;
    let mut rows = statement.query(params![tenant.as_str(), agent.as_str()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((value::log(row, "log")?, timestamp(row, "wrap_until")?));
    }
    Ok(found)
}

/// Those of them for whom it is true.
fn filter<T, K>(
    all: impl IntoIterator<Item = T>,
    mut holds: impl FnMut(&T) -> Worked<bool>,
    key: impl Fn(T) -> K,
) -> Worked<Vec<K>> {
    let mut kept = Vec::new();
    for one in all {
        if holds(&one)? {
            kept.push(key(one));
        }
    }
    Ok(kept)
}

#[async_trait]
impl PresenceStore for SqliteStore {
    async fn declare(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        declaration: Declaration,
    ) -> Result<(), StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.of_tenant(&tenant).writing(move |tx| agents::declare(tx, &tenant, &agent, &declaration)).await
    }

    async fn heard(
        &self,
        signs: Vec<(TenantId, AgentId, Timestamp)>,
    ) -> Result<Vec<(TenantId, AgentId)>, StoreError> {
        self.writing(move |tx| {
            tx.begin()?;
            filter(signs, |sign| hear(tx, sign), |(tenant, agent, _)| (tenant, agent))
        })
        .await
    }

    async fn unheard(&self, before: Timestamp, after: Timestamp) -> Result<Vec<Unheard>, StoreError> {
        self.reading(move |connection| unheard(connection, before, after)).await
    }

    async fn lose(
        &self,
        agents: Vec<(TenantId, AgentId)>,
        before: Timestamp,
        after: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<(TenantId, AgentId)>, StoreError> {
        self.writing(move |tx| {
            tx.begin()?;
            filter(agents, |agent| lose(tx, agent, (before, after), now), |agent| agent)
        })
        .await
    }

    async fn abandoned(
        &self,
        before: Timestamp,
        after: Timestamp,
    ) -> Result<Vec<(TenantId, AgentId, LogId)>, StoreError> {
        self.reading(move |connection| abandoned(connection, before, after)).await
    }

    async fn after_call_work(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
    ) -> Result<Vec<(LogId, Timestamp)>, StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.of_tenant(&tenant).reading(move |connection| after_call_work(connection, &tenant, &agent)).await
    }
}
