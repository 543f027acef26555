//! The desks of the agent gateway on this node.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use frontdesk_api::agentgateway::event::{Event, EventContent, EventType};
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::time::Timestamp;
use tokio::sync::{Notify, OwnedMutexGuard};

use super::state::State;
use crate::deliver::Reader;
use crate::extract::AgentCaller;

/// Every desk of which this node has heard.
#[derive(Debug, Default)]
pub struct Desks(Mutex<HashMap<(TenantId, AgentId), Arc<Desk>>>);

/// One agent's desk on this node.
#[derive(Debug)]
pub struct Desk {
    pub(super) tenant: TenantId,
    pub(super) agent: AgentId,
    /// Whose poll is held: the newest one's.
    pub(super) reader: Reader,
    told: Arc<tokio::sync::Mutex<Told>>,
    shared: Mutex<Shared>,
    /// Something was put into [`Shared::own`].
    pub(super) news: Notify,
}

/// What the desk is still to be told. Whoever holds the lock has the turn: an event that is under way holds it until it
/// is known what became of it, so that no two polls ever get the same one.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The place in the agent's feed behind what is pending.
    pub(super) cursor: Option<String>,
    /// The cursor is not stored yet.
    pub(super) is_ahead: bool,
    /// Events that were not received yet.
    pub(super) pending: VecDeque<Event>,
    /// What the store knows has been read.
    pub(super) is_attached: bool,
}

/// The turn.
pub(super) type Turn = OwnedMutexGuard<Told>;

#[derive(Debug, Default)]
struct Shared {
    /// What the desk's own requests brought about.
    own: VecDeque<Event>,
    /// The state that the desk knows of.
    state: Option<State>,
    most_calls: Option<u32>,
    /// When the desk last polled.
    polled: Timestamp,
}

impl Desks {
    /// The caller's desk.
    pub fn of(&self, caller: &AgentCaller) -> Arc<Desk> {
        self.named(&caller.tenant.tenant.id, &caller.agent.id)
    }

    /// An agent's desk.
    pub fn named(&self, tenant: &TenantId, agent: &AgentId) -> Arc<Desk> {
        let mut desks = lock(&self.0);
        Arc::clone(
            desks
                .entry((tenant.clone(), agent.clone()))
                .or_insert_with(|| Arc::new(Desk::new(tenant.clone(), agent.clone()))),
        )
    }

    /// How many conversations an agent can hold who is configured to hold so many: their desk may want fewer.
    pub fn capacity(&self, tenant: &TenantId, agent: &AgentId, configured: u32) -> u32 {
        let desks = lock(&self.0);
        // Most have none: their ids need not be copied for it.
        if desks.is_empty() {
            return configured;
        }
        let desk = desks.get(&(tenant.clone(), agent.clone()));
        desk.and_then(|desk| lock(&desk.shared).most_calls).map_or(configured, |most| most.min(configured))
    }
}

impl Desk {
    fn new(tenant: TenantId, agent: AgentId) -> Self {
        Self {
            tenant,
            agent,
            reader: Reader::default(),
            told: Arc::default(),
            shared: Mutex::default(),
            news: Notify::new(),
        }
    }

    /// Waits for the turn.
    pub(super) async fn turn(&self) -> Turn {
        Arc::clone(&self.told).lock_owned().await
    }

    /// What the desk wants, as it is stored or was just said.
    pub fn wants(&self, most_calls: Option<u32>) {
        lock(&self.shared).most_calls = most_calls;
    }

    /// The desk's own request brought this about.
    pub fn tell(&self, events: impl IntoIterator<Item = Event>) {
        lock(&self.shared).own.extend(events);
        self.news.notify_one();
    }

    /// The desk knows of this state from now on. Tells of which it knew.
    pub fn knows(&self, state: Option<State>) -> Option<State> {
        std::mem::replace(&mut lock(&self.shared).state, state)
    }

    /// The state that the desk knows of.
    pub(super) fn known_state(&self) -> Option<State> {
        lock(&self.shared).state
    }

    /// What the desk's own requests brought about since this was last asked.
    pub(super) fn take_own(&self) -> VecDeque<Event> {
        std::mem::take(&mut lock(&self.shared).own)
    }

    /// Whether a poll of the desk is held.
    pub fn is_polled(&self) -> bool {
        self.reader.is_held()
    }

    /// The desk polled.
    pub(super) fn polled(&self, now: Timestamp) {
        lock(&self.shared).polled = now;
    }

    /// When the desk last polled on this node.
    pub(super) fn last_poll(&self) -> Timestamp {
        lock(&self.shared).polled
    }

    /// An event of this desk's agent.
    pub fn event(&self, kind: EventType, content: EventContent, at: Timestamp) -> Event {
        Event {
            kind,
            generated_at: at.as_millis(),
            work_no: self.agent.to_string(),
            content,
            json_key: Vec::new(),
        }
    }
}

/// A thread that panicked left plain data that is still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
