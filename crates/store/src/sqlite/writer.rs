//! The one thread that writes.
//!
//! It takes everything that waits, runs it in one transaction, commits, and only then answers: what queues up during
//! one commit shares the next. Each request that consists of several statements has a savepoint of its own, so that
//! one that fails leaves nothing behind and takes nobody with it. If the commit itself fails, everybody in the group
//! is told that nothing was written, and the thread goes on with the next group.
//!
//! Who is in the next group is a matter of turns between the tenants ([`super::fair`]), not of who came first.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

use frontdesk_core::audit::Anchor;
use frontdesk_core::id::TenantId;
use frontdesk_core::log::{Life, LogId};
use frontdesk_core::port::{Clock, StoreError};
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};
use tokio::sync::oneshot;

use crate::DataDir;
use crate::error::{Fault, Worked};
use crate::sqlite::Options;
use crate::sqlite::audit::Anchors;
use crate::sqlite::fair::{FairQueue, Lane, closed};
use crate::sqlite::housekeeping::Housekeeping;
use crate::sqlite::snapshot::{self, LogCache, Snapshot};
use crate::sqlite::usage::{Change, Ledger, Tally, Usages};
use crate::sqlite::witness::Generation;

/// What one request writes with: the group's transaction and what is known of the logs in it.
pub(super) struct Tx<'a> {
    connection: &'a Connection,
    cache: &'a LogCache,
    clock: &'a dyn Clock,
    /// Logs as the group will leave them.
    staged: &'a mut HashMap<LogId, Arc<Snapshot>>,
    tally: &'a mut Tally,
    life: Life,
    /// Heads of the audit log as the group will leave them.
    anchors: &'a mut Vec<Anchor>,
    has_savepoint: bool,
}

impl Tx<'_> {
    /// Must be called before the first statement by whoever writes more than one: what follows is written whole or
    /// not at all. A single statement is that by itself, and cheaper so.
    pub(super) fn begin(&mut self) -> Worked<()> {
        if !self.has_savepoint {
            self.connection.prepare_cached("SAVEPOINT request")?.execute([])?;
            self.has_savepoint = true;
        }
        Ok(())
    }

    /// Runs one statement and tells how many rows it changed.
    pub(super) fn execute(&self, sql: &'static str, params: impl Params) -> Worked<usize> {
        Ok(self.connection.prepare_cached(sql)?.execute(params)?)
    }

    /// The first row of a query.
    pub(super) fn first<T>(
        &self,
        sql: &'static str,
        params: impl Params,
        take: impl FnOnce(&Row<'_>) -> Worked<T>,
    ) -> Worked<Option<T>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        rows.next()?.map(take).transpose()
    }

    pub(super) const fn connection(&self) -> &Connection {
        self.connection
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// In which life of the store this is written.
    pub(super) const fn life(&self) -> Life {
        self.life
    }

    /// A log as the requests before this one left it.
    pub(super) fn log(&mut self, log: LogId) -> Worked<Option<Arc<Snapshot>>> {
        if let Some(snapshot) = self.staged.get(&log) {
            return Ok(Some(Arc::clone(snapshot)));
        }
        if let Some(snapshot) = self.cache.get(log) {
            return Ok(Some(snapshot));
        }
        let snapshot = snapshot::read(self.connection, log)?.map(Arc::new);
        if let Some(snapshot) = &snapshot {
            self.staged.insert(log, Arc::clone(snapshot));
        }
        Ok(snapshot)
    }

    /// The key of a log, where no more than that is needed.
    pub(super) fn key(&self, log: LogId) -> Worked<Option<i64>> {
        if let Some(snapshot) = self.staged.get(&log) {
            return Ok(Some(snapshot.key));
        }
        if let Some(snapshot) = self.cache.get(log) {
            return Ok(Some(snapshot.key));
        }
        let mut statement = self.connection.prepare_cached("SELECT log_key FROM log WHERE id = ?1")?;
        Ok(statement.query_row(params![log.as_bytes()], |row| row.get(0)).optional()?)
    }

    /// What is written makes a tenant use more of the store, or less.
    pub(super) fn count(&mut self, tenant: &TenantId, change: Change) {
        self.tally.note(tenant, change);
    }

    /// The head of a chain of the audit log once this is committed.
    pub(super) fn anchor(&mut self, anchor: Anchor) {
        self.anchors.push(anchor);
    }

    /// How the log will be once this is committed. The last thing that a request does: it must not fail after it.
    pub(super) fn stage(&mut self, log: LogId, snapshot: Snapshot) {
        self.staged.insert(log, Arc::new(snapshot));
    }
}

/// A request with its answer's way back.
trait Job: Send {
    /// Runs it; `false` if what it wrote must be taken back.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;

    /// Answers it, after the group was committed or, for a reason, was not.
    fn answer(self: Box<Self>, not_committed: Option<&str>);
}

struct Request<T, F> {
    work: Option<F>,
    result: Option<Worked<T>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Request<T, F>
where
    T: Send,
    F: FnOnce(&mut Tx<'_>) -> Worked<T> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let Some(work) = self.work.take() else { return false };
        let result = work(tx);
        let kept = result.is_ok();
        self.result = Some(result);
        kept
    }

    fn answer(self: Box<Self>, not_committed: Option<&str>) {
        let answer = match (not_committed, self.result) {
            (Some(reason), _) => Err(StoreError::Unavailable(reason.to_owned())),
            (None, Some(result)) => result.map_err(|fault| fault.0),
            (None, None) => Err(StoreError::Failed("a request panicked".to_owned())),
        };
        // Whoever asked may be gone. What was written stays; asking again by the same key tells.
        let _ = self.reply.send(answer);
    }
}

