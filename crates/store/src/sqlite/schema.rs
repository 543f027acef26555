//! The database file: its settings and its migrations.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use crate::OpenError;

mod embedded {
    refinery::embed_migrations!("migrations/sqlite");
}

/// "`FDsk`", set by the first migration.
const APPLICATION_ID: i64 = 1_178_891_115;

/// More statements than the store has, so that none is ever compiled twice.
const STATEMENTS: usize = 256;

/// Only a backup tool or a curious operator can hold a lock: one process uses the file.
const BUSY: Duration = Duration::from_secs(5);

/// Opens the connection that writes, and brings the tables up to date.
pub(super) fn open_writer(path: &Path) -> Result<Connection, OpenError> {
    create(path).map_err(OpenError::io(path))?;
    let failed = OpenError::sqlite(path);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let mut connection = Connection::open_with_flags(path, flags).map_err(&failed)?;
    refuse_foreign(&connection, path)?;
    configure_writer(&connection).map_err(&failed)?;
    migrate(&mut connection, path)?;
    Ok(connection)
}

/// Makes the file if it does not exist, for nobody else to read even where the directory is not ours alone. SQLite
/// gives the files beside it the same mode.
fn create(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Opens a connection that only reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection, OpenError> {
    let failed = OpenError::sqlite(path);
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(path, flags).map_err(&failed)?;
    connection.busy_timeout(BUSY).map_err(&failed)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// The WAL grows to so many pages (16 MiB) before it is copied into the database. With SQLite's own 1,000 the checkpoints
/// took 16 % of the writer's time under a load of sends; the pages of logs that many write to are copied once for
/// several changes now.
const PAGES_BETWEEN_CHECKPOINTS: i64 = 4_000;

/// The checkpoint stays SQLite's own: the commit that makes the WAL long enough copies it into the database. That is done
/// by the writer thread between two groups, takes some milliseconds, waits for no reader, and keeps the WAL short enough
/// for a start after a crash to be quick.
fn configure_writer(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", PAGES_BETWEEN_CHECKPOINTS)?;
    // What is deleted is overwritten: whoever is erased leaves no words in unused parts of the file.
    connection.pragma_update_and_check(None, "secure_delete", "ON", |_| Ok(()))?;
    // What savepoints set aside stays in memory.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // At most 32 MiB, taken only as it is needed.
    connection.pragma_update(None, "cache_size", -32_768)
}

/// Copies the write-ahead log into the database and makes it empty; `false` if somebody still reads from it.
pub(super) fn empty_log(path: &Path) -> rusqlite::Result<bool> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    let is_busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0))?;
    Ok(!is_busy)
}

/// Refuses a file that is not ours before anything in it is changed.
pub(super) fn refuse_foreign(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let failed = OpenError::sqlite(path);
    let count = |connection: &Connection| {
        // The history table comes before everything else, in a transaction of its own.
        let others = "SELECT count(*) FROM sqlite_schema WHERE tbl_name <> 'refinery_schema_history'";
        connection.query_row(others, [], |row| row.get::<_, i64>(0))
    };
    if count(connection).map_err(&failed)? == 0 {
        return Ok(());
    }
    let id =
        connection.query_row("PRAGMA application_id", [], |row| row.get::<_, i64>(0)).map_err(&failed)?;
    if id == APPLICATION_ID {
        return Ok(());
    }
    let reason = "it is a database of another program".to_owned();
    Err(OpenError::NotAStore { path: path.to_path_buf(), reason })
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    // One transaction for all: after a crash the tables are as they were or as they should be.
    let runner = embedded::migrations::runner().set_grouped(true);
    let known = newest_known();
    let found = newest_applied(connection).map_err(OpenError::sqlite(path))?;
    if let Some(found) = found.filter(|found| *found > known) {
        return Err(OpenError::Newer { path: path.to_path_buf(), found, known });
    }
    runner.run(connection).map_err(|error| match error.kind() {
        refinery::error::Kind::DivergentVersion(..) | refinery::error::Kind::MissingVersion(..) => {
            OpenError::Diverged { path: path.to_path_buf(), reason: error.to_string() }
        }
        _ => OpenError::Failed { path: path.to_path_buf(), reason: error.to_string() },
    })?;
    Ok(())
}

/// The newest migration that was applied to a database that nobody has opened.
pub(crate) fn schema_of(path: &Path) -> Result<i64, OpenError> {
    let connection = open_reader(path)?;
    refuse_foreign(&connection, path)?;
    Ok(newest_applied(&connection).map_err(OpenError::sqlite(path))?.unwrap_or_default())
}

/// The newest migration that this program has.
pub(crate) fn newest_known() -> i64 {
    embedded::migrations::runner()
        .get_migrations()
        .iter()
        .map(refinery::Migration::version)
        .max()
        .unwrap_or(0)
}

pub(super) fn newest_applied(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    let history = "SELECT 1 FROM sqlite_schema WHERE name = 'refinery_schema_history'";
    if connection.query_row(history, [], |_| Ok(())).optional()?.is_none() {
        return Ok(None);
    }
    connection.query_row("SELECT max(version) FROM refinery_schema_history", [], |row| row.get(0))
}
