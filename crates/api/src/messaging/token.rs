//! tokenByAkSk (`cec_07_0002`) and applyToken (`cec_07_0103`).

use serde::{Deserialize, Serialize};

use crate::field::{self, FieldError, MAX_NAME_CHARACTERS};
use crate::{Secret, Text};

/// Longest `locale`, in characters; longer than any language tag in use.
pub const MAX_LOCALE_CHARACTERS: usize = 35;

/// Body of `POST /apigovernance/api/oauth/tokenByAkSk`. The wanted life comes in the header `X-Token-Expire`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenByAkSkRequest {
    /// The app's public key; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "demo-app"))]
    pub app_key: Option<Text>,
    /// The app's secret; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "demo-secret"))]
    pub app_secret: Option<Secret>,
}

/// A [`TokenByAkSkRequest`] with everything that has to be there.
#[derive(Debug, Clone, Copy)]
pub struct AppCredentials<'a> {
    /// The app's public key.
    pub app_key: &'a str,
    /// The app's secret.
    pub app_secret: &'a Secret,
}

impl TokenByAkSkRequest {
    /// Checks that both credentials are there.
    pub fn check(&self) -> Result<AppCredentials<'_>, FieldError> {
        Ok(AppCredentials {
            app_key: field::required("app_key", self.app_key.as_deref())?,
            app_secret: field::required_secret("app_secret", self.app_secret.as_ref())?,
        })
    }
}

/// Answer of tokenByAkSk. All values are strings and all names begin with a capital, as documented.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenByAkSkAnswer {
    /// The token for the header `Authorization: Bearer …`.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "fd1.c2FtcGxl"))]
    pub access_token: Secret,
    /// Always `Bearer`.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "Bearer"))]
    pub apply_type: String,
    /// When the token was made, in seconds since 1970.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "1545650171"))]
    pub create_time: String,
    /// How long the token lives, in seconds; at most 3600.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "600"))]
    pub expires: String,
    /// What the token may be used for.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "server"))]
    pub scope: String,
    /// The app key that the token was made for.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "demo-app"))]
    pub app_key: String,
    /// Always `Anonymous`: the token stands for an app, not for a person.
    #[serde(rename = "UserID")]
    #[cfg_attr(feature = "openapi", schema(required = true, example = "Anonymous"))]
    pub user_id: String,
}

/// Body of `POST /apiaccess/ccmessaging/applyToken` (`applyTokenReqBody`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApplyTokenRequest {
    /// The customer's id, chosen by the integrator; mandatory, 1 to 64 characters.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "u-77"))]
    pub user_id: Option<Text>,
    /// The customer's display name; mandatory, at most 256 characters.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "Ann"))]
    pub user_name: Option<Text>,
    /// The channel's Configuration ID; mandatory.
    #[cfg_attr(
        feature = "openapi",
        schema(required = true, value_type = String, example = "1011577355744904195")
    )]
    pub channel_id: Option<Text>,
    /// The customer's language, with or without country (`zh`, `zh_CN`, `en_US`); mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "en_US"))]
    pub locale: Option<Text>,
}

/// An [`ApplyTokenRequest`] with everything that has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenApplicant<'a> {
    /// The customer's id.
    pub user_id: &'a str,
    /// The customer's display name.
    pub user_name: &'a str,
    /// The channel's Configuration ID.
    pub channel_id: &'a str,
    /// The customer's language.
    pub locale: &'a str,
}

impl ApplyTokenRequest {
    /// Checks that all four fields are there and of acceptable length.
    pub fn check(&self) -> Result<TokenApplicant<'_>, FieldError> {
        let user_name = field::required("userName", self.user_name.as_deref());
        let locale = field::required("locale", self.locale.as_deref());
        Ok(TokenApplicant {
            user_id: field::identifier("userId", self.user_id.as_deref())?,
            user_name: field::at_most_characters("userName", user_name?, MAX_NAME_CHARACTERS)?,
            channel_id: field::identifier("channelId", self.channel_id.as_deref())?,
            locale: field::at_most_characters("locale", locale?, MAX_LOCALE_CHARACTERS)?,
        })
    }
}

/// Answer of applyToken (`applyTokenRspBody`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApplyTokenAnswer {
    /// The bare token for the header `ccmessaging-token`; absent on failure. It lives one hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "eyJjcmVhdGVUaW1lIjox"))]
    pub token: Option<Secret>,
    /// `0` on success, `1` on failure.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "0"))]
    pub result_code: String,
    /// What went wrong; absent on success, as documented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_desc: Option<String>,
}

impl ApplyTokenAnswer {
    /// The successful answer.
    pub fn granted(token: Secret) -> Self {
        Self { token: Some(token), result_code: super::result::SUCCESS.to_owned(), result_desc: None }
    }

    /// The answer to a request that was understood but cannot be granted.
    pub fn refused(why: impl Into<String>) -> Self {
        Self { token: None, result_code: super::result::FAILURE.to_owned(), result_desc: Some(why.into()) }
    }
}
