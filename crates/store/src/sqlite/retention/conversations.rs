//! Conversations that were kept for long enough: entries go from the front of each log, and with the last one of a
//! conversation goes what hangs on it.

use std::collections::HashSet;
use std::sync::Arc;

use frontdesk_core::entry::EntryBody;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Customer, Purpose, Removal, RemovalPlace, Removed};
use frontdesk_core::time::Timestamp;
use rusqlite::params;

use crate::error::{Fault, Worked};
use crate::sqlite::recent::Recent;
use crate::sqlite::search::take_out;
use crate::sqlite::snapshot::Snapshot;
use crate::sqlite::usage::Change;
use crate::sqlite::value::{self, entry_number, limit, number, stored, timestamp, words};
use crate::sqlite::writer::Tx;
use crate::sqlite::{entries, logs, reports};

/// How many conversations are looked up at once.
const PAGE: usize = 64;

pub(super) fn remove(tx: &mut Tx<'_>, removal: &Removal) -> Worked<Removed> {
    let mut removed = Removed { after: removal.after, ..Removed::default() };
    // The facts that are to be kept may not have been made yet.
    if reports::is_rebuilding(tx, &removal.tenant)? {
        return Ok(removed);
    }
    let found = old(tx, removal)?;
    removed.more = found.len() == PAGE;
    let (mut left, mut changed) = (removal.limit, Vec::new());
    let mut seen = HashSet::new();
    for place in found {
        // With the first conversation of a log everything that can go has gone.
        if !seen.insert(place.log) {
            removed.after = Some(place);
            continue;
        }
        let Some(known) = tx.log(place.log)? else { continue };
        let Some(owner) = known.owner.clone() else { continue };
        let front = front(tx, place.log, (&known, &owner), removal.before, left)?;
        removed.rows += front.entries.len() as u64;
        left = left.saturating_sub(front.entries.len());
        let is_whole = front.is_whole;
        if let Some(after) = take(tx, (place.log, known, &owner), removal.before, &front)? {
            changed.push((place.log, after));
        }
        // The rest of this one is for the next time, and so are others.
        if !is_whole || left == 0 {
            removed.more = true;
            break;
        }
        removed.after = Some(place);
    }
    for (log, after) in changed {
        tx.stage(log, after);
    }
    Ok(removed)
}

/// Conversations that are over for long enough, those opened first at the head.
fn old(tx: &Tx<'_>, removal: &Removal) -> Worked<Vec<RemovalPlace>> {
    let after = removal.after.as_ref();
    let key = after.map(|place| tx.key(place.log)).transpose()?.flatten();
    let mut statement = tx.connection().prepare_cached(
        "SELECT old.opened, log.id, old.conversation FROM conversation AS old JOIN log USING (log_key)
         WHERE old.tenant = ?1 AND old.ended IS NOT NULL AND old.ended < ?2 AND old.opened < ?2
             AND (old.opened, old.log_key, old.conversation) > (?3, ?4, ?5)
         ORDER BY old.opened, old.log_key, old.conversation LIMIT ?6",
    )?;
    let mut rows = statement.query(params![
        removal.tenant.as_str(),
        removal.before.as_millis(),
        after.map_or(i64::MIN, |place| place.at.as_millis()),
        key.unwrap_or(i64::MIN),
        after.map_or(0, |place| stored(place.number)),
        limit(PAGE)
    ])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (at, number) = (timestamp(row, "opened")?, number(row, "conversation")?);
        found.push(RemovalPlace { at, log: value::log(row, "id")?, number });
    }
    Ok(found)
}

/// The front of a log that may go.
struct Front {
    /// Its entries, without the log's last one.
    entries: Vec<(EntryNumber, Timestamp, u64)>,
    /// Whether that is all of it, and not only as much as was wanted.
    is_whole: bool,
    /// The log's last entry is a part of it.
    has_tail: bool,
}

