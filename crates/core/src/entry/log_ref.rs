//! A log named within another.

use serde::{Deserialize, Serialize};

use crate::log::LogId;

/// A log id inside an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogRef(pub LogId);

impl Serialize for LogRef {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for LogRef {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).map_err(serde::de::Error::custom)?;
        Ok(Self(LogId::from_bytes(bytes)))
    }
}
