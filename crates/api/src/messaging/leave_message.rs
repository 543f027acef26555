//! doLeaveMessage (`cec_07_0107)`: a message left when nobody could be reached.
//!
//! The answer is a [`ResultAnswer`](super::result::ResultAnswer).

use serde::{Deserialize, Serialize};

use crate::field::{self, FieldError};
use crate::{Redacted, RedactedStr, Text};

/// Longest message that is kept, in bytes. The pages name no limit; this one is ours.
pub const MAX_LEFT_BYTES: usize = 4_096;

/// Body of `POST /apiaccess/ccmessaging/doLeaveMessage`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LeaveMessageRequest {
    /// The customer's id, in spite of its name; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "u-77"))]
    pub call_id: Option<Text>,
    /// The number to call back; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "13800000000"))]
    pub caller: Option<Redacted>,
    /// The message; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "call me back"))]
    pub leave_message: Option<Redacted>,
    /// The channel's type; mandatory, `WEB`.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "WEB"))]
    pub channel: Option<Text>,
}

/// A [`LeaveMessageRequest`] that has everything it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftMessage<'a> {
    /// The customer's id.
    pub user_id: &'a str,
    /// The number to call back.
    pub caller: RedactedStr<'a>,
    /// The message.
    pub message: RedactedStr<'a>,
    /// The channel's type.
    pub channel: &'a str,
}

impl LeaveMessageRequest {
    /// Checks presence and lengths.
    pub fn check(&self) -> Result<LeftMessage<'_>, FieldError> {
        let message = field::required("leaveMessage", self.leave_message.as_deref());
        Ok(LeftMessage {
            user_id: field::identifier("callId", self.call_id.as_deref())?,
            caller: field::identifier("caller", self.caller.as_deref()).map(RedactedStr)?,
            message: RedactedStr(field::at_most_bytes("leaveMessage", message?, MAX_LEFT_BYTES)?),
            channel: field::required("channel", self.channel.as_deref())?,
        })
    }
}
