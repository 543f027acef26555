//! The database, copied while it is in use.

use std::ops::ControlFlow;
use std::path::Path;

use frontdesk_core::audit::{Actor, Anchor};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{BackupProgress, FileRecord, Random};
use frontdesk_core::time::Timestamp;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use crate::OpenError;
use crate::error::{Fault, Worked};
use crate::sqlite::{audit, schema, value, witness};

/// Pages between two words on progress: 4 MiB.
const STEP: i32 = 1_024;

/// What a copied database holds.
pub(crate) struct Contents {
    pub(crate) schema: i64,
    pub(crate) logs: u64,
    pub(crate) entries: u64,
    /// The names of the files that it knows whose bytes lie in the folder.
    pub(crate) files: Vec<String>,
    /// How many files it knows whose bytes are objects.
    pub(crate) objects: u64,
}

/// Copies the database into an empty file. `None` if `progress` says to stop.
///
/// All steps read in one transaction, so they see one moment, whatever is written meanwhile, and never start again. The
/// writer is not kept waiting; only its write-ahead log grows until the copy is done, because a checkpoint cannot begin
/// it anew as long as somebody reads an older state.
pub(crate) fn copy_database(
    from: &Path,
    to: &Path,
    progress: &dyn Fn(BackupProgress) -> ControlFlow<()>,
) -> Worked<Option<Contents>> {
    let source = schema::open_reader(from).map_err(|error| Fault::damaged(error.to_string()))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags(to, flags)?;
    // A copy that is not complete is thrown away, and a complete one is made durable as a whole.
    target.pragma_update_and_check(None, "journal_mode", "OFF", |_| Ok(()))?;
    target.pragma_update(None, "synchronous", "OFF")?;
    let reading = source.unchecked_transaction()?;
    reading.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    if copy_pages(&source, &mut target, progress)? { contents(&reading).map(Some) } else { Ok(None) }
}

fn copy_pages(
    source: &Connection,
    target: &mut Connection,
    progress: &dyn Fn(BackupProgress) -> ControlFlow<()>,
) -> Worked<bool> {
    let backup = Backup::new(source, target)?;
    loop {
        let step = backup.step(STEP)?;
        let pages = backup.progress();
        let count = |pages| u64::try_from(pages).unwrap_or_default();
        let (total, done) = (count(pages.pagecount), count(pages.pagecount - pages.remaining));
        if progress(BackupProgress::Database { done, total }).is_break() {
            return Ok(false);
        }
        match step {
            StepResult::Done => return Ok(true),
            StepResult::More => {}
            // Nobody else knows the target, and a reader in WAL mode waits for nobody.
            _ => std::thread::sleep(std::time::Duration::from_millis(50)),
        }
    }
}

pub(super) fn contents(connection: &Connection) -> Worked<Contents> {
    let count = |sql: &str| -> Worked<u64> {
        let count: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        u64::try_from(count).map_err(Fault::damaged)
    };
    Ok(Contents {
        schema: schema::newest_applied(connection)?.unwrap_or_default(),
        logs: count("SELECT count(*) FROM log")?,
        entries: count("SELECT count(*) FROM entry")?,
        files: files(connection)?,
        objects: count("SELECT count(*) FROM file WHERE object IS NOT NULL")?,
    })
}

/// The names of the files that a database knows whose bytes lie in the folder.
pub(super) fn files(connection: &Connection) -> Worked<Vec<String>> {
    let mut statement =
        connection.prepare("SELECT log, number FROM file WHERE object IS NULL ORDER BY log, number")?;
    let mut rows = statement.query([])?;
    let mut files = Vec::new();
    while let Some(row) = rows.next()? {
        let log: LogId = value::log(row, "log")?;
        let number: i64 = row.get("number")?;
        files.push(FileRecord::blob_name(log, number.cast_unsigned()));
    }
    Ok(files)
}

/// What a database has become.
pub(crate) struct Renewed {
    pub(crate) epoch: u64,
    pub(crate) generation: u64,
    /// The heads of its audit log.
    pub(crate) heads: Vec<Anchor>,
}

/// Brings a copied database up to date, gives it a new epoch and records who put it back, and from what time it is.
/// Afterwards the file stands alone.
pub(crate) fn renew_database(
    path: &Path,
    random: &dyn Random,
    by: &Actor,
    times: (Timestamp, Timestamp),
) -> Result<Renewed, OpenError> {
    let connection = schema::open_writer(path)?;
    let failed = |fault: Fault| OpenError::Failed { path: path.to_path_buf(), reason: fault.0.to_string() };
    let (epoch, generation) = witness::renew(&connection, random).map_err(failed)?;
    let heads = audit::record_restore(&connection, random, by, times).map_err(failed)?;
    connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .map_err(OpenError::sqlite(path))?;
    connection.close().map_err(|(_, error)| OpenError::sqlite(path)(error))?;
    Ok(Renewed { epoch, generation, heads })
}
