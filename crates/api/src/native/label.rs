//! What agents put on a conversation: `PATCH /api/v1/agent/conversations/{id}`.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::field::{self, FieldError};
use crate::named::named;
use crate::{Redacted, Text};

/// Most tags of a conversation.
pub const MAX_TAGS: usize = 20;
/// Longest tag, in characters.
pub const MAX_TAG_CHARACTERS: usize = 64;
/// Most attributes of a conversation.
pub const MAX_ATTRIBUTES: usize = 50;
/// Longest key of an attribute, in characters.
pub const MAX_KEY_CHARACTERS: usize = 64;
/// Longest value of an attribute, in characters.
pub const MAX_VALUE_CHARACTERS: usize = 1_000;

named! {
    /// How urgent a conversation is.
    #[derive(Default)]
    Priority {
        /// Waits until all others are served.
        Low = "low",
        /// As it comes.
        #[default]
        Normal = "normal",
        /// Comes before those as they come.
        High = "high",
        /// Comes before all others.
        Urgent = "urgent",
    }
}

/// A field of a JSON merge patch (RFC 7396): absent, `null`, or a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Patched<T> {
    /// It is absent: nothing changes.
    #[default]
    Absent,
    /// It is `null`: what was there goes.
    Null,
    /// This takes its place.
    Value(T),
}

impl<T> Patched<T> {
    /// Whether the field is absent.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl<T: Serialize> Serialize for Patched<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent | Self::Null => serializer.serialize_none(),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patched<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

/// A change of what is on a conversation, as a JSON merge patch (RFC 7396): what is absent stays, what is `null` goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConversationPatch {
    /// All tags anew: at most 20, each of at most 64 characters.
    #[serde(skip_serializing_if = "Patched::is_absent")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>, example = json!(["refund"])))]
    pub tags: Patched<Vec<Text>>,
    /// The priority; `null` for normal.
    #[serde(skip_serializing_if = "Patched::is_absent")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Priority>, example = "high"))]
    pub priority: Patched<Text>,
    /// Attributes that change: those with a value are set, those with `null` go, others stay. A conversation has at
    /// most 50, with keys of at most 64 characters and values of at most 1,000.
    #[serde(skip_serializing_if = "Patched::is_absent")]
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<BTreeMap<String, Option<String>>>, example = json!({"order": "4711"}))
    )]
    pub attributes: Patched<BTreeMap<String, Option<Redacted>>>,
    /// What came of it: one of the tenant's list.
    #[serde(skip_serializing_if = "Patched::is_absent")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "solved"))]
    pub disposition: Patched<Text>,
}

/// A [`ConversationPatch`] whose values fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relabelling<'a> {
    /// The tags, without spaces around them.
    pub tags: Patched<Vec<&'a str>>,
    /// The priority.
    pub priority: Patched<Priority>,
    /// The attributes that change.
    pub attributes: Patched<&'a BTreeMap<String, Option<Redacted>>>,
    /// The disposition.
    pub disposition: Patched<&'a str>,
}

impl ConversationPatch {
    /// Checks all values but whether there is such a disposition, and how many attributes there are in the end.
    pub fn check(&self) -> Result<Relabelling<'_>, FieldError> {
        Ok(Relabelling {
            tags: read(&self.tags, |tags| checked_tags(tags))?,
            priority: read(&self.priority, |name| field::one_of("priority", Some(name)))?,
            attributes: read(&self.attributes, |attributes| {
                attributes.iter().try_for_each(|(key, value)| check_attribute(key, value.as_deref()))?;
                Ok(attributes)
            })?,
            disposition: read(&self.disposition, |id| field::identifier("disposition", Some(id)))?,
        })
    }
}

fn read<'a, T, R>(
    patched: &'a Patched<T>,
    read: impl FnOnce(&'a T) -> Result<R, FieldError>,
) -> Result<Patched<R>, FieldError> {
    Ok(match patched {
        Patched::Absent => Patched::Absent,
        Patched::Null => Patched::Null,
        Patched::Value(value) => Patched::Value(read(value)?),
    })
}

fn checked_tags(tags: &[Text]) -> Result<Vec<&str>, FieldError> {
    if tags.len() > MAX_TAGS {
        return Err(FieldError::invalid("tags", format!("must be at most {MAX_TAGS}")));
    }
    tags.iter().map(|tag| checked_tag("tags", tag)).collect()
}

/// A tag without spaces around it.
pub(super) fn checked_tag<'a>(field: &'static str, tag: &'a str) -> Result<&'a str, FieldError> {
    let tag = field::required(field, Some(tag.trim()))?;
    if tag.contains(char::is_control) {
        return Err(FieldError::invalid(field, "must not contain control characters"));
    }
    field::at_most_characters(field, tag, MAX_TAG_CHARACTERS)
}

/// A key must be one that a canned reply can name.
fn check_attribute(key: &str, value: Option<&str>) -> Result<(), FieldError> {
    const FIELD: &str = "attributes";
    if key.trim() != key || key.is_empty() || key.contains(|c: char| c.is_control() || "{}|".contains(c)) {
        let why = "must have keys that are not empty, without spaces around them and without any of { } |";
        return Err(FieldError::invalid(FIELD, why));
    }
    field::at_most_characters(FIELD, key, MAX_KEY_CHARACTERS)?;
    field::at_most_characters(FIELD, value.unwrap_or_default(), MAX_VALUE_CHARACTERS).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(patch: &str) -> String {
        serde_json::from_str::<ConversationPatch>(patch).unwrap().check().unwrap_err().to_string()
    }

    #[test]
    fn absent_null_and_a_value_are_three_things() {
        let text = r#"{"tags":["refund"],"priority":null,"attributes":{"order":"7","size":null}}"#;
        let patch: ConversationPatch = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&patch).unwrap(), text);
        let checked = patch.check().unwrap();
        assert_eq!((checked.tags, checked.priority), (Patched::Value(vec!["refund"]), Patched::Null));
        assert_eq!(checked.disposition, Patched::Absent);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        assert_eq!(refused(r#"{"tags": ["a", " "]}"#), "`tags` is empty");
        assert_eq!(
            refused(&format!(r#"{{"tags": ["{}"]}}"#, "x".repeat(65))),
            "`tags` is longer than 64 characters"
        );
        let many: Vec<String> = (0..21).map(|number| format!("\"{number}\"")).collect();
        assert_eq!(refused(&format!(r#"{{"tags": [{}]}}"#, many.join(","))), "`tags` must be at most 20");
        assert_eq!(refused(r#"{"priority": "asap"}"#), "`priority` must be one of low, normal, high, urgent");
        assert!(refused(r#"{"attributes": {"a}b": "1"}}"#).starts_with("`attributes` must have keys"));
        let long = format!(r#"{{"attributes": {{"a": "{}"}}}}"#, "x".repeat(1_001));
        assert_eq!(refused(&long), "`attributes` is longer than 1000 characters");
        assert_eq!(refused(r#"{"disposition": ""}"#), "`disposition` is empty");
    }
}
