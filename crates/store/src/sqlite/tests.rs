//! What cannot be seen from outside: what a commit costs, and what the writer does when something breaks.

use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use frontdesk_core::conversation::{Decision, LogState, Outcome, Session};
use frontdesk_core::entry::{Audience, EntryBody};
use frontdesk_core::id::{ChannelId, TenantId, UserId};
use frontdesk_core::log::{EntryNumber, Life, LogId};
use frontdesk_core::message::{Author, Message};
use frontdesk_core::port::{
    Clock, Commit, CommitError, Customer, Idempotency, LogStore as _, Random, ReadQuery, Store as _,
    StoreError,
};
use frontdesk_core::time::Timestamp;
use rusqlite::params;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use tempfile::TempDir;

use crate::error::Worked;
use crate::sqlite::commit::{self, Prepared};
use crate::sqlite::fair::Lane;
use crate::sqlite::snapshot::LogCache;
use crate::sqlite::usage::Usages;
use crate::sqlite::writer::{Tx, Writer};
use crate::sqlite::{audit, logs, repeats, schema, witness};
use crate::{DataDir, Options, SqliteStore};

const NOON: i64 = 1_700_000_000_000;
const DAY: i64 = 24 * 3_600 * 1_000;

#[derive(Debug)]
struct Hand(std::sync::atomic::AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(std::sync::atomic::Ordering::SeqCst))
    }
}

#[derive(Debug)]
struct Sevens;

impl Random for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

struct Opened {
    store: Arc<SqliteStore>,
    clock: Arc<Hand>,
    _directory: TempDir,
}

fn open(options: Options) -> Opened {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(Hand(NOON.into()));
    let data = DataDir::open(directory.path()).unwrap();
    let store = SqliteStore::open(data, Arc::clone(&clock) as _, &Sevens, options).unwrap();
    Opened { store: Arc::new(store), clock, _directory: directory }
}

fn customer(user: &str) -> Customer {
    Customer {
        tenant: TenantId::new("demo").unwrap(),
        channel: ChannelId::new("web").unwrap(),
        user: UserId::new(user).unwrap(),
        name: String::new(),
        locale: "en".to_owned(),
    }
}

async fn register(store: &SqliteStore, user: &str) -> LogId {
    store.register(&customer(user)).await.unwrap()
}

fn chat(log: LogId, version: u64) -> Commit {
    let entries = vec![EntryBody::Said(Message::text(Author::Customer, "hello"))];
    let decision = Decision { conversation: 1, entries, ..Decision::default() };
    Commit { log, version, decision, timer: None, idempotency: None, mark: None }
}

async fn length(store: &SqliteStore, log: LogId) -> usize {
    let query = ReadQuery {
        after: EntryNumber::START,
        through: EntryNumber::END,
        audience: Audience::from_bits(u8::MAX),
        limit: 10_000,
        max_bytes: usize::MAX,
    };
    store.read(log, query).await.unwrap().len()
}

static STATEMENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[expect(clippy::needless_pass_by_value, reason = "what SQLite calls looks like this")]
fn note_statement(event: TraceEvent<'_>) {
    if let TraceEvent::Stmt(_, sql) = event {
        STATEMENTS.lock().unwrap().push(sql.split_whitespace().take(3).collect::<Vec<_>>().join(" "));
    }
}

/// A writer by itself, on a connection that notes its statements.
pub(super) fn traced_writer(directory: &TempDir, note: fn(TraceEvent<'_>)) -> (Writer, JoinHandle<()>) {
    let data = DataDir::open(directory.path()).unwrap();
    let mut connection = schema::open_writer(&data.database()).unwrap();
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(note)).unwrap();
    let cache = Arc::new(LogCache::new(16));
    let clock = Arc::new(Hand(NOON.into()));
    let opened = witness::Opened { epoch: 1, generation: 1, life: Life::FIRST };
    let (generation, _) = witness::start(data.clone(), opened, clock.now()).unwrap();
    let (anchors, _) = audit::start(data.clone(), Vec::new()).unwrap();
    let usages = Usages::default();
    Writer::start(connection, cache, clock, (generation, anchors), usages, (data, Options::default()))
        .unwrap()
}

