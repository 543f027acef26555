//! Agents' sign-ins.

use async_trait::async_trait;
use frontdesk_core::port::{AgentSession, SessionStore, StoreError};
use frontdesk_core::secret::SecretHash;
use rusqlite::params;

use crate::sqlite::SqliteStore;
use crate::sqlite::value::{id, timestamp};

#[async_trait]
impl SessionStore for SqliteStore {
    async fn open_session(&self, token: SecretHash, session: AgentSession) -> Result<(), StoreError> {
        self.writing(move |tx| {
            tx.execute(
                "INSERT INTO agent_session (token, tenant, agent, created, expires) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    token.as_bytes(),
                    session.tenant.as_str(),
                    session.agent.as_str(),
                    session.created.as_millis(),
                    session.expires.as_millis()
                ],
            )?;
            Ok(())
        })
        .await
    }

    async fn session(&self, token: SecretHash) -> Result<Option<AgentSession>, StoreError> {
        self.reading(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT tenant, agent, created, expires FROM agent_session WHERE token = ?1",
            )?;
            let mut rows = statement.query(params![token.as_bytes()])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            Ok(Some(AgentSession {
                tenant: id(row, "tenant")?,
                agent: id(row, "agent")?,
                created: timestamp(row, "created")?,
                expires: timestamp(row, "expires")?,
            }))
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
}
