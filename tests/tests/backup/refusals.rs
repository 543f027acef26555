//! What is refused, and that nothing is replaced then.

use std::path::Path;

use frontdesk_core::port::{BackupError, LogStore as _, Store as _};
use frontdesk_core::time::Timestamp;
use frontdesk_store::{MovedAside, OpenError, Options, RestoreError, SqliteStore, restore};
use frontdesk_tests::contract::{FixedRandom, TestClock, register};
use tempfile::TempDir;

use super::{BY, quiet};

const MOMENT: MovedAside = MovedAside::At(Timestamp::from_millis(42));

fn open(path: &Path, seed: u64) -> Result<SqliteStore, OpenError> {
    let clock = std::sync::Arc::new(TestClock::at(1_700_000_000_000));
    frontdesk_store::open(path, clock, &FixedRandom::new(seed), Options::default())
}

/// A folder with a backup `one` of a store that knows Ann.
async fn backed_up() -> TempDir {
    let (data, backups) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = open(data.path(), 1).unwrap();
    register(&store, "ann").await;
    store.backup(&backups.path().join("one"), quiet()).await.unwrap();
    store.close().await;
    backups
}

async fn knows(path: &Path, user: &str) -> bool {
    let store = open(path, 9).unwrap();
    let log = frontdesk_tests::contract::customer(user).log();
    let known = store.load(log).await.unwrap().is_some();
    store.close().await;
    known
}

#[tokio::test]
async fn a_backup_overwrites_nothing() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path(), 1).unwrap();
    let backups = tempfile::tempdir().unwrap();
    let path = backups.path().join("one");
    std::fs::write(&path, "mine").unwrap();
    let refused = store.backup(&path, quiet()).await.unwrap_err();
    assert!(matches!(&refused, BackupError::Refused(text) if text.contains("exists already")), "{refused}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    let inside = store.backup(&data.path().join("backup"), quiet()).await.unwrap_err();
    assert!(matches!(&inside, BackupError::Refused(text) if text.contains("lost with it")), "{inside}");
    let nowhere = store.backup(&backups.path().join("no/where"), quiet()).await.unwrap_err();
    assert!(matches!(nowhere, BackupError::Failed(_)), "{nowhere}");
    assert_eq!(std::fs::read_dir(backups.path()).unwrap().count(), 1);
    store.close().await;
}

#[tokio::test]
async fn a_directory_with_data_is_refused_unless_it_may_be_moved_aside() {
    let backups = backed_up().await;
    let from = backups.path().join("one");
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path(), 2).unwrap();
    register(&store, "bob").await;
    let refused = restore(&from, data.path(), MOMENT, &FixedRandom::new(3), BY).unwrap_err();
    assert!(matches!(refused, RestoreError::Open(OpenError::InUse { .. })), "{refused}");
    store.close().await;
    drop(store);

    let refused = restore(&from, data.path(), MovedAside::Nothing, &FixedRandom::new(3), BY).unwrap_err();
    assert!(matches!(refused, RestoreError::NotEmpty { .. }), "{refused}");
    assert!(knows(data.path(), "bob").await, "nothing was replaced");

    let restored = restore(&from, data.path(), MOMENT, &FixedRandom::new(3), BY).unwrap();
    assert!(knows(data.path(), "ann").await && !knows(data.path(), "bob").await);
    let aside = restored.aside.unwrap();
    assert_eq!(aside, data.path().join("replaced-42"));
    assert!(knows(&aside, "bob").await, "what was there is kept whole");
}

#[tokio::test]
async fn a_damaged_backup_replaces_nothing() {
    for name in ["frontdesk.db", "manifest.json"] {
        let backups = backed_up().await;
        let from = backups.path().join("one");
        let data = tempfile::tempdir().unwrap();
        let store = open(data.path(), 2).unwrap();
        register(&store, "bob").await;
        store.close().await;
        drop(store);
        let mut bytes = std::fs::read(from.join(name)).unwrap();
        let middle = bytes.len() / 2;
        if name == "frontdesk.db" {
            bytes[middle] ^= 1;
        } else {
            bytes.truncate(middle);
        }
        std::fs::write(from.join(name), bytes).unwrap();
        let refused = restore(&from, data.path(), MOMENT, &FixedRandom::new(3), BY).unwrap_err();
        assert!(
            matches!(refused, RestoreError::Damaged { .. } | RestoreError::NotABackup { .. }),
            "{name}: {refused}"
        );
        assert!(knows(data.path(), "bob").await, "{name}");
    }
}

#[tokio::test]
async fn a_manifest_leads_nowhere_else() {
    let backups = backed_up().await;
    let path = backups.path().join("one/manifest.json");
    let mut manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    manifest["files"] = serde_json::json!([{ "name": "../../outside", "bytes": 0, "sha256": "" }]);
    std::fs::write(&path, manifest.to_string()).unwrap();
    let data = tempfile::tempdir().unwrap();
    let refused =
        restore(&backups.path().join("one"), data.path(), MovedAside::Nothing, &FixedRandom::new(3), BY);
    assert!(matches!(refused, Err(RestoreError::NotABackup { .. })), "{refused:?}");
}

/// The folder says that something is to be finished: a server that started now would begin with an empty store.
#[tokio::test]
async fn an_interrupted_restore_must_be_finished() {
    let backups = backed_up().await;
    let data = tempfile::tempdir().unwrap();
    std::fs::create_dir(data.path().join("restoring")).unwrap();
    std::fs::write(data.path().join("restoring/frontdesk.db"), "half").unwrap();
    let refused = open(data.path(), 2).unwrap_err();
    assert!(matches!(refused, OpenError::HalfRestored { .. }), "{refused}");
    assert!(!data.path().join("frontdesk.db").exists());
    restore(&backups.path().join("one"), data.path(), MovedAside::Nothing, &FixedRandom::new(3), BY).unwrap();
    assert!(knows(data.path(), "ann").await);
}
