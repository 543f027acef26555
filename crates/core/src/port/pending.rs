//! What background readers still have to do.
//!
//! A background reader reads logs as a customer's device does, but of very many logs, most of which have nothing new.
//! So its place in a log is stored only while there is something after it: the *mark*, set by the commit that brought
//! it and gone when the reader has caught up. Marks are found by channel, without looking at any log.

use async_trait::async_trait;

use crate::entry::Audience;
use crate::id::{ChannelId, TenantId, UserId};
use crate::log::{EntryNumber, LogId};
use crate::port::StoreError;
use crate::time::Timestamp;

/// What a background reader reads for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To push to the company's server.
    Push,
    /// To keep the search index.
    Search,
    /// To keep the numbers that reports are made of.
    Reports,
}

impl Purpose {
    /// Those that follow every customer's log, without being asked to: any commit that they see sets their mark.
    pub const STANDING: [Self; 2] = [Self::Search, Self::Reports];

    /// The purpose as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Search => "search",
            Self::Reports => "reports",
        }
    }

    /// What the reader sees; commits of nothing else are none of its business.
    pub const fn audience(self) -> Audience {
        match self {
            Self::Push => Audience::DOWNLINK.and(Audience::READ),
            Self::Search | Self::Reports => Audience::ALL,
        }
    }
}

/// One attempt to push, without what was pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The tenant.
    pub tenant: TenantId,
    /// The channel.
    pub channel: ChannelId,
    /// Whose messages.
    pub user: UserId,
    /// When it ended.
    pub at: Timestamp,
    /// What was sent comes after this entry.
    pub after: EntryNumber,
    /// The last entry that was sent.
    pub through: EntryNumber,
    /// Which attempt in a row it was, from 1.
    pub nth: u32,
    /// The HTTP status; `None` if there was no answer.
    pub status: Option<u16>,
    /// Why it failed; `None` if it did not.
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub millis: u64,
}

/// A log that has a mark, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MarkedLog {
    /// The tenant.
    pub tenant: TenantId,
    /// The channel.
    pub channel: ChannelId,
    /// The log.
    pub log: LogId,
}

/// What background readers still have to do.
#[async_trait]
pub trait PendingStore: Send + Sync {
    /// Logs of all tenants that have a mark, in their order, from after `after` on.
    async fn marked_logs(
        &self,
        purpose: Purpose,
        after: Option<MarkedLog>,
        limit: usize,
    ) -> Result<Vec<MarkedLog>, StoreError>;

    /// Logs of a channel that have a mark, by their ids, from after `after` on.
    async fn pending_logs(
        &self,
        purpose: Purpose,
        channel: (&TenantId, &ChannelId),
        after: Option<LogId>,
        limit: usize,
    ) -> Result<Vec<LogId>, StoreError>;

    /// Where the reader stands in a log; `None` if it has caught up.
    async fn pending(&self, purpose: Purpose, log: LogId) -> Result<Option<EntryNumber>, StoreError>;

    /// Moves the reader, if it still stands at `from`; `false` if somebody has moved it meanwhile. The mark goes if
    /// nothing is left after `through`; nothing that is committed at the same time is missed.
    async fn move_pending(
        &self,
        purpose: Purpose,
        log: LogId,
        from: EntryNumber,
        through: EntryNumber,
    ) -> Result<bool, StoreError>;

    /// Puts the reader after an entry, back or forth, so that what follows is read, perhaps again. `false` if nothing
    /// follows it, or there is no such log; then nothing changes.
    async fn place_pending(
        &self,
        purpose: Purpose,
        log: LogId,
        after: EntryNumber,
    ) -> Result<bool, StoreError>;

    /// Takes away all marks of a channel that is no longer read for this.
    async fn drop_pending(
        &self,
        purpose: Purpose,
        channel: (&TenantId, &ChannelId),
    ) -> Result<(), StoreError>;

    /// All logs of a channel's customers, by their ids, from after `after` on.
    async fn logs_of_channel(
        &self,
        channel: (&TenantId, &ChannelId),
        after: Option<LogId>,
        limit: usize,
    ) -> Result<Vec<LogId>, StoreError>;

    /// Notes attempts, all in one transaction. Of each channel only the last 1,000 or so are kept.
    async fn note_attempts(&self, attempts: Vec<Attempt>) -> Result<(), StoreError>;

    /// The last attempts of a channel, newest first.
    async fn attempts(
        &self,
        channel: (&TenantId, &ChannelId),
        limit: usize,
    ) -> Result<Vec<Attempt>, StoreError>;
}
