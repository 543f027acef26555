//! Companies, and the credentials of their back ends.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::directory::Retention;
use crate::id::{AppKey, DispositionId, TenantId};
use crate::limit::TenantLimits;
use crate::masking::Masking;
use crate::secret::SecretHash;
use crate::texts::Overrides;
use crate::time::Timestamp;

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
    /// What the operator grants it. It is the operator's alone to change.
    #[serde(default, skip_serializing_if = "TenantLimits::is_default")]
    pub limits: TenantLimits,
    /// How long what it has is kept.
    #[serde(default, skip_serializing_if = "Retention::is_default")]
    pub retention: Retention,
    /// What is masked in what people write.
    #[serde(default, skip_serializing_if = "Masking::is_default")]
    pub masking: Masking,
    /// Whether everybody must sign in with a second factor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub require_totp: bool,
    /// Fewest characters of a new password: 8 to 128.
    #[serde(
        default = "Tenant::default_password_characters",
        skip_serializing_if = "Tenant::is_default_password"
    )]
    pub password_characters: u32,
}

impl Tenant {
    /// Fewest characters of a new password unless configured otherwise.
    pub const DEFAULT_PASSWORD_CHARACTERS: u32 = 8;

    /// A tenant that says what is shipped.
    pub fn new(id: TenantId, name: &str, locale: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            locale: locale.to_owned(),
            texts: Overrides::new(),
            dispositions: Vec::new(),
            away_reasons: Vec::new(),
            limits: TenantLimits::default(),
            retention: Retention::default(),
            masking: Masking::default(),
            require_totp: false,
            password_characters: Self::DEFAULT_PASSWORD_CHARACTERS,
        }
    }

    const fn default_password_characters() -> u32 {
        Self::DEFAULT_PASSWORD_CHARACTERS
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    const fn is_default_password(characters: &u32) -> bool {
        *characters == Self::DEFAULT_PASSWORD_CHARACTERS
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
    /// SHA-256 of the secret half, in hexadecimal; empty before there is one, and then nobody gets in with it.
    #[serde(default)]
    pub secret_hash: String,
    /// The secret before, while it is still good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_secret: Option<OldSecret>,
}

/// A secret that was replaced, and is good for some time more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OldSecret {
    /// SHA-256 of it, in hexadecimal.
    pub secret_hash: String,
    /// The moment from which on it is no longer taken.
    pub until: Timestamp,
}

impl App {
    /// An app without a secret yet.
    pub fn new(key: AppKey, name: &str) -> Self {
        Self { key, name: name.to_owned(), secret_hash: String::new(), old_secret: None }
    }

    /// Whether a secret opens an app. That there is no such app takes as long to tell as that the secret is wrong.
    pub fn admits(app: Option<&Self>, secret: SecretHash, now: Timestamp) -> bool {
        let is_new = secret.matches_hex(app.map_or(NO_HASH, |app| app.secret_hash.as_str()));
        let old = app.and_then(|app| app.old_secret.as_ref()).filter(|old| now < old.until);
        let is_old = secret.matches_hex(old.map_or(NO_HASH, |old| old.secret_hash.as_str()));
        is_new | is_old
    }
}

/// What is compared where there is no secret, so that it takes as long. No secret is known to have this hash.
const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";
