//! Files that customers and agents send each other.

mod kind;

use bytes::Bytes;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{FileRecord, StoreError};
use frontdesk_core::seal::Sealed;

use crate::parts::Parts;

pub use kind::{FileKind, recognise};

/// A file that was stored.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The key that clients know it by.
    pub key: String,
    /// What is known of it.
    pub record: FileRecord,
}

impl Parts {
    /// Stores a file of a log: its bytes first, so that a known file always has them.
    pub async fn store_file(
        &self,
        log: LogId,
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
        };
        self.blobs.put(&FileRecord::blob_name(log, number), bytes).await?;
        self.store.put_file(record.clone()).await?;
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
        self.blobs.get(&FileRecord::blob_name(record.log, record.number)).await
    }

    /// 63 random bits: a name that nobody guesses, and that fits every database's integer.
    fn random_number(&self) -> u64 {
        let mut bytes = [0; 8];
        self.random.fill(&mut bytes);
        u64::from_be_bytes(bytes) >> 1
    }
}
