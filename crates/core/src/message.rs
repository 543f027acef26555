//! What people, robots and the system say.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, RobotId};
use crate::robot::Trace;
use crate::routing::Place;

/// Who said something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The customer.
    Customer,
    /// A robot.
    Robot(RobotId),
    /// An agent.
    Agent(AgentId),
    /// Frontdesk itself.
    System,
}

/// What kind of thing a message's content is; names as on the wire (send, poll).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MediaType {
    /// Plain text.
    Text,
    /// A picture, by its file key.
    Image,
    /// A sound, by its file key.
    Audio,
    /// A film, by its file key.
    Video,
    /// A file: `name,bytes,key,type`.
    File,
    /// A picture, as `key,type`.
    FileImage,
    /// A film, sound or place, as `key,type`.
    FileVideo,
    /// A card: a JSON object as text.
    #[serde(rename = "WEBCARD")]
    WebCard,
    /// A place: `latitude/longitude/description`.
    Locate,
    /// A document, by its file key (down-link only).
    Document,
}

impl MediaType {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "TEXT",
            Self::Image => "IMAGE",
            Self::Audio => "AUDIO",
            Self::Video => "VIDEO",
            Self::File => "FILE",
            Self::FileImage => "FILE_IMAGE",
            Self::FileVideo => "FILE_VIDEO",
            Self::WebCard => "WEBCARD",
            Self::Locate => "LOCATE",
            Self::Document => "DOCUMENT",
        }
    }

    /// The media type with this name on the wire.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "TEXT" => Self::Text,
            "IMAGE" => Self::Image,
            "AUDIO" => Self::Audio,
            "VIDEO" => Self::Video,
            "FILE" => Self::File,
            "FILE_IMAGE" => Self::FileImage,
            "FILE_VIDEO" => Self::FileVideo,
            "WEBCARD" => Self::WebCard,
            "LOCATE" => Self::Locate,
            "DOCUMENT" => Self::Document,
            _ => return None,
        })
    }

    /// The key of the file that a content of this type names, if it names one.
    pub fn file_key(self, content: &str) -> Option<&str> {
        let key = match self {
            // 2024 pages send `key,type` for these as well.
            Self::Image | Self::Audio | Self::Video | Self::FileImage | Self::FileVideo | Self::Document => {
                content.split(',').next()?
            }
            Self::File => content.split(',').nth(2)?,
            Self::Text | Self::WebCard | Self::Locate => return None,
        };
        Some(key.trim()).filter(|key| !key.is_empty())
    }
}

/// Something that was said. Fields that do not apply are empty.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who said it.
    pub author: Author,
    /// What kind of thing `content` is.
    pub media: MediaType,
    /// The text, or what names the file, card or place.
    pub content: String,
    /// The author's name as others see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// The author's picture: a URL, or what the client knows it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// What only some kinds of message have.
    #[serde(default, skip_serializing_if = "Extras::is_empty")]
    pub extras: Extras,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Contents never reach a log line.
        f.debug_struct("Message")
            .field("author", &self.author)
            .field("media", &self.media)
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

/// What only some kinds of message have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extras {
    /// The id that the customer's client gave the message (`messageId` of send).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The robot's gender, as configured (`robotGender`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// Questions that the robot knows and that are near what was asked (`simQuestions`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub similar: Vec<String>,
    /// Which of the robot's turns in this conversation this is, from 1 (`interIdx`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn: Option<u32>,
    /// What the robot found in its knowledge for what was asked; with the first message of its turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<Box<Trace>>,
    /// The customer has been found to be queuing (`queueFlag`).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub queuing: bool,
    /// Where the customer stands in the queue, as the text tells them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// It was taken back: the content is gone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub recalled: bool,
    /// Something in the content was masked before it was stored.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub masked: bool,
    /// The type of the file that an agent sent, such as `png` (`mediaFileType`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_type: Option<String>,
}

impl Extras {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Message {
    /// What is left of it when it is taken back.
    #[must_use]
    pub fn recalled(&self) -> Self {
        Self {
            content: String::new(),
            extras: Extras { recalled: true, ..Extras::default() },
            ..self.clone()
        }
    }

    /// A plain text.
    pub fn text(author: Author, content: impl Into<String>) -> Self {
        Self {
            author,
            media: MediaType::Text,
            content: content.into(),
            nickname: None,
            avatar: None,
            extras: Extras::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_keys_are_found_in_each_documented_form() {
        assert_eq!(MediaType::Image.file_key("key1"), Some("key1"));
        assert_eq!(MediaType::FileImage.file_key("key1,jpg"), Some("key1"));
        assert_eq!(MediaType::File.file_key("notes.txt,6,key1,txt"), Some("key1"));
        assert_eq!(MediaType::Text.file_key("a,b,c"), None);
        assert_eq!(MediaType::File.file_key("notes.txt"), None);
    }

    #[test]
    fn every_wire_name_is_read_back() {
        for media in [MediaType::Text, MediaType::WebCard, MediaType::FileImage, MediaType::Document] {
            assert_eq!(MediaType::parse(media.as_str()), Some(media));
            assert_eq!(serde_json::to_value(media).unwrap(), media.as_str());
        }
    }
}
