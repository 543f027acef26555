//! Bringing a database up to date without serving anybody.

use std::path::PathBuf;

use super::distribute::{Settled, settle};
use super::tables::TABLES;
use crate::OpenError;
use crate::postgres::connect::Place;
use crate::postgres::schema::{self, Alone};

/// Where the tables of a database lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// In one database; Citus is not there.
    Together,
    /// On several nodes, since just now.
    DistributedNow,
    /// On several nodes, as they did before.
    Distributed,
}

/// A database that is up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpToDate {
    /// Its URL without the password.
    pub path: PathBuf,
    /// The migrations that were applied, in their order.
    pub applied: Vec<String>,
    /// Where its tables lie.
    pub layout: Layout,
}

/// Brings the tables of a database up to date, and to where they lie in a cluster. Fails if they are to be distributed and a
/// server works on them. Must be called within a Tokio runtime.
pub async fn bring_up_to_date(url: &str) -> Result<UpToDate, OpenError> {
    let place = Place::parse(url)?;
    let alone = Alone::at(&place).await?;
    alone.refuse_half_moved(&place).await?;
    let applied = schema::migrate(&place, &alone).await?;
    let settled = settle(&place, &alone).await?;
    alone.end().await;
    let layout = match settled {
        Settled::Together => Layout::Together,
        Settled::Now => Layout::DistributedNow,
        Settled::Before => Layout::Distributed,
        Settled::InUse => {
            return Err(
                place.failed("its tables are to be distributed: stop all servers first, and try again")
            );
        }
    };
    Ok(UpToDate { path: place.shown(), applied, layout })
}

/// The names of all tables of a database.
pub fn known_tables() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|(table, _)| *table)
}
