//! Readers for values whose type the published pages and their samples disagree about.

use std::fmt;
use std::ops::Deref;

use serde::de::{self, Deserialize, Deserializer, Unexpected, Visitor};
use serde::{Serialize, Serializer};

/// The first whole number that a JSON floating-point number no longer holds exactly.
const EXACT_FLOAT_LIMIT: f64 = 9_007_199_254_740_992.0;

/// A string that may also arrive as a JSON number.
///
/// Whole numbers keep all their digits (ids have 18 or 19). A number that JSON readers cannot hold exactly is
/// refused rather than rounded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Text(String);

impl Text {
    /// The text as a slice.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text itself.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor).map(Self)
    }
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = String;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a string or a number")
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<String, E> {
        Ok(value.to_owned())
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<String, E> {
        Ok(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<String, E> {
        if value.abs() < EXACT_FLOAT_LIMIT {
            Ok(value.to_string())
        } else {
            Err(E::invalid_value(Unexpected::Float(value), &"a string, or a whole number of at most 64 bits"))
        }
    }
}

/// A whole number that may also arrive as a string of digits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Integer(pub i64);

impl From<i64> for Integer {
    fn from(value: i64) -> Self {
        Self(value)
    }
}

impl Serialize for Integer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntegerVisitor).map(Self)
    }
}

struct IntegerVisitor;

impl Visitor<'_> for IntegerVisitor {
    type Value = i64;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a whole number")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<i64, E> {
        Ok(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<i64, E> {
        i64::try_from(value).map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<i64, E> {
        value.trim().parse().map_err(|_| E::invalid_value(Unexpected::Str(value), &self))
    }
}

/// Reads a number of milliseconds that some servers write as a string. For `deserialize_with`.
pub(crate) fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    Integer::deserialize(deserializer).map(|integer| integer.0)
}

/// Reads text that some servers write as a number. For `deserialize_with`.
pub(crate) fn optional_string<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(Option::<Text>::deserialize(deserializer)?.map(Text::into_string))
}

/// Reads a boolean that some pages type as a string. For `deserialize_with`.
pub(crate) fn optional_flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    struct Flag(bool);

    impl<'de> Deserialize<'de> for Flag {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_any(FlagVisitor).map(Self)
        }
    }

    struct FlagVisitor;

    impl Visitor<'_> for FlagVisitor {
        type Value = bool;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("true or false")
        }

        fn visit_bool<E: de::Error>(self, value: bool) -> Result<bool, E> {
            Ok(value)
        }

        fn visit_str<E: de::Error>(self, value: &str) -> Result<bool, E> {
            match value {
                "true" => Ok(true),
                "false" => Ok(false),
                other => Err(E::invalid_value(Unexpected::Str(other), &self)),
            }
        }
    }

    Ok(Option::<Flag>::deserialize(deserializer)?.map(|flag| flag.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Result<String, serde_json::Error> {
        serde_json::from_str::<Text>(json).map(Text::into_string)
    }

    #[test]
    fn text_accepts_strings_and_keeps_every_digit_of_numbers() {
        assert_eq!(text(r#""u-77""#).unwrap(), "u-77");
        assert_eq!(text("1011577355744904195").unwrap(), "1011577355744904195");
        assert_eq!(text("18446744073709551615").unwrap(), "18446744073709551615");
        assert_eq!(text("-3").unwrap(), "-3");
        assert_eq!(text("1e3").unwrap(), "1000");
        assert_eq!(text("1.5").unwrap(), "1.5");
    }

    #[test]
    fn text_refuses_what_it_would_have_to_round() {
        let refusal = text("18446744073709551616").unwrap_err().to_string();
        assert!(refusal.contains("at most 64 bits"), "{refusal}");
        assert!(text("1e18").is_err());
    }

    #[test]
    fn text_refuses_other_types_in_plain_words() {
        for json in ["true", "{}", "[]"] {
            let refusal = text(json).unwrap_err().to_string();
            assert!(refusal.contains("expected a string or a number"), "{json}: {refusal}");
        }
        assert_eq!(serde_json::from_str::<Option<Text>>("null").unwrap(), None);
    }

    #[test]
    fn integers_may_be_strings() {
        assert_eq!(serde_json::from_str::<Integer>("1").unwrap(), Integer(1));
        assert_eq!(serde_json::from_str::<Integer>(r#""1""#).unwrap(), Integer(1));
        let refusal = serde_json::from_str::<Integer>(r#""good""#).unwrap_err().to_string();
        assert!(refusal.contains("expected a whole number"), "{refusal}");
        assert!(serde_json::from_str::<Integer>("1.5").is_err());
    }
}
