//! Configuration and keys as stored.

use async_trait::async_trait;
use zeroize::Zeroizing;

use crate::audit::Draft;
use crate::directory::Item;
use crate::id::TenantId;
use crate::port::StoreError;
use crate::token::SigningKey;

/// The store's own keys, made with the store. Its debug form says nothing of them.
#[derive(Clone)]
pub struct StoreKeys {
    /// Seals public identifiers.
    pub sealing: Zeroizing<[u8; 32]>,
    /// Signs tokens; the last is the newest.
    pub signing: Vec<SigningKey>,
}

impl std::fmt::Debug for StoreKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreKeys").field("signing", &self.signing).finish_non_exhaustive()
    }
}

/// Everything configured, at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Configured {
    /// How often anything of it was changed.
    pub version: u64,
    /// Whose, and what.
    pub items: Vec<(TenantId, Item)>,
}

/// What is written and taken away together.
#[derive(Clone, Debug, Default)]
pub struct ItemChanges {
    /// New or changed.
    pub put: Vec<(TenantId, Item)>,
    /// Taken away, by kind and id; what is not there is no matter.
    pub remove: Vec<(TenantId, &'static str, String)>,
    /// The version that this was decided on; without one it holds whatever happened meanwhile.
    pub version: Option<u64>,
    /// What is to be recorded of it in the audit log.
    pub audit: Vec<Draft>,
}

/// Configuration and keys as stored. Whatever changes any of it raises the version in the same transaction, so that a
/// node can tell whether it knows the newest, and takes along what is to be recorded of it in the audit log: both are
/// committed, or neither.
#[async_trait]
pub trait DirectoryStore: Send + Sync {
    /// Everything configured, with its version.
    async fn configured(&self) -> Result<Configured, StoreError>;

    /// The version of what is stored now.
    async fn directory_version(&self) -> Result<u64, StoreError>;

    /// Writes and takes away, all or none. `false`, and nothing is changed, if the version is no longer the one that
    /// this was decided on.
    async fn change_items(&self, changes: ItemChanges) -> Result<bool, StoreError>;

    /// Everything configured.
    async fn items(&self) -> Result<Vec<(TenantId, Item)>, StoreError>;

    /// Writes items, new or changed, all or none.
    async fn put_items(&self, items: Vec<(TenantId, Item)>, audit: Vec<Draft>) -> Result<(), StoreError>;

    /// Takes an item away; `false` if there was none, and then nothing is recorded either. With an agent goes what they
    /// could sign in with.
    async fn remove_item(
        &self,
        tenant: &TenantId,
        kind: &str,
        id: &str,
        audit: Vec<Draft>,
    ) -> Result<bool, StoreError>;

    /// The store's keys.
    async fn keys(&self) -> Result<StoreKeys, StoreError>;

    /// Adds a signing key, which becomes the newest, and keeps at most `keep` of the others.
    async fn add_signing_key(
        &self,
        key: SigningKey,
        keep: usize,
        audit: Vec<Draft>,
    ) -> Result<(), StoreError>;
}