#[tokio::test]
async fn a_chat_message_is_one_inserted_row_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let (writer, thread) = traced_writer(&directory, note_statement);
    let customer = customer("ann");
    let log = customer.log();
    writer.run(Lane::OWN, 1, move |tx| logs::register(tx, &customer)).await.unwrap();
    // What follows the logs in the background has a mark set by the first message, and goes on from there.
    let first = Prepared::new(chat(log, 0)).unwrap();
    assert!(writer.run(Lane::OWN, 1, move |tx| commit::commit(tx, first)).await.unwrap().is_ok());
    for _ in 0..2 {
        STATEMENTS.lock().unwrap().clear();
        let prepared = Prepared::new(chat(log, 0)).unwrap();
        let committed = writer.run(Lane::OWN, 1, move |tx| commit::commit(tx, prepared)).await.unwrap();
        assert!(committed.is_ok());
        let statements = STATEMENTS.lock().unwrap().clone();
        assert_eq!(statements, ["BEGIN IMMEDIATE", "INSERT INTO entry", "COMMIT"]);
    }
    writer.close();
    thread.join().unwrap();
}

/// Makes the group's commit fail, the way a broken disk would: at the very end. The bundled SQLite enforces foreign
/// keys unless told otherwise.
fn break_commit(tx: &mut Tx<'_>) -> Worked<()> {
    tx.connection().execute_batch(
        "CREATE TABLE parent (id INTEGER PRIMARY KEY);
         CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
         INSERT INTO child VALUES (1);",
    )?;
    Ok(())
}

#[tokio::test]
async fn when_the_commit_fails_nobody_in_the_group_is_acknowledged() {
    let Opened { store, _directory, .. } = open(Options::default());
    let log = register(&store, "ann").await;
    store.commit(chat(log, 0)).await.unwrap();
    // Holds the writer until the group that follows has queued up.
    let (entered, has_entered) = tokio::sync::oneshot::channel();
    let (release, released) = std::sync::mpsc::channel();
    let mut holding = tokio::task::JoinSet::new();
    let holder = Arc::clone(&store);
    holding.spawn(async move {
        let hold = move |_: &mut Tx<'_>| {
            entered.send(()).unwrap();
            released.recv().unwrap();
            Ok(())
        };
        holder.writing(hold).await.unwrap();
    });
    has_entered.await.unwrap();
    let changed = LogState { version: 1, session: Session::Closed { offline: true }, ..LogState::default() };
    let mut change = chat(log, 0);
    change.decision.state = Some(changed);
    let release = async {
        while store.queue_depth() < 2 {
            tokio::task::yield_now().await;
        }
        release.send(()).unwrap();
    };
    let (committed, broke, ()) = tokio::join!(store.commit(change), store.writing(break_commit), release);
    holding.join_all().await;
    assert!(matches!(committed, Err(CommitError::Store(StoreError::Unavailable(_)))), "{committed:?}");
    assert!(matches!(broke, Err(StoreError::Unavailable(_))), "{broke:?}");
    assert_eq!(length(&store, log).await, 1);
    assert_eq!(store.load(log).await.unwrap().unwrap().state.version, 0);
    let after = store.commit(chat(log, 0)).await.unwrap();
    assert_eq!(after.first, EntryNumber(2), "the writer goes on where the last commit ended");
    store.close().await;
}

#[tokio::test]
async fn a_request_that_panics_or_fails_leaves_nothing_and_takes_nobody_with_it() {
    let Opened { store, _directory, .. } = open(Options::default());
    let log = register(&store, "ann").await;
    let write_then = |then: fn() -> Worked<()>| {
        store.writing(move |tx| {
            tx.begin()?;
            tx.execute("INSERT INTO store_value (name, value) VALUES ('x', x'00')", params![])?;
            then()
        })
    };
    let (panicked, failed, written) = tokio::join!(
        write_then(|| panic!("on purpose")),
        write_then(|| Err(StoreError::Failed("on purpose".to_owned()).into())),
        store.commit(chat(log, 0)),
    );
    assert!(matches!(panicked, Err(StoreError::Failed(_))), "{panicked:?}");
    assert!(matches!(failed, Err(StoreError::Failed(_))), "{failed:?}");
    written.unwrap();
    let left: i64 = store
        .reading(|connection| {
            let count = "SELECT count(*) FROM store_value WHERE name = 'x'";
            Ok(connection.query_row(count, [], |row| row.get(0))?)
        })
        .await
        .unwrap();
    assert_eq!(left, 0);
    store.close().await;
}

