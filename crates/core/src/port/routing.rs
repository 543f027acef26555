//! Queues and agents' slots as stored: together, and away from the logs, so that claiming is one transaction.

use async_trait::async_trait;

use crate::id::{AgentId, QueueId, TenantId};
use crate::log::LogId;
use crate::port::StoreError;
use crate::routing::{AgentStatus, QueuePlace};
use crate::time::Timestamp;

/// A customer who waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueItem {
    /// The tenant.
    pub tenant: TenantId,
    /// Where the customer waits.
    pub queue: QueueId,
    /// The customer's log.
    pub log: LogId,
    /// The fence under which the customer waits.
    pub fence: u64,
    /// Since when.
    pub since: Timestamp,
    /// The agent who gets the customer only if nobody else is free.
    pub avoid: Option<AgentId>,
}

/// A customer for whom an agent was found: the agent's slot is taken, the log does not know yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The customer.
    pub item: QueueItem,
    /// The agent.
    pub agent: AgentId,
}

/// A slot that was taken for a transfer, of which it is not known yet whether it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The tenant.
    pub tenant: TenantId,
    /// The agent whose slot it is.
    pub agent: AgentId,
    /// The customer who was to be passed on.
    pub log: LogId,
    /// The fence under which the slot was taken.
    pub fence: u64,
}

/// What is known of an agent's work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentState {
    /// The agent.
    pub agent: AgentId,
    /// What the agent declares.
    pub status: AgentStatus,
    /// How many conversations the agent holds.
    pub held: u32,
    /// When the agent last got one.
    pub last_assigned: Option<Timestamp>,
}

/// Why an agent's slot could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum ReserveError {
    /// The agent takes no customers now.
    #[error("the agent is not online")]
    NotOnline,
    /// The agent holds as many as they can.
    #[error("the agent is at capacity")]
    Full,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Queues and slots as stored.
#[async_trait]
pub trait RoutingStore: Send + Sync {
    /// Puts a customer into a queue. Doing it with the same or an older fence than [`Self::enqueue`],
    /// [`Self::leave_queue`] or [`Self::finish_claim`] have had for the log within the last day changes nothing, so
    /// that an intent that is carried out late, or again, puts nobody back who has left. A newer fence replaces an
    /// older item of the same log, and gives back the slot of a claim that was not finished.
    async fn enqueue(&self, item: QueueItem) -> Result<(), StoreError>;

    /// Takes a customer out of whatever queue, if the item's fence is not newer than `fence`, and gives back the slot
    /// of a claim that was not finished, unless that agent has taken a slot for the same customer under a newer fence
    /// since. Returns the agent whose slot became free.
    async fn leave_queue(&self, log: LogId, fence: u64) -> Result<Option<AgentId>, StoreError>;

    /// Finds an agent for the customer who has waited longest in the queue, among `agents` (with their capacity), by
    /// [`crate::routing::choose`], and takes the agent's slot under the item's fence; capacity is checked in the same
    /// transaction. A slot that the agent has for the customer already counts as taken under the newer fence from then
    /// on. `None` if nobody waits or nobody is free.
    async fn claim_next(
        &self,
        tenant: &TenantId,
        queue: &QueueId,
        agents: &[(AgentId, u32)],
        now: Timestamp,
    ) -> Result<Option<Claim>, StoreError>;

    /// The claim is done: the log knows, and the item goes.
    async fn finish_claim(&self, log: LogId, fence: u64) -> Result<(), StoreError>;

    /// Claims made before `before` that are neither finished nor given back.
    async fn stale_claims(&self, before: Timestamp) -> Result<Vec<Claim>, StoreError>;

    /// Takes a slot of an agent for a customer who is passed on directly, under the log's fence of that moment. Doing
    /// it again changes nothing; a slot that the agent has for the customer already counts as taken under the newer
    /// fence from then on. Until [`Self::confirm_reservation`] it is known when the slot was reserved.
    async fn reserve(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        capacity: u32,
        customer: (LogId, u64),
        now: Timestamp,
    ) -> Result<(), ReserveError>;

    /// The customer was passed on: the slot that was reserved under this fence, or an older one, is the agent's to
    /// keep. Doing it again changes nothing, nor does it once the slot was given back.
    async fn confirm_reservation(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        customer: (LogId, u64),
    ) -> Result<(), StoreError>;

    /// Slots reserved before `before` that are neither confirmed nor given back, oldest first.
    async fn stale_reservations(&self, before: Timestamp) -> Result<Vec<Reservation>, StoreError>;

    /// Gives back a slot that was taken under an older fence than this: one that the agent took for the same
    /// customer since then stays. Doing it again changes nothing.
    async fn free_slot(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        customer: (LogId, u64),
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Where a customer stands; `None` if they do not wait.
    async fn queue_place(&self, log: LogId) -> Result<Option<QueuePlace>, StoreError>;

    /// How many customers wait unclaimed in a queue, counted up to `most`.
    async fn count_waiting(&self, tenant: &TenantId, queue: &QueueId, most: u32) -> Result<u32, StoreError>;

    /// Queues of a tenant in which somebody waits unclaimed.
    async fn waiting_queues(&self) -> Result<Vec<(TenantId, QueueId)>, StoreError>;

    /// Customers who wait unclaimed in a queue, longest first.
    async fn waiting(
        &self,
        tenant: &TenantId,
        queue: &QueueId,
        limit: usize,
    ) -> Result<Vec<QueueItem>, StoreError>;

    /// Declares an agent's status.
    async fn set_status(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        status: AgentStatus,
    ) -> Result<(), StoreError>;

    /// What is known of these agents; one who never signed in is offline.
    async fn agent_states(
        &self,
        tenant: &TenantId,
        agents: &[AgentId],
    ) -> Result<Vec<AgentState>, StoreError>;
}
