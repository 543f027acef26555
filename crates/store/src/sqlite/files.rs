//! What is known of files.

use async_trait::async_trait;
use frontdesk_core::id::TenantId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{FileRecord, FileStore, StoreError};
use frontdesk_core::time::Timestamp;
use rusqlite::{Row, params};

use crate::blobs::GIVEN_UP;
use crate::error::{Fault, Worked};
use crate::sqlite::SqliteStore;
use crate::sqlite::usage::Change;
use crate::sqlite::value::{number, stored, timestamp};
use crate::sqlite::writer::Tx;

/// Removes what is known of a file, and notes that its bytes are to go: how many there are, and under which name. `None`
/// if it is not known.
pub(super) fn drop_file(tx: &Tx<'_>, log: LogId, file: u64) -> Worked<Option<(u64, String)>> {
    let named = params![log.as_bytes(), file.cast_signed()];
    let dropped =
        tx.first("DELETE FROM file WHERE log = ?1 AND number = ?2 RETURNING size, object", named, |row| {
            Ok((number(row, "size")?, row.get::<_, Option<String>>("object")?))
        })?;
    tx.execute("DELETE FROM file_share WHERE log = ?1 AND number = ?2", named)?;
    let Some((size, object)) = dropped else { return Ok(None) };
    let blob = object.unwrap_or_else(|| FileRecord::blob_name(log, file));
    remove_later(tx, &blob)?;
    Ok(Some((size, blob)))
}

/// Notes that bytes are to go.
fn remove_later(tx: &Tx<'_>, blob: &str) -> Worked<()> {
    tx.execute("INSERT INTO erased_blob (name) VALUES (?1) ON CONFLICT DO NOTHING", params![blob])?;
    Ok(())
}

/// An object was expected, and is so no longer; `false` if it was not, or was given up.
fn has_come(tx: &Tx<'_>, object: &str) -> Worked<bool> {
    Ok(tx.execute("DELETE FROM expected_object WHERE name = ?1", params![object])? > 0)
}

/// A file of a log.
fn from_row(row: &Row<'_>, log: LogId) -> Worked<FileRecord> {
    Ok(FileRecord {
        log,
        number: row.get::<_, i64>("number")?.cast_unsigned(),
        file_type: row.get("file_type")?,
        name: row.get("name")?,
        size: number(row, "size")?,
        at: timestamp(row, "at")?,
        object: row.get("object")?,
    })
}

#[async_trait]
impl FileStore for SqliteStore {
    async fn put_file(&self, tenant: &TenantId, record: FileRecord) -> Result<(), StoreError> {
        let tenant = tenant.clone();
        self.of_tenant(&tenant).writing(move |tx| {
            tx.begin()?;
            let before = tx.first(
                "SELECT size FROM file WHERE log = ?1 AND number = ?2",
                params![record.log.as_bytes(), record.number.cast_signed()],
                |row| number(row, "size"),
            )?;
            if let Some(object) = &record.object
                && !has_come(tx, object)?
                && before.is_none()
            {
                return Err(StoreError::Unavailable(GIVEN_UP.to_owned()).into());
            }
            tx.count(&tenant, Change::files(before.unwrap_or_default(), record.size));
            tx.execute(
                "INSERT INTO file (log, number, file_type, name, size, at, tenant, object)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (log, number) DO UPDATE SET
                     file_type = excluded.file_type, name = excluded.name, size = excluded.size, at = excluded.at,
                     object = excluded.object",
                params![
                    record.log.as_bytes(),
                    // Any 64 bits name a file; SQLite has the same bits with a sign.
                    record.number.cast_signed(),
                    record.file_type,
                    record.name,
                    stored(record.size),
                    record.at.as_millis(),
                    tenant.as_str(),
                    record.object
                ],
            )?;
            Ok(())
        })
        .await
    }

    async fn file(&self, log: LogId, file: u64) -> Result<Option<FileRecord>, StoreError> {
        self.of_log(log)
            .reading(move |connection| {
                let mut statement = connection.prepare_cached(
                    "SELECT number, file_type, name, size, at, object FROM file WHERE log = ?1 AND number = ?2",
                )?;
                let mut rows = statement.query(params![log.as_bytes(), file.cast_signed()])?;
                rows.next()?.map(|row| from_row(row, log)).transpose()
            })
            .await
    }

