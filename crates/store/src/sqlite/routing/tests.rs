//! What it costs to bring many who wait and many who are free together.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use frontdesk_core::directory::{Agent, Directory, Item, Queue, Tenant};
use frontdesk_core::id::{AgentId, QueueId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Claim, ClaimRequest, QueueItem};
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::time::Timestamp;
use rusqlite::trace::TraceEvent;

use crate::sqlite::fair::Lane;
use crate::sqlite::routing::{agents, claims, items};
use crate::sqlite::tests::traced_writer;
use crate::sqlite::writer::Writer;

const CUSTOMERS: usize = 1_000;
const AGENTS: usize = 200;
const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

static STATEMENTS: AtomicUsize = AtomicUsize::new(0);

#[expect(clippy::needless_pass_by_value, reason = "what SQLite calls looks like this")]
fn count_statement(event: TraceEvent<'_>) {
    if matches!(event, TraceEvent::Stmt(..)) {
        STATEMENTS.fetch_add(1, Ordering::SeqCst);
    }
}

const fn count_nothing(_: TraceEvent<'_>) {}

fn tenant() -> TenantId {
    TenantId::new("demo").unwrap()
}

fn support() -> QueueId {
    QueueId::new("support").unwrap()
}

/// A thousand customers in one queue, and two hundred agents who can take five each.
async fn fill(writer: &Writer) -> ClaimRequest {
    let shop = Tenant::new(tenant(), "", "en");
    let mut staff = Vec::new();
    for number in 0..AGENTS {
        let agent = AgentId::new(&format!("a{number}")).unwrap();
        staff.push(Agent { queues: vec![support()], ..Agent::new(agent.clone(), "") });
        let online = AgentStatus::Online;
        writer.run(Lane::OWN, 1, move |tx| agents::set_status(tx, &tenant(), &agent, online)).await.unwrap();
    }
    for number in 0..CUSTOMERS {
        let mut log = [0; 16];
        log[..8].copy_from_slice(&(number as u64).to_be_bytes());
        let since = Timestamp::from_millis(i64::try_from(number).unwrap());
        let item = QueueItem::new(tenant(), support(), LogId::from_bytes(log), 1, since);
        writer.run(Lane::OWN, 1, move |tx| items::enqueue(tx, &item)).await.unwrap();
    }
    let items = [Item::Tenant(shop), Item::Queue(Queue::new(support(), ""))];
    let items = items.into_iter().chain(staff.into_iter().map(Item::Agent));
    let directory = Directory::new(items.map(|item| (tenant(), item)).collect());
    ClaimRequest::of(directory.tenant(&tenant()).unwrap(), &[support()], NOW)
}

async fn match_all(writer: &Writer, request: &ClaimRequest) -> Vec<Claim> {
    let mut found = Vec::new();
    loop {
        let request = request.clone();
        let claimed = writer.run(Lane::OWN, 1, move |tx| claims::claim(tx, &request)).await.unwrap();
        found.extend(claimed.claims);
        if !claimed.is_more {
            return found;
        }
    }
}

#[tokio::test]
async fn a_match_costs_a_few_statements_however_many_wait_and_serve() {
    let directory = tempfile::tempdir().unwrap();
    let (writer, thread) = traced_writer(&directory, count_statement);
    let request = fill(&writer).await;
    STATEMENTS.store(0, Ordering::SeqCst);
    let found = match_all(&writer, &request).await;
    let statements = STATEMENTS.load(Ordering::SeqCst);
    assert_eq!(found.len(), CUSTOMERS);
    assert!(found.is_sorted_by_key(|claim| claim.item.since));
    let looks = CUSTOMERS.div_ceil(request.limit);
    // For each match the slot, the agent, the item, and whether the agent wraps up or begins to work; for each look its
    // transaction, the queue, and all agents at once; for each agent that their work began.
    assert_eq!(statements, CUSTOMERS * 5 + looks * 6 + AGENTS, "{looks} looks");
    // When nobody has room, it is seen without looking at those who wait.
    STATEMENTS.store(0, Ordering::SeqCst);
    assert_eq!(match_all(&writer, &request).await, []);
    assert!(STATEMENTS.load(Ordering::SeqCst) <= 6);
    writer.close();
    thread.join().unwrap();
}

#[tokio::test]
#[ignore = "prints how long a match takes, which is for a person to judge"]
async fn how_long_a_match_takes() {
    let directory = tempfile::tempdir().unwrap();
    let (writer, thread) = traced_writer(&directory, count_nothing);
    let request = fill(&writer).await;
    let start = Instant::now();
    let matches = u32::try_from(match_all(&writer, &request).await.len()).unwrap();
    let per_match: Duration = start.elapsed() / matches;
    println!("{matches} customers, {AGENTS} agents: {per_match:?} a match, in looks of {}", request.limit);
    writer.close();
    thread.join().unwrap();
    // One at a time, as when customers come one by one.
    let directory = tempfile::tempdir().unwrap();
    let (writer, thread) = traced_writer(&directory, count_nothing);
    let request = ClaimRequest { limit: 1, ..fill(&writer).await };
    let start = Instant::now();
    let matches = u32::try_from(match_all(&writer, &request).await.len()).unwrap();
    println!("{:?} a match, each with a look and a commit of its own", start.elapsed() / matches);
    writer.close();
    thread.join().unwrap();
}
