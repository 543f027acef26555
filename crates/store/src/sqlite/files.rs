//! What is known of files.

use async_trait::async_trait;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{FileRecord, FileStore, StoreError};
use rusqlite::params;

use crate::sqlite::SqliteStore;
use crate::sqlite::value::{number, stored, timestamp};

#[async_trait]
impl FileStore for SqliteStore {
    async fn put_file(&self, record: FileRecord) -> Result<(), StoreError> {
        self.writing(move |tx| {
            tx.execute(
                "INSERT INTO file (log, number, file_type, name, size, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (log, number) DO UPDATE SET
                     file_type = excluded.file_type, name = excluded.name, size = excluded.size, at = excluded.at",
                params![
                    record.log.as_bytes(),
                    // Any 64 bits name a file; SQLite has the same bits with a sign.
                    record.number.cast_signed(),
                    record.file_type,
                    record.name,
                    stored(record.size),
                    record.at.as_millis()
                ],
            )?;
            Ok(())
        })
        .await
    }

    async fn file(&self, log: LogId, file: u64) -> Result<Option<FileRecord>, StoreError> {
        self.reading(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT file_type, name, size, at FROM file WHERE log = ?1 AND number = ?2",
            )?;
            let mut rows = statement.query(params![log.as_bytes(), file.cast_signed()])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            Ok(Some(FileRecord {
                log,
                number: file,
                file_type: row.get("file_type")?,
                name: row.get("name")?,
                size: number(row, "size")?,
                at: timestamp(row, "at")?,
            }))
        })
        .await
    }

    async fn share_file(&self, (log, file): (LogId, u64), with: LogId) -> Result<(), StoreError> {
        self.writing(move |tx| {
            tx.execute(
                "INSERT INTO file_share (log, number, reader) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                params![log.as_bytes(), file.cast_signed(), with.as_bytes()],
            )?;
            Ok(())
        })
        .await
    }

    async fn may_fetch(&self, (log, file): (LogId, u64), reader: LogId) -> Result<bool, StoreError> {
        self.reading(move |connection| {
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
