//! checkClickToCallSupport (`cec_07_0117)`: whether the channel offers calls. It does not.

use serde::{Deserialize, Serialize};

use super::result::CLICK_TO_CALL_CHECKED;
use crate::Text;

/// Query of `GET /apiaccess/ccmessaging/v1/checkClickToCallSupport`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct ClickToCallQuery {
    /// The channel's type, `WEB`. Some samples have it in a body, so it may be missing here.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "WEB"))]
    pub channel: Option<Text>,
}

/// Answer of checkClickToCallSupport.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClickToCallAnswer {
    /// Whether calls in the browser are offered.
    #[serde(rename = "webRTCSupported")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub web_rtc_supported: bool,
    /// Whether click-to-dial is offered.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub click_to_call_supported: bool,
    /// `0`.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "0"))]
    pub result_code: String,
    /// Empty.
    #[cfg_attr(feature = "openapi", schema(required = true, example = ""))]
    pub result_desc: String,
}

impl ClickToCallAnswer {
    /// Neither is offered.
    pub fn unsupported() -> Self {
        Self {
            web_rtc_supported: false,
            click_to_call_supported: false,
            result_code: CLICK_TO_CALL_CHECKED.code.to_owned(),
            result_desc: CLICK_TO_CALL_CHECKED.text.to_owned(),
        }
    }
}
