//! Push (`cec_04_0075`, `cec_04_0092`, `cec_07_0135`): messages on their way to a company's own server.

use serde::{Deserialize, Serialize};

use super::enums::{ControlType, MediaType, SourceType};
use crate::{Redacted, lenient};

/// Body of `POST {baseUrl}/webhooks/v1/messages` and of pushMsg.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PushRequest {
    /// The messages, oldest first, all of one customer.
    pub messages: Vec<PushedMessage>,
    /// When it is sent, in milliseconds since 1970.
    pub timestamp: i64,
}

/// One message (`DownLinkMsg`). The fields of the published samples, in their order; all are always there but
/// `isOfflineStatus`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PushedMessage {
    /// The channel's Configuration ID.
    pub from: String,
    /// The channel's type: `WEB`.
    pub channel: String,
    /// The customer's id.
    pub to: String,
    /// What the message does: `CHAT`, `DISCONNECT` or `READ`.
    pub control_type: ControlType,
    /// Whether the customer may write on after the system has ended the conversation. On such a `DISCONNECT` only.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::optional_flag")]
    pub is_offline_status: Option<bool>,
    /// What the content is; `null` on `READ` and on most `DISCONNECT`.
    pub media_type: Option<MediaType>,
    /// A text, a file id, a place, or the ids that were read, joined by commas.
    pub content: Option<Redacted>,
    /// Similar questions, as a JSON array in a string.
    pub sim_questions: Option<Redacted>,
    /// Display name of the robot, the agent or the system.
    pub sender_nickname: Option<String>,
    /// When the message was stored, in milliseconds since 1970; strictly increases per customer.
    #[serde(deserialize_with = "lenient::milliseconds")]
    pub timestamp: i64,
    /// Who wrote it: `AGENT`, `ROBOT` or `SYSTEM`.
    pub source_type: SourceType,
    /// In the samples always `null`.
    pub call_id: Option<String>,
    /// Unique code of the message, by which receivers drop what comes again; at most 64 characters.
    pub message_code: Option<String>,
}

/// What a receiver answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PushAnswer {
    /// `0`: received. Anything else is a failure.
    #[serde(deserialize_with = "lenient::optional_string")]
    pub result_code: Option<String>,
    /// The result in words.
    #[serde(deserialize_with = "lenient::optional_string")]
    pub result_desc: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_come_in_the_order_of_the_samples() {
        let message = PushedMessage { timestamp: 5, ..PushedMessage::default() };
        let text = serde_json::to_string(&PushRequest { messages: vec![message], timestamp: 7 }).unwrap();
        let names: Vec<&str> =
            text.split('"').skip(1).step_by(2).filter(|name| name.starts_with(char::is_lowercase)).collect();
        assert_eq!(
            names,
            [
                "messages",
                "from",
                "channel",
                "to",
                "controlType",
                "mediaType",
                "content",
                "simQuestions",
                "senderNickname",
                "timestamp",
                "sourceType",
                "callId",
                "messageCode",
                "timestamp"
            ]
        );
    }

    #[test]
    fn an_answer_may_have_a_number_for_its_code() {
        let answer: PushAnswer = serde_json::from_str(r#"{"resultCode":0,"more":1}"#).unwrap();
        assert_eq!(answer.result_code.as_deref(), Some("0"));
    }
}
