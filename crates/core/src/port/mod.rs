//! What the rules need from the world.
//!
//! Store traits are made of use cases: one call is one transaction. Every call that touches a customer names the
//! customer's log, which is what data is distributed by.

mod audit;
mod backup;
mod claims;
mod customers;
mod directory;
mod files;
mod gateway;
mod knowledge;
mod learning;
mod logs;
mod nodes;
mod pending;
mod people;
mod presence;
mod reports;
mod retention;
mod routing;
mod search;
mod sessions;
mod tickets;
mod usage;

use std::fmt;
use std::path::Path;

use async_trait::async_trait;

use crate::time::Timestamp;

pub use audit::{AuditQuery, AuditSpan, AuditStore};
pub use backup::{BackupError, BackupProgress, BackupReport, OnProgress};
pub use claims::{
    Claim, ClaimRequest, Claimed, Declined, Offer, OfferChange, OfferNews, Staff, StaffedQueue,
};
pub use customers::{
    ConversationPlace, CustomerError, CustomerFilter, CustomerPlace, CustomerStore, Forgotten,
};
pub use directory::{Configured, DirectoryStore, ItemChanges, StoreKeys};
pub use files::{Blobs, FileRecord, FileStore};
pub use gateway::{DeskChange, GatewayDesk, GatewayStore};
pub use knowledge::{
    Base, BaseVersion, DraftGroup, Edit, Edition, Expected, GroupEdit, KEPT_VERSIONS, KnowledgeError,
    KnowledgeStore, Live, Publication, Settled,
};
pub use learning::{
    BadlyRated, Judged, Learned, LearningStore, Suggestion, SuggestionState, Unanswered, UnansweredFilter,
    Verdict,
};
pub use logs::{
    Advance, Commit, CommitError, Committed, ConversationFilter, ConversationRow, ConversationStatus,
    Customer, HistoryQuery, Idempotency, LogStore, LogView, PendingIntent, Position, ReadQuery, ReaderClaim,
    Rearm, Repeated,
};
pub use nodes::{Heard, Hint, Nodes, OnlyNode};
pub use pending::{Attempt, MarkedLog, PendingStore, Purpose};
pub use people::{ApiKey, PeopleStore, SecondFactor};
pub use presence::{Declaration, PresenceStore, Unheard};
pub use reports::{
    FactPlace, FactQuery, FactRow, FoldedEntries, LiveQueue, LiveSlots, ReportLag, ReportStore, RollupGroup,
    RollupQuery, Rollups,
};
pub use retention::{Removal, RemovalPlace, Removed, RetentionStore};
pub use routing::{AgentState, QueueItem, Reservation, ReserveError, RoutingStore};
pub use search::{
    Found, Hit, IndexedEntry, IndexedLog, Reach, SearchBacklog, SearchPlace, SearchQuery, SearchScope,
    SearchStore,
};
pub use sessions::{AgentSession, SessionStore};
pub use tickets::{TicketError, TicketFilter, TicketStore};
pub use usage::{Usage, UsageStore};

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
pub trait Store:
    LogStore
    + PendingStore
    + RoutingStore
    + PresenceStore
    + TicketStore
    + DirectoryStore
    + SessionStore
    + PeopleStore
    + FileStore
    + GatewayStore
    + ReportStore
    + UsageStore
    + KnowledgeStore
    + LearningStore
    + CustomerStore
    + SearchStore
    + AuditStore
    + RetentionStore
{
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
    /// The store was to write, and was cut off before it said that it had. It may be written, or not; who asks again by the
    /// same key is told.
    #[error("the store has not said whether it wrote: {0}")]
    Unanswered(String),
    /// What was stored cannot be understood.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
    /// Anything else that went wrong below.
    #[error("the store failed: {0}")]
    Failed(String),
}
