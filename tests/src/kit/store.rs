//! A store that counts what it is asked, and that fails or waits when a test says so.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use frontdesk_core::directory::Item;
use frontdesk_core::entry::{Entry, EntryBody, Heads};
use frontdesk_core::id::{AgentId, CallId, ChannelId, DeviceId, QueueId, TenantId};
use frontdesk_core::labels::LabelFilter;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{
    Advance, AgentSession, AgentState, Attempt, BackupError, BackupReport, Claim, ClaimRequest, Claimed,
    Commit, CommitError, Committed, ConversationFilter, ConversationRow, Customer, Declaration, Declined,
    DirectoryStore, FileRecord, FileStore, HistoryQuery, LogStore, LogView, Offer, OfferNews, OnProgress,
    PendingIntent, PendingStore, Position, PresenceStore, Purpose, QueueItem, ReadQuery, Rearm, Repeated,
    Reservation, ReserveError, RoutingStore, SessionStore, Store, StoreError, StoreKeys, TicketError,
    TicketFilter, TicketStore, Unheard,
};
use frontdesk_core::robot::QuestionGroup;
use frontdesk_core::routing::{AgentStatus, QueuePlace};
use frontdesk_core::secret::SecretHash;
use frontdesk_core::ticket::{Ticket, TicketChange, TicketId};
use frontdesk_core::time::Timestamp;
use frontdesk_core::token::SigningKey;
use tokio::sync::Notify;

/// A store in front of another. Calls are known by the names of the port's methods.
#[derive(Debug)]
pub struct CountingStore<S> {
    inner: S,
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

impl<S> CountingStore<S> {
    /// In front of a store.
    pub fn new(inner: S) -> Self {
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
        impl<S: Store> $port for CountingStore<S> {
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

pass_on! {
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

pass_on! {
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

pass_on! {
    PresenceStore;
    fn declare(tenant: [&TenantId], agent: [&AgentId], declaration: [Declaration]) -> [Result<(), StoreError>];
    fn heard(signs: [Vec<(TenantId, AgentId, Timestamp)>]) -> [Result<Vec<(TenantId, AgentId)>, StoreError>];
    fn unheard(before: [Timestamp], after: [Timestamp]) -> [Result<Vec<Unheard>, StoreError>];
    fn lose(agents: [Vec<(TenantId, AgentId)>], before: [Timestamp], after: [Timestamp], now: [Timestamp]) -> [Result<Vec<(TenantId, AgentId)>, StoreError>];
    fn abandoned(before: [Timestamp], after: [Timestamp]) -> [Result<Vec<(TenantId, AgentId, LogId)>, StoreError>];
    fn after_call_work(tenant: [&TenantId], agent: [&AgentId]) -> [Result<Vec<(LogId, Timestamp)>, StoreError>];
}

pass_on! {
    TicketStore;
    fn open_ticket(ticket: [Ticket]) -> [Result<bool, StoreError>];
    fn ticket(ticket: [TicketId]) -> [Result<Option<Ticket>, StoreError>];
    fn tickets(tenant: [&TenantId], filter: [TicketFilter], limit: [usize]) -> [Result<Vec<Ticket>, StoreError>];
    fn change_ticket(ticket: [TicketId], change: [TicketChange]) -> [Result<Ticket, TicketError>];
    fn changed_tickets(tenant: [&TenantId], after: [Timestamp], limit: [usize]) -> [Result<Vec<Ticket>, StoreError>];
    fn last_ticket_change(tenant: [&TenantId]) -> [Result<Option<Timestamp>, StoreError>];
}

pass_on! {
    DirectoryStore;
    fn items() -> [Result<Vec<(TenantId, Item)>, StoreError>];
    fn put_items(items: [Vec<(TenantId, Item)>]) -> [Result<(), StoreError>];
    fn remove_item(tenant: [&TenantId], kind: [&str], id: [&str]) -> [Result<bool, StoreError>];
    fn knowledge(tenant: [&TenantId], base: [&str]) -> [Result<Vec<QuestionGroup>, StoreError>];
    fn put_knowledge(tenant: [&TenantId], base: [&str], groups: [Vec<QuestionGroup>]) -> [Result<(), StoreError>];
    fn keys() -> [Result<StoreKeys, StoreError>];
    fn add_signing_key(key: [SigningKey], keep: [usize]) -> [Result<(), StoreError>];
}

pass_on! {
    PendingStore;
    fn pending_logs(purpose: [Purpose], channel: [(&TenantId, &ChannelId)], after: [Option<LogId>], limit: [usize]) -> [Result<Vec<LogId>, StoreError>];
    fn pending(purpose: [Purpose], log: [LogId]) -> [Result<Option<EntryNumber>, StoreError>];
    fn move_pending(purpose: [Purpose], log: [LogId], from: [EntryNumber], through: [EntryNumber]) -> [Result<bool, StoreError>];
    fn place_pending(purpose: [Purpose], log: [LogId], after: [EntryNumber]) -> [Result<bool, StoreError>];
    fn drop_pending(purpose: [Purpose], channel: [(&TenantId, &ChannelId)]) -> [Result<(), StoreError>];
    fn logs_of_channel(channel: [(&TenantId, &ChannelId)], after: [Option<LogId>], limit: [usize]) -> [Result<Vec<LogId>, StoreError>];
    fn note_attempts(attempts: [Vec<Attempt>]) -> [Result<(), StoreError>];
    fn attempts(channel: [(&TenantId, &ChannelId)], limit: [usize]) -> [Result<Vec<Attempt>, StoreError>];
}

pass_on! {
    SessionStore;
    fn open_session(token: [SecretHash], session: [AgentSession]) -> [Result<(), StoreError>];
    fn session(token: [SecretHash]) -> [Result<Option<AgentSession>, StoreError>];
    fn close_session(token: [SecretHash]) -> [Result<(), StoreError>];
}

pass_on! {
    FileStore;
    fn put_file(record: [FileRecord]) -> [Result<(), StoreError>];
    fn file(log: [LogId], number: [u64]) -> [Result<Option<FileRecord>, StoreError>];
    fn share_file(file: [(LogId, u64)], with: [LogId]) -> [Result<(), StoreError>];
    fn may_fetch(file: [(LogId, u64)], reader: [LogId]) -> [Result<bool, StoreError>];
}

#[async_trait]
impl<S: Store> Store for CountingStore<S> {
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
