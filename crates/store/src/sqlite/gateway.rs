//! Desks of the agent gateway.

use async_trait::async_trait;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::port::{DeskChange, GatewayDesk, GatewayStore, StoreError};
use frontdesk_core::secret::SecretHash;
use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, params};

use crate::error::{Fault, Worked};
use crate::sqlite::SqliteStore;
use crate::sqlite::value::timestamp;

#[async_trait]
impl GatewayStore for SqliteStore {
    async fn gateway_desk(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
    ) -> Result<Option<GatewayDesk>, StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.reading(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT sessions, cursor, auto_answer, auto_idle, in_wrap_up, most_calls, opened
                 FROM gateway_desk WHERE tenant = ?1 AND agent = ?2",
            )?;
            let mut rows = statement.query(params![tenant.as_str(), agent.as_str()])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            Ok(Some(GatewayDesk {
                sessions: hashes(row.get_ref("sessions")?.as_blob().map_err(Fault::damaged)?)?,
                cursor: row.get("cursor")?,
                auto_answer: row.get("auto_answer")?,
                auto_idle: row.get("auto_idle")?,
                in_wrap_up: row.get("in_wrap_up")?,
                most_calls: row.get("most_calls")?,
                opened: timestamp(row, "opened")?,
            }))
        })
        .await
    }

    async fn put_gateway_desk(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        desk: GatewayDesk,
    ) -> Result<(), StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.writing(move |tx| {
            tx.begin()?;
            let who = params![tenant.as_str(), agent.as_str()];
            let before = tx
                .connection()
                .prepare_cached("SELECT sessions FROM gateway_desk WHERE tenant = ?1 AND agent = ?2")?
                .query_row(who, |row| row.get::<_, Vec<u8>>(0))
                .optional()?
                .unwrap_or_default();
            for ended in hashes(&before)?.iter().filter(|before| !desk.sessions.contains(before)) {
                tx.execute("DELETE FROM agent_session WHERE token = ?1", params![ended.as_bytes()])?;
            }
            let sessions: Vec<u8> = desk.sessions.iter().flat_map(SecretHash::as_bytes).copied().collect();
            tx.execute(
                "INSERT OR REPLACE INTO gateway_desk
                     (tenant, agent, sessions, cursor, auto_answer, auto_idle, in_wrap_up, most_calls, opened)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    tenant.as_str(),
                    agent.as_str(),
                    sessions,
                    desk.cursor,
                    desk.auto_answer,
                    desk.auto_idle,
                    desk.in_wrap_up,
                    desk.most_calls,
                    desk.opened.as_millis()
                ],
            )?;
            Ok(())
        })
        .await
    }

    async fn change_gateway_desk(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        change: DeskChange,
    ) -> Result<bool, StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        let (statement, value) = statement(change);
        self.writing(
            move |tx| Ok(tx.execute(statement, params![tenant.as_str(), agent.as_str(), value])? > 0),
        )
        .await
    }

    async fn remove_gateway_desk(&self, tenant: &TenantId, agent: &AgentId) -> Result<(), StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.writing(move |tx| {
            tx.execute(
                "DELETE FROM gateway_desk WHERE tenant = ?1 AND agent = ?2",
                params![tenant.as_str(), agent.as_str()],
            )?;
            Ok(())
        })
        .await
    }
}

/// A statement that changes one desk: `?1` and `?2` name it.
macro_rules! update {
    ($set:literal) => {
        concat!("UPDATE gateway_desk SET ", $set, " WHERE tenant = ?1 AND agent = ?2")
    };
}

/// The statement of a change, and its parameter `?3`.
fn statement(change: DeskChange) -> (&'static str, Value) {
    let blob = |hash: SecretHash| Value::Blob(hash.as_bytes().to_vec());
    match change {
        DeskChange::AddSession(hash) => {
            const { assert!(GatewayDesk::MOST_SESSIONS * 32 == 256, "the bytes that are kept below") };
            (update!("sessions = substr(CAST(?3 || sessions AS BLOB), 1, 256)"), blob(hash))
        }
        DeskChange::OnlySession(hash) => (update!("sessions = ?3"), blob(hash)),
        DeskChange::Cursor(cursor) => (update!("cursor = ?3"), cursor.into()),
        DeskChange::AutoAnswer(yes) => (update!("auto_answer = ?3"), yes.into()),
        DeskChange::AutoIdle(yes) => (update!("auto_idle = ?3"), yes.into()),
        DeskChange::InWrapUp(yes) => (update!("in_wrap_up = ?3"), yes.into()),
        DeskChange::MostCalls(most) => (update!("most_calls = ?3"), most.into()),
    }
}

fn hashes(bytes: &[u8]) -> Worked<Vec<SecretHash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if rest.is_empty() {
        Ok(hashes.iter().copied().map(SecretHash::from_bytes).collect())
    } else {
        Err(Fault::damaged("sessions are not whole hashes"))
    }
}
