//! Every table of the database has its place in a cluster, whether there is one or not.

use std::collections::BTreeSet;

use frontdesk_core::port::Store as _;
use frontdesk_store::{PostgresOptions, PostgresStore, known_tables};

use super::nodes::database;
use crate::contract::FixedRandom;
use crate::kit::ask;

#[tokio::test]
async fn every_table_has_its_place_in_a_cluster() {
    let url = database().await;
    let store = PostgresStore::open(&url, &FixedRandom::new(1), PostgresOptions::default()).await.unwrap();
    store.close().await;
    let tables =
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace";
    let found = tokio::task::spawn_blocking(move || ask(&url, tables)).await.unwrap();
    let found: BTreeSet<&str> = found.lines().collect();
    let known: Vec<&str> = known_tables().collect();
    assert_eq!(found, known.iter().copied().collect(), "see crates/store/src/postgres/citus/tables.rs");
    assert_eq!(known.len(), found.len(), "a table has two places");
}
