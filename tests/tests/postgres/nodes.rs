//! Several nodes on one database, and a database that goes away.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::directory::{Agent, Directory, Item, Queue, Tenant};
use frontdesk_core::entry::{Audience, Entry};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{
    ClaimRequest, CommitError, DirectoryStore as _, LogStore as _, PendingStore as _, Purpose, QueueItem,
    ReadQuery, RoutingStore as _, Store as _, StoreError, UsageStore as _,
};
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::time::Timestamp;
use frontdesk_store::{PostgresOptions, PostgresStore};
use tokio::task::JoinSet;

use crate::contract::{
    FixedRandom, agent, commit, customer, queue, register, said, tell, tenant, texts, told,
};
use crate::kit::Postgres;

pub(super) const ALL: ReadQuery = ReadQuery {
    after: EntryNumber::START,
    through: EntryNumber::END,
    audience: Audience::ALL,
    limit: 100_000,
    max_bytes: usize::MAX,
};

/// A new database on the server of all tests.
pub(super) async fn database() -> String {
    tokio::task::spawn_blocking(|| Postgres::shared().database()).await.expect("a database")
}

pub(super) async fn node(url: &str, seed: u64) -> PostgresStore {
    node_with(url, seed, PostgresOptions { connections: 6, ..PostgresOptions::default() }).await
}

async fn node_with(url: &str, seed: u64, options: PostgresOptions) -> PostgresStore {
    PostgresStore::open(url, &FixedRandom::new(seed), options).await.expect("the store opens")
}

async fn say(store: &PostgresStore, log: LogId, text: &str) -> Result<EntryNumber, CommitError> {
    Ok(store.commit(commit(log, 0, tell(vec![said(text)]))).await?.first)
}

pub(super) async fn all(store: &PostgresStore, log: LogId) -> Vec<Entry> {
    store.read(log, ALL).await.unwrap()
}

