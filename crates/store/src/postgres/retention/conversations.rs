//! Conversations that were kept for long enough: entries go from the front of each log, and with the last one of a
//! conversation goes what hangs on it.

use std::collections::{BTreeSet, HashSet};

use frontdesk_core::entry::EntryBody;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Customer, Purpose, Removal, RemovalPlace, Removed};
use frontdesk_core::time::Timestamp;

use crate::postgres::fault::Worked;
use crate::postgres::log_row::{self, LogRow};
use crate::postgres::transaction::Tx;
use crate::postgres::usage::Change;
use crate::postgres::value::{self, entry_number, json, limit, number, params, stored, timestamp, words};
use crate::postgres::{commit, reports};

/// How many conversations are looked up at once.
const PAGE: usize = 64;
/// How many entries are.
const ENTRIES: usize = 500;

pub(super) async fn remove(tx: &Tx, removal: &Removal) -> Worked<Removed> {
    let mut removed = Removed { after: removal.after, ..Removed::default() };
    let found = old(tx, removal).await?;
    // The logs first, as whoever folds what they add up to does.
    let logs: BTreeSet<LogId> = found.iter().map(|place| place.log).collect();
    let logs: Vec<LogId> = logs.into_iter().collect();
    let known = log_row::lock_all(tx, &logs).await?;
    reports::lock(tx, &removal.tenant).await?;
    // The facts that are to be kept may not have been made yet.
    if reports::is_rebuilding(tx, &removal.tenant).await? {
        return Ok(removed);
    }
    removed.more = found.len() == PAGE;
    let mut left = removal.limit as u64;
    let mut seen = HashSet::new();
    for place in found {
        // With the first conversation of a log everything that can go has gone.
        if !seen.insert(place.log) {
            removed.after = Some(place);
            continue;
        }
        let Some(log) = known.get(&place.log) else { continue };
        let Some(owner) = &log.owner else { continue };
        let front = front(tx, log, removal.before, left).await?;
        removed.rows += front.entries;
        left = left.saturating_sub(front.entries);
        take(tx, (log, owner), removal.before, &front).await?;
        // The rest of this one is for the next time, and so are others.
        if !front.is_whole || left == 0 {
            removed.more = true;
            break;
        }
        removed.after = Some(place);
    }
    Ok(removed)
}

/// Conversations that are over for long enough, those opened first at the head.
async fn old(tx: &Tx, removal: &Removal) -> Worked<Vec<RemovalPlace>> {
    let after = removal.after.as_ref();
    let rows = tx
        .query(
            "SELECT opened, log, conversation FROM conversation
             WHERE tenant = $1 AND ended IS NOT NULL AND ended < $2 AND opened < $2
                 AND (opened, log, conversation) > ($3, $4, $5)
             ORDER BY opened, log, conversation LIMIT $6",
            params![
                removal.tenant.as_str(),
                removal.before.as_millis(),
                after.map_or(i64::MIN, |place| place.at.as_millis()),
                // Nothing is before a log of no bytes.
                after.map_or(&[][..], |place| place.log.as_bytes()),
                after.map_or(0, |place| stored(place.number)),
                limit(PAGE),
            ],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(RemovalPlace {
                at: timestamp(row, "opened")?,
                log: value::log(row, "log")?,
                number: number(row, "conversation")?,
            })
        })
        .collect()
}

/// The front of a log that may go.
#[derive(Default)]
struct Front {
    /// How many entries it has, without the log's last one.
    entries: u64,
    /// How long they are, in bytes.
    bytes: u64,
    /// The last of them.
    last: Option<EntryNumber>,
    /// Whether that is all of it, and not only as much as was wanted.
    is_whole: bool,
    /// The log's last entry is a part of it.
    has_tail: bool,
}

/// Whole conversations: nobody could make anything of the rest of one.
async fn front(tx: &Tx, log: &LogRow, before: Timestamp, most: u64) -> Worked<Front> {
    let through = stays_after(tx, log.id, before).await?;
    let spans = spans(tx, log.id, through).await?;
    let is_between =
        |number: EntryNumber| !spans.iter().any(|(first, last)| *first <= number && number < *last);
    let mut front = Front { is_whole: true, ..Front::default() };
    loop {
        let after = front.last.unwrap_or(EntryNumber::START);
        let rows = tx
            .query(
                "SELECT number, at, CAST(octet_length(body) AS BIGINT) AS bytes FROM entry
                 WHERE log = $1 AND number > $2 AND number <= $3 ORDER BY number LIMIT $4",
                params![log.id.as_bytes(), stored(after.0), stored(through.0), limit(ENTRIES)],
            )
            .await?;
        for row in &rows {
            let number = entry_number(row, "number")?;
            if timestamp(row, "at")? >= before {
                return Ok(front);
            }
            if number == log.tail.number {
                front.has_tail = true;
                return Ok(front);
            }
            if front.entries >= most && front.last.is_some_and(is_between) {
                front.is_whole = false;
                return Ok(front);
            }
            front.entries += 1;
            front.bytes += value::number(row, "bytes")?;
            front.last = Some(number);
        }
        if rows.len() < ENTRIES {
            return Ok(front);
        }
    }
}

/// The first and last entries of a log's conversations that begin up to a place.
async fn spans(tx: &Tx, log: LogId, through: EntryNumber) -> Worked<Vec<(EntryNumber, EntryNumber)>> {
    let rows = tx
        .query(
            "SELECT first_entry, last_entry FROM conversation
             WHERE log = $1 AND first_entry <= $2 AND last_entry IS NOT NULL",
            params![log.as_bytes(), stored(through.0)],
        )
        .await?;
    rows.iter().map(|row| Ok((entry_number(row, "first_entry")?, entry_number(row, "last_entry")?))).collect()
}

