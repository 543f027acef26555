//! What an agent's desk is told as it happens: `GET /api/v1/agent/feed`.

use serde::{Deserialize, Serialize};

use super::agent::AgentStatus;
use super::conversation::{Control, Conversation};
use super::label::ConversationPatch;
use super::message::{AuthorKind, Message};
use super::note::Note;
use super::participant::{Joined, Left};
use super::presence::AfterCallWork;
use super::sla::{SlaNews, SlaTarget};
use super::ticket::TicketState;
use crate::Text;
use crate::field::{self, FieldError};
use crate::named::named;

/// Longest hold that a desk may ask for, in seconds; more is cut to this.
pub const MAX_WAIT_SECONDS: u64 = 55;
/// Longest cursor, in bytes: it holds a position for each conversation held.
pub const MAX_CURSOR_BYTES: usize = 2_048;

/// Query of `GET /api/v1/agent/feed`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct FeedQuery {
    /// Where to go on: the last answer's cursor. Absent or empty: from now on.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub cursor: Option<Text>,
    /// Hold for up to this many seconds, 0 to 55; more is cut to 55.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 25))]
    pub wait: Option<Text>,
}

/// A [`FeedQuery`] whose values have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedWish<'a> {
    /// Where to go on, if given.
    pub cursor: Option<&'a str>,
    /// How long to hold, in seconds, if asked for: at most [`MAX_WAIT_SECONDS`].
    pub wait_seconds: Option<u64>,
}

impl FeedQuery {
    /// Reads the values.
    pub fn check(&self) -> Result<FeedWish<'_>, FieldError> {
        let wait = self.wait.as_deref().map(|text| field::natural("wait", Some(text))).transpose()?;
        let cursor = field::optional(self.cursor.as_deref());
        Ok(FeedWish {
            cursor: cursor.map(|text| field::at_most_bytes("cursor", text, MAX_CURSOR_BYTES)).transpose()?,
            wait_seconds: wait.map(|seconds| seconds.min(MAX_WAIT_SECONDS)),
        })
    }
}

/// Answer of `GET /api/v1/agent/feed`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedAnswer {
    /// What to present next. It takes nothing away from another tab.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub cursor: String,
    /// What happened since, oldest first; empty if nothing did.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub events: Vec<FeedEvent>,
}

/// Something that concerns the agent. `type` tells the kinds apart; `at` is in milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FeedEvent {
    /// The agent got a conversation.
    Assigned(Box<Assigned>),
    /// The agent no longer has a conversation that goes on, or takes part in it no longer.
    Released(Released),
    /// The agent is asked to take a conversation.
    Offered(Box<Offered>),
    /// The agent is no longer asked to take a conversation.
    OfferEnded(OfferEnded),
    /// Somebody takes part, beside the agent who has it, in a conversation of the agent's: the agent, or a colleague.
    Joined(Box<Joined>),
    /// A colleague takes part in a conversation of the agent's no longer.
    Left(Left),
    /// Somebody wrote in a conversation that the agent holds or takes part in.
    Message(Written),
    /// Somebody said something to the colleagues in such a conversation; the customer does not see it.
    Whisper(Written),
    /// An agent noted something about a conversation that the agent holds.
    Note(Noted),
    /// A note mentions the agent.
    Mentioned(Box<Mentioned>),
    /// Somebody changed what is on a conversation that the agent holds.
    Labelled(Labelled),
    /// The customer read messages.
    Read(ReadNotice),
    /// The customer is typing.
    Typing(Typing),
    /// The agent has not answered the customer for long.
    Reminder(Reminder),
    /// Who waits in a queue that the agent may look at has changed; its list is worth reading again. At most once a
    /// second for each queue.
    Queue(QueueChange),
    /// What the customer was promised is missed, or about to be.
    Sla(SlaNotice),
    /// A message that a customer left has been taken up, or done with.
    Ticket(TicketNotice),
    /// A conversation that the agent held or took part in has ended.
    Ended(Ended),
    /// The agent's own status or load has changed.
    State(StateChange),
}

/// What an event of type `assigned` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Assigned {
    /// When.
    pub at: i64,
    /// The conversation.
    pub conversation_id: String,
    /// The conversation as it stands.
    pub conversation: Conversation,
}

/// What an event of type `released` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Released {
    /// When.
    pub at: i64,
    /// The conversation.
    pub conversation_id: String,
    /// Who has it now.
    pub control: Control,
    /// Why it is the agent's no longer.
    pub reason: ReleaseReason,
}

/// What an event of type `offered` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Offered {
    /// When.
    pub at: i64,
    /// The conversation.
    pub conversation_id: String,
    /// The conversation as it stands.
    pub conversation: Conversation,
    /// Until when the agent may accept, in milliseconds since 1970.
    pub until: i64,
}

