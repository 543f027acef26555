//! The bytes of files, on the local disk.

use std::path::Path;

use async_trait::async_trait;
use bytes::Bytes;
use frontdesk_core::port::{Blobs, StoreError};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::{Error, ObjectStore, ObjectStoreExt};

use crate::OpenError;

/// The bytes of files in a folder of the local disk. A file is there whole or not at all, and once [`Blobs::put`]
/// has returned it survives a power cut.
#[derive(Debug)]
pub struct FileBlobs(Box<dyn ObjectStore>);

impl FileBlobs {
    /// Keeps files below a folder, such as [`crate::DataDir::files`]. It is made if it does not exist.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        std::fs::create_dir_all(folder).map_err(OpenError::io(folder))?;
        let files = LocalFileSystem::new_with_prefix(folder)
            .map_err(|error| OpenError::Failed { path: folder.to_path_buf(), reason: error.to_string() })?;
        Ok(Self(Box::new(files.with_fsync(true))))
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
    async fn put(&self, name: &str, bytes: Bytes) -> Result<(), StoreError> {
        self.0.put(&parse(name)?, bytes.into()).await.map_err(|error| failed(&error))?;
        Ok(())
    }

    async fn get(&self, name: &str) -> Result<Option<Bytes>, StoreError> {
        let found = match self.0.get(&parse(name)?).await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(failed(&error)),
        };
        found.bytes().await.map(Some).map_err(|error| failed(&error))
    }

    async fn delete(&self, name: &str) -> Result<(), StoreError> {
        match self.0.delete(&parse(name)?).await {
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
    async fn no_name_leads_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = FileBlobs::open(&folder.path().join("files")).unwrap();
        let outside = blobs.put("../outside", Bytes::from_static(b"x")).await;
        assert!(outside.is_err());
        assert!(!folder.path().join("outside").exists());
    }
}
