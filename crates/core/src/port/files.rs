//! Files as stored: what is known of them, and their bytes.

use std::borrow::Cow;

use async_trait::async_trait;
use bytes::Bytes;

use crate::id::TenantId;
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
    /// The object that its bytes are in, by the name that [`FileRecord::object_name`] gave; `None` if they lie in the
    /// folder of files.
    pub object: Option<String>,
}

/// What the names of objects begin with, and names in the folder do not.
const OBJECTS: &str = "tenants/";

impl FileRecord {
    /// The name under which the bytes of a log's file are kept in the folder. Two levels of folders keep each of them small.
    pub fn blob_name(log: LogId, number: u64) -> String {
        let log = log.to_string();
        format!("{}/{}/{number:016x}", &log[..2], &log[2..])
    }

    /// The name of an object for the bytes of a file of a tenant's log, by a number that is used for no other object. What one
    /// tenant has stands together, and nothing in it was chosen by anybody: a tenant and whose log it is are there as hashes.
    pub fn object_name(tenant: &TenantId, log: LogId, number: u64) -> String {
        format!("{OBJECTS}{}/{log}/{number:016x}", LogId::of_files(tenant))
    }

    /// Whether a name of bytes is that of an object.
    pub fn is_object(name: &str) -> bool {
        name.starts_with(OBJECTS)
    }

    /// The name that this file's bytes are kept under.
    pub fn bytes_name(&self) -> Cow<'_, str> {
        match &self.object {
            Some(object) => Cow::Borrowed(object),
            None => Cow::Owned(Self::blob_name(self.log, self.number)),
        }
    }
}

/// What is known of files.
#[async_trait]
pub trait FileStore: Send + Sync {
    /// Makes a file of a tenant's known. Its bytes are stored first. If they are in an object, that was expected and is so
    /// no longer; one that was given up meanwhile is refused ([`StoreError::Unavailable`]).
    async fn put_file(&self, tenant: &TenantId, record: FileRecord) -> Result<(), StoreError>;

    /// Notes that a new object of a tenant's may be there from now on that no file is known of yet. The time is that of the asking node:
    /// [`Self::give_up_objects`] leaves far more room than clocks differ.
    async fn expect_object(&self, tenant: &TenantId, name: &str, now: Timestamp) -> Result<(), StoreError>;

    /// Puts objects among the bytes to remove ([`crate::port::CustomerStore::erased_blobs`]) that were expected before a
    /// moment and of which no file became known.
    async fn give_up_objects(&self, before: Timestamp) -> Result<(), StoreError>;

    /// Files of all logs whose bytes lie in the folder, in the order of logs and numbers, from behind a file on.
    async fn files_in_folder(
        &self,
        after: Option<(LogId, u64)>,
        limit: usize,
    ) -> Result<Vec<(TenantId, FileRecord)>, StoreError>;

    /// The bytes of a file that lay in the folder are in an object from now on, which was expected as by
    /// [`Self::put_file`]; those in the folder are to be removed. If there is no such file in the folder any more, the object is.
    async fn file_moved(&self, file: (LogId, u64), object: &str) -> Result<(), StoreError>;

    /// What is known of a file.
    async fn file(&self, log: LogId, number: u64) -> Result<Option<FileRecord>, StoreError>;

    /// Files of a log by their numbers, from after `after` on.
    async fn files_of(
        &self,
        log: LogId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<FileRecord>, StoreError>;

    /// Lets the readers of another log fetch a file.
    async fn share_file(&self, file: (LogId, u64), with: LogId) -> Result<(), StoreError>;

    /// Whether the readers of a log may fetch a file.
    async fn may_fetch(&self, file: (LogId, u64), reader: LogId) -> Result<bool, StoreError>;
}

/// The bytes of files, under the names that [`FileRecord::bytes_name`] gives. Bytes under a name are never changed. A backup
/// holds those in the folder that a [`FileRecord`] is known of; objects stay where they are.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Whether the bytes of new files belong into objects, and not into the folder.
    fn keeps_objects(&self) -> bool {
        false
    }

    /// Stores bytes durably under a name. If it fails they may be there all the same, or come to be later.
    async fn put(&self, name: &str, bytes: Bytes) -> Result<(), StoreError>;

    /// Bytes by their name.
    async fn get(&self, name: &str) -> Result<Option<Bytes>, StoreError>;

    /// Forgets a name.
    async fn delete(&self, name: &str) -> Result<(), StoreError>;
}
