//! Text that must not show up in logs.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::lenient::Text;

/// A password, key or token. `Debug` shows nothing of it, not even its length.
///
/// There is no `PartialEq`: secrets are compared in constant time, where they are checked.
#[derive(Clone, Default)]
pub struct Secret(String);

impl Secret {
    /// The secret itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[redacted]")
    }
}

impl AsRef<str> for Secret {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text::deserialize(deserializer).map(|text| Self(text.into_string()))
    }
}

/// What a person wrote or sent. `Debug` shows only its length in bytes, so that contents never reach a log.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Redacted(String);

impl Redacted {
    /// The text as a slice.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text itself.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "[{} bytes]", self.0.len())
    }
}

impl Deref for Redacted {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Redacted {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<String> for Redacted {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Redacted {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Serialize for Redacted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Redacted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text::deserialize(deserializer).map(|text| Self(text.into_string()))
    }
}

/// Borrowed contents: as [`Redacted`], for the checked view of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RedactedStr<'a>(pub &'a str);

impl fmt::Debug for RedactedStr<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "[{} bytes]", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_reveals_neither_secrets_nor_contents() {
        assert_eq!(format!("{:?}", Secret::from("demo-secret")), "[redacted]");
        assert_eq!(format!("{:?}", Redacted::from("my card number")), "[14 bytes]");
    }

    #[test]
    fn both_are_plain_strings_on_the_wire() {
        assert_eq!(serde_json::to_string(&Secret::from("s")).unwrap(), r#""s""#);
        let read: (Secret, Redacted) = serde_json::from_str(r#"["s", "hi"]"#).unwrap();
        assert_eq!((read.0.expose(), read.1.as_str()), ("s", "hi"));
    }
}
