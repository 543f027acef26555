//! queryHistoryChatMessage (`cec_07_0104)`: the customer's earlier messages.

use serde::{Deserialize, Serialize};

use super::enums::{ControlType, MediaType, SourceType};
use super::result::Outcome;
use crate::field::{self, FieldError};
use crate::{Redacted, Text, lenient};

/// Body of `POST /apiaccess/ccmessaging/queryHistoryChatMessage`. Samples send every value as a string.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryRequest {
    /// The channel's Configuration ID; mandatory.
    #[cfg_attr(
        feature = "openapi",
        schema(required = true, value_type = String, example = "1011577355744904195")
    )]
    pub channel_id: Option<Text>,
    /// The customer's id; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "u-77"))]
    pub user_id: Option<Text>,
    /// Only messages from this time on, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "1700000000000"))]
    pub start_time: Option<Text>,
    /// Only messages up to this time, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "1700003600000"))]
    pub end_time: Option<Text>,
    /// At most this many messages; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "20"))]
    pub limit: Option<Text>,
    /// Leave out this many of the newest; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "0"))]
    pub offset: Option<Text>,
    /// The channel's type, `WEB`. Not on the pages before 2024, so it may be missing.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "WEB"))]
    pub channel: Option<Text>,
}

/// A [`HistoryRequest`] whose values have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryQuestion<'a> {
    /// The channel's Configuration ID.
    pub channel_id: &'a str,
    /// The customer's id.
    pub user_id: &'a str,
    /// From this time on, in milliseconds since 1970.
    pub start_time: Option<u64>,
    /// Up to this time, in milliseconds since 1970.
    pub end_time: Option<u64>,
    /// At most this many, as asked for; the server has its own limit.
    pub limit: u64,
    /// Leave out this many.
    pub offset: u64,
    /// The channel's type, if given.
    pub channel: Option<&'a str>,
}

impl HistoryRequest {
    /// Checks presence, lengths and numbers.
    pub fn check(&self) -> Result<HistoryQuestion<'_>, FieldError> {
        Ok(HistoryQuestion {
            channel_id: field::identifier("channelId", self.channel_id.as_deref())?,
            user_id: field::identifier("userId", self.user_id.as_deref())?,
            start_time: field::optional_natural("startTime", self.start_time.as_deref())?,
            end_time: field::optional_natural("endTime", self.end_time.as_deref())?,
            limit: field::natural("limit", self.limit.as_deref())?,
            offset: field::natural("offset", self.offset.as_deref())?,
            channel: field::optional(self.channel.as_deref()),
        })
    }
}

/// Answer of queryHistoryChatMessage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryAnswer {
    /// The messages; empty if there are none.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub message_list: Vec<HistoryMessage>,
    /// `0` success, `1` failure.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "0"))]
    pub result_code: String,
    /// The result in words.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "success"))]
    pub result_desc: String,
}

impl HistoryAnswer {
    /// The answer with this outcome and these messages.
    pub fn new(outcome: Outcome, message_list: Vec<HistoryMessage>) -> Self {
        Self { message_list, result_code: outcome.code.to_owned(), result_desc: outcome.text.to_owned() }
    }
}

/// One message of the history, with the fields of the published sample in its order; all of them always there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryMessage {
    /// The message's id.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "10110000000000001"))]
    pub id: String,
    /// The channel's type.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "WEB"))]
    pub channel: String,
    /// Display name of whoever wrote it.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "Ann"))]
    pub sender_nickname: Option<String>,
    /// Picture of whoever wrote it.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub sender_avatar: Option<String>,
    /// When it was sent, in milliseconds since 1970; a number.
    #[serde(deserialize_with = "lenient::milliseconds")]
    #[cfg_attr(feature = "openapi", schema(required = true, example = 1_700_003_600_000_i64))]
    pub send_time: i64,
    /// When it was received, in milliseconds since 1970; a number.
    #[serde(deserialize_with = "lenient::milliseconds")]
    #[cfg_attr(feature = "openapi", schema(required = true, example = 1_700_003_600_000_i64))]
    pub receive_time: i64,
    /// What the message did.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub control_type: ControlType,
    /// Who wrote it; the customer is `USER` here, not `CUSTOMER`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub source_type: SourceType,
    /// What the content is.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub media_type: Option<MediaType>,
    /// The content, by media type.
    #[cfg_attr(
        feature = "openapi",
        schema(required = true, value_type = Option<String>, example = "opening hours")
    )]
    pub content: Option<Redacted>,
    /// The conversation, `{epoch seconds}-{number}`.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "1700000000-16800000"))]
    pub call_id: Option<String>,
    /// Unique code of the message.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub message_code: Option<String>,
    /// Id of an associated e-mail.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub association_content_id: Option<String>,
    /// In the sample only, there `null`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub send_status: Option<String>,
    /// In the sample only, there `null`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub error_msg: Option<String>,
    /// Whether the message was forwarded.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub is_forwarded: bool,
    /// When it was forwarded, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub forward_time: Option<i64>,
    /// In the sample only, there `null`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub content_deal_type: Option<String>,
}
