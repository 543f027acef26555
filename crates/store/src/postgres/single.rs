//! Single statements, which need no transaction around them.

use frontdesk_core::port::StoreError;
use tokio_postgres::Row;

use crate::postgres::PostgresStore;
use crate::postgres::connection::{Connection, Values};

impl PostgresStore {
    /// All rows of a query.
    pub(super) async fn select_all(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, StoreError> {
        self.reading(|connection: Connection| async move { connection.query(sql, values).await }).await
    }

    /// The first row of a query.
    pub(super) async fn select_first(
        &self,
        sql: &str,
        values: Values<'_>,
    ) -> Result<Option<Row>, StoreError> {
        self.reading(|connection: Connection| async move { connection.first(sql, values).await }).await
    }

    /// Runs one statement and tells how many rows it changed.
    pub(super) async fn change_rows(&self, sql: &str, values: Values<'_>) -> Result<u64, StoreError> {
        self.reading(|connection: Connection| async move { connection.execute(sql, values).await }).await
    }
}
