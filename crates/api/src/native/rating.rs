//! What customers said of agents' service.

use serde::{Deserialize, Serialize};

use crate::Redacted;

/// Answer of `GET /api/v1/agent/conversations/{id}/ratings`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RatingList {
    /// The ratings: the last of each service episode, oldest first.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub ratings: Vec<Rating>,
}

/// A customer's rating of one service episode: of one agent, from taking the customer to letting them go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rating {
    /// The episode; absent in ratings from before there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub episode: Option<String>,
    /// The agent who served then.
    #[cfg_attr(feature = "openapi", schema(example = "101"))]
    pub agent_id: String,
    /// When it was given, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(example = 1_619_590_480_756_i64))]
    pub at: i64,
    /// Satisfaction, 1 (worst) to 5 (best).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 5))]
    pub csat: Option<u8>,
    /// How likely the customer recommends the company, 0 to 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 9))]
    pub nps: Option<u8>,
    /// Whether the matter was solved at first contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solved: Option<bool>,
    /// The customer's words; may be empty.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "quick help"))]
    pub comment: Redacted,
}
