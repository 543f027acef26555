//! The embedded store on SQLite.
//!
//! - `store`: opening, closing, and how work reaches the threads.
//! - `writer`: the one thread that writes, in groups; `readers`: the threads that read; `fair` and `lanes`: whose turn it is.
//! - `usage`: how much each tenant uses.
//! - `witness`: notices that older files were copied back; `backup`: copies the database while it is in use.
//! - `moving`: reading everything, for another store, and taking it in.
//! - `audit`: who did what, in chains that are only added to.
//! - `schema`: the file, its settings and its migrations; `examine`: looking at it from outside.
//! - `snapshot`: what is kept in memory of each log.
//! - The rest is one file for each subject of the ports.

mod audit;
mod backup;
mod commit;
mod conversations;
mod customers;
mod directory;
mod entries;
mod examine;
mod fair;
mod files;
mod gateway;
mod housekeeping;
mod intents;
mod knowledge;
mod labels;
mod lanes;
mod logs;
mod moving;
mod pending;
mod people;
mod positions;
mod presence;
mod queue_place;
mod reader_claims;
mod readers;
mod recent;
mod repeats;
mod reports;
mod retention;
mod routing;
mod schema;
mod search;
mod sessions;
mod snapshot;
mod store;
mod tickets;
mod timers;
mod usage;
mod value;
mod witness;
mod writer;

#[cfg(test)]
mod fair_tests;
#[cfg(test)]
mod tests;

pub(crate) use audit::SqliteAudit;
pub(crate) use audit::write_heads;
pub(crate) use backup::{Contents, Renewed, copy_database, renew_database};
pub use examine::{FileFacts, examine_file};
pub(crate) use moving::{Batch, Sink, Source};
pub(crate) use schema::{newest_known as newest_schema, schema_of};
pub use store::{Options, SqliteStore};
pub(crate) use witness::vouch;
