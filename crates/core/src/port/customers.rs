//! Customers as stored: profiles, and what is done with them.

use async_trait::async_trait;

use crate::customer::{AttributeValue, Block, FactsPatch, MergeRefusal, Profile};
use crate::id::{AgentId, ChannelId, TenantId};
use crate::log::LogId;
use crate::port::{ConversationRow, StoreError};
use crate::time::Timestamp;

/// Which customers to list. What is not given does not matter; what is must hold for one of the person's ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerFilter {
    /// A part of the name or of the id, folded ([`folded`](crate::search::folded)).
    pub text: Option<String>,
    /// The beginning of an id.
    pub user: Option<String>,
    /// The channel.
    pub channel: Option<ChannelId>,
    /// A tag.
    pub tag: Option<String>,
    /// An attribute with its value.
    pub attribute: Option<(String, AttributeValue)>,
    /// Seen from this moment on.
    pub seen_from: Option<Timestamp>,
    /// Seen before this moment.
    pub seen_before: Option<Timestamp>,
    /// Whether they are kept out.
    pub blocked: Option<bool>,
    /// Only people with one of these logs.
    pub logs: Option<Vec<LogId>>,
    /// Only those after this one in the list.
    pub after: Option<CustomerPlace>,
}

/// A place in the list of customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomerPlace {
    /// When the customer was last seen.
    pub seen: Timestamp,
    /// The customer.
    pub log: LogId,
}

/// A place among a person's conversations, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConversationPlace {
    /// When the conversation was opened.
    pub opened: Timestamp,
    /// Its log.
    pub log: LogId,
}

/// Why a change of a customer was not written. Nothing was.
#[derive(Debug, thiserror::Error)]
pub enum CustomerError {
    /// There is no such customer.
    #[error("there is no such customer")]
    NoCustomer,
    /// There would be too many attributes.
    #[error("too many attributes")]
    TooManyAttributes,
    /// They cannot be merged, or taken apart.
    #[error(transparent)]
    Merge(#[from] MergeRefusal),
    /// A conversation is open.
    #[error("a conversation is open")]
    Open,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was forgotten of a customer, in counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Logs of the person.
    pub logs: u64,
    /// Entries whose contents were erased.
    pub entries: u64,
    /// Messages taken out of the search index.
    pub indexed: u64,
    /// Profiles.
    pub profiles: u64,
    /// Files; their bytes go next.
    pub files: u64,
    /// Messages that were left to be answered.
    pub tickets: u64,
    /// Notes of attempts to push.
    pub deliveries: u64,
    /// What was kept to answer a repeated request, and the places of devices.
    pub traces: u64,
    /// Conversations from which tags or attributes were taken.
    pub labelled: u64,
    /// The names under which bytes of files are kept.
    pub blobs: Vec<String>,
}

/// Customers as stored. A profile is named by any of its logs.
#[async_trait]
pub trait CustomerStore: Send + Sync {
    /// Notes that a page brought a signature of who the customer of this log is.
    async fn note_signed(&self, log: LogId) -> Result<(), StoreError>;

    /// The profile that a log is part of; `None` if nobody registered the log.
    async fn customer(&self, log: LogId) -> Result<Option<Profile>, StoreError>;

    /// People of a tenant, at most `limit`, those seen last at the head.
    async fn customers(
        &self,
        tenant: &TenantId,
        filter: CustomerFilter,
        limit: usize,
    ) -> Result<Vec<Profile>, StoreError>;

    /// Conversations of a person on all channels, those opened last first.
    async fn conversations_of(
        &self,
        log: LogId,
        after: Option<ConversationPlace>,
        limit: usize,
    ) -> Result<Vec<ConversationRow>, StoreError>;

    /// Changes what is known of a person, and gives the profile as it is then.
    async fn change_customer(&self, log: LogId, patch: FactsPatch) -> Result<Profile, CustomerError>;

    /// Keeps a person out, or with `None` lets them in again.
    async fn block_customer(&self, log: LogId, block: Option<Block>) -> Result<Profile, CustomerError>;

    /// The logs of all people who are kept out, each until when.
    async fn blocked_logs(&self) -> Result<Vec<(LogId, Option<Timestamp>)>, StoreError>;

    /// Hangs the profile of one log below that of another, if they are equals in trust
    /// ([`Profile::may_take_in`]). Logs stay as they are.
    async fn merge_customers(&self, log: LogId, into: LogId, by: &AgentId) -> Result<Profile, CustomerError>;

    /// Takes the profile that began with this log out of what it was merged into, with what hangs below it.
    async fn unmerge_customer(&self, log: LogId) -> Result<Profile, CustomerError>;

    /// Forgets everything of a person in the search index and all of the profile.
    async fn forget_customer(&self, log: LogId) -> Result<Forgotten, CustomerError>;

    /// Erases a person: what was said, files, deliveries, names and ids, and what [`Self::forget_customer`] forgets. That
    /// there were conversations, when, and who served stays. Nothing is erased while one of them is open.
    async fn erase_customer(&self, log: LogId) -> Result<Forgotten, CustomerError>;

    /// Overwrites a portion of what lies in unused parts of the store since somebody was erased; `false` if nothing of it is
    /// left there that the store itself can reach.
    async fn scrub_erased(&self) -> Result<bool, StoreError>;

    /// The names of bytes of erased files that are still there, as far as is known; those in the folder come before objects.
    async fn erased_blobs(&self, limit: usize) -> Result<Vec<String>, StoreError>;

    /// The bytes under these names are gone.
    async fn finish_erasing(&self, blobs: Vec<String>) -> Result<(), StoreError>;
}
