//! Messages of a conversation: reading, writing, and having read.

use axum::Json;
use axum::extract::{Path, State};
use frontdesk_api::FieldError;
use frontdesk_api::named::Named as _;
use frontdesk_api::native::message::{AgentMessage, Message as WireMessage, MessageList, SendMessageRequest};
use frontdesk_core::conversation::{Command, Refusal, Seen};
use frontdesk_core::entry::{Audience, Entry, EntryBody};
use frontdesk_core::id::DeviceId;
use frontdesk_core::log::EntryNumber;
use frontdesk_core::message::{Author, Message};
use frontdesk_core::port::{Advance, Position, StoreError};
use frontdesk_core::seal::NamedEntry;
use http::StatusCode;

use super::access::{OpenConversation, ReadableConversation, VisibleConversation, may_have_files_of};
use super::entries::{before_first, entries_of, entry_at};
use crate::deliver::native::message;
use crate::deliver::{Renderer, core_media};
use crate::engine::{Done, RepeatKey, RunError};
use crate::error::{ApiError, NativeError};
use crate::extract::NativeJson;
use crate::hub::Side;
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, Conflict, NotFound};
use crate::route::openapi::segment::OfConversation;

/// What was said in a conversation, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/agent/conversations/{id}/messages",
    operation_id = "listMessages",
    tag = "Conversations",
    params(OfConversation),
    responses((status = 200, description = "The messages.", body = MessageList), NotFound),
)]
pub async fn list(
    State(parts): State<Parts>,
    ReadableConversation { row, .. }: ReadableConversation,
) -> Result<Json<MessageList>, NativeError> {
    let entries = entries_of(&parts, &row, before_first(&row)).await?;
    let messages = entries.iter().filter_map(|entry| message(&parts, &row, entry)).collect();
    Ok(Json(MessageList { messages }))
}

/// Says something to the customer.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/messages",
    operation_id = "sendMessage",
    tag = "Conversations",
    params(OfConversation),
    request_body = SendMessageRequest,
    responses(
        (status = 201, description = "The message as it was stored.", body = WireMessage),
        BadBody,
        NotFound,
        Conflict,
    ),
)]
pub async fn send(
    State(parts): State<Parts>,
    at: VisibleConversation,
    NativeJson(request): NativeJson<SendMessageRequest>,
) -> Result<(StatusCode, Json<WireMessage>), NativeError> {
    let caller = &at.caller;
    let channel = caller.tenant.channels.get(&at.row.customer.channel).ok_or(ApiError::NotFound)?;
    let said = request.check(channel.text_chars)?;
    let repeat = said.message_id.map(|id| {
        let conversation = at.row.conversation.to_string();
        let content = caller.tenant.masker.compared_of_agent(said.content.0);
        let compared = [conversation.as_str(), said.media_type.as_str(), &content];
        RepeatKey::of_agent(&caller.agent.id, "said", id, &compared)
    });
    // What was said before is answered also if the conversation has ended since.
    let (done, row) = if let Some(done) = parts.done_before(at.row.log, repeat.as_ref()).await? {
        (done, at.row)
    } else {
        let at = at.open(&parts).await?;
        (say(&parts, &at, said, repeat).await?, at.row)
    };
    let entry = entry_at(&parts, &row, done.first).await?;
    let message = message(&parts, &row, &entry).ok_or(ApiError::Internal)?;
    Ok((StatusCode::CREATED, Json(message)))
}

pub(in crate::route) async fn say(
    parts: &Parts,
    at: &OpenConversation,
    said: AgentMessage<'_>,
    repeat: Option<RepeatKey>,
) -> Result<Done, ApiError> {
    let agent = &at.caller.agent;
    let mut spoken = Message {
        nickname: Some(agent.nickname.clone()),
        avatar: agent.avatar.clone(),
        media: core_media(said.media_type),
        ..Message::text(Author::Agent(agent.id.clone()), said.content.0)
    };
    attach_file(parts, at, &mut spoken).await?;
    let seen = match said.last_seen {
        Some(number) => Some(seen(parts, at, number).await?),
        None => None,
    };
    let command = Command::AgentSays { agent: agent.id.clone(), message: spoken };
    match (parts.run_seen(at.row.log, command, repeat, seen.clone()).await, seen) {
        (Err(RunError::Refused(Refusal::Newer)), Some(seen)) => Err(newer(parts, at, &seen).await?),
        (done, _) => Ok(done?),
    }
}

/// What an agent says to have seen of a conversation: none of it before it began, nothing that was not written yet.
async fn seen(parts: &Parts, at: &OpenConversation, number: u64) -> Result<Seen, ApiError> {
    if EntryNumber(number) > parts.store.heads(at.row.log).await?.of(Audience::ALL) {
        return Err(FieldError::invalid("lastSeen", "is ahead of everything that was written").into());
    }
    Ok(Seen {
        agent: at.caller.agent.id.clone(),
        conversation: at.row.conversation,
        through: EntryNumber(number).max(before_first(&at.row)),
    })
}

