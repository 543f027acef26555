//! Who is there, as stored: what agents declare, and whether their desks are heard of. Routing needs both.

use async_trait::async_trait;

use crate::id::{AgentId, TenantId};
use crate::log::LogId;
use crate::port::StoreError;
use crate::routing::AgentStatus;
use crate::time::Timestamp;

/// What is declared of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The status.
    pub status: AgentStatus,
    /// Why.
    pub reason: Option<String>,
    /// When the agent was heard of with it; `None` if somebody else declares it for them.
    pub heard: Option<Timestamp>,
}

/// An agent who counts as reachable and has not been heard of for long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unheard {
    /// The tenant.
    pub tenant: TenantId,
    /// The agent.
    pub agent: AgentId,
    /// What the agent declares.
    pub status: AgentStatus,
}

/// Who is there, as stored.
#[async_trait]
pub trait PresenceStore: Send + Sync {
    /// Declares an agent's status. Whoever comes online is idle from then on. An agent who is heard of with it is
    /// reachable. Declaring the same again changes nothing else.
    async fn declare(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        declaration: Declaration,
    ) -> Result<(), StoreError>;

    /// Agents were heard of at these moments. Tells who of them was unreachable and is no longer.
    async fn heard(
        &self,
        signs: Vec<(TenantId, AgentId, Timestamp)>,
    ) -> Result<Vec<(TenantId, AgentId)>, StoreError>;

    /// Reachable agents who were last heard of before a moment, or after another one, which is not to come for long: a
    /// clock was set back since.
    async fn unheard(&self, before: Timestamp, after: Timestamp) -> Result<Vec<Unheard>, StoreError>;

    /// Those of these agents who have still not been heard of, as [`Self::unheard`] says, are unreachable from `now`
    /// on. Tells who.
    async fn lose(
        &self,
        agents: Vec<(TenantId, AgentId)>,
        before: Timestamp,
        after: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<(TenantId, AgentId)>, StoreError>;

    /// The customers who have a slot of an agent who is unreachable since before a moment, or since after another one,
    /// which is not to come for long. Customers of after-call work are not among them.
    async fn abandoned(
        &self,
        before: Timestamp,
        after: Timestamp,
    ) -> Result<Vec<(TenantId, AgentId, LogId)>, StoreError>;

    /// An agent's after-call work: whom it is about, and until when it lasts, earliest end first.
    async fn after_call_work(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
    ) -> Result<Vec<(LogId, Timestamp)>, StoreError>;
}
