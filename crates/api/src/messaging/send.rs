//! send (`cec_07_0105`) and sendAsync (`cec_07_0106)`: every message that a customer sends.

use serde::{Deserialize, Serialize};

use super::enums::{ControlType, MediaType, SourceType};
use crate::field::{self, FieldError, MAX_NAME_CHARACTERS};
use crate::{Redacted, RedactedStr, Text};

/// Longest text that a customer may send, in bytes of UTF-8 ("at most 1 KB").
pub const MAX_TEXT_BYTES: usize = 1_024;
/// Longest content of any other media type, in bytes. The pages name no limit; this one is ours, and a card fits.
pub const MAX_OTHER_BYTES: usize = 8_192;
/// Longest `messageId`, in characters.
pub const MAX_MESSAGE_ID_CHARACTERS: usize = 32;
/// Longest `senderAvatar`, in characters.
pub const MAX_AVATAR_CHARACTERS: usize = 1_024;

/// Body of `POST /apiaccess/ccmessaging/send`, `…/sendAsync` and `…/sendSync` (`sendMsgReq`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SendRequest {
    /// The channel's type; mandatory, `WEB`.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "WEB"))]
    pub channel: Option<Text>,
    /// What is said, by media type. Mandatory for `CHAT`; a text holds at most 1,024 bytes.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "opening hours"))]
    pub content: Option<Redacted>,
    /// What the message does; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = ControlType, example = "CHAT"))]
    pub control_type: Option<Text>,
    /// The customer's id, as in applyToken; mandatory, 1 to 64 characters.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "u-77"))]
    pub from: Option<Text>,
    /// What the content is; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = MediaType, example = "TEXT"))]
    pub media_type: Option<Text>,
    /// The customer's display name.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "Ann"))]
    pub sender_nickname: Option<Text>,
    /// Who sends; mandatory, `CUSTOMER`.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "CUSTOMER"))]
    pub source_type: Option<Text>,
    /// When the client sent it, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "1700000000000"))]
    pub timestamp: Option<Text>,
    /// The channel's Configuration ID; mandatory.
    #[cfg_attr(
        feature = "openapi",
        schema(required = true, value_type = String, example = "1011577355744904195")
    )]
    pub to: Option<Text>,
    /// The client's user agent, in any form.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub user_agent: Option<Text>,
    /// Address of the customer's picture, at most 1,024 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub sender_avatar: Option<Text>,
    /// The client's own unique id of the message, at most 32 characters without a comma. Repeated, it repeats the
    /// answer and not the message.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "m-1"))]
    pub message_id: Option<Text>,
    /// JSON text that is handed to the robot when connecting.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub trans_data: Option<Redacted>,
}

/// A [`SendRequest`] that has everything it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentMessage<'a> {
    /// The channel's type, as the client wrote it.
    pub channel: &'a str,
    /// What is said. Only `CHAT` is certain to have it; in `CONNECT` and `TRANS2AGENT` it is no question.
    pub content: Option<RedactedStr<'a>>,
    /// What the message does.
    pub control_type: ControlType,
    /// The customer's id, as the client wrote it.
    pub from: &'a str,
    /// What the content is.
    pub media_type: MediaType,
    /// The customer's display name.
    pub sender_nickname: Option<&'a str>,
    /// When the client says it sent the message, in milliseconds since 1970; `None` also if it is no number.
    pub timestamp: Option<i64>,
    /// The channel's Configuration ID, as the client wrote it.
    pub to: &'a str,
    /// The client's user agent.
    pub user_agent: Option<&'a str>,
    /// Address of the customer's picture.
    pub sender_avatar: Option<&'a str>,
    /// The client's own id of the message.
    pub message_id: Option<&'a str>,
    /// Data for the robot.
    pub trans_data: Option<RedactedStr<'a>>,
}

