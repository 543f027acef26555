//! A backup names the files in a bucket and does not hold them.

use frontdesk_core::audit::{Actor, ActorKind};
use frontdesk_core::time::Timestamp;
use frontdesk_store::{MovedAside, restore};
use frontdesk_tests::kit::{SeededRandom, Server, ServerOptions, quiet};

use super::storage::{PNG, Storage, downloaded, server_on, uploaded};

#[tokio::test]
async fn a_backup_names_what_is_in_the_bucket() {
    let storage = Storage::shared();
    let bucket = storage.bucket().await;
    let server = server_on(&bucket).await;
    if !server.is_embedded() {
        // These servers are not told where files are, which a backup of theirs needs.
        return;
    }
    let key = uploaded(&server.customer("u-77").await, PNG).await;
    let backups = tempfile::tempdir().unwrap();
    let path = backups.path().join("one");
    let report = server.parts.store.backup(&path, quiet()).await.unwrap();
    assert_eq!((report.files, report.objects, report.missing), (0, 1, Vec::new()));
    assert_eq!(std::fs::read_dir(path.join("files")).unwrap().count(), 0);

    let (folder, by) = (tempfile::tempdir().unwrap(), Actor::new(ActorKind::Operator, "test"));
    let by = (&by, Timestamp::from_millis(4_000_000_000_000));
    let restored = restore(&path, folder.path(), MovedAside::Nothing, &SeededRandom::new(5), by).unwrap();
    assert_eq!((restored.manifest.objects, restored.manifest.files.len()), (1, 0));
    let options = ServerOptions {
        seed: 7,
        bucket: Some(bucket),
        clock: Some(server.clock.clone()),
        ..ServerOptions::default()
    };
    drop(server);
    let server = Server::start_on(folder, options).await;
    assert_eq!(downloaded(&server.customer("u-77").await, &key).await, PNG);
}
