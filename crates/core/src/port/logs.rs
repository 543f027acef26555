//! Logs as stored.

use std::time::Duration;

use async_trait::async_trait;

use crate::conversation::{Decision, Intent, LogState, Outcome, Participant};
use crate::entry::{Audience, Entry, EntryBody, Heads};
use crate::id::{AgentId, CallId, ChannelId, DeviceId, QueueId, TenantId, UserId};
use crate::labels::{LabelFilter, Labels};
use crate::log::{EntryNumber, Life, LogId};
use crate::port::{Purpose, StoreError};
use crate::time::Timestamp;

/// Whose log it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// The tenant.
    pub tenant: TenantId,
    /// The channel that the customer came through.
    pub channel: ChannelId,
    /// The customer's id.
    pub user: UserId,
    /// The customer's name.
    pub name: String,
    /// The customer's language, such as `zh_CN`.
    pub locale: String,
}

impl Customer {
    /// The customer's log.
    pub fn log(&self) -> LogId {
        LogId::of_customer(&self.tenant, &self.channel, &self.user)
    }
}

/// A log, its owner and its state at one moment.
#[derive(Clone, Debug)]
pub struct LogView {
    /// Whose log it is.
    pub customer: Customer,
    /// Its state.
    pub state: LogState,
}

/// A decision to be written.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The log.
    pub log: LogId,
    /// The version of the state that the decision saw.
    pub version: u64,
    /// What was decided.
    pub decision: Decision,
    /// When the log must be looked at next; `None` leaves the timer as it is. The timer goes when no conversation
    /// is open.
    pub timer: Option<Timestamp>,
    /// What the sender can repeat the request by.
    pub idempotency: Option<Idempotency>,
    /// What in the background is to take note of it, beside [`Purpose::STANDING`], if something is.
    pub mark: Option<Purpose>,
}

/// What a request can be repeated by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The sender's key.
    pub key: String,
    /// Hash of what must be the same when it is repeated.
    pub fingerprint: [u8; 32],
    /// The answer to give again.
    pub outcome: Outcome,
}

/// A request that was carried out before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeated {
    /// What must be the same.
    pub fingerprint: [u8; 32],
    /// The answer that was given.
    pub outcome: Outcome,
    /// The first entry that was written; zero if that was before it was kept.
    pub first: EntryNumber,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// The number of the first entry; the others follow it.
    pub first: EntryNumber,
    /// In which life of the store they were written.
    pub life: Life,
    /// When each entry was written.
    pub times: Vec<Timestamp>,
    /// The intents with what [`LogStore::finish_intent`] wants to know them by.
    pub intents: Vec<PendingIntent>,
}

/// Why a decision was not written. Nothing was.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The state has changed since, or the log has gone on past what the decision saw: load and decide again.
    #[error("the state has changed")]
    Conflict,
    /// There is no such log.
    #[error("there is no such log")]
    NoLog,
    /// The request with this key was carried out before.
    #[error("repeated")]
    Repeated(Repeated),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An intent that waits to be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingIntent {
    /// Names it.
    pub id: u64,
    /// The log whose commit it came with.
    pub log: LogId,
    /// The number of the first entry of that commit.
    pub number: EntryNumber,
    /// What to do.
    pub intent: Intent,
}

/// Which entries to read, forwards.
#[derive(Clone, Copy, Debug)]
pub struct ReadQuery {
    /// Only entries after this one.
    pub after: EntryNumber,
    /// Only entries up to and with this one.
    pub through: EntryNumber,
    /// Only entries that one of these classes sees.
    pub audience: Audience,
    /// At most so many.
    pub limit: usize,
    /// At most so many bytes of stored bodies, but always at least one entry.
    pub max_bytes: usize,
}

