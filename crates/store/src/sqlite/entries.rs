//! Entries: written at the end of a log, read forwards and backwards.

use frontdesk_core::entry::Entry;
use frontdesk_core::log::{EntryNumber, Life, LogId};
use frontdesk_core::port::{HistoryQuery, ReadQuery};
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::error::{Fault, Worked};
pub(super) use crate::new_entry::{NewEntry, Said};
use crate::sqlite::recent::Recent;
use crate::sqlite::snapshot::Snapshot;
use crate::sqlite::usage::Change;
use crate::sqlite::value::{entry_number, limit, number as number_of, stored, timestamp};
use crate::sqlite::writer::Tx;

/// Writes an entry at the end of a log: the next number, and a time after the last one whatever the clock says.
pub(super) fn append(
    tx: &mut Tx<'_>,
    log: &mut Snapshot,
    now: Timestamp,
    conversation: u64,
    new: NewEntry,
) -> Worked<Timestamp> {
    let number = EntryNumber(log.tail.number.0 + 1);
    let at = now.max(log.tail.at.next());
    let said = Said::of(&new.body, new.audience);
    tx.execute(
        "INSERT INTO entry (log_key, number, at, conversation, audience, said, body, life)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            log.key,
            stored(number.0),
            at.as_millis(),
            stored(conversation),
            new.audience.bits(),
            said.stored(),
            new.text,
            stored(tx.life().0)
        ],
    )?;
    log.tail.note(number, at, new.audience, said);
    if let Some(owner) = &log.owner {
        tx.count(&owner.tenant, Change::entries(0, new.text.len() as u64));
    }
    let entry = Entry { number, life: tx.life(), at, conversation, body: new.body };
    log.recent.push(entry, new.audience, new.text.len());
    Ok(at)
}

/// Writes another body in the place of an entry's.
pub(super) fn amend(tx: &mut Tx<'_>, log: &mut Snapshot, number: EntryNumber, text: &str) -> Worked<()> {
    let before = tx.first(
        "SELECT length(CAST(body AS BLOB)) AS length FROM entry WHERE log_key = ?1 AND number = ?2",
        params![log.key, stored(number.0)],
        |row| number_of(row, "length"),
    )?;
    if let (Some(before), Some(owner)) = (before, &log.owner) {
        tx.count(&owner.tenant, Change::entries(before, text.len() as u64));
    }
    tx.execute(
        "UPDATE entry SET body = ?3 WHERE log_key = ?1 AND number = ?2",
        params![log.key, stored(number.0), text],
    )?;
    log.recent = Recent::default();
    Ok(())
}

/// The last entry of a stretch that was written before a moment. Those that were removed were.
pub(super) fn last_in_stretch(
    connection: &Connection,
    log: LogId,
    after: EntryNumber,
    moment: Timestamp,
) -> Worked<Option<EntryNumber>> {
    let snapshot = connection.unchecked_transaction()?;
    let Some(key) = key_of(&snapshot, log)? else { return Ok(None) };
    // Most logs are younger than any moment that is asked for: their next entry says so.
    let next: Option<(i64, i64)> = snapshot
        .prepare_cached(
            "SELECT number, at FROM entry WHERE log_key = ?1 AND number > ?2 ORDER BY number LIMIT 1",
        )?
        .query_row(params![key, stored(after.0)], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((next, at)) = next else { return Ok(None) };
    if at >= moment.as_millis() {
        let gone = u64::try_from(next).unwrap_or_default().saturating_sub(1);
        return Ok((gone > after.0).then_some(EntryNumber(gone)));
    }
    let last = u64::try_from(last_before(&snapshot, key, moment)?).unwrap_or_default();
    Ok((last > after.0).then_some(EntryNumber(last)))
}

fn key_of(connection: &Connection, log: LogId) -> Worked<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT log_key FROM log WHERE id = ?1")?;
    Ok(statement.query_row(params![log.as_bytes()], |row| row.get(0)).optional()?)
}

pub(super) fn read(connection: &Connection, log: LogId, query: ReadQuery) -> Worked<Vec<Entry>> {
    let mut statement = connection.prepare_cached(
        "SELECT number, life, at, conversation, body FROM entry
         WHERE log_key = (SELECT log_key FROM log WHERE id = ?1)
             AND number > ?2 AND number <= ?3 AND (audience & ?4) <> 0
         ORDER BY number LIMIT ?5",
    )?;
    let mut rows = statement.query(params![
        log.as_bytes(),
        stored(query.after.0),
        stored(query.through.0),
        query.audience.bits(),
        limit(query.limit)
    ])?;
    let mut entries = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        bytes += row.get_ref("body")?.as_str().map_err(Fault::damaged)?.len();
        if bytes > query.max_bytes && !entries.is_empty() {
            break;
        }
        entries.push(from_row(row)?);
    }
    Ok(entries)
}

pub(super) fn history(connection: &Connection, log: LogId, query: &HistoryQuery) -> Worked<Vec<Entry>> {
    // One view of the log for all the statements.
    let snapshot = connection.unchecked_transaction()?;
    let Some(key) = key_of(&snapshot, log)? else { return Ok(Vec::new()) };
    let after = match query.from {
        Some(from) => last_before(&snapshot, key, from)?,
        None => 0,
    };
    let through = match query.to {
        Some(to) => last_before(&snapshot, key, to.next())?,
        None => i64::MAX,
    };
    let mut statement = snapshot.prepare_cached(
        "SELECT number, life, at, conversation, body FROM entry
         WHERE log_key = ?1 AND number > ?2 AND number <= ?3 AND said >= ?4
         ORDER BY number DESC LIMIT ?5 OFFSET ?6",
    )?;
    statement
        .query_and_then(
            params![key, after, through, query.messages_only, query.limit, query.offset],
            from_row,
        )?
        .collect()
}

/// The last entry before a moment. Times grow with numbers, so halving finds it without an index of times.
fn last_before(connection: &Connection, key: i64, moment: Timestamp) -> Worked<i64> {
    let end = |sql| connection.prepare_cached(sql)?.query_row(params![key], |row| row.get(0));
    let first: Option<i64> = end("SELECT min(number) FROM entry WHERE log_key = ?1")?;
    let last: Option<i64> = end("SELECT max(number) FROM entry WHERE log_key = ?1")?;
    let (Some(first), Some(last)) = (first, last) else { return Ok(0) };
    // Everything up to `low` is before the moment, nothing after `high` is.
    let (mut low, mut high) = (first - 1, last);
    let mut statement = connection.prepare_cached(
        "SELECT number, at FROM entry WHERE log_key = ?1 AND number <= ?2 ORDER BY number DESC LIMIT 1",
    )?;
    while low < high {
        let middle = low + (high - low + 1) / 2;
        let found = statement
            .query_row(params![key, middle], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))
            .optional()?;
        match found {
            Some((number, at)) if number > low && at >= moment.as_millis() => high = number - 1,
            _ => low = middle,
        }
    }
    Ok(low)
}

pub(super) fn from_row(row: &Row<'_>) -> Worked<Entry> {
    Ok(Entry {
        number: entry_number(row, "number")?,
        life: Life(number_of(row, "life")?),
        at: timestamp(row, "at")?,
        conversation: number_of(row, "conversation")?,
        body: serde_json::from_str(row.get_ref("body")?.as_str().map_err(Fault::damaged)?)?,
    })
}
