//! Messages as agents see them.

use serde::{Deserialize, Serialize};

use crate::field::{self, FieldError};
use crate::messaging::enums::MediaType;
use crate::messaging::send::MAX_MESSAGE_ID_CHARACTERS;
use crate::named::named;
use crate::{Integer, Redacted, RedactedStr, Text};

/// Longest text that any channel lets an agent send, in characters; most channels allow 500.
pub const MAX_TEXT_CHARACTERS: usize = 4_000;

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// Unique id; the `messageCode` that the customer sees.
    pub id: String,
    /// The entry's number in the customer's log; grows, with holes.
    #[cfg_attr(feature = "openapi", schema(example = 12))]
    pub seq: u64,
    /// When it was stored, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(example = 1_619_590_480_756_i64))]
    pub at: i64,
    /// Who wrote it.
    pub author: Author,
    /// What the content is.
    pub media_type: MediaType,
    /// The text, or the file's key for `GET /api/v1/files/{key}`.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "Where is my order?"))]
    pub content: Redacted,
    /// The file's name, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "invoice.pdf"))]
    pub file_name: Option<String>,
    /// The file's type, such as `png`, if the content is a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "pdf"))]
    pub file_type: Option<String>,
    /// The file's size in bytes, if the content is a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 26_964))]
    pub file_size: Option<u64>,
    /// Questions that the robot offered with its answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub similar_questions: Vec<Redacted>,
    /// It was said to colleagues only; no customer sees it. Absent otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whisper: bool,
    /// Something in the content was masked before it was stored. Absent otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub masked: bool,
}

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Author {
    /// Which side.
    pub kind: AuthorKind,
    /// The customer's or the agent's id; absent for robot and system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "u-77"))]
    pub id: Option<String>,
    /// Display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "Ann"))]
    pub name: Option<String>,
}

named! {
    /// The sides of a conversation.
    AuthorKind {
        /// The customer.
        Customer = "customer",
        /// The robot.
        Robot = "robot",
        /// An agent.
        Agent = "agent",
        /// The server itself.
        System = "system",
    }
}

/// Answer of `GET /api/v1/agent/conversations/{id}/messages`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageList {
    /// The messages, oldest first.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub messages: Vec<Message>,
}

/// Body of `POST /api/v1/agent/conversations/{id}/messages`. The answer is the stored `Message`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SendMessageRequest {
    /// What the content is; mandatory: `TEXT`, `IMAGE`, `AUDIO`, `VIDEO`, `LOCATE` or `DOCUMENT`.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = MediaType, example = "TEXT"))]
    pub media_type: Option<Text>,
    /// The text, of as many characters as the channel allows (500, at most 4,000), or a file's key; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "How can I help?"))]
    pub content: Option<Redacted>,
    /// Names the message, so that sending it again says nothing a second time; at most 32 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub message_id: Option<Text>,
    /// The `seq` of the last message that the agent has seen. If a colleague wrote after it, or the conversation was
    /// handed over, nothing is sent: 409 `NEWER_MESSAGE`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u64>, example = 12))]
    pub last_seen: Option<Integer>,
    /// Sends it whatever was written after `lastSeen`.
    pub force: Option<bool>,
}

/// A [`SendMessageRequest`] that has everything it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentMessage<'a> {
    /// What the content is.
    pub media_type: MediaType,
    /// The text or the file's key.
    pub content: RedactedStr<'a>,
    /// What it can be repeated by.
    pub message_id: Option<&'a str>,
    /// What nothing of a colleague's may have come after, if that matters.
    pub last_seen: Option<u64>,
}

impl SendMessageRequest {
    /// Checks presence and the media type, and that a text fits the channel that allows `max_text_characters`.
    pub fn check(&self, max_text_characters: usize) -> Result<AgentMessage<'_>, FieldError> {
        let media_type: MediaType = field::one_of("mediaType", self.media_type.as_deref())?;
        if !media_type.may_go_down() {
            return Err(FieldError::invalid(
                "mediaType",
                format!("{media_type} cannot be sent to a customer"),
            ));
        }
        let content = field::required("content", self.content.as_deref())?;
        if media_type == MediaType::Text {
            field::at_most_characters("content", content, max_text_characters)?;
        }
        let message_id =
            field::optional_at_most("messageId", self.message_id.as_deref(), MAX_MESSAGE_ID_CHARACTERS)?;
        let not_a_number = |_| FieldError::invalid("lastSeen", "must be a whole number that is not negative");
        let last_seen = self.last_seen.map(|seq| u64::try_from(seq.0).map_err(not_a_number)).transpose()?;
        let last_seen = last_seen.filter(|_| self.force != Some(true));
        Ok(AgentMessage { media_type, content: RedactedStr(content), message_id, last_seen })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_measured_in_characters_by_the_channel() {
        let request = |media_type: &str, content: &str| SendMessageRequest {
            media_type: Some(media_type.into()),
            content: Some(content.into()),
            ..SendMessageRequest::default()
        };
        assert!(request("TEXT", &"三".repeat(500)).check(500).is_ok());
        assert_eq!(
            request("TEXT", &"三".repeat(501)).check(500).unwrap_err().to_string(),
            "`content` is longer than 500 characters"
        );
        assert_eq!(
            request("WEBCARD", "{}").check(500).unwrap_err().to_string(),
            "`mediaType` WEBCARD cannot be sent to a customer"
        );
    }
}
