//! The embedded store on SQLite.
//!
//! - `store`: opening, closing, and how work reaches the threads.
//! - `writer`: the one thread that writes, in groups; `readers`: the threads that read.
//! - `witness`: notices that older files were copied back; `backup`: copies the database while it is in use.
//! - `schema`: the file, its settings and its migrations.
//! - `snapshot`: what is kept in memory of each log.
//! - The rest is one file for each subject of the ports.

mod backup;
mod commit;
mod conversations;
mod directory;
mod entries;
mod files;
mod gate;
mod housekeeping;
mod intents;
mod labels;
mod logs;
mod pending;
mod positions;
mod queue_place;
mod readers;
mod recent;
mod repeats;
mod routing;
mod schema;
mod sessions;
mod snapshot;
mod store;
mod timers;
mod value;
mod witness;
mod writer;

#[cfg(test)]
mod tests;

pub(crate) use backup::{copy_database, renew_database};
pub use store::{Options, SqliteStore};
pub(crate) use witness::vouch;
