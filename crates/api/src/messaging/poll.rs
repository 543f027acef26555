//! poll (`cec_07_0108)`: how a customer's client receives.
//!
//! The classic answer is the documented one. The acknowledged answer, chosen by the presence of a cursor, has the
//! same fields and some more behind them.

use serde::{Deserialize, Serialize};

use super::enums::{ControlType, MediaType, SourceType};
use super::result::{POLLED, SUCCESS};
use crate::field::{self, FieldError};
use crate::named::named;
use crate::{Redacted, Text, lenient};

/// Longest hold that a client may ask for, in seconds; more is cut to this.
pub const MAX_WAIT_SECONDS: u64 = 55;
/// Most messages of one answer; more is cut to this.
pub const MAX_LIMIT: u64 = 100;
/// Longest cursor, in characters.
pub const MAX_CURSOR_CHARACTERS: usize = 128;

/// Query of `GET /apiaccess/ccmessaging/poll`. The first three are documented, the rest are additions.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct PollQuery {
    /// The customer's id; if given, it must be the token's.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "session_fixed_user_fixed"))]
    pub receiver_id: Option<Text>,
    /// The channel's type; if given, it must be the token's: `WEB`.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "WEB"))]
    pub channel: Option<Text>,
    /// `true` also delivers `READ` notices; anything else does not.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "true"))]
    pub is_need_read: Option<Text>,
    /// Hold for up to this many seconds, 0 to 55; more is cut to 55.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 25))]
    pub wait: Option<Text>,
    /// At most this many messages, 1 to 100.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 50))]
    pub limit: Option<Text>,
    /// Acknowledges everything before it and asks for what follows. Empty: where this device stands; `earliest`;
    /// `latest`: moves the device to the head.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = ""))]
    pub cursor: Option<Text>,
    /// Which of the customer's devices reads, at most 64 characters.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "phone"))]
    pub device_id: Option<Text>,
    /// Extra classes wanted, joined by commas: `read`, `typing`, `queue`, `session`, `self`.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "typing,queue"))]
    pub events: Option<Text>,
}

named! {
    /// A class of events beside the messages (`events` of poll).
    EventClass {
        /// The agent has read messages.
        Read = "read",
        /// The agent is typing.
        Typing = "typing",
        /// The place in the queue has changed.
        Queue = "queue",
        /// The conversation began, changed hands or ended.
        Session = "session",
        /// What the customer sent from another device.
        SelfCopies = "self",
    }
}

/// A [`PollQuery`] whose values have been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollWish<'a> {
    /// The customer's id, if given.
    pub receiver_id: Option<&'a str>,
    /// The channel's type, if given.
    pub channel: Option<&'a str>,
    /// Whether `READ` notices are wanted.
    pub needs_read: bool,
    /// How long to hold, in seconds, if asked for: at most [`MAX_WAIT_SECONDS`].
    pub wait_seconds: Option<u64>,
    /// Most messages wanted, if asked for: 1 to [`MAX_LIMIT`].
    pub limit: Option<usize>,
    /// The cursor, if given; an empty one is one. Its presence chooses the acknowledged level.
    pub cursor: Option<&'a str>,
    /// The device, if given.
    pub device_id: Option<&'a str>,
    /// The extra classes wanted.
    pub events: Vec<EventClass>,
}

impl PollQuery {
    /// Reads the values; the first field at fault is named.
    pub fn check(&self) -> Result<PollWish<'_>, FieldError> {
        let wait = self.wait.as_deref().map(|text| field::natural("wait", Some(text))).transpose()?;
        let limit = self.limit.as_deref().map(|text| field::natural("limit", Some(text))).transpose()?;
        let cursor = self
            .cursor
            .as_deref()
            .map(|text| field::at_most_characters("cursor", text, MAX_CURSOR_CHARACTERS))
            .transpose()?;
        Ok(PollWish {
            receiver_id: field::optional(self.receiver_id.as_deref()),
            channel: field::optional(self.channel.as_deref()),
            needs_read: self.is_need_read.as_deref() == Some("true"),
            wait_seconds: wait.map(|seconds| seconds.min(MAX_WAIT_SECONDS)),
            limit: limit.and_then(|count| usize::try_from(count.clamp(1, MAX_LIMIT)).ok()),
            cursor,
            device_id: field::optional_identifier("deviceId", self.device_id.as_deref())?,
            events: self.event_classes()?,
        })
    }

    fn event_classes(&self) -> Result<Vec<EventClass>, FieldError> {
        let names = self.events.as_deref().unwrap_or_default();
        names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(|name| field::one_of("events", Some(name)))
            .collect()
    }
}

