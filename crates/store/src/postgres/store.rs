//! Opening and closing the store, and how work reaches the database.

use std::future::Future;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deadpool_postgres::Pool;
use frontdesk_core::log::Life;
use frontdesk_core::port::{Clock, Random, StoreError};
use frontdesk_core::vault::Vault;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::OpenError;
use crate::postgres::batch::{self, Messages};
use crate::postgres::connect::Place;
use crate::postgres::connection::{Connection, PROMPT, SLOW};
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::session::{Begin, Session};
use crate::postgres::transaction::{Touches, Tx};
use crate::postgres::usage::{self, Usages};
use crate::postgres::{audit, citus, directory, epoch, schema, upkeep};

/// How often work is done that others were in the way of.
const ATTEMPTS: u32 = 8;
/// How long it waits before it is done again for the first time; twice as long each time after that.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
/// What only reads writes to nothing.
const SNAPSHOT: (Begin, Touches) = (Begin::Snapshot, Touches::Logs);

/// How the store uses the database.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// How many connections this node has at most; at least 2.
    pub connections: usize,
    /// How long a request waits for one of them before it is refused with [`StoreError::Busy`].
    pub wait: Duration,
    /// Where the time comes from instead of the database; for tests.
    pub clock: Option<Arc<dyn Clock>>,
    /// The folder with the bytes of files, for backups.
    pub files: Option<PathBuf>,
    /// The keys that secrets are sealed with. Those that are not yet, or with an older key, are sealed anew.
    pub vault: Vault,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            connections: 16,
            wait: Duration::from_secs(2),
            clock: None,
            files: None,
            vault: Vault::default(),
        }
    }
}

/// The store on PostgreSQL.
pub struct PostgresStore {
    shared: Arc<Shared>,
    place: Place,
    files: Option<PathBuf>,
    epoch: u64,
    vault: Vault,
    messages: Messages,
    stop: watch::Sender<bool>,
    tasks: Mutex<JoinSet<()>>,
}

/// What the store's tasks need as well.
pub(super) struct Shared {
    pool: Pool,
    session: Session,
    is_distributed: bool,
    /// The database was changed so that this program is too old for it.
    is_outdated: AtomicBool,
    clock: Option<Arc<dyn Clock>>,
    life: Life,
    pub(super) usages: Usages,
}

impl PostgresStore {
    /// Opens a database by its URL (`postgres://user:password@host/database`, with libpq's parameters), and brings its
    /// tables up to date. Several nodes may do so at once. Must be called within a Tokio runtime.
    pub async fn open(url: &str, random: &dyn Random, options: PostgresOptions) -> Result<Self, OpenError> {
        let place = Place::parse(url)?;
        let alone = schema::Alone::at(&place).await?;
        alone.refuse_half_moved(&place).await?;
        schema::migrate(&place, &alone).await?;
        let failed = |fault: Fault| place.failed(fault.error.to_string());
        let is_distributed = citus::settle(&place, &alone).await?.is_distributed();
        let session = Session::of(&place).await?;
        if !session.keeps_settings() {
            let statements = if session.keeps_statements() { "kept" } else { "parsed each time" };
            tracing::info!(statements, "a pooler that shares sessions stands in front of the database");
        }
        let pool = place.pool(session, (options.connections, options.wait))?;
        let first = pool.get().await.map_err(|error| failed(error.into()))?;
        let first = Connection::new(first, (session, is_distributed), SLOW);
        let tx = Tx::new(first, options.clock.clone(), (Life::FIRST, Touches::Anything));
        tx.begin(session.begin(Begin::Committed)).await.map_err(failed)?;
        let opened = epoch::open(&tx, random).await.map_err(failed)?;
        audit::ready(&tx, random).await.map_err(failed)?;
        let sealed = directory::seal(&tx, &options.vault).await.map_err(failed)?;
        let is_changed = sealed.map_err(|source| OpenError::Sealed { path: place.shown(), source })?;
        tx.commit().await.map_err(failed)?;
        drop(tx);
        if is_changed {
            directory::rewrite(&pool).await.map_err(failed)?;
        }
        alone.end().await;
        let (is_outdated, usages) = (AtomicBool::new(false), Usages::default());
        let clock = options.clock;
        let life = opened.life;
        let shared = Arc::new(Shared { pool, session, is_distributed, is_outdated, clock, life, usages });
        let all = shared.slow_reading(|connection| async move { usage::read(&connection).await }).await;
        shared.usages.settle(&[], all.map_err(|error| place.failed(error.to_string()))?);
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let (messages, arriving) = Messages::new();
        for _ in 0..batch::AT_A_TIME {
            tasks.spawn(batch::run(Arc::clone(&shared), Arc::clone(&arriving), stopped.clone()));
        }
        tasks.spawn(keep_up(Arc::clone(&shared), stopped));
        Ok(Self {
            shared,
            place,
            files: options.files,
            epoch: opened.number,
            vault: options.vault,
            messages,
            stop,
            tasks: Mutex::new(tasks),
        })
    }

