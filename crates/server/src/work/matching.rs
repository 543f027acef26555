//! Brings waiting customers and free agents together. It runs when somebody starts to wait, when somebody becomes free,
//! and when something is due ([`super::dues`]), never on a tick.

use std::collections::BTreeMap;
use std::time::Duration;

use frontdesk_core::conversation::Command;
use frontdesk_core::id::{AgentId, QueueId, TenantId};
use frontdesk_core::port::{Claim, ClaimRequest, Reservation, StoreError};
use frontdesk_core::time::Timestamp;
use futures_util::{TryStreamExt as _, stream};

use crate::engine::RunError;
use crate::parts::Parts;
use crate::work::offers;

/// How old a claim or a reservation is before it counts as forgotten. A transfer that takes longer than this to be
/// committed still comes about, but its agent may then be given one conversation too many.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(3);

/// How many tenants' queues are looked at side by side.
const TENANTS_AT_A_TIME: usize = 8;

/// Gives waiting customers of a queue to free agents until there are none of either.
pub async fn match_queue(parts: &Parts, tenant: &TenantId, queue: &QueueId) -> Result<(), StoreError> {
    match_queues(parts, tenant, std::slice::from_ref(queue)).await
}

/// An agent can take more: looks through all queues that the agent serves, the one with the highest priority first.
pub async fn match_agent(parts: &Parts, tenant: &TenantId, agent: &AgentId) -> Result<(), StoreError> {
    let queues = {
        let directory = parts.directory.load();
        directory.agent(tenant, agent).map(|agent| agent.queues.clone()).unwrap_or_default()
    };
    match_queues(parts, tenant, &queues).await
}

async fn match_queues(parts: &Parts, tenant: &TenantId, queues: &[QueueId]) -> Result<(), StoreError> {
    let matched = bring_together(parts, tenant, queues).await;
    if matched.is_err() {
        // What made this necessary is written, and does not happen again.
        parts.dues.look_at_everything();
    }
    matched
}

async fn bring_together(parts: &Parts, tenant: &TenantId, queues: &[QueueId]) -> Result<(), StoreError> {
    loop {
        let mut request = {
            let directory = parts.directory.load();
            let Some(tenant) = directory.tenant(tenant) else { return Ok(()) };
            ClaimRequest::of(tenant, queues, parts.clock.now())
        };
        for staff in &mut request.staff {
            staff.capacity = parts.gateway.capacity(tenant, &staff.agent, staff.capacity);
        }
        if request.staff.is_empty() {
            return Ok(());
        }
        let claimed = parts.store.claim(request).await?;
        let is_offered = claimed.claims.iter().any(|claim| claim.offered_until.is_some());
        if is_offered || claimed.again.is_some() {
            parts.dues.wake();
        }
        let mut is_more = claimed.is_more;
        for claim in claimed.claims.into_iter().filter(|claim| claim.offered_until.is_none()) {
            is_more |= settle(parts, claim).await?.is_err();
        }
        if is_offered {
            offers::tell(parts).await?;
        }
        if !is_more {
            return Ok(());
        }
    }
}

/// Tells the customer's log about a claim. If the customer is gone meanwhile, the slot is given back, and the answer is
/// why.
pub(super) async fn settle(parts: &Parts, claim: Claim) -> Result<Result<(), RunError>, StoreError> {
    let (log, fence) = (claim.item.log, claim.item.fence);
    let assign = Command::Assign { agent: claim.agent, fence };
    match Box::pin(parts.run(log, assign)).await {
        Ok(done) if done.written.is_some() => Ok(Ok(())),
        // Assigned before, and only the end of the claim was lost.
        Ok(_) => parts.store.finish_claim(log, fence).await.map(Ok),
        Err(RunError::Store(error)) => Err(error),
        Err(refused) => {
            parts.store.leave_queue(log, fence).await?;
            Ok(Err(refused))
        }
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

/// Finishes claims, transfers and news of offers that were interrupted. Whoever was interrupted may have had more to do:
/// everything is looked at again then.
pub(super) async fn make_up(parts: Parts) -> Result<(), StoreError> {
    let before = Timestamp::from_millis(
        parts.clock.now().as_millis() - i64::try_from(FORGOTTEN_AFTER.as_millis()).unwrap_or_default(),
    );
    let (claims, reservations) =
        (parts.store.stale_claims(before).await?, parts.store.stale_reservations(before).await?);
    let is_some = !claims.is_empty() || !reservations.is_empty();
    let settled = settle_all(&parts, claims, reservations).await;
    if is_some {
        parts.dues.look_at_everything();
    }
    settled?;
    offers::tell_older(&parts, before).await
}

/// What fails is left for the next time: it keeps nobody else waiting.
async fn settle_all(
    parts: &Parts,
    claims: Vec<Claim>,
    reservations: Vec<Reservation>,
) -> Result<(), StoreError> {
    let mut first = None;
    for claim in claims {
        if let Err(error) = settle(parts, claim).await {
            first.get_or_insert(error);
        }
    }
    for reservation in reservations {
        if let Err(error) = settle_reservation(parts, reservation).await {
            first.get_or_insert(error);
        }
    }
    first.map_or(Ok(()), Err)
}

/// Looks at every queue in which somebody waits.
pub async fn match_all(parts: &Parts) -> Result<(), StoreError> {
    in_turns(parts, parts.store.waiting_queues().await?, None).await
}

/// Looks at many queues: those of a tenant one after the other, but several tenants' side by side, so that nobody waits
/// behind all of another's. With `due`, it is noted that they were looked at for what was due then.
pub(super) async fn in_turns(
    parts: &Parts,
    queues: Vec<(TenantId, QueueId)>,
    due: Option<Timestamp>,
) -> Result<(), StoreError> {
    let mut of_tenants: BTreeMap<TenantId, Vec<QueueId>> = BTreeMap::new();
    for (tenant, queue) in queues {
        of_tenants.entry(tenant).or_default().push(queue);
    }
    stream::iter(of_tenants.into_iter().map(Ok))
        .try_for_each_concurrent(TENANTS_AT_A_TIME, |(tenant, queues)| look_at(parts, tenant, queues, due))
        .await
}

async fn look_at(
    parts: &Parts,
    tenant: TenantId,
    queues: Vec<QueueId>,
    due: Option<Timestamp>,
) -> Result<(), StoreError> {
    for queue in queues {
        match_queue(parts, &tenant, &queue).await?;
        if let Some(due) = due {
            parts.store.looked_at(&tenant, &queue, due).await?;
        }
    }
    Ok(())
}
