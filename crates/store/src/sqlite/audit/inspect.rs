//! Looking at the audit log from outside: read alone, with or without a server that runs on the store.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use frontdesk_core::audit::{Anchor, Cut, ExportHead, Head, Noted, Verdict, end_line};
use frontdesk_core::id::TenantId;
use frontdesk_core::port::StoreError;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{anchors, cut, heads, read};
use crate::error::{Fault, Worked};
use crate::sqlite::schema;
use crate::{DataDir, ExportError, OpenError};

/// The audit log of a data directory, as it is at one moment. Nothing is changed, and nothing has to be asked of a
/// server that runs.
pub(crate) struct SqliteAudit {
    connection: Connection,
    /// What the file beside the database says; `None` if it is gone.
    file: Option<BTreeMap<TenantId, Anchor>>,
}

impl SqliteAudit {
    /// Opens the audit log of a data directory.
    pub(crate) fn open(directory: &Path) -> Result<Self, OpenError> {
        // The file first: it is never ahead of the database, and the database only grows.
        let file = anchors::read(directory)?;
        let path = DataDir::database_of(directory);
        let connection = schema::open_reader(&path)?;
        let failed = OpenError::sqlite(&path);
        let table = "SELECT 1 FROM sqlite_schema WHERE name = 'audit'";
        let is_there = connection.query_row(table, [], |_| Ok(())).optional().map_err(&failed)?.is_some();
        if !is_there {
            let reason = "it was written by a version without an audit log".to_owned();
            return Err(OpenError::NotAStore { path: path.clone(), reason });
        }
        // Everything that is read is of one moment.
        connection.execute_batch("BEGIN").map_err(&failed)?;
        Ok(Self { connection, file })
    }

    /// Whether the file that notes the heads beside the database is there and can be read.
    pub(crate) const fn has_file(&self) -> bool {
        self.file.is_some()
    }

    /// Every tenant that has a chain, or should have one.
    pub(crate) fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        let mut found = heads::tenants(&self.connection).map_err(|fault| fault.0)?;
        found.extend(self.file.iter().flat_map(BTreeMap::keys).cloned());
        Ok(found.into_iter().collect())
    }

    /// The last record of a tenant's chain; `None` if there is none.
    pub(crate) fn head(&self, tenant: &TenantId) -> Result<Option<Head>, StoreError> {
        let last = heads::last(&self.connection, tenant).map_err(|fault| fault.0)?;
        Ok(last.map(|(head, _)| head))
    }

    /// Examines a tenant's chain: against itself, the store's notes of its head, and heads that were noted elsewhere.
    pub(crate) fn verify(&self, tenant: &TenantId, elsewhere: &[Head]) -> Result<Verdict, StoreError> {
        self.examine(tenant, elsewhere).map_err(|fault| fault.0)
    }

    /// Where the front was removed. A database of before knows nothing of that.
    fn cut(&self, tenant: &TenantId) -> Worked<Option<Cut>> {
        let table = "SELECT 1 FROM sqlite_schema WHERE name = 'audit_cut'";
        let is_there = self.connection.query_row(table, [], |_| Ok(())).optional()?.is_some();
        if is_there { cut::noted(&self.connection, tenant) } else { Ok(None) }
    }

    fn noted(&self, tenant: &TenantId) -> Worked<Noted> {
        Ok(Noted {
            key: heads::key(&self.connection)?,
            epoch: heads::epoch(&self.connection)?,
            head: heads::noted(&self.connection, tenant)?,
            outside: self.file.as_ref().and_then(|file| file.get(tenant)).cloned(),
            has_outside: self.has_file(),
            cut: self.cut(tenant)?,
        })
    }

    fn examine(&self, tenant: &TenantId, elsewhere: &[Head]) -> Worked<Verdict> {
        let noted = self.noted(tenant)?;
        let mut statement = self
            .connection
            .prepare_cached("SELECT number, body, hash FROM audit WHERE tenant = ?1 ORDER BY number")?;
        let mut rows = statement.query(params![tenant.as_str()])?;
        let rows = std::iter::from_fn(|| {
            let next = rows.next().map_err(Fault::from).transpose()?;
            Some(next.and_then(read::row))
        });
        noted.judge(tenant, rows, elsewhere)
    }

    /// Writes a tenant's chain as JSON lines. Gives its head.
    pub(crate) fn export(&self, tenant: &TenantId, out: &mut dyn Write) -> Result<Head, ExportError> {
        let (epoch, mut head) = self.noted(tenant).map_err(|fault| fault.0)?.beginning(tenant);
        writeln!(out, "{}", ExportHead::new(tenant.clone(), epoch, head).line())?;
        let of_sqlite = |error: rusqlite::Error| Fault::from(error).0;
        let mut statement = self
            .connection
            .prepare_cached("SELECT number, body, hash FROM audit WHERE tenant = ?1 ORDER BY number")
            .map_err(of_sqlite)?;
        let mut rows = statement.query(params![tenant.as_str()]).map_err(of_sqlite)?;
        while let Some(row) = rows.next().map_err(of_sqlite)? {
            let row = read::row(row).map_err(|fault| fault.0)?;
            head = Head { number: row.number, hash: row.hash };
            writeln!(out, "{}", row.line())?;
        }
        writeln!(out, "{}", end_line(head))?;
        out.flush()?;
        Ok(head)
    }
}

impl std::fmt::Debug for SqliteAudit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteAudit").field("file", &self.file).finish_non_exhaustive()
    }
}
