//! Looking after the push of a channel.

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::field::{self, FieldError};

/// Most attempts of one answer.
pub const MAX_ATTEMPTS: u64 = 1_000;

/// Query of `GET /api/v1/push/{channel}/deliveries`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct DeliveriesQuery {
    /// At most this many attempts, 1 to 1,000; 100 unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 100))]
    pub limit: Option<Text>,
}

impl DeliveriesQuery {
    /// Most attempts wanted.
    pub fn check(&self) -> Result<usize, FieldError> {
        let limit = field::optional_natural("limit", self.limit.as_deref())?.unwrap_or(100);
        Ok(usize::try_from(limit.clamp(1, MAX_ATTEMPTS)).unwrap_or(1))
    }
}

/// The state of a channel's push, and its last attempts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deliveries {
    /// Whether nothing is sent for now.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub paused: bool,
    /// The last attempts, newest first.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub deliveries: Vec<Delivery>,
}

/// One attempt to deliver, without what was delivered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// When it ended, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 1_619_590_480_756_i64))]
    pub at: i64,
    /// Whose messages.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub user_id: String,
    /// What was sent comes after this entry of the customer's log.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 11))]
    pub after: u64,
    /// The last entry that was sent.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 12))]
    pub through: u64,
    /// Which attempt in a row it was, from 1.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 1))]
    pub attempt: u32,
    /// The HTTP status; `null` if there was no answer.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 200))]
    pub status: Option<u16>,
    /// Why it failed; `null` if it did not.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 42))]
    pub millis: u64,
}

/// Body of `POST /api/v1/push/{channel}/replay`: exactly one of `since` and `after`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplayRequest {
    /// Only this customer's messages; otherwise everybody's.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub user_id: Option<Text>,
    /// What was written at this moment or later, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(example = 1_619_590_480_756_i64))]
    pub since: Option<i64>,
    /// What comes after this entry of the customer's log; only with `userId`.
    #[cfg_attr(feature = "openapi", schema(example = 11))]
    pub after: Option<u64>,
}

/// From where to replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayFrom {
    /// A moment, in milliseconds since 1970.
    Since(i64),
    /// After an entry.
    After(u64),
}

impl ReplayRequest {
    /// Whose messages, if one customer's, and from where.
    pub fn check(&self) -> Result<(Option<&str>, ReplayFrom), FieldError> {
        let user = field::optional_identifier("userId", self.user_id.as_deref())?;
        match (self.since, self.after) {
            (Some(since), None) => Ok((user, ReplayFrom::Since(since))),
            (None, Some(after)) if user.is_some() => Ok((user, ReplayFrom::After(after))),
            (None, Some(_)) => Err(FieldError::invalid("after", "needs `userId`")),
            _ => Err(FieldError::invalid("since", "give either `since` or `after`")),
        }
    }
}

/// What a replay set going.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplayAnswer {
    /// How many customers have messages that are sent again.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 1))]
    pub customers: u64,
}

/// What became of a test call: the same request as any, with no messages in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestAnswer {
    /// Whether the receiver took it.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub delivered: bool,
    /// The HTTP status; `null` if there was no answer.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 200))]
    pub status: Option<u16>,
    /// Why it failed; `null` if it did not.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 42))]
    pub millis: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replay_has_one_beginning() {
        let check = |json: &str| {
            let request: ReplayRequest = serde_json::from_str(json).unwrap();
            request.check().map(|(user, from)| (user.map(str::to_owned), from)).map_err(|error| error.field)
        };
        assert_eq!(check(r#"{"since":5}"#), Ok((None, ReplayFrom::Since(5))));
        assert_eq!(check(r#"{"userId":7,"after":5}"#), Ok((Some("7".to_owned()), ReplayFrom::After(5))));
        assert_eq!(check(r#"{"after":5}"#), Err("after"));
        assert_eq!(check("{}"), Err("since"));
        assert_eq!(check(r#"{"userId":"u","since":5,"after":5}"#), Err("since"));
    }
}
