//! Signing in and out, and the agent's state: `onlineagent`.

use serde::{Deserialize, Serialize};

use super::Flag;
use crate::field::{self, FieldError};
use crate::native::agent::MAX_PASSWORD_BYTES;
use crate::{Secret, Text};

/// Types of agents that a sign-in may name: 4 phone, 5 multimedia, 11 video, 99 all (`cec_07_1202`, `cec_07_0026`).
const AGENT_TYPES: [&str; 4] = ["4", "5", "11", "99"];

/// Body of `PUT onlineagent/{agentid}` and `PUT onlineagent/{agentid}/forcelogin` (`cec_07_1202`, `cec_07_1203`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = GatewaySignInRequest))]
pub struct SignInRequest {
    /// The agent's password; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "demo-101"))]
    pub password: Option<Secret>,
    /// The number of the agent's phone. It is not used: nothing is spoken here.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "88880022"))]
    pub phonenum: Option<Text>,
    /// Whether customers who are offered are taken at once; `true` if not said.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>))]
    pub autoanswer: Option<Flag>,
    /// Whether the agent is free at once after a conversation rather than in wrap-up; `true` if not said.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>))]
    pub autoenteridle: Option<Flag>,
    /// Whether the phone is hung up after a call. It is not used.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>))]
    pub releasephone: Option<Flag>,
    /// The type of agent: `4` (if not said), `5`, `11` or `99`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "4"))]
    pub agenttype: Option<Text>,
    /// The state after it: `4` free (if not said), `5` in wrap-up.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "4"))]
    pub status: Option<Text>,
    /// Where events were to be pushed. They are only polled here: a sign-in with one is refused.
    #[serde(rename = "callBackUri")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub call_back_uri: Option<Text>,
}

/// A [`SignInRequest`] that has everything it needs.
#[derive(Debug, Clone, Copy)]
pub struct SignIn<'a> {
    /// The agent's password.
    pub password: &'a Secret,
    /// Customers who are offered are taken at once.
    pub auto_answer: bool,
    /// The agent is free at once after a conversation.
    pub auto_idle: bool,
    /// The agent begins in wrap-up rather than free.
    pub in_wrap_up: bool,
}

impl SignInRequest {
    /// Checks presence, lengths and lists.
    pub fn check(&self) -> Result<SignIn<'_>, FieldError> {
        let password = field::required_secret("password", self.password.as_ref())?;
        field::at_most_bytes("password", password.expose(), MAX_PASSWORD_BYTES)?;
        field::optional_at_most("phonenum", self.phonenum.as_deref(), 24)?;
        if field::optional(self.call_back_uri.as_deref()).is_some() {
            return Err(FieldError::invalid("callBackUri", "cannot be given: events are only polled"));
        }
        let kind = field::optional(self.agenttype.as_deref()).unwrap_or("4");
        if !AGENT_TYPES.contains(&kind) {
            return Err(FieldError::invalid("agenttype", "must be one of 4, 5, 11, 99"));
        }
        let in_wrap_up = match field::optional(self.status.as_deref()) {
            None | Some("4") => false,
            Some("5") => true,
            Some(_) => return Err(FieldError::invalid("status", "must be 4 or 5")),
        };
        let flag = |flag: Option<Flag>| flag.is_none_or(|flag| flag.0);
        Ok(SignIn {
            password,
            auto_answer: flag(self.autoanswer),
            auto_idle: flag(self.autoenteridle),
            in_wrap_up,
        })
    }
}

/// Result of a sign-in (`cec_07_1202`). `timeRemaining`, which the sample has, is left out: what it counts is not said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// The number of the virtual call centre; always 1.
    #[serde(rename = "vdnid")]
    pub vdn_id: u32,
    /// The agent's number.
    #[serde(rename = "workno")]
    #[cfg_attr(feature = "openapi", schema(example = "101"))]
    pub work_no: String,
    /// Where the agent is signed in, `T` or `F` each: call control, text, mail (`cec_05_4023`).
    #[serde(rename = "mediatype")]
    #[cfg_attr(feature = "openapi", schema(example = "TTF"))]
    pub media_type: String,
    /// When, in milliseconds since 1970, as a string.
    pub login_time: String,
    /// Whether the password must be changed; always `false`.
    pub is_force_change: String,
    /// The gateway's name.
    #[cfg_attr(feature = "openapi", schema(example = "AgentGateway1"))]
    pub server_name: String,
}

