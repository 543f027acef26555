//! How it stands with queues, and where those stand who wait in them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use frontdesk_core::conversation::{Asks, Standing};
use frontdesk_core::directory::{Agent, Channel, TenantDirectory};
use frontdesk_core::id::{AgentId, QueueId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{AgentState, StoreError};
use frontdesk_core::routing::{AgentStatus, Place};
use frontdesk_core::time::Timestamp;

use crate::parts::Parts;

/// How it stands with the queues that a decision asks for.
pub async fn standings(
    parts: &Parts,
    tenant: &TenantDirectory,
    asks: &Asks,
) -> Result<HashMap<QueueId, Standing>, StoreError> {
    let mut standings = HashMap::with_capacity(asks.queues.len());
    for queue in &asks.queues {
        let mut names: Vec<AgentId> = able(tenant, queue).map(|agent| agent.id.clone()).collect();
        names.retain(|agent| asks.except.as_ref() != Some(agent));
        let states = parts.store.agent_states(&tenant.tenant.id, &names).await?;
        let waiting = match tenant.queues.get(queue).and_then(|queue| queue.max_waiting) {
            Some(most) => parts.store.count_waiting(&tenant.tenant.id, queue, most).await?,
            None => 0,
        };
        let signed_in = states.iter().any(|state| state.status.is_signed_in());
        standings.insert(queue.clone(), Standing { signed_in, waiting });
    }
    Ok(standings)
}

/// The agents who serve a queue and know what it needs.
fn able<'a>(tenant: &'a TenantDirectory, queue: &'a QueueId) -> impl Iterator<Item = &'a Agent> {
    let needs = tenant.queues.get(queue).map_or(&[][..], |queue| &queue.needs);
    tenant.agents_of(queue).filter(|agent| agent.knows(needs)).map(|agent| &**agent)
}

/// How many conversations of a channel the online agents of a queue can hold at a time.
pub async fn open_slots(
    parts: &Parts,
    tenant: &TenantDirectory,
    queue: &QueueId,
    channel: &Channel,
) -> Result<u32, StoreError> {
    let agents: Vec<&Agent> = able(tenant, queue).collect();
    let names: Vec<AgentId> = agents.iter().map(|agent| agent.id.clone()).collect();
    let states = parts.store.agent_states(&tenant.tenant.id, &names).await?;
    let is_online =
        |agent: &Agent, state: &AgentState| state.agent == agent.id && state.status == AgentStatus::Online;
    let online = agents.into_iter().filter(|agent| states.iter().any(|state| is_online(agent, state)));
    Ok(online.map(|agent| agent.capacity / channel.weight.max(1)).sum())
}

/// What a waiting customer is told of where they stand; `None` if they do not wait any more.
pub async fn place(
    parts: &Parts,
    tenant: &TenantDirectory,
    channel: &Channel,
    (log, queue): (LogId, &QueueId),
) -> Result<Option<Place>, StoreError> {
    let Some(place) = parts.store.queue_place(log).await? else { return Ok(None) };
    let now = parts.clock.now();
    let key = (tenant.tenant.id.clone(), queue.clone(), channel.weight);
    let slots = if let Some(slots) = parts.slots.get(&key, now) {
        slots
    } else {
        let slots = open_slots(parts, tenant, queue, channel).await?;
        parts.slots.put(key, slots, now);
        slots
    };
    Ok(Some(Place::of(&place, slots)))
}

/// How many conversations the agents of queues can hold, for a moment: all who wait in a queue are told at about the
/// same time.
#[derive(Debug, Default)]
pub struct Slots(Mutex<HashMap<Key, (u32, Timestamp)>>);

type Key = (TenantId, QueueId, u32);

/// How long what was found counts.
const FRESH: Duration = Duration::from_secs(1);

impl Slots {
    fn get(&self, key: &Key, now: Timestamp) -> Option<u32> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|(_, at)| *at <= now && now.since(*at) < FRESH).map(|(slots, _)| *slots)
    }

    fn put(&self, key: Key, slots: u32, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (_, at)| *at <= now && now.since(*at) < FRESH);
        known.insert(key, (slots, now));
    }
}
