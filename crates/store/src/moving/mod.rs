//! Moving a whole store from a data directory into a PostgreSQL database.
//!
//! - `run`: the move from its beginning to its end.
//! - `tables`: every table and column, as data; `plan`: what a table and a column are.
//! - `value`: rows on their way, and what tells whether all arrived as they were.
//! - `state`: how far a move is. It is kept in the database, in the transactions that copy, so an interrupted move goes on
//!   where it was.
//! - `files`: the bytes of files, where they have to move as well.
//!
//! The SQL of either side is in `sqlite::moving` and `postgres::moving`. Both refuse to begin if there is a table or a
//! column that the plan does not have.
//!
//! What is copied keeps everything that was given out: the epoch and the keys, ids of logs and numbers of entries, and
//! what comes next of every counter. Hence cursors, tokens and file keys stay good. From the last step on the data
//! directory says where its store has gone, and nothing opens it any more.

mod error;
mod files;
mod plan;
mod run;
mod state;
mod tables;
mod value;

pub use error::MoveError;
pub(crate) use plan::{Column, End, Kind, Origin, Table};
pub use run::{MoveOptions, MoveProgress, Moved, OnMove, move_store};
pub(crate) use run::{header_of, take_in};
pub(crate) use state::{HEADER, Header, PROGRESS, Progress};
pub(crate) use tables::{NOT_COPIED, TABLES};
pub(crate) use value::{Row, Sum, Value};
