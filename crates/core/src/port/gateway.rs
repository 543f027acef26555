//! Desks that are signed in over the agent gateway, as stored.

use async_trait::async_trait;

use crate::id::{AgentId, TenantId};
use crate::port::StoreError;
use crate::secret::SecretHash;
use crate::time::Timestamp;

/// An agent's desk that is signed in over the agent gateway. An agent has one at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayDesk {
    /// The sign-ins that its Guids stand for, the newest first.
    pub sessions: Vec<SecretHash>,
    /// How far it has been told what happened; `None` if it was told nothing yet.
    pub cursor: Option<String>,
    /// Customers who are offered are taken at once.
    pub auto_answer: bool,
    /// The agent is free at once after a conversation, rather than in wrap-up.
    pub auto_idle: bool,
    /// The agent, who is busy, is so to finish something.
    pub in_wrap_up: bool,
    /// Most conversations that the agent wants to have at once; `None` for as many as they can.
    pub most_calls: Option<u32>,
    /// When the agent signed in.
    pub opened: Timestamp,
}

impl GatewayDesk {
    /// Most sign-ins that a desk has at a time: each new Guid is one, until it is known that the desk has it.
    pub const MOST_SESSIONS: usize = 8;
}

/// A change of a desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeskChange {
    /// It has one sign-in more; beyond [`GatewayDesk::MOST_SESSIONS`] the oldest is forgotten.
    AddSession(SecretHash),
    /// It has this sign-in alone.
    OnlySession(SecretHash),
    /// It has been told what happened up to here.
    Cursor(String),
    /// Whether customers who are offered are taken at once.
    AutoAnswer(bool),
    /// Whether the agent is free at once after a conversation.
    AutoIdle(bool),
    /// Whether the agent, who is busy, is so to finish something.
    InWrapUp(bool),
    /// Most conversations that the agent wants to have at once.
    MostCalls(u32),
}

/// Desks of the agent gateway as stored.
#[async_trait]
pub trait GatewayStore: Send + Sync {
    /// An agent's desk, if it is signed in.
    async fn gateway_desk(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
    ) -> Result<Option<GatewayDesk>, StoreError>;

    /// Keeps a desk, in the place of one that is there: the sign-ins of that one end, but for those that the new one has
    /// too. Of several desks that are kept at one moment, only what the last one has is honoured.
    async fn put_gateway_desk(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        desk: GatewayDesk,
    ) -> Result<(), StoreError>;

    /// Changes one thing of a desk; `false` if it is not there.
    async fn change_gateway_desk(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        change: DeskChange,
    ) -> Result<bool, StoreError>;

    /// Forgets a desk.
    async fn remove_gateway_desk(&self, tenant: &TenantId, agent: &AgentId) -> Result<(), StoreError>;
}
