//! Removing what was kept for long enough.

use async_trait::async_trait;

use crate::directory::RetentionClass;
use crate::id::TenantId;
use crate::log::LogId;
use crate::port::StoreError;
use crate::time::Timestamp;

/// What is to be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Whose.
    pub tenant: TenantId,
    /// What.
    pub class: RetentionClass,
    /// Only what was over, uploaded, written or tried before this.
    pub before: Timestamp,
    /// Only what comes after this place.
    pub after: Option<RemovalPlace>,
    /// At most about so many rows: what belongs together may be a few more.
    pub limit: usize,
}

/// A place in the order in which old things are gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RemovalPlace {
    /// When the conversation was opened, or the file uploaded.
    pub at: Timestamp,
    /// The log.
    pub log: LogId,
    /// The conversation, or the file.
    pub number: u64,
}

/// What was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// How many rows.
    pub rows: u64,
    /// Whether there may be more: then the next call goes on after [`Self::after`].
    pub more: bool,
    /// How far it was gone through.
    pub after: Option<RemovalPlace>,
}

/// Removing what was kept for long enough.
#[async_trait]
pub trait RetentionStore: Send + Sync {
    /// Removes a portion of what is old, in one transaction. Done again it removes the next portion, or nothing.
    ///
    /// - *Conversations*: from the front of each log, entries of conversations that were over before then, with what hangs
    ///   on them: the conversations' rows, labels and mentions, tickets that are done with, what the search index and the
    ///   editors of knowledge have of them. What a reader with a mark has not read stays, with all that comes after it; so
    ///   does everything from an open conversation, an open or claimed ticket, or an intent on. The last entry of a log
    ///   keeps its number and time and loses its contents, so that the log goes on from there. Their facts are kept from
    ///   then on: making reports anew leaves them, and what they add up to, as they are. While reports are being made
    ///   anew, nothing is removed.
    /// - *Files*: what is known of them; their bytes are then among [`crate::port::CustomerStore::erased_blobs`]. A file
    ///   that somebody with an open conversation from before it may fetch stays, and so does one of somebody to whom
    ///   something is still to be pushed.
    /// - *Audit log*: records from the front of the chain, as far as it is intact, never the last one. The place of the cut
    ///   is noted and signed ([`crate::audit::Cut`]), and a record of it added, all in the same transaction.
    /// - *Report rows*: facts of conversations that were removed.
    /// - *Deliveries*: attempts to push.
    async fn remove_old(&self, removal: Removal) -> Result<Removed, StoreError>;
}
