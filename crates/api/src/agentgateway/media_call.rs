//! Multimedia calls, which is what conversations are here: `mediacall`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::field::{self, FieldError, FieldProblem};
use crate::messaging::enums::MediaType;
use crate::named::Named as _;
use crate::{Integer, Redacted, Text};

/// Most sessions of an agent (`cec_07_0459`, `cec_07_0463`).
pub const MAX_SESSIONS: u64 = 60;
/// Longest call data of a transfer, in bytes (`cec_07_0460`).
pub const MAX_CALL_DATA_BYTES: usize = 2_048;
/// Longest target of a transfer, in characters (`cec_07_0460`).
pub const MAX_ADDRESS_CHARACTERS: usize = 24;

/// Media types of text (`cec_07_0459`): text chat, messages, mail, web chat, SMS, social chat, `WeChat`.
const TEXT_MEDIA: [&str; 7] = ["1", "17", "50", "51", "52", "53", "56"];

/// Body of `POST mediacall/{agentid}/sendmessage` (`cec_07_1277`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = GatewaySendRequest))]
pub struct SendMessageRequest {
    /// The conversation's `callId`; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "1619590480-16800000"))]
    pub callid: Option<Text>,
    /// The customer's number. It is not used: the call says who it is.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub userid: Option<Text>,
    /// The text, or the message as an object, or as an object in a string; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "How can I help?"))]
    pub data: Option<MessageData>,
}

/// What is sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MessageData {
    /// A text, or an object in a string.
    Words(Redacted),
    /// An object.
    Object(MessageObject),
}

/// A message as the public cloud's desks send it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MessageObject {
    /// From whom; the call says so.
    pub from: Option<Text>,
    /// To whom; the call says so.
    pub to: Option<Text>,
    /// The channel's type.
    pub channel: Option<Text>,
    /// `CHAT`, or `INPUT` while the agent types.
    pub control_type: Option<Text>,
    /// What the content is; `TEXT` if not said.
    pub media_type: Option<Text>,
    /// Names the message: sent again with the same, it is not said again.
    pub message_code: Option<Text>,
    /// The text, or a file's key.
    pub content: Option<Redacted>,
}

/// What an agent does with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// Says something.
    Says {
        /// What the content is.
        media_type: MediaType,
        /// The text, or a file's key.
        content: Redacted,
        /// What it can be repeated by.
        message_code: Option<String>,
    },
    /// Types.
    Types,
}

impl SendMessageRequest {
    /// The call, and what is sent; `max_bytes` is how long `data` may be as a string.
    pub fn check(&self, max_bytes: usize) -> Result<(&str, Outgoing), FieldError> {
        let call = field::identifier("callid", self.callid.as_deref())?;
        let data = self.data.as_ref().ok_or(FieldError { field: "data", problem: FieldProblem::Missing })?;
        let object = match data {
            MessageData::Words(words) => {
                field::at_most_bytes("data", field::required("data", Some(words))?, max_bytes)?;
                object_in(words)
            }
            MessageData::Object(object) => {
                let content = object.content.as_deref().unwrap_or_default();
                field::at_most_bytes("data", content, max_bytes)?;
                Some(object.clone())
            }
        };
        let outgoing = match (object, data) {
            (Some(object), _) => object.outgoing()?,
            (None, MessageData::Words(words)) => {
                Outgoing::Says { media_type: MediaType::Text, content: words.clone(), message_code: None }
            }
            (None, MessageData::Object(object)) => object.clone().outgoing()?,
        };
        Ok((call, outgoing))
    }
}

/// The message that a text is, if it is one: an object that names its `controlType`. Any other text, even of JSON, is
/// what the agent says.
fn object_in(words: &str) -> Option<MessageObject> {
    let object: MessageObject = serde_json::from_str(words).ok()?;
    object.control_type.is_some().then_some(object)
}

