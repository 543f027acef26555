//! What a backup says of itself.

use frontdesk_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The name of the manifest in a backup.
pub(super) const NAME: &str = "manifest.json";
/// The name of the database in a backup.
pub(super) const DATABASE: &str = "frontdesk.db";
/// The folder of the files in a backup.
pub(super) const FILES: &str = "files";
/// The format that is written, and the newest that is read.
pub(super) const FORMAT: u32 = 1;

/// What a backup says of itself. It is written last: a backup without one is not complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format of the backup; 1 so far.
    pub format: u32,
    /// The version of Frontdesk that wrote it.
    pub version: String,
    /// The newest migration that was applied to the database.
    pub schema: i64,
    /// The epoch of the store that it was taken of. A restored store has another.
    pub epoch: u64,
    /// The moment whose state it holds.
    pub taken: Timestamp,
    /// How many logs are in it.
    pub logs: u64,
    /// How many entries are in it.
    pub entries: u64,
    /// The database.
    pub database: Part,
    /// The files.
    pub files: Vec<Part>,
    /// Files that the database knows but whose bytes were not there.
    pub missing: Vec<String>,
    /// How many files the database knows whose bytes are objects, which are not in the backup.
    #[serde(default)]
    pub objects: u64,
}

/// One file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name; that of a file is below the folder `files`.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// The hexadecimal SHA-256 of its bytes.
    pub sha256: String,
}

impl Manifest {
    /// The size of everything in the backup but the manifest, in bytes.
    pub fn bytes(&self) -> u64 {
        self.database.bytes + self.files.iter().map(|file| file.bytes).sum::<u64>()
    }
}
