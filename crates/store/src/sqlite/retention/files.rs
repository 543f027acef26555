//! Files that were kept for long enough.

use frontdesk_core::log::LogId;
use frontdesk_core::port::{Purpose, Removal, RemovalPlace, Removed};
use rusqlite::params;

use crate::error::Worked;
use crate::sqlite::files;
use crate::sqlite::usage::Change;
use crate::sqlite::value::{self, limit, timestamp};
use crate::sqlite::writer::Tx;

pub(super) fn remove(tx: &mut Tx<'_>, removal: &Removal) -> Worked<Removed> {
    let found = old(tx, removal)?;
    let mut removed = Removed {
        more: found.len() >= removal.limit,
        after: found.last().copied().or(removal.after),
        ..Removed::default()
    };
    let mut freed = 0;
    for place in found {
        if is_needed(tx, &place)? {
            continue;
        }
        if let Some((size, _)) = files::drop_file(tx, place.log, place.number)? {
            freed += size;
            removed.rows += 1;
        }
    }
    tx.count(&removal.tenant, Change::files(freed, 0));
    Ok(removed)
}

fn old(tx: &Tx<'_>, removal: &Removal) -> Worked<Vec<RemovalPlace>> {
    let mut statement = tx.connection().prepare_cached(
        "SELECT at, log, number FROM file
         WHERE tenant = ?1 AND at < ?2 AND (at, log, number) > (?3, ?4, ?5) ORDER BY at, log, number LIMIT ?6",
    )?;
    let after = removal.after.as_ref();
    let mut rows = statement.query(params![
        removal.tenant.as_str(),
        removal.before.as_millis(),
        after.map_or(i64::MIN, |place| place.at.as_millis()),
        // Nothing is before a log of no bytes.
        after.map_or(&[][..], |place| place.log.as_bytes()),
        after.map_or(i64::MIN, |place| place.number.cast_signed()),
        limit(removal.limit)
    ])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let number = row.get::<_, i64>("number")?.cast_unsigned();
        found.push(RemovalPlace { at: timestamp(row, "at")?, log: value::log(row, "log")?, number });
    }
    Ok(found)
}

/// Whether somebody who may fetch the file has a conversation since before it that goes on, or is still to be pushed
/// something.
fn is_needed(tx: &Tx<'_>, place: &RemovalPlace) -> Worked<bool> {
    let of = |log: &LogId| *log.as_bytes();
    let needed = tx.first(
        "SELECT 1 FROM log
         WHERE log.id IN (SELECT ?1 UNION SELECT reader FROM file_share WHERE log = ?1 AND number = ?2)
             AND (EXISTS (SELECT 1 FROM conversation AS open WHERE open.log_key = log.log_key
                     AND open.ended IS NULL AND open.opened <= ?3)
                 OR EXISTS (SELECT 1 FROM pending WHERE purpose = ?4 AND tenant = log.tenant
                     AND channel = log.channel AND pending.log = log.id))",
        params![of(&place.log), place.number.cast_signed(), place.at.as_millis(), Purpose::Push.as_str()],
        |_| Ok(()),
    )?;
    Ok(needed.is_some())
}
