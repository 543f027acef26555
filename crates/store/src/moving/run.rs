//! A move from its beginning to its end.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use frontdesk_core::audit::{Actor, action};
use frontdesk_core::port::{Clock, Random, Store as _};
use frontdesk_core::vault::Vault;
use futures_util::future::join;

use super::files::{self, Copied};
use super::{Header, MoveError, Progress, Row, Sum, TABLES, Table};
use crate::error::Worked;
use crate::postgres::{Alone, Found, Target};
use crate::recorded::record_in_every_chain;
use crate::sqlite::{self, Batch, Source};
use crate::{DataDir, OpenError, Options, SqliteStore, durable};

/// What is moved, and where.
#[derive(Clone, Debug)]
pub struct MoveOptions {
    /// The data directory with the store. No server may run on it.
    pub from: PathBuf,
    /// The URL of an empty database, or of one into which the same store was being moved.
    pub to: String,
    /// Where the bytes of files are to be; they stay where they are without it.
    pub files: Option<PathBuf>,
    /// The keys that the store's secrets are sealed with. They stay sealed with the same.
    pub vault: Vault,
}

/// How far a move is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveProgress {
    /// It goes on where it was interrupted.
    Resumed,
    /// Rows are being copied.
    Copying {
        /// The table.
        table: &'static str,
        /// Rows of all tables so far.
        done: u64,
        /// Rows of all tables in all.
        total: u64,
    },
    /// What was copied is being read again.
    Checking {
        /// The table.
        table: &'static str,
        /// Rows of all tables so far.
        done: u64,
        /// Rows of all tables in all.
        total: u64,
    },
    /// Files are being copied.
    Files {
        /// So far.
        done: u64,
        /// In all.
        total: u64,
    },
    /// The last step: the database makes itself ready.
    Finishing,
}

/// Is told how far a move is.
pub type OnMove<'a> = dyn Fn(MoveProgress) + Send + Sync + 'a;

/// What was moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The database, by its URL without the password.
    pub to: PathBuf,
    /// Rows of all tables.
    pub rows: u64,
    /// Logs.
    pub logs: u64,
    /// Entries of all logs.
    pub entries: u64,
    /// Files whose bytes were copied, or were there already; none if they stay where they are.
    pub files: u64,
    /// Files that the store knows but whose bytes were not there.
    pub missing: Vec<String>,
    /// The epoch of the store, which stays what it was.
    pub epoch: u64,
}

/// Moves a store. If it is interrupted, it goes on where it was when it is called again for the same; until it is finished
/// the database opens as no store, and after that the data directory does not. Who moved it is recorded in the audit log of
/// every tenant. Must be called within a Tokio runtime of several threads.
pub async fn move_store(
    options: &MoveOptions,
    clock: &Arc<dyn Clock>,
    random: &dyn Random,
    by: &Actor,
    told: &OnMove<'_>,
) -> Result<Moved, MoveError> {
    let directory = take(&options.from)?;
    let target = Target::connect(&options.to, &**clock).await?;
    let alone = target.alone().await?;
    let from = directory.path().to_path_buf();
    let header = match target.look().await? {
        Found::Others(found) => {
            DataDir::refuse_moved(&from)?;
            return Err(MoveError::NotEmpty { path: target.shown(), found });
        }
        Found::Unfinished(begun) => {
            refuse_other(&directory, &target, &begun)?;
            told(MoveProgress::Resumed);
            begun
        }
        Found::Nothing => {
            make_ready(&directory, options, clock, random, by).await?;
            let header = header_of(&directory.database())?;
            target.note(&header, &alone).await?;
            header
        }
    };
    let files = options.files.as_deref().map(|to| (directory.files(), to));
    let files = files.as_ref().map(|(from, to)| (from.as_path(), *to));
    let leave = |to: &Path| leave(&directory, to);
    take_in(&directory.database(), files, (target, alone), &header, &leave, told).await
}

