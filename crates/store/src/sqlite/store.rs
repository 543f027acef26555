//! Opening and closing the store, and how work reaches its threads.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use async_trait::async_trait;
use frontdesk_core::entry::Entry;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{
    BackupError, BackupReport, Clock, OnProgress, Random, ReadQuery, Store, StoreError,
};
use frontdesk_core::time::Timestamp;
use frontdesk_core::vault::Vault;
use rusqlite::{Connection, params};

use crate::backup::Backup;
use crate::error::Worked;
use crate::sqlite::fair::{Lane, closed};
use crate::sqlite::reader_claims::ReaderClaims;
use crate::sqlite::readers::Readers;
use crate::sqlite::snapshot::{LogCache, Snapshot};
use crate::sqlite::usage::Usages;
use crate::sqlite::witness::FileMark;
use crate::sqlite::writer::{Tx, Writer};
use crate::sqlite::{audit, directory, schema, witness};
use crate::{DataDir, OpenError};

/// How the store uses the machine.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many requests may wait to be written. Beyond that they are refused with [`StoreError::Busy`]. A tenant gets
    /// half of it if it is the only one to flood the store, and a fair share if others do, too.
    pub queue: usize,
    /// How many requests are committed together at most.
    pub group: usize,
    /// How many threads read.
    pub readers: usize,
    /// Of how many logs the state is kept in memory, at about half a kilobyte each. Logs whose last entries are kept
    /// with it count for as many as they are long. At least 64.
    pub cached_logs: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { queue: 16_384, group: 1_024, readers: 2, cached_logs: 65_536 }
    }
}

