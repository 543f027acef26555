//! The search index: an FTS5 table of words alone, beside the logs that the texts stand in.

mod find;
mod index;
mod terms;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use frontdesk_core::log::EntryNumber;
use frontdesk_core::port::{Found, IndexedLog, Purpose, SearchBacklog, SearchQuery, SearchStore, StoreError};
use rusqlite::{Connection, params};

use crate::error::Worked;
use crate::sqlite::SqliteStore;
use crate::sqlite::fair::Lane;
use crate::sqlite::value::{number, stored};
use crate::sqlite::writer::Tx;

pub(super) use index::take_out;

fn rebuild(tx: &mut Tx<'_>) -> Worked<()> {
    tx.begin()?;
    tx.execute("INSERT INTO search_text (search_text) VALUES ('delete-all')", [])?;
    tx.execute("DELETE FROM search_entry", [])?;
    tx.execute("DELETE FROM search_landmark", [])?;
    tx.execute(
        "INSERT INTO pending (purpose, tenant, channel, log, after)
         SELECT ?1, tenant, channel, id, ?2 FROM log WHERE tenant IS NOT NULL
         ON CONFLICT DO UPDATE SET after = excluded.after",
        params![Purpose::Search.as_str(), stored(EntryNumber::START.0)],
    )?;
    Ok(())
}

fn backlog(connection: &Connection) -> Worked<SearchBacklog> {
    let mut statement = connection.prepare_cached(
        "SELECT (SELECT count(*) FROM log WHERE tenant IS NOT NULL) AS logs,
                (SELECT count(*) FROM pending WHERE purpose = ?1) AS behind",
    )?;
    let mut rows = statement.query(params![Purpose::Search.as_str()])?;
    match rows.next()? {
        Some(row) => Ok(SearchBacklog { logs: number(row, "logs")?, behind: number(row, "behind")? }),
        None => Ok(SearchBacklog::default()),
    }
}

#[async_trait]
impl SearchStore for SqliteStore {
    async fn index(&self, logs: Vec<IndexedLog>) -> Result<(), StoreError> {
        self.writing(move |tx| index::take_in(tx, &logs)).await
    }

    async fn search(&self, query: SearchQuery, limit: usize) -> Result<Found, StoreError> {
        let lane = Lane::of_tenant(&query.scope.tenant);
        self.searching(lane, move |connection| find::find(connection, &query, limit)).await
    }

    async fn rebuild_search(&self) -> Result<(), StoreError> {
        self.writing(rebuild).await
    }

    async fn search_backlog(&self) -> Result<SearchBacklog, StoreError> {
        self.searching(Lane::OWN, backlog).await
    }
}
