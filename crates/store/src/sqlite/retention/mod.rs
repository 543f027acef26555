//! Removing what was kept for long enough, a portion at a time.

mod conversations;
mod files;

use async_trait::async_trait;
use frontdesk_core::directory::RetentionClass;
use frontdesk_core::port::{Removal, Removed, RetentionStore, StoreError};
use rusqlite::params;

use crate::error::Worked;
use crate::sqlite::value::limit;
use crate::sqlite::writer::Tx;
use crate::sqlite::{SqliteStore, audit, reports};

#[async_trait]
impl RetentionStore for SqliteStore {
    async fn remove_old(&self, removal: Removal) -> Result<Removed, StoreError> {
        let tenant = removal.tenant.clone();
        self.of_tenant(&tenant).writing(move |tx| remove(tx, &removal)).await
    }
}

fn remove(tx: &mut Tx<'_>, removal: &Removal) -> Worked<Removed> {
    tx.begin()?;
    let rows = match removal.class {
        RetentionClass::Conversations => return conversations::remove(tx, removal),
        RetentionClass::Files => return files::remove(tx, removal),
        RetentionClass::AuditLog => audit::cut(tx, removal)?,
        RetentionClass::ReportRows => reports::remove_kept(tx, removal)?,
        RetentionClass::Deliveries => attempts(tx, removal)?,
    };
    // What goes from the front needs no place to go on from.
    Ok(Removed { rows: rows as u64, more: rows >= removal.limit, after: None })
}

fn attempts(tx: &Tx<'_>, removal: &Removal) -> Worked<usize> {
    tx.execute(
        "DELETE FROM push_attempt WHERE id IN (
             SELECT id FROM push_attempt WHERE tenant = ?1 AND at < ?2 LIMIT ?3)",
        params![removal.tenant.as_str(), removal.before.as_millis(), limit(removal.limit)],
    )
}