/// What an event of type `offerEnded` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfferEnded {
    /// When.
    pub at: i64,
    /// The conversation.
    pub conversation_id: String,
    /// Why.
    pub reason: OfferEnd,
}

named! {
    /// Why an agent is no longer asked to take a conversation.
    OfferEnd {
        /// The agent accepted, at this desk or another; the conversation follows with `assigned`.
        AcceptedElsewhere = "acceptedElsewhere",
        /// The agent rejected it.
        Declined = "declined",
        /// The agent did not answer in time, and is `away` from then on.
        TimedOut = "timedOut",
        /// The customer is gone.
        Withdrawn = "withdrawn",
    }
}

named! {
    /// Why a conversation that goes on is no longer an agent's.
    ReleaseReason {
        /// It was passed on.
        Transferred = "transferred",
        /// A supervisor took it.
        TakenOver = "takenOver",
        /// The agent left it, having taken part in it.
        Left = "left",
        /// The agent who has it sent them away.
        Removed = "removed",
        /// No desk of the agent's was heard of: the customer was given back to the queue.
        ConnectionLost = "connectionLost",
    }
}

/// What an event of type `message` or `whisper` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Written {
    /// When.
    pub at: i64,
    /// The conversation.
    pub conversation_id: String,
    /// The message.
    pub message: Message,
}

/// What an event of type `reminder` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reminder {
    /// When.
    pub at: i64,
    /// The conversation in which the customer waits for an answer.
    pub conversation_id: String,
}

/// What an event of type `note` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Noted {
    /// When.
    pub at: i64,
    /// The conversation.
    pub conversation_id: String,
    /// The note.
    pub note: Note,
}

/// What an event of type `mentioned` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mentioned {
    /// When.
    pub at: i64,
    /// The conversation, which the agent may see from now on.
    pub conversation_id: String,
    /// The conversation as it stands.
    pub conversation: Conversation,
    /// The note.
    pub note: Note,
}

/// What an event of type `labelled` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Labelled {
    /// When.
    pub at: i64,
    /// The conversation.
    pub conversation_id: String,
    /// The agent who did it.
    pub agent_id: String,
    /// What became different, as a JSON merge patch.
    pub changes: ConversationPatch,
}

/// What an event of type `read` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadNotice {
    /// When.
    pub at: i64,
    /// The conversation.
    pub conversation_id: String,
    /// The messages that were read.
    pub message_ids: Vec<String>,
}

/// What an event of type `typing` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Typing {
    /// When.
    pub at: i64,
    /// The conversation.
    pub conversation_id: String,
}

/// What an event of type `queue` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueueChange {
    /// When it was looked up.
    pub at: i64,
    /// The queue.
    pub queue: String,
    /// How many wait in it now; who is offered to an agent waits.
    pub waiting: u32,
    /// Since when the one waits who has waited longest, in milliseconds since 1970; absent if nobody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_since: Option<i64>,
}

/// What an event of type `sla` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SlaNotice {
    /// When it was noted.
    pub at: i64,
    /// The conversation.
    pub conversation_id: String,
    /// The policy that promises it.
    pub policy: String,
    /// What was promised.
    pub target: SlaTarget,
    /// What is told of it.
    pub what: SlaNews,
    /// When it is, or was, due.
    pub due: i64,
}

/// What an event of type `ticket` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketNotice {
    /// When it changed.
    pub at: i64,
    /// The ticket.
    pub ticket_id: String,
    /// The queue whose agents see to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// How far it is now.
    pub state: TicketState,
    /// Who sees, or saw, to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
}

/// What an event of type `ended` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ended {
    /// When.
    pub at: i64,
    /// The conversation.
    pub conversation_id: String,
    /// Who ended it; the system stands for a time-out.
    pub by: AuthorKind,
    /// Why.
    pub reason: EndReason,
}

named! {
    /// Why a conversation ended.
    EndReason {
        /// The customer or the agent ended it.
        Closed = "closed",
        /// The customer's client was silent for too long.
        SessionTimeout = "sessionTimeout",
        /// The customer wrote nothing for too long.
        InactivityTimeout = "inactivityTimeout",
        /// Nobody took it out of the queue in time.
        QueueTimeout = "queueTimeout",
        /// Nobody could be had: the customer was asked to leave a message.
        MessageAsked = "messageAsked",
    }
}

/// What an event of type `state` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StateChange {
    /// When.
    pub at: i64,
    /// The agent's status.
    pub status: AgentStatus,
    /// Why, if it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How much of the capacity is in use: conversations by their channels' weights, offers and after-call work.
    pub held: u64,
    /// How much the agent may hold at once.
    pub capacity: u64,
    /// Ended conversations whose room stays taken for a while, earliest end first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after_call_work: Vec<AfterCallWork>,
}
