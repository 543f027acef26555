//! What the rules need from the world.
//!
//! Store traits are made of use cases: one call is one transaction. Every call that touches a customer names the
//! customer's log, which is what data is distributed by.

mod backup;
mod claims;
mod directory;
mod files;
mod logs;
mod pending;
mod routing;
mod sessions;

use std::fmt;
use std::path::Path;

use async_trait::async_trait;

use crate::time::Timestamp;

pub use backup::{BackupError, BackupProgress, BackupReport, OnProgress};
pub use claims::{
    Claim, ClaimRequest, Claimed, Declined, Offer, OfferChange, OfferNews, Staff, StaffedQueue,
};
pub use directory::{DirectoryStore, StoreKeys};
pub use files::{Blobs, FileRecord, FileStore};
pub use logs::{
    Advance, Commit, CommitError, Committed, ConversationFilter, ConversationRow, ConversationStatus,
    Customer, HistoryQuery, Idempotency, LogStore, LogView, PendingIntent, Position, ReadQuery, Rearm,
    Repeated,
};
pub use pending::{Attempt, PendingStore, Purpose};
pub use routing::{AgentState, QueueItem, Reservation, ReserveError, RoutingStore};
pub use sessions::{AgentSession, SessionStore};

/// The time.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Randomness fit for secrets.
pub trait Random: Send + Sync + fmt::Debug {
    /// Fills all of it.
    fn fill(&self, bytes: &mut [u8]);
}

/// Everything that is stored, in one.
#[async_trait]
pub trait Store: LogStore + PendingStore + RoutingStore + DirectoryStore + SessionStore + FileStore {
    /// Whether the store can be read from and written to.
    async fn check(&self) -> Result<(), StoreError>;

    /// Writes a backup to a path where nothing is yet, while the store goes on: everything that was acknowledged before
    /// this was called is in it, files included. It is there whole or not at all. The path is absolute.
    async fn backup(&self, to: &Path, progress: OnProgress) -> Result<BackupReport, BackupError> {
        let _ = (to, progress);
        Err(BackupError::Elsewhere)
    }

    /// Finishes what was accepted and closes; later calls fail.
    async fn close(&self);
}

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Too much is waiting to be written. Nothing was written; the caller may try again after a while.
    #[error("the store is busy")]
    Busy,
    /// The store cannot write at all now, such as on a full disk. Nothing was written.
    #[error("the store cannot write: {0}")]
    Unavailable(String),
    /// What was stored cannot be understood.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
    /// Anything else that went wrong below.
    #[error("the store failed: {0}")]
    Failed(String),
}
