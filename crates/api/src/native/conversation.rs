//! Conversations as agents see them.

use serde::{Deserialize, Serialize};

use super::message::Message;
use super::sla::SlaClock;
use crate::Text;
use crate::field::{self, FieldError, FieldProblem};
use crate::named::named;

/// Query of `GET /api/v1/agent/conversations`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct ConversationQuery {
    /// Which ones: absent for those that the caller holds, `waiting`, or `all`.
    #[cfg_attr(feature = "openapi", param(value_type = Option<ConversationScope>))]
    pub scope: Option<Text>,
}

named! {
    /// Which conversations are listed.
    #[derive(Default)]
    ConversationScope {
        /// The open ones that the caller holds.
        #[default]
        Mine = "mine",
        /// Those that wait in a queue, longest-waiting first.
        Waiting = "waiting",
        /// All open ones of the tenant.
        All = "all",
    }
}

impl ConversationQuery {
    /// The scope asked for; none means the caller's own.
    pub fn check(&self) -> Result<ConversationScope, FieldError> {
        match field::optional(self.scope.as_deref()) {
            None => Ok(ConversationScope::default()),
            scope => field::one_of("scope", scope),
        }
    }
}

/// Answer of `GET /api/v1/agent/conversations`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConversationList {
    /// The conversations.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub conversations: Vec<Conversation>,
}

/// One conversation: from a customer's `CONNECT` to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conversation {
    /// Unique id, which the paths of this API name it by.
    pub id: String,
    /// The `callId` that the customer's interfaces name it by: `{epoch seconds}-{number}`.
    #[cfg_attr(feature = "openapi", schema(example = "1619590480-16800000"))]
    pub call_id: String,
    /// The channel's type.
    #[cfg_attr(feature = "openapi", schema(example = "WEB"))]
    pub channel: String,
    /// The channel's Configuration ID.
    #[cfg_attr(feature = "openapi", schema(example = "1011577355744904195"))]
    pub channel_id: String,
    /// The customer.
    pub customer: Customer,
    /// Who has it.
    pub control: Control,
    /// The skill queue, while it waits in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "support"))]
    pub queue: Option<String>,
    /// The agent, while one has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "101"))]
    pub agent_id: Option<String>,
    /// Whether it goes on.
    pub state: ConversationState,
    /// When it began, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(example = 1_619_590_480_756_i64))]
    pub opened_at: i64,
    /// Since when it has waited in a queue, in milliseconds since 1970; absent if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<i64>,
    /// What the customer was promised, and how it stands with it; absent if nothing was, or it is over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sla: Vec<SlaClock>,
    /// When it ended, in milliseconds since 1970; absent while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<i64>,
    /// Its newest message, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message: Option<Message>,
}

/// The customer of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Customer {
    /// The id that the integrator chose.
    #[cfg_attr(feature = "openapi", schema(example = "u-77"))]
    pub user_id: String,
    /// Display name.
    #[cfg_attr(feature = "openapi", schema(example = "Ann"))]
    pub name: String,
    /// Language, as the client gave it.
    #[cfg_attr(feature = "openapi", schema(example = "en_US"))]
    pub locale: String,
}

named! {
    /// Who has control of a conversation; never two at once.
    Control {
        /// The robot answers.
        Robot = "robot",
        /// It waits in a queue.
        Queue = "queue",
        /// An agent answers.
        Agent = "agent",
        /// Nobody: it has ended.
        Closed = "closed",
    }
}

named! {
    /// Whether a conversation goes on.
    ConversationState {
        /// It goes on.
        Open = "open",
        /// It has ended.
        Ended = "ended",
    }
}

/// Body of `POST /api/v1/agent/conversations/{id}/transfer`: exactly one of the two.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransferRequest {
    /// The skill queue that gets the conversation.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "support"))]
    pub queue: Option<Text>,
    /// The agent who gets the conversation.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub agent_id: Option<Text>,
}

/// Where a conversation is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferTarget<'a> {
    /// Into this skill queue.
    Queue(&'a str),
    /// To this agent.
    Agent(&'a str),
}

impl TransferRequest {
    /// The target; giving none or both is an error.
    pub fn check(&self) -> Result<TransferTarget<'_>, FieldError> {
        let queue = field::optional_identifier("queue", self.queue.as_deref())?;
        let agent = field::optional_identifier("agentId", self.agent_id.as_deref())?;
        match (queue, agent) {
            (Some(queue), None) => Ok(TransferTarget::Queue(queue)),
            (None, Some(agent)) => Ok(TransferTarget::Agent(agent)),
            (None, None) => Err(FieldError { field: "queue", problem: FieldProblem::Missing }),
            (Some(_), Some(_)) => {
                Err(FieldError::invalid("queue", "must not be given together with `agentId`"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_has_one_target() {
        let transfer = |queue: Option<&str>, agent: Option<&str>| {
            let request = TransferRequest { queue: queue.map(Text::from), agent_id: agent.map(Text::from) };
            match request.check() {
                Ok(TransferTarget::Queue(name)) => format!("queue {name}"),
                Ok(TransferTarget::Agent(id)) => format!("agent {id}"),
                Err(error) => error.to_string(),
            }
        };
        assert_eq!(transfer(Some("support"), None), "queue support");
        assert_eq!(transfer(Some(""), Some("102")), "agent 102");
        assert_eq!(transfer(None, None), "`queue` is missing");
        assert_eq!(
            transfer(Some("support"), Some("102")),
            "`queue` must not be given together with `agentId`"
        );
    }
}
