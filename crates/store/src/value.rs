//! Values as both databases take them.

use frontdesk_core::port::StoreError;

/// A count or number as stored. Databases' integers are signed; what does not fit stands for "no limit".
pub(crate) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A value as JSON.
pub(crate) fn words<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Failed(error.to_string()))
}

/// A limit as databases take it.
pub(crate) fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
