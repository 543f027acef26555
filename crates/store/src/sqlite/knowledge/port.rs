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
use crate::sqlite::SqliteStore;
use crate::sqlite::value::words;

#[async_trait]
impl KnowledgeStore for SqliteStore {
    async fn bases(&self, tenant: &TenantId) -> Result<Vec<Base>, StoreError> {
        let tenant = tenant.clone();
        self.of_tenant(&tenant).reading(move |connection| bases::all(connection, &tenant)).await
    }

    async fn base(&self, tenant: &TenantId, base: &BaseId) -> Result<Option<Base>, StoreError> {
        let (tenant, base) = (tenant.clone(), base.clone());
        self.of_tenant(&tenant).reading(move |connection| bases::one(connection, &tenant, &base)).await
    }

    async fn put_base(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        name: Option<String>,
    ) -> Result<bool, StoreError> {
        let (tenant, base) = (tenant.clone(), base.clone());
        self.of_tenant(&tenant)
            .writing(move |tx| {
                tx.begin()?;
                bases::put(tx, &tenant, &base, name.as_deref())
            })
            .await
    }

    async fn remove_base(&self, tenant: &TenantId, base: &BaseId) -> Result<bool, StoreError> {
        let (tenant, base) = (tenant.clone(), base.clone());
        self.of_tenant(&tenant).writing(move |tx| bases::remove(tx, &tenant, &base)).await
    }

    async fn groups(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        edition: Edition,
    ) -> Result<Option<Vec<DraftGroup>>, StoreError> {
        let (tenant, base) = (tenant.clone(), base.clone());
        self.of_tenant(&tenant)
            .reading(move |connection| {
                let connection = &*connection.unchecked_transaction()?;
                let Some((_, live, _)) = bases::counts(connection, &tenant, &base)? else { return Ok(None) };
                match edition {
                    Edition::Draft => drafts::all(connection, &tenant, &base).map(Some),
                    Edition::Live if live == 0 => Ok(Some(Vec::new())),
                    Edition::Live => versions::groups(connection, &tenant, &base, live),
                    Edition::Version(version) => versions::groups(connection, &tenant, &base, version),
                }
            })
            .await
    }

    async fn group(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        group: &GroupId,
    ) -> Result<Option<DraftGroup>, StoreError> {
        let (tenant, base, group) = (tenant.clone(), base.clone(), group.clone());
        self.of_tenant(&tenant)
            .reading(move |connection| drafts::one(connection, &tenant, &base, &group))
            .await
    }

    async fn edit(&self, tenant: &TenantId, base: &BaseId, edit: Edit) -> Result<u64, KnowledgeError> {
        let (tenant, base, edit) = (tenant.clone(), base.clone(), drafts::Prepared::new(&edit)?);
        self.of_tenant(&tenant).writing(move |tx| drafts::edit(tx, &tenant, &base, &edit)).await?
    }

    async fn publish(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        publication: Publication,
    ) -> Result<u64, KnowledgeError> {
        let (tenant, base) = (tenant.clone(), base.clone());
        self.of_tenant(&tenant).writing(move |tx| versions::publish(tx, &tenant, &base, &publication)).await?
    }

    async fn roll_back(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        version: u64,
        publication: Publication,
    ) -> Result<u64, KnowledgeError> {
        let (tenant, base) = (tenant.clone(), base.clone());
        self.of_tenant(&tenant)
            .writing(move |tx| versions::roll_back(tx, &tenant, &base, version, &publication))
            .await?
    }

    async fn discard(&self, tenant: &TenantId, base: &BaseId) -> Result<u64, KnowledgeError> {
        let (tenant, base) = (tenant.clone(), base.clone());
        self.of_tenant(&tenant).writing(move |tx| drafts::discard(tx, &tenant, &base)).await?
    }

    async fn versions(&self, tenant: &TenantId, base: &BaseId) -> Result<Vec<BaseVersion>, StoreError> {
        let (tenant, base) = (tenant.clone(), base.clone());
        self.of_tenant(&tenant).reading(move |connection| versions::all(connection, &tenant, &base)).await
    }

    async fn live(&self, tenant: &TenantId, base: &BaseId) -> Result<Live, StoreError> {
        let (tenant, base) = (tenant.clone(), base.clone());
        self.of_tenant(&tenant)
            .reading(move |connection| {
                let connection = &*connection.unchecked_transaction()?;
                versions::live(connection, &tenant, &base)
            })
            .await
    }

    async fn live_since(&self) -> Result<Vec<(TenantId, BaseId, Timestamp)>, StoreError> {
        self.reading(bases::live_since).await
    }

    async fn tests(&self, tenant: &TenantId, base: &BaseId) -> Result<Vec<TestQuestion>, StoreError> {
        let (tenant, base) = (tenant.clone(), base.clone());
        self.of_tenant(&tenant).reading(move |connection| bases::tests(connection, &tenant, &base)).await
    }

    async fn put_tests(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        tests: Vec<TestQuestion>,
    ) -> Result<bool, StoreError> {
        let (tenant, base, tests) = (tenant.clone(), base.clone(), words(&tests)?);
        self.of_tenant(&tenant).writing(move |tx| bases::put_tests(tx, &tenant, &base, &tests)).await
    }
}

#[async_trait]
impl LearningStore for SqliteStore {
    async fn learn(&self, learned: Learned) -> Result<(), StoreError> {
        self.writing(move |tx| questions::learn(tx, &learned)).await
    }

    async fn unanswered(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        filter: UnansweredFilter,
    ) -> Result<Vec<Unanswered>, StoreError> {
        let (tenant, base) = (tenant.clone(), base.clone());
        self.of_tenant(&tenant)
            .reading(move |connection| questions::list(connection, &tenant, &base, &filter))
            .await
    }

    async fn unanswered_one(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        key: &str,
    ) -> Result<Option<Unanswered>, StoreError> {
        let (tenant, base, key) = (tenant.clone(), base.clone(), key.to_owned());
        self.of_tenant(&tenant)
            .reading(move |connection| questions::one(connection, &tenant, &base, &key))
            .await
    }

    async fn judge(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        key: &str,
        judged: Option<Judged>,
    ) -> Result<(), StoreError> {
        let (tenant, base, key) = (tenant.clone(), base.clone(), key.to_owned());
        self.of_tenant(&tenant)
            .writing(move |tx| questions::judge(tx, &tenant, &base, &key, judged.as_ref()))
            .await
    }

    async fn badly_rated(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        limit: usize,
    ) -> Result<Vec<BadlyRated>, StoreError> {
        let (tenant, base) = (tenant.clone(), base.clone());
        self.of_tenant(&tenant)
            .reading(move |connection| questions::badly_rated(connection, &tenant, &base, limit))
            .await
    }

    async fn suggestions(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        state: SuggestionState,
        limit: usize,
    ) -> Result<Vec<Suggestion>, StoreError> {
        let (tenant, base) = (tenant.clone(), base.clone());
        self.of_tenant(&tenant)
            .reading(move |connection| suggestions::list(connection, &tenant, &base, state, limit))
            .await
    }

    async fn suggestion(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        key: &str,
    ) -> Result<Option<Suggestion>, StoreError> {
        let (tenant, base, key) = (tenant.clone(), base.clone(), key.to_owned());
        self.of_tenant(&tenant)
            .reading(move |connection| suggestions::one(connection, &tenant, &base, &key))
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
        let (tenant, base, key) = (tenant.clone(), base.clone(), key.to_owned());
        self.of_tenant(&tenant)
            .writing(move |tx| suggestions::judge(tx, (&tenant, &base, &key), from, &to))
            .await
    }
}
