//! Backups: a folder with the database as it was at one moment, the files that it knows, and a
//! manifest that tells them.
//!
//! - `take`: writes a backup beside its place, and renames it once it is complete and on the disk.
//! - `restore`: checks every byte of a backup before it replaces anything.
//! - `copy`: copies a file and hashes it on the way.

pub(crate) mod copy;
mod manifest;
mod restore;
mod take;

pub use manifest::Manifest;
pub use restore::{IntoDatabase, MovedAside, RestoreError, Restored, restore, restore_into_database};
pub(crate) use take::Backup;
