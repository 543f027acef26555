//! How much each tenant uses.

use async_trait::async_trait;

use crate::id::TenantId;
use crate::port::StoreError;

/// What a tenant uses of the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Customers that are known: each (channel, user id) that ever got a token.
    pub customers: u64,
    /// Bytes of the bodies of what was written to their logs.
    pub entry_bytes: u64,
    /// Bytes of files.
    pub file_bytes: u64,
}

impl Usage {
    /// Bytes in all.
    pub const fn bytes(&self) -> u64 {
        self.entry_bytes.saturating_add(self.file_bytes)
    }
}

/// How much each tenant uses, counted as it is written. Nothing is scanned for it: asking is cheap enough to be done
/// with every request.
#[async_trait]
pub trait UsageStore: Send + Sync {
    /// What a tenant uses; nothing if it is not known.
    async fn usage(&self, tenant: &TenantId) -> Result<Usage, StoreError>;
}
