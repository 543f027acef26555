//! Notes: what agents write to each other about a conversation. Customers never see them.

use serde::{Deserialize, Serialize};

use super::message::Author;
use crate::field::{self, FieldError};
use crate::messaging::send::MAX_MESSAGE_ID_CHARACTERS;
use crate::{Redacted, RedactedStr, Text};

/// Longest note, in characters.
pub const MAX_NOTE_CHARACTERS: usize = 4_000;
/// Most agents whom one note mentions.
pub const MAX_MENTIONS: usize = 20;

/// A note about a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Note {
    /// Unique id.
    pub id: String,
    /// The entry's number in the customer's log: places it among the messages.
    #[cfg_attr(feature = "openapi", schema(example = 13))]
    pub seq: u64,
    /// When it was stored, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(example = 1_619_590_480_756_i64))]
    pub at: i64,
    /// Who wrote it: an agent.
    pub author: Author,
    /// The text.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "Her third parcel that is lost."))]
    pub text: Redacted,
    /// The agents whom it mentions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(example = json!(["102"])))]
    pub mentions: Vec<String>,
}

/// Answer of `GET /api/v1/agent/conversations/{id}/notes`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoteList {
    /// The notes, oldest first.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub notes: Vec<Note>,
}

/// Body of `POST /api/v1/agent/conversations/{id}/notes`. The answer is the stored `Note`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoteRequest {
    /// The text, of at most 4,000 characters; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "Her third lost parcel."))]
    pub text: Option<Redacted>,
    /// Agents who are told of it, and who may see the conversation from then on; at most 20.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>, example = json!(["102"])))]
    pub mentions: Option<Vec<Text>>,
    /// Names the note, so that sending it again writes no second one; at most 32 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub message_id: Option<Text>,
}

/// A [`NoteRequest`] that has everything it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNote<'a> {
    /// The text.
    pub text: RedactedStr<'a>,
    /// Whom it mentions, each once.
    pub mentions: Vec<&'a str>,
    /// What it can be repeated by.
    pub message_id: Option<&'a str>,
}

impl NoteRequest {
    /// Checks presence and lengths; whether there are such agents, whoever knows them must see.
    pub fn check(&self) -> Result<NewNote<'_>, FieldError> {
        let text = field::required("text", self.text.as_deref())?;
        let text = RedactedStr(field::at_most_characters("text", text, MAX_NOTE_CHARACTERS)?);
        let mut mentions = Vec::new();
        for agent in self.mentions.iter().flatten() {
            let agent = field::identifier("mentions", Some(agent))?;
            if !mentions.contains(&agent) {
                mentions.push(agent);
            }
        }
        if mentions.len() > MAX_MENTIONS {
            return Err(FieldError::invalid("mentions", format!("must be at most {MAX_MENTIONS}")));
        }
        let message_id =
            field::optional_at_most("messageId", self.message_id.as_deref(), MAX_MESSAGE_ID_CHARACTERS)?;
        Ok(NewNote { text, mentions, message_id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_has_a_text_and_mentions_each_agent_once() {
        let request = |text: &str| serde_json::from_str::<NoteRequest>(text).unwrap();
        let note = request(r#"{"text": "look", "mentions": [102, "102", "103"]}"#);
        let checked = note.check().unwrap();
        assert_eq!((checked.mentions, checked.message_id), (vec!["102", "103"], None));
        let refused = |text: &str| request(text).check().unwrap_err().to_string();
        assert_eq!(refused("{}"), "`text` is missing");
        assert_eq!(refused(r#"{"text": ""}"#), "`text` is empty");
        assert_eq!(refused(r#"{"text": "x", "mentions": [""]}"#), "`mentions` is empty");
        let long = format!(r#"{{"text": "{}"}}"#, "三".repeat(4_001));
        assert_eq!(refused(&long), "`text` is longer than 4000 characters");
        assert!(!format!("{note:?}").contains("look"));
    }
}
