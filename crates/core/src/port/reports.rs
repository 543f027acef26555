//! Numbers as stored: facts of conversations, and what they add up to.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;

use crate::id::{AgentId, ChannelId, QueueId, TenantId};
use crate::log::{EntryNumber, LogId};
use crate::port::{Customer, StoreError};
use crate::report::{Activity, Contributions, ConversationFact, Measures, Subject};
use crate::time::Timestamp;

/// What was made of a stretch of a log.
#[derive(Clone, Debug)]
pub struct FoldedEntries {
    /// The log.
    pub log: LogId,
    /// After which entry the stretch begins: where the mark stands.
    pub from: EntryNumber,
    /// Its last entry.
    pub through: EntryNumber,
    /// The facts that it changed, as they are now.
    pub facts: Vec<ConversationFact>,
    /// What the change adds.
    pub sums: Contributions,
}

/// What to add up.
#[derive(Clone, Debug)]
pub struct RollupQuery {
    /// What it is about.
    pub subject: Subject,
    /// The stretches, each from one quarter of an hour to another.
    pub periods: Vec<(Timestamp, Timestamp)>,
    /// Only this channel.
    pub channel: Option<ChannelId>,
    /// Only this name: a queue, a disposition, a tag.
    pub name: Option<String>,
    /// Only this agent.
    pub agent: Option<AgentId>,
    /// Whether channels are told apart.
    pub by_channel: bool,
    /// Whether names are told apart.
    pub by_name: bool,
    /// Whether agents are told apart.
    pub by_agent: bool,
    /// At most so many groups; those beyond are left out.
    pub limit: usize,
}

/// What was added up together. What is not told apart is empty, as is what a thing does not have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RollupGroup {
    /// Which of the stretches.
    pub period: usize,
    /// The channel.
    pub channel: String,
    /// The name.
    pub name: String,
    /// The agent.
    pub agent: String,
}

/// Sums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollups {
    /// By group, ascending. Groups of nothing are not there.
    pub groups: Vec<(RollupGroup, Measures)>,
    /// There were more groups than the limit.
    pub is_cut: bool,
    /// How many stored sums were read for it.
    pub read: u64,
}

/// Names a fact in the order of exports: by when it was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FactPlace {
    /// When it was over.
    pub ended: Timestamp,
    /// The log.
    pub log: LogId,
    /// Which of the customer's conversations.
    pub conversation: u64,
    /// Which of its episodes, from 0; 0 for a conversation.
    pub episode: u32,
}

/// Which facts to export.
#[derive(Clone, Debug)]
pub struct FactQuery {
    /// Only what was over from this moment on.
    pub from: Timestamp,
    /// Only what was over before this moment.
    pub to: Timestamp,
    /// Only this channel.
    pub channel: Option<ChannelId>,
    /// Only what comes after this.
    pub after: Option<FactPlace>,
    /// At most so many.
    pub limit: usize,
}

/// A fact, and whose it is.
#[derive(Clone, Debug)]
pub struct FactRow {
    /// Its place.
    pub place: FactPlace,
    /// The customer.
    pub customer: Customer,
    /// The conversation.
    pub fact: ConversationFact,
}

/// How far numbers are behind the logs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportLag {
    /// How many logs have entries that are not counted yet, counted up to a thousand.
    pub logs: u32,
    /// All numbers are being made anew.
    pub is_rebuilding: bool,
}

/// How it stands with a queue now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveQueue {
    /// The queue.
    pub queue: QueueId,
    /// How many customers wait; those who are offered to an agent wait as well.
    pub waiting: u32,
    /// Since when the one waits who has waited longest.
    pub longest_since: Timestamp,
    /// How long agents have lately had customers of the queue, on average; `None` if none has ended yet.
    pub mean_handling: Option<Duration>,
}

/// What an agent has now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSlots {
    /// The agent.
    pub agent: AgentId,
    /// The queue from which the customers came; `None` if they were passed on.
    pub queue: Option<QueueId>,
    /// Customers with whom a conversation goes on, or to whom it is offered.
    pub conversations: u32,
    /// Customers about whom there is after-call work.
    pub wrap_ups: u32,
}

/// Numbers as stored.
#[async_trait]
pub trait ReportStore: Send + Sync {
    /// Facts of some of a log's conversations; those that there are none of are left out.
    async fn facts(
        &self,
        log: LogId,
        conversations: BTreeSet<u64>,
    ) -> Result<Vec<ConversationFact>, StoreError>;

    /// Keeps what was made of a stretch of a log and moves the mark, in one transaction. `false`, and nothing is kept,
    /// if the mark does not stand where the stretch begins, or all numbers are being made anew.
    async fn keep_folded(&self, folded: FoldedEntries) -> Result<bool, StoreError>;

    /// Adds up.
    async fn rollups(&self, tenant: &TenantId, query: RollupQuery) -> Result<Rollups, StoreError>;

    /// Conversations that ended, in the order in which they did.
    async fn ended_conversations(
        &self,
        tenant: &TenantId,
        query: FactQuery,
    ) -> Result<Vec<FactRow>, StoreError>;

    /// Service episodes that ended, in the order in which they did, each with its conversation.
    async fn ended_episodes(&self, tenant: &TenantId, query: FactQuery) -> Result<Vec<FactRow>, StoreError>;

    /// What agents did, or one of them, at any time of a stretch, by agent and then by time.
    async fn activities(
        &self,
        tenant: &TenantId,
        agent: Option<AgentId>,
        stretch: (Timestamp, Timestamp),
    ) -> Result<Vec<Activity>, StoreError>;

    /// How far the numbers of a tenant are behind.
    async fn report_lag(&self, tenant: &TenantId) -> Result<ReportLag, StoreError>;

    /// Has all numbers of a tenant, or of all, made anew from the logs. What agents did is no fold and stays.
    async fn rebuild_reports(&self, tenant: Option<TenantId>) -> Result<(), StoreError>;

    /// The same for all tenants if what is stored was made by other definitions than these.
    async fn use_definitions(&self, version: u32) -> Result<(), StoreError>;

    /// Does a piece of the work of a rebuild, of a bounded number of rows; `false` if there is nothing left to do.
    async fn go_on_rebuilding(&self, limit: usize) -> Result<bool, StoreError>;

    /// The queues of a tenant in which somebody waits.
    async fn live_queues(&self, tenant: &TenantId) -> Result<Vec<LiveQueue>, StoreError>;

    /// The agents of a tenant who have somebody, by where those came from.
    async fn live_slots(&self, tenant: &TenantId) -> Result<Vec<LiveSlots>, StoreError>;
}
