//! A store that counts what it is asked, and that fails or waits when a test says so; and the methods of all ports, for
//! other stores that stand in front of one. What those methods speak of can be imported from here, too.

pub use std::collections::BTreeSet;
use std::collections::HashMap;
pub use std::path::Path;
use std::sync::{Arc, Mutex};
pub use std::time::Duration;

use async_trait::async_trait;
pub use frontdesk_core::audit::{Draft, Head, Row};
pub use frontdesk_core::customer::{Block, FactsPatch, Profile};
pub use frontdesk_core::directory::Item;
pub use frontdesk_core::entry::{Entry, EntryBody, Heads};
pub use frontdesk_core::id::{AgentId, BaseId, CallId, ChannelId, DeviceId, GroupId, QueueId, TenantId};
pub use frontdesk_core::knowledge::TestQuestion;
pub use frontdesk_core::labels::LabelFilter;
pub use frontdesk_core::log::{EntryNumber, LogId};
pub use frontdesk_core::port::{
    Advance, AgentSession, AgentState, ApiKey, Attempt, AuditQuery, AuditSpan, AuditStore, BackupError,
    BackupReport, Claim, ClaimRequest, Claimed, Commit, CommitError, Committed, ConversationFilter,
    ConversationRow, Customer, Declaration, Declined, DeskChange, DirectoryStore, FileRecord, FileStore,
    GatewayDesk, GatewayStore, HistoryQuery, LogStore, LogView, MarkedLog, Offer, OfferNews, OnProgress,
    PendingIntent, PendingStore, PeopleStore, Position, PresenceStore, Purpose, QueueItem, ReadQuery,
    ReaderClaim, Rearm, Repeated, Reservation, ReserveError, RoutingStore, SecondFactor, SessionStore, Store,
    StoreError, StoreKeys, TicketError, TicketFilter, TicketStore, Unheard, Usage, UsageStore,
};
pub use frontdesk_core::port::{
    BadlyRated, Base, BaseVersion, Configured, ConversationPlace, CustomerError, CustomerFilter,
    CustomerStore, DraftGroup, Edit, Edition, FactQuery, FactRow, FoldedEntries, Forgotten, Found,
    IndexedLog, ItemChanges, Judged, KnowledgeError, KnowledgeStore, Learned, LearningStore, Live, LiveQueue,
    LiveSlots, Publication, ReportLag, ReportStore, RollupQuery, Rollups, SearchBacklog, SearchQuery,
    SearchStore, Suggestion, SuggestionState, Unanswered, UnansweredFilter,
};
pub use frontdesk_core::port::{Removal, Removed, RetentionStore};
pub use frontdesk_core::report::{Activity, ConversationFact};
pub use frontdesk_core::routing::{AgentStatus, QueuePlace};
pub use frontdesk_core::secret::SecretHash;
pub use frontdesk_core::ticket::{Ticket, TicketChange, TicketId};
pub use frontdesk_core::time::Timestamp;
pub use frontdesk_core::token::SigningKey;
use tokio::sync::Notify;

/// A store in front of another. Calls are known by the names of the port's methods.
pub struct CountingStore {
    inner: Arc<dyn Store>,
    notes: Mutex<Notes>,
}

#[derive(Debug, Default)]
struct Notes {
    calls: HashMap<&'static str, u64>,
    failures: HashMap<String, u64>,
    gates: HashMap<String, Arc<Gate>>,
}

/// Holds back the answers to one kind of call, after the call was carried out.
#[derive(Debug, Default)]
pub struct Gate {
    reached: Notify,
    opened: Notify,
}

impl Gate {
    /// Waits until a call has been carried out and its answer is held back.
    pub async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Lets the answer through.
    pub fn open(&self) {
        self.opened.notify_one();
    }
}