/// Copies everything that a database of the embedded store has into one of PostgreSQL that was made ready for it, and the
/// bytes of files from one folder into another. `leave` is called when everything is there, just before the last step.
pub(crate) async fn take_in(
    database: &Path,
    files: Option<(&Path, &Path)>,
    (target, alone): (Target, Alone),
    header: &Header,
    leave: &(dyn Fn(&Path) -> Result<(), MoveError> + Sync),
    told: &OnMove<'_>,
) -> Result<Moved, MoveError> {
    target.prepare(&alone).await?;
    alone.end().await;
    let source = Source::open(database)?;
    if let Some(what) = source.unknown().map_err(unreadable)? {
        return Err(MoveError::Unknown { what });
    }
    let moving = Moving { source: Arc::new(Mutex::new(source)), target, told };
    let copied = moving.copy_all().await?;
    moving.check_all(&copied).await?;
    let files = moving.copy_files(files).await?;
    moving.target.analyze().await?;
    told(MoveProgress::Finishing);
    // First the directory says that its store is gone, and then the database that it is there: never do both open.
    leave(&moving.target.shown())?;
    moving.finish().await?;
    let rows = |name: &str| {
        copied.iter().find(|(table, _)| table.name == name).map_or(0, |(_, progress)| progress.sum.rows)
    };
    Ok(Moved {
        to: moving.target.shown(),
        rows: copied.iter().map(|(_, progress)| progress.sum.rows).sum(),
        logs: rows("log"),
        entries: rows("entry"),
        files: files.files,
        missing: files.missing,
        epoch: header.epoch,
    })
}

/// What the embedded store says is wrong with it.
fn unreadable(fault: crate::error::Fault) -> MoveError {
    MoveError::Source(fault.0)
}

/// Takes the data directory, if there is a store of this version in it that no server runs on.
fn take(path: &Path) -> Result<DataDir, MoveError> {
    if !DataDir::database_of(path).exists() {
        return Err(MoveError::NoStore { path: path.to_path_buf() });
    }
    let directory = DataDir::open(path)?;
    if directory.restoring().exists() {
        return Err(OpenError::HalfRestored { path: path.to_path_buf() }.into());
    }
    let (found, known) = (sqlite::schema_of(&directory.database())?, sqlite::newest_schema());
    if found > known {
        return Err(OpenError::Newer { path: directory.database(), found, known }.into());
    }
    if found < known {
        return Err(MoveError::Behind { path: path.to_path_buf(), found, known });
    }
    Ok(directory)
}

/// What is to be copied.
pub(crate) fn header_of(database: &Path) -> Result<Header, MoveError> {
    let source = Source::open(database)?;
    let (epoch, generation) = source.life().map_err(unreadable)?;
    let schemas = (source.schema().map_err(unreadable)?, Target::schema());
    Ok(Header { epoch, generation, schemas })
}

/// Only the same store goes on, as it was, by the same version.
fn refuse_other(directory: &DataDir, target: &Target, begun: &Header) -> Result<(), MoveError> {
    let found = header_of(&directory.database())?;
    if found.epoch != begun.epoch || found.schemas != begun.schemas {
        return Err(MoveError::OtherMove { path: target.shown() });
    }
    if found.generation != begun.generation {
        return Err(MoveError::Changed { path: directory.path().to_path_buf() });
    }
    Ok(())
}

/// Opens the store once as a server would: what a crash left is put in order, and files that were copied back are noticed.
async fn make_ready(
    directory: &DataDir,
    options: &MoveOptions,
    clock: &Arc<dyn Clock>,
    random: &dyn Random,
    by: &Actor,
) -> Result<(), MoveError> {
    let (readers, vault) = (Options { readers: 1, ..Options::default() }, options.vault.clone());
    let store = SqliteStore::open_sealed(directory.clone(), Arc::clone(clock), random, readers, vault)?;
    let recorded = record_in_every_chain(&store, action::MOVED, by).await;
    store.close().await;
    recorded.map_err(MoveError::Source)
}

/// Marks the directory as one whose store is elsewhere. Should somebody take the mark away, the store begins a new epoch:
/// what says that it is the one that was seen last is gone.
fn leave(directory: &DataDir, to: &Path) -> Result<(), MoveError> {
    let mark = DataDir::moved_of(directory.path());
    let failed = |source| MoveError::Io { path: mark.clone(), source };
    durable::replace(&mark, format!("{}\n", to.display()).as_bytes()).map_err(failed)?;
    Ok(directory.forget_witness()?)
}

/// Both sides of it.
struct Moving<'a> {
    source: Arc<Mutex<Source>>,
    target: Target,
    told: &'a OnMove<'a>,
}

