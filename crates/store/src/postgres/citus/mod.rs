//! The tables on a cluster that Citus makes of several databases.
//!
//! What belongs to a log lies on the node of that log, what is configured lies on every node, and the rest lies on the
//! coordinator, which is the database that servers are connected to (`tables`). Without the extension nothing of this is
//! used.
//!
//! - `distribute`: how the tables come to lie there; `state`: whether they do.
//! - `shards`: which logs lie together; `up_to_date`: what `frontdesk migrate` does.
//!
//! Citus commits on the node of a log first and on the coordinator after that. Between the two a crash could leave one half,
//! so transactions that write to both sides have both prepared before ([`WHOLE_COMMIT`]).

mod distribute;
mod shards;
mod state;
mod tables;
mod up_to_date;

pub(super) use distribute::{is_distributed, is_distributed_now, settle};
pub(super) use shards::by_shard;
pub use state::Cluster;
pub(super) use state::look;
pub use up_to_date::{Layout, UpToDate, bring_up_to_date, known_tables};

/// Commits on the coordinator and on the nodes of logs, or nowhere: whatever touches a table that Citus keeps on the
/// coordinator has it prepare all of the transaction before. There is never a row in it.
pub(super) const WHOLE_COMMIT: &str = "DELETE FROM two_sides; COMMIT";

#[cfg(test)]
mod lint;