impl CountingStore {
    /// In front of a store.
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner, notes: Mutex::default() }
    }

    /// How often each method was called since this was last asked.
    pub fn take_calls(&self) -> HashMap<&'static str, u64> {
        std::mem::take(&mut self.notes.lock().unwrap().calls)
    }

    /// Makes the next calls of a method fail, without carrying them out.
    pub fn fail(&self, method: &str, times: u64) {
        self.notes.lock().unwrap().failures.insert(method.to_owned(), times);
    }

    /// Holds back the answer to the next call of a method.
    pub fn hold_back(&self, method: &str) -> Arc<Gate> {
        let gate = Arc::<Gate>::default();
        self.notes.lock().unwrap().gates.insert(method.to_owned(), Arc::clone(&gate));
        gate
    }

    fn before(&self, method: &'static str) -> Result<(), StoreError> {
        let mut notes = self.notes.lock().unwrap();
        *notes.calls.entry(method).or_default() += 1;
        match notes.failures.get_mut(method) {
            Some(left) if *left > 0 => {
                *left -= 1;
                Err(StoreError::Failed(format!("{method} fails because a test says so")))
            }
            _ => Ok(()),
        }
    }

    async fn after(&self, method: &str) {
        let gate = self.notes.lock().unwrap().gates.remove(method);
        if let Some(gate) = gate {
            gate.reached.notify_one();
            gate.opened.notified().await;
        }
    }
}

/// Every method of a trait, passed on. Types stand in brackets so that the macro can copy them as they are.
macro_rules! pass_on {
    ($port:ident $({ $($rest:tt)* })?; $(fn $method:ident($($name:ident: [$($type:tt)*]),*) -> [$($result:tt)*];)*) => {
        #[async_trait]
        impl $port for CountingStore {
            $(
                async fn $method(&self, $($name: $($type)*),*) -> $($result)* {
                    self.before(stringify!($method))?;
                    let result = self.inner.$method($($name),*).await;
                    self.after(stringify!($method)).await;
                    result
                }
            )*
            $($($rest)*)?
        }
    };
}

