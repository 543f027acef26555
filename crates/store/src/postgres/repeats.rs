//! Requests that may come again, by the key that their sender gave them.
//!
//! Rows are kept by the day on which they were written, and looked for on that day and the one before.

use std::collections::HashMap;

use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Idempotency, Repeated};
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use crate::postgres::connection::Connection;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::value::{self, entry_number, json, params, stored};

const DAY_MS: i64 = 24 * 3_600 * 1_000;

/// The day of a request on a log whose last entry was written at `last`. It never goes back, whatever the clock does.
pub(super) fn day_of(now: Timestamp, last: Timestamp) -> i64 {
    now.max(last).as_millis().div_euclid(DAY_MS)
}

/// Everything before that day may go: it is more than a day old, even if the clock is set back by one.
pub(super) const fn first_kept_day(now_ms: i64) -> i64 {
    now_ms.div_euclid(DAY_MS) - 2
}

/// What the last request with this key was answered, and on which day that was.
pub(super) async fn last(connection: &Connection, log: LogId, key: &str) -> Worked<Option<(i64, Repeated)>> {
    let row = connection
        .first(
            "SELECT day, fingerprint, outcome, first FROM idempotency WHERE log = $1 AND key = $2
             ORDER BY day DESC LIMIT 1",
            params![log.as_bytes(), key],
        )
        .await?;
    row.map(|row| from_row(&row)).transpose()
}

const LAST_OF: &str = "SELECT DISTINCT ON (log, key) log, key, day, fingerprint, outcome, first
     FROM unnest($1::bytea[], $2::text[]) AS asked (log, key) JOIN idempotency USING (log, key)
     ORDER BY log, key, day DESC";

/// The same of logs that lie together.
const LAST_OF_THERE: &str = "SELECT DISTINCT ON (log, key) log, key, day, fingerprint, outcome, first
     FROM unnest($1::bytea[], $2::text[]) AS asked (log, key) JOIN idempotency USING (log, key)
     WHERE idempotency.log = ANY ($1)
     ORDER BY log, key, day DESC";

/// The same for many keys at once. Where logs lie on several nodes, these lie together.
pub(super) async fn last_of(
    connection: &Connection,
    keys: &[(LogId, &str)],
) -> Worked<HashMap<(LogId, String), (i64, Repeated)>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let (logs, keys): (Vec<&[u8]>, Vec<&str>) =
        keys.iter().map(|(log, key)| (log.as_bytes().as_slice(), *key)).unzip();
    let rows = connection.query(connection.either(LAST_OF, LAST_OF_THERE), params![logs, keys]).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in &rows {
        found.insert((value::log(row, "log")?, row.try_get("key")?), from_row(row)?);
    }
    Ok(found)
}

fn from_row(row: &Row) -> Worked<(i64, Repeated)> {
    let fingerprint: &[u8] = row.try_get("fingerprint")?;
    let repeated = Repeated {
        fingerprint: fingerprint.try_into().map_err(Fault::damaged)?,
        outcome: json(row, "outcome")?,
        first: entry_number(row, "first")?,
    };
    Ok((row.try_get("day")?, repeated))
}

/// What still counts on a day: an answer of that day, or of the one before.
pub(super) fn on(day: i64, last: Option<(i64, Repeated)>) -> Option<Repeated> {
    last.filter(|(then, _)| (day - 1..=day).contains(then)).map(|(_, repeated)| repeated)
}

pub(super) async fn remember(
    connection: &Connection,
    log: LogId,
    day: i64,
    key: &Idempotency,
    (outcome, first): (&str, EntryNumber),
) -> Worked<()> {
    connection
        .execute(
            "INSERT INTO idempotency (log, key, day, fingerprint, outcome, first) VALUES ($1, $2, $3, $4, $5, $6)",
            params![log.as_bytes(), key.key, day, key.fingerprint, outcome, stored(first.0)],
        )
        .await?;
    Ok(())
}
