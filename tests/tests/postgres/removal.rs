//! Removing what was kept for long enough, while other nodes write and somebody else has a hand in the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use frontdesk_core::audit::Draft;
use frontdesk_core::conversation::Control;
use frontdesk_core::directory::RetentionClass;
use frontdesk_core::id::RobotId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{
    AuditStore as _, ConversationFilter, LogStore as _, PendingStore as _, Purpose, ReadQuery, Removal,
    RetentionStore as _,
};
use frontdesk_core::time::Timestamp;
use frontdesk_store::PostgresStore;
use tokio::task::JoinSet;

use super::nodes::{ALL, all, database, node};
use crate::contract::{closed, opened, register, said, tell, tenant, write};
use crate::kit::Postgres;

/// After everything that is written here.
const LATER: Timestamp = Timestamp::from_millis(9_000_000_000_000);
const ROUNDS: u64 = 20;

/// Removes everything that may go, in portions; how many rows went.
async fn remove_all(store: &PostgresStore, class: RetentionClass, limit: usize) -> u64 {
    let (mut rows, mut after) = (0, None);
    loop {
        let removal = Removal { tenant: tenant(), class, before: LATER, after, limit };
        let removed = store.remove_old(removal).await.unwrap();
        rows += removed.rows;
        if !removed.more {
            return rows;
        }
        after = removed.after;
    }
}

/// Conversations of three entries, one after the other.
async fn talk(store: &PostgresStore, log: LogId) {
    for round in 0..ROUNDS {
        let call = format!("1-{round}");
        write(store, log, |state| opened(state, &call, 1, Control::Robot(RobotId::new("r").unwrap()))).await;
        write(store, log, |state| {
            let mut decision = tell(vec![said("hello")]);
            decision.conversation = state.conversations;
            decision
        })
        .await;
        write(store, log, closed).await;
    }
}

/// Reads on for everybody who has to, and says what was read for the search index.
async fn read_on(store: &PostgresStore, log: LogId, seen: &mut Vec<u64>) {
    for purpose in Purpose::STANDING {
        let Some(from) = store.pending(purpose, log).await.unwrap() else { continue };
        let entries = store.read(log, ReadQuery { after: from, ..ALL }).await.unwrap();
        let Some(last) = entries.last() else { continue };
        let is_moved = store.move_pending(purpose, log, from, last.number).await.unwrap();
        if is_moved && purpose == Purpose::Search {
            seen.extend(entries.iter().map(|entry| entry.number.0));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_on_one_node_is_in_the_way_of_no_other() {
    let url = database().await;
    let (one, two) = (Arc::new(node(&url, 1).await), Arc::new(node(&url, 2).await));
    let logs = [register(&*one, "ann").await, register(&*one, "bob").await];
    let writing = tokio::task::spawn({
        let one = Arc::clone(&one);
        async move { tokio::join!(talk(&one, logs[0]), talk(&one, logs[1])) }
    });
    let is_over = Arc::new(AtomicBool::new(false));
    let mut removing = JoinSet::new();
    for store in [&one, &two] {
        let (store, is_over) = (Arc::clone(store), Arc::clone(&is_over));
        removing.spawn(async move {
            let mut gone = 0;
            while !is_over.load(Ordering::Relaxed) {
                gone += remove_all(&store, RetentionClass::Conversations, 4).await;
            }
            gone
        });
    }
    let mut seen = [Vec::new(), Vec::new()];
    while !writing.is_finished() {
        for (log, seen) in logs.into_iter().zip(&mut seen) {
            read_on(&two, log, seen).await;
        }
    }
    writing.await.unwrap();
    for (log, seen) in logs.into_iter().zip(&mut seen) {
        read_on(&two, log, seen).await;
        assert_eq!(*seen, (1..=3 * ROUNDS).collect::<Vec<_>>(), "nothing went that was not read");
    }
    is_over.store(true, Ordering::Relaxed);
    let mut gone: u64 = removing.join_all().await.into_iter().sum();
    gone += remove_all(&two, RetentionClass::Conversations, 4).await;
    assert_eq!(gone, 2 * (3 * ROUNDS - 1), "all but the last of each, and each once");
    for log in logs {
        let left: Vec<EntryNumber> = all(&one, log).await.iter().map(|entry| entry.number).collect();
        assert_eq!(left, [EntryNumber(3 * ROUNDS)]);
    }
    let ended = one.conversations(&tenant(), ConversationFilter::Ended, 10).await.unwrap();
    assert!(ended.is_empty(), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_go_behind_a_signed_cut_alone() {
    let url = database().await;
    let store = node(&url, 1).await;
    let run = async |sql: &'static str| {
        let url = url.clone();
        tokio::task::spawn_blocking(move || Postgres::shared().sql(&url, sql)).await.unwrap();
    };
    let count = async || store.audit_range(&tenant(), 0, u64::MAX, 100).await.unwrap().len();
    for action in ["a", "b", "c", "d", "e"] {
        store.append_audit(vec![Draft::by_system(tenant(), action)]).await.unwrap();
    }
    let by_hand =
        "DO $$ BEGIN DELETE FROM audit WHERE number > 2; EXCEPTION WHEN raise_exception THEN END $$";
    run(by_hand).await;
    assert_eq!(count().await, 5);
    let removal =
        Removal { tenant: tenant(), class: RetentionClass::AuditLog, before: LATER, after: None, limit: 2 };
    assert_eq!(store.remove_old(removal.clone()).await.unwrap().rows, 2);
    assert_eq!(count().await, 4, "and the record of it");
    run(by_hand).await;
    assert_eq!(count().await, 4);
    // Whoever moves the note of where the chain begins cannot sign it.
    run("UPDATE audit_cut SET number = 3, hash = (SELECT hash FROM audit WHERE number = 3)").await;
    assert_eq!(store.remove_old(removal).await.unwrap().rows, 0);
    assert_eq!(count().await, 4);
}
