//! Files that were merely copied back give the store a new epoch; a crash or a restart does not.

use std::path::{Path, PathBuf};

use frontdesk_core::entry::Audience;
use frontdesk_core::log::{EntryNumber, Life};
use frontdesk_core::port::{LogStore as _, ReadQuery, Store as _};
use frontdesk_store::{Options, SqliteStore};
use frontdesk_tests::contract::{FixedRandom, TestClock, commit, register, said, tell};

use super::copy_folder;

fn open(path: &Path, seed: u64) -> SqliteStore {
    let clock = std::sync::Arc::new(TestClock::at(1_700_000_000_000));
    frontdesk_store::open(path, clock, &FixedRandom::new(seed), Options::default()).unwrap()
}

/// Opens, says something, closes in order; tells the epoch.
async fn live(path: &Path, seed: u64) -> u64 {
    let store = open(path, seed);
    let log = register(&store, "ann").await;
    store.commit(commit(log, 0, tell(vec![said("hello")]))).await.unwrap();
    let epoch = store.epoch();
    store.close().await;
    epoch
}

struct Folders {
    _folder: tempfile::TempDir,
    data: PathBuf,
    copy: PathBuf,
}

fn folders() -> Folders {
    let folder = tempfile::tempdir().unwrap();
    let (data, copy) = (folder.path().join("data"), folder.path().join("copy"));
    Folders { _folder: folder, data, copy }
}

#[tokio::test]
async fn a_restart_keeps_the_epoch() {
    let Folders { _folder, data, .. } = folders();
    let first = live(&data, 1).await;
    for seed in 2..5 {
        assert_eq!(live(&data, seed).await, first);
        // Nothing is written in this life.
        let idle = open(&data, seed);
        assert_eq!(idle.epoch(), first);
        idle.close().await;
    }
    // It may be renamed, and its rights set anew, as containers do at each start.
    let elsewhere = data.with_file_name("elsewhere");
    std::fs::rename(&data, &elsewhere).unwrap();
    let database = elsewhere.join("frontdesk.db");
    std::fs::set_permissions(&database, database.metadata().unwrap().permissions()).unwrap();
    assert_eq!(live(&elsewhere, 6).await, first);
}

/// Of every entry of Ann's log, in which life it was written.
async fn lives(path: &Path, seed: u64) -> Vec<Life> {
    let store = open(path, seed);
    let log = register(&store, "ann").await;
    let everything = ReadQuery {
        after: EntryNumber::START,
        through: EntryNumber::END,
        audience: Audience::ALL,
        limit: 100,
        max_bytes: usize::MAX,
    };
    let entries = store.read(log, everything).await.unwrap();
    store.close().await;
    entries.into_iter().map(|entry| entry.life).collect()
}

#[tokio::test]
async fn what_is_written_after_files_were_put_back_belongs_to_another_life() {
    let Folders { _folder, data, copy } = folders();
    live(&data, 1).await;
    copy_folder(&data, &copy);
    live(&data, 2).await;
    assert_eq!(lives(&data, 3).await, [Life::FIRST, Life::FIRST]);
    for seed in [4, 5] {
        std::fs::remove_dir_all(&data).unwrap();
        copy_folder(&copy, &data);
        let epoch = live(&data, seed).await;
        live(&data, seed + 2).await;
        assert_eq!(lives(&data, 9).await, [Life::FIRST, Life(epoch), Life(epoch)]);
    }
}

#[tokio::test]
async fn an_older_database_put_back_is_noticed_once() {
    let Folders { _folder, data, copy } = folders();
    let first = live(&data, 1).await;
    copy_folder(&data, &copy);
    assert_eq!(live(&data, 2).await, first);
    // Into the same file, so that nothing but its content is older.
    std::fs::write(data.join("frontdesk.db"), std::fs::read(copy.join("frontdesk.db")).unwrap()).unwrap();
    let second = live(&data, 3).await;
    assert_ne!(second, first);
    assert_eq!(live(&data, 4).await, second, "the new one stays");
}

/// A copy taken while the store was open, put back after a crash: no orderly stop ended its generation, the start did.
#[tokio::test]
async fn a_copy_from_before_the_last_start_is_noticed_after_a_crash() {
    let Folders { _folder, data, copy } = folders();
    let first = live(&data, 1).await;
    copy_folder(&data, &copy);
    let store = open(&data, 2);
    let log = register(&store, "ann").await;
    store.commit(commit(log, 0, tell(vec![said("lost")]))).await.unwrap();
    // What a crash leaves behind is what is on the disk now.
    let crashed = data.with_file_name("crashed");
    copy_folder(&data, &crashed);
    store.close().await;
    drop(store);
    for name in ["frontdesk.db", "frontdesk.db-wal", "frontdesk.db-shm", "frontdesk.witness"] {
        // Into the files that are there: whether they are copies does not matter here.
        match std::fs::read(crashed.join(name)) {
            Ok(bytes) => std::fs::write(data.join(name), bytes).unwrap(),
            Err(_) => drop(std::fs::remove_file(data.join(name))),
        }
    }
    assert_eq!(live(&data, 3).await, first, "a crash is no copying back");

    for name in ["frontdesk.db-wal", "frontdesk.db-shm"] {
        drop(std::fs::remove_file(data.join(name)));
    }
    std::fs::write(data.join("frontdesk.db"), std::fs::read(copy.join("frontdesk.db")).unwrap()).unwrap();
    assert_ne!(live(&data, 4).await, first);
}

#[tokio::test]
async fn the_whole_directory_put_back_is_noticed() {
    let Folders { _folder, data, copy } = folders();
    let first = live(&data, 1).await;
    copy_folder(&data, &copy);
    assert_eq!(live(&data, 2).await, first);
    std::fs::remove_dir_all(&data).unwrap();
    copy_folder(&copy, &data);
    let second = live(&data, 3).await;
    assert_ne!(second, first);
    assert_eq!(live(&data, 4).await, second);
}

#[tokio::test]
async fn the_database_alone_put_elsewhere_is_noticed() {
    let Folders { _folder, data, copy } = folders();
    let first = live(&data, 1).await;
    std::fs::create_dir(&copy).unwrap();
    std::fs::copy(data.join("frontdesk.db"), copy.join("frontdesk.db")).unwrap();
    assert_ne!(live(&copy, 2).await, first);
    assert_eq!(live(&data, 3).await, first);
}
