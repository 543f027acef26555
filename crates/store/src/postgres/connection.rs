//! Statements on one connection. Each is prepared once for each connection, unless that leads to a pooler that does not
//! keep what was prepared: then it goes there with the types of its values, and is parsed each time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool_postgres::Object;
use frontdesk_core::port::StoreError;
use futures_util::FutureExt as _;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};

use crate::postgres::fault::Worked;
use crate::postgres::session::Session;
use crate::postgres::typed::typed;

/// How long a statement may take that somebody waits for. A network that lost the statement or its answer tells nobody; and
/// where another connection stands in between, not even the system's own timeouts do.
pub(super) const PROMPT: Duration = Duration::from_secs(5);
/// How long one may take that goes through much: longer than the database lets it run.
pub(super) const SLOW: Duration = Duration::from_secs(35);

/// Values of a statement. See [`crate::postgres::value::params`].
pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A connection from the pool. One that did not answer in time does not go back there.
pub(super) struct Connection {
    /// There until this is dropped.
    object: Option<Object>,
    session: Session,
    /// Whether the tables lie on several nodes of a cluster.
    is_distributed: bool,
    patience: Duration,
    is_silent: AtomicBool,
}

impl Connection {
    /// Each statement must be answered within `patience`.
    pub(super) const fn new(
        object: Object,
        (session, is_distributed): (Session, bool),
        patience: Duration,
    ) -> Self {
        let is_silent = AtomicBool::new(false);
        Self { object: Some(object), session, is_distributed, patience, is_silent }
    }

    /// Whether the tables lie on several nodes of a cluster.
    pub(super) const fn is_distributed(&self) -> bool {
        self.is_distributed
    }

    /// The first of two statements, or the second one where the tables lie on several nodes: the one that names its logs so
    /// that only their node is asked.
    pub(super) const fn either<'a>(&self, together: &'a str, distributed: &'a str) -> &'a str {
        if self.is_distributed { distributed } else { together }
    }

    fn object(&self) -> Worked<&Object> {
        let gone = || StoreError::Unavailable("the connection is gone".to_owned());
        self.object.as_ref().ok_or_else(|| gone().into())
    }

    /// What the database answers, if it does so in time. The future is boxed by those who ask: many of them are part of one.
    async fn answer<T>(&self, asking: impl Future<Output = Result<T, Error>>) -> Worked<T> {
        if let Ok(answer) = tokio::time::timeout(self.patience, asking).await {
            return Ok(answer?);
        }
        self.is_silent.store(true, Ordering::Relaxed);
        Err(StoreError::Unavailable("the database does not answer".to_owned()).into())
    }

    /// Prepares a statement if it is not yet. Of statements that are sent together, one that has to be prepared first would
    /// be overtaken by those that are.
    pub(super) async fn ready(&self, sql: &str) -> Worked<()> {
        if !self.session.keeps_statements() {
            return Ok(());
        }
        let object = self.object()?;
        self.answer(Box::pin(object.prepare_cached(sql))).await.map(drop)
    }

    /// All rows of a query.
    pub(super) async fn query(&self, sql: &str, values: Values<'_>) -> Worked<Vec<Row>> {
        let object = self.object()?;
        if !self.session.keeps_statements() {
            let values = typed(values)?;
            return self.answer(Box::pin(object.query_typed(sql, &values))).await;
        }
        let query = async { object.query(&object.prepare_cached(sql).await?, values).await };
        self.answer(Box::pin(query)).await
    }

    /// The first row of a query.
    pub(super) async fn first(&self, sql: &str, values: Values<'_>) -> Worked<Option<Row>> {
        Ok(self.query(sql, values).await?.into_iter().next())
    }

    /// Runs one statement and tells how many rows it changed.
    pub(super) async fn execute(&self, sql: &str, values: Values<'_>) -> Worked<u64> {
        let object = self.object()?;
        if !self.session.keeps_statements() {
            let values = typed(values)?;
            return self.answer(Box::pin(object.execute_typed(sql, &values))).await;
        }
        let execute = async { object.execute(&object.prepare_cached(sql).await?, values).await };
        self.answer(Box::pin(execute)).await
    }

    /// Runs statements without values.
    pub(super) async fn run(&self, sql: &str) -> Worked<()> {
        self.answer(Box::pin(self.object()?.batch_execute(sql))).await
    }

    /// Has a statement sent, before anything else that is sent over this connection, and does not wait for what comes of it.
    pub(super) fn post(&self, sql: &str) {
        if let Some(object) = &self.object {
            let _ = object.batch_execute(sql).now_or_never();
        }
    }
}

impl Drop for Connection {
    /// Those in the pool that have been there for as long as this one is silent are not trusted either: each of them would
    /// have somebody wait for nothing.
    fn drop(&mut self) {
        if !*self.is_silent.get_mut() {
            return;
        }
        let Some(object) = self.object.take() else { return };
        let pool = Object::pool(&object);
        drop(Object::take(object));
        if let Some(pool) = pool {
            drop(pool.retain(|_, used| used.last_used() < self.patience));
        }
    }
}
