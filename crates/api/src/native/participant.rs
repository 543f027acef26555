//! Who takes part in a conversation beside the agent who has it.

use serde::{Deserialize, Serialize};

use super::conversation::Conversation;
use super::message::MAX_TEXT_CHARACTERS;
use crate::field::{self, FieldError};
use crate::named::named;
use crate::{Redacted, RedactedStr, Text};

named! {
    /// How somebody takes part in a conversation that an agent has.
    ParticipantMode {
        /// Reads everything and speaks to colleagues only.
        Consult = "consult",
        /// Speaks to the customer as well.
        Conference = "conference",
        /// Reads everything, and nobody else knows.
        Monitor = "monitor",
    }
}

named! {
    /// How a colleague can be asked in.
    InviteMode {
        /// To read everything and speak to colleagues only.
        Consult = "consult",
        /// To speak to the customer as well.
        Conference = "conference",
    }
}

named! {
    /// What the caller is in a conversation.
    ConversationRole {
        /// The caller has it.
        Holder = "holder",
        /// The caller is consulted.
        Consult = "consult",
        /// The caller speaks in it beside the agent who has it.
        Conference = "conference",
        /// The caller reads along in secret.
        Monitor = "monitor",
    }
}

/// Somebody who takes part in a conversation beside the agent who has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Participant {
    /// Who.
    #[cfg_attr(feature = "openapi", schema(example = "102"))]
    pub agent_id: String,
    /// Their name, if they still work here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "Kim"))]
    pub name: Option<String>,
    /// How. Only who monitors sees that they do.
    pub mode: ParticipantMode,
}

/// Body of `POST /api/v1/agent/conversations/{id}/participants`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InviteRequest {
    /// The colleague; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "102"))]
    pub agent_id: Option<Text>,
    /// How the colleague is to take part; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = InviteMode))]
    pub mode: Option<Text>,
}

impl InviteRequest {
    /// Whom to ask in, and how.
    pub fn check(&self) -> Result<(&str, InviteMode), FieldError> {
        let agent = field::identifier("agentId", self.agent_id.as_deref())?;
        Ok((agent, field::one_of("mode", self.mode.as_deref())?))
    }
}

/// Body of `POST /api/v1/agent/conversations/{id}/whisper`. The answer is the stored `Message`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WhisperRequest {
    /// What to say to the colleagues in the conversation, of at most 4,000 characters; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "Offer a refund."))]
    pub text: Option<Redacted>,
}

impl WhisperRequest {
    /// Checks presence and length.
    pub fn check(&self) -> Result<RedactedStr<'_>, FieldError> {
        let text = field::required("text", self.text.as_deref())?;
        field::at_most_characters("text", text, MAX_TEXT_CHARACTERS).map(RedactedStr)
    }
}

/// What an event of type `joined` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Joined {
    /// When.
    pub at: i64,
    /// The conversation.
    pub conversation_id: String,
    /// Who takes part from now on.
    #[serde(flatten)]
    pub participant: Participant,
    /// The agent who asked them in; absent if they came by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The conversation as it stands, if it is the reader of the feed who came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Conversation>,
}

/// What an event of type `left` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Left {
    /// When.
    pub at: i64,
    /// The conversation.
    pub conversation_id: String,
    /// Who takes part no longer, and how they did.
    #[serde(flatten)]
    pub participant: Participant,
    /// The agent who sent them away; absent if they left by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_asked_in_to_monitor() {
        let invite = |agent: &str, mode: &str| {
            let request = InviteRequest { agent_id: Some(agent.into()), mode: Some(mode.into()) };
            request.check().map(|(agent, mode)| format!("{agent} {mode}")).map_err(|error| error.to_string())
        };
        assert_eq!(invite("102", "consult"), Ok("102 consult".to_owned()));
        assert_eq!(invite("102", "monitor"), Err("`mode` must be one of consult, conference".to_owned()));
        assert_eq!(invite("", "consult"), Err("`agentId` is empty".to_owned()));
    }

    #[test]
    fn a_whisper_has_something_to_say_and_shows_it_to_no_log() {
        let whisper = |text: &str| WhisperRequest { text: Some(text.into()) };
        assert!(whisper("psst").check().is_ok());
        assert!(whisper(&"x".repeat(4_001)).check().is_err());
        assert!(WhisperRequest::default().check().is_err());
        assert!(!format!("{:?}", whisper("psst")).contains("psst"));
    }
}
