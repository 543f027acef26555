//! Looking at the database file from outside: nothing is changed or locked, whether a server runs on it or not.

use std::path::{Path, PathBuf};

use crate::sqlite::schema;
use crate::{DataDir, OpenError};

/// What the embedded store of a data directory is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// The database.
    pub path: PathBuf,
    /// Its size in bytes, without what is still in the write-ahead log.
    pub bytes: u64,
    /// The newest migration that was applied to it; `None` if it was made a moment ago.
    pub schema: Option<i64>,
    /// The newest migration that this program knows.
    pub known: i64,
}

/// Looks at the embedded store of a data directory; `None` if there is none yet. Fails if it is no store, is damaged, was
/// moved into a database, or a backup was being restored into the directory, and not to the end.
pub fn examine_file(directory: &Path) -> Result<Option<FileFacts>, OpenError> {
    if DataDir::restoring_of(directory).exists() {
        return Err(OpenError::HalfRestored { path: directory.to_path_buf() });
    }
    DataDir::refuse_moved(directory)?;
    let path = DataDir::database_of(directory);
    if !path.exists() {
        return Ok(None);
    }
    let bytes = path.metadata().map_err(OpenError::io(&path))?.len();
    let connection = schema::open_reader(&path)?;
    schema::refuse_foreign(&connection, &path)?;
    let schema = schema::newest_applied(&connection).map_err(OpenError::sqlite(&path))?;
    Ok(Some(FileFacts { bytes, schema, known: schema::newest_known(), path }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_store_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(examine_file(folder.path()).unwrap(), None);

        let path = DataDir::database_of(folder.path());
        std::fs::write(&path, "this is a letter and not a database, however long it goes on").unwrap();
        assert!(matches!(examine_file(folder.path()), Err(OpenError::NotAStore { .. })));

        std::fs::remove_file(&path).unwrap();
        drop(schema::open_writer(&path).unwrap());
        let facts = examine_file(folder.path()).unwrap().unwrap();
        assert_eq!((facts.schema, facts.path), (Some(facts.known), path));
        assert!(facts.bytes > 0);

        std::fs::create_dir(DataDir::restoring_of(folder.path())).unwrap();
        assert!(matches!(examine_file(folder.path()), Err(OpenError::HalfRestored { .. })));
    }
}
