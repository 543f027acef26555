//! Who did what: what is recorded in the audit log, and that it is.
//!
//! - [`rules`]: what each route has recorded, in one table. A new route that changes something gets its line there.
//! - [`layer`]: stands in front of every route of that table, and records what was done before the answer is handed out.
//!   `behind`: what was refused is recorded after it.
//! - [`Act`]: what is being done, from its beginning to its record. A handler that changes what is configured passes it
//!   on, so that the change and the record are one transaction; all other handlers need not know of it.
//! - `tallies`: what could be done without end, such as failing to sign in, is counted. `reads`: reading the same again
//!   within minutes is one read.

mod act;
mod behind;
mod layer;
mod reads;
pub mod rules;
mod served;
mod tallies;

use std::sync::Mutex;

use frontdesk_core::time::Timestamp;

pub use act::Act;
pub(crate) use behind::record_waiting;
pub use layer::layer;
pub(crate) use served::{concerns, concerns_file};

use behind::Behind;
use reads::Reads;
use tallies::Tallies;

/// What a node remembers for the audit log.
#[derive(Debug, Default)]
pub struct Auditor {
    /// What is counted instead of being recorded each time.
    tallies: Tallies,
    /// What was refused, and is recorded next.
    behind: Behind,
    /// What was read a moment ago.
    reads: Reads,
    /// When the heads are told in the log lines again.
    pub(crate) next_heads: Mutex<Timestamp>,
}
