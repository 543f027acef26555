//! Taking into the index, and out of it.

use frontdesk_core::id::ChannelId;
use frontdesk_core::log::EntryNumber;
use frontdesk_core::port::{IndexedEntry, IndexedLog, Purpose};
use frontdesk_core::time::Timestamp;
use rusqlite::params;

use super::terms::Terms;
use crate::error::Worked;
use crate::sqlite::customers::appeared;
use crate::sqlite::pending;
use crate::sqlite::value::stored;
use crate::sqlite::writer::Tx;

/// How many entries of one millisecond have a place before they take those of the next: more than are ever written in one.
const PLACES: i64 = 4_096;

/// The first place of a moment.
pub(super) const fn place_at(moment: Timestamp) -> i64 {
    moment.as_millis().saturating_mul(PLACES)
}

/// Takes in what was made of logs.
pub(super) fn take_in(tx: &mut Tx<'_>, logs: &[IndexedLog]) -> Worked<()> {
    tx.begin()?;
    for made in logs {
        let Some(log) = tx.log(made.log)? else { continue };
        let Some(owner) = log.owner.clone() else { continue };
        if !pending::advance(tx, Purpose::Search, made.log, made.from, made.through)? {
            continue;
        }
        let terms = Terms::of(&owner.tenant);
        for entry in &made.entries {
            put(tx, (log.key, &owner.channel), &terms, entry)?;
        }
        for (number, at) in &made.gone {
            take_out(tx, log.key, *number, *at)?;
        }
        appeared(tx, made.log, &log, made.seen)?;
    }
    Ok(())
}

/// Where an entry is, or would be: its place, and whether it is there. Those of one moment stand in the order in which
/// they came, without gaps. Places are never given back, so a moment whose last place is taken is full, and what came
/// after that is in the next.
fn place_of(tx: &Tx<'_>, log: i64, number: EntryNumber, at: Timestamp) -> Worked<(i64, bool)> {
    let mut first = place_at(at);
    loop {
        let end = first.saturating_add(PLACES);
        let found = tx.first(
            "SELECT max(id), max(id) FILTER (WHERE log_key = ?3 AND number = ?4) FROM search_entry
             WHERE id >= ?1 AND id < ?2",
            params![first, end, log, stored(number.0)],
            |row| Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i64>>(1)?)),
        )?;
        match found.unwrap_or_default() {
            (_, Some(own)) => return Ok((own, true)),
            (Some(last), None) if last + 1 == end => first = end,
            (last, None) => return Ok((last.map_or(first, |last| last + 1), false)),
        }
    }
}

/// One entry of so many is a landmark.
const BETWEEN_LANDMARKS: u64 = 65_536;

/// Chosen by a hash, so that nobody need count.
fn is_landmark(log: i64, number: EntryNumber) -> bool {
    let mut hash = log.cast_unsigned() ^ number.0.rotate_left(40);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (hash ^ (hash >> 31)).is_multiple_of(BETWEEN_LANDMARKS)
}

pub(super) fn put(
    tx: &Tx<'_>,
    (log, channel): (i64, &ChannelId),
    terms: &Terms,
    entry: &IndexedEntry,
) -> Worked<()> {
    let (place, is_there) = place_of(tx, log, entry.number, entry.at)?;
    if is_there {
        tx.execute("DELETE FROM search_text WHERE rowid = ?1", params![place])?;
    } else {
        tx.execute(
            "INSERT INTO search_entry (id, log_key, number) VALUES (?1, ?2, ?3)",
            params![place, log, stored(entry.number.0)],
        )?;
        if is_landmark(log, entry.number) {
            tx.execute("INSERT INTO search_landmark (id) VALUES (?1)", params![place])?;
        }
    }
    tx.execute(
        "INSERT INTO search_text (rowid, words) VALUES (?1, ?2)",
        params![place, terms.of_entry(log, channel, entry)],
    )?;
    Ok(())
}

/// Takes an entry out of the index; whether it was there. Nothing says any more whose it was.
pub(in crate::sqlite) fn take_out(tx: &Tx<'_>, log: i64, number: EntryNumber, at: Timestamp) -> Worked<bool> {
    let (place, is_there) = place_of(tx, log, number, at)?;
    if is_there {
        tx.execute("DELETE FROM search_text WHERE rowid = ?1", params![place])?;
        tx.execute("UPDATE search_entry SET log_key = 0, number = 0 WHERE id = ?1", params![place])?;
    }
    Ok(is_there)
}
