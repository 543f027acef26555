//! Agents' sign-ins as stored.

use async_trait::async_trait;

use crate::id::{AgentId, TenantId};
use crate::port::StoreError;
use crate::secret::SecretHash;
use crate::time::Timestamp;

/// A sign-in of an agent. One agent may have several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentSession {
    /// The tenant.
    pub tenant: TenantId,
    /// The agent.
    pub agent: AgentId,
    /// When the agent signed in.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
}

/// Agents' sign-ins as stored: by the hash of their token, never the token.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Keeps a sign-in.
    async fn open_session(&self, token: SecretHash, session: AgentSession) -> Result<(), StoreError>;

    /// The sign-in that a token belongs to, ended or not.
    async fn session(&self, token: SecretHash) -> Result<Option<AgentSession>, StoreError>;

    /// Ends a sign-in.
    async fn close_session(&self, token: SecretHash) -> Result<(), StoreError>;
}
