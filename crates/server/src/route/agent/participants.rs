//! Colleagues in a conversation: consulting them, bringing them in, and talking among themselves.

use axum::Json;
use axum::extract::{Path, State};
use frontdesk_api::FieldError;
use frontdesk_api::native::message::Message as WireMessage;
use frontdesk_api::native::participant::{InviteMode, InviteRequest, WhisperRequest};
use frontdesk_core::access::On;
use frontdesk_core::conversation::{Command, Participation};
use frontdesk_core::entry::{Entry, EntryBody};
use frontdesk_core::id::AgentId;
use frontdesk_core::message::{Author, Message};
use frontdesk_core::port::ConversationFilter;
use http::StatusCode;

use super::access::OpenConversation;
use crate::deliver::{AgentFeed, native};
use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, NativeJson};
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, Conflict, NotFound};
use crate::route::openapi::segment::OfConversation;

/// Asks a colleague to take part in a conversation that the caller has: to be consulted, or to speak to the customer.
///
/// The colleague takes part at once and may leave again. They have to be signed in, but need no room for a customer.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/participants",
    operation_id = "inviteParticipant",
    tag = "Conversations",
    params(OfConversation),
    request_body = InviteRequest,
    responses((status = 204, description = "The colleague takes part."), BadBody, NotFound, Conflict),
)]
pub async fn invite(
    State(parts): State<Parts>,
    OpenConversation { caller, row, state }: OpenConversation,
    NativeJson(request): NativeJson<InviteRequest>,
) -> Result<StatusCode, NativeError> {
    let (guest, mode) = request.check()?;
    let guest = AgentId::new(guest).ok().and_then(|guest| caller.tenant.agents.get(&guest));
    let guest = guest.filter(|guest| caller.rights.reaches(On::Person(&guest.queues)));
    let guest = guest
        .map(|guest| guest.id.clone())
        .ok_or_else(|| FieldError::invalid("agentId", "names no agent"))?;
    let mode = match mode {
        InviteMode::Consult => Participation::Consult,
        InviteMode::Conference => Participation::Conference,
    };
    let agent = caller.agent.id.clone();
    // Who may not ask is told nothing of the other's status.
    if state.agent() == Some(&agent) && guest != agent {
        must_be_reachable(&parts, &caller, &guest).await?;
    }
    parts.run(row.log, Command::AgentInvites { agent, guest, mode }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends somebody's part in a conversation: the caller's own, or that of a colleague whom the caller asked in.
///
/// For somebody who takes no part, nothing happens.
#[utoipa::path(
    delete,
    path = "/api/v1/agent/conversations/{id}/participants/{agentId}",
    operation_id = "removeParticipant",
    tag = "Conversations",
    params(
        OfConversation,
        ("agentId" = String, Path, description = "Who leaves."),
    ),
    responses((status = 204, description = "They take no part."), NotFound, Conflict),
)]
pub async fn leave(
    State(parts): State<Parts>,
    OpenConversation { caller, row, .. }: OpenConversation,
    Path((_, guest)): Path<(String, String)>,
) -> Result<StatusCode, NativeError> {
    let guest = AgentId::new(&guest).map_err(|_| ApiError::NotFound)?;
    parts.run(row.log, Command::AgentLeaves { agent: caller.agent.id.clone(), guest }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says something to everybody on the company's side of a conversation. The customer never sees it.
///
/// For the agent who has the conversation and for all who take part in it.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/whisper",
    operation_id = "whisper",
    tag = "Conversations",
    params(OfConversation),
    request_body = WhisperRequest,
    responses(
        (status = 201, description = "The message as it was stored.", body = WireMessage),
        BadBody,
        NotFound,
        Conflict,
    ),
)]
pub async fn whisper(
    State(parts): State<Parts>,
    OpenConversation { caller, row, .. }: OpenConversation,
    NativeJson(request): NativeJson<WhisperRequest>,
) -> Result<(StatusCode, Json<WireMessage>), NativeError> {
    let agent = caller.agent.id.clone();
    let whispered = Message {
        nickname: Some(caller.agent.nickname.clone()),
        avatar: caller.agent.avatar.clone(),
        ..Message::text(Author::Agent(agent.clone()), request.check()?.0)
    };
    let whispered = caller.tenant.masker.message_of_agent(whispered);
    let command = Command::AgentWhispers { agent, message: whispered.clone() };
    let written = parts.run(row.log, command).await?.written.ok_or(ApiError::Internal)?;
    let entry = Entry {
        number: written.first,
        life: written.life,
        at: written.times.first().copied().unwrap_or_default(),
        conversation: row.conversation,
        body: EntryBody::Whispered(whispered),
    };
    let message = native::message(&parts, &row, &entry).ok_or(ApiError::Internal)?;
    Ok((StatusCode::CREATED, Json(message)))
}

/// Whoever is asked in must see it: signed in, and with room in their feed.
async fn must_be_reachable(parts: &Parts, caller: &AgentCaller, guest: &AgentId) -> Result<(), ApiError> {
    let states = parts.store.agent_states(&caller.tenant.tenant.id, std::slice::from_ref(guest)).await?;
    if !states.iter().any(|state| state.status.is_signed_in()) {
        let sentence = "That agent is not signed in.";
        return Err(ApiError::Conflict { code: "AGENT_OFFLINE", sentence });
    }
    must_have_room(parts, caller, guest).await
}

/// So many conversations can somebody take part in that their feed can still follow those that they have.
pub(super) async fn must_have_room(
    parts: &Parts,
    caller: &AgentCaller,
    guest: &AgentId,
) -> Result<(), ApiError> {
    let filter = ConversationFilter::JoinedBy(guest.clone());
    let joined = parts.store.conversations(&caller.tenant.tenant.id, filter, AgentFeed::MOST_JOINED).await?;
    if joined.len() < AgentFeed::MOST_JOINED {
        return Ok(());
    }
    let sentence = "That agent takes part in as many conversations as they can.";
    Err(ApiError::Conflict { code: "TOO_MANY_JOINED", sentence })
}
