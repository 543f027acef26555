//! What a customer sends: from the wire to a command, and what became of it back to the wire.

use frontdesk_api::FieldError;
use frontdesk_api::messaging::enums::ControlType;
use frontdesk_api::messaging::result::{Outcome as Told, send as told};
use frontdesk_api::messaging::send::{MAX_MESSAGE_ID_CHARACTERS, SendRequest, SentMessage};
use frontdesk_api::named::Named as _;
use frontdesk_core::conversation::{Command, CustomerMessage, Outcome, Refusal};
use frontdesk_core::masking::Masker;

use crate::deliver::{CHANNEL_TYPE, core_media};
use crate::engine::{RepeatKey, RunError};
use crate::error::ApiError;
use crate::extract::CustomerCaller;
use crate::hub::Side;
use crate::parts::Parts;

const MAX_KEY_BYTES: usize = 128;

/// Takes whatever a customer sends, and says what became of it. `key` is what the request can be repeated by if it has
/// no message id.
pub async fn take(
    parts: &Parts,
    caller: &CustomerCaller,
    key: Option<&str>,
    request: &SendRequest,
) -> Result<Told, ApiError> {
    let sent = request.check()?;
    caller.must_be("channel", Some(sent.channel), CHANNEL_TYPE)?;
    caller.must_be("from", Some(sent.from), caller.user.as_str())?;
    caller.must_be("to", Some(sent.to), caller.channel.id.as_str())?;
    // Leaving is allowed to everybody.
    if sent.control_type != ControlType::Disconnect && parts.blocks.keep_out(caller.log, parts.clock.now()) {
        return Ok(told::BLOCKED);
    }
    let repeat = repeat_key(&caller.tenant.masker, &sent, key)?;
    match parts.run_once(caller.log, command(&sent), repeat).await {
        Ok(done) => {
            if sent.control_type == ControlType::Input {
                parts.hub.typing(caller.log, Side::Customer, parts.clock.now());
            }
            Ok(told_of(sent.control_type, done.outcome))
        }
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
                masked: false,
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
fn repeat_key(
    masker: &Masker,
    sent: &SentMessage<'_>,
    key: Option<&str>,
) -> Result<Option<RepeatKey>, ApiError> {
    let key = match (sent.message_id, key) {
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
    let content = masker.compared(sent.content.map_or("", |content| content.0));
    let compared = [sent.control_type.as_str(), sent.media_type.as_str(), &content, sent.to, sent.channel];
    Ok(Some(RepeatKey::new(key, &compared)))
}

fn told_of(control: ControlType, outcome: Outcome) -> Told {
    match outcome {
        Outcome::WithRobot => told::CONNECTED_TO_ROBOT,
        Outcome::WithAgent => told::CONNECTED_TO_AGENT,
        Outcome::SentToRobot => told::SENT_TO_ROBOT,
        Outcome::SentToAgent => told::SENT_TO_AGENT,
        Outcome::Transferring => told::TRANSFERRED_TO_AGENT,
        // Whatever else the customer was told: that no agent was had is what their client goes by.
        Outcome::NobodyToBeHad => told::NO_AGENTS_AVAILABLE,
        Outcome::OutsideHours if control == ControlType::Connect => told::CONNECT_OUTSIDE_WORKING_TIME,
        Outcome::OutsideHours => told::OUTSIDE_WORKING_TIME,
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
        // The pages have no code for a full queue.
        Refusal::NoAgents | Refusal::QueueFull => told::NO_AGENTS_AVAILABLE,
        Refusal::NotConfigured if connecting => told::NO_SESSION_SERVER,
        Refusal::NotConfigured => told::NO_CHANNEL_CONFIG,
        Refusal::AlreadyWithAgent => told::ALREADY_WITH_AGENT,
        // Nothing that a customer sends is refused for these.
        Refusal::SurveyOver
        | Refusal::NothingToRate
        | Refusal::NotTheAgents
        | Refusal::Fenced
        | Refusal::ToOneself
        | Refusal::DispositionRequired
        | Refusal::UnknownDisposition
        | Refusal::TooManyAttributes
        | Refusal::Newer
        | Refusal::NoRobot
        | Refusal::NotWithAgent
        | Refusal::AlreadyTakesPart
        | Refusal::NotInvited
        | Refusal::TooManyParticipants => told::NOT_SENT_TO_AGENT,
    }
}
