//! getUserInfoBycallId (`cec_07_0126`; the small `c` is documented): who is in a conversation.

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::field::{self, FieldError};

/// Body of `POST /apiaccess/rest/workbench/v1/getUserInfoBycallId`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(clippy::struct_field_names, reason = "the names are those on the wire")]
pub struct UserInfoRequest {
    /// The conversation; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "1700000000-339"))]
    pub call_id: Option<Text>,
    /// The customer's id; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "u-77"))]
    pub user_id: Option<Text>,
    /// The tenant's id; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "demo"))]
    pub tenant_id: Option<Text>,
}

/// A [`UserInfoRequest`] that has everything it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the names are those on the wire")]
pub struct UserInfoQuestion<'a> {
    /// The conversation.
    pub call_id: &'a str,
    /// The customer's id.
    pub user_id: &'a str,
    /// The tenant's id.
    pub tenant_id: &'a str,
}

impl UserInfoRequest {
    /// Checks presence and lengths.
    pub fn check(&self) -> Result<UserInfoQuestion<'_>, FieldError> {
        Ok(UserInfoQuestion {
            call_id: field::identifier("callId", self.call_id.as_deref())?,
            user_id: field::identifier("userId", self.user_id.as_deref())?,
            tenant_id: field::identifier("tenantId", self.tenant_id.as_deref())?,
        })
    }
}

/// Answer of getUserInfoBycallId: flat and without a result code, as documented. Unknown values are `null`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserInfoAnswer {
    /// The customer's display name.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "Ann"))]
    pub user_nickname: Option<String>,
    /// The customer's id.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "u-77"))]
    pub user_id: Option<String>,
    /// The customer's picture.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub user_avatar: Option<String>,
    /// The channel's type.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "WEB"))]
    pub channel: Option<String>,
    /// When the conversation began, in milliseconds since 1970, as a string.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "1700000000000"))]
    pub create_time: Option<String>,
    /// The channel's Configuration ID.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "1011577355744904195"))]
    pub channel_config_id: Option<String>,
    /// The client's user agent.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub user_agent: Option<String>,
    /// The client's address.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub client_ip: Option<String>,
    /// The client's operating system.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub os_name: Option<String>,
    /// The operating system's version, says the page, in spite of the name.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub border_type: Option<String>,
}
