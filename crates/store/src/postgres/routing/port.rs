//! The port, call by call.

use async_trait::async_trait;
use frontdesk_core::id::{AgentId, QueueId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{
    AgentState, Claim, ClaimRequest, Claimed, Declaration, Declined, Offer, OfferNews, QueueItem,
    Reservation, ReserveError, RoutingStore, StoreError,
};
use frontdesk_core::routing::{AgentStatus, QueuePlace};
use frontdesk_core::time::Timestamp;

use crate::postgres::PostgresStore;
use crate::postgres::routing::slots::NoSlot;
use crate::postgres::routing::{agents, claims, dues, items, news, offers, place, slots};

#[async_trait]
impl RoutingStore for PostgresStore {
    async fn enqueue(&self, item: QueueItem) -> Result<(), StoreError> {
        let item = &item;
        self.transaction(|tx| async move { items::enqueue(&tx, item).await }).await
    }

    async fn leave_queue(&self, log: LogId, fence: u64) -> Result<Option<AgentId>, StoreError> {
        self.transaction(|tx| async move { items::leave_queue(&tx, log, fence).await }).await
    }

    async fn prioritise(&self, log: LogId, fence: u64, priority: u8) -> Result<(), StoreError> {
        self.reading(|connection| async move { items::prioritise(&connection, log, fence, priority).await })
            .await
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Claimed, StoreError> {
        let request = &request;
        self.transaction(|tx| async move { claims::claim(&tx, request).await }).await
    }

    async fn accept_offer(
        &self,
        log: LogId,
        agent: &AgentId,
        now: Timestamp,
    ) -> Result<Option<Claim>, StoreError> {
        self.transaction(|tx| async move { offers::accept(&tx, log, agent, now).await }).await
    }

    async fn decline_offer(
        &self,
        log: LogId,
        agent: &AgentId,
        now: Timestamp,
        again: Timestamp,
    ) -> Result<Declined, StoreError> {
        self.transaction(|tx| async move { offers::decline(&tx, log, agent, now, again).await }).await
    }

    async fn expire_offers(
        &self,
        now: Timestamp,
        again: Timestamp,
        limit: usize,
    ) -> Result<Vec<Offer>, StoreError> {
        let over =
            self.reading(|connection| async move { offers::over(&connection, now, limit).await }).await?;
        let mut expired = Vec::with_capacity(over.len());
        for log in over {
            expired.extend(
                self.transaction(|tx| async move { offers::expire(&tx, log, now, again).await }).await?,
            );
        }
        Ok(expired)
    }

    async fn offers(&self, tenant: &TenantId, agent: &AgentId) -> Result<Vec<Offer>, StoreError> {
        self.reading(|connection| async move { offers::of_agent(&connection, tenant, agent).await }).await
    }

    async fn offer_news(&self, before: Timestamp, limit: usize) -> Result<Vec<OfferNews>, StoreError> {
        self.reading(|connection| async move { news::before(&connection, before, limit).await }).await
    }

    async fn finish_offer_news(&self, id: u64) -> Result<(), StoreError> {
        self.reading(|connection| async move { news::finish(&connection, id).await }).await
    }

    async fn finish_claim(&self, log: LogId, fence: u64) -> Result<(), StoreError> {
        self.transaction(|tx| async move { items::finish_claim(&tx, log, fence).await }).await
    }

    async fn stale_claims(&self, before: Timestamp) -> Result<Vec<Claim>, StoreError> {
        self.reading(|connection| async move { items::stale_claims(&connection, before).await }).await
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
        let room = (capacity, weight);
        let reserved = self
            .transaction(|tx| async move { slots::reserve(&tx, tenant, agent, room, customer, now).await })
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
        self.transaction(|tx| async move { slots::seize(&tx, tenant, agent, weight, customer, now).await })
            .await
    }

    async fn confirm_reservation(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        customer: (LogId, u64),
    ) -> Result<(), StoreError> {
        self.reading(|connection| async move {
            slots::confirm_reservation(&connection, tenant, agent, customer).await
        })
        .await
    }

    async fn stale_reservations(&self, before: Timestamp) -> Result<Vec<Reservation>, StoreError> {
        self.reading(|connection| async move { slots::stale_reservations(&connection, before).await }).await
    }

    async fn free_slot(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        customer: (LogId, u64),
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.transaction(|tx| async move { slots::free(&tx, tenant, agent, customer, now).await }).await
    }

    async fn give_back_slot(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        customer: (LogId, u64),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.transaction(|tx| async move { slots::give_back(&tx, tenant, agent, customer, now).await }).await
    }

    async fn end_wrap_ups(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(TenantId, AgentId)>, StoreError> {
        self.transaction(|tx| async move { slots::end_wrap_ups(&tx, now, limit).await }).await
    }

    async fn end_wrap_up(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        customer: Option<LogId>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.transaction(|tx| async move { slots::end_wrap_up(&tx, tenant, agent, customer, now).await })
            .await
    }

    async fn next_routing_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.reading(|connection| async move { dues::next(&connection).await }).await
    }

    async fn queues_to_look_at(&self, now: Timestamp) -> Result<Vec<(TenantId, QueueId)>, StoreError> {
        self.reading(|connection| async move { dues::queues(&connection, now).await }).await
    }

    async fn looked_at(&self, tenant: &TenantId, queue: &QueueId, now: Timestamp) -> Result<(), StoreError> {
        self.transaction(|tx| async move { dues::looked_at(&tx, tenant, queue, now).await }).await
    }

    async fn queue_place(&self, log: LogId) -> Result<Option<QueuePlace>, StoreError> {
        self.reading(|connection| async move { place::of(&connection, log).await }).await
    }

    async fn count_waiting(&self, tenant: &TenantId, queue: &QueueId, most: u32) -> Result<u32, StoreError> {
        self.reading(|connection| async move { place::count(&connection, tenant, queue, most).await }).await
    }

    async fn waiting_queues(&self) -> Result<Vec<(TenantId, QueueId)>, StoreError> {
        self.reading(|connection| async move { items::waiting_queues(&connection).await }).await
    }

    async fn waiting(
        &self,
        tenant: &TenantId,
        queue: &QueueId,
        limit: usize,
    ) -> Result<Vec<QueueItem>, StoreError> {
        self.reading(|connection| async move { items::waiting(&connection, tenant, queue, limit).await })
            .await
    }

    async fn set_status(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        status: AgentStatus,
    ) -> Result<(), StoreError> {
        let declaration = &Declaration { status, reason: None, heard: None };
        self.transaction(|tx| async move { agents::declare(&tx, tenant, agent, declaration).await }).await
    }

    async fn agent_states(
        &self,
        tenant: &TenantId,
        agents: &[AgentId],
    ) -> Result<Vec<AgentState>, StoreError> {
        self.reading(|connection| async move { agents::states(&connection, tenant, agents).await }).await
    }
}