/// Whole conversations: nobody could make anything of the rest of one.
fn front(
    tx: &Tx<'_>,
    log: LogId,
    (known, owner): (&Snapshot, &Customer),
    before: Timestamp,
    most: usize,
) -> Worked<Front> {
    let through = stays_after(tx, log, (known, owner), before)?;
    let spans = spans(tx, known.key, through)?;
    let is_between =
        |number: EntryNumber| !spans.iter().any(|(first, last)| *first <= number && number < *last);
    let mut front = Front { entries: Vec::new(), is_whole: true, has_tail: false };
    let mut statement = tx.connection().prepare_cached(
        "SELECT number, at, length(CAST(body AS BLOB)) AS bytes FROM entry
         WHERE log_key = ?1 AND number <= ?2 ORDER BY number",
    )?;
    let mut rows = statement.query(params![known.key, stored(through.0)])?;
    while let Some(row) = rows.next()? {
        let (number, at) = (entry_number(row, "number")?, timestamp(row, "at")?);
        if at >= before {
            break;
        }
        if number == known.tail.number {
            front.has_tail = true;
            break;
        }
        if front.entries.len() >= most && front.entries.last().is_some_and(|(last, _, _)| is_between(*last)) {
            front.is_whole = false;
            break;
        }
        front.entries.push((number, at, value::number(row, "bytes")?));
    }
    Ok(front)
}

/// The first and last entries of a log's conversations that begin up to a place.
fn spans(tx: &Tx<'_>, key: i64, through: EntryNumber) -> Worked<Vec<(EntryNumber, EntryNumber)>> {
    let mut statement = tx.connection().prepare_cached(
        "SELECT first_entry, last_entry FROM conversation
         WHERE log_key = ?1 AND first_entry <= ?2 AND last_entry IS NOT NULL",
    )?;
    let mut rows = statement.query(params![key, stored(through.0)])?;
    let mut spans = Vec::new();
    while let Some(row) = rows.next()? {
        spans.push((entry_number(row, "first_entry")?, entry_number(row, "last_entry")?));
    }
    Ok(spans)
}

/// The entry after which everything of a log stays, however old it is. It never lies within a conversation.
fn stays_after(
    tx: &Tx<'_>,
    log: LogId,
    (known, owner): (&Snapshot, &Customer),
    before: Timestamp,
) -> Worked<EntryNumber> {
    let first = tx.first(
        "SELECT min(stays) AS stays FROM (
             SELECT min(number) - 1 AS stays FROM ticket WHERE log = ?1 AND state IN ('open', 'claimed')
             UNION ALL SELECT min(number) - 1 FROM intent WHERE log_key = ?2
             UNION ALL SELECT min(after) FROM pending
                 WHERE purpose IN (?3, ?4, ?5) AND tenant = ?6 AND channel = ?7 AND log = ?1)",
        params![
            log.as_bytes(),
            known.key,
            Purpose::Push.as_str(),
            Purpose::Search.as_str(),
            Purpose::Reports.as_str(),
            owner.tenant.as_str(),
            owner.channel.as_str()
        ],
        |row| Ok(row.get::<_, Option<i64>>("stays")?),
    )?;
    let mut through = first.flatten().unwrap_or(stored(EntryNumber::END.0));
    // A conversation that stays may have begun before an earlier one was last talked about.
    loop {
        let stays = tx.first(
            "SELECT min(first_entry) AS stays FROM conversation AS one
             WHERE log_key = ?1 AND first_entry <= ?2 AND (ended IS NULL OR ended >= ?3 OR last_entry > ?2
                 OR (SELECT at FROM entry WHERE log_key = one.log_key AND number = one.last_entry) >= ?3)",
            params![known.key, through, before.as_millis()],
            |row| Ok(row.get::<_, Option<i64>>("stays")?),
        )?;
        match stays.flatten() {
            Some(stays) => through = stays - 1,
            None => return Ok(EntryNumber(u64::try_from(through).unwrap_or_default())),
        }
    }
}

