//! A backup of the form that the embedded store's has: everything is read as it is at one moment, and written into a file
//! of SQLite, beside which the files lie. So it can be restored into either kind of store.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use frontdesk_core::port::{BackupError, BackupProgress, BackupReport, OnProgress};
use frontdesk_core::time::Timestamp;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error};

use crate::backup::Backup;
use crate::moving::{TABLES, Table};
use crate::postgres::PostgresStore;
use crate::postgres::fault::in_full;
use crate::postgres::moving::Rows;
use crate::postgres::transaction::database_now;
use crate::postgres::{citus, schema};
use crate::sqlite::Sink;

/// All of it sees one moment, however long it takes. Nobody waits for it; only what is replaced meanwhile is kept until it
/// is over.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0;
     SET LOCAL idle_in_transaction_session_timeout = 0";

fn failed(error: impl std::fmt::Display) -> BackupError {
    BackupError::Failed(error.to_string())
}

fn lost(error: &Error) -> BackupError {
    failed(in_full(error))
}

/// Has something done where it may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(failed(error)))
}

pub(super) async fn take(
    store: &PostgresStore,
    to: &Path,
    progress: OnProgress,
) -> Result<BackupReport, BackupError> {
    let Some(files) = store.files().cloned() else {
        return Err(BackupError::Refused("nobody has said where the bytes of files are".to_owned()));
    };
    let client = store.place().connect().await.map_err(failed)?;
    client.batch_execute(BEGIN).await.map_err(|error| lost(&error))?;
    if schema::newest_applied(&client).await.map_err(|error| lost(&error))? > Some(schema::newest_known()) {
        // What it does not know of would not be in it.
        let why = "a newer version has changed the database: have that one take the backup";
        return Err(BackupError::Refused(why.to_owned()));
    }
    if citus::is_distributed(&client).await.map_err(|error| lost(&error))? {
        // Each node has its own moment.
        let why = "its tables are distributed over several nodes, and no backup sees all of them at one moment: take one \
                   by the means of Citus and PostgreSQL";
        return Err(BackupError::Refused(why.to_owned()));
    }
    let (now, total) = moment(&client).await.map_err(|error| lost(&error))?;
    let taken = store.own_clock().map_or(now, |clock| clock.now());
    let epoch = store.epoch_number();
    let backup = Backup { apart_from: files.clone(), files, to: to.to_path_buf(), taken, epoch };
    let (partial, backup) = blocking(move || Ok((backup.begin()?, backup))).await?;
    let database = partial.database();
    let sink = blocking(move || Sink::create(&database).map_err(failed)).await?;
    let mut filling = Filling { client, sink: Some(sink), progress: Arc::clone(&progress), done: 0, total };
    for table in TABLES {
        filling.copy(table).await?;
    }
    let sink = filling.sink.take();
    blocking(move || {
        let sink = sink.ok_or_else(|| failed("the database of the backup is gone"))?;
        let contents = sink.finish().map_err(|fault| failed(fault.0))?;
        backup.complete(partial, &contents, &*progress)
    })
    .await
}

/// The moment, and about how many rows there are.
async fn moment(client: &Client) -> Result<(Timestamp, u64), Error> {
    let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    let sql = concat!(
        "SELECT ",
        database_now!(),
        " AS now, CAST(coalesce(sum(greatest(c.reltuples, 0)), 0) AS BIGINT) AS rows
         FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE n.nspname = current_schema() AND c.relname::text = ANY ($1)"
    );
    let row = client.query_typed_one(sql, &[(&names, Type::TEXT_ARRAY)]).await?;
    let rows: i64 = row.try_get("rows")?;
    Ok((Timestamp::from_millis(row.try_get("now")?), rows.unsigned_abs()))
}

/// The database of a backup while it comes about.
struct Filling {
    client: Client,
    /// Elsewhere while something is written.
    sink: Option<Sink>,
    progress: OnProgress,
    done: u64,
    total: u64,
}

impl Filling {
    async fn copy(&mut self, table: &'static Table) -> Result<(), BackupError> {
        let mut rows = Rows::of(&self.client, table).await.map_err(|error| lost(&error))?;
        loop {
            let some = rows.next().await.map_err(|error| lost(&error))?;
            if some.is_empty() {
                break;
            }
            self.done += some.len() as u64;
            let told = BackupProgress::Database { done: self.done, total: self.total.max(self.done) };
            let progress = Arc::clone(&self.progress);
            self.writing(move |sink| {
                if progress(told) == ControlFlow::Break(()) {
                    return Err(BackupError::Stopped);
                }
                sink.put(table, &some).map_err(|fault| failed(fault.0))
            })
            .await?;
        }
        let Some(column) = table.counter else { return Ok(()) };
        let last = counted(&self.client, table, column).await.map_err(|error| lost(&error))?;
        self.writing(move |sink| sink.count_on(table, last).map_err(|fault| failed(fault.0))).await
    }

    async fn writing(
        &mut self,
        work: impl FnOnce(&Sink) -> Result<(), BackupError> + Send + 'static,
    ) -> Result<(), BackupError> {
        let Some(sink) = self.sink.take() else { return Err(failed("the database of the backup is gone")) };
        let sink = blocking(move || work(&sink).map(|()| sink)).await?;
        self.sink = Some(sink);
        Ok(())
    }
}

/// What the database gave out last; more than is in the rows, perhaps, and never less.
async fn counted(client: &Client, table: &Table, column: &str) -> Result<i64, Error> {
    let sql = format!(
        "SELECT coalesce(pg_sequence_last_value(CAST(pg_get_serial_sequence('{}', '{column}') AS regclass)), 0)",
        table.name
    );
    client.query_typed_one(&sql, &[]).await?.try_get(0)
}