/// What an agent is told whom a colleague overtook.
async fn newer(parts: &Parts, at: &OpenConversation, seen: &Seen) -> Result<ApiError, StoreError> {
    let since = parts.since(at.row.log, seen).await?;
    let messages = since.messages.into_iter().map(|entry| parts.sealer.message_code(entry));
    Ok(ApiError::Newer { messages: messages.collect(), last_seen: since.last.0 })
}

/// Marks what the customer said as read; the customer is told if they ask for it.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/read",
    operation_id = "markRead",
    tag = "Conversations",
    params(OfConversation),
    responses((status = 204, description = "It is marked."), NotFound, Conflict),
)]
pub async fn mark_read(
    State(parts): State<Parts>,
    OpenConversation { caller, row, .. }: OpenConversation,
) -> Result<StatusCode, NativeError> {
    let device = DeviceId::of_agent(&caller.agent.id);
    let before = parts.store.position(row.log, &device).await?.unwrap_or_default().acknowledged;
    let after = before.max(before_first(&row));
    let entries = entries_of(&parts, &row, after).await?;
    let Some(last) = entries.last().map(|entry| entry.number) else { return Ok(StatusCode::NO_CONTENT) };
    let renderer = Renderer::new(&parts.sealer, &row.customer, row.log);
    let messages = entries.iter().filter_map(|entry| known_id(&renderer, entry)).collect();
    parts.run(row.log, Command::AgentReads { agent: caller.agent.id.clone(), messages }).await?;
    let position = Position { acknowledged: last, sent_through: last };
    parts.store.advance(vec![Advance { log: row.log, device, position }]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes back what the caller said in a conversation that they hold or were brought into; its content is erased.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/messages/{message}/recall",
    operation_id = "recallMessage",
    tag = "Conversations",
    params(
        OfConversation,
        ("message" = String, Path, description = "The message, by its `id`, which is also its `messageCode`."),
    ),
    responses((status = 204, description = "Taken back."), NotFound, Conflict),
)]
pub async fn recall(
    State(parts): State<Parts>,
    OpenConversation { caller, row, .. }: OpenConversation,
    Path((_, message)): Path<(String, String)>,
) -> Result<StatusCode, NativeError> {
    let NamedEntry { log, number, life } =
        parts.sealer.open_message_code(&message).ok_or(ApiError::NotFound)?;
    let after = EntryNumber(number.0.saturating_sub(1));
    let found = if log == row.log { entries_of(&parts, &row, after).await? } else { Vec::new() };
    let said = found.into_iter().find(|entry| (entry.number, entry.life) == (number, life));
    let Some(EntryBody::Said(message)) = said.map(|entry| entry.body) else {
        return Err(ApiError::NotFound.into());
    };
    let agent = caller.agent.id.clone();
    parts.run(row.log, Command::AgentRecalls { agent, number, life, message }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells the customer's clients that the caller types.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/typing",
    operation_id = "typeInConversation",
    tag = "Conversations",
    params(OfConversation),
    responses((status = 204, description = "Passed on."), NotFound, Conflict),
)]
pub async fn typing(
    State(parts): State<Parts>,
    OpenConversation { caller, row, state }: OpenConversation,
) -> Result<StatusCode, NativeError> {
    // Nobody but those who speak to the customer shows up there.
    if !state.speaks_to_customer(&caller.agent.id) {
        return Err(Refusal::NotTheAgents.into());
    }
    parts.hub.typing(row.log, Side::Agent, parts.clock.now());
    Ok(StatusCode::NO_CONTENT)
}

/// The id by which the customer knows a message of theirs.
fn known_id(renderer: &Renderer<'_>, entry: &Entry) -> Option<String> {
    match &entry.body {
        EntryBody::Said(said) if said.author == Author::Customer => {
            Some(said.extras.client_id.clone().unwrap_or_else(|| renderer.code(entry)))
        }
        _ => None,
    }
}

/// A file that an agent sends must be theirs or their tenant's; the customer may fetch it from then on.
async fn attach_file(parts: &Parts, at: &OpenConversation, spoken: &mut Message) -> Result<(), ApiError> {
    let OpenConversation { caller, row, state } = at;
    let Some(file) = spoken.media.file_key(&spoken.content).map(str::to_owned) else { return Ok(()) };
    let unknown = || ApiError::from(FieldError::invalid("content", "names no file"));
    let record = parts.find_file(&file).await?.ok_or_else(unknown)?;
    if !may_have_files_of(parts, caller, record.log).await? {
        return Err(unknown());
    }
    if !state.speaks_to_customer(&caller.agent.id) {
        return Err(Refusal::NotTheAgents.into());
    }
    parts.store.share_file((record.log, record.number), row.log).await?;
    spoken.content = file;
    spoken.extras.file_type = Some(record.file_type);
    Ok(())
}
