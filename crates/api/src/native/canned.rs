//! Canned replies: texts that agents send instead of typing them.

use serde::{Deserialize, Serialize};

use crate::field::{self, FieldError};
use crate::{Redacted, Text};

/// Longest text to look for, in characters.
pub const MAX_QUERY_CHARACTERS: usize = 100;

/// Query of `GET /api/v1/agent/canned-replies`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct CannedReplyQuery {
    /// What the agent has typed: the beginning of a shortcut, or a part of a title. Absent: all.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "he"))]
    pub q: Option<Text>,
    /// Only those in this language, such as `en`, or in none.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "en"))]
    pub language: Option<Text>,
    /// The conversation for which their texts are filled in.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub conversation: Option<Text>,
}

/// A [`CannedReplyQuery`] whose values fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CannedReplyWish<'a> {
    /// What the agent has typed; empty for all.
    pub typed: &'a str,
    /// The language, if one is asked for.
    pub language: Option<&'a str>,
    /// The conversation, if one is named.
    pub conversation: Option<&'a str>,
}

impl CannedReplyQuery {
    /// Checks lengths.
    pub fn check(&self) -> Result<CannedReplyWish<'_>, FieldError> {
        let typed = field::optional_at_most("q", self.q.as_deref(), MAX_QUERY_CHARACTERS)?;
        Ok(CannedReplyWish {
            typed: typed.unwrap_or_default().trim(),
            language: field::optional_identifier("language", self.language.as_deref())?,
            conversation: field::optional(self.conversation.as_deref()),
        })
    }
}

/// A canned reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CannedReply {
    /// Unique id.
    #[cfg_attr(feature = "openapi", schema(example = "hello-en"))]
    pub id: String,
    /// What an agent types to get it.
    #[cfg_attr(feature = "openapi", schema(example = "hello"))]
    pub shortcut: String,
    /// What lists show.
    #[cfg_attr(feature = "openapi", schema(example = "Greeting"))]
    pub title: String,
    /// The text as it is configured.
    #[cfg_attr(feature = "openapi", schema(example = "Hello {{customer.name|there}}!"))]
    pub text: String,
    /// Its language; absent if it fits any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "en"))]
    pub language: Option<String>,
    /// The text as it can be sent in the conversation that was named; absent if none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "Hello Ann!"))]
    pub rendered: Option<Redacted>,
}

/// Answer of `GET /api/v1/agent/canned-replies`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CannedReplyList {
    /// The replies, those that fit best first.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub canned_replies: Vec<CannedReply>,
}
