//! Desks of the agent gateway.

use async_trait::async_trait;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::port::{DeskChange, GatewayDesk, GatewayStore, StoreError};
use frontdesk_core::secret::SecretHash;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::postgres::PostgresStore;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::routing::lock_agents;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{params, small, timestamp};

fn from_row(row: &Row) -> Worked<GatewayDesk> {
    Ok(GatewayDesk {
        sessions: hashes(row.try_get("sessions")?)?,
        cursor: row.try_get("cursor")?,
        auto_answer: row.try_get("auto_answer")?,
        auto_idle: row.try_get("auto_idle")?,
        in_wrap_up: row.try_get("in_wrap_up")?,
        most_calls: row
            .try_get::<_, Option<i64>>("most_calls")?
            .map(|_| small(row, "most_calls"))
            .transpose()?,
        opened: timestamp(row, "opened")?,
    })
}

fn hashes(bytes: &[u8]) -> Worked<Vec<SecretHash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if rest.is_empty() {
        Ok(hashes.iter().copied().map(SecretHash::from_bytes).collect())
    } else {
        Err(Fault::damaged("sessions are not whole hashes"))
    }
}

/// A statement that changes one desk: `$1` and `$2` name it.
macro_rules! update {
    ($set:literal) => {
        concat!("UPDATE gateway_desk SET ", $set, " WHERE tenant = $1 AND agent = $2")
    };
}

/// The statement of a change, and its value `$3`.
fn statement(change: DeskChange) -> (&'static str, Box<dyn ToSql + Sync + Send>) {
    let bytes = |hash: SecretHash| Box::new(hash.as_bytes().to_vec());
    match change {
        DeskChange::AddSession(hash) => {
            const { assert!(GatewayDesk::MOST_SESSIONS * 32 == 256, "the bytes that are kept below") };
            (update!("sessions = substring(CAST($3 AS BYTEA) || sessions FROM 1 FOR 256)"), bytes(hash))
        }
        DeskChange::OnlySession(hash) => (update!("sessions = $3"), bytes(hash)),
        DeskChange::Cursor(cursor) => (update!("cursor = $3"), Box::new(cursor)),
        DeskChange::AutoAnswer(yes) => (update!("auto_answer = $3"), Box::new(yes)),
        DeskChange::AutoIdle(yes) => (update!("auto_idle = $3"), Box::new(yes)),
        DeskChange::InWrapUp(yes) => (update!("in_wrap_up = $3"), Box::new(yes)),
        DeskChange::MostCalls(most) => (update!("most_calls = $3"), Box::new(i64::from(most))),
    }
}

#[async_trait]
impl GatewayStore for PostgresStore {
    async fn gateway_desk(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
    ) -> Result<Option<GatewayDesk>, StoreError> {
        let row = self
            .select_first(
                "SELECT sessions, cursor, auto_answer, auto_idle, in_wrap_up, most_calls, opened
                 FROM gateway_desk WHERE tenant = $1 AND agent = $2",
                params![tenant.as_str(), agent.as_str()],
            )
            .await?;
        Ok(row.map(|row| from_row(&row)).transpose()?)
    }

    async fn put_gateway_desk(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        desk: GatewayDesk,
    ) -> Result<(), StoreError> {
        let desk = &desk;
        self.transaction(|tx| async move {
            lock_agents(&tx, [(tenant, agent)]).await?;
            let rows = tx
                .query(
                    "SELECT sessions FROM gateway_desk WHERE tenant = $1 AND agent = $2",
                    params![tenant.as_str(), agent.as_str()],
                )
                .await?;
            for row in &rows {
                let before = hashes(row.try_get("sessions")?)?;
                for ended in before.iter().filter(|before| !desk.sessions.contains(before)) {
                    tx.execute("DELETE FROM agent_session WHERE token = $1", params![ended.as_bytes()])
                        .await?;
                }
            }
            put(&tx, (tenant, agent), desk).await
        })
        .await
    }

    async fn change_gateway_desk(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        change: DeskChange,
    ) -> Result<bool, StoreError> {
        let (sql, value) = statement(change);
        let (tenant, agent) = (tenant.as_str(), agent.as_str());
        let values: [&(dyn ToSql + Sync); 3] = [&tenant, &agent, &*value];
        Ok(self.change_rows(sql, &values).await? > 0)
    }

    async fn remove_gateway_desk(&self, tenant: &TenantId, agent: &AgentId) -> Result<(), StoreError> {
        self.change_rows(
            "DELETE FROM gateway_desk WHERE tenant = $1 AND agent = $2",
            params![tenant.as_str(), agent.as_str()],
        )
        .await
        .map(drop)
    }
}

async fn put(tx: &Tx, (tenant, agent): (&TenantId, &AgentId), desk: &GatewayDesk) -> Worked<()> {
    let sessions: Vec<u8> = desk.sessions.iter().flat_map(SecretHash::as_bytes).copied().collect();
    tx.execute(
        "INSERT INTO gateway_desk
             (tenant, agent, sessions, cursor, auto_answer, auto_idle, in_wrap_up, most_calls, opened)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (tenant, agent) DO UPDATE SET sessions = excluded.sessions, cursor = excluded.cursor,
             auto_answer = excluded.auto_answer, auto_idle = excluded.auto_idle,
             in_wrap_up = excluded.in_wrap_up, most_calls = excluded.most_calls, opened = excluded.opened",
        params![
            tenant.as_str(),
            agent.as_str(),
            sessions,
            desk.cursor,
            desk.auto_answer,
            desk.auto_idle,
            desk.in_wrap_up,
            desk.most_calls.map(i64::from),
            desk.opened.as_millis(),
        ],
    )
    .await
    .map(drop)
}
