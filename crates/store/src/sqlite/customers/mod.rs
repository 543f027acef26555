//! Customers over all their channels: what is known of them, joining and forgetting them.

mod change;
mod erase;
mod list;
mod merge;
mod profile;

use async_trait::async_trait;
use frontdesk_core::customer::{Block, FactsPatch, Profile};
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{
    ConversationPlace, ConversationRow, CustomerError, CustomerFilter, CustomerStore, Forgotten, StoreError,
};
use frontdesk_core::time::Timestamp;

use crate::sqlite::SqliteStore;
use crate::sqlite::fair::Lane;

pub(super) use change::appeared;

#[async_trait]
impl CustomerStore for SqliteStore {
    async fn note_signed(&self, log: LogId) -> Result<(), StoreError> {
        if self.of_log(log).reading(move |connection| change::is_signed(connection, log)).await? {
            return Ok(());
        }
        self.of_log(log).writing(move |tx| change::note_signed(tx, log)).await
    }

    async fn customer(&self, log: LogId) -> Result<Option<Profile>, StoreError> {
        let now = self.now();
        self.of_log(log).reading(move |connection| profile::of_log(connection, log, now)).await
    }

    async fn customers(
        &self,
        tenant: &TenantId,
        filter: CustomerFilter,
        limit: usize,
    ) -> Result<Vec<Profile>, StoreError> {
        let (tenant, now) = (tenant.clone(), self.now());
        let lane = Lane::of_tenant(&tenant);
        self.searching(lane, move |connection| list::list(connection, &tenant, &filter, limit, now)).await
    }

    async fn conversations_of(
        &self,
        log: LogId,
        after: Option<ConversationPlace>,
        limit: usize,
    ) -> Result<Vec<ConversationRow>, StoreError> {
        self.of_log(log).reading(move |connection| list::conversations(connection, log, after, limit)).await
    }

    async fn change_customer(&self, log: LogId, patch: FactsPatch) -> Result<Profile, CustomerError> {
        self.of_log(log).writing(move |tx| change::change(tx, log, &patch)).await?
    }

    async fn block_customer(&self, log: LogId, block: Option<Block>) -> Result<Profile, CustomerError> {
        self.of_log(log).writing(move |tx| change::block(tx, log, block.as_ref())).await?
    }

    async fn blocked_logs(&self) -> Result<Vec<(LogId, Option<Timestamp>)>, StoreError> {
        let now = self.now();
        self.reading(move |connection| list::blocked(connection, now)).await
    }

    async fn merge_customers(&self, log: LogId, into: LogId, by: &AgentId) -> Result<Profile, CustomerError> {
        let by = by.clone();
        self.of_log(log).writing(move |tx| merge::merge(tx, log, into, &by)).await?
    }

    async fn unmerge_customer(&self, log: LogId) -> Result<Profile, CustomerError> {
        self.of_log(log).writing(move |tx| merge::unmerge(tx, log)).await?
    }

    async fn forget_customer(&self, log: LogId) -> Result<Forgotten, CustomerError> {
        self.of_log(log).writing(move |tx| erase::forget(tx, log)).await?
    }

    async fn erase_customer(&self, log: LogId) -> Result<Forgotten, CustomerError> {
        self.of_log(log).writing(move |tx| erase::erase(tx, log)).await?
    }

    async fn scrub_erased(&self) -> Result<bool, StoreError> {
        match self.writing(erase::scrub).await? {
            erase::Scrub::Nothing => Ok(false),
            erase::Scrub::More => Ok(true),
            erase::Scrub::Log => {
                if !self.empty_log().await? {
                    return Ok(true);
                }
                self.writing(erase::scrubbed).await?;
                Ok(false)
            }
        }
    }

    async fn erased_blobs(&self, limit: usize) -> Result<Vec<String>, StoreError> {
        self.reading(move |connection| erase::blobs(connection, limit)).await
    }

    async fn finish_erasing(&self, blobs: Vec<String>) -> Result<(), StoreError> {
        self.writing(move |tx| erase::finish(tx, &blobs)).await
    }
}
