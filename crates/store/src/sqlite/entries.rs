//! Entries: written at the end of a log, read forwards and backwards.

use frontdesk_core::entry::{Audience, Entry, EntryBody};
use frontdesk_core::log::{EntryNumber, Life, LogId};
use frontdesk_core::message::Author;
use frontdesk_core::port::{HistoryQuery, ReadQuery, StoreError};
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::error::{Fault, Worked};
use crate::sqlite::recent::Recent;
use crate::sqlite::snapshot::Snapshot;
use crate::sqlite::value::{entry_number, limit, number, stored, timestamp, words};
use crate::sqlite::writer::Tx;

/// Whether somebody said something with an entry, as the column of that name has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Nobody.
    Nothing,
    /// An agent, to the customer.
    ByAgent,
    /// Anybody else.
    Otherwise,
}

impl Said {
    fn of(body: &EntryBody, audience: Audience) -> Self {
        match body {
            EntryBody::Said(message) => match message.author {
                Author::Agent(_) if audience.meets(Audience::DOWNLINK) => Self::ByAgent,
                Author::Agent(_) | Author::Customer | Author::Robot(_) | Author::System => Self::Otherwise,
            },
            _ => Self::Nothing,
        }
    }

    pub(super) const fn from_stored(said: i64) -> Self {
        match said {
            0 => Self::Nothing,
            2 => Self::ByAgent,
            _ => Self::Otherwise,
        }
    }

    const fn stored(self) -> i64 {
        match self {
            Self::Nothing => 0,
            Self::Otherwise => 1,
            Self::ByAgent => 2,
        }
    }
}

/// An entry that has no number yet, already put into words, so that the writer thread does not have to.
pub(super) struct NewEntry {
    body: EntryBody,
    text: String,
    audience: Audience,
}

impl NewEntry {
    pub(super) fn new(body: EntryBody) -> Result<Self, StoreError> {
        Ok(Self { text: words(&body)?, audience: body.audience(), body })
    }
}

/// Writes an entry at the end of a log: the next number, and a time after the last one whatever the clock says.
pub(super) fn append(
    tx: &Tx<'_>,
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
    let entry = Entry { number, life: tx.life(), at, conversation, body: new.body };
    log.recent.push(entry, new.audience, new.text.len());
    Ok(at)
}

/// Writes another body in the place of an entry's.
pub(super) fn amend(tx: &Tx<'_>, log: &mut Snapshot, number: EntryNumber, text: &str) -> Worked<()> {
    tx.execute(
        "UPDATE entry SET body = ?3 WHERE log_key = ?1 AND number = ?2",
        params![log.key, stored(number.0), text],
    )?;
    log.recent = Recent::default();
    Ok(())
}

/// The last entry of a stretch that was written before a moment.
pub(super) fn last_in_stretch(
    connection: &Connection,
    log: LogId,
    after: EntryNumber,
    moment: Timestamp,
) -> Worked<Option<EntryNumber>> {
    let snapshot = connection.unchecked_transaction()?;
    let Some(key) = key_of(&snapshot, log)? else { return Ok(None) };
    // Most logs are younger than any moment that is asked for: their next entry says so.
    let next: Option<i64> = snapshot
        .prepare_cached("SELECT at FROM entry WHERE log_key = ?1 AND number > ?2 ORDER BY number LIMIT 1")?
        .query_row(params![key, stored(after.0)], |row| row.get(0))
        .optional()?;
    if next.is_none_or(|at| at >= moment.as_millis()) {
        return Ok(None);
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
    let mut rows =
        statement.query(params![key, after, through, query.messages_only, query.limit, query.offset])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(from_row(row)?);
    }
    Ok(entries)
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

fn from_row(row: &Row<'_>) -> Worked<Entry> {
    Ok(Entry {
        number: entry_number(row, "number")?,
        life: Life(number(row, "life")?),
        at: timestamp(row, "at")?,
        conversation: number(row, "conversation")?,
        body: serde_json::from_str(row.get_ref("body")?.as_str().map_err(Fault::damaged)?)?,
    })
}
