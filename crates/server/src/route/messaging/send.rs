//! send and sendAsync.

use axum::Json;
use axum::extract::State;
use frontdesk_api::FieldError;
use frontdesk_api::messaging::enums::ControlType;
use frontdesk_api::messaging::result::{Outcome as Told, ResultAnswer, send as told};
use frontdesk_api::messaging::send::{MAX_MESSAGE_ID_CHARACTERS, SendRequest, SentMessage};
use frontdesk_api::named::Named as _;
use frontdesk_core::conversation::{Command, CustomerMessage, Outcome, Refusal};
use http::{HeaderMap, HeaderName};
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::must_be_web;
use crate::deliver::core_media;
use crate::engine::{RepeatKey, RunError};
use crate::error::{ApiError, MessagingError};
use crate::extract::{CustomerCaller, MessagingJson};
use crate::parts::Parts;
use crate::route::openapi::messaging::{BadBody, NotFound};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const MAX_KEY_BYTES: usize = 128;

/// What a message is repeated by if it has no `messageId`.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "stands for the header in the OpenAPI document")]
struct RepeatKeyHeader {
    /// Names this message, if it has no `messageId`. Repeated, it repeats the answer and not the message.
    #[param(rename = "Idempotency-Key", nullable = false, min_length = 1, max_length = 128)]
    key: Option<String>,
}

/// Takes whatever a customer sends, and answers with what became of it (send).
#[utoipa::path(
    post,
    path = "/apiaccess/ccmessaging/send",
    operation_id = "send",
    tag = "Messages",
    params(RepeatKeyHeader),
    request_body = SendRequest,
    responses(
        (status = 200, description = "Done, or in `resultCode` why not.", body = ResultAnswer),
        BadBody,
        NotFound,
    ),
)]
pub async fn send(
    State(parts): State<Parts>,
    caller: CustomerCaller,
    headers: HeaderMap,
    MessagingJson(request): MessagingJson<SendRequest>,
) -> Result<Json<ResultAnswer>, MessagingError> {
    let result = take(&parts, &caller, &headers, &request).await?;
    Ok(Json(result.into()))
}

/// Takes whatever a customer sends, and answers only that it is safe (sendAsync).
#[utoipa::path(
    post,
    path = "/apiaccess/ccmessaging/sendAsync",
    operation_id = "sendAsync",
    tag = "Messages",
    params(RepeatKeyHeader),
    request_body = SendRequest,
    responses(
        (status = 200, description = "Done, or in `resultCode` why not.", body = ResultAnswer),
        BadBody,
        NotFound,
    ),
)]
pub async fn send_async(
    State(parts): State<Parts>,
    caller: CustomerCaller,
    headers: HeaderMap,
    MessagingJson(request): MessagingJson<SendRequest>,
) -> Result<Json<ResultAnswer>, MessagingError> {
    let result = take(&parts, &caller, &headers, &request).await?;
    let result = if result.is_success() { told::ACCEPTED_ASYNC } else { result };
    Ok(Json(result.into()))
}

async fn take(
    parts: &Parts,
    caller: &CustomerCaller,
    headers: &HeaderMap,
    request: &SendRequest,
) -> Result<Told, ApiError> {
    let sent = request.check()?;
    must_be_web(caller, Some(sent.channel))?;
    caller.must_be("from", Some(sent.from), caller.user.as_str())?;
    caller.must_be("to", Some(sent.to), caller.channel.id.as_str())?;
    let repeat = repeat_key(&sent, headers)?;
    match parts.run_once(caller.log, command(&sent), repeat).await {
        Ok(done) => Ok(told_of(sent.control_type, done.outcome)),
        Err(RunError::Refused(refusal)) => Ok(told_of_refusal(sent.control_type, refusal)),
        Err(error) => Err(error.into()),
    }
}

