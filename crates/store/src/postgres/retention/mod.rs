//! Removing what was kept for long enough, a portion at a time.

mod conversations;
mod files;

use async_trait::async_trait;
use frontdesk_core::directory::RetentionClass;
use frontdesk_core::port::{Removal, Removed, RetentionStore, StoreError};

use crate::postgres::audit::{Heads, cut, tell};
use crate::postgres::fault::Worked;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{limit, params};
use crate::postgres::{PostgresStore, reports};

#[async_trait]
impl RetentionStore for PostgresStore {
    async fn remove_old(&self, removal: Removal) -> Result<Removed, StoreError> {
        let removal = &removal;
        let (removed, heads) = self.slow_transaction(|tx| async move { remove(&tx, removal).await }).await?;
        tell(&heads);
        Ok(removed)
    }
}

async fn remove(tx: &Tx, removal: &Removal) -> Worked<(Removed, Heads)> {
    let mut heads = Heads::new();
    let rows = match removal.class {
        RetentionClass::Conversations => return Ok((conversations::remove(tx, removal).await?, heads)),
        RetentionClass::Files => return Ok((files::remove(tx, removal).await?, heads)),
        RetentionClass::AuditLog => {
            let (rows, ends) = cut(tx, removal).await?;
            heads = ends;
            rows
        }
        RetentionClass::ReportRows => reports::remove_kept(tx, removal).await?,
        RetentionClass::Deliveries => attempts(tx, removal).await?,
    };
    // What goes from the front needs no place to go on from.
    Ok((Removed { rows, more: rows >= removal.limit as u64, after: None }, heads))
}

async fn attempts(tx: &Tx, removal: &Removal) -> Worked<u64> {
    tx.execute(
        "DELETE FROM push_attempt WHERE id = ANY (ARRAY(
             SELECT id FROM push_attempt WHERE tenant = $1 AND at < $2 LIMIT $3))",
        params![removal.tenant.as_str(), removal.before.as_millis(), limit(removal.limit)],
    )
    .await
}
