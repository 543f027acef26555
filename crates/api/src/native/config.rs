//! What is configured.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfigItem {
    /// Its values, with the names of the configuration guide. Secrets and hashes are left out.
    pub item: Value,
    /// The password that was made up for a new agent; it is shown this once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// Every item of a kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfigItems {
    /// The items, by their ids.
    pub items: Vec<Value>,
}
