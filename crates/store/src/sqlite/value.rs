//! Between the columns of SQLite and the types of the rules.

use std::fmt::Display;
use std::str::FromStr;

use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::time::Timestamp;
use rusqlite::Row;

use crate::error::{Fault, Worked};

pub(super) use crate::value::{limit, stored, words};

/// A stored count or number.
pub(super) fn number(row: &Row<'_>, column: &str) -> Worked<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| Fault::damaged(format_args!("{column} is negative")))
}

pub(super) fn entry_number(row: &Row<'_>, column: &str) -> Worked<EntryNumber> {
    Ok(EntryNumber(number(row, column)?))
}

pub(super) fn timestamp(row: &Row<'_>, column: &str) -> Worked<Timestamp> {
    Ok(Timestamp::from_millis(row.get(column)?))
}

pub(super) fn optional_timestamp(row: &Row<'_>, column: &str) -> Worked<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_millis))
}

/// A stored id of any kind.
pub(super) fn id<T: FromStr<Err: Display>>(row: &Row<'_>, column: &str) -> Worked<T> {
    parse(row.get_ref(column)?.as_str().map_err(Fault::damaged)?, column)
}

/// A stored id of any kind, or NULL.
pub(super) fn optional_id<T: FromStr<Err: Display>>(row: &Row<'_>, column: &str) -> Worked<Option<T>> {
    let text = row.get_ref(column)?.as_str_or_null().map_err(Fault::damaged)?;
    text.map(|text| parse(text, column)).transpose()
}

fn parse<T: FromStr<Err: Display>>(text: &str, column: &str) -> Worked<T> {
    text.parse().map_err(|error| Fault::damaged(format_args!("{column}: {error}")))
}

pub(super) fn log(row: &Row<'_>, column: &str) -> Worked<LogId> {
    Ok(LogId::from_bytes(row.get(column)?))
}
