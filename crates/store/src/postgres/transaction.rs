//! Several statements as one.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use frontdesk_core::id::TenantId;
use frontdesk_core::log::Life;
use frontdesk_core::port::Clock;
use frontdesk_core::time::Timestamp;

use crate::postgres::citus::WHOLE_COMMIT;
use crate::postgres::connection::Connection;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::usage::{Change, Tally};
use crate::postgres::value::timestamp;

/// The database's time, in milliseconds since 1970.
macro_rules! database_now {
    () => {
        "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
    };
}

pub(super) use database_now;

/// A transaction. Clones are the same one.
#[derive(Clone)]
pub(super) struct Tx(Arc<Inner>);

struct Inner {
    connection: Connection,
    clock: Option<Arc<dyn Clock>>,
    life: Life,
    is_over: AtomicBool,
    touches: Touches,
    /// The time as it was asked for first; `NOT_ASKED` before that.
    now: AtomicI64,
    tally: Tally,
}

const NOT_ASKED: i64 = i64::MIN;

/// What a transaction writes to, where the tables lie on several nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Touches {
    /// Rows that lie with their logs, and nothing else.
    Logs,
    /// Other rows, and perhaps rows of logs as well: both or neither must be written.
    Anything,
}

impl Deref for Tx {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0.connection
    }
}

impl Tx {
    pub(super) fn new(
        connection: Connection,
        clock: Option<Arc<dyn Clock>>,
        (life, touches): (Life, Touches),
    ) -> Self {
        let (is_over, now) = (AtomicBool::new(false), AtomicI64::new(NOT_ASKED));
        Self(Arc::new(Inner { connection, clock, life, is_over, touches, now, tally: Tally::default() }))
    }

    pub(super) async fn begin(&self, how: &str) -> Worked<()> {
        self.run(how).await
    }

    pub(super) async fn commit(&self) -> Worked<Vec<(TenantId, Change)>> {
        let is_whole = self.is_distributed() && self.0.touches == Touches::Anything;
        let committed = self.run(if is_whole { WHOLE_COMMIT } else { "COMMIT" }).await;
        // Whatever came of it, the transaction is not open any more, or the connection is not.
        self.0.is_over.store(true, Ordering::Relaxed);
        committed.map_err(Fault::of_commit)?;
        Ok(self.0.tally.take())
    }

    /// The store's time: the database's, the same throughout the transaction, so that it costs one round trip at most.
    pub(super) async fn now(&self) -> Worked<Timestamp> {
        if let Some(clock) = &self.0.clock {
            return Ok(clock.now());
        }
        let known = self.0.now.load(Ordering::Relaxed);
        if known != NOT_ASKED {
            return Ok(Timestamp::from_millis(known));
        }
        let row = self.query(concat!("SELECT ", database_now!(), " AS now"), &[]).await?;
        let now = row.first().map(|row| timestamp(row, "now")).transpose()?.unwrap_or_default();
        Ok(self.noted(now))
    }

    /// The store's time, if a statement has brought the database's along.
    pub(super) fn noted(&self, database: Timestamp) -> Timestamp {
        let now = self.0.clock.as_ref().map_or(database, |clock| clock.now());
        self.0.now.store(now.as_millis(), Ordering::Relaxed);
        now
    }

    /// In which life of the store this is written.
    pub(super) fn life(&self) -> Life {
        self.0.life
    }

    /// What is written makes a tenant use more of the store, or less. Counts if the transaction is committed.
    pub(super) fn count(&self, tenant: &TenantId, change: Change) {
        self.0.tally.note(tenant, change);
    }
}

impl Drop for Inner {
    /// Whoever asked has gone, or the work failed: the connection must not go back into the pool with a transaction on it.
    /// The statement is sent at once and goes before anything that the connection is used for next.
    fn drop(&mut self) {
        if !*self.is_over.get_mut() {
            self.connection.post("ROLLBACK");
        }
    }
}
