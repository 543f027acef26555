//! Lists of conversations, and what an agent does with one.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use frontdesk_api::FieldError;
use frontdesk_api::native::conversation::{
    ConversationList, ConversationQuery, ConversationScope, TransferRequest, TransferTarget as WireTarget,
};
use frontdesk_core::access::On;
use frontdesk_core::conversation::{Command, TransferTarget};
use frontdesk_core::directory::{Agent, Overflow, Queue};
use frontdesk_core::id::{AgentId, DispositionId, IdError, QueueId, TenantId};
use frontdesk_core::labels::LabelFilter;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{ConversationFilter, ConversationRow, ConversationStatus};
use http::StatusCode;

use super::access::{OpenConversation, may_see};
use crate::deliver::native::{conversation_with_last, core_priority};
use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, NativeJson, NativeQuery, Principal};
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, BadQuery, Conflict, NotFound};
use crate::route::openapi::segment::OfConversation;

/// Most conversations of one answer.
const MAX_LISTED: usize = 500;

/// The caller's conversations, those that wait for somebody like the caller, all open ones, or ended ones.
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
    caller: Principal,
    NativeQuery(query): NativeQuery<ConversationQuery>,
) -> Result<Json<ConversationList>, NativeError> {
    let wish = query.check()?;
    let me = caller.agent();
    let filters = match (wish.scope, me) {
        (ConversationScope::Mine, Some(me)) => {
            vec![ConversationFilter::HeldBy(me.id.clone()), ConversationFilter::JoinedBy(me.id.clone())]
        }
        // A program has no conversations.
        (ConversationScope::Mine, None) => Vec::new(),
        (ConversationScope::Waiting, Some(me)) => vec![ConversationFilter::Waiting(me.queues.clone())],
        (ConversationScope::Waiting, None) => {
            let queues = caller.tenant.queues.keys();
            let within = queues.filter(|queue| caller.rights.reaches(On::Queue(queue)));
            vec![ConversationFilter::Waiting(within.cloned().collect())]
        }
        (ConversationScope::All, _) => vec![ConversationFilter::Open],
        (ConversationScope::Ended, _) => vec![ConversationFilter::Ended],
    };
    let labels = LabelFilter {
        tag: wish.tag.map(str::to_owned),
        priority: wish.priority.map(core_priority),
        disposition: wish.disposition.map(DispositionId::new).transpose().map_err(disposition_invalid)?,
    };
    let tenant = &caller.tenant.tenant.id;
    let mut rows = Vec::new();
    for filter in filters {
        let most = MAX_LISTED - rows.len();
        rows.extend(if labels == LabelFilter::default() {
            parts.store.conversations(tenant, filter, most).await?
        } else {
            parts.store.conversations_labelled(tenant, filter, labels.clone(), most).await?
        });
    }
    rows.retain(|row| may_see(&caller, row));
    let waits = |row: &&ConversationRow| matches!(row.status, ConversationStatus::Queue { .. });
    parts.waiting_lists.shown(tenant, rows.iter().filter(waits).map(|row| row.log));
    let mut conversations = Vec::with_capacity(rows.len());
    for row in &rows {
        conversations.push(conversation_with_last(&parts, row, me.map(|me| &me.id)).await?);
    }
    Ok(Json(ConversationList { conversations }))
}