/// Every method of every port of a store but `Store` itself, handed to a macro, a port at a time. What it makes of them has
/// the store behind it in the field `inner`.
#[macro_export]
macro_rules! store_ports {
    ($each:ident) => {
$each! {
    LogStore {
        fn epoch(&self) -> u64 {
            self.inner.epoch()
        }
    };
    fn register(customer: [&Customer]) -> [Result<LogId, StoreError>];
    fn load(log: [LogId]) -> [Result<Option<LogView>, StoreError>];
    fn commit(commit: [Commit]) -> [Result<Committed, CommitError>];
    fn append_to_agent(tenant: [&TenantId], agent: [&AgentId], source: [(LogId, EntryNumber)], body: [EntryBody]) -> [Result<Option<EntryNumber>, StoreError>];
    fn repeated(log: [LogId], key: [&str]) -> [Result<Option<Repeated>, StoreError>];
    fn read(log: [LogId], query: [ReadQuery]) -> [Result<Vec<Entry>, StoreError>];
    fn history(log: [LogId], query: [HistoryQuery]) -> [Result<Vec<Entry>, StoreError>];
    fn last_before(log: [LogId], after: [EntryNumber], moment: [Timestamp]) -> [Result<Option<EntryNumber>, StoreError>];
    fn heads(log: [LogId]) -> [Result<Heads, StoreError>];
    fn position(log: [LogId], device: [&DeviceId]) -> [Result<Option<Position>, StoreError>];
    fn advance(steps: [Vec<Advance>]) -> [Result<(), StoreError>];
    fn claim_reader(claim: [ReaderClaim], lasts: [Duration]) -> [Result<bool, StoreError>];
    fn release_readers(claims: [Vec<ReaderClaim>]) -> [Result<(), StoreError>];
    fn last_said(log: [LogId]) -> [Result<Option<Timestamp>, StoreError>];
    fn last_answered(log: [LogId]) -> [Result<Option<Timestamp>, StoreError>];
    fn mark_seen(seen: [Vec<(LogId, Timestamp)>]) -> [Result<(), StoreError>];
    fn last_seen(log: [LogId]) -> [Result<Option<Timestamp>, StoreError>];
    fn due(now: [Timestamp], limit: [usize]) -> [Result<Vec<(LogId, Timestamp)>, StoreError>];
    fn next_due() -> [Result<Option<Timestamp>, StoreError>];
    fn rearm(timers: [Vec<Rearm>]) -> [Result<(), StoreError>];
    fn pending_intents(before: [Timestamp], limit: [usize]) -> [Result<Vec<PendingIntent>, StoreError>];
    fn finish_intent(log: [LogId], id: [u64]) -> [Result<(), StoreError>];
    fn conversation(log: [LogId], conversation: [u64]) -> [Result<Option<ConversationRow>, StoreError>];
    fn conversations(tenant: [&TenantId], filter: [ConversationFilter], limit: [usize]) -> [Result<Vec<ConversationRow>, StoreError>];
    fn conversations_labelled(tenant: [&TenantId], filter: [ConversationFilter], labels: [LabelFilter], limit: [usize]) -> [Result<Vec<ConversationRow>, StoreError>];
    fn conversation_by_call(tenant: [&TenantId], call: [&CallId]) -> [Result<Option<ConversationRow>, StoreError>];
}

$each! {
    RoutingStore;
    fn enqueue(item: [QueueItem]) -> [Result<(), StoreError>];
    fn leave_queue(log: [LogId], fence: [u64]) -> [Result<Option<AgentId>, StoreError>];
    fn prioritise(log: [LogId], fence: [u64], priority: [u8]) -> [Result<(), StoreError>];
    fn claim(request: [ClaimRequest]) -> [Result<Claimed, StoreError>];
    fn accept_offer(log: [LogId], agent: [&AgentId], now: [Timestamp]) -> [Result<Option<Claim>, StoreError>];
    fn decline_offer(log: [LogId], agent: [&AgentId], now: [Timestamp], again: [Timestamp]) -> [Result<Declined, StoreError>];
    fn expire_offers(now: [Timestamp], again: [Timestamp], limit: [usize]) -> [Result<Vec<Offer>, StoreError>];
    fn offers(tenant: [&TenantId], agent: [&AgentId]) -> [Result<Vec<Offer>, StoreError>];
    fn offer_news(before: [Timestamp], limit: [usize]) -> [Result<Vec<OfferNews>, StoreError>];
    fn finish_offer_news(id: [u64]) -> [Result<(), StoreError>];
    fn finish_claim(log: [LogId], fence: [u64]) -> [Result<(), StoreError>];
    fn stale_claims(before: [Timestamp]) -> [Result<Vec<Claim>, StoreError>];
    fn reserve(tenant: [&TenantId], agent: [&AgentId], capacity: [u32], weight: [u32], customer: [(LogId, u64)], now: [Timestamp]) -> [Result<(), ReserveError>];
    fn free_slot(tenant: [&TenantId], agent: [&AgentId], customer: [(LogId, u64)], now: [Timestamp]) -> [Result<Option<Timestamp>, StoreError>];
    fn end_wrap_ups(now: [Timestamp], limit: [usize]) -> [Result<Vec<(TenantId, AgentId)>, StoreError>];
    fn end_wrap_up(tenant: [&TenantId], agent: [&AgentId], customer: [Option<LogId>], now: [Timestamp]) -> [Result<bool, StoreError>];
    fn next_routing_due() -> [Result<Option<Timestamp>, StoreError>];
    fn queues_to_look_at(now: [Timestamp]) -> [Result<Vec<(TenantId, QueueId)>, StoreError>];
    fn looked_at(tenant: [&TenantId], queue: [&QueueId], now: [Timestamp]) -> [Result<(), StoreError>];
    fn seize(tenant: [&TenantId], agent: [&AgentId], weight: [u32], customer: [(LogId, u64)], now: [Timestamp]) -> [Result<(), StoreError>];
    fn confirm_reservation(tenant: [&TenantId], agent: [&AgentId], customer: [(LogId, u64)]) -> [Result<(), StoreError>];
    fn stale_reservations(before: [Timestamp]) -> [Result<Vec<Reservation>, StoreError>];
    fn queue_place(log: [LogId]) -> [Result<Option<QueuePlace>, StoreError>];
    fn count_waiting(tenant: [&TenantId], queue: [&QueueId], most: [u32]) -> [Result<u32, StoreError>];
    fn waiting_queues() -> [Result<Vec<(TenantId, QueueId)>, StoreError>];
    fn waiting(tenant: [&TenantId], queue: [&QueueId], limit: [usize]) -> [Result<Vec<QueueItem>, StoreError>];
    fn give_back_slot(tenant: [&TenantId], agent: [&AgentId], customer: [(LogId, u64)], now: [Timestamp]) -> [Result<(), StoreError>];
    fn set_status(tenant: [&TenantId], agent: [&AgentId], status: [AgentStatus]) -> [Result<(), StoreError>];
    fn agent_states(tenant: [&TenantId], agents: [&[AgentId]]) -> [Result<Vec<AgentState>, StoreError>];
}

$each! {
    PresenceStore;
    fn declare(tenant: [&TenantId], agent: [&AgentId], declaration: [Declaration]) -> [Result<(), StoreError>];
    fn heard(signs: [Vec<(TenantId, AgentId, Timestamp)>]) -> [Result<Vec<(TenantId, AgentId)>, StoreError>];
    fn unheard(before: [Timestamp], after: [Timestamp]) -> [Result<Vec<Unheard>, StoreError>];
    fn lose(agents: [Vec<(TenantId, AgentId)>], before: [Timestamp], after: [Timestamp], now: [Timestamp]) -> [Result<Vec<(TenantId, AgentId)>, StoreError>];
    fn abandoned(before: [Timestamp], after: [Timestamp]) -> [Result<Vec<(TenantId, AgentId, LogId)>, StoreError>];
    fn after_call_work(tenant: [&TenantId], agent: [&AgentId]) -> [Result<Vec<(LogId, Timestamp)>, StoreError>];
}

$each! {
    TicketStore;
    fn open_ticket(ticket: [Ticket]) -> [Result<bool, StoreError>];
    fn ticket(ticket: [TicketId]) -> [Result<Option<Ticket>, StoreError>];
    fn tickets(tenant: [&TenantId], filter: [TicketFilter], limit: [usize]) -> [Result<Vec<Ticket>, StoreError>];
    fn change_ticket(ticket: [TicketId], change: [TicketChange]) -> [Result<Ticket, TicketError>];
    fn changed_tickets(tenant: [&TenantId], after: [Timestamp], limit: [usize]) -> [Result<Vec<Ticket>, StoreError>];
    fn last_ticket_change(tenant: [&TenantId]) -> [Result<Option<Timestamp>, StoreError>];
}

$each! {
    ReportStore;
    fn facts(log: [LogId], conversations: [BTreeSet<u64>]) -> [Result<Vec<ConversationFact>, StoreError>];
    fn keep_folded(folded: [FoldedEntries]) -> [Result<bool, StoreError>];
    fn rollups(tenant: [&TenantId], query: [RollupQuery]) -> [Result<Rollups, StoreError>];
    fn ended_conversations(tenant: [&TenantId], query: [FactQuery]) -> [Result<Vec<FactRow>, StoreError>];
    fn ended_episodes(tenant: [&TenantId], query: [FactQuery]) -> [Result<Vec<FactRow>, StoreError>];
    fn activities(tenant: [&TenantId], agent: [Option<AgentId>], stretch: [(Timestamp, Timestamp)]) -> [Result<Vec<Activity>, StoreError>];
    fn report_lag(tenant: [&TenantId]) -> [Result<ReportLag, StoreError>];
    fn rebuild_reports(tenant: [Option<TenantId>]) -> [Result<(), StoreError>];
    fn use_definitions(version: [u32]) -> [Result<(), StoreError>];
    fn go_on_rebuilding(limit: [usize]) -> [Result<bool, StoreError>];
    fn live_queues(tenant: [&TenantId]) -> [Result<Vec<LiveQueue>, StoreError>];
    fn live_slots(tenant: [&TenantId]) -> [Result<Vec<LiveSlots>, StoreError>];
}

$each! {
    DirectoryStore;
    fn items() -> [Result<Vec<(TenantId, Item)>, StoreError>];
    fn configured() -> [Result<Configured, StoreError>];
    fn directory_version() -> [Result<u64, StoreError>];
    fn change_items(changes: [ItemChanges]) -> [Result<bool, StoreError>];
    fn put_items(items: [Vec<(TenantId, Item)>], audit: [Vec<Draft>]) -> [Result<(), StoreError>];
    fn remove_item(tenant: [&TenantId], kind: [&str], id: [&str], audit: [Vec<Draft>]) -> [Result<bool, StoreError>];
    fn keys() -> [Result<StoreKeys, StoreError>];
    fn add_signing_key(key: [SigningKey], keep: [usize], audit: [Vec<Draft>]) -> [Result<(), StoreError>];
}

$each! {
    PendingStore;
    fn marked_logs(purpose: [Purpose], after: [Option<MarkedLog>], limit: [usize]) -> [Result<Vec<MarkedLog>, StoreError>];
    fn pending_logs(purpose: [Purpose], channel: [(&TenantId, &ChannelId)], after: [Option<LogId>], limit: [usize]) -> [Result<Vec<LogId>, StoreError>];
    fn pending(purpose: [Purpose], log: [LogId]) -> [Result<Option<EntryNumber>, StoreError>];
    fn move_pending(purpose: [Purpose], log: [LogId], from: [EntryNumber], through: [EntryNumber]) -> [Result<bool, StoreError>];
    fn place_pending(purpose: [Purpose], log: [LogId], after: [EntryNumber]) -> [Result<bool, StoreError>];
    fn drop_pending(purpose: [Purpose], channel: [(&TenantId, &ChannelId)]) -> [Result<(), StoreError>];
    fn logs_of_channel(channel: [(&TenantId, &ChannelId)], after: [Option<LogId>], limit: [usize]) -> [Result<Vec<LogId>, StoreError>];
    fn note_attempts(attempts: [Vec<Attempt>]) -> [Result<(), StoreError>];
    fn attempts(channel: [(&TenantId, &ChannelId)], limit: [usize]) -> [Result<Vec<Attempt>, StoreError>];
}

$each! {
    SessionStore;
    fn open_session(token: [SecretHash], session: [AgentSession]) -> [Result<(), StoreError>];
    fn session(token: [SecretHash]) -> [Result<Option<AgentSession>, StoreError>];
    fn sessions_of(tenant: [&TenantId], agent: [&AgentId]) -> [Result<Vec<(SecretHash, AgentSession)>, StoreError>];
    fn touch_session(token: [SecretHash], seen: [Timestamp]) -> [Result<(), StoreError>];
    fn close_session(token: [SecretHash]) -> [Result<(), StoreError>];
    fn close_sessions_of(tenant: [&TenantId], agent: [&AgentId], but: [Option<SecretHash>]) -> [Result<(), StoreError>];
}

$each! {
    PeopleStore;
    fn add_key(key: [SecretHash], about: [ApiKey]) -> [Result<(), StoreError>];
    fn key(key: [SecretHash]) -> [Result<Option<ApiKey>, StoreError>];
    fn keys_of(tenant: [&TenantId]) -> [Result<Vec<(SecretHash, ApiKey)>, StoreError>];
    fn touch_key(key: [SecretHash], used: [Timestamp]) -> [Result<(), StoreError>];
    fn remove_key(key: [SecretHash]) -> [Result<(), StoreError>];
    fn second_factor(tenant: [&TenantId], agent: [&AgentId]) -> [Result<Option<SecondFactor>, StoreError>];
    fn begin_second_factor(tenant: [&TenantId], agent: [&AgentId], sealed: [String]) -> [Result<bool, StoreError>];
    fn confirm_second_factor(whose: [(&TenantId, &AgentId)], sealed: [String], step: [u64], recovery_codes: [Vec<SecretHash>], session: [SecretHash]) -> [Result<bool, StoreError>];
    fn use_step(tenant: [&TenantId], agent: [&AgentId], step: [u64]) -> [Result<bool, StoreError>];
    fn use_recovery_code(tenant: [&TenantId], agent: [&AgentId], code: [SecretHash]) -> [Result<bool, StoreError>];
    fn remove_second_factor(tenant: [&TenantId], agent: [&AgentId]) -> [Result<(), StoreError>];
}

$each! {
    GatewayStore;
    fn gateway_desk(tenant: [&TenantId], agent: [&AgentId]) -> [Result<Option<GatewayDesk>, StoreError>];
    fn put_gateway_desk(tenant: [&TenantId], agent: [&AgentId], desk: [GatewayDesk]) -> [Result<(), StoreError>];
    fn change_gateway_desk(tenant: [&TenantId], agent: [&AgentId], change: [DeskChange]) -> [Result<bool, StoreError>];
    fn remove_gateway_desk(tenant: [&TenantId], agent: [&AgentId]) -> [Result<(), StoreError>];
}

$each! {
    AuditStore;
    fn append_audit(records: [Vec<Draft>]) -> [Result<(), StoreError>];
    fn audit_records(tenant: [&TenantId], query: [AuditQuery]) -> [Result<Vec<Row>, StoreError>];
    fn audit_span(tenant: [&TenantId], from: [Option<Timestamp>], to: [Option<Timestamp>]) -> [Result<AuditSpan, StoreError>];
    fn audit_range(tenant: [&TenantId], after: [u64], through: [u64], limit: [usize]) -> [Result<Vec<Row>, StoreError>];
    fn audit_heads() -> [Result<Vec<(TenantId, Head)>, StoreError>];
}

$each! {
    RetentionStore;
    fn remove_old(removal: [Removal]) -> [Result<Removed, StoreError>];
}

$each! {
    FileStore;
    fn put_file(tenant: [&TenantId], record: [FileRecord]) -> [Result<(), StoreError>];
    fn file(log: [LogId], number: [u64]) -> [Result<Option<FileRecord>, StoreError>];
    fn files_of(log: [LogId], after: [Option<u64>], limit: [usize]) -> [Result<Vec<FileRecord>, StoreError>];
    fn expect_object(tenant: [&TenantId], name: [&str], now: [Timestamp]) -> [Result<(), StoreError>];
    fn give_up_objects(before: [Timestamp]) -> [Result<(), StoreError>];
    fn files_in_folder(after: [Option<(LogId, u64)>], limit: [usize]) -> [Result<Vec<(TenantId, FileRecord)>, StoreError>];
    fn file_moved(file: [(LogId, u64)], object: [&str]) -> [Result<(), StoreError>];
    fn share_file(file: [(LogId, u64)], with: [LogId]) -> [Result<(), StoreError>];
    fn may_fetch(file: [(LogId, u64)], reader: [LogId]) -> [Result<bool, StoreError>];
}

$each! {
    UsageStore;
    fn usage(tenant: [&TenantId]) -> [Result<Usage, StoreError>];
}

$each! {
    KnowledgeStore;
    fn bases(tenant: [&TenantId]) -> [Result<Vec<Base>, StoreError>];
    fn base(tenant: [&TenantId], base: [&BaseId]) -> [Result<Option<Base>, StoreError>];
    fn put_base(tenant: [&TenantId], base: [&BaseId], name: [Option<String>]) -> [Result<bool, StoreError>];
    fn remove_base(tenant: [&TenantId], base: [&BaseId]) -> [Result<bool, StoreError>];
    fn groups(tenant: [&TenantId], base: [&BaseId], edition: [Edition]) -> [Result<Option<Vec<DraftGroup>>, StoreError>];
    fn group(tenant: [&TenantId], base: [&BaseId], group: [&GroupId]) -> [Result<Option<DraftGroup>, StoreError>];
    fn edit(tenant: [&TenantId], base: [&BaseId], edit: [Edit]) -> [Result<u64, KnowledgeError>];
    fn publish(tenant: [&TenantId], base: [&BaseId], publication: [Publication]) -> [Result<u64, KnowledgeError>];
    fn roll_back(tenant: [&TenantId], base: [&BaseId], version: [u64], publication: [Publication]) -> [Result<u64, KnowledgeError>];
    fn discard(tenant: [&TenantId], base: [&BaseId]) -> [Result<u64, KnowledgeError>];
    fn versions(tenant: [&TenantId], base: [&BaseId]) -> [Result<Vec<BaseVersion>, StoreError>];
    fn live(tenant: [&TenantId], base: [&BaseId]) -> [Result<Live, StoreError>];
    fn live_since() -> [Result<Vec<(TenantId, BaseId, Timestamp)>, StoreError>];
    fn tests(tenant: [&TenantId], base: [&BaseId]) -> [Result<Vec<TestQuestion>, StoreError>];
    fn put_tests(tenant: [&TenantId], base: [&BaseId], tests: [Vec<TestQuestion>]) -> [Result<bool, StoreError>];
}

$each! {
    LearningStore;
    fn learn(learned: [Learned]) -> [Result<(), StoreError>];
    fn unanswered(tenant: [&TenantId], base: [&BaseId], filter: [UnansweredFilter]) -> [Result<Vec<Unanswered>, StoreError>];
    fn unanswered_one(tenant: [&TenantId], base: [&BaseId], key: [&str]) -> [Result<Option<Unanswered>, StoreError>];
    fn judge(tenant: [&TenantId], base: [&BaseId], key: [&str], judged: [Option<Judged>]) -> [Result<(), StoreError>];
    fn badly_rated(tenant: [&TenantId], base: [&BaseId], limit: [usize]) -> [Result<Vec<BadlyRated>, StoreError>];
    fn suggestions(tenant: [&TenantId], base: [&BaseId], state: [SuggestionState], limit: [usize]) -> [Result<Vec<Suggestion>, StoreError>];
    fn suggestion(tenant: [&TenantId], base: [&BaseId], key: [&str]) -> [Result<Option<Suggestion>, StoreError>];
    fn judge_suggestion(tenant: [&TenantId], base: [&BaseId], key: [&str], from: [SuggestionState], to: [(SuggestionState, AgentId, Option<GroupId>)]) -> [Result<bool, StoreError>];
}

$each! {
    CustomerStore;
    fn note_signed(log: [LogId]) -> [Result<(), StoreError>];
    fn customer(log: [LogId]) -> [Result<Option<Profile>, StoreError>];
    fn customers(tenant: [&TenantId], filter: [CustomerFilter], limit: [usize]) -> [Result<Vec<Profile>, StoreError>];
    fn conversations_of(log: [LogId], after: [Option<ConversationPlace>], limit: [usize]) -> [Result<Vec<ConversationRow>, StoreError>];
    fn change_customer(log: [LogId], patch: [FactsPatch]) -> [Result<Profile, CustomerError>];
    fn block_customer(log: [LogId], block: [Option<Block>]) -> [Result<Profile, CustomerError>];
    fn blocked_logs() -> [Result<Vec<(LogId, Option<Timestamp>)>, StoreError>];
    fn merge_customers(log: [LogId], into: [LogId], by: [&AgentId]) -> [Result<Profile, CustomerError>];
    fn unmerge_customer(log: [LogId]) -> [Result<Profile, CustomerError>];
    fn forget_customer(log: [LogId]) -> [Result<Forgotten, CustomerError>];
    fn erase_customer(log: [LogId]) -> [Result<Forgotten, CustomerError>];
    fn scrub_erased() -> [Result<bool, StoreError>];
    fn erased_blobs(limit: [usize]) -> [Result<Vec<String>, StoreError>];
    fn finish_erasing(blobs: [Vec<String>]) -> [Result<(), StoreError>];
}

$each! {
    SearchStore;
    fn index(logs: [Vec<IndexedLog>]) -> [Result<(), StoreError>];
    fn search(query: [SearchQuery], limit: [usize]) -> [Result<Found, StoreError>];
    fn rebuild_search() -> [Result<(), StoreError>];
    fn search_backlog() -> [Result<SearchBacklog, StoreError>];
}
    };
}

store_ports!(pass_on);

#[async_trait]
impl Store for CountingStore {
    async fn check(&self) -> Result<(), StoreError> {
        self.before("check")?;
        self.inner.check().await
    }

    async fn backup(&self, to: &Path, progress: OnProgress) -> Result<BackupReport, BackupError> {
        self.inner.backup(to, progress).await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
