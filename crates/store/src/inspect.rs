//! Looking at an audit log from outside, whichever store it is in.

use std::io::Write;
use std::path::Path;

use frontdesk_core::audit::{Head, Verdict};
use frontdesk_core::id::TenantId;
use frontdesk_core::port::StoreError;

use crate::OpenError;
use crate::postgres::PostgresAudit;
use crate::sqlite::SqliteAudit;

/// The audit log of a store, as it is at one moment. Nothing is changed, and nothing has to be asked of a server that runs.
#[derive(Debug)]
pub struct AuditInspector(Kept);

#[derive(Debug)]
enum Kept {
    Directory(SqliteAudit),
    Database(PostgresAudit),
}

/// Why an export was not written to its end.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It could not be written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl AuditInspector {
    /// Opens the audit log of a data directory.
    pub fn of_directory(directory: &Path) -> Result<Self, OpenError> {
        Ok(Self(Kept::Directory(SqliteAudit::open(directory)?)))
    }

    /// Opens the audit log of the PostgreSQL database with this URL.
    pub async fn of_database(url: &str) -> Result<Self, OpenError> {
        Ok(Self(Kept::Database(PostgresAudit::open(url).await?)))
    }

    /// Whether the file that should note the heads beside the store is gone or cannot be read. Beside a PostgreSQL database
    /// there should be none.
    pub const fn lacks_file(&self) -> bool {
        match &self.0 {
            Kept::Directory(log) => !log.has_file(),
            Kept::Database(_) => false,
        }
    }

    /// Every tenant that has a chain, or should have one.
    pub async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        match &self.0 {
            Kept::Directory(log) => log.tenants(),
            Kept::Database(log) => log.tenants().await,
        }
    }

    /// The last record of a tenant's chain; `None` if there is none.
    pub async fn head(&self, tenant: &TenantId) -> Result<Option<Head>, StoreError> {
        match &self.0 {
            Kept::Directory(log) => log.head(tenant),
            Kept::Database(log) => log.head(tenant).await,
        }
    }

    /// Examines a tenant's chain: against itself, the store's notes of its head, and heads that were noted elsewhere.
    pub async fn verify(&self, tenant: &TenantId, elsewhere: &[Head]) -> Result<Verdict, StoreError> {
        match &self.0 {
            Kept::Directory(log) => log.verify(tenant, elsewhere),
            Kept::Database(log) => log.verify(tenant, elsewhere).await,
        }
    }

    /// Writes a tenant's chain as JSON lines. Gives its head.
    pub async fn export(&self, tenant: &TenantId, out: &mut (dyn Write + Send)) -> Result<Head, ExportError> {
        match &self.0 {
            Kept::Directory(log) => log.export(tenant, out),
            Kept::Database(log) => log.export(tenant, out).await,
        }
    }
}
