//! Between the columns of PostgreSQL and the types of the rules.

use std::fmt::Display;
use std::str::FromStr;

use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::secret::SecretHash;
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use crate::postgres::fault::{Fault, Worked};
pub(super) use crate::value::{limit, stored, words};

/// Values of a statement, in their order: whole numbers as `i64`, ids as text, logs by [`LogId::as_bytes`].
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$(&$value as &(dyn tokio_postgres::types::ToSql + Sync)),*][..]
    };
}

pub(super) use params;

/// A stored count or number.
pub(super) fn number(row: &Row, column: &str) -> Worked<u64> {
    let value: i64 = row.try_get(column)?;
    u64::try_from(value).map_err(|_| Fault::damaged(format_args!("{column} is negative")))
}

/// A stored count or number of a smaller kind, such as `u32`.
pub(super) fn small<T: TryFrom<i64>>(row: &Row, column: &str) -> Worked<T> {
    let value: i64 = row.try_get(column)?;
    T::try_from(value).map_err(|_| Fault::damaged(format_args!("{column} is out of range")))
}

pub(super) fn entry_number(row: &Row, column: &str) -> Worked<EntryNumber> {
    Ok(EntryNumber(number(row, column)?))
}

pub(super) fn optional_entry_number(row: &Row, column: &str) -> Worked<Option<EntryNumber>> {
    row.try_get::<_, Option<i64>>(column)?.map(|_| entry_number(row, column)).transpose()
}

pub(super) fn timestamp(row: &Row, column: &str) -> Worked<Timestamp> {
    Ok(Timestamp::from_millis(row.try_get(column)?))
}

pub(super) fn optional_timestamp(row: &Row, column: &str) -> Worked<Option<Timestamp>> {
    Ok(row.try_get::<_, Option<i64>>(column)?.map(Timestamp::from_millis))
}

/// A stored id of any kind.
pub(super) fn id<T: FromStr<Err: Display>>(row: &Row, column: &str) -> Worked<T> {
    parse(row.try_get(column)?, column)
}

/// A stored id of any kind, or NULL.
pub(super) fn optional_id<T: FromStr<Err: Display>>(row: &Row, column: &str) -> Worked<Option<T>> {
    row.try_get::<_, Option<&str>>(column)?.map(|text| parse(text, column)).transpose()
}

fn parse<T: FromStr<Err: Display>>(text: &str, column: &str) -> Worked<T> {
    text.parse().map_err(|error| Fault::damaged(format_args!("{column}: {error}")))
}

pub(super) fn log(row: &Row, column: &str) -> Worked<LogId> {
    let bytes: &[u8] = row.try_get(column)?;
    Ok(LogId::from_bytes(bytes.try_into().map_err(Fault::damaged)?))
}

/// A value that is stored as JSON.
pub(super) fn json<T: serde::de::DeserializeOwned>(row: &Row, column: &str) -> Worked<T> {
    Ok(serde_json::from_str(row.try_get(column)?)?)
}

/// A value that is stored as JSON, or NULL.
pub(super) fn optional_json<T: serde::de::DeserializeOwned>(row: &Row, column: &str) -> Worked<Option<T>> {
    Ok(row.try_get::<_, Option<&str>>(column)?.map(serde_json::from_str).transpose()?)
}

/// A stored hash of 32 bytes.
pub(super) fn hash(row: &Row, column: &str) -> Worked<SecretHash> {
    let bytes: &[u8] = row.try_get(column)?;
    Ok(SecretHash::from_bytes(bytes.try_into().map_err(Fault::damaged)?))
}
