//! The audit log: chains of records that are added to at their end, and removed from their front when their time is over.
//!
//! - `append`: adding to a chain, in whatever transaction the change itself is made.
//! - `cut`: removing what was kept for long enough from the front.
//! - `heads`: where chains end, as the tables say.
//! - `read`: the port. `inspect`: the same from outside, with or without a running server.
//! - `anchors`: the file beside the database that says what the heads were.

mod anchors;
mod append;
mod cut;
mod heads;
mod inspect;
mod read;

pub(crate) use anchors::write_heads;
pub(super) use anchors::{Anchors, start};
pub(super) use append::append;
pub(super) use cut::cut;
pub(super) use heads::{ready, record_restore};
pub(crate) use inspect::SqliteAudit;
