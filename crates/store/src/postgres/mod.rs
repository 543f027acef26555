//! The store on PostgreSQL, for any number of nodes.
//!
//! - `store`: opening, closing, and how work reaches the database; `connect` and `tls`: the connections.
//! - `session`: whether a pooler stands in between, and what may be relied on then; `typed`: statements that it takes.
//! - `connection`: statements, prepared once for each connection; `transaction`: several of them as one, tried again
//!   where another transaction was in the way; `single`: statements by themselves; `fault`: what can go wrong.
//! - `commit`: writing a decision; `batch` and `messages`: many messages that change no state at once.
//! - `schema`: the migrations; `epoch`: the life of the store; `usage`: how much each tenant uses; `upkeep`: what is
//!   done now and then; `examine`: looking at the database from outside.
//! - `citus`: where the tables lie in a cluster.
//! - `backup`: a backup of the form that the embedded store's has.
//! - `moving`: taking in everything that another store has.
//! - `nodes`: what nodes tell each other, and which of them leads.
//! - The rest is one file for each subject of the ports.
//!
//! Nothing is kept in memory between two calls, so every node sees what every other one wrote. Writing to a log begins
//! with its row: whoever has updated or locked it goes first, and the others go on from where that one left the log.

mod activity;
mod audit;
mod backup;
mod batch;
mod citus;
mod commit;
mod conditions;
mod connect;
mod connection;
mod conversations;
mod customers;
mod directory;
mod entries;
mod epoch;
mod examine;
mod fault;
mod files;
mod gateway;
mod intents;
mod knowledge;
mod labels;
mod log_row;
mod logs;
mod messages;
mod moving;
mod nodes;
mod owners;
mod pending;
mod people;
mod positions;
mod presence;
mod reader_claims;
mod repeats;
mod reports;
mod retention;
mod routing;
mod schema;
mod search;
mod session;
mod sessions;
mod single;
mod store;
mod tickets;
mod timers;
mod tls;
mod transaction;
mod typed;
mod upkeep;
mod usage;
mod value;
mod whole;

pub(crate) use audit::PostgresAudit;
pub use citus::{Cluster, Layout, UpToDate, bring_up_to_date, known_tables};
pub use epoch::forget_place;
pub use examine::{DatabaseFacts, examine_database, hears};
pub(crate) use moving::{Found, Target};
pub use nodes::PostgresNodes;
pub use schema::Alone;
pub use session::Session;
pub use store::{PostgresOptions, PostgresStore};