/// Result of `PUT onlineagent/{agentid}/updateGuid` (`cec_07_0358`).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewGuid {
    /// The new Guid.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub guid: Secret,
}

/// Result of `GET onlineagent/{agentid}/agentstatus` (`cec_07_0355`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = GatewayAgentState))]
pub struct AgentState {
    /// 2 signed out, 3 busy, 4 free, 5 in wrap-up, 7 talking, 8 resting (`cec_07_0581`).
    pub agent_state: u8,
    /// Whether the agent has a conversation.
    pub is_working: bool,
}

/// Result of `POST onlineagent/{agentid}/syncagentinfo` (`cec_07_0359`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Synchronized {
    /// The calls that the agent has, as a JSON list of call information in a string.
    #[serde(rename = "callinfo")]
    pub call_info: String,
    /// How it stands with the agent.
    pub agent_state_info: AgentStateInfo,
}

/// How it stands with an agent whose page was loaded again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentStateInfo {
    /// The kind of call; 0, a customer came in.
    pub call_feature: u32,
    /// What goes with the call.
    pub call_data: String,
    /// The agent's state, by its number.
    pub last_state: u8,
    /// Whether the agent is, or will be, busy.
    pub pre_busy: bool,
}

/// Query of `saybusy` (`cec_07_13461`) and `rest` (`cec_07_1213`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct BusyQuery {
    /// Why: 200 to 250; 0 or absent for no reason.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 200))]
    pub reason: Option<Text>,
    /// Whether a reason may be given anew. It always may.
    #[cfg_attr(feature = "openapi", param(value_type = Option<bool>))]
    pub prolong: Option<Text>,
}

impl BusyQuery {
    /// The reason's number, if there is one.
    pub fn check(&self) -> Result<Option<u64>, FieldError> {
        let reason = field::optional_natural("reason", self.reason.as_deref())?.filter(|&reason| reason != 0);
        match reason {
            Some(reason) if !(200..=250).contains(&reason) => {
                Err(FieldError::invalid("reason", "must be 0 or 200 to 250"))
            }
            reason => Ok(reason),
        }
    }
}

/// The time and the reason of a rest, as its path has them (`cec_07_1213`): 1 to 86399 seconds, and 0 to 255.
pub fn rest_of(seconds: &str, cause: &str) -> Result<Option<u64>, FieldError> {
    if !(1..=86_399).contains(&field::natural("time", Some(seconds))?) {
        return Err(FieldError::invalid("time", "must be 1 to 86399 seconds"));
    }
    match field::natural("restcause", Some(cause))? {
        0 => Ok(None),
        cause if cause <= 255 => Ok(Some(cause)),
        _ => Err(FieldError::invalid("restcause", "must be 0 to 255")),
    }
}

/// Query of `resetskill`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct SkillQuery {
    /// The skill queues to serve, by their numbers, with semicolons between them; read if `autoflag` is not `true`.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "1;2"))]
    pub skillid: Option<Text>,
    /// Whether the phone is signed in too. It is not used.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub phonelinkage: Option<Text>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_reads_what_the_samples_send() {
        let body =
            r#"{"password":"x","phonenum":"40038","status":"4","releasephone":"true","agenttype":"4"}"#;
        let request: SignInRequest = serde_json::from_str(body).unwrap();
        let sign_in = request.check().unwrap();
        assert!(sign_in.auto_answer && sign_in.auto_idle && !sign_in.in_wrap_up);
        let body = r#"{"password":"x","phonenum":40038,"status":5,"autoanswer":false,"agenttype":11}"#;
        let request: SignInRequest = serde_json::from_str(body).unwrap();
        let sign_in = request.check().unwrap();
        assert!(!sign_in.auto_answer && sign_in.in_wrap_up);
    }

    #[test]
    fn reasons_have_their_ranges() {
        let busy = |reason: &str| BusyQuery { reason: Some(reason.into()), prolong: None }.check().ok();
        assert_eq!([busy("0"), busy("200"), busy("251")], [Some(None), Some(Some(200)), None]);
        assert_eq!(rest_of("60", "0"), Ok(None));
        assert!(rest_of("0", "0").is_err() && rest_of("60", "256").is_err());
    }
}
