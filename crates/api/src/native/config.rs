//! What is configured.

use crate::named::named;
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
    /// The secret that was made for an app; it is shown this once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Every item of a kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfigItems {
    /// The items, by their ids.
    pub items: Vec<Value>,
}

/// A new secret for an app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSecret {
    /// Seconds for which the secret before is still good: 0 to 2,592,000 (30 days); a day unless given.
    pub keep_old_for: Option<u64>,
}

impl NewSecret {
    /// Seconds for which the secret before is good unless it is said otherwise: a day.
    pub const KEEP_OLD_FOR: u64 = 86_400;
    /// Most seconds for which it can be: 30 days.
    pub const MOST_KEPT: u64 = 2_592_000;
}

named! {
    /// What becomes, or became, of an item.
    ConfigStep {
        /// It is made.
        Add = "add",
        /// It is changed.
        Change = "change",
        /// It is taken away.
        Remove = "remove",
    }
}

/// One item that is different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfigChange {
    /// What becomes of it.
    pub change: ConfigStep,
    /// Its kind, such as `queues`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// The lines of the file that differ, each behind `-` (as it is) or `+` (as it is to be).
    pub diff: String,
}

/// An item by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfigName {
    /// Its kind, such as `queues`.
    pub kind: String,
    /// Its id.
    pub id: String,
}

/// A secret that an item needs and has not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecretToSet {
    /// The kind of the item, such as `agents`.
    pub kind: String,
    /// The item.
    pub id: String,
    /// The value that is missing.
    pub field: String,
    /// The command that sets it.
    pub how: String,
}

/// What a file changed, or would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfigFileAnswer {
    /// The tenant that the file names.
    pub tenant: String,
    /// Whether anything was changed.
    pub applied: bool,
    /// What is different, by kind and id.
    pub changes: Vec<ConfigChange>,
    /// What is not in the file and stays all the same.
    pub kept: Vec<ConfigName>,
    /// Secrets that the tenant's items will need and have not.
    pub secrets_to_set: Vec<SecretToSet>,
}

/// Something in a file that cannot be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfigProblem {
    /// The line of the file; absent if it is about something that is not in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The kind of the item, such as `queues`; absent if it is about no item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The value at fault, as a path such as `escalation[1].then`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong.
    pub why: String,
}

impl std::fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(line) = self.line {
            write!(f, "{line}: ")?;
        }
        let names = [&self.kind, &self.id, &self.field];
        let place: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
        if !place.is_empty() {
            write!(f, "{}: ", place.join("."))?;
        }
        f.write_str(&self.why)
    }
}
