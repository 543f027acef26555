//! Agents' sign-ins as stored.

use std::time::Duration;

use async_trait::async_trait;

use crate::id::{AgentId, IdentityProviderId, TenantId};
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
    /// When it was last used, within [`Self::SEEN_WITHIN`].
    pub seen: Timestamp,
    /// Whether the agent gave a second factor with it, or has set one up since.
    pub second_factor: bool,
    /// The address that the agent signed in from.
    pub address: Option<String>,
    /// The program that the agent signed in with, as it calls itself; at most [`Self::MAX_USER_AGENT`] characters.
    pub user_agent: Option<String>,
    /// The identity provider that the agent signed in with; `None` for a password.
    pub provider: Option<IdentityProviderId>,
}

impl AgentSession {
    /// How coarse it is when something was last used: it costs a write at most so often.
    pub const SEEN_WITHIN: Duration = Duration::from_mins(1);
    /// Most characters of a program's name.
    pub const MAX_USER_AGENT: usize = 200;

    /// A sign-in without a second factor, from nobody knows where.
    pub const fn new(tenant: TenantId, agent: AgentId, created: Timestamp, expires: Timestamp) -> Self {
        Self {
            tenant,
            agent,
            created,
            expires,
            seen: created,
            second_factor: false,
            address: None,
            user_agent: None,
            provider: None,
        }
    }
}

/// Agents' sign-ins as stored: by the hash of their token, never the token.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Keeps a sign-in.
    async fn open_session(&self, token: SecretHash, session: AgentSession) -> Result<(), StoreError>;

    /// The sign-in that a token belongs to, ended or not.
    async fn session(&self, token: SecretHash) -> Result<Option<AgentSession>, StoreError>;

    /// Every sign-in of somebody, ended or not, the newest first, by the hashes of their tokens.
    async fn sessions_of(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
    ) -> Result<Vec<(SecretHash, AgentSession)>, StoreError>;

    /// A sign-in was used. One that was used later stays so.
    async fn touch_session(&self, token: SecretHash, seen: Timestamp) -> Result<(), StoreError>;

    /// Ends a sign-in; one that is none is ended already.
    async fn close_session(&self, token: SecretHash) -> Result<(), StoreError>;

    /// Ends every sign-in of somebody, but this one.
    async fn close_sessions_of(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        but: Option<SecretHash>,
    ) -> Result<(), StoreError>;
}
