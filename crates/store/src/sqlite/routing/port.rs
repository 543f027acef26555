//! The port, call by call.

use async_trait::async_trait;
use frontdesk_core::id::{AgentId, QueueId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{
    AgentState, Claim, ClaimRequest, Claimed, Declined, Offer, OfferNews, QueueItem, Reservation,
    ReserveError, RoutingStore, StoreError,
};
use frontdesk_core::routing::{AgentStatus, QueuePlace};
use frontdesk_core::time::Timestamp;

use crate::sqlite::routing::slots::NoSlot;
use crate::sqlite::routing::{agents, claims, dues, items, news, offers, slots};
use crate::sqlite::{SqliteStore, queue_place};

/// What it costs to look for whom to give to whom, in rows: many are looked at.
const CLAIM: u32 = 8;

#[async_trait]
impl RoutingStore for SqliteStore {
    async fn enqueue(&self, item: QueueItem) -> Result<(), StoreError> {
        let tenant = item.tenant.clone();
        self.of_tenant(&tenant).writing(move |tx| items::enqueue(tx, &item)).await
    }

    async fn leave_queue(&self, log: LogId, fence: u64) -> Result<Option<AgentId>, StoreError> {
        self.of_log(log).writing(move |tx| items::leave_queue(tx, log, fence)).await
    }

    async fn prioritise(&self, log: LogId, fence: u64, priority: u8) -> Result<(), StoreError> {
        self.of_log(log).writing(move |tx| items::prioritise(tx, log, fence, priority)).await
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Claimed, StoreError> {
        let tenant = request.tenant.clone();
        self.of_tenant(&tenant).writing_much(CLAIM, move |tx| claims::claim(tx, &request)).await
    }

    async fn accept_offer(
        &self,
        log: LogId,
        agent: &AgentId,
        now: Timestamp,
    ) -> Result<Option<Claim>, StoreError> {
        let agent = agent.clone();
        self.of_log(log).writing(move |tx| offers::accept(tx, log, &agent, now)).await
    }

    async fn decline_offer(
        &self,
        log: LogId,
        agent: &AgentId,
        now: Timestamp,
        again: Timestamp,
    ) -> Result<Declined, StoreError> {
        let agent = agent.clone();
        self.of_log(log).writing(move |tx| offers::decline(tx, log, &agent, now, again)).await
    }

    async fn expire_offers(
        &self,
        now: Timestamp,
        again: Timestamp,
        limit: usize,
    ) -> Result<Vec<Offer>, StoreError> {
        self.writing(move |tx| offers::expire(tx, now, again, limit)).await
    }

    async fn offers(&self, tenant: &TenantId, agent: &AgentId) -> Result<Vec<Offer>, StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.of_tenant(&tenant).reading(move |connection| offers::of_agent(connection, &tenant, &agent)).await
    }

    async fn offer_news(&self, before: Timestamp, limit: usize) -> Result<Vec<OfferNews>, StoreError> {
        self.reading(move |connection| news::before(connection, before, limit)).await
    }

    async fn finish_offer_news(&self, id: u64) -> Result<(), StoreError> {
        self.writing(move |tx| news::finish(tx, id)).await
    }

    async fn finish_claim(&self, log: LogId, fence: u64) -> Result<(), StoreError> {
        self.of_log(log).writing(move |tx| items::finish_claim(tx, log, fence)).await
    }

    async fn stale_claims(&self, before: Timestamp) -> Result<Vec<Claim>, StoreError> {
        self.reading(move |connection| items::stale_claims(connection, before)).await
    }

    async fn reserve(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        capacity: u32,
        weight: u32,
        customer: (LogId, u64),
        now: Timestamp,
    ) -> Result<(), ReserveError> {
        let (tenant, agent, room) = (tenant.clone(), agent.clone(), (capacity, weight));
        let reserved = self
            .of_tenant(&tenant)
            .writing(move |tx| slots::reserve(tx, &tenant, &agent, room, customer, now))
            .await?;
        reserved.map_err(|no_slot| match no_slot {
            NoSlot::NotOnline => ReserveError::NotOnline,
            NoSlot::Full => ReserveError::Full,
        })
    }

    async fn seize(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        weight: u32,
        customer: (LogId, u64),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.of_tenant(&tenant)
            .writing(move |tx| slots::seize(tx, &tenant, &agent, weight, customer, now))
            .await
    }

    async fn confirm_reservation(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        customer: (LogId, u64),
    ) -> Result<(), StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.of_tenant(&tenant)
            .writing(move |tx| slots::confirm_reservation(tx, &tenant, &agent, customer))
            .await
    }

    async fn stale_reservations(&self, before: Timestamp) -> Result<Vec<Reservation>, StoreError> {
        self.reading(move |connection| slots::stale_reservations(connection, before)).await
    }

    async fn free_slot(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        customer: (LogId, u64),
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.of_tenant(&tenant).writing(move |tx| slots::free(tx, &tenant, &agent, customer, now)).await
    }

    async fn give_back_slot(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        customer: (LogId, u64),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.of_tenant(&tenant).writing(move |tx| slots::give_back(tx, &tenant, &agent, customer, now)).await
    }

    async fn end_wrap_ups(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(TenantId, AgentId)>, StoreError> {
        self.writing(move |tx| slots::end_wrap_ups(tx, now, limit)).await
    }

    async fn end_wrap_up(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        customer: Option<LogId>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.of_tenant(&tenant)
            .writing(move |tx| slots::end_wrap_up(tx, &tenant, &agent, customer, now))
            .await
    }

    async fn next_routing_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.reading(dues::next).await
    }

    async fn queues_to_look_at(&self, now: Timestamp) -> Result<Vec<(TenantId, QueueId)>, StoreError> {
        self.reading(move |connection| dues::queues(connection, now)).await
    }

    async fn looked_at(&self, tenant: &TenantId, queue: &QueueId, now: Timestamp) -> Result<(), StoreError> {
        let (tenant, queue) = (tenant.clone(), queue.clone());
        self.of_tenant(&tenant).writing(move |tx| dues::looked_at(tx, &tenant, &queue, now)).await
    }

    async fn queue_place(&self, log: LogId) -> Result<Option<QueuePlace>, StoreError> {
        self.of_log(log).reading(move |connection| queue_place::of(connection, log)).await
    }

    async fn count_waiting(&self, tenant: &TenantId, queue: &QueueId, most: u32) -> Result<u32, StoreError> {
        let (tenant, queue) = (tenant.clone(), queue.clone());
        self.of_tenant(&tenant)
            .reading(move |connection| queue_place::count(connection, &tenant, &queue, most))
            .await
    }

    async fn waiting_queues(&self) -> Result<Vec<(TenantId, QueueId)>, StoreError> {
        self.reading(items::waiting_queues).await
    }

    async fn waiting(
        &self,
        tenant: &TenantId,
        queue: &QueueId,
        limit: usize,
    ) -> Result<Vec<QueueItem>, StoreError> {
        let (tenant, queue) = (tenant.clone(), queue.clone());
        self.of_tenant(&tenant)
            .reading(move |connection| items::waiting(connection, &tenant, &queue, limit))
            .await
    }

    async fn set_status(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        status: AgentStatus,
    ) -> Result<(), StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.of_tenant(&tenant).writing(move |tx| agents::set_status(tx, &tenant, &agent, status)).await
    }

    async fn agent_states(
        &self,
        tenant: &TenantId,
        agents: &[AgentId],
    ) -> Result<Vec<AgentState>, StoreError> {
        let (tenant, agents) = (tenant.clone(), agents.to_vec());
        self.of_tenant(&tenant).reading(move |connection| agents::states(connection, &tenant, &agents)).await
    }
}
