//! What was said with a customer, over all channels.

use serde::{Deserialize, Serialize};

use crate::native::conversation::Conversation;
use crate::native::message::Message;
use crate::native::rating::Rating;

/// Answer of `GET /api/v1/customers/{customer}/conversations`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomerConversationList {
    /// The conversations on all channels, those opened last at the head.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub conversations: Vec<CustomerConversation>,
    /// Where to go on, as `cursor`; absent if there are no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A conversation, with what the customer thought of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomerConversation {
    /// The conversation.
    #[serde(flatten)]
    pub conversation: Conversation,
    /// The last rating of each service episode.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub ratings: Vec<Rating>,
}

/// Answer of `GET /api/v1/customers/{customer}/messages`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimelineAnswer {
    /// The messages of all conversations on all channels, newest first.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub messages: Vec<TimelineMessage>,
    /// Where to go on, as `cursor`; absent if there are no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A message, and where it was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimelineMessage {
    /// The conversation; absent for what was said outside of any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// The channel's Configuration ID.
    #[cfg_attr(feature = "openapi", schema(example = "1011577355744904195"))]
    pub channel_id: String,
    /// The message.
    #[serde(flatten)]
    pub message: Message,
}
