//! Queues and agents' slots as stored: together, and away from the logs, so that claiming is one transaction.

use async_trait::async_trait;

use crate::id::{AgentId, QueueId, TenantId};
use crate::log::LogId;
use crate::port::{Claim, ClaimRequest, Claimed, Declined, Offer, OfferNews, StoreError};
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
    /// Which of the customer's conversations.
    pub conversation: u64,
    /// Within the queue, the highest comes first.
    pub priority: u8,
    /// How much of an agent's capacity the conversation takes.
    pub weight: u32,
    /// The customer's locale.
    pub locale: String,
    /// The agent who gets the customer if free, and who is waited for until this moment.
    pub prefer: Option<(AgentId, Timestamp)>,
}

impl QueueItem {
    /// A customer who wants nothing in particular.
    pub fn new(tenant: TenantId, queue: QueueId, log: LogId, fence: u64, since: Timestamp) -> Self {
        Self {
            tenant,
            queue,
            log,
            fence,
            since,
            avoid: None,
            conversation: 0,
            priority: 0,
            weight: 1,
            locale: String::new(),
            prefer: None,
        }
    }
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
    /// Why, if the agent said so.
    pub reason: Option<String>,
    /// Since when that is declared.
    pub since: Option<Timestamp>,
    /// Whether the agent's desk has been heard of lately.
    pub reachable: bool,
    /// When it was heard of, as far as it is written down; `None` if never.
    pub seen: Option<Timestamp>,
    /// How much of the capacity is in use, in units of channels' weights; offers and after-call work count.
    pub held: u32,
    /// When the agent last got a customer.
    pub last_assigned: Option<Timestamp>,
    /// When the agent's last conversation ended, or when they came online since.
    pub idle_since: Option<Timestamp>,
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
    /// of an offer or of a claim that was not finished, unless that agent has taken a slot for the same customer under
    /// a newer fence since. Returns the agent whose slot became free.
    async fn leave_queue(&self, log: LogId, fence: u64) -> Result<Option<AgentId>, StoreError>;

    /// Changes the priority of a customer who waits under this fence. Doing it again, or late, changes nothing.
    async fn prioritise(&self, log: LogId, fence: u64, priority: u8) -> Result<(), StoreError>;

    /// Finds agents for those who wait in some queues: the queues with the highest priority first, within equal ones
    /// customers by their own priority and then by age, each by [`crate::routing::Matcher`]. Agents' states are read
    /// once, and their slots are taken under the items' fences, all in one transaction; nobody gets above capacity. A
    /// slot that an agent has for a customer already counts as taken under the newer fence from then on.
    async fn claim(&self, request: ClaimRequest) -> Result<Claimed, StoreError>;

    /// The agent takes the customer who is offered to them: what was an offer is a claim from then on. Doing it again
    /// gives the same claim until it is finished. `None` if the customer is not offered to the agent.
    async fn accept_offer(
        &self,
        log: LogId,
        agent: &AgentId,
        now: Timestamp,
    ) -> Result<Option<Claim>, StoreError>;

    /// The agent does not take the customer who is offered to them: the slot is given back, and the agent is not asked
    /// for this customer again until `again`.
    async fn decline_offer(
        &self,
        log: LogId,
        agent: &AgentId,
        now: Timestamp,
        again: Timestamp,
    ) -> Result<Declined, StoreError>;

    /// Takes back the offers whose time is over, at most `limit`, earliest first: the slots are given back, and the
    /// agents are not asked for these customers again until `again`. An agent who was online is away from then on,
    /// unless the offer was never told ([`Self::finish_offer_news`]).
    async fn expire_offers(
        &self,
        now: Timestamp,
        again: Timestamp,
        limit: usize,
    ) -> Result<Vec<Offer>, StoreError>;

    /// What is offered to an agent, earliest end first.
    async fn offers(&self, tenant: &TenantId, agent: &AgentId) -> Result<Vec<Offer>, StoreError>;

    /// What agents are still to be told of offers, if it happened before `before`; in the order in which it happened.
    async fn offer_news(&self, before: Timestamp, limit: usize) -> Result<Vec<OfferNews>, StoreError>;

    /// The agent has been told. Doing it again changes nothing.
    async fn finish_offer_news(&self, id: u64) -> Result<(), StoreError>;

    /// The claim is done: the log knows, and the item goes.
    async fn finish_claim(&self, log: LogId, fence: u64) -> Result<(), StoreError>;

    /// Claims made before `before` that are neither finished nor given back. Offers are none.
    async fn stale_claims(&self, before: Timestamp) -> Result<Vec<Claim>, StoreError>;

    /// Takes a slot of an agent for a customer of this weight who is passed on directly, under the log's fence of that
    /// moment; an agent whose desk is not reachable counts as not online. Doing
    /// it again changes nothing; a slot that the agent has for the customer already counts as taken under the newer
    /// fence from then on. Until [`Self::confirm_reservation`] it is known when the slot was reserved.
    async fn reserve(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        capacity: u32,
        weight: u32,
        customer: (LogId, u64),
        now: Timestamp,
    ) -> Result<(), ReserveError>;

    /// Takes a slot for a customer as [`Self::reserve`] does, whatever the agent's status and however many they hold:
    /// for a supervisor who takes a conversation over.
    async fn seize(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        weight: u32,
        customer: (LogId, u64),
        now: Timestamp,
    ) -> Result<(), StoreError>;

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
    /// customer since then stays. Doing it again changes nothing. If the customer came from a queue with after-call
    /// work, the slot stays taken for that long; the answer is until when.
    async fn free_slot(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        customer: (LogId, u64),
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError>;

    /// Gives back a slot of a customer who goes on elsewhere, if it was taken under an older fence: there is no after-call
    /// work, and what there is of it from before stays. Doing it again changes nothing.
    async fn give_back_slot(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        customer: (LogId, u64),
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Frees slots whose after-call work is over, at most `limit`, and tells whose they were.
    async fn end_wrap_ups(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(TenantId, AgentId)>, StoreError>;

    /// The agent has finished all after-call work, or that for one customer, before its time; `false` if there was none.
    async fn end_wrap_up(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        customer: Option<LogId>,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// When something is due although nothing else happens: an offer or after-call work runs out, or customers may be
    /// given to other agents than before.
    async fn next_routing_due(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Queues with customers who may be given to other agents than before, since `now` or earlier.
    async fn queues_to_look_at(&self, now: Timestamp) -> Result<Vec<(TenantId, QueueId)>, StoreError>;

    /// A queue was looked at: it is looked at again when other agents may be given its customers after `now`.
    async fn looked_at(&self, tenant: &TenantId, queue: &QueueId, now: Timestamp) -> Result<(), StoreError>;

    /// Where a customer stands; `None` if they do not wait.
    async fn queue_place(&self, log: LogId) -> Result<Option<QueuePlace>, StoreError>;

    /// How many customers wait unclaimed in a queue, counted up to `most`.
    async fn count_waiting(&self, tenant: &TenantId, queue: &QueueId, most: u32) -> Result<u32, StoreError>;

    /// Queues of a tenant in which somebody waits unclaimed.
    async fn waiting_queues(&self) -> Result<Vec<(TenantId, QueueId)>, StoreError>;

    /// Customers who wait unclaimed in a queue, in the order in which they are to be served.
    async fn waiting(
        &self,
        tenant: &TenantId,
        queue: &QueueId,
        limit: usize,
    ) -> Result<Vec<QueueItem>, StoreError>;

    /// Declares an agent's status, without a reason and without a sign of the agent's. Whoever comes online is idle from
    /// then on. See [`crate::port::PresenceStore::declare`].
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
