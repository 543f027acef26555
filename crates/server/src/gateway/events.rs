//! The feed's events in the gateway's words.

use frontdesk_api::Redacted;
use frontdesk_api::agentgateway::WEB_CHAT;
use frontdesk_api::agentgateway::event::{
    CallContent, CustomerContent, Event, EventContent, EventType, MessageContent, ReasonContent,
};
use frontdesk_api::agentgateway::media_call::MessageObject;
use frontdesk_api::messaging::enums::MediaType;
use frontdesk_api::native::feed::{FeedEvent, OfferEnd, ReleaseReason, Written};
use frontdesk_api::native::message::{AuthorKind, Message};
use frontdesk_core::port::{ConversationRow, Declaration, DeskChange, GatewayDesk};
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::seal::Sealed;
use frontdesk_core::time::Timestamp;

use super::{Desk, State, is_talking};
use crate::deliver::CHANNEL_TYPE;
use crate::error::ApiError;
use crate::parts::Parts;
use crate::work::{self, Answered};

/// The fields of an event and of a message, in the order of the page's sample.
const EVENT_KEYS: [&str; 3] = ["eventType", "workNo", "content"];
const MESSAGE_KEYS: [&str; 7] = ["callid", "caller", "called", "feature", "type", "message", "mediaAbility"];
/// Text, among the media that calls can have.
const TEXT: &str = "5";
/// The only call that an agent and a customer have.
const MAIN: &str = "main";

impl Desk {
    /// What the desk is told of what the feed tells. Who is offered is taken at once, if the desk wants that.
    pub(super) async fn translate(
        &self,
        parts: &Parts,
        events: Vec<FeedEvent>,
    ) -> Result<Vec<Event>, ApiError> {
        let mut told = Vec::new();
        let row = parts.store.gateway_desk(&self.tenant, &self.agent).await?;
        let Some(row) = row.filter(|_| !events.is_empty()) else { return Ok(told) };
        let mut may_differ = false;
        for event in events {
            let at = Timestamp::from_millis(at(&event).unwrap_or_else(|| parts.clock.now().as_millis()));
            match event {
                FeedEvent::Offered(offer) => {
                    told.extend(self.offered(parts, &row, &offer.conversation_id, at).await?);
                }
                FeedEvent::OfferEnded(end) => {
                    let call = call(parts, &end.conversation_id).await?;
                    let kind = match end.reason {
                        // The conversation follows.
                        OfferEnd::AcceptedElsewhere => continue,
                        OfferEnd::TimedOut => EventType::NoAnswer,
                        OfferEnd::Declined | OfferEnd::Withdrawn => EventType::CallRelease,
                    };
                    told.extend(call.map(|call| self.event(kind, call_id(&call), at)));
                    may_differ = true;
                }
                FeedEvent::Assigned(assigned) => {
                    let Some(call) = call(parts, &assigned.conversation_id).await? else { continue };
                    self.knows(Some(State::Talking));
                    told.push(self.event(EventType::Busy, EventContent::Nothing, at));
                    told.push(self.event(EventType::Talking, EventContent::Call(coming(&call)), at));
                }
                FeedEvent::Message(written) => told.extend(self.message(parts, &written, at).await?),
                FeedEvent::Released(released) => {
                    if matches!(released.reason, ReleaseReason::Left | ReleaseReason::Removed) {
                        // The agent took part beside a colleague, of which such a desk knows nothing.
                        continue;
                    }
                    let call = call(parts, &released.conversation_id).await?;
                    told.extend(call.map(|call| self.event(EventType::CallRelease, call_id(&call), at)));
                    may_differ = true;
                }
                FeedEvent::Ended(ended) => {
                    let Some(call) = call(parts, &ended.conversation_id).await? else { continue };
                    if call.served_by.as_ref() != Some(&self.agent) {
                        continue;
                    }
                    let gone = CustomerContent {
                        callid: call.call.to_string(),
                        number: call.customer.user.to_string(),
                    };
                    told.push(self.event(EventType::CustomerRelease, EventContent::Customer(gone), at));
                    told.push(self.event(EventType::CallRelease, call_id(&call), at));
                    may_differ = true;
                }
                FeedEvent::State(_) => may_differ = true,
                // Of these such a desk knows nothing.
                FeedEvent::Joined(_)
                | FeedEvent::Left(_)
                | FeedEvent::Whisper(_)
                | FeedEvent::Note(_)
                | FeedEvent::Mentioned(_)
                | FeedEvent::Labelled(_)
                | FeedEvent::Read(_)
                | FeedEvent::Typing(_)
                | FeedEvent::Reminder(_)
                | FeedEvent::Queue(_)
                | FeedEvent::Sla(_)
                | FeedEvent::Ticket(_) => {}
            }
        }
        if may_differ {
            self.wrap_up(parts, &row).await?;
            told.extend(self.changed_state(parts).await?);
        }
        Ok(told)
    }