#[tokio::test]
async fn logs_that_do_not_fit_into_memory_are_read_again() {
    let Opened { store, _directory, .. } = open(Options { cached_logs: 1, ..Options::default() });
    let mut logs = Vec::new();
    for user in 0..200 {
        logs.push(register(&store, &user.to_string()).await);
    }
    for round in 1..=3 {
        for log in &logs {
            assert_eq!(store.commit(chat(*log, 0)).await.unwrap().first, EntryNumber(round));
            assert_eq!(store.heads(*log).await.unwrap().of(Audience::OWN), EntryNumber(round));
        }
    }
    store.close().await;
}

#[tokio::test]
async fn keys_are_kept_for_a_day_and_go_after_two() {
    let Opened { store, clock, _directory } = open(Options::default());
    let log = register(&store, "ann").await;
    let keyed = |key: &str| {
        let idempotency =
            Some(Idempotency { key: key.to_owned(), fingerprint: [1; 32], outcome: Outcome::Noted });
        Commit { idempotency, ..chat(log, 0) }
    };
    let stored = || {
        store.reading(|connection| {
            Ok(connection.query_row("SELECT count(*) FROM idempotency", [], |row| row.get::<_, i64>(0))?)
        })
    };
    store.commit(keyed("early")).await.unwrap();
    clock.0.store(NOON + DAY, std::sync::atomic::Ordering::SeqCst);
    assert!(store.repeated(log, "early").await.unwrap().is_some());
    assert!(matches!(store.commit(keyed("early")).await, Err(CommitError::Repeated(_))));
    store.commit(keyed("later")).await.unwrap();
    assert_eq!(stored().await.unwrap(), 2);
    clock.0.store(NOON + 3 * DAY, std::sync::atomic::Ordering::SeqCst);
    store.commit(chat(log, 0)).await.unwrap();
    assert_eq!(stored().await.unwrap(), 1, "the day before the last two is gone");
    assert!(repeats::first_kept_day(Timestamp::from_millis(NOON)) < NOON / DAY - 1);
    store.close().await;
}

/// Many more logs than fit into memory, read and changed at once from all sides: whoever collides finds the newer state
/// when it loads again, so every change is made in the end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_old_state_stays_in_memory() {
    const CHANGES: u64 = 4;
    let Opened { store, _directory, .. } = open(Options { cached_logs: 64, ..Options::default() });
    let mut logs = Vec::new();
    for user in 0..150 {
        logs.push(register(&store, &user.to_string()).await);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..CHANGES {
        let (changing, known) = (Arc::clone(&store), logs.clone());
        tasks.spawn(async move {
            for index in 0..known.len() {
                // Some go the other way, so that what one changes is not always what another just loaded.
                let log = if task % 2 == 0 { known[index] } else { known[known.len() - 1 - index] };
                change(&changing, log).await;
            }
        });
        let (loading, known) = (Arc::clone(&store), logs.clone());
        tasks.spawn(async move {
            for log in known {
                loading.load(log).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    for log in logs {
        assert_eq!(store.load(log).await.unwrap().unwrap().state.version, CHANGES);
    }
    store.close().await;
}

async fn change(store: &SqliteStore, log: LogId) {
    loop {
        let state = store.load(log).await.unwrap().unwrap().state;
        let mut commit = chat(log, state.version);
        commit.decision.state = Some(LogState { version: state.version + 1, ..state });
        match store.commit(commit).await {
            Ok(_) => return,
            Err(CommitError::Conflict) => {}
            Err(error) => panic!("{error}"),
        }
    }
}