/// Passes a conversation on, to a queue, to another agent or to the robot.
///
/// Who takes part in it stays if it goes to another agent, and is released otherwise.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/transfer",
    operation_id = "transferConversation",
    tag = "Conversations",
    params(OfConversation),
    request_body = TransferRequest,
    responses((status = 204, description = "It is passed on."), BadBody, NotFound, Conflict),
)]
pub async fn transfer(
    State(parts): State<Parts>,
    at: OpenConversation,
    NativeJson(request): NativeJson<TransferRequest>,
) -> Result<StatusCode, NativeError> {
    match request.check()? {
        WireTarget::Queue(queue) => to_queue(&parts, &at, queue).await?,
        WireTarget::Agent(agent) => to_agent(&parts, &at, agent).await?,
        WireTarget::Robot => to_robot(&parts, &at).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a conversation; the customer is told.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/end",
    operation_id = "endConversation",
    tag = "Conversations",
    params(OfConversation),
    responses((status = 204, description = "It has ended."), NotFound, Conflict),
)]
pub async fn end(
    State(parts): State<Parts>,
    OpenConversation { caller, row, .. }: OpenConversation,
) -> Result<StatusCode, NativeError> {
    parts.run(row.log, Command::AgentEnds { agent: caller.agent.id.clone() }).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn disposition_invalid(error: IdError) -> ApiError {
    ApiError::field_invalid("disposition", error)
}

pub(in crate::route) async fn to_queue(
    parts: &Parts,
    at: &OpenConversation,
    queue: &str,
) -> Result<(), ApiError> {
    let OpenConversation { caller, row, .. } = at;
    let is_known =
        |queue: &QueueId| caller.tenant.queues.contains_key(queue) && caller.rights.reaches(On::Queue(queue));
    let queue = QueueId::new(queue).ok().filter(is_known);
    let queue = queue.ok_or_else(|| FieldError::invalid("queue", "names no queue"))?;
    let refuses = |queue: &Arc<Queue>| queue.no_agents == Overflow::Refuse;
    let has_agents = caller.tenant.agents_of(&queue).next().is_some();
    if !has_agents && caller.tenant.queues.get(&queue).is_some_and(refuses) {
        return Err(FieldError::invalid("queue", "has no agents").into());
    }
    let target = TransferTarget::Queue(queue);
    parts.run(row.log, Command::AgentTransfers { agent: caller.agent.id.clone(), target }).await?;
    Ok(())
}

async fn to_robot(parts: &Parts, at: &OpenConversation) -> Result<(), ApiError> {
    let OpenConversation { caller, row, .. } = at;
    let (agent, target) = (caller.agent.id.clone(), TransferTarget::Robot);
    parts.run(row.log, Command::AgentTransfers { agent, target }).await?;
    Ok(())
}

/// How much of an agent's capacity a conversation takes.
pub(super) fn weight_of(caller: &AgentCaller, row: &ConversationRow) -> u32 {
    caller.tenant.channels.get(&row.customer.channel).map_or(1, |channel| channel.weight.max(1))
}

/// The other agent's slot is taken first; if the rules then refuse, it is given back.
pub(in crate::route) async fn to_agent(
    parts: &Parts,
    at: &OpenConversation,
    agent: &str,
) -> Result<(), ApiError> {
    let OpenConversation { caller, row, state } = at;
    let target: Agent = AgentId::new(agent)
        .ok()
        .and_then(|agent| caller.tenant.agents.get(&agent))
        .filter(|agent| caller.rights.reaches(On::Person(&agent.queues)))
        .map(|agent| Agent::clone(agent))
        .ok_or_else(|| FieldError::invalid("agentId", "names no agent"))?;
    if target.id == caller.agent.id {
        return Err(frontdesk_core::conversation::Refusal::ToOneself.into());
    }
    if state.agent() != Some(&caller.agent.id) {
        return Err(frontdesk_core::conversation::Refusal::NotTheAgents.into());
    }
    let (tenant, now) = (&caller.tenant.tenant.id, parts.clock.now());
    let under = (row.log, state.fence);
    let weight = weight_of(caller, row);
    let capacity = parts.gateway.capacity(tenant, &target.id, target.capacity);
    parts.store.reserve(tenant, &target.id, capacity, weight, under, now).await?;
    let command = Command::AgentTransfers {
        agent: caller.agent.id.clone(),
        target: TransferTarget::Agent { agent: target.id.clone(), fence: state.fence },
    };
    if let Err(error) = parts.run(row.log, command).await {
        give_back(parts, tenant, &target.id, under).await?;
        return Err(error.into());
    }
    Ok(())
}

/// Gives back a slot that was taken for a transfer which did not come about, unless the same transfer, asked for twice
/// at once, gave the conversation to the agent.
pub(super) async fn give_back(
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
