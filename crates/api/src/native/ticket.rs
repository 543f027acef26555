//! Tickets as agents see them: messages that customers left to be answered later.

use serde::{Deserialize, Serialize};

use super::conversation::Customer;
use crate::field::{self, FieldError};
use crate::named::named;
use crate::{Redacted, RedactedStr, Text};

/// Most tickets of one answer.
pub const MAX_TICKETS: u64 = 200;
/// Tickets of one answer unless asked for otherwise.
pub const DEFAULT_TICKETS: u64 = 50;

named! {
    /// How far a ticket is.
    TicketState {
        /// Nobody sees to it yet.
        Open = "open",
        /// An agent sees to it.
        Claimed = "claimed",
        /// The customer was answered.
        Answered = "answered",
        /// It is done with.
        Closed = "closed",
    }
}

/// Query of `GET /api/v1/agent/tickets`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct TicketQuery {
    /// Only those in this state.
    #[cfg_attr(feature = "openapi", param(value_type = Option<TicketState>))]
    pub state: Option<Text>,
    /// Only those of this queue.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "support"))]
    pub queue: Option<Text>,
    /// At most this many, 1 to 200; 50 unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 50))]
    pub limit: Option<Text>,
    /// Only those that come after this ticket: the `next` of the last answer.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub after: Option<Text>,
}

/// A [`TicketQuery`] whose values have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketWish<'a> {
    /// The state, if one is asked for.
    pub state: Option<TicketState>,
    /// The queue, if one is asked for.
    pub queue: Option<&'a str>,
    /// Most tickets wanted.
    pub limit: usize,
    /// The ticket to go on after.
    pub after: Option<&'a str>,
}

impl TicketQuery {
    /// Reads the values.
    pub fn check(&self) -> Result<TicketWish<'_>, FieldError> {
        let limit = field::optional_natural("limit", self.limit.as_deref())?.unwrap_or(DEFAULT_TICKETS);
        let state = field::optional(self.state.as_deref());
        Ok(TicketWish {
            state: state.map(|state| field::one_of("state", Some(state))).transpose()?,
            queue: field::optional_identifier("queue", self.queue.as_deref())?,
            limit: usize::try_from(limit.clamp(1, MAX_TICKETS)).unwrap_or(1),
            after: field::optional_identifier("after", self.after.as_deref())?,
        })
    }
}

/// Answer of `GET /api/v1/agent/tickets`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketList {
    /// The tickets, those left first at the head.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub tickets: Vec<Ticket>,
    /// Where to go on, as `after`; absent if there are no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A message that was left to be answered later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// Unique id, which the paths of this API name it by.
    pub id: String,
    /// How far it is.
    pub state: TicketState,
    /// The queue whose agents see to it; absent where only supervisors do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "support"))]
    pub queue: Option<String>,
    /// Who sees, or saw, to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "101"))]
    pub agent_id: Option<String>,
    /// The channel's Configuration ID.
    #[cfg_attr(feature = "openapi", schema(example = "1011577355744904195"))]
    pub channel_id: String,
    /// The customer.
    pub customer: Customer,
    /// Where to call or write back.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "13800000000"))]
    pub caller: Redacted,
    /// When it was left, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(example = 1_619_590_480_756_i64))]
    pub opened_at: i64,
    /// When it last changed, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(example = 1_619_590_480_756_i64))]
    pub changed_at: i64,
    /// The message; absent in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "call me back"))]
    pub text: Option<Redacted>,
    /// What the customer was answered, once they were; absent in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub answer: Option<Redacted>,
}

/// Body of `POST /api/v1/agent/tickets/{ticket}/answer`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswerTicketRequest {
    /// What the customer is told, of as many characters as the channel allows (500, at most 4,000); mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "Your parcel is on its way."))]
    pub text: Option<Redacted>,
}

impl AnswerTicketRequest {
    /// Checks presence, and that the text fits the channel that allows `max_text_characters`.
    pub fn check(&self, max_text_characters: usize) -> Result<RedactedStr<'_>, FieldError> {
        let text = field::required("text", self.text.as_deref())?;
        Ok(RedactedStr(field::at_most_characters("text", text, max_text_characters)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_with_its_limits() {
        let wish = |query: &str| {
            let query: TicketQuery = serde_json::from_str(query).unwrap();
            query.check().map(|wish| (wish.state, wish.limit)).map_err(|error| error.to_string())
        };
        assert_eq!(wish("{}"), Ok((None, 50)));
        assert_eq!(wish(r#"{"state":"claimed","limit":"9999"}"#), Ok((Some(TicketState::Claimed), 200)));
        assert_eq!(
            wish(r#"{"state":"lost"}"#).unwrap_err(),
            "`state` must be one of open, claimed, answered, closed"
        );
        assert_eq!(
            wish(r#"{"limit":"-1"}"#).unwrap_err(),
            "`limit` must be a whole number that is not negative"
        );
    }
}
