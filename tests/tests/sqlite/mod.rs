//! What only an embedded store can promise: its file, its lock, its disk.

mod million;

use std::path::Path;
use std::sync::Arc;

use frontdesk_core::conversation::{Control, Outcome};
use frontdesk_core::entry::Audience;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{
    Commit, CommitError, DirectoryStore, Idempotency, LogStore as _, ReadQuery, Store, StoreError,
};
use frontdesk_core::time::Timestamp;
use frontdesk_store::{DataDir, OpenError, Options, SqliteStore};
use frontdesk_tests::contract::{
    FixedRandom, TestClock, agent, commit, opened, register, said, tell, texts, told, write,
};
use rusqlite::Connection;

const START: i64 = 1_700_000_000_000;

const ALL: ReadQuery = ReadQuery {
    after: EntryNumber::START,
    through: EntryNumber::END,
    audience: Audience::from_bits(u8::MAX),
    limit: 100_000,
    max_bytes: usize::MAX,
};

fn try_open(path: &Path, seed: u64) -> Result<SqliteStore, OpenError> {
    let clock = Arc::new(TestClock::at(START));
    frontdesk_store::open(path, clock, &FixedRandom::new(seed), Options::default())
}

async fn say(store: &SqliteStore, log: LogId, text: &str) -> Result<EntryNumber, CommitError> {
    let version = store.load(log).await?.map_or(0, |view| view.state.version);
    Ok(store.commit(commit(log, version, tell(vec![said(text)]))).await?.first)
}

#[tokio::test]
async fn times_increase_although_the_clock_is_set_back() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock::at(START));
    let directory = DataDir::open(directory.path()).unwrap();
    let store =
        SqliteStore::open(directory, Arc::clone(&clock) as _, &FixedRandom::new(1), Options::default())
            .unwrap();
    let log = register(&store, "ann").await;
    let mut times = Vec::new();
    for now in [START, START + 500, START - 3_600_000, START, START + 501, START + 9_000] {
        clock.set(now);
        let decision = tell(vec![said("a"), told("b")]);
        times.extend(store.commit(commit(log, 0, decision)).await.unwrap().times);
    }
    let millis: Vec<i64> = times.iter().map(|time| time.as_millis() - START).collect();
    assert_eq!(millis, [0, 1, 500, 501, 502, 503, 504, 505, 506, 507, 9_000, 9_001]);
    store.close().await;
}

#[tokio::test]
async fn a_reopened_store_sees_everything() {
    let directory = tempfile::tempdir().unwrap();
    let store = try_open(directory.path(), 1).unwrap();
    let log = register(&store, "ann").await;
    write(&store, log, |state| opened(state, "1-1", 1_000, Control::Agent(agent("101")))).await;
    // More than a summary leaves out, so that both the summary and what follows it are read.
    for index in 0..1_100 {
        say(&store, log, &index.to_string()).await.unwrap();
    }
    let decision = tell(vec![told("last")]);
    let idempotency = Some(Idempotency { key: "k".into(), fingerprint: [1; 32], outcome: Outcome::Noted });
    let timer = Some(Timestamp::from_millis(77));
    store.commit(Commit { timer, idempotency, ..commit(log, 1, decision) }).await.unwrap();
    let own = LogId::of_agent(&frontdesk_tests::contract::tenant(), &agent("101"));
    store
        .append_to_agent(
            &frontdesk_tests::contract::tenant(),
            &agent("101"),
            (log, EntryNumber(1)),
            said("x"),
        )
        .await
        .unwrap();
    let before = (
        store.load(log).await.unwrap().unwrap().state,
        store.heads(log).await.unwrap(),
        (store.last_said(log).await.unwrap(), store.last_answered(log).await.unwrap()),
        store.read(log, ALL).await.unwrap(),
        store.keys_for_comparison().await,
        (store.heads(own).await.unwrap(), store.epoch()),
    );
    store.close().await;
    drop(store);

    // Another seed: keys and epoch are the stored ones, not new ones.
    let store = try_open(directory.path(), 2).unwrap();
    let after = (
        store.load(log).await.unwrap().unwrap().state,
        store.heads(log).await.unwrap(),
        (store.last_said(log).await.unwrap(), store.last_answered(log).await.unwrap()),
        store.read(log, ALL).await.unwrap(),
        store.keys_for_comparison().await,
        (store.heads(own).await.unwrap(), store.epoch()),
    );
    assert_eq!(before, after);
    assert_eq!(before.3.len(), 1_102);
    assert_eq!(store.next_due().await.unwrap(), Some(Timestamp::from_millis(77)));
    assert!(store.repeated(log, "k").await.unwrap().is_some());
    let (last, next) = (before.3[1_101].clone(), store.commit(commit(log, 1, tell(vec![said("on")]))).await);
    let next = next.unwrap();
    assert_eq!(next.first, EntryNumber(1_103));
    assert!(next.times[0] > last.at);
    store.close().await;
}

/// Keys in a form that can be compared.
trait KeysForComparison {
    async fn keys_for_comparison(&self) -> ([u8; 32], Vec<(String, [u8; 32])>);
}

impl KeysForComparison for SqliteStore {
    async fn keys_for_comparison(&self) -> ([u8; 32], Vec<(String, [u8; 32])>) {
        let keys = DirectoryStore::keys(self).await.expect("there are keys");
        (*keys.sealing, keys.signing.iter().map(|key| (key.id.clone(), key.bytes)).collect())
    }
}

#[tokio::test]
async fn two_stores_have_different_epochs_and_keys() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, two) = (try_open(one.path(), 1).unwrap(), try_open(two.path(), 2).unwrap());
    assert_ne!(one.epoch(), two.epoch());
    assert_ne!(one.keys_for_comparison().await, two.keys_for_comparison().await);
}

