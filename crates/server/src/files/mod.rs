//! Files that customers and agents send each other.

mod config;
mod kind;
mod moving;
mod removal;

use bytes::Bytes;
use frontdesk_core::id::TenantId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{FileRecord, StoreError};
use frontdesk_core::seal::Sealed;

use crate::parts::Parts;

pub use config::FilesConfig;
pub use kind::{FileKind, recognise};
pub use moving::move_into_bucket;
pub(crate) use moving::start as start_moving;
pub(crate) use removal::remove_in_background;
pub use removal::{give_up_uploads, remove_erased_files};

/// A file that was stored.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The key that clients know it by.
    pub key: String,
    /// What is known of it.
    pub record: FileRecord,
}

/// What is done with bytes, as the metric of failures names it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    Store,
    Read,
    Remove,
}

impl Operation {
    /// Counts a failure.
    pub(crate) fn noted<T>(self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        let name = match self {
            Self::Store => "store",
            Self::Read => "read",
            Self::Remove => "remove",
        };
        outcome.inspect_err(|_| {
            metrics::counter!("frontdesk_file_failures_total", "operation" => name).increment(1);
        })
    }
}

impl Parts {
    /// Stores a file of a tenant's log: its bytes first, so that a known file always has them. Of an object it is noted
    /// before that it may be there: should nothing become of the file, it is removed later.
    pub async fn store_file(
        &self,
        (tenant, log): (&TenantId, LogId),
        file_type: &str,
        name: Option<String>,
        bytes: Bytes,
    ) -> Result<Stored, StoreError> {
        let number = self.random_number();
        let record = FileRecord {
            log,
            number,
            file_type: file_type.to_owned(),
            name,
            size: bytes.len() as u64,
            at: self.clock.now(),
            object: self.blobs.keeps_objects().then(|| FileRecord::object_name(tenant, log, number)),
        };
        if let Some(object) = &record.object {
            self.store.expect_object(tenant, object, self.clock.now()).await?;
        }
        Operation::Store.noted(self.blobs.put(&record.bytes_name(), bytes).await)?;
        self.store.put_file(tenant, record.clone()).await?;
        Ok(Stored { key: self.sealer.seal(Sealed::File, log, number), record })
    }

    /// What a key names.
    pub async fn find_file(&self, key: &str) -> Result<Option<FileRecord>, StoreError> {
        match self.sealer.open(Sealed::File, key) {
            Some((log, number)) => self.store.file(log, number).await,
            None => Ok(None),
        }
    }

    /// The bytes of a file.
    pub async fn file_bytes(&self, record: &FileRecord) -> Result<Option<Bytes>, StoreError> {
        Operation::Read.noted(self.blobs.get(&record.bytes_name()).await)
    }

    /// 63 random bits: a name that nobody guesses, and that fits every database's integer.
    fn random_number(&self) -> u64 {
        let mut bytes = [0; 8];
        self.random.fill(&mut bytes);
        u64::from_be_bytes(bytes) >> 1
    }
}
