//! Nodes of different versions on one database. This program is the older one: what a newer one does to the database is done
//! here by hand.

use frontdesk_core::port::{BackupError, LogStore as _, Store as _, StoreError};
use frontdesk_core::time::Timestamp;
use frontdesk_store::{OpenError, PostgresOptions, PostgresStore, examine_database};
use tokio::task::spawn_blocking;

use super::nodes::{all, node};
use super::servers::{and_another, answered_elsewhere, meet};
use crate::contract::{FixedRandom, TestClock, commit, register, said, tell, texts};
use crate::kit::{Database, Postgres, Server, ServerOptions, eventually, quiet};

/// A version that is to come.
const NEXT: i64 = 299_912_312_359;

/// What it adds.
const ADD: &str = "BEGIN;
    ALTER TABLE log ADD COLUMN mood TEXT COLLATE \"C\";
    ALTER TABLE entry ADD COLUMN weight BIGINT NOT NULL DEFAULT 1;
    ALTER TABLE conversation ADD COLUMN weight BIGINT NOT NULL DEFAULT 1;
    ALTER TABLE intent ADD COLUMN weight BIGINT NOT NULL DEFAULT 1;
    CREATE TABLE weather (log BYTEA PRIMARY KEY, sky TEXT NOT NULL);
    INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
        VALUES (299912312359, 'next', '2999-12-31T23:59:00Z', '1');
    COMMIT";

/// What it says once it has taken something away.
const TAKE: &str = "INSERT INTO store_value (name, value) VALUES ('oldest_program', int8send(299912312359))";

async fn sql(url: &str, sql: &'static str) {
    let url = url.to_owned();
    spawn_blocking(move || Postgres::shared().sql(&url, sql)).await.unwrap();
}

async fn database() -> Database {
    spawn_blocking(Database::empty).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_works_on_when_a_newer_one_has_added_something() {
    let one = Server::start_on_database(ServerOptions::default()).await;
    sql(one.database_url(), ADD).await;
    // What another version tells, in ways that are new to this one.
    let told = r#"SELECT pg_notify('frontdesk', '{"node":7,"count":1,"hints":[{"z":[1,2]}],"more":{}}')"#;
    sql(one.database_url(), told).await;
    // This one is started when the tables are new already.
    let (one, two) = and_another(one).await;
    answered_elsewhere(&one, &two, "ann").await;
    answered_elsewhere(&two, &one, "bob").await;
    meet(&one, &two, "carl").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_follows_a_commit_in_a_new_way_is_left_to_those_who_know_it() {
    let database = database().await;
    let store = node(&database.url, 1).await;
    let log = register(&store, "ann").await;
    store.commit(commit(log, 0, tell(vec![said("hello")]))).await.unwrap();
    sql(
        &database.url,
        "INSERT INTO intent (log, tenant, number, stored, body) SELECT id, tenant, 1, 0, '{\"Dance\":{}}' FROM log",
    )
    .await;
    let late = Timestamp::from_millis(i64::MAX / 2);
    assert_eq!(store.pending_intents(late, 10).await.unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_does_not_start_where_a_newer_one_has_taken_something_away() {
    let database = database().await;
    let store = node(&database.url, 1).await;
    let log = register(&store, "ann").await;
    store.commit(commit(log, 0, tell(vec![said("hello")]))).await.unwrap();
    sql(&database.url, ADD).await;
    let open = async || {
        let options = PostgresOptions { connections: 2, ..PostgresOptions::default() };
        PostgresStore::open(&database.url, &FixedRandom::new(2), options).await
    };
    let again = open().await.expect("what was added is in nobody's way");
    assert_eq!(texts(&all(&again, log).await), ["hello"]);
    sql(&database.url, TAKE).await;
    let refused = open().await.unwrap_err();
    assert!(matches!(refused, OpenError::Newer { found: NEXT, .. }), "{refused}");
    assert!(refused.to_string().contains("Run that version"), "{refused}");
    let facts = examine_database(&database.url, &TestClock::at(0)).await.unwrap();
    assert_eq!((facts.schema, facts.oldest), (Some(NEXT), NEXT));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_stops_serving_when_a_newer_one_takes_something_away() {
    let server = Server::start_on_database(ServerOptions::default()).await;
    let customer = server.customer("ann").await;
    customer.sends("CONNECT", "").await;
    sql(server.database_url(), ADD).await;
    customer.sends("CHAT", "hello").await;
    server.parts.store.check().await.unwrap();
    sql(server.database_url(), TAKE).await;
    let why = eventually("it is not ready any more", async || server.parts.store.check().await.err()).await;
    assert!(matches!(&why, StoreError::Unavailable(why) if why.contains("newer version")), "{why}");
    let refused = customer.send("CHAT", "hello").await;
    assert_eq!(refused.status, 503, "{}", refused.text);
    assert!(refused.headers.contains_key("retry-after"), "{}", refused.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_who_knows_all_of_it_takes_a_backup() {
    let (database, folder) = (database().await, tempfile::tempdir().unwrap());
    let options = PostgresOptions { files: Some(folder.path().join("files")), ..PostgresOptions::default() };
    std::fs::create_dir(folder.path().join("files")).unwrap();
    let store = PostgresStore::open(&database.url, &FixedRandom::new(1), options).await.unwrap();
    store.backup(&folder.path().join("before"), quiet()).await.unwrap();
    sql(&database.url, ADD).await;
    let refused = store.backup(&folder.path().join("after"), quiet()).await.unwrap_err();
    assert!(matches!(&refused, BackupError::Refused(why) if why.contains("newer version")), "{refused}");
}
