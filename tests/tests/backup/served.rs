//! A backup of a server that goes on, and a server on what was restored from it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use frontdesk_store::{MovedAside, restore};
use frontdesk_tests::kit::{Agent, Customer, SeededRandom, Server, ServerOptions};
use serde_json::Value;

use super::{BY, quiet};

/// Another seed for whoever comes later: a new epoch must not be drawn from the same numbers.
fn later() -> ServerOptions {
    ServerOptions { seed: 77, ..ServerOptions::default() }
}

async fn poll(customer: &Customer, cursor: &str) -> Value {
    let answer =
        customer.http.get(&format!("/apiaccess/ccmessaging/poll?wait=0&limit=100&cursor={cursor}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json
}

fn contents(answer: &Value) -> Vec<String> {
    let messages = answer["downlinkMessages"].as_array().unwrap();
    messages.iter().map(|message| message["content"].as_str().unwrap_or_default().to_owned()).collect()
}

/// A customer with an agent, who says things to them; gives the agent's messages in order.
async fn talk(server: &Server, user: &str) -> (Customer, Agent, String) {
    let agent = server.agent("101").await;
    agent.declare("online").await;
    let customer = server.customer(user).await;
    assert_eq!(customer.send("CONNECT", "").await.code(), "0");
    assert_eq!(customer.send("TRANS2AGENT", "").await.code(), "0");
    let conversation = agent.held().await.pop().expect("a conversation");
    (customer, agent, conversation)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_acknowledged_before_is_in_it_while_others_write() {
    let server = Server::start().await;
    let (customer, agent, conversation) = talk(&server, "ann").await;
    for number in 0..30 {
        assert!(agent.say(&conversation, &format!("before {number}")).await.status.is_success());
    }
    let before = poll(&customer, "").await;
    let cursor = before["nextCursor"].as_str().unwrap().to_owned();
    assert!(before.get("gap").is_none_or(Value::is_null));

    // Somebody writes all the time, and goes on until the backup is there.
    let stop = Arc::new(AtomicBool::new(false));
    let (writer, stopping, to) = (agent.clone(), Arc::clone(&stop), conversation.clone());
    let mut writing = tokio::task::JoinSet::new();
    writing.spawn(async move {
        let mut written = 0;
        while !stopping.load(Ordering::Relaxed) {
            assert!(writer.say(&to, &format!("during {written}")).await.status.is_success());
            written += 1;
        }
        written
    });
    let backups = tempfile::tempdir().unwrap();
    let path = backups.path().join("one");
    let report = server.parts.store.backup(&path, quiet()).await.unwrap();
    stop.store(true, Ordering::Relaxed);
    let written = writing.join_next().await.unwrap().unwrap();
    assert!(report.entries >= 30, "{report:?}");
    assert!(poll(&customer, "").await["nextCursor"].is_string(), "the server goes on");
    drop(server);

    let folder = tempfile::tempdir().unwrap();
    let restored = restore(&path, folder.path(), MovedAside::Nothing, &SeededRandom::new(5), BY).unwrap();
    assert_ne!(restored.epoch, restored.manifest.epoch);
    let server = Server::start_on(folder, later()).await;
    assert_eq!(server.parts.store.epoch(), restored.epoch, "the epoch of the restore is the one that stays");

    // The tokens of before are still good, at another address.
    let customer = Customer { http: customer.http.at(&server.url), user: customer.user };
    let agent = Agent { http: agent.http.at(&server.url) };
    let answer = poll(&customer, &cursor).await;
    assert_eq!(answer["gap"]["reason"], "EPOCH", "{answer}");
    let mut told = contents(&answer);
    let mut next = answer["nextCursor"].as_str().unwrap().to_owned();
    loop {
        let answer = poll(&customer, &next).await;
        assert!(answer.get("gap").is_none_or(Value::is_null), "it is told once: {answer}");
        let more = contents(&answer);
        next = answer["nextCursor"].as_str().unwrap().to_owned();
        if more.is_empty() {
            break;
        }
        told.extend(more);
    }
    let expected = contents(&before);
    assert!(told.starts_with(&expected), "what was acknowledged is there, in order: {told:?}");
    let during: Vec<_> = told[expected.len()..].to_vec();
    let in_order: Vec<_> = (0..during.len()).map(|number| format!("during {number}")).collect();
    assert_eq!(during, in_order, "of what was written meanwhile, a beginning without holes");
    assert!(during.len() <= written);

    assert!(agent.say(&conversation, "on we go").await.status.is_success());
    assert_eq!(contents(&poll(&customer, &next).await), ["on we go"]);
}

#[tokio::test]
async fn files_are_in_it_and_a_missing_one_is_named() {
    let server = Server::start().await;
    let (customer, _, _) = talk(&server, "ann").await;
    let tenant = frontdesk_core::id::TenantId::new("demo").unwrap();
    let channel = frontdesk_core::id::ChannelId::new(frontdesk_tests::kit::CHANNEL).unwrap();
    let user = frontdesk_core::id::UserId::new(&customer.user).unwrap();
    let log = frontdesk_core::log::LogId::of_customer(&tenant, &channel, &user);
    let kept =
        server.parts.store_file((&tenant, log), "txt", None, Bytes::from_static(b"kept")).await.unwrap();
    let lost =
        server.parts.store_file((&tenant, log), "txt", None, Bytes::from_static(b"lost")).await.unwrap();
    let name = frontdesk_core::port::FileRecord::blob_name(log, lost.record.number);
    server.parts.blobs.delete(&name).await.unwrap();

    let backups = tempfile::tempdir().unwrap();
    let path = backups.path().join("one");
    let report = server.parts.store.backup(&path, quiet()).await.unwrap();
    assert_eq!((report.files, &report.missing), (1, &vec![name.clone()]));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&path.join("manifest.json")), 0o600);
        assert_eq!(mode(&path.join("frontdesk.db")), 0o600);
    }
    let mut names: Vec<_> =
        std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["files", "frontdesk.db", "manifest.json"], "and nothing beside them");
    drop(server);

    let folder = tempfile::tempdir().unwrap();
    restore(&path, folder.path(), MovedAside::Nothing, &SeededRandom::new(5), BY).unwrap();
    let server = Server::start_on(folder, later()).await;
    assert_eq!(server.parts.file_bytes(&kept.record).await.unwrap().unwrap(), "kept");
    assert_eq!(server.parts.file_bytes(&lost.record).await.unwrap(), None);
    let found = server.parts.find_file(&kept.key).await.unwrap();
    assert_eq!(found, Some(kept.record), "its key still names it");
}

#[tokio::test]
async fn a_backup_that_nobody_wants_any_more_leaves_nothing() {
    let server = Server::start().await;
    let backups = tempfile::tempdir().unwrap();
    let stop = Arc::new(|_| std::ops::ControlFlow::Break(()));
    let stopped = server.parts.store.backup(&backups.path().join("one"), stop).await.unwrap_err();
    assert!(matches!(stopped, frontdesk_core::port::BackupError::Stopped), "{stopped}");
    assert_eq!(std::fs::read_dir(backups.path()).unwrap().count(), 0);
    server.parts.store.check().await.unwrap();
}
