//! What agents change of a customer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AttributeValue, MAX_NAME_CHARACTERS, MAX_NOTE_CHARACTERS, MAX_REASON_CHARACTERS};
use crate::field::{self, FieldError};
use crate::native::label::{MAX_KEY_CHARACTERS, MAX_TAGS, MAX_VALUE_CHARACTERS, Patched, checked_tag};
use crate::{Redacted, RedactedStr, Text};

/// A change of a customer's profile, as a JSON merge patch (RFC 7396): what is absent stays, what is `null` goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomerPatch {
    /// What agents call them, at most 128 characters; `null` for what they are called on their channels.
    #[serde(skip_serializing_if = "Patched::is_absent")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "Ann Chen"))]
    pub name: Patched<Text>,
    /// What agents should know, at most 4,000 characters.
    #[serde(skip_serializing_if = "Patched::is_absent")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub note: Patched<Redacted>,
    /// All tags anew: at most 20, each of at most 64 characters.
    #[serde(skip_serializing_if = "Patched::is_absent")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>, example = json!(["vip"])))]
    pub tags: Patched<Vec<Text>>,
    /// Attributes that change: those with a value are set, those with `null` go, others stay. At most 50, with keys of at
    /// most 64 characters; values are texts of at most 1,000, numbers, `true` or `false`.
    #[serde(skip_serializing_if = "Patched::is_absent")]
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<Object>, example = json!({"size": "L"}))
    )]
    pub attributes: Patched<BTreeMap<String, Option<AttributeValue>>>,
}

/// A [`CustomerPatch`] whose values fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerChange<'a> {
    /// The name.
    pub name: Patched<&'a str>,
    /// The note.
    pub note: Patched<RedactedStr<'a>>,
    /// The tags.
    pub tags: Patched<Vec<&'a str>>,
    /// The attributes that change.
    pub attributes: Patched<&'a BTreeMap<String, Option<AttributeValue>>>,
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

impl CustomerPatch {
    /// Checks all values but how many attributes there are in the end.
    pub fn check(&self) -> Result<CustomerChange<'_>, FieldError> {
        Ok(CustomerChange {
            name: read(&self.name, |name| {
                let name = field::required("name", Some(name.trim()))?;
                field::at_most_characters("name", name, MAX_NAME_CHARACTERS)
            })?,
            note: read(&self.note, |note| {
                field::at_most_characters("note", note, MAX_NOTE_CHARACTERS).map(RedactedStr)
            })?,
            tags: read(&self.tags, |tags| {
                if tags.len() > MAX_TAGS {
                    return Err(FieldError::invalid("tags", format!("must be at most {MAX_TAGS}")));
                }
                tags.iter().map(|tag| checked_tag("tags", tag)).collect()
            })?,
            attributes: read(&self.attributes, |attributes| {
                for (key, value) in attributes {
                    check_attribute(key, value.as_ref())?;
                }
                Ok(attributes)
            })?,
        })
    }
}

fn check_attribute(key: &str, value: Option<&AttributeValue>) -> Result<(), FieldError> {
    const FIELD: &str = "attributes";
    if key.trim() != key || key.is_empty() || key.contains(|c: char| c.is_control() || c == ':') {
        let why = "must have keys that are not empty, without spaces around them and without a colon";
        return Err(FieldError::invalid(FIELD, why));
    }
    field::at_most_characters(FIELD, key, MAX_KEY_CHARACTERS)?;
    if let Some(AttributeValue::Text(text)) = value {
        field::at_most_characters(FIELD, text, MAX_VALUE_CHARACTERS)?;
    }
    Ok(())
}

/// Body of `POST /api/v1/customers/{customer}/block`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlockRequest {
    /// Why, at most 500 characters; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "spam"))]
    pub reason: Option<Redacted>,
    /// Until when, in milliseconds since 1970; for good if it is absent.
    #[cfg_attr(feature = "openapi", schema(example = 1_919_590_480_756_i64))]
    pub until: Option<i64>,
}

impl BlockRequest {
    /// Checks the values: why, and until when.
    pub fn check(&self) -> Result<(RedactedStr<'_>, Option<i64>), FieldError> {
        let reason = field::required("reason", self.reason.as_deref())?;
        Ok((RedactedStr(field::at_most_characters("reason", reason, MAX_REASON_CHARACTERS)?), self.until))
    }
}

/// Body of `POST /api/v1/customers/{customer}/merge`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergeRequest {
    /// The customer that the other becomes part of; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String))]
    pub into: Option<Text>,
}

impl MergeRequest {
    /// Checks presence.
    pub fn check(&self) -> Result<&str, FieldError> {
        field::required("into", self.into.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_is_bounded() {
        let check = |json: &str| {
            let patch: CustomerPatch = serde_json::from_str(json).unwrap();
            patch.check().map(|_| ()).map_err(|error| error.field)
        };
        assert_eq!(
            check(r#"{"name": "Ann", "note": null, "attributes": {"a": 1, "b": null, "c": true}}"#),
            Ok(())
        );
        assert_eq!(check(r#"{"name": " "}"#), Err("name"));
        assert_eq!(check(r#"{"attributes": {"a:b": 1}}"#), Err("attributes"));
        assert!(serde_json::from_str::<CustomerPatch>(r#"{"attributes": {"a": [1]}}"#).is_err());
    }
}
