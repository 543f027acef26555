//! What is known of files.

use async_trait::async_trait;
use frontdesk_core::id::TenantId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{FileRecord, FileStore, StoreError};
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use crate::blobs::GIVEN_UP;
use crate::postgres::PostgresStore;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::transaction::Tx;
use crate::postgres::usage::Change;
use crate::postgres::value::{self, limit, number, params, stored, timestamp};

async fn put(tx: &Tx, tenant: &TenantId, record: &FileRecord) -> Worked<()> {
    // Any 64 bits name a file; the database has the same bits with a sign.
    let name = record.number.cast_signed();
    let before = tx
        .first(
            "SELECT size FROM file WHERE log = $1 AND number = $2 FOR UPDATE",
            params![record.log.as_bytes(), name],
        )
        .await?;
    let before = before.map(|row| number(&row, "size")).transpose()?;
    if let Some(object) = &record.object
        && !has_come(tx, object).await?
        && before.is_none()
    {
        return Err(StoreError::Unavailable(GIVEN_UP.to_owned()).into());
    }
    tx.execute(
        "INSERT INTO file (log, number, file_type, name, size, at, tenant, object)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (log, number) DO UPDATE SET
             file_type = excluded.file_type, name = excluded.name, size = excluded.size, at = excluded.at,
             object = excluded.object",
        params![
            record.log.as_bytes(),
            name,
            record.file_type,
            record.name,
            stored(record.size),
            record.at.as_millis(),
            tenant.as_str(),
            record.object,
        ],
    )
    .await?;
    tx.count(tenant, Change::files(before.unwrap_or_default(), record.size));
    Ok(())
}

/// An object was expected, and is so no longer; `false` if it was not, or was given up.
async fn has_come(tx: &Tx, object: &str) -> Worked<bool> {
    Ok(tx.execute("DELETE FROM expected_object WHERE name = $1", params![object]).await? > 0)
}

/// Notes that bytes are to go.
async fn remove_later(tx: &Tx, blobs: &[String]) -> Worked<()> {
    tx.execute(
        "INSERT INTO erased_blob (name) SELECT name FROM unnest($1::text[]) AS new (name) ON CONFLICT DO NOTHING",
        params![blobs],
    )
    .await?;
    Ok(())
}

/// Removes what is known of files, and notes that their bytes are to go: how many there are, and under which names. Files
/// that are not known are left out.
pub(super) async fn drop_files(tx: &Tx, files: &[(LogId, u64)]) -> Worked<(u64, Vec<String>)> {
    let logs: Vec<&[u8]> = files.iter().map(|(log, _)| log.as_bytes().as_slice()).collect();
    let names: Vec<i64> = files.iter().map(|(_, name)| name.cast_signed()).collect();
    let gone = tx
        .query(
            "DELETE FROM file USING unnest($1::bytea[], $2::bigint[]) AS gone (log, number)
             WHERE file.log = gone.log AND file.number = gone.number RETURNING file.log, file.number, size, object",
            params![logs, names],
        )
        .await?;
    tx.execute(
        "DELETE FROM file_share AS share USING unnest($1::bytea[], $2::bigint[]) AS gone (log, number)
         WHERE share.log = gone.log AND share.number = gone.number",
        params![logs, names],
    )
    .await?;
    let (mut bytes, mut blobs) = (0, Vec::with_capacity(gone.len()));
    for row in &gone {
        bytes += number(row, "size")?;
        blobs.push(bytes_name(row)?);
    }
    remove_later(tx, &blobs).await?;
    Ok((bytes, blobs))
}

/// The name of a file's bytes, from a row with its key and its object.
fn bytes_name(row: &Row) -> Worked<String> {
    if let Some(object) = row.try_get::<_, Option<String>>("object")? {
        return Ok(object);
    }
    let name: i64 = row.try_get("number")?;
    Ok(FileRecord::blob_name(value::log(row, "log")?, name.cast_unsigned()))
}

fn from_row(row: &Row, log: LogId) -> Worked<FileRecord> {
    Ok(FileRecord {
        log,
        number: row.try_get::<_, i64>("number")?.cast_unsigned(),
        file_type: row.try_get("file_type")?,
        name: row.try_get("name")?,
        size: number(row, "size")?,
        at: timestamp(row, "at")?,
        object: row.try_get("object")?,
    })
}

