//! Everything that is stored: the embedded store on SQLite, the data directory around it, and files on disk.
//!
//! [`SqliteStore`] implements the ports of `frontdesk-core` in one process on one file: one thread writes, in groups
//! of whatever waits, and nothing is acknowledged before it is on the disk; a few threads read. [`FileBlobs`] keeps
//! the bytes of files. [`DataDir`] is where both live, and sees to it that only one process uses them.
//!
//! SQL stands in this crate and nowhere else. Every statement on a table of logs names the log's key, which is what a
//! distributed store places rows by.

mod backup;
mod blobs;
mod data_dir;
mod durable;
mod error;
mod sqlite;

use std::path::Path;
use std::sync::Arc;

use frontdesk_core::port::{Clock, Random};

pub use backup::{Manifest, MovedAside, RestoreError, Restored, restore};
pub use blobs::FileBlobs;
pub use data_dir::DataDir;
pub use error::OpenError;
pub use sqlite::{Options, SqliteStore};

/// Opens the embedded store in a directory, which is made if it does not exist, and brings its tables up to date.
/// Blocks until that is done.
///
/// To know the paths of the directory before the store is open, call [`DataDir::open`] and [`SqliteStore::open`].
pub fn open(
    directory: &Path,
    clock: Arc<dyn Clock>,
    random: &dyn Random,
    options: Options,
) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(DataDir::open(directory)?, clock, random, options)
}
