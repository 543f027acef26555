//! Files that were kept for long enough.

use frontdesk_core::log::LogId;
use frontdesk_core::port::{Purpose, Removal, RemovalPlace, Removed};
use tokio_postgres::Row;

use crate::postgres::fault::Worked;
use crate::postgres::files::drop_files;
use crate::postgres::transaction::Tx;
use crate::postgres::usage::Change;
use crate::postgres::value::{self, limit, params, timestamp};

pub(super) async fn remove(tx: &Tx, removal: &Removal) -> Worked<Removed> {
    let rows = old(tx, removal).await?;
    let mut removed = Removed { more: rows.len() >= removal.limit, after: removal.after, rows: 0 };
    let mut gone: Vec<(LogId, u64)> = Vec::new();
    for row in &rows {
        let place = place(row)?;
        removed.after = Some(place);
        let is_pushed = tx.is_distributed() && is_to_be_pushed(tx, place).await?;
        if !is_pushed && !row.try_get::<_, bool>("needed")? {
            gone.push((place.log, place.number));
        }
    }
    let (freed, blobs) = drop_files(tx, &gone).await?;
    removed.rows = blobs.len() as u64;
    tx.count(&removal.tenant, Change::files(freed, 0));
    Ok(removed)
}

fn place(row: &Row) -> Worked<RemovalPlace> {
    let number: i64 = row.try_get("number")?;
    Ok(RemovalPlace {
        at: timestamp(row, "at")?,
        log: value::log(row, "log")?,
        number: number.cast_unsigned(),
    })
}

macro_rules! old {
    ($pushed:literal) => {
        concat!(
            "SELECT old.at, old.log, old.number, EXISTS (
                 SELECT 1 FROM (
                     SELECT old.log UNION ALL SELECT share.reader FROM file_share AS share
                     WHERE share.log = old.log AND share.number = old.number) AS reader (log)
                 WHERE EXISTS (SELECT 1 FROM conversation AS open
                         WHERE open.log = reader.log AND open.ended IS NULL AND open.opened <= old.at)",
            $pushed,
            ") AS needed
             FROM (
                 SELECT at, log, number FROM file
                 WHERE tenant = $1 AND at < $2 AND (at, log, number) > ($3, $4, $5)
                 ORDER BY at, log, number LIMIT $6) AS old
             ORDER BY old.at, old.log, old.number"
        )
    };
}

const OLD: &str =
    old!("OR EXISTS (SELECT 1 FROM pending WHERE pending.log = reader.log AND pending.purpose = $7)");
/// The same without what is still to be pushed, which lies elsewhere.
const OLD_HERE: &str = old!("OR CAST($7 AS TEXT) IS NULL");

/// Whether one of those who may fetch a file is still to be pushed something.
async fn is_to_be_pushed(tx: &Tx, file: RemovalPlace) -> Worked<bool> {
    let sql = "SELECT reader FROM file_share WHERE log = $1 AND number = $2";
    let shares = tx.query(sql, params![file.log.as_bytes(), file.number.cast_signed()]).await?;
    let mut readers = vec![file.log];
    for share in &shares {
        readers.push(value::log(share, "reader")?);
    }
    for reader in readers {
        let sql = "SELECT 1 FROM pending WHERE log = $1 AND purpose = $2";
        if tx.first(sql, params![reader.as_bytes(), Purpose::Push.as_str()]).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Old files, and whether somebody who may fetch the file has a conversation since before it that goes on, or is still
/// to be pushed something.
async fn old(tx: &Tx, removal: &Removal) -> Worked<Vec<Row>> {
    let after = removal.after.as_ref();
    tx.query(
        tx.either(OLD, OLD_HERE),
        params![
            removal.tenant.as_str(),
            removal.before.as_millis(),
            after.map_or(i64::MIN, |place| place.at.as_millis()),
            // Nothing is before a log of no bytes.
            after.map_or(&[][..], |place| place.log.as_bytes()),
            after.map_or(i64::MIN, |place| place.number.cast_signed()),
            limit(removal.limit),
            Purpose::Push.as_str(),
        ],
    )
    .await
}
