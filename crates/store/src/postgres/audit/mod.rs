//! The audit log: chains of records that are added to at their end, and removed from their front when their time is over.
//!
//! - `append`: adding to a chain, in whatever transaction the change itself is made.
//! - `cut`: removing what was kept for long enough from the front.
//! - `heads`: where chains end, as the tables say, and noticing at a start that they are not what was noted.
//! - `inspect`: looking at it from outside.
//! - `read`: the port.
//!
//! There is no file beside the database that says what the heads were: whoever keeps the server's log lines, or exports,
//! has them there.

mod append;
mod cut;
mod heads;
mod inspect;
mod read;

pub(super) use append::{Heads, append, tell};
pub(super) use cut::cut;
pub(super) use heads::ready;
pub(crate) use inspect::PostgresAudit;