/// The entry after which everything of a log stays, however old it is. It never lies within a conversation.
async fn stays_after(tx: &Tx, log: LogId, before: Timestamp) -> Worked<EntryNumber> {
    let readers = [Purpose::Push, Purpose::Search, Purpose::Reports].map(Purpose::as_str);
    let row = tx
        .first(
            "SELECT min(stays) AS stays FROM (
                 SELECT min(number) - 1 AS stays FROM ticket
                     WHERE log = $1 AND state IN ('open', 'claimed')
                 UNION ALL SELECT min(number) - 1 FROM intent WHERE log = $1
                 UNION ALL SELECT min(after) FROM pending WHERE log = $1 AND purpose = ANY ($2)) AS wanted",
            params![log.as_bytes(), &readers[..]],
        )
        .await?;
    let first: Option<i64> = row.map(|row| row.try_get("stays")).transpose()?.flatten();
    let mut through = first.unwrap_or(stored(EntryNumber::END.0));
    let young = young_ends(tx, log, through, before).await?;
    // A conversation that stays may have begun before an earlier one was last talked about.
    loop {
        let row = tx
            .first(
                "SELECT min(first_entry) AS stays FROM conversation
                 WHERE log = $1 AND first_entry <= $2
                     AND (ended IS NULL OR ended >= $3 OR last_entry > $2 OR last_entry = ANY ($4))",
                params![log.as_bytes(), through, before.as_millis(), young],
            )
            .await?;
        match row.map(|row| row.try_get::<_, Option<i64>>("stays")).transpose()?.flatten() {
            Some(stays) => through = stays - 1,
            None => return Ok(EntryNumber(u64::try_from(through).unwrap_or_default())),
        }
    }
}

/// The last entries of a log's conversations up to a place that were written since a moment.
async fn young_ends(tx: &Tx, log: LogId, through: i64, since: Timestamp) -> Worked<Vec<i64>> {
    let rows = tx
        .query(
            "SELECT last_entry FROM conversation WHERE log = $1 AND first_entry <= $2 AND last_entry IS NOT NULL",
            params![log.as_bytes(), through],
        )
        .await?;
    let ends: Vec<i64> = rows.iter().map(|row| Ok(row.try_get("last_entry")?)).collect::<Worked<_>>()?;
    let rows = tx
        .query(
            "SELECT number FROM entry WHERE log = $1 AND number = ANY ($2) AND at >= $3",
            params![log.as_bytes(), ends, since.as_millis()],
        )
        .await?;
    rows.iter().map(|row| Ok(row.try_get("number")?)).collect()
}

/// Removes the front of a log.
async fn take(tx: &Tx, (log, owner): (&LogRow, &Customer), before: Timestamp, front: &Front) -> Worked<()> {
    let last = if front.has_tail { Some(log.tail.number) } else { front.last };
    let Some(last) = last else { return Ok(()) };
    if let Some(through) = front.last {
        tx.execute(
            "DELETE FROM entry WHERE log = $1 AND number <= $2",
            params![log.id.as_bytes(), stored(through.0)],
        )
        .await?;
        tx.count(&owner.tenant, Change::entries(front.bytes, 0));
    }
    if front.has_tail {
        empty(tx, log, last).await?;
    }
    tx.execute(
        "UPDATE log SET removed_through = greatest(removed_through, $2) WHERE id = $1",
        params![log.id.as_bytes(), stored(last.0)],
    )
    .await?;
    take_beside(tx, (log.id, owner), before, last).await
}

/// Takes the contents from an entry that stays.
async fn empty(tx: &Tx, log: &LogRow, number: EntryNumber) -> Worked<()> {
    let sql = "SELECT body FROM entry WHERE log = $1 AND number = $2";
    let row = tx.first(sql, params![log.id.as_bytes(), stored(number.0)]).await?;
    let body: Option<EntryBody> = row.map(|row| json(&row, "body")).transpose()?;
    match body.and_then(|body| body.erased()) {
        Some(erased) => commit::amend(tx, log, Some(&(number, words(&erased)?))).await,
        None => Ok(()),
    }
}

/// What hangs on entries up to the last one.
async fn take_beside(
    tx: &Tx,
    (log, owner): (LogId, &Customer),
    before: Timestamp,
    last: EntryNumber,
) -> Worked<()> {
    let rows = tx
        .query(
            "DELETE FROM conversation WHERE log = $1 AND ended < $2 AND last_entry <= $3 RETURNING conversation",
            params![log.as_bytes(), before.as_millis(), stored(last.0)],
        )
        .await?;
    let over: Vec<i64> = rows.iter().map(|row| Ok(row.try_get("conversation")?)).collect::<Worked<_>>()?;
    if !over.is_empty() {
        reports::keep_facts(tx, owner, log, &over).await?;
        for sql in [
            "DELETE FROM conversation_tag WHERE log = $1 AND conversation = ANY ($2)",
            "DELETE FROM conversation_mention WHERE log = $1 AND conversation = ANY ($2)",
        ] {
            tx.execute(sql, params![log.as_bytes(), over]).await?;
        }
    }
    tx.execute(
        "DELETE FROM search_entry WHERE tenant = $1 AND log = $2 AND number <= $3",
        params![owner.tenant.as_str(), log.as_bytes(), stored(last.0)],
    )
    .await?;
    for sql in [
        "DELETE FROM ticket WHERE log = $1 AND number <= $2",
        "DELETE FROM knowledge_question WHERE log = $1 AND number <= $2",
        "DELETE FROM knowledge_answer WHERE log = $1 AND number <= $2",
    ] {
        tx.execute(sql, params![log.as_bytes(), stored(last.0)]).await?;
    }
    Ok(())
}
