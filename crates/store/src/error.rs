//! What can go wrong, from SQLite's words into ours.

use std::io;
use std::path::{Path, PathBuf};

use frontdesk_core::port::StoreError;
use frontdesk_core::vault::VaultError;
use rusqlite::ErrorCode;

/// Why a store could not be opened. The texts are meant for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory or a file in it cannot be used.
    #[error("cannot use {path}: {source}", path = path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another process uses the directory.
    #[error("the data directory {path} is in use by {holder}", path = path.display(), holder = holder_text(*pid))]
    InUse {
        /// The directory.
        path: PathBuf,
        /// The process, if it said so.
        pid: Option<u32>,
    },
    /// The database is reached over something that has several connections share a session.
    #[error(
        "{path} leads over a pooler that shares sessions, over which nodes can neither hear each other nor agree who does what \
         one does for all: let store.listen_url (or FRONTDESK_STORE_LISTEN_URL) name the database itself",
        path = path.display()
    )]
    Pooled {
        /// The database, by its URL without the password.
        path: PathBuf,
    },
    /// The store was written by a newer version of Frontdesk, which has left nothing in it that this one could work with.
    #[error(
        "the store {path} has schema version {found}, but this frontdesk knows versions up to {known}: \
         it was written by a newer one. Run that version, or restore a backup from before the upgrade",
        path = path.display()
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// The newest schema version that was applied to it.
        found: i64,
        /// The newest schema version that this program knows.
        known: i64,
    },
    /// The migrations that were applied are not the ones that this program has.
    #[error("the store {path} was migrated otherwise than this frontdesk would: {reason}", path = path.display())]
    Diverged {
        /// The database.
        path: PathBuf,
        /// Which migration, and how it differs.
        reason: String,
    },
    /// The file is not a store of Frontdesk, or it is damaged.
    #[error("{path} is not a usable Frontdesk store: {reason}", path = path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A backup was being restored into the directory, and not to the end.
    #[error(
        "restoring a backup into {path} was interrupted: run `frontdesk restore` again. Without a backup, remove \
         {path}/restoring and put back what was moved to {path}/replaced-…",
        path = path.display()
    )]
    HalfRestored {
        /// The directory.
        path: PathBuf,
    },
    /// A store was being moved into the database, and not to the end.
    #[error(
        "a move into the database {path} is not finished: run `frontdesk move` again, or make a new database",
        path = path.display()
    )]
    HalfMoved {
        /// The database, by its URL without the password.
        path: PathBuf,
    },
    /// What was in the directory was moved into a database.
    #[error(
        "the store in {path} was moved to {to}: let store.url name that database. To go on here with what there was before          the move, remove {path}/frontdesk.moved; whatever was written to the database since will not be there",
        path = path.display()
    )]
    Moved {
        /// The directory.
        path: PathBuf,
        /// The database, by its URL without the password.
        to: String,
    },
    /// The store's secrets cannot be opened with the keys that were given.
    #[error(
        "cannot open the secrets of the store {path}: {source}. Give the key file that they were sealed with, as \
         store.key_file or FRONTDESK_STORE_KEY_FILE",
        path = path.display()
    )]
    Sealed {
        /// The database.
        path: PathBuf,
        /// Why.
        source: VaultError,
    },
    /// A key file cannot be used.
    #[error("the key file {path} cannot be used: {reason}", path = path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// Anything else that went wrong below.
    #[error("cannot open the store {path}: {reason}", path = path.display())]
    Failed {
        /// The database.
        path: PathBuf,
        /// What went wrong.
        reason: String,
    },
}

fn holder_text(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

impl OpenError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn sqlite(path: &Path) -> impl Fn(rusqlite::Error) -> Self {
        let path = path.to_path_buf();
        move |error| {
            let (path, reason) = (path.clone(), error.to_string());
            match error.sqlite_error_code() {
                Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                    Self::NotAStore { path, reason }
                }
                _ => Self::Failed { path, reason },
            }
        }
    }
}

/// A [`StoreError`] on its way up from SQLite.
#[derive(Debug)]
pub(crate) struct Fault(pub(crate) StoreError);

/// What a piece of work on a connection gives.
pub(crate) type Worked<T> = Result<T, Fault>;

impl Fault {
    /// What was stored cannot be understood.
    pub(crate) fn damaged(what: impl std::fmt::Display) -> Self {
        Self(StoreError::Damaged(what.to_string()))
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        let text = error.to_string();
        let code = error.sqlite_error_code();
        Self(match (code, error) {
            (
                Some(
                    ErrorCode::DiskFull
                    | ErrorCode::SystemIoFailure
                    | ErrorCode::ReadOnly
                    | ErrorCode::CannotOpen
                    | ErrorCode::OutOfMemory,
                ),
                _,
            ) => StoreError::Unavailable(text),
            (Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked), _) => StoreError::Busy,
            (Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase), _)
            | (
                None,
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::Utf8Error(..),
            ) => StoreError::Damaged(text),
            _ => StoreError::Failed(text),
        })
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::damaged(error)
    }
}
