//! The demonstration, seeded once for all servers of a test program: hashing its passwords and cutting its knowledge
//! takes longer than most tests.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use frontdesk_core::port::Store as _;
use frontdesk_server::admin;
use frontdesk_store::{DataDir, Options, SqliteStore};
use tokio::sync::OnceCell;

use super::world::{SeededRandom, TestClock};

/// The files of a seeded data directory, by name.
type Files = Vec<(std::ffi::OsString, Vec<u8>)>;

static SEEDED: OnceCell<Files> = OnceCell::const_new();

/// Puts the demonstration into an empty folder.
pub(super) async fn fill(folder: &Path) {
    for (name, bytes) in SEEDED.get_or_init(seed).await {
        fs::write(folder.join(name), bytes).expect("a copy");
    }
}

async fn seed() -> Files {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (clock, random) = (Arc::new(TestClock::default()), SeededRandom::new(0));
    let directory = DataDir::open(folder.path()).expect("the data directory");
    let store = SqliteStore::open(directory, clock, &random, Options::default()).expect("a store");
    admin::seed(&store, &random).await.expect("the demonstration");
    store.close().await;
    drop(store);
    let entries = fs::read_dir(folder.path()).expect("the folder").map(|entry| entry.expect("an entry"));
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| (entry.file_name(), fs::read(entry.path()).expect("a file")))
        .collect()
}