/// Which entries to read, backwards from the newest.
#[derive(Clone, Copy, Debug)]
pub struct HistoryQuery {
    /// Only entries from this moment on.
    pub from: Option<Timestamp>,
    /// Only entries up to this moment.
    pub to: Option<Timestamp>,
    /// Skip so many.
    pub offset: u32,
    /// At most so many.
    pub limit: u32,
    /// Only what somebody said; otherwise every kind.
    pub messages_only: bool,
}

/// How far one of the customer's devices is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// It has everything up to this entry.
    pub acknowledged: EntryNumber,
    /// It has been sent everything up to this entry.
    pub sent_through: EntryNumber,
}

/// A device's step forward. A step back changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advance {
    /// The log.
    pub log: LogId,
    /// The device.
    pub device: DeviceId,
    /// Where it is now.
    pub position: Position,
}

/// One node's right to answer a customer's classic polls with messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReaderClaim {
    /// The customer's log.
    pub log: LogId,
    /// The number that the node gave itself.
    pub node: u64,
    /// Which of the node's claims it is.
    pub number: u64,
}

/// A timer to be set anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rearm {
    /// The log.
    pub log: LogId,
    /// What the timer was when it was looked at.
    pub was: Timestamp,
    /// When to look again; `None` takes the timer away.
    pub next: Option<Timestamp>,
}

/// Where a conversation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConversationStatus {
    /// With the robot.
    Robot,
    /// Waiting.
    Queue {
        /// Where.
        queue: QueueId,
        /// Since when.
        since: Timestamp,
    },
    /// With an agent.
    Agent(AgentId),
    /// Over.
    Closed,
}

/// A conversation as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationRow {
    /// The log that it is part of.
    pub log: LogId,
    /// Whose it is.
    pub customer: Customer,
    /// Which of the customer's conversations, from 1.
    pub conversation: u64,
    /// Its `callId`.
    pub call: CallId,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Its first entry.
    pub first: EntryNumber,
    /// Its last entry, once it is over.
    pub last: Option<EntryNumber>,
    /// Where it is.
    pub status: ConversationStatus,
    /// The queue that it waits in, or waited in last.
    pub waited_in: Option<QueueId>,
    /// The agent who served it last.
    pub served_by: Option<AgentId>,
    /// What agents put on it.
    pub labels: Labels,
    /// Agents whom a note of it mentions.
    pub mentioned: Vec<AgentId>,
    /// Who takes part beside the agent who has it.
    pub participants: Vec<Participant>,
}

/// Which conversations to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConversationFilter {
    /// The open ones that an agent holds.
    HeldBy(AgentId),
    /// The open ones that an agent takes part in without having them.
    JoinedBy(AgentId),
    /// Those that wait in one of these queues, longest first.
    Waiting(Vec<QueueId>),
    /// All open ones.
    Open,
    /// Those that are over, the one opened last first.
    Ended,
}

/// Logs as stored.
#[async_trait]
pub trait LogStore: Send + Sync {
    /// Makes the customer known, or takes over a new name or locale; what is already so costs no write.
    async fn register(&self, customer: &Customer) -> Result<LogId, StoreError>;

    /// A log's owner and state; `None` if nobody registered it.
    async fn load(&self, log: LogId) -> Result<Option<LogView>, StoreError>;

    /// Writes a decision, all of it or nothing, if the state still has the version that the decision saw and the log
    /// has not gone on past what it must not be overtaken by ([`Decision::unless_newer`]). Numbers and times are given
    /// here: times strictly increase within the log.
    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError>;

    /// Writes to an agent's own log, unless `source` has been written there before.
    async fn append_to_agent(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        source: (LogId, EntryNumber),
        body: EntryBody,
    ) -> Result<Option<EntryNumber>, StoreError>;

    /// What an earlier request of this key was answered; keys are kept for at least a day.
    async fn repeated(&self, log: LogId, key: &str) -> Result<Option<Repeated>, StoreError>;

    /// Entries in their order.
    async fn read(&self, log: LogId, query: ReadQuery) -> Result<Vec<Entry>, StoreError>;