/// Answer of the classic poll (`pollRsp`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PollAnswer {
    /// `0`: success, also if there was nothing.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "0"))]
    pub result_code: String,
    /// The result in words.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "query user messages success."))]
    pub result_desc: String,
    /// The messages, oldest first; empty if there was nothing.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub downlink_messages: Vec<DownlinkMessage>,
}

impl PollAnswer {
    /// The successful answer with these messages, which may be none.
    pub fn success(downlink_messages: Vec<DownlinkMessage>) -> Self {
        Self { result_code: SUCCESS.to_owned(), result_desc: POLLED.text.to_owned(), downlink_messages }
    }
}

/// One message on its way to the customer (`downLIinkMsgArr`, so spelt; `cec_07_0108`, `cec_05_2020`).
///
/// All fields are always there, in this order, `null` where empty: first the thirteen of the published sample, then
/// those that other pages add.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DownlinkMessage {
    /// The channel's Configuration ID, whoever wrote the message.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "1011577355744904195"))]
    pub from: String,
    /// The channel's type.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "WEB"))]
    pub channel: String,
    /// The customer's id.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "session_fixed_user_fixed"))]
    pub to: String,
    /// What the message does: `CHAT`, `DISCONNECT` or `READ`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub control_type: ControlType,
    /// What the content is; `null` on `READ` and on most `DISCONNECT`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub media_type: Option<MediaType>,
    /// A text of at most 500 characters (a channel may allow up to 4,000), a file id, a place, or the ids that were
    /// read, joined by commas.
    #[cfg_attr(
        feature = "openapi",
        schema(required = true, value_type = Option<String>, example = "Welcome,welcome")
    )]
    pub content: Option<Redacted>,
    /// Up to five similar questions, as a JSON array in a string.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = Option<String>))]
    pub sim_questions: Option<Redacted>,
    /// Display name of the robot, the agent or the system.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "test"))]
    pub sender_nickname: Option<String>,
    /// Picture of the robot or the agent: a built-in number or an address.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "1"))]
    pub sender_avatar: Option<String>,
    /// When the message was stored, in milliseconds since 1970; strictly increases per customer.
    #[serde(deserialize_with = "lenient::milliseconds")]
    #[cfg_attr(feature = "openapi", schema(required = true, example = 1_619_590_480_756_i64))]
    pub timestamp: i64,
    /// Who wrote it: `AGENT`, `ROBOT` or `SYSTEM`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub source_type: SourceType,
    /// The conversation, `{epoch seconds}-{number}`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub call_id: Option<String>,
    /// The robot's gender, on its messages: `MALE` or `FEMALE`.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "MALE"))]
    pub robot_gender: Option<String>,
    /// Unique code of the message, by which clients drop duplicates and recalls name it; at most 64 characters.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub message_code: Option<String>,
    /// On `DISCONNECT` by time-out: whether the customer may still write.
    #[serde(deserialize_with = "lenient::optional_flag")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub is_offline_status: Option<bool>,
    /// Number of the robot's turn, which feedback names.
    #[serde(deserialize_with = "lenient::optional_string")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub inter_idx: Option<String>,
    /// `1`: the content is a local file; `null`: one of the media library.
    #[serde(deserialize_with = "lenient::optional_string")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub content_type: Option<String>,
    /// The file's type, such as `png`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub media_file_type: Option<String>,
    /// `Y`: the customer is waiting in a queue.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub queue_flag: Option<String>,
    /// In samples only, there always `null`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub handler_type: Option<String>,
    /// Id of an associated e-mail.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub association_content_id: Option<String>,
    /// When it was received, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub receive_time: Option<i64>,
}

/// Answer of the acknowledged poll: the documented fields, then the additions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AcknowledgedPollAnswer {
    /// `0`: success, also if there was nothing.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "0"))]
    pub result_code: String,
    /// The result in words.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "query user messages success."))]
    pub result_desc: String,
    /// The messages, oldest first; empty if there was nothing.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub downlink_messages: Vec<AcknowledgedMessage>,
    /// What to present next: it acknowledges this answer.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub next_cursor: String,
    /// Whether more is waiting already.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub has_more: bool,
    /// Set if entries that the cursor asked for are no longer delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
    /// Whether a newer poll of the same device has ended this one.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub superseded: bool,
    /// Longest `wait` that the server grants, in seconds.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 55))]
    pub wait_max: u64,
    /// How long to wait before the next poll, in milliseconds; `0` for at once.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 0))]
    pub poll_after_ms: u64,
    /// The server's time, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 1_619_590_480_756_i64))]
    pub server_time: i64,
    /// Events of the classes asked for; they never stand among the messages.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub events: Vec<PollEvent>,
}

