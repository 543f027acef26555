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
    /// What agents can give as the reason why they are away or busy; empty for whatever they write.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub away_reasons: Vec<AwayReason>,
}

impl Tenant {
    /// A tenant that says what is shipped.
    pub fn new(id: TenantId, name: &str, locale: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            locale: locale.to_owned(),
            texts: Overrides::new(),
            dispositions: Vec::new(),
            away_reasons: Vec::new(),
        }
    }

    /// Whether an agent may give this as the reason why they take no customers.
    pub fn takes_reason(&self, reason: &str) -> bool {
        self.away_reasons.is_empty() || self.away_reasons.iter().any(|known| known.id == reason)
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

/// Why an agent takes no customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwayReason {
    /// What it is known by, such as `lunch`; at most 64 characters.
    pub id: String,
    /// What people see; at most 64 characters.
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
