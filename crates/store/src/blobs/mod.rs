//! The bytes of files: in a folder of the local disk, and in a bucket if there is one.

mod bucket;

use std::path::Path;

use async_trait::async_trait;
use bytes::Bytes;
use frontdesk_core::port::{Blobs, FileRecord, StoreError};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::{Error, ObjectStore, ObjectStoreExt};

use crate::OpenError;

pub use bucket::{Bucket, BucketError, BucketOptions, BucketRefused, BucketTrouble};

/// What whoever stored an object for too long is told.
pub(crate) const GIVEN_UP: &str = "the object was given up before the file became known";

/// The bytes of files in a folder of the local disk, and those of objects in a bucket. A file is there whole or not at all,
/// and once [`Blobs::put`] has returned it survives a power cut.
#[derive(Debug)]
pub struct FileBlobs {
    folder: Box<dyn ObjectStore>,
    bucket: Option<Bucket>,
}

impl FileBlobs {
    /// Keeps files below a folder, such as [`crate::DataDir::files`]. It is made if it does not exist.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        std::fs::create_dir_all(folder).map_err(OpenError::io(folder))?;
        let files = LocalFileSystem::new_with_prefix(folder)
            .map_err(|error| OpenError::Failed { path: folder.to_path_buf(), reason: error.to_string() })?;
        Ok(Self { folder: Box::new(files.with_fsync(true)), bucket: None })
    }

    /// Keeps new files in a bucket. What is in the folder stays there.
    #[must_use]
    pub fn with_bucket(self, bucket: Option<Bucket>) -> Self {
        Self { bucket, ..self }
    }

    /// The bucket, if a name is that of an object.
    fn bucket_of(&self, name: &str) -> Result<Option<&Bucket>, StoreError> {
        match &self.bucket {
            _ if !FileRecord::is_object(name) => Ok(None),
            Some(bucket) => Ok(Some(bucket)),
            None => Err(StoreError::Unavailable(
                "the bytes of a file are in S3-compatible storage, and files.url does not say where"
                    .to_owned(),
            )),
        }
    }
}

/// Names come from sealed identifiers; a name that is none names nothing.
fn parse(name: &str) -> Result<Name, StoreError> {
    Name::parse(name).map_err(|error| StoreError::Failed(error.to_string()))
}

fn failed(error: &Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

#[async_trait]
impl Blobs for FileBlobs {
    fn keeps_objects(&self) -> bool {
        self.bucket.is_some()
    }

    async fn put(&self, name: &str, bytes: Bytes) -> Result<(), StoreError> {
        if let Some(bucket) = self.bucket_of(name)? {
            return Ok(bucket.put(name, bytes).await?);
        }
        self.folder.put(&parse(name)?, bytes.into()).await.map_err(|error| failed(&error))?;
        Ok(())
    }

    async fn get(&self, name: &str) -> Result<Option<Bytes>, StoreError> {
        if let Some(bucket) = self.bucket_of(name)? {
            return match bucket.get(name).await {
                Err(error) if error.trouble == BucketTrouble::NoObject => Ok(None),
                found => Ok(Some(found?)),
            };
        }
        let found = match self.folder.get(&parse(name)?).await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(failed(&error)),
        };
        found.bytes().await.map(Some).map_err(|error| failed(&error))
    }

    async fn delete(&self, name: &str) -> Result<(), StoreError> {
        if let Some(bucket) = self.bucket_of(name)? {
            return match bucket.delete(name).await {
                Err(error) if error.trouble == BucketTrouble::NoObject => Ok(()),
                done => Ok(done?),
            };
        }
        match self.folder.delete(&parse(name)?).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(&error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_are_kept_replaced_and_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = FileBlobs::open(folder.path()).unwrap();
        assert_eq!(blobs.get("ab/cd").await.unwrap(), None);
        blobs.put("ab/cd", Bytes::from_static(b"one")).await.unwrap();
        blobs.put("ab/cd", Bytes::from_static(b"two")).await.unwrap();
        let again = FileBlobs::open(folder.path()).unwrap();
        assert_eq!(again.get("ab/cd").await.unwrap().as_deref(), Some(&b"two"[..]));
        blobs.delete("ab/cd").await.unwrap();
        blobs.delete("ab/cd").await.unwrap();
        assert_eq!(blobs.get("ab/cd").await.unwrap(), None);
    }

    #[tokio::test]
    async fn an_object_is_not_taken_for_gone_where_no_bucket_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = FileBlobs::open(folder.path()).unwrap();
        let name = "tenants/ab/cd/1";
        assert!(blobs.get(name).await.is_err() && blobs.delete(name).await.is_err());
        assert!(blobs.put(name, Bytes::from_static(b"x")).await.is_err() && !blobs.keeps_objects());
    }

    #[tokio::test]
    async fn no_name_leads_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = FileBlobs::open(&folder.path().join("files")).unwrap();
        let outside = blobs.put("../outside", Bytes::from_static(b"x")).await;
        assert!(outside.is_err());
        assert!(!folder.path().join("outside").exists());
    }
}
