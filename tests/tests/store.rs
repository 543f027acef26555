//! The store contract on SQLite, and what only an embedded store can promise.

mod sqlite;

use std::sync::Arc;

use frontdesk_core::port::Store;
use frontdesk_tests::contract::{FixedRandom, TestClock};
use tempfile::TempDir;

/// An empty store in a directory of its own.
#[expect(clippy::unused_async, reason = "other stores are opened over a network")]
async fn open() -> (TempDir, Arc<dyn Store>) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let clock = Arc::new(TestClock::at(1_700_000_000_000));
    let store = frontdesk_store::open(
        directory.path(),
        clock,
        &FixedRandom::new(1),
        frontdesk_store::Options::default(),
    )
    .expect("the store opens");
    (directory, Arc::new(store))
}

frontdesk_tests::store_contract!(crate::open);
