//! Companies, and the credentials of their back ends.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::id::{AppKey, TenantId};
use crate::texts::Overrides;

/// A company that is served.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// The language of the system's texts for customers whose own is not shipped, such as `en`.
    pub locale: String,
    /// Own wording of the system's texts, by language and key.
    #[serde(default, skip_serializing_if = "HashMap::is_empty")]
    pub texts: Overrides,
}

/// The credentials of an integrator's back end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// The public half.
    pub key: AppKey,
    /// What it is for.
    pub name: String,
    /// SHA-256 of the secret half, in hexadecimal.
    pub secret_hash: String,
}
