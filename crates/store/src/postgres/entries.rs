//! Entries: read forwards and backwards. They are written by [`super::commit`].

use frontdesk_core::entry::Entry;
use frontdesk_core::log::{EntryNumber, Life, LogId};
use frontdesk_core::port::{HistoryQuery, ReadQuery};
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use crate::postgres::connection::Connection;
use crate::postgres::fault::Worked;
use crate::postgres::value::{entry_number, json, limit, number, params, stored, timestamp};

pub(super) async fn read(connection: &Connection, log: LogId, query: &ReadQuery) -> Worked<Vec<Entry>> {
    let rows = connection
        .query(
            "SELECT number, life, at, conversation, body FROM (
                 SELECT number, life, at, conversation, body, row_number() OVER so_far AS nth,
                     sum(octet_length(body)) OVER so_far AS bytes
                 FROM entry WHERE log = $1 AND number > $2 AND number <= $3 AND (audience & $4) <> 0
                 WINDOW so_far AS (ORDER BY number ROWS UNBOUNDED PRECEDING)
                 ORDER BY number LIMIT $5) AS found
             WHERE bytes <= $6 OR nth = 1 ORDER BY number",
            params![
                log.as_bytes(),
                stored(query.after.0),
                stored(query.through.0),
                i64::from(query.audience.bits()),
                limit(query.limit),
                limit(query.max_bytes),
            ],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// With statements that all see the same.
pub(super) async fn history(connection: &Connection, log: LogId, query: &HistoryQuery) -> Worked<Vec<Entry>> {
    let after = match query.from {
        Some(from) => last_before(connection, log, EntryNumber::START, from).await?,
        None => EntryNumber::START,
    };
    let through = match query.to {
        Some(to) => last_before(connection, log, EntryNumber::START, to.next()).await?,
        None => EntryNumber::END,
    };
    let rows = connection
        .query(
            "SELECT number, life, at, conversation, body FROM entry
             WHERE log = $1 AND number > $2 AND number <= $3 AND said >= $4
             ORDER BY number DESC LIMIT $5 OFFSET $6",
            params![
                log.as_bytes(),
                stored(after.0),
                stored(through.0),
                i64::from(query.messages_only),
                i64::from(query.limit),
                i64::from(query.offset),
            ],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// The last entry of a stretch that was written before a moment.
pub(super) async fn last_in_stretch(
    connection: &Connection,
    log: LogId,
    after: EntryNumber,
    moment: Timestamp,
) -> Worked<Option<EntryNumber>> {
    let last = last_before(connection, log, after, moment).await?;
    Ok((last > after).then_some(last))
}

/// The last entry before a moment, `after` if none follows that. Times grow with numbers, so halving finds it without an
/// index of times.
async fn last_before(
    connection: &Connection,
    log: LogId,
    after: EntryNumber,
    moment: Timestamp,
) -> Worked<EntryNumber> {
    // Everything up to `low` is before the moment, nothing after `high` is.
    let row = connection
        .first(
            "WITH RECURSIVE halving (low, high) AS (
                 SELECT CAST($2 AS BIGINT), coalesce((SELECT max(number) FROM entry WHERE log = $1 AND number > $2), $2)
                 UNION ALL
                 SELECT CASE WHEN found.number > low AND found.at >= $3 THEN low ELSE middle END,
                     CASE WHEN found.number > low AND found.at >= $3 THEN found.number - 1 ELSE high END
                 FROM halving
                 CROSS JOIN LATERAL (SELECT low + (high - low + 1) / 2 AS middle) AS half
                 LEFT JOIN LATERAL (
                     SELECT number, at FROM entry WHERE log = $1 AND number <= middle ORDER BY number DESC LIMIT 1
                 ) AS found ON true
                 WHERE low < high)
             SELECT low FROM halving WHERE low >= high LIMIT 1",
            params![log.as_bytes(), stored(after.0), moment.as_millis()],
        )
        .await?;
    row.map_or(Ok(after), |row| entry_number(&row, "low"))
}

pub(super) fn from_row(row: &Row) -> Worked<Entry> {
    Ok(Entry {
        number: entry_number(row, "number")?,
        life: Life(number(row, "life")?),
        at: timestamp(row, "at")?,
        conversation: number(row, "conversation")?,
        body: json(row, "body")?,
    })
}