/// A [`DownlinkMessage`] with the additions of the acknowledged level behind its own fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AcknowledgedMessage {
    /// The documented fields.
    #[serde(flatten)]
    pub message: DownlinkMessage,
    /// The same as `messageCode`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub message_id: String,
    /// The entry's number in the customer's log; grows, with holes.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 12))]
    pub seq: u64,
    /// The conversation that it belongs to.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub conversation_id: Option<String>,
    /// Whether this device was sent it before.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub redelivered: bool,
}

/// Entries that can no longer be delivered; delivery goes on from the oldest that can.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Gap {
    /// Why they cannot.
    pub reason: GapReason,
    /// The cursor of the oldest entry that still can.
    pub oldest_cursor: String,
}

named! {
    /// Why there is a gap.
    GapReason {
        /// They are older than the delivery period.
        Expired = "EXPIRED",
        /// The cursor is of an earlier life of the store: a backup was restored.
        Epoch = "EPOCH",
        /// There were too many.
        Overflow = "OVERFLOW",
    }
}

/// An event beside the messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PollEvent {
    /// The entry's number in the customer's log; `null` for what is not kept, such as typing.
    pub seq: Option<u64>,
    /// The class that it belongs to.
    #[serde(rename = "type")]
    pub class: EventClass,
    /// When it happened, in milliseconds since 1970.
    pub at: i64,
    /// What happened, by class.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub data: serde_json::Value,
}

/// Acknowledges what a stream delivered.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AckRequest {
    /// Everything up to here was received.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String))]
    pub cursor: Option<Text>,
    /// The device that received it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "phone"))]
    pub device_id: Option<Text>,
}

/// A checked [`AckRequest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acknowledged<'a> {
    /// Everything up to here was received.
    pub cursor: &'a str,
    /// The device that received it.
    pub device_id: Option<&'a str>,
}

impl AckRequest {
    /// Checks the request.
    pub fn check(&self) -> Result<Acknowledged<'_>, FieldError> {
        let cursor = field::required("cursor", self.cursor.as_deref())?;
        Ok(Acknowledged {
            cursor: field::at_most_characters("cursor", cursor, MAX_CURSOR_CHARACTERS)?,
            device_id: field::optional_identifier("deviceId", self.device_id.as_deref())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(query: &PollQuery) -> Result<PollWish<'_>, String> {
        query.check().map_err(|error| error.to_string())
    }

    #[test]
    fn too_much_is_cut_and_nonsense_is_named() {
        let query = PollQuery { wait: Some("100".into()), limit: Some("0".into()), ..PollQuery::default() };
        let wished = wish(&query).unwrap();
        assert_eq!((wished.wait_seconds, wished.limit), (Some(55), Some(1)));

        for bad in ["-1", "soon", "1.5"] {
            let query = PollQuery { wait: Some(bad.into()), ..PollQuery::default() };
            assert_eq!(wish(&query).unwrap_err(), "`wait` must be a whole number that is not negative");
        }
        let query = PollQuery { limit: Some(String::new().into()), ..PollQuery::default() };
        assert_eq!(wish(&query).unwrap_err(), "`limit` is empty");
    }

    #[test]
    fn an_empty_cursor_is_a_cursor_and_an_empty_receiver_is_none() {
        let query = PollQuery {
            cursor: Some("".into()),
            receiver_id: Some("".into()),
            is_need_read: Some("TRUE".into()),
            ..PollQuery::default()
        };
        let wished = wish(&query).unwrap();
        assert_eq!((wished.cursor, wished.receiver_id, wished.needs_read), (Some(""), None, false));
        assert_eq!(wish(&PollQuery::default()).unwrap().cursor, None);
    }

    #[test]
    fn event_classes_are_read_from_a_list() {
        let query = PollQuery { events: Some("read, self".into()), ..PollQuery::default() };
        assert_eq!(wish(&query).unwrap().events, [EventClass::Read, EventClass::SelfCopies]);
        let query = PollQuery { events: Some("read,all".into()), ..PollQuery::default() };
        assert!(wish(&query).unwrap_err().starts_with("`events` must be one of read, typing"));
    }
}
