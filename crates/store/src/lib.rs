//! Everything that is stored: the embedded store on SQLite, the data directory around it, and files on disk or in a bucket.
//!
//! [`SqliteStore`] implements the ports of `frontdesk-core` in one process on one file: one thread writes, in groups
//! of whatever waits, and nothing is acknowledged before it is on the disk; a few threads read. [`FileBlobs`] keeps
//! the bytes of files. [`DataDir`] is where both live, and sees to it that only one process uses them.
//!
//! [`PostgresStore`] implements the same ports on a PostgreSQL database, for any number of nodes.
//!
//! SQL stands in this crate and nowhere else. Every statement on a table of logs names the log's key, which is what a
//! distributed store places rows by.

mod backup;
mod blobs;
mod data_dir;
mod durable;
mod error;
mod inspect;
mod key_file;
mod moving;
mod new_entry;
mod place;
mod postgres;
mod prepared;
mod recorded;
mod sealed;
mod sqlite;
mod terms;
mod value;

use std::path::Path;
use std::sync::Arc;

use frontdesk_core::port::{Clock, Random};

pub use backup::{
    IntoDatabase, Manifest, MovedAside, RestoreError, Restored, restore, restore_into_database,
};
pub use blobs::{Bucket, BucketError, BucketOptions, BucketRefused, BucketTrouble, FileBlobs};
pub use data_dir::DataDir;
pub use error::OpenError;
pub use inspect::{AuditInspector, ExportError};
pub use key_file::KeyFile;
pub use moving::{MoveError, MoveOptions, MoveProgress, Moved, OnMove, move_store};
pub use postgres::{
    Alone, Cluster, DatabaseFacts, Layout, PostgresNodes, PostgresOptions, PostgresStore, Session, UpToDate,
    bring_up_to_date, examine_database, forget_place, hears, known_tables,
};
pub use recorded::record_in_every_chain;
pub use sqlite::{FileFacts, Options, SqliteStore, examine_file};

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
