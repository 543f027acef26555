//! The search index: a GIN index of words alone, beside the logs that the texts stand in.
//!
//! The words are those of `frontdesk_core::search`, as on every other database: nothing is left to a dictionary of
//! PostgreSQL. The index knows which words an entry has; that they stand next to each other is looked at in what is found.

mod find;
mod index;
mod terms;

use async_trait::async_trait;
use frontdesk_core::log::EntryNumber;
use frontdesk_core::port::{Found, IndexedLog, Purpose, SearchBacklog, SearchQuery, SearchStore, StoreError};
use tokio_postgres::Row;

use crate::postgres::PostgresStore;
use crate::postgres::fault::Worked;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{number, params, stored};

pub(super) use index::take_out_log;

/// Marks every customer's log for a reader that reads on after an entry.
pub(super) const MARK_ALL: &str = "INSERT INTO pending (log, purpose, tenant, channel, after)
     SELECT id, $1, tenant, channel, $2 FROM log WHERE tenant IS NOT NULL
     ON CONFLICT (log, purpose) DO UPDATE SET after = excluded.after";

async fn rebuild(tx: &Tx) -> Worked<()> {
    tx.execute("DELETE FROM search_entry", &[]).await?;
    tx.execute("DELETE FROM search_landmark", &[]).await?;
    tx.execute(MARK_ALL, params![Purpose::Search.as_str(), stored(EntryNumber::START.0)]).await?;
    Ok(())
}

fn backlog(row: &Row) -> Worked<SearchBacklog> {
    Ok(SearchBacklog { logs: number(row, "logs")?, behind: number(row, "behind")? })
}

#[async_trait]
impl SearchStore for PostgresStore {
    async fn index(&self, mut logs: Vec<IndexedLog>) -> Result<(), StoreError> {
        // In one order, so that nodes do not wait for each other.
        logs.sort_by_key(|made| made.log);
        let logs = &logs;
        self.slow_transaction(|tx| async move { index::take_in(&tx, logs).await }).await
    }

    async fn search(&self, query: SearchQuery, limit: usize) -> Result<Found, StoreError> {
        let query = &query;
        self.slow_snapshot(|view| async move { find::find(&view, query, limit).await }).await
    }

    async fn rebuild_search(&self) -> Result<(), StoreError> {
        self.slow_transaction(|tx| async move { rebuild(&tx).await }).await
    }

    async fn search_backlog(&self) -> Result<SearchBacklog, StoreError> {
        let row = self
            .select_first(
                "SELECT (SELECT count(*) FROM log_owner) AS logs,
                     (SELECT count(*) FROM pending WHERE purpose = $1) AS behind",
                params![Purpose::Search.as_str()],
            )
            .await?;
        Ok(row.map(|row| backlog(&row)).transpose()?.unwrap_or_default())
    }
}
