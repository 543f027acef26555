//! What is known of calls: `calldata`.

use serde::{Deserialize, Serialize};

use crate::{Redacted, Text};

/// Query of `GET calldata/{agentid}/callinfo` (`cec_07_0419`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct CallInfoQuery {
    /// What to tell if the agent has no call. Nothing is told then, whatever it says.
    #[cfg_attr(feature = "openapi", param(value_type = Option<bool>))]
    pub is_no_contain_last_call: Option<Text>,
}

/// Query of `PUT voicecall/{agentid}/answer` (`cec_07_1234`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct AnswerQuery {
    /// The call to take; without it, the one that is offered, if it is one.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub callid: Option<Text>,
}

/// What is known of a call (`cec_07_0419`; fields as the published desk reads them).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallInfo {
    /// The kind of call; 0, a customer came in.
    pub callfeature: u32,
    /// The conversation's `callId`.
    #[cfg_attr(feature = "openapi", schema(example = "1619590480-16800000"))]
    pub callid: String,
    /// The customer's id.
    pub caller: String,
    /// The channel's Configuration ID.
    pub called: String,
    /// The name of the skill queue that the channel leads to; empty if to none.
    pub callskill: String,
    /// Its number; 0 if there is none.
    pub callskillid: u32,
    /// What the customer called at first: the channel's Configuration ID.
    pub orgicallednum: String,
    /// What a transfer gave the call.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub calldata: Redacted,
    /// When it began, in milliseconds since 1970.
    pub begintime: i64,
    /// When it ended; `null` while it goes on.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub endtime: Option<i64>,
}
