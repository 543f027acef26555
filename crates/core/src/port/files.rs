//! Files as stored: what is known of them, and their bytes.

use async_trait::async_trait;
use bytes::Bytes;

use crate::log::LogId;
use crate::port::StoreError;
use crate::time::Timestamp;

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRecord {
    /// The log that it belongs to.
    pub log: LogId,
    /// Names it within its log.
    pub number: u64,
    /// Its type, such as `png`.
    pub file_type: String,
    /// Its name, if it was given one.
    pub name: Option<String>,
    /// Its size in bytes.
    pub size: u64,
    /// When it was stored.
    pub at: Timestamp,
}

impl FileRecord {
    /// The name under which the bytes of a log's file are kept. Two levels of folders keep each of them small.
    pub fn blob_name(log: LogId, number: u64) -> String {
        let log = log.to_string();
        format!("{}/{}/{number:016x}", &log[..2], &log[2..])
    }
}

/// What is known of files.
#[async_trait]
pub trait FileStore: Send + Sync {
    /// Makes a file known. Its bytes are stored first.
    async fn put_file(&self, record: FileRecord) -> Result<(), StoreError>;

    /// What is known of a file.
    async fn file(&self, log: LogId, number: u64) -> Result<Option<FileRecord>, StoreError>;

    /// Lets the readers of another log fetch a file.
    async fn share_file(&self, file: (LogId, u64), with: LogId) -> Result<(), StoreError>;

    /// Whether the readers of a log may fetch a file.
    async fn may_fetch(&self, file: (LogId, u64), reader: LogId) -> Result<bool, StoreError>;
}

/// The bytes of files, under the names that [`FileRecord::blob_name`] gives. Bytes under a name are never changed, and
/// a backup holds those that a [`FileRecord`] is known of.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Stores bytes durably under a name.
    async fn put(&self, name: &str, bytes: Bytes) -> Result<(), StoreError>;

    /// Bytes by their name.
    async fn get(&self, name: &str) -> Result<Option<Bytes>, StoreError>;

    /// Forgets a name.
    async fn delete(&self, name: &str) -> Result<(), StoreError>;
}
