//! Who is there: what agents declare, whether their desks are heard of, and what they have to do.

use serde::{Deserialize, Serialize};

use super::agent::AgentStatus;

/// Longest reason for being away or busy, in characters.
pub const MAX_REASON_CHARACTERS: usize = 64;

/// Answer of `GET /api/v1/agent/status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnStatus {
    /// What the agent declares.
    pub status: AgentStatus,
    /// Why, if the agent said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "lunch"))]
    pub reason: Option<String>,
    /// Since when, in milliseconds since 1970; absent if nothing was ever declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// Whether a desk of the agent's is heard of.
    pub reachable: bool,
    /// How much of the capacity is in use: conversations by their channels' weights, offers and after-call work.
    pub held: u64,
    /// How much the agent may hold at once.
    pub capacity: u64,
    /// Ended conversations whose room stays taken for a while, earliest end first.
    pub after_call_work: Vec<AfterCallWork>,
    /// The reasons that the agent can give; without any, whatever they write.
    pub reasons: Vec<Reason>,
}

/// An ended conversation whose room stays taken for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AfterCallWork {
    /// The conversation.
    pub conversation_id: String,
    /// Until when, in milliseconds since 1970.
    pub until: i64,
}

/// A reason for being away or busy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reason {
    /// What to send.
    #[cfg_attr(feature = "openapi", schema(example = "lunch"))]
    pub id: String,
    /// What to show.
    #[cfg_attr(feature = "openapi", schema(example = "At lunch"))]
    pub name: String,
}

/// Answer of `GET /api/v1/agents`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentList {
    /// Everybody who can sign in, by their ids.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub agents: Vec<AgentOverview>,
}

/// How it stands with somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentOverview {
    /// The name that they sign in with.
    #[cfg_attr(feature = "openapi", schema(example = "101"))]
    pub id: String,
    /// The name that customers see.
    #[cfg_attr(feature = "openapi", schema(example = "Alex"))]
    pub nickname: String,
    /// What they declare.
    pub status: AgentStatus,
    /// Why, if they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "lunch"))]
    pub reason: Option<String>,
    /// Since when, in milliseconds since 1970; absent if nothing was ever declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// Whether a desk of theirs is heard of. Who is online and not reachable gets no new customers.
    pub reachable: bool,
    /// How much of the capacity is in use: conversations by their channels' weights, offers and after-call work.
    pub held: u64,
    /// How much they may hold at once.
    pub capacity: u64,
    /// The queues that they serve.
    pub queues: Vec<String>,
}
