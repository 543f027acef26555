//! What a desk is told by its poll: `GET agentevent/{agentid}`.

use serde::{Deserialize, Serialize};

use crate::named::named;
use crate::{Redacted, Text};

/// Query of `GET agentevent/{agentid}` (`cec_07_1274`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct EventQuery {
    /// Call data, "used when the connection bar is updated". It is not used.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub calldata: Option<Text>,
}

/// Answer of `GET agentevent/{agentid}`: the next event, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventAnswer {
    /// In words.
    pub message: String,
    /// `0`.
    #[cfg_attr(feature = "openapi", schema(example = "0"))]
    pub retcode: String,
    /// What happened; `null` if nothing did within the hold.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub event: Option<Event>,
}

impl EventAnswer {
    /// An answer with an event, or with none.
    pub fn of(event: Option<Event>) -> Self {
        Self { message: String::new(), retcode: "0".to_owned(), event }
    }
}

named! {
    /// The events that are told, of those that the pages list.
    EventType {
        /// Signed in (the published desk's name for it; content as that of the sign-out).
        InService = "AgentOther_InService",
        /// Signed out (`cec_07_0552`).
        ShutdownService = "AgentOther_ShutdownService",
        /// Free (`cec_07_0492`).
        Ready = "AgentState_Ready",
        /// Free, because somebody else said so.
        ForceReady = "AgentState_Force_Ready",
        /// Occupied with a conversation (`cec_07_1343`).
        Busy = "AgentState_Busy",
        /// In wrap-up, after a conversation (`cec_07_1344`).
        Work = "AgentState_Work",
        /// In wrap-up, as asked for.
        SetWork = "AgentState_SetWork_Success",
        /// No longer in wrap-up (`cec_07_1352`).
        CancelWork = "AgentState_CancelWork_Success",
        /// Busy, as asked for.
        SetNotReady = "AgentState_SetNotReady_Success",
        /// Busy, because somebody else said so.
        ForceSetNotReady = "AgentState_Force_SetNotReady",
        /// No longer busy.
        CancelNotReady = "AgentState_CancelNotReady_Success",
        /// Resting (`cec_07_1348`).
        SetRest = "AgentState_SetRest_Success",
        /// No longer resting.
        CancelRest = "AgentState_CancelRest_Success",
        /// A customer is offered and waits for an answer (`cec_07_1366`).
        Ringing = "AgentEvent_Ringing",
        /// A customer who was offered was taken at once (`cec_07_0512`).
        AutoAnswer = "AgentEvent_Auto_Answer",
        /// The agent did not answer in time (`cec_07_0509`).
        NoAnswer = "AgentEvent_No_Answer",
        /// The agent has a conversation (`cec_07_1355`).
        Talking = "AgentEvent_Talking",
        /// A message (`cec_07_0555`, before `cec_07_1405`).
        MessageData = "AgentEvent_MessageData",
        /// The customer is out of the conversation (`cec_07_1364`).
        CustomerRelease = "AgentEvent_Customer_Release",
        /// The agent is out of the conversation (`cec_07_1363`).
        CallRelease = "AgentEvent_Call_Release",
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = GatewayEvent))]
pub struct Event {
    /// What.
    #[serde(rename = "eventType")]
    pub kind: EventType,
    /// When, in milliseconds since 1970; of the newest pages.
    #[serde(rename = "eventGenTime")]
    pub generated_at: i64,
    /// The agent's number.
    #[cfg_attr(feature = "openapi", schema(example = "101"))]
    pub work_no: String,
    /// What goes with it.
    pub content: EventContent,
    /// The names of the fields above, for messages: their sample has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub json_key: Vec<String>,
}

/// What goes with an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = GatewayEventContent))]
pub enum EventContent {
    /// A message.
    Message(MessageContent),
    /// A conversation that comes.
    Call(CallContent),
    /// The customer who is out of a conversation.
    Customer(CustomerContent),
    /// Why the agent rests.
    Reason(ReasonContent),
    /// Since when the agent is, or was, signed in.
    SignIn(SignInContent),
    /// The call id alone.
    CallId(String),
    /// Nothing: `null`.
    Nothing,
}

