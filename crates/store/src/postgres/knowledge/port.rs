use async_trait::async_trait;
use frontdesk_core::id::{AgentId, BaseId, GroupId, TenantId};
use frontdesk_core::knowledge::TestQuestion;
use frontdesk_core::port::{
    BadlyRated, Base, BaseVersion, DraftGroup, Edit, Edition, Judged, KnowledgeError, KnowledgeStore,
    Learned, LearningStore, Live, Publication, StoreError, Suggestion, SuggestionState, Unanswered,
    UnansweredFilter,
};
use frontdesk_core::time::Timestamp;

use super::{bases, drafts, questions, suggestions, versions};
use crate::postgres::PostgresStore;
use crate::postgres::connection::Connection;
use crate::postgres::value::{params, words};

#[async_trait]
impl KnowledgeStore for PostgresStore {
    async fn bases(&self, tenant: &TenantId) -> Result<Vec<Base>, StoreError> {
        self.reading(|connection: Connection| async move { bases::all(&connection, tenant).await }).await
    }

    async fn base(&self, tenant: &TenantId, base: &BaseId) -> Result<Option<Base>, StoreError> {
        self.reading(|connection: Connection| async move { bases::one(&connection, tenant, base).await })
            .await
    }

    async fn put_base(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        name: Option<String>,
    ) -> Result<bool, StoreError> {
        let name = name.as_deref();
        self.slow_transaction(|tx| async move { bases::put(&tx, tenant, base, name).await }).await
    }

    async fn remove_base(&self, tenant: &TenantId, base: &BaseId) -> Result<bool, StoreError> {
        self.slow_transaction(|tx| async move { bases::remove(&tx, tenant, base).await }).await
    }

    async fn groups(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        edition: Edition,
    ) -> Result<Option<Vec<DraftGroup>>, StoreError> {
        self.slow_snapshot(|view| async move { versions::edition(&view, tenant, base, edition).await }).await
    }

    async fn group(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        group: &GroupId,
    ) -> Result<Option<DraftGroup>, StoreError> {
        self.reading(
            |connection: Connection| async move { drafts::one(&connection, tenant, base, group).await },
        )
        .await
    }

    async fn edit(&self, tenant: &TenantId, base: &BaseId, edit: Edit) -> Result<u64, KnowledgeError> {
        let edit = &drafts::Prepared::new(edit)?;
        self.slow_transaction(|tx| async move { drafts::edit(&tx, tenant, base, edit).await }).await?
    }

    async fn publish(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        publication: Publication,
    ) -> Result<u64, KnowledgeError> {
        let publication = &publication;
        self.slow_transaction(|tx| async move { versions::publish(&tx, tenant, base, publication).await })
            .await?
    }

    async fn roll_back(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        version: u64,
        publication: Publication,
    ) -> Result<u64, KnowledgeError> {
        let publication = &publication;
        self.slow_transaction(|tx| async move {
            versions::roll_back(&tx, tenant, base, version, publication).await
        })
        .await?
    }

    async fn discard(&self, tenant: &TenantId, base: &BaseId) -> Result<u64, KnowledgeError> {
        self.slow_transaction(|tx| async move { drafts::discard(&tx, tenant, base).await }).await?
    }

    async fn versions(&self, tenant: &TenantId, base: &BaseId) -> Result<Vec<BaseVersion>, StoreError> {
        self.reading(|connection: Connection| async move { versions::all(&connection, tenant, base).await })
            .await
    }

    async fn live(&self, tenant: &TenantId, base: &BaseId) -> Result<Live, StoreError> {
        self.slow_snapshot(|view| async move { versions::live(&view, tenant, base).await }).await
    }

    async fn live_since(&self) -> Result<Vec<(TenantId, BaseId, Timestamp)>, StoreError> {
        self.reading(|connection: Connection| async move { bases::live_since(&connection).await }).await
    }

    async fn tests(&self, tenant: &TenantId, base: &BaseId) -> Result<Vec<TestQuestion>, StoreError> {
        self.reading(|connection: Connection| async move { bases::tests(&connection, tenant, base).await })
            .await
    }

    async fn put_tests(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        tests: Vec<TestQuestion>,
    ) -> Result<bool, StoreError> {
        let changed = self
            .change_rows(
                "UPDATE knowledge_base SET tests = $3 WHERE tenant = $1 AND base = $2",
                params![tenant.as_str(), base.as_str(), words(&tests)?],
            )
            .await?;
        Ok(changed > 0)
    }
}

#[async_trait]
impl LearningStore for PostgresStore {
    async fn learn(&self, learned: Learned) -> Result<(), StoreError> {
        let learned = &learned;
        self.transaction(|tx| async move { questions::learn(&tx, learned).await }).await
    }

    async fn unanswered(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        filter: UnansweredFilter,
    ) -> Result<Vec<Unanswered>, StoreError> {
        let filter = &filter;
        self.reading(|connection: Connection| async move {
            questions::list(&connection, tenant, base, filter).await
        })
        .await
    }

    async fn unanswered_one(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        key: &str,
    ) -> Result<Option<Unanswered>, StoreError> {
        self.reading(
            |connection: Connection| async move { questions::one(&connection, tenant, base, key).await },
        )
        .await
    }

    async fn judge(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        key: &str,
        judged: Option<Judged>,
    ) -> Result<(), StoreError> {
        let judged = judged.as_ref();
        self.reading(|connection: Connection| async move {
            questions::judge(&connection, tenant, base, key, judged).await
        })
        .await
    }

    async fn badly_rated(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        limit: usize,
    ) -> Result<Vec<BadlyRated>, StoreError> {
        self.reading(|connection: Connection| async move {
            questions::badly_rated(&connection, tenant, base, limit).await
        })
        .await
    }

    async fn suggestions(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        state: SuggestionState,
        limit: usize,
    ) -> Result<Vec<Suggestion>, StoreError> {
        self.reading(|connection: Connection| async move {
            suggestions::list(&connection, tenant, base, state, limit).await
        })
        .await
    }

    async fn suggestion(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        key: &str,
    ) -> Result<Option<Suggestion>, StoreError> {
        self.reading(|connection: Connection| async move {
            suggestions::one(&connection, tenant, base, key).await
        })
        .await
    }

    async fn judge_suggestion(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        key: &str,
        from: SuggestionState,
        to: (SuggestionState, AgentId, Option<GroupId>),
    ) -> Result<bool, StoreError> {
        let to = &to;
        self.reading(|connection: Connection| async move {
            suggestions::judge(&connection, (tenant, base, key), from, to).await
        })
        .await
    }
}