#[tokio::test]
async fn a_second_open_is_refused_until_the_first_is_closed() {
    let directory = tempfile::tempdir().unwrap();
    let store = try_open(directory.path(), 1).unwrap();
    let refused = try_open(directory.path(), 1).unwrap_err();
    assert!(
        matches!(refused, OpenError::InUse { pid: Some(pid), .. } if pid == std::process::id()),
        "{refused}"
    );
    store.close().await;
    drop(store);
    try_open(directory.path(), 1).unwrap().close().await;
}

#[tokio::test]
async fn a_newer_database_is_refused_naming_both_versions() {
    let directory = tempfile::tempdir().unwrap();
    try_open(directory.path(), 1).unwrap().close().await;
    let database = Connection::open(directory.path().join("frontdesk.db")).unwrap();
    let insert = "INSERT INTO refinery_schema_history SELECT 999901010000, 'later', applied_on, checksum
                  FROM refinery_schema_history LIMIT 1";
    assert_eq!(database.execute(insert, []).unwrap(), 1);
    drop(database);
    let refused = try_open(directory.path(), 1).unwrap_err();
    let OpenError::Newer { found, known, .. } = refused else { panic!("{refused}") };
    assert_eq!(found, 999_901_010_000);
    let text = refused.to_string();
    assert!(text.contains("999901010000") && text.contains(&known.to_string()), "{text}");
}

#[tokio::test]
async fn an_edited_migration_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    try_open(directory.path(), 1).unwrap().close().await;
    let database = Connection::open(directory.path().join("frontdesk.db")).unwrap();
    database.execute("UPDATE refinery_schema_history SET checksum = '1'", []).unwrap();
    drop(database);
    let refused = try_open(directory.path(), 1).unwrap_err();
    assert!(matches!(refused, OpenError::Diverged { .. }), "{refused}");
}

#[tokio::test]
async fn foreign_and_damaged_files_are_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("frontdesk.db");
    std::fs::write(
        &path,
        "this is a text, and a rather long one, so that it is no empty database".repeat(20),
    )
    .unwrap();
    let before = std::fs::read(&path).unwrap();
    let refused = try_open(directory.path(), 1).unwrap_err();
    assert!(matches!(refused, OpenError::NotAStore { .. }), "{refused}");
    assert_eq!(std::fs::read(&path).unwrap(), before);

    std::fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE cats (name TEXT)").unwrap();
    let before = std::fs::read(&path).unwrap();
    let refused = try_open(directory.path(), 1).unwrap_err();
    assert!(matches!(refused, OpenError::NotAStore { .. }), "{refused}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(try_open(directory.path(), 1).unwrap());
    let log = register(&*store, "ann").await;
    store.set_max_bytes(1 << 20).await.unwrap();
    let text = "x".repeat(2_000);
    let mut tasks = tokio::task::JoinSet::new();
    for sender in 0..20 {
        let (store, text) = (Arc::clone(&store), text.clone());
        tasks.spawn(async move {
            let mut acknowledged = Vec::new();
            for index in 0..100 {
                let text = format!("{sender}-{index} {text}");
                match say(&store, log, &text).await {
                    Ok(number) => acknowledged.push((number.0, text)),
                    Err(CommitError::Store(StoreError::Unavailable(_))) => break,
                    Err(error) => panic!("{error}"),
                }
            }
            acknowledged
        });
    }
    let mut acknowledged: Vec<(u64, String)> = tasks.join_all().await.into_iter().flatten().collect();
    acknowledged.sort_unstable();
    assert!(!acknowledged.is_empty() && acknowledged.len() < 2_000, "{}", acknowledged.len());
    let refused = say(&store, log, &text.repeat(50)).await;
    assert!(matches!(refused, Err(CommitError::Store(StoreError::Unavailable(_)))), "{refused:?}");

    let read = |entries: Vec<frontdesk_core::entry::Entry>| -> Vec<(u64, String)> {
        entries.iter().zip(texts(&entries)).map(|(entry, text)| (entry.number.0, text.to_owned())).collect()
    };
    assert_eq!(read(store.read(log, ALL).await.unwrap()), acknowledged);
    store.set_max_bytes(u64::MAX).await.unwrap();
    let next = say(&store, log, "there is room again").await.unwrap();
    assert_eq!(next.0, acknowledged.len() as u64 + 1);
    store.close().await;
    drop(store);
    let store = try_open(directory.path(), 1).unwrap();
    let mut kept = read(store.read(log, ALL).await.unwrap());
    assert_eq!(kept.pop(), Some((next.0, "there is room again".to_owned())));
    assert_eq!(kept, acknowledged);
    store.close().await;
}

#[tokio::test]
async fn a_full_queue_says_so_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock::at(START));
    let options = Options { queue: 1, group: 1, ..Options::default() };
    let store =
        Arc::new(frontdesk_store::open(directory.path(), clock, &FixedRandom::new(1), options).unwrap());
    let log = register(&*store, "ann").await;
    // Another process keeps the writer waiting for as long as this holds.
    let holder = Connection::open(directory.path().join("frontdesk.db")).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let store = Arc::clone(&store);
        tasks.spawn(async move { store.commit(commit(log, 0, tell(vec![said("hello")]))).await });
    }
    let mut answers = Vec::new();
    while answers.len() < 8 {
        answers.push(tasks.join_next().await.unwrap().unwrap());
    }
    assert!(
        answers.iter().all(|answer| matches!(answer, Err(CommitError::Store(StoreError::Busy)))),
        "{answers:?}"
    );
    holder.execute_batch("ROLLBACK").unwrap();
    let written = tasks.join_all().await.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(store.read(log, ALL).await.unwrap().len(), written);
    assert_eq!(store.queue_depth(), 0);
    store.close().await;
}
