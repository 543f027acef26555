//! Configuration and keys as stored.

use async_trait::async_trait;

use crate::directory::Item;
use crate::id::TenantId;
use crate::port::StoreError;
use crate::robot::QuestionGroup;
use crate::token::SigningKey;

/// The store's own keys, made with the store.
#[derive(Clone, Debug)]
pub struct StoreKeys {
    /// Seals public identifiers.
    pub sealing: [u8; 32],
    /// Signs tokens; the last is the newest.
    pub signing: Vec<SigningKey>,
}

/// Configuration and keys as stored.
#[async_trait]
pub trait DirectoryStore: Send + Sync {
    /// Everything configured.
    async fn items(&self) -> Result<Vec<(TenantId, Item)>, StoreError>;

    /// Writes items, new or changed, all or none.
    async fn put_items(&self, items: Vec<(TenantId, Item)>) -> Result<(), StoreError>;

    /// Takes an item away; `false` if there was none.
    async fn remove_item(&self, tenant: &TenantId, kind: &str, id: &str) -> Result<bool, StoreError>;

    /// A knowledge base; empty if there is none.
    async fn knowledge(&self, tenant: &TenantId, base: &str) -> Result<Vec<QuestionGroup>, StoreError>;

    /// Replaces a knowledge base.
    async fn put_knowledge(
        &self,
        tenant: &TenantId,
        base: &str,
        groups: Vec<QuestionGroup>,
    ) -> Result<(), StoreError>;

    /// The store's keys.
    async fn keys(&self) -> Result<StoreKeys, StoreError>;

    /// Adds a signing key, which becomes the newest, and keeps at most `keep` of the others.
    async fn add_signing_key(&self, key: SigningKey, keep: usize) -> Result<(), StoreError>;
}