fn command(sent: &SentMessage<'_>) -> Command {
    let content = sent.content.map_or("", |content| content.0);
    match sent.control_type {
        ControlType::Connect => Command::Connect,
        ControlType::Chat => Command::Chat {
            message: CustomerMessage {
                media: core_media(sent.media_type),
                content: content.to_owned(),
                nickname: sent.sender_nickname.map(str::to_owned),
                avatar: sent.sender_avatar.map(str::to_owned),
                client_id: sent.message_id.map(str::to_owned),
            },
            answer: None,
        },
        ControlType::Trans2Agent => Command::TransferToAgent,
        ControlType::Input => Command::Typing,
        ControlType::Disconnect => Command::Disconnect,
        ControlType::Read => {
            let messages = content.split(',').map(str::trim).filter(|id| !id.is_empty());
            Command::ReadByCustomer { messages: messages.map(str::to_owned).collect() }
        }
    }
}

/// What the request can be repeated by: its `messageId`, else the `Idempotency-Key` header.
fn repeat_key(sent: &SentMessage<'_>, headers: &HeaderMap) -> Result<Option<RepeatKey>, ApiError> {
    let header = headers.get(IDEMPOTENCY_KEY).map(|value| value.to_str().unwrap_or_default());
    let key = match (sent.message_id, header) {
        (Some(id), _) => {
            debug_assert!(id.chars().count() <= MAX_MESSAGE_ID_CHARACTERS);
            format!("id:{id}")
        }
        (None, Some(key)) if (1..=MAX_KEY_BYTES).contains(&key.len()) => format!("key:{key}"),
        (None, Some(_)) => {
            let why = format!("must be text of 1 to {MAX_KEY_BYTES} bytes");
            return Err(FieldError::invalid("Idempotency-Key", why).into());
        }
        (None, None) => return Ok(None),
    };
    // Timestamp, nickname, avatar and user agent may differ when a client tries again.
    let compared = [
        sent.control_type.as_str(),
        sent.media_type.as_str(),
        sent.content.map_or("", |c| c.0),
        sent.to,
        sent.channel,
    ];
    let mut hasher = Sha256::new();
    for part in compared {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    Ok(Some(RepeatKey { key, fingerprint: hasher.finalize().into() }))
}

fn told_of(control: ControlType, outcome: Outcome) -> Told {
    match outcome {
        Outcome::WithRobot => told::CONNECTED_TO_ROBOT,
        Outcome::WithAgent => told::CONNECTED_TO_AGENT,
        Outcome::SentToRobot => told::SENT_TO_ROBOT,
        Outcome::SentToAgent => told::SENT_TO_AGENT,
        Outcome::Transferring => told::TRANSFERRED_TO_AGENT,
        Outcome::LeftRobot => told::DISCONNECTED_FROM_ROBOT,
        Outcome::LeftAgent => told::DISCONNECTED_FROM_AGENT,
        Outcome::Noted if control == ControlType::Read => told::READ_NOTED,
        Outcome::Noted => told::INPUT_NOTED,
    }
}

fn told_of_refusal(control: ControlType, refusal: Refusal) -> Told {
    let connecting = control == ControlType::Connect;
    match refusal {
        Refusal::NoSession if control == ControlType::Trans2Agent => told::SESSION_NOT_KEPT,
        Refusal::NoSession => told::SESSION_ENDED,
        Refusal::OutsideHours if connecting => told::CONNECT_OUTSIDE_WORKING_TIME,
        Refusal::OutsideHours => told::OUTSIDE_WORKING_TIME,
        Refusal::NoAgents => told::NO_AGENTS_AVAILABLE,
        Refusal::NotConfigured if connecting => told::NO_SESSION_SERVER,
        Refusal::NotConfigured => told::NO_CHANNEL_CONFIG,
        Refusal::AlreadyWithAgent => told::ALREADY_WITH_AGENT,
        // Nothing that a customer sends is refused for these.
        Refusal::NothingToRate | Refusal::NotTheAgents | Refusal::Fenced | Refusal::ToOneself => {
            told::NOT_SENT_TO_AGENT
        }
    }
}
