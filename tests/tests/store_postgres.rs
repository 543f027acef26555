//! The store contract on PostgreSQL, and what only a store for several nodes must promise.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests own their tasks")]

mod postgres;

use std::sync::Arc;

use frontdesk_core::port::Store;
use frontdesk_store::{PostgresOptions, PostgresStore};
use frontdesk_tests::contract::{self, FixedRandom, TestClock};
use frontdesk_tests::kit::{self, Database, PgBouncer, Postgres};

/// An empty store in a database of its own.
async fn open() -> (String, Arc<dyn Store>) {
    let url = tokio::task::spawn_blocking(|| Postgres::shared().database()).await.expect("a database");
    let clock = Arc::new(TestClock::at(1_700_000_000_000));
    let options = PostgresOptions { connections: 8, clock: Some(clock), ..PostgresOptions::default() };
    let store = PostgresStore::open(&url, &FixedRandom::new(1), options).await.expect("the store opens");
    (url, Arc::new(store))
}

frontdesk_tests::store_contract!(crate::open);

/// The same behind a pooler that shares sessions and knows nothing of prepared statements.
mod behind_a_pooler {
    use super::*;

    /// An empty store in a database of its own, and its URL without the pooler.
    async fn open() -> (Database, Arc<dyn Store>) {
        let start = || (Database::empty(), PgBouncer::shared());
        let (database, pooler) = tokio::task::spawn_blocking(start).await.expect("a database");
        let clock = Arc::new(TestClock::at(1_700_000_000_000));
        let options = PostgresOptions { connections: 8, clock: Some(clock), ..PostgresOptions::default() };
        let url = database.behind(pooler);
        let store = PostgresStore::open(&url, &FixedRandom::new(1), options).await.expect("the store opens");
        (database, Arc::new(store))
    }

    frontdesk_tests::store_contract!(crate::behind_a_pooler::open);
}
