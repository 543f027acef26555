//! What supervisors do with a conversation that an agent has.

use axum::extract::State;
use frontdesk_core::conversation::{Command, Refusal};
use http::StatusCode;

use super::access::OpenConversation;
use super::conversations::{give_back, weight_of};
use super::participants::must_have_room;
use crate::error::NativeError;
use crate::parts::Parts;
use crate::route::openapi::native::{Conflict, NotFound};
use crate::route::openapi::segment::OfConversation;

/// Reads along in a conversation that an agent has, from now on and in secret.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/monitor",
    operation_id = "monitorConversation",
    tag = "Supervision",
    params(OfConversation),
    responses((status = 204, description = "The conversation is in the caller's feed."), NotFound, Conflict),
)]
pub async fn monitor(
    State(parts): State<Parts>,
    OpenConversation { caller, row, .. }: OpenConversation,
) -> Result<StatusCode, NativeError> {
    must_have_room(&parts, &caller, &caller.agent.id).await?;
    parts.run(row.log, Command::AgentMonitors { agent: caller.agent.id.clone() }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stops reading along, or speaking if the caller barged in. If the caller takes no part, nothing happens.
#[utoipa::path(
    delete,
    path = "/api/v1/agent/conversations/{id}/monitor",
    operation_id = "stopMonitoring",
    tag = "Supervision",
    params(OfConversation),
    responses((status = 204, description = "The caller does not read along."), NotFound, Conflict),
)]
pub async fn stop_monitoring(
    State(parts): State<Parts>,
    OpenConversation { caller, row, .. }: OpenConversation,
) -> Result<StatusCode, NativeError> {
    let agent = caller.agent.id.clone();
    parts.run(row.log, Command::AgentLeaves { agent: agent.clone(), guest: agent }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins to speak to the customer beside the agent, who keeps the conversation. The customer is told.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/barge",
    operation_id = "bargeIn",
    tag = "Supervision",
    params(OfConversation),
    responses((status = 204, description = "The caller takes part."), NotFound, Conflict),
)]
pub async fn barge_in(
    State(parts): State<Parts>,
    OpenConversation { caller, row, .. }: OpenConversation,
) -> Result<StatusCode, NativeError> {
    if !row.participants.iter().any(|participant| participant.agent == caller.agent.id) {
        must_have_room(&parts, &caller, &caller.agent.id).await?;
    }
    parts.run(row.log, Command::AgentBargesIn { agent: caller.agent.id.clone() }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a conversation from the agent who has it.
///
/// It counts as one of the caller's, but neither the caller's status nor their capacity stands in the way.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/take-over",
    operation_id = "takeOver",
    tag = "Supervision",
    params(OfConversation),
    responses((status = 204, description = "The caller has the conversation."), NotFound, Conflict),
)]
pub async fn take_over(
    State(parts): State<Parts>,
    OpenConversation { caller, row, state }: OpenConversation,
) -> Result<StatusCode, NativeError> {
    let (tenant, agent) = (&caller.tenant.tenant.id, &caller.agent.id);
    match state.agent() {
        None => return Err(Refusal::NotWithAgent.into()),
        Some(holder) if holder == agent => return Err(Refusal::ToOneself.into()),
        Some(_) => {}
    }
    // The slot is taken first; if the rules then refuse, it is given back.
    let under = (row.log, state.fence);
    parts.store.seize(tenant, agent, weight_of(&caller, &row), under, parts.clock.now()).await?;
    let command = Command::AgentTakesOver { agent: agent.clone(), fence: state.fence };
    if let Err(error) = parts.run(row.log, command).await {
        give_back(&parts, tenant, agent, under).await?;
        return Err(error.into());
    }
    Ok(StatusCode::NO_CONTENT)
}