impl MessageObject {
    fn outgoing(self) -> Result<Outgoing, FieldError> {
        match field::optional(self.control_type.as_deref()) {
            None | Some("CHAT") => {}
            Some("INPUT") => return Ok(Outgoing::Types),
            Some(_) => return Err(FieldError::invalid("controlType", "must be CHAT or INPUT")),
        }
        let media_type = match field::optional(self.media_type.as_deref()) {
            None => MediaType::Text,
            name => field::one_of("mediaType", name)?,
        };
        let content = self.content.filter(|content| !content.is_empty());
        Ok(Outgoing::Says {
            media_type,
            content: content.ok_or(FieldError { field: "data", problem: FieldProblem::Empty })?,
            message_code: self.message_code.map(Text::into_string).filter(|code| !code.is_empty()),
        })
    }

    /// A message of a customer's, as such a desk reads it.
    pub fn of_customer(
        (from, to): (&str, &str),
        channel: &str,
        media_type: MediaType,
        message_code: &str,
        content: &Redacted,
    ) -> Self {
        Self {
            from: Some(from.into()),
            to: Some(to.into()),
            channel: Some(channel.into()),
            control_type: Some("CHAT".into()),
            media_type: Some(media_type.as_str().into()),
            message_code: Some(message_code.into()),
            content: Some(content.clone()),
        }
    }
}

/// Body of `POST mediacall/{agentid}/transfer` (`cec_07_0460`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = GatewayTransferRequest))]
pub struct TransferRequest {
    /// The conversation's `callId`; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "1619590480-16800000"))]
    pub callid: Option<Text>,
    /// The customer's number. It is not used.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub caller: Option<Text>,
    /// To what: 1 a skill queue, 2 an agent; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = i64, example = 2))]
    pub devicetype: Option<Integer>,
    /// 0 released at once, 2 released once it has succeeded; mandatory, and the same here.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = i64, example = 2))]
    pub mode: Option<Integer>,
    /// The skill queue, by its number or id, or the agent's number; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "102"))]
    pub address: Option<Text>,
    /// What goes with the call, at most 2,048 bytes.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub calldata: Option<Redacted>,
}

/// A [`TransferRequest`] that has everything it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer<'a> {
    /// The call.
    pub call: &'a str,
    /// Where it goes.
    pub target: TransferTarget<'a>,
    /// What goes with it.
    pub call_data: Option<&'a str>,
}

/// Where a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferTarget<'a> {
    /// To this skill queue, by its number or id.
    Skill(&'a str),
    /// To this agent.
    Agent(&'a str),
}

impl TransferRequest {
    /// Checks presence, lengths and lists.
    pub fn check(&self) -> Result<Transfer<'_>, FieldError> {
        let call = field::identifier("callid", self.callid.as_deref())?;
        let address = field::required("address", self.address.as_deref())?;
        field::at_most_characters("address", address, MAX_ADDRESS_CHARACTERS)?;
        let target = match field::present_integer("devicetype", self.devicetype)? {
            1 => TransferTarget::Skill(address),
            2 => TransferTarget::Agent(address),
            _ => return Err(FieldError::invalid("devicetype", "must be 1 or 2")),
        };
        if !matches!(field::present_integer("mode", self.mode)?, 0 | 2) {
            return Err(FieldError::invalid("mode", "must be 0 or 2"));
        }
        let call_data = field::optional(self.calldata.as_deref());
        let call_data = call_data.map(|data| field::at_most_bytes("calldata", data, MAX_CALL_DATA_BYTES));
        Ok(Transfer { call, target, call_data: call_data.transpose()? })
    }
}

/// Body of `POST mediacall/{agentid}/setcallnums` (`cec_07_0459`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionLimitRequest {
    /// The media type; mandatory, one of text: 1, 17, 50, 51, 52, 53, 56.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "51"))]
    pub media_type: Option<Text>,
    /// How many at once, 1 to 60; mandatory.
    #[serde(rename = "callnums")]
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "3"))]
    pub call_nums: Option<Text>,
}

