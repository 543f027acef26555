//! API keys and second factors as stored.

use async_trait::async_trait;

use crate::access::AccessScope;
use crate::id::{AgentId, RoleId, TenantId};
use crate::port::StoreError;
use crate::secret::SecretHash;
use crate::time::Timestamp;

/// What a program calls with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// The tenant.
    pub tenant: TenantId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: RoleId,
    /// Where it may do it.
    pub scope: AccessScope,
    /// When it was made.
    pub created: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// When it was last used, within [`crate::port::AgentSession::SEEN_WITHIN`].
    pub used: Option<Timestamp>,
}

/// Somebody's second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// The secret of their device, sealed.
    pub sealed: String,
    /// Whether they have shown that their device has it. Until then it is not asked for.
    pub confirmed: bool,
    /// The step of the last code that was used.
    pub last_step: u64,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
}

/// API keys and second factors as stored.
#[async_trait]
pub trait PeopleStore: Send + Sync {
    /// Keeps an API key, by its hash.
    async fn add_key(&self, key: SecretHash, about: ApiKey) -> Result<(), StoreError>;

    /// What is known of an API key, ended or not.
    async fn key(&self, key: SecretHash) -> Result<Option<ApiKey>, StoreError>;

    /// Every API key of a tenant, ended or not, by their hashes, those made first at the head.
    async fn keys_of(&self, tenant: &TenantId) -> Result<Vec<(SecretHash, ApiKey)>, StoreError>;

    /// An API key was used. One that was used later stays so.
    async fn touch_key(&self, key: SecretHash, used: Timestamp) -> Result<(), StoreError>;

    /// Takes an API key away; one that is none is gone already.
    async fn remove_key(&self, key: SecretHash) -> Result<(), StoreError>;

    /// Somebody's second factor.
    async fn second_factor(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
    ) -> Result<Option<SecondFactor>, StoreError>;

    /// Begins a second factor, in the place of one that was not confirmed; `false`, and nothing, if there is one that was.
    async fn begin_second_factor(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        sealed: String,
    ) -> Result<bool, StoreError>;

    /// Confirms the second factor that was begun as this one, by a code of this step, and keeps its recovery codes.
    /// `session` counts as given with it from now on. `false`, and nothing, if it is another one or confirmed already.
    async fn confirm_second_factor(
        &self,
        whose: (&TenantId, &AgentId),
        sealed: String,
        step: u64,
        recovery_codes: Vec<SecretHash>,
        session: SecretHash,
    ) -> Result<bool, StoreError>;

    /// Uses a code of this step; `false` if one of it, or of a later one, was used. Of several at once, one gets it.
    async fn use_step(&self, tenant: &TenantId, agent: &AgentId, step: u64) -> Result<bool, StoreError>;

    /// Uses a recovery code; `false` if there is no such one, or no longer. Of several at once, one gets it.
    async fn use_recovery_code(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        code: SecretHash,
    ) -> Result<bool, StoreError>;

    /// Takes somebody's second factor away, with its recovery codes; none of their sign-ins counts as given with one
    /// any more.
    async fn remove_second_factor(&self, tenant: &TenantId, agent: &AgentId) -> Result<(), StoreError>;
}