impl SendRequest {
    /// Checks presence, lengths and names; the first field at fault is named.
    ///
    /// That `from`, `to` and `channel` agree with the token is for the server to see.
    pub fn check(&self) -> Result<SentMessage<'_>, FieldError> {
        let control_type = field::one_of("controlType", self.control_type.as_deref())?;
        let media_type = self.checked_media_type()?;
        self.check_source_type()?;
        Ok(SentMessage {
            channel: field::required("channel", self.channel.as_deref())?,
            content: self.checked_content(control_type, media_type)?.map(RedactedStr),
            control_type,
            from: field::identifier("from", self.from.as_deref())?,
            media_type,
            sender_nickname: field::optional_at_most(
                "senderNickname",
                self.sender_nickname.as_deref(),
                MAX_NAME_CHARACTERS,
            )?,
            timestamp: self.timestamp.as_deref().and_then(|text| text.parse().ok()),
            to: field::identifier("to", self.to.as_deref())?,
            user_agent: field::optional(self.user_agent.as_deref()),
            sender_avatar: field::optional_at_most(
                "senderAvatar",
                self.sender_avatar.as_deref(),
                MAX_AVATAR_CHARACTERS,
            )?,
            message_id: self.checked_message_id()?,
            trans_data: field::optional(self.trans_data.as_deref()).map(RedactedStr),
        })
    }

    fn checked_media_type(&self) -> Result<MediaType, FieldError> {
        let media_type: MediaType = field::one_of("mediaType", self.media_type.as_deref())?;
        if media_type.may_go_up() {
            Ok(media_type)
        } else {
            Err(FieldError::invalid("mediaType", format!("{media_type} cannot be sent by a customer")))
        }
    }

    fn check_source_type(&self) -> Result<(), FieldError> {
        match field::one_of("sourceType", self.source_type.as_deref())? {
            SourceType::Customer => Ok(()),
            _ => Err(FieldError::invalid("sourceType", "must be CUSTOMER")),
        }
    }

    fn checked_content(
        &self,
        control_type: ControlType,
        media_type: MediaType,
    ) -> Result<Option<&str>, FieldError> {
        let content = match control_type {
            ControlType::Chat => Some(field::required("content", self.content.as_deref())?),
            _ => field::optional(self.content.as_deref()),
        };
        match (content, media_type) {
            (Some(text), MediaType::Text) => field::at_most_bytes("content", text, MAX_TEXT_BYTES).map(Some),
            (Some(other), _) => field::at_most_bytes("content", other, MAX_OTHER_BYTES).map(Some),
            (None, _) => Ok(None),
        }
    }

    fn checked_message_id(&self) -> Result<Option<&str>, FieldError> {
        let message_id =
            field::optional_at_most("messageId", self.message_id.as_deref(), MAX_MESSAGE_ID_CHARACTERS)?;
        match message_id {
            // Notices of what was read join these ids by commas.
            Some(id) if id.contains(',') => Err(FieldError::invalid("messageId", "must not contain a comma")),
            _ => Ok(message_id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat(change: impl FnOnce(&mut SendRequest)) -> Result<ControlType, String> {
        let mut request: SendRequest = serde_json::from_str(
            r#"{"content":"hours","controlType":"CHAT","from":"u-77","mediaType":"TEXT","senderNickname":"Ann",
                "sourceType":"CUSTOMER","timestamp":"1700000000000","to":"20230101000001","userAgent":null,
                "senderAvatar":null,"channel":"WEB"}"#,
        )
        .unwrap();
        change(&mut request);
        request.check().map(|sent| sent.control_type).map_err(|error| error.to_string())
    }

    #[test]
    fn the_first_field_at_fault_is_named() {
        assert_eq!(chat(|_| ()), Ok(ControlType::Chat));
        assert_eq!(chat(|request| request.from = None).unwrap_err(), "`from` is missing");
        assert_eq!(chat(|request| request.content = Some("".into())).unwrap_err(), "`content` is empty");
        assert_eq!(
            chat(|request| request.media_type = Some("SMELL".into())).unwrap_err(),
            "`mediaType` must be one of TEXT, IMAGE, AUDIO, VIDEO, FILE, FILE_IMAGE, FILE_VIDEO, WEBCARD, LOCATE, \
             DOCUMENT"
        );
        assert_eq!(
            chat(|request| request.message_id = Some("a,b".into())).unwrap_err(),
            "`messageId` must not contain a comma"
        );
        assert_eq!(
            chat(|request| request.source_type = Some("AGENT".into())).unwrap_err(),
            "`sourceType` must be CUSTOMER"
        );
    }

    #[test]
    fn a_text_is_measured_in_bytes_and_other_media_are_not() {
        let three_bytes_each = "三".repeat(342);
        assert_eq!(
            chat(|request| request.content = Some(three_bytes_each.as_str().into())).unwrap_err(),
            "`content` is longer than 1024 bytes"
        );
        assert!(chat(|request| request.content = Some("x".repeat(1024).into())).is_ok());
        assert!(
            chat(|request| {
                request.media_type = Some("WEBCARD".into());
                request.content = Some("x".repeat(1_025).into());
            })
            .is_ok()
        );
    }

    #[test]
    fn ids_and_times_may_be_numbers() {
        let request: SendRequest = serde_json::from_str(
            r#"{"channel":"WEB","controlType":"CONNECT","mediaType":"TEXT","sourceType":"CUSTOMER","from":44444444,
                "to":1011577355744904195,"timestamp":1700000000000,"unheardOf":[1]}"#,
        )
        .unwrap();
        let sent = request.check().unwrap();
        assert_eq!((sent.from, sent.to), ("44444444", "1011577355744904195"));
        assert_eq!((sent.timestamp, sent.content), (Some(1_700_000_000_000), None));
    }

    #[test]
    fn debug_shows_no_content() {
        let request = SendRequest { content: Some("my address".into()), ..SendRequest::default() };
        assert!(format!("{request:?}").contains("[10 bytes]"), "{request:?}");
    }
}
