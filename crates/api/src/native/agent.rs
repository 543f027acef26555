//! Signing in and being available.

use serde::{Deserialize, Serialize};

use crate::field::{self, FieldError};
use crate::named::named;
use crate::native::presence::MAX_REASON_CHARACTERS;
use crate::{Secret, Text, lenient};

/// Longest password, in bytes: what is longer is not worth hashing.
pub const MAX_PASSWORD_BYTES: usize = 1_024;

/// Body of `POST /api/v1/agent/login`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoginRequest {
    /// The tenant; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "demo"))]
    pub tenant: Option<Text>,
    /// The agent's number; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "101"))]
    pub agent_id: Option<Text>,
    /// The agent's password; mandatory, at most 1,024 bytes.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "demo-101"))]
    pub password: Option<Secret>,
    /// A code of the second factor, or a recovery code; wanted if one is set up.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "123456"))]
    pub code: Option<Secret>,
    /// For pages of this server: the token comes as a cookie that no script can read, instead of in the answer.
    #[serde(deserialize_with = "lenient::optional_flag")]
    pub cookie: Option<bool>,
    /// What the answer of an earlier login gave as `device`: others' failures then do not count against this one.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub device: Option<Secret>,
}

/// A [`LoginRequest`] that has everything it needs.
#[derive(Debug, Clone, Copy)]
pub struct Login<'a> {
    /// The tenant.
    pub tenant: &'a str,
    /// The agent's number.
    pub agent_id: &'a str,
    /// The agent's password.
    pub password: &'a Secret,
    /// A code of the second factor, or a recovery code.
    pub code: Option<&'a Secret>,
    /// Whether the token is to come as a cookie.
    pub cookie: bool,
    /// What an earlier login gave.
    pub device: Option<&'a Secret>,
}

impl LoginRequest {
    /// Checks presence and lengths.
    pub fn check(&self) -> Result<Login<'_>, FieldError> {
        let tenant = field::identifier("tenant", self.tenant.as_deref())?;
        let agent_id = field::identifier("agentId", self.agent_id.as_deref())?;
        let password = field::required_secret("password", self.password.as_ref())?;
        field::at_most_bytes("password", password.expose(), MAX_PASSWORD_BYTES)?;
        let given = |secret: &&Secret| !secret.expose().is_empty();
        Ok(Login {
            tenant,
            agent_id,
            password,
            code: self.code.as_ref().filter(given),
            cookie: self.cookie.unwrap_or_default(),
            device: self.device.as_ref().filter(given),
        })
    }
}

/// Answer of a successful login.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoginAnswer {
    /// The token for the header `Authorization: Bearer …`. It survives restarts; an agent may have several. Absent if it
    /// comes as a cookie.
    #[serde(skip_serializing_if = "is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "fda_c2FtcGxl"))]
    pub token: Secret,
    /// What makes this device known at later logins of the same agent. Absent if it comes as a cookie.
    #[serde(skip_serializing_if = "is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "fdd_c2FtcGxl"))]
    pub device: Secret,
    /// Whether a second factor has to be set up before anything else can be done.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub must_enrol: bool,
}

fn is_empty(secret: &Secret) -> bool {
    secret.expose().is_empty()
}

named! {
    /// Whether an agent wants conversations.
    #[derive(Default)]
    AgentStatus {
        /// Takes new conversations, up to the agent's capacity.
        Online = "online",
        /// Signed in, takes no new ones.
        Busy = "busy",
        /// Away from the desk, takes no new ones.
        Away = "away",
        /// Signed out.
        #[default]
        Offline = "offline",
    }
}

/// Body of `PUT /api/v1/agent/status`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusRequest {
    /// The new status; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = AgentStatus, example = "online"))]
    pub status: Option<Text>,
    /// Why; only with `busy` and `away`. One of the tenant's reasons, if it has any; at most 64 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "lunch"))]
    pub reason: Option<Text>,
}

/// A [`StatusRequest`] that has everything it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusWish<'a> {
    /// The new status.
    pub status: AgentStatus,
    /// Why.
    pub reason: Option<&'a str>,
}

impl StatusRequest {
    /// What is asked for. Which reasons there are is the tenant's matter.
    pub fn check(&self) -> Result<StatusWish<'_>, FieldError> {
        let status = field::one_of("status", self.status.as_deref())?;
        let reason = field::optional_at_most("reason", self.reason.as_deref(), MAX_REASON_CHARACTERS)?;
        if reason.is_some() && matches!(status, AgentStatus::Online | AgentStatus::Offline) {
            return Err(FieldError::invalid("reason", "goes with busy and away only"));
        }
        Ok(StatusWish { status, reason })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_may_name_the_agent_by_number_and_hides_the_password() {
        let request: LoginRequest =
            serde_json::from_str(r#"{"tenant":"demo","agentId":101,"password":"demo-101","extra":true}"#)
                .unwrap();
        let login = request.check().unwrap();
        assert_eq!((login.tenant, login.agent_id, login.password.expose()), ("demo", "101", "demo-101"));
        assert!(!format!("{request:?} {login:?}").contains("demo-101"));
        assert_eq!(LoginRequest::default().check().unwrap_err().to_string(), "`tenant` is missing");
    }

    #[test]
    fn a_status_has_four_values() {
        let request = StatusRequest { status: Some("asleep".into()), reason: None };
        assert_eq!(
            request.check().unwrap_err().to_string(),
            "`status` must be one of online, busy, away, offline"
        );
    }

    #[test]
    fn a_reason_goes_with_being_busy_or_away() {
        let request =
            |status: &str| StatusRequest { status: Some(status.into()), reason: Some("lunch".into()) };
        let wish = StatusWish { status: AgentStatus::Away, reason: Some("lunch") };
        assert_eq!(request("away").check(), Ok(wish));
        assert_eq!(
            request("online").check().unwrap_err().to_string(),
            "`reason` goes with busy and away only"
        );
    }
}
