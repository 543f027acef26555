//! Lists of conversations, and what an agent does with one.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use frontdesk_api::FieldError;
use frontdesk_api::native::conversation::{
    ConversationList, ConversationQuery, ConversationScope, TransferRequest, TransferTarget as WireTarget,
};
use frontdesk_core::conversation::{Command, TransferTarget};
use frontdesk_core::directory::{Agent, Overflow, Queue};
use frontdesk_core::id::{AgentId, QueueId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{ConversationFilter, ConversationRow};
use http::StatusCode;

use super::access::{may_see, visible};
use crate::deliver::native::conversation_with_last;
use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, NativeJson, NativeQuery};
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, BadQuery, Conflict, NotFound};

/// Most conversations of one answer.
const MAX_LISTED: usize = 500;

/// The conversations that the caller holds, those that wait for somebody like the caller, or all open ones.
#[utoipa::path(
    get,
    path = "/api/v1/agent/conversations",
    operation_id = "listConversations",
    tag = "Conversations",
    params(ConversationQuery),
    responses(
        (status = 200, description = "The conversations.", body = ConversationList),
        BadQuery,
    ),
)]
pub async fn list(
    State(parts): State<Parts>,
    caller: AgentCaller,
    NativeQuery(query): NativeQuery<ConversationQuery>,
) -> Result<Json<ConversationList>, NativeError> {
    let filter = match query.check()? {
        ConversationScope::Mine => ConversationFilter::HeldBy(caller.agent.id.clone()),
        ConversationScope::Waiting => ConversationFilter::Waiting(caller.agent.queues.clone()),
        ConversationScope::All => ConversationFilter::Open,
    };
    let rows = parts.store.conversations(&caller.tenant.tenant.id, filter, MAX_LISTED).await?;
    let mut conversations = Vec::with_capacity(rows.len());
    for row in rows.iter().filter(|row| may_see(&caller, row)) {
        conversations.push(conversation_with_last(&parts, row).await?);
    }
    Ok(Json(ConversationList { conversations }))
}

/// Passes a conversation on, to a queue or to another agent.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/transfer",
    operation_id = "transferConversation",
    tag = "Conversations",
    params(("id" = String, Path, description = "The conversation.")),
    request_body = TransferRequest,
    responses((status = 204, description = "It is passed on."), BadBody, NotFound, Conflict),
)]
pub async fn transfer(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path(id): Path<String>,
    NativeJson(request): NativeJson<TransferRequest>,
) -> Result<StatusCode, NativeError> {
    let row = visible(&parts, &caller, &id).await?;
    match request.check()? {
        WireTarget::Queue(queue) => to_queue(&parts, &caller, &row, queue).await?,
        WireTarget::Agent(agent) => to_agent(&parts, &caller, &row, agent).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a conversation; the customer is told.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/end",
    operation_id = "endConversation",
    tag = "Conversations",
    params(("id" = String, Path, description = "The conversation.")),
    responses((status = 204, description = "It has ended."), NotFound, Conflict),
)]
pub async fn end(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, NativeError> {
    let row = current(&parts, visible(&parts, &caller, &id).await?).await?;
    parts.run(row.log, Command::AgentEnds { agent: caller.agent.id.clone() }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The conversation, if it is still the customer's open one: an older one must not stand for a newer.
pub(super) async fn current(parts: &Parts, row: ConversationRow) -> Result<ConversationRow, ApiError> {
    let view = parts.store.load(row.log).await?.ok_or(ApiError::NotFound)?;
    let is_open = view.state.open().is_some() && view.state.conversations == row.conversation;
    if is_open { Ok(row) } else { Err(frontdesk_core::conversation::Refusal::NoSession.into()) }
}

async fn to_queue(
    parts: &Parts,
    caller: &AgentCaller,
    row: &ConversationRow,
    queue: &str,
) -> Result<(), ApiError> {
    let queue = QueueId::new(queue).ok().filter(|queue| caller.tenant.queues.contains_key(queue));
    let queue = queue.ok_or_else(|| FieldError::invalid("queue", "names no queue"))?;
    let refuses = |queue: &Arc<Queue>| queue.no_agents == Overflow::Refuse;
    let has_agents = caller.tenant.agents_of(&queue).next().is_some();
    if !has_agents && caller.tenant.queues.get(&queue).is_some_and(refuses) {
        return Err(FieldError::invalid("queue", "has no agents").into());
    }
    let row = current(parts, row.clone()).await?;
    let target = TransferTarget::Queue(queue);
    parts.run(row.log, Command::AgentTransfers { agent: caller.agent.id.clone(), target }).await?;
    Ok(())
}

/// The other agent's slot is taken first; if the rules then refuse, it is given back.
async fn to_agent(
    parts: &Parts,
    caller: &AgentCaller,
    row: &ConversationRow,
    agent: &str,
) -> Result<(), ApiError> {
    let target: Agent = AgentId::new(agent)
        .ok()
        .and_then(|agent| caller.tenant.agents.get(&agent))
        .map(|agent| Agent::clone(agent))
        .ok_or_else(|| FieldError::invalid("agentId", "names no agent"))?;
    if target.id == caller.agent.id {
        return Err(frontdesk_core::conversation::Refusal::ToOneself.into());
    }
    let row = current(parts, row.clone()).await?;
    let view = parts.store.load(row.log).await?.ok_or(ApiError::NotFound)?;
    if view.state.agent() != Some(&caller.agent.id) {
        return Err(frontdesk_core::conversation::Refusal::NotTheAgents.into());
    }
    let (tenant, now) = (&caller.tenant.tenant.id, parts.clock.now());
    let under = (row.log, view.state.fence);
    let weight = caller.tenant.channels.get(&row.customer.channel).map_or(1, |channel| channel.weight.max(1));
    parts.store.reserve(tenant, &target.id, target.capacity, weight, under, now).await?;
    let command = Command::AgentTransfers {
        agent: caller.agent.id.clone(),
        target: TransferTarget::Agent { agent: target.id.clone(), fence: view.state.fence },
    };
    if let Err(error) = parts.run(row.log, command).await {
        give_back(parts, tenant, &target.id, under).await?;
        return Err(error.into());
    }
    Ok(())
}

/// Gives back a slot that was taken for a transfer which did not come about, unless the same transfer, asked for twice
/// at once, gave the conversation to the agent.
async fn give_back(
    parts: &Parts,
    tenant: &TenantId,
    agent: &AgentId,
    (log, fence): (LogId, u64),
) -> Result<(), ApiError> {
    let state = parts.store.load(log).await?.ok_or(ApiError::NotFound)?.state;
    let handed_over = state.fence == fence + 1 && state.agent() == Some(agent);
    if !handed_over {
        parts.store.free_slot(tenant, agent, (log, fence + 1), parts.clock.now()).await?;
    }
    Ok(())
}