/// A conversation that comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallContent {
    /// The customer's id.
    pub caller: String,
    /// What the customer called: the channel's Configuration ID.
    pub called: String,
    /// The conversation's `callId`.
    #[cfg_attr(feature = "openapi", schema(example = "1619590480-16800000"))]
    pub callid: String,
    /// `0`: a customer came in.
    pub feature: String,
    /// `main`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `5`: text.
    pub media_ability: String,
    /// `yes` or `no`; not with every event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<String>,
    /// From whom it was transferred; not with every event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfrom: Option<String>,
    /// 51, multimedia Web Chat; not with every event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<u32>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = GatewayMessageContent))]
pub struct MessageContent {
    /// The conversation's `callId`.
    pub callid: String,
    /// The customer's id.
    pub caller: String,
    /// The channel's Configuration ID.
    pub called: String,
    /// 0: a customer came in. A number here, and a string with calls, as the samples have it.
    pub feature: u32,
    /// `main`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The text, or the message as JSON in a string.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub message: Redacted,
    /// `5`: text.
    pub media_ability: String,
    /// The names of the fields above.
    pub json_key: Vec<String>,
}

/// The customer who is out of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomerContent {
    /// The conversation's `callId`.
    pub callid: String,
    /// The customer's id.
    pub number: String,
}

/// Why an agent rests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReasonContent {
    /// The reason's number.
    #[cfg_attr(feature = "openapi", schema(example = "200"))]
    pub reason: String,
}

/// Since when an agent is, or was, signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInContent {
    /// In milliseconds since 1970, as a string.
    pub login_time: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_without_content_has_null() {
        let event = Event {
            kind: EventType::Ready,
            generated_at: 1_784_529_722_590,
            work_no: "49997".to_owned(),
            content: EventContent::Nothing,
            json_key: Vec::new(),
        };
        assert_eq!(
            serde_json::to_string(&EventAnswer::of(Some(event.clone()))).unwrap(),
            r#"{"message":"","retcode":"0","event":{"eventType":"AgentState_Ready","eventGenTime":1784529722590,"workNo":"49997","content":null}}"#
        );
        assert_eq!(
            serde_json::to_string(&EventAnswer::of(None)).unwrap(),
            r#"{"message":"","retcode":"0","event":null}"#
        );
        let read: Event = serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap();
        assert_eq!(read, event);
    }

    #[test]
    fn the_samples_of_the_pages_are_read() {
        let gone = r#"{"eventType":"AgentEvent_Call_Release","eventGenTime":1784529722590,"workNo":"49999","content":"1456403549-15"}"#;
        let gone: Event = serde_json::from_str(gone).unwrap();
        assert_eq!(gone.content, EventContent::CallId("1456403549-15".to_owned()));
        let talking = r#"{"eventType":"AgentEvent_Talking","eventGenTime":1,"workNo":"49999","content":{"caller":"10086","callid":"1456401416-3","called":"70092","feature":"7","type":"main","mediaAbility":"1"}}"#;
        let talking: Event = serde_json::from_str(talking).unwrap();
        assert!(matches!(talking.content, EventContent::Call(_)), "{talking:?}");
        let said = r#"{"eventType":"AgentEvent_MessageData","eventGenTime":1,"workNo":"211","content":{"callid":"1552038964-16797222","caller":"88880022","called":"20012","feature":0,"type":"main","message":"testmessage","mediaAbility":"5","jsonKey":["callid","caller","called","feature","type","message","mediaAbility"]},"jsonKey":["eventType","workNo","content"]}"#;
        let said: Event = serde_json::from_str(said).unwrap();
        assert!(
            matches!(&said.content, EventContent::Message(content) if content.message.as_str() == "testmessage")
        );
    }
}
