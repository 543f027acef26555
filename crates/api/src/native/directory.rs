//! What a desk calls things by: colleagues, queues, channels and dispositions, for whoever passes conversations on.

use serde::{Deserialize, Serialize};

use super::agent::AgentStatus;

/// Answer of `GET /api/v1/agent/directory`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Directory {
    /// Everybody of the tenant who answers customers, by their ids.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub colleagues: Vec<Colleague>,
    /// The skill queues.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub queues: Vec<Named>,
    /// The channels.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub channels: Vec<Named>,
    /// What can come of a conversation.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub dispositions: Vec<Named>,
}

/// Somebody to mention, ask in, or pass a conversation to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Colleague {
    /// The name that they sign in with.
    #[cfg_attr(feature = "openapi", schema(example = "102"))]
    pub id: String,
    /// The name that customers see.
    #[cfg_attr(feature = "openapi", schema(example = "Kim"))]
    pub nickname: String,
    /// What they declare.
    pub status: AgentStatus,
    /// Whether they would be given a customer now: online, reachable, and with room.
    pub is_free: bool,
}

/// Something with an id and a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NamedItem))]
pub struct Named {
    /// Its id.
    #[cfg_attr(feature = "openapi", schema(example = "support"))]
    pub id: String,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "Support"))]
    pub name: String,
}
