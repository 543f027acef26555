//! Conversations as agents see them.

use serde::{Deserialize, Serialize};

use std::collections::BTreeMap;

use super::label::{Priority, checked_tag};
use super::message::Message;
use super::participant::{ConversationRole, Participant};
use crate::field::{self, FieldError, FieldProblem};
use crate::named::named;
use crate::{Redacted, Text};

/// Query of `GET /api/v1/agent/conversations`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct ConversationQuery {
    /// Which ones: absent for those that the caller holds or takes part in, `waiting`, `all`, or `ended`.
    #[cfg_attr(feature = "openapi", param(value_type = Option<ConversationScope>))]
    pub scope: Option<Text>,
    /// Only those with this tag.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "refund"))]
    pub tag: Option<Text>,
    /// Only those with this priority.
    #[cfg_attr(feature = "openapi", param(value_type = Option<Priority>))]
    pub priority: Option<Text>,
    /// Only those with this disposition.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "solved"))]
    pub disposition: Option<Text>,
}

/// A [`ConversationQuery`] whose values fit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ConversationWish<'a> {
    /// Which conversations.
    pub scope: ConversationScope,
    /// With this tag.
    pub tag: Option<&'a str>,
    /// With this priority.
    pub priority: Option<Priority>,
    /// With this disposition.
    pub disposition: Option<&'a str>,
}

named! {
    /// Which conversations are listed.
    #[derive(Default)]
    ConversationScope {
        /// The open ones that the caller holds or takes part in.
        #[default]
        Mine = "mine",
        /// Those that wait in a queue, longest-waiting first.
        Waiting = "waiting",
        /// All open ones of the tenant.
        All = "all",
        /// Those that have ended, the one opened last first.
        Ended = "ended",
    }
}

impl ConversationQuery {
    /// What is asked for; no scope means the caller's own.
    pub fn check(&self) -> Result<ConversationWish<'_>, FieldError> {
        let scope = match field::optional(self.scope.as_deref()) {
            None => ConversationScope::default(),
            scope => field::one_of("scope", scope)?,
        };
        let tag = field::optional(self.tag.as_deref()).map(|tag| checked_tag("tag", tag));
        let priority = field::optional(self.priority.as_deref());
        Ok(ConversationWish {
            scope,
            tag: tag.transpose()?,
            priority: priority.map(|name| field::one_of("priority", Some(name))).transpose()?,
            disposition: field::optional_identifier("disposition", self.disposition.as_deref())?,
        })
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
    /// What the caller is in it; absent if the caller has nothing to do with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<ConversationRole>,
    /// Who takes part beside the agent who has it; absent if nobody does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<Participant>,
    /// Whether it goes on.
    pub state: ConversationState,
    /// When it began, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(example = 1_619_590_480_756_i64))]
    pub opened_at: i64,
    /// Since when it has waited in a queue, in milliseconds since 1970; absent if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<i64>,
    /// When it ended, in milliseconds since 1970; absent while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<i64>,
    /// What agents have tagged it with, in alphabetical order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(example = json!(["refund"])))]
    pub tags: Vec<String>,
    /// How urgent it is; absent if it is normal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// What agents or their systems keep with it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, String>, example = json!({"order": "4711"})))]
    pub attributes: BTreeMap<String, Redacted>,
    /// What came of it: one of the tenant's list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "solved"))]
    pub disposition: Option<String>,
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

/// Body of `POST /api/v1/agent/conversations/{id}/transfer`: exactly one of the three.
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
    /// The channel's robot gets the conversation.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub robot: bool,
}

/// Where a conversation is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferTarget<'a> {
    /// Into this skill queue.
    Queue(&'a str),
    /// To this agent.
    Agent(&'a str),
    /// To the channel's robot.
    Robot,
}

impl TransferRequest {
    /// The target; giving none or several is an error.
    pub fn check(&self) -> Result<TransferTarget<'_>, FieldError> {
        let queue = field::optional_identifier("queue", self.queue.as_deref())?;
        let agent = field::optional_identifier("agentId", self.agent_id.as_deref())?;
        match (queue, agent, self.robot) {
            (Some(queue), None, false) => Ok(TransferTarget::Queue(queue)),
            (None, Some(agent), false) => Ok(TransferTarget::Agent(agent)),
            (None, None, true) => Ok(TransferTarget::Robot),
            (None, None, false) => Err(FieldError { field: "queue", problem: FieldProblem::Missing }),
            (Some(_), Some(_), _) => {
                Err(FieldError::invalid("queue", "must not be given together with `agentId`"))
            }
            (_, _, true) => Err(FieldError::invalid("robot", "must be given alone")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_has_one_target() {
        let to = |queue: Option<&str>, agent: Option<&str>, robot: bool| {
            let request =
                TransferRequest { queue: queue.map(Text::from), agent_id: agent.map(Text::from), robot };
            match request.check() {
                Ok(TransferTarget::Queue(name)) => format!("queue {name}"),
                Ok(TransferTarget::Agent(id)) => format!("agent {id}"),
                Ok(TransferTarget::Robot) => "robot".to_owned(),
                Err(error) => error.to_string(),
            }
        };
        let transfer = |queue, agent| to(queue, agent, false);
        assert_eq!(to(None, None, true), "robot");
        assert_eq!(to(None, Some("102"), true), "`robot` must be given alone");
        assert_eq!(transfer(Some("support"), None), "queue support");
        assert_eq!(transfer(Some(""), Some("102")), "agent 102");
        assert_eq!(transfer(None, None), "`queue` is missing");
        assert_eq!(
            transfer(Some("support"), Some("102")),
            "`queue` must not be given together with `agentId`"
        );
    }
}
