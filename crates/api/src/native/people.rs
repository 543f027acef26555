//! People and programs: who the caller is, sign-ins, second factors, API keys.

use serde::{Deserialize, Serialize};

use super::agent::MAX_PASSWORD_BYTES;
use crate::field::{self, FieldError};
use crate::{Integer, Secret, Text};

/// Longest name of an API key, in characters.
pub const MAX_KEY_NAME_CHARACTERS: usize = 100;

/// Where rights hold. Empty lists limit nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Scope {
    /// Only these queues.
    #[cfg_attr(feature = "openapi", schema(example = json!(["support"])))]
    pub queues: Vec<String>,
    /// Only these channels.
    #[cfg_attr(feature = "openapi", schema(example = json!([])))]
    pub channels: Vec<String>,
}

/// Answer of `GET /api/v1/agent/me`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The tenant.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "demo"))]
    pub tenant: String,
    /// The agent's number.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "101"))]
    pub agent_id: String,
    /// The name that customers see.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "Alex"))]
    pub nickname: String,
    /// The role.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "agent"))]
    pub role: String,
    /// What the role allows.
    #[cfg_attr(feature = "openapi", schema(required = true, example = json!(["conversations.read"])))]
    pub permissions: Vec<String>,
    /// Where.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub scope: Scope,
    /// Whether a second factor has to be set up before anything else can be done.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub must_enrol: bool,
}

/// Body of `POST /api/v1/agent/password`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordRequest {
    /// The present password; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String))]
    pub old_password: Option<Secret>,
    /// The new one; mandatory, at most 1,024 bytes.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String))]
    pub new_password: Option<Secret>,
}

impl PasswordRequest {
    /// The old and the new password. What a new one must be like is the tenant's matter.
    pub fn check(&self) -> Result<(&Secret, &Secret), FieldError> {
        let old = field::required_secret("oldPassword", self.old_password.as_ref())?;
        let new = field::required_secret("newPassword", self.new_password.as_ref())?;
        field::at_most_bytes("oldPassword", old.expose(), MAX_PASSWORD_BYTES)?;
        field::at_most_bytes("newPassword", new.expose(), MAX_PASSWORD_BYTES)?;
        Ok((old, new))
    }
}

/// How it stands with the caller's second factor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpState {
    /// Whether one is set up.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub enabled: bool,
    /// Whether the tenant, or the caller's role, wants one.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub required: bool,
    /// Whether the caller has a password, which is then asked for to set one up.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub wants_password: bool,
    /// How many recovery codes are left.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 10))]
    pub recovery_codes_left: u32,
}

/// What an authenticator app makes codes of; it is shown this once.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpEnrolment {
    /// The secret in base32, for typing.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String))]
    pub secret: Secret,
    /// The same with names, `otpauth://totp/…`, for a picture that the app reads.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String))]
    pub uri: Secret,
}

/// Body of `POST /api/v1/agent/totp/confirm`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpConfirmation {
    /// A code that the app shows; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "123456"))]
    pub code: Option<Secret>,
}

impl TotpConfirmation {
    /// The code.
    pub fn check(&self) -> Result<&Secret, FieldError> {
        field::required_secret("code", self.code.as_ref())
    }
}

/// What opens the account when the device with the app is lost, each once; they are shown this once.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCodes {
    /// The codes.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = Vec<String>))]
    pub recovery_codes: Vec<Secret>,
}

/// Body of `POST /api/v1/agent/totp`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpBeginning {
    /// The password; mandatory for whoever has one.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub password: Option<Secret>,
}

impl TotpBeginning {
    /// The password of somebody who has one.
    pub fn check(&self) -> Result<&Secret, FieldError> {
        let password = field::required_secret("password", self.password.as_ref())?;
        field::at_most_bytes("password", password.expose(), MAX_PASSWORD_BYTES)?;
        Ok(password)
    }
}

/// Body of `POST /api/v1/agent/totp/disable`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpRemoval {
    /// The password; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String))]
    pub password: Option<Secret>,
    /// A code that the app shows, or a recovery code; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "123456"))]
    pub code: Option<Secret>,
}

impl TotpRemoval {
    /// The password and the code.
    pub fn check(&self) -> Result<(&Secret, &Secret), FieldError> {
        let password = field::required_secret("password", self.password.as_ref())?;
        field::at_most_bytes("password", password.expose(), MAX_PASSWORD_BYTES)?;
        Ok((password, field::required_secret("code", self.code.as_ref())?))
    }
}

