//! The port.

use std::collections::BTreeSet;

use async_trait::async_trait;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{
    FactQuery, FactRow, FoldedEntries, LiveQueue, LiveSlots, ReportLag, ReportStore, RollupQuery, Rollups,
    StoreError,
};
use frontdesk_core::report::{Activity, ConversationFact};
use frontdesk_core::time::Timestamp;

use super::{facts, live, rebuild, sums};
use crate::postgres::connection::Connection;
use crate::postgres::{PostgresStore, activity};

#[async_trait]
impl ReportStore for PostgresStore {
    async fn facts(
        &self,
        log: LogId,
        conversations: BTreeSet<u64>,
    ) -> Result<Vec<ConversationFact>, StoreError> {
        let wanted = &conversations;
        self.reading(|connection| async move { facts::of_log(&connection, log, wanted).await }).await
    }

    async fn keep_folded(&self, folded: FoldedEntries) -> Result<bool, StoreError> {
        let folded = &folded;
        self.transaction(|tx| async move { facts::keep(&tx, folded).await }).await
    }

    async fn rollups(&self, tenant: &TenantId, query: RollupQuery) -> Result<Rollups, StoreError> {
        let query = &query;
        self.slow_reading(|connection| async move { sums::add_up(&connection, tenant, query).await }).await
    }

    async fn ended_conversations(
        &self,
        tenant: &TenantId,
        query: FactQuery,
    ) -> Result<Vec<FactRow>, StoreError> {
        let query = &query;
        self.slow_reading(|connection| async move { facts::conversations(&connection, tenant, query).await })
            .await
    }

    async fn ended_episodes(&self, tenant: &TenantId, query: FactQuery) -> Result<Vec<FactRow>, StoreError> {
        let query = &query;
        self.slow_reading(|connection| async move { facts::episodes(&connection, tenant, query).await }).await
    }

    async fn activities(
        &self,
        tenant: &TenantId,
        agent: Option<AgentId>,
        stretch: (Timestamp, Timestamp),
    ) -> Result<Vec<Activity>, StoreError> {
        let agent = agent.as_ref();
        self.reading(|connection| async move { activity::list(&connection, tenant, agent, stretch).await })
            .await
    }

    async fn report_lag(&self, tenant: &TenantId) -> Result<ReportLag, StoreError> {
        self.reading(|connection| async move { rebuild::lag(&connection, tenant).await }).await
    }

    async fn rebuild_reports(&self, tenant: Option<TenantId>) -> Result<(), StoreError> {
        let tenant = tenant.as_ref();
        self.slow_transaction(|tx| async move { rebuild::begin(&tx, tenant).await }).await
    }

    async fn use_definitions(&self, version: u32) -> Result<(), StoreError> {
        // Asked again and again: nobody who writes is to be bothered with it.
        let is_used =
            self.slow_reading(|connection| async move { rebuild::uses(&connection, version).await }).await?;
        if is_used {
            return Ok(());
        }
        self.slow_transaction(|tx| async move { rebuild::use_definitions(&tx, version).await }).await
    }

    async fn go_on_rebuilding(&self, limit: usize) -> Result<bool, StoreError> {
        let is_asked_for = self
            .reading(|connection: Connection| async move { rebuild::is_asked_for(&connection).await })
            .await?;
        if !is_asked_for {
            return Ok(false);
        }
        self.slow_transaction(|tx| async move { rebuild::go_on(&tx, limit).await }).await
    }

    async fn live_queues(&self, tenant: &TenantId) -> Result<Vec<LiveQueue>, StoreError> {
        self.reading(|connection| async move { live::queues(&connection, tenant).await }).await
    }

    async fn live_slots(&self, tenant: &TenantId) -> Result<Vec<LiveSlots>, StoreError> {
        self.reading(|connection| async move { live::slots(&connection, tenant).await }).await
    }
}
