use async_trait::async_trait;
use frontdesk_core::customer::{Block, FactsPatch, Profile};
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{
    ConversationPlace, ConversationRow, CustomerError, CustomerFilter, CustomerStore, Forgotten, StoreError,
};
use frontdesk_core::time::Timestamp;

use super::{change, erase, list, merge, profile};
use crate::postgres::PostgresStore;
use crate::postgres::connection::Connection;
use crate::postgres::fault::Worked;
use crate::postgres::owners;
use crate::postgres::value::{limit, params};

#[async_trait]
impl CustomerStore for PostgresStore {
    async fn note_signed(&self, log: LogId) -> Result<(), StoreError> {
        if !self.is_distributed() {
            let sql = "UPDATE log SET signed = TRUE WHERE id = $1 AND NOT signed";
            return self.change_rows(sql, params![log.as_bytes()]).await.map(drop);
        }
        self.transaction(|tx| async move {
            let sql = "UPDATE log SET signed = TRUE WHERE id = $1 AND NOT signed";
            tx.execute(sql, params![log.as_bytes()]).await?;
            owners::sign(&tx, log).await
        })
        .await
    }

    async fn customer(&self, log: LogId) -> Result<Option<Profile>, StoreError> {
        self.snapshot(|view| async move { profile::of_log(&view, log).await }).await
    }

    async fn customers(
        &self,
        tenant: &TenantId,
        filter: CustomerFilter,
        limit: usize,
    ) -> Result<Vec<Profile>, StoreError> {
        let filter = &filter;
        self.slow_snapshot(|view| async move { list::list(&view, tenant, filter, limit).await }).await
    }

    async fn conversations_of(
        &self,
        log: LogId,
        after: Option<ConversationPlace>,
        limit: usize,
    ) -> Result<Vec<ConversationRow>, StoreError> {
        self.reading(|connection: Connection| async move {
            list::conversations(&connection, log, after, limit).await
        })
        .await
    }

    async fn change_customer(&self, log: LogId, patch: FactsPatch) -> Result<Profile, CustomerError> {
        let patch = &patch;
        self.transaction(|tx| async move { change::change(&tx, log, patch).await }).await?
    }

    async fn block_customer(&self, log: LogId, block: Option<Block>) -> Result<Profile, CustomerError> {
        let block = block.as_ref();
        self.transaction(|tx| async move { change::block(&tx, log, block).await }).await?
    }

    async fn blocked_logs(&self) -> Result<Vec<(LogId, Option<Timestamp>)>, StoreError> {
        self.slow_snapshot(|view| async move { list::blocked(&view).await }).await
    }

    async fn merge_customers(&self, log: LogId, into: LogId, by: &AgentId) -> Result<Profile, CustomerError> {
        self.slow_transaction(|tx| async move { merge::merge(&tx, log, into, by).await }).await?
    }

    async fn unmerge_customer(&self, log: LogId) -> Result<Profile, CustomerError> {
        self.slow_transaction(|tx| async move { merge::unmerge(&tx, log).await }).await?
    }

    async fn forget_customer(&self, log: LogId) -> Result<Forgotten, CustomerError> {
        self.slow_transaction(|tx| async move { erase::forget(&tx, log).await }).await?
    }

    async fn erase_customer(&self, log: LogId) -> Result<Forgotten, CustomerError> {
        self.slow_transaction(|tx| async move { erase::erase(&tx, log).await }).await?
    }

    /// What PostgreSQL keeps of rows that are gone is its own: `VACUUM` gives the room back, and overwrites nothing.
    async fn scrub_erased(&self) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn erased_blobs(&self, most: usize) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT name FROM erased_blob ORDER BY name LIMIT $1";
        let rows = self.select_all(sql, params![limit(most)]).await?;
        Ok(rows.iter().map(|row| Ok(row.try_get("name")?)).collect::<Worked<_>>()?)
    }

    async fn finish_erasing(&self, blobs: Vec<String>) -> Result<(), StoreError> {
        self.change_rows("DELETE FROM erased_blob WHERE name = ANY ($1)", params![blobs]).await.map(drop)
    }
}
