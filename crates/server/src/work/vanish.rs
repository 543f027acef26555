//! Agents who come and go without saying so: who is no longer heard of gets no new customers, and after a while loses
//! those they have; who is heard of again is there again.

use std::time::Duration;

use frontdesk_core::conversation::Command;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::StoreError;
use frontdesk_core::time::Timestamp;

use crate::engine::RunError;
use crate::parts::Parts;
use crate::presence::{Sign, is_exempt};
use crate::work::matching::match_agent;

/// Looks at who is there.
pub(super) async fn look(parts: Parts) -> Result<(), StoreError> {
    if parts.presence.take_reconsider()
        && let Err(error) = welcome_exempt(&parts).await
    {
        parts.presence.reconsider();
        return Err(error);
    }
    let Some(span) = parts.settings.agent_reachability() else { return Ok(()) };
    let now = parts.clock.now();
    // First the signs: whoever is here is not lost.
    try_hear(&parts, parts.presence.take_signs(now, span)).await?;
    if !parts.nodes.leads() {
        return Ok(());
    }
    lose(&parts, span, now).await?;
    take_back(&parts, now).await
}

/// Writes signs down. Whoever was unreachable gets customers again.
pub async fn hear(parts: &Parts, signs: Vec<Sign>) {
    if let Err(error) = try_hear(parts, signs).await {
        tracing::warn!(%error, "agents' signs of life were not written down; the next ones will be");
    }
}

async fn try_hear(parts: &Parts, signs: Vec<Sign>) -> Result<(), StoreError> {
    if signs.is_empty() {
        return Ok(());
    }
    let whose: Vec<(TenantId, AgentId)> =
        signs.iter().map(|(tenant, agent, _)| (tenant.clone(), agent.clone())).collect();
    match parts.store.heard(signs).await {
        Ok(back) => match_all_of(parts, &back).await,
        Err(error) => {
            parts.presence.not_noted(&whose);
            Err(error)
        }
    }
}

/// Who always counts as reachable, and is not taken for it, is from now on.
async fn welcome_exempt(parts: &Parts) -> Result<(), StoreError> {
    let directory = parts.directory.load_full();
    let mut signs = Vec::new();
    for tenant in directory.tenants() {
        let id = &tenant.tenant.id;
        let agents: Vec<AgentId> = tenant.agents.keys().cloned().collect();
        for state in parts.store.agent_states(id, &agents).await? {
            let agent = tenant.agents.get(&state.agent).map(|agent| &**agent);
            if !state.reachable && is_exempt(parts, agent, state.status) {
                signs.push((id.clone(), state.agent, parts.clock.now()));
            }
        }
    }
    try_hear(parts, signs).await
}

/// Who has not been heard of for so long is unreachable. This node may have been down until just now, and desks take a
/// moment to come back.
async fn lose(parts: &Parts, span: Duration, now: Timestamp) -> Result<(), StoreError> {
    if !has_run_for(parts, span, now) {
        return Ok(());
    }
    let (before, after) = (earlier(now, span), now.plus(span));
    let unheard = parts.store.unheard(before, after).await?;
    let directory = parts.directory.load_full();
    let gone = unheard.into_iter().filter(|unheard| {
        let agent = directory.agent(&unheard.tenant, &unheard.agent).map(|agent| &**agent);
        !is_exempt(parts, agent, unheard.status)
    });
    let gone: Vec<(TenantId, AgentId)> = gone.map(|gone| (gone.tenant, gone.agent)).collect();
    if gone.is_empty() {
        return Ok(());
    }
    let lost = parts.store.lose(gone, before, after, now).await?;
    parts.presence.lost(&lost);
    metrics::counter!("frontdesk_agents_lost_total").increment(lost.len() as u64);
    // They may have been waited for.
    match_all_of(parts, &lost).await
}

/// Who has been unreachable for too long loses their customers to the queue.
async fn take_back(parts: &Parts, now: Timestamp) -> Result<(), StoreError> {
    let grace = parts.settings.agent_vanish_grace();
    if !has_run_for(parts, grace, now) {
        return Ok(());
    }
    let mut first = None;
    for (_, agent, log) in parts.store.abandoned(earlier(now, grace), now.plus(grace)).await? {
        // One that fails keeps no other customer waiting.
        if let Err(error) = take_back_one(parts, agent, log).await {
            first.get_or_insert(error);
        }
    }
    first.map_or(Ok(()), Err)
}

async fn take_back_one(parts: &Parts, agent: AgentId, log: LogId) -> Result<(), StoreError> {
    match parts.run(log, Command::AgentVanished { agent: agent.clone() }).await {
        Ok(done) if done.written.is_some() => {
            tracing::info!(%log, %agent, "took a conversation back from an agent who vanished");
            metrics::counter!("frontdesk_conversations_taken_back_total").increment(1);
            Ok(())
        }
        Err(RunError::Store(error)) => Err(error),
        // Only the slot is the agent's: the customer is offered to them, or has left just now.
        Ok(_) | Err(RunError::Refused(_) | RunError::NoCustomer | RunError::KeyReused) => Ok(()),
    }
}

async fn match_all_of(parts: &Parts, agents: &[(TenantId, AgentId)]) -> Result<(), StoreError> {
    for (tenant, agent) in agents {
        match_agent(parts, tenant, agent).await?;
    }
    Ok(())
}

/// A clock that was set back beyond the start says nothing of how long the node has run.
fn has_run_for(parts: &Parts, span: Duration, now: Timestamp) -> bool {
    now < parts.started || now.since(parts.started) >= span
}

fn earlier(now: Timestamp, span: Duration) -> Timestamp {
    Timestamp::from_millis(now.as_millis() - i64::try_from(span.as_millis()).unwrap_or_default())
}