/// A sign-in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// What it is called by. It is no secret, and opens nothing.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "5f1c9e0a7b3d2486c0e1a9f4"))]
    pub id: String,
    /// Whether it is the one that asks.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub current: bool,
    /// When it began.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 1_800_000_000_000_i64))]
    pub created_at: i64,
    /// When it was last used, within a minute.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 1_800_000_060_000_i64))]
    pub seen_at: i64,
    /// When it ends.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 1_802_592_000_000_i64))]
    pub expires_at: i64,
    /// The address that it began from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "192.0.2.1"))]
    pub address: Option<String>,
    /// The program that it began with, as it calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "Mozilla/5.0"))]
    pub user_agent: Option<String>,
    /// The identity provider that it began with; a password if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "corp"))]
    pub provider: Option<String>,
    /// Whether a second factor was given, or the identity provider's word is enough.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub second_factor: bool,
}

/// Somebody's sign-ins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionList {
    /// The sign-ins that still count, the newest first.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub sessions: Vec<Session>,
}

/// Body of `POST /api/v1/keys`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyRequest {
    /// What it is for; mandatory, at most 100 characters.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "Reports for finance"))]
    pub name: Option<Text>,
    /// What it may do; mandatory: a built-in role, or one of the tenant's.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "auditor"))]
    pub role: Option<Text>,
    /// Where it may do it; everywhere if absent.
    pub scope: Option<Scope>,
    /// When it ends; never if absent.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>, example = 1_802_592_000_000_i64))]
    pub expires_at: Option<Integer>,
}

/// A [`KeyRequest`] that has everything it needs.
#[derive(Debug, Clone)]
pub struct NewKey<'a> {
    /// What it is for.
    pub name: &'a str,
    /// What it may do.
    pub role: &'a str,
    /// Where.
    pub scope: Scope,
    /// When it ends.
    pub expires_at: Option<i64>,
}

impl KeyRequest {
    /// Checks presence and lengths.
    pub fn check(&self) -> Result<NewKey<'_>, FieldError> {
        let name = field::required("name", self.name.as_deref())?;
        Ok(NewKey {
            name: field::at_most_characters("name", name, MAX_KEY_NAME_CHARACTERS)?,
            role: field::identifier("role", self.role.as_deref())?,
            scope: self.scope.clone().unwrap_or_default(),
            expires_at: self.expires_at.map(|moment| moment.0),
        })
    }
}

/// What is known of an API key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Key {
    /// What it is called by. It is no secret, and opens nothing.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "5f1c9e0a7b3d2486c0e1a9f4"))]
    pub id: String,
    /// What it is for.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "Reports for finance"))]
    pub name: String,
    /// What it may do.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "auditor"))]
    pub role: String,
    /// Where.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub scope: Scope,
    /// When it was made.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 1_800_000_000_000_i64))]
    pub created_at: i64,
    /// Who made it.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "901"))]
    pub created_by: String,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 1_802_592_000_000_i64))]
    pub expires_at: Option<i64>,
    /// When it was last used, within a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 1_800_000_060_000_i64))]
    pub used_at: Option<i64>,
}

/// Answer of `POST /api/v1/keys`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyMade {
    /// The key for the header `Authorization: Bearer …`; it is shown this once.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "fdk_c2FtcGxl"))]
    pub secret: Secret,
    /// What is known of it.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub key: Key,
}

/// The tenant's API keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyList {
    /// The keys, those made first at the head.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub keys: Vec<Key>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        let fault = |error: FieldError| error.to_string();
        assert_eq!(
            PasswordRequest::default().check().map_err(fault).unwrap_err(),
            "`oldPassword` is missing"
        );
        assert_eq!(TotpBeginning::default().check().map_err(fault).unwrap_err(), "`password` is missing");
        assert_eq!(TotpRemoval::default().check().map_err(fault).unwrap_err(), "`password` is missing");
        assert_eq!(TotpConfirmation::default().check().map_err(fault).unwrap_err(), "`code` is missing");
        assert_eq!(KeyRequest::default().check().map_err(fault).unwrap_err(), "`name` is missing");
    }

    #[test]
    fn what_is_secret_is_not_shown() {
        let codes = RecoveryCodes { recovery_codes: vec!["very-secret".into()] };
        let made = KeyMade { secret: "very-secret".into(), ..KeyMade::default() };
        assert!(!format!("{codes:?} {made:?}").contains("very-secret"));
        assert_eq!(serde_json::to_value(&codes).unwrap()["recoveryCodes"][0], "very-secret");
    }
}
