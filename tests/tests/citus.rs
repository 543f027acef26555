//! The store on a cluster of Citus, which `FRONTDESK_TEST_CITUS_URL` names: the contract, and what only a cluster must promise.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests own their tasks")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::conversation::{Control, LogState};
use frontdesk_core::entry::Audience;
use frontdesk_core::id::{DeviceId, RobotId};
use frontdesk_core::log::EntryNumber;
use frontdesk_core::port::{Advance, BackupError, LogStore as _, Nodes as _, Position, ReadQuery, Store};
use frontdesk_store::{
    Cluster, Layout, PostgresNodes, PostgresOptions, PostgresStore, bring_up_to_date, examine_database,
};
use frontdesk_tests::contract::{FixedRandom, TestClock, commit, opened, register, said, tell, texts};
use frontdesk_tests::kit::{CITUS, Citus, Database, SeededRandom, ask, eventually, quiet};

const NOON: i64 = 1_700_000_000_000;

fn cluster() -> Citus {
    Citus::at_hand().unwrap_or_else(|| panic!("{CITUS} does not name a cluster"))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

async fn database() -> Database {
    cluster();
    blocking(Database::empty).await
}

async fn store(url: &str) -> PostgresStore {
    let clock = Arc::new(TestClock::at(NOON));
    let options = PostgresOptions { connections: 8, clock: Some(clock), ..PostgresOptions::default() };
    PostgresStore::open(url, &FixedRandom::new(1), options).await.unwrap()
}

/// An empty store in a database of its own.
async fn open() -> (Database, Arc<dyn Store>) {
    let database = database().await;
    let store = Arc::new(store(&database.url).await);
    (database, store)
}

frontdesk_tests::store_contract!(crate::open);

async fn facts(database: &Database) -> Cluster {
    examine_database(&database.url, &TestClock::at(NOON)).await.unwrap().cluster.unwrap()
}

async fn answer(database: &Database, sql: &'static str) -> String {
    let url = database.url.clone();
    blocking(move || ask(&url, sql).trim().to_owned()).await
}

fn everything() -> ReadQuery {
    ReadQuery {
        after: EntryNumber::START,
        through: EntryNumber::END,
        audience: Audience::ALL,
        limit: 100,
        max_bytes: usize::MAX,
    }
}

#[tokio::test]
async fn every_table_lies_where_it_should() {
    let (database, store) = open().await;
    let found = facts(&database).await;
    assert!(found.is_distributed && found.elsewhere.is_empty() && found.workers > 0, "{found:?}");
    let lies = "SELECT citus_table_type FROM citus_tables WHERE table_name = ";
    for (table, how) in [("'entry'", "distributed"), ("'item'", "reference")] {
        let sql = format!("{lies}{table}::regclass");
        let url = database.url.clone();
        assert_eq!(blocking(move || ask(&url, &sql)).await.trim(), how, "{table}");
    }
    store.close().await;
}

/// How many transactions were prepared on several nodes and are not forgotten yet.
async fn prepared(database: &Database) -> u64 {
    answer(database, "SELECT count(*) FROM pg_dist_transaction").await.parse().unwrap()
}

#[tokio::test]
async fn a_message_is_one_commit_of_its_node_and_a_change_of_state_one_of_all() {
    let (database, store) = open().await;
    let log = register(&*store, "ann").await;
    // What was prepared until now is forgotten.
    answer(&database, "SELECT recover_prepared_transactions()").await;
    assert_eq!(prepared(&database).await, 0);
    for number in 0..5 {
        store.commit(commit(log, 0, tell(vec![said(&format!("message {number}"))]))).await.unwrap();
    }
    let step = Advance {
        log,
        device: DeviceId::new("phone").unwrap(),
        position: Position { acknowledged: EntryNumber(3), sent_through: EntryNumber(3) },
    };
    store.advance(vec![step]).await.unwrap();
    assert_eq!(prepared(&database).await, 0, "messages and positions are written on one node");
    let (state, robot) = (LogState::default(), Control::Robot(RobotId::new("faq").unwrap()));
    store.commit(commit(log, 0, opened(&state, "1700000000-1", NOON, robot))).await.unwrap();
    assert_eq!(prepared(&database).await, 1, "the conversation and its log are written together");
    store.close().await;
}

#[tokio::test]
async fn what_was_in_one_database_is_distributed_as_it_is() {
    quiet();
    let citus = cluster();
    let database = Arc::new(blocking(move || Database::apart(citus)).await);
    let before = store(&database.url).await;
    let mut logs = Vec::new();
    for name in ["ann", "bob", "cid", "dee"] {
        let log = register(&before, name).await;
        before.commit(commit(log, 0, tell(vec![said(name), said("again")]))).await.unwrap();
        logs.push((name, log));
    }
    before.close().await;
    let joining = Arc::clone(&database);
    blocking(move || joining.join()).await;
    assert!(!facts(&database).await.is_distributed);
    assert_eq!(bring_up_to_date(&database.url).await.unwrap().layout, Layout::DistributedNow);
    let again = bring_up_to_date(&database.url).await.unwrap();
    assert_eq!((again.layout, again.applied), (Layout::Distributed, Vec::new()));
    let after = store(&database.url).await;
    for (name, log) in logs {
        assert_eq!(texts(&after.read(log, everything()).await.unwrap()), [name, "again"]);
        after.commit(commit(log, 0, tell(vec![said("on")]))).await.unwrap();
        assert_eq!(after.heads(log).await.unwrap().of(Audience::OWN), EntryNumber(3));
    }
    // Nothing of it is left where it lay.
    assert_eq!(answer(&database, "SELECT pg_relation_size('entry')").await, "0");
    after.close().await;
}

#[tokio::test]
async fn tables_that_a_server_works_on_stay_where_they_are() {
    quiet();
    let citus = cluster();
    let database = Arc::new(blocking(move || Database::apart(citus)).await);
    let store = store(&database.url).await;
    let nodes = PostgresNodes::join(&database.url, &database.url, &SeededRandom::new(1)).await.unwrap();
    eventually("it leads", async || nodes.leads().then_some(())).await;
    let joining = Arc::clone(&database);
    blocking(move || joining.join()).await;
    let refused = bring_up_to_date(&database.url).await.unwrap_err().to_string();
    assert!(refused.contains("stop all servers"), "{refused}");
    assert!(!facts(&database).await.is_distributed);
    nodes.leave().await;
    store.close().await;
    assert_eq!(bring_up_to_date(&database.url).await.unwrap().layout, Layout::DistributedNow);
}

#[tokio::test]
async fn whoever_is_cut_off_while_distributing_leaves_all_or_nothing() {
    quiet();
    let citus = cluster();
    let database = Arc::new(blocking(move || Database::apart(citus)).await);
    store(&database.url).await.close().await;
    let joining = Arc::clone(&database);
    blocking(move || joining.join()).await;
    for millis in [10, 30, 60, 100, 150] {
        let url = database.url.clone();
        let working = tokio::spawn(async move { bring_up_to_date(&url).await });
        tokio::time::sleep(Duration::from_millis(millis)).await;
        answer(
            &database,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE datname = current_database() AND application_name = 'frontdesk'",
        )
        .await;
        drop(working.await);
        let found = facts(&database).await;
        assert!(found.elsewhere.is_empty(), "{found:?}");
    }
    bring_up_to_date(&database.url).await.unwrap();
    let found = facts(&database).await;
    assert!(found.is_distributed && found.elsewhere.is_empty(), "{found:?}");
}

#[tokio::test]
async fn a_backup_of_several_nodes_is_refused() {
    let database = database().await;
    let folder = tempfile::TempDir::new().unwrap();
    let files = Some(PathBuf::from(folder.path()));
    let options = PostgresOptions { files, ..PostgresOptions::default() };
    let store = PostgresStore::open(&database.url, &FixedRandom::new(1), options).await.unwrap();
    let to = folder.path().join("backup");
    let progress = Arc::new(|_| std::ops::ControlFlow::Continue(()));
    let refused = store.backup(&to, progress).await.unwrap_err();
    assert!(matches!(&refused, BackupError::Refused(why) if why.contains("several nodes")), "{refused:?}");
    store.close().await;
}