#[async_trait]
impl FileStore for PostgresStore {
    async fn put_file(&self, tenant: &TenantId, record: FileRecord) -> Result<(), StoreError> {
        let record = &record;
        self.transaction(|tx| async move { put(&tx, tenant, record).await }).await
    }

    async fn file(&self, log: LogId, file: u64) -> Result<Option<FileRecord>, StoreError> {
        let sql = "SELECT number, file_type, name, size, at, object FROM file WHERE log = $1 AND number = $2";
        let row = self.select_first(sql, params![log.as_bytes(), file.cast_signed()]).await?;
        Ok(row.map(|row| from_row(&row, log)).transpose()?)
    }

    async fn files_of(
        &self,
        log: LogId,
        after: Option<u64>,
        most: usize,
    ) -> Result<Vec<FileRecord>, StoreError> {
        let rows = self
            .select_all(
                "SELECT number, file_type, name, size, at, object FROM file
                 WHERE log = $1 AND ($2::bigint IS NULL OR number > $2) ORDER BY number LIMIT $3",
                params![log.as_bytes(), after.map(u64::cast_signed), limit(most)],
            )
            .await?;
        Ok(rows.iter().map(|row| from_row(row, log)).collect::<Worked<_>>()?)
    }

    async fn expect_object(&self, _tenant: &TenantId, name: &str, now: Timestamp) -> Result<(), StoreError> {
        self.change_rows(
            "INSERT INTO expected_object (name, since) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET since = excluded.since",
            params![name, now.as_millis()],
        )
        .await
        .map(drop)
    }

    /// One statement: of an object that has just come, nothing is left to be given up.
    async fn give_up_objects(&self, before: Timestamp) -> Result<(), StoreError> {
        self.change_rows(
            "WITH given_up AS (DELETE FROM expected_object WHERE since < $1 RETURNING name)
             INSERT INTO erased_blob (name) SELECT name FROM given_up ON CONFLICT DO NOTHING",
            params![before.as_millis()],
        )
        .await
        .map(drop)
    }

    async fn files_in_folder(
        &self,
        after: Option<(LogId, u64)>,
        most: usize,
    ) -> Result<Vec<(TenantId, FileRecord)>, StoreError> {
        let rows = self
            .select_all(
                "SELECT tenant, log, number, file_type, name, size, at, object FROM file
                 WHERE (log, number) > ($1, $2) AND object IS NULL AND tenant <> '' ORDER BY log, number LIMIT $3",
                params![
                    // Nothing is before a log of no bytes.
                    after.as_ref().map_or(&[][..], |(log, _)| log.as_bytes()),
                    after.map_or(i64::MIN, |(_, number)| number.cast_signed()),
                    limit(most),
                ],
            )
            .await?;
        let file = |row: &Row| {
            let tenant = TenantId::new(row.try_get("tenant")?).map_err(Fault::damaged)?;
            Ok((tenant, from_row(row, value::log(row, "log")?)?))
        };
        Ok(rows.iter().map(file).collect::<Worked<_>>()?)
    }

    async fn file_moved(&self, (log, file): (LogId, u64), object: &str) -> Result<(), StoreError> {
        self.transaction(|tx| async move {
            if !has_come(&tx, object).await? {
                return Err(StoreError::Unavailable(GIVEN_UP.to_owned()).into());
            }
            let moved = tx
                .execute(
                    "UPDATE file SET object = $3 WHERE log = $1 AND number = $2 AND object IS NULL",
                    params![log.as_bytes(), file.cast_signed(), object],
                )
                .await?;
            let gone = if moved > 0 { FileRecord::blob_name(log, file) } else { object.to_owned() };
            remove_later(&tx, &[gone]).await
        })
        .await
    }

    async fn share_file(&self, (log, file): (LogId, u64), with: LogId) -> Result<(), StoreError> {
        self.change_rows(
            "INSERT INTO file_share (log, number, reader) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            params![log.as_bytes(), file.cast_signed(), with.as_bytes()],
        )
        .await
        .map(drop)
    }

    async fn may_fetch(&self, (log, file): (LogId, u64), reader: LogId) -> Result<bool, StoreError> {
        let found = self
            .select_first(
                "SELECT 1 FROM file WHERE log = $1 AND number = $2 AND ($1 = $3 OR EXISTS (
                     SELECT 1 FROM file_share WHERE log = $1 AND number = $2 AND reader = $3))",
                params![log.as_bytes(), file.cast_signed(), reader.as_bytes()],
            )
            .await?;
        Ok(found.is_some())
    }
}
