//! What must be so once nothing goes wrong any more and everything under way has come to its end.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::conversation::Control;
use frontdesk_core::directory::Agent;
use frontdesk_core::entry::Audience;
use frontdesk_core::id::{AgentId, QueueId};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{ReadQuery, StoreError};
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::seal::Sealed;
use frontdesk_core::time::Timestamp;

use super::agent;
use super::device::{PAGE, PHONE};
use super::lockstep::lockstep;
use super::model::Owner;
use super::setting::{self, SUPPORT};
use super::slots;
use super::world::{World, lock};

/// Longest that it may take until everybody has been told everything and whoever waits is where they wait, beyond what
/// clocks were wrong: sooner than anybody's patience ends.
const TOLD_WITHIN: Duration = Duration::from_secs(16);
/// The same until everything is as it must be.
const SETTLES_WITHIN: Duration = Duration::from_secs(100);
/// Longest that it may take until nobody is left, after the customers are gone.
const EMPTIES_WITHIN: Duration = Duration::from_mins(4);
const FOREVER: Timestamp = Timestamp::from_millis(i64::MAX / 4);

/// Waits until everything is as it must be after a storm.
pub(crate) async fn settles(world: &Arc<World>, agents: &[Arc<agent::Agent>]) {
    eventually(world, TOLD_WITHIN, || {
        devices_have_everything(world)?;
        whoever_queues_is_there(world)
    })
    .await;
    eventually(world, SETTLES_WITHIN, || {
        logs_are_as_written(world)?;
        devices_have_everything(world)?;
        nothing_is_left_to_do(world)?;
        whoever_queues_is_there(world)?;
        nobody_waits_for_nothing(world)?;
        slots_are_had_by_somebody(world)?;
        desks_show_what_agents_have(world, agents)
    })
    .await;
}

/// Waits until nobody is left: every conversation has ended by itself.
pub(crate) async fn empties(world: &Arc<World>) {
    eventually(world, EMPTIES_WITHIN, || {
        logs_are_as_written(world)?;
        nothing_is_left_to_do(world)?;
        everything_is_over(world)
    })
    .await;
}

/// What is true for a moment of calm has been reached; what is not by the end is wrong.
async fn eventually(world: &World, within: Duration, holds: impl Fn() -> Result<(), String>) {
    const LOOKS_EVERY: Duration = Duration::from_millis(500);
    let within = within + Duration::from_millis(2 * world.climate.clocks_off);
    let deadline = tokio::time::Instant::now() + within;
    loop {
        match holds() {
            Ok(()) => return world.step("check", format_args!("everything is as it must be")),
            Err(wrong) if tokio::time::Instant::now() >= deadline || world.has_failed() => {
                return world.fail(format!("still after {} s of calm: {wrong}", within.as_secs()));
            }
            Err(_) => tokio::time::sleep(LOOKS_EVERY).await,
        }
    }
}

fn store<T>(read: Result<T, StoreError>) -> Result<T, String> {
    read.map_err(|error| error.to_string())
}

/// What is read is what was written.
fn logs_are_as_written(world: &World) -> Result<(), String> {
    let model = world.model();
    for id in model.logs() {
        let log = model.log(id);
        let through = EntryNumber::END;
        let query = ReadQuery {
            after: EntryNumber::START,
            through,
            audience: Audience::ALL,
            limit: usize::MAX >> 1,
            max_bytes: usize::MAX >> 1,
        };
        let read = store(lockstep(world.store.read(id, query)))?;
        let read: Vec<_> = read.iter().map(|entry| (entry.number.0, entry.at.as_millis())).collect();
        let mut written = log.entries.iter().map(|entry| (entry.number, entry.at)).collect::<Vec<_>>();
        // What nobody sees but who monitors is in no class.
        written.retain(|entry| read.contains(entry));
        if read != written
            || log.entries.last().map(|last| last.number) != read.last().map(|(number, _)| *number)
        {
            return Err(format!("the log of {} reads {read:?} and was written {:?}", log.name, log.entries));
        }
    }
    Ok(())
}

/// Every device has what was acknowledged.
fn devices_have_everything(world: &World) -> Result<(), String> {
    let model = world.model();
    for id in model.logs() {
        let log = model.log(id);
        for device in [PHONE, PAGE] {
            let place = model.place(id, device);
            if let Some(missing) = log.for_customer_after(place).next() {
                return Err(format!(
                    "{device} of {} has everything up to {place} and not {missing:?}",
                    log.name
                ));
            }
        }
    }
    Ok(())
}

/// No work is left over.
fn nothing_is_left_to_do(world: &World) -> Result<(), String> {
    let intents = store(lockstep(world.store.pending_intents(FOREVER, 10)))?;
    if let Some(intent) = intents.first() {
        return Err(format!("an intent is not carried out: {intent:?}"));
    }
    let claims = store(lockstep(world.store.stale_claims(FOREVER)))?;
    if let Some(claim) = claims.first() {
        return Err(format!("a claim is not finished: {claim:?}"));
    }
    let reservations = store(lockstep(world.store.stale_reservations(FOREVER)))?;
    if let Some(reservation) = reservations.first() {
        return Err(format!("a slot is reserved: {reservation:?}"));
    }
    let news = store(lockstep(world.store.offer_news(FOREVER, 10)))?;
    news.first().map_or(Ok(()), |news| Err(format!("an agent is not told: {news:?}")))
}