    /// Has something written, all of it or nothing, and does it anew where another transaction was in the way. The work
    /// gets the transaction and must not keep it.
    pub(super) async fn transaction<T, W, F>(&self, work: W) -> Result<T, StoreError>
    where
        W: Fn(Tx) -> F + Send + Sync,
        F: Future<Output = Worked<T>> + Send,
        T: Send,
    {
        self.shared.transaction(work).await
    }

    /// The same of work that writes rows of logs and nothing else.
    pub(super) async fn log_transaction<T, W, F>(&self, work: W) -> Result<T, StoreError>
    where
        W: Fn(Tx) -> F + Send + Sync,
        F: Future<Output = Worked<T>> + Send,
        T: Send,
    {
        self.shared.log_transaction(work).await
    }

    /// Has something read with single statements, each of which sees what was committed before it.
    pub(super) async fn reading<T, W, F>(&self, work: W) -> Result<T, StoreError>
    where
        W: Fn(Connection) -> F + Send + Sync,
        F: Future<Output = Worked<T>> + Send,
        T: Send,
    {
        self.shared.reading(work).await
    }

    /// The same of work that goes through much, for which nobody waits who is in a hurry.
    pub(super) async fn slow_transaction<T, W, F>(&self, work: W) -> Result<T, StoreError>
    where
        W: Fn(Tx) -> F + Send + Sync,
        F: Future<Output = Worked<T>> + Send,
        T: Send,
    {
        self.shared.slow_transaction(work).await
    }

    /// The same of what goes through much.
    pub(super) async fn slow_reading<T, W, F>(&self, work: W) -> Result<T, StoreError>
    where
        W: Fn(Connection) -> F + Send + Sync,
        F: Future<Output = Worked<T>> + Send,
        T: Send,
    {
        self.shared.slow_reading(work).await
    }

    /// Has something read with several statements that all see the same.
    pub(super) async fn snapshot<T, W, F>(&self, work: W) -> Result<T, StoreError>
    where
        W: Fn(Tx) -> F + Send + Sync,
        F: Future<Output = Worked<T>> + Send,
        T: Send,
    {
        self.shared.transact(SNAPSHOT, PROMPT, work).await
    }

    /// The same of what goes through much.
    pub(super) async fn slow_snapshot<T, W, F>(&self, work: W) -> Result<T, StoreError>
    where
        W: Fn(Tx) -> F + Send + Sync,
        F: Future<Output = Worked<T>> + Send,
        T: Send,
    {
        self.shared.transact(SNAPSHOT, SLOW, work).await
    }

    /// Where messages that change no state are written, many at once.
    pub(super) const fn messages(&self) -> &Messages {
        &self.messages
    }

    /// Whether the tables lie on several nodes of a cluster.
    pub(super) fn is_distributed(&self) -> bool {
        self.shared.is_distributed()
    }

    pub(super) fn usages(&self) -> &Usages {
        &self.shared.usages
    }

    pub(super) const fn vault(&self) -> &Vault {
        &self.vault
    }

    pub(super) const fn place(&self) -> &Place {
        &self.place
    }

    /// The folder with the bytes of files.
    pub(super) const fn files(&self) -> Option<&PathBuf> {
        self.files.as_ref()
    }

    /// The clock that takes the place of the database's.
    pub(super) fn own_clock(&self) -> Option<Arc<dyn Clock>> {
        self.shared.clock.clone()
    }

    pub(super) const fn epoch_number(&self) -> u64 {
        self.epoch
    }

    /// Ends what the store does by itself, and closes its connections; what is under way is finished first.
    pub(super) async fn shut(&self) {
        let _ = self.stop.send(true);
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        while tasks.join_next().await.is_some() {}
        write_usage(&self.shared).await;
        self.shared.pool.close();
    }
}

impl Shared {
    /// Whether the tables lie on several nodes of a cluster.
    pub(super) const fn is_distributed(&self) -> bool {
        self.is_distributed
    }

