//! The tables and how they come about.
//!
//! Nodes of different versions may work on one database, so the tables may be newer than a program that opens them. What
//! migrations do adds to what was there. One that takes something away says so by a line of its own,
//! `-- oldest: VERSION`, and which migration a program must know from then on; the database keeps that, and programs
//! that are older refuse it.

use std::time::Duration;

use refinery::Migration;
use tokio_postgres::{Client, Row};

use crate::OpenError;
use crate::postgres::connect::Place;
use crate::postgres::connection::Connection;
use crate::postgres::epoch;
use crate::postgres::fault::{Worked, in_full};

mod embedded {
    refinery::embed_migrations!("migrations/postgres");
}

/// Whoever opens a database holds this lock while it does: "`FDsk`".
const LOCK: i64 = 1_178_891_115;
/// How often it is asked for again.
const AGAIN: Duration = Duration::from_millis(100);

/// How long the lock is held depends on what is done under it. Should this node vanish, the others need not wait for hours.
const BEGIN: &str = "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
     SET LOCAL tcp_keepalives_idle = 5; SET LOCAL tcp_keepalives_interval = 5; SET LOCAL tcp_keepalives_count = 3";

/// Nobody who works on the tables is held up for long by a migration that waits for one of them. A program that was killed
/// may leave a migration behind that the database is still at, although the lock of whoever opens it is free again.
const BEGIN_MIGRATING: &str = "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '4s';
     SELECT pg_advisory_xact_lock(1178891120)";
const HISTORY: &str = "CREATE TABLE IF NOT EXISTS refinery_schema_history
     (version INT8 PRIMARY KEY, name VARCHAR(255), applied_on VARCHAR(255), checksum VARCHAR(255));\n";

/// The store's value that says which migration a program must know.
const OLDEST: &str = "oldest_program";
/// The line in a migration that says it.
const OLDEST_LINE: &str = "-- oldest: ";

/// What a program says that is too old for the database.
pub(super) const OUTDATED: &str =
    "a newer version has changed the database so that this one cannot work with it any more";

/// Held by the one node that does what only one may do at a time, such as bringing the tables up to date, for as long as
/// this lives. Others wait for it.
///
/// It is bound to a transaction and not to a session, so that it holds behind a pooler as well.
pub struct Alone(Client);

impl Alone {
    /// Waits until no other node has it on the database with this URL.
    pub async fn on(url: &str) -> Result<Self, OpenError> {
        Self::at(&Place::parse(url)?).await
    }

    /// Whoever waits keeps no session of a pooler: the one that is waited for may need another.
    pub(super) async fn at(place: &Place) -> Result<Self, OpenError> {
        let client = place.connect().await?;
        while !try_lock(&client).await.map_err(|error| place.failed(in_full(&error)))? {
            tokio::time::sleep(AGAIN).await;
        }
        Ok(Self(client))
    }

    /// Lets the others go on at once; it goes with the connection otherwise.
    pub(crate) async fn end(self) {
        let _ = self.0.batch_execute("COMMIT").await;
    }
}

async fn try_lock(client: &Client) -> Result<bool, tokio_postgres::Error> {
    client.batch_execute(BEGIN).await?;
    let asked = format!("SELECT pg_try_advisory_xact_lock({LOCK})");
    let is_locked: bool = client.query_typed_one(&asked, &[]).await?.try_get(0)?;
    if !is_locked {
        client.batch_execute("ROLLBACK").await?;
    }
    Ok(is_locked)
}

impl std::fmt::Debug for Alone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Alone")
    }
}

/// Whether something was being moved into the database, and not to the end.
pub(super) async fn is_half_moved(client: &Client) -> Result<bool, tokio_postgres::Error> {
    let there = format!("SELECT to_regclass('{}') IS NOT NULL", crate::moving::PROGRESS);
    client.query_typed_one(&there, &[]).await?.try_get(0)
}

impl Alone {
    /// Refuses a database that does not have all of a store yet.
    pub(super) async fn refuse_half_moved(&self, place: &Place) -> Result<(), OpenError> {
        match is_half_moved(&self.0).await {
            Ok(false) => Ok(()),
            Ok(true) => Err(OpenError::HalfMoved { path: place.shown() }),
            Err(error) => Err(place.failed(in_full(&error))),
        }
    }
}

/// A migration that was applied.
struct Applied {
    version: i64,
    name: String,
    checksum: String,
}

impl Applied {
    fn of(row: &Row) -> Result<Self, tokio_postgres::Error> {
        let version = row.try_get("version")?;
        Ok(Self { version, name: row.try_get("name")?, checksum: row.try_get("checksum")? })
    }

    fn is(&self, migration: &Migration) -> bool {
        self.name == migration.name() && self.checksum == migration.checksum().to_string()
    }
}

