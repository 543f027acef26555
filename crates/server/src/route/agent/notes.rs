//! Notes: what agents write to each other about a conversation.

use axum::Json;
use axum::extract::State;
use frontdesk_api::FieldError;
use frontdesk_api::native::note::{Note as WireNote, NoteList, NoteRequest};
use frontdesk_core::access::On;
use frontdesk_core::conversation::Command;
use frontdesk_core::id::AgentId;
use frontdesk_core::note::Note;
use http::StatusCode;

use super::access::{ReadableConversation, VisibleConversation};
use super::entries::{before_first, entries_of, entry_at};
use crate::deliver::native;
use crate::engine::RepeatKey;
use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, NativeJson};
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, NotFound};
use crate::route::openapi::segment::OfConversation;

/// What agents noted about a conversation, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/agent/conversations/{id}/notes",
    operation_id = "listNotes",
    tag = "Conversations",
    params(OfConversation),
    responses((status = 200, description = "The notes.", body = NoteList), NotFound),
)]
pub async fn list(
    State(parts): State<Parts>,
    ReadableConversation { row, .. }: ReadableConversation,
) -> Result<Json<NoteList>, NativeError> {
    let entries = entries_of(&parts, &row, before_first(&row)).await?;
    let notes = entries.iter().filter_map(|entry| native::note(&parts, &row, entry)).collect();
    Ok(Json(NoteList { notes }))
}

/// Notes something about a conversation, which may be over; customers never see it.
///
/// Agents whom it mentions are told in their feed, and may see the conversation from then on.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/notes",
    operation_id = "writeNote",
    tag = "Conversations",
    params(OfConversation),
    request_body = NoteRequest,
    responses((status = 201, description = "The note as it was stored.", body = WireNote), BadBody, NotFound),
)]
pub async fn write(
    State(parts): State<Parts>,
    VisibleConversation { caller, row }: VisibleConversation,
    NativeJson(request): NativeJson<NoteRequest>,
) -> Result<(StatusCode, Json<WireNote>), NativeError> {
    let asked = request.check()?;
    let mentions = asked.mentions.iter().map(|agent| known_agent(&caller, agent));
    let mentions = mentions.collect::<Result<Vec<_>, _>>()?;
    let repeat = asked.message_id.map(|id| {
        let conversation = row.conversation.to_string();
        let text = caller.tenant.masker.compared_of_agent(asked.text.0);
        let compared = [&[conversation.as_str(), &text], asked.mentions.as_slice()].concat();
        RepeatKey::of_agent(&caller.agent.id, "note", id, &compared)
    });
    let note = Note {
        agent: caller.agent.id.clone(),
        nickname: caller.agent.nickname.clone(),
        text: asked.text.0.to_owned(),
        mentions,
    };
    let command = Command::Note { conversation: row.conversation, note };
    let done = parts.run_once(row.log, command, repeat).await?;
    let entry = entry_at(&parts, &row, done.first).await?;
    let note = native::note(&parts, &row, &entry).ok_or(ApiError::Internal)?;
    Ok((StatusCode::CREATED, Json(note)))
}

fn known_agent(caller: &AgentCaller, agent: &str) -> Result<AgentId, ApiError> {
    let known = AgentId::new(agent).ok().and_then(|agent| caller.tenant.agents.get(&agent));
    let within = known.filter(|agent| caller.rights.reaches(On::Person(&agent.queues)));
    within
        .map(|agent| agent.id.clone())
        .ok_or_else(|| FieldError::invalid("mentions", format!("names no agent with {agent:?}")).into())
}
