//! How far a move is, as it is kept in the database that it goes to until it is finished.

use serde::{Deserialize, Serialize};

use super::value::{Row, Sum};

/// The table in which it is kept. A database that has it is not opened as a store.
pub(crate) const PROGRESS: &str = "frontdesk_move";

/// The name of what is kept of the move as a whole.
pub(crate) const HEADER: &str = "";

/// What is moved, and by which program: only the same goes on with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    /// The epoch of the store.
    pub(crate) epoch: u64,
    /// Grows whenever the store is opened: whatever was written to it since is not in what was copied.
    pub(crate) generation: u64,
    /// The migrations of either side.
    pub(crate) schemas: (i64, i64),
}

/// How far a table is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// The key of the last row that was copied.
    pub(crate) last: Option<Row>,
    /// What was copied.
    pub(crate) sum: Sum,
    pub(crate) is_done: bool,
}
