//! Taking into the index, and out of it.

use frontdesk_core::id::TenantId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Customer, IndexedEntry, IndexedLog, Purpose};
use frontdesk_core::time::Timestamp;

use super::terms::Terms;
use crate::postgres::customers::appeared;
use crate::postgres::fault::Worked;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{params, stored};
use crate::postgres::{log_row, pending};

/// How many entries of one tenant and millisecond have a place before they take those of the next.
const PLACES: i64 = 4_096;

/// How many places lie between an entry and one of the same moment that comes later.
const STEP: i64 = 64;

/// One entry of so many is a landmark.
const BETWEEN_LANDMARKS: u64 = 16_384;

/// The first place of a moment.
pub(super) const fn place_at(moment: Timestamp) -> i64 {
    moment.as_millis().saturating_mul(PLACES)
}

/// Takes in what was made of logs.
pub(super) async fn take_in(tx: &Tx, logs: &[IndexedLog]) -> Worked<()> {
    for made in logs {
        let Some(owner) = log_row::lock(tx, made.log).await?.and_then(|row| row.owner) else { continue };
        if !pending::advance(tx, Purpose::Search, made.log, made.from, made.through).await? {
            continue;
        }
        let numbers = made.entries.iter().map(|entry| entry.number);
        let gone = made.gone.iter().map(|(number, _)| *number);
        take_out(tx, &owner.tenant, made.log, numbers.chain(gone)).await?;
        let gone = |entry: &&IndexedEntry| !made.gone.iter().any(|(number, _)| *number == entry.number);
        put(tx, made.log, &owner, made.entries.iter().filter(gone)).await?;
        appeared(tx, made.log, &owner, made.seen).await?;
    }
    Ok(())
}

/// A number that is as good as chosen by chance, the same for the same entry.
fn hash(log: LogId, number: EntryNumber) -> u64 {
    let (first, second) = log.as_bytes().split_at(8);
    let word = |bytes: &[u8]| bytes.iter().fold(0_u64, |word, byte| (word << 8) | u64::from(*byte));
    let mut hash = word(first) ^ word(second) ^ number.0.rotate_left(40);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// An entry that is to be written.
struct New {
    number: i64,
    /// The first place of its moment.
    moment: i64,
    /// Where in its step.
    within: i64,
    terms: Vec<String>,
    is_landmark: bool,
}

/// Writes those whose places are free, and tells which they are, by number and place. Those of one moment stand in the
/// order in which they came, if one was written before the other came; so that those that come at the same time do not
/// wait for one another, chance decides among them.
async fn insert(tx: &Tx, log: LogId, tenant: &TenantId, rows: &[New]) -> Worked<Vec<(i64, i64)>> {
    let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
    let moments: Vec<i64> = rows.iter().map(|row| row.moment).collect();
    let within: Vec<i64> = rows.iter().map(|row| row.within).collect();
    // No term has a space.
    let words: Vec<String> = rows.iter().map(|row| row.terms.join(" ")).collect();
    let written = tx
        .query(
            "INSERT INTO search_entry (tenant, log, number, place, words)
             SELECT $1, $2, new.number, new.moment + new.within + $8::bigint * coalesce((
                 SELECT least((max(before.place) - new.moment) / $8::bigint + 1, $7::bigint / $8::bigint - 1)
                 FROM search_entry AS before WHERE before.tenant = $1
                     AND before.place >= new.moment AND before.place < new.moment + $7::bigint
             ), 0), array_to_tsvector(string_to_array(new.words, ' '))
             FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
                 AS new (number, moment, within, words)
             ON CONFLICT DO NOTHING RETURNING number, place",
            params![tenant.as_str(), log.as_bytes(), numbers, moments, within, words, PLACES, STEP],
        )
        .await?;
    written.iter().map(|row| Ok((row.try_get("number")?, row.try_get("place")?))).collect()
}

async fn put(
    tx: &Tx,
    log: LogId,
    owner: &Customer,
    entries: impl Iterator<Item = &IndexedEntry>,
) -> Worked<()> {
    let terms = Terms::of(&owner.tenant);
    let made = entries.map(|entry| {
        let hash = hash(log, entry.number);
        New {
            number: stored(entry.number.0),
            moment: place_at(entry.at),
            within: i64::try_from(hash % STEP.unsigned_abs()).unwrap_or_default(),
            terms: terms.held_of(log, &owner.channel, entry),
            is_landmark: (hash >> 16).is_multiple_of(BETWEEN_LANDMARKS),
        }
    });
    let mut left: Vec<New> = made.collect();
    let mut landmarks = Vec::new();
    // Where a place is taken, the next one is tried.
    while !left.is_empty() {
        let written = insert(tx, log, &owner.tenant, &left).await?;
        left.retain_mut(|row| {
            let Some((_, place)) = written.iter().find(|(number, _)| *number == row.number) else {
                row.within += 1;
                return true;
            };
            landmarks.extend(row.is_landmark.then_some(*place));
            false
        });
    }
    if !landmarks.is_empty() {
        tx.execute(
            "INSERT INTO search_landmark (tenant, place) SELECT $1, place FROM unnest($2::bigint[]) AS new (place)
             ON CONFLICT DO NOTHING",
            params![owner.tenant.as_str(), landmarks],
        )
        .await?;
    }
    Ok(())
}

/// Takes entries out of the index.
async fn take_out(
    tx: &Tx,
    tenant: &TenantId,
    log: LogId,
    numbers: impl Iterator<Item = EntryNumber>,
) -> Worked<()> {
    let numbers: Vec<i64> = numbers.map(|number| stored(number.0)).collect();
    tx.execute(
        "DELETE FROM search_entry WHERE tenant = $1 AND log = $2 AND number = ANY ($3)",
        params![tenant.as_str(), log.as_bytes(), numbers],
    )
    .await?;
    Ok(())
}

/// Takes everything of a log out of the index, and tells how many entries that were. Nothing says any more whose they
/// were.
pub(in crate::postgres) async fn take_out_log(tx: &Tx, tenant: &TenantId, log: LogId) -> Worked<u64> {
    let sql = "DELETE FROM search_entry WHERE tenant = $1 AND log = $2";
    tx.execute(sql, params![tenant.as_str(), log.as_bytes()]).await
}