    /// Entries backwards, newest first.
    async fn history(&self, log: LogId, query: HistoryQuery) -> Result<Vec<Entry>, StoreError>;

    /// The last entry after `after` that was written before `moment`; `None` if there is none. Entries that were removed
    /// ([`crate::port::RetentionStore`]) count as written before any moment.
    async fn last_before(
        &self,
        log: LogId,
        after: EntryNumber,
        moment: Timestamp,
    ) -> Result<Option<EntryNumber>, StoreError>;

    /// The last entry that each class sees.
    async fn heads(&self, log: LogId) -> Result<Heads, StoreError>;

    /// How far a device is; `None` if it was never seen.
    async fn position(&self, log: LogId, device: &DeviceId) -> Result<Option<Position>, StoreError>;

    /// Moves devices forward, all in one transaction. Of a log's named devices the [`DeviceId::MOST_LIVE`] that moved
    /// last are remembered; the server's own readers and the unnamed device neither count nor go.
    async fn advance(&self, steps: Vec<Advance>) -> Result<(), StoreError>;

    /// Takes that right for so long, or has it for longer; of a node's claims the last counts. Gives whether no other
    /// node has it.
    ///
    /// It is no more than that: it may be forgotten when the store is opened again. Where positions are concerned, what
    /// is read afterwards includes what was written by whoever had it before.
    async fn claim_reader(&self, claim: ReaderClaim, lasts: Duration) -> Result<bool, StoreError>;

    /// Gives rights back before their time, unless others were taken since.
    async fn release_readers(&self, claims: Vec<ReaderClaim>) -> Result<(), StoreError>;

    /// When the customer last said something.
    async fn last_said(&self, log: LogId) -> Result<Option<Timestamp>, StoreError>;

    /// When an agent last said something to the customer.
    async fn last_answered(&self, log: LogId) -> Result<Option<Timestamp>, StoreError>;

    /// Notes when customers' clients were last seen, all in one transaction.
    async fn mark_seen(&self, seen: Vec<(LogId, Timestamp)>) -> Result<(), StoreError>;

    /// When the customer's clients were last noted to be seen.
    async fn last_seen(&self, log: LogId) -> Result<Option<Timestamp>, StoreError>;

    /// Logs whose timer has run out, with when it did, earliest first.
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<(LogId, Timestamp)>, StoreError>;

    /// The earliest timer of all.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Sets timers anew, all in one transaction. A timer that a commit has set meanwhile stays as it is; a log without
    /// an open conversation gets none.
    async fn rearm(&self, timers: Vec<Rearm>) -> Result<(), StoreError>;

    /// Intents that were stored before `before` and not finished since, oldest first.
    async fn pending_intents(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<PendingIntent>, StoreError>;

    /// An intent of this log has been carried out. One of another log stays.
    async fn finish_intent(&self, log: LogId, id: u64) -> Result<(), StoreError>;

    /// One conversation of a customer.
    async fn conversation(
        &self,
        log: LogId,
        conversation: u64,
    ) -> Result<Option<ConversationRow>, StoreError>;

    /// Conversations of a tenant, at most `limit`.
    async fn conversations(
        &self,
        tenant: &TenantId,
        filter: ConversationFilter,
        limit: usize,
    ) -> Result<Vec<ConversationRow>, StoreError>;

    /// Conversations of a tenant that have what is asked for on them, at most `limit`.
    async fn conversations_labelled(
        &self,
        tenant: &TenantId,
        filter: ConversationFilter,
        labels: LabelFilter,
        limit: usize,
    ) -> Result<Vec<ConversationRow>, StoreError>;

    /// The conversation with this `callId`.
    async fn conversation_by_call(
        &self,
        tenant: &TenantId,
        call: &CallId,
    ) -> Result<Option<ConversationRow>, StoreError>;

    /// Names the store's life; a restored backup has another.
    fn epoch(&self) -> u64;
}
