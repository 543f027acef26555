//! Looking at the audit log from outside: read alone, with or without servers that run on the database.

use std::io::Write;
use std::time::Duration;

use frontdesk_core::audit::{ExportHead, Head, Noted, Row, Verdict, end_line};
use frontdesk_core::id::TenantId;
use frontdesk_core::port::StoreError;
use tokio::sync::mpsc;

use super::{cut, heads, read};
use crate::postgres::connect::Place;
use crate::postgres::connection::{Connection, SLOW};
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::session::Session;
use crate::postgres::value::{limit, params, stored};
use crate::{ExportError, OpenError};

/// All of it sees one moment, however long whoever reads it takes.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0;
     SET LOCAL idle_in_transaction_session_timeout = 0";
/// How long it may take until there is a connection.
const WAIT: Duration = Duration::from_secs(5);
/// How many records are read at once.
const PAGE: usize = 500;

/// The audit log of a database, as it is at one moment. Nothing is changed.
pub(crate) struct PostgresAudit {
    connection: Connection,
}

impl PostgresAudit {
    /// Opens the audit log of the database with this URL.
    pub(crate) async fn open(url: &str) -> Result<Self, OpenError> {
        let place = Place::parse(url)?;
        let session = Session::of(&place).await?;
        let pool = place.pool(session, (1, WAIT))?;
        let failed = |fault: Fault| place.failed(fault.error.to_string());
        let connection = async {
            // Nothing of it lies elsewhere, also where logs do.
            let connection = Connection::new(pool.get().await?, (session, false), SLOW);
            connection.run(BEGIN).await?;
            Worked::Ok(connection)
        };
        let connection = connection.await.map_err(failed)?;
        let there = "SELECT 1 WHERE to_regclass('audit') IS NOT NULL";
        if connection.first(there, &[]).await.map_err(failed)?.is_none() {
            let reason = "there are no tables of Frontdesk in it".to_owned();
            return Err(OpenError::NotAStore { path: place.shown(), reason });
        }
        Ok(Self { connection })
    }

    /// Every tenant that has a chain, or should have one.
    pub(crate) async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        Ok(heads::tenants(&self.connection).await?.into_iter().collect())
    }

    /// The last record of a tenant's chain; `None` if there is none.
    pub(crate) async fn head(&self, tenant: &TenantId) -> Result<Option<Head>, StoreError> {
        Ok(heads::last(&self.connection, tenant).await?.map(|(head, _)| head))
    }

    async fn noted(&self, tenant: &TenantId) -> Worked<Noted> {
        let connection = &self.connection;
        Ok(Noted {
            key: heads::key(connection).await?,
            epoch: heads::epoch(connection).await?,
            head: heads::noted(connection, tenant).await?,
            outside: None,
            has_outside: false,
            cut: cut::noted(connection, tenant).await?,
        })
    }

    /// The records that come next after one; the first without. Whoever can write to the table may have given a record any
    /// number.
    async fn page(&self, tenant: &TenantId, after: Option<u64>) -> Worked<Vec<Row>> {
        let sql =
            "SELECT number, body, hash FROM audit WHERE tenant = $1 AND number > $2 ORDER BY number LIMIT $3";
        let after = after.map_or(i64::MIN, stored);
        let rows = self.connection.query(sql, params![tenant.as_str(), after, limit(PAGE)]).await?;
        rows.iter().map(read::row).collect()
    }

    /// Hands on all records, for as long as somebody wants them.
    async fn read_to(&self, tenant: &TenantId, sender: mpsc::Sender<Row>) -> Worked<()> {
        let mut last = None;
        loop {
            let page = self.page(tenant, last).await?;
            let Some(end) = page.last() else { return Ok(()) };
            last = Some(end.number);
            for row in page {
                if sender.send(row).await.is_err() {
                    return Ok(());
                }
            }
        }
    }

    /// Examines a tenant's chain: against itself, the store's note of its head, and heads that were noted elsewhere.
    pub(crate) async fn verify(&self, tenant: &TenantId, elsewhere: &[Head]) -> Result<Verdict, StoreError> {
        let noted = self.noted(tenant).await?;
        let (sender, mut records) = mpsc::channel::<Row>(PAGE);
        let (whose, elsewhere) = (tenant.clone(), elsewhere.to_vec());
        let judging = tokio::task::spawn_blocking(move || {
            let rows = std::iter::from_fn(|| records.blocking_recv().map(Ok::<_, StoreError>));
            noted.judge(&whose, rows, &elsewhere)
        });
        self.read_to(tenant, sender).await?;
        judging.await.map_err(|error| StoreError::Failed(error.to_string()))?
    }

    /// Writes a tenant's chain as JSON lines. Gives its head.
    pub(crate) async fn export(
        &self,
        tenant: &TenantId,
        out: &mut (dyn Write + Send),
    ) -> Result<Head, ExportError> {
        let (epoch, mut head) = self.noted(tenant).await.map_err(StoreError::from)?.beginning(tenant);
        writeln!(out, "{}", ExportHead::new(tenant.clone(), epoch, head).line())?;
        let mut last = None;
        loop {
            let page = self.page(tenant, last).await.map_err(StoreError::from)?;
            let Some(end) = page.last() else { break };
            head = Head { number: end.number, hash: end.hash };
            last = Some(end.number);
            for row in page {
                writeln!(out, "{}", row.line())?;
            }
        }
        writeln!(out, "{}", end_line(head))?;
        out.flush()?;
        Ok(head)
    }
}

impl std::fmt::Debug for PostgresAudit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresAudit").finish_non_exhaustive()
    }
}
