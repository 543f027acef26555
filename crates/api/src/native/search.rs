//! Searching what was said.

use serde::{Deserialize, Serialize};

use super::conversation::Customer;
use super::message::Message;
use crate::field::{self, FieldError};
use crate::{Redacted, RedactedStr, Text};

/// Most results of one answer.
pub const MAX_RESULTS: u64 = 100;
/// Results of one answer unless asked for otherwise.
pub const DEFAULT_RESULTS: u64 = 20;

/// Query of `GET /api/v1/search`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct SearchQuery {
    /// What to look for: words that must all be there, `"phrases"`, beginnings such as `deliv*`, and the filters `from:`,
    /// `channel:`, `queue:`, `agent:`, `in:`, `before:` and `after:`. Mandatory.
    #[cfg_attr(feature = "openapi", param(required = true, value_type = String, example = "parcel from:customer"))]
    pub q: Option<Redacted>,
    /// Only what this customer has to do with.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub customer: Option<Text>,
    /// At most this many, 1 to 100; 20 unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 20))]
    pub limit: Option<Text>,
    /// Where to go on: the `next` of the last answer.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub cursor: Option<Text>,
}

/// A [`SearchQuery`] whose values have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchWish<'a> {
    /// What to look for.
    pub text: RedactedStr<'a>,
    /// The customer.
    pub customer: Option<&'a str>,
    /// Most results.
    pub limit: usize,
    /// Where to go on.
    pub cursor: Option<&'a str>,
}

impl SearchQuery {
    /// Reads the values.
    pub fn check(&self) -> Result<SearchWish<'_>, FieldError> {
        let limit = field::optional_natural("limit", self.limit.as_deref())?.unwrap_or(DEFAULT_RESULTS);
        Ok(SearchWish {
            text: RedactedStr(field::required("q", self.q.as_deref())?),
            customer: field::optional(self.customer.as_deref()),
            limit: usize::try_from(limit.clamp(1, MAX_RESULTS)).unwrap_or(1),
            cursor: field::optional(self.cursor.as_deref()),
        })
    }
}

/// Answer of `GET /api/v1/search`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchAnswer {
    /// What was found, newest first.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub results: Vec<SearchResult>,
    /// There are more than these.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub has_more: bool,
    /// Where to go on, as `cursor`; absent if there are no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchResult {
    /// The conversation; absent for what was said outside of any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// The customer, as `/api/v1/customers` names them.
    pub customer_id: String,
    /// The customer of that channel.
    pub customer: Customer,
    /// The channel's Configuration ID.
    #[cfg_attr(feature = "openapi", schema(example = "1011577355744904195"))]
    pub channel_id: String,
    /// What it is.
    pub kind: ResultKind,
    /// The message, if it is one; others are in the lists of notes and tickets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// The number of the entry in the customer's log.
    pub seq: u64,
    /// When it was written, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(example = 1_619_590_480_756_i64))]
    pub at: i64,
    /// The piece of the text where it was found.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "Where is my parcel?"))]
    pub snippet: Redacted,
    /// Where in the piece: from which character to before which, in Unicode characters.
    pub highlights: Vec<(usize, usize)>,
}

crate::named::named! {
    /// What was found.
    ResultKind {
        /// Something said to, or by, the customer.
        Message = "message",
        /// Something that agents said among themselves.
        Whisper = "whisper",
        /// A note.
        Note = "note",
        /// A message that was left to be answered later.
        LeftMessage = "leftMessage",
    }
}
