//! The first set-up.

use serde::{Deserialize, Serialize};

use super::agent::MAX_PASSWORD_BYTES;
use crate::field::{self, FieldError};
use crate::{Secret, Text};

/// Most characters of a tenant's or a person's name.
const MAX_NAME_CHARACTERS: usize = 200;
/// The language of the system's texts unless one is given.
const DEFAULT_LOCALE: &str = "en";

/// Body of `POST /api/v1/setup`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetUpRequest {
    /// The code that the server showed when it started; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String))]
    pub code: Option<Secret>,
    /// The id of the tenant that is made; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "shop"))]
    pub tenant: Option<Text>,
    /// What the tenant is called; its id if absent.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "Chairs and more"))]
    pub name: Option<Text>,
    /// The language of the system's texts where the customer's own is not shipped; `en` if absent.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "en"))]
    pub locale: Option<Text>,
    /// The name that the administrator signs in with; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "901"))]
    pub agent_id: Option<Text>,
    /// What the administrator is called; the sign-in name if absent.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "Robin"))]
    pub nickname: Option<Text>,
    /// The administrator's password; mandatory, at least 8 characters, at most 1,024 bytes.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String))]
    pub password: Option<Secret>,
}

/// A [`SetUpRequest`] that has everything it needs.
#[derive(Debug, Clone, Copy)]
pub struct SetUp<'a> {
    /// The code.
    pub code: &'a Secret,
    /// The tenant's id.
    pub tenant: &'a str,
    /// The tenant's name.
    pub name: &'a str,
    /// The tenant's language.
    pub locale: &'a str,
    /// The administrator's id.
    pub agent_id: &'a str,
    /// The administrator's name.
    pub nickname: &'a str,
    /// The administrator's password.
    pub password: &'a Secret,
}

impl SetUpRequest {
    /// Checks presence and lengths.
    pub fn check(&self) -> Result<SetUp<'_>, FieldError> {
        let code = field::required_secret("code", self.code.as_ref())?;
        let tenant = field::identifier("tenant", self.tenant.as_deref())?;
        let agent_id = field::identifier("agentId", self.agent_id.as_deref())?;
        let password = field::required_secret("password", self.password.as_ref())?;
        field::at_most_bytes("password", password.expose(), MAX_PASSWORD_BYTES)?;
        Ok(SetUp {
            code,
            tenant,
            name: field::optional_at_most("name", self.name.as_deref(), MAX_NAME_CHARACTERS)?
                .unwrap_or(tenant),
            locale: field::optional_identifier("locale", self.locale.as_deref())?.unwrap_or(DEFAULT_LOCALE),
            agent_id,
            nickname: field::optional_at_most("nickname", self.nickname.as_deref(), MAX_NAME_CHARACTERS)?
                .unwrap_or(agent_id),
            password,
        })
    }
}
