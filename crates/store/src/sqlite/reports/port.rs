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

use super::{activity, facts, live, rebuild, sums};
use crate::sqlite::SqliteStore;
use crate::sqlite::fair::Lane;

#[async_trait]
impl ReportStore for SqliteStore {
    async fn facts(
        &self,
        log: LogId,
        conversations: BTreeSet<u64>,
    ) -> Result<Vec<ConversationFact>, StoreError> {
        self.of_log(log).reading(move |connection| facts::of_log(connection, log, &conversations)).await
    }

    async fn keep_folded(&self, folded: FoldedEntries) -> Result<bool, StoreError> {
        self.of_log(folded.log).writing(move |tx| facts::keep(tx, &folded)).await
    }

    async fn rollups(&self, tenant: &TenantId, query: RollupQuery) -> Result<Rollups, StoreError> {
        let (lane, tenant) = (Lane::of_tenant(tenant), tenant.clone());
        self.searching(lane, move |connection| sums::add_up(connection, &tenant, &query)).await
    }

    async fn ended_conversations(
        &self,
        tenant: &TenantId,
        query: FactQuery,
    ) -> Result<Vec<FactRow>, StoreError> {
        let tenant = tenant.clone();
        self.of_tenant(&tenant)
            .reading(move |connection| facts::conversations(connection, &tenant, &query))
            .await
    }

    async fn ended_episodes(&self, tenant: &TenantId, query: FactQuery) -> Result<Vec<FactRow>, StoreError> {
        let tenant = tenant.clone();
        self.of_tenant(&tenant).reading(move |connection| facts::episodes(connection, &tenant, &query)).await
    }

    async fn activities(
        &self,
        tenant: &TenantId,
        agent: Option<AgentId>,
        stretch: (Timestamp, Timestamp),
    ) -> Result<Vec<Activity>, StoreError> {
        let (lane, tenant) = (Lane::of_tenant(tenant), tenant.clone());
        self.searching(lane, move |connection| activity::list(connection, &tenant, agent.as_ref(), stretch))
            .await
    }

    async fn report_lag(&self, tenant: &TenantId) -> Result<ReportLag, StoreError> {
        let tenant = tenant.clone();
        self.of_tenant(&tenant).reading(move |connection| rebuild::lag(connection, &tenant)).await
    }

    async fn rebuild_reports(&self, tenant: Option<TenantId>) -> Result<(), StoreError> {
        self.writing(move |tx| rebuild::begin(tx, tenant.as_ref())).await
    }

    async fn use_definitions(&self, version: u32) -> Result<(), StoreError> {
        // Asked again and again: nobody who writes is to be bothered with it.
        if self.reading(move |connection| rebuild::uses(connection, version)).await? {
            return Ok(());
        }
        self.writing(move |tx| rebuild::use_definitions(tx, version)).await
    }

    async fn go_on_rebuilding(&self, limit: usize) -> Result<bool, StoreError> {
        if !self.reading(rebuild::is_asked_for).await? {
            return Ok(false);
        }
        self.writing(move |tx| rebuild::go_on(tx, limit)).await
    }

    async fn live_queues(&self, tenant: &TenantId) -> Result<Vec<LiveQueue>, StoreError> {
        let tenant = tenant.clone();
        self.of_tenant(&tenant).reading(move |connection| live::queues(connection, &tenant)).await
    }

    async fn live_slots(&self, tenant: &TenantId) -> Result<Vec<LiveSlots>, StoreError> {
        let tenant = tenant.clone();
        self.of_tenant(&tenant).reading(move |connection| live::slots(connection, &tenant)).await
    }
}
