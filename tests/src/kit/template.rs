//! The demonstration, seeded once for all servers of a test program: hashing its passwords and cutting its knowledge
//! takes longer than most tests.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use frontdesk_core::port::Store;
use frontdesk_server::admin;
use frontdesk_store::{DataDir, Options, PostgresOptions, PostgresStore, SqliteStore};
use tokio::sync::OnceCell;

use super::citus::Citus;
use super::postgres::Database;
use super::world::{SeededRandom, TestClock};

/// The files of a seeded data directory, by name.
type Files = Vec<(std::ffi::OsString, Vec<u8>)>;

static SEEDED: OnceCell<Files> = OnceCell::const_new();
static SEEDED_DATABASE: OnceCell<Database> = OnceCell::const_new();

/// Puts the demonstration into an empty folder.
pub(super) async fn fill(folder: &Path) {
    for (name, bytes) in SEEDED.get_or_init(seed_files).await {
        fs::write(folder.join(name), bytes).expect("a copy");
    }
}

/// A new database with the demonstration in it.
pub(super) async fn database() -> Database {
    // A database on several nodes cannot be copied.
    if Citus::at_hand().is_some() {
        return seed_database().await;
    }
    let seeded = SEEDED_DATABASE.get_or_init(seed_database).await;
    blocking(|| seeded.copy()).await
}

/// Has something done that blocks.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("the work is done")
}

async fn seed(store: &dyn Store, random: &SeededRandom) {
    admin::seed(store, random).await.expect("the demonstration");
    store.close().await;
}

async fn seed_files() -> Files {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (clock, random) = (Arc::new(TestClock::default()), SeededRandom::new(0));
    let directory = DataDir::open(folder.path()).expect("the data directory");
    let store = SqliteStore::open(directory, clock, &random, Options::default()).expect("a store");
    seed(&store, &random).await;
    drop(store);
    let entries = fs::read_dir(folder.path()).expect("the folder").map(|entry| entry.expect("an entry"));
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| (entry.file_name(), fs::read(entry.path()).expect("a file")))
        .collect()
}

async fn seed_database() -> Database {
    let database = blocking(Database::empty).await;
    let (clock, random) = (Arc::new(TestClock::default()), SeededRandom::new(0));
    let options = PostgresOptions { clock: Some(clock), ..PostgresOptions::default() };
    let store = PostgresStore::open(&database.url, &random, options).await.expect("a store");
    seed(&store, &random).await;
    database
}