/// Brings the tables up to date, by one node at a time. Tables that are newer than this program stay as they are if it can
/// work with them. Tells which migrations were applied.
pub(super) async fn migrate(place: &Place, _alone: &Alone) -> Result<Vec<String>, OpenError> {
    let client = place.connect().await?;
    let failed = |error: tokio_postgres::Error| place.failed(in_full(&error));
    client.batch_execute(BEGIN_MIGRATING).await.map_err(failed)?;
    let (applied, known) = (applied(&client).await.map_err(failed)?, newest_known());
    if let Some(found) = applied.last().map(|last| last.version).filter(|found| *found > known) {
        let oldest = oldest_allowed(&client).await.map_err(failed)?;
        if oldest > known {
            return Err(OpenError::Newer { path: place.shown(), found, known });
        }
        tracing::info!(found, known, "the tables are those of a newer version, which this one can work with");
    }
    let known = migrations();
    let missing = missing(&applied, &known);
    let missing = missing.map_err(|reason| OpenError::Diverged { path: place.shown(), reason })?;
    for migration in &missing {
        tracing::info!(version = migration.version(), name = migration.name(), "a migration is applied");
    }
    client.batch_execute(&script(&missing)).await.map_err(failed)?;
    Ok(missing.iter().map(ToString::to_string).collect())
}

/// What is to be applied to a database to which this was, in its order. Of those that are newer than this program nothing is
/// known.
fn missing<'a>(applied: &[Applied], known: &'a [Migration]) -> Result<Vec<&'a Migration>, String> {
    let last = applied.last().map_or(i64::MIN, |last| last.version);
    let newest = known.last().map_or(i64::MIN, Migration::version);
    let strangers =
        |one: &&Applied| one.version <= newest && !known.iter().any(|known| known.version() == one.version);
    if let Some(stranger) = applied.iter().find(strangers) {
        return Err(format!(
            "it has a migration V{}__{} of another program",
            stranger.version, stranger.name
        ));
    }
    let mut missing = Vec::new();
    for migration in known {
        match applied.iter().find(|one| one.version == migration.version()) {
            Some(applied) if applied.is(migration) => {}
            Some(_) => return Err(format!("{migration} is another one there")),
            None if migration.version() < last => return Err(format!("{migration} was left out")),
            None => missing.push(migration),
        }
    }
    Ok(missing)
}

/// All of it is one transaction: after a crash the tables are as they were or as they should be.
fn script(missing: &[&Migration]) -> String {
    let mut script = Vec::from_iter((!missing.is_empty()).then(|| HISTORY.to_owned()));
    for migration in missing {
        let (version, name, checksum) = (migration.version(), migration.name(), migration.checksum());
        let sql = migration.sql().unwrap_or_default();
        script.push(format!("{sql}\n;"));
        script.push(format!(
            "INSERT INTO refinery_schema_history (version, name, applied_on, checksum) VALUES ({version}, '{name}',
                 to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), '{checksum}');\n"
        ));
        if let Some(oldest) = oldest_after(sql) {
            script.push(format!("{};\n", requires(oldest)));
        }
    }
    script.push("COMMIT".to_owned());
    script.concat()
}

/// From then on a program must know this migration.
pub(super) fn requires(oldest: i64) -> String {
    format!(
        "INSERT INTO store_value (name, value) VALUES ('{OLDEST}', int8send({oldest}))
             ON CONFLICT (name) DO UPDATE SET value = greatest(store_value.value, excluded.value)"
    )
}

/// Which migration a program must know once this one was applied, if it says so.
fn oldest_after(sql: &str) -> Option<i64> {
    sql.lines().find_map(|line| line.strip_prefix(OLDEST_LINE))?.trim().parse().ok()
}

fn migrations() -> Vec<Migration> {
    let mut migrations = embedded::migrations::runner().get_migrations().clone();
    migrations.sort_by_key(Migration::version);
    migrations
}

/// The newest migration that this program has.
pub(super) fn newest_known() -> i64 {
    embedded::migrations::runner().get_migrations().iter().map(Migration::version).max().unwrap_or(0)
}

/// What was applied, in its order.
async fn applied(client: &Client) -> Result<Vec<Applied>, tokio_postgres::Error> {
    let there = "SELECT to_regclass('refinery_schema_history') IS NOT NULL";
    if !client.query_typed_one(there, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(Vec::new());
    }
    let history = "SELECT CAST(version AS BIGINT) AS version, name, checksum FROM refinery_schema_history ORDER BY version";
    let rows = client.query_typed(history, &[]).await?;
    rows.iter().map(Applied::of).collect()
}

/// The newest migration that was applied; `None` of a database that has none of ours.
pub(super) async fn newest_applied(client: &Client) -> Result<Option<i64>, tokio_postgres::Error> {
    Ok(applied(client).await?.last().map(|last| last.version))
}

/// Which migration a program must know to work with the tables; 0 if none.
pub(super) async fn oldest_allowed(client: &Client) -> Result<i64, tokio_postgres::Error> {
    let there = "SELECT to_regclass('store_value') IS NOT NULL";
    if !client.query_typed_one(there, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(0);
    }
    let sql = format!("SELECT value FROM store_value WHERE name = '{OLDEST}'");
    let Some(row) = client.query_typed_opt(&sql, &[]).await? else { return Ok(0) };
    let value: Vec<u8> = row.try_get(0)?;
    Ok(value.try_into().map_or(i64::MAX, i64::from_be_bytes))
}

/// The same, asked by a node that runs.
pub(super) async fn oldest_program(connection: &Connection) -> Worked<i64> {
    let oldest = epoch::number(connection, OLDEST).await?.unwrap_or_default();
    Ok(i64::try_from(oldest).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
