//! Backups: what is told about them.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How far a backup is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum BackupProgress {
    /// The database is being copied.
    Database {
        /// Pages, or rows, copied so far.
        done: u64,
        /// Pages, or rows, in all; of rows about so many.
        total: u64,
    },
    /// The files are being copied.
    Files {
        /// Files copied so far.
        done: u64,
        /// Files in all.
        total: u64,
    },
}

/// Is told now and then how far a backup is, and says whether it is to go on. It is called on a thread that may block.
pub type OnProgress = Arc<dyn Fn(BackupProgress) -> ControlFlow<()> + Send + Sync>;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupReport {
    /// Where it is.
    pub path: PathBuf,
    /// The moment whose state it holds.
    pub taken: Timestamp,
    /// Its size in bytes.
    pub bytes: u64,
    /// How many logs are in it.
    pub logs: u64,
    /// How many entries are in it.
    pub entries: u64,
    /// How many files are in it.
    pub files: u64,
    /// How many files it knows whose bytes are objects, which stay where they are.
    #[serde(default)]
    pub objects: u64,
    /// Files that the database knows but whose bytes were not there.
    pub missing: Vec<String>,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It cannot be written where it was asked for. The text is meant for the operator.
    #[error("{0}")]
    Refused(String),
    /// Whoever asked for it no longer wants it.
    #[error("the backup was stopped before it was complete; nothing of it is left")]
    Stopped,
    /// Something went wrong; nothing of it is left.
    #[error("the backup failed: {0}")]
    Failed(String),
    /// The store keeps its data in a database server, which has backups of its own.
    #[error("this store is backed up with the means of its database server")]
    Elsewhere,
}