impl SessionLimitRequest {
    /// How many sessions.
    pub fn check(&self) -> Result<u64, FieldError> {
        let media = field::required("mediaType", self.media_type.as_deref())?;
        if !TEXT_MEDIA.contains(&media) {
            return Err(FieldError::invalid("mediaType", "must be one of text"));
        }
        at_least_one("callnums", field::natural("callnums", self.call_nums.as_deref())?)
    }
}

/// Body of `POST mediacall/{agentid}/setcallnumsbymediatype` (`cec_07_0463`, since 25.200).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionLimitsRequest {
    /// How many at once in all, 1 to 60; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = u64, example = 3))]
    pub total_call_num: Option<Text>,
    /// How many of each channel. There is one kind of conversation here, so the sum alone counts.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub agent_media_call_nums: Vec<Value>,
}

impl SessionLimitsRequest {
    /// How many sessions.
    pub fn check(&self) -> Result<u64, FieldError> {
        at_least_one("totalCallNum", field::natural("totalCallNum", self.total_call_num.as_deref())?)
    }
}

fn at_least_one(name: &'static str, number: u64) -> Result<u64, FieldError> {
    if number == 0 { Err(FieldError::invalid(name, "must be at least 1")) } else { Ok(number) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(data: &str) -> Result<Outgoing, String> {
        let body = format!(r#"{{"callid":"1-1","data":{data}}}"#);
        let request: SendMessageRequest = serde_json::from_str(&body).unwrap();
        request.check(20).map(|(_, outgoing)| outgoing).map_err(|error| error.to_string())
    }

    fn says(content: &str, code: Option<&str>) -> Outgoing {
        let message_code = code.map(str::to_owned);
        Outgoing::Says { media_type: MediaType::Text, content: content.into(), message_code }
    }

    #[test]
    fn a_message_is_a_text_or_an_object_or_an_object_in_a_string() {
        assert_eq!(sent(r#""hello""#), Ok(says("hello", None)));
        let object = r#"{"from":"a","controlType":"CHAT","mediaType":"TEXT","messageCode":7,"content":"hi"}"#;
        assert_eq!(sent(object), Ok(says("hi", Some("7"))));
        let in_words = r#""{\"controlType\":\"INPUT\"}""#;
        assert!(in_words.len() > 20, "its bytes count as they are");
        assert_eq!(sent(in_words).unwrap_err(), "`data` is longer than 20 bytes");
        assert_eq!(sent(r#"{"controlType":"INPUT"}"#), Ok(Outgoing::Types));
        assert_eq!(sent(r#""{\"a\":1}""#), Ok(says(r#"{"a":1}"#, None)), "JSON may be what is said");
    }

    #[test]
    fn what_is_empty_or_too_long_or_unknown_is_refused() {
        assert_eq!(sent(r#""""#).unwrap_err(), "`data` is empty");
        assert_eq!(sent("null").unwrap_err(), "`data` is missing");
        assert_eq!(sent(r#"{"controlType":"CHAT"}"#).unwrap_err(), "`data` is empty");
        assert!(sent(&format!("{:?}", "x".repeat(20))).is_ok());
        assert_eq!(sent(&format!("{:?}", "x".repeat(21))).unwrap_err(), "`data` is longer than 20 bytes");
        assert!(sent(r#"{"controlType":"RECALL","content":"x"}"#).is_err());
    }

    #[test]
    fn a_transfer_goes_to_a_queue_or_an_agent() {
        let to = |body: &str| {
            let request: TransferRequest = serde_json::from_str(body).unwrap();
            request.check().map(|transfer| format!("{:?}", transfer.target)).map_err(|error| error.field)
        };
        let body =
            |device: &str| format!(r#"{{"callid":"1-1","devicetype":{device},"mode":"0","address":102}}"#);
        assert_eq!(to(&body("2")), Ok(r#"Agent("102")"#.to_owned()));
        assert_eq!(to(&body("\"1\"")), Ok(r#"Skill("102")"#.to_owned()));
        assert_eq!(to(&body("4")), Err("devicetype"));
    }
}
