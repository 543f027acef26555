//! How much each tenant uses, and that they take turns.

use std::sync::Arc;

use frontdesk_core::conversation::{Control, Intent};
use frontdesk_core::entry::Audience;
use frontdesk_core::id::{RobotId, TenantId};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Commit, Customer, FileRecord, ReadQuery, Store, Usage};
use frontdesk_core::time::Timestamp;

use super::{commit, customer, opened, register, said, tell, tenant};

fn rival() -> TenantId {
    TenantId::new("rival").unwrap()
}

async fn used(store: &dyn Store, tenant: &TenantId) -> Usage {
    store.usage(tenant).await.unwrap()
}

/// What counting by hand gives.
async fn bytes_of(store: &dyn Store, log: LogId) -> u64 {
    let everything = ReadQuery {
        after: EntryNumber::START,
        through: EntryNumber::END,
        audience: Audience::from_bits(u8::MAX),
        limit: 10_000,
        max_bytes: usize::MAX,
    };
    let entries = store.read(log, everything).await.unwrap();
    entries.iter().map(|entry| serde_json::to_string(&entry.body).unwrap().len() as u64).sum()
}

fn file(log: LogId, number: u64, size: u64) -> FileRecord {
    FileRecord {
        log,
        number,
        file_type: "png".to_owned(),
        name: None,
        size,
        at: Timestamp::from_millis(5),
        object: None,
    }
}

/// Customers, what is written to their logs and files count, each for its own tenant; doing it again counts nothing.
pub async fn what_a_tenant_uses_is_counted_once(store: Arc<dyn Store>) {
    assert_eq!(used(&*store, &tenant()).await, Usage::default());
    let (ann, bob) = (register(&*store, "ann").await, register(&*store, "bob").await);
    register(&*store, "ann").await;
    let theirs = store.register(&Customer { tenant: rival(), ..customer("ann") }).await.unwrap();
    store.register(&Customer { name: "Another name".to_owned(), ..customer("bob") }).await.unwrap();
    for (log, text) in [(ann, "hello"), (ann, "三"), (bob, "hi"), (theirs, "a rival's words")] {
        store.commit(commit(log, 0, tell(vec![said(text), said(text)]))).await.unwrap();
    }
    store.put_file(&tenant(), file(ann, 1, 100)).await.unwrap();
    store.put_file(&tenant(), file(ann, 1, 70)).await.unwrap();
    store.put_file(&tenant(), file(bob, 1, 5)).await.unwrap();
    let entry_bytes = bytes_of(&*store, ann).await + bytes_of(&*store, bob).await;
    assert_eq!(used(&*store, &tenant()).await, Usage { customers: 2, entry_bytes, file_bytes: 75 });
    let entry_bytes = bytes_of(&*store, theirs).await;
    assert_eq!(used(&*store, &rival()).await, Usage { customers: 1, entry_bytes, file_bytes: 0 });

    let mut shorter = tell(Vec::new());
    shorter.amend = Some((EntryNumber(1), said("")));
    store.commit(commit(ann, 0, shorter)).await.unwrap();
    let entry_bytes = bytes_of(&*store, ann).await + bytes_of(&*store, bob).await;
    assert_eq!(used(&*store, &tenant()).await.entry_bytes, entry_bytes, "what was taken back counts no more");
}

/// A commit that is refused changes nothing.
pub async fn what_is_refused_counts_for_nothing(store: Arc<dyn Store>) {
    let ann = register(&*store, "ann").await;
    store.commit(commit(ann, 0, tell(vec![said("hello")]))).await.unwrap();
    let before = used(&*store, &tenant()).await;
    assert!(store.commit(commit(ann, 7, tell(vec![said("too late")]))).await.is_err());
    assert!(store.commit(commit(customer("nobody").log(), 0, tell(vec![said("hello")]))).await.is_err());
    assert_eq!(used(&*store, &tenant()).await, before);
}

/// However much of one tenant's is left undone, the next look takes up another's too.
pub async fn tenants_take_turns_with_what_was_left_undone(store: Arc<dyn Store>) {
    const FOREVER: Timestamp = Timestamp::from_millis(i64::MAX);
    let robot = || Control::Robot(RobotId::new("r").unwrap());
    for number in 0..20 {
        let log = register(&*store, &format!("u-{number}")).await;
        leave_undone(&*store, log, number, robot()).await;
    }
    let theirs = store.register(&Customer { tenant: rival(), ..customer("ann") }).await.unwrap();
    leave_undone(&*store, theirs, 1_000, robot()).await;

    let due: Vec<LogId> = store.due(FOREVER, 3).await.unwrap().into_iter().map(|(log, _)| log).collect();
    assert_eq!(due, [customer("u-0").log(), theirs, customer("u-1").log()]);
    let undone: Vec<LogId> =
        store.pending_intents(FOREVER, 2).await.unwrap().into_iter().map(|intent| intent.log).collect();
    assert_eq!(undone, [customer("u-0").log(), theirs]);
}

/// A timer that is due and an intent that nobody carried out.
async fn leave_undone(store: &dyn Store, log: LogId, at: i64, control: Control) {
    let state = store.load(log).await.unwrap().unwrap().state;
    let mut decision = opened(&state, "1700000000-1", 1, control);
    decision.entries = vec![said("hello")];
    decision.intents.push(Intent::FinishClaim { fence: 1 });
    let timer = Some(Timestamp::from_millis(10_000 + at));
    store.commit(Commit { timer, ..commit(log, state.version, decision) }).await.unwrap();
}