/// Removes the front of a log. Gives the log as it is then, if it is different.
fn take(
    tx: &mut Tx<'_>,
    (log, known, owner): (LogId, Arc<Snapshot>, &Customer),
    before: Timestamp,
    front: &Front,
) -> Worked<Option<Snapshot>> {
    let tail = (known.tail.number, known.tail.at);
    let last = match front.entries.last() {
        _ if front.has_tail => tail.0,
        Some((number, _, _)) => *number,
        None => return Ok(None),
    };
    let mut log_after = Snapshot::clone(&known);
    if log_after.tail.summed_up < log_after.tail.number {
        logs::write_summary(tx, &mut log_after)?;
    }
    let mut freed = 0;
    for (number, at, bytes) in &front.entries {
        take_out(tx, known.key, *number, *at)?;
        freed += bytes;
    }
    if let Some((through, _, _)) = front.entries.last() {
        tx.execute(
            "DELETE FROM entry WHERE log_key = ?1 AND number <= ?2",
            params![known.key, stored(through.0)],
        )?;
    }
    tx.execute(
        "UPDATE log SET removed_through = max(removed_through, ?2) WHERE log_key = ?1",
        params![known.key, stored(last.0)],
    )?;
    tx.count(&owner.tenant, Change::entries(freed, 0));
    if front.has_tail {
        take_out(tx, known.key, tail.0, tail.1)?;
        empty(tx, &mut log_after, tail.0)?;
    }
    take_beside(tx, (log, known.key, owner), before, last)?;
    // What was removed must not be read from memory.
    log_after.recent = Recent::default();
    Ok(Some(log_after))
}

/// Takes the contents from an entry that stays.
fn empty(tx: &mut Tx<'_>, log: &mut Snapshot, number: EntryNumber) -> Worked<()> {
    let body = tx.first(
        "SELECT body FROM entry WHERE log_key = ?1 AND number = ?2",
        params![log.key, stored(number.0)],
        |row| Ok(serde_json::from_str::<EntryBody>(row.get_ref("body")?.as_str().map_err(Fault::damaged)?)?),
    )?;
    match body.and_then(|body| body.erased()) {
        Some(erased) => entries::amend(tx, log, number, &words(&erased).map_err(Fault)?),
        None => Ok(()),
    }
}

/// What hangs on entries up to the last one.
fn take_beside(
    tx: &Tx<'_>,
    (log, key, owner): (LogId, i64, &Customer),
    before: Timestamp,
    last: EntryNumber,
) -> Worked<()> {
    let mut over = Vec::new();
    {
        let mut statement = tx.connection().prepare_cached(
            "SELECT conversation FROM conversation WHERE log_key = ?1 AND ended < ?2 AND last_entry <= ?3",
        )?;
        let mut rows = statement.query(params![key, before.as_millis(), stored(last.0)])?;
        while let Some(row) = rows.next()? {
            over.push(number(row, "conversation")?);
        }
    }
    for conversation in over {
        reports::keep_fact(tx, owner, log, conversation)?;
        for sql in [
            "DELETE FROM conversation WHERE log_key = ?1 AND conversation = ?2",
            "DELETE FROM conversation_tag WHERE log_key = ?1 AND conversation = ?2",
            "DELETE FROM conversation_mention WHERE log_key = ?1 AND conversation = ?2",
        ] {
            tx.execute(sql, params![key, stored(conversation)])?;
        }
    }
    for sql in [
        "DELETE FROM ticket WHERE log = ?1 AND number <= ?2",
        "DELETE FROM knowledge_question WHERE log = ?1 AND number <= ?2",
        "DELETE FROM knowledge_answer WHERE log = ?1 AND number <= ?2",
    ] {
        tx.execute(sql, params![log.as_bytes(), stored(last.0)])?;
    }
    Ok(())
}