type CopiedTables = Vec<(&'static Table, Progress)>;

impl Moving<'_> {
    /// Has something read, where it may block.
    async fn reading<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Source) -> Worked<T> + Send + 'static,
    ) -> Result<T, MoveError> {
        let source = Arc::clone(&self.source);
        let read =
            tokio::task::spawn_blocking(move || work(&source.lock().unwrap_or_else(PoisonError::into_inner)));
        let failed = |error: tokio::task::JoinError| {
            MoveError::Source(frontdesk_core::port::StoreError::Failed(error.to_string()))
        };
        read.await.map_err(failed)?.map_err(unreadable)
    }

    async fn copy_all(&self) -> Result<CopiedTables, MoveError> {
        let mut copied = CopiedTables::new();
        for table in TABLES {
            copied.push((table, self.target.progress(table).await?));
        }
        let counts =
            self.reading(|source| TABLES.iter().map(|table| source.count(table)).collect::<Worked<Vec<_>>>());
        let counts = counts.await?;
        let total = counts.iter().sum();
        let mut done = copied.iter().map(|(_, progress)| progress.sum.rows).sum();
        for ((table, progress), expected) in copied.iter_mut().zip(counts) {
            self.copy(table, progress, &mut |rows| {
                done += rows;
                (self.told)(MoveProgress::Copying { table: table.name, done, total });
            })
            .await?;
            // Counted by itself, so that nothing can have been passed over.
            if progress.sum.rows != expected {
                let found = progress.sum.rows;
                return Err(MoveError::Differs { table: table.name.to_owned(), expected, found });
            }
        }
        Ok(copied)
    }

    /// Copies what is left of a table. The next rows are read while the last ones are written.
    async fn copy(
        &self,
        table: &'static Table,
        progress: &mut Progress,
        told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<(), MoveError> {
        if progress.is_done {
            return Ok(());
        }
        let (mut batch, mut sum) = self.next(table, progress.last.clone(), progress.sum).await?;
        loop {
            let rows = batch.rows.len() as u64;
            let last = batch.last.take().or_else(|| progress.last.clone());
            let after = Progress { last: last.clone(), sum, is_done: batch.is_last };
            let written = self.target.write(table, &batch.rows, (&*progress, &after));
            let next =
                async { if after.is_done { Ok(None) } else { self.next(table, last, sum).await.map(Some) } };
            let (written, next) = join(written, next).await;
            written?;
            *progress = after;
            told(rows);
            match next? {
                Some(next) => (batch, sum) = next,
                None => return Ok(()),
            }
        }
    }

    /// Some rows, and the sum with them.
    async fn next(
        &self,
        table: &'static Table,
        after: Option<Row>,
        mut sum: Sum,
    ) -> Result<(Batch, Sum), MoveError> {
        self.reading(move |source| {
            let batch = source.read(table, after.as_ref())?;
            for row in &batch.rows {
                sum.add(row);
            }
            Ok((batch, sum))
        })
        .await
    }

    /// Reads again everything that was copied.
    async fn check_all(&self, copied: &[(&'static Table, Progress)]) -> Result<(), MoveError> {
        let total = copied.iter().map(|(_, progress)| progress.sum.rows).sum();
        let mut done = 0;
        for (table, Progress { sum: expected, .. }) in copied {
            let tell = |done| (self.told)(MoveProgress::Checking { table: table.name, done, total });
            let found = self.target.sum(table, |rows| tell(done + rows)).await?;
            if found != *expected {
                let (expected, found) = (expected.rows, found.rows);
                return Err(MoveError::Differs { table: table.name.to_owned(), expected, found });
            }
            done += found.rows;
            tell(done);
        }
        Ok(())
    }

    async fn copy_files(&self, files: Option<(&Path, &Path)>) -> Result<Copied, MoveError> {
        let Some((from, to)) = files else { return Ok(Copied::default()) };
        let names = self.reading(Source::files).await?;
        // On this thread: nothing else is to be done meanwhile.
        tokio::task::block_in_place(|| {
            files::copy_all(&names, from, to, &|done, total| (self.told)(MoveProgress::Files { done, total }))
        })
    }

    async fn finish(&self) -> Result<(), MoveError> {
        let counted = self.reading(|source| {
            let counters = TABLES.iter().filter_map(|table| table.counter.map(|column| (table, column)));
            let last = |(table, column)| source.counted(table, column).map(|number| (table, column, number));
            counters.map(last).collect::<Worked<Vec<(&'static Table, &'static str, i64)>>>()
        });
        self.target.finish(&counted.await?).await
    }
}
