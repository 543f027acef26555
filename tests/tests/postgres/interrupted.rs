//! A move that is interrupted, refused or damaged.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use frontdesk_core::audit::Actor;
use frontdesk_core::port::{Clock, LogStore as _, Store as _};
use frontdesk_store::{
    DataDir, MoveError, MoveOptions, MoveProgress, Moved, OpenError, Options, PostgresOptions, PostgresStore,
    SqliteStore, move_store,
};
use rusqlite::{Connection, params};
use tempfile::TempDir;
use tokio::sync::Notify;

use super::nodes::{all, database};
use crate::contract::{FixedRandom, TestClock, commit, register, said, tell, texts};
use crate::kit::{Frontdesk, Postgres};

/// How many entries the long log has: more than are copied at once.
const ENTRIES: i64 = 30_000;

fn clock() -> Arc<dyn Clock> {
    Arc::new(TestClock::at(1_700_000_000_000))
}

fn open(data: &Path) -> SqliteStore {
    open_with(data, 1)
}

fn open_with(data: &Path, seed: u64) -> SqliteStore {
    let directory = DataDir::open(data).expect("the data directory");
    SqliteStore::open(directory, clock(), &FixedRandom::new(seed), Options::default()).expect("a store")
}

/// A store with a customer who said something, and a log that is long.
async fn fill(data: &Path) {
    let store = open(data);
    let log = register(&store, "ann").await;
    for text in ["one", "two", "three"] {
        store.commit(commit(log, 0, tell(vec![said(text)]))).await.unwrap();
    }
    let chatty = register(&store, "long").await;
    store.close().await;
    drop(store);
    let mut connection = Connection::open(data.join("frontdesk.db")).unwrap();
    let body: String = connection
        .query_row("SELECT body FROM entry WHERE number = 1 LIMIT 1", [], |row| row.get(0))
        .unwrap();
    let transaction = connection.transaction().unwrap();
    {
        let sql = "INSERT INTO entry (log_key, number, at, conversation, audience, said, body)
             SELECT log_key, ?2, ?2, 1, 4, 1, ?3 FROM log WHERE id = ?1";
        let mut statement = transaction.prepare(sql).unwrap();
        for number in 1..=ENTRIES {
            statement.execute(params![chatty.as_bytes(), number, body]).unwrap();
        }
    }
    transaction.commit().unwrap();
}

fn options(data: &Path, url: &str) -> MoveOptions {
    MoveOptions {
        from: data.to_owned(),
        to: url.to_owned(),
        files: None,
        vault: frontdesk_core::vault::Vault::default(),
    }
}

async fn go(data: &Path, url: &str) -> Result<Moved, MoveError> {
    attempt(data, url, usize::MAX).await.expect("it is not interrupted")
}

/// Moves until so many words on progress were said; `None` if that was before the end.
async fn attempt(data: &Path, url: &str, words: usize) -> Option<Result<Moved, MoveError>> {
    let said = AtomicUsize::new(0);
    let is_last = move |progress| {
        !matches!(progress, MoveProgress::Resumed) && said.fetch_add(1, Ordering::Relaxed) + 1 == words
    };
    attempt_until(data, url, is_last).await
}

async fn attempt_until(
    data: &Path,
    url: &str,
    is_last: impl Fn(MoveProgress) -> bool + Send + Sync,
) -> Option<Result<Moved, MoveError>> {
    let stop = Notify::new();
    let told = |progress| {
        if is_last(progress) {
            stop.notify_one();
        }
    };
    let (options, clock) = (options(data, url), clock());
    let (random, by) = (FixedRandom::new(2), Actor::system());
    tokio::select! {
        biased;
        () = stop.notified() => None,
        moved = move_store(&options, &clock, &random, &by, &told) => Some(moved),
    }
}

async fn sql(url: &str, sql: &'static str) {
    let url = url.to_owned();
    tokio::task::spawn_blocking(move || Postgres::shared().sql(&url, sql)).await.unwrap();
}

