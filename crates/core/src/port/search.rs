//! The search index as stored.

use async_trait::async_trait;

use crate::entry::Entry;
use crate::id::{AgentId, ChannelId, QueueId, TenantId};
use crate::log::{EntryNumber, LogId};
use crate::port::{Customer, StoreError};
use crate::search::{Phrase, Speaker};
use crate::time::Timestamp;

/// What the index is to hold of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexedEntry {
    /// The entry.
    pub number: EntryNumber,
    /// When it was written.
    pub at: Timestamp,
    /// Its conversation; 0 for none.
    pub conversation: u64,
    /// Who said it.
    pub by: Speaker,
    /// The tokens of its text, in order.
    pub words: Vec<String>,
    /// Agents who have to do with the conversation.
    pub agents: Vec<AgentId>,
    /// Queues in which the conversation waited.
    pub queues: Vec<QueueId>,
}

/// What a background reader made of a stretch of one log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexedLog {
    /// The log.
    pub log: LogId,
    /// The stretch comes after this entry,
    pub from: EntryNumber,
    /// and goes up to and with this one.
    pub through: EntryNumber,
    /// Entries to be found from now on. One that the index holds already is replaced.
    pub entries: Vec<IndexedEntry>,
    /// Entries not to be found any more.
    pub gone: Vec<(EntryNumber, Timestamp)>,
    /// When the customer first and last did something in the stretch.
    pub seen: Option<(Timestamp, Timestamp)>,
}

/// What somebody may find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchScope {
    /// In this tenant,
    pub tenant: TenantId,
    /// on these channels alone, if they are given,
    pub channels: Option<Vec<ChannelId>>,
    /// in conversations that waited in one of these queues, if they are given,
    pub queues: Option<Vec<QueueId>>,
    /// and of what is within this reach, if it is given.
    pub reach: Option<Reach>,
}

/// What an agent may find: whatever fits any of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Conversations that this agent has to do with.
    pub agent: AgentId,
    /// Everything on these channels.
    pub channels: Vec<ChannelId>,
    /// These conversations.
    pub conversations: Vec<(LogId, u64)>,
}

/// What to find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchQuery {
    /// What may be found.
    pub scope: SearchScope,
    /// What must stand in the text; at least one.
    pub phrases: Vec<Phrase>,
    /// Who said it.
    pub from: Option<Speaker>,
    /// On which channel.
    pub channel: Option<ChannelId>,
    /// In a conversation that waited in this queue.
    pub queue: Option<QueueId>,
    /// In a conversation that this agent had to do with.
    pub agent: Option<AgentId>,
    /// In this conversation.
    pub conversation: Option<(LogId, u64)>,
    /// In one of these logs, if any are given.
    pub logs: Vec<LogId>,
    /// Only before this moment.
    pub before: Option<Timestamp>,
    /// Only from this moment on.
    pub after: Option<Timestamp>,
    /// Only what comes after this place, in the order newest first.
    pub below: Option<SearchPlace>,
}

/// The place of an entry among all that can be found. Those of later entries are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SearchPlace(pub u64);

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its place.
    pub place: SearchPlace,
    /// The log.
    pub log: LogId,
    /// Whose it is.
    pub customer: Customer,
    /// The entry as it is now.
    pub entry: Entry,
}

/// What a search has found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What was found, newest first.
    pub hits: Vec<Hit>,
    /// Nothing else is between there and here, and more may be below; `None` if there is no more.
    pub below: Option<SearchPlace>,
}

/// How far the index is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SearchBacklog {
    /// Logs of customers.
    pub logs: u64,
    /// Those that still have something to be taken in.
    pub behind: u64,
}

/// The search index as stored.
#[async_trait]
pub trait SearchStore: Send + Sync {
    /// Takes in what was made of logs and moves [`Purpose::Search`](crate::port::Purpose::Search) on in them, all in one
    /// transaction. Nothing is taken in of a log where the reader no longer stands where it did; the others are. The
    /// customer has a profile from then on.
    async fn index(&self, logs: Vec<IndexedLog>) -> Result<(), StoreError>;

    /// Finds entries, newest first, at most `limit`. What was taken back is not found. One call looks at a stretch of
    /// bounded length, so that words which are hardly ever together do not take long: it can find nothing and there be
    /// more.
    async fn search(&self, query: SearchQuery, limit: usize) -> Result<Found, StoreError>;

    /// Empties the index and has every log read anew. What is being asked for meanwhile is found as far as it is there
    /// again.
    async fn rebuild_search(&self) -> Result<(), StoreError>;

    /// How far the index is.
    async fn search_backlog(&self) -> Result<SearchBacklog, StoreError>;
}
