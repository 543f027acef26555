//! Messages of a conversation: reading, writing, and having read.

use axum::Json;
use axum::extract::{Path, State};
use frontdesk_api::FieldError;
use frontdesk_api::native::message::{Message as WireMessage, MessageList, SendMessageRequest};
use frontdesk_core::conversation::{Command, Refusal};
use frontdesk_core::entry::{Audience, Entry, EntryBody};
use frontdesk_core::id::DeviceId;
use frontdesk_core::log::EntryNumber;
use frontdesk_core::message::{Author, Message};
use frontdesk_core::port::{Advance, ConversationRow, Position, ReadQuery, StoreError};
use frontdesk_core::seal::Sealed;
use http::StatusCode;

use super::access::{is_tenants, visible};
use super::conversations::current;
use crate::deliver::native::message;
use crate::deliver::{Renderer, core_media};
use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, NativeJson};
use crate::hub::Side;
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, Conflict, NotFound};

/// Most entries of one conversation that are read at a time.
const PAGE: usize = 1_000;

/// What was said in a conversation, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/agent/conversations/{id}/messages",
    operation_id = "listMessages",
    tag = "Conversations",
    params(("id" = String, Path, description = "The conversation.")),
    responses((status = 200, description = "The messages.", body = MessageList), NotFound),
)]
pub async fn list(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path(id): Path<String>,
) -> Result<Json<MessageList>, NativeError> {
    let row = visible(&parts, &caller, &id).await?;
    let entries = entries_of(&parts, &row, EntryNumber(row.first.0.saturating_sub(1))).await?;
    let messages = entries.iter().filter_map(|entry| message(&parts, &row, entry)).collect();
    Ok(Json(MessageList { messages }))
}

/// Says something to the customer.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/messages",
    operation_id = "sendMessage",
    tag = "Conversations",
    params(("id" = String, Path, description = "The conversation.")),
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
    caller: AgentCaller,
    Path(id): Path<String>,
    NativeJson(request): NativeJson<SendMessageRequest>,
) -> Result<(StatusCode, Json<WireMessage>), NativeError> {
    let row = current(&parts, visible(&parts, &caller, &id).await?).await?;
    let channel = caller.tenant.channels.get(&row.customer.channel).ok_or(ApiError::NotFound)?;
    let said = request.check(channel.text_chars)?;
    let mut spoken = Message {
        nickname: Some(caller.agent.nickname.clone()),
        avatar: caller.agent.avatar.clone(),
        media: core_media(said.media_type),
        ..Message::text(Author::Agent(caller.agent.id.clone()), said.content.0)
    };
    attach_file(&parts, &caller, &row, &mut spoken).await?;
    let command = Command::AgentSays { agent: caller.agent.id.clone(), message: spoken.clone() };
    let done = parts.run(row.log, command).await?;
    let written = done.written.ok_or(ApiError::Internal)?;
    let entry = Entry {
        number: written.first,
        at: written.times.first().copied().unwrap_or_default(),
        conversation: row.conversation,
        body: EntryBody::Said(spoken),
    };
    let message = message(&parts, &row, &entry).ok_or(ApiError::Internal)?;
    Ok((StatusCode::CREATED, Json(message)))
}

/// Marks what the customer said as read; the customer is told if they ask for it.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/read",
    operation_id = "markRead",
    tag = "Conversations",
    params(("id" = String, Path, description = "The conversation.")),
    responses((status = 204, description = "It is marked."), NotFound, Conflict),
)]
pub async fn mark_read(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, NativeError> {
    let row = current(&parts, visible(&parts, &caller, &id).await?).await?;
    let device = DeviceId::of_agent(&caller.agent.id);
    let before = parts.store.position(row.log, &device).await?.unwrap_or_default().acknowledged;
    let after = before.max(EntryNumber(row.first.0.saturating_sub(1)));
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
        ("id" = String, Path, description = "The conversation."),
        ("message" = String, Path, description = "The message, by its `id`, which is also its `messageCode`."),
    ),
    responses((status = 204, description = "Taken back."), NotFound, Conflict),
)]
pub async fn recall(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path((id, message)): Path<(String, String)>,
) -> Result<StatusCode, NativeError> {
    let row = current(&parts, visible(&parts, &caller, &id).await?).await?;
    let (log, number) = parts.sealer.open(Sealed::Message, &message).ok_or(ApiError::NotFound)?;
    let after = EntryNumber(number.saturating_sub(1));
    let found = if log == row.log { entries_of(&parts, &row, after).await? } else { Vec::new() };
    let said = found.into_iter().find(|entry| entry.number == EntryNumber(number)).map(|entry| entry.body);
    let Some(EntryBody::Said(message)) = said else { return Err(ApiError::NotFound.into()) };
    let number = EntryNumber(number);
    parts.run(row.log, Command::AgentRecalls { agent: caller.agent.id.clone(), number, message }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells the customer's clients that the caller types.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/typing",
    operation_id = "typeInConversation",
    tag = "Conversations",
    params(("id" = String, Path, description = "The conversation.")),
    responses((status = 204, description = "Passed on."), NotFound, Conflict),
)]
pub async fn typing(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, NativeError> {
    let row = current(&parts, visible(&parts, &caller, &id).await?).await?;
    // Nobody but those who speak to the customer shows up there.
    let view = parts.store.load(row.log).await?.ok_or(ApiError::NotFound)?;
    if !view.state.speaks_to_customer(&caller.agent.id) {
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
async fn attach_file(
    parts: &Parts,
    caller: &AgentCaller,
    row: &ConversationRow,
    spoken: &mut Message,
) -> Result<(), ApiError> {
    let Some(file) = spoken.media.file_key(&spoken.content).map(str::to_owned) else { return Ok(()) };
    let unknown = || ApiError::from(FieldError::invalid("content", "names no file"));
    let record = parts.find_file(&file).await?.ok_or_else(unknown)?;
    if !is_tenants(parts, caller, record.log).await? {
        return Err(unknown());
    }
    let view = parts.store.load(row.log).await?.ok_or_else(unknown)?;
    if !view.state.speaks_to_customer(&caller.agent.id) {
        return Err(Refusal::NotTheAgents.into());
    }
    parts.store.share_file((record.log, record.number), row.log).await?;
    spoken.content = file;
    spoken.extras.file_type = Some(record.file_type);
    Ok(())
}

/// The entries of one conversation after a number.
async fn entries_of(
    parts: &Parts,
    row: &ConversationRow,
    mut after: EntryNumber,
) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    loop {
        let query = ReadQuery {
            after,
            through: row.last.unwrap_or(EntryNumber::END),
            audience: Audience::AGENT,
            limit: PAGE,
            max_bytes: usize::MAX,
        };
        let page = parts.store.read(row.log, query).await?;
        let Some(last) = page.last() else { return Ok(entries) };
        after = last.number;
        let full = page.len() == PAGE;
        entries.extend(page.into_iter().filter(|entry| entry.conversation == row.conversation));
        if !full {
            return Ok(entries);
        }
    }
}
