//! Agents' sign-ins.

use async_trait::async_trait;
use frontdesk_core::id::{AgentId, IdentityProviderId, TenantId};
use frontdesk_core::port::{AgentSession, SessionStore, StoreError};
use frontdesk_core::secret::SecretHash;
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use crate::postgres::PostgresStore;
use crate::postgres::fault::Worked;
use crate::postgres::value::{hash, id, optional_id, params, timestamp};

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

fn from_row(row: &Row) -> Worked<(SecretHash, AgentSession)> {
    let session = AgentSession {
        tenant: id(row, "tenant")?,
        agent: id(row, "agent")?,
        created: timestamp(row, "created")?,
        expires: timestamp(row, "expires")?,
        seen: timestamp(row, "seen")?,
        second_factor: row.try_get("second_factor")?,
        address: row.try_get("address")?,
        user_agent: row.try_get("user_agent")?,
        provider: optional_id(row, "provider")?,
    };
    Ok((hash(row, "token")?, session))
}

#[async_trait]
impl SessionStore for PostgresStore {
    async fn open_session(&self, token: SecretHash, session: AgentSession) -> Result<(), StoreError> {
        self.change_rows(
            "INSERT INTO agent_session
                 (token, tenant, agent, created, expires, seen, second_factor, address, user_agent, provider)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
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
        )
        .await
        .map(drop)
    }

    async fn session(&self, token: SecretHash) -> Result<Option<AgentSession>, StoreError> {
        let row = self.select_first(select!("WHERE token = $1"), params![token.as_bytes()]).await?;
        Ok(row.map(|row| from_row(&row)).transpose()?.map(|(_, session)| session))
    }

    async fn sessions_of(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
    ) -> Result<Vec<(SecretHash, AgentSession)>, StoreError> {
        let sql = select!("WHERE tenant = $1 AND agent = $2 ORDER BY created DESC, token");
        let rows = self.select_all(sql, params![tenant.as_str(), agent.as_str()]).await?;
        Ok(rows.iter().map(from_row).collect::<Worked<_>>()?)
    }

    async fn touch_session(&self, token: SecretHash, seen: Timestamp) -> Result<(), StoreError> {
        self.change_rows(
            "UPDATE agent_session SET seen = $2 WHERE token = $1 AND seen < $2",
            params![token.as_bytes(), seen.as_millis()],
        )
        .await
        .map(drop)
    }

    async fn close_session(&self, token: SecretHash) -> Result<(), StoreError> {
        self.change_rows("DELETE FROM agent_session WHERE token = $1", params![token.as_bytes()])
            .await
            .map(drop)
    }

    async fn close_sessions_of(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        but: Option<SecretHash>,
    ) -> Result<(), StoreError> {
        self.change_rows(
            "DELETE FROM agent_session WHERE tenant = $1 AND agent = $2 AND token IS DISTINCT FROM $3",
            params![tenant.as_str(), agent.as_str(), but.as_ref().map(SecretHash::as_bytes)],
        )
        .await
        .map(drop)
    }
}
