//! Companies, and the credentials of their back ends.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::id::{AppKey, DispositionId, TenantId};
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
    /// What can come of a conversation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dispositions: Vec<Disposition>,
}

impl Tenant {
    /// A tenant that says what is shipped.
    pub fn new(id: TenantId, name: &str, locale: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            locale: locale.to_owned(),
            texts: HashMap::new(),
            dispositions: Vec::new(),
        }
    }
}

/// Something that can come of a conversation, for reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disposition {
    /// Its id within the tenant.
    pub id: DispositionId,
    /// What agents choose it by.
    pub name: String,
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
