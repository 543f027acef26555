//! Agents' sign-ins.

use async_trait::async_trait;
use frontdesk_core::id::{AgentId, IdentityProviderId, TenantId};
use frontdesk_core::port::{AgentSession, SessionStore, StoreError};
use frontdesk_core::secret::SecretHash;
use frontdesk_core::time::Timestamp;
use rusqlite::{Row, params};

use crate::error::Worked;
use crate::sqlite::SqliteStore;
use crate::sqlite::value::{id, optional_id, optional_timestamp, timestamp};

/// The columns of a sign-in.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT token, tenant, agent, created, expires, seen, second_factor, address, user_agent, provider
             FROM agent_session ",
            $rest
        )
    };
}

fn from_row(row: &Row<'_>) -> Worked<(SecretHash, AgentSession)> {
    let created = timestamp(row, "created")?;
    let session = AgentSession {
        tenant: id(row, "tenant")?,
        agent: id(row, "agent")?,
        created,
        expires: timestamp(row, "expires")?,
        seen: optional_timestamp(row, "seen")?.unwrap_or(created),
        second_factor: row.get("second_factor")?,
        address: row.get("address")?,
        user_agent: row.get("user_agent")?,
        provider: optional_id(row, "provider")?,
    };
    Ok((SecretHash::from_bytes(row.get("token")?), session))
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn open_session(&self, token: SecretHash, session: AgentSession) -> Result<(), StoreError> {
        let tenant = session.tenant.clone();
        self.of_tenant(&tenant)
            .writing(move |tx| {
                tx.execute(
                    "INSERT INTO agent_session
                     (token, tenant, agent, created, expires, seen, second_factor, address, user_agent, provider)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                    params![
                        token.as_bytes(),
                        session.tenant.as_str(),
                        session.agent.as_str(),
                        session.created.as_millis(),
                        session.expires.as_millis(),
                        session.seen.as_millis(),
                        session.second_factor,
                        session.address,
                        session.user_agent,
                        session.provider.as_ref().map(IdentityProviderId::as_str),
                    ],
                )?;
                Ok(())
            })
            .await
    }

    async fn session(&self, token: SecretHash) -> Result<Option<AgentSession>, StoreError> {
        self.reading(move |connection| {
            let mut statement = connection.prepare_cached(select!("WHERE token = ?1"))?;
            let mut rows = statement.query(params![token.as_bytes()])?;
            rows.next()?.map(|row| Ok(from_row(row)?.1)).transpose()
        })
        .await
    }

    async fn sessions_of(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
    ) -> Result<Vec<(SecretHash, AgentSession)>, StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.reading(move |connection| {
            let sql = select!("WHERE tenant = ?1 AND agent = ?2 ORDER BY created DESC, token");
            let mut statement = connection.prepare_cached(sql)?;
            statement.query_and_then(params![tenant.as_str(), agent.as_str()], from_row)?.collect()
        })
        .await
    }

    async fn touch_session(&self, token: SecretHash, seen: Timestamp) -> Result<(), StoreError> {
        self.writing(move |tx| {
            tx.execute(
                "UPDATE agent_session SET seen = ?2 WHERE token = ?1 AND coalesce(seen, 0) < ?2",
                params![token.as_bytes(), seen.as_millis()],
            )?;
            Ok(())
        })
        .await
    }

    async fn close_session(&self, token: SecretHash) -> Result<(), StoreError> {
        self.writing(move |tx| {
            tx.execute("DELETE FROM agent_session WHERE token = ?1", params![token.as_bytes()])?;
            Ok(())
        })
        .await
    }

    async fn close_sessions_of(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        but: Option<SecretHash>,
    ) -> Result<(), StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.writing(move |tx| {
            tx.execute(
                "DELETE FROM agent_session WHERE tenant = ?1 AND agent = ?2 AND (?3 IS NULL OR token <> ?3)",
                params![tenant.as_str(), agent.as_str(), but.as_ref().map(SecretHash::as_bytes)],
            )?;
            Ok(())
        })
        .await
    }
}