    async fn offered(
        &self,
        parts: &Parts,
        row: &GatewayDesk,
        conversation: &str,
        at: Timestamp,
    ) -> Result<Option<Event>, ApiError> {
        let Some(call) = call(parts, conversation).await? else { return Ok(None) };
        let kind = if row.auto_answer {
            match work::accept(parts, call.log, &self.agent).await? {
                Answered::Done => EventType::AutoAnswer,
                // The customer is gone, or a colleague has them.
                Answered::NotOffered | Answered::Refused(_) => return Ok(None),
            }
        } else {
            EventType::Ringing
        };
        let content = CallContent {
            transfer: Some("no".to_owned()),
            transfrom: Some(String::new()),
            media_type: Some(WEB_CHAT),
            ..coming(&call)
        };
        Ok(Some(self.event(kind, EventContent::Call(content), at)))
    }

    /// What a customer said. What the agent says is not told: such a desk knows that it has sent it.
    async fn message(
        &self,
        parts: &Parts,
        written: &Written,
        at: Timestamp,
    ) -> Result<Option<Event>, ApiError> {
        if written.message.author.kind != AuthorKind::Customer {
            return Ok(None);
        }
        let Some(call) = call(parts, &written.conversation_id).await? else { return Ok(None) };
        if call.participants.iter().any(|other| other.agent == self.agent) {
            return Ok(None);
        }
        let content = MessageContent {
            callid: call.call.to_string(),
            caller: call.customer.user.to_string(),
            called: call.customer.channel.to_string(),
            feature: 0,
            kind: MAIN.to_owned(),
            message: words(parts, &call, &written.message)?,
            media_ability: TEXT.to_owned(),
            json_key: MESSAGE_KEYS.map(str::to_owned).into(),
        };
        let event = self.event(EventType::MessageData, EventContent::Message(content), at);
        Ok(Some(Event { json_key: EVENT_KEYS.map(str::to_owned).into(), ..event }))
    }

    /// An agent who is not free at once after a conversation finishes something first.
    pub(super) async fn wrap_up(&self, parts: &Parts, row: &GatewayDesk) -> Result<(), ApiError> {
        let was_talking = self.known_state() == Some(State::Talking);
        if row.auto_idle || !was_talking || is_talking(parts, &self.tenant, &self.agent).await? {
            return Ok(());
        }
        self.begin_wrap_up(parts).await
    }

    /// The agent finishes something, if they would get customers otherwise.
    pub async fn begin_wrap_up(&self, parts: &Parts) -> Result<(), ApiError> {
        let states = parts.store.agent_states(&self.tenant, std::slice::from_ref(&self.agent)).await?;
        if states.first().is_none_or(|state| state.status != AgentStatus::Online) {
            return Ok(());
        }
        parts.store.change_gateway_desk(&self.tenant, &self.agent, DeskChange::InWrapUp(true)).await?;
        let declaration =
            Declaration { status: AgentStatus::Busy, reason: None, heard: Some(parts.clock.now()) };
        parts.store.declare(&self.tenant, &self.agent, declaration).await?;
        Ok(())
    }
}

/// Why an agent rests, as the page has it.
pub fn rest(reason: Option<String>) -> EventContent {
    EventContent::Reason(ReasonContent { reason: reason.unwrap_or_else(|| "0".to_owned()) })
}

fn call_id(call: &ConversationRow) -> EventContent {
    EventContent::CallId(call.call.to_string())
}

fn coming(call: &ConversationRow) -> CallContent {
    CallContent {
        caller: call.customer.user.to_string(),
        called: call.customer.channel.to_string(),
        callid: call.call.to_string(),
        feature: "0".to_owned(),
        kind: MAIN.to_owned(),
        media_ability: TEXT.to_owned(),
        transfer: None,
        transfrom: None,
        media_type: None,
    }
}

/// The conversation that the feed names.
async fn call(parts: &Parts, id: &str) -> Result<Option<ConversationRow>, ApiError> {
    let (log, number) = parts.sealer.open(Sealed::Conversation, id).ok_or(ApiError::Internal)?;
    Ok(parts.store.conversation(log, number).await?)
}

/// A text as it is; anything else, or every message if it is so configured, as JSON in a string.
fn words(parts: &Parts, call: &ConversationRow, message: &Message) -> Result<Redacted, ApiError> {
    if message.media_type == MediaType::Text && !parts.settings.agent_gateway_json_messages {
        return Ok(message.content.clone());
    }
    let between = (call.customer.user.as_str(), call.customer.channel.as_str());
    let object =
        MessageObject::of_customer(between, CHANNEL_TYPE, message.media_type, &message.id, &message.content);
    serde_json::to_string(&object).map(Redacted::from).map_err(|_| ApiError::Internal)
}

/// When an event happened, of those that are told.
fn at(event: &FeedEvent) -> Option<i64> {
    Some(match event {
        FeedEvent::Offered(event) => event.at,
        FeedEvent::OfferEnded(event) => event.at,
        FeedEvent::Assigned(event) => event.at,
        FeedEvent::Message(event) => event.at,
        FeedEvent::Released(event) => event.at,
        FeedEvent::Ended(event) => event.at,
        _ => return None,
    })
}