/// The embedded store.
pub struct SqliteStore {
    writer: Writer,
    readers: Readers,
    /// Reads that may take long do not hold up the others.
    searchers: Readers,
    cache: Arc<LogCache>,
    usages: Usages,
    pub(super) reader_claims: ReaderClaims,
    clock: Arc<dyn Clock>,
    directory: DataDir,
    epoch: u64,
    vault: Vault,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl SqliteStore {
    /// Opens the store in a directory and brings its tables up to date; a new one gets its keys and epoch from
    /// `random`. Blocks until that is done.
    pub fn open(
        directory: DataDir,
        clock: Arc<dyn Clock>,
        random: &dyn Random,
        options: Options,
    ) -> Result<Self, OpenError> {
        Self::open_sealed(directory, clock, random, options, Vault::default())
    }

    /// The same, with keys that its secrets are sealed with. Those that are not yet, or with an older key, are sealed anew.
    pub fn open_sealed(
        directory: DataDir,
        clock: Arc<dyn Clock>,
        random: &dyn Random,
        options: Options,
        vault: Vault,
    ) -> Result<Self, OpenError> {
        let path = directory.database();
        if directory.restoring().exists() {
            return Err(OpenError::HalfRestored { path: directory.path().to_path_buf() });
        }
        DataDir::refuse_moved(directory.path())?;
        let file = FileMark::of(&path);
        let connection = schema::open_writer(&path)?;
        let opened = witness::open_generation(&connection, &directory, file, random)?;
        directory::seal(&connection, &vault, &path)?;
        let usages = Usages::read(&connection)
            .map_err(|fault| OpenError::Failed { path: path.clone(), reason: fault.0.to_string() })?;
        let heads = audit::ready(&connection, &directory, random, clock.now())?;
        let (readers, mut threads) = Readers::start(&path, options.readers)?;
        let (searchers, searching) = Readers::start(&path, 1)?;
        threads.extend(searching);
        let cache = Arc::new(LogCache::new(options.cached_logs));
        let (generation, thread) =
            witness::start(directory.clone(), opened, clock.now()).map_err(OpenError::io(&path))?;
        threads.push(thread);
        let (anchors, thread) = audit::start(directory.clone(), heads).map_err(OpenError::io(&path))?;
        threads.push(thread);
        let writer = Writer::start(
            connection,
            Arc::clone(&cache),
            Arc::clone(&clock),
            (generation, anchors),
            usages.clone(),
            (directory.clone(), options),
        );
        let (writer, thread) = writer.map_err(OpenError::io(&path))?;
        threads.push(thread);
        let threads = Mutex::new(threads);
        let epoch = opened.epoch;
        Ok(Self {
            writer,
            readers,
            searchers,
            cache,
            usages,
            reader_claims: ReaderClaims::default(),
            clock,
            directory,
            epoch,
            vault,
            threads,
        })
    }

    pub(super) const fn vault(&self) -> &Vault {
        &self.vault
    }

    /// How many requests wait to be written.
    pub fn queue_depth(&self) -> usize {
        self.writer.depth()
    }

    /// The directory that the store lives in.
    pub const fn directory(&self) -> &DataDir {
        &self.directory
    }

    /// Bounds the database file; what would make it larger fails with [`StoreError::Unavailable`] until the bound is
    /// raised. The write-ahead log beside it comes on top. A bound below the present size stops all growth.
    pub async fn set_max_bytes(&self, bytes: u64) -> Result<(), StoreError> {
        self.writing(move |tx| {
            let size: i64 = tx.connection().query_row("PRAGMA page_size", [], |row| row.get(0))?;
            let pages = i64::try_from(bytes).unwrap_or(i64::MAX) / size.max(1);
            // SQLite's own bound; beyond it the setting would be ignored.
            let pages = pages.clamp(1, 0xffff_fffe);
            tx.connection().pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
            Ok(())
        })
        .await
    }

    /// Copies the write-ahead log into the database and makes it empty; `false` if somebody still reads from it.
    pub(super) async fn empty_log(&self) -> Result<bool, StoreError> {
        let path = self.directory.database();
        let emptied = tokio::task::spawn_blocking(move || schema::empty_log(&path)).await;
        let emptied = emptied.map_err(|error| StoreError::Failed(error.to_string()))?;
        emptied.map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    /// Has something written on behalf of nobody in particular. What is done for one tenant goes through
    /// [`Self::of_tenant`] or [`Self::of_log`].
    pub(super) async fn writing<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Worked<T> + Send + 'static,
    {
        self.write_in(Lane::OWN, 1, work).await
    }

    pub(super) async fn write_in<T, F>(&self, lane: Lane, cost: u32, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Worked<T> + Send + 'static,
    {
        self.writer.run(lane, cost, work).await
    }

    /// Has something read on behalf of nobody in particular.
    pub(super) async fn reading<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Worked<T> + Send + 'static,
    {
        self.read_in(Lane::OWN, work).await
    }

    pub(super) async fn read_in<T, F>(&self, lane: Lane, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Worked<T> + Send + 'static,
    {
        self.readers.run(lane, work).await
    }

    /// A log, if it is in memory.
    pub(super) fn cached(&self, log: LogId) -> Option<Arc<Snapshot>> {
        self.cache.get(log)
    }

    pub(super) const fn usages(&self) -> &Usages {
        &self.usages
    }

    /// Like [`Self::reading`], for what may take tens of milliseconds.
    pub(super) async fn searching<T, F>(&self, lane: Lane, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Worked<T> + Send + 'static,
    {
        self.searchers.run(lane, work).await
    }

    /// A log, from memory if it is there.
    pub(super) async fn snapshot(&self, log: LogId) -> Result<Option<Arc<Snapshot>>, StoreError> {
        if let Some(snapshot) = self.known(log)? {
            return Ok(Some(snapshot));
        }
        let cache = Arc::clone(&self.cache);
        self.read_in(Lane::of_stranger(log), move |connection| cache.get_or_read(connection, log)).await
    }

    /// What a query asks for, if all of it is in memory.
    pub(super) fn recent(&self, log: LogId, query: &ReadQuery) -> Result<Option<Vec<Entry>>, StoreError> {
        Ok(self.known(log)?.and_then(|snapshot| snapshot.recent.read(snapshot.tail.number, query)))
    }

    /// The time of the entry that follows one, if it is in memory.
    pub(super) fn next_at(&self, log: LogId, after: EntryNumber) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.known(log)?.and_then(|snapshot| snapshot.recent.next_at(snapshot.tail.number, after)))
    }

    fn known(&self, log: LogId) -> Result<Option<Arc<Snapshot>>, StoreError> {
        if self.writer.is_closed() {
            return Err(closed());
        }
        Ok(self.cache.get(log))
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) const fn epoch_number(&self) -> u64 {
        self.epoch
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn check(&self) -> Result<(), StoreError> {
        self.reading(|connection| Ok(connection.query_row("SELECT 1", [], |_| Ok(()))?)).await?;
        self.writing(|tx| {
            let now = tx.now().as_millis().to_be_bytes();
            tx.execute(
                "INSERT INTO store_value (name, value) VALUES ('checked', ?1)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                params![now],
            )?;
            Ok(())
        })
        .await
    }

    async fn backup(&self, to: &Path, progress: OnProgress) -> Result<BackupReport, BackupError> {
        let (directory, to, taken) = (self.directory.path().to_path_buf(), to.to_path_buf(), self.now());
        let (apart_from, files) = (directory.clone(), self.directory.files());
        let backup = Backup { apart_from, files, to, taken, epoch: self.epoch };
        let written = tokio::task::spawn_blocking(move || backup.write(&directory, &*progress));
        written.await.unwrap_or_else(|error| Err(BackupError::Failed(error.to_string())))
    }

    async fn close(&self) {
        // The readers first: the last checkpoint wants the database for itself.
        self.readers.close();
        self.searchers.close();
        self.writer.close();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let joined = tokio::task::spawn_blocking(move || {
            for thread in threads {
                if thread.join().is_err() {
                    tracing::error!("a thread of the store had panicked");
                }
            }
        });
        let _ = joined.await;
    }
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").field("directory", &self.directory.path()).finish_non_exhaustive()
    }
}
