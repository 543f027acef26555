//! Customers who are offered to an agent.

use axum::extract::{Path, State};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{ConversationRow, ConversationStatus};
use frontdesk_core::seal::Sealed;
use http::StatusCode;

use super::access::may_see;
use crate::error::{ApiError, NativeError};
use crate::extract::AgentCaller;
use crate::parts::Parts;
use crate::route::openapi::native::{Conflict, NotFound};
use crate::route::openapi::segment::OfConversation;
use crate::work::{self, Answered};

/// Takes a conversation that is offered to the caller.
///
/// Done again, or for a conversation that the caller holds, it changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/accept",
    operation_id = "acceptOffer",
    tag = "Conversations",
    params(OfConversation),
    responses((status = 204, description = "It is the caller's."), NotFound, Conflict),
)]
pub async fn accept(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, NativeError> {
    let row = answerable(&parts, &caller, &id).await?;
    let agent = &caller.agent.id;
    match work::accept(&parts, row.log, agent).await? {
        Answered::Done => Ok(StatusCode::NO_CONTENT),
        Answered::Refused(refused) => Err(refused.into()),
        Answered::NotOffered => {
            // Perhaps accepted a moment ago.
            let row = parts.store.conversation(row.log, row.conversation).await?;
            let is_callers = row.is_some_and(
                |row| matches!(&row.status, ConversationStatus::Agent(holder) if holder == agent),
            );
            if is_callers { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::NOT_OFFERED.into()) }
        }
    }
}

/// Does not take a conversation that is offered to the caller: somebody else is asked.
///
/// The caller is not asked for the same customer again for a minute. Done again, it changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/reject",
    operation_id = "rejectOffer",
    tag = "Conversations",
    params(OfConversation),
    responses((status = 204, description = "Somebody else is asked."), NotFound, Conflict),
)]
pub async fn reject(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, NativeError> {
    let row = answerable(&parts, &caller, &id).await?;
    match work::decline(&parts, row.log, &caller.agent.id).await? {
        Answered::Done => Ok(StatusCode::NO_CONTENT),
        Answered::NotOffered => Err(ApiError::NOT_OFFERED.into()),
        Answered::Refused(refused) => Err(refused.into()),
    }
}

/// The conversation, if it is offered to the caller or the caller may see it anyway, and is the customer's last one.
async fn answerable(parts: &Parts, caller: &AgentCaller, id: &str) -> Result<ConversationRow, ApiError> {
    let (log, number) = parts.sealer.open(Sealed::Conversation, id).ok_or(ApiError::NotFound)?;
    let row = parts.store.conversation(log, number).await?.ok_or(ApiError::NotFound)?;
    if !may_see(caller, &row) && !is_offered(parts, caller, log, number).await? {
        return Err(ApiError::NotFound);
    }
    let view = parts.store.load(log).await?.ok_or(ApiError::NotFound)?;
    if view.state.conversations == number { Ok(row) } else { Err(ApiError::NOT_OFFERED) }
}

async fn is_offered(
    parts: &Parts,
    caller: &AgentCaller,
    log: LogId,
    conversation: u64,
) -> Result<bool, ApiError> {
    let offers = parts.store.offers(&caller.tenant.tenant.id, &caller.agent.id).await?;
    Ok(offers.iter().any(|offer| offer.item.log == log && offer.item.conversation == conversation))
}
