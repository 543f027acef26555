//! The body of every answer whose status is not 200.

use serde::{Deserialize, Serialize};

/// The error body, in both documented shapes at once.
///
/// `errorCode` and `exceptionInfo` are those of the voice guide (`cec_05_1003`), `resultCode` and `resultDesc` those of
/// every other page; a client finds whichever it looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// Stable symbolic code.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "CURSOR_INVALID"))]
    pub error_code: String,
    /// One sentence that says what was wrong, and with which field.
    #[cfg_attr(
        feature = "openapi",
        schema(required = true, example = "`cursor` is not one of this receiver's")
    )]
    pub exception_info: String,
    /// The same as `errorCode`.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "CURSOR_INVALID"))]
    pub result_code: String,
    /// The same as `exceptionInfo`.
    #[cfg_attr(
        feature = "openapi",
        schema(required = true, example = "`cursor` is not one of this receiver's")
    )]
    pub result_desc: String,
}

impl ErrorBody {
    /// The body for this code and sentence.
    pub fn new(code: impl Into<String>, text: impl Into<String>) -> Self {
        let (code, text) = (code.into(), text.into());
        Self { error_code: code.clone(), exception_info: text.clone(), result_code: code, result_desc: text }
    }
}

/// The symbolic codes that a client may have to tell apart.
pub mod code {
    /// `receiverId` or `channel` of a poll is not the token's.
    pub const RECEIVER_MISMATCH: &str = "RECEIVER_MISMATCH";
    /// The cursor is malformed, or belongs to another receiver.
    pub const CURSOR_INVALID: &str = "CURSOR_INVALID";
    /// The cursor is ahead of the log; the client goes on with an empty one.
    pub const CURSOR_AHEAD: &str = "CURSOR_AHEAD";
    /// A `messageId` was used before, for a message with other contents.
    pub const IDEMPOTENCY_MISMATCH: &str = "IDEMPOTENCY_MISMATCH";
}