pub(super) fn assert_in_order(entries: &[Entry]) {
    let numbers: Vec<u64> = entries.iter().map(|entry| entry.number.0).collect();
    assert_eq!(numbers, (1..=entries.len() as u64).collect::<Vec<_>>());
    assert!(entries.is_sorted_by(|one, next| one.at < next.at), "times increase");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_at_once_share_one_store() {
    let url = database().await;
    let (one, two, three) = tokio::join!(node(&url, 1), node(&url, 2), node(&url, 3));
    assert_eq!((one.epoch(), one.epoch()), (two.epoch(), three.epoch()));
    let log = register(&one, "ann").await;
    say(&one, log, "hello").await.unwrap();
    assert_eq!(texts(&all(&two, log).await), ["hello"]);
    let keys = |store: frontdesk_core::port::StoreKeys| (store.sealing, store.signing.len());
    assert_eq!(keys(one.keys().await.unwrap()), keys(three.keys().await.unwrap()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nodes_write_to_one_log_at_once_has_one_order() {
    let url = database().await;
    let nodes = [Arc::new(node(&url, 1).await), Arc::new(node(&url, 2).await)];
    let log = register(&*nodes[0], "ann").await;
    let mut writers = JoinSet::new();
    for (name, store) in ["a", "b", "c", "d"].into_iter().zip(nodes.iter().cycle()) {
        let store = Arc::clone(store);
        writers.spawn(async move {
            for index in 0..50 {
                let decision = tell(vec![said(&format!("{name}{index}")), told("noted")]);
                store.commit(commit(log, 0, decision)).await.expect("a message is no conflict");
            }
        });
    }
    writers.join_all().await;
    let entries = all(&nodes[1], log).await;
    assert_eq!(entries.len(), 400);
    assert_in_order(&entries);
    for name in ["a", "b", "c", "d"] {
        let own: Vec<_> = texts(&entries).into_iter().filter(|text| text.starts_with(name)).collect();
        assert_eq!(own, (0..50).map(|index| format!("{name}{index}")).collect::<Vec<_>>());
    }
    let heads = nodes[0].heads(log).await.unwrap();
    assert_eq!((heads.of(Audience::ALL), heads.of(Audience::OWN)), (EntryNumber(400), EntryNumber(399)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_tenant_uses_is_known_to_the_next_node() {
    let url = database().await;
    let one = node(&url, 1).await;
    let log = register(&one, "ann").await;
    say(&one, log, "hello").await.unwrap();
    let counted = one.usage(&tenant()).await.unwrap();
    one.close().await;
    assert_eq!(counted.customers, 1);
    assert_eq!(node(&url, 2).await.usage(&tenant()).await.unwrap(), counted);
}

/// Reads whatever a reader has not seen yet, and says so.
async fn read_on(store: &PostgresStore, log: LogId, seen: &mut Vec<u64>) {
    let Some(from) = store.pending(Purpose::Search, log).await.unwrap() else { return };
    let entries = store.read(log, ReadQuery { after: from, ..ALL }).await.unwrap();
    let Some(last) = entries.last() else { return };
    if store.move_pending(Purpose::Search, log, from, last.number).await.unwrap() {
        seen.extend(entries.iter().map(|entry| entry.number.0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_catches_up_misses_nothing_that_is_written_meanwhile() {
    let url = database().await;
    let (writer, reader) = (Arc::new(node(&url, 1).await), node(&url, 2).await);
    let log = register(&*writer, "ann").await;
    let writing = tokio::task::spawn({
        let writer = Arc::clone(&writer);
        async move {
            for index in 0..200 {
                say(&writer, log, &index.to_string()).await.unwrap();
            }
        }
    });
    let mut seen = Vec::new();
    while !writing.is_finished() {
        read_on(&reader, log, &mut seen).await;
    }
    writing.await.unwrap();
    read_on(&reader, log, &mut seen).await;
    assert_eq!(seen, (1..=200).collect::<Vec<_>>());
    assert_eq!(reader.pending(Purpose::Search, log).await.unwrap(), None);
}

/// Two agents of this capacity in one queue.
fn request(capacity: u32) -> ClaimRequest {
    let support = queue("support");
    let staff = ["101", "102"].map(|name| {
        Item::Agent(Agent { queues: vec![support.clone()], capacity, ..Agent::new(agent(name), "") })
    });
    let items = [Item::Tenant(Tenant::new(tenant(), "", "en")), Item::Queue(Queue::new(support.clone(), ""))];
    let directory = Directory::new(items.into_iter().chain(staff).map(|item| (tenant(), item)).collect());
    let limit = 3;
    ClaimRequest { limit, ..ClaimRequest::of(directory.tenant(&tenant()).unwrap(), &[support], now()) }
}

fn now() -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_claim_at_once_give_nobody_twice_and_nobody_too_much() {
    let url = database().await;
    let nodes = [Arc::new(node(&url, 1).await), Arc::new(node(&url, 2).await)];
    for name in ["101", "102"] {
        nodes[0].set_status(&tenant(), &agent(name), AgentStatus::Online).await.unwrap();
    }
    for number in 0..40 {
        let log = customer(&format!("c{number}")).log();
        let item = QueueItem::new(tenant(), queue("support"), log, 1, now());
        nodes[0].enqueue(item).await.unwrap();
    }
    let mut claiming = JoinSet::new();
    for store in nodes.iter().cycle().take(6) {
        let store = Arc::clone(store);
        claiming.spawn(async move {
            let mut claims = Vec::new();
            for _ in 0..10 {
                claims.extend(store.claim(request(10)).await.unwrap().claims);
            }
            claims
        });
    }
    let claims = claiming.join_all().await.concat();
    let customers: BTreeSet<LogId> = claims.iter().map(|claim| claim.item.log).collect();
    assert_eq!((claims.len(), customers.len()), (20, 20));
    let states = nodes[1].agent_states(&tenant(), &[agent("101"), agent("102")]).await.unwrap();
    assert_eq!(states.iter().map(|state| state.held).collect::<Vec<_>>(), [10, 10]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_all_connections_are_in_use_more_is_refused_and_does_not_hang() {
    let url = database().await;
    let wait = Duration::from_millis(100);
    let options = PostgresOptions { connections: 2, wait, ..PostgresOptions::default() };
    let store = Arc::new(node_with(&url, 1, options).await);
    let log = register(&*store, "ann").await;
    // Somebody holds the log for a while, and whoever writes to it waits with a connection.
    let holding = tokio::task::spawn_blocking({
        let url = url.clone();
        move || {
            Postgres::shared().sql(&url, "BEGIN; SELECT 1 FROM log FOR UPDATE; SELECT pg_sleep(3); COMMIT");
        }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut writers = JoinSet::new();
    for index in 0..10 {
        let store = Arc::clone(&store);
        writers.spawn(async move { say(&store, log, &index.to_string()).await });
    }
    let answers = writers.join_all().await;
    holding.await.unwrap();
    let written = answers.iter().filter(|answer| answer.is_ok()).count();
    let busy =
        answers.iter().filter(|answer| matches!(answer, Err(CommitError::Store(StoreError::Busy)))).count();
    assert_eq!((written + busy, all(&store, log).await.len()), (10, written), "{answers:?}");
    assert!(busy >= 8, "{answers:?}");
    say(&store, log, "again").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_database_crashes() {
    let server = Arc::new(tokio::task::spawn_blocking(Postgres::start).await.unwrap());
    let store = Arc::new(node(&server.database(), 1).await);
    let log = register(&*store, "ann").await;
    let mut writers = JoinSet::new();
    for name in ["a", "b"] {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            let mut acknowledged = Vec::new();
            let mut failures = 0;
            for index in 0..300 {
                let text = format!("{name}{index}");
                match say(&store, log, &text).await {
                    Ok(_) => acknowledged.push(text),
                    Err(CommitError::Store(
                        StoreError::Unavailable(_) | StoreError::Unanswered(_) | StoreError::Busy,
                    )) => {
                        failures += 1;
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    Err(error) => panic!("{error}"),
                }
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
            (acknowledged, failures)
        });
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    tokio::task::spawn_blocking({
        let server = Arc::clone(&server);
        move || server.crash()
    })
    .await
    .unwrap();
    let written = writers.join_all().await;
    assert!(written.iter().any(|(_, failures)| *failures > 0), "it was noticed");
    // It goes on by itself.
    say(&store, log, "last").await.unwrap();
    let entries = all(&store, log).await;
    assert_in_order(&entries);
    let stored = texts(&entries);
    for (acknowledged, _) in &written {
        let mut places = acknowledged.iter().map(|text| stored.iter().position(|known| known == text));
        assert!(places.clone().all(|place| place.is_some()), "nothing is lost");
        assert!(places.by_ref().is_sorted(), "the order is kept");
    }
}
