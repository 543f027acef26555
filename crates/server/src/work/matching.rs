//! Brings waiting customers and free agents together. It runs when somebody starts to wait and when somebody becomes
//! free, never on a tick; the tick only makes up for what a crash interrupted.

use std::time::Duration;

use frontdesk_core::conversation::Command;
use frontdesk_core::id::{AgentId, QueueId, TenantId};
use frontdesk_core::port::{Claim, Reservation, StoreError};
use frontdesk_core::time::Timestamp;

use crate::engine::RunError;
use crate::parts::Parts;

/// How old a claim or a reservation is before it counts as forgotten. A transfer that takes longer than this to be
/// committed still comes about, but its agent may then be given one conversation too many.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(3);

/// Gives waiting customers of a queue to free agents until there are none of either.
pub async fn match_queue(parts: &Parts, tenant: &TenantId, queue: &QueueId) -> Result<(), StoreError> {
    let agents: Vec<(AgentId, u32)> = {
        let directory = parts.directory.load();
        let Some(tenant) = directory.tenant(tenant) else { return Ok(()) };
        tenant.agents_of(queue).map(|agent| (agent.id.clone(), agent.capacity)).collect()
    };
    if agents.is_empty() {
        return Ok(());
    }
    while let Some(claim) = parts.store.claim_next(tenant, queue, &agents, parts.clock.now()).await? {
        settle(parts, claim).await?;
    }
    Ok(())
}

/// An agent can take more: looks through all queues that the agent serves.
pub async fn match_agent(parts: &Parts, tenant: &TenantId, agent: &AgentId) -> Result<(), StoreError> {
    let queues = {
        let directory = parts.directory.load();
        directory.agent(tenant, agent).map(|agent| agent.queues.clone()).unwrap_or_default()
    };
    for queue in queues {
        match_queue(parts, tenant, &queue).await?;
    }
    Ok(())
}

/// Tells the customer's log about a claim. If the customer is gone meanwhile, the slot is given back.
async fn settle(parts: &Parts, claim: Claim) -> Result<(), StoreError> {
    let (log, fence) = (claim.item.log, claim.item.fence);
    let assign = Command::Assign { agent: claim.agent, fence };
    match Box::pin(parts.run(log, assign)).await {
        Ok(done) if done.written.is_some() => Ok(()),
        // Assigned before, and only the end of the claim was lost.
        Ok(_) => parts.store.finish_claim(log, fence).await,
        Err(RunError::Refused(_) | RunError::NoCustomer | RunError::KeyReused) => {
            parts.store.leave_queue(log, fence).await.map(drop)
        }
        Err(RunError::Store(error)) => Err(error),
    }
}

/// Confirms a slot that was reserved for a transfer, if the transfer came about; otherwise gives it back.
async fn settle_reservation(parts: &Parts, reservation: Reservation) -> Result<(), StoreError> {
    let Reservation { tenant, agent, log, fence } = reservation;
    let state = parts.store.load(log).await?.map(|view| view.state);
    let handed_over = state.is_some_and(|state| state.fence > fence && state.agent() == Some(&agent));
    if handed_over {
        return parts.store.confirm_reservation(&tenant, &agent, (log, fence)).await;
    }
    tracing::info!(%log, %agent, "gave back a slot whose transfer did not come about");
    parts.store.free_slot(&tenant, &agent, (log, fence + 1), parts.clock.now()).await?;
    match_agent(parts, &tenant, &agent).await
}

/// Finishes claims and transfers that were interrupted.
pub(super) async fn make_up(parts: Parts) -> Result<(), StoreError> {
    let before = Timestamp::from_millis(
        parts.clock.now().as_millis() - i64::try_from(FORGOTTEN_AFTER.as_millis()).unwrap_or_default(),
    );
    for claim in parts.store.stale_claims(before).await? {
        settle(&parts, claim).await?;
    }
    for reservation in parts.store.stale_reservations(before).await? {
        settle_reservation(&parts, reservation).await?;
    }
    match_all(&parts).await
}

/// Looks at every queue in which somebody waits.
pub async fn match_all(parts: &Parts) -> Result<(), StoreError> {
    for (tenant, queue) in parts.store.waiting_queues().await? {
        match_queue(parts, &tenant, &queue).await?;
    }
    Ok(())
}