async fn store(url: &str) -> Result<PostgresStore, OpenError> {
    let options = PostgresOptions { connections: 4, ..PostgresOptions::default() };
    PostgresStore::open(url, &FixedRandom::new(3), options).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_move_goes_on_where_it_was() {
    let (folder, url) = (TempDir::new().unwrap(), database().await);
    fill(folder.path()).await;
    let before = open(folder.path());
    let epoch = before.epoch();
    before.close().await;
    drop(before);
    // A few steps at a time, so that the long log is gone on with several times; the rest at once.
    let (mut interrupted, mut done) = (0, None);
    while done.is_none() {
        done = attempt(folder.path(), &url, 3).await;
        if done.is_none() {
            interrupted += 1;
            let half = store(&url).await.expect_err("nobody opens half a store");
            assert!(matches!(half, OpenError::HalfMoved { .. }), "{half}");
        }
        if interrupted == 20 {
            done = Some(go(folder.path(), &url).await);
        }
    }
    let moved = done.unwrap().unwrap();
    assert_eq!(interrupted, 20);
    assert_eq!((moved.epoch, moved.logs, moved.entries), (epoch, 2, u64::try_from(ENTRIES).unwrap() + 3));
    let after = store(&url).await.unwrap();
    assert_eq!(after.epoch(), epoch);
    let ann = register(&after, "ann").await;
    assert_eq!(texts(&all(&after, ann).await), ["one", "two", "three"]);
    assert_eq!(after.commit(commit(ann, 0, tell(vec![said("four")]))).await.unwrap().first.0, 4);
    let long = register(&after, "long").await;
    assert_eq!(all(&after, long).await.len(), usize::try_from(ENTRIES).unwrap());
    after.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn between_the_last_two_steps_neither_store_opens_and_the_move_goes_on() {
    let (folder, url) = (TempDir::new().unwrap(), database().await);
    fill(folder.path()).await;
    let at_the_end = |progress| progress == MoveProgress::Finishing;
    assert!(attempt_until(folder.path(), &url, at_the_end).await.is_none());
    let half = store(&url).await.expect_err("the database is not a store yet");
    assert!(matches!(half, OpenError::HalfMoved { .. }), "{half}");
    let directory = DataDir::open(folder.path()).unwrap();
    let gone = SqliteStore::open(directory, clock(), &FixedRandom::new(1), Options::default());
    let gone = gone.expect_err("the directory's store is gone");
    assert!(matches!(gone, OpenError::Moved { .. }), "{gone}");
    go(folder.path(), &url).await.unwrap();
    store(&url).await.unwrap().close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed_loses_nothing() {
    let (folder, url) = (TempDir::new().unwrap(), database().await);
    fill(folder.path()).await;
    let mut given = 100;
    loop {
        let from = format!("sqlite:{}", folder.path().join("frontdesk.db").display());
        let moving = Frontdesk::new(["move", "--from", &from, "--to", &url]);
        let limit = Duration::from_millis(given).as_secs_f64().to_string();
        let ended = moving.started_by("timeout", ["--signal=KILL", &limit]).run();
        if ended.status.success() {
            break;
        }
        assert!(!ended.stderr.contains("frontdesk: "), "it is killed and does not fail: {ended:?}");
        given += given / 2;
    }
    let after = store(&url).await.unwrap();
    let long = register(&after, "long").await;
    let numbers: Vec<u64> = all(&after, long).await.iter().map(|entry| entry.number.0).collect();
    assert_eq!(numbers, (1..=u64::try_from(ENTRIES).unwrap()).collect::<Vec<_>>());
    after.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_copy_is_noticed() {
    for (damage, table) in [
        ("UPDATE entry SET body = replace(body, 'one', 'eno') WHERE body LIKE '%one%'", "entry"),
        ("DELETE FROM entry WHERE number = 17", "entry"),
        ("UPDATE log SET number = number + 1 WHERE user_id = 'ann'", "log"),
        ("UPDATE signing_key SET key = sha256(key)", "signing_key"),
    ] {
        let (folder, url) = (TempDir::new().unwrap(), database().await);
        fill(folder.path()).await;
        // Everything is copied, and nothing is checked yet: there are more words than tables.
        assert!(attempt(folder.path(), &url, 60).await.is_none());
        sql(&url, damage).await;
        let Err(MoveError::Differs { table: found, .. }) = go(folder.path(), &url).await else {
            panic!("it is not noticed: {damage}")
        };
        assert_eq!(found, table);
        assert!(matches!(store(&url).await, Err(OpenError::HalfMoved { .. })));
        // The store is still where it was.
        open(folder.path()).close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_belong_together_is_refused() {
    let (folder, other, url) = (TempDir::new().unwrap(), TempDir::new().unwrap(), database().await);
    let nothing = go(&folder.path().join("none"), &url).await;
    assert!(matches!(nothing, Err(MoveError::NoStore { .. })), "{nothing:?}");
    assert!(!folder.path().join("none").exists(), "and none was made");
    fill(folder.path()).await;
    // Of other keys and another epoch.
    open_with(other.path(), 9).close().await;
    fill(other.path()).await;

    let used = database().await;
    store(&used).await.unwrap().close().await;
    let refused = go(folder.path(), &used).await;
    assert!(matches!(refused, Err(MoveError::NotEmpty { .. })), "{refused:?}");

    assert!(attempt(folder.path(), &url, 2).await.is_none());
    let refused = go(other.path(), &url).await;
    assert!(matches!(refused, Err(MoveError::OtherMove { .. })), "{refused:?}");
    // Somebody uses the store once more.
    open(folder.path()).close().await;
    let refused = go(folder.path(), &url).await;
    assert!(matches!(refused, Err(MoveError::Changed { .. })), "{refused:?}");

    let database = other.path().join("frontdesk.db");
    let old = Connection::open(&database).unwrap();
    old.execute("DELETE FROM refinery_schema_history WHERE version = (SELECT max(version) FROM refinery_schema_history)", [])
        .unwrap();
    drop(old);
    let refused = go(other.path(), &crate::postgres::nodes::database().await).await;
    assert!(matches!(refused, Err(MoveError::Behind { .. })), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_or_column_that_the_move_does_not_know_is_refused() {
    for added in ["ALTER TABLE seen ADD COLUMN whom TEXT", "CREATE TABLE letter (id BIGINT PRIMARY KEY)"] {
        let (folder, url) = (TempDir::new().unwrap(), database().await);
        fill(folder.path()).await;
        assert!(attempt(folder.path(), &url, 1).await.is_none());
        sql(&url, added).await;
        let refused = go(folder.path(), &url).await;
        assert!(matches!(refused, Err(MoveError::Unknown { .. })), "{refused:?}");
    }
}
