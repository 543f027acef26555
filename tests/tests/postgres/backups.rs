//! `frontdesk backup` and `restore` on a database.

use std::path::Path;

use frontdesk_core::port::{BackupError, LogStore as _, Store as _};
use frontdesk_store::{AuditInspector, PostgresOptions, PostgresStore};
use tempfile::TempDir;

use super::moving::{Clients, at_work, serve, serve_on};
use super::nodes::database;
use crate::contract::{FixedRandom, commit, register, said, tell};
use crate::kit::{Finished, Frontdesk, Process, quiet};

fn run(arguments: &[&str], url: &str, data: &Path, files: &Path) -> Finished {
    let command = Frontdesk::new(arguments).argument("--data-dir").argument(data);
    let command = command.variable("FRONTDESK_STORE_URL", url);
    command.variable("FRONTDESK_STORE_FILES", files.display().to_string()).run()
}

/// A server on a database, with people at work.
async fn working(url: &str, folder: &Path) -> (Process, Clients) {
    let server = serve_on(url, &folder.join("node"), &folder.join("files"));
    let clients = at_work(&server.url).await;
    (server, clients)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_database_is_restored_into_either_kind_of_store() {
    let (folder, url) = (TempDir::new().unwrap(), database().await);
    let at = |name: &str| folder.path().join(name);
    let (server, clients) = working(&url, folder.path()).await;
    let backup = at("monday").display().to_string();
    let told = run(&["backup", "--to", &backup], &url, &at("node"), &at("files")).succeeded();
    assert!(told.contains("backup written to") && told.contains("1 files"), "{told}");
    let again = run(&["backup", "--to", &backup], &url, &at("node"), &at("files")).failed();
    assert!(again.contains("exists already"), "{again}");
    let not_empty = run(&["restore", "--from", &backup], &url, &at("other"), &at("files")).failed();
    assert!(not_empty.contains("is not empty"), "{not_empty}");
    server.kill();

    // Into a data directory.
    Frontdesk::new(["restore", "--from", &backup, "--data-dir"]).argument(at("data")).run().succeeded();
    let inspector = AuditInspector::of_directory(&at("data")).unwrap();
    for tenant in inspector.tenants().await.unwrap() {
        let verdict = inspector.verify(&tenant, &[]).await.unwrap();
        assert!(matches!(verdict, frontdesk_core::audit::Verdict::Intact(_)), "{verdict:?}");
    }
    drop(inspector);
    let server = serve(&at("data"));
    clients.are_told(&server.url).await;
    server.terminate();

    // Into another database.
    let other = database().await;
    let told = run(&["restore", "--from", &backup], &other, &at("other"), &at("other files"));
    assert!(told.stderr.contains("frontdesk restore: checking"), "{told:?}");
    assert!(told.succeeded().contains("new epoch"));
    let server = serve_on(&other, &at("other"), &at("other files"));
    clients.are_told(&server.url).await;
    server.terminate();

    // And back again from the database that it was restored into.
    let second = at("tuesday").display().to_string();
    run(&["backup", "--to", &second], &other, &at("other"), &at("other files")).succeeded();
    // A byte more or less is noticed, before anything is written.
    let path = at("tuesday").join("frontdesk.db");
    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let empty = database().await;
    let damaged = run(&["restore", "--from", &second], &empty, &at("third"), &at("third files")).failed();
    assert!(damaged.contains("damaged"), "{damaged}");
    let left: Vec<_> =
        std::fs::read_dir(at("third")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["frontdesk.lock"]);
    run(&["restore", "--from", &backup], &empty, &at("third"), &at("third files")).succeeded();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_put_a_database_back_unnoticed_can_say_so() {
    let (folder, url) = (TempDir::new().unwrap(), database().await);
    let at = |name: &str| folder.path().join(name);
    let (server, clients) = working(&url, folder.path()).await;
    let running = run(&["restore", "--epoch"], &url, &at("other"), &at("files")).failed();
    assert!(running.contains("servers are connected"), "{running}");
    server.terminate();
    let told = run(&["restore", "--epoch"], &url, &at("node"), &at("files")).succeeded();
    assert!(told.contains("new epoch"), "{told}");
    let server = serve_on(&url, &at("node"), &at("files"));
    clients.are_told(&server.url).await;
    server.terminate();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_while_a_backup_is_taken_is_not_in_it_and_waits_for_nothing() {
    let (folder, url) = (TempDir::new().unwrap(), database().await);
    let files = Some(folder.path().join("files"));
    let open = async |files| {
        let options = PostgresOptions { connections: 4, files, ..PostgresOptions::default() };
        PostgresStore::open(&url, &FixedRandom::new(1), options).await.expect("the store opens")
    };
    let store = std::sync::Arc::new(open(files).await);
    std::fs::create_dir_all(folder.path().join("files")).unwrap();
    let log = register(&*store, "ann").await;
    store.commit(commit(log, 0, tell(vec![said("before")]))).await.unwrap();
    // The first word is said once the moment is fixed: from then on somebody writes.
    let (writing, path) = (std::sync::Arc::clone(&store), folder.path().join("one"));
    let runtime = tokio::runtime::Handle::current();
    let written = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counting = std::sync::Arc::clone(&written);
    let during = std::sync::Arc::new(move |_| {
        let wrote = runtime.block_on(writing.commit(commit(log, 0, tell(vec![said("during")]))));
        counting.fetch_add(usize::from(wrote.is_ok()), std::sync::atomic::Ordering::Relaxed);
        std::ops::ControlFlow::Continue(())
    });
    let report = store.backup(&path, during).await.unwrap();
    assert_eq!((report.logs, report.entries), (1, 1));
    assert!(written.load(std::sync::atomic::Ordering::Relaxed) > 0);
    let stop = std::sync::Arc::new(|_| std::ops::ControlFlow::Break(()));
    let stopped = store.backup(&folder.path().join("two"), stop).await.unwrap_err();
    assert!(matches!(stopped, BackupError::Stopped), "{stopped}");
    store.close().await;
    let nowhere = open(None).await.backup(&folder.path().join("three"), quiet()).await.unwrap_err();
    assert!(matches!(nowhere, BackupError::Refused(_)), "{nowhere}");
    let mut left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["files", "one"]);
}
