//! What lists of customers, and of what is a customer's, are asked for.

use serde::{Deserialize, Serialize};

use super::{AttributeValue, DEFAULT_LISTED, MAX_LISTED, MAX_NAME_CHARACTERS};
use crate::Text;
use crate::field::{self, FieldError};
use crate::native::label::checked_tag;

/// Query of `GET /api/v1/customers`. What is not given does not matter.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct CustomerQuery {
    /// A part of the name or of an id; case and accents do not matter.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "ann"))]
    pub q: Option<Text>,
    /// The beginning of an id, as the shop has it.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "u-7"))]
    pub user_id: Option<Text>,
    /// Only those who came by this channel.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub channel_id: Option<Text>,
    /// Only those with this tag.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "vip"))]
    pub tag: Option<Text>,
    /// Only those with this attribute, as `key:value`. `true`, `false` and numbers are what they look like; in quotation
    /// marks they are texts.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "size:L"))]
    pub attribute: Option<Text>,
    /// Only those who were seen from this moment on, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", param(value_type = Option<i64>))]
    pub seen_from: Option<Text>,
    /// Only those who were last seen before this moment, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", param(value_type = Option<i64>))]
    pub seen_before: Option<Text>,
    /// `true` for those who are kept out, `false` for the others.
    #[cfg_attr(feature = "openapi", param(value_type = Option<bool>))]
    pub blocked: Option<Text>,
    /// Only the customer of this conversation.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub conversation: Option<Text>,
    /// At most this many, 1 to 100; 20 unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 20))]
    pub limit: Option<Text>,
    /// Where to go on: the `next` of the last answer.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub cursor: Option<Text>,
}

/// A [`CustomerQuery`] whose values have been read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerWish<'a> {
    /// A part of name or id.
    pub text: Option<&'a str>,
    /// The beginning of an id.
    pub user: Option<&'a str>,
    /// The channel.
    pub channel: Option<&'a str>,
    /// The tag.
    pub tag: Option<&'a str>,
    /// The attribute.
    pub attribute: Option<(&'a str, AttributeValue)>,
    /// Seen from this moment on.
    pub seen_from: Option<u64>,
    /// Last seen before this moment.
    pub seen_before: Option<u64>,
    /// Whether they are kept out.
    pub blocked: Option<bool>,
    /// The conversation.
    pub conversation: Option<&'a str>,
    /// Most of them.
    pub limit: usize,
    /// Where to go on.
    pub cursor: Option<&'a str>,
}

fn limit_of(limit: Option<&Text>) -> Result<usize, FieldError> {
    let limit = field::optional_natural("limit", limit.map(|text| &**text))?.unwrap_or(DEFAULT_LISTED);
    Ok(usize::try_from(limit.clamp(1, MAX_LISTED)).unwrap_or(1))
}

fn attribute_of(text: &str) -> Result<(&str, AttributeValue), FieldError> {
    let (key, value) =
        text.split_once(':').ok_or_else(|| FieldError::invalid("attribute", "must be `key:value`"))?;
    let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let value = match (quoted, value) {
        (Some(text), _) => AttributeValue::Text(text.into()),
        (None, "true") => AttributeValue::Flag(true),
        (None, "false") => AttributeValue::Flag(false),
        (None, text) => match text.parse() {
            Ok(number) => AttributeValue::Number(number),
            Err(_) => AttributeValue::Text(text.into()),
        },
    };
    Ok((key, value))
}

impl CustomerQuery {
    /// Reads the values.
    pub fn check(&self) -> Result<CustomerWish<'_>, FieldError> {
        let text = |text: &'_ Option<Text>| -> Option<String> { text.as_deref().map(str::to_owned) };
        let blocked = match text(&self.blocked).as_deref() {
            None | Some("") => None,
            Some("true") => Some(true),
            Some("false") => Some(false),
            Some(_) => return Err(FieldError::invalid("blocked", "must be true or false")),
        };
        let tag = field::optional(self.tag.as_deref()).map(|tag| checked_tag("tag", tag)).transpose()?;
        Ok(CustomerWish {
            text: field::optional_at_most("q", self.q.as_deref(), MAX_NAME_CHARACTERS)?,
            user: field::optional_identifier("userId", self.user_id.as_deref())?,
            channel: field::optional_identifier("channelId", self.channel_id.as_deref())?,
            tag,
            attribute: field::optional(self.attribute.as_deref()).map(attribute_of).transpose()?,
            seen_from: field::optional_natural("seenFrom", self.seen_from.as_deref())?,
            seen_before: field::optional_natural("seenBefore", self.seen_before.as_deref())?,
            blocked,
            conversation: field::optional(self.conversation.as_deref()),
            limit: limit_of(self.limit.as_ref())?,
            cursor: field::optional(self.cursor.as_deref()),
        })
    }
}

/// Query of lists of what is a customer's.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct PageQuery {
    /// At most this many, 1 to 100; 20 unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 20))]
    pub limit: Option<Text>,
    /// Where to go on: the `next` of the last answer.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub cursor: Option<Text>,
}

impl PageQuery {
    /// Reads the values: how many at most, and where to go on.
    pub fn check(&self) -> Result<(usize, Option<&str>), FieldError> {
        Ok((limit_of(self.limit.as_ref())?, field::optional(self.cursor.as_deref())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_what_they_look_like() {
        let read = |text: &str| attribute_of(text).unwrap().1;
        assert_eq!(read("vip:true"), AttributeValue::Flag(true));
        assert_eq!(read("orders:7"), AttributeValue::Number(7.into()));
        assert_eq!(read("orders:\"7\""), AttributeValue::Text("7".into()));
        assert_eq!(read("url:http://x"), AttributeValue::Text("http://x".into()));
        assert!(attribute_of("vip").is_err());
    }
}