/// What a tenant may have written in one turn, in rows.
const TURN: u32 = 16;

/// The way to the thread.
pub(super) struct Writer {
    queue: Arc<FairQueue<Box<dyn Job>>>,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        cache: Arc<LogCache>,
        clock: Arc<dyn Clock>,
        (generation, anchors): (Generation, Anchors),
        usages: Usages,
        (directory, options): (DataDir, Options),
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let queue = Arc::new(FairQueue::new(options.queue, TURN));
        let group = options.group.max(1);
        let thread = Thread {
            connection,
            cache,
            clock,
            staged: HashMap::new(),
            tally: Tally::default(),
            ledger: Ledger::new(usages),
            housekeeping: Housekeeping::default(),
            generation,
            anchors,
        };
        let waiting = Arc::clone(&queue);
        let handle = std::thread::Builder::new().name("store-writer".to_owned()).spawn(move || {
            thread.run(&waiting, group);
            // Nobody else may open the store before the last group is written.
            drop(directory);
        })?;
        Ok((Self { queue }, handle))
    }

    /// Has something written in somebody's lane, at a cost in rows, and waits until it is on the disk.
    pub(super) async fn run<T, F>(&self, lane: Lane, cost: u32, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Worked<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.queue.send(lane, cost, Box::new(Request { work: Some(work), result: None, reply }))?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    /// How many requests wait.
    pub(super) fn depth(&self) -> usize {
        self.queue.len()
    }

    pub(super) fn close(&self) {
        self.queue.close();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.queue.is_closed()
    }
}

/// The end of the thread, also by a panic.
struct End<'a>(&'a FairQueue<Box<dyn Job>>);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

struct Thread {
    connection: Connection,
    cache: Arc<LogCache>,
    clock: Arc<dyn Clock>,
    staged: HashMap<LogId, Arc<Snapshot>>,
    tally: Tally,
    ledger: Ledger,
    housekeeping: Housekeeping,
    generation: Generation,
    anchors: Anchors,
}

impl Thread {
    /// Runs until nobody can send any more.
    fn run(mut self, queue: &FairQueue<Box<dyn Job>>, group: usize) {
        // Whatever ends this thread, nobody waits for it then.
        let _end = End(queue);
        let mut jobs = Vec::with_capacity(group);
        while queue.take(&mut jobs, group) {
            self.commit(&mut jobs);
        }
        self.ledger.finish(&self.connection);
        self.generation.finish(&self.connection);
        let checkpoint = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = checkpoint {
            tracing::warn!(%error, "the write-ahead log stays; the next start reads it");
        }
        drop(self.connection);
        self.generation.tell();
    }

    fn commit(&mut self, jobs: &mut Vec<Box<dyn Job>>) {
        let not_committed = match self.try_commit(jobs) {
            Ok(()) => {
                self.generation.committed(self.clock.now());
                self.anchors.committed();
                for (log, snapshot) in self.staged.drain() {
                    self.cache.publish(log, snapshot);
                }
                self.ledger.publish(&mut self.tally, self.clock.now());
                None
            }
            Err(fault) => {
                tracing::error!(error = %fault.0, requests = jobs.len(), "the store could not commit");
                self.give_up();
                Some(fault.0.to_string())
            }
        };
        for job in jobs.drain(..) {
            job.answer(not_committed.as_deref());
        }
    }

    /// Nothing of the group is left behind, neither in the database nor in memory.
    fn give_up(&mut self) {
        self.generation.lost();
        self.tally.forget();
        self.anchors.lost();
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "the store could not roll back");
        }
        for (log, _) in self.staged.drain() {
            self.cache.forget(log);
        }
    }

    fn try_commit(&mut self, jobs: &mut [Box<dyn Job>]) -> Worked<()> {
        let connection = &self.connection;
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut tx = Tx {
            connection,
            cache: &self.cache,
            clock: &*self.clock,
            staged: &mut self.staged,
            tally: &mut self.tally,
            life: self.generation.life(),
            anchors: self.anchors.staged(),
            has_savepoint: false,
        };
        for job in jobs {
            run_one(&mut tx, |tx| job.run(tx))?;
        }
        let housekeeping = &mut self.housekeeping;
        run_one(&mut tx, |tx| housekeeping.run(tx))?;
        let ledger = &mut self.ledger;
        run_one(&mut tx, |tx| ledger.write(tx))?;
        let generation = &mut self.generation;
        run_one(&mut tx, |tx| generation.step(tx))?;
        connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }
}

/// Runs one request. `Err` means that the whole group is lost.
fn run_one(tx: &mut Tx<'_>, work: impl FnOnce(&mut Tx<'_>) -> bool) -> Worked<()> {
    let before = tx.connection.total_changes();
    let anchors = tx.anchors.len();
    tx.has_savepoint = false;
    let kept = catch_unwind(AssertUnwindSafe(|| work(tx))).unwrap_or(false);
    tx.tally.end_request(kept);
    if tx.connection.is_autocommit() {
        // SQLite gives up the whole transaction if the disk is full or fails.
        return Err(StoreError::Unavailable("the transaction was lost".to_owned()).into());
    }
    if tx.has_savepoint {
        if !kept {
            tx.anchors.truncate(anchors);
            tx.execute("ROLLBACK TO request", [])?;
        }
        tx.execute("RELEASE request", [])?;
    } else if !kept && tx.connection.total_changes() != before {
        return Err(Fault(StoreError::Failed("a request failed halfway".to_owned())));
    }
    Ok(())
}
