//! Signing in with an identity provider.

use serde::{Deserialize, Serialize};

/// Answer of `GET /api/v1/signin/{tenant}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProviderList {
    /// What the tenant's people can sign in with, by name.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub providers: Vec<Provider>,
}

/// An identity provider, for whoever is to choose one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Provider {
    /// Its id.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "corp"))]
    pub id: String,
    /// What stands on the button.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "Company account"))]
    pub name: String,
}

/// Query of `GET /api/v1/signin/{tenant}/{provider}`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct SignInQuery {
    /// Where the browser goes afterwards: a path of this server; `/desk/` unless given.
    pub return_to: Option<String>,
}

/// Query with which an identity provider sends a browser back (RFC 6749, 4.1.2; RFC 9207).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct CallbackQuery {
    /// The provider's code.
    pub code: Option<String>,
    /// What the browser was sent there with.
    pub state: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
    /// The provider.
    pub iss: Option<String>,
}

/// Form of `POST /api/v1/signin/{tenant}/{provider}/code`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CodeForm {
    /// A code of the second factor, or a recovery code.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "123456"))]
    pub code: crate::Secret,
}
