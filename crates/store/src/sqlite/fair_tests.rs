//! That one tenant's flood does not keep another waiting: counted in groups, not in time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use frontdesk_core::id::TenantId;
use frontdesk_core::port::StoreError;
use rusqlite::trace::TraceEvent;

use crate::error::Worked;
use crate::sqlite::fair::Lane;
use crate::sqlite::tests::traced_writer;
use crate::sqlite::writer::{Tx, Writer};

/// Groups begun so far.
static GROUPS: AtomicUsize = AtomicUsize::new(0);

#[expect(clippy::needless_pass_by_value, reason = "what SQLite calls looks like this")]
fn count_groups(event: TraceEvent<'_>) {
    if matches!(event, TraceEvent::Stmt(_, "BEGIN IMMEDIATE")) {
        GROUPS.fetch_add(1, Ordering::SeqCst);
    }
}

fn lane(tenant: &str) -> Lane {
    Lane::of_tenant(&TenantId::new(tenant).unwrap())
}

/// Writes a row, and tells in which group.
fn write(tx: &mut Tx<'_>) -> Worked<usize> {
    tx.execute(
        "INSERT INTO store_value (name, value) VALUES ('fair', x'00')
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [],
    )?;
    Ok(GROUPS.load(Ordering::SeqCst))
}

/// Has a tenant write so often, all at once.
fn enqueue(
    writer: &Arc<Writer>,
    tasks: &mut tokio::task::JoinSet<(&'static str, Result<usize, StoreError>)>,
    tenant: &'static str,
    times: usize,
) {
    for _ in 0..times {
        let writer = Arc::clone(writer);
        tasks.spawn(async move { (tenant, writer.run(lane(tenant), 1, write).await) });
    }
}

#[tokio::test]
async fn ten_writes_that_come_after_five_thousand_of_another_tenant_are_in_the_next_group() {
    let directory = tempfile::tempdir().unwrap();
    let (writer, thread) = traced_writer(&directory, count_groups);
    let writer = Arc::new(writer);
    // Holds the writer until everything has queued up.
    let (entered, has_entered) = tokio::sync::oneshot::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let mut tasks = tokio::task::JoinSet::new();
    let holder = Arc::clone(&writer);
    tasks.spawn(async move {
        let hold = move |_: &mut Tx<'_>| {
            entered.send(()).unwrap();
            released.recv().unwrap();
            Ok(0)
        };
        ("holder", holder.run(Lane::OWN, 1, hold).await)
    });
    has_entered.await.unwrap();
    let held = GROUPS.load(Ordering::SeqCst);
    for (tenant, times, queued) in [("greedy", 5_000, 5_000), ("modest", 10, 5_010)] {
        enqueue(&writer, &mut tasks, tenant, times);
        while writer.depth() < queued {
            tokio::task::yield_now().await;
        }
    }
    release.send(()).unwrap();
    let outcomes = tasks.join_all().await;
    let groups_of = |tenant: &str| -> Vec<usize> {
        let of_tenant = outcomes.iter().filter(|(of, _)| *of == tenant);
        of_tenant.map(|(_, group)| *group.as_ref().unwrap() - held).collect()
    };
    assert_eq!(groups_of("modest"), [1; 10]);
    let greedy = groups_of("greedy");
    assert_eq!((greedy.len(), greedy.iter().max()), (5_000, Some(&5)), "5,010 in groups of 1,024");
    writer.close();
    thread.join().unwrap();
}
