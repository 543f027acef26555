//! The widget session: credentials for a page, which never gets to see the app's secret.

use serde::{Deserialize, Serialize};

use crate::field::{self, FieldError, MAX_NAME_CHARACTERS};
use crate::messaging::token::MAX_LOCALE_CHARACTERS;
use crate::{Secret, Text};

/// Longest signed identity, in bytes.
pub const MAX_IDENTITY_BYTES: usize = 4_096;

/// Asks for a session on a web channel.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WidgetSessionRequest {
    /// The channel.
    #[cfg_attr(
        feature = "openapi",
        schema(required = true, value_type = String, example = "1011577355744904195")
    )]
    pub channel_id: Option<Text>,
    /// The channel's tenant; needed only where several have a channel of this id.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "demo"))]
    pub tenant: Option<Text>,
    /// Who the customer is: a short-lived token that the shop's back end signed.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub identity: Option<Secret>,
    /// An anonymous visitor who comes back.
    pub visitor: Option<Visitor>,
    /// The visitor's language.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "en_US"))]
    pub locale: Option<Text>,
    /// What an anonymous visitor wants to be called.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "Ann"))]
    pub user_name: Option<Text>,
}

/// An anonymous visitor who comes back.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Visitor {
    /// The id that the first session gave.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String))]
    pub user_id: Option<Text>,
    /// The secret that the first session gave.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String))]
    pub secret: Option<Secret>,
}

/// A checked [`WidgetSessionRequest`].
#[derive(Debug, Clone, Copy)]
pub struct WidgetSession<'a> {
    /// The channel.
    pub channel_id: &'a str,
    /// The channel's tenant.
    pub tenant: Option<&'a str>,
    /// Who asks.
    pub who: Who<'a>,
    /// The visitor's language.
    pub locale: Option<&'a str>,
    /// What an anonymous visitor wants to be called.
    pub user_name: Option<&'a str>,
}

/// Who asks for a session.
#[derive(Debug, Clone, Copy)]
pub enum Who<'a> {
    /// A customer whom the shop's back end signed.
    Signed(&'a Secret),
    /// A visitor who was there before.
    Returning {
        /// The visitor's id.
        user_id: &'a str,
        /// The visitor's secret.
        secret: &'a Secret,
    },
    /// A new visitor.
    New,
}

impl WidgetSessionRequest {
    /// Checks the request.
    pub fn check(&self) -> Result<WidgetSession<'_>, FieldError> {
        let who = match (&self.identity, &self.visitor) {
            (Some(identity), _) => {
                field::at_most_bytes("identity", identity.expose(), MAX_IDENTITY_BYTES)?;
                Who::Signed(identity)
            }
            (None, Some(visitor)) => Who::Returning {
                user_id: field::identifier("visitor.userId", visitor.user_id.as_deref())?,
                secret: field::required_secret("visitor.secret", visitor.secret.as_ref())?,
            },
            (None, None) => Who::New,
        };
        Ok(WidgetSession {
            channel_id: field::identifier("channelId", self.channel_id.as_deref())?,
            tenant: field::optional_identifier("tenant", self.tenant.as_deref())?,
            who,
            locale: field::optional_at_most("locale", self.locale.as_deref(), MAX_LOCALE_CHARACTERS)?,
            user_name: field::optional_at_most("userName", self.user_name.as_deref(), MAX_NAME_CHARACTERS)?,
        })
    }
}

/// Credentials for a page: they allow the calls of this one customer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WidgetSessionAnswer {
    /// Goes into `x-app-key`.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "demo-app"))]
    pub app_key: String,
    /// Goes into `Authorization`, after `Bearer` and a space.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String))]
    pub access_token: Secret,
    /// Goes into `ccmessaging-token`.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String))]
    pub ccmessaging_token: Secret,
    /// The customer's id.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "visitor-5f2c0a9be1d34c7788aa0b1c"))]
    pub user_id: String,
    /// The channel.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "1011577355744904195"))]
    pub channel_id: String,
    /// What an anonymous visitor comes back with, together with `userId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub visitor_secret: Option<Secret>,
    /// Seconds after which a new session must be asked for.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 3600))]
    pub expires_in: u64,
}
