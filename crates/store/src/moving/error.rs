//! What can be in the way of a move.

use std::io;
use std::path::PathBuf;

use frontdesk_core::port::StoreError;

use crate::OpenError;

/// Why a store was not moved. The texts are meant for the operator.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// There is nothing to be moved.
    #[error("there is no store in {path}", path = path.display())]
    NoStore {
        /// The data directory.
        path: PathBuf,
    },
    /// One of both stores cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store was written by an older version of Frontdesk.
    #[error(
        "the store {path} has schema version {found}, and this frontdesk {known}: start a server of this version on it \
         once, stop it, and move then",
        path = path.display()
    )]
    Behind {
        /// The store.
        path: PathBuf,
        /// The newest schema version that was applied to it.
        found: i64,
        /// That of this program.
        known: i64,
    },
    /// The database cannot take a store.
    #[error("{path} will not do: {reason}", path = path.display())]
    Unsuitable {
        /// The database.
        path: PathBuf,
        /// Why, and what to do.
        reason: String,
    },
    /// There is something in the database already.
    #[error(
        "the database {path} is not empty: it has {found}. Make a new one (createdb), or take everything out of this one",
        path = path.display()
    )]
    NotEmpty {
        /// The database.
        path: PathBuf,
        /// Some of what is in it.
        found: String,
    },
    /// Another move into the database was begun.
    #[error(
        "another store was being moved into the database {path}, or the same one by another version of frontdesk: go on \
         with that one, or make a new database",
        path = path.display()
    )]
    OtherMove {
        /// The database.
        path: PathBuf,
    },
    /// The store was used since the move began.
    #[error(
        "a server or a command has used the store {path} since the move began, so what was copied is not all of it: make a \
         new database and begin anew",
        path = path.display()
    )]
    Changed {
        /// The store.
        path: PathBuf,
    },
    /// Another process moves the same at the same time.
    #[error("somebody else is moving into the database {path} at this moment", path = path.display())]
    NotAlone {
        /// The database.
        path: PathBuf,
    },
    /// A table or column is not known to the move: a defect of this program.
    #[error("{what} is not known to the move: nothing was copied. Please report this", what = what)]
    Unknown {
        /// Which one, and where.
        what: String,
    },
    /// What arrived is not what was sent.
    #[error(
        "the copy is damaged: {table} has {found} rows in the database where {expected} were copied, or some of them are \
         others. Look after the disk and the memory of both machines, make a new database and begin anew"
    )]
    Differs {
        /// The table.
        table: String,
        /// How many rows should be there.
        expected: u64,
        /// How many are.
        found: u64,
    },
    /// A file that arrived is not the one that was copied.
    #[error("the copy of the file {name} is damaged: look after the disk, and run the move again")]
    FileDiffers {
        /// Its name.
        name: String,
    },
    /// The store that is moved cannot be read.
    #[error("the store cannot be read: {0}")]
    Source(StoreError),
    /// The database does not do what it should, or is gone.
    #[error("the database {path}: {reason}. Run the move again: it goes on where it was", path = path.display())]
    Target {
        /// The database.
        path: PathBuf,
        /// What it says.
        reason: String,
    },
    /// Files cannot be read or written.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}