    async fn connection(&self, patience: Duration) -> Worked<Connection> {
        if self.is_outdated.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable(schema::OUTDATED.to_owned()).into());
        }
        Ok(Connection::new(self.pool.get().await?, (self.session, self.is_distributed), patience))
    }

    pub(super) async fn reading<T, W, F>(&self, work: W) -> Result<T, StoreError>
    where
        W: Fn(Connection) -> F + Send + Sync,
        F: Future<Output = Worked<T>> + Send,
        T: Send,
    {
        self.read(PROMPT, work).await
    }

    pub(super) async fn slow_reading<T, W, F>(&self, work: W) -> Result<T, StoreError>
    where
        W: Fn(Connection) -> F + Send + Sync,
        F: Future<Output = Worked<T>> + Send,
        T: Send,
    {
        self.read(SLOW, work).await
    }

    async fn read<T, W, F>(&self, patience: Duration, work: W) -> Result<T, StoreError>
    where
        W: Fn(Connection) -> F + Send + Sync,
        F: Future<Output = Worked<T>> + Send,
        T: Send,
    {
        let connection = self.connection(patience).await.map_err(|fault| fault.error)?;
        work(connection).await.map_err(|fault| fault.error)
    }

    pub(super) async fn transaction<T, W, F>(&self, work: W) -> Result<T, StoreError>
    where
        W: Fn(Tx) -> F + Send + Sync,
        F: Future<Output = Worked<T>> + Send,
        T: Send,
    {
        self.transact((Begin::Committed, Touches::Anything), PROMPT, work).await
    }

    /// The same of work that writes rows of logs and nothing else.
    pub(super) async fn log_transaction<T, W, F>(&self, work: W) -> Result<T, StoreError>
    where
        W: Fn(Tx) -> F + Send + Sync,
        F: Future<Output = Worked<T>> + Send,
        T: Send,
    {
        self.transact((Begin::Committed, Touches::Logs), PROMPT, work).await
    }

    pub(super) async fn slow_transaction<T, W, F>(&self, work: W) -> Result<T, StoreError>
    where
        W: Fn(Tx) -> F + Send + Sync,
        F: Future<Output = Worked<T>> + Send,
        T: Send,
    {
        self.transact((Begin::Committed, Touches::Anything), SLOW, work).await
    }

    async fn transact<T, W, F>(
        &self,
        kind: (Begin, Touches),
        patience: Duration,
        work: W,
    ) -> Result<T, StoreError>
    where
        W: Fn(Tx) -> F + Send + Sync,
        F: Future<Output = Worked<T>> + Send,
        T: Send,
    {
        let mut pause = FIRST_PAUSE;
        for _ in 1..ATTEMPTS {
            match self.attempt(kind, patience, &work).await {
                Err(fault) if fault.is_conflict => tokio::time::sleep(pause).await,
                done => return done.map_err(|fault| fault.error),
            }
            pause *= 2;
        }
        self.attempt(kind, patience, &work).await.map_err(|fault| fault.error)
    }

    async fn attempt<T, W, F>(
        &self,
        (begin, touches): (Begin, Touches),
        patience: Duration,
        work: &W,
    ) -> Worked<T>
    where
        W: Fn(Tx) -> F + Send + Sync,
        F: Future<Output = Worked<T>> + Send,
        T: Send,
    {
        let tx = Tx::new(self.connection(patience).await?, self.clock.clone(), (self.life, touches));
        // The first statement goes along with the beginning, in that order.
        let (opened, done) =
            futures_util::future::join(tx.begin(self.session.begin(begin)), work(tx.clone())).await;
        opened?;
        let done = done?;
        self.usages.add(tx.commit().await?);
        Ok(done)
    }
}

/// Runs until the store is closed.
async fn keep_up(shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    loop {
        let is_over =
            tokio::time::timeout(upkeep::WRITTEN_EVERY, stopped.wait_for(|stop| *stop)).await.is_ok();
        if is_over {
            return;
        }
        if is_too_old(&shared).await {
            continue;
        }
        write_usage(&shared).await;
        if let Err(error) = upkeep::clean(&shared).await {
            tracing::warn!(%error, "old rows could not be removed");
        }
    }
}

/// Whether the database was changed meanwhile so that this program does not understand it any more: it must not write then.
async fn is_too_old(shared: &Shared) -> bool {
    if shared.is_outdated.load(Ordering::Relaxed) {
        return true;
    }
    let looked = shared
        .reading(|connection| async move {
            let is_distributed = citus::is_distributed_now(&connection).await?;
            Ok((schema::oldest_program(&connection).await?, is_distributed))
        })
        .await;
    match looked {
        Ok((_, is_distributed)) if is_distributed != shared.is_distributed => {
            tracing::error!("the tables of the database were distributed meanwhile: start this server anew");
            shared.is_outdated.store(true, Ordering::Relaxed);
            true
        }
        Ok((oldest, _)) if oldest > schema::newest_known() => {
            tracing::error!(oldest, known = schema::newest_known(), "{}", schema::OUTDATED);
            shared.is_outdated.store(true, Ordering::Relaxed);
            true
        }
        // Whoever cannot reach the database writes nothing.
        Ok(_) | Err(_) => false,
    }
}

async fn write_usage(shared: &Shared) {
    if let Err(error) = upkeep::write_usage(shared).await {
        tracing::warn!(%error, "what tenants use could not be written down");
    }
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresStore").field("url", &self.place.shown()).finish_non_exhaustive()
    }
}
