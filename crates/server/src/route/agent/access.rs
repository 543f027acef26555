//! Which conversations an agent may see.

use frontdesk_core::directory::Role;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{ConversationRow, ConversationStatus};
use frontdesk_core::seal::Sealed;

use crate::error::ApiError;
use crate::extract::AgentCaller;
use crate::parts::Parts;

/// The conversation with this id. One that the caller may not see looks like none.
pub(super) async fn visible(
    parts: &Parts,
    caller: &AgentCaller,
    id: &str,
) -> Result<ConversationRow, ApiError> {
    let (log, number) = parts.sealer.open(Sealed::Conversation, id).ok_or(ApiError::NotFound)?;
    let row = parts.store.conversation(log, number).await?.ok_or(ApiError::NotFound)?;
    if may_see(caller, &row) { Ok(row) } else { Err(ApiError::NotFound) }
}

/// Supervisors see everything of their tenant, agents what they serve, served, take part in, or might be given.
pub(super) fn may_see(caller: &AgentCaller, row: &ConversationRow) -> bool {
    if row.customer.tenant != caller.tenant.tenant.id {
        return false;
    }
    let agent = &caller.agent;
    let serves = |queue| agent.queues.contains(queue);
    let channel_queue =
        caller.tenant.channels.get(&row.customer.channel).and_then(|channel| channel.queue.as_ref());
    agent.role >= Role::Supervisor
        || row.served_by.as_ref() == Some(&agent.id)
        || row.participants.iter().any(|participant| participant.agent == agent.id)
        || matches!(&row.status, ConversationStatus::Agent(holder) if *holder == agent.id)
        || matches!(&row.status, ConversationStatus::Queue { queue, .. } if serves(queue))
        || channel_queue.is_some_and(serves)
}

/// Whether a log is one of the caller's tenant: an agent's own, or a customer's.
pub(super) async fn is_tenants(parts: &Parts, caller: &AgentCaller, log: LogId) -> Result<bool, ApiError> {
    let tenant = &caller.tenant.tenant.id;
    if caller.tenant.agents.keys().any(|agent| LogId::of_agent(tenant, agent) == log) {
        return Ok(true);
    }
    Ok(parts.store.load(log).await?.is_some_and(|view| view.customer.tenant == *tenant))
}