/// Whoever waits, as their log says, is in the queue or offered to somebody, under the same fence.
fn whoever_queues_is_there(world: &World) -> Result<(), String> {
    for (log, name, queue, fence) in waiting(world)? {
        if !is_in(world, &queue, (log, fence))? && !is_offered(world, log)? {
            return Err(format!("{name} waits in {queue} under fence {fence} and is not there"));
        }
    }
    Ok(())
}

/// Nobody waits whom somebody could take.
fn nobody_waits_for_nothing(world: &World) -> Result<(), String> {
    let states = slots::states(world);
    let is_free = |agent: &Agent| {
        let state = states.iter().find(|state| state.agent == agent.id);
        state.is_some_and(|state| {
            state.reachable && state.status == AgentStatus::Online && state.held < agent.capacity
        })
    };
    // Of the other queue, agents may have declined, or be waited for.
    for (log, name, queue, fence) in
        waiting(world)?.into_iter().filter(|(_, _, queue, _)| queue.as_str() == SUPPORT)
    {
        let free =
            setting::agents().into_iter().find(|agent| agent.queues.contains(&queue) && is_free(agent));
        if let Some(free) = free
            && is_in(world, &queue, (log, fence))?
        {
            return Err(format!("{name} waits in {queue} although agent {} is free", free.id));
        }
    }
    Ok(())
}

/// Everybody who waits, as their logs say: whose log, who, where and under which fence.
fn waiting(world: &World) -> Result<Vec<(LogId, String, QueueId, u64)>, String> {
    let logs = world.model().logs();
    let mut waiting = Vec::new();
    for log in logs {
        if let Some(view) = store(lockstep(world.store.load(log)))?
            && let Some(Control::Queue { queue, .. }) = view.state.control()
        {
            waiting.push((log, view.customer.name, queue.clone(), view.state.fence));
        }
    }
    Ok(waiting)
}

fn is_in(world: &World, queue: &QueueId, (log, fence): (LogId, u64)) -> Result<bool, String> {
    let waiting = store(lockstep(world.store.waiting(&setting::tenant(), queue, usize::MAX >> 1)))?;
    Ok(waiting.iter().any(|item| item.log == log && item.fence == fence))
}

fn is_offered(world: &World, log: LogId) -> Result<bool, String> {
    for agent in setting::agents() {
        let offers = store(lockstep(world.store.offers(&setting::tenant(), &agent.id)))?;
        if offers.iter().any(|offer| offer.item.log == log) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Every slot that is taken is taken for somebody.
fn slots_are_had_by_somebody(world: &World) -> Result<(), String> {
    for state in slots::states(world) {
        let tenant = setting::tenant();
        let offers = store(lockstep(world.store.offers(&tenant, &state.agent)))?.len();
        let after_call = store(lockstep(world.store.after_call_work(&tenant, &state.agent)))?.len();
        let held = world.model().held_by(&state.agent);
        if usize::try_from(state.held).unwrap() != offers + after_call + held {
            return Err(format!(
                "agent {} has {} slots taken, for {held} customers, {offers} offers and {after_call} after-call works",
                state.agent, state.held
            ));
        }
    }
    Ok(())
}

fn desks_show_what_agents_have(world: &World, agents: &[Arc<agent::Agent>]) -> Result<(), String> {
    let node = world.seats.iter().find_map(|seat| lock(&seat.node).clone());
    let Some(node) = node else { return Err("no node is there".to_owned()) };
    let held_by = |agent: &AgentId| -> BTreeSet<String> {
        let model = world.model();
        let held = |log: &LogId| model.log(*log).owner == Owner::Agent(agent.clone());
        let logs = model.logs().into_iter().filter(held);
        logs.filter_map(|log| {
            let view = lockstep(world.store.load(log)).ok().flatten()?;
            Some(node.parts.sealer.seal(Sealed::Conversation, log, view.state.conversations))
        })
        .collect()
    };
    agents.iter().try_for_each(|agent| agent::is_shown(agent, &held_by(&agent.id)))
}

/// No conversation is open, nobody waits and no slot is taken.
fn everything_is_over(world: &World) -> Result<(), String> {
    {
        let model = world.model();
        let open = model.logs().into_iter().find(|log| model.log(*log).owner != Owner::Nobody);
        if let Some(open) = open {
            let log = model.log(open);
            return Err(format!("{} is gone, and {:?} still has the conversation", log.name, log.owner));
        }
    }
    let waiting = store(lockstep(world.store.waiting_queues()))?;
    if !waiting.is_empty() {
        return Err(format!("somebody waits in {waiting:?}, and all are gone"));
    }
    let taken = slots::states(world).into_iter().find(|state| state.held > 0);
    taken.map_or(Ok(()), |taken| {
        Err(format!("agent {} has {} slots taken for nobody", taken.agent, taken.held))
    })
}
