//! queryHistoryChatMessage: what was said, newest first.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use frontdesk_api::messaging::enums::{ControlType, SourceType};
use frontdesk_api::messaging::history::{HistoryAnswer, HistoryMessage, HistoryRequest};
use frontdesk_api::messaging::result::history as told;
use frontdesk_core::entry::{Entry, EntryBody};
use frontdesk_core::message::{Author, Message};
use frontdesk_core::port::{HistoryQuery, LogView};
use frontdesk_core::time::Timestamp;

use super::must_be_web;
use crate::deliver::{CHANNEL_TYPE, Renderer, wire_media};
use crate::error::{ApiError, MessagingError};
use crate::extract::{CustomerCaller, MessagingJson};
use crate::parts::Parts;
use crate::route::openapi::messaging::BadBody;

/// Most messages of one answer.
const MAX_LIMIT: u64 = 100;

/// What was said to and by the customer (queryHistoryChatMessage).
#[utoipa::path(
    post,
    path = "/apiaccess/ccmessaging/queryHistoryChatMessage",
    operation_id = "queryHistoryChatMessage",
    tag = "Messages",
    request_body = HistoryRequest,
    responses(
        (status = 200, description = "The messages, newest first.", body = HistoryAnswer),
        BadBody,
    ),
)]
pub async fn query_history(
    State(parts): State<Parts>,
    caller: CustomerCaller,
    MessagingJson(request): MessagingJson<HistoryRequest>,
) -> Result<Json<HistoryAnswer>, MessagingError> {
    let question = request.check()?;
    must_be_web(&caller, question.channel)?;
    caller.must_be("userId", Some(question.user_id), caller.user.as_str())?;
    caller.must_be("channelId", Some(question.channel_id), caller.channel.id.as_str())?;
    let moment = |millis: u64| Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
    let query = HistoryQuery {
        from: question.start_time.map(moment),
        to: question.end_time.map(moment),
        offset: u32::try_from(question.offset).unwrap_or(u32::MAX),
        limit: u32::try_from(question.limit.min(MAX_LIMIT)).unwrap_or_default(),
        messages_only: true,
    };
    let view = parts.store.load(caller.log).await?.ok_or(ApiError::Unauthorized)?;
    let entries = parts.store.history(caller.log, query).await?;
    let calls = calls_of(&parts, &caller, &entries).await?;
    let list = entries.iter().filter_map(|entry| render(&parts, &caller, &view, entry, &calls)).collect();
    Ok(Json(HistoryAnswer::new(told::FOUND, list)))
}

/// The `callId` of each conversation that the entries belong to.
async fn calls_of(
    parts: &Parts,
    caller: &CustomerCaller,
    entries: &[Entry],
) -> Result<HashMap<u64, String>, ApiError> {
    let mut calls = HashMap::new();
    for entry in entries {
        if !calls.contains_key(&entry.conversation)
            && let Some(row) = parts.store.conversation(caller.log, entry.conversation).await?
        {
            calls.insert(entry.conversation, row.call.to_string());
        }
    }
    Ok(calls)
}

fn render(
    parts: &Parts,
    caller: &CustomerCaller,
    view: &LogView,
    entry: &Entry,
    calls: &HashMap<u64, String>,
) -> Option<HistoryMessage> {
    let EntryBody::Said(message) = &entry.body else { return None };
    let code = Renderer::new(&parts.sealer, &view.customer, caller.log).code(entry);
    Some(HistoryMessage {
        id: code.clone(),
        channel: CHANNEL_TYPE.to_owned(),
        sender_nickname: message.nickname.clone().or_else(|| own_name(view, message)),
        sender_avatar: message.avatar.clone(),
        send_time: entry.at.as_millis(),
        receive_time: entry.at.as_millis(),
        control_type: ControlType::Chat,
        source_type: source_of(message),
        media_type: Some(wire_media(message.media)),
        content: Some(message.content.clone().into()),
        call_id: calls.get(&entry.conversation).cloned(),
        message_code: Some(code),
        association_content_id: None,
        send_status: None,
        error_msg: None,
        is_forwarded: false,
        forward_time: None,
        content_deal_type: None,
    })
}

fn own_name(view: &LogView, message: &Message) -> Option<String> {
    (message.author == Author::Customer).then(|| view.customer.name.clone())
}

const fn source_of(message: &Message) -> SourceType {
    match message.author {
        // In history a customer is a USER (2.17), unlike in what they send.
        Author::Customer => SourceType::User,
        Author::Robot(_) => SourceType::Robot,
        Author::Agent(_) => SourceType::Agent,
        Author::System => SourceType::System,
    }
}