    async fn files_of(
        &self,
        log: LogId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<FileRecord>, StoreError> {
        let most = crate::sqlite::value::limit(limit);
        self.of_log(log)
            .reading(move |connection| {
                let mut statement = connection.prepare_cached(
                    "SELECT number, file_type, name, size, at, object FROM file
                     WHERE log = ?1 AND (?2 IS NULL OR number > ?2) ORDER BY number LIMIT ?3",
                )?;
                let mut rows = statement.query(params![log.as_bytes(), after.map(u64::cast_signed), most])?;
                let mut files = Vec::new();
                while let Some(row) = rows.next()? {
                    files.push(from_row(row, log)?);
                }
                Ok(files)
            })
            .await
    }

    async fn expect_object(&self, tenant: &TenantId, name: &str, now: Timestamp) -> Result<(), StoreError> {
        let name = name.to_owned();
        self.of_tenant(tenant)
            .writing(move |tx| {
                tx.execute(
                    "INSERT INTO expected_object (name, since) VALUES (?1, ?2)
                     ON CONFLICT (name) DO UPDATE SET since = excluded.since",
                    params![name, now.as_millis()],
                )?;
                Ok(())
            })
            .await
    }

    async fn give_up_objects(&self, before: Timestamp) -> Result<(), StoreError> {
        self.writing(move |tx| {
            tx.begin()?;
            tx.execute(
                "INSERT INTO erased_blob (name) SELECT name FROM expected_object WHERE since < ?1 ON CONFLICT DO NOTHING",
                params![before.as_millis()],
            )?;
            tx.execute("DELETE FROM expected_object WHERE since < ?1", params![before.as_millis()])?;
            Ok(())
        })
        .await
    }

    async fn files_in_folder(
        &self,
        after: Option<(LogId, u64)>,
        limit: usize,
    ) -> Result<Vec<(TenantId, FileRecord)>, StoreError> {
        let most = crate::sqlite::value::limit(limit);
        self.reading(move |connection| {
            // Nothing is before a log of no bytes.
            let (log, number) =
                after.map_or((Vec::new(), i64::MIN), |(log, number)| (log.as_bytes().to_vec(), number.cast_signed()));
            let mut statement = connection.prepare_cached(
                "SELECT tenant, log, number, file_type, name, size, at, object FROM file
                 WHERE (log, number) > (?1, ?2) AND object IS NULL AND tenant <> '' ORDER BY log, number LIMIT ?3",
            )?;
            let mut rows = statement.query(params![log, number, most])?;
            let mut files = Vec::new();
            while let Some(row) = rows.next()? {
                let tenant = TenantId::new(row.get_ref("tenant")?.as_str().map_err(Fault::damaged)?);
                let log = crate::sqlite::value::log(row, "log")?;
                files.push((tenant.map_err(Fault::damaged)?, from_row(row, log)?));
            }
            Ok(files)
        })
        .await
    }

    async fn file_moved(&self, (log, file): (LogId, u64), object: &str) -> Result<(), StoreError> {
        let object = object.to_owned();
        self.of_log(log)
            .writing(move |tx| {
                tx.begin()?;
                if !has_come(tx, &object)? {
                    return Err(StoreError::Unavailable(GIVEN_UP.to_owned()).into());
                }
                let moved = tx.execute(
                    "UPDATE file SET object = ?3 WHERE log = ?1 AND number = ?2 AND object IS NULL",
                    params![log.as_bytes(), file.cast_signed(), object],
                )?;
                let blob = FileRecord::blob_name(log, file);
                remove_later(tx, if moved > 0 { &blob } else { &object })
            })
            .await
    }

    async fn share_file(&self, (log, file): (LogId, u64), with: LogId) -> Result<(), StoreError> {
        self.of_log(with)
            .writing(move |tx| {
                tx.execute(
                    "INSERT INTO file_share (log, number, reader) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                    params![log.as_bytes(), file.cast_signed(), with.as_bytes()],
                )?;
                Ok(())
            })
            .await
    }

    async fn may_fetch(&self, (log, file): (LogId, u64), reader: LogId) -> Result<bool, StoreError> {
        self.of_log(reader)
            .reading(move |connection| {
                let mut statement = connection.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM file WHERE log = ?1 AND number = ?2) AND (?1 = ?3 OR EXISTS (
                     SELECT 1 FROM file_share WHERE log = ?1 AND number = ?2 AND reader = ?3))",
            )?;
                let found = params![log.as_bytes(), file.cast_signed(), reader.as_bytes()];
                Ok(statement.query_row(found, |row| row.get(0))?)
            })
            .await
    }
}
